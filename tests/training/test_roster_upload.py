"""Roster upload: every dirt of real files, what is refused as a whole, what is staged, taken, mended (R-SEC-4)."""

import io
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import OrganisationKind
from accounts.models import Event
from casework.enums import JobState, State
from casework.models import Attachment, Job, Parameter
from eligibility.models import Person
from kit.refusals import NotNow, Refused
from kit.sheets import FileRefused
from tests import factories
from tests.factories import training as t
from tests.factories.guards import forced
from training.domain.roster.staging import common_problems, fix_rows, start_upload, take_good_rows
from training.enums import Stage
from training.fields import BY_KEY, SEQUENCE, explain, fields_for, suggestion, warn
from training.imports.roster import REASONS, bad_rows_file, template_file
from training.models import Enrolment, Opening, RosterRow, TrainingClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return t.draft_class()


def staged(upload, row=2):
    return upload.rows.get(row=row)


def problem(upload, key, row=2):
    """The sentence beside a cell, as the page shows it."""
    found = staged(upload, row)
    return explain(BY_KEY[key], found.cells[key], found.errors[key])


def mended(draft, **cells):
    """One row uploaded; the staged row."""
    return staged(t.upload(draft, [t.row(1, **cells)]))


# ── what people send
# ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "sent", "kept"),
    [
        ("name", " 乌 云 其木格 ", "乌云其木格"),
        ("name", "巴特尔．苏和", "巴特尔·苏和"),
        ("name", "Ｂａｔｕ", "Batu"),
        ("number", "15010219850101123x".replace("123x", t.citizen_number(1)[14:]), t.citizen_number(1)),
        ("number", " " + "　".join([t.citizen_number(1)[:6], t.citizen_number(1)[6:]]), t.citizen_number(1)),
        ("number", "'" + t.citizen_number(1), t.citizen_number(1)),
        ("phone", 13904710001, "13904710001"),
        ("phone", 13904710001.0, "13904710001"),
        ("phone", "139 0471 0001", "13904710001"),
        ("phone", "+86-13904710001", "13904710001"),
        ("ethnicity", "蒙古", "蒙古族"),
        ("household", "农业户口", "农村牧区"),
        ("bank_account", "6228 4800 2000 0000 016", t.CARD),
    ],
)
def test_what_is_certain_is_mended(draft, key, sent, kept):
    found = mended(draft, **{key: sent})
    assert (found.cells[key], found.errors, found.is_good) == (kept, {}, True)


def test_a_lower_case_x_is_made_upper_case_and_said(draft):
    n = next(n for n in range(1, 200) if t.citizen_number(n).endswith("X"))
    found = mended(draft, number=t.citizen_number(n).lower())
    assert found.cells["number"] == t.citizen_number(n)
    assert ["number", "末位已改为大写字母 X"] in found.notes


def test_a_changed_name_is_said(draft):
    assert ["name", "已去掉姓名中的空格或全角字符"] in mended(draft, name="乌云 其木格").notes


def test_a_number_that_excel_rounded_is_refused_and_says_how_to_mend_it(draft):
    upload = t.upload(draft, [t.row(1, number=float(t.citizen_number(1)[:17] + "1"))])
    assert staged(upload).cells["number"] == "1.5010219850101E+17" or "E+17" in staged(upload).cells["number"]
    assert "文本" in problem(upload, "number")
    assert (upload.good, upload.bad) == (0, 1)


def test_a_fifteen_digit_number_is_refused_and_the_new_one_is_offered(draft):
    new = t.citizen_number(1)
    old = new[:6] + new[8:17]
    upload = t.upload(draft, [t.row(1, number=old)])
    assert suggestion(BY_KEY["number"], staged(upload).cells["number"]) == new
    assert "15 位" in problem(upload, "number")


@pytest.mark.parametrize(
    ("key", "sent", "says"),
    [
        ("number", t.citizen_number(1)[:17] + ("1" if t.citizen_number(1)[17] != "1" else "2"), "校验码"),
        ("number", "150102199013011234", "不"),
        ("number", "", "没有填写公民身份号码"),
        ("name", "", "没有填写姓名"),
        ("name", "乌云123", "数字"),
        ("phone", "1390471", "电话号码不对"),
        ("phone", None, "没有填写手机号码"),
        ("bank_account", "6228480020000000011", "校验位"),
        ("household", "外星", "不在可选值中"),
    ],
)
def test_what_is_not_certain_is_refused_with_a_sentence(draft, key, sent, says):
    assert says in problem(t.upload(draft, [t.row(1, **{key: sent})]), key)


