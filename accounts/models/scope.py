"""The only code that turns a membership's place into a filter (R-LVL-2, R-SEC-1): deny by default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.enums import Level, OrganisationKind

if TYPE_CHECKING:
    from accounts.models import Membership


class ScopedQuerySet(models.QuerySet):
    """Rows a membership may see. The model says where its division, its owners and its desk are:

    `scope_division` (look-up to a Division; None for shared reference data), `scope_owners` (look-ups to the applicant
    organisations) and, where cases are routed to a body, `scope_desk` (industry departments see only their own desk).
    """

    def visible_to(self, membership: Membership | None) -> Self:
        """The part of these rows inside the membership's scope; nothing for nobody."""
        if membership is None:
            return self.none()
        organisation = membership.organisation
        if organisation.is_unit:
            owners = getattr(self.model, "scope_owners", ())
            return (
                self.filter(Q.create([(f"{name}", organisation.pk) for name in owners], connector=Q.OR))
                if owners
                else self.none()
            )
        desk = getattr(self.model, "scope_desk", None)
        if organisation.kind == OrganisationKind.INDUSTRY and desk:
            return self.filter(**{desk: organisation.pk})
        return self.within(organisation.division)

    def within(self, division: object) -> Self:
        """Rows of a division's subtree by reporting line."""
        look_up = self.model.scope_division
        if division.level == Level.REGION:
            return self
        if division.level == Level.BANNER:
            return self.filter(**{look_up: division.pk})
        return self.filter(**{f"{look_up}__path__startswith": division.path})
