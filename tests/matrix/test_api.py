"""Every address of the API as: nobody, another unit, another banner, right place wrong role, right role (R-LVL-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from rest_framework.test import APIClient

from config import api_urls
from tests.factories import training as make
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
OUTSIDE_THE_ROOMS = {"api_schema", "api_docs", "api_unknown", "api_token", "api_memberships", "api_report"}
KINDS = {
    "registration": "registration",
    "accountchange": "accountchange",
    "correction": "correction",
    "opening": "opening",
    "completion": "completion",
    "certificatechange": "certificatechange",
    "subsidy": "subsidy",
    "batch": "batch",
}


@dataclass(frozen=True)
class Door:
    """How an address is asked: of which thing, by whom rightly with which answer, by whom wrongly inside the scope
    (403).
    """

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
NEW_UNIT = {
    "kind": "institution",
    "name": "新学校",
    "uscc": "x",
    "division": "150102",
    "full_name": "李敏",
    "phone": "13904710001",
    "username": "newschool",
    "requested": "phone",
}
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
    "api_policy": Door("get", "", "officer", wrong="school"),
    "api_policy_rows": Door("post", "policy_kind", "region", 400, wrong="school", body={"action": "add"}),
    "api_policy_sheet": Door("get", "policy_kind", "officer", wrong="school"),
    "api_policy_proposals": Door("get", "", "region", wrong="school"),
    "api_policy_proposal": Door("get", "proposal", "region"),
    "api_contact": Door("get", "", "school"),
    "api_announcements": Door("post", "", "region", 400, wrong="school", body={"text": ""}),
    "api_notice_seen": Door("post", "notice", "school"),
    "api_opening-roster": Door("post", "draft_opening", "school", 202, wrong="officer", form="roster"),
    "api_units": Door("post", "", "officer", 400, wrong="school", body=NEW_UNIT),
    "api_unit": Door("get", "unit", "school"),
    "api_unit_draft": Door("patch", "unit", "school", wrong="officer", body={"contact": "李敏"}),
    "api_unit_imports": Door("post", "", "officer", 400, wrong="school", body={"sheet": "units"}),
    "api_unit_import_take": Door("post", "", "officer", 400, wrong="school", body={"sheet": "units", "token": "none"}),
    "api_units_incomplete": Door("get", "", "officer", wrong="school"),
    "api_unit_accounts": Door("get", "unit", "school"),
    "api_unit_amendment": Door("post", "unit", "school", 201, wrong="officer"),
    "api_teachers": Door("post", "", "school", 201, wrong="officer", body={"name": "赵师傅"}),
    "api_teacher": Door("patch", "teacher", "school", wrong="officer", body={"is_active": False}),
    "api_venues": Door(
        "post", "", "school", 201, wrong="officer", body={"name": "二号", "address": "新城区", "capacity": 9}
    ),
    "api_venue": Door("patch", "venue", "school", wrong="officer", body={"capacity": 12}),
    "api_projects": Door("get", "", "school"),
    "api_project": Door("patch", "project", "region", wrong="officer", body={"until": None}),
    "api_occupations": Door("get", "", "school"),
    "api_institutions": Door("get", "", "school"),
    "api_categories": Door("get", "", "school"),
    "api_classes": Door("post", "", "school", 201, wrong="officer"),
    "api_class": Door("patch", "draft", "school", wrong="officer", body={"planned_people": 9}),
    "api_class_missing": Door("get", "draft", "school"),
    "api_class_history": Door("get", "draft", "school"),
    "api_class_precheck": Door("get", "draft", "school", wrong="officer"),
    "api_class_timetable": Door("post", "draft", "school", wrong="officer", body=PLAN),
    "api_class_lessons": Door("post", "draft", "school", 400, wrong="officer", body=LESSON),
    "api_class_completion": Door("post", "running", "school", 201, wrong="officer"),
    "api_class_roster": Door("get", "draft", "school"),
    "api_roster_template": Door("get", "draft", "school"),
    "api_class_trainees": Door("post", "draft", "school", 201, wrong="officer", body=PERSON),
    "api_class_results": Door(
        "put", "running", "school", 400, wrong="officer", body={"rows": [{"enrolment": 999_999_999}]}
    ),
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
    "api_assistance": Door(
        "post", "assistance", "officer", wrong="school", body={"answer": "confirmed", "letter": "复函1号"}
    ),
    "api_overrulings": Door(
        "post", "enrolment", "officer", 400, wrong="school", body={"check": "not_insured_as_employee", "reason": "x"}
    ),
    "api_overruling": Door("post", "overruling", "second", wrong="officer", body={"agree": False, "note": "证据不足"}),
    "api_people": Door("post", "", "officer", 400, wrong="school", body={"number": "1"}),
    "api_person_corrections": Door(
        "post", "person", "second", 400, wrong="auditor", body={"number": "1", "reason": "看错了"}
    ),
    "api_entry_corrections": Door("post", "checked", "school", 400, body={"number": "1", "reason": "看错了"}),
    "api_recognition": Door(
        "post",
        "checked",
        "officer",
        409,
        wrong="school",
        body={"answer": "refuted", "department": "工信局", "letter": "1号"},
    ),
    "api_evidence": Door("get", "checked", "school"),
    "api_waiting": Door("get", "", "officer", wrong="school"),
    "api_registries": Door("get", "", "officer", wrong="school"),
    "api_registry_modes": Door(
        "put", "", "region", wrong="officer", body={"code": "business", "mode": "file", "reason": "尚未联网"}
    ),
    "api_overruled": Door("get", "", "auditor", wrong="school"),
    "api_asked": Door("get", "", "disabled", wrong="officer"),
    "api_asked_answers": Door("post", "", "disabled", 400, wrong="officer"),
    "api_watch": Door("get", "", "auditor", wrong="school"),
    "api_change_dealt": Door("post", "change", "officer", wrong="auditor", body={"note": "已电话核实"}),
    "api_what_if": Door(
        "post",
        "",
        "region",
        202,
        wrong="officer",
        body={"table": "draft-example", "since": "2026-01-01", "until": "2026-12-31"},
    ),
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
    "api_correction_answer": Door(
        "post", "bank_correction", "finance", wrong="auditor", body={"decision": "take_back"}
    ),
    "api_budgets": Door(
        "post",
        "",
        "finance",
        wrong="auditor",
        body={"fund_source": "employment", "year": 2026, "amount": "1", "source": "示例"},
    ),
    "api_publicities": Door("get", "", "school", public=True),
    "api_publicity": Door("get", "publicity", "school", public=True),
    "api_object": Door("post", "publicity", "school", 409, body={"text": "此人未参加培训"}, public=True),
    "api_objections": Door("get", "", "officer", wrong="school"),
    "api_objection_answer": Door(
        "post", "objection", "officer", wrong="auditor", body={"outcome": "dismissed", "answer": "已核实"}
    ),
}
VERSION = {"expected_version": 0, "reason": "理由"}
MOVES = {
    "correction": Door("post", "correction_move", "second", wrong="school", body={"expected_version": 1}),
    "registration": Door("post", "registration_move", "school", wrong="officer", body=VERSION),
    "opening": Door(
        "post", "opening_move", "officer", wrong="school", body={"expected_version": 2, "reason": "课程已开始"}
    ),
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
    for part in ("detail", "steps", "history", "conditions", "files", "comments"):
        DOORS[f"api_{name}-{part}"] = Door("get", kind, reader, wrong=no_reader)
    DOORS[f"api_{name}-move"] = MOVES[kind]


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
    return [
        f"{name}: {found[name].status_code} instead of {code}"
        for name, code in expected.items()
        if found[name].status_code != code
    ] + [
        f"{name}: {answer['Content-Type']}"
        for name, answer in found.items()
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
    expected = {
        name: 404
        for name, door in DOORS.items()
        if door.thing and door.thing not in ("year", "project", "policy_kind") and not door.public
    }
    program = api(world.memberships[who])
    assert off(expected, {name: ask(program, name, world) for name in expected}) == []


def test_inside_the_scope_the_wrong_role_is_refused(world, api):
    expected = {name: 403 for name, door in DOORS.items() if door.wrong}
    assert off(expected, {name: ask(api(world.memberships[DOORS[name].wrong]), name, world) for name in expected}) == []


def test_the_right_role_is_answered(world, api):
    expected = {name: door.code for name, door in DOORS.items()}
    assert (
        off(expected, {name: ask(api(world.memberships[door.right]), name, world) for name, door in DOORS.items()})
        == []
    )
