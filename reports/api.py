"""The forms through the API: the same question, the same figures as the page (R-RPT-1, R-RPT-4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import OFFICE_ROLES
from kit.refusals import NotAllowed
from reports.domain.forms import NoForm
from reports.enums import Axis, Measure, Span
from reports.forms import AskForm, NoPlace, Question, question_of
from reports.serializers import FormSerializer

PARAMETERS = [
    OpenApiParameter("year", int, description="缺省为今年"),
    OpenApiParameter("month", int, description="缺省为本月"),
    OpenApiParameter("division", str, description="地区代码，缺省为本级"),
    OpenApiParameter("by", str, enum=Axis.values, description="行：人员类别或地区"),
    OpenApiParameter("banners", bool, description="展开到旗县区"),
]


class FormView(APIView):
    """One form for a month and a place, month and year to date; amounts are strings, exact to the fen."""

    @extend_schema(parameters=PARAMETERS, responses=FormSerializer, operation_id="report")
    def get(self, request: Request, code: str) -> Response:
        membership = request._request.membership  # type: ignore[attr-defined]
        if membership is None or membership.is_unit or membership.role not in OFFICE_ROLES:
            raise NotAllowed(_("您现在的岗位不查看统计报表。"))
        asked = AskForm(request.query_params, membership=membership)
        try:
            question = question_of(code, asked, membership)
        except (NoForm, NoPlace) as error:
            raise NotFound(_("没有这张表，或者该地区不在您的管辖范围内。")) from error
        except ValueError as error:
            raise ValidationError({name: [str(e) for e in errors] for name, errors in asked.errors.items()}) from error
        return Response(FormSerializer(as_data(question)).data)


def as_data(question: Question) -> dict[str, Any]:
    form, asked = question.form, question.asked
    return {
        "form": form.code,
        "title": form.title,
        "source": form.source,
        "division": asked.division.pk,
        "division_name": asked.division.name,
        "year": asked.period.year,
        "month": asked.period.month,
        "by": question.axis,
        "columns": [{"code": c.code, "label": c.label, "measure": c.measure} for c in form.columns],
        "rows": [
            {"code": row.code, "label": row.label, "depth": row.depth}
            | {
                span: {cell.column.code: _plain(cell.value, cell.column.measure) for cell in cells if cell.span == span}
                for span in Span.values
            }
            for row, cells in question.table.lines(form.columns)
        ],
    }


def _plain(value: Any, measure: str) -> Any:
    return value if value is None or measure == Measure.COUNT else str(value)
