"""Units, their teachers and venues as the API shows and takes them; telephone, account and numbers masked (R-SEC-1)."""

from __future__ import annotations

from rest_framework import serializers

from accounts.enums import UNIT_KINDS
from kit.masking import mask_account, mask_id, mask_phone
from training.domain.units import PROFILE
from training.forms.units import REQUESTED
from training.models import Teacher, Unit, Venue

SHOWN = tuple(name for name in PROFILE if name not in {"phone", "bank_account"})


class UnitSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="organisation.name")
    kind = serializers.CharField(source="organisation.kind")
    kind_label = serializers.CharField(source="organisation.get_kind_display")
    uscc = serializers.CharField(source="organisation.uscc")
    division = serializers.CharField(source="organisation.division_id")
    phone = serializers.SerializerMethodField()
    bank_account = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = ("id", "organisation", "name", "kind", "kind_label", "uscc", "division", *SHOWN, "phone", "bank_account", "approved_at")

    def get_phone(self, unit: Unit) -> str:
        return mask_phone(unit.phone)

    def get_bank_account(self, unit: Unit) -> str:
        return mask_account(unit.bank_account)


class UnitInputSerializer(serializers.ModelSerializer):
    """Only what is given changes; the rules are those of the page's form."""

    entity_type = serializers.CharField(max_length=20, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=60, required=False, allow_null=True, allow_blank=True)
    bank_account = serializers.CharField(max_length=60, required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = Unit
        fields = PROFILE


class OpenUnitSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in UNIT_KINDS])
    name = serializers.CharField(max_length=120)
    uscc = serializers.CharField(max_length=24)
    division = serializers.CharField(max_length=6)
    full_name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30)
    username = serializers.CharField(max_length=60)
    requested = serializers.ChoiceField(choices=REQUESTED)
    note = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")


class OpenedUnitSerializer(serializers.Serializer):
    """`password` is shown this once and stored nowhere; it must be changed in the browser before the API answers."""

    unit = UnitSerializer()
    registration = serializers.IntegerField(source="registration.pk")
    username = serializers.CharField(source="user.username")
    password = serializers.CharField()


class TeacherSerializer(serializers.ModelSerializer):
    masked_number = serializers.SerializerMethodField()

    class Meta:
        model = Teacher
        fields = ("id", "unit", "name", "masked_number", "qualification", "qualification_valid_to", "is_active")

    def get_masked_number(self, teacher: Teacher) -> str:
        return mask_id(teacher.number)


class TeacherInputSerializer(serializers.ModelSerializer):
    number = serializers.CharField(max_length=60, required=False, allow_null=True, allow_blank=True)

    class Meta:
        model = Teacher
        fields = ("name", "number", "qualification", "qualification_valid_to", "is_active")


class VenueSerializer(serializers.ModelSerializer):
    class Meta:
        model = Venue
        fields = ("id", "unit", "name", "address", "capacity", "is_active")
        read_only_fields = ("unit",)
