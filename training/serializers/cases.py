"""Registration, opening and completion as the API shows them."""

from __future__ import annotations

from rest_framework import serializers

from casework.serializers import BASE, CaseRowSerializer, WithMoves
from training.models import Completion, Opening, Registration


class RegistrationRowSerializer(CaseRowSerializer):
    class Meta:
        model = Registration
        fields = (*BASE, "unit")


class RegistrationSerializer(WithMoves, RegistrationRowSerializer):
    class Meta(RegistrationRowSerializer.Meta):
        fields = (*RegistrationRowSerializer.Meta.fields, "available_moves")


class ClassCaseSerializer(CaseRowSerializer):
    """What the applications of a class say of it."""

    class_number = serializers.CharField(source="training_class.number")
    class_name = serializers.CharField(source="training_class.name")
    stage = serializers.CharField(source="training_class.stage")
    first_day = serializers.DateField(source="training_class.first_day", allow_null=True)
    last_day = serializers.DateField(source="training_class.last_day", allow_null=True)


CLASS_CASE = (*BASE, "training_class", "class_number", "class_name", "stage", "first_day", "last_day")


class OpeningRowSerializer(ClassCaseSerializer):
    class Meta:
        model = Opening
        fields = (*CLASS_CASE, "is_late")


class OpeningSerializer(WithMoves, OpeningRowSerializer):
    class Meta(OpeningRowSerializer.Meta):
        fields = (*CLASS_CASE, "is_late", "available_moves")


class CompletionRowSerializer(ClassCaseSerializer):
    class Meta:
        model = Completion
        fields = CLASS_CASE


class CompletionSerializer(WithMoves, CompletionRowSerializer):
    class Meta(CompletionRowSerializer.Meta):
        fields = (*CLASS_CASE, "available_moves")
