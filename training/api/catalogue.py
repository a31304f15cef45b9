"""Reference data: projects, occupations, listed institutions, categories with what the notice asks of each (R-CAT-1,
R-ELG-4).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Membership, Organisation
from casework.api.base import ApiView, Versioned
from eligibility.rules.table import NoTable, table_on
from kit.inputs import cleaned
from kit.refusals import NotAllowed, Refused
from training.domain.classes.catalogue import (
    describe_rewriting,
    is_kept,
    keep,
    listed_on,
    occupations_on,
    projects_on,
    why_not_yours,
)
from training.domain.classes.versions import row_version
from training.forms.catalogue import ProjectForm
from training.models import Occupation, Project
from training.serializers.classes import (
    CategorySerializer,
    DayFilter,
    InstitutionSerializer,
    OccupationSerializer,
    ProjectFilter,
    ProjectInputSerializer,
    ProjectSerializer,
)


class Reference(mixins.ListModelMixin, ApiView):
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

    @extend_schema(operation_id="projects_add", request=ProjectInputSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Add a row; it ends the one of the same code before it on the same day."""
        if not self.membership.administers_reporting_unit:
            raise NotAllowed(_("目录由自治区和盟市的超级管理员维护。"))
        return Response(
            ProjectSerializer(_kept(None, self.given(ProjectInputSerializer), self.membership)).data, status=201
        )


class ProjectView(Versioned, Reference):
    draft, read_version = "projects", staticmethod(row_version(Project))
    model, serializer_class = Project, ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        return Project.objects.select_related("occupation", "owner")

    @extend_schema(operation_id="project_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One row of the catalogue, in force or not."""
        return Response(ProjectSerializer(self.get_object()).data)

    @extend_schema(operation_id="project_change", request=ProjectInputSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change a row that is not in force yet and not used; of any other, set its end."""
        row = self.get_object()
        if why := why_not_yours(row, self.membership):
            raise NotAllowed(why)
        with self.unchanged():
            kept = _kept(row, self.given(ProjectInputSerializer), self.membership)
        return Response(ProjectSerializer(kept).data)


def _kept(row: Project | None, given: dict[str, Any], by: Membership) -> Project:
    """Through the page's form. A value a row in use must keep is refused, never passed over."""
    if row:
        before = model_to_dict(row)
        rewritten = [name for name, value in given.items() if name != "until" and value != before[name]]
        if rewritten and is_kept(row):
            raise Refused(describe_rewriting(rewritten))
        given = before | given
    form = ProjectForm(given, instance=row)
    cleaned(form)
    return keep(form.save(commit=False), by=by)


class OccupationsView(Reference):
    model, serializer_class = Occupation, OccupationSerializer
    cursor_field, ascending, cursor_is_text = "code", True, True

    def get_queryset(self) -> QuerySet[Occupation]:
        return occupations_on(self.day())

    @extend_schema(operation_id="occupations_list", parameters=[DayFilter])
    def get(self, request: Request) -> Response:
        """Occupations by code, with what on a day decides whether 岗位技能提升 is open for them."""
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
