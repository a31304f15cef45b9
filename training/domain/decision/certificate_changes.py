"""证书更正: a certificate that could not be verified at the completion is put right by a case, once the registry confirms
it (R-CMP-2).
"""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import applies_for
from accounts.domain.changes import changes, values_of
from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.flow import flow_of
from casework.domain.inbox import tell, write_cover
from casework.domain.jobs import finish
from casework.domain.moves import change_content, moved_since
from casework.enums import ENDED, UNFINISHED, WITH_APPLICANT, State
from casework.models import Job
from eligibility.domain import crosscheck
from eligibility.domain.answers import Answers
from eligibility.domain.corrected import ASK_ANEW
from eligibility.domain.corrections import LONGEST_REASON
from eligibility.engine import FAIL, PASS
from eligibility.engine.judgement import Result as CheckResult
from kit.refusals import NotAllowed, NotNow, NotValid
from kit.text import written
from training.domain.decision.completions import certificate_faults, why_not_results
from training.domain.verification import certificates
from training.domain.verification.again import answers_about
from training.domain.verification.findings import explain
from training.domain.verification.verify import move_on
from training.enums import CertificateKind, Result
from training.models import CertificateChange, Completion, Enrolment

KIND = "certificatechange"
CHECK_TASK = "training.tasks.check_certificate"
OF_ENROLMENT = ("certificate_kind", "certificate_number", "certificate_on")
NEW = ("new_kind", "new_number", "new_on")
AROUND = ("enrolment__person", "training_class__project__occupation", "training_class__division")


def whole() -> QuerySet[CertificateChange]:
    """With what a comparison looks at."""
    return CertificateChange.objects.select_related(*AROUND)


def title_of(change: CertificateChange) -> str:
    return _("证书更正：%(name)s") % {"name": change.enrolment.name}


# ── asking
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_open_to_correction(enrolment: Enrolment) -> bool:
    """A certificate of somebody who passed that nobody has vouched for; the portal's own are never
    corrected (R-CMP-5).
    """
    return (
        not enrolment.is_struck_out
        and certificates.claims_certificate(enrolment)
        and not enrolment.certificate_verified
    )


def why_not_correctable(enrolment: Enrolment) -> list[str]:
    """What forbids a correction of this trainee's certificate, whoever asks."""
    if not Completion.objects.filter(training_class=enrolment.training_class_id, state=State.APPROVED).exists():
        return [_("结业申请还没有同意，证书请在“录入成绩和证书”中直接修改。")]
    if is_open_to_correction(enrolment):
        return []
    if enrolment.is_struck_out:
        return [_("此人已被剔除，证书不能更正。")]
    if enrolment.result != Result.PASS:
        return [_("只有合格学员的证书可以更正。")]
    if enrolment.certificate_kind == CertificateKind.COMPLETION:
        return [_("培训合格证书由系统编号，不能更正。")]
    if enrolment.certificate_verified:
        return [_("证书已核验一致，不能更正。")]
    return [_("此人没有登记证书编号，没有可以更正的内容。")]


def open_change(enrolment: Enrolment) -> CertificateChange | None:
    """The one correction of a trainee that is not decided yet."""
    return enrolment.certificate_changes.exclude(state__in=ENDED).first()


def why_not_asked(enrolment: Enrolment, *, by: Membership) -> None:
    """Whether this membership may ask about this trainee at all, before a word of it is read. Raises NotAllowed,
    NotNow.
    """
    if why := why_not_results(enrolment.training_class, by):
        raise NotAllowed(why)
    if sentences := why_not_correctable(enrolment):
        raise NotNow(sentences[0])
    if found := open_change(enrolment):
        raise NotNow(
            _("此人已有一件证书更正（%(number)s）没有办结；请先办完，或在其页面上不再申请。") % {"number": found}
        )


def begin(
    enrolment: Enrolment, kind: str, number: str, on: date | None, reason: str, *, by: Membership
) -> CertificateChange:
    """A correction that can still be altered, one at a time of a trainee. Raises NotAllowed,
    NotNow, NotValid.
    """
    with transaction.atomic():
        locked = _locked(enrolment.pk)
        why_not_asked(locked, by=by)
        training_class = locked.training_class
        change = CertificateChange(
            division=training_class.division,
            applicant=by.organisation,
            category=training_class.category,
            training_type=training_class.training_type,
            training_class=training_class,
            enrolment=locked,
        )
        _put(change, locked, kind, number, on, reason)
        change.save()
        write_cover(change, flow_of(change))
        record("certificatechange.drafted", by=by, on=change, changed=_changed({}, change))
    return change


