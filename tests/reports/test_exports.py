"""R-AUT-3, R-RPT-8: exporting is a granted act with a purpose, watermarked and on record, refused at every door."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.domain.authority import grant
from accounts.enums import Act, OrganisationKind, Role
from accounts.models import Event
from casework.enums import JobState
from casework.models import Job
from eligibility.rules.table import table_on
from kit.refusals import NotAllowed, Refused
from reports.domain.exports import request_export
from reports.domain.figures import Asked
from reports.domain.periods import Period
from reports.models import Export
from reports.tasks import write_export
from tests.factories import administrator, confirmed, division, member, office, officer, operator, unit
from tests.factories.reports import Spec, make
from tests.reports.conftest import worked_out

pytestmark = pytest.mark.django_db
NEW, LIST = reverse("export_new"), reverse("exports")
FORM = {"form": "A", "year": 2025, "month": 3, "by": "category"}
CELL = FORM | {"row": "total", "column": "started", "span": "month"}
PURPOSE = "市审计局抽查三月培训台账"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def exporter(client):
    """A league officer who was granted the export of the league's data."""
    membership = member(office("150100"), full_name="娜仁花")
    confirmed(grant(Act.EXPORT_PERSONS, to=membership.user, division=division("150100"), by=administrator("150100")))
    client.force_login(membership.user)
    return membership


def exported(client, values, purpose=PURPOSE):
    """Asked for on the page, written by its job."""
    response = client.post(NEW, values | {"purpose": purpose})
    assert response.status_code == 302, response.content.decode()
    export = Export.objects.latest("pk")
    write_export(export.job_id)
    export.refresh_from_db()
    return export


def sheet_of(export):
    return CalamineWorkbook.from_path(default_storage.path(export.file.name)).get_sheet_by_index(0).to_python()


def acts():
    return list(Event.objects.filter(act__startswith="export.").order_by("pk").values_list("act", flat=True))


def test_the_form_comes_out_in_its_layout_with_the_figures_of_the_page(client, exporter):
    make(
        Spec(
            "150102", people=3, completed=date(2025, 3, 20), passed=2, paid=date(2025, 3, 28), amount=Decimal("1500.05")
        )
    )
    rows = sheet_of(exported(client, FORM))
    table = worked_out(division="150100", month=3)
    assert "全区职业技能培训综合情况表" in rows[0][0]
    assert "呼和浩特市" in rows[0][0]
    headers, body = rows[2], rows[3:]
    assert [line[0].strip() for line in body] == [row.label for row in table.rows]
    total = dict(zip(headers, body[0], strict=True))
    assert (total["本月·实际培训人次"], total["本月·培训合格人次"], total["本年累计·补贴人次"]) == (3, 2, 2)
    assert total["本月·合格率"] == "66.7%"
    assert Decimal(str(total["本月·补贴金额（元）"])) == Decimal("3000.10")


def test_the_list_of_people_has_as_many_rows_as_the_cell_and_masked_numbers(client, exporter):
    (one,) = make(Spec("150102", people=3))
    export = exported(client, CELL)
    headers, *body = sheet_of(export)[2:]
    assert export.rows == len(body) == 3
    lines = [dict(zip(headers, line, strict=True)) for line in body]
    assert {line["姓名"] for line in lines} == {e.person.name for e in one.enrolments}
    assert {line["证件号码"] for line in lines} == {e.person.masked_number for e in one.enrolments}
    assert {line["班次编号"] for line in lines} == {one.training_class.number}
    assert {line["人员类别"] for line in lines} == {table_on(date(2025, 3, 1)).category("laid_off_unemployed").name_zh}


def test_the_amounts_of_a_list_add_up_to_the_cell(client, exporter):
    make(
        Spec(
            "150102", people=3, completed=date(2025, 3, 12), passed=3, paid=date(2025, 3, 20), amount=Decimal("333.33")
        )
    )
    headers, *body = sheet_of(exported(client, CELL | {"column": "subsidised_amount"}))[2:]
    place = headers.index("补贴金额（元）")
    assert sum(Decimal(str(line[place])) for line in body) == Decimal("999.99")


def test_an_empty_cell_still_makes_a_file(client, exporter):
    export = exported(client, CELL)
    assert (export.rows, bool(export.file)) == (0, True)


