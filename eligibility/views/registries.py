"""The outside systems' health in business words: who answers, since when not, how many people wait (R-ELG-1)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.enums import Role
from accounts.models import Post
from casework.models import Job
from casework.views.base import seated
from eligibility.models import RegistryAnswer
from eligibility.registries.health import health


@require_GET
@seated(Role.OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR, Role.AUDITOR)
def registries(request: HttpRequest) -> HttpResponse:
    return render(request, "eligibility/registries/list.html", {"lines": health(waiting=waiting(request.post))})  # type: ignore[attr-defined]


def waiting(post: Post) -> dict[str, int]:
    """How many subjects wait for each registry within the post's place: silent in the newest check of their case; one query."""
    newer = Job.objects.filter(task=OuterRef("job__task"), kind=OuterRef("job__kind"), object_id=OuterRef("job__object_id"),
                               pk__gt=OuterRef("job_id"))
    silent = RegistryAnswer.objects.filter(facts__isnull=True, job__in=Job.objects.within(post.division)).exclude(Exists(newer))
    return dict(silent.values_list("registry").annotate(Count("subject_hash", distinct=True)))
