"""The roster in the browser: by hand, by file, masked, and nobody else's (R-OPN-1, R-SEC-1, R-SEC-4)."""

import io
import zipfile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from casework.enums import JobState, State
from casework.models import Job
from kit.refusals import NotValid, Refused
from tests import factories
from tests.factories import training as t
from tests.factories.guards import forced, verdicts_written
from tests.refusals import said_at
from tests.training.test_enumerator import numbers_a_day
from training.domain.roster import import_job
from training.domain.roster.enrolling import add_trainee
from training.domain.roster.staging import start_upload, take_good_rows
from training.models import Opening, RosterUpload
from training.tasks.roster import take_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return t.draft_class()


@pytest.fixture
def client(browser, draft):
    return browser(t.clerk(draft))


def cells(n=1, **changes):
    return {"name": "乌云其木格", "number": t.citizen_number(n), "phone": "13904710001"} | changes


# ── by hand
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trainee_is_added_by_hand_and_mended_like_in_excel(client, draft):
    answer = client.post(
        reverse("trainee_new", args=[draft.pk]), cells(name=" 乌云 其木格", phone="139-0471-0001", ethnicity="蒙古族")
    )
    assert answer.url == reverse("class_roster", args=[draft.pk])
    enrolment = draft.enrolments.select_related("person").get()
    assert (enrolment.person.name, enrolment.phone, enrolment.person.ethnicity) == ("乌云其木格", "13904710001", "02")


def test_wrong_cells_are_said_beside_their_fields_and_nothing_typed_is_lost(client, draft):
    page = client.post(reverse("trainee_new", args=[draft.pk]), cells(phone="12", number="15010219900101"))
    assert page.status_code == 400
    assert set(said_at(page)) == {"number", "phone"}
    assert "乌云其木格" in page.content.decode()
    assert draft.enrolments.count() == 0


def test_the_same_person_is_not_added_twice(client, draft):
    client.post(reverse("trainee_new", args=[draft.pk]), cells())
    page = client.post(reverse("trainee_new", args=[draft.pk]), cells(name="别名"))
    assert said_at(page)["number"] == "此人已在本班花名册中。"


def test_a_draft_row_is_changed_and_removed(client, draft):
    enrolment = add_trainee(draft, cells(), by=t.clerk(draft))
    edit = reverse("trainee_edit", args=[draft.pk, enrolment.pk])
    assert t.citizen_number(1) in client.get(edit).content.decode()
    client.post(edit, cells(name="乌兰", phone="13904710009"))
    enrolment = draft.enrolments.select_related("person").get()
    assert (enrolment.person.name, enrolment.phone) == ("乌兰", "13904710009")
    client.post(reverse("trainee_remove", args=[draft.pk, enrolment.pk]))
    assert draft.enrolments.count() == 0


def test_another_number_is_another_person_judged_anew(draft, client):
    enrolment = add_trainee(draft, cells(1), by=t.clerk(draft))
    verdicts_written(draft.enrolments.all(), "ineligible")
    client.post(reverse("trainee_edit", args=[draft.pk, enrolment.pk]), cells(2))
    changed = draft.enrolments.select_related("person").get()
    assert (changed.person.number, changed.verdict) == (t.citizen_number(2), "none")


def test_a_row_that_was_once_submitted_stays_on_record_when_removed(client, draft):
    enrolment = add_trainee(draft, cells(), by=t.clerk(draft))
    forced(Opening.objects.all(), state=State.RETURNED, round=1, number="150102-2026-000001-K")
    client.post(reverse("trainee_remove", args=[draft.pk, enrolment.pk]))
    kept = draft.enrolments.get()
    assert (kept.is_struck_out, kept.struck_out_by, kept.strike_reason) == (
        True,
        t.clerk(draft),
        "申请单位在补正时移出",
    )
    add_trainee(draft, cells(), by=t.clerk(draft))
    assert draft.enrolments.count() == 2


def test_a_roster_with_the_office_is_not_edited(client, draft):
    enrolment = add_trainee(draft, cells(), by=t.clerk(draft))
    forced(Opening.objects.all(), state=State.CHECKING)
    draft.opening.refresh_from_db()
    acts = [
        client.post(reverse("trainee_new", args=[draft.pk]), cells(2)),
        client.post(reverse("trainee_edit", args=[draft.pk, enrolment.pk]), cells(2)),
        client.post(reverse("trainee_remove", args=[draft.pk, enrolment.pk])),
        client.post(reverse("roster_upload", args=[draft.pk]), {"file": t.file(t.workbook([t.row(3)]))}),
    ]
    assert [answer.status_code for answer in acts] == [409] * 4
    assert draft.enrolments.get().person.number == t.citizen_number(1)


