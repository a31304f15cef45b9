"""Every request acts in one post: the one chosen in the session, else the user's first."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.domain.people import default_post
from accounts.models import Post

SESSION_KEY = "post"


def caller_address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")[:45]


def post_of(request: HttpRequest, chosen: int | None = None) -> Post | None:
    """The current post of the request's user, carrying the caller's address; None for nobody and for users without a seat."""
    if not request.user.is_authenticated:
        return None
    post = None
    if chosen:
        post = (
            request.user.posts.current()
            .select_related("user", "organisation__division", "organisation__group")
            .filter(pk=chosen)
            .first()
        )
    post = post or default_post(request.user)
    if post:
        post.origin = caller_address(request)
    return post


class PostMiddleware:
    """Sets `request.post` and sends a user with a first password to change it before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = post_of(request, request.session.get(SESSION_KEY))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not request.user.is_authenticated or request.path.startswith(("/static/", "/api/")):
            return None
        match = request.resolver_match
        if match and match.url_name in FREE_WITH_FIRST_PASSWORD:
            return None
        if request.user.must_change_password:
            return redirect(reverse("account_change_password"))
        return None


FREE_WITH_FIRST_PASSWORD = {"account_change_password", "account_logout", "set_language", "healthz"}
