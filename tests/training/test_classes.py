"""A class from draft to complete: who applies, what is missing, copies, the list, other people's classes (R-OPN-1 …
R-OPN-4, R-SEC-1).
"""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import grant
from accounts.enums import Act, Department, OrganisationKind
from accounts.models import Event
from casework.enums import State
from casework.models import WorkItem
from kit.refusals import NotNow, Refused
from tests import factories
from tests.factories import training as t
from tests.factories.guards import forced
from tests.refusals import said_at
from training.domain.classes.drafting import copy_class, create_class, update_class
from training.domain.classes.numbers import NEXT, next_number
from training.domain.decision.completeness import what_is_missing
from training.domain.decision.openings import number_of
from training.domain.roster.staging import take_good_rows
from training.enums import FundSource, Stage
from training.models import Opening, TrainingClass

pytestmark = pytest.mark.django_db


def school_in(code="150102"):
    return factories.operator(t.on_file(factories.unit(code)).organisation)


def works_in(code="150102"):
    return factories.operator(t.on_file(factories.unit(code, kind=OrganisationKind.ENTERPRISE)).organisation)


# ── creating
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_class_is_a_draft_with_its_opening(browser):
    clerk = school_in()
    answer = browser(clerk).post(reverse("class_new"), {"name": ""})
    training_class = TrainingClass.objects.get()
    assert answer.url == reverse("class", args=[training_class.pk])
    assert (training_class.institution, training_class.applicant, training_class.stage) == (
        clerk.organisation,
        clerk.organisation,
        Stage.DRAFT,
    )
    opening = Opening.objects.get()
    assert (opening.number, opening.state, opening.applicant) == ("", State.DRAFT, clerk.organisation)
    assert WorkItem.objects.get(kind="opening").object_id == opening.pk


def test_numbers_run_by_division_and_year():
    year = timezone.localdate().year
    assert number_of(t.draft_class().opening) == f"150102-{year}-000001-K"
    assert number_of(t.draft_class().opening) == f"150102-{year}-000002-K"
    assert number_of(t.draft_class(school_in("150202")).opening) == f"150202-{year}-000001-K"
    assert next_number(factories.division(), "Z") == f"Z150102-{year}-000001"


def test_what_is_missing_is_said_in_full_and_nothing_when_complete():
    clerk = school_in()
    missing = what_is_missing(create_class(by=clerk))
    for name in ("培训项目", "人员类别", "资金来源", "开始日期", "结束日期", "培训场地", "授课教师"):
        assert f"还没有填写“{name}”。" in missing
    assert {"还没有排课。", "花名册现有 0 人，至少 1 人。"} <= set(missing)
    training_class = t.draft_class(clerk, project=t.project(hours=4))
    t.lesson(training_class)
    take_good_rows(t.upload(training_class, [t.row(1)]), by=clerk)
    assert what_is_missing(training_class) == []


def test_a_unit_that_is_not_approved_cannot_complete_its_class():
    training_class = t.draft_class()
    unit = training_class.applicant.unit
    unit.approved_at = None
    unit.save()
    assert "本单位的基本信息还没有审核通过，不能申请开班。" in what_is_missing(training_class)


def test_employees_need_an_employer_and_the_project_must_serve_the_category():
    training_class = t.draft_class(category="emp_upskill", project=t.project("laid_off_unemployed"))
    missing = what_is_missing(training_class)
    assert "企业职工培训须填写用工企业。" in missing
    assert any("不面向这一人员类别" in sentence for sentence in missing)


def test_a_room_that_is_too_small_is_said():
    training_class = t.draft_class()
    training_class.venue.capacity = 1
    training_class.venue.save()
    take_good_rows(t.upload(training_class, [t.row(1), t.row(2)]), by=t.clerk(training_class))
    assert "场地“一号教室”最多容纳 1 人，花名册有 2 人。" in what_is_missing(training_class)


# ── who applies (R-OPN-3, R-OPN-4)
# ──────────────────────────────────────────────────────────────────────────────────────


def test_a_school_applies_for_an_employer_of_its_own_league():
    school, works = school_in("150102"), works_in("150103")
    training_class = create_class(by=school, employer=works.organisation)
    assert (training_class.applicant, training_class.division_id) == (school.organisation, "150102")


def test_in_another_league_the_employer_applies_where_it_is():
    school, works = school_in("150202"), works_in("150102")
    with pytest.raises(Refused, match="由企业向其所在地"):
        create_class(by=school, employer=works.organisation)
    training_class = create_class(by=works, institution=school.organisation)
    assert (training_class.applicant, training_class.employer, training_class.division_id) == (
        works.organisation,
        works.organisation,
        "150102",
    )
    assert TrainingClass.objects.count() == 1


def test_a_city_beside_the_leagues_is_a_place_of_its_own():
    with pytest.raises(Refused, match="不在同一盟市"):
        create_class(by=school_in("150781"), employer=works_in("150702").organisation)


