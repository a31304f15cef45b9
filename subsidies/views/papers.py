"""The approval sheet of a claim, on paper (R-SUB-5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.middleware import membership_required
from casework.domain.flow import flow_of
from casework.domain.routing import steps_of
from casework.enums import WITH_APPLICANT
from casework.models import Step
from kit.refusals import NotNow
from subsidies.domain.claim_file import AROUND, ClaimFile
from subsidies.models import Subsidy

REVIEWS = (gettext_lazy("初审意见"), gettext_lazy("复审意见"))


@dataclass(frozen=True)
class Opinion:
    """One box of the sheet: whose opinion, and the step that gave it."""

    title: str | Promise
    step: Step | None


@require_GET
@membership_required()
def approval(request: Request, pk: int) -> HttpResponse:
    """One claim with its people, its amount in figures and capitals, and every opinion; blank boxes
    are signed by hand.
    """
    rows = Subsidy.objects.visible_to(request.membership).select_related("applicant", "division", *AROUND)
    subsidy = get_object_or_404(rows, pk=pk)
    if subsidy.state in WITH_APPLICANT:
        raise NotNow(_("补贴申请提交以后才有审批表。"))
    file, boxes = ClaimFile(subsidy), opinions(subsidy)
    publicity = next((one for one in file.publicities if one.round == subsidy.round), None)
    return render(
        request,
        "subsidies/claim/approval.html",
        {
            "subsidy": subsidy,
            "class": subsidy.training_class,
            "lines": file.living,
            "opinions": boxes,
            "people": len({line.enrolment_id for line in file.living}),
            "publicity": publicity,
            "paper": {
                "claim": subsidy,
                "lines": [(line, line.enrolment.sequence, line.enrolment.name) for line in file.living],
                "opinions": [box.step for box in boxes],
                "publicity": publicity and (publicity, len(publicity.objections.all())),
            },
        },
    )


def opinions(subsidy: Subsidy) -> list[Opinion]:
    """The applicant's, a box for each review of the route, the approval; of the present round."""
    steps = list(Step.objects.filter(kind="subsidy", object_id=subsidy.pk, round=subsidy.round).order_by("version"))
    submitted = next((step for step in steps if step.move == "submit"), None)
    concluded = next((step for step in steps if step.move == "conclude"), None)
    decided = [step for step in steps if step.decides]
    count = max(len(steps_of(subsidy, flow_of(subsidy))), len(decided))
    titles = [*REVIEWS, *[REVIEWS[1]] * (count - 2)][:count] if count > 1 else [_("审核意见")]
    reviews = [Opinion(title, decided[place] if place < len(decided) else None) for place, title in enumerate(titles)]
    return [Opinion(_("申请单位"), submitted), *reviews, Opinion(_("批准拨付"), concluded)]
