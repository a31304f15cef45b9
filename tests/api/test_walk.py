"""The whole way once by programs alone: a unit, a class, its people, completion, subsidy, publicity, payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from casework.enums import JobState
from casework.models import Job
from kit.ids import uscc_from
from kit.sheets import read_table
from subsidies.domain.bank import BANK_HEADERS, RESULT_HEADERS
from subsidies.models import Standard
from subsidies.tasks import end_publicity
from tests import factories
from tests.factories import training as make
from training.models import Listing, Project
from training.tasks.checks import advance_classes

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE = make.SINCE
NEW_PASSWORD = "wheat-Field-2026-north"


def at(day: str, hour: int = 9) -> time_machine.travel:
    year, month, number = map(int, day.split("-"))
    return time_machine.travel(datetime(year, month, number, hour, tzinfo=SHANGHAI), tick=True)


def work_off() -> None:
    """What a worker does: every job that waits."""
    for job in Job.objects.filter(state=JobState.QUEUED).order_by("pk"):
        current_app.tasks[job.task](job.pk)


def good(answer: Any, code: int = 200) -> Any:
    assert answer.status_code == code, answer.json()
    return answer.json() if answer.content else None


def move(program: APIClient, kinds: str, pk: int, name: str, **words: Any) -> dict[str, Any]:
    case = good(program.get(f"/api/v1/{kinds}/{pk}/"))
    return good(program.post(f"/api/v1/{kinds}/{pk}/moves/{name}/", {"expected_version": case["version"], **words}))


def first_login(username: str, password: str) -> APIClient:
    """The one thing left to the browser: the first password is changed; then the token."""
    refused = APIClient().post("/api/v1/auth/token/", {"username": username, "password": password}, format="json")
    assert refused.status_code == 403
    browser = Client()
    browser.post(reverse("account_login"), {"login": username, "password": password})
    words = {"oldpassword": password, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert browser.post(reverse("account_change_password"), words).status_code == 302
    token = good(
        APIClient().post("/api/v1/auth/token/", {"username": username, "password": NEW_PASSWORD}, format="json")
    )["token"]
    program = APIClient()
    program.default_format = "json"
    program.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return program


def rows_of(content: bytes, headers: Sequence[str]) -> list[dict[str, Any]]:
    return [cells for _number, cells in read_table(content, headers).rows]


def a_registered_school(officer: APIClient, finance: APIClient) -> APIClient:
    opened = good(
        officer.post(
            "/api/v1/units/",
            {
                "kind": "institution",
                "name": "青城职业培训学校",
                "uscc": uscc_from("150102", 777),
                "division": "150102",
                "full_name": "李敏",
                "phone": "13904710001",
                "username": "qingcheng",
                "requested": "phone",
            },
        ),
        201,
    )
    school = first_login("qingcheng", opened["password"])
    unit = f"/api/v1/units/{opened['unit']['id']}/"
    profile = {
        "entity_type": "training_body",
        "legal_representative": "王建国",
        "address": "新华大街1号",
        "established_on": "2015-03-01",
        "licence_number": "人社民1501020001",
        "facilities": "教室两间",
        "bank_name": "示例银行",
        "bank_account_name": "青城职业培训学校",
        "bank_account": "6222020200112233445",
    }
    assert good(school.patch(f"{unit}draft/", profile))["values"]["bank_account"] == "****3445"
    good(school.post("/api/v1/teachers/", {"name": "王老师", "qualification": "高级技师"}), 201)
    good(school.post("/api/v1/venues/", {"name": "一号教室", "address": "新华大街1号", "capacity": 40}), 201)
    move(school, "registrations", opened["registration"], "submit")
    assert move(officer, "registrations", opened["registration"], "approve")["state"] == "approved"
    (change,) = good(school.get("/api/v1/account-changes/"))["results"]
    assert move(finance, "account-changes", change["id"], "confirm")["state"] == "approved"
    assert good(school.get(unit))["account"]["bank_account"] == "****3445"
    Listing.objects.create(organisation=Organisation.objects.get(name="青城职业培训学校"), since=SINCE, source="示例")
    return school


def a_class_with_its_people(school: APIClient, project: Project) -> dict[str, Any]:
    """A draft; a timetable; a roster with one bad row, mended; one trainee by hand."""
    teacher, venue = (good(school.get(f"/api/v1/{kinds}/"))["results"][0]["id"] for kinds in ("teachers", "venues"))
    made = good(
        school.post(
            "/api/v1/classes/", {"category": "laid_off_unemployed", "first_day": "2026-03-09", "project": project.pk}
        ),
        201,
    )
    path = f"/api/v1/classes/{made['id']}/"
    assert "还没有排课。" in good(school.get(f"{path}missing/"))["missing"]
    good(school.patch(path, {"fund_source": "employment", "venue": venue, "teachers": [teacher], "planned_people": 3}))
    plan = {
        "weekdays": [0, 1, 2, 3, 4],
        "slots": [{"starts": "08:30", "hours": "4"}, {"starts": "14:00", "hours": "4"}],
        "teacher": teacher,
    }
    assert [lesson["day"] for lesson in good(school.post(f"{path}timetable/", plan))] == [
        "2026-03-09",
        "2026-03-09",
        "2026-03-10",
        "2026-03-10",
    ]
    rows = [make.row(1, name="乌云"), make.row(2, name="巴特尔", phone="12345")]
    upload = SimpleUploadedFile("花名册.xlsx", make.workbook(rows))
    accepted = good(
        school.post(f"/api/v1/openings/{made['opening']}/roster/", {"file": upload}, format="multipart"), 202
    )
    assert accepted["job"]["state"] == "queued"
    work_off()
    job = good(school.get(f"/api/v1/jobs/{accepted['job']['id']}/"))
    assert (job["state"], job["percent"], job["result"]["good"]) == ("done", 100, 1)
    staged = f"/api/v1/uploads/{accepted['upload']}/"
    (bad,) = good(school.get(f"{staged}rows/?good=false"))["results"]
    assert list(bad["errors"]) == ["phone"]
    assert bad["cells"]["phone"] == "12345"
    assert "*" in bad["cells"]["number"]
    assert good(school.patch(f"{staged}rows/{bad['row']}/", {"phone": "13904710002"}))["bad"] == 0
    assert good(school.post(f"{staged}take/"))["taken"] == 2
    by_hand = {"name": "其其格", "number": make.citizen_number(3), "phone": "13904710003"}
    good(school.post(f"{path}trainees/", by_hand), 201)
    assert good(school.get(f"{path}missing/"))["missing"] == []
    return good(school.get(path))


def known_to_the_registries(registries, project: Project) -> None:
    """Three people out of work; two of them have the certificate by the end of the class."""
    people = []
    for n, name in enumerate(("乌云", "巴特尔", "其其格"), start=1):
        certificate = {
            "type": "certificate",
            "number": f"S00015010200{n}",
            "kind": "skill_level",
            "level": "5",
            "occupation": project.occupation.name,
            "issued_on": "2026-03-11",
            "issuer": "示例评价机构",
        }
        employment = [
            {"type": "person", "name": name, "household": "urban"},
            {"type": "job_seeking", "registered_on": "2025-06-01"},
        ]
        people.append(
            {"id_number": make.citizen_number(n), "records": {"employment": employment, "certificates": [certificate]}}
        )
    registries.load(people)


def test_from_an_account_to_the_money_without_a_page(api, registries, settings):
    settings.TASK_ALWAYS_LOCAL = False
    with at("2026-03-02"):
        officer_membership = factories.officer()
        officer, second = api(officer_membership), api(factories.member(officer_membership.organisation))
        finance = api(factories.member(factories.office(kind=OrganisationKind.FINANCE), Role.FINANCE))
        project = make.project(hours=16)
        Standard.objects.create(since=SINCE, source="示例", is_example=True, amount=Decimal("1200.00"))
        known_to_the_registries(registries, project)
        school = a_registered_school(officer, finance)
        made = a_class_with_its_people(school, project)
        move(school, "openings", made["opening"], "submit")
        work_off()
        (item,) = good(officer.get("/api/v1/inbox/?standing=todo"))["results"]
        assert (item["kind"], item["object_id"], item["people"], item["exceptions"]) == (
            "opening",
            made["opening"],
            3,
            0,
        )
        roster = good(officer.get(f"/api/v1/classes/{made['id']}/roster/"))
        examination = good(officer.get(f"/api/v1/enrolments/{roster[0]['id']}/examination/"))
        assert (examination["verdict"], examination["gate"]) == ("eligible", "opening")
        assert all(result["sentence"] and result["clause"] for result in examination["results"])
        assert move(officer, "openings", made["opening"], "approve")["state"] == "approved"

    with at("2026-03-09"):
        advance_classes()
    with at("2026-03-11", hour=18):
        subsidy = completed_and_claimed(school, officer, second, made, roster)
        publicity = good(APIClient().get("/api/v1/publicities/"))["results"][0]
        shown = good(APIClient().get(f"/api/v1/publicities/{publicity['id']}/"))
        assert [(row["name"], row["amount"], row["standard"]) for row in shown["rows"]] == [
            ("乌*", "1200.00", "1200.00"),
            ("巴*", "1200.00", "1200.00"),
        ]
        assert make.citizen_number(1) not in str(shown)

    with at("2026-03-25"):
        end_publicity()
        budget = {"fund_source": "employment", "year": 2026, "amount": "5000.00", "source": "示例文号"}
        assert good(finance.post("/api/v1/budgets/", budget))["left"] == "5000.00"
        work_off()
        assert officer.get(f"/api/v1/subsidies/{subsidy}/").json()["available_moves"][-1]["obstacles"] != []
        assert move(second, "subsidies", subsidy, "conclude")["state"] == "approved"
        assert good(finance.get("/api/v1/budgets/"))["results"][0]["left"] == "2600.00"
        paid(finance, subsidy)
        assert good(school.get(f"/api/v1/classes/{made['id']}/"))["stage"] == "paid"
        lines = good(school.get(f"/api/v1/subsidies/{subsidy}/lines/"))
        assert [(line["state"], line["amount"]) for line in lines] == [
            ("paid", "1200.00"),
            ("paid", "1200.00"),
            ("refused", "0.00"),
        ]
        assert [case["kind"] for case in good(school.get(f"/api/v1/classes/{made['id']}/"))["cases"]] == [
            "opening",
            "completion",
            "subsidy",
        ]


def completed_and_claimed(
    school: APIClient, officer: APIClient, second: APIClient, made: dict[str, Any], roster: list[dict[str, Any]]
) -> int:
    """Attendance of every lesson, results, completion approved, the claim reviewed by two people;
    the id of the claim.
    """
    path = f"/api/v1/classes/{made['id']}/"
    for lesson in good(school.get(f"{path}timetable/")):
        marks = {str(person["id"]): "present" for person in roster}
        sheet = good(school.put(f"/api/v1/lessons/{lesson['id']}/attendance/", {"marks": marks}))
        assert sheet["marks"] == marks
    results = [
        {
            "enrolment": person["id"],
            "theory_score": "80",
            "practice_score": "85",
            "result": "pass",
            "certificate_kind": "skill_level",
            "certificate_number": f"S00015010200{person['sequence']}",
            "certificate_on": "2026-03-11",
        }
        for person in roster[:2]
    ]
    results.append({"enrolment": roster[2]["id"], "theory_score": "40", "result": "fail"})
    assert [row["attendance_percent"] for row in good(school.put(f"{path}results/", {"rows": results}))] == [
        "100.0"
    ] * 3
    completion = good(school.post(f"{path}completion/"), 201)
    move(school, "completions", completion["id"], "submit")
    work_off()
    assert move(second, "completions", completion["id"], "approve")["state"] == "approved"
    claim = good(school.post(f"{path}subsidy/"), 201)
    assert (claim["amount"], claim["state"]) == ("2400.00", "draft")
    move(school, "subsidies", claim["id"], "submit")
    work_off()
    first = move(officer, "subsidies", claim["id"], "approve")
    assert (first["state"], first["available_moves"][0]["obstacles"] != []) == ("in_review", True)
    again = officer.post(f"/api/v1/subsidies/{claim['id']}/moves/approve/", {"expected_version": first["version"]})
    assert again.status_code == 409
    assert move(second, "subsidies", claim["id"], "approve")["state"] == "publicity"
    return claim["id"]


def paid(finance: APIClient, subsidy: int) -> None:
    """A batch, its bank file, the bank's answer read from it, settled."""
    assert [claim["id"] for claim in good(finance.get("/api/v1/payables/"))["results"]] == [subsidy]
    batch = good(finance.post("/api/v1/batches/", {"subsidies": [subsidy]}), 201)
    assert move(finance, "batches", batch["id"], "freeze")["has_bank_file"] is True
    answer = finance.get(f"/api/v1/batches/{batch['id']}/file/")
    (row,) = rows_of(answer.content, BANK_HEADERS)
    assert (row["收款账号"], Decimal(str(row["金额（元）"]))) == ("6222020200112233445", Decimal("2400.00"))
    said = make.workbook([[row["业务编号"], "2400.00", "成功", "2026-03-25", "B20260325001", ""]], heads=RESULT_HEADERS)
    body = {"file": SimpleUploadedFile("回执.xlsx", said)}
    good(finance.post(f"/api/v1/batches/{batch['id']}/result/", body, format="multipart"))
    (payment,) = good(finance.get(f"/api/v1/batches/{batch['id']}/payments/"))
    assert (payment["state"], payment["bank_reference"], payment["bank_account"]) == (
        "paid",
        "B20260325001",
        "****3445",
    )
    assert move(finance, "batches", batch["id"], "settle")["state"] == "settled"
