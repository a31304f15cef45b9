"""Cross-checks as jobs: stored batch by batch, taken up again, silent registries, asked again (R-ELG-1, R-ELG-6)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from casework.domain.jobs import SILENCE
from casework.domain.moves import take
from casework.enums import JobState, State
from casework.models import Job, Notice, WorkItem
from eligibility.domain import crosscheck
from eligibility.domain.assistance import answer
from eligibility.domain.connections import waiting
from eligibility.domain.examine import results_of
from eligibility.enums import Verdict
from eligibility.models import Assistance, Examination, RegistryAnswer
from eligibility.tasks import ask_again
from kit.refusals import NotAllowed, NotNow, Refused
from tests.factories import eligibility as people
from tests.training import walk as walks
from training.domain.roster.enrolling import add_trainee, remove_trainee
from training.domain.verification import verify
from training.tasks.checks import check_roster

pytestmark = pytest.mark.django_db
FIVE = ("employment", "business", "social_security", "labour_contract", "population")


@pytest.fixture
def walk(registries):
    walk = walks.laid_off_class()
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.submit()
    return walk


def verdicts(walk) -> set[str]:
    return {enrolment.verdict for enrolment in walk.enrolments}


def test_every_person_is_asked_once_at_each_registry_and_only_facts_are_kept(walk, registries):
    job = walk.check()
    assert (job.state, job.done, job.total) == (JobState.DONE, 15, 15)
    asked = registries.subjects()
    assert {code: sorted(n["asked"] for n in asked[code].values()) for code in FIVE} == {
        code: [1, 1, 1] for code in FIVE
    }
    assert RegistryAnswer.objects.filter(job=job).count() == 15
    kept = RegistryAnswer.objects.get(job=job, registry="employment", subject_hash=walk.people[0].number_hash)
    assert {fact["type"] for fact in kept.facts} == {"person", "job_seeking"}


def test_an_employer_is_asked_once_for_all_its_workers(registries):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(p, works) for p in walk.people)])
    walk.to_officer()
    assert registries.subjects()["business"] == {works: {"asked": 1, "answered": 1}}


def die(job) -> None:
    """The worker begins and does not come back: no clean end, as when it is killed."""
    with pytest.raises(SystemExit):
        check_roster(job.pk)


def test_a_worker_killed_before_judging_is_taken_up_again_and_nobody_is_asked_twice(walk, registries, monkeypatch):
    def killed(*args, **kwargs):
        raise SystemExit

    job = walks.newest_job(walk.opening)
    with monkeypatch.context() as patch:
        patch.setattr(verify, "_judge", killed)
        die(job)
    job.refresh_from_db()
    assert (job.state, verdicts(walk)) == (JobState.RUNNING, {Verdict.NONE})
    check_roster(job.pk)
    assert walk.opening.state == State.CHECKING, "the first worker may still be alive"
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE - timedelta(seconds=1))
    check_roster(job.pk)
    assert (walk.opening.state, verdicts(walk)) == (State.IN_REVIEW, {Verdict.ELIGIBLE})
    assert {n["asked"] for code in FIVE for n in registries.subjects()[code].values()} == {1}


def test_a_worker_killed_in_the_middle_of_the_batches_keeps_what_was_stored(walk, registries, monkeypatch):
    stored, keep = [], crosscheck.keep

    def keep_two_then_die(job, came, hashes):
        rows = []
        for outcome in came:
            if len(stored) == 2:
                raise SystemExit
            rows += keep(job, [outcome], hashes)
            stored.append(outcome.registry)
        return rows

    job = walks.newest_job(walk.opening)
    with monkeypatch.context() as patch:
        patch.setattr(crosscheck, "keep", keep_two_then_die)
        die(job)
    assert RegistryAnswer.objects.filter(job=job).count() == 6
    Job.objects.filter(pk=job.pk).update(state=JobState.STUCK)
    check_roster(job.pk)
    asked = registries.subjects()
    assert {n["asked"] for code in stored for n in asked[code].values()} == {1}
    assert (RegistryAnswer.objects.filter(job=job).count(), Examination.objects.count()) == (15, 3)
    assert verdicts(walk) == {Verdict.ELIGIBLE}


def test_a_job_run_again_after_its_end_changes_nothing(walk, registries):
    job = walk.check()
    before = list(Examination.objects.values_list("pk", flat=True))
    check_roster(job.pk)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    check_roster(job.pk)
    assert list(Examination.objects.values_list("pk", flat=True)) == before
    assert walk.opening.version == 2
    assert registries.states()["employment"]["requests"] == 1


@pytest.mark.parametrize(
    "mode", ["down", "error500", "html", "half_json", "drop", "wrong_id", "missing", "failed", "part", "unagreed"]
)
def test_a_registry_that_fails_opens_its_check_and_blocks_nothing(walk, registries, mode):
    registries.behave("social_security", mode)
    job = walk.check()
    assert (job.state, walk.opening.state) == (JobState.DONE, State.IN_REVIEW)
    by_code = {r["code"]: r["outcome"] for r in walk.enrolments[0].examination.results["results"]}
    its = {"not_insured_as_employee", "no_employee_pension"}
    assert {by_code[code] for code in its} == {"unknown"}
    assert {outcome for code, outcome in by_code.items() if code not in its} == {"pass"}
    assert verdicts(walk) == {Verdict.NEEDS_VERIFICATION}


def test_an_insured_person_is_not_eligible_because_the_social_security_system_timed_out(walk, registries, browser):
    """«code 500, success false, 查询超时» with an empty list of records: no answer, and the health page says what was
    wrong.
    """
    registries.load([people.insured(walk.people[0], "91150100MA0N0J0A1F")])
    registries.behave("social_security", "failed")
    walk.check()
    assert verdicts(walk) == {Verdict.NEEDS_VERIFICATION}
    page = browser(walk.officer).get(reverse("registries")).content.decode()
    assert "对方系统声明查询失败：500 查询超时" in page
    assert "3 人待核" in page
    registries.reset()
    later()
    assert ask_again() == 1
    walk.check()
    assert [e.verdict for e in walk.enrolments] == [Verdict.INELIGIBLE, Verdict.ELIGIBLE, Verdict.ELIGIBLE]


def test_one_person_a_registry_always_leaves_out_keeps_nobody_else_waiting(registries, browser):
    walk = walks.laid_off_class()
    for enrolment in walk.enrolments:  # among numbers of one form the second alone ends in X
        wanted = next(number for number in iter(people.number, "") if number.endswith("X") == (enrolment.sequence == 2))
        walk.training_class.enrolments.filter(pk=enrolment.pk).update(
            person=people.person_for(wanted, enrolment.person.name)
        )
    odd = walk.enrolments[1].person
    registries.load([people.job_seeker(enrolment.person) for enrolment in walk.enrolments])
    registries.behave("employment", "no_x")
    walk.to_officer()
    assert [e.verdict for e in walk.enrolments] == [Verdict.ELIGIBLE, Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE]
    page = browser(walk.officer).get(reverse("registries")).content.decode()
    assert "1 人待核" in page
    assert "单独询问后仍有对象没有应答（应答中漏了询问的对象：1 / 1）" in page
    assert odd.number not in page


def test_a_registry_that_says_later_is_waited_for(walk, registries):
    registries.behave("employment", "rate_limited", per_second=0, retry_after=1)
    recover_after_first_refusal(registries)
    walk.check()
    assert walk.opening.state == State.IN_REVIEW
    assert registries.states()["employment"]["limited"] >= 1
    assert verdicts(walk) == {Verdict.ELIGIBLE}


def recover_after_first_refusal(registries) -> None:
    """Behind the back of the asking worker the registry finds its breath."""

    def recover() -> None:
        while registries.states()["employment"]["limited"] < 1:
            time.sleep(0.02)
        registries.behave("employment", "normal")

    threading.Thread(target=recover, daemon=True).start()


def test_odd_records_are_kept_as_evidence_and_decide_nothing(walk, registries):
    registries.add_records(
        "social_security",
        walk.people[0].number,
        [{"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": "2020/01/32"}],
    )
    walk.check()
    result = next(
        r for r in walk.enrolments[0].examination.results["results"] if r["code"] == "not_insured_as_employee"
    )
    assert (result["outcome"], result["evidence"][0]["type"]) == ("unknown", "malformed")
    assert [e.verdict for e in walk.enrolments] == [Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE, Verdict.ELIGIBLE]


def later(hours: int = 2) -> None:
    """Time passes since the last checks ended."""
    Job.objects.filter(state=JobState.DONE).update(ended_at=timezone.now() - timedelta(hours=hours))


def test_a_silent_registry_is_asked_again_by_itself_and_only_that_one(walk, registries):
    registries.behave("social_security", "down")
    walk.check()
    registries.reset()
    assert ask_again() == 0, "not at once"
    later()
    assert ask_again() == 1
    assert ask_again() == 0, "a check is on its way"
    job = walk.check()
    assert verdicts(walk) == {Verdict.ELIGIBLE}
    assert {code: registries.states()[code]["requests"] for code in FIVE} == {
        "employment": 0,
        "business": 0,
        "social_security": 1,
        "labour_contract": 0,
        "population": 0,
    }
    assert RegistryAnswer.objects.filter(job=job, facts__isnull=False).count() == 15
    assert WorkItem.objects.get(kind="opening").exceptions == 0
    assert Notice.objects.filter(organisation=walk.officer.organisation, text__contains="3人的结果有变化").count() == 1
    later()
    assert ask_again() == 0, "nothing is open any more"


def test_a_text_no_database_can_hold_opens_the_check_and_the_class_goes_on(walk, registries):
    entry = people.job_seeker(walk.people[0])
    entry["records"]["employment"][0]["name"] += "\x00"
    registries.load([entry])
    assert walk.check().state == JobState.DONE
    assert [enrolment.verdict for enrolment in walk.enrolments] == ["needs_verification", "eligible", "eligible"]


def test_a_registry_that_talked_nonsense_is_asked_again_by_itself(walk, registries):
    registries.behave("employment", "malformed")
    walk.check()
    assert verdicts(walk) == {Verdict.NEEDS_VERIFICATION}
    assert waiting(walk.officer.organisation.division) == {"employment": 3}
    with pytest.raises(NotNow) as refused:
        take(walk.opening, "approve", by=walk.officer)
    assert [str(why).count("无法识别") for why in refused.value.sentences] == [1, 1, 1], "two checks open, one reason"
    registries.reset()
    later()
    assert ask_again() == 1
    walk.check()
    assert (verdicts(walk), waiting(walk.officer.organisation.division)) == ({Verdict.ELIGIBLE}, {})
    later()
    assert ask_again() == 0, "nothing is open any more"


def test_a_registry_still_down_is_asked_more_and_more_seldom_and_writes_no_new_judgement(walk, registries):
    registries.behave("social_security", "down")
    walk.check()
    before = Examination.objects.count()
    later()
    assert ask_again() == 1
    walk.check()
    assert Examination.objects.count() == before
    Job.objects.filter(state=JobState.DONE).update(ended_at=timezone.now() - timedelta(minutes=3))
    assert ask_again() == 0, "the second pause is four minutes"
    Job.objects.filter(state=JobState.DONE).update(ended_at=timezone.now() - timedelta(minutes=5))
    assert ask_again() == 1
    assert not Notice.objects.filter(organisation=walk.officer.organisation).exists()


def test_a_worker_told_to_register_first_is_asked_about_again(registries):
    walk = walks.upskill_class(status="level_recognition")
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(p, works) for p in walk.people)])
    late = walk.people[0]
    registries.add_records("employment", late.number, [{"type": "person", "name": late.name}], replace=True)
    walk.to_officer()
    assert [e.verdict for e in walk.enrolments] == [Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE]
    registries.load([people.employee(late, works)])
    later()
    assert ask_again() == 1
    walk.check()
    assert verdicts(walk) == {Verdict.ELIGIBLE}
    assert registries.subjects()["employment"][walk.people[1].number]["asked"] == 1


def test_a_case_already_decided_is_not_asked_about_again(walk, registries):
    registries.behave("social_security", "down")
    walk.check()
    take(walk.opening, "refuse", by=walk.officer, reason="不具备培训条件")
    later()
    assert ask_again() == 0


def test_the_registries_are_never_asked_inside_a_transaction(walk):
    job = walks.newest_job(walk.opening)
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        verify.recheck(walk.training_class, "opening", job=job)


def test_assisted_checks_are_opened_answered_and_judged_from_stored_answers(walk, registries):
    registries.add_records(
        "business",
        walk.people[1].number,
        [{"type": "post", "uscc": "91150100MA0N0J0A1F", "role": "shareholder", "from": "2019-01-01"}],
    )
    walk.check()
    enrolment = walk.enrolments[1]
    asked = Assistance.objects.get()
    assert (asked.subject_id, asked.check_code, asked.answer) == (enrolment.pk, "not_in_business", "open")
    registries.behave("business", "down")
    given = {"kind": "enrolment", "subject_id": enrolment.pk, "check_code": "not_in_business"}
    with pytest.raises(Refused, match="依据"):
        answer(**given, given="confirmed", by=walk.officer)
    with pytest.raises(NotAllowed):
        answer(**given, given="confirmed", note="本人说的", by=walk.applicant)
    with pytest.raises(Refused, match="没有列入"):
        answer(**given | {"check_code": "not_insured_as_employee"}, given="confirmed", note="x", by=walk.officer)
    answer(**given, given="cannot_say", note="对方未答复", by=walk.officer)
    assert walk.enrolments[1].verdict == Verdict.NEEDS_VERIFICATION
    answer(**given, given="refuted", letter="市监函〔2026〕1号", by=walk.officer)
    assert walk.enrolments[1].verdict == Verdict.INELIGIBLE
    answer(**given, given="confirmed", letter="市监函〔2026〕2号", by=walk.officer)
    assert walk.enrolments[1].verdict == Verdict.ELIGIBLE
    assert WorkItem.objects.get(kind="opening").exceptions == 0
    assert registries.states()["business"]["requests"] == 1


def test_a_fail_cannot_be_answered_away(walk, registries):
    registries.load([people.insured(walk.people[0], "91150100MA0N0J0A1F")])
    walk.check()
    with pytest.raises(Refused):
        answer(
            "enrolment",
            walk.enrolments[0].pk,
            "not_insured_as_employee",
            "confirmed",
            note="本人说没有",
            by=walk.officer,
        )
    with pytest.raises(NotNow):
        take(walk.opening, "approve", by=walk.officer)


@pytest.mark.parametrize("names", [["乌云"], ["乌云", "巴特尔", "其其格"]])
def test_the_number_of_queries_of_a_judgement_does_not_grow_with_the_class(
    registries, django_assert_num_queries, names
):
    walk = walks.laid_off_class(names)
    registries.load([people.job_seeker(person) for person in walk.people])
    walk.submit()
    walk.check()
    job = walks.newest_job(walk.opening)
    with django_assert_num_queries(14):
        verify._judge(walk.reload(), "opening", job=job)


def test_a_person_two_registries_know_under_two_names_is_for_verification_until_people_have_settled_it(
    walk, registries
):
    registries.add_records("social_security", walk.people[0].number, [{"type": "person", "name": "其木格"}])
    registries.add_records("business", walk.people[1].number, [{"type": "person", "name": walk.people[1].name}])
    walk.check()
    first = walk.enrolments[0]
    assert [e.verdict for e in walk.enrolments] == [Verdict.NEEDS_VERIFICATION, Verdict.ELIGIBLE, Verdict.ELIGIBLE]
    said = next(r for r in results_of(first.examination) if r.code == "id_valid")
    assert f"劳动就业核心业务经办子系统登记为“{walk.people[0].name}”，社保系统登记为“其木格”" in said.sentence_zh
    question = Assistance.objects.get()
    assert (question.check_code, question.asked_of) == ("id_valid", "公安机关（户籍）")
    answer("enrolment", first.pk, "id_valid", "confirmed", by=walk.officer, letter="公安函3号")
    assert walk.enrolments[0].verdict == Verdict.ELIGIBLE


def test_a_contradiction_once_seen_stays_open_whoever_falls_silent(walk, registries):
    """Also for the same person put on the roster anew: what stands is said of the number."""
    person = walk.people[0]

    def judged_again():
        take(walk.opening, "withdraw", by=walk.applicant)
        walk.to_officer()
        examination = Examination.objects.filter(person=person, subject_kind="enrolment").latest("pk")
        return next(result for result in results_of(examination) if result.code == "id_valid")

    registries.add_records("social_security", person.number, [{"type": "person", "name": "其木格"}])
    walk.check()
    for silent in ("social_security", "employment", "social_security"):
        registries.behave(silent, "down")
        said = judged_again()
        assert (said.outcome, said.needs) == ("unknown", "assisted"), silent
        assert f"“{person.name}”" in said.sentence_zh
        assert "社保系统登记为“其木格”" in said.sentence_zh
        registries.behave(silent, "normal")
    take(walk.opening, "withdraw", by=walk.applicant)
    remove_trainee(walk.enrolments[0], by=walk.applicant)
    add_trainee(
        walk.reload(), {"name": person.name, "number": person.number, "phone": "13904710001"}, by=walk.applicant
    )
    registries.behave("social_security", "down")
    walk.to_officer()
    newest = walk.enrolments[-1]
    assert (newest.person, newest.verdict) == (person, Verdict.NEEDS_VERIFICATION)


def test_once_both_registries_agree_the_contradiction_is_over(walk, registries):
    person = walk.people[0]
    registries.add_records("social_security", person.number, [{"type": "person", "name": "其木格"}])
    walk.check()
    registries.add_records("social_security", person.number, [{"type": "person", "name": person.name}], replace=True)
    take(walk.opening, "withdraw", by=walk.applicant)
    walk.to_officer()
    assert {enrolment.verdict for enrolment in walk.enrolments} == {Verdict.ELIGIBLE}


def test_what_an_officer_settled_is_not_opened_again_by_a_silence(walk, registries):
    registries.add_records("social_security", walk.people[0].number, [{"type": "person", "name": "其木格"}])
    walk.check()
    answer("enrolment", walk.enrolments[0].pk, "id_valid", "confirmed", by=walk.officer, letter="公安函3号")
    registries.behave("social_security", "down")
    take(walk.opening, "withdraw", by=walk.applicant)
    walk.to_officer()
    said = next(r for r in results_of(walk.enrolments[0].examination) if r.code == "id_valid")
    assert said.outcome == "pass"
