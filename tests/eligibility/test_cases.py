"""`check_cases`: files of policy cases, judged without a server, a network or a database (R-ELG-9)."""

import copy
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from eligibility.rules.table import EXAMPLE_DRAFT, NMG_2020_95
from eligibility.scenarios import read_scenarios, run_scenario

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(FOLDER.glob("*.json"))
ALL = [(path.stem, raw) for path in FILES for raw in read_scenarios(path)]
PLAIN = {
    "id": "plain",
    "category": "laid_off_unemployed",
    "class": {"first_day": "2020-08-03", "last_day": "2020-08-28"},
    "person": {"name": "巴特尔", "id_number": "150102198505200030"},
    "records": {"employment": [{"type": "job_seeking", "registered_on": "2020-06-01"}]},
    "expect": {"verdict": "eligible", "failed": [], "open": []},
}


def changed(path: str, value: object) -> dict:
    """The plain case with one field changed; `...` takes it away."""
    case = copy.deepcopy(PLAIN)
    *parents, last = path.split(".")
    place = case
    for name in parents:
        place = place.setdefault(name, {})
    if value is ...:
        place.pop(last)
    else:
        place[last] = value
    return case


def run(tmp_path: Path, content: object, *arguments: str) -> tuple[str, str]:
    """What the command prints for one file and the sentence it ends with («» for success)."""
    path = tmp_path / "cases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    out = StringIO()
    try:
        call_command("check_cases", str(path), *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.mark.parametrize("raw", [raw for _, raw in ALL], ids=[f"{stem}-{raw['id']}" for stem, raw in ALL])
def test_case_of_the_field(raw):
    outcome = run_scenario(raw, 1)
    assert outcome.error is None
    said = outcome.judgement
    told = {"verdict": said.verdict, "failed": set(said.failed), "open": set(said.open)}
    wanted = {name: set(value) if isinstance(value, list) else value for name, value in raw["expect"].items()}
    assert {name: told[name] for name in wanted} == wanted


def test_every_section_and_every_category_has_its_cases():
    assert [path.stem for path in FILES] == ["days", "employees", "given", "key_groups", "others", "period", "poverty"]
    for category in NMG_2020_95.categories:
        verdicts = {
            raw["expect"]["verdict"]
            for stem, raw in ALL
            if raw["category"] == category.code and stem not in {"given", "period"}
        }
        assert len(verdicts) >= 2, category.code


def test_every_check_has_a_case_that_fails_or_opens_on_it():
    shown = {code for _, raw in ALL for code in (*raw["expect"].get("failed", []), *raw["expect"].get("open", []))}
    assert shown == {check.code for c in NMG_2020_95.categories for check in c.checks}


def test_one_line_a_case(tmp_path):
    insured = changed("records.social_security", [{"type": "employee_insurance", "uscc": "X", "from": "2019-01-01"}])
    out, error = run(
        tmp_path, [PLAIN, insured | {"id": "insured", "expect": {"verdict": "ineligible"}, "unavailable": ["business"]}]
    )
    assert error == ""
    assert out.splitlines() == [
        "plain\teligible\tfailed=-\topen=-\tok",
        "insured\tineligible\tfailed=not_insured_as_employee\topen=not_in_business\tok",
    ]


@pytest.mark.parametrize("expect", [{"verdict": "ineligible"}, {"failed": ["id_valid"]}, {"open": ["id_valid"]}])
def test_missed_expectation_ends_with_status_one(tmp_path, expect):
    out, error = run(tmp_path, [changed("expect", expect), PLAIN | {"id": "other"}])
    assert "MISSED" in out.splitlines()[0]
    assert out.splitlines()[1].endswith("ok")
    assert error == "1 / 2 个案例与预期不符或无法判定 / missed or unreadable: plain"


def test_case_that_expects_nothing_is_only_judged(tmp_path):
    out, error = run(tmp_path, [changed("expect", ...)])
    assert (out, error) == ("plain\teligible\tfailed=-\topen=-\n", "")


def test_json_is_one_object_a_case(tmp_path):
    out, error = run(tmp_path, [PLAIN, changed("category", "astronaut") | {"id": "moon"}], "--json")
    rows = json.loads(out)
    assert [(r["id"], r["verdict"], r["failed"], r["open"], r["ok"]) for r in rows] == [
        ("plain", "eligible", [], [], True),
        ("moon", None, [], [], False),
    ]
    assert rows[0]["table"] == "nmg-2020-95"
    assert rows[1]["error"]["field"] == "category"
    assert "moon" in error


MALFORMED = [
    ("category", ..., "category"),
    ("category", "astronaut", "category"),
    ("class", ..., "class"),
    ("class", [], "class"),
    ("class.first_day", ..., "class.first_day"),
    ("class.first_day", "2020-02-30", "class.first_day"),
    ("class.first_day", 20200803, "class.first_day"),
    ("class.last_day", "2020-08-02", "class.last_day"),
    ("class.level", "5", "class.level"),
    ("class.level", 9, "class.level"),
    ("class.occupation_status", "famous", "class.occupation_status"),
    ("as_of", "yesterday", "as_of"),
    ("person", ..., "person"),
    ("person.id_number", ..., "person.id_number"),
    ("person.id_number", 150102198505200030, "person.id_number"),
    ("person.marks", "rural_student", "person.marks"),
    ("employer", "91150100MA0N0J0A1F", "employer"),
    ("records", [], "records"),
    ("records.employment", {"type": "job_seeking"}, "records.employment"),
    ("records.astrology", [], "records"),
    ("unavailable", ["astrology"], "unavailable"),
    ("unavailable", "business", "unavailable"),
    ("documents", {"diploma": True}, "documents"),
    ("documents_valid_to", {"diploma": "soon"}, "documents_valid_to.diploma"),
    ("assisted", {"identity_assisted": "perhaps"}, "assisted.identity_assisted"),
    ("assisted", {"horoscope": "confirmed"}, "assisted.horoscope"),
    ("recognitions", {"horoscope": {"from": "2020-01-01"}}, "recognitions.horoscope"),
    ("recognitions", {"employer_distressed": "2020"}, "recognitions.employer_distressed"),
    ("recognitions", {"employer_distressed": {"to": "2020-01-01"}}, "recognitions.employer_distressed.from"),
    (
        "recognitions",
        {"employer_distressed": {"from": "2020-02-01", "to": "2020-01-01"}},
        "recognitions.employer_distressed.to",
    ),
    (
        "recognitions",
        {"employer_distressed": {"from": "2020-02-01", "division": 15}},
        "recognitions.employer_distressed.division",
    ),
    ("filings", {"league_filing": "yes"}, "filings.league_filing"),
    ("expect", {"verdict": "maybe"}, "expect.verdict"),
    ("expect", {"failed": "id_valid"}, "expect.failed"),
    ("id", ..., "id"),
]


@pytest.mark.parametrize(
    ("path", "value", "where"), MALFORMED, ids=[f"{path}={value!r:.20}" for path, value, _ in MALFORMED]
)
def test_malformed_case_is_reported_with_its_field_and_the_others_still_run(tmp_path, path, value, where):
    out, error = run(tmp_path, [changed(path, value), PLAIN | {"id": "after"}])
    first, second = out.splitlines()
    assert first.split("\t")[:3] == ["#1" if path == "id" else "plain", "malformed", where]
    assert second == "after\teligible\tfailed=-\topen=-\tok"
    assert error.startswith("1 / 2 ")


@pytest.mark.parametrize("raw", [None, 7, "case", []])
def test_case_that_is_no_object_is_reported_by_its_place(tmp_path, raw):
    out, _ = run(tmp_path, [PLAIN, raw])
    assert out.splitlines()[1].startswith("#2\tmalformed\t")


def test_employees_are_held_against_the_last_day_so_it_must_be_there():
    case = changed("class.last_day", ...)
    assert run_scenario(case, 1).ok is True
    assert run_scenario(case | {"category": "emp_upskill"}, 1).error.field == "class.last_day"


@pytest.mark.parametrize("content", ["", "{", '{"id": "x"}', "null", "[" * 100000])
def test_malformed_file_is_one_clear_sentence(tmp_path, content):
    out, error = run(tmp_path, content)
    assert len(out.splitlines()) == 1
    assert "JSON" in out
    assert error.startswith("1 / 1 ")


def test_file_that_is_not_there_does_not_stop_the_others(tmp_path):
    path = tmp_path / "good.json"
    path.write_text(json.dumps([PLAIN]), encoding="utf-8-sig")
    out = StringIO()
    with pytest.raises(CommandError, match="absent"):
        call_command("check_cases", str(tmp_path / "absent.json"), str(path), stdout=out)
    assert out.getvalue().splitlines()[1] == "plain\teligible\tfailed=-\topen=-\tok"


def test_file_saved_in_another_encoding_is_told_how_to_be_saved(tmp_path):
    path = tmp_path / "gbk.json"
    path.write_bytes('[{"id": "巴特尔"}]'.encode("gbk"))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_cases", str(path), stdout=out)
    assert "请另存为UTF-8" in out.getvalue()


def test_class_before_the_notice_has_no_table_unless_one_is_named(tmp_path):
    early = changed("class", {"first_day": "2020-06-30", "last_day": "2020-07-10"})
    out, error = run(tmp_path, [early])
    assert out.split("\t")[1:3] == ["malformed", "class.first_day"]
    assert error.startswith("1 / 1 ")
    out, error = run(tmp_path, [early], "--table", "nmg-2020-95")
    assert (out, error) == ("plain\teligible\tfailed=-\topen=-\tok\n", "")


def test_another_table_judges_the_same_case_otherwise():
    raw = next(raw for _, raw in ALL if raw["id"] == "签合同一年零一天开班")
    assert run_scenario(raw, 1).judgement.verdict == "ineligible"
    assert run_scenario(raw, 1, EXAMPLE_DRAFT).judgement.verdict == "eligible"


def test_unknown_table_is_refused_with_the_names_there_are(tmp_path):
    _, error = run(tmp_path, [PLAIN], "--table", "nothing")
    assert error == "没有此规则表 / no such table: nothing (nmg-2020-95, draft-example)"


def test_registry_answer_that_is_nonsense_opens_the_check_and_is_no_malformed_case():
    outcome = run_scenario(
        changed("records.business", [{"type": "post", "role": "shareholder", "from": "long ago"}, "?"]), 1
    )
    assert (outcome.judgement.verdict, outcome.judgement.open) == ("needs_verification", ("not_in_business",))


def test_assisted_check_people_could_not_settle_stays_open():
    case = changed("assisted", {"identity_assisted": "cannot_say"}) | {"category": "inmate", "expect": {}}
    assert run_scenario(case, 1).judgement.open == ("identity_assisted",)


def test_command_runs_without_a_database_and_tells_the_shell(tmp_path):
    """The address leads nowhere: nothing is opened, and the exit status says whether an expectation was missed."""
    root = Path(__file__).parents[2]
    env = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    good, missed = tmp_path / "good.json", tmp_path / "missed.json"
    good.write_text(json.dumps([PLAIN]), encoding="utf-8")
    missed.write_text(json.dumps([changed("expect", {"verdict": "ineligible"})]), encoding="utf-8")
    for path, status in ((good, 0), (missed, 1)):
        command = [sys.executable, str(root / "manage.py"), "check_cases", str(path)]
        ended = subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)
        assert (ended.returncode, ended.stdout.split("\t")[:2]) == (status, ["plain", "eligible"])
