"""Whom a check is put to when people must answer it (R-ELG-5): the department the line names, else the one that keeps
the record, else the officer.
"""

from eligibility.engine.model import Check, UnknownCategory
from eligibility.engine.text import Text
from eligibility.rules.table import NMG_2020_95, TABLES

EMPLOYMENT_SERVICE = Text("就业服务部门", "the employment service")
LABOUR_RELATIONS = Text("劳动关系（用工备案）部门", "the labour relations department")
SOCIAL_SECURITY = Text("社会保险经办机构", "the social security agency")
MARKET_REGULATION = Text("市场监督管理部门", "the market regulation department")
PUBLIC_SECURITY = Text("公安机关（户籍）", "the police (household register)")
EDUCATION = Text("教育部门", "the education department")
REVIEWER = Text("审核人员", "the reviewing officer")

# check → department, where the line itself names none.
BY_CHECK = {
    "id_valid": PUBLIC_SECURITY,
    "not_in_business": MARKET_REGULATION,
    "employer_is_legal_person": MARKET_REGULATION,
    "in_contract": LABOUR_RELATIONS,
    "within_one_year_of_contract": LABOUR_RELATIONS,
    "no_labour_contract": LABOUR_RELATIONS,
    "no_employee_pension": SOCIAL_SECURITY,
    "alive": PUBLIC_SECURITY,
    "not_continued": EDUCATION,
    "different_occupation": LABOUR_RELATIONS,
    "working_age": SOCIAL_SECURITY,
    "retirement_age_reached": SOCIAL_SECURITY,
    "employer_insured": SOCIAL_SECURITY,
    "graduated_this_year": EDUCATION,
    "graduated_within_two_years": EDUCATION,
}


def check_of(code: str, category: str = "", table: str = "") -> Check | None:
    """The line of a table for a category; without a category, or when it has none, the first line of that code."""
    tables = [TABLES.get(table, NMG_2020_95), *(one for one in TABLES.values() if not one.draft)]
    try:
        own = tables[0].category(category).checks
    except UnknownCategory:
        own = ()
    every = (check for one in tables for kind in one.categories for check in kind.checks)
    return next((check for check in (*own, *every) if check.code == code), None)


def department_for(code: str, category: str = "", table: str = "") -> Text:
    """Who answers a check of a category; what no registry and no department knows, the officer
    settles with evidence.
    """
    check = check_of(code, category, table)
    if check is not None and check.department is not None:
        return check.department
    own = check is not None and check.registry is None and not check.assisted
    return BY_CHECK.get(code, REVIEWER if own else EMPLOYMENT_SERVICE)


def asked_departments() -> list[Text]:
    """Everyone a rule table may have asked, each once."""
    lines = (check.department for table in TABLES.values() for kind in table.categories for check in kind.checks)
    return list(dict.fromkeys([*(one for one in lines if one), *BY_CHECK.values(), EMPLOYMENT_SERVICE, REVIEWER]))


def department_named(name: str) -> Text:
    """A department by its Chinese name, for showing it in the reader's language."""
    return next((one for one in asked_departments() if one.zh == name), Text(name, name))
