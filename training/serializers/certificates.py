"""Corrections of certificates as the API takes and shows them."""

from __future__ import annotations

from rest_framework import serializers

from casework.serializers import BASE, CaseRowSerializer, WithMoves
from kit.inputs import FormSerializer
from training.enums import CertificateKind
from training.forms.results import CertificateForm
from training.models import CertificateChange


class CertificateInputSerializer(FormSerializer):
    """The certificate as it should be; what is left out stays as it is. The reason is demanded."""

    certificate_kind = serializers.ChoiceField(choices=CertificateKind.choices, required=False)

    class Meta:
        form, is_draft = CertificateForm, True


class NewCertificateInputSerializer(CertificateInputSerializer):
    """`enrolment`: the trainee of an approved completion whose certificate nobody has verified."""

    enrolment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class CertificateChangeRowSerializer(CaseRowSerializer):
    """What stood on the roster when it was asked, and what shall stand there."""

    class Meta:
        model = CertificateChange
        fields = (
            *BASE,
            "training_class",
            "enrolment",
            "old_kind",
            "old_number",
            "old_on",
            "new_kind",
            "new_number",
            "new_on",
            "reason",
        )


class CertificateChangeSerializer(WithMoves, CertificateChangeRowSerializer):
    class Meta(CertificateChangeRowSerializer.Meta):
        fields = (*CertificateChangeRowSerializer.Meta.fields, "available_moves")
