"""Statutory retirement ages, dated. Rows: who, base age, and from 2025 the gradual delay (first birth month,
months a step, limit).
"""

from datetime import date

from eligibility.engine.model import RetirementLaw, RetirementRow

BEFORE_2025 = RetirementLaw(
    since=date(1978, 6, 2),
    clause="国发〔1978〕104号",
    rows=(
        RetirementRow("male", None, 60),
        RetirementRow("female", "worker", 50),
        RetirementRow("female", "manager", 55),
    ),
)
GRADUAL = RetirementLaw(
    since=date(2025, 1, 1),
    clause="渐进式延迟退休办法",
    rows=(
        RetirementRow("male", None, 60, date(1965, 1, 1), 4, 36),
        RetirementRow("female", "worker", 50, date(1975, 1, 1), 2, 60),
        RetirementRow("female", "manager", 55, date(1970, 1, 1), 4, 36),
    ),
)
RETIREMENT = (BEFORE_2025, GRADUAL)
