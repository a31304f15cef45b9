"""What everyone may read and object to, and the office's answer (R-SUB-4)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle

from accounts.enums import WATCHERS
from accounts.middleware import caller_address
from casework.api.base import ApiView, only
from subsidies.domain.objections import answer_objection, file_objection
from subsidies.models import Objection, Publicity
from subsidies.serializers import (
    FiledObjectionSerializer,
    NewObjectionSerializer,
    ObjectionAnswerSerializer,
    ObjectionSerializer,
    PublicityRowSerializer,
    PublicitySerializer,
)


class PublicApiView(ApiView):
    """No login: everything here was published masked."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    model, serializer_class = Publicity, PublicitySerializer

    def get_queryset(self) -> QuerySet[Publicity]:
        return Publicity.objects.all()


class PublicitiesView(mixins.ListModelMixin, PublicApiView):
    serializer_class = PublicityRowSerializer

    @extend_schema(operation_id="publicities_list", auth=[])
    def get(self, request: Request) -> Response:
        """Everything published, newest first (public)."""
        return self.list(request)


class PublicityView(mixins.RetrieveModelMixin, PublicApiView):
    @extend_schema(auth=[])
    def get(self, request: Request, pk: int) -> Response:
        """One publicity as the public sees it (public)."""
        return self.retrieve(request)


class ObjectView(PublicApiView):
    throttle_scope = "objection"

    def get_throttles(self) -> list[BaseThrottle]:
        return [ScopedRateThrottle()]

    @extend_schema(request=NewObjectionSerializer, responses={201: FiledObjectionSerializer}, auth=[])
    def post(self, request: Request, pk: int) -> Response:
        """Object to a publicity while it runs (public, a few an hour)."""
        publicity: Any = self.get_object()
        filed = file_objection(publicity, origin=caller_address(request._request), **self.given(NewObjectionSerializer))
        return Response(FiledObjectionSerializer(filed).data, status=201)


class ObjectionApiView(ApiView):
    model, serializer_class = Objection, ObjectionSerializer
    related = ("publicity__subsidy", "line")


class ObjectionsView(mixins.ListModelMixin, ObjectionApiView):
    @extend_schema(operation_id="objections_list")
    def get(self, request: Request) -> Response:
        """Objections inside the scope, newest first; for offices."""
        only(self.membership, *WATCHERS)
        return self.list(request)


class ObjectionAnswerView(ObjectionApiView):
    @extend_schema(request=ObjectionAnswerSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Handle an objection once, with the answer that is published."""
        answered = answer_objection(self.get_object(), by=self.membership, **self.given(ObjectionAnswerSerializer))
        return Response(self.get_serializer(answered).data)
