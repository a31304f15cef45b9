"""The 协查 desk and overrulings through the API (R-ELG-5)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from eligibility.enums import Verdict
from eligibility.models import Letter
from tests import factories
from tests.eligibility.desk import asked, filled, insured_class, paper, shareholders

pytestmark = pytest.mark.django_db


def test_a_program_proposes_another_person_agrees_and_the_examination_says_so(registries, api):
    walk = insured_class(registries)
    person, second = walk.enrolments[1], factories.member(walk.officer.organisation)
    address = f"/api/v1/enrolments/{person.pk}/overrulings/"
    body = {"check": "not_insured_as_employee", "reason": "已离职"}
    assert api(walk.officer).post(address, body, format="json").status_code == 400
    answer = api(walk.officer).post(address, body | {"file": paper()}, format="multipart")
    assert (answer.status_code, answer.json()["state"]) == (201, "proposed")
    one = f"{address}{answer.json()['id']}/"
    assert api(walk.officer).post(one, {"agree": True}).status_code == 403
    assert api(second).post(one, {"agree": True}).json()["state"] == "agreed"
    for reader in (walk.officer, walk.applicant):
        found = api(reader).get(f"/api/v1/enrolments/{person.pk}/examination/").json()
        (result,) = (r for r in found["results"] if r["code"] == "not_insured_as_employee")
        assert (found["verdict"], result["outcome"], result["overruled"]) == ("eligible", "fail", True)
        assert (result["overruling"]["agreed_by"], result["overruling"]["reason"]) == (str(second), "已离职")
        assert "已推翻" in result["sentence"]
    assert api(walk.applicant).get(address).status_code == 403


def test_letter_sheet_and_answers_through_the_api(registries, api):
    walk = shareholders(registries)
    program = api(walk.officer)
    ids = [one["id"] for one in program.get("/api/v1/assistances/").json()]
    assert len(ids) == 3
    letter = program.post("/api/v1/assistances/letters/", {"assistances": ids}).json()
    assert (letter["people"], letter["number"]) == (3, Letter.objects.get().number)
    sheet = program.get(f"/api/v1/assistances/letters/{letter['id']}/sheet/").content
    back = SimpleUploadedFile("答复.xlsx", filled(sheet, {"协查结果": "属实", "复函文号": "1号"}))
    assert program.post("/api/v1/assistances/sheets/", {"file": back}, format="multipart").json() == {
        "taken": 1,
        "same": 0,
        "refused": [],
    }
    many = {"assistances": ids[1:], "answer": "refuted", "letter": "2号"}
    assert program.post("/api/v1/assistances/answers/", many).json()["taken"] == 2
    assert [e.verdict for e in walk.enrolments] == [Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.INELIGIBLE]
    assert api(factories.officer("150103")).post("/api/v1/assistances/answers/", many).status_code == 404
    assert program.post("/api/v1/assistances/letters/", {"assistances": ids}).status_code == 409
    assert all(one.answered_by == walk.officer for one in asked())
