"""How a message leaves the portal: one adapter a channel, chosen by the settings; without one there is no channel."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from casework.channels.mail import Mail
from casework.channels.message import ChannelError, Message
from casework.channels.sms import ConsoleSms, FileSms, HttpSms
from casework.enums import Channel

__all__ = ["ChannelError", "Message", "adapter", "open_channels"]


class Adapter(Protocol):
    def send(self, message: Message) -> None:
        """Hand one message over. Raises ChannelError."""


@cache
def adapter(channel: str) -> Adapter | None:
    """The adapter the settings name for a channel; None where they name none."""
    if channel == Channel.MAIL:
        return Mail() if settings.MAIL_BACKEND else None
    found = {"": None, "console": ConsoleSms, "file": FileSms, "http": HttpSms}
    if settings.SMS_ADAPTER not in found:
        raise ImproperlyConfigured("FANBU_SMS is console, file, http or empty (docs/operations.md)")
    kind = found[settings.SMS_ADAPTER]
    return kind() if kind else None


def open_channels() -> list[str]:
    return [channel for channel in Channel.values if adapter(channel)]


def _forget(**_said: object) -> None:
    adapter.cache_clear()


setting_changed.connect(_forget)
