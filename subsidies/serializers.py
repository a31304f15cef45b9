"""Claims, lines, batches, budgets and publicity as the API shows and takes them; accounts and
numbers masked (R-SEC-1).
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from casework.serializers import BASE, CaseRowSerializer, WithMoves
from eligibility.domain.brief import Brief
from kit.inputs import FormSerializer
from kit.masking import mask_account
from subsidies.domain.amounts import for_unit
from subsidies.enums import CorrectionKind, LineState
from subsidies.forms import AnswerForm, BudgetForm, CorrectionAnswerForm, CorrectionForm, ObjectionForm, ResultForm
from subsidies.models import BankCorrection, Budget, Objection, Payment, PaymentBatch, Publicity, Subsidy, SubsidyLine
from training.enums import FundSource

CLAIM = (
    *BASE,
    "training_class",
    "sequence",
    "class_number",
    "class_name",
    "fund_source",
    "payee",
    "payee_name",
    "amount",
)
BATCH = (*BASE, "fund_source", "amount", "digest")


class SubsidyRowSerializer(CaseRowSerializer):
    class_number = serializers.CharField(source="training_class.number")
    class_name = serializers.CharField(source="training_class.name")
    payee_name = serializers.CharField(source="payee.name")
    fund_source = serializers.ChoiceField(choices=FundSource.choices)

    class Meta:
        model = Subsidy
        fields = CLAIM


class SubsidySerializer(WithMoves, SubsidyRowSerializer):
    """`publicity` is the id of its latest publicity; each round that reaches one has its own."""

    publicity = serializers.SerializerMethodField()

    class Meta(SubsidyRowSerializer.Meta):
        fields = (*CLAIM, "publicity", "available_moves")

    def get_publicity(self, subsidy: Subsidy) -> int | None:
        return subsidy.publicity.pk if subsidy.publicity else None


class NewClaimSerializer(serializers.Serializer):
    """`enrolments`: whom a supplementary claim is for; without it everybody who can be claimed for. A first claim is
    for the whole class.
    """

    enrolments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        allow_empty=False,
        max_length=2000,
    )


class PaidToSerializer(serializers.Serializer):
    """The account in force of a payee: since when it is approved and confirmed, and whether its holder is another one
    by exception.
    """

    holder = serializers.CharField()
    bank_name = serializers.CharField()
    bank_account = serializers.CharField(source="masked")
    is_exception = serializers.BooleanField()
    approved_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField()


class PayableSerializer(SubsidyRowSerializer):
    """`payable_amount` is what its lines that wait for a batch come to; `account` the one they would go to, `why_not`
    says why they cannot.
    """

    payable_amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    account = PaidToSerializer(allow_null=True)
    why_not = serializers.CharField(allow_blank=True)

    class Meta(SubsidyRowSerializer.Meta):
        fields = (*CLAIM, "payable_amount", "account", "why_not")


class BatchRowSerializer(CaseRowSerializer):
    fund_source = serializers.ChoiceField(choices=FundSource.choices)

    class Meta:
        model = PaymentBatch
        fields = BATCH


class BatchSerializer(WithMoves, BatchRowSerializer):
    has_bank_file = serializers.SerializerMethodField()

    class Meta(BatchRowSerializer.Meta):
        fields = (*BATCH, "has_bank_file", "available_moves")

    def get_has_bank_file(self, batch: PaymentBatch) -> bool:
        return bool(batch.bank_file)


class LineSerializer(serializers.ModelSerializer):
    """One trainee's amount with its basis (standard, formula), or the reason there is none; `on_hold` while a
    correction of its payment is open.
    """

    sequence = serializers.IntegerField(source="enrolment.sequence")
    name = serializers.CharField(source="enrolment.name")
    number = serializers.CharField(source="enrolment.person.masked_number")
    verdict = serializers.SerializerMethodField()
    item_label = serializers.CharField(source="get_item_display")
    state_label = serializers.CharField(source="get_state_display")
    basis = serializers.SerializerMethodField()
    return_reason = serializers.SerializerMethodField()
    on_hold = serializers.BooleanField(source="is_held")

    class Meta:
        model = SubsidyLine
        fields = (
            "id",
            "subsidy",
            "enrolment",
            "sequence",
            "name",
            "number",
            "verdict",
            "item",
            "item_label",
            "amount",
            "basis",
            "state",
            "state_label",
            "reason",
            "payment",
            "return_reason",
            "on_hold",
        )

    def get_verdict(self, line: SubsidyLine) -> str:
        return Brief.of(line.enrolment.examination).verdict_shown(office=not self.context["request"].membership.is_unit)

    def get_basis(self, line: SubsidyLine) -> dict[str, Any]:
        return for_unit(line.basis) if self.context["request"].membership.is_unit else line.basis

    def get_return_reason(self, line: SubsidyLine) -> str:
        """Why the bank returned it; the latest payment's."""
        return line.payment.return_reason if line.state == LineState.RETURNED and line.payment else ""