def test_a_merged_heading_over_two_rows_and_titles_above_are_read(draft):
    def dress(book):
        sheet = book.active
        sheet.insert_rows(1, amount=2)
        sheet["A1"] = "二〇二六年第一期学员花名册"
        sheet.merge_cells("A1:H1")
        sheet["A2"] = "填报单位：示范学校"

    upload = t.upload(draft, [t.row(1)], dress=dress)
    assert (upload.good, upload.refusal, upload.rows.get().row) == (1, "", 4)


def test_hidden_sheets_are_not_read_and_hidden_rows_are_pointed_out(draft):
    def dress(book):
        other = book.create_sheet("旧名册", 0)
        other.append(t.HEADS)
        other.append(t.row(77))
        other.sheet_state = "hidden"
        book["名册"].row_dimensions[3].hidden = True

    upload = t.upload(draft, [t.row(1), t.row(2)], dress=dress)
    assert upload.rows.count() == 2
    assert [warn(w) for w in staged(upload, 3).warnings] == ["这一行在表格中是隐藏的，请确认是否属于本班。"]


def test_empty_trailing_rows_and_running_numbers_without_people_are_ignored(draft):
    upload = t.upload(draft, [t.row(1), [2, *[None] * 7], [3, *["  "] * 7], [None] * 8])
    assert (upload.good, upload.bad) == (1, 0)


def test_a_formula_with_a_result_counts_and_one_without_is_refused(draft):
    upload = t.upload(draft, [t.row(1, name='=CONCATENATE("乌","云")')])
    assert "公式" in problem(upload, "name")


def test_an_error_cell_is_refused_by_its_own_sentence(draft):
    def dress(book):
        cell = book.active["B2"]
        cell.value, cell.data_type = "#REF!", "e"

    assert "#REF!" in problem(t.upload(draft, [t.row(1)], dress=dress), "name")


def test_columns_in_another_order_under_other_names_are_found(draft):
    upload = t.upload(
        draft, [["13904710001", t.citizen_number(1), "乌云"]], heads=["联系电话", "身份证号码", "学员姓名"]
    )
    assert (upload.good, staged(upload).cells["name"]) == (1, "乌云")


# ── beside other rows and classes
# ───────────────────────────────────────────────────────────────────────────────────────


def test_the_same_person_twice_in_the_file_is_named_with_the_first_row(draft):
    upload = t.upload(draft, [t.row(1), t.row(2), t.row(1)])
    assert (upload.good, upload.bad) == (2, 1)
    assert problem(upload, "number", 4) == "与第 2 行的公民身份号码相同，同一人只能填一次。"


def test_of_two_rows_that_differ_about_one_person_neither_is_good_until_one_is_left_out(draft):
    upload = t.upload(draft, [t.row(1), t.row(2), t.row(1, phone="13904719999")])
    assert (upload.good, upload.bad) == (1, 2)
    assert problem(upload, "number", 2) == "与第 4 行的公民身份号码相同，同一人只能填一次。"
    assert problem(upload, "number", 4) == "与第 2 行的公民身份号码相同，同一人只能填一次。"
    assert fix_rows(upload, {}, by=t.clerk(draft), drop=[2]) == 0
    assert take_good_rows(upload, by=t.clerk(draft)) == 2


def test_somebody_already_in_the_class_is_not_taken_twice(draft):
    take_good_rows(t.upload(draft, [t.row(1)]), by=t.clerk(draft))
    upload = t.upload(draft, [t.row(1), t.row(2)])
    assert problem(upload, "number") == "此人已在本班花名册中。"
    assert take_good_rows(upload, by=t.clerk(draft)) == 1
    assert draft.enrolments.count() == 2


def running(training_class, stage=Stage.IN_TRAINING):
    TrainingClass.objects.filter(pk=training_class.pk).update(
        stage=stage, number=f"150102-2026-{training_class.pk:06d}"
    )


def test_somebody_in_another_running_class_is_pointed_out_with_its_last_day_and_not_which_it_is(draft):
    other = t.draft_class()
    take_good_rows(t.upload(other, [t.row(1)]), by=t.clerk(other))
    running(other)
    found = staged(t.upload(draft, [t.row(1)]))
    assert found.is_good
    assert warn(found.warnings[0]) == f"这段时间已参加其他班次的培训，至 {other.last_day}；时间不能重叠。"


