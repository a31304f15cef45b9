"""The subsidy standards an installation starts with, in yuan by project code: examples to be replaced (R-SUB-1)."""

from datetime import date
from decimal import Decimal
from typing import Any

from subsidies.enums import Item

SINCE, SOURCE = date(2020, 7, 1), "示例标准"
AMOUNTS = {
    "ZSPR-5": Decimal("1200.00"),
    "YLHL-5": Decimal("1500.00"),
    "DG-4": Decimal("1600.00"),
    "QZJX-5": Decimal("800.50"),
    "MGB-0": Decimal("600.00"),
    "SYB-0": Decimal("1000.00"),
}


def load_example_standards(standard_model: Any) -> None:
    """A standard marked 示例 for each example project, where there is no standard yet."""
    if standard_model.objects.exists():
        return
    standard_model.objects.bulk_create(
        standard_model(
            item=Item.TRAINING, project_code=code, amount=amount, since=SINCE, source=SOURCE, is_example=True
        )
        for code, amount in AMOUNTS.items()
    )
