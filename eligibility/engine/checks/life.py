"""人口信息: a death up to the last day, a prison term that overlaps the class (`alive`)."""

from eligibility.engine.look import Look, begun, later, passed, unknown
from eligibility.engine.model import Finding, Later


def alive(look: Look, *, prison: bool) -> Finding:
    """No death on record up to the last day; with `prison` no term that overlaps the class either. Both are for the
    officer, who proves a mistake or strikes the person out; what came after the class is shown.
    """
    records = look.person("population")
    if not records:
        return passed()
    deaths = sorted((day, r) for r in records if r.type == "death" and (day := r.day("on")))
    terms = look.by_time(r for r in records if r.type == "imprisonment" and prison)
    notes = (*(Later("died", day) for day, _ in deaths if day > look.last), *begun("imprisoned", terms.after))
    died = [(day, r) for day, r in deaths if day <= look.last]
    if died:
        return later(unknown("died", "assisted", [r for _, r in died], died=died[0][0]), *notes)
    if served := (*terms.first, *terms.during):
        return later(unknown("prison", "assisted", served, since=served[0].start), *notes)
    return later(passed(), *notes)
