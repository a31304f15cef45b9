"""The wording of the tables in use, by digest: judgements refer to it for ever, so it is never edited (R-ELG-2,
R-ELG-4).

A line and each of its sentences has a digest, recorded in `wording.txt` by `./dev manage record_wording`; a test holds
them together. Who wants to say it in other words adds a sentence under a new name (and lets the test of the line choose
it) or enters a new table; the old one stays where it is. Drafts are never in use and are left out.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from eligibility.engine.after import SAYS
from eligibility.engine.judge import ASK_AGAIN, COMMON_SAYS, SOMEBODY, VOUCHED
from eligibility.engine.look import WHEN
from eligibility.engine.model import Check
from eligibility.engine.records import REGISTRIES
from eligibility.rules.table import TABLES

FILE = Path(__file__).with_name("wording.txt")


class Reworded(Exception):
    """A sentence that judgements refer to is another now, or has gone; the message names them."""


def digests() -> dict[str, str]:
    """Every line and sentence of the tables in use, by its address, with a digest of its words and
    the numbers in them.
    """
    found = {f"common#{key}": digest(text) for key, text in COMMON_SAYS.items()}
    found |= {f"after#{key}": digest(text) for key, text in SAYS.items()}
    found |= {f"registry#{code}": digest(text) for code, text in REGISTRIES.items()}
    words = {"vouched": VOUCHED, "ask_again": ASK_AGAIN, "somebody": SOMEBODY, "when": WHEN}
    found |= {f"words#{key}": digest(text) for key, text in words.items()}
    for table in TABLES.values():
        if not table.draft:
            for category in table.categories:
                for check in category.checks:
                    found |= dict(_of_line(f"{table.code}/{category.code}/{check.code}", check))
    return found


def _of_line(address: str, check: Check) -> Iterator[tuple[str, str]]:
    """A line without its sentences, then each of them."""
    yield (
        address,
        digest(
            check.label,
            check.clause,
            check.speaks_for,
            check.registry,
            check.advice,
            check.department,
            check.assisted,
            sorted(check.limits.items()),
        ),
    )
    for key, text in check.says.items():
        yield f"{address}#{key}", digest(text)


def digest(*parts: object) -> str:
    """Twelve digits are plenty for what nobody forges."""
    return sha256(repr(parts).encode()).hexdigest()[:12]


def recorded() -> dict[str, str]:
    """What was recorded, by address."""
    lines = (line.split() for line in FILE.read_text().splitlines())
    return {address: known for known, address in lines}


def record() -> int:
    """Record the new sentences; gives how many. Raises Reworded when one that is recorded is not what it was."""
    now, known = digests(), recorded() if FILE.exists() else {}
    if changed := reworded(now, known):
        raise Reworded(", ".join(changed))
    FILE.write_text("".join(f"{one} {address}\n" for address, one in sorted((now | known).items())))
    return len(now.keys() - known.keys())


def reworded(now: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """The recorded sentences that are others now, or have gone."""
    return sorted(address for address, one in known.items() if now.get(address) != one)
