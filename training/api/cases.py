"""Registrations, openings and completions; an opening takes the roster by Excel."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from casework.api.base import applicant_only
from casework.api.cases import FILTERS, CaseViewSet
from casework.domain.jobs import jobs_of, shown
from casework.models import Job
from kit.inputs import FormSerializer
from training.domain.roster.staging import start_upload
from training.forms.rosters import RosterUploadForm
from training.models import Completion, Opening, Registration
from training.serializers import cases
from training.serializers.rosters import AcceptedUploadSerializer


def accepted(view: GenericAPIView, upload: int, job_id: int | None) -> Response:
    """202: a job is at it, and where to look how far it is."""
    job: Job = shown(get_object_or_404(jobs_of(view.membership), pk=job_id), view.membership)
    answer = AcceptedUploadSerializer({"upload": upload, "job": job}, context=view.get_serializer_context())
    return Response(
        answer.data, status=202, headers={"Location": reverse("api_job", args=[job.pk], request=view.request)}
    )


class RosterFileSerializer(FormSerializer):
    class Meta:
        form = RosterUploadForm


@extend_schema_view(list=FILTERS)
class RegistrationViewSet(CaseViewSet):
    """单位注册 (R-REG-1)."""

    model = Registration
    row_class, serializer_class = cases.RegistrationRowSerializer, cases.RegistrationSerializer


class OfClass(CaseViewSet):
    related = (*CaseViewSet.related, "training_class")


@extend_schema_view(list=FILTERS)
class OpeningViewSet(OfClass):
    """开班申请 (R-OPN-1)."""

    model = Opening
    row_class, serializer_class = cases.OpeningRowSerializer, cases.OpeningSerializer

    @extend_schema(request={"multipart/form-data": RosterFileSerializer}, responses={202: AcceptedUploadSerializer})
    @action(detail=True, methods=["post"], parser_classes=(MultiPartParser,))
    def roster(self, request: Request, pk: int) -> Response:
        """Hand in a roster as xlsx: it is read by a job (202); then look at the upload's rows and take the good ones
        (R-SEC-4).
        """
        opening = self.get_object()
        applicant_only(self.membership, opening)
        upload = start_upload(opening.training_class, self.given(RosterFileSerializer)["file"], by=self.membership)
        return accepted(self, upload.pk, upload.job_id)


@extend_schema_view(list=FILTERS)
class CompletionViewSet(OfClass):
    """结业申请 (R-CMP-1)."""

    model = Completion
    row_class, serializer_class = cases.CompletionRowSerializer, cases.CompletionSerializer
