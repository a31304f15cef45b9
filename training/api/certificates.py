"""Corrections of certificates (R-CMP-2): asked by the unit that enters the results, decided like every other case."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from casework.api.base import Versioned
from casework.api.cases import FILTERS, CaseViewSet
from kit.inputs import cleaned
from training.domain.classes.versions import certificate_version
from training.domain.decision.certificate_changes import AROUND, KIND, OF_ENROLMENT, amend, begin, why_not_asked
from training.forms.results import CertificateForm
from training.models import CertificateChange, Enrolment
from training.serializers.certificates import (
    CertificateChangeRowSerializer,
    CertificateChangeSerializer,
    CertificateInputSerializer,
    NewCertificateInputSerializer,
)


@extend_schema_view(list=FILTERS)
class CertificateChangeViewSet(Versioned, CaseViewSet):
    """证书更正 (R-CMP-2)."""

    draft, read_version = KIND, staticmethod(certificate_version)

    model = CertificateChange
    related = (*CaseViewSet.related, *AROUND)
    row_class, serializer_class = CertificateChangeRowSerializer, CertificateChangeSerializer

    @extend_schema(request=NewCertificateInputSerializer, responses={201: CertificateChangeSerializer})
    def create(self, request: Request) -> Response:
        """Ask for another number, kind or date for one trainee; one at a time."""
        asked = self.given(NewCertificateInputSerializer)
        enrolment = get_object_or_404(Enrolment.objects.visible_to(self.membership), pk=asked.pop("enrolment"))
        why_not_asked(enrolment, by=self.membership)
        before = {name: getattr(enrolment, name) for name in OF_ENROLMENT}
        return Response(
            self.get_serializer(begin(enrolment, *typed(before | asked), by=self.membership)).data, status=201
        )

    @extend_schema(request=CertificateInputSerializer, responses=CertificateChangeSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Alter what is given while it is with the unit."""
        change = self.get_object()
        before = dict(
            zip(
                (*OF_ENROLMENT, "reason"),
                (change.new_kind, change.new_number, change.new_on, change.reason),
                strict=True,
            )
        )
        asked = typed(before | self.given(CertificateInputSerializer, partial=True))
        with self.unchanged():
            amended = amend(change, *asked, by=self.membership)
        return Response(self.get_serializer(amended).data)


def typed(values: dict[str, Any]) -> tuple[Any, ...]:
    """What the page's form makes of it, in the order of the domain."""
    said = cleaned(CertificateForm(values))
    return tuple(said[name] for name in (*OF_ENROLMENT, "reason"))
