"""SMS: to a gateway by signed HTTP, to a file (demo), or to the log."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from casework.channels.message import ChannelError, Message
from kit.masking import mask_phone

TRIES = 2
REFUSED = range(400, 500)
LATER = {408, 409, 425, 429}  # of these, those that may be asked again
UNAUTHORISED = {401, 403}


class ConsoleSms:
    """For trying out: what would be sent, the number masked, since it stands in the log."""

    def send(self, message: Message) -> None:
        print(
            json.dumps({"key": message.key, "to": mask_phone(message.to), "text": message.text}, ensure_ascii=False),
            file=sys.stderr,
        )


class FileSms:
    """One file of one JSON line a message, named by its key: the same message twice is one file."""

    def send(self, message: Message) -> None:
        folder = Path(settings.SMS_FOLDER)
        line = json.dumps({"to": message.to, "text": message.text}, ensure_ascii=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{message.key}.json").write_text(line + "\n", encoding="utf-8")
        except OSError as problem:
            raise ChannelError(_("短信文件夹不能写入。"), down=True) from problem


class HttpSms:
    """POST of JSON {key, to, text}, signed by HMAC-SHA256 over time and body; any 2xx means it was taken.

    `Idempotency-Key` is the same whenever the message is tried again.
    """

    def send(self, message: Message) -> None:
        body = json.dumps({"key": message.key, "to": message.to, "text": message.text}, ensure_ascii=False).encode()
        for left in reversed(range(TRIES)):
            try:
                self._post(message.key, body)
            except urllib.error.HTTPError as answer:
                self._refused(answer)
            except OSError as problem:  # URLError, time-outs
                if not left:
                    raise ChannelError(_("短信网关没有应答。"), down=True) from problem
            else:
                return

    def _post(self, key: str, body: bytes) -> None:
        now = str(int(time.time()))
        secret = settings.SMS_SECRET.encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Timestamp": now,
            "X-Signature": hmac.new(secret, now.encode() + b"." + body, hashlib.sha256).hexdigest(),
        }
        request = urllib.request.Request(settings.SMS_URL, body, headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=settings.CHANNEL_TIMEOUT) as answer:  # noqa: S310
            answer.read(1)

    def _refused(self, answer: urllib.error.HTTPError) -> None:
        code = answer.code
        answer.close()
        if code in UNAUTHORISED:
            raise ChannelError(_("短信网关不接受门户的签名（%(code)s）。") % {"code": code}, down=True)
        final = code in REFUSED and code not in LATER
        raise ChannelError(_("短信网关没有接受（%(code)s）。") % {"code": code}, final=final, down=not final)
