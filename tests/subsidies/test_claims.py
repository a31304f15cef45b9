"""A claim drawn up, submitted and frozen, people taken out and put back (R-SUB-1, R-SUB-3)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.domain.memberships import end_membership, open_membership
from accounts.enums import Act, OrganisationKind
from accounts.models import Event
from casework.domain.flow import file_of
from casework.domain.moves import available, take
from casework.enums import State
from casework.models import Notice, Parameter, WorkItem
from kit.refusals import NotAllowed, NotNow, Overtaken
from subsidies.domain.claims import draw_up, refuse_line, restore_line
from subsidies.enums import LineState
from subsidies.models import Standard, Subsidy, SubsidyLine
from tests import factories
from tests.factories import subsidies as money
from tests.factories import training
from training.enums import Stage
from training.models import Enrolment, TrainingClass, UnitAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class()


# ── drawing up
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_draws_up_the_claim_of_its_completed_class(case):
    subsidy = draw_up(case.training_class, by=case.clerk)
    assert (subsidy.number, subsidy.state, subsidy.amount) == (
        f"{case.training_class.number}-B",
        State.DRAFT,
        Decimal("3600.00"),
    )
    assert subsidy.payee == case.clerk.organisation
    assert Event.objects.filter(act="subsidy.drawn_up", subject_id=subsidy.pk).count() == 1
    assert WorkItem.objects.get(kind="subsidy", object_id=subsidy.pk).amount == Decimal("3600.00")


def test_drawing_up_twice_gives_the_same_claim(case):
    assert draw_up(case.training_class, by=case.clerk) == draw_up(case.training_class, by=case.clerk)
    assert Subsidy.objects.count() == 1
    assert case.subsidy.lines.count() == 3


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage != Stage.COMPLETED])
def test_only_a_completed_class_has_a_claim(case, stage):
    TrainingClass.objects.filter(pk=case.training_class.pk).update(stage=stage)
    with pytest.raises(NotNow) as refused:
        draw_up(case.training_class, by=case.clerk)
    assert refused.value.sentences == [f"班次现在是“{Stage(stage).label}”，结业审批同意后才能申请补贴。"]


def test_the_institution_of_an_employers_class_does_not_claim_in_its_place():
    money.standard()
    works = factories.unit(kind=OrganisationKind.ENTERPRISE)
    school = training.on_file()
    case = money.completed_class(school=works, employer=works, institution=school.organisation)
    with pytest.raises(NotAllowed, match="只有本班的申请单位可以申请补贴"):
        draw_up(case.training_class, by=factories.operator(school.organisation))
    assert draw_up(case.training_class, by=case.clerk).payee == works


def test_an_officer_draws_up_nothing(case):
    with pytest.raises(NotAllowed):
        draw_up(case.training_class, by=case.first)
    assert not Subsidy.objects.exists()


# ── submitting freezes
# ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_standard_changed_before_submission_is_seen_and_one_changed_later_is_not(case):
    draw_up(case.training_class, by=case.clerk)
    with factories.world_as_it_was():
        Standard.objects.update(amount=Decimal("1300.00"))
    case.take("submit", case.clerk)
    assert (case.subsidy.amount, case.line(1).amount) == (Decimal("3900.00"), Decimal("1300.00"))
    with factories.world_as_it_was():
        Standard.objects.update(amount=Decimal("99.00"))
    money.run_jobs(case.subsidy)
    case.agreed()
    assert (case.subsidy.amount, {line.amount for line in case.lines}) == (Decimal("3900.00"), {Decimal("1300.00")})
    assert case.line(1).basis["standard_amount"] == "1300.00"


def test_a_limit_changed_after_submission_changes_no_line(case):
    case.submitted()
    with factories.world_as_it_was():
        Parameter.objects.filter(code="trainings_a_year").update(value=0)
    money.run_jobs(case.subsidy)
    assert {line.state for line in case.lines} == {LineState.CLAIMED}


def test_the_database_freezes_the_lines_of_a_submitted_claim(case):
    case.submitted()
    with pytest.raises(IntegrityError, match="frozen since its claim was submitted"), transaction.atomic():
        SubsidyLine.objects.filter(pk=case.line(1).pk).update(amount=Decimal("9999.00"))
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        SubsidyLine.objects.filter(pk=case.line(1).pk).update(basis={"formula": "other"})
    with pytest.raises(IntegrityError, match="belongs to its trainee"), transaction.atomic():
        SubsidyLine.objects.filter(pk=case.line(1).pk).update(enrolment=case.line(2).enrolment, item="living")


def test_a_claim_without_anybody_to_pay_is_not_submitted(case):
    Enrolment.objects.update(result="fail", certificate_number="", certificate_kind="")
    draw_up(case.training_class, by=case.clerk)
    with pytest.raises(NotNow, match="没有可以申请补贴的学员"):
        case.take("submit", case.clerk)


def test_what_was_worth_something_in_the_draft_is_judged_again_at_submission(case):
    draw_up(case.training_class, by=case.clerk)
    with factories.world_as_it_was():
        Standard.objects.all().update(until="2025-01-01")
    with pytest.raises(NotNow, match="没有可以申请补贴的学员"):
        case.take("submit", case.clerk)
    assert case.subsidy.state == State.DRAFT


def test_a_payee_without_an_account_is_told_to_enter_it(case):
    UnitAccount.objects.update(ended_at=timezone.now())
    draw_up(case.training_class, by=case.clerk)
    with pytest.raises(NotNow) as refused:
        case.take("submit", case.clerk)
    assert refused.value.sentences == [
        f"收款单位{case.clerk.organisation.name}没有收款账户，请先在单位信息中申请账户。"
    ]


def test_another_unit_and_an_officer_cannot_submit(case):
    draw_up(case.training_class, by=case.clerk)
    for other in (factories.operator(factories.unit()), case.first, case.finance):
        with pytest.raises(NotAllowed, match="只有申请单位的经办人可以办理"):
            case.take("submit", other)


def test_submission_moves_the_class_and_queues_one_check_of_that_version(case):
    case.submitted()
    job = money.Job.objects.get(kind="subsidy", object_id=case.subsidy.pk)
    assert (case.stage, job.task, job.queue) == (Stage.SUBSIDY, "subsidies.tasks.check_claim", "interactive")
    assert job.arguments == {"version": case.subsidy.version}


def test_a_withdrawn_claim_is_a_draft_again_and_the_class_completed(case):
    case.in_review()
    case.take("withdraw", case.clerk)
    assert (case.subsidy.state, case.stage) == (State.DRAFT, Stage.COMPLETED)


def test_once_somebody_decided_the_applicant_cannot_withdraw(case):
    case.in_review()
    case.take("approve", case.first)
    with pytest.raises(NotNow, match="审核人员已作出决定"):
        case.take("withdraw", case.clerk)


# ── taking people out
# ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trainee_struck_in_review_leaves_the_sum_and_the_applicant_is_told_why(case):
    case.in_review()
    refuse_line(case.line(2), reason="单位为其参保，已就业", by=case.first)
    line = case.line(2)
    assert (line.state, line.reason, line.refused_by, line.amount) == (
        LineState.REFUSED,
        "单位为其参保，已就业",
        case.first,
        Decimal("1200.00"),
    )
    assert case.subsidy.amount == Decimal("2400.00")
    cover = WorkItem.objects.get(kind="subsidy", object_id=case.subsidy.pk)
    assert (cover.people, cover.amount) == (2, Decimal("2400.00"))
    event = Event.objects.get(act="subsidy.line_refused")
    assert (event.reason, event.data["sequence"], event.data["amount"]) == ("单位为其参保，已就业", 2, "1200.00")
    assert line.enrolment.person.number not in str(event.data)
    assert Notice.objects.filter(
        organisation=case.clerk.organisation, text__contains="不予补贴，理由：单位为其参保"
    ).exists()


def test_striking_without_a_reason_is_refused(case):
    case.in_review()
    with pytest.raises(NotNow, match="剔除人员须说明理由"):
        refuse_line(case.line(2), reason="  ", by=case.first)


def test_only_the_desk_with_the_grant_strikes(case):
    case.in_review()
    elsewhere = factories.officer("150103")
    league = factories.officer("150100")
    without = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department="emergency"))
    for other in (elsewhere, league, without, case.clerk, case.finance):
        with pytest.raises(NotAllowed):
            refuse_line(case.line(2), reason="理由", by=other)
    assert case.line(2).state == LineState.CLAIMED


@pytest.mark.parametrize("walk", ["submitted", "published", "approved"])
def test_nobody_is_struck_outside_a_review(case, walk):
    getattr(case, walk)()
    with pytest.raises((NotNow, NotAllowed)):
        refuse_line(case.line(2), reason="理由", by=case.first)


def test_striking_twice_is_the_same_act_and_another_officer_comes_too_late(case):
    case.in_review()
    refuse_line(case.line(2), reason="已就业", by=case.first)
    refuse_line(case.line(2), reason="已就业", by=case.first)
    with pytest.raises(Overtaken, match=str(case.first.user.full_name)):
        refuse_line(case.line(2), reason="别的理由", by=case.second)
    assert Event.objects.filter(act="subsidy.line_refused").count() == 1


def test_a_mistaken_strike_is_taken_back_before_anybody_agreed(case):
    case.in_review()
    refuse_line(case.line(2), reason="看错", by=case.first)
    restore_line(case.line(2), reason="核对后恢复", by=case.second)
    assert (case.line(2).state, case.line(2).reason, case.line(2).refused_by) == (LineState.CLAIMED, "", None)
    assert case.subsidy.amount == Decimal("3600.00")


def test_after_the_first_review_agreed_nobody_is_put_back(case):
    case.in_review()
    refuse_line(case.line(2), reason="已就业", by=case.first)
    case.take("approve", case.first)
    with pytest.raises(NotNow, match="已有审核人员按现在的名单同意"):
        restore_line(case.line(2), reason="恢复", by=case.second)


def test_whom_the_rules_refuse_no_officer_puts_back(case):
    Enrolment.objects.filter(sequence=2).update(result="fail", certificate_number="")
    case.in_review()
    with pytest.raises(NotNow, match="此人没有被审核人员剔除"):
        restore_line(case.line(2), reason="恢复", by=case.first)


def test_a_struck_trainee_stays_struck_when_the_claim_comes_back(case):
    case.in_review()
    refuse_line(case.line(2), reason="已就业", by=case.first)
    before = {line.enrolment.sequence: line.pk for line in case.lines}
    case.take("return", case.first, "请补发票")
    case.take("submit", case.clerk)
    assert {line.enrolment.sequence: line.pk for line in case.lines} == before
    assert (case.line(2).state, case.line(2).reason) == (LineState.REFUSED, "已就业")
    assert case.subsidy.amount == Decimal("2400.00")


def test_when_everybody_is_struck_there_is_nothing_to_agree_to(case):
    case.in_review()
    for sequence in (1, 2, 3):
        refuse_line(case.line(sequence), reason="不符合", by=case.first)
    with pytest.raises(NotNow, match="所有人员都已剔除"):
        case.take("approve", case.first)


# ── two people review (R-AUT-5)
# ─────────────────────────────────────────────────────────────────────────────────────────


def test_first_and_second_review_are_two_people(case):
    case.in_review()
    assert case.subsidy.need == Act.FIRST_REVIEW_SUBSIDY
    case.take("approve", case.first)
    assert (case.subsidy.state, case.subsidy.need, case.subsidy.position) == (
        State.IN_REVIEW,
        Act.SECOND_REVIEW_SUBSIDY,
        2,
    )
    with pytest.raises(NotNow, match="同一人不能作两次审核"):
        case.take("approve", case.first)
    case.take("approve", case.second)
    assert case.subsidy.state == State.PUBLICITY


def test_the_same_person_in_another_seat_is_still_the_same_person(case):
    case.in_review()
    case.take("approve", case.first)
    end_membership(case.first, by=factories.administrator("150100"), reason="重新任职")
    membership = open_membership(case.first.user, organisation=case.first.organisation, role=case.first.role, by=None)
    with pytest.raises(NotNow, match="同一人不能作两次审核"):
        case.take("approve", membership)


def test_another_office_a_unit_and_finance_do_not_review(case):
    case.in_review()
    for other, sentence in (
        (factories.officer("150103"), "此件不在您所在部门办理"),
        (factories.officer("150100"), "此件不在您所在部门办理"),
        (case.clerk, "申请单位不能审批"),
        (case.finance, "此件不在您所在部门办理"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            case.take("approve", other)


def test_an_officer_with_the_first_review_only_does_not_give_the_second():
    money.standard()
    case = money.completed_class(code="150104")
    office = case.first.organisation
    for grant in office.group.remitgroupgrant_set.filter(permission__codename=Act.SECOND_REVIEW_SUBSIDY):
        grant.delete()
    case.in_review()
    case.take("approve", case.first)
    with pytest.raises(NotAllowed, match="您没有这类人员、这一环节的审批权限"):
        case.take("approve", case.second)


def test_who_agreed_first_does_not_approve_the_money(case):
    case.published()
    with case.over():
        case.ended()
        with pytest.raises(NotNow, match="您是本件的初审人员"):
            case.take("conclude", case.first)
        case.take("conclude", case.second)
    assert case.subsidy.state == State.APPROVED


def test_a_refused_claim_says_why_on_every_line_and_closes_the_class(case):
    case.in_review()
    case.take("refuse", case.first, "培训造假")
    assert {(line.state, line.reason) for line in case.lines} == {(LineState.REFUSED, "培训造假")}
    assert (case.subsidy.amount, case.stage) == (Decimal("0.00"), Stage.CLOSED)
    assert Event.objects.get(act="subsidy.refuse").data["asked"] == "3600.00"


def test_a_refusal_without_a_reason_is_refused(case):
    case.in_review()
    for move in ("refuse", "return"):
        with pytest.raises(NotNow, match="须说明理由"):
            case.take(move, case.first, " ")


def test_two_requests_with_one_version_decide_once(case):
    case.in_review()
    version = case.subsidy.version
    first = take(case.subsidy, "approve", by=case.first, expected_version=version)
    assert take(case.subsidy, "approve", by=case.first, expected_version=version) == first
    with pytest.raises(Overtaken, match="已由"):
        take(case.subsidy, "approve", by=case.second, expected_version=version)


def test_the_buttons_of_a_reviewer_are_those_moves(case):
    case.in_review()
    assert [one.move.name for one in available(file_of(case.subsidy), case.first)] == ["approve", "return", "refuse"]
    assert [one.move.name for one in available(file_of(case.subsidy), case.clerk)] == ["withdraw"]
    assert available(file_of(case.subsidy), case.finance) == []
