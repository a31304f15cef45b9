"""An installation is made: divisions, the region's office, its super administrator, the rows every room starts with
(R-LVL-1, R-REG-1).
"""

from __future__ import annotations

import getpass
import platform
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.logins import forget_failures
from accounts.domain.memberships import first_password, open_account, open_organisation
from accounts.domain.office_checks import region_administrators
from accounts.domain.readiness import starting_rows
from accounts.domain.tokens import end_tokens
from accounts.enums import REGION, OrganisationKind, Role
from accounts.models import Division, Organisation
from accounts.reference import ADMINISTRATOR_NAME, REGION_OFFICE
from kit.refusals import NotValid

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


def new_first_password(username: str) -> str:
    """Another first password for a super administrator of the region, from the server: for when nobody else can reset
    it (R-REG-1). Sessions and token end; the second factor stays. Raises NotValid.
    """
    held = region_administrators().filter(user__username=username).select_related("user").first()
    if held is None:
        raise NotValid(_("自治区人社部门没有在任的超级管理员“%(name)s”。") % {"name": username}, field="username")
    user, password = held.user, first_password()
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        end_tokens(user)
        record("account.password_reset", by=None, on=user, division=REGION, origin=_who())
    forget_failures(username)
    return password


def _who() -> str:
    """Who runs the command on which machine, as far as the system says."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = "?"
    return f"install {user}@{platform.node()}"[:45]
