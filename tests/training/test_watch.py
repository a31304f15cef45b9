"""The nightly watch over running and unpaid classes: changes go to the officer, grouped; nothing is
decided (R-ELG-8).
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Event
from casework.enums import JobState
from casework.models import Job, Notice
from eligibility.enums import Verdict
from eligibility.models import Examination, RegistryAnswer
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.verification.watch import TASK
from training.enums import ChangeKind, Stage
from training.models import Change, TrainingClass
from training.tasks.watch import watch_class, watch_classes

pytestmark = pytest.mark.django_db
WORKS = "91150100MA0N0J0A1F"


@pytest.fixture
def walk(registries):
    """A class that was found eligible and is now in training."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.to_officer()
    TrainingClass.objects.update(stage=Stage.IN_TRAINING)
    return walk


def night(expected: int = 1) -> None:
    """Beat rings, and the worker works everything off."""
    assert watch_classes() == expected
    for job in Job.objects.filter(task=TASK, state=JobState.QUEUED):
        watch_class(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE


def seen() -> set[tuple[int, str]]:
    return set(Change.objects.values_list("enrolment__sequence", "what"))


def days_ago(n: int) -> str:
    return (timezone.localdate() - timedelta(days=n)).isoformat()


def change_lives(walk, registries):
    first, second, third = walk.people
    registries.add_records(
        "employment", first.number, [{"type": "unit_employment", "uscc": WORKS, "from": days_ago(2)}]
    )
    registries.add_records(
        "social_security", first.number, [{"type": "employee_insurance", "uscc": WORKS, "from": days_ago(1)}]
    )
    registries.add_records(
        "business", second.number, [{"type": "post", "uscc": WORKS, "role": "individual_operator", "from": days_ago(1)}]
    )
    registries.add_records("population", third.number, [{"type": "death", "on": days_ago(1)}])


def test_beat_rings_every_night_and_the_watch_stands_behind_all_other_work(walk):
    assert settings.CELERY_BEAT_SCHEDULE["watch"]["task"] == watch_classes.name
    watch_classes()
    assert Job.objects.get(task=TASK).queue == settings.CELERY_TASK_QUEUES_ORDER[-1]


def test_a_quiet_night_says_nothing_and_keeps_nothing(walk):
    before = Notice.objects.count()
    night()
    assert (seen(), Notice.objects.count()) == (set(), before)
    assert not RegistryAnswer.objects.filter(job__task=TASK).exists()


def test_hired_insured_in_business_and_dead_go_to_the_officer_as_one_notice(walk, registries):
    change_lives(walk, registries)
    verdicts, judged = [e.verdict for e in walk.enrolments], Examination.objects.count()
    night()
    assert seen() == {(1, ChangeKind.HIRED), (1, ChangeKind.INSURED), (2, ChangeKind.BUSINESS), (3, ChangeKind.DIED)}
    notice = Notice.objects.get(kind="watch")
    assert notice.organisation == walk.officer.organisation
    assert "3名学员情况有变化" in notice.text
    assert walk.people[0].name not in notice.text
    assert [e.verdict for e in walk.enrolments] == verdicts == [Verdict.ELIGIBLE] * 3
    assert Examination.objects.count() == judged


def test_a_prison_term_that_overlaps_the_class_and_a_pension_drawn_are_reported_and_terms_served_before_are_not(
    walk, registries
):
    TrainingClass.objects.update(
        first_day=timezone.localdate() - timedelta(days=9), last_day=timezone.localdate() - timedelta(days=2)
    )
    registries.add_records(
        "population", walk.people[0].number, [{"type": "imprisonment", "from": days_ago(5), "to": days_ago(3)}]
    )
    registries.add_records(
        "population", walk.people[1].number, [{"type": "imprisonment", "from": days_ago(99), "to": days_ago(9)}]
    )
    registries.add_records(
        "social_security",
        walk.people[2].number,
        [
            {"type": "employee_pension", "months_paid": 200, "drawing_since": days_ago(1)},
            {"type": "employee_pension", "months_paid": 3},
        ],
    )
    night()
    assert seen() == {(1, ChangeKind.IMPRISONED), (3, ChangeKind.PENSION)}


def test_inmates_in_prison_are_no_news(walk, registries):
    TrainingClass.objects.update(category="inmate", first_day=timezone.localdate() - timedelta(days=9))
    registries.add_records("population", walk.people[0].number, [{"type": "imprisonment", "from": days_ago(99)}])
    night()
    assert seen() == set()


def test_a_prison_term_or_pension_from_before_stops_money_even_where_the_registry_was_silent_at_the_check(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    registries.behave("social_security", "down")
    walk.to_officer()
    TrainingClass.objects.update(stage=Stage.IN_TRAINING)
    registries.reset()
    Job.objects.filter(state=JobState.QUEUED).update(state=JobState.FAILED)
    registries.add_records(
        "social_security",
        walk.people[1].number,
        [{"type": "employee_pension", "months_paid": 200, "drawing_since": "2020-01-01"}],
    )
    night()
    assert seen() == {(2, ChangeKind.PENSION)}


def test_the_decision_page_shows_a_death_to_the_office_and_not_to_the_unit(walk, registries, browser):
    walks.in_training(walk)
    registries.add_records("population", walk.people[2].number, [{"type": "death", "on": days_ago(2)}])
    TrainingClass.objects.update(stage=Stage.IN_TRAINING)
    night()
    page = browser(walk.officer).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
    assert "夜间复查发现的情况" in page
    assert "已死亡" in page
    assert "处理以前不能同意和拨付" in page
    unit = browser(walk.applicant).get(reverse("case", args=["opening", walk.opening.pk])).content.decode()
    assert "夜间复查发现的情况" not in unit


def test_what_stops_money_is_dealt_with_on_a_document_only(walk, changes, browser):
    died = next(change for change in changes if change.what == ChangeKind.DIED)
    client = browser(walk.officer)
    assert "核实依据的文号或文件名" in client.get(reverse("watch")).content.decode()
    page = client.post(reverse("change_dealt", args=[died.pk]), {"note": "派出所证明系误登"})
    assert (page.status_code, "请写明核实依据的文号或文件名" in page.content.decode()) == (400, True)
    said = {"note": "派出所证明系误登", "document": "新公户证〔2026〕8号"}
    assert client.post(reverse("change_dealt", args=[died.pk]), said).status_code == 302
    died.refresh_from_db()
    assert (died.note, died.document) == ("派出所证明系误登", "新公户证〔2026〕8号")


def test_what_was_reported_once_is_not_reported_again(walk, registries):
    change_lives(walk, registries)
    night()
    night()
    assert (Change.objects.count(), Notice.objects.filter(kind="watch").count()) == (4, 1)


def test_what_was_known_when_they_were_judged_is_no_news(registries):
    walk = walks.laid_off_class()
    registries.load([people.insured(person, WORKS) for person in walk.people])
    walk.to_officer()
    TrainingClass.objects.update(stage=Stage.SUBSIDY)
    night()
    assert seen() == set()


def test_a_worker_of_the_classs_own_employer_is_no_news_and_one_who_went_elsewhere_is(registries):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(p, works) for p in walk.people)])
    walk.to_officer()
    TrainingClass.objects.update(stage=Stage.PAYABLE)
    registries.add_records(
        "labour_contract",
        walk.people[0].number,
        [{"type": "contract", "uscc": works, "signed_on": days_ago(1), "from": days_ago(1)}],
    )
    registries.add_records(
        "labour_contract",
        walk.people[1].number,
        [{"type": "contract", "uscc": WORKS, "signed_on": days_ago(1), "from": days_ago(1)}],
    )
    night()
    assert seen() == {(2, ChangeKind.HIRED)}


