"""个人信息副本: what is on record about one person, as a table for the person himself (R-SEC-1, R-AUT-3).

A copy holds what lies within the places whose people its writer may export; how much lies elsewhere stands in it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain.audit import record
from accounts.domain.authority import may
from accounts.domain.unmask import SHORTEST_PURPOSE, unmask
from accounts.enums import Act
from accounts.models import Division, Event, Membership
from eligibility.domain.evidence import gates_of
from eligibility.domain.people import life_of
from eligibility.models import Person
from kit.money import yuan_text
from kit.refusals import NotAllowed, NotValid
from kit.text import written
from reports.domain.exports import why_not_export
from subsidies.models import SubsidyLine
from training.domain.classes.enrolments import KIND
from training.models import Enrolment


class Entry(NamedTuple):
    """A line of the copy: about what, when, which item, what it says, at which place."""

    about: str
    at: Any
    item: str
    value: Any
    place: str = ""


def why_not_copy(person: Person, by: Membership) -> str:
    """Why `by` may not give a person the copy, or "": somebody who may export people and see whole numbers there."""
    places = _places(person)
    if any(_may_copy(by, place) for place in places):
        return ""
    place = next((one for one in places if not why_not_export(by, one)), None)
    if place is not None:
        return _("您没有%(place)s的“查看完整个人信息”权限。") % {"place": place.name}
    return why_not_export(by, places[0]) if places else _("管辖范围内没有此人的记录。")


def copy_of(person: Person, *, by: Membership, purpose: str) -> list[Entry]:
    """The lines of the copy; that it was made is on record before anybody reads it. Raises NotAllowed, NotValid."""
    if why := why_not_copy(person, by):
        record("person.copy_refused", by=by, on=person, reason=why)
        raise NotAllowed(why)
    purpose = written(purpose)
    if len(purpose) < SHORTEST_PURPOSE:
        message = _("请写明谁申请、凭什么材料（至少 %(count)d 个字）。") % {"count": SHORTEST_PURPOSE}
        raise NotValid(message, field="purpose")
    here = [place for place in _places(person) if _may_copy(by, place)]
    unmask(by, purpose, on=person, division=here[0], what=["number", "phone", "bank_account"])
    rows = list(
        Enrolment.objects.filter(person=person)
        .select_related("training_class__institution", "training_class__division")
        .order_by("id")
    )
    mine = [row for row in rows if row.training_class.division in here]
    entries = [
        *_of_person(person),
        *(entry for row in mine for entry in _of_training(row)),
        *_of_checks(mine),
        *_of_money(mine),
        *_of_life(person, by),
        *_of_readers(person, mine),
        *_elsewhere(len(rows) - len(mine)),
    ]
    record("person.copied", by=by, on=person, division=here[0].pk, reason=purpose, rows=len(entries))
    return entries


def _places(person: Person) -> list[Division]:
    """Where the person's classes lie."""
    return list(Division.objects.filter(pk__in=person.enrolments.values("training_class__division")).order_by("pk"))


def _may_copy(by: Membership, place: Division) -> bool:
    return not why_not_export(by, place) and may(by, Act.UNMASK_PERSONS, place)


def _of_person(person: Person) -> Iterator[Entry]:
    about = _("基本信息")
    yield Entry(about, None, _("姓名"), person.name)
    yield Entry(about, None, _("证件号码"), person.number)
    yield Entry(about, None, _("出生日期"), person.birth_date)
    yield Entry(about, None, _("性别"), person.get_sex_display())
    yield Entry(about, person.created_at, _("民族"), person.ethnicity or "—")


def _of_training(row: Enrolment) -> Iterator[Entry]:
    """What stands on the roster and in the results; what nobody entered is left out."""
    held = row.training_class
    about, place = _("培训：%(name)s") % {"name": held.name}, held.division.name
    values = [
        (_("班次编号"), held.number),
        (_("培训机构"), held.institution.name),
        (_("花名册姓名"), row.name),
        (_("手机号码"), row.phone),
        (_("开户银行"), row.bank_name),
        (_("银行账号"), row.bank_account),
        (_("户籍"), row.get_household_display()),
        (_("剔除理由"), row.strike_reason),
        (_("出勤课时"), row.attended_hours),
        (_("理论成绩"), row.theory_score),
        (_("实操成绩"), row.practice_score),
        (_("结业结果"), row.get_result_display()),
        (_("证书"), f"{row.get_certificate_kind_display()} {row.certificate_number}" if row.certificate_number else ""),
    ]
    for item, value in values:
        if value not in (None, ""):
            yield Entry(about, held.first_day, item, value, place)


def _of_checks(rows: list[Enrolment]) -> Iterator[Entry]:
    """Every check of every gate, with its sentence."""
    gates = gates_of(KIND, [row.pk for row in rows], office=True)
    for row in rows:
        about, place = _("比对：%(name)s") % {"name": row.training_class.name}, row.training_class.division.name
        for gate in gates[row.pk]:
            if gate.examination:
                yield Entry(about, gate.examination.examined_at, gate.label, gate.verdict_label, place)
            for one in gate.statements:
                yield Entry(about, None, f"{gate.label} · {one.label}", one.sentence, place)


def _of_money(rows: list[Enrolment]) -> Iterator[Entry]:
    lines = SubsidyLine.objects.filter(enrolment__in=rows).select_related(
        "subsidy", "payment", "enrolment__training_class__division"
    )
    for line in lines.order_by("id"):
        about, place = (
            _("补贴：%(number)s") % {"number": line.subsidy.number},
            line.enrolment.training_class.division.name,
        )
        money = _("%(amount)s元，%(state)s") % {"amount": yuan_text(line.amount), "state": line.get_state_display()}
        yield Entry(about, line.payment.value_date if line.payment else None, line.get_item_display(), money, place)
        if line.reason:
            yield Entry(about, line.refused_at, _("不予补贴的理由"), line.reason, place)


def _of_life(person: Person, by: Membership) -> Iterator[Entry]:
    for event in life_of(person, by):
        yield Entry(_("历次记录"), event.at.date() if event.whole_day else event.at, event.title, event.text)


def _of_readers(person: Person, rows: list[Enrolment]) -> Iterator[Entry]:
    """Who looked at whole numbers, and what for."""
    looked = Event.objects.filter(
        Q(subject_kind="person", subject_id=person.pk)
        | Q(subject_kind="enrolment", subject_id__in=[row.pk for row in rows]),
        act="person.unmasked",
    )
    for event in looked.order_by("id"):
        yield Entry(_("谁查看过"), event.at, event.actor, event.reason)


def _elsewhere(count: int) -> Iterator[Entry]:
    if count:
        words = ngettext(
            "另有 %(count)d 次培训在其他地区，请向当地人社部门申请。",
            "另有 %(count)d 次培训在其他地区，请向当地人社部门申请。",
            count,
        )
        yield Entry(_("其他地区"), None, _("不在本副本中"), words % {"count": count})
