"""R-CMP-2: a certificate number mistyped while the registry was down is put right by a small application, once the
registry confirms it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.domain.changes import opened
from accounts.domain.tokens import issue_token
from accounts.models import Event
from casework.domain.inbox import inbox
from casework.domain.moves import take
from casework.enums import Standing, State
from casework.models import Job
from eligibility.registries import breaker
from eligibility.tasks import ask_again
from kit.refusals import NotAllowed, NotNow, NotValid
from reports.domain.figures import FIGURES, Asked
from reports.domain.periods import Period
from tests import factories
from tests.training import walk as walks
from training.domain.decision.certificate_changes import amend, begin
from training.domain.decision.completions import Row, save_results
from training.domain.verification.verify import rejudge
from training.enums import CertificateKind
from training.models import CertificateChange, Completion, Enrolment

pytestmark = pytest.mark.django_db
KIND, WRONG, RIGHT = "skill_level", "S000015010212345", "S000015010212354"


def complete(walk) -> None:
    completion = Completion.objects.get(pk=walk.extra["completion"].pk)
    take(completion, "submit", by=walk.applicant)
    walks.run_newest(completion)
    take(Completion.objects.get(pk=completion.pk), "approve", by=walk.officer)


def in_registry(walk, registries, number: str = RIGHT, place: int = 0, **fields) -> None:
    project = walk.training_class.project
    registries.add_records(
        "certificates",
        walk.people[place].number,
        [
            {
                "type": "certificate",
                "number": number,
                "kind": "职业技能等级证书",
                "occupation": project.occupation.code,
                "level": project.level,
                "issued_on": timezone.localdate().isoformat(),
                "issuer": "示范评价机构",
            }
            | fields
        ],
    )


@pytest.fixture
def walk(registries):
    """The completion was approved while the certificate registry was down; the first trainee's number has two digits
    the wrong way round.
    """
    walk = walks.held(registries)
    today, (one, two, three) = timezone.localdate(), walk.enrolments
    save_results(
        walk.extra["completion"],
        {
            one.pk: Row(result="pass", certificate_kind=KIND, certificate_number=WRONG, certificate_on=today),
            two.pk: Row(
                result="pass", certificate_kind=KIND, certificate_number="S000015010299999", certificate_on=today
            ),
            three.pk: Row(result="fail"),
        },
        by=walk.applicant,
    )
    registries.behave("certificates", "down")
    complete(walk)
    registries.reset()
    in_registry(walk, registries)
    return walk


def ask(walk, place: int = 0, **said) -> CertificateChange:
    said = {
        "kind": KIND,
        "number": RIGHT,
        "on": timezone.localdate(),
        "reason": "录入时两位写反了",
        "by": walk.applicant,
    } | said
    return begin(walk.enrolments[place], **said)


def asked(walk, **said) -> CertificateChange:
    """Submitted, compared, and on the officer's desk."""
    change = ask(walk, **said)
    take(change, "submit", by=walk.applicant)
    walks.run_newest(change)
    return CertificateChange.objects.get(pk=change.pk)


def certified() -> int:
    """持证人次 of the banner in the month of the completion."""
    return FIGURES["certified"].asked(Asked(factories.division(), Period.today()), "month").count()


def test_a_mistyped_number_is_put_right_and_counts_in_the_completions_month(walk):
    assert (walk.enrolments[0].certificate_verified, certified()) == (False, 0)
    change = asked(walk)
    assert (change.state, change.need, change.desk) == (
        State.IN_REVIEW,
        "first_review_completion",
        walk.officer.organisation,
    )
    assert change.number.startswith("Z150102-")
    assert [item.title for item in inbox(walk.officer, Standing.TODO)] == ["证书更正：乌云"]
    take(change, "approve", by=walk.officer)
    first = walk.enrolments[0]
    assert (first.certificate_kind, first.certificate_number, first.certificate_verified) == (KIND, RIGHT, True)
    assert certified() == 1
    event = Event.objects.get(act="certificate.corrected")
    assert [opened(value) for value in event.data["changed"]["certificate_number"]] == [WRONG, RIGHT]
    assert RIGHT not in str(event.data)
    assert CertificateChange.objects.get().proof.task == "training.tasks.check_certificate"


def test_a_silent_registry_is_neither_a_yes_nor_a_no_and_is_asked_again(walk, registries):
    registries.behave("certificates", "down")
    change = asked(walk)
    for move in ("approve", "refuse"):
        with pytest.raises(NotNow, match="还没有答复"):
            take(change, move, by=walk.officer, reason="证书不符")
    assert walk.enrolments[0].certificate_number == WRONG
    registries.reset()
    breaker.ask_again("certificates")
    in_registry(walk, registries)
    Job.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert ask_again() == 1
    walks.run_newest(change)
    take(change, "approve", by=walk.officer)
    assert walk.enrolments[0].certificate_verified


