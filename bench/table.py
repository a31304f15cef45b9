"""The table on the screen, the line of JSON, and the results kept for the growth from scale to scale."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from bench.measure import Line
from bench.scales import SCALES

HEADS = ("row", "what", "ours", "naive", "limit", "unit", "ratio", "× naive", "target", "holds", "growth")
KEYS = ("row", "ours", "naive", "limit", "ratio", "target", "holds", "unit", "scale")


def as_json(line: Line, scale: str) -> dict[str, Any]:
    """The keys docs/performance.md names, then what is measured and why it fails or is missing."""
    values = {
        "row": line.row,
        "ours": rounded(line.ours),
        "naive": rounded(line.naive),
        "limit": rounded(line.limit),
        "ratio": rounded(line.ratio),
        "target": line.target.text,
        "holds": line.holds,
        "unit": line.unit,
        "scale": scale,
        "what": line.what,
    }
    extra = {"missing": line.missing, "failures": [] if line.missing else line.failures, "notes": line.notes}
    return values | {name: value for name, value in extra.items() if value}


def rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def results_file(folder: Path, scale: str) -> Path:
    return folder / f"results-{scale}.json"


def keep(folder: Path, scale: str, lines: Iterable[Line]) -> None:
    """Keep the results of a run beside those of the other scales; rows not measured this time stay as they were."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {row["row"]: row for row in kept_rows(folder, scale)}
    kept |= {line.row: as_json(line, scale) for line in lines}
    results_file(folder, scale).write_text(
        json.dumps(list(kept.values()), ensure_ascii=False, indent=1), encoding="utf-8"
    )


def kept_rows(folder: Path, scale: str) -> list[dict[str, Any]]:
    file = results_file(folder, scale)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def growth(folder: Path, scale: str) -> dict[str, str]:
    """By row: how our figure grew from the smaller scales to this one, such as «small 1.1 ×»."""
    smaller = [
        name
        for name in SCALES
        if name != scale and SCALES[name].enrolments < SCALES.get(scale, SCALES["region"]).enrolments
    ]
    mine = {row["row"]: row["ours"] for row in kept_rows(folder, scale)}
    found: dict[str, list[str]] = {}
    for name in smaller:
        for row in kept_rows(folder, name):
            if row["ours"] and mine.get(row["row"]):
                found.setdefault(row["row"], []).append(f"{name} {mine[row['row']] / row['ours']:.2f} ×")
    return {row: ", ".join(parts) for row, parts in found.items()}


def printed(lines: Sequence[Line], grown: Mapping[str, str]) -> list[str]:
    """The table as lines of text, then what fails or is missing, a sentence each."""
    rows = [HEADS, *(cells(line, grown.get(line.row, "")) for line in lines)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(HEADS))]
    text = ["  ".join(padded(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows]
    text.insert(1, "  ".join("─" * size for size in widths))
    for line in lines:
        if line.missing:
            text.append(f"{line.row}: not measured: {line.missing}")
        elif line.failures:
            text.append(f"{line.row}: does not hold: {'; '.join(line.failures)}")
        text += [f"{line.row}: {note}" for note in line.notes]
    return text


def markdown(lines: Sequence[Line], grown: Mapping[str, str]) -> list[str]:
    """The same table for docs/performance.md."""
    rows = [HEADS, ("---",) * len(HEADS), *(cells(line, grown.get(line.row, "")) for line in lines)]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def cells(line: Line, grown: str) -> tuple[str, ...]:
    verdict = "missing" if line.missing else "yes" if line.holds else "NO"
    return (
        line.row,
        line.what,
        number(line.ours),
        number(line.naive),
        number(line.limit),
        line.unit,
        number(line.ratio),
        number(line.times_naive),
        line.target.text,
        verdict,
        grown,
    )


def number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def width(text: str) -> int:
    """Columns on the screen: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, size: int) -> str:
    return text + " " * (size - width(text))
