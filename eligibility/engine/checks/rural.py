"""农村牧区转移就业劳动者: household, and one of the three ways the notice knows."""

from datetime import date

from eligibility.engine.dates import add_months
from eligibility.engine.look import Look, begun, failed, grouped, later, passed, undated, unknown
from eligibility.engine.model import FAIL, PASS, Finding
from eligibility.engine.records import Record

NOT_YET, RETURNED, IN_TOWN = "not_yet_transferred", "returned_home", "living_in_town"


def households(look: Look) -> tuple[set[str], tuple[Record, ...]]:
    """The kinds of household on record, rural or urban only, and who says so; raises Silent."""
    records = tuple(r for r in look.person("employment") if r.type == "person")
    return {r.text("household") for r in records} & {"rural", "urban"}, records


def rural_residence(look: Look) -> Finding:
    """Household rural passes, urban fails, not known or contradictory is open."""
    kinds, records = households(look)
    if kinds == {"rural"}:
        return passed(PASS, records)
    if kinds == {"urban"}:
        return undated(failed(FAIL, records))
    return undated(unknown("contradiction" if kinds else "unknown", "assisted", records))


def transfer_way(look: Look, *, months: int) -> Finding:
    """One of the three ways; the result names which."""
    way, records = way_on(look, look.day, months)
    if way:
        notes = begun("transferred", look.held("employment", "transfer_employment").after, "agency")
        return later(grouped(passed(way, records, months=months, since=records[0].start), way), *notes)
    seen = tuple(r for r in look.person("employment") if r.type in _LOOKED_AT)
    running = [r for r in seen if r.type == "transfer_employment" and r.running(look.day)]
    if running:
        return failed("working", running, months=months, since=running[0].start)
    return failed(FAIL, seen, months=months)


_LOOKED_AT = {"labour_resource", "transfer_employment", "return_home", "residence", "unemployment"}


def way_on(look: Look, day: date, months: int) -> tuple[str, tuple[Record, ...]]:
    """The first of the three ways that holds on `day` and the records that show it, or nothing; raises Silent."""
    records = look.person("employment")
    working = any(r.type == "transfer_employment" and r.running(day) for r in records)
    if not working:
        for way, found in ((NOT_YET, _not_yet(records, day)), (RETURNED, _returned(records, day))):
            if found:
                return way, found
    found = _in_town(records, day, months)
    return (IN_TOWN, found) if found else ("", ())


def _not_yet(records: tuple[Record, ...], day: date) -> tuple[Record, ...]:
    """A labour resource registration with the wish to transfer and the wish to be trained."""
    wishes = (r for r in records if r.type == "labour_resource" and r.flag("transfer_wish") and r.flag("training_wish"))
    return tuple(r for r in wishes if r.running(day))[:1]


def _returned(records: tuple[Record, ...], day: date) -> tuple[Record, ...]:
    """A return registered with the agency of an ended transfer, on or after its end and up to the day."""
    for transfer in records:
        end = transfer.end
        if transfer.type != "transfer_employment" or end is None or end > day:
            continue
        for back in records:
            same = back.type == "return_home" and back.text("agency").strip() == transfer.text("agency").strip()
            if same and back.start and end <= back.start <= day:
                return (back, transfer)
    return ()


def _in_town(records: tuple[Record, ...], day: date, months: int) -> tuple[Record, ...]:
    """Unemployed on the register of the very division of an urban residence that is `months` old."""
    latest = add_months(day, -months)
    for home in records:
        if home.type != "residence" or not home.flag("urban") or home.start is None or home.start > latest:
            continue
        for registered in records:
            here = registered.type == "unemployment" and registered.text("division") == home.text("division")
            if here and registered.running(day):
                return (home, registered)
    return ()
