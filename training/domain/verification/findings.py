"""The people of a class who are not eligible or not verified, each with what settles it; exceptions first (R-ELG-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership
from casework.domain.categories import category_name
from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import for_unit, sentence_of
from eligibility.domain.overrulings import why_not_overruled
from eligibility.engine.judgement import Result
from eligibility.enums import Verdict
from eligibility.models import Assistance
from kit.fast.prepared import prepared
from kit.languages import language
from training.domain.classes.enrolments import KIND
from training.domain.classes.filing import FILING, variant_of
from training.models import Enrolment, TrainingClass

MOST_NAMED, UNAVAILABLE = 20, "unavailable"


@dataclass(frozen=True)
class Line:
    """One check that failed or is open, with the assisted question that may settle it."""

    result: Result
    sentence: str
    label: str
    advice: str
    assistance: Assistance | None
    overrulable: bool = False


def reasons(lines: Iterable[Line]) -> str:
    """What stands against somebody in one breath: what several checks say alike once, and once that registries have not
    answered, with their names and how many checks wait for them.
    """
    lines = list(lines)
    silent = [wording for line in lines if (wording := line.result.wording) and wording.says == UNAVAILABLE]
    filled: list[dict[str, Any]] = [dict(wording.values) for wording in silent]
    names = dict.fromkeys(values["registry"].of(language()) for values in filled)
    found = [line.sentence.rstrip("。.") for line in lines if line.result.wording not in silent]
    if silent:
        found.append(
            _("%(registries)s暂未答复，%(count)s项待核，不影响其他项目")
            % {
                "registries": "、".join(names),
                "count": len(silent),
            }
        )
    return "；".join(dict.fromkeys(found)) or _("还没有比对")


@dataclass(frozen=True)
class PersonFinding:
    """One person with every line that stands against agreement; `is_hidden`: what registries said is not for this
    reader.
    """

    enrolment: Enrolment
    brief: Brief
    lines: tuple[Line, ...]
    is_hidden: bool = False

    @property
    def verdict(self) -> str:
        """The verdict as the reader may know it."""
        return Verdict.NEEDS_VERIFICATION if self.is_hidden else self.enrolment.verdict

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.verdict).label)

    @property
    def instead(self) -> list[tuple[str, str]]:
        """Other categories that may fit, each with what they would come to on the same facts."""
        return [] if self.is_hidden else other_categories_of(self.brief)

    @property
    def sentence(self) -> str:
        """The person with the reasons, to be read aloud."""
        return _("%(number)s号 %(name)s：%(verdict)s——%(reasons)s。") % {
            "number": self.enrolment.sequence,
            "name": self.enrolment.name,
            "verdict": self.verdict_label,
            "reasons": reasons(self.lines),
        }


def briefs_of(enrolments: Iterable[Enrolment]) -> dict[int, Brief]:
    """The latest judgement of each, by enrolment, where their examinations were read whole."""
    return {enrolment.pk: Brief.of(enrolment.examination) for enrolment in enrolments}


def other_categories_of(brief: Brief) -> list[tuple[str, str]]:
    """The categories a judgement points to instead: name, and the verdict's word."""
    return [(category_name(one["category"]), str(Verdict(one["verdict"]).label)) for one in brief.instead]


def explain(result: Result) -> tuple[str, str, str]:
    """Sentence, label and advice of a result in the reader's language; the sentence of an overruled one says so
    (R-ELG-5).
    """
    if language() == "en":
        return sentence_of(result), result.label_en, result.advice_en
    return sentence_of(result), result.label_zh, result.advice_zh


def against(brief: Brief) -> list[Result]:
    """The results of a judgement that are not a pass; a fail two officers set aside counts no more."""
    return [result for result in brief.remarks() if not result.overruled]


def is_settled(enrolment: Enrolment, brief: Brief, *, but: Sequence[str] = ()) -> bool:
    """Eligible, or open only for what `but` names (the filing that this very approval gives, R-OPN-6)."""
    if enrolment.verdict == Verdict.ELIGIBLE:
        return True
    lines = against(brief)
    return enrolment.verdict == Verdict.NEEDS_VERIFICATION and bool(lines) and all(r.needs in but for r in lines)


def settled_by_approval(training_class: TrainingClass) -> tuple[str, ...]:
    """What the approval of an opening itself settles: on the filing route, the filing (R-OPN-6)."""
    return (FILING,) if variant_of(training_class) else ()


def findings_among(
    enrolments: Iterable[Enrolment], briefs: Mapping[int, Brief], *, but: Sequence[str] = ()
) -> list[PersonFinding]:
    """Everyone of these who is not settled by their latest judgements (`briefs`, by enrolment): the ineligible first,
    then the unverified, in the order of the roster. One query.
    """
    people = [e for e in enrolments if not is_settled(e, briefs[e.pk], but=but)]
    asked = {(a.subject_id, a.check_code): a for a in _asked(tuple(e.pk for e in people))} if people else {}
    found = [
        PersonFinding(
            e,
            briefs[e.pk],
            tuple(
                Line(r, *explain(r), asked.get((e.pk, r.code)), not why_not_overruled(r, e.examination))
                for r in against(briefs[e.pk])
            ),
        )
        for e in people
    ]
    return sorted(found, key=lambda x: (x.enrolment.verdict != Verdict.INELIGIBLE, x.enrolment.sequence))


@prepared
def _asked(ids: tuple[int, ...]) -> QuerySet[Assistance]:
    return Assistance.objects.filter(subject_kind=KIND, subject_id__in=ids).select_related(
        "answered_by__user", "answered_by__organisation"
    )


def for_units(
    exceptions: Sequence[PersonFinding], everyone: Iterable[Enrolment], briefs: Mapping[int, Brief]
) -> list[PersonFinding]:
    """The same as a unit may read it: everybody whose name and number do not agree is there, and nothing that a
    registry said (R-SEC-1).
    """
    listed = {one.enrolment.pk for one in exceptions}
    exceptions = [
        *exceptions,
        *(
            PersonFinding(one, brief, ())
            for one in everyone
            if one.pk not in listed and (brief := briefs[one.pk]).is_hidden
        ),
    ]
    found = [
        replace(one, lines=neutral, is_hidden=True) if (neutral := hidden_lines(one.brief)) else one
        for one in exceptions
    ]
    return sorted(found, key=lambda one: (one.verdict != Verdict.INELIGIBLE, one.enrolment.sequence))


def proof_shown(enrolment: Enrolment, membership: Membership) -> bool:
    """Whether the reader learns that the certificate is verified: a unit only of whose name and
    number agree (R-SEC-1).
    """
    return enrolment.certificate_verified and not Brief.of(enrolment.examination).is_hidden_from(membership)


def hidden_lines(brief: Brief) -> tuple[Line, ...]:
    """The one line a unit reads in place of all while name and number do not agree; none once they do."""
    if not brief.is_hidden:
        return ()
    return tuple(Line(result, *explain(result)[:2], "", None) for result in for_unit(brief.results()))


def sentences(exceptions: Sequence[PersonFinding]) -> list[str]:
    """One sentence a person, twenty at most, then how many more."""
    found = [x.sentence for x in exceptions[:MOST_NAMED]]
    if len(exceptions) > MOST_NAMED:
        found.append(_("另有%(count)s人未核实或不符合。") % {"count": len(exceptions) - MOST_NAMED})
    return found
