"""The three sizes of data, and what is the same in all of them: the day, the years, the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SEED = 20_260_701
# The data end on this day: the same seed gives the same data whenever they are made.
DAY = date(2026, 11, 20)
FIRST_DAY = date(2020, 11, 20)
DAYS_AHEAD = 25
PEOPLE_A_CLASS = 33.3


@dataclass(frozen=True)
class Scale:
    """How many enrolments; everything else follows from it. `held` classes wait on the desks that are measured."""

    name: str
    enrolments: int
    units: int

    @property
    def classes(self) -> int:
        return max(15, round(self.enrolments / PEOPLE_A_CLASS))

    @property
    def held_at_banner(self) -> int:
        return min(60, self.classes // 10)

    @property
    def held_at_league(self) -> int:
        return min(30, self.classes // 20)

    @property
    def held_at_region(self) -> int:
        return min(30, self.classes // 20)

    def numbers(self) -> dict[str, int]:
        """What the SQL files are filled in with. The three gaps bring people back after about 12, 24 and 72 weeks."""
        gaps = {
            f"gap_{name}": max(least, self.enrolments // part // 10) * 10 + digit
            for name, part, least, digit in (("a", 25, 13, 3), ("b", 12, 26, 4), ("c", 4, 39, 5))
        }
        return {
            "seed": SEED,
            "enrolments": self.enrolments,
            "classes": self.classes,
            "held_at_banner": self.held_at_banner,
            "held_at_league": self.held_at_league,
            "held_at_region": self.held_at_region,
            "held": self.held_at_banner + self.held_at_league + self.held_at_region,
            **gaps,
        }


SCALES = {
    scale.name: scale
    for scale in (Scale("small", 20_000, 60), Scale("league", 200_000, 400), Scale("region", 2_000_000, 2_000))
}
TINY = Scale("tiny", 1_000, 20)
