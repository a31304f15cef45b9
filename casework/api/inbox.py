"""What waits for whom: inbox, late work, files, jobs, notices (R-SEC-3)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.audit import record
from accounts.enums import WATCHERS, WORKERS
from casework.api.base import ApiView, OfficePages, only
from casework.domain.files import visible_file
from casework.domain.inbox import inbox, overdue
from casework.domain.jobs import jobs_of, may_restart, shown, take_up_again
from casework.enums import TO_TAKE_UP, Standing
from casework.http import download_attachment, job_download
from casework.models import Attachment, Job, Notice, WorkItem
from casework.serializers import InboxFilter, JobSerializer, NoticeSerializer, WorkItemSerializer
from kit.refusals import NotAllowed, NotNow
from kit.sheets import XLSX

FILE = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)}
WORKBOOK = {(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY)}


class InboxView(mixins.ListModelMixin, ApiView):
    """待办 (`todo`), 在办 (`waiting`), 已办 (`done`), 草稿 (`draft`) of the membership's desk."""

    model, serializer_class, pagination_class = WorkItem, WorkItemSerializer, OfficePages

    def asked(self) -> dict[str, Any]:
        asked = InboxFilter(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def get_queryset(self) -> QuerySet[WorkItem]:
        asked = self.asked()
        rows = inbox(self.membership, asked.pop("standing")).select_related("applicant", "division")
        return rows.filter(**asked)

    def order(self, request: Request) -> tuple[str, bool]:
        """An office's 待办 by deadline, everything else by the latest move."""
        by_deadline = self.asked()["standing"] == Standing.TODO and not self.membership.is_unit
        return ("due_on", False) if by_deadline else ("since", True)

    @extend_schema(operation_id="inbox_list", parameters=[InboxFilter])
    def get(self, request: Request) -> Response:
        only(self.membership, *WORKERS)
        return self.list(request)


class OverdueView(mixins.ListModelMixin, ApiView):
    """Work past its last day at this place and below it, the latest first."""

    model, serializer_class, pagination_class = WorkItem, WorkItemSerializer, OfficePages

    def get_queryset(self) -> QuerySet[WorkItem]:
        return overdue(self.membership).select_related("applicant", "division")

    def order(self, request: Request) -> tuple[str, bool]:
        return "due_on", False

    @extend_schema(operation_id="overdue_list")
    def get(self, request: Request) -> Response:
        only(self.membership, *WATCHERS)
        return self.list(request)


class FileView(ApiView):
    """A file, to whoever may see the case that holds it."""

    model = Attachment

    @extend_schema(responses=FILE)
    def get(self, request: Request, pk: int) -> HttpResponse:
        found = visible_file(pk, self.membership)
        if found is None:
            raise Http404
        return download_attachment(found, by=self.membership)


class JobApiView(ApiView):
    """Jobs of the membership's scope, and those its user started."""

    model, serializer_class = Job, JobSerializer

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_of(self.membership)

    def get_serializer(self, *args: Any, **options: Any) -> JobSerializer:
        for job in (args[0] if options.get("many") else args) if args else ():
            shown(job, self.membership)
        return super().get_serializer(*args, **options)


class JobsView(mixins.ListModelMixin, JobApiView):
    @extend_schema(operation_id="jobs_list")
    def get(self, request: Request) -> Response:
        """Long work, newest first."""
        return self.list(request)


class JobView(mixins.RetrieveModelMixin, JobApiView):
    def get(self, request: Request, pk: int) -> Response:
        """How far a job is, and what came of it."""
        return self.retrieve(request)


class JobFileView(JobApiView):
    @extend_schema(responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The result file, for the person who asked for it and the colleagues of the unit that owns it."""
        found = shown(self.get_object(), self.membership)
        if not found.file:
            raise Http404
        if not found.can_fetch:
            raise NotAllowed(_("结果文件只给发起这项任务的人。"))
        return job_download(found, by=self.membership)


class JobAgainView(JobApiView):
    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """Put a stuck or failed job back into its queue, once however often it is asked (R-ELG-6)."""
        found = self.get_object()
        if not may_restart(found, self.membership):
            raise NotAllowed(_("这项任务由发起单位或审批部门重新开始。"))
        with transaction.atomic():
            locked = Job.objects.select_for_update(of=("self",)).get(pk=found.pk)
            if locked.state not in TO_TAKE_UP:
                raise NotNow([_("任务现在是“%(state)s”，不需要重新开始。") % {"state": locked.get_state_display()}])
            take_up_again(locked)
            record(
                "job.taken_up_again",
                by=self.membership,
                on=locked,
                division=locked.division_id or "",
                title=locked.title,
            )
        found.refresh_from_db()
        return Response(self.get_serializer(found).data)


class NoticeApiView(ApiView):
    """The organisation's notices; `seen` by this user."""

    model, serializer_class = Notice, NoticeSerializer

    def get_queryset(self) -> QuerySet[Notice]:
        seen = Notice.seen_by.through.objects.filter(notice_id=OuterRef("pk"), user_id=self.membership.user_id)
        return Notice.objects.filter(Notice.of(self.membership)).annotate(seen=Exists(seen))


class NoticesView(mixins.ListModelMixin, NoticeApiView):
    @extend_schema(operation_id="notices_list")
    def get(self, request: Request) -> Response:
        """Notices, newest first."""
        return self.list(request)


class NoticeSeenView(NoticeApiView):
    @extend_schema(request=None)
    def post(self, request: Request, pk: int) -> Response:
        """The user has seen it."""
        found = self.get_object()
        found.seen_by.add(self.membership.user_id)
        found.seen = True
        return Response(self.get_serializer(found).data)
