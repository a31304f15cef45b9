"""Overruling a registry's fail of one trainee, and the second officer's answer (R-ELG-5)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.domain.overrulings import overrulings_of, propose, settle
from kit.bodies import BodyParser
from kit.refusals import NotAllowed
from training.api.rosters import EnrolmentApiView
from training.domain.classes.enrolments import KIND
from training.serializers.overrulings import OverrulingSerializer, ProposalSerializer, SettlementSerializer


class OverrulingApiView(EnrolmentApiView):
    """Of one person in one class, for offices."""

    def enrolment_pk(self) -> int:
        found = self.get_object()
        if self.membership.is_unit:
            raise NotAllowed(_("比对结果由审核部门推翻，申请单位不能办理。"))
        return found.pk


class OverrulingsView(OverrulingApiView):
    parser_classes = (MultiPartParser, BodyParser)

    @extend_schema(responses=OverrulingSerializer(many=True), operation_id="enrolments_overrulings_list")
    def get(self, request: Request, pk: int) -> Response:
        """Every overruling proposed for this person: agreed, declined or waiting for the second officer."""
        return Response(OverrulingSerializer(overrulings_of(KIND, [self.enrolment_pk()]), many=True).data)

    @extend_schema(request={"multipart/form-data": ProposalSerializer}, responses={201: OverrulingSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Propose to set a registry's fail aside, with reason and file; it counts only when a second officer has
        agreed.
        """
        enrolment, asked = self.enrolment_pk(), self.given(ProposalSerializer)
        proposed = propose(KIND, enrolment, asked["check"], asked["reason"], asked["file"], by=self.membership)
        return Response(OverrulingSerializer(proposed).data, status=201)


class OverrulingView(OverrulingApiView):
    @extend_schema(
        request=SettlementSerializer, responses=OverrulingSerializer, operation_id="enrolments_overrulings_settle"
    )
    def post(self, request: Request, pk: int, overruling: int) -> Response:
        """A second officer agrees, and the person is judged again at once; or declines with a note."""
        found = get_object_or_404(overrulings_of(KIND, [self.enrolment_pk()]), pk=overruling)
        asked = self.given(SettlementSerializer)
        return Response(
            OverrulingSerializer(settle(found, agree=asked["agree"], note=asked["note"], by=self.membership)).data
        )
