"""Rosters, uploads, checks, attendance and results as the API shows and takes them; numbers masked (R-SEC-1)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from casework.serializers import JobSerializer
from eligibility.domain.brief import Brief
from eligibility.domain.descriptions import for_unit, sentence_of
from eligibility.domain.examine import results_of
from eligibility.enums import Verdict
from eligibility.forms import AnswerForm
from eligibility.models import Assistance, Examination
from kit.inputs import FormSerializer
from kit.masking import mask_account, mask_phone
from kit.whole import whole, wholes
from training import fields
from training.domain.roster.attendance import attendance_percent
from training.domain.verification.findings import explain, proof_shown
from training.enums import Mark
from training.forms.results import ResultForm
from training.forms.rosters import AllColumns, SheetForm
from training.imports.roster import ShownRow
from training.models import AttendanceSheet, Enrolment, RosterUpload

CELLS = serializers.DictField(child=serializers.CharField(allow_blank=True))


class EnrolmentSerializer(serializers.ModelSerializer):
    """One person in one class: the name in full, number, telephone and account masked."""

    name = serializers.CharField()
    number = serializers.CharField(source="person.masked_number")
    sex = serializers.CharField(source="person.sex")
    phone = serializers.SerializerMethodField()
    bank_account = serializers.SerializerMethodField()
    verdict = serializers.SerializerMethodField()
    verdict_label = serializers.SerializerMethodField()
    result_label = serializers.CharField(source="get_result_display")
    certificate_verified = serializers.SerializerMethodField()

    class Meta:
        model = Enrolment
        fields = (
            "id",
            "training_class",
            "sequence",
            "name",
            "number",
            "sex",
            "phone",
            "bank_name",
            "bank_account",
            "marks",
            "household",
            "verdict",
            "verdict_label",
            "struck_out_at",
            "strike_reason",
            "attended_hours",
            "theory_score",
            "practice_score",
            "result",
            "result_label",
            "certificate_kind",
            "certificate_number",
            "certificate_on",
            "certificate_verified",
        )

    def get_verdict(self, enrolment: Enrolment) -> str:
        return Brief.of(enrolment.examination).verdict_shown(office=not self.context["request"].membership.is_unit)

    def get_verdict_label(self, enrolment: Enrolment) -> str:
        return str(Verdict(self.get_verdict(enrolment)).label)

    def get_certificate_verified(self, enrolment: Enrolment) -> bool:
        return proof_shown(enrolment, self.context["request"].membership)

    def get_phone(self, enrolment: Enrolment) -> str:
        return mask_phone(enrolment.phone)

    def get_bank_account(self, enrolment: Enrolment) -> str:
        return mask_account(enrolment.bank_account)


class TraineeSerializer(FormSerializer):
    """One trainee by hand; the columns, their help and their checks are those of the Excel template."""

    class Meta:
        form = AllColumns

    def get_fields(self) -> dict[str, serializers.Field]:
        found = super().get_fields()
        for name, field in found.items():
            field.help_text = fields.BY_KEY[name].note
        return found


class UploadSerializer(serializers.ModelSerializer):
    """An uploaded roster: `refusal` says why the file as a whole could not be read, `good` and `bad` count its rows."""

    name = serializers.CharField(source="attachment.name")
    opening = serializers.IntegerField(source="training_class.opening.pk")

    class Meta:
        model = RosterUpload
        fields = ("id", "training_class", "opening", "job", "name", "refusal", "good", "bad", "taken_at", "at")


class AcceptedUploadSerializer(serializers.Serializer):
    upload = serializers.IntegerField()
    job = JobSerializer()


class TakenSerializer(serializers.Serializer):
    taken = serializers.IntegerField()
    upload = UploadSerializer()


class UploadRowFilter(serializers.Serializer):
    good = serializers.BooleanField(required=False, allow_null=True, default=None)


class UploadRowSerializer(serializers.Serializer):
    """A staged row: `errors` say by column what is wrong and how to mend it; what is not to be
    mended here is masked.
    """

    row = serializers.IntegerField()
    is_good = serializers.BooleanField()
    cells = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField()
    suggestions = serializers.SerializerMethodField()
    notes = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(CELLS)
    def get_cells(self, row: ShownRow) -> dict[str, str]:
        return {cell.column.key: cell.text for cell in row.cells}

    @extend_schema_field(CELLS)
    def get_errors(self, row: ShownRow) -> dict[str, str]:
        return {cell.column.key: str(cell.wrong) for cell in row.wrong}

    @extend_schema_field(CELLS)
    def get_suggestions(self, row: ShownRow) -> dict[str, str]:
        return {cell.column.key: cell.suggestion for cell in row.wrong if cell.suggestion}


class OverrulingStatementSerializer(serializers.Serializer):
    """Who set a registry's fail aside, who agreed, why and on which file (R-ELG-5)."""

    id = serializers.IntegerField()
    by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    agreed_by = serializers.CharField()
    agreed_at = serializers.DateTimeField()
    reason = serializers.CharField()
    file = serializers.CharField(help_text='"" for a unit: the paper is the offices\' own')
    file_id = serializers.IntegerField(allow_null=True)

    def to_representation(self, said: Any) -> dict[str, Any]:
        shown = super().to_representation(said)
        return shown | {"file": "", "file_id": None} if self.context["request"].membership.is_unit else shown


