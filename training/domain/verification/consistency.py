"""Each trainee's verdict held against the judgement it was taken from, each night (R-ELG-1, R-SEC-2)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.domain.findings import Found, ask, register_search
from eligibility.enums import Verdict

SENTENCES = {
    "verdict_without_judgement": _("%(number)s第%(sequence)s号学员的结论是“%(verdict)s”，判定记录是“%(told)s”。"),
}
VERDICTS = """
    SELECT n.id, c.number, c.division_id, n.sequence, n.verdict, coalesce(x.verdict, 'none') FROM training_enrolment n
    JOIN training_trainingclass c ON c.id = n.training_class_id
    LEFT JOIN eligibility_examination x ON x.id = n.examination_id AND x.subject_kind = %s AND x.subject_id = n.id
    WHERE n.verdict <> coalesce(x.verdict, 'none')
"""


def verdicts_without_judgement(kind: str) -> Iterator[Found]:
    for pk, number, place, sequence, verdict, told in ask(VERDICTS, [kind]):
        facts = {"number": number, "sequence": sequence, "verdict": _label(verdict), "told": _label(told)}
        yield Found("verdict_without_judgement", place, "enrolment", pk, f"{number} {sequence}", facts)


def _label(verdict: str) -> str:
    return str(Verdict(verdict).label) if verdict in Verdict.values else verdict


def register(kind: str) -> None:
    register_search("verdicts", lambda: verdicts_without_judgement(kind), SENTENCES)
