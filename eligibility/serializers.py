"""The 协查 desk as the API shows and takes it (R-ELG-5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from eligibility.domain.letters import department_of
from eligibility.domain.spoken import department_words, label_of
from eligibility.enums import Answer
from eligibility.models import Assistance, Letter


class WaitingSerializer(serializers.ModelSerializer):
    """An open question; the number masked."""

    name = serializers.CharField(source="person.name")
    number = serializers.CharField(source="person.masked_number")
    label = serializers.SerializerMethodField()
    department = serializers.SerializerMethodField()
    answer = serializers.CharField(help_text="open, cannot_say")

    class Meta:
        model = Assistance
        fields = ("id", "subject_kind", "subject_id", "name", "number", "check_code", "label", "department", "answer", "asked_at", "due_on")

    def get_label(self, asked: Assistance) -> str:
        return label_of(asked.check_code, asked.category)

    def get_department(self, asked: Assistance) -> str:
        return department_words(department_of(asked))


class ChosenSerializer(serializers.Serializer):
    """Questions by id."""

    assistances = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False, max_length=500)


class BatchSerializer(ChosenSerializer):
    """One result and one letter number for many."""

    answer = serializers.CharField(max_length=10, help_text="confirmed, refuted, cannot_say")
    department = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    letter = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    def validate_answer(self, said: str) -> str:
        if said not in set(Answer.values) - {Answer.OPEN}:
            raise serializers.ValidationError(_("请选择协查结果：属实、不属实或无法核实。"))
        return said


class ReplySheetSerializer(serializers.Serializer):
    """The workbook a department filled in; `letter` stands where a row names no letter."""

    file = serializers.FileField(max_length=255, allow_empty_file=True)
    letter = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class RepliesTakenSerializer(serializers.Serializer):
    """What became of many replies; a sentence for every refused one."""

    taken = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.ListField(child=serializers.CharField())


class LetterSerializer(serializers.ModelSerializer):
    people = serializers.SerializerMethodField()
    issued_by = serializers.CharField()

    class Meta:
        model = Letter
        fields = ("id", "number", "department", "issued_by", "issued_at", "due_on", "people")

    def get_people(self, letter: Any) -> int:
        return letter.rows.count()
