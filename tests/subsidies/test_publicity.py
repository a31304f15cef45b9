"""公示: how long, what of whom, one a round, and objections that are heard before money is approved (R-SUB-4)."""

import re
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.domain.form_tokens import FIELD
from accounts.models import Event
from casework.domain.arrangements import enter, lines_of_text
from casework.enums import State
from casework.models import Notice, Parameter, WorkdayOverride, WorkItem
from kit.refusals import NotAllowed, NotNow, Overtaken
from subsidies.domain.claims import refuse_line
from subsidies.domain.objections import answer_objection, file_objection
from subsidies.domain.publicity import snapshot_digest
from subsidies.models import Objection, Publicity, Subsidy
from subsidies.tasks import end_publicity
from tests import factories
from tests.accounts.test_forms import token
from tests.factories import eligibility as people
from tests.factories import subsidies as money
from tests.factories.guards import forced
from training.enums import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    money.standard()
    money.budget()
    return money.completed_class(persons=[people.person(name) for name in ("乌云其木格", "欧阳春华", "巴特尔·苏和")])


def visitor() -> Client:
    return Client()


# ── working days
# ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        (date(2026, 3, 16), date(2026, 3, 23), "from a Monday, over a weekend"),
        (date(2026, 3, 20), date(2026, 3, 27), "from a Friday"),
        (date(2026, 3, 21), date(2026, 3, 27), "from a Saturday"),
        (date(2026, 2, 12), date(2026, 2, 26), "over the Spring Festival and the make-up Saturday before it"),
        (date(2026, 9, 28), date(2026, 10, 10), "over the National Day, the make-up Saturday counts"),
    ],
)
def test_publicity_lasts_five_full_working_days(begins, ends, why):
    money.standard()
    with money.at(begins):
        case = money.completed_class(first_day=begins - timedelta(days=30)).published()
    publicity = case.subsidy.publicity
    assert (publicity.begins, publicity.ends, publicity.working_days) == (begins, ends, 5), why


def test_the_number_of_days_is_the_place_s_own_and_a_special_day_off_counts(case):
    Parameter.objects.create(
        code="publicity_workdays", division_id="150102", value=7, since=date(2026, 1, 1), source="示例"
    )
    WorkdayOverride.objects.create(day=date(2026, 3, 18), is_workday=False, source="示例：那达慕")
    case.published()
    assert (case.subsidy.publicity.working_days, case.subsidy.publicity.ends) == (7, date(2026, 3, 26))


def test_the_last_day_counts_to_midnight_in_inner_mongolia(case):
    case.published()
    assert case.subsidy.publicity.ends == date(2026, 3, 23)
    with money.at(date(2026, 3, 23), time(23, 59)):
        assert end_publicity() == 0
        with pytest.raises(NotNow, match="公示至2026-03-23，期满后才能审批"):
            case.take("publicity_over", None)
    with money.at(date(2026, 3, 24), time(0, 1)):  # still the 23rd in UTC
        assert end_publicity() == 1
    assert case.subsidy.state == State.CONCLUDING


def test_the_beat_moves_each_claim_once_and_leaves_the_others(case):
    late = money.completed_class()
    case.published()
    with money.at(date(2026, 3, 18)):
        late.published()
    with case.over():
        assert end_publicity() == 1
        assert end_publicity() == 0
    assert (case.subsidy.state, late.subsidy.state) == (State.CONCLUDING, State.PUBLICITY)
    item = WorkItem.objects.get(kind="subsidy", object_id=case.subsidy.pk)
    assert (item.standing, item.desk, item.due_on) == ("todo", case.second.organisation, date(2026, 3, 27))


def test_nobody_hurries_a_publicity(case):
    case.published()
    with pytest.raises(NotAllowed, match="由系统办理"):
        case.take("publicity_over", case.second)
    with pytest.raises(NotNow, match="现在的状态是“公示中”"):
        case.take("conclude", case.second)
    with pytest.raises(IntegrityError, match="was published so"), transaction.atomic():
        Publicity.objects.update(ends=date(2026, 3, 16))


# ── into a year whose arrangement is still to come
# ──────────────────────────────────────────────────────────────────────


