"""What another rule table would change among past enrolments, judged from what is on record (R-ELG-4)."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import Role
from casework.enums import JobState
from casework.models import Job
from eligibility.enums import Verdict
from eligibility.models import Examination, RegistryAnswer
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.verification.whatif import TASK
from training.models import Opening, Project, TrainingClass
from training.tasks.whatif import run_what_if

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def walk(registries):
    """Two graduates of last year, the first registered as unemployed: not eligible today, eligible under the draft."""
    walk = walks.laid_off_class(["乌云", "巴特尔"])
    with factories.world_as_it_was():
        Project.objects.update(categories=["graduate_two_years"])
    TrainingClass.objects.update(category="graduate_two_years")
    Opening.objects.update(category="graduate_two_years")
    day = walk.training_class.first_day
    for person, extra in zip(
        walk.people, ([{"type": "unemployment", "registered_on": "2020-01-10", "division": "150102"}], []), strict=True
    ):
        known = people.job_seeker(person)
        known["records"]["employment"] += extra
        known["records"]["graduates"] = [
            {"type": "degree", "school": "示范大学", "level": "本科", "graduated_on": f"{day.year - 1}-12-31"}
        ]
        registries.load([known])
    walk.to_officer()
    return walk


def run(client, walk, **changes) -> Job:
    day = walk.training_class.first_day
    asked = {"table": "draft-example", "since": day.replace(day=1).isoformat(), "until": day.isoformat()} | changes
    answer = client.post(reverse("what_if"), asked)
    assert answer.status_code == 302
    job = Job.objects.filter(task=TASK).latest("pk")
    assert answer.url == reverse("what_if_result", args=[job.pk])
    run_what_if(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    return job


def figures(job) -> tuple[int, int, int]:
    return job.result["judged"], job.result["changed"], job.result["unknown"]


def test_the_draft_would_admit_a_registered_graduate_and_the_list_says_why(browser, walk, region, registries):
    assert [e.verdict for e in walk.enrolments] == [Verdict.INELIGIBLE, Verdict.ELIGIBLE]
    requests = registries.states()["employment"]["requests"]
    client = browser(region)
    job = run(client, walk)
    assert figures(job) == (2, 1, 0)
    text = client.get(reverse("what_if_result", args=[job.pk])).content.decode()
    assert "不再审核：" in text
    assert "乌云" in text
    assert "巴特尔" not in text
    assert registries.states()["employment"]["requests"] == requests
    book = load_workbook(io.BytesIO(b"".join(client.get(reverse("job_file", args=[job.pk])).streaming_content)))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert cells[3][4:8] == ["乌*", walk.people[0].masked_number, "不符合", "符合"]
    assert len(cells) == 4
    assert walk.people[0].number not in str(cells)


def test_nothing_is_changed_by_trying(browser, walk, region):
    before = [(e.verdict, e.examination_id) for e in walk.enrolments], Examination.objects.count()
    run(browser(region), walk)
    assert ([(e.verdict, e.examination_id) for e in walk.enrolments], Examination.objects.count()) == before


def test_the_table_in_force_changes_nothing(browser, walk, region):
    assert figures(run(browser(region), walk, table="nmg-2020-95")) == (2, 0, 0)


def test_who_is_not_enough_on_record_is_said_and_not_guessed(browser, walk, region):
    RegistryAnswer.objects.filter(subject_hash=walk.people[0].number_hash, registry="graduates").delete()
    RegistryAnswer.objects.filter(subject_hash=walk.people[1].number_hash, registry="employment").update(facts=None)
    client = browser(region)
    job = run(client, walk)
    assert figures(job) == (2, 0, 2)
    text = client.get(reverse("what_if_result", args=[job.pk])).content.decode()
    assert "有需要的系统当时没有比对" in text
    assert "不能重现当时的结论" in text


def test_only_classes_of_the_period_count(browser, walk, region):
    assert figures(run(browser(region), walk, since="2020-08-01", until="2020-08-31")) == (0, 0, 0)


@pytest.mark.parametrize("wrong", [{"table": "weather"}, {"since": "someday"}, {"until": "2020-01-01"}, {"since": ""}])
def test_a_question_that_is_none_is_answered_beside_the_form(browser, region, wrong):
    today = timezone.localdate().isoformat()
    asked = {"table": "draft-example", "since": today, "until": today} | wrong
    assert browser(region).post(reverse("what_if"), asked).status_code == 400
    assert not Job.objects.filter(task=TASK).exists()


@pytest.mark.parametrize("who", ["unit", "officer", "league"])
def test_policy_is_tried_out_by_the_region_alone(browser, walk, region, who):
    job = run(browser(region), walk)
    memberships = {
        "unit": lambda: walk.applicant,
        "officer": lambda: walk.officer,
        "league": lambda: factories.administrator("150100"),
    }
    client = browser(memberships[who]())
    assert client.get(reverse("what_if")).status_code == 403
    assert client.post(reverse("what_if"), {"table": "draft-example"}).status_code == 403
    assert client.get(reverse("what_if_result", args=[job.pk])).status_code == 403
    assert client.get(reverse("job_file", args=[job.pk])).status_code in (403, 404)


def test_programs_of_the_region_start_a_run_and_read_what_would_change(walk, region, browser):
    client = browser(region)
    day = walk.training_class.first_day.isoformat()
    asked = {"table": "draft-example", "since": day, "until": day}
    for wrong in ({"table": "nothing"}, {"since": "2099-01-01"}, {"until": "someday"}):
        assert client.post(reverse("api_what_if"), asked | wrong, content_type="application/json").status_code == 400
    assert not Job.objects.filter(task=TASK).exists()
    begun = client.post(reverse("api_what_if"), asked, content_type="application/json")
    assert (begun.status_code, begun.json()["state"]) == (202, JobState.QUEUED)
    result = reverse("api_what_if_result", args=[begun.json()["id"]])
    assert client.get(result).json()["rows"] == []
    run_what_if(begun.json()["id"])
    found = client.get(result).json()
    (row,) = found["rows"]
    assert (found["job"]["state"], row["before"], row["after"]) == (JobState.DONE, Verdict.INELIGIBLE, Verdict.ELIGIBLE)
    assert walk.people[0].number not in str(found)
    assert browser(walk.officer).get(result).status_code == 404
    assert browser(walk.officer).post(reverse("api_what_if"), asked, content_type="application/json").status_code == 403


def test_a_register_that_was_not_connected_then_does_not_make_everybody_unknown(browser, walk, region):
    """Listed as not asked then, and so it is again: the rest can be judged."""
    for person in walk.enrolments:
        judged, results = person.examination, person.examination.results
        for result in results["results"]:
            if result["code"] == "alive":
                result |= {
                    "outcome": "not_asked",
                    "says": "not_connected",
                    "values": {"registry": {"registry": "population"}},
                }
        judged.pk, judged.results = None, results
        judged.save(force_insert=True)
        type(person).objects.filter(pk=person.pk).update(examination=judged)
    RegistryAnswer.objects.filter(registry="population").delete()
    assert figures(run(browser(region), walk)) == (2, 1, 0)


def test_the_rule_book_offers_the_calculation_to_those_who_may_make_it(browser, region):
    auditor = factories.member(region.organisation, Role.AUDITOR)
    for membership, may in ((region, True), (auditor, False), (factories.officer("150102"), False)):
        client = browser(membership)
        assert (reverse("what_if") in client.get(reverse("rules")).content.decode()) is may
        assert (client.get(reverse("what_if")).status_code == 200) is may
