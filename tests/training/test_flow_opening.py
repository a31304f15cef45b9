"""An opening from submission to decision (R-OPN-1, R-OPN-5, R-OPN-6, R-ELG-1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Act
from accounts.models import Event
from casework.domain.flow import file_of
from casework.domain.inbox import inbox
from casework.domain.moves import available, take
from casework.enums import Standing, State
from casework.models import Attachment, Job, Notice, RouteStep, WorkItem
from eligibility.domain.examine import results_of
from eligibility.enums import Verdict
from eligibility.models import Assistance
from kit.refusals import NotAllowed, NotNow
from tests import factories
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.decision.conditions import conditions
from training.domain.decision.openings import guard_people
from training.domain.decision.strikes import strike_out
from training.enums import Stage
from training.models import Enrolment, Listing, Project, TrainingClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(registries):
    """Three people out of work whom every registry knows as such."""
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    return walk


def refused(walk, move, by, **words) -> list[str]:
    with pytest.raises(NotNow) as problem:
        take(walk.opening, move, by=by, **words)
    return problem.value.sentences


def test_a_clean_class_goes_through_the_check_to_the_officer_and_is_approved(walk):
    opening = walk.submit()
    assert (opening.state, walk.reload().stage) == (State.CHECKING, Stage.OPENING)
    walk.check()
    opening = walk.opening
    assert (opening.state, opening.need, opening.desk) == (
        State.IN_REVIEW,
        Act.FIRST_REVIEW_OPENING,
        walk.officer.organisation,
    )
    assert {e.verdict for e in walk.enrolments} == {Verdict.ELIGIBLE}
    cover = WorkItem.objects.get(kind="opening", object_id=opening.pk)
    assert (cover.standing, cover.people, cover.exceptions) == (Standing.TODO, 3, 0)
    take(opening, "approve", by=walk.officer)
    assert (walk.opening.state, walk.reload().stage, walk.reload().body) == (
        State.APPROVED,
        Stage.APPROVED,
        walk.officer.organisation,
    )


def test_the_examination_keeps_table_day_clause_and_evidence(walk):
    walk.to_officer()
    examination = walk.enrolments[0].examination
    days = {name: examination.results[name] for name in ("first_day", "last_day")}
    assert (examination.table, examination.as_of, examination.gate) == ("nmg-2020-95", timezone.localdate(), "opening")
    assert days == {name: getattr(walk.training_class, name).isoformat() for name in days}, (
        "judged are the days of the class"
    )
    result = next(r for r in results_of(examination) if r.code == "job_seeking_registered")
    assert (result.outcome, result.clause, result.registry) == ("pass", "N二(二)1(1)", "employment")
    assert {"registry": "employment", "type": "job_seeking", "registered_on": "2020-06-01"} in result.evidence


def test_approval_with_somebody_ineligible_is_refused_and_names_the_person(walk, registries):
    registries.load([people.insured(walk.people[1], "91150100MA0N0J0A1F")])
    walk.to_officer()
    (sentence,) = refused(walk, "approve", walk.officer)
    assert sentence.startswith("2号 巴特尔：不符合")
    assert "参保" in sentence
    assert walk.opening.state == State.IN_REVIEW


def test_striking_the_ineligible_person_out_lets_the_class_go_on_and_tells_the_applicant(walk, registries):
    registries.load([people.insured(walk.people[1], "91150100MA0N0J0A1F")])
    opening = walk.to_officer()
    assert WorkItem.objects.get(kind="opening", object_id=opening.pk).exceptions == 1
    strike_out(walk.enrolments[1], "已参保，不属于失业人员", by=walk.officer)
    cover = WorkItem.objects.get(kind="opening", object_id=opening.pk)
    assert (cover.people, cover.exceptions) == (2, 0)
    assert Notice.objects.filter(organisation=walk.applicant.organisation, text__contains="巴特尔").count() == 1
    assert Event.objects.get(act="enrolment.struck_out").reason == "已参保，不属于失业人员"
    take(walk.opening, "approve", by=walk.officer)
    struck = walk.enrolments[1]
    assert (struck.struck_out_by, struck.strike_reason) == (walk.officer, "已参保，不属于失业人员")


def test_striking_out_without_reason_by_the_applicant_or_before_review_is_refused(walk):
    with pytest.raises(NotAllowed):
        strike_out(walk.enrolments[0], "理由", by=walk.officer)
    walk.to_officer()
    with pytest.raises(NotNow, match="理由"):
        strike_out(walk.enrolments[0], "  ", by=walk.officer)
    with pytest.raises(NotAllowed):
        strike_out(walk.enrolments[0], "理由", by=walk.applicant)
    with pytest.raises(NotAllowed):
        strike_out(walk.enrolments[0], "理由", by=factories.officer("150103"))
    without_grant = factories.member(factories.office(kind="industry", department="emergency"))
    with pytest.raises(NotAllowed):
        strike_out(walk.enrolments[0], "理由", by=without_grant)
    assert not Enrolment.objects.filter(struck_out_at__isnull=False).exists()


def test_striking_out_after_the_approval_is_refused(walk):
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    with pytest.raises((NotNow, NotAllowed)):
        strike_out(walk.enrolments[0], "太迟", by=walk.officer)


def test_a_class_with_everybody_struck_out_is_not_approved(walk):
    walk.to_officer()
    for enrolment in walk.enrolments:
        strike_out(enrolment, "本人未能提供证明材料", by=walk.officer)
    assert refused(walk, "approve", walk.officer) == ["花名册现有 0 人，至少 1 人。"]


@pytest.mark.parametrize("move", ["refuse", "return"])
def test_refusal_and_return_without_reason_are_refused(walk, move):
    walk.to_officer()
    assert any("理由" in sentence for sentence in refused(walk, move, walk.officer))
    take(walk.opening, move, by=walk.officer, reason="培训机构或项目不在目录清单内")
    assert walk.reload().stage == {"refuse": Stage.REFUSED, "return": Stage.DRAFT}[move]


def test_a_returned_opening_is_submitted_again_and_everyone_is_asked_anew(walk):
    walk.to_officer()
    take(walk.opening, "return", by=walk.officer, reason="花名册信息不完整，请补正")
    assert walk.opening.state == State.RETURNED
    opening = walk.to_officer()
    assert (opening.state, opening.round, opening.position) == (State.IN_REVIEW, 2, 1)
    assert Job.objects.filter(kind="opening", object_id=opening.pk).count() == 2
    take(opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED


def test_the_applicant_withdraws_while_nobody_has_decided_and_a_check_still_running_leaves_it_alone(walk):
    walk.submit()
    take(walk.opening, "withdraw", by=walk.applicant)
    assert (walk.opening.state, walk.reload().stage) == (State.DRAFT, Stage.DRAFT)
    job = walk.check()
    assert (job.state, walk.opening.state) == ("done", State.DRAFT)
    assert {e.verdict for e in walk.enrolments} == {Verdict.NONE}
    walk.to_officer()
    assert walk.opening.state == State.IN_REVIEW


def test_only_the_applicant_submits_and_only_the_desk_decides(walk):
    with pytest.raises(NotAllowed):
        take(walk.opening, "submit", by=walk.officer)
    walk.to_officer()
    for stranger in (walk.applicant, factories.officer("150103"), factories.administrator()):
        with pytest.raises(NotAllowed):
            take(walk.opening, "approve", by=stranger)
    with pytest.raises(NotAllowed):
        take(walk.opening, "checked", by=walk.officer)


def test_an_unchecked_class_is_not_approved(walk):
    """A case that reached the desk without a check (a repaired row, say) still cannot pass."""
    walk.to_officer()
    Enrolment.objects.filter(pk=walk.enrolments[2].pk).update(verdict=Verdict.NONE, examination=None)
    (sentence,) = refused(walk, "approve", walk.officer)
    assert sentence.startswith("3号 其其格：未比对")


def test_nothing_is_decided_while_a_check_is_running(walk):
    walk.to_officer()
    Job.objects.create(
        task="training.tasks.check_roster", title="再次比对", kind="opening", object_id=walk.opening.pk, state="running"
    )
    assert "系统比对还在进行，完成后再办理。" in refused(walk, "approve", walk.officer)


def test_a_class_that_begins_today_is_submitted_too_late(walk):
    today = timezone.localdate()
    TrainingClass.objects.filter(pk=walk.training_class.pk).update(first_day=today)
    assert any("已到或已过" in sentence for sentence in refused(walk, "submit", walk.applicant))


def test_an_unlisted_school_and_an_ended_project_are_named(walk):
    Listing.objects.update(until=walk.training_class.first_day)
    Project.objects.update(until=walk.training_class.first_day)
    sentences = refused(walk, "submit", walk.applicant)
    assert any("不在" in s and "培训机构目录" in s for s in sentences)
    assert any("不在" in s and "培训项目目录" in s for s in sentences)


def test_the_last_day_of_a_listing_still_counts(walk):
    Listing.objects.update(until=walk.training_class.first_day + timedelta(days=1))
    assert walk.submit().state == State.CHECKING


def test_a_person_in_two_classes_in_the_same_weeks_is_only_warned_of_and_the_other_class_is_named_to_the_office(
    walk, registries
):
    other = walks.laid_off_class(["苏和"], first=walk.training_class.first_day)
    Enrolment.objects.create(training_class=other.training_class, person=walk.people[0], sequence=9)
    walk.submit()
    other.training_class.lessons.all().update(starts="14:00", ends="17:00")
    other.submit()
    until = walk.training_class.last_day
    for reader, named in ((other.officer, f"班次{walk.reload().number}"), (other.applicant, "其他班次")):
        assert [c.sentence for c in conditions(file_of(other.opening), reader) if not c.holds] == [
            f"乌云同期还在{named}（至{until}）。"
        ]


def test_employee_classes_need_their_papers(registries):
    walk = walks.upskill_class()
    Attachment.objects.update(replaced_at=timezone.now())
    sentences = refused(walk, "submit", walk.applicant)
    assert "还没有上传真实有效承诺书。" in sentences
    assert any("培训计划" in s for s in sentences)


def test_filing_route_banner_then_league_each_by_its_own_officer(registries):
    walk = walks.upskill_class()
    registries.load(
        [
            people.enterprise(walk.extra["works"].uscc),
            *(people.employee(p, walk.extra["works"].uscc) for p in walk.people),
        ]
    )
    walk.to_officer()
    assert {e.verdict for e in walk.enrolments} == {Verdict.NEEDS_VERIFICATION}
    take(walk.opening, "approve", by=walk.officer)
    opening = walk.opening
    assert (opening.state, opening.need, opening.desk) == (
        State.IN_REVIEW,
        Act.FILE_OPENING,
        walk.extra["league"].organisation,
    )
    assert walk.reload().body == walk.officer.organisation
    with pytest.raises(NotAllowed):
        take(opening, "approve", by=walk.officer)
    take(opening, "approve", by=walk.extra["league"])
    assert (walk.opening.state, walk.reload().stage) == (State.APPROVED, Stage.APPROVED)
    assert {e.verdict for e in walk.enrolments} == {Verdict.ELIGIBLE}


def test_the_filing_settles_only_the_filing(registries):
    walk = walks.upskill_class()
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), people.employee(walk.people[0], works)])
    walk.to_officer()
    (sentence,) = refused(walk, "approve", walk.officer)
    assert sentence.startswith("2号 工人乙：待核")


def test_an_open_occupation_needs_no_filing(registries):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(p, works) for p in walk.people)])
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED


def test_the_same_officer_cannot_decide_both_steps(walk):
    RouteStep.objects.create(
        kind="opening",
        category="laid_off_unemployed",
        position=2,
        need=Act.FIRST_REVIEW_OPENING,
        level="banner",
        working_days=5,
        since=walks.SINCE,
        source="示例",
    )
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.IN_REVIEW
    assert any("同一人不能作两次审核" in s for s in refused(walk, "approve", walk.officer))
    assert not inbox(walk.officer, Standing.TODO).exists()
    take(walk.opening, "approve", by=factories.member(walk.officer.organisation))
    assert walk.opening.state == State.APPROVED


def test_the_buttons_say_what_stands_in_the_way(walk, registries):
    registries.load([people.insured(walk.people[0], "91150100MA0N0J0A1F")])
    opening = walk.to_officer()
    buttons = {a.move.name: a.obstacles for a in available(file_of(opening), walk.officer)}
    assert set(buttons) == {"approve", "return", "refuse"}
    assert buttons["approve"] == guard_people(file_of(opening), None)
    assert buttons["return"] == []


def test_a_repeated_approval_is_the_first_one(walk):
    opening = walk.to_officer()
    version = opening.version
    first = take(walk.opening, "approve", by=walk.officer, expected_version=version)
    assert take(walk.opening, "approve", by=walk.officer, expected_version=version) == first


@pytest.mark.parametrize("names", [["乌云"], ["乌云", "巴特尔", "其其格"]])
def test_the_number_of_queries_of_the_people_guard_does_not_grow_with_the_class(
    registries, django_assert_num_queries, names
):
    registries.behave("social_security", "down")
    opening = walks.laid_off_class(names).to_officer()
    with django_assert_num_queries(4):
        assert len(guard_people(file_of(opening), None)) == len(names)


def test_a_silent_registry_leaves_the_class_open_for_the_officer_not_stuck(walk, registries):
    registries.behave("social_security", "down")
    opening = walk.to_officer()
    assert opening.state == State.IN_REVIEW
    assert {e.verdict for e in walk.enrolments} == {Verdict.NEEDS_VERIFICATION}
    assert len(refused(walk, "approve", walk.officer)) == 3
    assert Assistance.objects.count() == 0
