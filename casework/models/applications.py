"""The columns every application shares; no behaviour here: that is in `casework.domain.moves` and the flow tables."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import ScopedQuerySet
from casework.enums import ENDED, State
from kit.fields import LateNumberField


class Application(models.Model):
    """`version` counts moves and what else changes what a decision is about (`moves.change_content`), `round` counts
    submissions, `position` the step of the route now due.

    `training_type` is the class's, where it is about one (R-AUT-7).

    The number is given at the first submission; where it derives from another's (a completion's from its class's), at
    the drafting. `need` is the grant the present step asks for; `desk` the body it lies with; `due_on` the last day for
    it (R-SEC-3).
    """

    number = LateNumberField(max_length=40)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    applicant = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    category = models.CharField(max_length=30, blank=True, default="")
    training_type = models.CharField(max_length=20, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    need = models.CharField(max_length=30, blank=True, default="")
    desk = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners, scope_desk = "division", ("applicant",), "desk"

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_decided_iff_ended",
                condition=Q(state__in=ENDED, decided_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(decided_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="%(class)s_numbered_at_submission", condition=Q(round=0) | Q(number__isnull=False)
            ),
            models.CheckConstraint(
                name="%(class)s_in_review_has_desk",
                condition=~Q(state=State.IN_REVIEW) | (Q(desk__isnull=False) & ~Q(need="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or gettext("草稿")
