"""The accounts units are paid to: which one is in force, and the application for another one (R-SUB-7, R-REG-5)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import applies_for
from accounts.domain.changes import changes, values_of
from accounts.enums import HANDS_ON, OrganisationKind, Role
from accounts.models import Division, Membership, Organisation
from casework.domain.case_file import CaseFile
from casework.domain.files import documents
from casework.domain.flow import flow_of, leads_to
from casework.domain.inbox import write_cover
from casework.domain.moves import take
from casework.domain.routing import is_last_step, parameter
from casework.domain.workdays import due_on
from casework.enums import CONFIRM_ACCOUNT, ENDED, WITH_APPLICANT, State
from kit.crypto import lookup_hash
from kit.masking import mask_account
from kit.refusals import NotAllowed, NotNow
from kit.text import squeeze, written
from training.models import AccountChange, Registration, Unit, UnitAccount
from training.models.accounts import same_holder

KIND = "accountchange"
FIELDS = ("holder", "bank_name", "bank_account", "is_exception", "exception_reason")
HOLDER_PAPER, ACCOUNT_PAPER = "holder_paper", "account_paper"
SUBMITTED = (State.IN_REVIEW, State.CONFIRMING)


def account_hash(number: str) -> bytes:
    return lookup_hash(number, "unit account")


# ── which account is in force
# ───────────────────────────────────────────────────────────────────────────────────────────


def in_force(organisations: Collection[int]) -> dict[int, UnitAccount]:
    """The account each of these organisations is paid to now, approved and confirmed; one query. Who has none is
    missing.
    """
    rows = UnitAccount.objects.filter(unit__organisation__in=organisations, ended_at__isnull=True).select_related(
        "unit__organisation"
    )
    return {row.unit.organisation_id: row for row in rows}


def account_of(organisation: Organisation) -> UnitAccount | None:
    """The same of one."""
    return in_force([organisation.pk]).get(organisation.pk)


def under_way(organisations: Collection[int]) -> dict[int, AccountChange]:
    """The open account changes of these organisations that an office has in hand."""
    rows = AccountChange.objects.filter(applicant__in=organisations, state__in=SUBMITTED)
    return {row.applicant_id: row for row in rows}


def open_change(unit: Unit) -> AccountChange | None:
    """The one account change of a unit that is not decided yet."""
    return unit.account_changes.exclude(state__in=ENDED).first()


def title_of(change: AccountChange) -> str:
    return _("账户变更：%(name)s") % {"name": change.applicant.name}


def why_altered(account: UnitAccount) -> str:
    """The sentence for an account whose number is not the one that was approved, or ""."""
    if account_hash(account.bank_account) == bytes(account.account_hash):
        return ""
    return _("%(name)s的账户与批准时的校验值不一致，已停止拨付；请立即联系系统管理员。") % {"name": account.holder}


def why_renamed(account: UnitAccount) -> str:
    """The sentence for an account whose holder is not the unit as it is called now, without the exception of two, or ""
    (R-SUB-7).
    """
    if account.is_of_unit:
        return ""
    return _(
        "%(name)s的收款账户户名是“%(holder)s”，与单位名称不一致（单位可能已更名），不能拨付；请单位先变更账户，"
        "确需使用其他户名的按例外办理。"
    ) % {"name": account.unit.organisation.name, "holder": account.holder}


def shows_whole(change: AccountChange, membership: Membership) -> bool:
    """Who compares the number with a paper reads it whole: the unit's operator, the deciding office, finance of the
    place (R-SEC-1).
    """
    if membership.is_unit:
        return applies_for(membership, change.applicant_id)
    if membership.role == Role.FINANCE:
        return membership.organisation.division_id == change.division_id
    return membership.role in HANDS_ON and membership.organisation_id == change.desk_id


def grouped(number: str | None) -> str:
    """An account in groups of four, as people compare it with a paper."""
    text = number or ""
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def number_shown(number: str | None, *, whole: bool) -> str:
    return grouped(number) if whole else mask_account(number)


# ── asking
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_change(unit: Unit, *, by: Membership, **fields: Any) -> AccountChange:
    """A change that can still be altered, one at a time of a unit."""
    if not applies_for(by, unit.organisation_id):
        raise NotAllowed(_("只有本单位的经办人可以申请变更账户。"))
    with transaction.atomic():
        unit = Unit.objects.select_for_update(of=("self",)).select_related("organisation__division").get(pk=unit.pk)
        if found := open_change(unit):
            raise NotNow(
                _("已有一件账户变更（%(number)s）没有办结；请先办完，或在其页面上放弃变更。") % {"number": found.number}
            )
        change = _new(unit)
        _put(change, fields)
        change.save()
        write_cover(change, flow_of(change))
        record("accountchange.drafted", by=by, on=change, changed=_changed({}, change))
    return change


def amend_change(change: AccountChange, *, by: Membership, **fields: Any) -> AccountChange:
    """Alter what is asked while it is with the unit."""
    if not applies_for(by, change.applicant_id):
        raise NotAllowed(_("只有本单位的经办人可以申请变更账户。"))
    with transaction.atomic():
        change = (
            AccountChange.objects.select_for_update(of=("self",))
            .select_related("applicant", "former")
            .get(pk=change.pk)
        )
        if change.state not in WITH_APPLICANT:
            raise NotNow(_("账户变更已提交或已办结，不能再改。需要修改的，请先撤回或等待退回补正。"))
        before = values_of(change, FIELDS)
        _put(change, fields)
        change.save()
        if changed := _changed(before, change):
            record("accountchange.edited", by=by, on=change, changed=changed)
    return change


def _new(unit: Unit) -> AccountChange:
    organisation = unit.organisation
    number = f"ZH{organisation.pk:06d}-{unit.account_changes.count() + 1:02d}"
    return AccountChange(
        number=number,
        division=organisation.division,
        applicant=organisation,
        unit=unit,
        former=in_force([organisation.pk]).get(organisation.pk),
    )


def _put(change: AccountChange, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in fields:
            setattr(change, name, fields[name])
    if same_holder(change.holder, change.applicant.name):
        change.is_exception, change.exception_reason = False, ""


def _changed(before: dict[str, Any], change: AccountChange) -> dict[str, list[str]]:
    return changes(before, values_of(change, FIELDS), sealed={"bank_account"})


def carry_account(registration: Registration, *, by: Membership, at: Any) -> None:
    """The first account, agreed to with the registration, goes to finance as a change of its own."""
    values = registration.values
    change = _new(registration.unit)
    _put(
        change,
        {
            "holder": values["bank_account_name"],
            "bank_name": values["bank_name"],
            "bank_account": values["bank_account"],
        },
    )
    change.registration, change.approved_by, change.approved_at = registration, by, at
    change.save()
    record("accountchange.drafted", by=by, on=change, changed=_changed({}, change))
    take(change, "carried", by=None)


# ── what stands in the way
# ──────────────────────────────────────────────────────────────────────────────────────────────


def why_other_holder(holder: str, name: str) -> str:
    """An account that is another's is refused."""
    return (
        ""
        if same_holder(holder, name)
        else _("账户名称“%(holder)s”与单位名称“%(name)s”不一致，不能作为收款账户。") % {"holder": holder, "name": name}
    )


