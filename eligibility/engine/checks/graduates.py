"""University graduates, as 学信网 knows them."""

from eligibility.engine.dates import add_years
from eligibility.engine.look import NAMELESS, Look, begun, failed, later, passed
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record


def _degrees(look: Look) -> list[Record]:
    """The degrees on record, earliest first; raises Silent."""
    return [r for r in look.person("graduates") if r.type == "degree"]


def graduated_this_year(look: Look) -> Finding:
    """A degree whose graduation falls in the calendar year of the first day, before or after that day."""
    degrees = _degrees(look)
    good = [r for r in degrees if r.start and r.start.year == look.day.year]
    if good:
        return passed(PASS, good, graduated=good[0].start, year=look.day.year)
    if degrees:
        return failed(FAIL, degrees, graduated=degrees[-1].start, year=look.day.year)
    return failed("none")


def graduated_within_two_years(look: Look, *, years: int) -> Finding:
    """A degree taken before the first day, and not more than `years` before it."""
    degrees = _degrees(look)
    good = [r for r in degrees if r.start and r.start < look.day <= add_years(r.start, years)]
    if good:
        return passed(PASS, good, graduated=good[-1].start, years=years)
    if not degrees:
        return failed("none", years=years)
    early = degrees[-1].start is not None and degrees[-1].start >= look.day
    return failed("not_yet" if early else "fail", degrees, graduated=degrees[-1].start, years=years)


def not_continued(look: Look) -> Finding:
    """No degree of higher education up to the first day; one is further schooling, of whichever level."""
    degrees = _degrees(look)
    taken = [r for r in degrees if r.start and r.start <= look.day]
    notes = begun("graduated", [r for r in degrees if r.start and r.start > look.last])
    if taken:
        return later(failed(FAIL, taken, graduated=taken[0].start, level=taken[0].text("level") or NAMELESS), *notes)
    return later(passed(), *notes)