def test_a_third_training_in_the_year_is_pointed_out_and_drafts_do_not_count(draft):
    year = draft.first_day.year
    for first in (date(year, 1, 5), date(year, 3, 2)):
        other = t.draft_class(first_day=first, last_day=first)
        take_good_rows(t.upload(other, [t.row(1)]), by=t.clerk(other))
        running(other, Stage.COMPLETED)
    only_planned = t.draft_class()
    take_good_rows(t.upload(only_planned, [t.row(1)]), by=t.clerk(only_planned))
    assert [warn(w) for w in staged(t.upload(draft, [t.row(1)])).warnings] == [
        "本年度已参加 2 次补贴性培训，每人每年最多 3 次。"
    ]


def test_another_name_on_record_is_not_told_to_who_does_not_know_it(draft):
    other = t.draft_class()
    take_good_rows(t.upload(other, [t.row(1, name="原来的名字")]), by=t.clerk(other))
    running(other)
    found = staged(t.upload(draft, [t.row(1, name="乌云")]))
    assert (found.is_good, found.warnings) == (True, [])


# ── the file as a whole
# ─────────────────────────────────────────────────────────────────────────────────────────────────


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "spreadsheetml.sheet.main+xml")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200 * 1024 * 1024)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"name,number\n", "名册.csv", "不是 Excel 工作簿"),
        (b"%PDF-1.4 %%EOF", "名册.xlsx", "不是 Excel 工作簿"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "名册.xlsx", "密码"),
        (OLE, "名册.xls", "旧版"),
        (b"", "名册.xlsx", "空的"),
        (b"PK\x03\x04 broken", "名册.xlsx", "损坏"),
    ],
)
def test_what_is_no_roster_is_refused_at_once_and_nothing_is_kept(draft, content, name, says):
    with pytest.raises(FileRefused, match=says):
        start_upload(draft, t.file(content, name), by=t.clerk(draft))
    assert (Attachment.objects.count(), draft.uploads.count(), Job.objects.count()) == (0, 0, 0)


def test_a_zip_bomb_is_refused(draft):
    with pytest.raises(FileRefused, match="大得不正常"):
        start_upload(draft, t.file(bomb()), by=t.clerk(draft))


def test_thirty_megabytes_are_refused_with_the_limit(draft):
    with pytest.raises(FileRefused, match="20 MB"):
        start_upload(draft, t.file(b"PK\x03\x04" + b"0" * 30 * 1024 * 1024), by=t.clerk(draft))


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (["姓名", "手机号码"], "公民身份号码"),
        (["甲", "乙", "丙"], "没有找到表头"),
    ],
)
def test_a_workbook_without_our_columns_says_which_are_missing(draft, heads, says):
    upload = t.upload(draft, [["x"] * len(heads)], heads=heads)
    assert says in upload.refusal
    assert upload.job.state == JobState.DONE


def test_a_workbook_without_people_says_so(draft):
    assert "没有学员" in t.upload(draft, []).refusal


def test_the_template_itself_is_read_back_and_is_empty(draft):
    upload = t.read(start_upload(draft, t.file(template_file(draft)), by=t.clerk(draft)))
    assert "没有学员" in upload.refusal


def test_an_old_template_is_refused_by_name(draft):
    book = load_workbook(io.BytesIO(template_file(draft)))
    book["_fanbu"]["B1"] = "roster-0"
    target = io.BytesIO()
    book.save(target)
    assert "旧版模板" in t.read(start_upload(draft, t.file(target.getvalue()), by=t.clerk(draft))).refusal


# ── staged, taken, mended
# ───────────────────────────────────────────────────────────────────────────────────────────────


def test_staged_cells_are_encrypted_and_problems_hold_no_personal_number(draft):
    new = t.citizen_number(1)
    t.upload(draft, [t.row(1), t.row(2, number=new[:6] + new[8:17])])
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells::text || notes::text || warnings::text || errors::text FROM training_rosterrow")
        stored = "".join(line for (line,) in cursor.fetchall())
    for plain in (new, new[:6] + new[8:17], "13904710001"):
        assert plain not in stored
        assert plain.encode().hex() not in stored