def provisional_case():
    """Published on Monday 28 December 2026: five working days end on Tuesday 5 January, if no day is moved."""
    money.standard()
    money.budget()
    with money.at(date(2026, 12, 28)):
        return money.completed_class(first_day=date(2026, 11, 30)).published()


def test_a_publicity_from_28_december_ends_on_5_january_and_says_that_this_is_provisional():
    case = provisional_case()
    publicity = case.subsidy.publicity
    assert (publicity.ends, publicity.waits_for, case.subsidy.due_on) == (date(2027, 1, 5), 2027, date(2027, 1, 6))
    said = "2027-01-05（暂定：2027年放假安排公布前）"
    with money.at(date(2026, 12, 29)):
        for page in (reverse("publicity", args=[publicity.pk]), reverse("publicities"), reverse("public_home")):
            assert said in visitor().get(page).content.decode(), page
        officer = Client()
        officer.force_login(case.second.user)
        assert "暂定" in officer.get(reverse("case", args=["subsidy", case.subsidy.pk])).content.decode()
        shown = visitor().get("/api/v1/publicities/").json()["results"][0]
    assert (shown["ends"], shown["ends_is_provisional"]) == ("2027-01-05", True)


def test_no_publicity_is_over_on_a_provisional_day_neither_by_the_beat_nor_by_a_person_nor_in_the_database():
    case = provisional_case()
    with money.at(date(2027, 1, 12)):
        assert end_publicity() == 0
        with pytest.raises(NotNow, match="2027-01-05是暂定的：2027年放假安排录入后重新计算，此前公示不能期满"):
            case.take("publicity_over", None)
        with pytest.raises(NotNow):
            case.take("conclude", case.second)
        with pytest.raises(IntegrityError, match="ends on a provisional day"), transaction.atomic():
            forced(Subsidy.objects.all(), state=State.CONCLUDING)
        page = Client()
        page.force_login(case.second.user)
        conditions = page.get(f"/api/v1/subsidies/{case.subsidy.pk}/conditions/").json()
        assert [
            one["holds"]
            for one in conditions
            if one["sentence"] == "公示期 2026-12-28 至 2027-01-05（暂定，录入2027年放假安排后重新计算）"
        ] == [False]
    assert case.subsidy.state == State.PUBLICITY


def test_entering_the_arrangement_works_the_last_day_out_again_and_then_it_is_over():
    case = provisional_case()
    with money.at(date(2027, 1, 6)):
        enter(
            2027,
            lines_of_text("2027-01-04 放假\n2027-01-09 上班"),
            document="国办发明电〔2026〕9号",
            by=factories.administrator("150000"),
        )
        publicity = case.subsidy.publicity
        assert (publicity.ends, publicity.waits_for, case.subsidy.due_on) == (date(2027, 1, 6), None, date(2027, 1, 7))
        assert "暂定" not in visitor().get(reverse("publicity", args=[publicity.pk])).content.decode()
        assert end_publicity() == 0
    with money.at(date(2027, 1, 7)):
        assert end_publicity() == 1
    event = Event.objects.get(act="publicity.recounted")
    assert (event.subject_id, event.data["changed"]) == (
        case.subsidy.pk,
        {"ends": ["2027-01-05（暂定：2027年放假安排公布前）", "2027-01-06"]},
    )


def test_the_longer_festival_of_an_arrangement_makes_a_running_publicity_longer_and_never_shorter():
    keeper = factories.administrator("150000")
    money.standard()
    with money.at(date(2026, 12, 1)):
        enter(2027, lines_of_text("2027-02-09至2027-02-11 放假\n2027-02-20 上班"), document="一", by=keeper)
    with money.at(date(2027, 2, 3)):
        case = money.completed_class(first_day=date(2027, 1, 4)).published()
        assert (case.subsidy.publicity.ends, case.subsidy.publicity.waits_for) == (date(2027, 2, 17), None)
        enter(2027, lines_of_text("2027-02-09至2027-02-12 放假\n2027-02-20 上班"), document="二", by=keeper)
        assert case.subsidy.publicity.ends == date(2027, 2, 18)
        enter(2027, lines_of_text("2027-02-09至2027-02-11 放假\n2027-02-20 上班"), document="三", by=keeper)
        assert case.subsidy.publicity.ends == date(2027, 2, 18)
        with pytest.raises(IntegrityError, match="was published so"), transaction.atomic():
            Publicity.objects.update(ends=date(2027, 2, 17))


