"""What is kept of a record, and what is flagged (R-ELG-7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.registries.catalogue import REGISTRIES, keep_facts, limits_of

RIGHT = [
    ("employment", {"type": "job_seeking", "registered_on": "2020-06-01"}),
    ("employment", {"type": "unemployment", "registered_on": "2020-06-01", "division": "150102"}),
    ("employment", {"type": "hardship", "from": "2019-06-01", "to": "2020-03-01"}),
    ("employment", {"type": "zero_employment_family", "from": "2019-06-01"}),
    ("employment", {"type": "capacity_reduction", "laid_off_on": "2019-12-20"}),
    ("employment", {"type": "unit_employment", "uscc": "91150100MA0N0J0A1F", "from": "2019-01-01"}),
    (
        "employment",
        {"type": "labour_resource", "registered_on": "2020-05-01", "transfer_wish": True, "training_wish": False},
    ),
    ("employment", {"type": "transfer_employment", "agency": "A1", "from": "2018-03-01", "to": "2020-04-30"}),
    ("employment", {"type": "return_home", "agency": "A1", "registered_on": "2020-05-15"}),
    ("employment", {"type": "residence", "division": "150102", "urban": True, "since": "2020-01-10"}),
    ("employment", {"type": "person", "name": "巴特尔", "household": "rural"}),
    ("business", {"type": "post", "uscc": "91150100MA0N0J0A1F", "role": "shareholder", "from": "2018-01-01"}),
    (
        "business",
        {
            "type": "enterprise",
            "name": "某公司",
            "entity_type": "branch",
            "division": "150102",
            "status": "active",
            "established_on": "2010-01-01",
        },
    ),
    ("social_security", {"type": "employee_insurance", "uscc": "91150100MA0N0J0A1F", "from": "2019-01-01"}),
    ("social_security", {"type": "employee_pension", "months_paid": 0, "drawing_since": "2020-01-01"}),
    ("social_security", {"type": "post_kind", "kind": "manager"}),
    ("social_security", {"type": "insured_unit", "from": "2011-01-01"}),
    (
        "labour_contract",
        {
            "type": "contract",
            "uscc": "91150100MA0N0J0A1F",
            "signed_on": "2019-01-01",
            "from": "2019-01-01",
            "occupation": "6-18-01-01",
        },
    ),
    (
        "labour_contract",
        {"type": "dispatch", "agency_uscc": "A", "host_uscc": "B", "from": "2020-01-01", "to": "2021-01-01"},
    ),
    ("graduates", {"type": "degree", "school": "某大学", "level": "本科", "graduated_on": "2020-06-30"}),
    ("poverty", {"type": "poor_labourer", "from": "2016-01-01"}),
    ("poverty", {"type": "poor_family_child", "from": "2016-01-01", "to": "2020-01-01"}),
    (
        "certificates",
        {
            "type": "certificate",
            "number": "1",
            "kind": "k",
            "occupation": "4-03-02-01",
            "level": 4,
            "issued_on": "2020-01-01",
            "issuer": "某机构",
        },
    ),
    ("population", {"type": "death", "on": "2020-09-12"}),
    ("population", {"type": "imprisonment", "from": "2018-05-01"}),
    *((registry, {"type": "person", "name": "巴特尔"}) for registry in REGISTRIES if registry != "employment"),
]


@pytest.mark.parametrize(("registry", "record"), RIGHT, ids=lambda value: value if isinstance(value, str) else "")
def test_every_record_type_of_the_contract_is_kept_whole_and_nothing_else_with_it(registry, record):
    assert keep_facts(registry, record) == record
    more = keep_facts(registry, record | {"telephone": "13900000000", "note": {"a": 1}})
    assert (more.pop("malformed"), more.pop("problem")) == (True, "note, telephone")
    assert more.keys() == record.keys()


def test_every_record_type_of_the_catalogue_is_in_the_list_above():
    listed = {(registry, record["type"]) for registry, record in RIGHT}
    assert listed == {(code, name) for code, registry in REGISTRIES.items() for name in registry.records}


@pytest.mark.parametrize(
    ("registry", "record", "problem"),
    [
        ("employment", {"type": "job_seeking"}, "registered_on"),
        ("employment", {"type": "job_seeking", "registered_on": "2020-02-30"}, "registered_on"),
        ("employment", {"type": "job_seeking", "registered_on": "20200601"}, "registered_on"),
        ("employment", {"type": "job_seeking", "registered_on": "2020-W23-1"}, "registered_on"),
        ("employment", {"type": "job_seeking", "registered_on": 20200601}, "registered_on"),
        ("employment", {"type": "hardship", "from": "2020-06-01", "to": "2019-06-01"}, "to"),
        ("employment", {"type": "hardship", "from": "2020-06-01", "to": "?"}, "to"),
        (
            "employment",
            {"type": "residence", "division": "1501", "urban": "yes", "since": "2020-01-01"},
            "division, urban",
        ),
        ("business", {"type": "post", "uscc": "A", "role": "chairman", "from": "2018-01-01"}, "role"),
        ("social_security", {"type": "employee_pension", "months_paid": -1}, "months_paid"),
        ("social_security", {"type": "employee_pension", "months_paid": True}, "months_paid"),
        ("poverty", {"type": "job_seeking", "registered_on": "2020-06-01"}, "type"),
        ("employment", {"type": "person", "name": "乌云\x00"}, "name"),
        ("employment", {"type": "person", "name": "乌云\ud800"}, "name"),
        (
            "labour_contract",
            {"type": "dispatch", "agency_uscc": "A\x00", "host_uscc": "B", "from": "2020-01-01", "to": "2021-01-01"},
            "agency_uscc",
        ),
        ("poverty", {"type": ["poor_labourer"]}, "type"),
        ("poverty", {"type": "poor\x00_labourer"}, "type"),
        ("poverty", {}, "type"),
        ("poverty", {"type": "poor_labourer", "from": "2016-01-01", "150102198505200030": None}, "…"),
    ],
)
def test_what_cannot_be_is_flagged_with_the_field_at_fault(registry, record, problem):
    kept = keep_facts(registry, record)
    assert (kept["malformed"], kept["problem"]) == (True, problem)


def test_a_record_about_enterprises_in_a_persons_answer_is_flagged():
    record = {"type": "insured_unit", "from": "2011-01-01"}
    assert keep_facts("social_security", record, "enterprise") == record
    assert keep_facts("social_security", record, "person")["malformed"] is True


def test_evidence_is_short_however_long_the_nonsense_was():
    kept = keep_facts("poverty", {"type": "poor_labourer", "from": "很" * 5000})
    assert kept["from"] == "很" * 40


TEXT = st.text(st.characters(), max_size=20)  # with the control characters and lone surrogates no database takes
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.just("2020-01-01"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted({field for r in REGISTRIES.values() for of in r.records.values() for field in {**of.must, **of.may}})
TYPES = sorted({name for registry in REGISTRIES.values() for name in registry.records})


@given(
    registry=st.sampled_from(sorted(REGISTRIES)),
    name=st.sampled_from(TYPES) | JSON,
    fields=st.dictionaries(st.sampled_from([*FIELDS, "extra"]), JSON, max_size=6),
)
def test_no_record_however_strange_is_an_error_or_smuggles_a_field_in(registry, name, fields):
    kept = keep_facts(registry, fields | {"type": name})
    known = REGISTRIES[registry].records.get(kept["type"])
    allowed = {*known.must, *known.may} if known else set()
    assert kept.keys() - {"type", "malformed", "problem"} <= allowed
    assert ("malformed" in kept) or (known and known.must.keys() <= kept.keys())
    assert b"\0" not in "".join(map(str, kept.values())).encode(), "what is kept can be stored"


def test_settings_change_the_limits_of_one_registry_only(settings):
    settings.REGISTRY_LIMITS = {"business": {"per_second": 5, "timeout": 3}}
    assert (limits_of("business").per_second, limits_of("business").concurrency) == (5, 20)
    assert limits_of("employment").per_second == 200