def test_what_has_ended_lies_ahead_or_cannot_be_is_no_news(walk, registries):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    registries.add_records(
        "social_security",
        walk.people[0].number,
        [
            {"type": "employee_insurance", "uscc": WORKS, "from": "2020-01-01", "to": days_ago(0)},
            {"type": "employee_insurance", "uscc": WORKS, "from": tomorrow},
            {"type": "employee_insurance", "uscc": WORKS, "from": "2020/01/32"},
        ],
    )
    registries.add_records(
        "business", walk.people[0].number, [{"type": "post", "uscc": WORKS, "role": "shareholder", "from": days_ago(1)}]
    )
    night()
    assert seen() == set()


def test_a_registry_that_was_silent_at_the_check_brings_only_what_began_since(registries):
    walk = walks.laid_off_class()
    registries.load([people.insured(person, WORKS, since="2020-01-01") for person in walk.people])
    registries.behave("social_security", "down")
    walk.to_officer()
    TrainingClass.objects.update(stage=Stage.IN_TRAINING)
    registries.reset()
    Job.objects.filter(state=JobState.QUEUED).update(state=JobState.FAILED)
    registries.add_records(
        "social_security", walk.people[2].number, [{"type": "employee_insurance", "uscc": "9115", "from": days_ago(0)}]
    )
    night()
    assert seen() == {(3, ChangeKind.INSURED)}


def test_a_silent_registry_is_no_news_and_is_asked_the_next_night(walk, registries):
    change_lives(walk, registries)
    registries.behave("population", "down")
    night()
    assert (3, ChangeKind.DIED) not in seen()
    registries.reset()
    night()
    assert (3, ChangeKind.DIED) in seen()


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (Stage.DRAFT, 0),
        (Stage.OPENING, 0),
        (Stage.PAID, 0),
        (Stage.STOPPED, 0),
        (Stage.REFUSED, 0),
        (Stage.COMPLETED, 1),
        (Stage.PUBLICITY, 1),
    ],
)
def test_only_running_and_unpaid_classes_are_watched(walk, stage, expected):
    TrainingClass.objects.update(stage=stage)
    night(expected)


def test_a_class_paid_before_its_turn_and_one_on_its_way_are_left_alone(walk, registries):
    change_lives(walk, registries)
    assert watch_classes() == 1
    assert watch_classes() == 0
    TrainingClass.objects.update(stage=Stage.PAID)
    watch_class(Job.objects.get(task=TASK).pk)
    assert seen() == set()


