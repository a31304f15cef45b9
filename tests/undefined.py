"""Whatever a template asks for that is not there, collected while a test runs.

Django resolves a name that is not in the context to nothing and says so only to its logger: a misspelt name is an empty
place on the page for ever. What a fragment may be given, and may not, stands in its first lines:
`{# may be given: tone, lead #}`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.template import Context, VariableDoesNotExist

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LOGGER = logging.getLogger("django.template")
OWN = {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
MAY_BE_GIVEN = {
    name
    for text in OWN.values()
    for names in re.findall(r"\{# may be given: (.*?) #\}", text)
    for name in names.split(", ")
}


class Collector(logging.Handler):
    """Each failed lookup once, as «template: name (what it was asked of)»: names no context has, attributes nothing
    has.

    Keys a dictionary has not, places a list has not and anything of None are data, not mistakes.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        name, template = record.args
        error = record.exc_info[1] if record.exc_info else None
        if template not in OWN or not isinstance(error, VariableDoesNotExist):
            return
        missing, holder = error.params
        if isinstance(holder, Context):
            if missing not in MAY_BE_GIVEN:
                self.found[f"{template}: {name} (not in the context)"] = None
        elif holder is not None and not isinstance(holder, Mapping | list | tuple | str):
            self.found[f"{template}: {name} (not in a {type(holder).__name__})"] = None


@contextmanager
def collected() -> Iterator[dict[str, None]]:
    """Everything that was not there while the block ran. Nobody else hears of it: to write it all out, each with the
    context it was asked of, takes longer than the pages.
    """
    collector, level, propagate = Collector(), LOGGER.level, LOGGER.propagate
    LOGGER.addHandler(collector)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
    try:
        yield collector.found
    finally:
        LOGGER.removeHandler(collector)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