@pytest.mark.parametrize(
    ("said", "word"),
    [({"number": "S000015010200000"}, "没有查到"), ({"on": timezone.localdate() - timedelta(days=1)}, "发证日期")],
)
def test_what_the_registry_contradicts_is_not_agreed_to(walk, said, word):
    change = asked(walk, **said)
    with pytest.raises(NotNow, match=word):
        take(change, "approve", by=walk.officer)
    assert (walk.enrolments[0].certificate_number, certified()) == (WRONG, 0)
    take(change, "refuse", by=walk.officer, reason="证书系统中没有这个编号")
    assert ask(walk).state == State.DRAFT


def test_returned_it_is_altered_asked_anew_and_agreed_to(walk):
    change = asked(walk, number="S000015010200000")
    take(change, "return", by=walk.officer, reason="请按原件核对")
    change = amend(change, KIND, RIGHT, timezone.localdate(), "按原件核对", by=walk.applicant)
    take(change, "submit", by=walk.applicant)
    walks.run_newest(change)
    take(change, "approve", by=walk.officer)
    assert walk.enrolments[0].certificate_number == RIGHT


def test_another_persons_certificate_does_not_confirm_it(walk, registries):
    in_registry(walk, registries, number="S000015010277777", place=2)
    change = asked(walk, number="S000015010277777")
    with pytest.raises(NotNow, match="没有查到"):
        take(change, "approve", by=walk.officer)


def test_refused_for_a_verified_one_a_failed_trainee_and_one_struck_out(walk):
    take(asked(walk), "approve", by=walk.officer)
    with pytest.raises(NotNow, match="已核验一致"):
        ask(walk, number="S1")
    with pytest.raises(NotNow, match="只有合格学员"):
        ask(walk, place=2)
    Enrolment.objects.filter(pk=walk.enrolments[1].pk).update(
        struck_out_at=timezone.now(), struck_out_by=walk.officer, strike_reason="剔除"
    )
    with pytest.raises(NotNow, match="已被剔除"):
        ask(walk, place=1)


def test_refused_before_the_completion_is_approved(registries):
    walk = walks.held(registries)
    save_results(
        walk.extra["completion"],
        {
            walk.enrolments[0].pk: Row(
                result="pass", certificate_kind=KIND, certificate_number=WRONG, certificate_on=timezone.localdate()
            )
        },
        by=walk.applicant,
    )
    with pytest.raises(NotNow, match="直接修改"):
        ask(walk)


def test_the_portals_own_certificates_are_not_corrected_here(registries):
    walk = walks.held(registries, certificate_kind=CertificateKind.COMPLETION)
    save_results(walk.extra["completion"], {e.pk: Row(result="pass") for e in walk.enrolments}, by=walk.applicant)
    complete(walk)
    with pytest.raises(NotNow, match="由系统编号"):
        ask(walk)


def test_a_number_another_trainee_has_is_refused_at_the_form_and_at_the_last_moment(walk, registries):
    taken = walk.enrolments[1].certificate_number
    with pytest.raises(NotValid) as wrong:
        ask(walk, number=taken)
    assert wrong.value.by_field == {"certificate_number": ["这个证书编号已用于其他学员，请核对。"]}
    change = asked(walk)
    Enrolment.objects.filter(pk=walk.enrolments[1].pk).update(certificate_number=RIGHT)
    with pytest.raises(NotNow, match="已用于其他学员"):
        take(change, "approve", by=walk.officer)
    assert CertificateChange.objects.get().state == State.IN_REVIEW


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "qualification"}, "certificate_kind"),
        ({"number": ""}, "certificate_number"),
        ({"on": None}, "certificate_on"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "certificate_on"),
        ({"number": WRONG}, ""),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_is_named_by_its_field_and_nothing_is_kept(walk, said, field):
    with pytest.raises(NotValid) as wrong:
        ask(walk, **said)
    assert list(wrong.value.by_field) == [field]
    assert not CertificateChange.objects.exists()


def test_one_at_a_time_and_the_database_holds_it(walk):
    change = ask(walk)
    with pytest.raises(NotNow, match="已有一件证书更正"):
        ask(walk)
    copy = CertificateChange.objects.get(pk=change.pk)
    copy.pk, copy.number = None, ""
    with pytest.raises(IntegrityError, match="certificatechange_one_open"), transaction.atomic():
        copy.save(force_insert=True)
    take(change, "drop", by=walk.applicant)
    assert ask(walk).pk != change.pk


def test_no_approval_without_the_check_that_proved_it_not_even_past_the_portal(walk):
    change = asked(walk)
    with pytest.raises(IntegrityError, match="proved_iff_approved"), transaction.atomic():
        CertificateChange.objects.filter(pk=change.pk).update(state=State.APPROVED, decided_at=timezone.now())


def test_agreed_to_once_only(walk):
    change = asked(walk)
    version = change.version
    take(change, "approve", by=walk.officer, expected_version=version)
    take(CertificateChange.objects.get(), "approve", by=walk.officer, expected_version=version)
    assert Event.objects.filter(act="certificate.corrected").count() == 1