def test_the_page_lists_the_changes_class_by_class_for_the_scope(browser, walk, registries):
    change_lives(walk, registries)
    night()
    page = browser(walk.officer).get(reverse("watch"), {"class": walk.training_class.pk})
    text = page.content.decode()
    assert (page.status_code, text.count(f"{walk.training_class.number} {walk.training_class.name}")) == (200, 1)
    assert all(word in text for word in ("已就业", "已以职工身份参保", "已创办企业或个体经营", "已死亡"))
    assert walk.people[0].number not in text
    assert "没有发现变化" in browser(factories.officer("150103")).get(reverse("watch")).content.decode()
    assert browser(walk.officer).get(reverse("watch"), {"class": "9" * 30}).status_code == 200


def test_units_do_not_see_what_became_of_people(browser, walk):
    assert browser(walk.applicant).get(reverse("watch")).status_code == 403


# ── what came of it
# ─────────────────────────────────────────────────────────────────────────────────────────────────────


def dealt(client, change, note="已电话核实，本人已离职"):
    return client.post(reverse("change_dealt", args=[change.pk]), {"note": note})


@pytest.fixture
def changes(walk, registries):
    change_lives(walk, registries)
    night()
    return list(Change.objects.order_by("enrolment__sequence", "id"))


def test_the_officer_in_charge_marks_a_change_as_dealt_with_and_it_folds_away(walk, changes, browser):
    client = browser(walk.officer)
    before = client.get(reverse("watch")).content.decode()
    assert before.count("标记为已处理") == 4 + 1, "a button each, and the sentence above"
    assert dealt(client, changes[0]).status_code == 302
    changes[0].refresh_from_db()
    assert (changes[0].dealt_by, changes[0].note) == (walk.officer, "已电话核实，本人已离职")
    event = Event.objects.get(act="watch.dealt_with")
    assert (event.membership, event.reason, event.data["enrolment"]) == (
        walk.officer,
        "已电话核实，本人已离职",
        walk.enrolments[0].pk,
    )
    page = client.get(reverse("watch")).content.decode()
    assert page.count(reverse("change_dealt", args=[changes[0].pk])) == 0
    assert page.index("已处理 1 项") < page.index("已电话核实，本人已离职")
    assert walk.enrolments[0].verdict == Verdict.ELIGIBLE, "it decides nothing"
    night()
    assert Change.objects.count() == 4, "what was dealt with is not reported again"


def test_without_a_note_or_after_somebody_else_it_is_refused(walk, changes, browser):
    client = browser(walk.officer)
    assert dealt(client, changes[0], "  ").status_code == 400
    assert Change.objects.get(pk=changes[0].pk).dealt_at is None
    colleague = factories.member(walk.officer.organisation)
    assert dealt(browser(colleague), changes[0], "不影响").status_code == 302
    page = dealt(client, changes[0], "另一个说法")
    assert (page.status_code, "已处理：不影响" in page.content.decode()) == (409, True)
    assert dealt(browser(colleague), changes[0], "不影响").status_code == 302, "the same twice is one"
    assert Event.objects.filter(act="watch.dealt_with").count() == 1


def test_only_the_desk_in_charge_deals_with_it(walk, changes, browser):
    for membership, status in (
        (factories.officer("150103"), 404),
        (factories.administrator("150100"), 403),
        (factories.member(walk.officer.organisation, Role.AUDITOR), 403),
        (walk.applicant, 403),
    ):
        assert dealt(browser(membership), changes[0]).status_code == status
    auditor = factories.member(walk.officer.organisation, Role.AUDITOR)
    assert reverse("change_dealt", args=[changes[0].pk]) not in browser(auditor).get(reverse("watch")).content.decode()
    assert Change.objects.filter(dealt_at__isnull=False).count() == 0


def test_the_database_keeps_a_mark_without_a_note_out(walk, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.filter(pk=changes[0].pk).update(dealt_at=timezone.now(), dealt_by=walk.officer, note=" ")


def test_programs_read_what_is_open_and_say_what_came_of_it(walk, changes, browser):
    client = browser(walk.officer)
    rows = client.get(reverse("api_watch"), {"open": "true", "class": walk.training_class.pk}).json()["results"]
    assert len(rows) == 4
    assert walk.people[0].number not in str(rows)
    said = client.post(
        reverse("api_change_dealt", args=[changes[1].pk]), {"note": "已核实"}, content_type="application/json"
    )
    assert (said.status_code, said.json()["note"], said.json()["dealt_by"]) == (200, "已核实", str(walk.officer))
    assert len(client.get(reverse("api_watch"), {"open": "true"}).json()["results"]) == 3
    assert len(client.get(reverse("api_watch"), {"open": "false"}).json()["results"]) == 1
    assert len(client.get(reverse("api_watch")).json()["results"]) == 4
    again = client.post(
        reverse("api_change_dealt", args=[changes[1].pk]), {"note": "再说一次"}, content_type="application/json"
    )
    assert again.status_code == 409
