"""Addresses below /api/v1/."""

from django.urls import path

from accounts.api.token import MembershipsView, TokenView

urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="api_token"),
    path("auth/memberships/", MembershipsView.as_view(), name="api_memberships"),
]
