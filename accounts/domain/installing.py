"""An installation is made: divisions, the region's office, its super administrator, the rows every room starts with
(R-LVL-1, R-REG-1).
"""

from __future__ import annotations

import getpass
import platform
from dataclasses import dataclass, field

from django.db import connection, transaction

from accounts.domain.audit import record
from accounts.domain.memberships import open_account, open_organisation
from accounts.domain.office_checks import region_administrators
from accounts.domain.readiness import starting_rows
from accounts.enums import REGION, OrganisationKind, Role
from accounts.models import Division, Organisation
from accounts.reference import ADMINISTRATOR_NAME, REGION_OFFICE

ONE_AT_A_TIME = 20_200_095  # the key of the database's advisory lock


@dataclass
class Made:
    """What was made just now: rows by name, whether the office is new, and the administrator's first password, told
    once.
    """

    rows: dict[str, int] = field(default_factory=dict)
    office: str = ""
    username: str = ""
    password: str = ""

    @property
    def anything(self) -> bool:
        return bool(any(self.rows.values()) or self.office or self.username)


def install(*, username: str, full_name: str = ADMINISTRATOR_NAME, office: str = REGION_OFFICE) -> Made:
    """Make what is not there yet, in one transaction; a second run, or one beside it, makes nothing twice.

    Raises NotValid for a user name that is taken or not well-formed.
    """
    made = Made()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        for rows in starting_rows():
            before = sum(model._default_manager.count() for model in rows.models)
            rows.load()
            made.rows[str(rows.name)] = sum(model._default_manager.count() for model in rows.models) - before
        place = region_office(office, made)
        if not region_administrators().exists():
            user, made.password = open_account(
                username, full_name, organisation=place, role=Role.ADMINISTRATOR, by=None, asked=_who()
            )
            made.username = user.username
        if made.anything:
            record(
                "installation.made",
                by=None,
                division=REGION,
                origin=_who(),
                made="、".join(f"{name} {number}" for name, number in made.rows.items() if number),
                organisation=made.office,
                username=made.username,
            )
    return made


def region_office(name: str, made: Made) -> Organisation:
    """The region's HR office, opened when there is none."""
    found = Organisation.objects.filter(division=REGION, kind=OrganisationKind.HR_OFFICE, is_active=True).first()
    if found is None:
        region = Division.objects.get(pk=REGION)
        found = open_organisation(kind=OrganisationKind.HR_OFFICE, name=name, division=region, by=None, asked=_who())
        made.office = found.name
    return found


def _who() -> str:
    """Who runs the command on which machine, as far as the system says."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = "?"
    return f"install {user}@{platform.node()}"[:45]
