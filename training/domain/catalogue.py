"""The catalogues on a day, and who keeps them (R-CAT-1, R-CAT-2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.enums import Level, OrganisationKind, Role
from accounts.models import Organisation, Post
from training.models import Listing, Occupation, Project

Entry = Occupation | Project | Listing
LISTED_KINDS = (OrganisationKind.INSTITUTION, OrganisationKind.ENTERPRISE, OrganisationKind.ASSESSMENT)


class CatalogueRefused(Exception):
    """An entry that cannot be kept; the message says why."""


def projects_on(day: date) -> QuerySet[Project]:
    """The projects of the catalogue on a day."""
    return Project.objects.filter(Project.on(day)).select_related("occupation")


def project_on(code: str, day: date) -> Project | None:
    """The row of a project in force on a day; a class pins the one of its first day (R-CAT-1)."""
    return projects_on(day).filter(code=code).order_by("-since").first()


def is_listed(organisation: Organisation, day: date) -> bool:
    """Whether an institution or body was in the published catalogue on a day (R-CAT-1)."""
    return Listing.objects.filter(Listing.on(day), organisation=organisation).exists()


def listed_on(day: date) -> QuerySet[Organisation]:
    """The institutions that may teach on a day; an enterprise's own training centre is listed under the enterprise."""
    listings = Listing.objects.filter(Listing.on(day)).values("organisation")
    return Organisation.objects.filter(pk__in=listings, is_active=True, kind__in=LISTED_KINDS[:2]).order_by("name")


def may_keep_catalogue(post: Post | None) -> bool:
    """Administrators of the region and of the leagues keep the catalogues."""
    return bool(
        post and post.role == Role.ADMINISTRATOR and not post.is_unit
        and (post.division.level == Level.REGION or post.division.is_reporting_unit)
    )


def keep(entry: Entry, *, by: Post, occupations: Iterable[Occupation] | None = None) -> Entry:
    """Save an entry of a catalogue and record it. A new row of a project or listing ends the one before it on the same day."""
    if not may_keep_catalogue(by):
        raise CatalogueRefused(_("目录由自治区和盟市的超级管理员维护。"))
    if isinstance(entry, Listing) and not entry.organisation.division.path.startswith(by.division.path):
        raise CatalogueRefused(_("只能维护本辖区单位的目录。"))
    is_new = entry._state.adding  # noqa: SLF001 - Django's only word for it
    try:
        with transaction.atomic():
            if not isinstance(entry, Occupation):
                _end_predecessor(entry)
            entry.save()
            if occupations is not None and isinstance(entry, Listing):
                entry.occupations.set(occupations)
            record("catalogue.added" if is_new else "catalogue.changed", by=by, on=entry, entry=str(entry.pk), what=_words(entry))
    except IntegrityError as error:
        raise CatalogueRefused(_("同一代码（单位）在同一生效日期已有一条记录，请修改那一条。")) from error
    return entry


def _end_predecessor(entry: Project | Listing) -> None:
    """Rows of the same thing that would still run on the first day of this one end there; the days never overlap."""
    same = _same_thing(entry).exclude(pk=entry.pk)
    same.filter(Q(until__isnull=True) | Q(until__gt=entry.since), since__lt=entry.since).update(until=entry.since)
    later = same.filter(since__gt=entry.since).order_by("since").first()
    if later and (entry.until is None or entry.until > later.since):
        entry.until = later.since


def _same_thing(entry: Project | Listing) -> QuerySet[Any]:
    if isinstance(entry, Project):
        return Project.objects.filter(code=entry.code)
    return Listing.objects.filter(organisation=entry.organisation)


def _words(entry: Entry) -> str:
    return str(entry) if not isinstance(entry, Listing) else f"{entry.organisation} {entry.since.isoformat()}"


def days_in_catalogue(entry: Project | Listing) -> str:
    """The days of a row as people say them: first day and last day, both included."""
    if entry.until is None:
        return _("%(since)s 起") % {"since": entry.since.isoformat()}
    return _("%(since)s 至 %(last)s") % {"since": entry.since.isoformat(), "last": (entry.until - timedelta(days=1)).isoformat()}
