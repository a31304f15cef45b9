"""P4: the 待办 page (25 rows, counts by kind) of a banner, a league and a region officer; search; the last page; the page
as a browser gets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from guardian.shortcuts import get_objects_for_user

from accounts.models import Membership
from bench.actors import browser, officer
from bench.measure import Bench, Line, Target, Variant, queries_of
from casework import context
from casework.context import Frame
from casework.domain.flow import flows
from casework.domain.inbox import inbox
from casework.domain.keyset import PAGE, page_of
from casework.enums import Standing, State
from casework.forms import InboxFilter
from casework.models import WorkItem

CODE = "P4"
SENTENCE = (
    "the 待办 page, 25 rows with the counts by kind, for officers of a banner, a league and the region; search by name"
    " and number; the last page"
)
OFFICERS = {"P4": ("banner", "150102"), "P4.league": ("league", "150100"), "P4.region": ("region", "150000")}
MOST_QUERIES, MOST_SEARCH_MS = 8, 5
NAIVE_KINDS = ("opening", "completion", "subsidy")


def measure(bench: Bench) -> list[Line]:
    banner = officer("150102")
    lines = [officer_rows(bench, row, words, officer(code)) for row, (words, code) in OFFICERS.items()]
    lines += [
        whole_page(bench, banner),
        search(bench, banner, "P4.name", "two characters of a name", a_name(banner)),
        search(bench, banner, "P4.number", "the beginning of a number", a_number(banner)),
        last_page(bench, banner),
    ]
    return lines


def officer_rows(bench: Bench, row: str, words: str, membership: Membership) -> Line:
    """Rows and counts as the view asks for them; the limit asks the same of the desk's index alone, the naive way asks
    guardian class by class.
    """
    line = Line(row, f"rows and counts, {words} officer", Target(multiple=1.5, naive=5), unit="ms")
    with per_class_grants(membership):
        line.notes.append(
            f"{inbox(membership, Standing.TODO).count()} cases wait; {queries_of(lambda: ours(membership))} queries"
        )
        return bench.timed(
            line,
            ours=Variant(lambda: ours(membership), repeat=5),
            limit=Variant(lambda: plain(membership), repeat=5),
            naive=Variant(lambda: by_guardian(membership), repeat=5),
        )


def ours(membership: Membership) -> None:
    frame = Frame(membership)
    page_of(frame.waiting.select_related("applicant", "division", "desk"), "due_on")
    drop(frame.todo_by_kind)


def plain(membership: Membership) -> None:
    """The limit: the same rows by the desk's index, no permission asked."""
    waiting = desk_only(membership)
    list(waiting.select_related("applicant", "division", "desk").order_by("due_on", "id")[: PAGE + 1])
    dict(waiting.order_by().values_list("kind").annotate(Count("pk")))


def desk_only(membership: Membership) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(desk=membership.organisation_id, standing=Standing.TODO)


def by_guardian(membership: Membership) -> None:
    """The naive way: what guardian allows of each kind of application, then the first rows of all kinds together."""
    rows: list[Any] = []
    counts = {}
    for kind in NAIVE_KINDS:
        model: Any = flows()[kind].model
        allowed = get_objects_for_user(
            membership.user, f"{model._meta.app_label}.bench_review_{kind}", model, accept_global_perms=False
        )
        waiting = allowed.filter(state__in=[State.IN_REVIEW, State.CONCLUDING])
        counts[kind] = waiting.count()
        rows += waiting.select_related("applicant", "division", "desk", "training_class").order_by("due_on", "id")[
            : PAGE + 1
        ]
    sorted(rows, key=lambda application: (application.due_on, application.pk))[:PAGE]