# ── what is shown
# ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_public_sees_masked_people_amounts_and_payee_and_nothing_more(case):
    case.in_review()
    refuse_line(case.line(2), reason="欧阳春华正在服刑", by=case.first)
    case.agreed()
    publicity = case.subsidy.publicity
    assert [row["name"] for row in publicity.snapshot["rows"]] == ["乌*", "巴*"]
    for page in (reverse("publicity", args=[publicity.pk]), reverse("publicities")):
        html = visitor().get(page).content.decode()
        assert case.clerk.organisation.name in html
        for line in case.lines:
            person = line.enrolment.person
            assert person.name not in html
            assert person.number not in html
            assert person.number[6:14] not in html
        assert "服刑" not in html
    html = visitor().get(reverse("publicity", args=[publicity.pk])).content.decode()
    assert case.line(1).enrolment.person.masked_number in html
    assert "2,400.00" in html


def test_the_digest_seals_what_was_shown(case):
    case.published()
    publicity = case.subsidy.publicity
    assert publicity.digest == snapshot_digest(publicity.snapshot)
    altered = publicity.snapshot | {"amount": "0.01"}
    assert snapshot_digest(altered) != publicity.digest
    with pytest.raises(IntegrityError, match="was published so"), transaction.atomic():
        Publicity.objects.filter(pk=publicity.pk).update(snapshot=altered)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        publicity.delete()


def test_a_publicity_is_found_by_unit_and_by_number_and_dirt_is_harmless(case):
    case.published()
    number = case.subsidy.number
    for asked, found in (
        (case.clerk.organisation.name, True),
        (number, True),
        ("没有这个单位", False),
        ("%00\x00", False),
    ):
        html = visitor().get(reverse("publicities"), {"q": asked}).content.decode()
        assert (reverse("publicity", args=[case.subsidy.publicity.pk]) in html) is found, asked


# ── objections
# ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def concluding(case):
    """The publicity is over; the clock stays there for the caller."""
    return case.ended()


def test_an_objection_from_the_street_blocks_the_money_until_it_is_answered(case):
    case.published()
    publicity = case.subsidy.publicity
    street = visitor()
    answer = street.post(
        reverse("publicity", args=[publicity.pk]), {"sequence": 2, "text": "此人没有参加培训", "contact": "13800138000"}
    )
    objection = Objection.objects.get()
    assert f"编号 {objection.pk}" in street.get(answer.url).content.decode()
    assert (objection.line, objection.contact) == (case.line(2), "13800138000")
    assert Notice.objects.filter(organisation=case.second.organisation, text__contains="收到异议").exists()
    with case.over():
        concluding(case)
        with pytest.raises(NotNow, match="还有1件异议没有处理完"):
            case.take("conclude", case.second)
        answer_objection(objection, outcome="dismissed", answer="经查考勤属实", by=case.second)
        case.take("conclude", case.second)
    assert case.subsidy.state == State.APPROVED
    assert Event.objects.get(act="objection.answered").data["outcome"] == "dismissed"
    assert "13800138000" not in str(list(Event.objects.values_list("data", flat=True)))


def test_an_upheld_objection_blocks_until_the_person_is_taken_out(case):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="此人没有参加培训", sequence=2)
    with case.over():
        concluding(case)
        answer_objection(objection, outcome="upheld", answer="经查未到课。", by=case.second)
        with pytest.raises(NotNow) as refused:
            case.take("conclude", case.second)
        assert refused.value.sentences == ["对2号 欧阳春华的异议成立：经查未到课。请剔除此人，或退回申请单位更正。"]
        refuse_line(case.line(2), reason="异议成立：未到课", by=case.second)
        case.take("conclude", case.second)
    assert str(case.subsidy.amount) == "2400.00"


def test_an_upheld_objection_to_the_whole_claim_leaves_only_the_return(case):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="整班没有开课")
    with case.over():
        concluding(case)
        answer_objection(objection, outcome="upheld", answer="经查情况属实", by=case.second)
        refuse_line(case.line(2), reason="异议", by=case.second)
        with pytest.raises(NotNow, match="异议成立：经查情况属实。请退回申请单位更正"):
            case.take("conclude", case.second)
        case.take("return", case.second, "异议成立，请更正")
    assert (case.subsidy.state, case.stage) == (State.RETURNED, Stage.COMPLETED)


