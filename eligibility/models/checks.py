"""What was asked, what was answered, what it was judged to mean (R-ELG-2, R-ELG-5, R-ELG-6)."""

from django.db import models
from django.db.models import Q

from eligibility.enums import Answer, Gate, Urgency, Verdict
from kit.fields import EncryptedJSONField, HashField
from kit.versions import version_of


class RegistryAnswer(models.Model):
    """One registry's answer about one subject within one cross-check job: a job taken up again asks nobody twice.

    `facts` are the records' key facts only (R-ELG-7), encrypted; null means the registry did not answer. `problem` says
    why nothing can be concluded: the code of a silence, or that the records cannot be read; such a question is asked
    again (R-ELG-1).
    """

    job = models.ForeignKey(
        "casework.Job", models.CASCADE, related_name="answers", db_index=False
    )  # the constraint's index begins with it
    registry = models.CharField(max_length=20)
    subject_hash = HashField()
    facts = EncryptedJSONField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("job", "registry", "subject_hash", name="registryanswer_once")]


class Examination(models.Model):
    """One person judged for one enrolment at one gate, frozen as it was; `results` is the engine's
    judgement as JSON.
    """

    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="examinations")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    gate = models.CharField(max_length=10, choices=Gate.choices)
    category = models.CharField(max_length=30)
    table = models.CharField(max_length=40)
    as_of = models.DateField()
    verdict = models.CharField(max_length=18, choices=Verdict.choices)
    results = models.JSONField()
    subgroups = models.JSONField(default=list)
    job = models.ForeignKey("casework.Job", models.PROTECT, null=True, related_name="+")
    examined_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-id"], name="examination_subject")]


class Assistance(models.Model):
    """An assisted check of one enrolment put to people: a department's reply with its letter or file (R-ELG-5).

    `asked_of` is the department the rule table names, `department` the one that answered; `due_on` the last day for the
    answer.
    `by_department`: answered through that department's own account; such an answer only the department changes (a
    trigger holds it).
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    person = models.ForeignKey("eligibility.Person", models.PROTECT, related_name="assistances")
    check_code = models.CharField(max_length=40)
    category = models.CharField(max_length=30, blank=True)
    asked_of = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.OPEN)
    department = models.CharField(max_length=60, blank=True)
    letter = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.Membership", models.PROTECT, null=True, related_name="+")
    by_department = models.BooleanField(default=False)

    @property
    def version(self) -> str:
        """The version of its answer (kit.versions)."""
        return version_of(self.answer, self.department, self.letter, self.note, self.answered_at)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("subject_kind", "subject_id", "check_code", name="assistance_once"),
            models.CheckConstraint(
                name="assistance_answer_has_evidence",
                condition=Q(answer=Answer.OPEN) | (Q(answered_by__isnull=False) & ~Q(letter="", note="")),
            ),
        ]


class Reminder(models.Model):
    """That a department and the office in charge were reminded of a question, once a stage (R-ELG-5)."""

    assistance = models.ForeignKey("eligibility.Assistance", models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=4, choices=Urgency.choices)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("assistance", "stage", name="reminder_once")]