def test_the_class_goes_to_the_body_that_holds_the_category():
    office, school = factories.officer().organisation, school_in()
    emergency = factories.office(kind=OrganisationKind.INDUSTRY, department=Department.EMERGENCY)
    grant(
        Act.FIRST_REVIEW_OPENING,
        to=emergency,
        division=factories.division(),
        category="emp_high_risk",
        by=factories.administrator(),
    )
    works = works_in().organisation
    assert create_class(by=school, category="laid_off_unemployed").body == office
    training_class = create_class(by=school, category="emp_high_risk", employer=works)
    assert training_class.body == emergency
    assert update_class(training_class, by=school, category="emp_upskill").body == office


def test_the_employer_is_named_by_its_code_on_the_page(browser):
    client, works = browser(school_in()), works_in().organisation
    assert client.post(reverse("class_new"), {"employer_uscc": works.uscc.lower()}).status_code == 302
    assert TrainingClass.objects.get().employer == works
    unknown = client.post(reverse("class_new"), {"employer_uscc": factories.uscc_from("150102", 987_654)})
    assert "没有找到这家企业" in unknown.context["form"].errors["employer_uscc"][0]
    school = factories.unit()
    assert client.post(reverse("class_new"), {"employer_uscc": school.uscc}).status_code == 400


def test_an_enterprise_chooses_among_the_institutions_in_the_catalogue(browser):
    works, school, unlisted = works_in(), school_in().organisation, factories.unit()
    client = browser(works)
    chosen = client.get(reverse("class_new")).context["form"].fields["institution"].queryset
    assert set(chosen) == {school, works.organisation}
    assert client.post(reverse("class_new"), {"institution": unlisted.pk}).status_code == 400
    assert client.post(reverse("class_new"), {"institution": school.pk}).status_code == 302


def test_rooms_and_teachers_of_others_are_refused():
    stranger = t.on_file()
    for fields in ({"venue": stranger.venues.get()}, {"teachers": [stranger.teachers.get()]}):
        with pytest.raises(Refused, match="不属于本班"):
            create_class(by=school_in(), **fields)


def test_only_projects_in_the_catalogue_on_the_first_day_can_be_chosen(browser):
    first = t.next_monday()
    ended, running = t.project(until=first), t.project()
    page = browser(school_in()).post(reverse("class_new"), {"first_day": first.isoformat(), "project": ended.pk})
    assert "project" in page.context["form"].errors
    assert list(page.context["form"].fields["project"].queryset) == [running]


@pytest.mark.parametrize(
    "fields", [{"first_day": "2030-02-30"}, {"planned_people": "-3"}, {"category": "火星人"}, {"fee": "很多"}]
)
def test_what_is_not_well_formed_is_not_saved_even_in_a_draft(browser, fields):
    page = browser(school_in()).post(reverse("class_new"), fields)
    assert (page.status_code, TrainingClass.objects.count()) == (400, 0)


def test_days_in_the_wrong_order_are_refused(browser):
    page = browser(school_in()).post(reverse("class_new"), {"first_day": "2030-03-02", "last_day": "2030-03-01"})
    assert said_at(page)["last_day"] == "结束日期不能早于开始日期。"


# ── changing and copying
# ────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_records_what_changed_from_what_to_what(browser):
    training_class = t.draft_class()
    update_class(training_class, by=t.clerk(training_class), name="新名", fund_source=training_class.fund_source)
    assert Event.objects.get(act="class.edited").data["changed"] == {"name": ["育婴员一班", "新名"]}
    assert TrainingClass.objects.get().name == "新名"


@pytest.mark.parametrize("state", [State.CHECKING, State.IN_REVIEW, State.APPROVED, State.REFUSED])
def test_a_class_that_is_not_with_its_applicant_is_not_edited(browser, state):
    training_class = t.draft_class()
    fields = {"state": state}
    if state == State.IN_REVIEW:
        fields |= {"desk": factories.office(), "need": "first_review_opening"}
    if state in (State.APPROVED, State.REFUSED):
        fields |= {"decided_at": training_class.created_at}
    forced(Opening.objects.all(), **fields)
    with pytest.raises(NotNow):
        update_class(training_class, by=t.clerk(training_class), name="改了")
    client = browser(t.clerk(training_class))
    assert client.post(reverse("class_edit", args=[training_class.pk]), {"name": "改了"}).status_code == 409
    assert client.post(reverse("class_timetable", args=[training_class.pk]), {"weekdays": [0]}).status_code == 409
    assert TrainingClass.objects.get().name == "育婴员一班"


def test_a_returned_class_is_edited_again():
    training_class = t.draft_class()
    forced(Opening.objects.all(), state=State.RETURNED)
    assert update_class(training_class, by=t.clerk(training_class), name="补正后").name == "补正后"


