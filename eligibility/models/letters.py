"""Letters of 协查: one department asked about many people, on paper and as a sheet (R-ELG-5)."""

from django.db import models

from accounts.models import ScopedQuerySet


class Letter(models.Model):
    """An issued letter with its number, its people and the last day for the answer; never changed afterwards, but for a
    provisional last day.
    """

    number = models.CharField(max_length=40, unique=True)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    department = models.CharField(max_length=60)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    issued_by = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    due_on = models.DateField()

    objects = ScopedQuerySet.as_manager()
    scope_division, scope_desk = "division", "organisation"

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("division", "year", "sequence", name="letter_sequence_once")]

    def __str__(self) -> str:
        return self.number


class LetterRow(models.Model):
    """One person and one check in a letter. The question may be gone meanwhile (`assistance` is null); the letter still
    names it.
    """

    letter = models.ForeignKey("eligibility.Letter", models.CASCADE, related_name="rows")
    sequence = models.PositiveIntegerField()
    assistance = models.ForeignKey("eligibility.Assistance", models.SET_NULL, null=True, related_name="letter_rows")
    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="+")
    check_code = models.CharField(max_length=40)
    category = models.CharField(max_length=30, blank=True)
    heading = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("letter", "sequence", name="letterrow_once")]
