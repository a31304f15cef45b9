"""What the case page shows of a registration and of an account change (R-OPN-5; R-REG-1, R-SUB-7)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from casework.domain.dossier import Condition, Dossier, Fact, Section
from casework.enums import WITH_APPLICANT
from training.domain import registrations, unit_accounts
from training.domain.profiles import differences, proposed
from training.models import AccountChange, Registration

# ── registration ────────────────────────────────────────────────────────────────────────────────────────────────────────


def registration_facts(registration: Registration, post: Post) -> list[Fact]:
    organisation, unit = registration.applicant, proposed(registration)
    return [
        Fact(_("单位"), organisation.name),
        Fact(_("统一社会信用代码"), organisation.uscc),
        Fact(_("单位类别"), organisation.get_kind_display()),
        Fact(_("单位类型"), registrations.type_label(unit)),
        Fact(_("所在地"), organisation.division.name),
        Fact(_("联系人"), unit.contact),
    ]


def unit_differences(registration: Registration, post: Post) -> dict[str, Any]:
    """The file and the draft side by side, then what is on file without a draft."""
    unit = registration.unit
    return {
        "rows": differences(registration), "is_first": not registration.former,
        "teachers": unit.teachers.filter(is_active=True), "venues": unit.venues.filter(is_active=True),
    }


REGISTRATION = Dossier(
    kind="registration",
    facts=registration_facts,
    conditions=registrations.conditions,
    sections=(Section(_("单位基本信息"), "training/registration/_profile.html", unit_differences, open=True),),
    documents=lambda registration: [
        ("licence", _("营业执照或法人登记证书"), False),
        ("school_licence", _("办学许可证"), False),
    ],
    history=lambda registration: [("registration", registration.pk)],
    related=("unit__organisation__division",),
    subject=lambda registration, post: (_("单位信息"), "unit_profile") if post.is_unit else (_("单位档案"), "unit", registration.unit_id),
)

# ── account change ──────────────────────────────────────────────────────────────────────────────────────────────────────


def change_facts(change: AccountChange, post: Post) -> list[Fact]:
    organisation = change.applicant
    facts = [
        Fact(_("单位"), organisation.name), Fact(_("统一社会信用代码"), organisation.uscc), Fact(_("所在地"), organisation.division.name),
        Fact(_("审核同意"), "、".join(str(post) for post in (change.approved_by, change.seconded_by) if post) or "—"),
    ]
    return [*facts, Fact(_("户名例外"), change.exception_reason)] if change.is_exception else facts


def change_conditions(change: AccountChange, post: Post | None) -> list[Condition]:
    """The holder beside the registered name, and that the account in force is still the one it was asked beside."""
    found = [Condition(False, sentence) for sentence in unit_accounts.what_is_missing(change)]
    if change.is_exception:
        found.append(Condition(False, _("账户名称与单位名称不一致：须两名审核人员同意，并附证明材料。"), blocks=False))
    elif not found:
        found.append(Condition(True, _("账户名称与单位名称一致。")))
    if change.state not in WITH_APPLICANT and change.decided_at is None:
        found += [Condition(False, sentence) for sentence in unit_accounts.guard_follows(change, None)]
    return found


def both_accounts(change: AccountChange, post: Post) -> dict[str, Any]:
    """The account in force and the one asked for, side by side; whole numbers for those who compare them."""
    whole, former = unit_accounts.shows_whole(change, post), change.former
    return {
        "change": change, "former": former, "registered": change.applicant.name,
        "other_holder": bool(change.holder) and not unit_accounts.same_holder(change.holder, change.applicant.name),
        "old_number": unit_accounts.said_number(former.bank_account, whole=whole) if former else "",
        "new_number": unit_accounts.said_number(change.bank_account, whole=whole),
    }


def change_documents(change: AccountChange) -> list[tuple[str, Any, bool]]:
    return [
        (unit_accounts.ACCOUNT_PAPER, _("开户许可证或基本存款账户信息"), False),
        (unit_accounts.HOLDER_PAPER, _("其他户名的证明"), change.is_exception),
    ]


def change_subject(change: AccountChange, post: Post) -> tuple[Any, ...]:
    """Where the unit corrects what was returned; for offices the unit's file."""
    if not post.is_unit:
        return _("单位档案"), "unit", change.unit_id
    return (_("修改账户"), "account_edit", change.pk) if change.state in WITH_APPLICANT else (_("单位信息"), "unit_profile")


ACCOUNT_CHANGE = Dossier(
    kind=unit_accounts.KIND,
    facts=change_facts,
    conditions=change_conditions,
    sections=(Section(_("账户对照"), "training/account/_both.html", both_accounts, open=True),),
    documents=change_documents,
    history=lambda change: [("registration", change.registration_id)] if change.registration_id else [],
    related=(
        "unit__organisation__division", "former", "approved_by__user", "approved_by__organisation", "seconded_by__user", "seconded_by__organisation",
    ),
    subject=change_subject,
)
