"""The 协查 desk for programs: what waits, letters, sheets out and in, batch answers (R-ELG-5)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.audit import record
from accounts.enums import Role
from casework.api.base import Door, only, workbook
from casework.api.desk import WORKBOOK
from eligibility.domain.assistance import AnswerRefused, NotYourAnswer, Reply, answer_many, chosen, waiting
from eligibility.domain.letters import issue
from eligibility.imports.replies import reply_sheet, take_replies
from eligibility.models import Assistance, Letter
from eligibility.serializers import (
    BatchSerializer,
    ChosenSerializer,
    LetterSerializer,
    RepliesTakenSerializer,
    ReplySheetSerializer,
    WaitingSerializer,
)


class DeskDoor(Door):
    """For officers and administrators of the offices; a letter outside the scope is not found."""

    model, serializer_class = Letter, LetterSerializer
    refusals = {NotYourAnswer: 403, AnswerRefused: 409}

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs:
            self.get_object()
        only(self.seat, Role.OFFICER, Role.ADMINISTRATOR)

    def chosen(self, ids: list[int]) -> list[Assistance]:
        """The questions of these ids; 404 when one is outside the scope."""
        rows = chosen(self.seat, ids)
        if rows is None:
            raise Http404
        return rows


class WaitingView(DeskDoor):
    pagination_class = None

    @extend_schema(responses=WaitingSerializer(many=True), operation_id="assistances_list")
    def get(self, request: Request) -> Response:
        """Open assisted checks in scope, by department and day; the 500 oldest."""
        return Response(WaitingSerializer(waiting(self.seat), many=True).data)


class AnswersView(DeskDoor):
    @extend_schema(request=BatchSerializer, responses=RepliesTakenSerializer)
    def post(self, request: Request) -> Response:
        """One result and one letter number for many; everybody is judged again at once."""
        asked = self.given(BatchSerializer)
        replies = [
            Reply((row.subject_kind, row.subject_id, row.check_code), asked["answer"], asked["letter"], asked["note"], f"{row.person.name}：")
            for row in self.chosen(asked["assistances"])
        ]
        return Response(RepliesTakenSerializer(answer_many(replies, by=self.seat, department=asked["department"])).data)


class SheetsView(DeskDoor):
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ReplySheetSerializer}, responses=RepliesTakenSerializer)
    def post(self, request: Request) -> Response:
        """The sheet a department filled in: good rows are taken, every other one gets its sentence; twice is harmless."""
        asked = self.given(ReplySheetSerializer)
        upload = asked["file"]
        return Response(RepliesTakenSerializer(take_replies(upload.file, upload.name, by=self.seat, letter=asked["letter"])).data)


class LettersView(mixins.ListModelMixin, DeskDoor):
    related = ("issued_by__user", "issued_by__organisation")

    @extend_schema(operation_id="assistance_letters_list")
    def get(self, request: Request) -> Response:
        """Letters of the scope, newest first."""
        return self.list(request)

    @extend_schema(request=ChosenSerializer, responses={201: LetterSerializer})
    def post(self, request: Request) -> Response:
        """A numbered letter to one department about these questions."""
        found = issue(self.chosen(self.given(ChosenSerializer)["assistances"]), by=self.seat)
        return Response(LetterSerializer(found).data, status=201)


class LetterSheetView(DeskDoor):
    @extend_schema(responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The workbook for the department, numbers masked."""
        found = self.get_object()
        record("letter.sheet_taken", by=self.seat, on=found, number=found.number, full_numbers=False)
        return workbook(reply_sheet(found), f"assistance-{found.pk}.xlsx")
