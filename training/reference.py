"""Occupations an installation starts with (codes of the 职业分类大典); the region completes them by import (R-CAT-2)."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

OCCUPATIONS = Path(__file__).parent / "data" / "occupations.csv"


SINCE, STATUS, SOURCE = date(2020, 7, 1), "level_recognition", "示例目录"


def load_occupations(occupation_model: Any, **of_each: Any) -> None:
    """Insert the occupations; rows that are there already stay."""
    with OCCUPATIONS.open(encoding="utf-8") as lines:
        occupation_model.objects.bulk_create(
            [occupation_model(code=row["code"], name=row["name"], **of_each) for row in csv.DictReader(lines)],
            ignore_conflicts=True,
        )


def load_assessments(occupation_model: Any, assessment_model: Any) -> None:
    """How occupations are assessed that have no row of it: an example until the region sets it."""
    missing = occupation_model.objects.filter(assessments=None).values_list("pk", flat=True)
    assessment_model.objects.bulk_create(
        assessment_model(occupation_id=code, status=STATUS, since=SINCE, source=SOURCE, is_example=True)
        for code in missing
    )
