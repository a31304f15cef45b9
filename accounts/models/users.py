"""WHO as a person in an office: users and the memberships they act in."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import Level, OrganisationKind, Role
from accounts.models.scope import ScopedQuerySet
from kit.fields import EncryptedTextField


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(username, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A named person with a login. What the person may do hangs on memberships and grants, never on this row."""

    username = models.CharField(max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    full_name = models.CharField(max_length=60)
    phone = EncryptedTextField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = False
    date_joined = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name


class MembershipQuerySet(ScopedQuerySet):
    def current(self, today: date | None = None, *, awaiting: bool = False) -> "MembershipQuerySet":
        """Those somebody may act in on a day; with `awaiting` also those a second administrator has not confirmed."""
        today = today or timezone.localdate()
        rows = self if awaiting else self.filter(awaits_second=False)
        return rows.filter(
            Q(until__isnull=True) | Q(until__gt=today),
            since__lte=today,
            user__is_active=True,
            organisation__is_active=True,
        )


class Membership(models.Model):
    """A user's membership in an organisation with one role. Every act is done `by=` a membership, so the record says in
    which capacity.

    A membership given in error ends on its first day and was never held. `given_by` is the membership that gave it,
    None for the system. One of `enums.SECOND_PERSON_ROLES` is held when a second administrator has confirmed it.

    `origin` (the caller's address) is put on the instance by page or API, for the
    audit trail.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role.choices)
    title = models.CharField(max_length=60, blank=True)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    awaits_second = models.BooleanField(default=False, db_default=False)
    confirmed_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    origin: str = ""
    objects = MembershipQuerySet.as_manager()
    scope_division, scope_owners = "organisation__division", ("organisation",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "since"],
                name="membership_once",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
            models.CheckConstraint(
                name="membership_dates_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.full_name}（{self.organisation.name}）"

    @property
    def division(self):
        return self.organisation.division

    @property
    def is_unit(self) -> bool:
        return self.organisation.is_unit

    @property
    def administers_region(self) -> bool:
        """An administrator of the region's HR department."""
        return self._administers_people and self.division.level == Level.REGION

    @property
    def administers_reporting_unit(self) -> bool:
        """An administrator of the region's HR department, or of one whose place reports to it (R-LVL-1)."""
        return self._administers_people and (self.division.level == Level.REGION or self.division.is_reporting_unit)

    @property
    def _administers_people(self) -> bool:
        return self.role == Role.ADMINISTRATOR and self.organisation.kind == OrganisationKind.HR_OFFICE
