"""Assisted checks 协查 as the API shows and takes them (R-ELG-5)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from casework.serializers import BASE, CaseRowSerializer, WithLastDay, WithMoves, is_provisional
from eligibility.domain.descriptions import department_label, label_of
from eligibility.domain.letters import department_of
from eligibility.enums import Agreement
from eligibility.forms import AnswerForm, CorrectionForm, ModeForm, NumberForm, RecognitionForm, ReplySheetForm
from eligibility.models import Assistance, Correction, Letter, Overruling, Person, Recognition
from eligibility.registries.catalogue import REGISTRIES
from kit.inputs import FormSerializer
from kit.masking import mask_id


class WaitingSerializer(WithLastDay, serializers.ModelSerializer):
    """An open question; the number masked."""

    name = serializers.CharField(source="person.name")
    number = serializers.CharField(source="person.masked_number")
    label = serializers.SerializerMethodField()
    department = serializers.SerializerMethodField()
    answer = serializers.CharField(help_text="open, cannot_say")

    class Meta:
        model = Assistance
        fields = (
            "id",
            "subject_kind",
            "subject_id",
            "name",
            "number",
            "check_code",
            "label",
            "department",
            "answer",
            "asked_at",
            "due_on",
            "due_on_is_provisional",
        )

    def get_label(self, asked: Assistance) -> str:
        return label_of(asked.check_code, asked.category)

    def get_department(self, asked: Assistance) -> str:
        return department_label(department_of(asked))


class ChosenSerializer(serializers.Serializer):
    """Questions by id."""

    assistances = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False, max_length=500
    )


class BatchSerializer(FormSerializer, ChosenSerializer):
    """One result and one letter number for many."""

    class Meta:
        form, leave_out = AnswerForm, ("file",)


class RecognitionInputSerializer(FormSerializer):
    """The recognising department's letter about an employer; `last_day` is the last day of the period, left out for
    none.
    """

    class Meta:
        form, leave_out = RecognitionForm, ("file",)


class RecognitionSerializer(serializers.ModelSerializer):
    """An answer about an employer; `until` is the first day it no longer holds."""

    answer_label = serializers.CharField(source="get_answer_display")

    class Meta:
        model = Recognition
        fields = (
            "uscc",
            "check_code",
            "answer",
            "answer_label",
            "since",
            "until",
            "area",
            "department",
            "letter",
            "note",
            "at",
        )


class ReplySheetSerializer(FormSerializer):
    """The workbook a department filled in; `letter` stands where a row names no letter."""

    class Meta:
        form = ReplySheetForm


class RepliesTakenSerializer(serializers.Serializer):
    """What became of many replies; a sentence for every refused one."""

    taken = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.ListField(child=serializers.CharField())


class LetterSerializer(WithLastDay, serializers.ModelSerializer):
    people = serializers.SerializerMethodField()
    issued_by = serializers.CharField()

    class Meta:
        model = Letter
        fields = ("id", "number", "department", "issued_by", "issued_at", "due_on", "due_on_is_provisional", "people")

    def get_people(self, letter: Any) -> int:
        return letter.rows.count()


class CorrectionInputSerializer(FormSerializer):
    """The right name and/or number (15 or 18 digits), the reason, and a paper where the name changes."""

    class Meta:
        form = CorrectionForm


class CorrectionRowSerializer(CaseRowSerializer):
    """A correction; numbers masked, `merged` is the id of the record that became one with `person`; both are for
    offices only (R-SEC-1).
    """

    old_number = serializers.SerializerMethodField()
    new_number = serializers.SerializerMethodField()

    class Meta:
        model = Correction
        fields = (*BASE, "person", "old_name", "new_name", "old_number", "new_number", "reason", "merged")

    def to_representation(self, instance: Correction) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown | {"person": None, "merged": None} if self.context["request"].membership.is_unit else shown

    def get_old_number(self, correction: Correction) -> str:
        return mask_id(correction.old_number)

    def get_new_number(self, correction: Correction) -> str:
        return mask_id(correction.new_number)


class CorrectionSerializer(WithMoves, CorrectionRowSerializer):
    class Meta(CorrectionRowSerializer.Meta):
        fields = (*CorrectionRowSerializer.Meta.fields, "available_moves")


class NumberSerializer(FormSerializer):
    """A citizen number, also one from before a correction; in the body, so that no log keeps it."""

    class Meta:
        form = NumberForm


class PersonSerializer(serializers.ModelSerializer):
    number = serializers.CharField(source="masked_number")

    class Meta:
        model = Person
        fields = ("id", "name", "number", "sex", "birth_date")


class CheckAnswerSerializer(serializers.Serializer):
    """One check at one gate; `before` is its outcome at the gate before, "" where it was not asked."""

    code = serializers.CharField()
    label = serializers.CharField()
    sentence = serializers.CharField()
    clause = serializers.CharField()
    outcome = serializers.CharField()
    overruled = serializers.BooleanField()
    before = serializers.CharField()
    changed = serializers.BooleanField()


class GateSerializer(serializers.Serializer):
    """One gate of the evidence; empty where it was not reached."""

    gate = serializers.CharField()
    label = serializers.CharField()
    verdict = serializers.CharField()
    as_of = serializers.DateField(source="examination.as_of", default=None, allow_null=True)
    examined_at = serializers.DateTimeField(source="examination.examined_at", default=None, allow_null=True)
    times = serializers.IntegerField()
    checks = CheckAnswerSerializer(source="statements", many=True)


class AskedSerializer(serializers.Serializer):
    """A question as its department reads it: the person in full; every reading is put on record."""

    id = serializers.IntegerField(source="asked.pk")
    name = serializers.CharField(source="asked.person.name")
    number = serializers.CharField(source="asked.person.number")
    check_code = serializers.CharField(source="asked.check_code")
    label = serializers.CharField()
    training_class = serializers.CharField(source="described.heading")
    letter = serializers.CharField(source="letter.number", default="")
    answer = serializers.CharField(source="asked.answer", help_text="open, cannot_say")
    due_on = serializers.DateField(source="asked.due_on", allow_null=True)
    due_on_is_provisional = serializers.SerializerMethodField()
    late = serializers.BooleanField()

    def get_due_on_is_provisional(self, question: Any) -> bool:
        return is_provisional(self, question.asked.due_on)


class AskedAnswerSerializer(BatchSerializer):
    """One result for many, in the department's own name; a letter's number or a note is demanded."""

    class Meta:
        form, leave_out = AnswerForm, ("file", "department")


class RegistrySerializer(serializers.Serializer):
    """An outside system: how it is connected, whether it answers, how many wait for it."""

    code = serializers.CharField()
    name = serializers.CharField()
    mode = serializers.CharField(help_text="online, file, assisted")
    answering = serializers.BooleanField(allow_null=True)
    sentence = serializers.CharField()
    last_asked = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()


class ModeSerializer(FormSerializer):
    """Another way for one system, and why."""

    code = serializers.ChoiceField(choices=list(REGISTRIES))

    class Meta:
        form = ModeForm


class OverruledSerializer(serializers.ModelSerializer):
    """A registry's fail that was or is to be set aside; the number masked."""

    name = serializers.CharField(source="person.name")
    number = serializers.CharField(source="person.masked_number")
    label = serializers.SerializerMethodField()
    state = serializers.CharField(help_text="proposed, agreed, declined")
    proposed_by = serializers.CharField()
    answered_by = serializers.CharField(allow_null=True)
    file_id = serializers.IntegerField(source="attachment_id")

    class Meta:
        model = Overruling
        fields = (
            "id",
            "subject_kind",
            "subject_id",
            "name",
            "number",
            "check_code",
            "label",
            "state",
            "reason",
            "file_id",
            "proposed_by",
            "proposed_at",
            "answered_by",
            "answered_at",
            "note",
        )

    def get_label(self, one: Overruling) -> str:
        return label_of(one.check_code, one.examination.category)


class OverruledFilter(serializers.Serializer):
    state = serializers.ChoiceField(choices=Agreement.choices, required=False, allow_blank=True)