def test_the_domain_refuses_others_too(draft):
    for by in (factories.officer(), factories.operator(factories.unit())):
        with pytest.raises(Refused):
            add_trainee(draft, cells(), by=by)
    with pytest.raises(NotValid) as refused:
        add_trainee(draft, {"name": "乌云"}, by=t.clerk(draft))
    assert set(refused.value.by_field) == {"number", "phone"}


# ── by file
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def sent(client, draft, content, name="花名册.xlsx"):
    return client.post(reverse("roster_upload", args=[draft.pk]), {"file": t.file(content, name)})


def test_the_way_of_a_file_from_template_to_roster(client, draft):
    template = load_workbook(io.BytesIO(client.get(reverse("roster_template", args=[draft.pk])).content))
    template.worksheets[0].append(t.row(1))
    template.worksheets[0].append(t.row(2, phone="12"))
    target = io.BytesIO()
    template.save(target)
    answer = sent(client, draft, target.getvalue())
    upload = RosterUpload.objects.get()
    assert answer.url == reverse("roster_preview", args=[upload.pk])
    waiting = client.get(answer.url).content.decode()
    assert 'id="reading"' in waiting
    t.read(upload)
    page = client.get(answer.url)
    assert 'id="reading"' not in page.content.decode()
    assert "电话号码不对" in page.content.decode()
    assert client.post(reverse("roster_take", args=[upload.pk])).url == answer.url
    fixed = client.post(reverse("roster_fix", args=[upload.pk]), {"r4-phone": "13904710002", "r4-evil": "x"})
    assert fixed.url == answer.url
    assert client.post(reverse("roster_take", args=[upload.pk])).url == reverse("class_roster", args=[draft.pk])
    assert draft.enrolments.count() == 2


def test_many_rows_are_taken_by_a_job_whose_progress_the_page_shows(client, draft, monkeypatch):
    monkeypatch.setattr(import_job, "AT_ONCE", 1)
    upload = t.upload(draft, [t.row(1), t.row(2), t.row(3, phone="1")])
    address = reverse("roster_preview", args=[upload.pk])
    assert client.post(reverse("roster_take", args=[upload.pk])).url == address
    waiting = client.get(address).content.decode()
    assert 'id="reading"' in waiting
    assert "导入完成后自动显示结果" in waiting
    assert reverse("roster_take", args=[upload.pk]) not in waiting
    job = import_job.taking_of(upload)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, message="处理中断")
    assert reverse("job_again", args=[job.pk]) in client.get(address).content.decode()
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    take_roster(job.pk)
    done = client.get(address).content.decode()
    assert 'id="reading"' not in done
    assert "已导入 2 行，花名册现有 2 人。" in done


def test_a_refused_file_is_said_beside_the_field(client, draft):
    page = sent(client, draft, b"a,b,c", "名册.csv")
    assert page.status_code == 400
    assert "不是 Excel 工作簿" in page.text


def test_no_file_at_all_is_said(client, draft):
    assert client.post(reverse("roster_upload", args=[draft.pk])).context["form"].errors["file"]


def test_a_refusal_of_the_whole_file_is_shown_with_what_to_do(client, draft):
    upload = t.upload(draft, [["x"]], heads=["甲"])
    page = client.get(reverse("roster_preview", args=[upload.pk])).content.decode()
    assert "没有找到表头" in page
    assert reverse("roster_template", args=[draft.pk]) in page


def test_a_failed_job_can_be_started_again_from_its_page(client, draft):
    upload = start_upload(draft, t.file(t.workbook([t.row(1)])), by=t.clerk(draft))
    Job.objects.update(state=JobState.FAILED, message="处理中断")
    assert "处理中断" in client.get(reverse("roster_preview", args=[upload.pk])).content.decode()


def test_the_preview_masks_numbers_and_accounts(client, draft):
    third = t.citizen_number(3)
    upload = t.upload(
        draft,
        [
            t.row(1, bank_account=t.CARD),
            t.row(2, number=t.citizen_number(2)[:17]),
            t.row(3, number=third[:6] + third[8:17]),
        ],
    )
    page = client.get(reverse("roster_preview", args=[upload.pk])).content.decode()
    for plain in (t.citizen_number(1), t.citizen_number(2)[:17], third, third[:6] + third[8:17], "13904710001", t.CARD):
        assert plain not in page
    assert "150***********" in page