def test_good_rows_are_taken_with_everything_and_the_bad_ones_stay(draft):
    upload = t.upload(
        draft,
        [
            t.row(1, name="乌云", bank_name="农业银行", bank_account=t.CARD, household="农村牧区"),
            t.row(2, phone="1"),
            t.row(3, name="巴特尔"),
        ],
    )
    assert take_good_rows(upload, by=t.clerk(draft)) == 2
    first, second = draft.enrolments.select_related("person").order_by("sequence")
    assert (first.person.name, first.person.number, first.person.ethnicity) == ("乌云", t.citizen_number(1), "02")
    assert (first.phone, first.bank_name, first.bank_account, first.household) == (
        "13904710001",
        "农业银行",
        t.CARD,
        "rural",
    )
    assert (second.sequence, second.person.name) == (2, "巴特尔")
    assert list(upload.rows.values_list("row", "is_good")) == [(3, False)]
    assert Event.objects.filter(act="roster.taken", data__people=2).count() == 1


def test_taking_twice_takes_nobody_twice(draft):
    upload = t.upload(draft, [t.row(1), t.row(2)])
    assert [take_good_rows(upload, by=t.clerk(draft)) for _time in (1, 2)] == [2, 0]
    assert draft.enrolments.count() == 2


def test_a_job_taken_up_again_stages_nothing_twice(draft):
    upload = t.upload(draft, [t.row(1), t.row(2)])
    Job.objects.filter(pk=upload.job_id).update(state=JobState.QUEUED)
    assert t.read(upload).rows.count() == 2


def test_more_people_than_a_class_may_have_are_not_taken_at_all(draft):
    with factories.world_as_it_was():
        Parameter.objects.filter(code="class_most_people").update(value=2)
    with pytest.raises(Refused, match="每班最多 2 人"):
        take_good_rows(t.upload(draft, [t.row(n) for n in (1, 2, 3)]), by=t.clerk(draft))
    assert draft.enrolments.count() == 0


def test_bad_rows_come_back_as_a_template_with_reasons_and_can_be_uploaded_again(draft):
    upload = t.upload(draft, [t.row(1), t.row(2, phone="12"), t.row(3, name="")])
    content = bad_rows_file(upload)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    heads = [cell.value for cell in sheet[2]]
    assert heads == [SEQUENCE, *(f.header for f in fields_for(draft.category)), REASONS]
    reasons = [row[-1].value for row in sheet.iter_rows(min_row=3)]
    assert reasons[0].startswith("原第 3 行。手机号码：电话号码不对")
    assert reasons[1] == "原第 4 行。姓名：没有填写姓名。"
    again = t.read(start_upload(draft, t.file(content), by=t.clerk(draft)))
    assert (again.good, again.bad, again.refusal) == (0, 2, "")


def test_bad_rows_are_mended_on_screen_and_judged_again(draft):
    upload = t.upload(draft, [t.row(1, phone="12"), t.row(2, number=t.citizen_number(3)), t.row(3)])
    assert upload.bad == 2
    assert fix_rows(upload, {2: {"phone": "13904710002"}, 4: {"number": t.citizen_number(4)}}, by=t.clerk(draft)) == 0
    upload.refresh_from_db()
    assert (upload.good, upload.bad) == (3, 0)
    assert take_good_rows(upload, by=t.clerk(draft)) == 3


def test_a_bad_row_can_be_left_out(draft):
    upload = t.upload(draft, [t.row(1), t.row(2, phone="12")])
    assert fix_rows(upload, {}, drop=[3], by=t.clerk(draft)) == 0
    assert list(upload.rows.values_list("row", flat=True)) == [2]


def test_mending_keeps_what_was_said_before(draft):
    upload = t.upload(draft, [t.row(1, name="乌 云", phone="12")])
    fix_rows(upload, {2: {"phone": "13904710002"}}, by=t.clerk(draft))
    assert ["name", "已去掉姓名中的空格或全角字符"] in staged(upload).notes


def test_one_mistake_of_many_rows_is_said_once(draft):
    upload = t.upload(draft, [t.row(n, phone="12") for n in range(1, 6)] + [t.row(9, name="")])
    assert common_problems(upload) == [("phone", "phone", 5), ("name", "required", 1)]


def test_a_name_this_unit_mistyped_is_put_right_while_nobody_else_relies_on_it(draft):
    take_good_rows(t.upload(draft, [t.row(1, name="乌云")]), by=t.clerk(draft))
    draft.enrolments.all().delete()
    take_good_rows(t.upload(draft, [t.row(1, name="乌兰")]), by=t.clerk(draft))
    assert Person.objects.get().name == "乌兰"


