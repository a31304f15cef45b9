"""Every address of the API as: nobody, another unit, another banner, right place wrong role, right role (R-LVL-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.enums import Act, Department, OrganisationKind, Role
from casework.domain.moves import take
from casework.enums import JobState, State
from casework.models import Job, Notice
from config import api_urls
from eligibility.domain.corrections import draft
from eligibility.models import Assistance, Letter, Overruling
from subsidies.enums import Item, LineState
from subsidies.models import (
    BankCorrection,
    Objection,
    Payment,
    PaymentBatch,
    PaymentPart,
    Publicity,
    Subsidy,
    SubsidyLine,
)
from tests import factories
from tests.factories import casework as cases
from tests.factories import eligibility as people
from tests.factories import training as make
from tests.training import walk as walks
from training.domain.completions import open_completion
from training.domain.unit_accounts import begin_change
from training.domain.whatif import start
from training.models import CertificateChange, Change, Unit

pytestmark = pytest.mark.django_db
OUTSIDE_THE_ROOMS = {"api_schema", "api_docs", "api_unknown", "api_token", "api_posts", "api_report"}
KINDS = {"registration": "registration", "accountchange": "accountchange", "correction": "correction", "opening": "opening", "completion": "completion", "certificatechange": "certificatechange", "subsidy": "subsidy", "batch": "batch"}


@dataclass(frozen=True)
class Door:
    """How an address is asked: of which thing, by whom rightly with which answer, by whom wrongly inside the scope (403)."""

    method: str
    thing: str
    right: str
    code: int = 200
    wrong: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    form: str = "json"
    public: bool = False


SHEET = {"marks": {}}
LESSON = {"day": "2099-01-05", "starts": "09:00", "ends": "12:00", "hours": "4", "content": "实操"}
PERSON = {"name": "巴图", "number": make.citizen_number(901), "phone": "13904710001"}
NEW_UNIT = {"kind": "institution", "name": "新学校", "uscc": "x", "division": "150102", "full_name": "李敏", "phone": "13904710001",
            "username": "newschool", "requested": "phone"}
PLAN = {"weekdays": [0, 1], "slots": [{"starts": "09:00", "hours": "4"}]}
DOORS = {
    "api_inbox": Door("get", "", "officer", wrong="auditor"),
    "api_overdue": Door("get", "", "officer", wrong="school"),
    "api_file": Door("get", "file", "school"),
    "api_jobs": Door("get", "", "school"),
    "api_job": Door("get", "job", "school"),
    "api_job_file": Door("get", "job", "school", wrong="officer"),
    "api_job_again": Door("post", "failed", "school", wrong="auditor"),
    "api_notices": Door("get", "", "school"),
    "api_workdays": Door("get", "", "school"),
    "api_workdays_year": Door("put", "year", "region", 400, wrong="officer", body={"document": "", "days": []}),
    "api_notice_seen": Door("post", "notice", "school"),
    "api_opening-roster": Door("post", "draft_opening", "school", 202, wrong="officer", form="roster"),
    "api_units": Door("post", "", "officer", 400, wrong="school", body=NEW_UNIT),
    "api_unit": Door("get", "unit", "school"),
    "api_unit_draft": Door("patch", "unit", "school", wrong="officer", body={"contact": "李敏"}),
    "api_unit_accounts": Door("get", "unit", "school"),
    "api_unit_amendment": Door("post", "unit", "school", 201, wrong="officer"),
    "api_teachers": Door("post", "", "school", 201, wrong="officer", body={"name": "赵师傅"}),
    "api_teacher": Door("patch", "teacher", "school", wrong="officer", body={"is_active": False}),
    "api_venues": Door("post", "", "school", 201, wrong="officer", body={"name": "二号", "address": "新城区", "capacity": 9}),
    "api_venue": Door("patch", "venue", "school", wrong="officer", body={"capacity": 12}),
    "api_projects": Door("get", "", "school"),
    "api_project": Door("patch", "project", "region", wrong="officer", body={"until": None}),
    "api_occupations": Door("get", "", "school"),
    "api_institutions": Door("get", "", "school"),
    "api_categories": Door("get", "", "school"),
    "api_classes": Door("post", "", "school", 201, wrong="officer"),
    "api_class": Door("patch", "draft", "school", wrong="officer", body={"planned_people": 9}),
    "api_class_missing": Door("get", "draft", "school"),
    "api_class_precheck": Door("get", "draft", "school", wrong="officer"),
    "api_class_timetable": Door("post", "draft", "school", wrong="officer", body=PLAN),
    "api_class_lessons": Door("post", "draft", "school", 400, wrong="officer", body=LESSON),
    "api_class_completion": Door("post", "running", "school", 201, wrong="officer"),
    "api_class_roster": Door("get", "draft", "school"),
    "api_roster_template": Door("get", "draft", "school"),
    "api_class_trainees": Door("post", "draft", "school", 201, wrong="officer", body=PERSON),
    "api_class_results": Door("put", "running", "school", 400, wrong="officer", body={"rows": [{"enrolment": 999_999_999}]}),
    "api_class_subsidy": Door("post", "draft", "school", 409, wrong="officer"),
    "api_lesson": Door("delete", "draft_lesson", "school", 204, wrong="officer"),
    "api_attendance": Door("put", "lesson", "school", 409, wrong="officer", body=SHEET),
    "api_upload": Door("get", "upload", "school"),
    "api_upload_rows": Door("get", "upload", "school"),
    "api_upload_row": Door("patch", "upload_row", "school", wrong="officer", body={"phone": "13904710002"}),
    "api_upload_bad": Door("get", "upload", "school", wrong="officer"),
    "api_upload_take": Door("post", "upload", "school", wrong="officer"),
    "api_enrolment": Door("delete", "draft_enrolment", "school", 204, wrong="officer"),
    "api_strike": Door("post", "enrolment", "officer", wrong="school", body={"reason": "已参保"}),
    "api_examination": Door("get", "enrolment", "school"),
    "api_assistances": Door("get", "enrolment", "officer", wrong="school"),
    "api_assistance": Door("post", "assistance", "officer", wrong="school", body={"answer": "confirmed", "letter": "复函1号"}),
    "api_overrulings": Door("post", "enrolment", "officer", 400, wrong="school", body={"check": "not_insured_as_employee", "reason": "x"}),
    "api_overruling": Door("post", "overruling", "second", wrong="officer", body={"agree": False, "note": "证据不足"}),
    "api_people": Door("post", "", "officer", 400, wrong="school", body={"number": "1"}),
    "api_person_corrections": Door("post", "person", "school", 400, wrong="auditor", body={"number": "1", "reason": "看错了"}),
    "api_recognition": Door("post", "checked", "officer", 409, wrong="school", body={"answer": "refuted", "department": "工信局", "letter": "1号"}),
    "api_strip": Door("get", "checked", "school"),
    "api_waiting": Door("get", "", "officer", wrong="school"),
    "api_registries": Door("get", "", "officer", wrong="school"),
    "api_registry_modes": Door("put", "", "region", wrong="officer", body={"code": "business", "mode": "file", "reason": "尚未联网"}),
    "api_overruled": Door("get", "", "auditor", wrong="school"),
    "api_asked": Door("get", "", "disabled", wrong="officer"),
    "api_asked_answers": Door("post", "", "disabled", 400, wrong="officer"),
    "api_watch": Door("get", "", "auditor", wrong="school"),
    "api_change_dealt": Door("post", "change", "officer", wrong="auditor", body={"note": "已电话核实"}),
    "api_what_if": Door("post", "", "region", 202, wrong="officer", body={"table": "draft-example", "since": "2026-01-01", "until": "2026-12-31"}),
    "api_what_if_result": Door("get", "what_if", "region"),
    "api_assistance_answers": Door("post", "", "officer", 400, wrong="school"),
    "api_assistance_sheets": Door("post", "", "officer", 400, wrong="school", form="result"),
    "api_letters": Door("get", "", "officer", wrong="auditor"),
    "api_letter_sheet": Door("get", "letter", "officer", wrong="auditor"),
    "api_batch-payments": Door("get", "batch", "finance", wrong="officer"),
    "api_batch-file": Door("get", "batch", "finance", wrong="auditor"),
    "api_batch-result": Door("post", "batch", "finance", 400, wrong="auditor", form="result"),
    "api_batch-template": Door("get", "batch", "finance", wrong="auditor"),
    "api_subsidy-lines": Door("get", "subsidy", "school"),
    "api_line": Door("get", "line", "school"),
    "api_line_refuse": Door("post", "line", "officer", wrong="school", body={"reason": "证书不符"}),
    "api_line_restore": Door("post", "line", "officer", 409, wrong="school", body={"reason": "误剔除"}),
    "api_payables": Door("get", "", "finance", wrong="officer"),
    "api_payment_corrections": Door("get", "payment", "finance", wrong="officer"),
    "api_correction_answer": Door("post", "bank_correction", "finance", wrong="auditor", body={"decision": "take_back"}),
    "api_budgets": Door("post", "", "finance", wrong="auditor", body={"fund_source": "employment", "year": 2026, "amount": "1", "source": "示例"}),
    "api_publicities": Door("get", "", "school", public=True),
    "api_publicity": Door("get", "publicity", "school", public=True),
    "api_object": Door("post", "publicity", "school", 409, body={"text": "此人未参加培训"}, public=True),
    "api_objections": Door("get", "", "officer", wrong="school"),
    "api_objection_answer": Door("post", "objection", "officer", wrong="auditor", body={"outcome": "dismissed", "answer": "已核实"}),
}
VERSION = {"expected_version": 0, "reason": "理由"}
MOVES = {
    "correction": Door("post", "correction_move", "second", wrong="school", body={"expected_version": 1}),
    "registration": Door("post", "registration_move", "school", wrong="officer", body=VERSION),
    "opening": Door("post", "opening_move", "officer", wrong="school", body={"expected_version": 2, "reason": "课程已开始"}),
    "completion": Door("post", "completion_move", "school", 409, wrong="officer", body=VERSION),
    "certificatechange": Door("post", "certificatechange_move", "officer", wrong="school", body=VERSION),
    "subsidy": Door("post", "subsidy_move", "officer", wrong="school", body=VERSION),
    "batch": Door("post", "batch_move", "finance", 409, wrong="auditor", body=VERSION),
    "accountchange": Door("post", "accountchange_move", "officer", wrong="school", body={"expected_version": 1}),
}
for kind, name in KINDS.items():
    reader = "finance" if kind == "batch" else "school"
    no_reader = "officer" if kind == "batch" else ""
    DOORS[f"api_{name}-list"] = Door("get", "", reader, wrong=no_reader)
    for part in ("detail", "steps", "conditions", "files", "comments"):
        DOORS[f"api_{name}-{part}"] = Door("get", kind, reader, wrong=no_reader)
    DOORS[f"api_{name}-move"] = MOVES[kind]


@dataclass
class World:
    """Who asks, and what is asked for."""

    posts: dict[str, Any]
    things: dict[str, list[Any]]


@pytest.fixture
def world(registries) -> World:
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    posts = {
        "school": walk.applicant, "officer": walk.officer, "auditor": factories.post(walk.officer.organisation, Role.AUDITOR),
        "finance": factories.post(factories.office(kind=OrganisationKind.FINANCE), Role.FINANCE),
        "second": factories.post(walk.officer.organisation), "stranger": factories.operator(factories.unit()), "elsewhere": factories.officer("150203"),
        "region": factories.administrator("150000"),
        "disabled": factories.post(factories.office(kind=OrganisationKind.INDUSTRY, department=Department.DISABLED)),
    }  # fmt: skip
    things = {"": [], "year": [2099], "project": [walk.training_class.project_id]} | in_review(walk) | in_draft(walk) | money(walk, posts["finance"]) | running(walk) | looked_after(walk, posts["region"])
    return World(posts, things)


def in_review(walk) -> dict[str, list[Any]]:
    walk.to_officer()
    enrolment = walk.enrolments[0]
    Assistance.objects.create(
        subject_kind="enrolment", subject_id=enrolment.pk, person=enrolment.person, check_code="identity", division=walk.opening.division)
    kept = walks.attach(walk.opening, "other", walk.applicant)
    overruling = Overruling.objects.create(
        subject_kind="enrolment", subject_id=enrolment.pk, person=enrolment.person, examination=enrolment.examination, attachment=kept,
        check_code="not_insured_as_employee", facts="0" * 64, reason="已离职", division=walk.opening.division, proposed_by=walk.officer,
        proposer=walk.officer.user)
    letter = Letter.objects.create(
        number="协查函1号", year=2026, sequence=1, department="残联", division=walk.opening.division, organisation=walk.officer.organisation,
        issued_by=walk.officer, issued_at=timezone.now(), due_on=timezone.localdate())
    notice = Notice.objects.create(organisation=walk.applicant.organisation, text="退回补正", url="/", kind="opening", object_id=walk.opening.pk)
    common = {"title": "导出", "task": "none", "owner": walk.applicant.organisation, "division": walk.opening.division, "by": walk.applicant}
    done = Job.objects.create(state=JobState.DONE, **common)
    done.file.save("结果.xlsx", ContentFile(b"x"))
    failed = Job.objects.create(state=JobState.FAILED, **common)
    return {"opening": [walk.opening.pk], "opening_move": [walk.opening.pk, "return"], "enrolment": [enrolment.pk],
            "overruling": [enrolment.pk, overruling.pk], "person": [enrolment.person_id], "checked": ["enrolment", enrolment.pk], **asked(walk), "letter": [letter.pk],
            "assistance": [enrolment.pk, "identity"], "file": [kept.pk], "notice": [notice.pk], "job": [done.pk], "failed": [failed.pk]}


def asked(walk) -> dict[str, list[Any]]:
    """The school asks for another number for somebody; the office may maintain persons."""
    factories.officer(acts=(Act.MAINTAIN_PERSONS,))
    correction = draft(walk.people[2], "", people.number(), "看错了", by=walk.applicant)
    take(correction, "submit", by=walk.applicant)
    return {"correction": [correction.pk], "correction_move": [correction.pk, "approve"]}


def in_draft(walk) -> dict[str, list[Any]]:
    """A second class of the school, and its registration handed out again."""
    unit = Unit.objects.get(organisation=walk.applicant.organisation)
    training_class = make.draft_class(walk.applicant)
    uploaded = make.upload(training_class, [make.row(1), make.row(2, phone="12345")])
    mine = make.lesson(training_class)
    enrolment = training_class.enrolments.create(person=people.person("赛罕"), sequence=9)
    registration, _seat = cases.draft(walk.applicant)
    change = begin_change(unit, by=walk.applicant, holder=unit.organisation.name, bank_name="另一银行", bank_account=make.ACCOUNT)
    take(change, "submit", by=walk.applicant)
    return {
        "draft": [training_class.pk], "draft_opening": [training_class.opening.pk], "draft_lesson": [mine.pk], "draft_enrolment": [enrolment.pk],
        "upload": [uploaded.pk], "upload_row": [uploaded.pk, uploaded.rows.get(is_good=False).row], "unit": [unit.pk],
        "teacher": [unit.teachers.get().pk], "venue": [unit.venues.get().pk], "registration": [registration.pk],
        "registration_move": [registration.pk, "submit"], "accountchange": [change.pk], "accountchange_move": [change.pk, "approve"],
    }  # fmt: skip


def running(walk) -> dict[str, list[Any]]:
    """The first class as if it were in training, with its completion drafted."""
    training_class = walks.in_training(walk)
    completion = open_completion(training_class, by=walk.applicant)
    change = CertificateChange.objects.create(
        number="Z-1", division=training_class.division, applicant=walk.applicant.organisation, category=training_class.category, state=State.IN_REVIEW,
        desk=walk.officer.organisation, need=Act.FIRST_REVIEW_COMPLETION, round=1, position=1, submitted_at=timezone.now(),
        training_class=training_class, enrolment=walk.enrolments[0], old_kind="skill_level", old_number="S1", new_kind="skill_level", new_number="S2",
        reason="写错")
    return {"certificatechange": [change.pk], "certificatechange_move": [change.pk, "return"], "running": [training_class.pk], "lesson": [training_class.lessons.first().pk], "completion": [completion.pk],
            "completion_move": [completion.pk, "submit"]}


def looked_after(walk, region) -> dict[str, list[Any]]:
    """A change the nightly watch found, and a what-if run of the region."""
    change = Change.objects.create(
        enrolment=walk.enrolments[0], what="hired", registry="employment", since=timezone.localdate(), key="unit_employment", seen_at=timezone.now())
    run = start("draft-example", timezone.localdate(), timezone.localdate(), by=region)
    return {"change": [change.pk], "what_if": [run.pk]}


def money(walk, finance) -> dict[str, list[Any]]:
    """A claim in review that was published before, an objection to it, and a batch that is with the bank."""
    training_class, today = walk.training_class, timezone.localdate()
    shared = {"division": walk.opening.division, "fund_source": "employment"}
    subsidy = Subsidy.objects.create(
        number="S-1", applicant=walk.applicant.organisation, payee=walk.applicant.organisation, training_class=training_class,
        category=training_class.category, amount=Decimal("100.00"), state=State.IN_REVIEW, desk=walk.officer.organisation,
        need=Act.FIRST_REVIEW_SUBSIDY, round=1, position=1, submitted_at=timezone.now(), **shared)
    line = SubsidyLine.objects.create(
        subsidy=subsidy, enrolment=walk.enrolments[0], item=Item.TRAINING, amount=Decimal("100.00"), basis={"formula": "100.00"})
    snapshot = {"number": "S-1", "class": "育婴员一班", "applicant": "学校", "payee": "学校", "fund": "就业补助资金", "amount": "100.00", "rows": []}
    publicity = Publicity.objects.create(subsidy=subsidy, round=1, ended_at=timezone.now(), begins=today, ends=today, working_days=1, snapshot=snapshot, digest="0" * 64)
    objection = Objection.objects.create(publicity=publicity, text="此人未参加培训")
    batch = PaymentBatch.objects.create(
        number="P-1", applicant=finance.organisation, desk=finance.organisation, amount=Decimal("90.00"), state=State.FROZEN,
        bank_file=ContentFile(b"x", "x"), digest=sha256(b"x").hexdigest(), frozen_at=timezone.now(), **shared)
    payment = Payment.objects.create(
        batch=batch, subsidy=subsidy, sequence=1, payee_name="学校", bank_name="示例银行", bank_account="1", amount=Decimal("80.00"))
    sent = SubsidyLine.objects.create(
        subsidy=subsidy, enrolment=walk.enrolments[1], item=Item.TRAINING, amount=payment.amount, basis={}, state=LineState.PAYING, payment=payment)
    PaymentPart.objects.create(payment=payment, line=sent)
    correction = _correction(subsidy, batch, walk.enrolments[2], finance)
    return {"subsidy": [subsidy.pk], "subsidy_move": [subsidy.pk, "refuse"], "line": [line.pk], "publicity": [publicity.pk],
            "objection": [objection.pk], "batch": [batch.pk], "batch_move": [batch.pk, "settle"],
            "payment": [payment.pk], "bank_correction": [correction.pk]}


def _correction(subsidy, batch, enrolment, finance) -> BankCorrection:
    """A failed payment beside the other, of which the bank says now that it arrived."""
    failed = Payment.objects.create(
        batch=batch, subsidy=subsidy, sequence=2, payee_name="学校", bank_name="示例银行", bank_account="1", amount=Decimal("10.00"),
        state="returned", return_reason="户名不符", answered_at=timezone.now())
    line = SubsidyLine.objects.create(
        subsidy=subsidy, enrolment=enrolment, item=Item.TRAINING, amount=failed.amount, basis={}, state=LineState.RETURNED, payment=failed)
    PaymentPart.objects.create(payment=failed, line=line)
    return BankCorrection.objects.create(
        payment=failed, kind="arrived", day=timezone.localdate(), bank_reference="LATE1", reason="实际已入账", before={},
        proposed_by=finance, proposer=finance.user, proposed_at=timezone.now())


def ask(client: APIClient, name: str, world: World) -> Any:
    """One request that leaves nothing behind."""
    door = DOORS[name]
    body, form = dict(door.body), door.form
    if form != "json":
        content = make.workbook([make.row(5)]) if form == "roster" else b"no workbook"
        body, form = {"file": SimpleUploadedFile("表.xlsx", content)}, "multipart"
    with transaction.atomic():
        answer = getattr(client, door.method)(reverse(name, args=world.things[door.thing]), body or None, format=form)
        if hasattr(answer, "render") and not answer.streaming:
            answer.render()
        transaction.set_rollback(True)
    return answer


def off(expected: dict[str, int], found: dict[str, Any]) -> list[str]:
    """Every address that answers otherwise than expected, or an error that is no problem."""
    return [f"{name}: {found[name].status_code} instead of {code}" for name, code in expected.items() if found[name].status_code != code] + [
        f"{name}: {answer['Content-Type']}" for name, answer in found.items()
        if answer.status_code >= 400 and answer["Content-Type"] != "application/problem+json"
    ]


def names_in(patterns: Any) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        found |= names_in(pattern.url_patterns) if hasattr(pattern, "url_patterns") else {pattern.name}
    return found


def test_the_matrix_knows_every_address():
    assert names_in(api_urls.urlpatterns) - OUTSIDE_THE_ROOMS == set(DOORS)


def test_nobody_is_asked_who_he_is(world):
    expected = {name: 401 for name, door in DOORS.items() if not door.public}
    assert off(expected, {name: ask(APIClient(), name, world) for name in expected}) == []


@pytest.mark.parametrize("who", ["stranger", "elsewhere"])
def test_outside_the_scope_nothing_is_found(world, api, who):
    expected = {name: 404 for name, door in DOORS.items() if door.thing and door.thing not in ("year", "project") and not door.public}
    program = api(world.posts[who])
    assert off(expected, {name: ask(program, name, world) for name in expected}) == []


def test_inside_the_scope_the_wrong_role_is_refused(world, api):
    expected = {name: 403 for name, door in DOORS.items() if door.wrong}
    assert off(expected, {name: ask(api(world.posts[DOORS[name].wrong]), name, world) for name in expected}) == []


def test_the_right_role_is_answered(world, api):
    expected = {name: door.code for name, door in DOORS.items()}
    assert off(expected, {name: ask(api(world.posts[door.right]), name, world) for name, door in DOORS.items()}) == []