@contextmanager
def per_class_grants(membership: Membership) -> Iterator[None]:
    """A permission on every application of the office, as guardian keeps them by default; gone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE guardian_groupobjectpermission DISABLE TRIGGER closed")
        for kind in NAIVE_KINDS:
            model: Any = flows()[kind].model
            content_type = ContentType.objects.get_for_model(model)
            permission = Permission.objects.create(
                codename=f"bench_review_{kind}", name="bench", content_type=content_type
            )
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id, permission_id)"
                    f" SELECT id::text, %s, %s, %s FROM {model._meta.db_table} WHERE desk_id = %s",
                    [content_type.pk, membership.organisation.group_id, permission.pk, membership.organisation_id],
                )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE guardian_groupobjectpermission")
        yield
        transaction.set_rollback(True)


def whole_page(bench: Bench, membership: Membership) -> Line:
    """The page through middleware, view and template, beside the same page on a list asked without permissions."""
    client, address = browser(membership), reverse("inbox", args=[Standing.TODO])
    line = Line("P4.page", "the page as a browser gets it", Target(multiple=1.5), unit="ms")
    asked = queries_of(lambda: get(client, address))
    line.also[f"{asked} queries, at most {MOST_QUERIES}"] = asked <= MOST_QUERIES
    line.notes.append(f"{asked} queries; limit: the same page, its list asked by the desk alone")
    return bench.timed(
        line,
        ours=Variant(lambda: get(client, address), repeat=3),
        limit=Variant(lambda: without_permissions(client, address), repeat=3),
    )


def without_permissions(client: Any, address: str) -> None:
    """The same page for somebody who may decide everything on the desk, so that nobody has to be asked."""
    everything = patch.object(
        context, "inbox", lambda membership, standing, remits: desk_only(membership).order_by("due_on", "id")
    )
    with everything, patch.object(context, "remits_of", lambda membership: []):
        get(client, address)


def get(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")


def a_name(membership: Membership) -> str:
    """Two characters that some title on the desk has side by side."""
    title = done(membership)[0].title
    return title[-6:-4]


def a_number(membership: Membership) -> str:
    return done(membership)[0].number[:15]


def done(membership: Membership) -> Any:
    return inbox(membership, Standing.DONE)


def search(bench: Bench, membership: Membership, row: str, words: str, text: str) -> Line:
    line = Line(row, f"search by {words}", Target(), unit="ms")
    form = InboxFilter({"q": text})

    def rows() -> Any:
        return form.narrow(done(membership)).select_related("applicant", "division", "desk")

    def found() -> Any:
        return page_of(rows(), "since", descending=True, ids_first=form.asks_number)

    line.notes.append(f"«{text}»: {form.narrow(done(membership)).count()} of {done(membership).count()} cases done")
    line = bench.timed(
        line,
        ours=Variant(lambda: drop(found()), repeat=5),
        naive=Variant(lambda: admin_search(membership, text), repeat=5),
    )
    if line.ours is not None:
        line.also[f"{line.ours:.1f} ms, at most {MOST_SEARCH_MS}"] = line.ours <= MOST_SEARCH_MS
    return line


def admin_search(membership: Membership, text: str) -> None:
    """The naive way: contains, on either column."""
    rows = WorkItem.objects.filter(title__icontains=text) | WorkItem.objects.filter(number__icontains=text)
    list(
        rows.filter(desk=membership.organisation_id, standing=Standing.DONE)
        .select_related("applicant", "division", "desk")
        .order_by("-since", "-id")[: PAGE + 1]
    )


def last_page(bench: Bench, membership: Membership) -> Line:
    """The last page of what is done, beside its first."""
    rows = done(membership).select_related("applicant", "division", "desk")
    oldest = list(done(membership).order_by("since", "id")[: PAGE + 1])[-1]
    after = f"{oldest.since.isoformat()}~{oldest.pk}"
    line = Line("P4.deep", "the last page beside the first", Target(multiple=1.5), unit="ms")
    line.notes.append(f"{rows.count()} cases done; limit: the first page; naive: the last page by OFFSET")
    offset = max(0, rows.count() - PAGE)
    return bench.timed(
        line,
        ours=Variant(lambda: drop(page_of(rows, "since", descending=True, after=after)), repeat=5),
        limit=Variant(lambda: drop(page_of(rows, "since", descending=True)), repeat=5),
        naive=Variant(lambda: drop(list(rows[offset : offset + PAGE])), repeat=5),
    )


def drop(_value: object) -> None:
    """A variant's result is not its time."""
