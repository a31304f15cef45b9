"""The yearly 放假调休安排: read from lines or a workbook, checked cell by cell, entered by the region; last days follow
(R-SEC-3, R-SUB-4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.audit import record
from accounts.domain.changes import changes
from accounts.enums import REGION
from accounts.models import Membership
from casework.domain.duties import Duty
from casework.domain.workdays import FIRST_TOUCHED, calendar, recount
from casework.models import HolidayArrangement, WorkdayOverride
from kit.dates import cell_date
from kit.fast.prepared import prepared
from kit.refusals import NotAllowed, NotNow, NotValid, Overtaken
from kit.sheets import CellProblem, FileRefused, read_table
from kit.text import cell_text, squeeze, written
from kit.workdays import LAST_KNOWN, SATURDAY, Calendar, legal_days_off

DAY, WHAT = "日期", "安排"
OFF, WORK = "放假", "上班"
WORDS = {"放假": False, "休息": False, "休": False, "上班": True, "补班": True, "班": True}
RANGE_SIGNS = ("至", "~", "～", "—")
MOST_LINES = 200
LONGEST_RANGE = 31
FIRST_YEAR, LAST_YEAR = 2027, 2099
TASK_MONTH = 11  # the State Council publishes next year's arrangement in November
REFUSED_ENTRY = gettext_lazy("放假调休安排由自治区人社部门的超级管理员录入。")


@dataclass
class Line:
    """One line of the table: where it stands, what is written there, the days it names, what is wrong with it."""

    place: str
    written: str
    days: list[date] = field(default_factory=list)
    is_workday: bool | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        return "" if self.is_workday is None else (WORK if self.is_workday else OFF)


@dataclass(frozen=True)
class Checked:
    """An arrangement looked at and not entered: its lines, and the weekdays it frees and weekends it works."""

    year: int
    lines: list[Line]
    general: list[str]

    @property
    def days(self) -> dict[date, bool]:
        return {day: bool(line.is_workday) for line in self.lines for day in line.days}

    @property
    def is_right(self) -> bool:
        return not self.general and not any(line.errors for line in self.lines)

    @property
    def text(self) -> str:
        """The lines as they are typed."""
        return "\n".join(f"{day.isoformat()} {WORK if works else OFF}" for day, works in sorted(self.days.items()))

    @property
    def freed(self) -> int:
        """Working days that become free beside those the law names."""
        legal = legal_days_off(self.year)
        return sum(not works and day.weekday() < SATURDAY and day not in legal for day, works in self.days.items())

    @property
    def worked(self) -> int:
        return sum(self.days.values())


# ── reading
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of_text(text: str) -> list[Line]:
    """Lines as typed: «2027-02-04 放假», «2027-02-09至2027-02-11 放假»."""
    found = []
    for number, typed in enumerate(text.splitlines(), start=1):
        words = typed.split()
        if words:
            line = Line(_("第%(n)s行") % {"n": number}, " ".join(words))
            _read(line, "".join(words[:-1]) if len(words) > 1 else words[0], words[-1] if len(words) > 1 else "")
            found.append(line)
    return found


def lines_of_workbook(content: bytes) -> list[Line]:
    """The rows under 日期 and 安排, each named by its cell; raises FileRefused where there is no such table."""
    table = read_table(content, [DAY, WHAT], max_rows=MOST_LINES)
    found = []
    for number, values in table.rows:
        day, what = values[DAY], values[WHAT]
        line = Line(
            table.address(DAY, number),
            " ".join(cell_text(one) for one in (day, what) if not isinstance(one, CellProblem)),
        )
        line.errors = [str(one) for one in (day, what) if isinstance(one, CellProblem)]
        if not line.errors:
            _read(line, day, cell_text(what))
        found.append(line)
    if not found:
        raise FileRefused("no_rows", _("表头下面没有内容，请填写后再上传。"))
    return found


def _read(line: Line, day: object, what: str) -> None:
    line.is_workday = WORDS.get(squeeze(what))
    if line.is_workday is None:
        line.errors.append(
            _("“%(text)s”不是“放假”或“上班”。") % {"text": what} if what else _("没有写“放假”或“上班”。")
        )
    if single := cell_date(day):
        line.days = [single]
        return
    text = squeeze(cell_text(day))
    sign = next((sign for sign in RANGE_SIGNS if sign in text), "")
    first, last = (cell_date(part) for part in text.split(sign, 1)) if sign else (None, None)
    if first is None or last is None:
        line.errors.append(_("“%(text)s”不是日期，请写作 2026-07-01。") % {"text": text})
    elif not timedelta(0) <= last - first < timedelta(LONGEST_RANGE):
        line.errors.append(_("起止日期先后颠倒，或超过%(days)s天。") % {"days": LONGEST_RANGE})
    else:
        line.days = [first + timedelta(offset) for offset in range((last - first).days + 1)]


# ── checking
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(year: int, lines: Sequence[Line]) -> Checked:
    """What stands against these lines for a year, each beside its line."""
    today, known, kept = (
        timezone.localdate(),
        calendar(),
        dict(WorkdayOverride.objects.exclude(arrangement=year).values_list("day", "source")),
    )
    seen: dict[date, str] = {}
    for line in lines:
        for day in line.days:
            line.errors += _why_not_day(day, line, year, kept)
            if day in seen:
                line.errors.append(_("%(day)s已在%(place)s出现过。") % {"day": day.isoformat(), "place": seen[day]})
            seen.setdefault(day, line.place)
    checked = Checked(year, list(lines), _why_not_year(year, lines, known))
    if checked.is_right:
        checked.general.extend(_past_days_changed(checked, known, today))
    return checked


def _why_not_day(day: date, line: Line, year: int, kept: dict[date, str]) -> Iterable[str]:
    words = {"day": day.isoformat(), "year": year}
    if not date(year - 1, 12, FIRST_TOUCHED) <= day < date(year, 12, FIRST_TOUCHED):
        yield _("%(day)s不属于%(year)s年的安排（上年12月29日至当年12月28日）。") % words
    if day in kept:
        yield _("%(day)s另有单独设定（%(source)s）。") % (words | {"source": kept[day]})
    if line.is_workday and day in legal_days_off(day.year):
        yield _("%(day)s是法定节假日，不能安排上班。") % words
    elif line.is_workday and day.weekday() < SATURDAY:
        yield _("%(day)s是周一至周五，本来就上班，请核对日期。") % words


def _why_not_year(year: int, lines: Sequence[Line], known: Calendar) -> list[str]:
    if year < timezone.localdate().year:
        return [_("%(year)s年已经过去，不能再录入。") % {"year": year}]
    if not known.is_arranged(year - 1):
        return [_("请先录入%(year)s年的放假安排。") % {"year": year - 1}]
    if not any(line.days for line in lines):
        return [_("请填写放假和调休上班的日期。")]
    return []


def _past_days_changed(checked: Checked, known: Calendar, today: date) -> list[str]:
    """A day that was certain and is over was counted as it was; only days to come can be entered otherwise."""
    others = {
        day: works
        for day, works, year in WorkdayOverride.objects.values_list("day", "is_workday", "arrangement")
        if year != checked.year
    }
    new = Calendar(others | checked.days, known.years | {checked.year})
    first = date(checked.year - 1, 12, FIRST_TOUCHED)
    over = [first + timedelta(n) for n in range(max((today - first).days, 0))]
    changed = [
        day.isoformat() for day in over if known.is_certain(day) and known.is_workday(day) != new.is_workday(day)
    ]
    return [_("这些日子已经过去，不能再改：%(days)s。") % {"days": "、".join(changed)}] if changed else []


def special_days(year: int) -> list[dict[str, Any]]:
    """The days of a year that are not as their weekday says, and those the law names."""
    known, legal, day, found = calendar(), legal_days_off(year), date(year, 1, 1), []
    while day.year == year:
        works, weekend = known.is_workday(day), day.weekday() >= SATURDAY
        if day in legal or works == weekend:
            found.append(
                {"day": day, "works": works, "name": known.day_off(day), "legal": day in legal, "weekend": weekend}
            )
        day += timedelta(1)
    return found


# ── entering
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def arrangement_of(year: int) -> HolidayArrangement | None:
    return (
        HolidayArrangement.objects.select_related("entered_by__user", "entered_by__organisation")
        .filter(pk=year)
        .first()
    )


def stamp_of(year: int) -> str:
    """What a form was drawn for: when the year was last entered."""
    found = HolidayArrangement.objects.filter(pk=year).values_list("entered_at", flat=True).first()
    return found.isoformat() if found else ""


def enter(year: int, lines: Sequence[Line], *, document: str, by: Membership, stamp: str | None = None) -> int:
    """Enter (or replace) a year's arrangement and work out again what depends on it; gives how many last days moved.

    `stamp` is that of the form; another entry since then is refused.
    """
    if not by.administers_region:
        raise NotAllowed(REFUSED_ENTRY)
    document = written(document)
    if not document:
        raise NotValid(_("请填写公布文件的文号。"), field="document")
    try:
        with transaction.atomic():
            list(HolidayArrangement.objects.select_for_update().filter(pk=year))
            if stamp is not None and stamp != stamp_of(year):
                raise Overtaken(_("打开页面以后，%(year)s年的安排已由他人录入，请重新打开核对。") % {"year": year})
            checked = check(year, lines)
            if not checked.is_right:
                raise NotNow(checked.general) if checked.general else NotValid(_("有的行需要更正。"), field="days")
            return _keep(checked, document, by, timezone.now())
    except IntegrityError as error:
        raise Overtaken(_("打开页面以后，%(year)s年的安排已由他人录入，请重新打开核对。") % {"year": year}) from error


def _keep(checked: Checked, document: str, by: Membership, now: datetime) -> int:
    before = arrangement_of(checked.year)
    was = {"document": before.document, "days": _days_text(before.days.all())} if before else {}
    arrangement, _new = HolidayArrangement.objects.update_or_create(
        year=checked.year, defaults={"document": document, "entered_by": by, "entered_at": now}
    )
    arrangement.days.all().delete()
    days = dict(checked.days)
    days.setdefault(date(checked.year, 1, 1), False)  # the year counts as arranged by its days
    WorkdayOverride.objects.bulk_create(
        WorkdayOverride(day=day, is_workday=works, source=document, arrangement=arrangement)
        for day, works in sorted(days.items())
    )
    moved = recount(checked.year)
    record(
        "workdays.entered",
        by=by,
        on=arrangement,
        division=REGION,
        moved=moved,
        changed=changes(was, {"document": document, "days": _days_text(arrangement.days.all())}),
    )
    return moved


def _days_text(days: QuerySet[WorkdayOverride]) -> list[str]:
    return [f"{one.day.isoformat()} {WORK if one.is_workday else OFF}" for one in days]


def take_over_from_package() -> int:
    """Years a newer package knows: noted once, without days of our own, and what depends on them worked out again
    (nightly).
    """
    noted = set(HolidayArrangement.objects.values_list("year", flat=True))
    fresh = [year for year in range(FIRST_YEAR, LAST_KNOWN + 1) if year not in noted]
    for year in fresh:
        with transaction.atomic():
            HolidayArrangement.objects.create(
                year=year, document=_("随系统更新（chinesecalendar）"), entered_at=timezone.now()
            )
            record(
                "workdays.entered", by=None, division=REGION, kind="holidayarrangement", year=year, moved=recount(year)
            )
    return len(fresh)


# ── the duty of November
# ────────────────────────────────────────────────────────────────────────────────────────────────


def missing_year(today: date) -> int | None:
    """The year whose arrangement is asked for: this one, and from November the next."""
    known = Calendar({}, frozenset(_arranged_years()))
    wanted = [today.year, today.year + 1] if today.month >= TASK_MONTH else [today.year]
    return next((year for year in wanted if not known.is_arranged(year)), None)


@prepared
def _arranged_years() -> QuerySet:
    return HolidayArrangement.objects.values_list("year", flat=True)


def duty(membership: Membership) -> Duty | None:
    """待办 of the region's administrators until the year is entered."""
    year = missing_year(timezone.localdate()) if membership.administers_region else None
    if year is None:
        return None
    return Duty(
        label=_("录入%(year)s年放假调休安排") % {"year": year},
        why=_("国务院办公厅一般在11月公布。录入以前，算到%(year)s年的期限和公示期都是暂定，公示不能期满。")
        % {"year": year},
        url=reverse("workdays_enter", args=[year]),
        due_on=date(year - 1, 12, 31),
    )
