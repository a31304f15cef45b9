"""The working-day calendar through the API: what is known of a year, counting, entering a year's
arrangement (R-SEC-3).
"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from casework.api.base import ApiView, Versioned
from casework.domain.arrangements import (
    LAST_YEAR,
    OFF,
    REFUSED_ENTRY,
    WORK,
    arrangement_of,
    check,
    enter,
    lines_of_text,
    special_days,
    stamp_of,
)
from casework.domain.workdays import calendar
from casework.forms import ArrangementForm
from casework.models import HolidayArrangement
from kit.inputs import FormSerializer
from kit.refusals import NotAllowed, NotNow
from kit.versions import version_of
from kit.workdays import FIRST_KNOWN

MOST_DAYS = 1000


class CountFilter(serializers.Serializer):
    start = serializers.DateField(required=False)
    number = serializers.IntegerField(required=False, default=0, min_value=-MOST_DAYS, max_value=MOST_DAYS)


class DueSerializer(serializers.Serializer):
    """The day `number` working days after `start`; `waits_for` is the year whose arrangement may still move it."""

    day = serializers.DateField()
    waits_for = serializers.IntegerField(allow_null=True)
    is_provisional = serializers.SerializerMethodField()

    def get_is_provisional(self, due: Any) -> bool:
        return due.waits_for is not None


class SpecialDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    works = serializers.BooleanField()
    name = serializers.CharField()
    legal = serializers.BooleanField()


class YearSerializer(serializers.Serializer):
    """`days` are those that are not as their weekday says, and those the law names."""

    year = serializers.IntegerField()
    is_arranged = serializers.BooleanField()
    document = serializers.CharField()
    entered_by = serializers.CharField()
    entered_at = serializers.DateTimeField(allow_null=True)
    days = SpecialDaySerializer(many=True)


class EnteredDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    works = serializers.BooleanField()


class ArrangementSerializer(FormSerializer):
    days = EnteredDaySerializer(many=True, allow_empty=False, max_length=200)

    class Meta:
        form, leave_out = ArrangementForm, ("file", "version")


class WorkdaysView(ApiView):
    model, serializer_class = HolidayArrangement, DueSerializer

    @extend_schema(operation_id="workdays_count", parameters=[CountFilter])
    def get(self, request: Request) -> Response:
        """The day so many working days after another, as deadlines and publicity are counted."""
        asked = CountFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        try:
            due = calendar().add(given.get("start") or timezone.localdate(), given["number"])
        except OverflowError as error:
            raise exceptions.ValidationError({"start": [_("日历没有这么远，请核对日期。")]}) from error
        return Response(DueSerializer(due).data)


class WorkdaysYearView(Versioned):
    draft, read_version = "arrangement", staticmethod(lambda year: version_of(stamp_of(year)))
    model, serializer_class = HolidayArrangement, YearSerializer

    @property
    def which(self) -> int:
        return self.kwargs["year"]

    @extend_schema(operation_id="workdays_year")
    def get(self, request: Request, year: int) -> Response:
        """A year's days off and make-up days, and where they come from."""
        if not FIRST_KNOWN <= year <= LAST_YEAR:
            raise Http404
        return Response(self.shown(year))

    @extend_schema(operation_id="workdays_enter", request=ArrangementSerializer)
    def put(self, request: Request, year: int) -> Response:
        """Enter a year's 放假调休安排; last days that depend on it are worked out again."""
        if not self.membership.administers_region:
            raise NotAllowed(REFUSED_ENTRY)
        if not FIRST_KNOWN <= year <= LAST_YEAR:
            raise Http404
        given = self.given(ArrangementSerializer)
        lines = lines_of_text(
            "\n".join(f"{one['day'].isoformat()} {WORK if one['works'] else OFF}" for one in given["days"])
        )
        checked = check(year, lines)
        if wrong := {str(place): line.errors for place, line in enumerate(checked.lines) if line.errors}:
            raise exceptions.ValidationError({"days": wrong})
        if checked.general:
            raise NotNow(checked.general)
        with self.unchanged():
            enter(year, lines_of_text(checked.text), document=given["document"], by=self.membership)
        return Response(self.shown(year))

    def shown(self, year: int) -> dict[str, Any]:
        found = arrangement_of(year)
        return YearSerializer(
            {
                "year": year,
                "is_arranged": calendar().is_arranged(year),
                "document": found.document if found else "",
                "entered_by": str(found.entered_by or "") if found else "",
                "entered_at": found.entered_at if found else None,
                "days": special_days(year),
            }
        ).data