def test_a_name_another_class_relies_on_stays(draft):
    other = t.draft_class()
    take_good_rows(t.upload(other, [t.row(1, name="乌云")]), by=t.clerk(other))
    take_good_rows(t.upload(draft, [t.row(1, name="乌兰")]), by=t.clerk(draft))
    assert Person.objects.get().name == "乌云"


def submitted(training_class):
    forced(Opening.objects.filter(training_class=training_class), state=State.CHECKING)


def test_a_class_with_the_office_takes_no_upload_and_no_rows(draft):
    upload = t.upload(draft, [t.row(1, phone="12"), t.row(2)])
    submitted(draft)
    for attempt in (
        lambda: start_upload(draft, t.file(t.workbook([t.row(1)])), by=t.clerk(draft)),
        lambda: take_good_rows(upload, by=t.clerk(draft)),
        lambda: fix_rows(upload, {2: {"phone": "13904710002"}}, by=t.clerk(draft)),
    ):
        with pytest.raises(NotNow, match="比对中"):
            attempt()
    assert draft.enrolments.count() == 0


def test_an_officer_and_another_unit_cannot_upload(draft):
    stranger = factories.operator(t.on_file().organisation)
    for by in (factories.officer(), stranger):
        with pytest.raises(Refused):
            start_upload(draft, t.file(t.workbook([t.row(1)])), by=by)


def test_employees_have_no_bank_columns_and_school_leavers_have_marks():
    keys = {
        code: [field.key for field in fields_for(code)]
        for code in ("emp_upskill", "school_leaver", "laid_off_unemployed")
    }
    assert "bank_account" not in keys["emp_upskill"]
    assert keys["school_leaver"][-1] == "marks"
    assert keys["laid_off_unemployed"] == [
        "name",
        "number",
        "ethnicity",
        "household",
        "phone",
        "bank_name",
        "bank_account",
    ]


def test_marks_of_school_leavers_are_taken():
    draft = t.draft_class(category="school_leaver")
    upload = t.upload(draft, [[*t.row(1), "农村学员，城市低保家庭学员"]], heads=[*t.HEADS, "标记"])
    take_good_rows(upload, by=t.clerk(draft))
    assert draft.enrolments.get().marks == ["rural_student", "urban_low_income"]


def test_ten_thousand_rows_are_staged_and_taken_with_few_queries(draft, django_assert_max_num_queries):
    with factories.world_as_it_was():
        Parameter.objects.filter(code__in=["class_most_people", "numbers_a_day"]).update(value=20_000)
    rows = [t.row(n) for n in range(1, 10_001)]
    found = start_upload(draft, t.file(t.workbook(rows)), by=t.clerk(draft))
    with django_assert_max_num_queries(40):
        upload = t.read(found)
    assert (upload.good, upload.bad, upload.job.done) == (10_000, 0, 10_000)
    with django_assert_max_num_queries(40):
        assert take_good_rows(upload, by=t.clerk(draft)) == 10_000
    assert (draft.enrolments.count(), RosterRow.objects.count()) == (10_000, 0)


def test_an_enterprise_uploads_the_roster_of_its_own_workers():
    works = t.on_file(factories.unit(kind=OrganisationKind.ENTERPRISE))
    draft = t.draft_class(factories.operator(works.organisation), category="emp_upskill")
    upload = t.upload(draft, [t.row(1)[:6]], heads=t.HEADS[:6])
    assert take_good_rows(upload, by=t.clerk(draft)) == 1
    assert Enrolment.objects.get().bank_account is None


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_thirty_rows_of_nothing_but_errors_are_one_line_of_advice(draft, error, client):
    """Formulas that were dragged down: before, one row with the same sentence in each of seven columns, and stars in
    it.
    """
    found = t.upload(draft, [t.row(1), *([error] * len(t.HEADS) for _ in range(30))])
    bad = found.rows.get(is_good=False)
    assert (found.good, found.bad) == (1, 1)
    assert bad.errors == {"number": ["no_row", f"{error}，第 3—32 行都是，请删除这些行"]}
    assert common_problems(found) == [("number", "no_row", 1)]
    client.force_login(t.clerk(draft).user)
    for name in ("roster_preview", "roster_fix"):
        page = client.get(reverse(name, args=[found.pk])).text
        assert page.count("请删除这些行") == 1, name
        assert f"{error[:3]}*" not in page
