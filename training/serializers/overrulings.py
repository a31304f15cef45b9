"""Overrulings as the API shows and takes them (R-ELG-5)."""

from __future__ import annotations

from rest_framework import serializers

from eligibility.forms import ProposalForm, SettlementForm
from eligibility.models import Overruling
from kit.inputs import FormSerializer


class ProposalSerializer(FormSerializer):
    """Which failed check, why, and the file it stands on; all three are demanded."""

    check = serializers.CharField(max_length=40)

    class Meta:
        form = ProposalForm


class SettlementSerializer(FormSerializer):
    agree = serializers.BooleanField(
        error_messages=dict.fromkeys(("required", "invalid", "null"), SettlementForm.NEITHER)
    )

    class Meta:
        form, leave_out = SettlementForm, ("answer",)


class OverrulingSerializer(serializers.ModelSerializer):
    state_label = serializers.CharField(source="get_state_display")
    proposed_by = serializers.CharField()
    answered_by = serializers.CharField(allow_null=True)
    file = serializers.CharField(source="attachment.name")
    file_id = serializers.IntegerField(source="attachment.pk")

    class Meta:
        model = Overruling
        fields = (
            "id",
            "check_code",
            "state",
            "state_label",
            "reason",
            "file",
            "file_id",
            "proposed_by",
            "proposed_at",
            "answered_by",
            "answered_at",
            "note",
        )
