"""What no registry knows is settled by the officer with evidence; an employer's recognition is asked and entered once
(R-ELG-3, R-ELG-5).
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from casework.models import Attachment
from eligibility.domain.assistance import answer
from eligibility.domain.examine import results_of
from eligibility.domain.people import number_hash
from eligibility.domain.recognitions import Answered, recognise
from eligibility.enums import Verdict
from eligibility.models import Assistance, Recognition
from kit.refusals import NotAllowed, Refused
from tests import factories
from tests.casework.conftest import browser
from tests.eligibility.people import number
from tests.factories import eligibility as people
from tests.factories import training as t
from tests.kit.files import PDF
from tests.training import walk as walks
from training.domain.decision.issuing import is_issued_here
from training.domain.verification.verify import rejudge
from training.models import TrainingClass

__all__ = ["browser"]
pytestmark = pytest.mark.django_db
LICENCE, DISTRESSED = "safety_licence", "employer_distressed"


def employees(registries, category, *slots):
    """A class of two workers of an enterprise in good order, in `category`, with these papers (slot, last valid day +
    1).
    """
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(person, works) for person in walk.people)])
    occupation, level = walk.training_class.project.occupation, walk.training_class.project.level
    project = walks.project(category, occupation=occupation, level=level, training_type="on_the_job")
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(category=category, project=project)
    for slot, valid_to in slots:
        walks.attach(walk.opening, slot, walk.applicant, valid_to)
    return walk


def result(walk, n, code):
    return next(vars(r) for r in results_of(walk.enrolments[n].examination) if r.code == code)


def by(walk):
    return f"{walk.officer.user.full_name}（{walk.officer.organisation.name}）"


def verdicts(walk):
    return [enrolment.verdict for enrolment in walk.enrolments]


@pytest.fixture
def licensed(registries):
    """The licence runs out on the second day of the class."""
    first = timezone.localdate() + timedelta(days=7)
    walk = employees(registries, "emp_high_risk", (LICENCE, first + timedelta(days=1)))
    walk.to_officer()
    return walk


def test_a_licence_that_ends_during_the_class_is_settled_once_for_the_class(licensed, browser):
    assert result(licensed, 0, LICENCE)["outcome"] == "unknown"
    asked = Assistance.objects.filter(check_code=LICENCE)
    assert {(row.asked_of, row.due_on) for row in asked} == {("审核人员", None)}
    client = browser(licensed.officer)
    page = client.get(reverse("case", args=["opening", licensed.opening.pk])).text
    assert "在班期内" in page
    address = reverse("assistance_answer", args=[asked.first().pk])
    said = {"answer": "confirmed", "note": "已换新证", "file": SimpleUploadedFile("新证.pdf", PDF)}
    assert client.post(address, said).status_code == 302
    assert verdicts(licensed) == [Verdict.ELIGIBLE] * 2, "one licence, one answer"
    sentence = result(licensed, 1, LICENCE)["sentence_zh"]
    assert sentence == f"经核实，班期内安全许可证书有效（由{by(licensed)}凭已换新证核实）"
    assert Attachment.objects.filter(name="新证.pdf").count() == 1
    assert Event.objects.filter(act="assistance.answered").count() == 2


def test_a_licence_found_to_have_ended_before_the_class_has_a_way_out(licensed):
    """Fails, and the officer settles it on the renewed one."""
    Attachment.objects.filter(slot=LICENCE).update(valid_to=licensed.training_class.first_day)
    rejudge([person.pk for person in licensed.enrolments])
    assert verdicts(licensed) == [Verdict.INELIGIBLE] * 2
    answer(
        "enrolment", licensed.enrolments[0].pk, LICENCE, "confirmed", letter="应急许可〔2026〕7号", by=licensed.officer
    )
    assert verdicts(licensed) == [Verdict.ELIGIBLE] * 2


def test_a_licence_says_issuer_number_trade_and_its_last_valid_day(registries, browser):
    """R-ELG-3: the form takes the last valid day, the law counts the day after."""
    walk = employees(registries, "emp_high_risk")
    last = walk.training_class.last_day
    address = reverse("case_files", args=["opening", walk.opening.pk])
    client = browser(walk.applicant)

    def told(**changes):
        said = {
            "slot": LICENCE,
            "file": SimpleUploadedFile("证.pdf", PDF),
            "issuer": "应急管理局",
            "number": "蒙安〔2026〕1号",
            "trade": "危险化学品",
            "last_valid_day": last.isoformat(),
        }
        return client.post(address, said | changes)

    for lacking in (
        {"issuer": ""},
        {"issuer": "\u200b"},
        {"number": " "},
        {"number": "\u3164\u2800"},
        {"trade": ""},
        {"last_valid_day": ""},
    ):
        answer = told(**lacking)
        assert (answer.status_code, "请写明发证机关、证号、行业和有效期至" in answer.text) == (400, True)
    assert not Attachment.objects.filter(slot=LICENCE).exists()
    assert told().status_code == 302
    kept = Attachment.objects.get(slot=LICENCE)
    assert (kept.valid_to, kept.particulars["trade"]) == (last + timedelta(days=1), "危险化学品")
    page = client.get(reverse("case", args=["opening", walk.opening.pk])).text
    assert f"有效期至 {last.isoformat()}" in page
    assert "蒙安〔2026〕1号" in page
    walk.to_officer()
    assert verdicts(walk) == [Verdict.ELIGIBLE] * 2


def test_a_licence_without_its_particulars_is_open(registries):
    walk = employees(registries, "emp_high_risk", (LICENCE, None))
    walk.to_officer()
    assert "没有写明发证机关、证号和行业" in result(walk, 0, LICENCE)["sentence_zh"]
    assert verdicts(walk) == [Verdict.NEEDS_VERIFICATION] * 2


def test_the_officer_settles_nothing_on_a_note_alone(licensed):
    with pytest.raises(Refused, match="请上传证明文件，或填写证明的文号"):
        answer("enrolment", licensed.enrolments[0].pk, LICENCE, "confirmed", note="看过了", by=licensed.officer)
    assert verdicts(licensed) == [Verdict.NEEDS_VERIFICATION] * 2


def test_a_unit_and_an_officer_of_another_place_settle_nothing(licensed):
    for membership in (licensed.applicant, factories.officer("150103")):
        with pytest.raises(NotAllowed):
            answer("enrolment", licensed.enrolments[0].pk, LICENCE, "confirmed", letter="证1号", by=membership)
    assert verdicts(licensed) == [Verdict.NEEDS_VERIFICATION] * 2


def test_the_interface_for_programs_settles_it_the_same_way(licensed, client):
    client.force_login(licensed.officer.user)
    address = reverse("api_assistance", args=[licensed.enrolments[0].pk, LICENCE])
    taken = client.post(
        address, {"answer": "confirmed", "letter": "应急许可〔2026〕7号"}, content_type="application/json"
    )
    assert taken.status_code == 200, taken.text
    assert verdicts(licensed) == [Verdict.ELIGIBLE] * 2
    assert "凭应急许可〔2026〕7号核实" in result(licensed, 0, LICENCE)["sentence_zh"]


# ── an employer in difficulty
# ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def distressed(registries):
    walk = employees(registries, "emp_distressed")
    walk.to_officer()
    return walk


def told(walk, **changes):
    first = walk.training_class.first_day
    period = {"since": first - timedelta(days=100), "last_day": first}
    return Answered(
        **(
            {
                "answer": "confirmed",
                "area": walk.training_class.division,
                "department": "工信局",
                "letter": "工信〔2026〕3号",
            }
            | period
            | changes
        )
    )


def test_an_employer_in_difficulty_is_asked_about_once_and_not_once_a_trainee(distressed):
    assert verdicts(distressed) == [Verdict.NEEDS_VERIFICATION] * 2
    assert not Assistance.objects.filter(check_code=DISTRESSED).exists()
    made = recognise("enrolment", distressed.enrolments[0].pk, told(distressed), by=distressed.officer)
    assert made.until == distressed.training_class.first_day + timedelta(days=1), (
        "the day after the last day of the letter"
    )
    assert verdicts(distressed) == [Verdict.ELIGIBLE] * 2
    sentence = result(distressed, 1, DISTRESSED)["sentence_zh"]
    assert f"至{distressed.training_class.first_day.isoformat()}有效" in sentence, "people read the last day"
    assert distressed.training_class.division.name in sentence
    assert Event.objects.get(act="recognition.entered").data["letter"] == "工信〔2026〕3号"


def test_a_recognition_that_does_not_cover_the_first_day_fails(distressed):
    ended = distressed.training_class.first_day - timedelta(days=1)
    recognise("enrolment", distressed.enrolments[0].pk, told(distressed, last_day=ended), by=distressed.officer)
    assert verdicts(distressed) == [Verdict.INELIGIBLE] * 2


def test_an_employer_that_is_not_on_the_list_fails_and_a_newer_answer_takes_its_place(distressed):
    recognise("enrolment", distressed.enrolments[0].pk, told(distressed, answer="refuted"), by=distressed.officer)
    assert verdicts(distressed) == [Verdict.INELIGIBLE] * 2
    recognise("enrolment", distressed.enrolments[0].pk, told(distressed), by=distressed.officer)
    assert verdicts(distressed) == [Verdict.ELIGIBLE] * 2
    assert Recognition.objects.count() == 2, "nothing is removed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer": "perhaps"}, "answer"),
        ({"since": None}, "since"),
        ({"area": None}, "area"),
        ({"letter": " "}, "letter"),
        ({"department": ""}, "department"),
        ({"letter": "\u200b"}, "letter"),
        ({"department": "\u3164\u2800"}, "department"),
    ],
)
def test_an_incomplete_recognition_is_refused_at_its_field(distressed, changes, field):
    with pytest.raises(Refused) as refused:
        recognise("enrolment", distressed.enrolments[0].pk, told(distressed, **changes), by=distressed.officer)
    assert list(refused.value.by_field) == [field]
    assert not Recognition.objects.exists()


def test_nobody_else_enters_a_recognition(distressed):
    for membership in (distressed.applicant, factories.officer("150103")):
        with pytest.raises(NotAllowed):
            recognise("enrolment", distressed.enrolments[0].pk, told(distressed), by=membership)


def test_the_recognition_is_entered_on_its_page_and_by_programs(distressed, browser, client):
    address = reverse("recognition_new", args=["enrolment", distressed.enrolments[0].pk])
    officer = browser(distressed.officer)
    assert address in officer.get(reverse("case", args=["opening", distressed.opening.pk])).text
    assert "本企业各班通用" in officer.get(address).text
    first = distressed.training_class.first_day
    said = {
        "answer": "confirmed",
        "since": (first - timedelta(days=9)).isoformat(),
        "last_day": first.isoformat(),
        "area": distressed.training_class.division_id,
        "department": "工信局",
        "letter": "",
    }
    refused = officer.post(address, said)
    assert (refused.status_code, "工信局" in refused.text) == (400, True), "what was typed stays"
    assert "请填写复函文号" in officer.post(address, said | {"letter": "\u200b\u2800"}).text
    letter = SimpleUploadedFile("复函.pdf", PDF, "application/pdf")
    assert officer.post(address, said | {"letter": "工信〔2026〕3号", "file": letter}).status_code == 302
    assert "困难企业认定复函" in officer.get(reverse("case", args=["opening", distressed.opening.pk])).text
    assert (
        "困难企业认定复函"
        not in browser(distressed.applicant).get(reverse("case", args=["opening", distressed.opening.pk])).text
    )
    assert verdicts(distressed) == [Verdict.ELIGIBLE] * 2
    client.force_login(distressed.officer.user)
    door = reverse("api_recognition", args=["enrolment", distressed.enrolments[0].pk])
    assert (
        client.post(
            door, {"answer": "refuted", "department": "工信局", "letter": "\u3164"}, content_type="application/json"
        ).status_code
        == 400
    )
    made = client.post(
        door,
        {"answer": "refuted", "department": "工信局", "letter": "工信〔2026〕4号"},
        content_type="application/json",
    )
    assert made.status_code == 201, made.text
    assert verdicts(distressed) == [Verdict.INELIGIBLE] * 2
    assert browser(distressed.applicant).get(address).status_code == 403
    assert browser(factories.officer("150103")).get(address).status_code == 404


def test_the_database_keeps_no_recognition_without_period_area_or_letter(distressed):
    good = {
        "uscc": "X",
        "check_code": DISTRESSED,
        "department": "工信局",
        "letter": "1号",
        "division": distressed.training_class.division,
        "by": distressed.officer,
    }
    for wrong in ({"answer": "confirmed"}, {"answer": "refuted", "letter": " "}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recognition.objects.create(**good | wrong)


# ── the filing route
# ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_filing_route_gives_the_portals_own_certificate_only(registries):
    """R-OPN-6: 只有国家职业标准的职业, so 培训合格证书 whatever the project says."""
    walk = walks.upskill_class()
    walk.training_class.project.certificate_kind = "skill_level"
    assert is_issued_here(walk.training_class)
    t.assessed(walk.training_class.project.occupation, "level_recognition")
    assert not is_issued_here(walk.training_class)


def test_a_school_leaver_of_15_is_settled_on_the_guardians_consent(registries, browser):
    young = (timezone.localdate() - timedelta(days=365 * 15 + 30)).isoformat()
    walk = walks.laid_off_class()
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        category="school_leaver", project=walks.project("school_leaver")
    )
    enrolment = walk.enrolments[0]
    enrolment.person.number = number(young)
    enrolment.person.number_hash = number_hash(enrolment.person.number)
    enrolment.person.save()
    walks.attach(walk.opening, "promise", walk.applicant)
    page = browser(walk.applicant).get(reverse("case", args=["opening", walk.opening.pk])).text
    assert "监护人同意书" in page, "there is a place for it, and nobody has to attach one"
    walk.to_officer()
    found = result(walk, 0, "of_age")
    assert (found["outcome"], found["needs"]) == ("unknown", "officer")
    answer("enrolment", enrolment.pk, "of_age", "confirmed", letter="监护人同意书", by=walk.officer)
    assert result(walk, 0, "of_age")["outcome"] == "pass"
    assert f"由{by(walk)}凭监护人同意书核实" in result(walk, 0, "of_age")["sentence_zh"]
