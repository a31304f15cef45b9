"""The nightly watch and the what-if runs for programs (R-ELG-4, R-ELG-8)."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import HANDS_ON, WATCHERS
from casework.api.base import ApiView, only
from casework.domain.jobs import shown
from casework.models import Job
from casework.serializers import JobSerializer
from training.domain.verification.watch import changes_for, deal_with
from training.domain.verification.whatif import changed_in, of_region, runs, start
from training.models import Change
from training.serializers.checks import (
    ChangeSerializer,
    DealtSerializer,
    WatchFilter,
    WhatIfResultSerializer,
    WhatIfSerializer,
)


class WatchApiView(ApiView):
    """Changes of people who are still in their class."""

    model, serializer_class = Change, ChangeSerializer
    related = (
        "enrolment__person",
        "enrolment__training_class__opening",
        "enrolment__training_class__division",
        "dealt_by__user",
        "dealt_by__organisation",
    )

    def get_queryset(self) -> QuerySet[Change]:
        return changes_for(self.membership).select_related(*self.related)


class WatchView(mixins.ListModelMixin, WatchApiView):
    filter_class = WatchFilter

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        asked = WatchFilter(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if given["open"] is not None:
            queryset = queryset.filter(dealt_at__isnull=given["open"])
        return queryset.filter(enrolment__training_class=given["class"]) if "class" in given else queryset

    @extend_schema(parameters=[WatchFilter], operation_id="watch_list")
    def get(self, request: Request) -> Response:
        """What became of trainees of running and unpaid classes since they were judged, newest first."""
        only(self.membership, *WATCHERS)
        return self.list(request)


class ChangeDealtView(WatchApiView):
    @extend_schema(request=DealtSerializer, responses=ChangeSerializer, operation_id="watch_dealt")
    def post(self, request: Request, pk: int) -> Response:
        """The officer in charge says what came of a change; once, with a note."""
        change = self.get_object()
        only(self.membership, *HANDS_ON)
        return Response(self.get_serializer(deal_with(change, **self.given(DealtSerializer), by=self.membership)).data)


class WhatIfApiView(ApiView):
    """For the region alone."""

    model, serializer_class = Job, JobSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[Job]:
        return runs(self.membership)


class WhatIfView(WhatIfApiView):
    @extend_schema(request=WhatIfSerializer, responses={202: JobSerializer}, operation_id="what_if_start")
    def post(self, request: Request) -> Response:
        """Judge the people of a period under another table, as a job; nothing is written to them."""
        only(self.membership, *HANDS_ON)
        of_region(self.membership)
        asked = self.given(WhatIfSerializer)
        return Response(
            self.get_serializer(shown(start(by=self.membership, **asked), self.membership)).data, status=202
        )


class WhatIfResultView(WhatIfApiView):
    @extend_schema(responses=WhatIfResultSerializer, operation_id="what_if_result")
    def get(self, request: Request, pk: int) -> Response:
        """How far the run is; when it is done, whose verdict would change. The whole list is the job's file."""
        job = shown(self.get_object(), self.membership)
        only(self.membership, *HANDS_ON)
        rows = [
            {**one, "enrolment": enrolment.pk, "name": enrolment.name, "number": enrolment.person.masked_number}
            for enrolment, one in changed_in(job, self.membership)
        ]
        return Response(WhatIfResultSerializer({"job": job, "rows": rows}, context=self.get_serializer_context()).data)
