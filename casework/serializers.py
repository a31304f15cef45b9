"""What the API says of cases, steps, files, jobs and notices."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.domain.labels import act_label
from accounts.models import Division
from casework.domain.categories import category_name
from casework.domain.flow import file_of
from casework.domain.history import Entry
from casework.domain.moves import available
from casework.domain.workdays import calendar, waits_for
from casework.enums import Standing, State
from casework.models import Attachment, Comment, Job, Notice, Step, WorkItem
from kit.workdays import Calendar

BASE = (
    "id",
    "kind",
    "number",
    "state",
    "state_label",
    "version",
    "round",
    "division",
    "division_name",
    "applicant",
    "applicant_name",
    "category",
    "category_label",
    "desk",
    "desk_name",
    "due_on",
    "due_on_is_provisional",
    "submitted_at",
    "decided_at",
)


class AvailableMoveSerializer(serializers.Serializer):
    """A move this membership may take in this state; with obstacles it may not be taken yet, for these reasons."""

    name = serializers.CharField(source="move.name")
    label = serializers.CharField(source="move.label")
    obstacles = serializers.ListField(child=serializers.CharField())
    needs_reason = serializers.BooleanField(source="move.reason")


class WithLastDay(serializers.Serializer):
    """`due_on_is_provisional`: a holiday arrangement still to come may move `due_on`."""

    due_on_is_provisional = serializers.SerializerMethodField()

    def get_due_on_is_provisional(self, row: Any) -> bool:
        return is_provisional(self, row.due_on)


def is_provisional(serializer: serializers.BaseSerializer, day: date | None) -> bool:
    """One query for a whole answer, and none where the package is certain."""
    context = serializer.context

    def known() -> Calendar:
        if "workdays" not in context:
            context["workdays"] = calendar()
        return context["workdays"]

    return waits_for(day, known) is not None


class CaseRowSerializer(WithLastDay, serializers.ModelSerializer):
    """The columns every application shares; each kind adds its own (`Meta.model`, `Meta.fields`)."""

    kind = serializers.CharField(source="_meta.model_name")
    state = serializers.ChoiceField(choices=State.choices)
    state_label = serializers.CharField(source="get_state_display")
    division_name = serializers.CharField(source="division.name")
    applicant_name = serializers.CharField(source="applicant.name")
    category_label = serializers.SerializerMethodField()
    desk_name = serializers.CharField(source="desk.name", default=None, allow_null=True)

    def get_category_label(self, case: Any) -> str:
        return category_name(case.category)


class WithMoves(serializers.Serializer):
    """`available_moves` of the membership that asks, for the answer about one case."""

    available_moves = serializers.SerializerMethodField()

    @extend_schema_field(AvailableMoveSerializer(many=True))
    def get_available_moves(self, case: Any) -> Any:
        return AvailableMoveSerializer(available(file_of(case), self.context["request"].membership), many=True).data


class MoveSerializer(serializers.Serializer):
    """`expected_version` is the version you read; the same request sent again is answered the same and done once."""

    expected_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    data = serializers.DictField(required=False, default=dict)


class CaseFilter(serializers.Serializer):
    state = serializers.ChoiceField(choices=State.choices, required=False)
    category = serializers.CharField(required=False, max_length=30)
    division = serializers.SlugField(
        required=False, max_length=6, help_text="六位代码，含下级。 Six digits, with all below it."
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A division stands for itself and everything that reports to it."""
        if code := asked.pop("division", ""):
            place = Division.objects.filter(pk=code).first()
            if place is None:
                raise serializers.ValidationError({"division": [code]})
            asked["division__path__startswith"] = place.path
        return asked


class StepSerializer(serializers.ModelSerializer):
    from_state_label = serializers.CharField(source="get_from_state_display")
    to_state_label = serializers.CharField(source="get_to_state_display")

    class Meta:
        model = Step
        fields = (
            "id",
            "kind",
            "number",
            "move",
            "from_state",
            "from_state_label",
            "to_state",
            "to_state_label",
            "round",
            "version",
            "actor",
            "reason",
            "at",
            "due_on",
            "decides",
        )


