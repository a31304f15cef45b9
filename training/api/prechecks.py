"""The precheck of a draft roster, for its applicant alone (R-ELG-1, R-SEC-4)."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casework.domain.jobs import shown
from casework.serializers import JobSerializer
from training.api.classes import ClassApiView
from training.domain.verification.precheck import advised, jobs_of, start
from training.serializers.checks import PrecheckSerializer


class PrecheckView(ClassApiView):
    serializer_class = PrecheckSerializer

    @extend_schema(operation_id="class_precheck")
    def get(self, request: Request, pk: int) -> Response:
        """Verdict and advice per trainee of the last precheck, those with advice first; what a registry said stays with
        the office (R-ELG-7).
        """
        found = self.own_class()
        job = jobs_of(found)
        return Response(
            self.get_serializer({"job": job and shown(job, self.membership), "trainees": advised(found)}).data
        )

    @extend_schema(request=None, responses={202: JobSerializer}, operation_id="class_precheck_start")
    def post(self, request: Request, pk: int) -> Response:
        """Have everyone on the draft roster judged as the opening would; counts nowhere else."""
        job = shown(start(self.own_class(), by=self.membership), self.membership)
        return Response(JobSerializer(job, context=self.get_serializer_context()).data, status=202)
