"""Catalogue, classes and timetables as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from casework.domain.categories import category_name
from casework.serializers import ConditionSerializer
from eligibility.engine.text import Text
from kit.inputs import FormSerializer
from kit.languages import language
from training.domain.classes.tabs import applications_of
from training.enums import OccupationStatus, Stage, TrainingType
from training.forms.catalogue import ProjectForm
from training.forms.classes import ClassForm, LessonForm, PlanForm, SlotForm
from training.models import Lesson, Occupation, Project, TrainingClass


def text_of(text: Text | None) -> str:
    """A text of the rule tables in the reader's language."""
    if text is None:
        return ""
    return text.of(language())


class DayFilter(serializers.Serializer):
    day = serializers.DateField(
        required=False, help_text="某一天有效的（默认今天）。 As of this day, today by default."
    )


class ProjectFilter(DayFilter):
    training_type = serializers.ChoiceField(choices=TrainingType.choices, required=False)
    category = serializers.CharField(required=False, max_length=30)


class ProjectSerializer(serializers.ModelSerializer):
    training_type_label = serializers.CharField(source="get_training_type_display")
    level_label = serializers.CharField(source="get_level_display", allow_null=True)
    occupation_name = serializers.CharField(source="occupation.name", default=None, allow_null=True)
    owner_name = serializers.CharField(source="owner.name")

    class Meta:
        model = Project
        fields = (
            "id",
            "owner",
            "owner_name",
            "code",
            "name",
            "occupation",
            "occupation_name",
            "level",
            "level_label",
            "training_type",
            "training_type_label",
            "hours",
            "certificate_kind",
            "certificate_required",
            "categories",
            "since",
            "until",
            "source",
            "is_example",
        )


class ProjectInputSerializer(FormSerializer):
    """A row of the project catalogue; of one in use or in force only `until` may be given otherwise than it stands."""

    class Meta:
        form, is_draft = ProjectForm, True


class OccupationSerializer(serializers.ModelSerializer):
    status = serializers.ChoiceField(OccupationStatus.choices, allow_null=True)
    status_label = serializers.SerializerMethodField()

    class Meta:
        model = Occupation
        fields = ("code", "name", "status", "status_label", "edition")

    def get_status_label(self, occupation: Any) -> str:
        return str(OccupationStatus(occupation.status).label) if occupation.status else ""


class InstitutionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ("id", "name", "kind", "uscc", "division")


class CheckSerializer(serializers.Serializer):
    """One line of the rule table: what it asks, by which clause, of whom, what to do when it fails."""

    code = serializers.CharField()
    label = serializers.SerializerMethodField()
    asks = serializers.SerializerMethodField()
    clause = serializers.CharField()
    registry = serializers.CharField(allow_null=True)
    documents = serializers.ListField(child=serializers.CharField())
    assisted = serializers.BooleanField()
    department = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()

    def get_label(self, check: Any) -> str:
        return text_of(check.label)

    def get_asks(self, check: Any) -> str:
        return text_of(check.asks)

    def get_department(self, check: Any) -> str:
        return text_of(check.department)

    def get_advice(self, check: Any) -> str:
        return text_of(check.advice)


class CategorySerializer(serializers.Serializer):
    """A category of trainees 人员类别 with what the notice asks of it."""

    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    section = serializers.CharField()
    clause = serializers.CharField()
    since = serializers.DateField()
    checks = CheckSerializer(many=True)

    def get_name(self, category: Any) -> str:
        return text_of(category.name)


class ClassFilter(serializers.Serializer):
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    category = serializers.CharField(required=False, max_length=30)
    division = serializers.SlugField(required=False, max_length=6)


class ClassRowSerializer(serializers.ModelSerializer):
    stage_label = serializers.CharField(source="get_stage_display")
    applicant_name = serializers.CharField(source="applicant.name")
    institution_name = serializers.CharField(source="institution.name", default=None, allow_null=True)
    employer_name = serializers.CharField(source="employer.name", default=None, allow_null=True)
    project_name = serializers.CharField(source="project.name", default=None, allow_null=True)
    category_label = serializers.SerializerMethodField()
    opening = serializers.IntegerField(source="opening.pk")

    class Meta:
        model = TrainingClass
        fields = (
            "id",
            "number",
            "name",
            "stage",
            "stage_label",
            "opening",
            "division",
            "applicant",
            "applicant_name",
            "institution",
            "institution_name",
            "employer",
            "employer_name",
            "project",
            "project_name",
            "category",
            "category_label",
            "fund_source",
            "first_day",
            "last_day",
            "planned_people",
        )

    def get_category_label(self, training_class: TrainingClass) -> str:
        return category_name(training_class.category)


class CaseLinkSerializer(serializers.Serializer):
    kind = serializers.CharField()
    id = serializers.IntegerField()


class ClassSerializer(ClassRowSerializer):
    """A class; `cases` are its applications in the order of its life."""

    people = serializers.SerializerMethodField()
    cases = serializers.SerializerMethodField()

    class Meta(ClassRowSerializer.Meta):
        fields = (*ClassRowSerializer.Meta.fields, "body", "venue", "teachers", "fee", "people", "cases")

    def get_people(self, training_class: TrainingClass) -> int:
        return training_class.enrolments.filter(struck_out_at__isnull=True).count()

    @extend_schema_field(CaseLinkSerializer(many=True))
    def get_cases(self, training_class: TrainingClass) -> list[dict[str, Any]]:
        return [{"kind": kind, "id": pk} for kind, pk in applications_of(training_class)]


class ClassInputSerializer(FormSerializer):
    """A draft: whatever is well-formed is saved. An institution names the employer by its credit code, an enterprise
    the institution.
    """

    class Meta:
        form, is_draft = ClassForm, True


class LessonSerializer(serializers.ModelSerializer):
    teacher_name = serializers.CharField(source="teacher.name", default=None, allow_null=True, read_only=True)
    venue_name = serializers.CharField(source="venue.name", default=None, allow_null=True, read_only=True)
    recorded = serializers.SerializerMethodField()

    class Meta:
        model = Lesson
        fields = (
            "id",
            "day",
            "starts",
            "ends",
            "hours",
            "content",
            "teacher",
            "teacher_name",
            "venue",
            "venue_name",
            "recorded",
        )

    def get_recorded(self, lesson: Lesson) -> bool:
        """Whether the attendance of this lesson is kept."""
        return hasattr(lesson, "sheet")


class LessonInputSerializer(FormSerializer):
    class Meta:
        form = LessonForm


class SlotInputSerializer(FormSerializer):
    class Meta:
        form = SlotForm


class PlanSerializer(FormSerializer):
    """Days of the week (0 = Monday) × times; lessons from the first day until the project's hours are full, holidays
    left out.
    """

    slots = SlotInputSerializer(many=True, allow_empty=False, max_length=6)

    class Meta:
        form = PlanForm


class MissingSerializer(serializers.Serializer):
    """What submission still demands, as sentences; `conditions` is the whole check list."""

    missing = serializers.ListField(child=serializers.CharField())
    conditions = ConditionSerializer(many=True)
