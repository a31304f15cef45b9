"""Assisted checks 协查 for programs: what waits, letters, sheets out and in, batch answers (R-ELG-5)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.audit import record
from accounts.enums import HANDS_ON, WATCHERS
from casework.api.base import ApiView, Versioned, only, workbook
from casework.api.cases import FILTERS, CaseViewSet
from casework.api.inbox import WORKBOOK
from eligibility.domain import connections, departments
from eligibility.domain.assistance import Reply, answer_many, chosen, waiting
from eligibility.domain.corrected import found_by
from eligibility.domain.corrections import KIND, amend, draft, draft_version, entered_by, recorded_for
from eligibility.domain.evidence import gates_of
from eligibility.domain.examine import Entry, subjects, subjects_called
from eligibility.domain.letters import issue
from eligibility.domain.overrulings import overrulings_seen_by
from eligibility.domain.people import life_of
from eligibility.domain.recognitions import Answered, recognise
from eligibility.domain.replying import chosen_for, reply
from eligibility.forms import NumberForm, RecognitionForm
from eligibility.imports.replies import reply_sheet, take_replies
from eligibility.models import Assistance, Correction, Letter, Overruling, Person
from eligibility.registries.health import health
from eligibility.serializers import (
    AskedAnswerSerializer,
    AskedSerializer,
    BatchSerializer,
    ChosenSerializer,
    CorrectionInputSerializer,
    CorrectionRowSerializer,
    CorrectionSerializer,
    GateSerializer,
    LetterSerializer,
    ModeSerializer,
    NumberSerializer,
    OverruledFilter,
    OverruledSerializer,
    PersonSerializer,
    RecognitionInputSerializer,
    RecognitionSerializer,
    RegistrySerializer,
    RepliesTakenSerializer,
    ReplySheetSerializer,
    WaitingSerializer,
)
from kit.bodies import BodyParser
from kit.inputs import cleaned
from kit.refusals import NotAllowed


class OfficeApiView(ApiView):
    """For officers and administrators of the offices; a letter outside the scope is not found."""

    model, serializer_class = Letter, LetterSerializer

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if kwargs:
            self.get_object()
        only(self.membership, *HANDS_ON)

    def chosen(self, ids: list[int]) -> list[Assistance]:
        """The questions of these ids; 404 when one is outside the scope."""
        rows = chosen(self.membership, ids)
        if rows is None:
            raise Http404
        return rows


class WaitingView(OfficeApiView):
    pagination_class = None

    @extend_schema(responses=WaitingSerializer(many=True), operation_id="assistances_list")
    def get(self, request: Request) -> Response:
        """Open assisted checks in scope, by department and day; the 500 oldest."""
        return Response(WaitingSerializer(waiting(self.membership), many=True).data)


class AnswersView(OfficeApiView):
    @extend_schema(request=BatchSerializer, responses=RepliesTakenSerializer)
    def post(self, request: Request) -> Response:
        """One result and one letter number for many; everybody is judged again at once."""
        asked = self.given(BatchSerializer)
        replies = [
            Reply(
                (row.subject_kind, row.subject_id, row.check_code),
                asked["answer"],
                asked["letter"],
                asked["note"],
                f"{row.person.name}：",
            )
            for row in self.chosen(asked["assistances"])
        ]
        return Response(
            RepliesTakenSerializer(answer_many(replies, by=self.membership, department=asked["department"])).data
        )


class SheetsView(OfficeApiView):
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": ReplySheetSerializer}, responses=RepliesTakenSerializer)
    def post(self, request: Request) -> Response:
        """The sheet a department filled in: good rows are taken, every other one gets its sentence;
        twice is harmless.
        """
        asked = self.given(ReplySheetSerializer)
        upload = asked["file"]
        return Response(
            RepliesTakenSerializer(
                take_replies(upload.file, upload.name, by=self.membership, letter=asked["letter"])
            ).data
        )


class LettersView(mixins.ListModelMixin, OfficeApiView):
    related = ("issued_by__user", "issued_by__organisation")

    @extend_schema(operation_id="assistance_letters_list")
    def get(self, request: Request) -> Response:
        """Letters of the scope, newest first."""
        return self.list(request)

    @extend_schema(request=ChosenSerializer, responses={201: LetterSerializer})
    def post(self, request: Request) -> Response:
        """A numbered letter to one department about these questions."""
        found = issue(self.chosen(self.given(ChosenSerializer)["assistances"]), by=self.membership)
        return Response(LetterSerializer(found).data, status=201)


class LetterSheetView(OfficeApiView):
    @extend_schema(responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The workbook for the department, numbers masked."""
        found = self.get_object()
        record("letter.sheet_taken", by=self.membership, on=found, number=found.number, full_numbers=False)
        return workbook(reply_sheet(found), f"assistance-{found.pk}.xlsx")


