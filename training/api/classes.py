"""A class as a draft, its timetable, what is missing, its completion (R-OPN-1 … R-OPN-4, R-CMP-1, R-SEC-4)."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Role
from casework.api.base import ApiView, Versioned, applicant_only, only
from casework.domain.flow import file_of
from casework.serializers import EntrySerializer
from kit.inputs import cleaned
from training.domain.classes.drafting import create_class, update_class
from training.domain.classes.tabs import history_of
from training.domain.classes.timetable import generate_timetable, remove_lesson, save_lesson
from training.domain.classes.versions import class_version, lesson_version, timetable_version
from training.domain.decision.completeness import what_is_missing
from training.domain.decision.completions import open_completion
from training.domain.decision.conditions import conditions
from training.forms.classes import ClassForm, LessonForm, PlanForm
from training.models import Lesson, TrainingClass
from training.serializers.cases import CompletionSerializer
from training.serializers.classes import (
    ClassFilter,
    ClassInputSerializer,
    ClassRowSerializer,
    ClassSerializer,
    LessonInputSerializer,
    LessonSerializer,
    MissingSerializer,
    PlanSerializer,
)


class ClassApiView(ApiView):
    """A class inside the membership's scope."""

    model, serializer_class = TrainingClass, ClassSerializer
    related = ("opening", "division", "applicant", "institution", "employer", "project", "venue")

    def own_class(self) -> TrainingClass:
        """The class, for the operator of the unit that applies."""
        found = self.get_object()
        applicant_only(self.membership, found)
        return found


class ClassesView(mixins.ListModelMixin, ClassApiView):
    filter_class = ClassFilter

    def get_serializer_class(self) -> type[Any]:
        return ClassRowSerializer if self.request and self.request.method == "GET" else ClassSerializer

    @extend_schema(operation_id="classes_list", parameters=[ClassFilter], responses=ClassRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Classes of the scope, newest first."""
        return self.list(request)

    @extend_schema(request=ClassInputSerializer, responses={201: ClassSerializer})
    def post(self, request: Request) -> Response:
        """A new draft class with its draft opening (`opening` is its id)."""
        only(self.membership, Role.OPERATOR)
        form = ClassForm(self.given(ClassInputSerializer), by=self.membership)
        cleaned(form)
        made = create_class(
            by=self.membership, **{name: value for name, value in form.fields_given().items() if value is not None}
        )
        return Response(self.get_serializer(made).data, status=201)


class ClassView(mixins.RetrieveModelMixin, Versioned, ClassApiView):
    draft, read_version = "class", staticmethod(class_version)

    def get(self, request: Request, pk: int) -> Response:
        """一班一档: a class with the applications of its life."""
        return self.retrieve(request)

    @extend_schema(request=ClassInputSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Save what is given, while the class is with its applicant; anything well-formed is kept (R-SEC-4)."""
        found, given = self.own_class(), self.given(ClassInputSerializer)
        form = ClassForm(given, by=self.membership, instance=found)
        cleaned(form)
        names = {"employer" if name == "employer_uscc" else name for name in given}
        with self.unchanged():
            saved = update_class(
                found,
                by=self.membership,
                **{name: value for name, value in form.fields_given().items() if name in names},
            )
        return Response(self.get_serializer(saved).data)


class ClassMissingView(ClassApiView):
    @extend_schema(responses=MissingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What submission still demands, and the whole check list."""
        found = self.get_object()
        answer = {"missing": what_is_missing(found), "conditions": conditions(file_of(found.opening), self.membership)}
        return Response(MissingSerializer(answer).data)


class ClassHistoryView(ClassApiView):
    pagination_class = None

    @extend_schema(responses=EntrySerializer(many=True), operation_id="classes_history")
    def get(self, request: Request, pk: int) -> Response:
        """Everything that was done in the life of the class, the newest first; a unit reads its own acts and those it
        is told of.
        """
        return Response(EntrySerializer(history_of(self.get_object(), self.membership), many=True).data)


class LessonParts(ClassApiView):
    def lessons(self, training_class: TrainingClass) -> Any:
        rows = training_class.lessons.select_related("teacher", "venue", "sheet").order_by("day", "starts")
        return LessonSerializer(rows, many=True).data

    def saved(self, lesson: Lesson) -> Lesson:
        """Judged by the page's form, saved by the domain."""
        form: BaseForm = LessonForm(
            self.given(LessonInputSerializer), training_class=lesson.training_class, instance=lesson
        )
        cleaned(form)
        return save_lesson(form.save(commit=False), by=self.membership)


class TimetableView(Versioned, LessonParts):
    draft, read_version, changed_by = "timetable", staticmethod(timetable_version), ("POST",)

    @extend_schema(responses=LessonSerializer(many=True), operation_id="classes_timetable_list")
    def get(self, request: Request, pk: int) -> Response:
        """The lessons in order."""
        return Response(self.lessons(self.get_object()))

    @extend_schema(request=PlanSerializer, responses={200: LessonSerializer(many=True)})
    def post(self, request: Request, pk: int) -> Response:
        """Plan the lessons afresh; the timetable there was is replaced, the last day follows the last lesson."""
        found, asked = self.own_class(), self.given(PlanSerializer)
        slots = asked.pop("slots")
        placed = {f"{name}_{place}": said for place, slot in enumerate(slots, 1) for name, said in slot.items()}
        form = PlanForm(asked | placed, training_class=found, places=len(slots))
        cleaned(form)
        with self.unchanged():
            generate_timetable(found, by=self.membership, **form.plan())
        return Response(self.lessons(found))


class ClassLessonsView(LessonParts):
    @extend_schema(request=LessonInputSerializer, responses={201: LessonSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Add one lesson to a draft."""
        lesson = self.saved(Lesson(training_class=self.own_class()))
        return Response(LessonSerializer(lesson).data, status=201)


class LessonView(Versioned, LessonParts):
    """One lesson of a draft's timetable."""

    draft, read_version, changed_by = "lesson", staticmethod(lesson_version), ("PUT", "DELETE")

    def lesson(self) -> Lesson:
        lesson = get_object_or_404(Lesson.objects.select_related("teacher", "venue", "sheet"), pk=self.kwargs["pk"])
        lesson.training_class = get_object_or_404(super().get_queryset(), pk=lesson.training_class_id)
        return lesson

    def own_lesson(self) -> Lesson:
        lesson = self.lesson()
        applicant_only(self.membership, lesson.training_class)
        return lesson

    @extend_schema(responses=LessonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(LessonSerializer(self.lesson()).data)

    @extend_schema(request=LessonInputSerializer, responses=LessonSerializer)
    def put(self, request: Request, pk: int) -> Response:
        lesson = self.own_lesson()
        with self.unchanged():
            saved = self.saved(lesson)
        return Response(LessonSerializer(saved).data)

    def delete(self, request: Request, pk: int) -> Response:
        lesson = self.own_lesson()
        with self.unchanged():
            remove_lesson(lesson, by=self.membership)
        return Response(status=204)


class ClassCompletionView(ClassApiView):
    @extend_schema(request=None, responses={201: CompletionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """The draft completion of a class in training, or the one there is."""
        completion = open_completion(self.get_object(), by=self.membership)
        return Response(CompletionSerializer(completion, context=self.get_serializer_context()).data, status=201)
