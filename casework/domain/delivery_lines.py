"""What the operations page and 开通准备 say of mail and SMS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.readiness import SERVER, Check, register_readiness
from casework.channels import open_channels
from casework.domain.operations import Health, Line, register_operations
from casework.enums import Channel, DeliveryState
from casework.models import Delivery
from kit.moments import minute

SLOW = timedelta(minutes=10)
WEEK = timedelta(days=7)


def box() -> Iterable[Line]:
    """What waits to leave though it is due or was tried, and what did not arrive within a week; why stands beside."""
    now = timezone.now()
    open_rows = Delivery.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING])
    waiting = open_rows.filter(Q(due_at__lte=now) | ~Q(said="")).aggregate(**_NUMBERS)
    failed = Delivery.objects.filter(state=DeliveryState.FAILED, at__gte=now - WEEK).aggregate(**_NUMBERS)
    title = gettext_lazy("待发送的邮件和短信")
    if waiting["n"]:
        words = _("%(n)s 条等待发送，最早的自 %(when)s 起。%(why)s") % _said(waiting)
        health = Health.LATE if now - waiting["oldest"] > SLOW else Health.GOOD
        yield Line("deliveries_waiting", title, waiting["n"], words, health)
    elif open_channels():
        yield Line("deliveries_waiting", title, 0, _("没有等待的。"))
    else:
        yield Line("deliveries_waiting", title, 0, _("没有设置邮件和短信，消息只在门户内显示。"), Health.LATE)
    title = gettext_lazy("没有送达的邮件和短信")
    if failed["n"]:
        words = _("一周内 %(n)s 条没有送达，最早的自 %(when)s 起。%(why)s") % _said(failed)
        yield Line("deliveries_failed", title, failed["n"], words, Health.LATE)
    else:
        yield Line("deliveries_failed", title, 0, _("一周内没有。"))


_NUMBERS = {"n": Count("pk"), "oldest": Min("at"), "why": Max("said")}


def _said(row: dict[str, object]) -> dict[str, object]:
    return {"n": row["n"], "when": minute(row["oldest"]), "why": row["why"]}  # type: ignore[arg-type]


def no_channels() -> list[str]:
    sentences = {
        Channel.MAIL: _("没有设置邮件（FANBU_MAIL），不发邮件，消息只在门户内显示。"),
        Channel.SMS: _("没有设置短信（FANBU_SMS），不发短信，消息只在门户内显示。"),
    }
    return [sentence for channel, sentence in sentences.items() if channel not in open_channels()]


def register() -> None:
    register_operations(box)
    register_readiness(Check(65, "channels", gettext_lazy("邮件和短信可以发出"), no_channels, SERVER, blocks=False))