def test_a_copy_has_the_project_of_today_and_neither_days_nor_people(browser):
    training_class = t.draft_class()
    take_good_rows(t.upload(training_class, [t.row(1)]), by=t.clerk(training_class))
    old = training_class.project
    today = training_class.created_at.date()
    type(old).objects.filter(pk=old.pk).update(until=today)
    new = t.project(code=old.code, since=today, hours=80)
    browser(t.clerk(training_class)).post(reverse("class_copy", args=[training_class.pk]))
    copied = TrainingClass.objects.latest("pk")
    assert (copied.project, copied.category, copied.fund_source, copied.name) == (
        new,
        old.categories[0],
        FundSource.EMPLOYMENT,
        "育婴员一班",
    )
    assert (copied.first_day, copied.enrolments.count(), copied.lessons.count(), copied.teachers.count()) == (
        None,
        0,
        0,
        1,
    )
    assert Opening.objects.get(training_class=copied).state == State.DRAFT


def test_a_copy_leaves_out_a_room_no_longer_used():
    training_class = t.draft_class()
    training_class.venue.is_active = False
    training_class.venue.save()
    source = TrainingClass.objects.select_related("venue", "project").get()
    assert copy_class(source, by=t.clerk(training_class)).venue is None


# ── whose it is
# ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = (
    "class",
    "class_edit",
    "class_roster",
    "class_timetable",
    "class_files",
    "class_history",
    "roster_template",
    "trainee_new",
)


@pytest.mark.parametrize("name", PAGES)
def test_another_schools_class_does_not_exist(browser, name):
    training_class = t.draft_class()
    address = reverse(name, args=[training_class.pk])
    assert browser(school_in()).get(address).status_code == 404
    assert browser(factories.officer("150202")).get(address).status_code == (
        404 if name not in ("class_edit", "trainee_new") else 403
    )
    assert browser(t.clerk(training_class)).get(address).status_code == 200


def test_nobody_is_sent_to_the_login(client):
    training_class = t.draft_class()
    assert client.get(reverse("class", args=[training_class.pk])).url.startswith(reverse("account_login"))


def test_an_officer_reads_a_class_of_the_place_and_changes_nothing(browser):
    training_class, client = t.draft_class(), browser(factories.officer())
    readable = [
        client.get(reverse(name, args=[training_class.pk])).status_code
        for name in ("class", "class_roster", "class_timetable", "class_files")
    ]
    assert readable == [200] * 4
    for name in ("class_edit", "trainee_new", "lesson_new"):
        assert client.post(reverse(name, args=[training_class.pk]), {"name": "x"}).status_code == 403
    assert client.post(reverse("class_timetable", args=[training_class.pk]), {"weekdays": [0]}).status_code == 403


def test_the_commissioned_school_sees_the_employers_class_and_does_not_change_it(browser):
    school, works = school_in(), works_in()
    training_class = create_class(by=works, institution=school.organisation)
    client = browser(school)
    assert client.get(reverse("class", args=[training_class.pk])).status_code == 200
    assert client.post(reverse("class_edit", args=[training_class.pk]), {"name": "x"}).status_code == 403


# ── the list
# ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("classes", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(browser, django_assert_num_queries, classes):
    clerk = school_in()
    for _n in range(classes):
        t.draft_class(clerk)
    client = browser(clerk)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(reverse("classes")).context["page"].rows) == classes


def test_the_list_is_paged_by_twenty_five_both_ways(browser):
    clerk = school_in()
    names = [create_class(by=clerk, name=f"第{n}班").name for n in range(30)][::-1]
    client = browser(clerk)
    first = client.get(reverse("classes")).context["page"]
    second = client.get(reverse("classes"), {"after": first.after}).context["page"]
    back = client.get(reverse("classes"), {"before": second.before}).context["page"]
    assert [row.name for row in first.rows] == names[:25]
    assert [row.name for row in second.rows] == names[25:]
    assert [row.name for row in back.rows] == names[:25]


def test_classes_are_found_by_stage_category_first_day_and_name(browser):
    clerk = school_in()
    first = t.next_monday()
    a = t.draft_class(clerk, name="电工一班", first_day=first)
    b = t.draft_class(clerk, name="育婴班", category="disabled", first_day=first + timedelta(days=14))
    number_of(b.opening)
    TrainingClass.objects.filter(pk=b.pk).update(stage=Stage.APPROVED)
    b.refresh_from_db()
    client = browser(factories.officer())

    def found(**query):
        return [row.pk for row in client.get(reverse("classes"), query).context["page"].rows]

    assert found(q="电工") == [a.pk]
    assert found(q=b.number) == [b.pk]
    assert found(stage="approved") == [b.pk]
    assert found(category="disabled") == [b.pk]
    assert found(first_to=first.isoformat()) == [a.pk]
    assert found(first_from=(first + timedelta(days=1)).isoformat()) == [b.pk]


def test_two_clerks_who_create_at_once_get_two_numbers():
    """The second clerk's connection waits for the first one's uncommitted number instead of taking the same."""
    next_number(factories.division())
    other = connection.copy()
    try:
        with other.cursor() as theirs:
            theirs.execute("SET lock_timeout = '200ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                theirs.execute(NEXT, {"prefix": f"150102-{timezone.localdate().year}", "count": 1})
    finally:
        other.close()


LIST_QUERIES = 5
