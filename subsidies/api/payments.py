"""For the finance officer: what waits, batches, bank files out and in, budgets (R-SUB-5)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import MONEY_ROLES, Role
from casework.api.base import ApiView, Versioned, only, workbook
from casework.api.cases import FILTERS, CaseViewSet
from casework.api.inbox import WORKBOOK
from kit.refusals import NotAllowed
from subsidies.domain.budgets import budgets_version, set_budget
from subsidies.domain.corrections import RELATED, propose, settle, take_back
from subsidies.domain.finance_home import with_accounts
from subsidies.domain.payments import (
    draw_up_batch,
    payable,
    take_bank_file,
    take_result_file,
    take_result_template,
    why_not_finance,
)
from subsidies.models import BankCorrection, Budget, Payment, PaymentBatch, Subsidy
from subsidies.serializers import (
    BankCorrectionAnswerSerializer,
    BankCorrectionSerializer,
    BatchRowSerializer,
    BatchSerializer,
    BudgetInputSerializer,
    BudgetSerializer,
    NewBankCorrectionSerializer,
    NewBatchSerializer,
    PayableSerializer,
    PaymentSerializer,
    ResultFileSerializer,
)


@extend_schema_view(list=FILTERS)
class BatchViewSet(CaseViewSet):
    """拨付批次; finance works here, auditors, inspectors and administrators read."""

    model = PaymentBatch
    row_class, serializer_class = BatchRowSerializer, BatchSerializer
    readers = MONEY_ROLES

    def own_batch(self) -> PaymentBatch:
        """The batch for the finance officer of its own place; 404 outside the scope, 403 inside, as on the page."""
        batch = self.get_object()
        if why := why_not_finance(self.membership, batch.division_id):
            raise NotAllowed([why])
        return batch

    @extend_schema(request=NewBatchSerializer, responses={201: BatchSerializer})
    def create(self, request: Request) -> Response:
        """Draw up a batch of one fund from approved claims."""
        only(self.membership, Role.FINANCE)
        asked = set(self.given(NewBatchSerializer)["subsidies"])
        chosen = list(
            Subsidy.objects.visible_to(self.membership).filter(pk__in=asked).select_related("payee", "division")
        )
        if len(chosen) < len(asked):
            raise Http404
        return Response(self.get_serializer(draw_up_batch(chosen, by=self.membership)).data, status=201)

    @extend_schema(responses=PaymentSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def payments(self, request: Request, pk: int) -> Response:
        """The lines of the bank's file and what the bank said."""
        rows = self.get_object().payments.select_related("batch", "account").order_by("sequence")
        return Response(PaymentSerializer(rows, many=True).data)

    @extend_schema(responses=WORKBOOK, filters=False)
    @action(detail=True, pagination_class=None)
    def file(self, request: Request, pk: int) -> HttpResponse:
        """The bank's file as it was frozen; each download is on record."""
        batch = self.own_batch()
        try:
            return workbook(take_bank_file(batch, by=self.membership), f"{batch.number}.xlsx")
        except LookupError as none:
            raise Http404 from none

    @extend_schema(responses=WORKBOOK, filters=False)
    @action(detail=True, pagination_class=None, url_path="result/template")
    def template(self, request: Request, pk: int) -> HttpResponse:
        """The result file with reference and amount filled in, for banks that answer on paper or on a screen."""
        batch = self.own_batch()
        try:
            return workbook(take_result_template(batch, by=self.membership), f"{batch.number}-result.xlsx")
        except LookupError as none:
            raise Http404 from none

    @extend_schema(request={"multipart/form-data": ResultFileSerializer}, responses=BatchSerializer)
    @action(detail=True, methods=["post"], parser_classes=(MultiPartParser,))
    def result(self, request: Request, pk: int) -> Response:
        """The bank's answer as xlsx: booked as a whole or not at all, each wrong row named."""
        batch = self.own_batch()
        take_result_file(batch, self.given(ResultFileSerializer)["file"], by=self.membership)
        return Response(self.get_serializer(self.get_object()).data)


class PayablesView(mixins.ListModelMixin, ApiView):
    """Approved claims that wait for a batch."""

    model, serializer_class = Subsidy, PayableSerializer

    def get_queryset(self) -> QuerySet[Subsidy]:
        return payable(self.membership).select_related("division", "applicant", "desk", "training_class", "payee")

    def paginate_queryset(self, queryset: QuerySet[Subsidy]) -> list[Subsidy]:
        return with_accounts(super().paginate_queryset(queryset) or [])

    @extend_schema(operation_id="payables_list")
    def get(self, request: Request) -> Response:
        only(self.membership, *MONEY_ROLES)
        return self.list(request)


class CorrectionsView(mixins.ListModelMixin, ApiView):
    """更正回执 of one payment: what the bank said later, entered by one finance officer and answered by another."""

    model, serializer_class = BankCorrection, BankCorrectionSerializer

    def payment(self) -> Payment:
        return get_object_or_404(
            Payment.objects.visible_to(self.membership).select_related("batch", "subsidy"), pk=self.kwargs["pk"]
        )

    def get_queryset(self) -> QuerySet[BankCorrection]:
        return super().get_queryset().filter(payment=self.kwargs["pk"]).select_related(*RELATED)

    @extend_schema(operation_id="payments_corrections_list")
    def get(self, request: Request, pk: int) -> Response:
        """All corrections of the payment, the latest first."""
        self.payment()
        only(self.membership, *MONEY_ROLES)
        return self.list(request)

    @extend_schema(request=NewBankCorrectionSerializer, responses={201: BankCorrectionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Enter what the bank says now; the payment and its lines are held until another finance
        officer has answered.
        """
        payment = self.payment()
        only(self.membership, Role.FINANCE)
        made = propose(payment, by=self.membership, **self.given(NewBankCorrectionSerializer))
        return Response(self.get_serializer(made).data, status=201)


class CorrectionAnswerView(ApiView):
    model, serializer_class = BankCorrection, BankCorrectionSerializer
    related = RELATED

    @extend_schema(request=BankCorrectionAnswerSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Agree (it is booked), decline with a note, or take back what oneself entered."""
        correction = self.get_object()
        only(self.membership, Role.FINANCE)
        given = self.given(BankCorrectionAnswerSerializer)
        if given["decision"] == "take_back":
            take_back(correction, by=self.membership)
        else:
            settle(correction, agree=given["decision"] == "agree", note=given["note"], by=self.membership)
        return Response(self.get_serializer(self.get_object()).data)


class BudgetsView(mixins.ListModelMixin, Versioned):
    """Budgets of a fund, division and year; the version is that of the own place's budgets."""

    draft, read_version, changed_by = "budgets", staticmethod(budgets_version), ("POST",)

    model, serializer_class = Budget, BudgetSerializer

    @property
    def which(self) -> str:
        return self.membership.division.pk

    @extend_schema(operation_id="budgets_list")
    def get(self, request: Request) -> Response:
        only(self.membership, *MONEY_ROLES)
        return self.list(request)

    @extend_schema(request=BudgetInputSerializer, responses={200: BudgetSerializer})
    def post(self, request: Request) -> Response:
        """Register or change a budget of the own division; never below what is committed."""
        only(self.membership, Role.FINANCE)
        with self.unchanged():
            budget = set_budget(by=self.membership, **self.given(BudgetInputSerializer))
        return Response(self.get_serializer(budget).data)