def test_the_grid_shows_only_the_wrong_cells_in_full(client, draft):
    wrong = t.citizen_number(2)[:17]
    upload = t.upload(draft, [t.row(2, number=wrong, bank_account=t.CARD)])
    page = client.get(reverse("roster_fix", args=[upload.pk])).content.decode()
    assert f'value="{wrong}"' in page
    assert t.CARD not in page
    assert "13904710001" not in page


def test_rows_that_are_mended_after_the_days_numbers_are_used_up_are_refused_with_a_sentence_and_stay(client, draft):
    upload = t.upload(draft, [t.row(2, phone="12")])
    numbers_a_day(1)
    answer = client.post(
        reverse("roster_fix", args=[upload.pk]), {"r2-number": t.citizen_number(7), "r2-phone": "13904710002"}
    )
    assert answer.status_code == 409
    assert "请明天再录入" in answer.content.decode()
    assert not upload.rows.get().is_good


def test_the_preview_shows_only_what_is_asked_for(client, draft):
    upload = t.upload(draft, [t.row(1), t.row(2, phone="12"), t.row(3, name="乌 云")])
    address = reverse("roster_preview", args=[upload.pk])

    def rows(show):
        return [row.row for row in client.get(address, {"show": show}).context["page"]]

    assert {show: rows(show) for show in ("", "bad", "mended", "warned")} == {
        "": [2, 3, 4],
        "bad": [3],
        "mended": [4],
        "warned": [],
    }


def test_the_bad_rows_are_downloaded(client, draft):
    upload = t.upload(draft, [t.row(1), t.row(2, phone="12")])
    answer = client.get(reverse("roster_bad", args=[upload.pk]))
    assert zipfile.is_zipfile(io.BytesIO(answer.content))
    assert f"roster-{draft.pk}-errors.xlsx" in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["roster_preview", "roster_take", "roster_bad", "roster_fix"])
def test_an_upload_is_nobody_elses(browser, draft, name):
    upload = t.upload(draft, [t.row(1)])
    address = reverse(name, args=[upload.pk])
    assert browser(factories.operator(t.on_file().organisation)).post(address).status_code == 404
    assert browser(factories.officer()).post(address).status_code == 403
    assert draft.enrolments.count() == 0


def test_a_trainee_of_another_class_is_not_found_through_mine(browser, draft):
    other = t.draft_class()
    theirs = add_trainee(other, cells(), by=t.clerk(other))
    client = browser(t.clerk(draft))
    for name in ("trainee_edit", "trainee_remove"):
        assert client.post(reverse(name, args=[draft.pk, theirs.pk]), cells(2)).status_code == 404


def test_the_uploaded_file_with_whole_numbers_is_opened_by_the_unit_alone(browser, draft):
    upload = t.upload(draft, [t.row(1)])
    address = reverse("file", args=[upload.attachment_id])
    assert browser(t.clerk(draft)).get(address).status_code == 200
    stranger = factories.operator(t.on_file().organisation)
    assert [
        browser(membership).get(address).status_code
        for membership in (factories.officer(), factories.administrator(), stranger)
    ] == [404] * 3
    assert (
        upload.attachment.name in browser(t.clerk(draft)).get(reverse("class_files", args=[draft.pk])).content.decode()
    )


# ── the list
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_roster_shows_names_in_full_and_numbers_masked(browser, draft):
    add_trainee(draft, cells(), by=t.clerk(draft))
    for membership in (t.clerk(draft), factories.officer()):
        page = browser(membership).get(reverse("class_roster", args=[draft.pk])).content.decode()
        assert "乌云其木格" in page
        assert t.citizen_number(1) not in page
        assert f"150***********{t.citizen_number(1)[-4:]}" in page


@pytest.mark.parametrize("people", [1, 3])
def test_roster_and_preview_take_the_same_queries_for_one_and_three(client, draft, django_assert_num_queries, people):
    rows = [t.row(n) for n in range(1, people + 1)]
    take_good_rows(t.upload(draft, rows), by=t.clerk(draft))
    upload = t.upload(draft, [t.row(n, phone="12") for n in range(11, 11 + people)])
    with django_assert_num_queries(ROSTER_QUERIES):
        assert len(client.get(reverse("class_roster", args=[draft.pk])).context["page"].object_list) == people
    with django_assert_num_queries(PREVIEW_QUERIES):
        assert len(client.get(reverse("roster_preview", args=[upload.pk])).context["page"].object_list) == people


ROSTER_QUERIES = 10
PREVIEW_QUERIES = 12
