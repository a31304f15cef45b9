"""Numbers of law as dated rows with their source; example values carry the mark 示例."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Dated(models.Model):
    """In force from `since` up to, not including, `until`."""

    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    is_example = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_dates_in_order",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                violation_error_message=_("失效日期须晚于生效日期。"),
            )
        ]

    @staticmethod
    def on(day: object) -> Q:
        return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))

    @property
    def days(self) -> str:
        """The days of a row as people say them: its first and its last day, both included."""
        if self.until is None:
            return gettext("%(since)s 起") % {"since": self.since.isoformat()}
        return gettext("%(since)s 至 %(last)s") % {
            "since": self.since.isoformat(),
            "last": self.last_day.isoformat(),
        }

    @property
    def last_day(self) -> date | None:
        """The last day a row holds."""
        return self.until - timedelta(days=1) if self.until else None

    def is_on(self, day: date) -> bool:
        """The same of a row in hand."""
        return self.since <= day and (self.until is None or self.until > day)


class Parameter(Dated):
    """A dated number of policy, for a division's subtree or (null) everywhere; the nearest division wins.

    `leagues_may`, of a row that holds everywhere: a league may set its own.
    """

    code = models.CharField(max_length=40)
    division = models.ForeignKey("accounts.Division", models.PROTECT, null=True, blank=True, related_name="+")
    value = models.DecimalField(max_digits=12, decimal_places=2)
    leagues_may = models.BooleanField(default=False)

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint("code", "division", "since", name="parameter_once", nulls_distinct=False),
        ]


class RouteStep(Dated):
    """Who decides at which position, by kind and category ("" = any), from which amount, within how
    many working days.
    """

    kind = models.CharField(max_length=20)
    category = models.CharField(max_length=30, blank=True, default="")
    variant = models.CharField(max_length=20, blank=True, default="")
    amount_from = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    position = models.PositiveSmallIntegerField()
    need = models.CharField(max_length=30)
    level = models.CharField(max_length=6)
    working_days = models.PositiveSmallIntegerField()

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "kind", "category", "variant", "amount_from", "position", "since", name="routestep_once"
            ),
        ]


class Reason(Dated):
    """A ready sentence for returning, refusing or striking out, of a kind of case and a category ("" = any)."""

    kind = models.CharField(max_length=20, blank=True)
    move = models.CharField(max_length=30)
    category = models.CharField(max_length=30, blank=True, default="")
    text = models.CharField(max_length=200)

    class Meta(Dated.Meta):
        default_permissions = ()
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint("kind", "move", "category", "text", "since", name="reason_once"),
        ]


class HolidayArrangement(models.Model):
    """The 放假调休 arrangement of a year, entered by an administrator of the region: by which notice, by whom, when
    (R-SEC-3).

    Without `entered_by` it came with a newer package and has no days of its own.
    """

    year = models.PositiveSmallIntegerField(primary_key=True)
    document = models.CharField(max_length=120)
    entered_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year} {self.document}"


class WorkdayOverride(models.Model):
    """A day off or a make-up day of an entered arrangement; without one, a single day on which the office works or
    rests otherwise.
    """

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    source = models.CharField(max_length=120)
    arrangement = models.ForeignKey(
        "casework.HolidayArrangement", models.CASCADE, null=True, blank=True, related_name="days"
    )

    class Meta:
        default_permissions = ()
        ordering = ["day"]
