"""A training class 一班一档, its timetable and its attendance."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from accounts.models import ScopedQuerySet
from kit.fields import LateNumberField
from training.enums import NOT_SUBMITTED, FundSource, Stage


class TrainingClass(models.Model):
    """One class is one case; its number is given at the first submission. `institution` teaches; `employer` is set for
    employee classes; `applicant` is whichever of the two applies.

    `body` is the office that decides it and `division` that body's division, to which its figures belong.
    """

    number = LateNumberField(max_length=40)
    name = models.CharField(max_length=120)
    applicant = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="applied_classes", db_index=False
    )
    institution = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="taught_classes")
    employer = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="employer_classes"
    )
    body = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="classes", db_index=False)
    project = models.ForeignKey("training.Project", models.PROTECT, null=True, related_name="classes")
    category = models.CharField(max_length=30, blank=True, default="")
    fund_source = models.CharField(max_length=24, choices=FundSource.choices, blank=True, default="")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    venue = models.ForeignKey("training.Venue", models.PROTECT, null=True, related_name="+", db_index=False)
    teachers = models.ManyToManyField("training.Teacher", related_name="classes")
    planned_people = models.PositiveSmallIntegerField(null=True)
    fee = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_owners, scope_desk = "division", ("applicant", "institution", "employer"), "body"

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="class_dates_in_order", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(
                name="class_numbered_at_submission", condition=Q(stage__in=NOT_SUBMITTED) | Q(number__isnull=False)
            ),
            models.CheckConstraint(
                name="class_complete_when_submitted",
                condition=Q(stage__in=NOT_SUBMITTED)
                | (
                    Q(project__isnull=False, first_day__isnull=False, last_day__isnull=False)
                    & ~Q(category="")
                    & ~Q(fund_source="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["division", "stage"], name="class_place_stage"),
            models.Index(fields=["applicant", "stage"], name="class_owner_stage"),
            models.Index(fields=["stage", "first_day"], name="class_stage_day"),
        ]

    def __str__(self) -> str:
        return self.number or gettext("草稿")

    @property
    def training_type(self) -> str:
        """The project's, "" while none is chosen: by it grants are sorted (R-AUT-7)."""
        return self.project.training_type if self.project else ""


class Lesson(models.Model):
    """One lesson of the timetable; `hours` are lesson hours 课时 (45 minutes).

    `held_teacher` and `held_venue` are what the lesson books while its class holds anybody (every stage but
    `enums.IDLE`): the person who teaches (`Teacher.person_key`, the row's id where no number is on file) and the room.
    Triggers keep them, and exclusion constraints (migration `bookings`) refuse a second lesson that holds the same at
    the same time.
    """

    training_class = models.ForeignKey("training.TrainingClass", models.CASCADE, related_name="lessons")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    content = models.CharField(max_length=120)
    teacher = models.ForeignKey("training.Teacher", models.PROTECT, null=True, related_name="lessons", db_index=False)
    venue = models.ForeignKey("training.Venue", models.PROTECT, null=True, related_name="lessons", db_index=False)
    held_teacher = models.BigIntegerField(null=True, editable=False)
    held_venue = models.BigIntegerField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["day", "starts"]
        constraints = [
            models.CheckConstraint(name="lesson_ends_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="lesson_has_hours", condition=Q(hours__gt=0)),
            models.UniqueConstraint("training_class", "day", "starts", name="lesson_once"),
        ]


class AttendanceSheet(models.Model):
    """Who was there in one lesson: {enrolment id: mark}. The hours attended are kept on the enrolment by the same
    transaction.
    """

    lesson = models.OneToOneField("training.Lesson", models.CASCADE, related_name="sheet")
    marks = models.JSONField(default=dict)
    by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    correction = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
