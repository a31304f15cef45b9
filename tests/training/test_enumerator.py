"""A school that tries strangers' numbers learns nothing, through whichever door (R-SEC-1).

A unit reads what it entered itself until name and number agree, and the same neutral answer whether the house knows a number or not.
"""

import re

import pytest
from django.urls import reverse

from accounts.models import Event
from casework.models import Job
from eligibility.models import Person
from tests.factories import eligibility as people
from tests.factories import training as t
from tests.training import walk as walks
from training.domain.prechecks import TASK
from training.domain.rosters import RosterRefused, add_trainee
from training.domain.uploads import take_good_rows
from training.enums import Stage
from training.models import NumbersEntered, TrainingClass
from training.tasks.prechecks import run_precheck

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = 1, 2
RECORDED, MADE_UP = "苏日娜", "张三丰"
USCC = "91150100MA0N0J0A1F"


def cells(n: int, **changes):
    return {"name": MADE_UP, "number": t.citizen_number(n), "phone": "13904710001"} | changes


@pytest.fixture
def stranger():
    """Somebody in a running class of another school, on record with name and ethnicity."""
    other = t.draft_class()
    take_good_rows(t.upload(other, [t.row(KNOWN, name=RECORDED, ethnicity="达斡尔族")]), by=t.clerk(other))
    TrainingClass.objects.filter(pk=other.pk).update(stage=Stage.IN_TRAINING, number=f"150102-2026-{other.pk:06d}")
    return Person.objects.get(name=RECORDED)


@pytest.fixture
def draft(stranger):
    return t.draft_class(first_day=stranger.enrolments.get().training_class.first_day)


def blinded(page, enrolment) -> str:
    """A page without what tells two rows apart anyway: the number, the row's own id, tokens."""
    text = page.content.decode()
    number = enrolment.person.number
    for secret in (number, enrolment.person.masked_number, f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}"):
        text = text.replace(secret, "N")
    own = rf"(?<=/)({enrolment.pk}|{enrolment.person_id})(?=/)"
    return re.sub(rf"{own}|value=\"[^\"]{{20,}}\"|nonce=\"[^\"]*\"|Token\": \"[^\"]*\"", "_", text)


def test_the_page_shows_what_was_typed_for_a_known_number_as_for_an_unknown_one(browser, draft):
    client = browser(t.clerk(draft))
    for n in (KNOWN, UNKNOWN):
        assert client.post(reverse("trainee_new", args=[draft.pk]), cells(n)).status_code == 302
    known, unknown = draft.enrolments.order_by("sequence")
    roster = client.get(reverse("class_roster", args=[draft.pk])).content.decode()
    assert (known.name, unknown.name, RECORDED in roster) == (MADE_UP, MADE_UP, False)
    forms = [blinded(client.get(reverse("trainee_edit", args=[draft.pk, one.pk])), one) for one in (known, unknown)]
    assert forms[0] == forms[1]
    assert "达斡尔族\" selected" not in forms[0]


def test_the_program_reads_what_it_wrote(api, draft):
    program = api(t.clerk(draft))
    for n in (KNOWN, UNKNOWN):
        answer = program.post(reverse("api_class_trainees", args=[draft.pk]), cells(n))
        assert (answer.status_code, answer.json()["name"]) == (201, MADE_UP)
    assert RECORDED not in program.get(reverse("api_class_trainees", args=[draft.pk])).content.decode()


def test_an_upload_of_made_up_names_tells_of_no_number_whether_it_is_known(draft):
    found = t.upload(draft, [t.row(KNOWN, name=MADE_UP), t.row(UNKNOWN, name=MADE_UP)])
    assert [(row.is_good, row.warnings, row.errors) for row in found.rows.order_by("row")] == [(True, [], {})] * 2


def test_who_knows_the_name_is_warned_of_another_training_without_being_told_which(draft, stranger):
    found = t.upload(draft, [t.row(KNOWN, name=RECORDED)])
    (warning, *rest), = found.rows.get().warnings
    assert warning == "in_class"
    assert stranger.enrolments.get().training_class.number not in str(rest)