def what_is_missing(change: AccountChange) -> list[str]:
    """What submission demands; every later gate asks it again (R-SUB-7)."""
    needed = {_("账户名称"): change.holder, _("开户银行"): change.bank_name, _("银行账号"): change.bank_account}
    found = [
        _("还没有填写“%(field)s”。") % {"field": label} for label, value in needed.items() if not written(value or "")
    ]
    if change.holder and not same_holder(change.holder, change.applicant.name):
        found += _missing_for_exception(change)
    return found


def _missing_for_exception(change: AccountChange) -> list[str]:
    if not change.is_exception:
        return [
            why_other_holder(change.holder, change.applicant.name)
            + _("确需使用其他户名的，请勾选“申请例外”，说明理由并上传证明材料。")
        ]
    found = [] if written(change.exception_reason) else [_("使用其他户名须说明理由。")]
    if HOLDER_PAPER not in documents(KIND, change.pk):
        found.append(_("使用其他户名须上传证明材料（“其他户名的证明”）。"))
    return found


def guard_complete(file: CaseFile[AccountChange], context: Any) -> list[str]:
    change = file.application
    return what_is_missing(change)


def guard_follows(file: CaseFile[AccountChange], context: Any) -> list[str]:
    """The account it was submitted beside is still the one in force."""
    change = file.application
    now = account_of(change.applicant)
    if (now.pk if now else None) != change.former_id:
        return [_("提出以后在用账户已另行变更，这件申请所依据的内容已不适用；请退回修改或放弃后重新申请。")]
    return []