def amend(
    change: CertificateChange, kind: str, number: str, on: date | None, reason: str, *, by: Membership
) -> CertificateChange:
    """Alter what is asked while it is with whoever asked; the roster is read anew. Errors as for `begin`."""
    if not applies_for(by, change.applicant_id):
        raise NotAllowed(_("只有提出更正的单位可以修改。"))
    with transaction.atomic():
        change = CertificateChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if change.state not in WITH_APPLICANT:
            raise NotNow(_("证书更正已提交或已办结，不能再改。需要修改的，请先撤回或等待退回补正。"))
        locked = _locked(change.enrolment_id)
        if sentences := why_not_correctable(locked):
            raise NotNow(sentences[0])
        before = values_of(change, (*NEW, "reason"))
        _put(change, locked, kind, number, on, reason)
        change.save()
        if changed := _changed(before, change):
            record("certificatechange.edited", by=by, on=change, changed=changed)
    return change


def _locked(enrolment: int) -> Enrolment:
    around = ("person", "training_class__project__occupation", "training_class__division")
    return Enrolment.objects.select_for_update(of=("self",)).select_related(*around).get(pk=enrolment)


def _put(change: CertificateChange, enrolment: Enrolment, kind: str, number: str, on: date | None, reason: str) -> None:
    change.old_kind, change.old_number, change.old_on = (getattr(enrolment, name) for name in OF_ENROLMENT)
    change.new_kind, change.new_number, change.new_on, change.reason = kind, number, on, written(reason)
    change.enrolment, change.training_class = enrolment, enrolment.training_class
    if wrong := what_is_wrong(change):
        raise NotValid(wrong)


def _changed(before: dict[str, Any], change: CertificateChange) -> dict[str, list[str]]:
    return changes(before, values_of(change, (*NEW, "reason")), sealed={"new_number"})


# ── what stands in the way
# ──────────────────────────────────────────────────────────────────────────────────────────────


def what_is_wrong(change: CertificateChange) -> dict[str, str]:
    """What cannot be asked for, by field; the form and every gate ask the same."""
    wrong = certificate_faults(change.training_class, change.new_kind, change.new_number, change.new_on)
    if (change.new_kind, change.new_number, change.new_on) == (change.old_kind, change.old_number, change.old_on):
        wrong[""] = _("与现在登记的证书相同，没有要更正的内容。")
    elif why := why_used(change):
        wrong["certificate_number"] = why
    if not change.reason:
        wrong["reason"] = _("请说明更正的理由。")
    elif len(change.reason) > LONGEST_REASON:
        wrong["reason"] = _("理由最多%(count)s个字。") % {"count": LONGEST_REASON}
    return wrong


def why_used(change: CertificateChange) -> str:
    """A certificate counts for one trainee only; whose it is stays untold (R-SEC-1)."""
    others = Enrolment.objects.filter(certificate_kind=change.new_kind, certificate_number=change.new_number).exclude(
        pk=change.enrolment_id
    )
    return _used() if change.new_number and others.exists() else ""


def _used() -> str:
    return _("这个证书编号已用于其他学员，请核对。")


def why_stale(change: CertificateChange, enrolment: Enrolment) -> list[str]:
    """The roster says no longer what it said when the correction was asked for."""
    if values_of(enrolment, OF_ENROLMENT) == dict(
        zip(OF_ENROLMENT, (change.old_kind, change.old_number, change.old_on), strict=True)
    ):
        return []
    return [_("提出以后登记的证书已有变动，这件申请所依据的内容已不适用；仍需更正的请修改后重新提交。")]


def guard_asked(file: CaseFile[CertificateChange], context: Any) -> list[str]:
    """What submission demands; approval asks it again (R-CMP-2)."""
    change = file.application
    return why_not_now(change, change.enrolment)


def why_not_now(change: CertificateChange, enrolment: Enrolment) -> list[str]:
    if sentences := why_not_correctable(enrolment):
        return sentences
    return why_stale(change, enrolment) or list(what_is_wrong(change).values())


def guard_answered(file: CaseFile[CertificateChange], context: Any) -> list[str]:
    """While the registry is silent it is neither a yes nor a no (R-ELG-1)."""
    change = file.application
    job, result = last_check(change)
    if job is None or job.state in UNFINISHED:
        return [_("系统比对还在进行，完成后再办理。")]
    return (
        []
        if result and result.outcome in (PASS, FAIL)
        else [_("技能人员证书系统还没有答复，暂不能同意，也不能不同意；系统会自动再次核验。")]
    )


