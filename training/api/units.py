"""Units: an officer opens the account, the unit keeps its profile, teachers and venues (R-REG-1 … R-REG-5)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Role
from casework.api.base import ApiView, Versioned, applicant_only, only
from casework.api.cases import FILTERS, CaseViewSet
from kit.inputs import cleaned
from kit.refusals import NotAllowed, NotValid
from training.domain.classes.versions import change_version, teacher_version, unit_version, venue_version
from training.domain.units.accounts import FIELDS, KIND, amend_change, begin_change
from training.domain.units.profiles import ACCOUNT, PROFILE, proposed
from training.domain.units.upkeep import (
    begin_amendment,
    draft_of,
    may_open_units,
    open_unit,
    save_teacher,
    save_venue,
    update_unit,
)
from training.forms.units import AccountForm, OpenUnitForm, TeacherForm, UnitForm, VenueForm
from training.models import AccountChange, Registration, Teacher, Unit, Venue
from training.serializers.cases import RegistrationSerializer
from training.serializers.units import (
    AccountChangeRowSerializer,
    AccountChangeSerializer,
    AccountInputSerializer,
    AccountSerializer,
    OpenedUnitSerializer,
    OpenUnitSerializer,
    TeacherInputSerializer,
    TeacherSerializer,
    UnitDraftSerializer,
    UnitInputSerializer,
    UnitSerializer,
    VenueInputSerializer,
    VenueSerializer,
)


class UnitApiView(ApiView):
    model, serializer_class = Unit, UnitSerializer
    related = ("organisation__division",)

    def get_queryset(self) -> QuerySet[Unit]:
        return super().get_queryset().prefetch_related("accounts")

    def own_unit(self) -> Unit:
        """The unit inside the scope, for its own operator."""
        unit = self.get_object()
        if self.membership.role != Role.OPERATOR or self.membership.organisation_id != unit.organisation_id:
            raise NotAllowed(_("只有本单位的经办人可以办理。"))
        return unit


class UnitsView(mixins.ListModelMixin, UnitApiView):
    @extend_schema(operation_id="units_list")
    def get(self, request: Request) -> Response:
        """Units of the scope; a unit finds itself."""
        return self.list(request)

    @extend_schema(request=OpenUnitSerializer, responses={201: OpenedUnitSerializer})
    def post(self, request: Request) -> Response:
        """Open an account on request by telephone or in person (R-REG-1)."""
        if not may_open_units(self.membership):
            raise NotAllowed(_("只有人社部门的审核人员可以为单位开通账号。"))
        form = OpenUnitForm(self.given(OpenUnitSerializer), by=self.membership)
        asked = cleaned(form)
        names = ("kind", "name", "uscc", "division", "username", "full_name", "phone")
        opened = open_unit(**{name: asked[name] for name in names}, requested=form.request_words(), by=self.membership)
        return Response(OpenedUnitSerializer(opened).data, status=201)


class UnitView(mixins.RetrieveModelMixin, UnitApiView):
    def get(self, request: Request, pk: int) -> Response:
        """A unit's file as it was approved, with the account it is paid to."""
        return self.retrieve(request)