class PaymentSerializer(serializers.ModelSerializer):
    reference = serializers.SerializerMethodField()
    state_label = serializers.CharField(source="get_state_display")
    bank_account = serializers.SerializerMethodField()
    approved_at = serializers.DateTimeField(
        source="account.approved_at",
        default=None,
        allow_null=True,
        help_text="账户自何时审核同意。 Since when the account is approved.",
    )
    is_exception = serializers.BooleanField(
        source="account.is_exception", default=False, help_text="户名例外。 Another holder, agreed to as an exception."
    )

    class Meta:
        model = Payment
        fields = (
            "id",
            "reference",
            "subsidy",
            "sequence",
            "payee_name",
            "bank_name",
            "bank_account",
            "approved_at",
            "is_exception",
            "amount",
            "state",
            "state_label",
            "value_date",
            "bank_reference",
            "return_reason",
            "sent_back_on",
        )

    def get_reference(self, payment: Payment) -> str:
        return payment.reference

    def get_bank_account(self, payment: Payment) -> str:
        return mask_account(payment.bank_account)


class BankCorrectionSerializer(serializers.ModelSerializer):
    """What the bank said later than its answer; `before` is what the payment said until then."""

    reference = serializers.SerializerMethodField()
    kind_label = serializers.CharField(source="get_kind_display")
    state_label = serializers.CharField(source="get_state_display")
    proposed_by = serializers.CharField()
    answered_by = serializers.CharField(allow_null=True)
    before = serializers.DictField()

    class Meta:
        model = BankCorrection
        fields = (
            "id",
            "payment",
            "reference",
            "kind",
            "kind_label",
            "day",
            "bank_reference",
            "reason",
            "before",
            "state",
            "state_label",
            "proposed_by",
            "proposed_at",
            "answered_by",
            "answered_at",
            "note",
        )

    def get_reference(self, correction: BankCorrection) -> str:
        return correction.payment.reference


class NewBankCorrectionSerializer(FormSerializer):
    kind = serializers.ChoiceField(choices=CorrectionKind.choices)

    class Meta:
        form = CorrectionForm


class BankCorrectionAnswerSerializer(FormSerializer):
    """`take_back` is for whoever entered it; `decline` needs a note."""

    class Meta:
        form = CorrectionAnswerForm


class NewBatchSerializer(serializers.Serializer):
    subsidies = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), allow_empty=False, max_length=500
    )


class ResultFileSerializer(FormSerializer):
    class Meta:
        form = ResultForm


class BudgetSerializer(serializers.ModelSerializer):
    """`committed` grows with every approval and never exceeds `amount`."""

    fund_source = serializers.ChoiceField(choices=FundSource.choices)
    left = serializers.SerializerMethodField()

    class Meta:
        model = Budget
        fields = ("id", "fund_source", "division", "year", "amount", "committed", "left", "source")

    @extend_schema_field(serializers.DecimalField(max_digits=14, decimal_places=2))
    def get_left(self, budget: Budget) -> str:
        return f"{budget.amount - budget.committed:.2f}"


class BudgetInputSerializer(FormSerializer):
    class Meta:
        form = BudgetForm


class PublicityRowSerializer(serializers.ModelSerializer):
    """What everyone may read; names and numbers were masked when it was published."""

    number = serializers.CharField(source="snapshot.number")
    class_name = serializers.CharField(source="snapshot.class")
    applicant = serializers.CharField(source="snapshot.applicant")
    amount = serializers.CharField(source="snapshot.amount")
    ends_is_provisional = serializers.SerializerMethodField()

    class Meta:
        model = Publicity
        fields = (
            "id",
            "number",
            "class_name",
            "applicant",
            "amount",
            "begins",
            "ends",
            "ends_is_provisional",
            "working_days",
            "ended_at",
        )

    def get_ends_is_provisional(self, publicity: Any) -> bool:
        return publicity.waits_for is not None


class PublishedLineSerializer(serializers.Serializer):
    sequence = serializers.IntegerField()
    name = serializers.CharField()
    number = serializers.CharField()
    item = serializers.CharField()
    standard = serializers.CharField(allow_blank=True)
    amount = serializers.CharField()


class PublicitySerializer(PublicityRowSerializer):
    payee = serializers.CharField(source="snapshot.payee")
    fund = serializers.CharField(source="snapshot.fund")
    rows = serializers.SerializerMethodField()

    class Meta(PublicityRowSerializer.Meta):
        fields = (*PublicityRowSerializer.Meta.fields, "payee", "fund", "digest", "rows")

    @extend_schema_field(PublishedLineSerializer(many=True))
    def get_rows(self, publicity: Publicity) -> list[dict[str, Any]]:
        return publicity.snapshot["rows"]


class NewObjectionSerializer(FormSerializer):
    """`sequence` names one trainee of the list; `contact` is seen by the office only."""

    class Meta:
        form = ObjectionForm


class FiledObjectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Objection
        fields = ("id", "filed_at")


class ObjectionSerializer(serializers.ModelSerializer):
    contact = serializers.CharField(allow_null=True)
    outcome_label = serializers.CharField(source="get_outcome_display")

    class Meta:
        model = Objection
        fields = (
            "id",
            "publicity",
            "line",
            "text",
            "contact",
            "filed_at",
            "outcome",
            "outcome_label",
            "answer",
            "handled_at",
        )


class ObjectionAnswerSerializer(FormSerializer):
    class Meta:
        form = AnswerForm