# ── people and corrections
# ──────────────────────────────────────────────────────────────────────────────────────────────


class PeopleView(ApiView):
    pagination_class = None

    @extend_schema(request=NumberSerializer, responses=PersonSerializer(many=True), operation_id="people_search")
    def post(self, request: Request) -> Response:
        """Who of the scope has a number, or had it before a correction (R-SEC-1)."""
        only(self.membership, *WATCHERS)
        found = found_by(cleaned(NumberForm(self.given(NumberSerializer)))["number"])
        return Response(
            PersonSerializer([person for person in found if life_of(person, self.membership)], many=True).data
        )


class PersonCorrectionsView(ApiView):
    """For officers of the place who may maintain persons."""

    model, serializer_class = Correction, CorrectionSerializer
    parser_classes = (MultiPartParser, BodyParser)

    @extend_schema(request={"multipart/form-data": CorrectionInputSerializer}, responses={201: CorrectionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Draft a correction of one person; the move `submit` hands it in."""
        try:
            return self.draft(recorded_for(pk, self.membership))
        except Person.DoesNotExist as none:
            raise Http404 from none

    def draft(self, entry: Entry) -> Response:
        asked = self.given(CorrectionInputSerializer)
        made = draft(entry, asked["name"], asked["number"], asked["reason"], asked["file"], by=self.membership)
        return Response(self.get_serializer(made).data, status=201)


class EntryCorrectionsView(PersonCorrectionsView):
    """For the unit that entered somebody, about what it entered, whosever the number is (R-SEC-1)."""

    @extend_schema(
        request={"multipart/form-data": CorrectionInputSerializer},
        responses={201: CorrectionSerializer},
        operation_id="checked_correction",
    )
    def post(self, request: Request, kind: str, pk: int) -> Response:
        """Draft a correction of what the unit entered, e.g. an enrolment; the move `submit` hands it in."""
        try:
            return self.draft(entered_by(self.membership, kind, pk))
        except Person.DoesNotExist as none:
            raise Http404 from none


@extend_schema_view(list=FILTERS)
class CorrectionViewSet(Versioned, CaseViewSet):
    """信息更正 (R-AUT-4, R-SEC-2)."""

    draft, read_version = KIND, staticmethod(draft_version)

    model = Correction
    related = (*CaseViewSet.related, "person", "asked_by")
    row_class, serializer_class = CorrectionRowSerializer, CorrectionSerializer

    @extend_schema(request=CorrectionInputSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is asked, while it is with whoever asks; what is left out is not asked for any more. A paper goes
        to `files`.
        """
        found = self.get_object()
        asked = self.given(CorrectionInputSerializer)
        with self.unchanged():
            amended = amend(found, asked["name"], asked["number"], asked["reason"], by=self.membership)
        return Response(self.get_serializer(amended).data)


class RecognitionView(ApiView):
    @extend_schema(
        request=RecognitionInputSerializer, responses={201: RecognitionSerializer}, operation_id="checked_recognition"
    )
    def post(self, request: Request, kind: str, pk: int) -> Response:
        """The recognising department's answer about the employer of one subject's class; all its open classes are
        judged again (R-ELG-5).
        """
        provider = subjects_called(kind)
        if provider is None or pk not in provider.describe(self.membership, [pk]):
            raise Http404
        asked = cleaned(RecognitionForm(self.given(RecognitionInputSerializer)))
        upload = asked.pop("file")
        made = recognise(kind, pk, Answered(**asked), by=self.membership, upload=upload)
        return Response(RecognitionSerializer(made).data, status=201)


class EvidenceView(ApiView):
    pagination_class = None

    @extend_schema(responses=GateSerializer(many=True), operation_id="checked_evidence")
    def get(self, request: Request, kind: str, pk: int) -> Response:
        """The evidence of one subject, e.g. an enrolment: each gate with what every check came to, then and before
        (R-ELG-2).
        """
        provider = subjects_called(kind)
        if provider is None or not provider.describe(self.membership, [pk], struck=True):
            raise Http404
        return Response(GateSerializer(gates_of(kind, [pk], office=not self.membership.is_unit)[pk], many=True).data)


class AskedApiView(ApiView):
    """For departments that are asked; the offices have 协查."""

    model, serializer_class = Assistance, AskedSerializer
    pagination_class = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if not departments.is_department(self.membership):
            raise NotAllowed(_("这里由被协查的部门答复。审核部门请在“协查”中办理。"))


class AskedView(AskedApiView):
    @extend_schema(responses=AskedSerializer(many=True), operation_id="asked_list")
    def get(self, request: Request) -> Response:
        """Open questions that name the department, the people in full; the 500 due first. Every reading is put on
        record.
        """
        return Response(AskedSerializer(departments.opened(self.membership), many=True).data)


class AskedAnswersView(AskedApiView):
    @extend_schema(request=AskedAnswerSerializer, responses=RepliesTakenSerializer, operation_id="asked_answer")
    def post(self, request: Request) -> Response:
        """One result for many of the department's questions; everybody is judged again at once."""
        asked = self.given(AskedAnswerSerializer)
        rows = chosen_for(self.membership, asked["assistances"])
        if rows is None:
            raise Http404
        return Response(
            RepliesTakenSerializer(
                reply(rows, asked["answer"], by=self.membership, letter=asked["letter"], note=asked["note"])
            ).data
        )


class RegistriesView(ApiView):
    serializer_class, pagination_class = RegistrySerializer, None

    @extend_schema(responses=RegistrySerializer(many=True), operation_id="registries_list")
    def get(self, request: Request) -> Response:
        """The outside systems: how each is connected, whether it answers, how many of the place wait for it."""
        only(self.membership, *WATCHERS)
        return Response(
            RegistrySerializer(
                health(modes=connections.modes(), waiting=connections.waiting(self.membership.division)), many=True
            ).data
        )


class RegistryModesView(ApiView):
    serializer_class, pagination_class = RegistrySerializer, None

    @extend_schema(request=ModeSerializer, responses=RegistrySerializer, operation_id="registry_switch")
    def put(self, request: Request) -> Response:
        """Connect a system in another way from now on; whoever waits for it is dealt with in the new way. The region's
        administrators only.
        """
        if not self.membership.administers_region:
            raise NotAllowed(connections.NOT_YOURS)
        asked = self.given(ModeSerializer)
        code = asked["code"]
        if connections.switch(code, asked["mode"], by=self.membership, reason=asked["reason"]):
            jobs = connections.jobs_waiting_for(code, self.membership.division)
            if jobs:
                subjects().ask_again(jobs)
        lines = health(modes=connections.modes(), waiting=connections.waiting(self.membership.division))
        return Response(RegistrySerializer(next(line for line in lines if line.code == code)).data)


class OverruledView(mixins.ListModelMixin, ApiView):
    model, serializer_class, filter_class = Overruling, OverruledSerializer, OverruledFilter

    def get_queryset(self) -> QuerySet[Overruling]:
        return overrulings_seen_by(self.membership)

    @extend_schema(parameters=[OverruledFilter], operation_id="overrulings_list")
    def get(self, request: Request) -> Response:
        """Every overruling of the scope, newest first; `state=proposed` for those that wait for a second officer."""
        only(self.membership, *WATCHERS)
        return self.list(request)
