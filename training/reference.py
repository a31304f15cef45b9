"""Occupations an installation starts with (codes of the 职业分类大典), and a few projects as examples; the region completes
both by import (R-CAT-2).
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from training.enums import CertificateKind, TrainingType

OCCUPATIONS = Path(__file__).parent / "data" / "occupations.csv"


SINCE, STATUS, SOURCE = date(2020, 7, 1), "level_recognition", "示例目录"
EVERYONE = [
    "laid_off_unemployed",
    "rural_transfer",
    "school_leaver",
    "veteran",
    "disabled",
    "poor_labourer",
    "poor_family_child",
    "graduate_this_year",
    "graduate_two_years",
    "pension_not_drawn",
]
EMPLOYEES = [
    "emp_upskill",
    "emp_new_other",
    "emp_new_key_group",
    "emp_transfer_post",
    "emp_high_risk",
    "emp_apprentice",
]

# code, name, occupation, level, type, hours, certificate, categories
PROJECTS = [
    (
        "ZSPR-5",
        "中式烹调师（初级）",
        "4-03-02-01",
        5,
        TrainingType.EMPLOYMENT_SKILLS,
        40,
        CertificateKind.COMPLETION,
        EVERYONE,
    ),
    (
        "YLHL-5",
        "养老护理员（初级）",
        "4-10-01-05",
        5,
        TrainingType.EMPLOYMENT_SKILLS,
        32,
        CertificateKind.SKILL_LEVEL,
        EVERYONE,
    ),
    ("DG-4", "电工（中级）", "6-31-01-03", 4, TrainingType.ON_THE_JOB, 32, CertificateKind.SKILL_LEVEL, EMPLOYEES),
    (
        "QZJX-5",
        "起重装卸机械操作工（安全技能）",
        "6-30-05-01",
        5,
        TrainingType.ON_THE_JOB,
        24,
        CertificateKind.SPECIAL_OPERATION,
        EMPLOYEES,
    ),
    ("MGB-0", "蒙古包制作", None, None, TrainingType.EMPLOYMENT_SKILLS, 24, CertificateKind.COMPLETION, EVERYONE),
    ("SYB-0", "创业培训 SYB", None, None, TrainingType.SIYB_SYB, 24, CertificateKind.COMPLETION, EVERYONE),
]


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


def load_example_projects(project_model: Any) -> None:
    """A few projects marked 示例, where the catalogue has none yet."""
    if project_model.objects.exists():
        return
    project_model.objects.bulk_create(
        project_model(
            code=code,
            name=name,
            occupation_id=occupation,
            level=level,
            training_type=kind,
            hours=hours,
            certificate_kind=certificate,
            certificate_required=certificate != CertificateKind.COMPLETION,
            categories=categories,
            since=SINCE,
            source=SOURCE,
            is_example=True,
        )
        for code, name, occupation, level, kind, hours, certificate, categories in PROJECTS
    )
