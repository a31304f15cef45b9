"""What an installation needs before the first class can be opened and paid, and what of it is missing.

Every room registers its checks and the rows it starts with in `ready()`; the command `install` and the page 开通准备
read the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SERVER = _("系统管理员（服务器）")
REGION_ADMINISTRATOR = _("自治区超级管理员")
LEAGUE_ADMINISTRATOR = _("盟市超级管理员")
FINANCE_OFFICER = _("财务人员")


@dataclass(frozen=True)
class Check:
    """One thing that is asked: `missing()` gives a sentence for each part that is not there, none when it is done.

    `cure` with `args` is the name of the page's address where it is mended, "" for what is mended on the server.
    Without what `blocks`, no class can come to its money. What comes `first` must hold before anything is made.
    """

    order: int
    code: str
    asks: str | Promise
    missing: Callable[[], list[str]]
    cured_by: str | Promise
    cure: str = ""
    args: tuple[str, ...] = ()
    blocks: bool = True
    first: bool = False


@dataclass(frozen=True)
class Standing:
    """A check with what it found."""

    check: Check
    missing: list[str]

    @property
    def url(self) -> str:
        """The address of the page that mends it; "" where there is none."""
        try:
            return reverse(self.check.cure, args=self.check.args) if self.check.cure else ""
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class StartingRows:
    """Rows an installation starts with; `load` leaves alone what is there already."""

    name: str | Promise
    models: tuple[type[Model], ...]
    load: Callable[[], None]


_checks: dict[str, Check] = {}
_rows: list[StartingRows] = []


def register_readiness(*checks: Check) -> None:
    """Called from `ready()`."""
    _checks.update({check.code: check for check in checks})


def register_starting_rows(*rows: StartingRows) -> None:
    """Called from `ready()`, so the rows of a lower room come first."""
    _rows.extend(rows)


def starting_rows() -> list[StartingRows]:
    return list(_rows)


def readiness(*, first: bool | None = None) -> list[Standing]:
    """Every check in order with what it found; only those that come `first`, or only the others, where asked."""
    return list(_found(lambda check: first is None or check.first == first))


def first_obstacle() -> Standing | None:
    """The first check without which no class can come to its money; the server's own are not asked again."""
    return next((one for one in _found(lambda check: check.blocks and not check.first) if one.missing), None)


def _found(wanted: Callable[[Check], bool]) -> Iterator[Standing]:
    for check in sorted(_checks.values(), key=lambda one: one.order):
        if wanted(check):
            yield Standing(check, check.missing())
