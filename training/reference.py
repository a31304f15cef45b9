"""Occupations an installation starts with (codes of the 职业分类大典); the region completes them by import (R-CAT-2)."""

import csv
from pathlib import Path
from typing import Any

OCCUPATIONS = Path(__file__).parent / "data" / "occupations.csv"


def load_occupations(occupation_model: Any) -> None:
    """Insert the occupations; rows that are there already stay. Their status is an example until the region sets it."""
    with OCCUPATIONS.open(encoding="utf-8") as lines:
        occupation_model.objects.bulk_create(
            [occupation_model(code=row["code"], name=row["name"], status="level_recognition") for row in csv.DictReader(lines)],
            ignore_conflicts=True,
        )
