"""Units, their teachers and venues as the API shows and takes them; telephone, account and numbers masked (R-SEC-1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from casework.serializers import BASE, CaseRowSerializer, WithMoves
from kit.inputs import FormSerializer
from kit.masking import mask_account, mask_id, mask_phone
from training.domain.units.accounts import shows_whole
from training.domain.units.profiles import DAYS, MASKS, PROFILE, what_changes
from training.domain.units.registrations import what_is_missing, what_is_wrong
from training.forms.units import AccountForm, OpenUnitForm, TeacherForm, UnitForm, VenueForm
from training.models import AccountChange, Registration, Teacher, Unit, UnitAccount, Venue

SHOWN = tuple(name for name in PROFILE if name != "phone")


class AccountSerializer(serializers.ModelSerializer):
    """An account a unit is or was paid to: `approved_at` by an officer, `confirmed_at` by finance, in force while
    `ended_at` is null.
    """

    bank_account = serializers.CharField(source="masked")

    class Meta:
        model = UnitAccount
        fields = (
            "id",
            "holder",
            "bank_name",
            "bank_account",
            "is_exception",
            "exception_reason",
            "taken_over",
            "change",
            "approved_at",
            "confirmed_at",
            "ended_at",
        )


class UnitSerializer(serializers.ModelSerializer):
    """The approved file. `account` is the one in force; what is being changed is at `draft/`."""

    name = serializers.CharField(source="organisation.name")
    kind = serializers.CharField(source="organisation.kind")
    kind_label = serializers.CharField(source="organisation.get_kind_display")
    uscc = serializers.CharField(source="organisation.uscc")
    division = serializers.CharField(source="organisation.division_id")
    phone = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = (
            "id",
            "organisation",
            "name",
            "kind",
            "kind_label",
            "uscc",
            "division",
            *SHOWN,
            "phone",
            "account",
            "approved_at",
        )

    def get_phone(self, unit: Unit) -> str:
        return mask_phone(unit.phone)

    @extend_schema_field(AccountSerializer(allow_null=True))
    def get_account(self, unit: Unit) -> Any:
        account = next((row for row in unit.accounts.all() if row.ended_at is None), None)
        return AccountSerializer(account).data if account else None


class UnitDraftSerializer(serializers.Serializer):
    """The draft beside the file, and what it still lacks; a registration is decided on it."""

    registration = serializers.IntegerField(source="pk")
    state = serializers.CharField()
    values = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField(allow_null=True)))
    def get_values(self, registration: Registration) -> dict[str, Any]:
        return {
            name: MASKS[name](value) if name in MASKS else value or None if name in DAYS else value
            for name, value in registration.values.items()
        }

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_changed(self, registration: Registration) -> list[str]:
        return list(what_changes(registration))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, registration: Registration) -> list[str]:
        return [*what_is_missing(registration), *what_is_wrong(registration)]


class UnitInputSerializer(FormSerializer):
    """Only what is given changes. The account is taken with a first registration only."""

    class Meta:
        form, is_draft = UnitForm, True


class AccountInputSerializer(FormSerializer):
    """What is asked for; what is left out stays as it is."""

    class Meta:
        form, is_draft = AccountForm, True


class AccountChangeRowSerializer(CaseRowSerializer):
    """The number is whole for those who compare it with a paper: the unit's operator, the deciding office, finance of
    the place.
    """

    bank_account = serializers.SerializerMethodField()
    former = AccountSerializer(allow_null=True)

    class Meta:
        model = AccountChange
        fields = (
            *BASE,
            "unit",
            "holder",
            "bank_name",
            "bank_account",
            "is_exception",
            "exception_reason",
            "former",
            "registration",
            "approved_at",
        )

    def get_bank_account(self, change: AccountChange) -> str:
        return (
            (change.bank_account or "")
            if shows_whole(change, self.context["request"].membership)
            else mask_account(change.bank_account)
        )


class AccountChangeSerializer(WithMoves, AccountChangeRowSerializer):
    class Meta(AccountChangeRowSerializer.Meta):
        fields = (*AccountChangeRowSerializer.Meta.fields, "available_moves")


class OpenUnitSerializer(FormSerializer):
    class Meta:
        form = OpenUnitForm


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


class TeacherInputSerializer(FormSerializer):
    class Meta:
        form = TeacherForm


class VenueInputSerializer(FormSerializer):
    class Meta:
        form = VenueForm


class VenueSerializer(serializers.ModelSerializer):
    class Meta:
        model = Venue
        fields = ("id", "unit", "name", "address", "capacity", "is_active")