def guard_confirmed(file: CaseFile[CertificateChange], context: Any) -> list[str]:
    """No number is written that the registry has not confirmed for this very person (R-CMP-2)."""
    if sentences := guard_answered(file, context):
        return sentences
    _job, result = last_check(file.application)
    return [explain(result)[0]] if result and result.outcome == FAIL else []


# ── the comparison
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_check(change: CertificateChange, context: Any) -> None:
    context.jobs.append(
        (
            CHECK_TASK,
            {
                "title": _("证书核验：%(name)s") % {"name": change.enrolment.name},
                "queue_name": crosscheck.queue_for(1),
                "version": change.version,
            },
        )
    )


def proposed(change: CertificateChange) -> Enrolment:
    """The trainee as the roster would say; never saved."""
    enrolment = copy(change.enrolment)
    enrolment.certificate_kind, enrolment.certificate_number, enrolment.certificate_on = (
        change.new_kind,
        change.new_number,
        change.new_on,
    )
    return enrolment


def last_check(change: CertificateChange) -> tuple[Job | None, CheckResult | None]:
    """The newest comparison of this round and what it came to; nothing before the submission."""
    if not change.round or change.state in WITH_APPLICANT:
        return None, None
    job = Job.objects.filter(task=CHECK_TASK, kind=KIND, object_id=change.pk).order_by("-pk").first()
    return job, certificates.compare(change.training_class, proposed(change), Answers(job)) if job else None


def check(job: Job, change: CertificateChange) -> None:
    """Ask the certificate registry, then hand it to the officer. Not inside a transaction; may be called again after a
    crash.
    """
    again, renamed = job.arguments.get("again"), job.arguments.get("renamed", [])
    overtaken = change.state != State.IN_REVIEW if again else moved_since(change, job.arguments["version"])
    if overtaken:
        finish(job, _("申请已撤回、已重新提交或已作出决定，这次比对不再继续。"))
        return
    if again:
        before = Job.objects.get(pk=again)
        crosscheck.carry_over(before, job, ask_anew=answers_about(before, renamed))
    questions = crosscheck.Questions.none()
    questions.about_person(change.enrolment.person, [certificates.REGISTRY])
    result = certificates.compare(change.training_class, proposed(change), crosscheck.ask(job, questions))
    said = explain(result)[0]
    if not again:
        move_on(change, job)
    elif result.outcome in (PASS, FAIL) and change.desk_id:
        with transaction.atomic():
            change_content(
                CertificateChange.objects.select_for_update(of=("self",)).get(pk=change.pk),
                "certificatechange.answered",
                by=None,
            )
        tell(
            change,
            _("%(number)s再次核验：%(said)s") % {"number": change.number, "said": said},
            organisation=change.desk,
        )
    finish(job, said, outcome=result.outcome)


# ── what approval does
# ──────────────────────────────────────────────────────────────────────────────────────────────────


def apply(change: CertificateChange, context: Any) -> None:
    """The roster says what the registry confirmed, from this moment; open cases of the person are compared again
    (R-CMP-2).
    """
    enrolment = _locked(change.enrolment_id)
    if sentences := why_not_now(change, enrolment):
        raise NotNow(sentences)
    change.proof, _result = last_check(change)
    before = values_of(enrolment, OF_ENROLMENT)
    for name, value in zip(OF_ENROLMENT, (change.new_kind, change.new_number, change.new_on), strict=True):
        setattr(enrolment, name, value)
    enrolment.certificate_verified = True
    try:
        with transaction.atomic():
            enrolment.save(update_fields=[*OF_ENROLMENT, "certificate_verified"])
    except IntegrityError as refused:  # taken by another trainee since it was looked up
        raise NotNow([_used()]) from refused
    record(
        "certificate.corrected",
        by=context.by,
        on=enrolment,
        division=change.division_id,
        reason=change.reason,
        correction=change.number,
        changed=changes(before, values_of(enrolment, OF_ENROLMENT), sealed={"certificate_number"}),
    )
    context.jobs.append(
        (
            ASK_ANEW,
            {
                "title": _("更正后重新比对：%(name)s") % {"name": enrolment.name},
                "queue_name": "checks",
                "person": enrolment.person_id,
            },
        )
    )
