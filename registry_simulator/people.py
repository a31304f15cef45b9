"""What the registries know: people and enterprises with dated records, from JSON lines, more at run time."""

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from registry_simulator import REGISTRIES

Record = dict[str, Any]
BUILT_IN = Path(__file__).parent / "data"
LOADED = "loaded.jsonl"


class BadPerson(ValueError):
    """An entry that is no person and no enterprise; the text says what is wrong with it."""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a JSON-lines file; a last line cut off by a crash is dropped."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError:
            if number != len(lines):
                raise


def check_entry(entry: Any) -> tuple[str, dict[str, list[Record]]]:
    """The key and the records of one entry `{"id_number" | "uscc", "name", "records": {registry: [record]}}`."""
    if not isinstance(entry, dict):
        raise BadPerson("an entry must be an object")
    key = entry.get("id_number") or entry.get("uscc")
    if not isinstance(key, str) or not key:
        raise BadPerson("an entry needs id_number or uscc")
    records = entry.get("records", {})
    if not isinstance(records, dict):
        raise BadPerson(f"{key}: records must be an object")
    for registry, rows in records.items():
        if registry not in REGISTRIES:
            raise BadPerson(f"{key}: unknown registry {registry}")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadPerson(f"{key}: records of {registry} must be a list of objects")
    return key, records


class People:
    """All that is known, by registry and subject; what is loaded at run time is kept in `folder` when one is given."""

    def __init__(self, folder: Path | None = None, *, built_in: bool = True) -> None:
        self.lock = threading.Lock()
        self.known: dict[str, dict[str, list[Record]]] = {code: {} for code in REGISTRIES}
        self.file = folder / LOADED if folder else None
        if built_in:
            for path in sorted(BUILT_IN.glob("*.jsonl")):
                self._take(read_lines(path))
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            self._reload()

    def of(self, registry: str, key: str) -> list[Record]:
        """What one registry knows about a subject; an unknown subject has no records."""
        return self.known[registry].get(key, [])

    def put(self, entries: Iterable[Any]) -> int:
        """Take people in, each replacing what was known of the same number; returns how many."""
        entries = list(entries)
        for entry in entries:
            check_entry(entry)
        with self.lock:
            self._take(entries)
            self._keep(entries)
        return len(entries)

    def add(self, registry: str, key: str, rows: list[Record], *, replace: bool = False) -> None:
        """Add records of one registry to a subject, or put them in place of the old ones."""
        check_entry({"id_number": key, "records": {registry: rows}})
        with self.lock:
            old = [] if replace else self.known[registry].get(key, [])
            self.known[registry][key] = [*old, *rows]
            records = {code: of[key] for code, of in self.known.items() if key in of}
            self._keep([{"id_number": key, "records": records}])

    def _take(self, entries: Iterable[Any]) -> None:
        for entry in entries:
            key, records = check_entry(entry)
            for code, of in self.known.items():
                if rows := records.get(code):
                    of[key] = rows
                else:
                    of.pop(key, None)

    def _keep(self, entries: Iterable[Any]) -> None:
        if self.file:
            with self.file.open("a", encoding="utf-8") as out:
                out.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)

    def _reload(self) -> None:
        """Read the kept file and write it again with one line a subject, since later lines replace earlier ones."""
        assert self.file is not None
        if not self.file.exists():
            return
        latest: dict[str, Any] = {}
        for entry in read_lines(self.file):
            latest[check_entry(entry)[0]] = entry
        self._take(latest.values())
        fresh = self.file.with_suffix(".new")
        fresh.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in latest.values()), encoding="utf-8")
        fresh.replace(self.file)
