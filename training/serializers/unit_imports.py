"""Imports of units as the API takes and shows them: nothing personal of a row but its name (R-SEC-1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kit.inputs import FormSerializer
from training.domain.units.incomplete import Incomplete
from training.forms.unit_imports import ImportUploadForm
from training.imports.units import CHANGES, KINDS, Line, Preview, Taken


class ImportSerializer(FormSerializer):
    """A workbook of units, teachers or venues."""

    sheet = serializers.ChoiceField(choices=list(KINDS.items()))

    class Meta:
        form = ImportUploadForm


class TakeSerializer(serializers.Serializer):
    sheet = serializers.ChoiceField(choices=list(KINDS.items()))
    token = serializers.CharField(max_length=60)


class ImportLineSerializer(serializers.Serializer):
    """`change`: new, fills (what is empty on file), same, wrong; `errors` each with its cell."""

    row = serializers.IntegerField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    change = serializers.ChoiceField(choices=[(code, code) for code in CHANGES])
    errors = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())


class ImportPreviewSerializer(serializers.Serializer):
    token = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    lines = serializers.SerializerMethodField()

    @extend_schema_field(ImportLineSerializer(many=True))
    def get_lines(self, seen: Preview) -> list[dict[str, Any]]:
        return [_line(seen, line) for line in seen.lines]


class ToldSerializer(serializers.Serializer):
    """A first password, told once."""

    unit = serializers.CharField()
    username = serializers.CharField()
    full_name = serializers.CharField()
    password = serializers.CharField()


class ImportTakenSerializer(serializers.Serializer):
    """How many rows were taken in, the accounts opened, and the rows left."""

    counts = serializers.DictField(child=serializers.IntegerField())
    accounts = ToldSerializer(source="told", many=True)
    left = serializers.SerializerMethodField()

    @extend_schema_field(ImportLineSerializer(many=True))
    def get_left(self, taken: Taken) -> list[dict[str, Any]]:
        return [_line(taken.preview, line) for line in taken.preview.lines]


def _line(seen: Preview, line: Line) -> dict[str, Any]:
    return {
        "row": line.row,
        "name": line.cells.get("name", ""),
        "uscc": line.cells.get("uscc", ""),
        "change": line.change,
        "errors": seen.said(line),
        "notes": [str(note) for note in line.notes],
    }


class IncompleteSerializer(serializers.Serializer):
    """A unit and what its file still lacks."""

    id = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    lacks = serializers.ListField(child=serializers.CharField())

    def get_id(self, found: Incomplete) -> int:
        return found.unit.pk

    def get_name(self, found: Incomplete) -> str:
        return found.unit.organisation.name


class RemindSerializer(serializers.Serializer):
    units = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=500)


class RemindedSerializer(serializers.Serializer):
    reminded = serializers.IntegerField()