def test_a_claim_that_comes_back_is_published_anew_and_the_earlier_publicity_stays_readable(case):
    case.published()
    earlier = case.subsidy.publicity
    objection = file_objection(earlier, text="金额有误")
    answer_objection(objection, outcome="upheld", answer="第3人应剔除", by=case.second)
    case.take("return", case.second, "异议成立，请更正")
    with money.at(date(2026, 3, 18)):
        case.take("submit", case.clerk)
        money.run_jobs(case.subsidy)
        refuse_line(case.line(3), reason="异议成立", by=case.first)
        case.agreed()
    later = case.subsidy.publicity
    earlier.refresh_from_db()
    assert (earlier.round, later.round, later.begins, later.ends) == (1, 2, date(2026, 3, 18), date(2026, 3, 25))
    assert earlier.ended_at is not None
    assert (len(earlier.snapshot["rows"]), len(later.snapshot["rows"])) == (3, 2)
    assert "本次公示已经结束" in visitor().get(reverse("publicity", args=[earlier.pk])).content.decode()
    with case.over():
        case.ended()
        case.take("conclude", case.second)  # what was upheld before the return blocks no more
    assert case.subsidy.state == State.APPROVED


def test_an_open_objection_of_the_earlier_publicity_is_neither_lost_nor_left_for_ever(case):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="金额有误", sequence=1)
    case.take("return", case.second, "材料不全")
    with money.at(date(2026, 3, 18)):
        case.take("submit", case.clerk)
        money.run_jobs(case.subsidy)
        case.agreed()
    with case.over():
        case.ended()
        with pytest.raises(NotNow, match="还有1件异议没有处理完"):
            case.take("conclude", case.second)
        answer_objection(objection, outcome="upheld", answer="确有错误", by=case.second)
        with pytest.raises(NotNow, match="对1号 乌云其木格的异议成立"):
            case.take("conclude", case.second)
        refuse_line(case.line(1), reason="异议成立", by=case.second)
        case.take("conclude", case.second)


def test_objections_are_taken_until_the_approval_and_not_after(case):
    case.published()
    publicity = case.subsidy.publicity
    with case.over():
        concluding(case)
        late = file_objection(publicity, text="刚刚看到")
        answer_objection(late, outcome="dismissed", answer="不属实", by=case.second)
        case.take("conclude", case.second)
        answer = visitor().post(reverse("publicity", args=[publicity.pk]), {"text": "太晚了"})
        assert answer.status_code == 409
        assert "公示已经结束" in answer.content.decode()
    assert Objection.objects.count() == 1


def test_an_objection_names_somebody_who_is_on_the_list(case):
    case.in_review()
    refuse_line(case.line(2), reason="不符合", by=case.first)
    case.agreed()
    for sequence in (2, 4):
        with pytest.raises(NotNow, match="公示名单中没有这个序号"):
            file_objection(case.subsidy.publicity, text="异议", sequence=sequence)


def test_only_officers_of_the_deciding_office_answer_and_only_once(case):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="异议")
    inspector = factories.member(case.second.organisation, "inspector")
    for other in (case.clerk, case.finance, factories.officer("150103"), factories.officer("150100"), inspector):
        with pytest.raises(NotAllowed, match="只有审批此件的部门可以处理异议"):
            answer_objection(objection, outcome="dismissed", answer="不属实", by=other)
    for outcome, answer in (("", "不属实"), ("other", "不属实"), ("dismissed", "  ")):
        with pytest.raises(NotNow, match="请选择处理结果并写明答复"):
            answer_objection(objection, outcome=outcome, answer=answer, by=case.second)
    answer_objection(objection, outcome="dismissed", answer="不属实", by=case.second)
    with pytest.raises(Overtaken, match="已由"):
        answer_objection(objection, outcome="upheld", answer="属实", by=case.first)


def test_an_empty_objection_is_shown_again_with_the_field(case):
    case.published()
    answer = visitor().post(reverse("publicity", args=[case.subsidy.publicity.pk]), {"text": "", "sequence": "x"})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"text", "sequence"}
    assert not Objection.objects.exists()