class EntrySerializer(serializers.Serializer):
    """One line of a case's history: a move (`step` is its id) or another act; `details` as the page shows them."""

    at = serializers.DateTimeField()
    step = serializers.IntegerField(source="step.id", default=None)
    what = serializers.SerializerMethodField()
    whom = serializers.CharField()
    actor = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()

    def get_what(self, entry: Entry) -> str:
        return act_label(f"{entry.step.kind}.{entry.step.move}") if entry.step else entry.what

    def get_actor(self, entry: Entry) -> str:
        return entry.step.actor if entry.step else entry.actor

    def get_reason(self, entry: Entry) -> str:
        return entry.step.reason if entry.step else entry.reason

    def get_details(self, entry: Entry) -> list[dict[str, str]]:
        return [{"label": label, "text": text} for label, text in entry.details]


class ConditionSerializer(serializers.Serializer):
    """One line of the check list; one that `blocks` and does not hold forbids agreement."""

    holds = serializers.BooleanField()
    sentence = serializers.CharField()
    blocks = serializers.BooleanField()


class FileSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.user.full_name")
    url = serializers.SerializerMethodField()
    last_valid_day = serializers.DateField(allow_null=True)

    class Meta:
        model = Attachment
        fields = (
            "id",
            "slot",
            "name",
            "media_type",
            "size",
            "sha256",
            "last_valid_day",
            "particulars",
            "by",
            "at",
            "replaced_at",
            "url",
        )

    def get_url(self, attachment: Attachment) -> str:
        return reverse("api_file", args=[attachment.pk], request=self.context.get("request"))


class SlotSerializer(serializers.Serializer):
    """A document the case asks for: the file now valid first, then the replaced ones."""

    slot = serializers.CharField(source="code")
    label = serializers.CharField()
    required = serializers.BooleanField()
    files = FileSerializer(many=True)


class FileInputSerializer(serializers.Serializer):
    slot = serializers.CharField(max_length=40)
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    last_valid_day = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="the last day the paper holds"
    )
    issuer = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    trade = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class CommentSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.user.full_name", read_only=True)
    organisation = serializers.CharField(source="by.organisation.name", read_only=True)

    class Meta:
        model = Comment
        fields = ("id", "text", "internal", "by", "organisation", "at")


class InboxFilter(serializers.Serializer):
    standing = serializers.ChoiceField(choices=Standing.choices, default=Standing.TODO)
    kind = serializers.CharField(required=False, max_length=20)
    category = serializers.CharField(required=False, max_length=30)


class WorkItemSerializer(WithLastDay, serializers.ModelSerializer):
    """A case as it lies on the desk: open it at /api/v1/<kinds>/<object_id>/."""

    state = serializers.ChoiceField(choices=State.choices)
    state_label = serializers.SerializerMethodField()
    category_label = serializers.SerializerMethodField()
    applicant_name = serializers.CharField(source="applicant.name")
    division_name = serializers.CharField(source="division.name")

    class Meta:
        model = WorkItem
        fields = (
            "id",
            "kind",
            "object_id",
            "number",
            "title",
            "state",
            "state_label",
            "standing",
            "need",
            "category",
            "category_label",
            "applicant",
            "applicant_name",
            "division",
            "division_name",
            "people",
            "exceptions",
            "amount",
            "since",
            "due_on",
            "due_on_is_provisional",
            "is_late",
        )

    def get_state_label(self, item: WorkItem) -> str:
        return str(State(item.state).label)

    def get_category_label(self, item: WorkItem) -> str:
        return category_name(item.category)


class JobSerializer(serializers.ModelSerializer):
    """Long work: ask again until `state` is done or failed; `file_url` is there when you may fetch a result.

    Takes jobs as `shown` prepares them for a membership.
    """

    state_label = serializers.CharField(source="get_state_display")
    percent = serializers.IntegerField()
    result = serializers.DictField()
    file_url = serializers.SerializerMethodField()
    can_take_up = serializers.BooleanField(source="can_restart")

    class Meta:
        model = Job
        fields = (
            "id",
            "title",
            "kind",
            "object_id",
            "state",
            "state_label",
            "total",
            "done",
            "percent",
            "attempts",
            "message",
            "result",
            "file_name",
            "file_url",
            "can_take_up",
            "queued_at",
            "started_at",
            "ended_at",
        )

    def get_file_url(self, job: Job) -> str | None:
        return reverse("api_job_file", args=[job.pk], request=self.context.get("request")) if job.can_fetch else None


class NoticeSerializer(serializers.ModelSerializer):
    seen = serializers.BooleanField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "object_id", "text", "at", "seen")


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, allow_blank=True)
