"""The tables, the clauses they cite and the book printed from them are one and the same (R-ELG-4)."""

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from eligibility.clauses import CLAUSES
from eligibility.engine import FIRST_DAY, REGISTRIES, THROUGH_CLASS, columns_for, documents_for, registries_needed
from eligibility.rulebook import LANGUAGES, SPEAKS, category_page, cited, clause_page, markdown, rule_book
from eligibility.rules.common import COLUMNS, DOCUMENTS
from eligibility.rules.table import EXAMPLE_DRAFT, NMG_2020_95, SECTIONS, TABLES

UNEMPLOYED = ["not_in_unit_employment", "not_in_business", "not_insured_as_employee", "no_labour_contract"]
COMMON = ["id_valid", "of_age", "no_employee_pension", "alive"]
EMPLOYEE = [
    "id_valid",
    "employer_is_legal_person",
    "in_contract",
    "unit_employment_registered",
    "of_age",
    "no_employee_pension",
    "alive",
]
NOTICE = {
    "laid_off_unemployed": [*COMMON, "job_seeking_registered", *UNEMPLOYED],
    "rural_transfer": ["id_valid", "no_employee_pension", "alive", "rural_residence", "working_age", "transfer_way"],
    "school_leaver": [*COMMON, "diploma_or_promise", "identity_assisted", *UNEMPLOYED, "not_continued"],
    "veteran": [*COMMON, "identity_assisted", *UNEMPLOYED],
    "disabled": [*COMMON, "identity_assisted", *UNEMPLOYED],
    "poor_labourer": [*COMMON, "poverty_record"],
    "poor_family_child": ["id_valid", "alive", "poverty_record", "minimum_age"],
    "emp_hardship_ojt": [*EMPLOYEE, "employer_insured", "hardship_or_zero_family"],
    "emp_new_key_group": [*EMPLOYEE, "within_one_year_of_contract", "was_key_group"],
    "emp_new_other": [*EMPLOYEE, "within_one_year_of_contract"],
    "emp_distressed": [*EMPLOYEE, "employer_distressed"],
    "emp_high_risk": [*EMPLOYEE, "safety_licence"],
    "emp_apprentice": [*EMPLOYEE, "apprentice_roster"],
    "emp_poor_ojt": [*EMPLOYEE, "poverty_record"],
    "emp_transfer_post": [*EMPLOYEE, "transfer_proof", "different_occupation"],
    "emp_upskill": [*EMPLOYEE, "occupation_open"],
    "graduate_this_year": [*COMMON, "graduated_this_year", *UNEMPLOYED],
    "graduate_two_years": [*COMMON, "graduated_within_two_years", *UNEMPLOYED, "not_registered_unemployed"],
    "pension_not_drawn": ["id_valid", "alive", "retirement_age_reached", "pension_contributed", "pension_not_drawing"],
    "inmate": ["id_valid", "of_age", "alive", "identity_assisted"],
    "rehab": ["id_valid", "of_age", "alive", "identity_assisted"],
}
tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
languages = pytest.mark.parametrize("language", LANGUAGES)


def test_all_twenty_one_categories_ask_what_the_notice_asks():
    assert {c.code: [check.code for check in c.checks] for c in NMG_2020_95.categories} == NOTICE
    assert len(NOTICE) == 21


@tables
def test_every_clause_cited_is_in_the_index(table):
    numbers = {check.clause for c in table.categories for check in c.checks} | {c.clause for c in table.categories}
    numbers |= {law.clause for law in table.retirement}
    assert numbers - CLAUSES.keys() == set()
    assert set(cited(table)) == numbers


def test_contracts_papers_and_life_of_the_unemployed_are_asked_through_the_class_all_else_of_its_first_day():
    """R-ELG-3."""
    through = {check.code for c in NMG_2020_95.categories for check in c.checks if check.speaks_for == THROUGH_CLASS}
    papers = {"diploma_or_promise", "safety_licence", "apprentice_roster", "transfer_proof"}
    assert through == {*UNEMPLOYED, "in_contract", "unit_employment_registered", "alive", *papers}
    first = {check.code for c in NMG_2020_95.categories for check in c.checks if check.speaks_for == FIRST_DAY}
    assert first & through == set()


def test_clause_that_is_not_in_the_index_is_noticed():
    first = NMG_2020_95.categories[0]
    wrong = replace(NMG_2020_95, categories=(replace(first, clause="N九"),))
    with pytest.raises(KeyError, match="N九"):
        cited(wrong)


def test_every_line_stands_under_its_category_or_a_common_clause():
    common = {"N二(二)", "N二(二)3企业", "N二(二)3企业职工", "N二(二)3开班申请"}
    strays = [
        (c.code, check.code)
        for c in NMG_2020_95.categories
        for check in c.checks
        if check.clause not in common and not check.clause.startswith(c.clause)
    ]
    assert strays == []


def test_every_clause_has_an_address_of_its_own_and_says_what_it_asks():
    slugs = [clause.slug for clause in CLAUSES.values()]
    assert len(set(slugs)) == len(slugs)
    assert [s for s in slugs if not s.isascii() or not s] == []
    assert CLAUSES["N二(二)3(1)①"].slug == "n2-2-3-1-1"
    assert [c.number for c in CLAUSES.values() if not all((*c.asks, *c.place, *c.source))] == []