def test_a_machine_that_objects_all_day_is_slowed_down(case, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "objections"}
    }
    case.published()
    page = reverse("publicity", args=[case.subsidy.publicity.pk])
    assert [visitor().post(page, {"text": "异议"}).status_code for _ in range(11)] == [302] * 10 + [429]
    assert visitor().post(page, {"text": "异议"}, REMOTE_ADDR="10.1.1.1").status_code == 302


def test_a_double_click_on_the_public_form_makes_one_objection(case):
    case.published()
    page, street = reverse("publicity", args=[case.subsidy.publicity.pk]), visitor()
    form = {FIELD: token(street, page), "text": "此人没有参加培训", "sequence": "2"}
    first, second = (street.post(page, form) for _click in range(2))
    assert (first.status_code, second.status_code, first.url == second.url) == (302, 302, True)
    assert Objection.objects.count() == 1
    shown = street.get(second.url).content.decode()
    assert ("没有重复办理" in shown, f"编号 {Objection.objects.get().pk}" in shown) == (True, True)
    assert [street.get(first.url).status_code for _reload in range(2)] == [200, 200]
    assert Objection.objects.count() == Notice.objects.filter(text__contains="收到异议").count() == 1
    street.post(page, {**form, FIELD: token(street, page), "text": "还有一件事"})
    assert Objection.objects.count() == 2


def test_what_was_refused_of_an_objection_may_be_handed_in_again(case):
    case.published()
    page, street = reverse("publicity", args=[case.subsidy.publicity.pk]), visitor()
    drawn = token(street, page)
    assert street.post(page, {FIELD: drawn, "text": "", "contact": "13800138000"}).status_code == 400
    assert street.post(page, {FIELD: drawn, "text": "没有上课", "contact": "13800138000"}).status_code == 302
    assert Objection.objects.count() == 1


def test_nobody_counts_the_objections_by_trying_numbers(case):
    case.published()
    publicity = case.subsidy.publicity
    objection = file_objection(publicity, text="没有上课")
    for guess in (str(objection.pk), "x", "AQ:1w:x"):
        assert visitor().get(reverse("objection_filed", args=[publicity.pk, guess])).status_code == 404


def test_a_program_that_repeats_its_objection_makes_one(case):
    case.published()
    door, key = f"/api/v1/publicities/{case.subsidy.publicity.pk}/objections/", {"Idempotency-Key": "o-1"}
    first, second = (
        visitor().post(door, {"text": "没有上课"}, content_type="application/json", headers=key) for _time in range(2)
    )
    assert (first.status_code, second.status_code, first.json() == second.json()) == (201, 201, True)
    assert (
        visitor()
        .post(door, {"text": "没有上课"}, content_type="application/json", headers=key, REMOTE_ADDR="10.1.1.1")
        .status_code
        == 201
    )
    assert Objection.objects.count() == 2


def test_the_unit_sees_the_answer_but_neither_who_objected_nor_what_was_written(case, browser):
    case.published()
    objection = file_objection(case.subsidy.publicity, text="同村的张三说没有上课", contact="13800138000")
    answer_objection(objection, outcome="dismissed", answer="经查考勤属实", by=case.second)
    page = reverse("case", args=["subsidy", case.subsidy.pk])
    seen = {
        membership: browser(membership).get(page).content.decode()
        for membership in (case.clerk, case.second, case.finance)
    }
    assert "经查考勤属实" in seen[case.clerk]
    assert "同村的张三" not in seen[case.clerk]
    assert "13800138000" not in seen[case.clerk] + seen[case.finance]
    assert "同村的张三" in seen[case.second]
    assert "13800138000" in seen[case.second]


def test_the_objection_form_says_the_same_whosever_number_is_written(case):
    """A visitor learns of no number whether the house knows it (R-SEC-1)."""
    case.published()
    answers = []
    for number in (people.person("苏日娜").number, people.number()):
        made = visitor().post(reverse("publicity", args=[case.subsidy.publicity.pk]), {"text": f"{number}没有参加培训"})
        page = visitor().get(made.headers["Location"]).text.partition("<main")[2].partition("</main>")[0]
        answers.append((made.status_code, re.sub(r'value="[^"]{20,}"|nonce="[^"]*"|[^"=]*filed[^"]*|\d+', "_", page)))
    assert answers[0] == answers[1]
    assert (answers[0][0], "苏日娜" in answers[0][1]) == (302, False)
