"""University graduates, as 学信网 knows them."""

from eligibility.engine.dates import add_years
from eligibility.engine.look import Look, failed, passed
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record


def _degrees(look: Look) -> list[Record]:
    """The degrees on record, earliest first; raises Silent."""
    return [r for r in look.person("graduates") if r.type == "degree"]


def graduated_this_year(look: Look) -> Finding:
    """A degree whose graduation falls in the calendar year of the as-of day, before or after that day."""
    degrees = _degrees(look)
    good = [r for r in degrees if r.start and r.start.year == look.day.year]
    if good:
        return passed(PASS, good, graduated=good[0].start, year=look.day.year)
    if degrees:
        return failed(FAIL, degrees, graduated=degrees[-1].start, year=look.day.year)
    return failed("none")


def graduated_within_two_years(look: Look, *, years: int) -> Finding:
    """A degree taken before the as-of day, and not more than `years` before it."""
    degrees = _degrees(look)
    good = [r for r in degrees if r.start and r.start < look.day <= add_years(r.start, years)]
    if good:
        return passed(PASS, good, graduated=good[-1].start, years=years)
    if not degrees:
        return failed("none", years=years)
    early = degrees[-1].start is not None and degrees[-1].start >= look.day
    return failed("not_yet" if early else "fail", degrees, graduated=degrees[-1].start, years=years)
