"""People with a login in scope: search, open, and the acts of upkeep, each with its reason on the record (R-REG-1,
R-SEC-2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain import shown_once, upkeep
from accounts.domain.categories import remit_label
from accounts.domain.logins import has_totp, is_locked
from accounts.domain.memberships import end_membership, open_account, users_in
from accounts.enums import Act, Role
from accounts.forms import AccountForm, ReasonForm
from accounts.http import Request, status_of
from accounts.middleware import membership_required
from accounts.models import Membership, Organisation, RemitUserGrant, User
from accounts.submissions import post_only
from accounts.views.guard import page_of


@dataclass(frozen=True)
class Upkeep:
    """A button of the user's page: what it does, its words, and what is said when it is done."""

    do: Callable[..., Any]
    label: Any
    hint: Any
    said: Any = ""


ACTS = {
    "reset-password": Upkeep(
        upkeep.reset_password, _lazy("重置密码"), _lazy("生成新的首次密码，只显示一次；现有登录和接口令牌随即失效。")
    ),
    "unlock": Upkeep(
        upkeep.unlock, _lazy("解除登录锁定"), _lazy("密码连续输错后提前解锁。"), _lazy("登录锁定已解除。")
    ),
    "clear-totp": Upkeep(
        upkeep.clear_totp,
        _lazy("清除动态口令"),
        _lazy("手机遗失时使用，请先核实是本人。"),
        _lazy("动态口令已清除，此人可用密码登录后重新设置。"),
    ),
    "deactivate": Upkeep(
        upkeep.deactivate, _lazy("停用账户"), _lazy("此人不能再登录；已办的事项和记录保留。"), _lazy("账户已停用。")
    ),
    "activate": Upkeep(upkeep.activate, _lazy("恢复账户"), _lazy("此人可以重新登录。"), _lazy("账户已恢复。")),
}
STATES = {
    "active": (_lazy("正常"), Q(is_active=True)),
    "first": (_lazy("初始密码未修改"), Q(is_active=True, must_change_password=True)),
    "inactive": (_lazy("已停用"), Q(is_active=False)),
}


def _mine(request: Request, pk: int) -> User:
    return get_object_or_404(users_in(request.membership), pk=pk)


@require_safe
@membership_required(Role.ADMINISTRATOR)
def listing(request: Request) -> HttpResponse:
    """People by name, username or organisation; only memberships inside the administrator's place are shown."""
    membership: Membership = request.membership
    asked, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    memberships = Membership.objects.visible_to(membership)
    found = users_in(membership)
    if asked:
        here = memberships.filter(organisation__name__icontains=asked)
        found = found.filter(
            Q(full_name__icontains=asked) | Q(username__icontains=asked) | Q(pk__in=here.values("user"))
        )
    if role in Role.values:
        found = found.filter(pk__in=memberships.filter(pk__in=Membership.objects.current(), role=role).values("user"))
    if state in STATES:
        found = found.filter(STATES[state][1])
    shown = Prefetch(
        "memberships",
        memberships.select_related("organisation").order_by("-until", "since"),
        to_attr="shown_memberships",
    )
    return render(
        request,
        "accounts/user/list.html",
        {
            "page": page_of(request, found.prefetch_related(shown).order_by("full_name", "id")),
            "q": asked,
            "role": role,
            "state": state,
            "roles": Role.choices,
            "states": [(code, label) for code, (label, _filter) in STATES.items()],
        },
    )


@never_cache
@membership_required(Role.ADMINISTRATOR)
def new(request: Request, pk: int) -> HttpResponse:
    """Open an account in an organisation in scope; its first password is told on the page this leads to (R-REG-1)."""
    by: Membership = request.membership
    organisation = get_object_or_404(Organisation.objects.visible_to(by), pk=pk)
    form = AccountForm(request.POST or None, kinds=[organisation.kind])
    if request.method == "POST" and form.is_valid():
        user, password = open_account(organisation=organisation, by=by, **form.account())
        return tell_once(request, user, password)
    return render(
        request,
        "accounts/user/new.html",
        {"form": form, "organisation": organisation},
        status=status_of(form),
    )


def tell_once(request: Request, person: User, password: str, *, again: bool = False) -> HttpResponse:
    """On to the page that tells a first password."""
    shown_once.keep(request.session, f"user {person.pk}", password=password, again=again)
    return redirect("user_opened", person.pk)


@never_cache
@require_safe
@membership_required(Role.ADMINISTRATOR)
def opened(request: Request, pk: int) -> HttpResponse:
    """The first password of an account, to whoever just opened or reset it, once."""
    person = _mine(request, pk)
    told = shown_once.take_out(request.session, f"user {pk}") if request.method == "GET" else {}
    if told is None:
        messages.info(request, _("首次密码已经显示过，不能再次查看。没有记下的，请重置密码。"))
        return redirect("user", pk)
    return render(request, "accounts/user/opened.html", {"person": person, **told})


@require_safe
@membership_required(Role.ADMINISTRATOR)
def show(request: Request, pk: int) -> HttpResponse:
    """One person: memberships, grants, state of the account, and what may be done with it."""
    person, by = _mine(request, pk), request.membership
    memberships = person.memberships.visible_to(by).select_related("organisation__division").order_by("-until", "since")
    current = set(person.memberships.current().values_list("pk", flat=True))
    grants = RemitUserGrant.objects.filter(
        user=person, content_object__division__path__startswith=by.division.path
    ).select_related("permission", "content_object__division")
    for given in grants:
        given.category_label = remit_label(given.content_object.category, given.content_object.training_type)
        given.act_label = Act(given.permission.codename).label
    locked, totp = is_locked(person), has_totp(person)
    return render(
        request,
        "accounts/user/show.html",
        {
            "person": person,
            "memberships": [(membership, membership.pk in current) for membership in memberships],
            "grants": grants,
            "locked": locked,
            "totp": totp,
            "why_not": upkeep.why_not_upkeep(by, person),
            "acts": _acts(person, locked, totp),
        },
    )


def _acts(person: User, locked: bool, totp: bool) -> list[tuple[str, Any, Any]]:
    """(act, label, what it does) of what makes sense for the account as it is."""
    fits = {
        "reset-password": person.is_active,
        "unlock": locked,
        "clear-totp": totp,
        "deactivate": person.is_active,
        "activate": not person.is_active,
    }
    return [(name, ACTS[name].label, ACTS[name].hint) for name, fit in fits.items() if fit]


@never_cache
@post_only("user", "pk")
@membership_required(Role.ADMINISTRATOR)
def act(request: Request, pk: int, name: str) -> HttpResponse:
    """Deactivate, activate, unlock, clear the second factor, new first password."""
    person = _mine(request, pk)
    if name not in ACTS:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    outcome = ACTS[name].do(person, by=request.membership, reason=reason)
    if name == "reset-password":
        return tell_once(request, person, outcome, again=True)
    messages.success(request, ACTS[name].said)
    return redirect("user", pk)


@post_only("users")
@membership_required(Role.ADMINISTRATOR)
def membership_end(request: Request, pk: int) -> HttpResponse:
    """A membership ends, with the personal grants only it carried."""
    membership = get_object_or_404(
        Membership.objects.visible_to(request.membership).select_related(
            "user", "organisation__division", "organisation__group"
        ),
        pk=pk,
    )
    form = ReasonForm(request.POST)
    end_membership(membership, by=request.membership, reason=form.cleaned_data["reason"] if form.is_valid() else "")
    messages.success(request, _("岗位自%(day)s起终止，仅随此岗位的个人权限已收回。") % {"day": membership.until})
    return redirect("user", membership.user_id)
