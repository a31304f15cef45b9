"""The one place where every form of the portal is received: for the right membership, once, and with nothing typed lost
(R-SEC-1, R-SEC-4, R-OPN-5).

A form says for which user and membership it was drawn and on which page it stands (`form_token`). Another membership is
refused. The same form handed in twice is done once. A refusal, a lost session or an outdated page gives the page back
with what was typed in its form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from copy import copy
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_failure

from accounts.domain import typed
from accounts.domain.audit import record
from accounts.domain.form_tokens import DECIDED_ON, FIELD, HEADER, OWN_FIELDS, SEALS, VERSIONS, FormToken, drawn, read
from accounts.domain.submissions import led_to, one_at_a_time, remember
from accounts.middleware import SESSION_KEY, caller_address
from accounts.models import Membership
from accounts.typed_values import typed_values
from kit.crypto import file_digest
from kit.refill import put_in, refill
from kit.refusals import NotAllowed, Overtaken, Refused

View = Callable[..., HttpResponse]
# Doors that serve whoever comes, in whichever membership.
OPEN_TO_ALL = {"set_language", "switch_membership"}
OPEN_ROOMS = ("account_", "mfa_")
NOT_FOUND = 404
REFUSALS = (400, 403, NOT_FOUND, 409, 429)
LONGEST_LOCATION = 300


# ── what views use
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


def give_back(
    request: HttpRequest, sentences: Iterable[Any] | Mapping[str, Any], status: int = 409, *, stale: bool = False
) -> HttpResponse:
    """A form that was not taken: its page again with what was typed, and the sentences; by field name where they belong
    to one.

    `stale`: refused for its version; the page that shows what is saved now may be handed in against that.
    """
    by_field = sentences if isinstance(sentences, Mapping) else {"": list(sentences)}
    said = {
        name: list(map(str, found)) if isinstance(found, list | tuple) else [str(found)]
        for name, found in by_field.items()
    }
    answer = render(
        request,
        "409.html",
        {"sentences": [one for found in said.values() for one in found], "status": status, **_typed_in(request)},
        status=status,
    )
    answer.said, answer.carried = said, frozenset() if stale else VERSIONS
    return answer


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page that answers a refused act, for every view: who may not at all reads why; else the
    form is given back.
    """
    if isinstance(refused, NotAllowed):
        return render(request, "403.html", {"sentences": refused.sentences}, status=refused.status)
    if refused.status == NOT_FOUND:
        return render(request, "404.html", status=refused.status)
    return give_back(request, refused.by_field, refused.status, stale=isinstance(refused, Overtaken))


def post_only(page: str | Callable[..., str], *names: str) -> Callable[[View], View]:
    """For addresses that only take forms. Whoever comes by GET (after a log-in, a change of language, the back button)
    is led to the page.

    `page` is the name of the page's address, with the names of its numbers among those of this address; or a function
    of both.
    """

    def around(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["POST"])
            if callable(page):
                return redirect(page(request, **kwargs))
            return redirect(reverse(page, kwargs={name: kwargs[name] for name in names}))

        inner.takes_forms_only = True  # type: ignore[attr-defined]
        return inner

    return around


def page_address(request: HttpRequest) -> str:
    """The page that is shown: of a refused form, the page the form stands on."""
    token: FormToken | None = getattr(request, "form", None)
    return token.page if token else request.get_full_path()


def token_of(request: HttpRequest) -> str:
    """The token of the forms of this page, made once."""
    found = getattr(request, "drawn_token", None)
    if found is None:
        membership: Membership | None = getattr(request, "membership", None)
        user = getattr(request, "user", None)
        found = drawn(user.pk if user else None, membership.pk if membership else None, page_address(request)).signed()
        request.drawn_token = found  # type: ignore[attr-defined]
    return found


def can_be_shown(request: HttpRequest, page: str) -> bool:
    """Whether the request's user, in the present membership, may open a page."""
    return _page_drawn(request, page) is not None


# ── the middleware
# ──────────────────────────────────────────────────────────────────────────────────────────────────────


class FormMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as held:
            request.held = held  # type: ignore[attr-defined]
            answer = self.get_response(request)
            if request.path.startswith("/api/") or answer.streaming:
                return answer
            if getattr(request, "form", None):
                return _after_form(request, answer)
            if request.method == "POST" and getattr(answer, "said", None):  # no page of ours: the address may be one
                return _page_with(request, request.get_full_path(), answer)
            if request.method == "GET" and typed.KEY in request.session and answer.status_code == 200:
                return _given_back(request, answer)
            return answer

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return refusal(request, problem) if isinstance(problem, Refused) else None

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.path.startswith(("/static/", "/api/")):
            return None
        if request.method != "POST":
            _act_where_it_was_typed(request)
            return None
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if name in OPEN_TO_ALL or name.startswith(OPEN_ROOMS):
            return None
        token = read(request.POST.get(FIELD) or request.headers.get(HEADER, ""))
        if token is None:
            return _unmarked(request)
        request.form = token  # type: ignore[attr-defined]
        if request.user.is_authenticated and (token.user, token.membership) != (request.user.pk, _acted_in(request)):
            return _for_another_membership(request, token)
        return _once(request, token)


def _acted_in(request: HttpRequest) -> int:
    membership: Membership | None = getattr(request, "membership", None)
    return membership.pk if membership else 0


def _unmarked(request: HttpRequest) -> HttpResponse | None:
    """No page of ours: whoever has one membership cannot mean another; whoever has several must say which."""
    if not request.user.is_authenticated or len(request.memberships) < 2:
        return None
    return give_back(request, [_("没有执行：提交的内容没有注明以哪个岗位办理。请刷新页面后重新提交。")])


def _for_another_membership(request: HttpRequest, token: FormToken) -> HttpResponse:
    """Refused with both memberships named; the words are kept for when the person is back in the membership of the
    form.
    """
    own = token.user == request.user.pk
    membership = (
        next((membership for membership in request.memberships if membership.pk == token.membership), None)
        if own
        else None
    )
    now = _named(request.membership)
    if membership:
        said = _("没有执行：这张表单是以“%(then)s”打开的，您现在的身份是“%(now)s”。") % {
            "then": _named(membership),
            "now": now,
        }
        typed.keep(request.session, request.path, token, request.POST.lists(), refused=False)
    elif own:
        said = _("没有执行：打开这张表单时的岗位已经终止，您现在的身份是“%(now)s”。") % {"now": now}
    else:
        said = _("没有执行：这张表单是用另一账号打开的，您现在的身份是“%(now)s”。") % {"now": now}
    return render(
        request,
        "409.html",
        {"sentences": [said], "back_to": membership, "page": token.page, **_typed_in(request)},
        status=409,
    )


def _named(membership: Membership | None) -> str:
    return f"{membership.organisation.name} · {membership.get_role_display()}" if membership else _("无岗位")


def _once(request: HttpRequest, token: FormToken) -> HttpResponse | None:
    """Wait for the same form that is under way; where it is through already, go where it led."""
    content = [(name, value) for name, values in sorted(request.POST.lists()) for value in values if name not in SEALS]
    files = [(name, f"{one.name}/{file_digest(one)}") for name, found in sorted(request.FILES.lists()) for one in found]
    key = token.key(request.path, [*content, *files])
    request.held.enter_context(one_at_a_time(key))  # type: ignore[attr-defined]
    location = led_to(key)
    if location is None:
        request.form_key = key  # type: ignore[attr-defined]
        return None
    messages.info(request, _("这张表单已经提交过，没有重复办理。"))
    return redirect(location)


