"""The yearly limit and «once only», judged again when money is promised: other claims may have been approved meanwhile
(R-SUB-3).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from eligibility.models import Person
from kit.refusals import NotNow
from subsidies.domain.amounts import earlier_subsidies, why_limited, yearly_limit
from subsidies.domain.claim_file import ClaimFile
from subsidies.enums import Item
from subsidies.models import Subsidy


def over_the_limit(file: ClaimFile) -> list[str]:
    """Claimed people who have used up their right elsewhere since the amounts were worked out, a sentence each, for the
    office that decides.
    """
    lines = [line for line in file.claimed if line.item == Item.TRAINING]
    training_class = file.training_class
    taken = earlier_subsidies([line.enrolment.person_id for line in lines], training_class)
    limit = yearly_limit(training_class)
    reasons = [(line, why_limited(training_class, taken.get(line.enrolment.person_id, []), limit)) for line in lines]
    return [
        _("%(sequence)s号 %(name)s：%(why)s请剔除此人。")
        % {
            "sequence": line.enrolment.sequence,
            "name": line.enrolment.name,
            "why": why.for_office,
        }
        for line, why in reasons
        if why.sentence
    ]


def hold_limits(subsidy: Subsidy, context: Any) -> None:
    """Judge once more with the people locked, so that two classes approved at the same time cannot both be somebody's
    last. Raises NotNow.
    """
    people = [line.enrolment.person_id for line in context.file.claimed]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    if sentences := over_the_limit(context.file):
        raise NotNow(sentences)
