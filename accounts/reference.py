"""What an installation starts with: the region's divisions, loaded by a migration (R-LVL-1), its office, its
administrator.
"""

import csv
from pathlib import Path
from typing import Any

REGION_OFFICE = "内蒙古自治区人力资源和社会保障厅"
ADMINISTRATOR_NAME = "自治区超级管理员"
DIVISIONS = Path(__file__).parent / "data" / "divisions.csv"


def load_divisions(division_model: Any) -> None:
    """Insert the region, 12 leagues and 103 banners; rows that are there already stay."""
    with DIVISIONS.open(encoding="utf-8") as lines:
        rows = {row["code"]: row for row in csv.DictReader(lines)}

    def path(code: str) -> str:
        above = rows[code]["reports_to"]
        return (path(above) if above else "") + f"{code}/"

    order = sorted(rows, key=lambda code: (path(code).count("/"), code))
    division_model.objects.bulk_create(
        [
            division_model(
                code=code,
                name=rows[code]["name"],
                level=rows[code]["level"],
                path=path(code),
                parent_id=rows[code]["parent"] or None,
                reports_to_id=rows[code]["reports_to"] or None,
            )
            for code in sorted(order, key=lambda code: ("region", "league", "banner").index(rows[code]["level"]))
        ],
        ignore_conflicts=True,
    )
