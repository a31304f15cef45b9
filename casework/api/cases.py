"""Every kind of case through the same operations: list, case, moves, steps, conditions, files, comments (R-OPN-5)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.enums import WORKERS
from casework.api.base import ApiView, only
from casework.domain.case_page import case_page_of
from casework.domain.comments import comment, comments_on
from casework.domain.documents import slots
from casework.domain.files import asked_of, attach, day_after, refuse_unless_attaching
from casework.domain.flow import file_of, flows
from casework.domain.history import line_of_time, story, trail_of
from casework.domain.moves import take
from casework.models import Step
from casework.serializers import (
    CaseFilter,
    CommentSerializer,
    ConditionSerializer,
    EntrySerializer,
    FileInputSerializer,
    FileSerializer,
    MoveSerializer,
    SlotSerializer,
    StepSerializer,
)
from kit.bodies import BodyParser

FILTERS = extend_schema(parameters=[CaseFilter])


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiView, viewsets.GenericViewSet):
    """A kind names its model, its serializers and, where not everybody inside the scope may read it, its readers."""

    related = ("division", "applicant", "desk")
    filter_class = CaseFilter
    lookup_value_converter = "int"
    row_class: ClassVar[type[BaseSerializer]]
    readers: ClassVar[tuple[str, ...]] = ()

    def get_serializer_class(self) -> type[BaseSerializer]:
        return self.row_class if self.action == "list" else self.serializer_class

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if self.readers:
            only(self.membership, *self.readers)
        return super().list(request, *args, **kwargs)

    def get_object(self) -> Any:
        """Outside the scope is not found; inside but not for this role is refused."""
        found = super().get_object()
        if self.readers:
            only(self.membership, *self.readers)
        return found

    @property
    def kind(self) -> str:
        return self.model._meta.model_name or ""

    @extend_schema(request=MoveSerializer)
    @action(detail=True, methods=["post"], url_path="moves/<slug:name>", url_name="move")
    def move(self, request: Request, pk: int, name: str) -> Response:
        """Take a move once. Answers the case as it is afterwards; a request repeated with the same version changes
        nothing.
        """
        case, asked = self.get_object(), self.given(MoveSerializer)
        take(case, name, by=self.membership, **asked)
        return Response(self.get_serializer(case).data)

    @extend_schema(responses=StepSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def steps(self, request: Request, pk: int) -> Response:
        """What was done to the case, oldest first."""
        rows = Step.objects.filter(kind=self.kind, object_id=self.get_object().pk).order_by("id")
        return Response(StepSerializer(rows, many=True).data)

    @extend_schema(responses=EntrySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def history(self, request: Request, pk: int) -> Response:
        """Everything that was done to the case, moves and other acts, the newest first; a unit reads its own acts and
        those it is told of.
        """
        file = file_of(self.get_object())
        trail = trail_of(self.kind, file.application.pk, file)
        entries = line_of_time(story(flows()[self.kind], file), trail, self.membership)
        return Response(EntrySerializer(entries, many=True).data)

    @extend_schema(responses=ConditionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def conditions(self, request: Request, pk: int) -> Response:
        """The check list of the decision page."""
        return Response(
            ConditionSerializer(
                case_page_of(self.kind).conditions(file_of(self.get_object()), self.membership), many=True
            ).data
        )

    @extend_schema(responses=SlotSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, parser_classes=(MultiPartParser,))
    def files(self, request: Request, pk: int) -> Response:
        """The documents the case asks for, with the files in each slot."""
        return Response(
            SlotSerializer(
                slots(file_of(self.get_object()), self.membership), many=True, context=self.get_serializer_context()
            ).data
        )

    @extend_schema(request={"multipart/form-data": FileInputSerializer}, responses={201: FileSerializer})
    @files.mapping.post
    def attach(self, request: Request, pk: int) -> Response:
        """Put a file into a slot; the one that was there stays on record as replaced."""
        case = self.get_object()
        refuse_unless_attaching(case, self.membership)
        asked = self.given(FileInputSerializer)
        if asked["slot"] not in {code for code, _label, _required in asked_of(file_of(case), self.membership)}:
            raise exceptions.ValidationError({"slot": [_("此件没有这项材料。")]})
        kept = attach(
            self.kind,
            case.pk,
            asked["slot"],
            asked["file"],
            by=self.membership,
            valid_to=day_after(asked["last_valid_day"]),
            particulars=asked,
        )
        return Response(FileSerializer(kept, context=self.get_serializer_context()).data, status=201)

    @extend_schema(responses=CommentSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, parser_classes=(BodyParser,))
    def comments(self, request: Request, pk: int) -> Response:
        """What was said about the case, as far as this membership may read it."""
        return Response(CommentSerializer(comments_on(self.get_object(), self.membership), many=True).data)

    @extend_schema(request=CommentSerializer, responses={201: CommentSerializer})
    @comments.mapping.post
    def say(self, request: Request, pk: int) -> Response:
        """Add a comment; the other side gets a notice."""
        case = self.get_object()
        only(self.membership, *WORKERS)
        asked = self.given(CommentSerializer)
        return Response(CommentSerializer(comment(case, by=self.membership, **asked)).data, status=201)