def test_the_record_keeps_its_name_and_its_ethnicity_whatever_a_school_types(draft, stranger):
    stranger.ethnicity = ""
    stranger.save()
    add_trainee(draft, cells(KNOWN, ethnicity="回族"), by=t.clerk(draft))
    stranger.refresh_from_db()
    assert (stranger.name, stranger.ethnicity) == (RECORDED, "")


def test_once_the_name_agrees_the_row_is_the_persons(draft, stranger, browser):
    enrolment = add_trainee(draft, cells(KNOWN), by=t.clerk(draft))
    browser(t.clerk(draft)).post(reverse("trainee_edit", args=[draft.pk, enrolment.pk]), cells(KNOWN, name=RECORDED))
    enrolment.refresh_from_db()
    assert (enrolment.entered_name, enrolment.name) == ("", RECORDED)


def test_a_correction_is_not_offered_for_somebody_entered_under_another_name(draft, stranger, browser):
    add_trainee(draft, cells(KNOWN), by=t.clerk(draft))
    client = browser(t.clerk(draft))
    page = client.get(reverse("correction_new", args=[stranger.pk]))
    assert page.status_code == 404
    assert RECORDED not in page.content.decode()


def test_the_pre_check_says_nothing_of_a_person_whose_name_is_another(registries, browser):
    walk = walks.laid_off_class([MADE_UP])
    registries.load([people.insured(walk.people[0], USCC)])
    registries.add_records("employment", walk.people[0].number, [{"type": "person", "name": RECORDED, "household": "urban"}])
    client = browser(walk.applicant)
    client.post(reverse("class_precheck", args=[walk.training_class.pk]))
    run_precheck(_newest_precheck())
    page = client.get(reverse("class_precheck", args=[walk.training_class.pk])).content.decode()
    assert "姓名和号码还没有核对一致" in page
    assert "参保" not in page.split("姓名和号码还没有核对一致")[1][:400]
    assert RECORDED not in page


def _newest_precheck() -> int:
    return Job.objects.filter(task=TASK).latest("pk").pk


def test_the_officer_reads_both_names_and_the_school_neither_the_registrys_nor_its_facts(registries, browser, api):
    walk = walks.laid_off_class([MADE_UP, "巴特尔"])
    registries.load([people.insured(walk.people[0], USCC), people.job_seeker(walk.people[1])])
    registries.add_records("employment", walk.people[0].number, [{"type": "person", "name": RECORDED, "household": "urban"}])
    walk.to_officer()
    first = walk.enrolments[0]
    officer = browser(walk.officer).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
    assert MADE_UP in officer
    assert RECORDED in officer
    for address in (reverse("case", args=["opening", walk.opening.pk]), reverse("subject", args=["enrolment", first.pk]),
                    reverse("class_roster", args=[walk.training_class.pk])):
        page = browser(walk.applicant).get(address)
        assert (page.status_code, RECORDED in page.content.decode()) == (200, False)
    results = api(walk.applicant).get(reverse("api_examination", args=[first.pk])).json()["results"]
    assert [(one["code"], one["outcome"]) for one in results] == [("id_valid", "unknown")]
    assert len(api(walk.officer).get(reverse("api_examination", args=[first.pk])).json()["results"]) > 4


def test_numbers_are_counted_by_day_and_end_for_the_unit_with_a_line_on_record(draft, settings):
    settings.FANBU_NUMBERS_A_DAY = 3
    clerk = t.clerk(draft)
    take_good_rows(t.upload(draft, [t.row(5), t.row(6)]), by=clerk)
    add_trainee(draft, cells(7), by=clerk)
    with pytest.raises(RosterRefused, match="已达3个的上限"):
        add_trainee(draft, cells(8), by=clerk)
    assert "已达3个的上限" in t.upload(draft, [t.row(9)]).refusal
    assert NumbersEntered.objects.get(organisation=clerk.organisation).count == 3
    assert Event.objects.filter(act="roster.numbers_ended", post=clerk).exists()
    assert not Person.objects.filter(name=MADE_UP, tail=t.citizen_number(8)[-4:]).exists()