def _after_form(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Remember a form that was taken; give one back that was not."""
    token: FormToken = request.form  # type: ignore[attr-defined]
    key, known = getattr(request, "form_key", ""), request.user.is_authenticated
    if answer.status_code in (302, 303):
        if not known and urlsplit(answer.url).path == resolve_url("account_login"):  # type: ignore[attr-defined]
            typed.keep(request.session, request.path, token, request.POST.lists(), refused=False)
            return redirect_to_login(token.page)
        if key and len(answer.url) <= LONGEST_LOCATION:  # type: ignore[attr-defined]
            remember(key, answer.url)  # type: ignore[attr-defined]
            if known:
                typed.forget(request.session)
        return answer
    if not key or answer.status_code not in REFUSALS or "text/html" not in answer.get("Content-Type", ""):
        return answer
    if known:
        typed.keep(request.session, request.path, token, request.POST.lists(), refused=True)
    elif not getattr(answer, "said", None):
        return answer
    return _page_with(request, token.page, answer) if getattr(answer, "said", None) else _filled_in(request, answer)


def _filled_in(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A view's own page of a refused form: whatever it left empty is filled in."""
    page = answer.content.decode()
    again = refill(
        page,
        dict(request.POST.lists()),
        address=request.path,
        path=request.path,
        secret=OWN_FIELDS,
        errors=getattr(answer, "wrong", None),
    )
    if again:
        answer.content = again.encode()
    return answer


def _page_with(request: HttpRequest, page: str, plain: Any) -> HttpResponse:
    """The page the form stands on, with the sentences and what was typed; the plain page of refusals where that cannot
    be opened.
    """
    drawn_page, said = _page_drawn(request, page), plain.said
    if drawn_page is None:
        return plain
    sentences = [one for found in said.values() for one in found]
    lead = render_to_string("components/_refused.html", {"sentences": sentences})
    by_field = {name: " ".join(found) for name, found in said.items() if name}
    posted = dict(request.POST.lists())
    drawn_text = drawn_page.content.decode()
    again = refill(
        drawn_text,
        posted,
        address=request.path,
        path=urlsplit(page).path,
        secret=OWN_FIELDS,
        carried=plain.carried,
        lead=lead,
        errors=by_field,
    )
    if again is None:
        words = render_to_string("components/_refused.html", {"sentences": sentences, **_typed_in(request)})
        again = put_in(drawn_text, "content", words)
    drawn_page.content, drawn_page.status_code = again.encode(), plain.status_code
    return drawn_page


def _page_drawn(request: HttpRequest, page: str) -> HttpResponse | None:
    """A page as it stands now, drawn for the user of this request; None where it cannot be opened."""
    parts = urlsplit(page)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if getattr(match.func, "login_required", True) and not request.user.is_authenticated:
        return None  # no middleware stands before a page drawn here
    asked = copy(request)
    asked.method, asked.path, asked.path_info, asked.resolver_match = "GET", parts.path, parts.path, match
    asked.GET, asked.META = (
        QueryDict(parts.query),
        {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": parts.query},
    )
    for name in ("frame", "drawn_token", "form", "form_key"):
        vars(asked).pop(name, None)
    try:
        answer = match.func(asked, *match.args, **match.kwargs)
    except (Http404, PermissionDenied, Refused):
        return None
    return (
        answer
        if answer.status_code == 200 and not answer.streaming and "text/html" in answer.get("Content-Type", "")
        else None
    )


# ── words that wait for their page
# ──────────────────────────────────────────────────────────────────────────────────────


def _typed_in(request: HttpRequest) -> dict[str, Any]:
    """What was typed, for a page that cannot show it in its form."""
    return {"words": typed_values(request.POST.lists(), request.path)} if request.method == "POST" else {}


def _act_where_it_was_typed(request: HttpRequest) -> None:
    """Who comes back after a new log-in acts in the membership of the form again, unless another was chosen since."""
    if typed.KEY not in request.session or not request.user.is_authenticated or SESSION_KEY in request.session:
        return
    words = typed.kept(request.session)
    membership = next(
        (membership for membership in request.memberships if words and membership.pk == words.membership), None
    )
    if membership is None or words.user != request.user.pk or membership.pk == _acted_in(request):
        return
    membership.origin = caller_address(request)
    request.session[SESSION_KEY] = membership.pk
    request.membership = membership
    record("membership.taken", by=membership, on=membership, division=membership.organisation.division_id)


def _given_back(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The page of a form that was not taken: its words are in their boxes again."""
    if not request.user.is_authenticated:  # at the log-in
        return answer
    words = typed.kept(request.session)
    if words is None or words.user != request.user.pk:
        typed.forget(request.session)
        return answer
    if (
        urlsplit(words.page).path != request.path
        or words.membership != _acted_in(request)
        or "text/html" not in answer.get("Content-Type", "")
    ):
        return answer
    typed.forget(request.session)
    lead = render_to_string("components/_given_back.html", {})
    carried = (
        VERSIONS - {DECIDED_ON} if words.refused else VERSIONS
    )  # the refusal was read, and the page shows the case as it is now
    page = answer.content.decode()
    again = refill(
        page, words.words, address=words.address, path=request.path, secret=OWN_FIELDS, carried=carried, lead=lead
    )
    if again is None:
        again = put_in(
            page,
            "content",
            render_to_string(
                "components/_given_back.html", {"words": typed_values(words.words.items(), words.address)}
            ),
        )
    answer.content = again.encode()
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page from before a new log-in: the words go back into their form. A form we never drew for this person is
    refused as ever.
    """
    token = read(request.POST.get(FIELD, ""))
    if token is None or (request.user.is_authenticated and token.user != request.user.pk) or not token.user:
        return plain_failure(request, reason)
    typed.keep(request.session, request.path, token, request.POST.lists(), refused=False)
    return redirect(token.page)
