"""One dictionary: template, on-screen help, validators and error texts agree."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kit.errors import IdError
from tests.factories import training as t
from training.domain.roster.staging import take_good_rows
from training.fields import (
    ALL_FIELDS,
    BY_KEY,
    ETHNICITIES,
    ETHNICITY_CODES,
    PROBLEMS,
    SEQUENCE,
    WARNINGS,
    cells_of,
    check_cells,
    enrolment_values,
    explain,
    fields_for,
    warn,
)
from training.forms.rosters import TraineeForm
from training.imports.roster import template_file

pytestmark = pytest.mark.django_db
CATEGORIES = ["laid_off_unemployed", "school_leaver", "emp_upskill"]


@pytest.mark.parametrize("field", ALL_FIELDS, ids=lambda field: field.key)
def test_every_example_passes_its_own_validator_unchanged(field):
    assert field.check(field.example) == (field.example, [])


@pytest.mark.parametrize("field", [f for f in ALL_FIELDS if f.choices], ids=lambda field: field.key)
def test_every_choice_is_taken_and_nothing_else(field):
    assert [field.check(choice)[0] for choice in field.choices] == list(field.choices)
    with pytest.raises(IdError):
        field.check("不是选项")


@pytest.mark.parametrize("field", ALL_FIELDS, ids=lambda field: field.key)
def test_a_mended_value_needs_no_second_mending(field):
    messy = f" 　{field.example}  "
    assert field.check(field.check(messy)[0]) == (field.check(messy)[0], [])


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_template_has_the_fields_columns_notes_choices_and_required_marks(category):
    fields = fields_for(category)
    sheet = load_workbook(io.BytesIO(template_file(t.draft_class(category=category)))).worksheets[0]
    heads = list(sheet[2])
    assert [cell.value for cell in heads] == [SEQUENCE, *(f.header for f in fields)]
    for cell, field in zip(heads[1:], fields, strict=True):
        assert str(field.note) in cell.comment.text
        assert field.example in cell.comment.text
        assert (cell.font.color.rgb == "00C00000") == field.required
        assert sheet.column_dimensions[cell.column_letter].number_format == "@"
    listed = {rule.errorTitle for rule in sheet.data_validations.dataValidation}
    assert listed == {f.header for f in fields if f.choices}


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_form_and_the_page_show_the_same_fields_and_help(browser, category):
    draft, fields = t.draft_class(category=category), fields_for(category)
    form = TraineeForm(columns=fields)
    assert {key: (str(f.label), f.help_text, f.required) for key, f in form.fields.items()} == {
        f.key: (f.header, f.note, f.required) for f in fields
    }
    page = browser(t.clerk(draft)).get(reverse("class_roster", args=[draft.pk])).content.decode()
    assert all(str(f.note) in page for f in fields)


def test_an_empty_row_says_exactly_what_is_required():
    _mended, wrong, _notes = check_cells(ALL_FIELDS, {})
    assert set(wrong) == {f.key for f in ALL_FIELDS if f.required}
    assert [explain(f, "", wrong[f.key]) for f in ALL_FIELDS if f.required] == [
        f"没有填写{f.header}。" for f in ALL_FIELDS if f.required
    ]


def test_every_problem_and_warning_has_words():
    words = {code: explain(ALL_FIELDS[0], "", [code, 5]) for code in PROBLEMS}
    assert all(sentence.endswith("。") for sentence in words.values())
    assert all(warn([code, "甲", "乙"]).endswith("。") for code in WARNINGS)


def test_a_cell_that_is_right_by_now_still_gets_a_sentence():
    assert explain(ALL_FIELDS[0], "乌云", ["name_digits"]) == "请核对这一格后重新保存。"


def test_what_is_kept_comes_back_as_the_same_cells():
    draft = t.draft_class(category="school_leaver")
    given = {f.key: f.example for f in fields_for("school_leaver")}
    upload = t.upload(draft, [[1, *given.values()]], heads=[SEQUENCE, *(f.header for f in fields_for("school_leaver"))])
    assert upload.rows.get().cells == given
    values = enrolment_values(given)
    assert (values["household"], values["marks"]) == ("urban", ["rural_student"])
    take_good_rows(upload, by=t.clerk(draft))
    assert cells_of(draft.enrolments.select_related("person").get()) == given


def test_the_ethnic_groups_have_the_codes_of_the_national_standard():
    assert (len(ETHNICITIES), len(set(ETHNICITIES))) == (56, 56)
    assert {
        name: ETHNICITY_CODES[name]
        for name in ("汉族", "蒙古族", "回族", "满族", "达斡尔族", "鄂温克族", "鄂伦春族", "基诺族")
    } == {
        "汉族": "01",
        "蒙古族": "02",
        "回族": "03",
        "满族": "11",
        "达斡尔族": "31",
        "鄂温克族": "45",
        "鄂伦春族": "52",
        "基诺族": "56",
    }


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [
        ("ethnicity", "蒙族", "蒙古族"),
        ("ethnicity", "蒙", "蒙古族"),
        ("ethnicity", "达斡尔", "达斡尔族"),
        ("household", "农业家庭户口", "农村牧区"),
        ("household", "非农业家庭户口", "城镇"),
        ("household", "牧业户口", "农村牧区"),
        *(
            ("household", text, "农村牧区")
            for text in ("农牧民", "农牧区户口", "农村居民家庭户口", "本市农业", "本旗牧民户籍", "农户")
        ),
        *(("household", text, "城镇") for text in ("城镇居民家庭", "城镇居民家庭户口", "本地非农业集体户口", "市民")),
    ],
)
def test_what_people_call_it_is_known(key, written, meant):
    assert BY_KEY[key].check(written)[0] == meant


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("联系方式", "phone"),
        ("公民身份证号码", "number"),
        ("证件号", "number"),
        ("民族成份", "ethnicity"),
        ("户口类型", "household"),
        ("银行帐号", "bank_account"),
    ],
)
def test_columns_are_known_by_the_names_people_give_them(head, key):
    heads = {name: field.key for field in ALL_FIELDS for name in (field.header, *field.synonyms)}
    assert heads[head] == key


def test_no_name_of_a_column_stands_for_two():
    names = [name for field in ALL_FIELDS for name in (field.header, *field.synonyms)]
    assert sorted(names) == sorted(set(names))
