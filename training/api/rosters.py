"""The roster: who is in it, uploads and their rows, people by hand, checks and what people answer (R-OPN-1, R-SEC-4,
R-ELG-5).
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.audit import record
from casework.api.base import ApiView, Versioned, applicant_only, workbook
from casework.api.inbox import WORKBOOK
from casework.models import Job
from casework.serializers import ReasonSerializer
from eligibility.domain.assistance import answer, answer_version
from eligibility.models import Assistance
from kit.refusals import NotAllowed
from training.api.cases import accepted
from training.api.classes import ClassApiView
from training.domain.classes.enrolments import KIND
from training.domain.classes.versions import staged_version, trainee_version
from training.domain.decision.strikes import strike_out
from training.domain.roster.enrolling import add_trainee, edit_trainee, remove_trainee
from training.domain.roster.import_job import take_rows
from training.domain.roster.staging import fix_rows
from training.fields import cells_of, fields_for
from training.imports.roster import bad_rows_file, shown_rows, template_file
from training.models import Enrolment, RosterRow, RosterUpload
from training.serializers.rosters import (
    AcceptedUploadSerializer,
    AnswerSerializer,
    AssistanceSerializer,
    EnrolmentSerializer,
    ExaminationSerializer,
    TakenSerializer,
    TraineeSerializer,
    UploadRowFilter,
    UploadRowSerializer,
    UploadSerializer,
)


class RosterView(ClassApiView):
    @extend_schema(responses=EnrolmentSerializer(many=True), operation_id="classes_roster_list")
    def get(self, request: Request, pk: int) -> Response:
        """Everyone of a class in the order of the roster, the struck-out with their reason."""
        rows = self.get_object().enrolments.select_related("person", "examination").order_by("sequence", "id")
        return Response(EnrolmentSerializer(rows, many=True, context=self.get_serializer_context()).data)


class RosterTemplateView(ClassApiView):
    @extend_schema(responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The Excel template of the class's category."""
        return workbook(template_file(self.get_object()), f"roster-{pk}.xlsx")


