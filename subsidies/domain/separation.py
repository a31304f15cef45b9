"""Different people along the chain of a class: opened, completed, reviewed, approved, paid (R-AUT-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.findings import Found, ask, register_search
from accounts.models import Division
from casework.domain.routing import parameter, parameters
from casework.models import Step
from subsidies.domain.claim_file import ClaimFile
from training.models import Completion, Opening

NUMBER = "three_reviews_apart"
THREE = {"opened", "completed", "reviewed"}
SENTENCES = {
    "three_reviews_by_one": gettext_lazy("%(number)s：%(who)s一人同意了本班的开班、结业和补贴初审。"),
    "reviewed_and_concluded": gettext_lazy("%(number)s：%(who)s既作初审，又批准拨付。"),
    "decided_and_paid": gettext_lazy("%(number)s：%(who)s既审批过本班，又办理拨付。"),
}
# Who did what of a claim's class: opening and completion agreed to, first review, approval, the batch sent.
CHAIN = """
    WITH acts AS (
        SELECT s.id AS claim, 'opened' AS what, t.reviewer_id AS who, t.at FROM subsidies_subsidy s
            JOIN training_opening o ON o.training_class_id = s.training_class_id
            JOIN casework_step t ON t.kind = 'opening' AND t.object_id = o.id AND t.move = 'approve'
        UNION ALL SELECT s.id, 'completed', t.reviewer_id, t.at FROM subsidies_subsidy s
            JOIN training_completion o ON o.training_class_id = s.training_class_id
            JOIN casework_step t ON t.kind = 'completion' AND t.object_id = o.id AND t.move = 'approve'
        UNION ALL SELECT s.id, 'reviewed', t.reviewer_id, t.at FROM subsidies_subsidy s
            JOIN LATERAL (SELECT reviewer_id, at FROM casework_step WHERE kind = 'subsidy' AND object_id = s.id
                AND move = 'approve' AND round = s.round ORDER BY version LIMIT 1) t ON true
        UNION ALL SELECT s.id, 'concluded', m.user_id, t.at FROM subsidies_subsidy s
            JOIN casework_step t ON t.kind = 'subsidy' AND t.object_id = s.id AND t.move = 'conclude'
            JOIN accounts_membership m ON m.id = t.by_id
        UNION ALL SELECT p.subsidy_id, 'paid', m.user_id, t.at FROM subsidies_payment p
            JOIN casework_step t ON t.kind = 'paymentbatch' AND t.object_id = p.batch_id AND t.move = 'freeze'
            JOIN accounts_membership m ON m.id = t.by_id
    )
    SELECT s.id, s.number, s.division_id, u.full_name, array_agg(DISTINCT a.what),
           max(a.at) FILTER (WHERE a.what = 'reviewed')
    FROM acts a JOIN subsidies_subsidy s ON s.id = a.claim JOIN accounts_user u ON u.id = a.who
    GROUP BY s.id, u.id HAVING count(DISTINCT a.what) > 1
"""


def not_all_three_reviews(file: ClaimFile, context: Any) -> Iterable[str]:
    """Who agreed to the opening and to the completion of a class does not take the first review of its money, where the
    place asks for that.
    """
    claim = file.application
    if context.by is None or claim.position > 1:
        return
    agreed = set(_agreed(claim.training_class_id, context.by.user_id))
    if len(agreed) > 1 and parameter(NUMBER, division=claim.division):
        yield _("您已同意本班的开班和结业，补贴初审须由另一人办理；人员少的旗县区，可由盟市在政策参数中放开。")


def _agreed(training_class: int, user: int) -> QuerySet:
    """Which of opening and completion this user agreed to."""
    openings = Opening.objects.filter(training_class=training_class).values("pk")
    completions = Completion.objects.filter(training_class=training_class).values("pk")
    steps = Step.objects.filter(move="approve", reviewer=user)
    return (
        steps.filter(kind="opening", object_id__in=openings)
        | steps.filter(kind="completion", object_id__in=completions)
    ).values_list("kind", flat=True)


def one_person_twice() -> Iterator[Found]:
    """People who did along one chain what two should do."""
    places = {place.pk: place for place in Division.objects.all()}
    for pk, number, place, who, did, reviewed_at in ask(CHAIN):
        what = set(did)
        codes = {
            "three_reviews_by_one": what >= THREE and _asked_for(places[place], reviewed_at),
            "reviewed_and_concluded": what >= {"reviewed", "concluded"},
            "decided_and_paid": "paid" in what,
        }
        for code in (code for code, is_so in codes.items() if is_so):
            yield Found(code, place, "subsidy", pk, f"{number} {who}", {"number": number, "who": who})


def _asked_for(division: Division, at: Any) -> bool:
    return bool(parameters({NUMBER: timezone.localdate(at)}, division=division).get(NUMBER))


def register() -> None:
    register_search("separation", one_person_twice, SENTENCES)
