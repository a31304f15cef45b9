"""How each registry is connected: 联网, 文件交换 or 协查, switched by the region's administrators (R-ELG-1, R-ELG-5)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.models import Division, Membership
from casework.enums import JobState, Standing
from casework.models import Job, WorkItem
from eligibility.enums import Answer, Mode
from eligibility.models import Assistance, Connection, RegistryAnswer
from eligibility.registries.catalogue import REGISTRIES
from eligibility.registries.protocol import Silence
from kit.refusals import NotAllowed, NotValid
from kit.text import written

POPULATION = "population"
NOT_YOURS = gettext_lazy("连接方式由自治区超级管理员设置。")
NO_MODE = gettext_lazy("请选择连接方式：联网、文件交换或协查。")


def modes() -> dict[str, str]:
    """The mode of every registry; one nobody has switched is online."""
    return dict.fromkeys(REGISTRIES, str(Mode.ONLINE)) | dict(Connection.objects.values_list("registry", "mode"))


def not_online() -> list[str]:
    """The registries whose answers come by file or from departments."""
    return [code for code, mode in modes().items() if mode != Mode.ONLINE]


def modes_of(registry: str) -> list[str]:
    """How a registry may be connected; only the population register may be left out (R-ELG-1)."""
    return [mode for mode in Mode.values if mode != Mode.NONE or registry == POPULATION]


def switch(registry: str, mode: str, *, by: Membership, reason: str) -> bool:
    """Connect a registry in another way from now on; False when it already is. What was answered stands."""
    if not by.administers_region:
        raise NotAllowed(NOT_YOURS)
    if registry not in REGISTRIES or mode not in modes_of(registry):
        raise NotValid(NO_MODE, field="mode")
    reason = written(reason)[:200]
    if not reason:
        raise NotValid(_("请说明为什么改变连接方式。"), field="reason")
    with transaction.atomic():
        before = modes()[registry]
        if before == mode:
            return False
        Connection.objects.update_or_create(
            registry=registry, defaults={"mode": mode, "reason": reason, "changed_at": timezone.now(), "changed_by": by}
        )
        record("registry.switched", by=by, kind="registry", reason=reason, registry=registry, before=before, mode=mode)
    return True


def silent_rows(place: Division) -> QuerySet[RegistryAnswer]:
    """What registries have not answered, or not so that it can be read, in the newest check of the cases that go on
    within a place.
    """
    newer = Job.objects.filter(
        task=OuterRef("job__task"),
        kind=OuterRef("job__kind"),
        object_id=OuterRef("job__object_id"),
        pk__gt=OuterRef("job_id"),
    )
    goes_on = WorkItem.objects.filter(
        kind=OuterRef("job__kind"), object_id=OuterRef("job__object_id"), standing__in=[Standing.TODO, Standing.WAITING]
    )
    return RegistryAnswer.objects.filter(
        Exists(goes_on), ~Exists(newer), ~Q(problem=""), job__in=Job.objects.within(place)
    )


def waiting(place: Division) -> dict[str, int]:
    """How many subjects wait for each registry within a place; one query.

    Where departments answer instead, only those wait about whom a department has still to say something.
    """
    unanswered = Assistance.objects.filter(
        person__number_hash=OuterRef("subject_hash"), answer__in=[Answer.OPEN, Answer.CANNOT_SAY]
    )
    rows = (
        silent_rows(place)
        .exclude(problem=Silence.NOT_CONNECTED)
        .filter(~Q(problem=Silence.ASSISTED) | Exists(unanswered))
    )
    return dict(rows.values_list("registry").annotate(Count("subject_hash", distinct=True)))


def jobs_waiting_for(registry: str, place: Division) -> list[int]:
    """The ended checks that a registry has left open within a place."""
    rows = silent_rows(place).filter(registry=registry, job__state=JobState.DONE)
    return sorted(set(rows.values_list("job_id", flat=True)))