def test_only_the_unit_that_enters_results_asks_and_only_the_desk_decides(walk):
    for by in (factories.operator(factories.unit()), walk.officer):
        with pytest.raises(NotAllowed):
            ask(walk, by=by)
    change = asked(walk)
    for by in (walk.applicant, factories.officer("150103"), factories.member(walk.officer.organisation, "auditor")):
        with pytest.raises(NotAllowed):
            take(change, "approve", by=by)


def test_an_answer_about_another_question_does_not_unprove_the_corrected_certificate(walk):
    """The last judgement was made while the certificate registry was silent; judging again from it must not take the
    proof away.
    """
    take(asked(walk), "approve", by=walk.officer)
    rejudge([walk.enrolments[0].pk])
    assert walk.enrolments[0].certificate_verified


def test_the_page_asks_keeps_what_was_typed_and_shows_both(walk, client):
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("certificate_new", args=[walk.enrolments[0].pk])
    tab = client.get(reverse("class_completion", args=[walk.training_class.pk])).content.decode()
    assert (
        address in tab,
        "还没有核验一致" in tab,
        reverse("certificate_new", args=[walk.enrolments[2].pk]) in tab,
    ) == (True, True, False)
    said = {
        "certificate_kind": KIND,
        "certificate_number": WRONG + "X",
        "certificate_on": "2019-01-01",
        "reason": "录入时写反了",
    }
    answer = client.post(address, said)
    page = answer.content.decode()
    assert (answer.status_code, "不在开班日到今天之间" in page, WRONG + "X" in page, "录入时写反了" in page) == (
        400,
        True,
        True,
        True,
    )
    answer = client.post(
        address, said | {"certificate_number": RIGHT, "certificate_on": timezone.localdate().isoformat()}
    )
    change = CertificateChange.objects.get()
    assert answer.headers["Location"] == reverse("case", args=["certificatechange", change.pk])
    assert client.get(address).headers["Location"] == answer.headers["Location"]
    answer = client.post(
        reverse("certificate_edit", args=[change.pk]),
        said | {"certificate_number": RIGHT, "certificate_on": timezone.localdate().isoformat(), "reason": "看错了"},
    )
    assert (answer.status_code, CertificateChange.objects.get().reason) == (302, "看错了")
    take(change, "submit", by=walk.applicant)
    walks.run_newest(change)
    client.force_login(walk.officer.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(answer.headers["Location"]).content.decode()
    assert all(word in page for word in (WRONG, RIGHT, "与技能人员证书系统登记一致", "看错了"))
    take(CertificateChange.objects.get(), "approve", by=walk.officer)
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    history = client.get(reverse("class_history", args=[walk.training_class.pk])).content.decode()
    assert "更正证书" in history
    assert "理由 “录入时写反了” → “看错了”" in history
    assert RIGHT in client.get(reverse("class_completion", args=[walk.training_class.pk])).content.decode()


def test_the_page_refuses_a_stranger_an_office_and_what_cannot_be_corrected(walk, client):
    first, third = (reverse("certificate_new", args=[walk.enrolments[place].pk]) for place in (0, 2))
    for membership, status in (
        (factories.operator(factories.unit()), 404),
        (factories.officer("150103"), 404),
        (walk.officer, 403),
    ):
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        assert (client.get(first).status_code, client.post(first, {}).status_code) == (status, status)
    client.force_login(walk.applicant.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(third, {}).status_code == 409
    change = asked(walk)
    assert client.get(reverse("certificate_edit", args=[change.pk])).status_code == 302


def test_the_api_gives_the_same_answers(walk):
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Token {issue_token(walk.applicant.user)[0]}", HTTP_X_MEMBERSHIP=str(walk.applicant.pk)
    )
    address = reverse("api_certificatechange-list")
    one, _two, three = walk.enrolments
    assert (
        client.post(
            address, {"enrolment": three.pk, "certificate_number": RIGHT, "reason": "写反了"}, format="json"
        ).status_code
        == 409
    )
    assert (
        client.post(
            address, {"enrolment": one.pk, "certificate_number": WRONG, "reason": "写反了"}, format="json"
        ).status_code
        == 400
    )
    answer = client.post(address, {"enrolment": one.pk, "certificate_number": RIGHT, "reason": "写反了"}, format="json")
    assert (answer.status_code, answer.json()["old_number"], answer.json()["new_number"]) == (201, WRONG, RIGHT)
    place = reverse("api_certificatechange-detail", args=[answer.json()["id"]])
    assert client.patch(place, {"reason": "两位写反"}, format="json").json()["reason"] == "两位写反"
    assert (
        client.post(
            reverse("api_certificatechange-move", args=[answer.json()["id"], "submit"]),
            {"expected_version": 0},
            format="json",
        ).status_code
        == 200
    )
    assert client.patch(place, {"reason": "再改"}, format="json").status_code == 409
    assert (
        client.post(
            address, {"enrolment": one.pk, "certificate_number": RIGHT, "reason": "写反了"}, format="json"
        ).status_code
        == 409
    )
