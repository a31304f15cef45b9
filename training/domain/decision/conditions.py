"""What an opening must meet beside its people: catalogue, time, teachers, rooms, papers; each a tick or a sentence
(R-OPN-1 … R-OPN-4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from casework.domain.case_page import Condition
from casework.domain.routing import not_set
from casework.domain.workdays import calendar, day_off, waiting_label
from casework.enums import ENDED, WITH_APPLICANT
from eligibility.domain.departments import REPLY
from eligibility.engine import documents_for
from eligibility.engine.dates import day_before
from eligibility.models import Assistance
from eligibility.rules.common import DOCUMENTS
from eligibility.rules.table import NoTable, table_on
from kit.fast.prepared import prepared
from kit.languages import language
from kit.whole import wholes
from kit.workdays import Due
from training.domain.classes.bookings import conflicts, elsewhere
from training.domain.classes.drafting import before_the_rules, is_for_employees
from training.domain.classes.filing import variant_of
from training.domain.decision.completeness import missing_in
from training.domain.verification.class_file import LEAD, ClassFile
from training.models import Enrolment, Lesson, Listing, Project, TrainingClass

TRUTH_PROMISE, AGREEMENT, PLAN = "truth_promise", "commission_agreement", "training_plan"
OWN_PAPERS = {
    TRUTH_PROMISE: gettext_lazy("真实有效承诺书"),
    AGREEMENT: gettext_lazy("企业委托协议"),
    "other": gettext_lazy("其他材料"),
}
MOST_NAMED = 10
MOST_DAYS_NAMED = 3


def paper_name(code: str) -> str:
    """A paper's name in the reader's language."""
    if code in OWN_PAPERS:
        return str(OWN_PAPERS[code])
    return DOCUMENTS[code].of(language())


def papers_needed(training_class: TrainingClass) -> list[tuple[str, ...]]:
    """The papers this class needs, each as «one of these» (R-OPN-3, R-OPN-6): by the category's rules, the employer,
    the agreement.
    """
    if not training_class.category or not training_class.first_day:
        return []
    needed: list[tuple[str, ...]] = []
    if is_for_employees(training_class.category, training_class.first_day):
        needed.append((TRUTH_PROMISE,))
    if training_class.employer_id and training_class.applicant_id != training_class.employer_id:
        needed.append((AGREEMENT,))
    try:
        category = table_on(training_class.first_day).category(training_class.category)
    except (NoTable, KeyError):
        return needed
    is_filed = bool(variant_of(training_class))
    return [*needed, *(paper.any_of for paper in documents_for(category) if PLAN not in paper.any_of or is_filed)]


def _may_attach(training_class: TrainingClass) -> list[str]:
    """Papers that help where a line of the category is open, such as a guardian's consent; nobody
    has to attach them.
    """
    try:
        category = (
            table_on(training_class.first_day).category(training_class.category) if training_class.first_day else None
        )
    except (NoTable, KeyError):
        category = None
    return [code for check in category.checks for code in check.may_attach] if category else []


def document_slots(file: ClassFile) -> list[tuple[str, str, bool]]:
    """The attachment slots of the application page: code, label, whether it must be there."""
    slots = {}
    for any_of in papers_needed(file.training_class):
        for code in any_of:
            slots[code] = (code, paper_name(code), len(any_of) == 1)
    for code in _may_attach(file.training_class):
        slots.setdefault(code, (code, paper_name(code), False))
    slots.setdefault("other", ("other", paper_name("other"), False))
    return [*slots.values(), *_replies(file)]


def _replies(file: ClassFile) -> list[tuple[str, str, bool]]:
    """Departments' replies attached to assisted checks, named by the person they are about (R-ELG-5)."""
    slots = [slot for slot in file.attachments if slot.startswith(REPLY)]
    if not slots:
        return []
    asked = Assistance.objects.filter(pk__in=wholes([slot.removeprefix(REPLY) for slot in slots]))
    subjects = {f"{REPLY}{pk}": subject for pk, subject in asked.values_list("pk", "subject_id")}
    people = Enrolment.objects.select_related("person").in_bulk(set(subjects.values()))
    return [
        (
            slot,
            (
                _("协查复函：%(name)s") % {"name": people[subjects[slot]].name}
                if slot in subjects
                else _("困难企业认定复函")
            ),
            False,
        )
        for slot in sorted(slots)
    ]


