"""WHO as a body: offices that decide and units that apply (R-AUT-2, R-REG-2 … R-REG-4)."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from accounts.enums import UNIT_KINDS, Department, OrganisationKind
from accounts.models.scope import ScopedQuerySet


class Organisation(models.Model):
    """An office, department, institution, enterprise or assessment body. Its `group` receives grants for all its
    officers.
    """

    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    department = models.CharField(max_length=12, choices=Department.choices, default="", blank=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=30, blank=True)
    uscc = models.CharField(max_length=18, null=True, blank=True, unique=True)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="organisations")
    group = models.OneToOneField(Group, models.PROTECT, related_name="organisation")
    is_active = models.BooleanField(default=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "division", ("id",)

    class Meta:
        ordering = ["division_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="organisation_units_have_uscc", condition=~Q(kind__in=UNIT_KINDS) | Q(uscc__isnull=False)
            ),
            models.CheckConstraint(
                name="organisation_industry_has_department", condition=~Q(kind="industry") | ~Q(department="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unit(self) -> bool:
        return self.kind in UNIT_KINDS
