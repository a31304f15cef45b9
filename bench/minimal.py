"""The smallest honest Django page: a session, ten queries, 25 rows of a template; what the decision page is measured
beside (P7).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from accounts.models import Division, Organisation
from casework.models import WorkItem

MIDDLEWARE = [
    "bench.minimal.with_its_own_addresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ADDRESS = "/bench/minimal/"
ROWS = 25
TEMPLATE = Engine().from_string(
    "<!doctype html><title>{{ place }}</title><h1>{{ place }}</h1><ul>{% for one in few %}<li>{{ one.name }}</li>{%"
    " endfor %}</ul><table>{% for item in items %}<tr><td>{{ item.number }}</td><td>{{ item.title }}</td><td>{{"
    " item.applicant.name }}</td><td>{{ item.due_on|date:'Y-m-d' }}</td><td>{{ item.people }}</td><td>{{ item.state"
    " }}</td></tr>{% endfor %}</table>"
)


def with_its_own_addresses(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Found by the request alone: another ROOT_URLCONF would make Django forget the addresses of the page this one is
    measured beside.
    """

    def serve(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__  # type: ignore[attr-defined]
        return get_response(request)

    return serve


def page(request: HttpRequest) -> HttpResponse:
    """The session is one query, these are nine."""
    seen = request.session.get("seen", "")
    items = list(WorkItem.objects.select_related("applicant", "division").order_by("-id")[:ROWS])
    few = [Organisation.objects.get(pk=pk) for pk in range(1, 8)]
    place = Division.objects.get(pk="150102")
    return HttpResponse(TEMPLATE.render(Context({"items": items, "few": few, "place": place, "seen": seen})))


urlpatterns = [path(ADDRESS.removeprefix("/"), page), path("", include("config.urls"))]
