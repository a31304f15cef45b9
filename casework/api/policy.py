"""Policy through the API: what holds on a day, proposing, deciding (R-SUB-1, R-OPN-5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import OFFICE_ROLES
from casework.api.base import ApiView, only, workbook
from casework.domain.policy import (
    DATED,
    PolicyKind,
    choices_of,
    counted,
    label_of,
    line_of,
    line_versions,
    policy_kinds,
    rows_on,
    values_said,
    words_of,
)
from casework.domain.proposals import DECISIONS, MADE_OF_A_ROW, proposals_for, propose, read, target_of
from casework.enums import PolicyAction, ProposalState
from casework.forms import PolicyUploadForm
from casework.models import PolicyProposal
from casework.policies.base import PolicyForm
from casework.resources import export, keep_file, preview_file, take_file
from kit.inputs import FormSerializer, cleaned
from kit.sheets import XLSX


def kind_or_404(code: str) -> PolicyKind:
    if code not in policy_kinds():
        raise Http404
    return policy_kinds()[code]


class PolicyFieldSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField()
    choices = serializers.DictField(child=serializers.CharField())


class PolicyKindSerializer(serializers.Serializer):
    """A kind, its fields as `values` of a proposal takes them, and how many rows hold today and will hold."""

    code = serializers.CharField()
    label = serializers.CharField()
    clause = serializers.CharField()
    two_people = serializers.BooleanField()
    leagues = serializers.BooleanField()
    fields_of_a_row = PolicyFieldSerializer(many=True)
    now = serializers.IntegerField()
    coming = serializers.IntegerField()
    example = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class PolicyRowSerializer(serializers.Serializer):
    """A dated row: its values as they are kept and as they are read, its first and last day, its line's version."""

    id = serializers.IntegerField()
    what = serializers.CharField()
    values = serializers.DictField()
    words = serializers.DictField(child=serializers.CharField())
    first_day = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    source = serializers.CharField()
    is_example = serializers.BooleanField()
    version = serializers.CharField()


class OnFilter(serializers.Serializer):
    on = serializers.DateField(required=False)


class ProposalFilter(serializers.Serializer):
    kind = serializers.CharField(required=False)
    state = serializers.ChoiceField(choices=ProposalState.choices, required=False)


class ProposeSerializer(FormSerializer):
    """`target` is the row that is followed, closed or cancelled; `version` that of its line as it was read; `values`
    are the kind's own fields.
    """

    class Meta:
        form, is_draft = PolicyForm, True

    action = serializers.ChoiceField(choices=PolicyAction.choices)
    target = serializers.IntegerField(required=False, allow_null=True, default=None)
    version = serializers.CharField(required=False, allow_blank=True, default="", max_length=24)
    values = serializers.DictField(required=False, default=dict)


class DecideSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(choices=sorted(DECISIONS))
    answer = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class PolicyProposalSerializer(serializers.ModelSerializer):
    """A proposal and what became of it; `changed` has [old, new] in words by field."""

    drafted_by = serializers.StringRelatedField()
    decided_by = serializers.StringRelatedField()

    class Meta:
        model = PolicyProposal
        fields = (
            "id",
            "kind",
            "action",
            "target",
            "row",
            "what",
            "values",
            "changed",
            "first_day",
            "last_day",
            "source",
            "is_example",
            "note",
            "two_people",
            "state",
            "drafted_by",
            "drafted_at",
            "decided_by",
            "decided_at",
            "answer",
        )


class PolicyApiView(ApiView):
    """Policy is read by offices only."""

    pagination_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        only(self.membership, *OFFICE_ROLES)


