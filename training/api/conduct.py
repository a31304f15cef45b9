"""Attendance per lesson and results per trainee (R-SUP-1, R-CMP-1)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from casework.api.base import Versioned
from kit.refusals import NotValid
from training.api.classes import ClassApiView
from training.domain.classes.enrolments import living
from training.domain.classes.versions import results_version, sheet_version
from training.domain.decision.completions import FIELDS, open_completion, save_results
from training.domain.roster.attendance import planned_hours, record_sheet
from training.forms.results import ResultForm
from training.models import AttendanceSheet, Completion, Lesson, TrainingClass
from training.serializers.rosters import (
    ResultsInputSerializer,
    ResultsRowSerializer,
    SheetInputSerializer,
    SheetSerializer,
)


class AttendanceView(Versioned):
    """The attendance sheet of one lesson."""

    draft, read_version = "sheet", staticmethod(sheet_version)

    model = TrainingClass

    def lesson(self) -> Lesson:
        lesson = get_object_or_404(Lesson, pk=self.kwargs["pk"])
        lesson.training_class = get_object_or_404(
            self.get_queryset().select_related("institution", "employer", "applicant"), pk=lesson.training_class_id
        )
        return lesson

    @extend_schema(responses=SheetSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The sheet as it is kept; 404 while there is none."""
        sheet = AttendanceSheet.objects.select_related("by__user").filter(lesson=self.lesson()).first()
        if sheet is None:
            raise exceptions.NotFound
        return Response(SheetSerializer(sheet).data)

    @extend_schema(request=SheetInputSerializer, responses=SheetSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Keep the sheet: a mark for everyone; the same marks again change nothing."""
        lesson, given = self.lesson(), self.given(SheetInputSerializer)
        with self.unchanged():
            sheet = record_sheet(lesson, by=self.membership, **given)
        return Response(SheetSerializer(sheet).data)


class ResultsView(Versioned, ClassApiView):
    """Results per trainee, as a draft until completion is submitted."""

    draft, read_version = "results", staticmethod(results_version)

    def rows(self, training_class: TrainingClass) -> Any:
        people = living(training_class).select_related("examination")
        context = {"planned": planned_hours(training_class), **self.get_serializer_context()}
        return ResultsRowSerializer(people, many=True, context=context).data

    @extend_schema(responses=ResultsRowSerializer(many=True), operation_id="classes_results_list")
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.rows(self.get_object()))

    @extend_schema(request=ResultsInputSerializer, responses={200: ResultsRowSerializer(many=True)})
    def put(self, request: Request, pk: int) -> Response:
        """Save the rows given, all or none, what a row leaves out as it is saved; the draft completion is made where
        there is none yet (R-SEC-4).
        """
        found = self.get_object()
        given = {row.pop("enrolment"): row for row in self.given(ResultsInputSerializer)["rows"]}
        with self.unchanged():
            completion = open_completion(found, by=self.membership)
            Completion.objects.select_for_update(of=("self",)).get(pk=completion.pk)
            saved = {row["pk"]: row for row in living(found).filter(pk__in=given).values("pk", *FIELDS)}
            forms = {pk: ResultForm(saved.get(pk, {}) | row) for pk, row in given.items()}
            wrong = {
                f"rows.{place}.{name}": sentences
                for place, form in enumerate(forms.values())
                for name, sentences in form.errors.items()
            }
            if wrong:
                raise NotValid(wrong)
            save_results(completion, {pk: form.row() for pk, form in forms.items()}, by=self.membership)
        return Response(self.rows(found))