def guard_differs(file: CaseFile[AccountChange], context: Any) -> list[str]:
    change = file.application
    now = account_of(change.applicant)
    if now and _key(now.holder, now.bank_name, now.bank_account) == _key(
        change.holder, change.bank_name, change.bank_account
    ):
        return [_("与在用账户相同，没有要变更的内容。")]
    return []


def _key(holder: str, bank: str, number: str | None) -> tuple[str, str, str]:
    return squeeze(holder).casefold(), squeeze(bank), number or ""


def guard_other_person(file: CaseFile[AccountChange], context: Any) -> list[str]:
    """Who agreed does not confirm, in whichever membership."""
    change = file.application
    agreed = {membership.user_id for membership in (change.approved_by, change.seconded_by) if membership}
    return (
        [_("您同意过这个账户，须由另一名财务人员确认（不相容岗位分离）。")]
        if context.by and context.by.user_id in agreed
        else []
    )


# ── what the moves do
# ───────────────────────────────────────────────────────────────────────────────────────────────────


@leads_to(State.IN_REVIEW, State.CONFIRMING)
def after_agreement(change: AccountChange, context: Any) -> str:
    """An account of another holder goes to a second officer first, then to finance like every other."""
    return State.CONFIRMING if is_last_step(change, flow_of(change)) else State.IN_REVIEW


def begin_again(change: AccountChange, context: Any) -> None:
    """A new round is agreed to anew, beside the account then in force."""
    now = account_of(change.applicant)
    change.former, change.approved_by, change.seconded_by, change.approved_at = now, None, None, None


def note_agreement(change: AccountChange, context: Any) -> None:
    if change.approved_by is None:
        change.approved_by = context.by
    else:
        change.seconded_by = context.by
    change.approved_at = context.at
    if change.state == State.CONFIRMING:
        hand_to_finance(change, context)


def hand_to_finance(change: AccountChange, context: Any) -> None:
    """On the desk of the place's finance office, with its own time limit."""
    days = int(parameter("account_confirm_workdays", division=change.division))
    change.desk, change.need, change.due_on = (
        finance_office(change.division),
        CONFIRM_ACCOUNT,
        due_on(timezone.localdate(), days),
    )


def finance_office(division: Division) -> Organisation | None:
    """Where the place's finance officers sit; the finance office before the HR office."""
    memberships = (
        Membership.objects.current()
        .filter(role=Role.FINANCE, organisation__division=division)
        .select_related("organisation")
    )
    offices = sorted(
        {membership.organisation for membership in memberships},
        key=lambda office: (office.kind != OrganisationKind.FINANCE, office.pk),
    )
    return (
        offices[0]
        if offices
        else Organisation.objects.filter(division=division, kind=OrganisationKind.FINANCE, is_active=True).first()
    )


def put_in_force(change: AccountChange, context: Any) -> None:
    """The account in force is closed and this one follows it, in one moment (R-SUB-7)."""
    Unit.objects.select_for_update().get(pk=change.unit_id)
    UnitAccount.objects.filter(unit=change.unit_id, ended_at__isnull=True).update(ended_at=context.at)
    account = UnitAccount.objects.create(
        unit_id=change.unit_id,
        change=change,
        holder=change.holder,
        bank_name=change.bank_name,
        bank_account=change.bank_account or "",
        account_hash=account_hash(change.bank_account or ""),
        is_exception=change.is_exception,
        exception_reason=change.exception_reason,
        approved_at=change.approved_at,
        approved_by=change.approved_by,
        confirmed_at=context.at,
        confirmed_by=context.by,
    )
    former = values_of(change.former, FIELDS) if change.former else {}
    context.notes["changed"] = changes(former, values_of(account, FIELDS), sealed={"bank_account"})
