"""Claims: drawn up for a completed class, read line by line, a line refused with its reason (R-SUB-1 … R-SUB-4)."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from casework.api.base import ApiView
from casework.api.cases import FILTERS, CaseViewSet
from casework.serializers import ReasonSerializer
from subsidies.domain.claims import draw_up, refuse_line, restore_line
from subsidies.domain.returns import shown_lines
from subsidies.models import Subsidy, SubsidyLine
from subsidies.serializers import LineSerializer, NewClaimSerializer, SubsidyRowSerializer, SubsidySerializer
from training.models import TrainingClass


@extend_schema_view(list=FILTERS)
class SubsidyViewSet(CaseViewSet):
    """补贴申请."""

    model = Subsidy
    related = (*CaseViewSet.related, "training_class", "payee")
    row_class, serializer_class = SubsidyRowSerializer, SubsidySerializer

    @extend_schema(responses=LineSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def lines(self, request: Request, pk: int) -> Response:
        """Everyone of the claim with amount and basis, or why there is none."""
        rows = shown_lines(self.get_object().lines.all()).order_by("enrolment__sequence", "item")
        return Response(LineSerializer(rows, many=True, context=self.get_serializer_context()).data)


class ClassSubsidyView(ApiView):
    """The claim of a class."""

    model = TrainingClass

    @extend_schema(request=NewClaimSerializer, responses={201: SubsidySerializer})
    def post(self, request: Request, pk: int) -> Response:
        """The draft claim of a completed class with the amounts worked out, or the open one; a supplementary one for
        people refused before.
        """
        claim = draw_up(self.get_object(), by=self.membership, **self.given(NewClaimSerializer))
        return Response(SubsidySerializer(claim, context=self.get_serializer_context()).data, status=201)


class LineApiView(ApiView):
    """One trainee's amount for one item."""

    model, serializer_class = SubsidyLine, LineSerializer

    def get_queryset(self) -> QuerySet[SubsidyLine]:
        return shown_lines(super().get_queryset()).select_related("subsidy")


class LineView(mixins.RetrieveModelMixin, LineApiView):
    def get(self, request: Request, pk: int) -> Response:
        """One trainee's amount with its basis."""
        return self.retrieve(request)


class LineRefusalView(LineApiView):
    @extend_schema(request=ReasonSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Take one trainee out of a claim under review, with the reason everyone will see."""
        refuse_line(self.get_object(), by=self.membership, **self.given(ReasonSerializer))
        return Response(self.get_serializer(self.get_object()).data)


class LineRestoreView(LineApiView):
    @extend_schema(request=ReasonSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Put back a trainee taken out by mistake, before anybody agreed in this round."""
        restore_line(self.get_object(), by=self.membership, **self.given(ReasonSerializer))
        return Response(self.get_serializer(self.get_object()).data)
