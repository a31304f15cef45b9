"""What every page behind the login starts with: a post, and a case inside its scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Post
from casework.domain.dossier import dossier_of
from casework.domain.flow import Flow, flows
from casework.models import Application
from kit.prepared import prepared

View = Callable[..., HttpResponse]


def seated(*roles: str) -> Callable[[View], View]:
    """Only for people with a post, and with one of `roles` when given: nobody goes to the login, others get 403 with a sentence."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.post is None:
                raise PermissionDenied(_("您的账号没有在任岗位，请联系开通账号的部门。"))
            if roles and request.post.role not in roles:
                raise PermissionDenied(_("您现在的岗位不办理这项工作。有其他岗位的，请在右上角切换。"))
            return view(request, *args, **kwargs)

        return inner

    return wrap


def load_case(request: HttpRequest, kind: str, pk: int) -> tuple[Flow, Application]:
    """The flow and the application, or 404 when there is none inside the scope of the post (R-LVL-2)."""
    flow = flows().get(kind)
    if flow is None:
        raise Http404
    found = _case(request.post, pk, kind=kind)
    if not found:
        raise Http404
    return flow, found[0]


@prepared
def _case(post: Post, pk: int, *, kind: str) -> QuerySet:
    """No LIMIT, as get() has: it makes PostgreSQL plan so wide a join seven times as long."""
    return flows()[kind].model.objects.visible_to(post).select_related("division", "applicant", "desk", *dossier_of(kind).related).filter(pk=pk)