def conditions(file: ClassFile, membership: Membership | None) -> list[Condition]:
    """The check list of the decision page, judged as of the submission (today while it is with its applicant), and
    whether the class has begun as of now; made once a reader, of whom a unit is not told whose another class is.
    """
    reader = membership.pk if membership else None
    if reader not in file.conditions:
        file.conditions[reader] = [
            *_complete(file),
            *_dated(file),
            *_days_off(file),
            *_booked(file, membership),
            *_papers(file),
        ]
    return file.conditions[reader]


def _complete(file: ClassFile) -> list[Condition]:
    missing = [Condition(False, sentence) for sentence in missing_in(file)]
    return missing or [Condition(True, _("申请内容完整，课程表课时与项目一致，每日课时、人数和场地容量符合规定。"))]


def _dated(file: ClassFile) -> list[Condition]:
    """What hangs on the first day: rule table, catalogue, not begun, handed in early enough."""
    training_class = file.training_class
    first = training_class.first_day
    if first is None:
        return []
    try:
        table_on(first)
    except NoTable:
        return [Condition(False, before_the_rules(first))]
    found = [_project(training_class.project, first)] if training_class.project else []
    if training_class.institution_id:
        found.append(_institution(training_class, first))
    return [*found, _in_time(file, first)]


def _project(project: Project, first: date) -> Condition:
    words = {"project": project.name, "day": first.isoformat()}
    if project.since <= first and (project.until is None or first < project.until):
        return Condition(True, _("项目“%(project)s”在%(day)s的目录内。") % words)
    return Condition(False, _("项目“%(project)s”不在%(day)s的培训项目目录内，请改选目录内的项目。") % words)


def _institution(training_class: TrainingClass, first: date) -> Condition:
    listing = next(iter(_listings(training_class.institution_id, first)), None)
    words = {"name": training_class.institution.name, "day": first.isoformat()}
    if listing is None:
        return Condition(False, _("%(name)s在%(day)s不在培训机构目录内，不能承担培训。") % words)
    occupation = training_class.project.occupation if training_class.project else None
    if occupation and listing.licensed and occupation.pk not in listing.licensed:
        return Condition(
            False, _("%(name)s的目录范围不含职业“%(occupation)s”。") % (words | {"occupation": occupation.name})
        )
    return Condition(True, _("%(name)s在%(day)s的培训机构目录内。") % words)


@prepared
def _listings(organisation: int, day: date) -> QuerySet[Listing]:
    """What a unit is listed for on a day, the newest first."""
    rows = Listing.objects.filter(Listing.on(day), organisation=organisation).order_by("-since", "id")
    return rows.annotate(licensed=ArrayAgg("occupations", filter=Q(occupations__isnull=False), default=[]))


def begins_at(training_class: TrainingClass, lessons: Iterable[Lesson]) -> datetime:
    """When training starts: with the first lesson; a class without a lesson on its first day begins with that day."""
    first = training_class.first_day
    starts = min((lesson.starts for lesson in lessons if lesson.day <= first), default=time.min)
    return datetime.combine(first, starts, tzinfo=timezone.get_current_timezone())


def _in_time(file: ClassFile, first: date) -> Condition:
    """Submitted and agreed to before training starts (R-OPN-1); later than the place's lead time goes to the league,
    too.
    """
    opening, begins = file.application, begins_at(file.training_class, file.lessons)
    if begins <= (opening.decided_at or timezone.now()):
        if opening.state not in WITH_APPLICANT:
            return Condition(
                False,
                _("班次已于%(when)s开始上课，不能再同意开班；请退回补正，由申请单位调整日期后重新提交。")
                % {"when": begins.strftime("%Y-%m-%d %H:%M")},
            )
        return Condition(
            False,
            _("开班日期%(day)s已到或已过：开班申请须在培训开始前提交，已开始的班次不能补办。")
            % {"day": first.isoformat()},
        )
    if LEAD not in file.numbers:
        return Condition(False, not_set(LEAD, file.day))
    if opening.is_late if opening.state not in WITH_APPLICANT else is_late(file):
        earliest = _earliest(file)
        return Condition(
            False,
            _("逾期申报：须提前%(lead)s个工作日提交，最早开班日期为%(day)s；旗县区审核后须报盟市审核。")
            % {
                "lead": int(file.numbers[LEAD]),
                "day": earliest.day.isoformat() + waiting_label(earliest),
            },
            blocks=False,
        )
    return Condition(True, _("在开班前提交，符合提前申请的要求。"))


