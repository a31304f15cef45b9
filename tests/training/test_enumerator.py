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
from tests.training.test_bookings import at_once
from training.domain.entering import count_numbers
from training.domain.prechecks import TASK
from training.domain.rosters import RosterRefused, add_trainee
from training.domain.uploads import take_good_rows
from training.enums import Stage
from training.models import Enrolment, NumbersEntered, TrainingClass
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
    """A page without what tells two rows apart anyway: the number, ids in addresses, tokens."""
    text = page.content.decode()
    number = enrolment.person.number
    for secret in (number, enrolment.person.masked_number, f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}"):
        text = text.replace(secret, "N")
    return re.sub(r"(?<=/)\d+(?=/)|value=\"[^\"]{20,}\"|nonce=\"[^\"]*\"|Token\": \"[^\"]*\"", "_", text)


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


def test_a_strangers_class_at_the_same_hours_is_told_to_the_office_only_under_another_name(registries, browser, api):
    """Whatever the school types, its own page is the same as for a number nobody knows; the officer cannot agree."""
    other = walks.laid_off_class([RECORDED])
    registries.load([people.job_seeker(person) for person in other.people])
    TrainingClass.objects.filter(pk=other.training_class.pk).update(stage=Stage.IN_TRAINING, number="150102-2026-000777")
    walk = walks.laid_off_class(["巴特尔"])
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(
        first_day=other.training_class.first_day, last_day=other.training_class.last_day)
    pages = [reverse("case", args=["opening", walk.opening.pk]), reverse("class_timetable", args=[walk.training_class.pk])]
    client = browser(walk.applicant)
    enrolment = walk.enrolments[0]

    def read() -> list[tuple[bool, bool]]:
        return [(RECORDED in text, "其他班次" in text) for text in (client.get(page).text for page in pages)]

    Enrolment.objects.filter(pk=enrolment.pk).update(person=other.people[0], entered_name=MADE_UP)
    assert read() == [(False, False)] * 2
    Enrolment.objects.filter(pk=enrolment.pk).update(entered_name="")
    assert read()[0] == (True, True), "who knows the name is told that there is another class"
    Enrolment.objects.filter(pk=other.enrolments[0].pk).update(entered_name="真名")
    assert read()[0][1] is False, "also where the record has the name this school made up"
    office = browser(walk.officer)
    walk.to_officer()
    assert "150102-2026-000777" in office.get(pages[0]).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference")
def test_the_days_numbers_are_not_passed_by_asking_many_times_at_once(settings):
    settings.FANBU_NUMBERS_A_DAY = 5
    clerk = t.clerk(t.draft_class())
    answers = at_once([lambda: count_numbers(clerk.organisation, 2, by=clerk)] * 12)
    assert sorted(bool(one) for one in answers) == [False] * 2 + [True] * 10
    assert NumbersEntered.objects.get(organisation=clerk.organisation).count == 4
    assert count_numbers(clerk.organisation, 6, by=clerk), "nor by a whole list on a fresh day"
    assert Event.objects.filter(act="roster.numbers_ended").count() == 11


def test_a_number_no_registry_has_a_name_for_tells_the_school_nothing_of_what_others_know(registries, browser, api):
    """It passes on its own for the judgement, and any name would: before, the precheck told whether the stranger is insured."""
    walk = walks.laid_off_class([MADE_UP, "巴特尔"])
    registries.add_records("social_security", walk.people[0].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-01-01"}])
    registries.load([people.job_seeker(walk.people[1])])
    client = browser(walk.applicant)
    client.post(reverse("class_precheck", args=[walk.training_class.pk]))
    run_precheck(_newest_precheck())
    page = client.get(reverse("class_precheck", args=[walk.training_class.pk])).content.decode()
    said = page[page.index(MADE_UP):]
    assert "姓名和号码还没有核对一致" in said
    assert "不符合" not in said
    assert "参保" not in said
    program = api(walk.applicant).get(reverse("api_class_precheck", args=[walk.training_class.pk])).content.decode()
    assert "参保" not in program
    walk.to_officer()
    first, second = walk.enrolments
    for address in (reverse("case", args=["opening", walk.opening.pk]), reverse("subject", args=["enrolment", first.pk])):
        page = client.get(address).content.decode()
        assert ("姓名和号码还没有核对一致" in page, "参保" in page) == (True, False), address
    results = api(walk.applicant).get(reverse("api_examination", args=[first.pk])).json()["results"]
    assert [(one["code"], one["outcome"]) for one in results] == [("id_valid", "unknown")]
    assert len(api(walk.applicant).get(reverse("api_examination", args=[second.pk])).json()["results"]) > 4
    assert "参保" in browser(walk.officer).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