class PolicyView(PolicyApiView):
    serializer_class = PolicyKindSerializer

    @extend_schema(operation_id="policy_kinds", responses=PolicyKindSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All kinds of policy with their fields."""
        today = timezone.localdate()
        return Response(PolicyKindSerializer([_kind(one, today) for one in policy_kinds().values()], many=True).data)


def _kind(kind: PolicyKind, today: date) -> dict[str, Any]:
    choices = choices_of(kind)
    return {
        "code": kind.code,
        "label": str(kind.label),
        "clause": kind.clause,
        "two_people": kind.two_people,
        "leagues": kind.leagues,
        "fields_of_a_row": [
            {
                "name": name,
                "label": label_of(kind, name),
                "required": kind.form.base_fields[name].required,
                "choices": choices.get(name, {}),
            }
            for name in kind.fields
        ],
        "missing": kind.missing(today),
        **counted(kind, today),
    }


class PolicyRowsView(PolicyApiView):
    serializer_class = PolicyRowSerializer

    @extend_schema(operation_id="policy_rows", parameters=[OnFilter], responses=PolicyRowSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The rows of a kind in force on a day, today unless `on` says another."""
        kind, asked = kind_or_404(code), OnFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = list(rows_on(kind, asked.validated_data.get("on") or timezone.localdate()))
        choices, versions = choices_of(kind), line_versions(kind)
        shown = [_row(kind, row, choices) | {"version": versions[line_of(kind, row)]} for row in rows]
        return Response(PolicyRowSerializer(shown, many=True).data)

    @extend_schema(operation_id="policy_propose", request=ProposeSerializer, responses={201: PolicyProposalSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Propose a row, one that follows another, an end or a cancelling; in force at once unless two people are
        needed.
        """
        kind, given = kind_or_404(code), self.given(ProposeSerializer)
        target = target_of(kind, given["target"]) if given["action"] in MADE_OF_A_ROW else None
        if target is None and given["action"] in MADE_OF_A_ROW:
            raise Http404
        asked = {name: given["values"].get(name, "") for name in kind.fields}
        asked |= {name: given[name] for name in DATED if name in given}
        made = propose(read(kind, given["action"], asked, target), by=self.membership, seen=given["version"])
        return Response(PolicyProposalSerializer(made).data, status=201)


def _row(kind: PolicyKind, row: Any, choices: dict[str, dict[str, str]]) -> dict[str, Any]:
    words = values_said(kind, row, choices)
    return {
        "id": row.pk,
        "what": words_of(kind, row, choices),
        "values": {name: _plain(getattr(row, kind.column(name))) for name in kind.fields},
        "words": {name: words[name] for name in kind.fields},
        "first_day": row.since,
        "last_day": row.last_day,
        "source": row.source,
        "is_example": row.is_example,
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | list) else str(value)


class PolicySheetSerializer(FormSerializer):
    """An xlsx with the columns of the export; without `take` it is only looked at."""

    class Meta:
        form = PolicyUploadForm

    take = serializers.BooleanField(default=False)


class SheetLineSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    change = serializers.CharField()
    errors = serializers.ListField(child=serializers.CharField())


class SheetAnswerSerializer(serializers.Serializer):
    """What the file would propose, or has proposed, row by row."""

    taken = serializers.IntegerField()
    lines = SheetLineSerializer(many=True)


class PolicySheetView(PolicyApiView):
    parser_classes = (MultiPartParser,)
    serializer_class = SheetAnswerSerializer

    @extend_schema(operation_id="policy_sheet", responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str) -> HttpResponse:
        """All rows of a kind as a workbook."""
        return workbook(export(kind_or_404(code), self.membership), f"policy-{code}.xlsx")

    @extend_schema(operation_id="policy_sheet_in", request=PolicySheetSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Look at a workbook row by row; with `take` propose all of it, or nothing."""
        kind, given = kind_or_404(code), self.given(PolicySheetSerializer)
        file = keep_file(kind, cleaned(PolicyUploadForm({}, {"file": given["file"]}))["file"], by=self.membership)
        seen = preview_file(file, kind, by=self.membership)
        taken = take_file(file, kind, by=self.membership) if given["take"] and not seen.wrong else 0
        return Response(SheetAnswerSerializer({"taken": taken, "lines": seen.lines}).data)


class PolicyProposalsView(mixins.ListModelMixin, ApiView):
    model, serializer_class, filter_class = PolicyProposal, PolicyProposalSerializer, ProposalFilter

    def get_queryset(self) -> QuerySet[PolicyProposal]:
        return proposals_for(self.membership)

    @extend_schema(operation_id="policy_proposals", parameters=[ProposalFilter])
    def get(self, request: Request) -> Response:
        """Proposals of one's own place, drafted and decided."""
        only(self.membership, *OFFICE_ROLES)
        return self.list(request)


class PolicyProposalView(ApiView):
    pagination_class = None
    model, serializer_class = PolicyProposal, PolicyProposalSerializer

    @extend_schema(operation_id="policy_proposal")
    def get(self, request: Request, pk: int) -> Response:
        """One proposal."""
        return Response(PolicyProposalSerializer(get_object_or_404(proposals_for(self.membership), pk=pk)).data)

    @extend_schema(operation_id="policy_decide", request=DecideSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Put in force, send back with a reason, or withdraw."""
        found = get_object_or_404(proposals_for(self.membership), pk=pk)
        given = self.given(DecideSerializer)
        decided = DECISIONS[given["decision"]](found, by=self.membership, answer=given["answer"])
        return Response(PolicyProposalSerializer(decided).data)
