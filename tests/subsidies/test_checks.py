"""Everybody is compared again at the claim and before payment; what changed is shown; nobody open is paid (R-SUB-2,
R-CMP-2).
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.domain.flow import file_of
from casework.domain.jobs import take_up_again
from casework.enums import JobState, State
from casework.models import Job, Notice, WorkItem
from eligibility.enums import Gate, Verdict
from eligibility.models import Examination, RegistryAnswer
from eligibility.registries.ask import gathered
from kit.refusals import NotNow
from subsidies.domain.claims import refuse_line
from subsidies.domain.people import changes, unsettled_people
from subsidies.tasks import check_claim, check_payment
from tests import factories
from tests.factories import eligibility as people
from tests.factories import subsidies as money
from tests.factories.eligibility import registries as real_registries
from tests.factories.guards import verdicts_written
from training.domain.verification.again import due_again
from training.enums import CertificateKind
from training.models import Enrolment
from training.tasks.checks import ask_again

pytestmark = pytest.mark.django_db
over_http = real_registries
INSURED = {"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": "2026-03-01"}


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class()


def certified(case, kind=CertificateKind.SKILL_LEVEL):
    """The same class with certificates the registry should know."""
    Enrolment.objects.update(certificate_kind=kind)
    with factories.world_as_it_was():
        type(case.training_class.project).objects.update(certificate_kind=kind)
    return case


def certificate(enrolment, **fields):
    project = enrolment.training_class.project
    return {
        "type": "certificate",
        "number": enrolment.certificate_number,
        "kind": enrolment.certificate_kind,
        "occupation": project.occupation_id,
        "level": project.level,
        "issued_on": enrolment.certificate_on.isoformat(),
    } | fields


def test_the_check_puts_the_claim_on_the_first_desk(case):
    case.submitted()
    (job,) = money.run_jobs(case.subsidy)
    assert (job.state, job.result["examined"], job.result["exceptions"]) == (JobState.DONE, 3, 0)
    assert (case.subsidy.state, case.subsidy.desk) == (State.IN_REVIEW, case.first.organisation)
    assert set(Enrolment.objects.values_list("examination__gate", "verdict")) == {(Gate.SUBSIDY, Verdict.ELIGIBLE)}


def test_a_claim_withdrawn_while_it_was_checked_stays_with_its_applicant(case, registries):
    case.submitted()
    job = Job.objects.get(kind="subsidy")
    case.take("withdraw", case.clerk)
    check_claim(job.pk)
    job.refresh_from_db()
    assert (job.state, registries.asked) == (JobState.DONE, [])
    assert "不再继续" in job.message
    assert case.subsidy.state == State.DRAFT


def test_a_check_of_an_earlier_submission_comes_too_late(case, registries):
    case.submitted()
    old = Job.objects.get(kind="subsidy")
    case.take("withdraw", case.clerk)
    case.take("submit", case.clerk)
    check_claim(old.pk)
    assert case.subsidy.state == State.CHECKING
    assert registries.asked == []
    money.run_jobs(case.subsidy)
    assert case.subsidy.state == State.IN_REVIEW


def test_a_worker_killed_after_asking_is_taken_up_again_and_asks_nobody_twice(case, registries, monkeypatch):
    case.submitted()
    job = Job.objects.get(kind="subsidy")
    monkeypatch.setattr("training.domain.verification.verify.move_on", lambda *a: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        check_claim(job.pk)
    monkeypatch.undo()
    monkeypatch.setattr("eligibility.domain.crosscheck.gathered", registries.gathered)
    asked = list(registries.asked)
    Job.objects.filter(pk=job.pk).update(state=JobState.STUCK)
    take_up_again(Job.objects.get(pk=job.pk))
    check_claim(job.pk)
    assert registries.asked == asked
    assert case.subsidy.state == State.IN_REVIEW
    assert Examination.objects.filter(gate=Gate.SUBSIDY).count() == 3


def test_nothing_is_decided_while_a_check_is_running(case):
    case.in_review()
    Job.objects.filter(kind="subsidy").update(state=JobState.RUNNING)
    with pytest.raises(NotNow, match="系统比对还在进行"):
        case.take("approve", case.first)


def began(day):
    return INSURED | {"from": day.isoformat()}


def test_a_person_who_was_in_work_before_the_class_blocks_agreement_until_struck(case, registries):
    """Recorded late, and true on the first day: it counts (R-ELG-3)."""
    first = case.training_class.first_day
    registries.know(
        case.training_class.enrolments.get(sequence=2).person, "social_security", began(first - timedelta(days=30))
    )
    case.in_review()
    (one,) = unsettled_people(file_of(case.subsidy))
    assert (one.line.enrolment.sequence, one.line.enrolment.verdict) == (2, Verdict.INELIGIBLE)
    with pytest.raises(NotNow, match=r"^2号 .*请先核实或剔除"):
        case.take("approve", case.first)
    assert WorkItem.objects.get(kind="subsidy").exceptions == 1
    refuse_line(case.line(2), reason="已就业", by=case.first)
    case.take("approve", case.first)
    assert WorkItem.objects.get(kind="subsidy").exceptions == 0


def test_who_found_work_after_the_class_keeps_the_subsidy_and_it_is_shown(case, registries):
    """R-ELG-3: what came after the last day harms nobody, at the claim and at the payment."""
    hired = case.training_class.last_day + timedelta(days=1)
    registries.know(case.training_class.enrolments.get(sequence=2).person, "social_security", began(hired))
    case.in_review()
    assert unsettled_people(file_of(case.subsidy)) == []
    (change,) = changes(file_of(case.subsidy))
    assert (change.line.enrolment.sequence, change.now.verdict) == (2, Verdict.ELIGIBLE)
    assert f"结业之后：{hired.isoformat()}参加企业职工社会保险" in change.sentences[0]
    assert "不影响本班资格" in change.sentences[0]


def test_a_dead_man_is_not_paid(case, registries):
    """R-ELG-3, `alive`: a death up to the last day is open until an officer settles it or strikes the person out."""
    registries.know(
        case.training_class.enrolments.get(sequence=2).person,
        "population",
        {"type": "death", "on": case.training_class.last_day.isoformat()},
    )
    case.in_review()
    (one,) = unsettled_people(file_of(case.subsidy))
    assert (one.line.enrolment.sequence, one.line.enrolment.verdict) == (2, Verdict.NEEDS_VERIFICATION)
    with pytest.raises(NotNow, match=r"^2号 .*死亡.*请先核实或剔除"):
        case.take("approve", case.first)


def test_what_changed_since_the_completion_is_shown_per_person(case, registries):
    registries.know(case.training_class.enrolments.get(sequence=2).person, "employment")
    case.in_review()
    (change,) = changes(file_of(case.subsidy))
    assert (change.line.enrolment.sequence, change.then.gate, change.now.gate) == (2, Gate.COMPLETION, Gate.SUBSIDY)
    assert (change.then.verdict, change.now.verdict) == (Verdict.ELIGIBLE, Verdict.INELIGIBLE)
    assert any("没有求职登记" in sentence for sentence in change.sentences)


def test_without_changes_nothing_is_shown_as_changed(case):
    case.in_review()
    assert changes(file_of(case.subsidy)) == []


@pytest.mark.parametrize("how_many", [1, 3])
def test_changes_cost_three_queries_however_many(how_many, registries, django_assert_num_queries):
    money.standard()
    case = money.completed_class(how_many)
    for enrolment in case.training_class.enrolments.select_related("person"):
        registries.know(enrolment.person, "employment")
    case.in_review()
    subsidy = case.subsidy
    with django_assert_num_queries(3):
        assert len(changes(file_of(subsidy))) == how_many


def test_a_silent_registry_is_asked_again_and_only_that(case, registries):
    registries.silent = {"social_security"}
    case.in_review()
    assert {one.line.enrolment.verdict for one in unsettled_people(file_of(case.subsidy))} == {
        Verdict.NEEDS_VERIFICATION
    }
    with pytest.raises(NotNow):
        case.take("approve", case.first)
    assert list(due_again(timezone.now())) == []
    registries.silent, registries.asked = set(), []
    with money.at(money.TODAY, money.time(10, 5)):
        assert ask_again() == 1
        assert ask_again() == 0
        money.run_jobs(case.subsidy)
    assert {registry for registry, _key in registries.asked} == {"social_security"}
    assert unsettled_people(file_of(case.subsidy)) == []
    assert Notice.objects.filter(organisation=case.first.organisation, text__contains="再次比对").count() == 1
    case.take("approve", case.first)


def test_that_registries_are_silent_is_said_of_a_person_once_with_their_names(case, registries):
    registries.silent = {"social_security", "employment", "business"}
    case.in_review()
    with pytest.raises(NotNow) as refused:
        case.take("approve", case.first)
    for sentence, one in zip(refused.value.sentences, unsettled_people(file_of(case.subsidy)), strict=True):
        count = sum("暂未答复" in check.sentence for check in one.checks)
        assert count > 3
        assert (sentence.count("暂未答复"), f"暂未答复，{count}项待核，不影响其他项目" in sentence) == (1, True)
        assert all(name in sentence for name in ("社保系统", "劳动就业核心业务经办子系统", "工商信息系统"))
        assert sentence.endswith("请先核实或剔除。")


def test_a_registry_that_stays_silent_is_asked_ever_more_seldom(case, registries):
    registries.silent = {"employment"}
    case.in_review()
    with money.at(money.TODAY, money.time(10, 5)):
        assert ask_again() == 1
        money.run_jobs(case.subsidy)
    with money.at(money.TODAY, money.time(10, 8)):
        assert ask_again() == 0
    with money.at(money.TODAY, money.time(10, 10)):
        assert ask_again() == 1


# ── certificates (R-CMP-2)
# ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_certificate_the_registry_does_not_know_blocks_the_money(case, registries):
    certified(case)
    for enrolment in case.training_class.enrolments.select_related("person", "training_class__project").filter(
        sequence__lte=2
    ):
        registries.know(enrolment.person, "certificates", certificate(enrolment))
    case.in_review()
    (one,) = unsettled_people(file_of(case.subsidy))
    assert one.line.enrolment.sequence == 3
    with pytest.raises(NotNow, match="技能人员证书系统没有查到该人员"):
        case.take("approve", case.first)


def test_a_silent_certificate_registry_is_no_proof(case, registries):
    certified(case)
    registries.silent = {"certificates"}
    case.in_review()
    with pytest.raises(NotNow, match="证书待核"):
        case.take("approve", case.first)


def test_the_training_s_own_certificate_stands_in_no_registry(case, registries):
    registries.silent = {"certificates"}
    case.in_review()
    case.take("approve", case.first)
    assert "certificates" not in {registry for registry, _key in registries.asked}


# ── before payment
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_the_publicity_everybody_is_compared_at_the_gate_of_payment(case):
    case.published()
    with case.over():
        case.ended()
        assert set(Enrolment.objects.values_list("examination__gate", flat=True)) == {Gate.PAYMENT}
        case.take("conclude", case.second)


def test_money_is_not_approved_before_that_comparison(case):
    case.published()
    with case.over():
        case.take("publicity_over", None)
        with pytest.raises(NotNow, match="系统比对还在进行"):
            case.take("conclude", case.second)
        Job.objects.filter(task="subsidies.tasks.check_payment").update(state=JobState.FAILED)
        with pytest.raises(NotNow, match="拨付前复核比对还没有完成"):
            case.take("conclude", case.second)


def test_who_turns_out_to_have_been_in_work_is_taken_out_line_by_line_after_the_publicity(case, registries):
    case.published()
    registries.know(case.line(3).enrolment.person, "social_security", began(case.training_class.first_day))
    with case.over():
        case.ended()
        (change,) = changes(file_of(case.subsidy))
        assert (change.line.enrolment.sequence, change.then.gate, change.now.gate) == (3, Gate.SUBSIDY, Gate.PAYMENT)
        with pytest.raises(NotNow, match=r"^3号 "):
            case.take("conclude", case.second)
        refuse_line(case.line(3), reason="参训时已就业", by=case.second)
        case.take("conclude", case.second)
    assert [line.state for line in case.lines] == ["approved", "approved", "refused"]
    assert str(case.subsidy.amount) == "2400.00"


def test_a_registry_silent_before_payment_is_asked_again(case, registries):
    case.published()
    registries.silent = {"employment"}
    with case.over():
        case.ended()
        with pytest.raises(NotNow, match="请先核实或剔除"):
            case.take("conclude", case.second)
    registries.silent = set()
    with money.at(case.subsidy.publicity.ends + timedelta(days=1), money.time(8, 10)):
        assert ask_again() == 1
        (job,) = money.run_jobs(case.subsidy)
        assert job.task == "subsidies.tasks.check_payment"
        case.take("conclude", case.second)


def test_a_claim_check_that_comes_late_never_undoes_the_payment_check(case, registries):
    registries.silent = {"social_security"}
    case.in_review()
    with money.at(money.TODAY, money.time(10, 5)):
        ask_again()
    late = Job.objects.get(task="subsidies.tasks.check_claim", state=JobState.QUEUED)
    Job.objects.filter(pk=late.pk).update(state=JobState.FAILED)
    verdicts_written(Enrolment.objects.all(), Verdict.ELIGIBLE)
    registries.silent = set()
    case.agreed()
    with case.over():
        case.ended()
        Job.objects.filter(pk=late.pk).update(state=JobState.QUEUED)
        check_claim(late.pk)
        late.refresh_from_db()
        assert (late.state, "不再继续" in late.message) == (JobState.DONE, True)
        assert set(Enrolment.objects.values_list("examination__gate", flat=True)) == {Gate.PAYMENT}


def test_a_payment_check_taken_up_after_the_return_changes_nothing(case, registries):
    case.published()
    with case.over():
        case.take("publicity_over", None)
        job = Job.objects.get(task="subsidies.tasks.check_payment")
        case.take("return", case.second, "发票有误")
        registries.asked = []
        check_payment(job.pk)
        assert registries.asked == []
        assert set(Enrolment.objects.values_list("examination__gate", flat=True)) == {Gate.SUBSIDY}


def test_a_claim_is_checked_over_http_as_in_life(case, over_http, monkeypatch):
    monkeypatch.setattr("eligibility.domain.crosscheck.gathered", gathered)
    enrolled = [
        enrolment.person for enrolment in case.training_class.enrolments.select_related("person").order_by("sequence")
    ]
    over_http.load([people.job_seeker(person) for person in enrolled[:2]])
    case.in_review()
    assert [one.line.enrolment.sequence for one in unsettled_people(file_of(case.subsidy))] == [3]
    assert RegistryAnswer.objects.filter(facts__isnull=True).count() == 0