class UnitDraftView(Versioned, UnitApiView):
    serializer_class = UnitDraftSerializer
    draft, read_version = "unit", staticmethod(unit_version)

    def own_draft(self) -> Registration:
        unit = self.own_unit()
        registration = draft_of(unit)
        registration.unit = unit
        return registration

    def get(self, request: Request, pk: int) -> Response:
        """The draft beside the file, while it is with the unit."""
        return Response(UnitDraftSerializer(self.own_draft()).data)

    @extend_schema(request=UnitInputSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Save in the draft what is given (R-SEC-4); the file stays as it was approved."""
        given, unit = self.given(UnitInputSerializer, partial=True), self.own_unit()
        instance = proposed(self.own_draft())
        form = UnitForm({name: getattr(instance, name, "") for name in (*PROFILE, *ACCOUNT)} | given, instance=instance)
        if unasked := [name for name in given if name not in form.fields]:
            raise NotValid(
                {
                    name: (
                        _("收款账户不随单位信息修改，请提交账户变更。")
                        if name in ACCOUNT
                        else _("企业没有这一项，不用填写。")
                    )
                    for name in unasked
                }
            )
        asked = cleaned(form)
        with self.unchanged():
            update_unit(unit, by=self.membership, **{name: asked[name] for name in given if name in asked})
        return Response(UnitDraftSerializer(self.own_draft()).data)


class UnitAmendmentView(UnitApiView):
    @extend_schema(request=None, responses={201: RegistrationSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Begin a draft beside the approved file: a new registration, decided again."""
        registration = begin_amendment(self.own_unit(), by=self.membership)
        return Response(RegistrationSerializer(registration, context=self.get_serializer_context()).data, status=201)


class UnitAccountsView(UnitApiView):
    serializer_class = AccountSerializer

    @extend_schema(responses=AccountSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The accounts the unit is and was paid to, the latest first; numbers masked."""
        return Response(
            AccountSerializer(self.get_object().accounts.visible_to(self.membership).order_by("-id"), many=True).data
        )


@extend_schema_view(list=FILTERS)
class AccountChangeViewSet(Versioned, CaseViewSet):
    """账户变更 (R-SUB-7): officers decide, finance of the place confirms."""

    draft, read_version = KIND, staticmethod(change_version)

    model = AccountChange
    related = (*CaseViewSet.related, "former")
    row_class, serializer_class = AccountChangeRowSerializer, AccountChangeSerializer

    @extend_schema(request=AccountInputSerializer, responses={201: AccountChangeSerializer})
    def create(self, request: Request) -> Response:
        """Ask for another account for the own unit; one at a time."""
        only(self.membership, Role.OPERATOR)
        unit = Unit.objects.visible_to(self.membership).filter(organisation=self.membership.organisation_id).first()
        if unit is None:
            raise NotAllowed(_("本单位还没有登记基本信息。"))
        asked = cleaned(AccountForm({"holder": self.membership.organisation.name} | self.given(AccountInputSerializer)))
        return Response(self.get_serializer(begin_change(unit, by=self.membership, **asked)).data, status=201)

    @extend_schema(request=AccountInputSerializer, responses=AccountChangeSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Alter what is given while it is with the unit."""
        change = self.get_object()
        applicant_only(self.membership, change)
        before = {name: getattr(change, name) or "" for name in FIELDS}
        asked = cleaned(AccountForm(before | self.given(AccountInputSerializer, partial=True)))
        with self.unchanged():
            amended = amend_change(change, by=self.membership, **asked)
        return Response(self.get_serializer(amended).data)


class ResourceApiView(ApiView):
    """Teachers or venues of the scope; the unit's operator keeps them."""

    form_class: type[BaseForm]
    input_class: type[Any]

    def kept(self, thing: Any, given: dict[str, Any]) -> Any:
        """Judged by the page's form, saved by the domain."""
        before = (
            {name: getattr(thing, name) for name in self.form_class.base_fields} if thing.pk else {"is_active": True}
        )
        cleaned(form := self.form_class(before | given, instance=thing))  # type: ignore[call-arg]
        save = save_teacher if isinstance(thing, Teacher) else save_venue
        return save(form.save(commit=False), by=self.membership)  # type: ignore[attr-defined]


class ResourcesView(mixins.ListModelMixin, ResourceApiView):
    def get(self, request: Request) -> Response:
        """Those on file inside the scope, newest first."""
        return self.list(request)

    def post(self, request: Request) -> Response:
        """Put one on file for the own unit."""
        only(self.membership, Role.OPERATOR)
        unit = Unit.objects.visible_to(self.membership).filter(organisation=self.membership.organisation_id).first()
        if unit is None:
            raise NotAllowed(_("本单位还没有登记基本信息。"))
        thing = self.kept(self.model(unit=unit), self.given(self.input_class))
        return Response(self.get_serializer(thing).data, status=201)


class ResourceView(mixins.RetrieveModelMixin, Versioned, ResourceApiView):
    related = ("unit",)

    def get(self, request: Request, pk: int) -> Response:
        return self.retrieve(request)

    def patch(self, request: Request, pk: int) -> Response:
        """Change what is given; taken out of use with `is_active`, never removed."""
        thing = self.get_object()
        if self.membership.role != Role.OPERATOR or thing.unit.organisation_id != self.membership.organisation_id:
            raise NotAllowed(_("只能维护本单位的师资和场地。"))
        given = self.given(self.input_class, partial=True)
        with self.unchanged():
            kept = self.kept(thing, given)
        return Response(self.get_serializer(kept).data)


class TeacherParts:
    model, serializer_class, input_class, form_class = Teacher, TeacherSerializer, TeacherInputSerializer, TeacherForm


class VenueParts:
    model, serializer_class, input_class, form_class = Venue, VenueSerializer, VenueInputSerializer, VenueForm


@extend_schema_view(
    get=extend_schema(operation_id="teachers_list"),
    post=extend_schema(request=TeacherInputSerializer, responses={201: TeacherSerializer}),
)
class TeachersView(TeacherParts, ResourcesView):
    """师资 (R-REG-5)."""


@extend_schema_view(patch=extend_schema(request=TeacherInputSerializer))
class TeacherView(TeacherParts, ResourceView):
    """One teacher."""

    draft, read_version = "teacher", staticmethod(teacher_version)


@extend_schema_view(
    get=extend_schema(operation_id="venues_list"),
    post=extend_schema(request=VenueInputSerializer, responses={201: VenueSerializer}),
)
class VenuesView(VenueParts, ResourcesView):
    """场地 (R-REG-5)."""


@extend_schema_view(patch=extend_schema(request=VenueInputSerializer))
class VenueView(VenueParts, ResourceView):
    """One venue."""

    draft, read_version = "venue", staticmethod(venue_version)
