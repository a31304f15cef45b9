"""Made-up people and their facts for the engine's tests: right numbers, nothing random."""

from datetime import date
from typing import Any

from stdnum.cn import ric

from eligibility.engine import REGISTRIES, Facts, Judgement, Subject, judge, read_answer
from eligibility.rules.table import NMG_2020_95

NAME = "苏日娜"
FIRST, LAST = date(2020, 8, 3), date(2020, 8, 28)
EMPLOYER, OTHER = "91150100MA0N0J0A1F", "91150100MA0N0J0B2K"
SEEKING = {"type": "job_seeking", "registered_on": "2020-06-01"}
ENTERPRISE = {
    "type": "enterprise",
    "name": "青城机械有限公司",
    "entity_type": "legal_person",
    "division": "150102",
    "status": "active",
}
CONTRACT = {"type": "contract", "uscc": EMPLOYER, "signed_on": "2020-03-01", "from": "2020-03-01"}
REGISTERED = {"type": "unit_employment", "uscc": EMPLOYER, "from": "2020-03-01"}


def number(birth: str = "1985-05-20", sequence: int = 3, division: str = "150102") -> str:
    """A right citizen number; an odd sequence is a man's."""
    body = f"{division}{birth.replace('-', '')}{sequence:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def facts(category: str = "laid_off_unemployed", records: dict[str, Any] | None = None, **changes: Any) -> Facts:
    """Facts of one person; a registry not named has answered «nothing known»."""
    person = Subject(changes.pop("name", NAME), changes.pop("id_number", number()), frozenset(changes.pop("marks", ())))
    of_employer = changes.pop("employer_records", {})
    values: dict[str, Any] = {
        "category": category,
        "first_day": FIRST,
        "last_day": LAST,
        "as_of": changes.get("first_day", FIRST),
        "person": person,
        "occupation": "4-03-02-01",
        "level": 5,
        "occupation_status": "level_recognition",
        "records": {r: read_answer(r, (records or {}).get(r, [])) for r in REGISTRIES},
        "employer_records": {r: read_answer(r, of_employer.get(r, [])) for r in REGISTRIES},
    }
    return Facts(**(values | changes))


def employee(category: str = "emp_upskill", records: dict[str, Any] | None = None, **changes: Any) -> Facts:
    """Facts of an employee in good order: registered, under contract, of a legal person of the region."""
    known = {"employment": [REGISTERED], "labour_contract": [CONTRACT]} | (records or {})
    changes.setdefault(
        "employer_records",
        {"business": [ENTERPRISE], "social_security": [{"type": "insured_unit", "from": "2011-01-01"}]},
    )
    changes.setdefault("employer_uscc", EMPLOYER)
    return facts(category, known, **changes)


def judged(case: Facts) -> Judgement:
    """The judgement by the table of 2020."""
    return judge(case, NMG_2020_95)


def outcome(case: Facts, check: str) -> str:
    """What one check of the case came to."""
    return judged(case).result(check).outcome
