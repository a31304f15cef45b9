"""A month of a report and the year up to it, as dates and as moments of Asia/Shanghai (N二(三))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from reports.enums import Span


@dataclass(frozen=True)
class Period:
    """One month; `span` says whether it is asked for alone or with the months of the year before it."""

    year: int
    month: int

    @classmethod
    def today(cls) -> Period:
        day = timezone.localdate()
        return cls(day.year, day.month)

    @property
    def last_day(self) -> date:
        return self.days(Span.MONTH)[1] - timedelta(days=1)

    def days(self, span: str) -> tuple[date, date]:
        """The first day, and the first day after."""
        after = date(self.year + 1, 1, 1) if self.month == 12 else date(self.year, self.month + 1, 1)
        return date(self.year, 1 if span == Span.YEAR else self.month, 1), after

    def moments(self, span: str) -> tuple[datetime, datetime]:
        """Midnight of the first day, and of the first day after, in the office's time whatever the reader's is."""
        zone = timezone.get_default_timezone()
        first, after = self.days(span)
        return datetime.combine(first, time.min, zone), datetime.combine(after, time.min, zone)
