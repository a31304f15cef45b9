"""Addresses below /api/v1/."""

from django.urls import path

from accounts.views.token import PostsView, TokenView

urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="api_token"),
    path("auth/posts/", PostsView.as_view(), name="api_posts"),
]
