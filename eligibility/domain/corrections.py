"""Asking for a correction and what stands in its way (R-AUT-4, R-SEC-1, R-SEC-2); what approval
does is in `corrected`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import applies_for, may
from accounts.enums import Act, Role
from accounts.models import Membership, Organisation
from casework.domain.case_file import CaseFile
from casework.domain.case_page import Condition
from casework.domain.files import attach
from casework.domain.flow import Context, flow_of
from casework.domain.inbox import write_cover
from casework.enums import WITH_APPLICANT, State
from eligibility.domain.examine import Entry, subjects, subjects_called
from eligibility.domain.people import number_hash
from eligibility.domain.person_providers import against_one, brought_up, places_of, why_busy
from eligibility.models import Correction, Person
from kit.identity import CitizenNumber, same_name
from kit.ids import IdError, check_name, parse_citizen_number
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written
from kit.versions import version_of

KIND = "correction"
EVIDENCE = "evidence"
LONGEST_REASON = 500


@dataclass(frozen=True)
class Wanted:
    """What shall be otherwise: "" and None where nothing changes."""

    name: str
    citizen: CitizenNumber | None
    reason: str


# ── asking
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def recorded_for(pk: int, membership: Membership) -> Entry:
    """The record of a person as an office asks about it. Person.DoesNotExist outside its scope, NotAllowed inside
    without the right to; no unit finds anybody here, whoever it is: it asks about what it entered (R-SEC-1).
    """
    person = None if membership.is_unit else Person.objects.filter(pk=pk).first()
    places = places_of(person, membership) if person else []
    if person is None or not places:
        raise Person.DoesNotExist
    held = [place for place in places if may(membership, Act.MAINTAIN_PERSONS, place)]
    if not held:
        raise NotAllowed(_("您没有本地劳动者基础信息维护权限，或权限已到期。"))
    return Entry("", None, person, person.name, held[0])


def entered_by(membership: Membership, kind: str, pk: int) -> Entry:
    """What a unit entered, for it to ask about; the same whoever the number belongs to (R-SEC-1). Person.DoesNotExist
    where it is not its own, NotAllowed for whom the unit has not put in charge, NotNow while the unit can change it
    itself.
    """
    provider = subjects_called(kind)
    entry = provider.entry(pk) if provider and membership.is_unit else None
    if entry is None or entry.owner != membership.organisation_id:
        raise Person.DoesNotExist
    if membership.role != Role.OPERATOR:
        raise NotAllowed(_("只有填报单位的经办人可以申请更正。"))
    if entry.is_draft:
        raise NotNow(_("花名册还可以修改，姓名和号码请直接在花名册中改。"))
    return entry


def entry_of(correction: Correction) -> Entry:
    """What is to be put right, as it is now: what a unit entered, or the record."""
    if correction.subject_id is not None and (entry := subjects().entry(correction.subject_id)):
        return entry
    return Entry("", None, correction.person, correction.person.name, correction.division)


def may_ask(person: Person, membership: Membership) -> bool:
    """Whether the page offers it."""
    try:
        return recorded_for(person.pk, membership) is not None
    except (NotAllowed, Person.DoesNotExist):
        return False


def read_number(text: str) -> CitizenNumber:
    """An 18-digit number, or a 15-digit one of the old form turned into its 18. Raises kit.ids.IdError."""
    today = timezone.localdate()
    try:
        return parse_citizen_number(text, today)
    except IdError as wrong:
        if wrong.code != "fifteen_digits" or not wrong.suggestion:
            raise
        return parse_citizen_number(wrong.suggestion, today)


def wanted_of(entry: Entry, name: str, number: str, reason: str) -> Wanted:
    """What was typed, judged; NotValid names every field that is wrong. What equals the entry is no change."""
    wrong: dict[str, str] = {}
    new_name, citizen = "", None
    if written(name):
        try:
            new_name = check_name(name)
        except IdError as refused:
            wrong["name"] = str(refused)
    if written(number):
        try:
            citizen = read_number(number)
        except IdError as refused:
            wrong["number"] = str(refused)
    new_name = "" if new_name and same_name(new_name, entry.name) else new_name
    citizen = None if citizen and citizen.number == entry.person.number else citizen
    if not wrong and not new_name and citizen is None:
        wrong[""] = _("没有要更正的内容：请填写正确的姓名或号码；填写的与现有信息相同。")
    if len(written(reason)) > LONGEST_REASON:
        wrong["reason"] = _("理由最多%(count)s个字。") % {"count": LONGEST_REASON}
    if wrong:
        raise NotValid(wrong)
    return Wanted(new_name, citizen, written(reason))


def draft(
    entry: Entry, name: str, number: str, reason: str, upload: UploadedFile | None = None, *, by: Membership
) -> Correction:
    """A correction that can still be changed, numbered by who asks: its number tells nothing of the person.
    NotValid, FileRefused.
    """
    wanted = wanted_of(entry, name, number, reason)
    with transaction.atomic():
        asking = Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
        place = Correction.objects.filter(applicant=asking).count() + 1
        correction = Correction(
            number=f"GZ{asking.pk:06d}-{place:02d}",
            division=entry.place,
            applicant=by.organisation,
            asked_by=by,
            subject_kind=entry.kind,
            subject_id=entry.pk,
        )
        _put(correction, entry, wanted)
        correction.save()
        write_cover(correction, flow_of(correction))
        record("correction.drafted", by=by, on=correction)
        if upload is not None:
            attach(KIND, correction.pk, EVIDENCE, upload, by=by)
    return correction


def refuse_unless_amendable(correction: Correction, *, by: Membership, version: int | None = None) -> None:
    """Only who asked changes it, while it is with whoever asked."""
    if not applies_for(by, correction.applicant_id):
        raise NotAllowed(_("只有提出更正的单位可以修改。"))
    if correction.state not in WITH_APPLICANT or version not in (None, correction.version):
        raise NotNow(_("更正申请已提交或已变动，不能再改。需要修改的，请先撤回或等待退回补正。"))


def amend(
    correction: Correction,
    name: str,
    number: str,
    reason: str,
    upload: UploadedFile | None = None,
    *,
    by: Membership,
    expected_version: int | None = None,
) -> Correction:
    """Change what is asked while it is with the one who asks; the person is read anew. Errors as for `draft`, and
    NotNow.
    """
    with transaction.atomic():
        locked = Correction.objects.select_for_update(of=("self",)).select_related("person").get(pk=correction.pk)
        refuse_unless_amendable(locked, by=by, version=expected_version)
        entry = entry_of(locked)
        _put(locked, entry, wanted_of(entry, name, number, reason))
        locked.asked_by = by
        locked.save()
        write_cover(locked, flow_of(locked))
        record("correction.amended", by=by, on=locked)
        if upload is not None:
            attach(KIND, locked.pk, EVIDENCE, upload, by=by)
    return locked


def draft_version(pk: int) -> str:
    """What the form of a correction shows."""
    found = Correction.objects.get(pk=pk)
    return version_of(found.new_name, found.new_number, found.reason)


def _put(correction: Correction, entry: Entry, wanted: Wanted) -> None:
    correction.person, correction.of_row = entry.person, entry.is_other and entry.pk is not None
    correction.old_name, correction.old_number, correction.old_hash = (
        entry.name,
        entry.person.number,
        entry.person.number_hash,
    )
    correction.new_name, correction.reason = wanted.name, wanted.reason
    correction.new_number = wanted.citizen.number if wanted.citizen else None
    correction.new_hash = number_hash(wanted.citizen.number) if wanted.citizen else None


# ── what stands in the way
# ──────────────────────────────────────────────────────────────────────────────────────────────


def what_is_missing(file: CaseFile[Correction]) -> list[str]:
    """What submission demands beyond a well-formed draft."""
    correction = file.application
    found = [] if written(correction.reason) else [_("请说明更正的理由。")]
    if correction.new_name and file.attached(EVIDENCE) is None:
        found.append(_("更正姓名须上传身份证复印件或公安机关的姓名变更证明。"))
    return found


def why_stale(correction: Correction, person: Person) -> list[str]:
    """The record is no longer what it was when the correction was asked for."""
    name = entry_of(correction).name if correction.of_row else person.name
    if (name, person.number_hash) == (correction.old_name, correction.old_hash):
        return []
    return [_("提出以后此人的信息已另行更正，这件申请所依据的内容已不适用；仍需更正的请修改后重新提交。")]


def why_second(correction: Correction) -> list[str]:
    """Another correction of the same person, or of the same entry, is being decided."""
    same = (
        {"subject_kind": correction.subject_kind, "subject_id": correction.subject_id}
        if correction.of_row
        else {"person": correction.person_id}
    )
    other = (
        Correction.objects.filter(**same, of_row=correction.of_row, state=State.IN_REVIEW)
        .exclude(pk=correction.pk)
        .exists()
    )
    return [_("此人已有一件更正正在审核，办结后才能提交这一件。")] if other else []


def guard_submit(file: CaseFile[Correction], context: Context) -> list[str]:
    """Everything is there, still fits the record, and is the only one (R-SEC-2)."""
    correction = file.application
    return [*what_is_missing(file), *why_stale(correction, correction.person), *why_second(correction)]


def guard_other_eyes(file: CaseFile[Correction], context: Context) -> list[str]:
    """Whoever asked does not decide, in whichever membership (R-AUT-5)."""
    correction = file.application
    own = context.by is not None and context.by.user_id == correction.asked_by.user_id
    return [_("更正由您本人提出，须由另一名有权限的工作人员决定。")] if own else []


def guard_apply(file: CaseFile[Correction], context: Context) -> list[str]:
    """What forbids approval now, as sentences."""
    correction = file.application
    return why_not_applied(correction, correction.person, twin_of(correction))


def why_not_applied(correction: Correction, person: Person, twin: Person | None) -> list[str]:
    found = why_stale(correction, person)
    if correction.of_row:
        holder, name = twin if correction.new_hash else person, correction.new_name or correction.old_name
        if holder is not None and not same_name(holder.name, name):
            found.append(
                _("号码已登记在“%(name)s”（%(number)s）名下，与更正后的姓名不同；确是该记录有误的，请先更正该记录。")
                % {"name": holder.masked_name, "number": holder.masked_number}
            )
    elif twin is not None:
        if not same_name(twin.name, correction.new_name or person.name):
            found.append(
                _("新号码已登记在“%(name)s”（%(number)s）名下，姓名不同，不能合并；确是同一人的，请先把姓名更正一致。")
                % {"name": twin.masked_name, "number": twin.masked_number}
            )
        found += against_one(person, twin)
    return [*found, *why_busy([person.pk, *([twin.pk] if twin else [])])]


def twin_of(correction: Correction) -> Person | None:
    """The record that has the new number already: agreeing makes the two one (never a second person)."""
    if correction.new_hash is None or correction.state == State.APPROVED:
        return None
    return Person.objects.filter(number_hash=correction.new_hash).exclude(pk=correction.person_id).first()


# ── what the page shows
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def conditions(file: CaseFile[Correction], membership: Membership | None) -> list[Condition]:
    """The check list: what is missing blocks, a number without a paper is shown (R-SEC-2)."""
    correction = file.application
    found = [Condition(False, sentence) for sentence in what_is_missing(file)]
    if not found:
        found.append(Condition(True, _("理由和要求的材料已齐。")))
    if correction.new_number:
        found.append(Condition(True, _("新号码的位数、出生日期和校验码正确。")))
        if file.attached(EVIDENCE) is None:
            found.append(Condition(False, _("没有附身份证复印件，请核对后再决定。"), blocks=False))
    return found


def differing(old: str, new: str) -> str:
    """A masked number in which the digits that change can be read: 150***********1234 →
    150*******3***1234 (R-SEC-1).
    """
    return "".join(
        digit if place < 3 or place >= len(new) - 4 or digit != before else "*"
        for place, (digit, before) in enumerate(zip(new, old, strict=True))
    )


def change_shown(file: CaseFile[Correction], membership: Membership) -> dict[str, Any]:
    """Old and new side by side, the numbers masked but for what differs; for offices the record it becomes one with."""
    correction = file.application
    old, new = correction.old_number, correction.new_number
    citizen = parse_citizen_number(new, timezone.localdate()) if new else None
    former = parse_citizen_number(old, timezone.localdate()) if new else None
    twin = None if membership.is_unit or correction.of_row else twin_of(correction)
    return {
        "correction": correction,
        "old_number": differing(new, old) if new else "",
        "new_number": differing(old, new) if new else "",
        "was": former,
        "will": citizen,
        "twin": twin,
        "other_record": (
            correction.person
            if correction.of_row and correction.state != State.APPROVED and not membership.is_unit
            else None
        ),
        "merged": correction.merged and not membership.is_unit,
        "twin_seen": bool(twin and places_of(twin, membership)),
        "brought_up": brought_up(correction.person, twin) if twin else [],
    }
