"""Reference data: projects, occupations, listed institutions, categories with what the notice asks of each (R-CAT-1, R-ELG-4)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from casework.api.base import Door
from eligibility.rules.table import NoTable, table_on
from training.domain.catalogue import listed_on, projects_on
from training.models import Occupation, Project
from training.serializers.classes import (
    CategorySerializer,
    DayFilter,
    InstitutionSerializer,
    OccupationSerializer,
    ProjectFilter,
    ProjectSerializer,
)


class Reference(mixins.ListModelMixin, Door):
    """Shared data, the same for every scope."""

    asked_class = DayFilter

    def asked(self) -> dict[str, object]:
        asked = self.asked_class(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def day(self) -> date:
        return self.asked().get("day") or timezone.localdate()


class ProjectsView(Reference):
    model, serializer_class, asked_class = Project, ProjectSerializer, ProjectFilter

    def get_queryset(self) -> QuerySet[Project]:
        asked, rows = self.asked(), projects_on(self.day())
        if asked.get("training_type"):
            rows = rows.filter(training_type=asked["training_type"])
        return rows.filter(categories__contains=[asked["category"]]) if asked.get("category") else rows

    @extend_schema(operation_id="projects_list", parameters=[ProjectFilter])
    def get(self, request: Request) -> Response:
        """The projects of the catalogue on a day."""
        return self.list(request)


class OccupationsView(Reference):
    model, serializer_class = Occupation, OccupationSerializer
    cursor_field, ascending, cursor_is_text = "code", True, True

    def get_queryset(self) -> QuerySet[Occupation]:
        return Occupation.objects.all()

    @extend_schema(operation_id="occupations_list")
    def get(self, request: Request) -> Response:
        """Occupations by code, with what decides whether 岗位技能提升 is open for them."""
        return self.list(request)


class InstitutionsView(Reference):
    model, serializer_class = Organisation, InstitutionSerializer

    def get_queryset(self) -> QuerySet[Organisation]:
        return listed_on(self.day())

    @extend_schema(operation_id="institutions_list", parameters=[DayFilter])
    def get(self, request: Request) -> Response:
        """The institutions of the published catalogue on a day."""
        return self.list(request)


class CategoriesView(Reference):
    serializer_class, pagination_class = CategorySerializer, None

    @extend_schema(operation_id="categories_list", parameters=[DayFilter], responses=CategorySerializer(many=True))
    def get(self, request: Request) -> Response:
        """The categories of trainees in force on a day, each with its checks."""
        try:
            table = table_on(self.day())
        except NoTable as missing:
            raise exceptions.ValidationError({"day": [_("这一天没有适用的规则。")]}) from missing
        return Response(CategorySerializer(table.categories, many=True).data)
