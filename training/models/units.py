"""Units on file with their conditions (R-REG-1 … R-REG-5)."""

from django.db import models

from accounts.models import ScopedQuerySet
from kit.fields import EncryptedTextField


class Unit(models.Model):
    """A unit's file as it was approved: what everything reads. What is being changed stands in its open `Registration`
    until that is agreed to.

    `approved_at` is set when a registration is approved; the accounts it is paid to are rows of their own
    (`UnitAccount`).
    """

    organisation = models.OneToOneField("accounts.Organisation", models.PROTECT, related_name="unit")
    requested_by_phone = models.CharField(max_length=200, blank=True)
    entity_type = models.CharField(max_length=20, blank=True)
    legal_representative = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=60, blank=True)
    phone = EncryptedTextField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    established_on = models.DateField(null=True, blank=True)
    licence_number = models.CharField(max_length=60, blank=True)
    licence_valid_to = models.DateField(null=True, blank=True)
    facilities = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "organisation__division", ("organisation",)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.organisation.name


class Teacher(models.Model):
    """A teacher on file with a unit; `person_key` is the person behind the citizen number, whichever units have them on
    file.

    `name_key` is the folded name; rows that stood double before it was asked for have none.
    """

    unit = models.ForeignKey("training.Unit", models.PROTECT, related_name="teachers")
    name = models.CharField(max_length=60)
    number = EncryptedTextField(null=True, blank=True)
    person_key = models.BigIntegerField(null=True, editable=False, db_index=True)
    qualification = models.CharField(max_length=120, blank=True)
    qualification_valid_to = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    name_key = models.CharField(max_length=60, null=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "unit__organisation__division", ("unit__organisation",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name_key"],
                name="teacher_without_number_once",
                condition=models.Q(person_key__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Venue(models.Model):
    """A room of a unit; `room_key` is name and address folded, none where rows stood double before."""

    unit = models.ForeignKey("training.Unit", models.PROTECT, related_name="venues")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200)
    capacity = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    room_key = models.CharField(max_length=300, null=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners = "unit__organisation__division", ("unit__organisation",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="venue_holds_someone", condition=models.Q(capacity__gte=1)),
            models.UniqueConstraint(fields=["unit", "room_key"], name="venue_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.capacity}）"