class TraineesView(ClassApiView):
    @extend_schema(request=TraineeSerializer, responses={201: EnrolmentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """One trainee by hand."""
        enrolment = add_trainee(self.own_class(), self.given(TraineeSerializer), by=self.membership)
        return Response(EnrolmentSerializer(enrolment, context=self.get_serializer_context()).data, status=201)


class UploadApiView(ApiView):
    """An uploaded roster inside the membership's scope."""

    model, serializer_class = RosterUpload, UploadSerializer
    related = ("training_class__opening", "training_class__division", "attachment")

    def own_upload(self) -> RosterUpload:
        found = self.get_object()
        applicant_only(self.membership, found.training_class)
        return found


class UploadView(mixins.RetrieveModelMixin, UploadApiView):
    def get(self, request: Request, pk: int) -> Response:
        """How an upload was read."""
        return self.retrieve(request)


class UploadRowsView(UploadApiView):
    cursor_field, ascending = "row", True

    @extend_schema(
        parameters=[UploadRowFilter], responses=UploadRowSerializer(many=True), operation_id="uploads_rows_list"
    )
    def get(self, request: Request, pk: int) -> Response:
        """The staged rows with their errors by column; `good=false` for those to mend."""
        upload = self.get_object()
        asked = UploadRowFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows: QuerySet[RosterRow] = upload.rows.all()
        if asked.validated_data["good"] is not None:
            rows = rows.filter(is_good=asked.validated_data["good"])
        training_class = upload.training_class
        shown = shown_rows(
            self.paginate_queryset(rows),
            fields_for(training_class.category, training_class.first_day),
            plain=self.membership.organisation_id == training_class.applicant_id,
        )
        return self.get_paginated_response(UploadRowSerializer(shown, many=True).data)


class UploadBadRowsView(UploadApiView):
    @extend_schema(responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The rows that could not be taken as xlsx, with a column of reasons."""
        upload = self.own_upload()
        record(
            "roster.bad_rows_downloaded",
            by=self.membership,
            on=upload.training_class,
            upload=upload.pk,
            rows=upload.bad,
        )
        return workbook(bad_rows_file(upload), f"roster-{upload.training_class_id}-errors.xlsx")


class UploadRowView(Versioned, UploadApiView):
    draft, read_version = "upload", staticmethod(staged_version)

    @extend_schema(request=TraineeSerializer(partial=True), responses=UploadSerializer)
    def patch(self, request: Request, pk: int, row: int) -> Response:
        """Put corrected cells into a staged row; the whole upload is judged again."""
        upload = self.own_upload()
        get_object_or_404(upload.rows, row=row)
        given = self.given(TraineeSerializer, partial=True)
        with self.unchanged():
            fix_rows(upload, {row: given}, by=self.membership)
        return Response(self.get_serializer(self.get_object()).data)


class UploadTakeView(UploadApiView):
    @extend_schema(request=None, responses={200: TakenSerializer, 202: AcceptedUploadSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Enrol the good rows, many of them by a job (202); the bad ones stay staged. Twice is harmless."""
        taken = take_rows(self.own_upload(), by=self.membership)
        if isinstance(taken, Job):
            return accepted(self, pk, taken.pk)
        return Response(TakenSerializer({"taken": taken, "upload": self.get_object()}).data)


class EnrolmentApiView(ApiView):
    """One person in one class inside the membership's scope."""

    model, serializer_class = Enrolment, EnrolmentSerializer
    related = ("person", "examination", "training_class__division")


class EnrolmentView(mixins.RetrieveModelMixin, Versioned, EnrolmentApiView):
    draft, read_version, changed_by = "trainee", staticmethod(trainee_version), ("PATCH", "DELETE")

    def get(self, request: Request, pk: int) -> Response:
        return self.retrieve(request)

    @extend_schema(request=TraineeSerializer(partial=True))
    def patch(self, request: Request, pk: int) -> Response:
        """Change what the roster says of a trainee, while the class is with its applicant."""
        found = self.get_object()
        applicant_only(self.membership, found.training_class)
        cells = cells_of(found) | self.given(TraineeSerializer, partial=True)
        with self.unchanged():
            changed = edit_trainee(found, cells, by=self.membership)
        return Response(self.get_serializer(changed).data)

    def delete(self, request: Request, pk: int) -> Response:
        """Take a trainee out of a draft; one that was submitted stays on record as struck out."""
        found = self.get_object()
        applicant_only(self.membership, found.training_class)
        with self.unchanged():
            remove_trainee(found, by=self.membership)
        return Response(status=204)


class StrikeView(EnrolmentApiView):
    @extend_schema(request=ReasonSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """The officer strikes one person out of an opening in review, with the reason."""
        found = self.get_object()
        return Response(
            self.get_serializer(strike_out(found, self.given(ReasonSerializer)["reason"], by=self.membership)).data
        )


class ExaminationView(EnrolmentApiView):
    @extend_schema(responses=ExaminationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The latest judgement, check by check, with its sentences; the registries' facts for offices only."""
        found = self.get_object()
        if found.examination is None:
            raise exceptions.NotFound(_("此人还没有比对。"))
        return Response(ExaminationSerializer(found.examination, context=self.get_serializer_context()).data)


class AssistancesView(EnrolmentApiView):
    @extend_schema(responses=AssistanceSerializer(many=True), operation_id="enrolments_assistances_list")
    def get(self, request: Request, pk: int) -> Response:
        """What is asked of people about this person, and what they answered; for offices."""
        found = self.get_object()
        if self.membership.is_unit:
            raise NotAllowed(_("协查只供审批部门办理。"))
        rows = Assistance.objects.filter(subject_kind=KIND, subject_id=found.pk).order_by("id")
        return Response(AssistanceSerializer(rows, many=True).data)


class AssistanceView(Versioned, EnrolmentApiView):
    draft, read_version, changed_by = "assistance", staticmethod(answer_version), ("POST",)

    @property
    def which(self) -> int:
        asked = Assistance.objects.filter(
            subject_kind=KIND, subject_id=self.kwargs["pk"], check_code=self.kwargs["check"]
        )
        return asked.values_list("pk", flat=True).first() or 0

    @extend_schema(request=AnswerSerializer, responses=AssistanceSerializer)
    def post(self, request: Request, pk: int, check: str) -> Response:
        """Answer an assisted check; the person is judged again at once (R-ELG-5)."""
        found = self.get_object()
        asked = self.given(AnswerSerializer)
        with self.unchanged():
            taken = answer(KIND, found.pk, check, asked.pop("answer"), by=self.membership, **asked)
        return Response(AssistanceSerializer(taken).data)