class ResultSerializer(serializers.Serializer):
    """One check's result with its sentence in the reader's language."""

    code = serializers.CharField()
    label = serializers.SerializerMethodField()
    clause = serializers.CharField()
    registry = serializers.CharField(allow_null=True)
    outcome = serializers.CharField()
    sentence = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()
    assisted = serializers.BooleanField()
    needs = serializers.CharField(allow_null=True)
    overruled = serializers.BooleanField()
    overruling = OverrulingStatementSerializer(allow_null=True)
    evidence = serializers.SerializerMethodField()

    def get_label(self, result: Any) -> str:
        return explain(result)[1]

    def get_sentence(self, result: Any) -> str:
        return sentence_of(result, office=not self.context["request"].membership.is_unit)

    def get_advice(self, result: Any) -> str:
        return explain(result)[2]

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_evidence(self, result: Any) -> list[Any]:
        """The registry's facts are for the offices; a unit reads the sentence."""
        return [] if self.context["request"].membership.is_unit else list(result.evidence)


class ExaminationSerializer(serializers.ModelSerializer):
    verdict = serializers.SerializerMethodField()
    verdict_label = serializers.SerializerMethodField()
    subgroups = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    class Meta:
        model = Examination
        fields = (
            "id",
            "gate",
            "category",
            "table",
            "as_of",
            "verdict",
            "verdict_label",
            "subgroups",
            "examined_at",
            "results",
        )

    def get_verdict(self, examination: Examination) -> str:
        return Brief.of(examination).verdict_shown(office=not self.context["request"].membership.is_unit)

    def get_verdict_label(self, examination: Examination) -> str:
        return str(Verdict(self.get_verdict(examination)).label)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_subgroups(self, examination: Examination) -> list[str]:
        return [] if Brief.of(examination).is_hidden_from(self.context["request"].membership) else examination.subgroups

    @extend_schema_field(ResultSerializer(many=True))
    def get_results(self, examination: Examination) -> Any:
        results = results_of(examination)
        return ResultSerializer(
            for_unit(results) if self.context["request"].membership.is_unit else results,
            many=True,
            context=self.context,
        ).data


class AnswerSerializer(FormSerializer):
    """What people found out, with the letter or the note it stands on (R-ELG-5)."""

    class Meta:
        form, leave_out = AnswerForm, ("file",)


class AssistanceSerializer(serializers.ModelSerializer):
    answer_label = serializers.CharField(source="get_answer_display")
    answered_by = serializers.SerializerMethodField()
    version = serializers.CharField(read_only=True)

    class Meta:
        model = Assistance
        fields = (
            "check_code",
            "answer",
            "answer_label",
            "department",
            "letter",
            "note",
            "asked_at",
            "answered_at",
            "answered_by",
            "by_department",
            "version",
        )

    def get_answered_by(self, asked: Assistance) -> str:
        """Who really answered, with the office; empty while it is open."""
        return str(asked.answered_by) if asked.answered_by else ""


class SheetSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.user.full_name")
    marks = serializers.DictField(child=serializers.ChoiceField(choices=Mark.choices))

    class Meta:
        model = AttendanceSheet
        fields = ("lesson", "marks", "by", "recorded_at", "correction")


class SheetInputSerializer(FormSerializer):
    """A mark for every living trainee by enrolment; a change to a kept sheet says why (R-SUP-1)."""

    marks = serializers.DictField(child=serializers.ChoiceField(choices=Mark.choices))

    class Meta:
        form = SheetForm

    def validate_marks(self, marks: dict[str, str]) -> dict[int, str]:
        if odd := [key for key in marks if whole(key) is None]:
            raise serializers.ValidationError(odd[:5])
        found = dict(zip(wholes(list(marks)), marks.values(), strict=True))
        if len(found) < len(marks):
            raise serializers.ValidationError(_("同一名学员出现了不止一次。"))
        return found


class ResultRowSerializer(FormSerializer):
    """What is entered for one trainee; everything may still be empty in a draft. What a row leaves out stays as it is,
    null or "" clears it.
    """

    enrolment = serializers.IntegerField()

    class Meta:
        form, is_draft = ResultForm, True


class ResultsInputSerializer(serializers.Serializer):
    rows = ResultRowSerializer(many=True, allow_empty=False)

    def validate_rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One trainee stands on one row: of two neither is taken."""
        if twice := sorted(pk for pk, count in Counter(row["enrolment"] for row in rows).items() if count > 1):
            raise serializers.ValidationError(
                _("同一名学员出现了不止一次：%(people)s。") % {"people": "、".join(map(str, twice[:5]))}
            )
        return rows


class ResultsRowSerializer(ResultRowSerializer):
    """A trainee's attendance and results so far."""

    enrolment = serializers.IntegerField(source="pk")
    sequence = serializers.IntegerField()
    name = serializers.CharField()
    attended_hours = serializers.DecimalField(max_digits=6, decimal_places=1)
    attendance_percent = serializers.SerializerMethodField()
    certificate_verified = serializers.SerializerMethodField()

    def get_certificate_verified(self, enrolment: Enrolment) -> bool:
        return proof_shown(enrolment, self.context["request"].membership)

    @extend_schema_field(serializers.DecimalField(max_digits=5, decimal_places=1))
    def get_attendance_percent(self, enrolment: Enrolment) -> str:
        return f"{attendance_percent(enrolment, self.context['planned']):.1f}"