def test_watermark_names_who_when_and_what_for(client, exporter):
    export = exported(client, FORM)
    mark = sheet_of(export)[1][0]
    assert mark == export.watermark
    for word in (
        exporter.organisation.name,
        "娜仁花",
        timezone.localtime(export.at).strftime("%Y-%m-%d %H:%M"),
        PURPOSE,
    ):
        assert word in mark


def test_request_and_every_download_are_on_record_with_digest(client, exporter):
    export = exported(client, FORM)
    url = reverse("export_file", args=[export.pk])
    files = [b"".join(client.get(url).streaming_content) for _ in range(2)]
    assert [hashlib.sha256(file).hexdigest() for file in files] == [export.digest] * 2
    assert acts() == ["export.requested", "export.taken", "export.taken"]
    requested, taken = Event.objects.filter(act__in=["export.requested", "export.taken"]).order_by("pk")[:2]
    assert (requested.reason, requested.user, requested.chain) == (PURPOSE, exporter.user, "150100")
    assert taken.data["digest"] == export.digest


def test_a_job_run_twice_writes_one_file(client, exporter):
    export = exported(client, FORM)
    before = (export.file.name, export.digest)
    Job.objects.filter(pk=export.job_id).update(state=JobState.STUCK)
    write_export(export.job_id)
    export.refresh_from_db()
    assert (export.file.name, export.digest) == before
    assert Job.objects.get(pk=export.job_id).state == JobState.DONE


@pytest.mark.parametrize("purpose", ["", "   ", "查"])
def test_without_a_purpose_nothing_is_exported(client, exporter, purpose):
    assert client.post(NEW, FORM | {"purpose": purpose}).status_code == 400
    assert not Export.objects.exists()


def test_the_database_itself_refuses_an_export_without_purpose(exporter):
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.create(
            form="A",
            year=2025,
            month=3,
            division=division("150100"),
            axis="category",
            purpose="",
            watermark="x",
            by=exporter,
            at=timezone.now(),
        )


def test_a_league_officer_without_the_grant_is_told_who_can_give_it(client):
    admin = administrator("150100")
    client.force_login(member(office("150100")).user)
    for response in (client.get(NEW, FORM), client.post(NEW, CELL | {"purpose": PURPOSE})):
        assert response.status_code == 403
        assert "没有呼和浩特市的人员数据导出权限" in response.content.decode()
        assert admin.user.full_name in response.content.decode()
    assert acts() == ["export.refused"]
    assert not Export.objects.exists()


def test_a_banner_officer_is_refused_and_sent_to_the_league(client):
    membership = officer("150102")
    with pytest.raises(Refused):
        grant(Act.EXPORT_PERSONS, to=membership.user, division=division("150102"), by=administrator("150100"))
    client.force_login(membership.user)
    for response in (client.get(NEW, FORM), client.post(NEW, FORM | {"purpose": PURPOSE})):
        assert response.status_code == 403
        assert "只能授予盟市层级" in response.content.decode()
        assert "呼和浩特市人社部门" in response.content.decode()
    assert not Job.objects.exists()


def test_the_school_is_refused_on_page_and_by_address(client, exporter):
    export = exported(client, FORM)
    client.force_login(operator(unit()).user)
    file = reverse("export_file", args=[export.pk])
    answers = [client.get(LIST), client.get(NEW, FORM), client.post(NEW, FORM | {"purpose": PURPOSE}), client.get(file)]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert Export.objects.count() == 1


def test_nobody_without_login_gets_a_file(client, exporter):
    export = exported(client, FORM)
    client.logout()
    for url in (LIST, NEW, reverse("export_file", args=[export.pk])):
        assert client.get(url).status_code == 302


def test_an_expired_grant_ends_new_exports_and_downloads_of_old_ones(client, exporter):
    export = exported(client, FORM)
    file = reverse("export_file", args=[export.pk])
    assert client.get(file).status_code == 200
    grant(
        Act.EXPORT_PERSONS,
        to=exporter.user,
        division=division("150100"),
        by=administrator("150100"),
        expires_on=timezone.localdate() - timedelta(days=1),
    )
    for response in (client.get(NEW, FORM), client.post(NEW, FORM | {"purpose": PURPOSE}), client.get(file)):
        assert response.status_code == 403
        assert "已经到期" in response.content.decode()
    assert acts() == ["export.requested", "export.taken", "export.refused", "export.refused"]


