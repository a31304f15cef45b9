"""待办: one work item per application (kept by every move), notices and comments."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from accounts.models import Membership, ScopedQuerySet
from casework.enums import Standing, Topic


class WorkItem(models.Model):
    """The cover sheet of an application, so that inboxes of all kinds are one indexed query whatever tables lie behind.

    `barred` are the users who may not decide the present step because they took an earlier one (R-AUT-5).
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    letters = ArrayField(models.CharField(max_length=1), default=list)
    url = models.CharField(max_length=200)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    applicant = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    desk = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=30, blank=True, default="")
    training_type = models.CharField(max_length=20, blank=True, default="", db_default="")
    need = models.CharField(max_length=30, blank=True, default="")
    state = models.CharField(max_length=10)
    standing = models.CharField(max_length=8, choices=Standing.choices)
    people = models.PositiveIntegerField(null=True)
    exceptions = models.PositiveIntegerField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    since = models.DateTimeField()
    due_on = models.DateField(null=True)
    is_late = models.BooleanField(default=False, db_default=False)
    barred = ArrayField(
        models.BigIntegerField(), default=list, db_default=Value([], output_field=ArrayField(models.BigIntegerField()))
    )

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners, scope_desk = "division", ("applicant",), "desk"

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("kind", "object_id", name="workitem_once")]
        indexes = [
            models.Index(fields=["desk", "due_on", "id"], name="workitem_todo", condition=Q(standing="todo")),
            models.Index(fields=["desk", "standing", "-since", "-id"], name="workitem_desk", include=["number"]),
            models.Index(fields=["applicant", "standing", "-since", "-id"], name="workitem_applicant"),
            models.Index(fields=["division", "due_on"], name="workitem_overdue", condition=Q(standing="todo")),
            GinIndex(fields=["letters"], name="workitem_letters"),
            models.Index(fields=["number"], name="workitem_number", opclasses=["text_pattern_ops"]),
        ]


class Comment(models.Model):
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    internal = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "object_id"], name="comment_case")]


class Notice(models.Model):
    """An in-app notice to everyone at an organisation, or to one `reader` there; seen by each reader once it is opened.

    While it is `undelivered`, nobody has looked yet whom it should reach by mail or SMS (`domain/deliveries.py`).
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="notices")
    reader = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic.choices, default=Topic.CASE, db_default=Topic.CASE)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    undelivered = models.BooleanField(default=True, db_default=True)
    seen_by = models.ManyToManyField("accounts.User", related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["organisation", "-id"], name="notice_box"),
            models.Index(fields=["id"], name="notice_undelivered", condition=Q(undelivered=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "organisation", "kind", "object_id"],
                name="notice_to_reader_once",
                condition=Q(reader__isnull=False),
            ),
        ]

    @staticmethod
    def of(membership: Membership) -> Q:
        """The notices this membership reads: those to all of its organisation, and those to its user there."""
        return Q(organisation=membership.organisation_id) & (Q(reader=None) | Q(reader=membership.user_id))
