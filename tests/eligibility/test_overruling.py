"""A registry's fail set aside by two officers with a reason and a file, and shown for ever (R-ELG-5)."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act, Role
from accounts.models import Event
from casework.context import Frame
from casework.domain.moves import take
from casework.enums import State
from casework.models import Attachment, Notice
from eligibility.domain.assistance import answer
from eligibility.domain.overrulings import propose, settle
from eligibility.enums import Verdict
from eligibility.models import Examination, Overruling
from kit.errors import FileRefused
from kit.refusals import NotAllowed, NotNow, NotValid
from tests import factories
from tests.eligibility.desk import USCC, asked, insured_class, paper, shareholders
from tests.factories import eligibility as people
from tests.refusals import said_at
from tests.training import walk as walks
from training.domain.decision.strikes import strike_out
from training.domain.verification.verify import recheck

pytestmark = pytest.mark.django_db
CHECK = "not_insured_as_employee"
REASON = "已于上月离职，原单位未及时减员"


@pytest.fixture
def walk(registries):
    return insured_class(registries)


@pytest.fixture
def colleague(walk):
    return factories.member(walk.officer.organisation, full_name="同事")


def proposal(walk, **changes):
    given = {"by": walk.officer, "check": CHECK, "reason": REASON, "file": paper(), "who": 1} | changes
    return propose(
        "enrolment", walk.enrolments[given["who"]].pk, given["check"], given["reason"], given["file"], by=given["by"]
    )


def result_of(enrolment, code=CHECK):
    return next(r for r in enrolment.examination.results["results"] if r["code"] == code)


def test_a_proposal_alone_changes_nothing_and_the_second_officer_makes_it_count(walk, colleague):
    proposed = proposal(walk)
    assert walk.enrolments[1].verdict == Verdict.INELIGIBLE
    with pytest.raises(NotNow):
        take(walk.opening, "approve", by=walk.officer)
    settle(proposed, agree=True, by=colleague)
    second = walk.enrolments[1]
    assert second.verdict == Verdict.ELIGIBLE
    result = result_of(second)
    assert (result["outcome"], result["overruled"]) == ("fail", True)
    assert (result["overruling"]["by"], result["overruling"]["agreed_by"]) == (str(walk.officer), str(colleague))
    assert (result["overruling"]["reason"], result["overruling"]["file"]) == (REASON, "依据.pdf")
    take(walk.opening, "approve", by=walk.officer)
    assert walk.opening.state == State.APPROVED


def test_the_judgement_before_stays_as_it_was_given(walk, colleague):
    before = walk.enrolments[1].examination_id
    settle(proposal(walk), agree=True, by=colleague)
    old = Examination.objects.get(pk=before)
    assert old.verdict == Verdict.INELIGIBLE
    assert not any(r.get("overruled") for r in old.results["results"])


def test_the_proposer_cannot_agree_not_even_from_another_post(walk):
    proposed = proposal(walk)
    other_membership = factories.officer("150100").organisation.memberships.create(
        user=walk.officer.user, role=Role.OFFICER
    )
    for membership in (walk.officer, other_membership):
        with pytest.raises(NotAllowed, match="不能自己同意"):
            settle(proposed, agree=True, by=membership)
    assert walk.enrolments[1].verdict == Verdict.INELIGIBLE


def test_the_league_may_be_the_second_officer_and_strangers_may_not(walk):
    proposed = proposal(walk)
    auditor = factories.member(walk.officer.organisation, Role.AUDITOR)
    strangers = [
        walk.applicant,
        factories.officer("150103"),
        factories.administrator("150200"),
        auditor,
        factories.administrator("150100"),
    ]
    for membership in strangers:
        with pytest.raises(NotAllowed):
            settle(proposed, agree=True, by=membership)
    league = factories.officer("150100", acts=(Act.FILE_OPENING,))
    settle(proposed, agree=True, by=league)
    assert walk.enrolments[1].verdict == Verdict.ELIGIBLE


def test_only_the_desk_with_the_authority_proposes_and_the_league_does_not(walk):
    for membership in (
        walk.applicant,
        factories.officer("150103"),
        factories.officer("150100"),
        factories.member(walk.officer.organisation, Role.AUDITOR),
    ):
        with pytest.raises(NotAllowed):
            proposal(walk, by=membership)
    assert not Overruling.objects.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "  "}, NotValid),
        ({"file": None}, NotValid),
        ({"file": SimpleUploadedFile("a.pdf", b"no document")}, FileRefused),
        ({"check": "job_seeking_registered"}, NotNow),
        ({"check": "no_such_check"}, NotNow),
        ({"who": 0}, NotNow),
    ],
)
def test_a_proposal_without_reason_file_or_fail_is_refused_and_leaves_nothing(walk, changes, error):
    files = Attachment.objects.count()
    with pytest.raises(error):
        proposal(walk, **changes)
    assert (Overruling.objects.count(), Attachment.objects.count()) == (0, files)


def test_what_a_department_refuted_is_no_registrys_fail(registries):
    walk = shareholders(registries, ["乌云"])
    question = asked()[0]
    answer("enrolment", question.subject_id, question.check_code, "refuted", by=walk.officer, letter="复函1号")
    assert walk.enrolments[0].verdict == Verdict.INELIGIBLE
    with pytest.raises(NotNow, match="审核部门填写的协查结果"):
        proposal(walk, check="not_in_business", who=0)


def test_a_second_proposal_waits_for_the_first_to_be_answered(walk, colleague):
    first = proposal(walk)
    with pytest.raises(NotNow, match="已有人提出"):
        proposal(walk, by=colleague)
    settle(first, agree=False, note="离职证明没有盖章", by=colleague)
    assert walk.enrolments[1].verdict == Verdict.INELIGIBLE
    again = proposal(walk, reason="补交盖章的离职证明")
    settle(again, agree=True, by=colleague)
    assert walk.enrolments[1].verdict == Verdict.ELIGIBLE
    with pytest.raises(NotNow, match="已经推翻"):
        proposal(walk)


def test_declining_says_why_and_is_final(walk, colleague):
    proposed = proposal(walk)
    with pytest.raises(NotValid):
        settle(proposed, agree=False, note=" ", by=colleague)
    settle(proposed, agree=False, note="证据不足", by=colleague)
    settle(proposed, agree=False, note="证据不足", by=colleague)
    with pytest.raises(NotNow, match="已作出决定"):
        settle(proposed, agree=True, by=colleague)
    assert Event.objects.filter(act="overruling.declined").count() == 1


def test_every_step_is_on_the_record_and_the_desk_is_told(walk, colleague):
    settle(proposal(walk), agree=True, note="已核对离职证明", by=colleague)
    proposed, agreed = Event.objects.get(act="overruling.proposed"), Event.objects.get(act="overruling.agreed")
    assert (proposed.reason, proposed.user, proposed.data["check"]) == (REASON, walk.officer.user, CHECK)
    assert (agreed.reason, agreed.user, agreed.chain) == ("已核对离职证明", colleague.user, walk.opening.division_id)
    assert walk.people[1].number not in str(proposed.data) + str(agreed.data)
    told = Notice.objects.filter(organisation=walk.officer.organisation, text__contains="巴特尔")
    assert told.count() == 2


def test_it_is_carried_to_the_next_gate_while_the_facts_are_the_same(walk, colleague, registries):
    settle(proposal(walk), agree=True, by=colleague)
    take(walk.opening, "approve", by=walk.officer)
    job = walks.newest_job(walk.opening)
    later = type(job).objects.create(
        task="x", title="结业比对", kind="opening", object_id=walk.opening.pk, state="running"
    )
    recheck(walk.reload(), "completion", job=later)
    person = walk.enrolments[1]
    assert (person.examination.gate, person.verdict) == ("completion", Verdict.ELIGIBLE)
    assert result_of(person)["overruling"]["reason"] == REASON


def test_a_new_fact_brings_the_fail_back(walk, colleague, registries):
    settle(proposal(walk), agree=True, by=colleague)
    registries.add_records(
        "social_security", walk.people[1].number, [{"type": "employee_insurance", "uscc": USCC, "from": "2020-09-01"}]
    )
    job = walks.newest_job(walk.opening)
    later = type(job).objects.create(
        task="x", title="再次比对", kind="opening", object_id=walk.opening.pk, state="running"
    )
    recheck(walk.reload(), "opening", job=later)
    person = walk.enrolments[1]
    assert person.verdict == Verdict.INELIGIBLE
    assert "overruled" not in result_of(person)
    settle(proposal(walk, reason="两家单位均已离职"), agree=True, by=colleague)
    assert walk.enrolments[1].verdict == Verdict.ELIGIBLE


def test_agreeing_comes_too_late_when_the_facts_have_changed(walk, colleague, registries):
    proposed = proposal(walk)
    registries.load([people.insured(walk.people[1], USCC, since="2020-09-01")])
    job = walks.newest_job(walk.opening)
    later = type(job).objects.create(
        task="x", title="再次比对", kind="opening", object_id=walk.opening.pk, state="running"
    )
    recheck(walk.reload(), "opening", job=later)
    with pytest.raises(NotNow, match="已有变化"):
        settle(proposed, agree=True, by=colleague)


def test_one_overruled_fail_does_not_cover_another(registries):
    walk = walks.laid_off_class(["乌云"])
    known = people.insured(walk.people[0], USCC)
    known["records"]["labour_contract"] = [
        {"type": "contract", "uscc": USCC, "signed_on": "2020-01-01", "from": "2020-01-01"}
    ]
    registries.load([known])
    walk.to_officer()
    colleague = factories.member(walk.officer.organisation)
    settle(proposal(walk, who=0), agree=True, by=colleague)
    assert walk.enrolments[0].verdict == Verdict.INELIGIBLE
    settle(proposal(walk, who=0, check="no_labour_contract"), agree=True, by=colleague)
    assert walk.enrolments[0].verdict == Verdict.ELIGIBLE


def test_nobody_struck_out_is_overruled(walk):
    strike_out(walk.enrolments[1], "已参保", by=walk.officer)
    with pytest.raises(NotAllowed, match="剔除"):
        proposal(walk)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": " "},
        {"state": "agreed"},
        {"state": "agreed", "same": True},
        {"state": "declined", "note": ""},
    ],
)
def test_the_database_refuses_what_no_door_would_write(walk, colleague, changes):
    proposed = proposal(walk)
    fields = dict(changes)
    if fields.get("state"):
        who = walk.officer if fields.pop("same", False) else colleague
        fields |= {"answered_by": who, "answered_at": timezone.now()}
        fields["answerer"] = None if changes == {"state": "agreed"} else who.user
    with pytest.raises(IntegrityError), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).update(**fields)


def test_the_pages_lead_from_the_fail_to_the_second_officer_and_show_it_everywhere(walk, colleague, browser):
    first, second = browser(walk.officer), browser(colleague)
    case, person = reverse("case", args=["opening", walk.opening.pk]), walk.enrolments[1]
    new = reverse("overruling_new", args=["enrolment", person.pk, CHECK])
    assert new in first.get(case).content.decode()
    assert "参保" in first.get(new).content.decode()
    assert first.post(new, {"reason": ""}).status_code == 400
    assert first.post(new, {"reason": REASON, "file": paper()}).status_code == 302
    proposed = Overruling.objects.get()
    act = reverse("overruling_answer", args=[proposed.pk])
    assert act not in first.get(case).content.decode()
    assert act in second.get(case).content.decode()
    assert act in second.get(reverse("overrulings")).content.decode()
    assert first.post(act, {"answer": "agree"}).status_code == 403
    assert second.post(act, {"answer": "perhaps"}).status_code == 400
    assert second.post(act, {"answer": "agree", "next": case}).url == case
    roster = reverse("class_roster", args=[walk.training_class.pk])
    for page in (case, roster, reverse("person", args=[person.person_id])):
        text = second.get(page).content.decode()
        assert all(word in text for word in ("已推翻", str(walk.officer), str(colleague), REASON, "依据.pdf")), page
    applicant = browser(walk.applicant)
    api = reverse("api_examination", args=[person.pk])
    assert applicant.get(api).json()["results"] != second.get(api).json()["results"]
    assert "依据.pdf" in str(second.get(api).json())
    for page in (
        case,
        roster,
        reverse("subject", args=["enrolment", person.pk]),
        api,
        reverse("api_evidence", args=["enrolment", person.pk]),
    ):
        text = applicant.get(page).content.decode()
        assert ("已推翻" in text, REASON in text, "依据.pdf" in text) == (True, True, False), page


def test_outside_the_scope_nothing_is_found_and_units_never_act(walk, browser):
    proposed = proposal(walk)
    new = reverse("overruling_new", args=["enrolment", walk.enrolments[1].pk, CHECK])
    act = reverse("overruling_answer", args=[proposed.pk])
    for membership, status in ((factories.officer("150103"), 404), (walk.applicant, 403)):
        assert browser(membership).post(new, {"reason": REASON, "file": paper()}).status_code == status
        assert browser(membership).post(act, {"answer": "agree"}).status_code == status
    assert browser(walk.applicant).get(reverse("overrulings")).status_code == 403
    assert browser(walk.officer).get(reverse("overruling_new", args=["nothing", 1, CHECK])).status_code == 404


# ── for ever, for the offices alone
# ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change", [{"reason": "改写理由"}, {"note": "补写"}, {"state": "declined"}, {"answered_at": None}]
)
def test_an_answered_overruling_is_never_changed_nor_deleted_not_even_in_the_database(walk, colleague, change):
    proposed = settle(proposal(walk), agree=True, by=colleague)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).update(**change)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).delete()


@pytest.mark.parametrize("change", [{"reason": "改写理由"}, {"facts": "0" * 64}, {"check_code": "id_valid"}])
def test_a_proposal_is_answered_as_it_was_made_or_not_at_all(walk, change):
    proposed = proposal(walk)
    with pytest.raises(IntegrityError, match="stays as it was proposed"), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).update(**change)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).delete()


def test_the_file_is_the_offices_own(walk, browser, colleague):
    proposed = proposal(walk, file=paper("内部核实.pdf"))
    file, case = reverse("file", args=[proposed.attachment_id]), reverse("case", args=["opening", walk.opening.pk])
    files = reverse("class_files", args=[walk.training_class.pk])
    api = reverse("api_opening-files", args=[walk.opening.pk])
    applicant, officer = browser(walk.applicant), browser(colleague)
    assert (
        applicant.get(file).status_code
        == applicant.get(reverse("api_file", args=[proposed.attachment_id])).status_code
        == 404
    )
    for page in (case, files, api):
        assert "内部核实.pdf" not in applicant.get(page).content.decode(), page
        assert "内部核实.pdf" in officer.get(page).content.decode(), page
    assert officer.get(file).status_code == 200
    assert "推翻依据" in officer.get(case).content.decode()


def test_the_menu_counts_what_waits_for_the_second_officer_of_the_desk(walk, colleague, browser):
    def counted(membership):
        return (
            f'href="{reverse("overrulings")}"' in (text := browser(membership).get(reverse("home")).content.decode()),
            '<b class="count">1</b>' in text,
        )

    proposed = proposal(walk)
    assert counted(colleague) == (True, True)
    assert counted(factories.officer("150103")) == (True, False)
    assert Frame(walk.officer).counters["overrulings"] == 0, "nobody agrees to his own"
    assert Frame(colleague).counters["overrulings"] == 1
    settle(proposed, agree=True, by=colleague)
    assert Frame(colleague).counters["overrulings"] == 0


def test_auditors_and_administrators_see_every_overruling_of_their_place_and_nothing_beyond(walk, colleague, browser):
    settle(proposal(walk), agree=False, note="证据不足", by=colleague)
    auditor = factories.member(factories.office("150100"), Role.AUDITOR)
    for membership in (auditor, factories.administrator("150100"), factories.administrator("150000")):
        page = browser(membership).get(reverse("overrulings")).content.decode()
        assert "已决定的" in page
        assert REASON in page
    for membership in (factories.member(factories.office("150200"), Role.AUDITOR), factories.officer("150103")):
        assert REASON not in browser(membership).get(reverse("overrulings")).content.decode()


def test_an_overruling_stays_in_the_list_when_the_person_is_struck_out_afterwards(walk, colleague, browser):
    proposed = proposal(walk)
    strike_out(walk.enrolments[1], "退出培训", by=walk.officer)
    page = browser(colleague).get(reverse("overrulings")).content.decode()
    assert REASON in page
    assert reverse("overruling_answer", args=[proposed.pk]) not in page


def test_programs_read_the_list_and_may_ask_for_those_that_wait(walk, colleague, browser):
    proposed = proposal(walk)
    client = browser(colleague)
    (row,) = client.get(reverse("api_overruled"), {"state": "proposed"}).json()["results"]
    assert (row["id"], row["reason"], row["state"]) == (proposed.pk, REASON, "proposed")
    assert walk.people[1].number not in str(row)
    assert client.get(reverse("api_overruled"), {"state": "agreed"}).json()["results"] == []
    assert client.get(reverse("api_overruled"), {"state": "perhaps"}).status_code == 400


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "长" * 1001, "file": paper()}, "reason"),
        ({"reason": "\u3164", "file": paper()}, "reason"),
        ({"reason": REASON}, "file"),
    ],
)
def test_a_proposal_that_cannot_be_taken_is_answered_alike_on_the_page_and_to_programs(walk, browser, said, field):
    client, enrolment = browser(walk.officer), walk.enrolments[1].pk
    page = client.post(reverse("overruling_new", args=["enrolment", enrolment, CHECK]), said)
    if "file" in said:
        said["file"].seek(0)
    answer = client.post(reverse("api_overrulings", args=[enrolment]), said | {"check": CHECK})
    assert (page.status_code, answer.status_code) == (400, 400)
    assert said_at(page)[field] == " ".join(answer.json()["errors"][field])
    assert said["reason"].strip() in unescape(page.content.decode()), "what was typed stays"
    assert not Overruling.objects.exists()
