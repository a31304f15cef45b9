"""Units registered before come in by workbook, with a preview; who is still incomplete (N二(二)3, R-REG-1)."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import HANDS_ON
from casework.api.base import ApiView, only
from kit.bodies import BodyParser
from kit.inputs import cleaned
from kit.refusals import NotAllowed
from training.domain.units.incomplete import incomplete_units, remind, what_each_lacks
from training.domain.units.upkeep import may_open_units, why_not_import
from training.forms.unit_imports import ImportUploadForm
from training.imports.units import keep, preview, take
from training.models import Unit
from training.serializers.unit_imports import (
    ImportPreviewSerializer,
    ImportSerializer,
    ImportTakenSerializer,
    IncompleteSerializer,
    RemindedSerializer,
    RemindSerializer,
    TakeSerializer,
)


class ImportApiView(ApiView):
    """For the HR offices that open units' accounts."""

    model = Unit

    def importer(self) -> None:
        only(self.membership, *HANDS_ON)
        if not may_open_units(self.membership):
            raise NotAllowed(why_not_import())


class UnitImportsView(ImportApiView):
    parser_classes = (MultiPartParser, BodyParser)

    @extend_schema(request=ImportSerializer, responses=ImportPreviewSerializer)
    def post(self, request: Request) -> Response:
        """Look at a workbook row by row; nothing is taken. `token` takes the good rows within half an hour."""
        self.importer()
        given = self.given(ImportSerializer)
        content = cleaned(ImportUploadForm({}, {"file": given["file"]}))["file"].read()
        seen = preview(given["sheet"], content, by=self.membership)
        return Response(ImportPreviewSerializer(seen.kept(keep(given["sheet"], content, self.membership))).data)


class UnitImportView(ImportApiView):
    @extend_schema(request=TakeSerializer, responses=ImportTakenSerializer)
    def post(self, request: Request) -> Response:
        """Take the good rows of a previewed workbook. First passwords are in this answer and nowhere else."""
        self.importer()
        given = self.given(TakeSerializer)
        return Response(ImportTakenSerializer(take(given["sheet"], given["token"], by=self.membership)).data)


class UnitsIncompleteView(ImportApiView):
    serializer_class = IncompleteSerializer

    @extend_schema(responses=IncompleteSerializer(many=True), operation_id="units_incomplete_list")
    def get(self, request: Request) -> Response:
        """Units of the scope that still have to complete their file, and what each lacks."""
        self.importer()
        units = self.paginate_queryset(incomplete_units(self.membership))
        return self.get_paginated_response(IncompleteSerializer(what_each_lacks(units or []), many=True).data)

    @extend_schema(request=RemindSerializer, responses=RemindedSerializer)
    def post(self, request: Request) -> Response:
        """A notice to each of these units with what it lacks."""
        self.importer()
        wanted = self.given(RemindSerializer)["units"]
        units = incomplete_units(self.membership).filter(pk__in=wanted)
        return Response(RemindedSerializer({"reminded": remind(units, by=self.membership)}).data)
