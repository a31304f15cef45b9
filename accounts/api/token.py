"""A token for programs: the same password, lock-out and second factor as in the browser (R-SEC-2)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.api.authentication import AnyMembershipTokenAuthentication, why_not_yet
from accounts.domain.audit import record
from accounts.domain.logins import forget_failures, record_failure
from accounts.domain.tokens import issue_token, revoke_token
from accounts.forms import OneTimeCodeForm
from accounts.middleware import caller_address
from accounts.models import Membership, User
from accounts.serializers import CredentialsSerializer, MembershipSerializer, TokenSerializer


def _memberships(user: User) -> list[Membership]:
    return list(user.memberships.current().select_related("organisation__division").order_by("since", "id"))


class TokenView(APIView):
    """POST username, password and, where set up, otp: the token and the memberships it can act in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    def get_authenticate_header(self, request: Request) -> str:
        """Without it a wrong password would be answered 403 instead of 401."""
        return "Token"

    @extend_schema(request=CredentialsSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        asked = CredentialsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = self._known(
            request._request, **{name: asked.validated_data[name] for name in ("username", "password", "otp")}
        )
        origin = caller_address(request._request)
        memberships = _memberships(user)
        division = memberships[0].organisation.division_id if memberships else ""
        if why := why_not_yet(user):
            record("token.refused", by=None, user=user, on=user, division=division, origin=origin, reason=why)
            raise PermissionDenied(why)
        key, token = issue_token(user, label=asked.validated_data["label"], division=division, origin=origin)
        return Response(
            TokenSerializer({"token": key, "expires_at": token.expires_at, "memberships": memberships}).data
        )

    @extend_schema(responses={204: None}, auth=[{"tokenAuth": []}])
    def delete(self, request: Request) -> Response:
        """The token this request carries ends at once."""
        found = AnyMembershipTokenAuthentication().authenticate(request)
        if found is None:
            raise NotAuthenticated
        membership = request._request.membership
        revoke_token(
            found[1],
            division=membership.organisation.division_id if membership else "",
            origin=caller_address(request._request),
        )
        return Response(status=204)

    def _known(self, http: HttpRequest, username: str, password: str, otp: str) -> User:
        """The user behind the credentials; a wrong second factor counts as a wrong password does."""
        user = authenticate(http, username=username, password=password)
        if user is None:
            if not getattr(http, "axes_locked_out", False):
                record_failure(username, caller_address(http))
            raise AuthenticationFailed(_("用户名或密码不正确。"))
        if Authenticator.objects.filter(user=user).exists():
            self._check_otp(user, otp)
        forget_failures(username, caller_address(http))
        return user

    def _check_otp(self, user: User, otp: str) -> None:
        if not otp:
            raise AuthenticationFailed(_("此账户启用了动态口令，请在 otp 中给出。"))
        form = OneTimeCodeForm({"code": otp}, user=user)
        if not form.is_valid():
            raise AuthenticationFailed(" ".join(form.errors["code"]))
        form.authenticator.record_usage()


class MembershipsView(APIView):
    """The memberships of the caller, and which of them this request acts in."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=MembershipSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(MembershipSerializer(_memberships(request.user), many=True).data)
