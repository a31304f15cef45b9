"""The one-time change of verdicts from before judgements were for the days of the class (R-ELG-3, R-ELG-4): a report
first, then the change.
"""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import Event
from casework.models import Job
from eligibility.domain.examine import results_of
from eligibility.enums import Verdict
from eligibility.models import Examination, RegistryAnswer
from subsidies.enums import LineState
from tests.factories import subsidies as money
from training.models import Enrolment

pytestmark = pytest.mark.django_db
OTHER = "91150100MA0N0J0A1F"
LATER = money.LAST_DAY + timedelta(days=10)
REGISTRIES = ("employment", "business", "social_security", "labour_contract")


def judged_before(enrolment, verdict, code, outcome, *, registries=REGISTRIES, insured=None):
    """A judgement as it was given before: on the day of asking, in its own words, resting on these answers."""
    job = Job.objects.create(
        task="training.tasks.check_roster", title="比对", kind="opening", object_id=0, state="done"
    )
    for registry in registries:
        known = {
            "employment": [{"type": "job_seeking", "registered_on": "2020-06-01"}],
            "social_security": [{"type": "employee_insurance", "uscc": OTHER, "from": insured}] if insured else [],
        }
        RegistryAnswer.objects.create(
            job=job,
            registry=registry,
            subject_hash=enrolment.person.number_hash,
            facts=known.get(registry, []),
            asked_at="2026-03-01T00:00:00Z",
        )
    words = {
        "label_zh": "参保",
        "label_en": "Insured",
        "clause": "N二(二)1(1)",
        "sentence_zh": "当时已参保。",
        "sentence_en": "Insured.",
        "advice_zh": "",
        "advice_en": "",
        "evidence": [],
        "assisted": False,
        "needs": None,
        "overruled": False,
    }
    results = [
        {"code": code, "registry": "social_security", "outcome": outcome, **words},
        {"code": "not_in_unit_employment", "registry": "employment", "outcome": "pass", **words},
    ]
    examination = Examination.objects.create(
        person=enrolment.person,
        subject_kind="enrolment",
        subject_id=enrolment.pk,
        gate="subsidy",
        category="laid_off_unemployed",
        table="nmg-2020-95",
        as_of=LATER,
        verdict=verdict,
        job=job,
        examined_at="2026-03-01T00:00:00Z",
        results={
            "verdict": verdict,
            "category": "laid_off_unemployed",
            "as_of": LATER.isoformat(),
            "table": "nmg-2020-95",
            "subgroups": [],
            "results": results,
        },
    )
    Enrolment.objects.filter(pk=enrolment.pk).update(examination=examination, verdict=verdict)
    return examination


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class(3).in_review()


def people(case):
    return [line.enrolment for line in case.lines]


def ran(*args) -> str:
    out = io.StringIO()
    call_command("rejudge_all", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def verdicts(case):
    return [line.enrolment.verdict for line in case.lines]


def test_the_report_says_who_changes_and_why_and_changes_nothing(case):
    """Hired and insured ten days after the class: ineligible then, eligible by the days of the class."""
    first, second, _third = people(case)
    judged_before(first, Verdict.INELIGIBLE, "not_insured_as_employee", "fail", insured=LATER.isoformat())
    judged_before(second, Verdict.INELIGIBLE, "not_insured_as_employee", "fail", insured="2026-01-01")
    count = Examination.objects.count()
    (line,) = ran().splitlines()
    assert line.split("\t")[:7] == [
        case.training_class.number,
        "1",
        first.person.name,
        first.person.masked_number,
        "补贴",
        "不符合",
        "符合",
    ]
    assert "社会保险" in line or "参保" in line
    assert (Examination.objects.count(), verdicts(case)[:2]) == (count, [Verdict.INELIGIBLE] * 2)


def test_applied_the_verdict_changes_and_what_was_said_then_stays_readable(case):
    first = people(case)[0]
    old = judged_before(first, Verdict.INELIGIBLE, "not_insured_as_employee", "fail", insured=LATER.isoformat())
    ran("--apply")
    first.refresh_from_db()
    now = first.examination
    assert (first.verdict, now.pk != old.pk, now.gate, now.as_of, now.job) == (
        Verdict.ELIGIBLE,
        True,
        "subsidy",
        LATER,
        old.job,
    )
    assert {result.sentence_zh for result in results_of(old)} == {"当时已参保。"}
    (insured,) = [result for result in results_of(now) if result.code == "not_insured_as_employee"]
    assert insured.after[0]["on"] == LATER.isoformat()
    alive = [result for result in results_of(now) if result.code == "alive"]
    assert [result.outcome for result in alive] == ["not_asked"], "nobody asked then, so nothing turns on it"
    event = Event.objects.get(act="verdicts.judged_anew")
    assert event.data["changed"] == {str(first.pk): "ineligible → eligible"}


def test_broken_off_and_run_again_it_changes_nobody_twice(case):
    first = people(case)[0]
    judged_before(first, Verdict.INELIGIBLE, "not_insured_as_employee", "fail", insured=LATER.isoformat())
    ran("--apply")
    count = Examination.objects.count()
    assert ran("--apply").startswith("已重新判定 0 人")
    assert Examination.objects.count() == count


def test_who_has_been_paid_is_reported_and_not_changed(case):
    case.agreed()
    with case.over():
        case.ended()
        case.take("conclude", case.second)
    batch = money.frozen_batch(case)
    first = case.lines[0].enrolment
    assert (case.lines[0].state, batch.state) == (LineState.PAYING, "frozen")
    judged_before(first, Verdict.ELIGIBLE, "not_insured_as_employee", "pass", insured="2026-01-01")
    (line,) = ran("--apply").splitlines()[:1]
    assert line.split("\t")[5:8] == ["符合", "不符合", "已拨付，不更改"]
    first.refresh_from_db()
    assert first.verdict == Verdict.ELIGIBLE


def test_where_the_answers_then_are_not_on_record_nobody_passes_for_want_of_them(case):
    first = people(case)[0]
    judged_before(
        first,
        Verdict.INELIGIBLE,
        "not_insured_as_employee",
        "fail",
        registries=["employment", "business", "labour_contract"],
    )
    (line,) = [row for row in ran("--apply").splitlines() if row.startswith(case.training_class.number)]
    assert line.split("\t")[6:9] == ["—", "", "资料不足：当时的答复没有留存"]
    first.refresh_from_db()
    assert first.verdict == Verdict.INELIGIBLE


def test_the_report_can_be_written_to_a_file(case, tmp_path):
    judged_before(people(case)[0], Verdict.INELIGIBLE, "not_insured_as_employee", "fail", insured=LATER.isoformat())
    ran("--csv", str(tmp_path / "report.csv"))
    text = (tmp_path / "report.csv").read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("班次,序号,姓名")
    assert "不符合,符合" in text