def test_the_domain_refuses_too(exporter):
    asked = Asked(division("150102"), Period(2025, 3))
    with pytest.raises(NotAllowed):
        request_export("A", asked, "category", by=officer("150102"), purpose=PURPOSE)
    assert request_export("A", asked, "category", by=exporter, purpose=PURPOSE).division_id == "150102"


def test_another_league_is_not_found_and_its_files_neither(client, exporter):
    export = exported(client, FORM)
    assert client.get(NEW, FORM | {"division": "150200"}).status_code == 404
    client.force_login(member(office("150200")).user)
    assert client.get(reverse("export_file", args=[export.pk])).status_code == 404


def test_a_colleague_with_the_same_right_does_not_get_ones_file(client, exporter):
    export = exported(client, FORM)
    colleague = member(office("150100"))
    confirmed(grant(Act.EXPORT_PERSONS, to=colleague.user, division=division("150100"), by=administrator("150100")))
    client.force_login(colleague.user)
    assert client.get(reverse("export_file", args=[export.pk])).status_code == 403


def test_whole_numbers_need_the_right_to_see_them(client, exporter):
    (one,) = make(Spec("150102", people=2))
    values = CELL | {"full_numbers": "on", "purpose": PURPOSE}
    refused = client.post(NEW, values)
    assert refused.status_code == 403
    assert "查看完整个人信息" in refused.content.decode()
    grant(Act.UNMASK_PERSONS, to=exporter.user, division=division("150100"), by=administrator("150100"))
    headers, *body = sheet_of(exported(client, values))[2:]
    place = headers.index("证件号码")
    assert {line[place] for line in body} == {e.person.number for e in one.enrolments}
    assert Event.objects.filter(act="person.unmasked", user=exporter.user).count() == 1
    assert not any(
        e.person.number in str(event.data) + event.reason for e in one.enrolments for event in Event.objects.all()
    )


def test_a_file_not_yet_written_is_not_there_yet(client, exporter):
    client.post(NEW, FORM | {"purpose": PURPOSE})
    response = client.get(reverse("export_file", args=[Export.objects.get().pk]))
    assert response.status_code == 409
    assert "还没有写好" in response.content.decode()


def test_the_super_administrator_sees_all_exports_of_the_league_and_officers_their_own(client, exporter):
    exported(client, FORM)
    exported(client, CELL)
    shown = []
    for membership in (
        administrator("150100"),
        member(office("150100"), Role.AUDITOR),
        member(office("150100")),
        administrator("150200"),
        exporter,
    ):
        client.force_login(membership.user)
        page = client.get(LIST)
        shown.append(page.context["page"].paginator.count)
    assert shown == [2, 2, 0, 0, 2]


def test_an_industry_department_exports_what_it_decided_only(client):
    make(Spec("150100", people=2, department="emergency"), Spec("150100", people=3))
    membership = member(office("150100", OrganisationKind.INDUSTRY, department="emergency"))
    confirmed(grant(Act.EXPORT_PERSONS, to=membership.user, division=division("150100"), by=administrator("150100")))
    client.force_login(membership.user)
    assert exported(client, CELL).rows == 2


def test_a_cell_that_is_not_there_cannot_be_exported(client, exporter):
    assert client.get(NEW, CELL | {"column": "pass_rate"}).status_code == 404
    assert client.post(NEW, CELL | {"row": "division:150202", "purpose": PURPOSE}).status_code == 404


def test_the_export_job_waits_in_its_own_queue(client, exporter):
    client.post(NEW, FORM | {"purpose": PURPOSE})
    job = Job.objects.get()
    assert (job.task, job.queue, job.by, job.file.name) == ("reports.tasks.write_export", "exports", exporter, "")


def test_the_bare_address_leads_to_the_reports_and_says_how(client, exporter):
    answer = client.get(NEW, follow=True)
    assert answer.redirect_chain[0][0] == reverse("reports")
    assert "请先打开要导出的报表" in answer.content.decode()
    assert client.get(NEW, {"form": "nonsense"}).status_code == 404
    assert client.post(NEW, {}).status_code == 404
