"""MAY: a remit is a place and a trainee category; grants on it go to officers and departments (R-AUT-1, R-AUT-3, R-AUT-4)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.enums import Act
from accounts.models.audit import Event
from kit.prepared import Place

CHECK_VIOLATION = "23514"


def _said_aloud(name: str) -> Callable[..., Any]:
    """A queryset method whose refusal by the database is put on the record before it is raised again (R-AUT-4)."""

    def method(self: models.QuerySet, *args: Any, **kwargs: Any) -> Any:
        try:
            with transaction.atomic(self.db):
                return getattr(super(LoudQuerySet, self), name)(*args, **kwargs)
        except IntegrityError as refused:
            if getattr(refused.__cause__, "pgcode", "") != CHECK_VIOLATION:
                raise
            said = str(refused).splitlines()[0]
            to = _grantees(*args, **kwargs)
            Event.objects.create(chain="150000", actor="系统", act="grant.refused", reason=said, data={"door": name, "to": to})
            raise

    return method


def _grantees(*rows: Any, **fields: Any) -> list[str]:
    """Whom a write meant, at most ten, for the record."""
    meant = [fields] if fields.keys() & {"user", "group"} else [vars(row).get("_state").fields_cache for row in next(iter(rows), ())]
    return [str(one.get("user") or one.get("group") or "") for one in meant[:10]]


class LoudQuerySet(models.QuerySet):
    """Shell helpers, bulk writes and updates pass by `grant()`: the triggers refuse them, and here the attempt is written down."""

    create = _said_aloud("create")
    get_or_create = _said_aloud("get_or_create")
    update_or_create = _said_aloud("update_or_create")
    bulk_create = _said_aloud("bulk_create")
    update = _said_aloud("update")


class Remit(models.Model):
    """A division × a trainee category; the empty category stands for all of them."""

    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="remits")
    category = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        default_permissions = ()
        permissions = Act.choices
        constraints = [models.UniqueConstraint("division", "category", name="remit_once")]

    def __str__(self) -> str:
        return f"{self.division_id}:{self.category or '*'}"


class Grant(models.Model):
    """What our grants carry beyond guardian's: who gave it, when, and until when. A grant whose last day has passed is void."""

    granted_by = models.ForeignKey("accounts.Post", models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def in_force(today: date | Place | None = None) -> Q:
        return Q(expires_on__isnull=True) | Q(expires_on__gt=today or timezone.localdate())


class RemitUserGrant(Grant, UserObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="user_grants")
    objects = UserObjectPermissionManager.from_queryset(LoudQuerySet)()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class RemitGroupGrant(Grant, GroupObjectPermissionBase):
    content_object = models.ForeignKey(Remit, models.CASCADE, related_name="group_grants")
    objects = GroupObjectPermissionManager.from_queryset(LoudQuerySet)()

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
