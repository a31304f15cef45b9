"""What the nightly watch found and what-if runs, as the API shows and takes them (R-ELG-4, R-ELG-8)."""

from __future__ import annotations

from rest_framework import serializers

from casework.serializers import JobSerializer
from kit.inputs import FormSerializer
from training.domain.verification.watch_stops import stops_money
from training.forms.checks import DealtForm, WhatIfForm
from training.models import Change


class ChangeSerializer(serializers.ModelSerializer):
    """A change in a trainee's life; `dealt_at` is null until the officer in charge has said what came of it. Numbers
    masked.
    """

    what_label = serializers.CharField(source="get_what_display")
    name = serializers.CharField(source="enrolment.name")
    number = serializers.CharField(source="enrolment.person.masked_number")
    class_id = serializers.IntegerField(source="enrolment.training_class_id")
    class_number = serializers.CharField(source="enrolment.training_class.number")
    dealt_by = serializers.CharField(allow_null=True)
    stops_money = serializers.SerializerMethodField()

    def get_stops_money(self, change: Change) -> bool:
        """Whether no money may be approved or paid for this person until it has been dealt with."""
        return stops_money(change, change.enrolment.training_class)

    class Meta:
        model = Change
        fields = (
            "id",
            "what",
            "what_label",
            "since",
            "uscc",
            "registry",
            "seen_at",
            "enrolment",
            "name",
            "number",
            "class_id",
            "class_number",
            "dealt_at",
            "dealt_by",
            "note",
            "document",
            "stops_money",
        )


class DealtSerializer(FormSerializer):
    class Meta:
        form = DealtForm


class WatchFilter(serializers.Serializer):
    """`class` for one class; `open` for what nobody has dealt with yet (true) or the others (false)."""

    open = serializers.BooleanField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {
            "class": serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
        }


class WhatIfSerializer(FormSerializer):
    """A rule table by its code, and the first days of the classes to be judged again."""

    class Meta:
        form = WhatIfForm


class ChangedSerializer(serializers.Serializer):
    """One person whose verdict would change, or of whom it cannot be said; numbers masked."""

    enrolment = serializers.IntegerField()
    name = serializers.CharField()
    number = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField(allow_blank=True)
    lines = serializers.ListField(child=serializers.CharField())
    why_not = serializers.CharField(allow_blank=True)


class WhatIfResultSerializer(serializers.Serializer):
    """How far the run is, and the first people it would change."""

    job = JobSerializer()
    rows = ChangedSerializer(many=True)


class PairSerializer(serializers.Serializer):
    """A pair of texts, under the names of the fields."""

    def to_representation(self, pair: tuple[str, str]) -> dict[str, str]:
        return dict(zip(self.fields, pair, strict=True))


class AdviceSerializer(PairSerializer):
    """A check that does not pass, and what to do about it."""

    check = serializers.CharField()
    advice = serializers.CharField()


class InsteadSerializer(PairSerializer):
    """Another category that may fit, and what this person would come to in it."""

    category = serializers.CharField()
    verdict = serializers.CharField()


class AdvisedSerializer(serializers.Serializer):
    """One trainee of the draft as the opening would be judged today; numbers masked, nothing of
    what a registry said.
    """

    enrolment = serializers.IntegerField(source="enrolment.pk")
    sequence = serializers.IntegerField(source="enrolment.sequence")
    name = serializers.CharField(source="enrolment.name")
    number = serializers.CharField(source="enrolment.person.masked_number")
    verdict = serializers.CharField()
    verdict_label = serializers.CharField(source="label")
    advice = AdviceSerializer(many=True)
    instead = InsteadSerializer(many=True)


class PrecheckSerializer(serializers.Serializer):
    """The newest precheck of a draft (`job` is null before the first) and what it came to."""

    job = JobSerializer(allow_null=True)
    trainees = AdvisedSerializer(many=True)
