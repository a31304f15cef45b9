"""Whatever can be edited in two tabs: the older form is refused by page and API, and what was typed in it is kept
(R-SEC-4).
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.domain.form_tokens import FIELD
from accounts.enums import Department, OrganisationKind, Role
from eligibility.domain.corrections import draft, entered_by
from eligibility.models import Assistance
from subsidies.domain.budgets import set_budget
from tests import factories
from tests.accounts.test_forms import HIDDEN
from tests.eligibility.desk import asked, shareholders
from tests.factories import eligibility as people
from tests.factories import training as make
from tests.factories.subsidies import at
from tests.training import walk as walks
from tests.training.test_certificate_changes import RIGHT, WRONG, walk
from tests.training.test_certificate_changes import ask as ask_certificate
from tests.training.test_completion import change
from tests.training.test_versions import SAID, VERSION, opened, values_of
from training.domain.units.accounts import begin_change
from training.domain.units.upkeep import begin_amendment, update_unit
from training.models import AccountChange, Registration

__all__ = ["walk"]
pytestmark = pytest.mark.django_db
CARD, OTHER = "6222020200000055555", "6222020200000066666"


@pytest.fixture
def school():
    return factories.operator(make.on_file().organisation)


# ── pages
# ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_change_altered_in_another_tab(browser, school):
    change = begin_change(
        school.organisation.unit, by=school, holder=school.organisation.name, bank_name="甲银行", bank_account=CARD
    )
    client, page = browser(school), reverse("account_edit", args=[change.pk])
    mine, version = values_of(client, page), opened(client, page)
    assert client.post(page, {**mine, "version": version, "bank_name": "乙银行"}).status_code == 302
    answer = client.post(page, {**mine, "version": version, "bank_name": "丙银行"})
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown, "乙银行" in shown, 'value="丙银行"' in shown) == (409, True, True, True)
    assert AccountChange.objects.get().bank_name == "乙银行"
    assert client.post(page, {**mine, "version": VERSION.search(shown)[1], "bank_name": "丙银行"}).status_code == 302
    assert AccountChange.objects.get().bank_name == "丙银行"


def test_a_units_draft_saved_in_another_tab(browser, school):
    unit = school.organisation.unit
    begin_amendment(unit, by=school)
    client, page = browser(school), reverse("unit_profile")
    mine, version = values_of(client, page), opened(client, page)
    update_unit(unit, by=school, contact="王秀兰")
    answer = client.post(page, {**mine, "version": version, "contact": "李敏"})
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown, "王秀兰" in shown, "李敏" in shown) == (409, True, True, True)
    assert Registration.objects.latest("pk").values["contact"] == "王秀兰"


def test_a_certificate_change_altered_in_another_tab(browser, walk):
    change = ask_certificate(walk)
    client, page = browser(walk.applicant), reverse("certificate_edit", args=[change.pk])
    mine, version = values_of(client, page), opened(client, page)
    assert client.post(page, {**mine, "version": version, "reason": "两位写反了"}).status_code == 302
    answer = client.post(page, {**mine, "version": version, "reason": "看错了"})
    shown = answer.content.decode()
    change.refresh_from_db()
    assert (answer.status_code, SAID in shown, "看错了" in shown, change.reason) == (409, True, True, "两位写反了")


def test_a_persons_correction_altered_in_another_tab(browser):
    made = walks.laid_off_class()
    made.submit()
    correction = draft(
        entered_by(made.applicant, "enrolment", made.enrolments[0].pk), "", people.number(), "看错了", by=made.applicant
    )
    client, page = browser(made.applicant), reverse("correction_edit", args=[correction.pk])
    mine, version = values_of(client, page), opened(client, page)
    assert client.post(page, {**mine, "version": version, "reason": "证件换了"}).status_code == 302
    answer = client.post(page, {**mine, "version": version, "reason": "登记错了"})
    correction.refresh_from_db()
    assert (answer.status_code, SAID in answer.content.decode(), correction.reason) == (409, True, "证件换了")


def test_results_entered_in_another_tab_are_replaced_neither_by_a_form_nor_by_a_sheet(browser, registries):
    walk = walks.held(registries)
    client, page = browser(walk.applicant), reverse("completion_results", args=[walk.training_class.pk])
    version, first = opened(client, page), walk.enrolments[0]
    sheet = change(
        client.get(reverse("results_download", args=[walk.training_class.pk])).content, {"乌云": {"理论成绩": 61}}
    )
    type(first).objects.filter(pk=first.pk).update(theory_score=Decimal(88))
    names = re.findall(r'name="([^"]+theory_score)"', client.get(page).content.decode())
    answer = client.post(page, {**dict.fromkeys(names, "61"), "version": version})
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown, 'value="61' in shown, "88" in shown) == (409, True, True, True)
    sent = client.post(
        reverse("results_upload", args=[walk.training_class.pk]),
        {"file": SimpleUploadedFile("r.xlsx", sheet), "version": version},
    )
    assert (sent.status_code, "“61”" in sent.content.decode(), "“88.0”" in sent.content.decode()) == (409, True, True)
    assert walk.enrolments[0].theory_score == Decimal(88)


def test_a_roster_row_mended_in_another_tab(browser):
    training_class = make.draft_class()
    upload = make.upload(training_class, [make.row(1, phone="12"), make.row(2)])
    client, page = browser(make.clerk(training_class)), reverse("roster_fix", args=[upload.pk])
    drawn = client.get(page).content.decode()
    version, form = VERSION.search(drawn)[1], {FIELD: HIDDEN.search(drawn)[1]}
    row = upload.rows.get(is_good=False)
    row.cells["phone"] = "34"
    row.save()
    answer = client.post(page, {**form, "version": version, f"r{row.row}-phone": "13904710055"})
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown, 'value="13904710055"' in shown) == (409, True, True)
    assert upload.rows.get(is_good=False).cells["phone"] == "34"
    assert (
        client.post(page, {"version": VERSION.search(shown)[1], f"r{row.row}-phone": "13904710055"}).status_code == 302
    )
    assert not upload.rows.filter(is_good=False).exists()


def test_an_officers_answer_to_a_question_is_not_replaced_from_an_older_page(browser, registries):
    walk = shareholders(registries, ["乌云"])
    (question,) = asked()
    colleague, page = (
        browser(factories.member(walk.officer.organisation)),
        reverse("case", args=["opening", walk.opening.pk]),
    )
    client, address = browser(walk.officer), reverse("assistance_answer", args=[question.pk])
    drawn = client.get(page).content.decode()
    old = {
        FIELD: HIDDEN.search(drawn)[1],
        "version": question.version,
        "next": page,
        "answer": "confirmed",
        "note": "电话里说没有经营",
    }
    assert f'name="version" value="{question.version}"' in drawn
    assert (
        colleague.post(address, {"answer": "refuted", "letter": "市监函1号", "version": question.version}).status_code
        == 302
    )
    answer = client.post(address, old)
    shown = answer.content.decode()
    assert (answer.status_code, SAID in shown, 'value="电话里说没有经营"' in shown, "市监函1号" in shown) == (
        409,
        True,
        True,
        True,
    )
    (question,) = asked()
    assert (question.answer, f'name="version" value="{question.version}"' in shown) == ("refuted", True)
    assert client.post(address, {**old, "version": question.version}).status_code == 302


def test_a_departments_own_answer_is_not_corrected_from_an_older_page(browser, registries):
    shareholders(registries, ["乌云"])
    membership = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department=Department.MARKET))
    (question,) = asked()
    client, address = browser(membership), reverse("asked_correct", args=[question.pk])
    client.post(reverse("asked_answer"), {"row": [question.pk], "answer": "refuted", "letter": "1号"})
    version = asked()[0].version
    assert f'name="version" value="{version}"' in client.get(reverse("asked")).content.decode()
    assert client.post(address, {"answer": "confirmed", "letter": "2号", "version": version}).status_code == 302
    late = browser(factories.member(membership.organisation)).post(
        address, {"answer": "cannot_say", "letter": "3号", "version": version}
    )
    assert (late.status_code, SAID in late.content.decode(), asked()[0].letter) == (409, True, "2号")


# ── programs
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def an_account_change(api, registries):
    membership = factories.operator(make.on_file().organisation)
    change = begin_change(
        membership.organisation.unit,
        by=membership,
        holder=membership.organisation.name,
        bank_name="甲银行",
        bank_account=CARD,
    )
    return (
        api(membership),
        f"/api/v1/account-changes/{change.pk}/",
        "patch",
        {"bank_name": "乙银行"},
        {"bank_name": "丙银行"},
    )


def a_correction(api, registries):
    made = walks.laid_off_class()
    made.submit()
    correction = draft(
        entered_by(made.applicant, "enrolment", made.enrolments[0].pk),
        "",
        number := people.number(),
        "看错了",
        by=made.applicant,
    )
    address = f"/api/v1/corrections/{correction.pk}/"
    return (
        api(made.applicant),
        address,
        "patch",
        {"number": number, "reason": "证件换了"},
        {"number": number, "reason": "登记错了"},
    )


def a_project(api, registries):
    coming = make.project(code="Z0001", since=timezone.localdate() + timedelta(days=30))
    return (
        api(factories.administrator("150000")),
        f"/api/v1/projects/{coming.pk}/",
        "patch",
        {"hours": 66},
        {"hours": 68},
    )


def a_timetable(api, registries):
    training_class = make.draft_class()
    plan = {"weekdays": [0, 1, 2], "slots": [{"starts": "08:30", "hours": 4}]}
    address = f"/api/v1/classes/{training_class.pk}/timetable/"
    return api(make.clerk(training_class)), address, "post", plan, {**plan, "weekdays": [3, 4]}


def a_budget(api, registries):
    membership = factories.member(factories.office(kind=OrganisationKind.FINANCE), Role.FINANCE)
    set_budget(fund_source="employment", year=2026, amount=Decimal(5), source="文1号", by=membership)
    asks = {"fund_source": "employment", "year": 2026, "source": "文2号"}
    return api(membership), "/api/v1/budgets/", "post", {**asks, "amount": "9.00"}, {**asks, "amount": "7.00"}


def an_arrangement(api, registries):
    days = [{"day": "2027-01-04", "works": False}, {"day": "2027-01-09", "works": True}]
    asks = {"document": "国办发明电〔2026〕9号", "days": days}
    return (
        api(factories.administrator("150000")),
        "/api/v1/workdays/2027/",
        "put",
        asks,
        {**asks, "document": "国办发明电〔2026〕10号"},
    )


@pytest.mark.parametrize("thing", [an_account_change, a_correction, a_project, a_timetable, a_budget, an_arrangement])
def test_a_program_that_read_an_older_version_changes_nothing(api, registries, thing):
    with at(timezone.localdate().replace(month=12, day=1, year=2026)):
        client, address, way, first, second = thing(api, registries)
        read = client.get(address)
        send = getattr(client, way)
        taken = send(address, first, format="json", headers={"If-Match": read["ETag"]})
        assert taken.status_code == 200, taken.content.decode()
        now = client.get(address).json()
        refused = send(address, second, format="json", headers={"If-Match": read["ETag"]})
        assert (refused.status_code, refused.json()["type"]) == (412, "urn:fanbu:stale")
        assert client.get(address).json() == now
        assert send(address, second, format="json", headers={"If-Match": taken["ETag"]}).status_code == 200


def test_a_program_that_read_an_older_certificate_change(api, walk):
    client = api(walk.applicant)
    change = ask_certificate(walk)
    address = f"/api/v1/certificate-changes/{change.pk}/"
    read = client.get(address)
    assert client.patch(address, {"reason": "两位写反了"}, headers={"If-Match": read["ETag"]}).status_code == 200
    assert client.patch(address, {"reason": "看错了"}, headers={"If-Match": read["ETag"]}).status_code == 412
    change.refresh_from_db()
    assert (change.reason, change.new_number, change.old_number) == ("两位写反了", RIGHT, WRONG)


def test_a_program_answers_a_question_in_the_version_it_read(api, registries):
    walk = shareholders(registries, ["乌云"])
    (question,) = asked()
    client, place = api(walk.officer), f"/api/v1/enrolments/{question.subject_id}/assistances/"
    (read,) = client.get(place).json()
    address, key = f"{place}{question.check_code}/", {"If-Match": f'"{read["version"]}"'}
    taken = client.post(address, {"answer": "refuted", "letter": "1号"}, headers=key)
    assert (taken.status_code, taken["ETag"]) == (200, f'"{Assistance.objects.get().version}"')
    assert client.post(address, {"answer": "confirmed", "letter": "2号"}, headers=key).status_code == 412
    assert (
        client.post(address, {"answer": "confirmed", "letter": "2号"}, headers={"If-Match": taken["ETag"]}).status_code
        == 200
    )


def test_the_description_names_the_version_of_every_operation_that_has_one(api, school):
    document = api(school).get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    told = {
        f"{way} {path}"
        for path, ways in document["paths"].items()
        for way, said in ways.items()
        if "If-Match" in str(said.get("parameters"))
    }
    assert told >= {
        "patch /api/v1/account-changes/{id}/",
        "patch /api/v1/certificate-changes/{id}/",
        "patch /api/v1/corrections/{id}/",
        "patch /api/v1/projects/{id}/",
        "post /api/v1/classes/{id}/timetable/",
        "post /api/v1/budgets/",
        "put /api/v1/workdays/{year}/",
    }, sorted(told)
    assert not any(one.endswith(("/moves/{name}/", "/comments/", "/files/")) for one in told)
