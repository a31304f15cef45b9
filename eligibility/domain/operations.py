"""The registries' lines of the operations page: who answers, how many people wait (R-ELG-1)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.enums import REGION
from accounts.models import Division
from casework.domain.operations import Health, Line
from eligibility.domain.connections import modes, waiting
from eligibility.registries.health import health


def registries() -> Iterator[Line]:
    """How many of the region's people wait for each registry; one that does not answer stands first."""
    for registry in health(modes=modes(), waiting=waiting(Division.objects.get(pk=REGION))):
        state = Health.BAD if registry.answering is False else Health.LATE if registry.waiting else Health.GOOD
        yield Line(
            "registry_waiting",
            registry.name,
            registry.waiting,
            registry.sentence,
            state,
            reverse("registries"),
            of=registry.code,
        )