def _days_off(file: ClassFile) -> list[Condition]:
    """Lessons on a day off only warn: an arrangement may have come after the timetable (R-OPN-1)."""
    free = {lesson.day: name for lesson in file.lessons if (name := day_off(lesson.day, lesson.entered))}
    if not free:
        return []
    named = "、".join(f"{day.isoformat()}（{name}）" for day, name in sorted(free.items())[:MOST_DAYS_NAMED])
    return [
        Condition(
            False,
            _("有%(count)s天的课排在放假日，请核对：%(days)s。") % {"count": len(free), "days": named},
            blocks=False,
        )
    ]


def is_late(file: ClassFile) -> bool:
    """Handed in on this day, the class begins sooner than the lead time allows: late is not impossible, it goes to a
    higher level.
    """
    return bool(file.numbers[LEAD]) and file.training_class.first_day < _earliest(file).day


def _earliest(file: ClassFile) -> Due:
    """The first day that keeps the lead time."""
    return calendar().add(file.day, int(file.numbers[LEAD]))


def _booked(file: ClassFile, membership: Membership | None) -> list[Condition]:
    """Teachers, rooms and people in two places at once; people in two classes in the same weeks only warn.

    A person whom another school has only put forward is a dispute: it forbids nobody to submit, and every officer to
    agree. A unit is told nothing of somebody it, or the other class, has entered under another name; the officer is,
    and cannot agree.
    """
    opening, training_class = file.application, file.training_class
    overlapping, within_weeks = elsewhere(training_class)
    double = [one for one in overlapping if one.other.is_shown_to(membership)]
    meanwhile = [one for one in within_weeks if one.other.is_shown_to(membership)]
    taken = [clash.sentence_for(membership) for clash in conflicts(training_class)] + [
        one.sentence_for(membership) for one in double if not one.is_disputed
    ]
    disputed = [one.sentence_for(membership) for one in double if one.is_disputed and opening.state not in ENDED]
    found = [Condition(False, sentence) for sentence in _shortened(taken)]
    found += [
        Condition(False, sentence, blocks=opening.state not in WITH_APPLICANT) for sentence in _shortened(disputed)
    ]
    if not found:
        found.append(Condition(True, _("教师、场地和学员没有时间冲突。")))
    return [
        *found,
        *(
            Condition(False, sentence, blocks=False)
            for sentence in _shortened(one.sentence_for(membership) for one in meanwhile)
        ),
    ]


def _papers(file: ClassFile) -> list[Condition]:
    """The papers, attached and valid on the first day; one that ends within the class is for the officer (R-ELG-3)."""
    training_class = file.training_class
    attached = {slot: files[0] for slot, files in file.attachments.items() if files[0].replaced_at is None}
    found = []
    for any_of in papers_needed(training_class):
        names = _("或").join(paper_name(code) for code in any_of)
        ends = [attached[code].valid_to or date.max for code in any_of if code in attached]
        if not ends:
            found.append(Condition(False, _("还没有上传%(names)s。") % {"names": names}))
        elif max(ends) <= training_class.first_day:
            found.append(Condition(False, _("%(names)s在开班日已过有效期，请上传有效的。") % {"names": names}))
        elif max(ends) <= (training_class.last_day or training_class.first_day):
            found.append(
                Condition(
                    False,
                    _("%(names)s在班期内到期（有效期至%(day)s），由审核人员核实换证情况。")
                    % {
                        "names": names,
                        "day": day_before(max(ends)).isoformat(),
                    },
                    blocks=False,
                )
            )
        else:
            found.append(Condition(True, _("已上传%(names)s。") % {"names": names}))
    return found


def _shortened(sentences: Iterable[str]) -> list[str]:
    """The first few sentences, and how many more there are: never 200 lines of one problem."""
    sentences = list(sentences)
    if len(sentences) <= MOST_NAMED:
        return sentences
    return [*sentences[:MOST_NAMED], _("另有%(count)s条同类问题。") % {"count": len(sentences) - MOST_NAMED}]


def in_the_way(file: ClassFile, membership: Membership | None) -> list[str]:
    """Every condition that forbids submission and agreement, as sentences."""
    return [
        str(condition.sentence)
        for condition in conditions(file, membership)
        if condition.blocks and not condition.holds
    ]