@tables
@languages
def test_the_book_says_every_line_of_the_table(table, language):
    book = rule_book(table, language)
    printed = {
        page["code"]: [(line["code"], line["clause"], line["registry"]) for line in page["checks"]]
        for section in book["sections"]
        for page in section["categories"]
    }
    assert printed == {c.code: [(k.code, k.clause, k.registry) for k in c.checks] for c in table.categories}
    text = markdown(table, language)
    for category in table.categories:
        heading = f"### {category.name.of(language)} (`{category.code}`, {category.clause})"
        own = text.split(heading)[1].split("\n##")[0].splitlines()
        for check in category.checks:
            label = check.label.fill(check.limits).of(language)
            row = next(
                line for line in own if line.startswith(f"| {label} (`{check.code}`) |") and check.clause in line
            )
            assert row.count("|") == 7
            assert check.asks.fill(check.limits).of(language) in row
            assert row.split(" | ")[2] == SPEAKS[check.speaks_for].of(language)
    assert "{" not in text


def test_the_book_prints_the_retirement_rows_of_the_table():
    rows = [(row["since"], row["who"], row["age"]) for row in rule_book(NMG_2020_95, "zh")["retirement"]]
    assert ("2025-01-01", "男职工", "60周岁，1965-01-01以后出生的，每4个月延迟1个月，最多36个月") in rows
    assert len(rows) == 6


def test_help_for_applicants_names_papers_columns_and_registries():
    page = category_page(NMG_2020_95.category("school_leaver"), "zh")
    assert page["papers"] == ["初中或高中毕业证书 或 承诺书（未继续升学）"]
    assert page["columns"] == ["两后生标记"]
    assert page["registries"] == [
        "劳动就业核心业务经办子系统",
        "社保系统",
        "人口信息系统",
        "工商信息系统",
        "劳动用工备案系统",
        "学信网",
    ]


def test_clause_opens_in_our_own_words():
    assert clause_page("N二(二)3(4)", "zh") == {
        "number": "N二(二)3(4)",
        "slug": "n2-2-3-4",
        "source": "内人社办发〔2020〕95号",
        "place": "二(二)3(4)",
        "asks": "困难企业由当地认定，认定地区协查。",
    }


@pytest.mark.parametrize(
    ("code", "person", "employer"),
    [
        ("inmate", ("employment", "population"), ()),
        ("rural_transfer", ("employment", "social_security", "population"), ()),
        (
            "graduate_this_year",
            ("employment", "graduates", "business", "social_security", "labour_contract", "population"),
            (),
        ),
        (
            "emp_hardship_ojt",
            ("employment", "labour_contract", "social_security", "population"),
            ("business", "social_security"),
        ),
        ("emp_poor_ojt", ("employment", "labour_contract", "social_security", "population", "poverty"), ("business",)),
    ],
)
def test_only_the_registries_a_category_needs_are_asked(code, person, employer):
    needed = registries_needed(NMG_2020_95.category(code))
    assert (set(needed.person), set(needed.employer)) == (set(person), set(employer))


def test_what_the_lines_name_exists():
    codes = {c.code for c in NMG_2020_95.categories}
    for category in NMG_2020_95.categories:
        assert category.section in SECTIONS
        assert set(columns_for(category)) <= COLUMNS.keys()
        for paper in documents_for(category):
            assert set(paper.any_of) <= DOCUMENTS.keys()
        for check in category.checks:
            assert set(check.instead) <= codes
            assert {*check.asks_person, *check.asks_employer, check.registry or "employment"} <= REGISTRIES.keys()
            assert check.department or not check.assisted


def test_draft_changes_lines_and_leaves_the_table_in_force_alone():
    def lines(table, code):
        return {check.code: dict(check.limits) for check in table.category(code).checks}

    assert lines(EXAMPLE_DRAFT, "emp_new_other")["within_one_year_of_contract"] == {"years": 2}
    assert lines(NMG_2020_95, "emp_new_other")["within_one_year_of_contract"] == {"years": 1}
    assert "not_registered_unemployed" not in lines(EXAMPLE_DRAFT, "graduate_two_years")


@languages
def test_print_rules_prints_the_book_in_force(language):
    out = StringIO()
    call_command("print_rules", "--lang", language, stdout=out)
    assert out.getvalue() == markdown(NMG_2020_95, language)


def test_print_rules_gives_the_data_of_a_draft():
    out = StringIO()
    call_command("print_rules", "--table", "draft-example", "--json", stdout=out)
    assert json.loads(out.getvalue()) == rule_book(EXAMPLE_DRAFT, "zh")


@pytest.mark.parametrize("arguments", [("--table", "nothing"), ("--on", "2019-01-01")])
def test_print_rules_refuses_a_table_that_is_not_there(arguments):
    with pytest.raises(CommandError, match="没有规则表"):
        call_command("print_rules", *arguments)


def test_engine_and_tables_need_no_framework():
    """R-ELG-4: the heart runs where Django is not even imported."""
    program = "import sys, eligibility.scenarios, eligibility.rulebook; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
