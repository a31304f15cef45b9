"""消息设置: each user says by which ways and how fast he is told; a mail address counts once its code was typed in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.changes import changes
from accounts.models import Membership
from casework.channels import ChannelError, Message, adapter
from casework.enums import Channel
from casework.models import Contact
from kit.refusals import NotNow, NotValid
from kit.text import written

CODE_HOLDS = timedelta(minutes=15)
BETWEEN_CODES = timedelta(minutes=1)
MOST_TRIES = 5
DIGITS = 6


def _locked(by: Membership) -> Contact:
    """The row of the user, made where there is none, locked to the end of the transaction."""
    Contact.objects.get_or_create(user=by.user)
    return Contact.objects.select_for_update().get(user=by.user)


@transaction.atomic
def choose(*, by: Membership, by_mail: bool, by_sms: bool, paces: Mapping[str, str]) -> None:
    """What the user wants from now on; a topic that is not named stays as it is."""
    contact = _locked(by)
    before = _said(contact)
    contact.by_mail, contact.by_sms, contact.paces = by_mail, by_sms, contact.paces | paces
    contact.save(update_fields=["by_mail", "by_sms", "paces"])
    if changed := changes(before, _said(contact)):
        record("contact.changed", by=by, on=by.user, changed=changed)


def _said(contact: Contact) -> dict[str, Any]:
    return {"by_mail": contact.by_mail, "by_sms": contact.by_sms, **{f"pace_{k}": v for k, v in contact.paces.items()}}


@transaction.atomic
def ask_mail(address: str, *, by: Membership) -> None:
    """Send a code to an address, which stays without effect until the code is typed in. Raises NotNow."""
    way, contact, now = adapter(Channel.MAIL), _locked(by), timezone.now()
    if way is None:
        raise NotNow([_("门户没有设置邮件，暂时不能登记邮箱。")])
    if contact.code_until and contact.code_until - CODE_HOLDS + BETWEEN_CODES > now:
        raise NotNow([_("验证码刚刚发出，请一分钟后再试。")])
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    contact.pending_mail, contact.code = address, make_password(code)
    contact.code_until, contact.code_tries = now + CODE_HOLDS, 0
    contact.save()
    text = _("验证码：%(code)s，15分钟内有效。如不是您本人操作，请不必理会。") % {"code": code}
    try:
        way.send(Message(address, _("凡补：邮箱验证码"), text, key=f"fanbu-code-{secrets.token_hex(8)}"))
    except ChannelError as error:
        raise NotNow([_("验证码没有发出：%(why)s请稍后再试。") % {"why": error.sentence}]) from error


def confirm_mail(code: str, *, by: Membership) -> None:
    """The address counts from now on. Raises NotNow without a code in force, NotValid for a wrong one."""
    with transaction.atomic():
        contact = _locked(by)
        if not contact.pending_mail or not contact.code_until or contact.code_until < timezone.now():
            raise NotNow([_("没有有效的验证码，请重新获取。")])
        if contact.code_tries >= MOST_TRIES:
            raise NotNow([_("验证码输错次数过多，请重新获取。")])
        is_right = check_password(written(code), contact.code)
        if is_right:
            changed = changes({"mail": contact.mail}, {"mail": contact.pending_mail}, sealed={"mail"})
            contact.mail, contact.pending_mail, contact.code, contact.code_until = contact.pending_mail, None, "", None
            record("contact.changed", by=by, on=by.user, changed=changed)
        else:
            contact.code_tries += 1
        contact.save()
    if not is_right:  # outside: the try that was wrong stays counted
        raise NotValid(_("验证码不对，请核对邮件里的六位数字。"), field="code")


@transaction.atomic
def forget_mail(*, by: Membership) -> None:
    contact = _locked(by)
    if contact.mail:
        record(
            "contact.changed", by=by, on=by.user, changed=changes({"mail": contact.mail}, {"mail": ""}, sealed={"mail"})
        )
    contact.mail = contact.pending_mail = contact.code_until = None
    contact.code = ""
    contact.save()
