"""How an occupation is assessed 评价方式 is closed and followed, never rewritten; each class is judged as of its first day
(R-CAT-2, R-ELG-3).
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from casework.domain.moves import take
from eligibility.enums import Verdict
from kit.refusals import Refused
from tests import factories
from tests.factories import eligibility as people
from tests.refusals import said_at
from tests.training import walk as walks
from tests.training.test_catalogue import sent
from tests.training.test_completion import certificate, enter, submit
from training.domain.classes.catalogue import keep, status_on
from training.domain.classes.filing import variant_of
from training.domain.decision.completions import open_completion
from training.domain.roster.attendance import record_sheet
from training.domain.verification.facts import subjects_of
from training.models import Assessment, Occupation

pytestmark = pytest.mark.django_db
HEADS = ["职业编码", "评价方式", "生效日期", "失效日期", "依据文件", "示例"]


@pytest.fixture
def region():
    return factories.administrator("150000")


@pytest.fixture
def taught(registries):
    """A class of workers in an occupation open for recognition, agreed to and held; its days are over."""
    walk = walks.upskill_class(status="level_recognition", level=5)
    walk.extra["door"] = registries
    works = walk.extra["works"].uscc
    registries.load([people.enterprise(works), *(people.employee(person, works) for person in walk.people)])
    walk.to_officer()
    take(walk.opening, "approve", by=walk.officer)
    walks.in_training(walk)
    return walk


def of(walk):
    return walk.training_class.project.occupation


def typed(occupation, since, status="none", **more):
    return {"occupation": occupation.pk, "status": status, "since": since.isoformat(), "source": "示例文件"} | more


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


def test_an_occupation_closed_from_today_leaves_the_class_that_was_taught_as_it_was_judged(taught, browser, region):
    """Seen: 目录 → 职业 → 无国家职业标准 → 保存, and everybody of a class that had been held was no longer eligible."""
    occupation, client = of(taught), browser(region)
    page = client.get(reverse("catalogue_edit", args=["occupations", occupation.pk]))
    assert "status" not in page.context["form"].fields
    assert "职业评价方式" in page.text
    assert client.post(reverse("catalogue_new", args=["assessments"]), typed(occupation, day(0))).status_code == 302
    assert [status_on(occupation.pk, when) for when in (day(-1), day(0))] == ["level_recognition", "none"]
    assert variant_of(taught.reload()) == ""
    for lesson in taught.reload().lessons.all():
        record_sheet(lesson, {e.pk: "present" for e in taught.enrolments}, by=taught.applicant)
    completion = open_completion(taught.reload(), by=taught.applicant)
    enter(taught, completion)
    for place in range(len(taught.people)):
        certificate(taught, place)
    submit(taught, completion)
    assert {enrolment.verdict for enrolment in taught.enrolments} == {Verdict.ELIGIBLE}
    assert {case.facts.occupation_status for case in subjects_of(taught.reload())} == {"level_recognition"}


def test_a_row_classes_rest_on_is_neither_rewritten_nor_closed_before_their_first_day(taught, browser, region):
    occupation, first = of(taught), taught.reload().first_day
    row, client = occupation.assessments.get(), browser(region)
    client.post(reverse("catalogue_edit", args=["assessments", row.pk]), typed(occupation, row.since))
    assert occupation.assessments.get().status == "level_recognition"
    for since in (first - timedelta(days=1), first):
        answer = client.post(reverse("catalogue_new", args=["assessments"]), typed(occupation, since))
        assert answer.status_code == 409
        assert f"已有班次按这一条于{first}开班" in answer.text
        lines = (
            sent(client, "assessments", [[occupation.pk, "无国家职业标准", since, None, "示例", "否"]], HEADS)
            .context["preview"]
            .lines
        )
        assert f"已有班次按这一条于{first}开班" in "".join(lines[0].errors)
    row.status = "none"
    with pytest.raises(Refused, match="不能修改：评价方式"):
        keep(row, by=region)
    for change in ({"status": "none"}, {"since": first}, {"until": first}):
        with pytest.raises(IntegrityError, match=r"closed and followed|was in force"), transaction.atomic():
            Assessment.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="closed and followed"), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="one_a_day"), transaction.atomic():
        Assessment.objects.create(occupation=occupation, status="none", since=first, source="示例")


def test_a_class_planned_for_after_the_change_is_judged_by_the_new_row(registries, browser, region):
    walk = walks.upskill_class(status="level_recognition", level=4)
    first = walk.training_class.first_day
    keep(Assessment(occupation=of(walk), status="national_standard", since=first, source="示例"), by=region)
    assert variant_of(walk.reload()) == "filing"
    walk.training_class.first_day = first - timedelta(days=1)
    assert variant_of(walk.training_class) == ""


def test_occupations_show_how_they_are_assessed_and_since_when_with_who_changed_it(browser, region, api):
    occupation = Occupation.objects.first()
    keep(Assessment(occupation=occupation, status="none", since=day(3), source="示例"), by=region)
    page = browser(factories.officer()).get(reverse("catalogue_row", args=["occupations", occupation.pk])).text
    assert "无国家职业标准" in page
    assert "目录新增" in page
    rows = [
        api(factories.officer()).get("/api/v1/occupations/", {"day": when.isoformat()}).json()["results"][0]
        for when in (day(0), day(3))
    ]
    assert [row["status_label"] for row in rows] == ["可开展职业技能等级认定", "无国家职业标准"]


def test_only_the_region_says_how_occupations_are_assessed(browser):
    occupation, league = Occupation.objects.first(), factories.administrator("150100")
    answer = browser(league).post(reverse("catalogue_new", args=["assessments"]), typed(occupation, day(1)))
    assert "由自治区维护" in answer.text
    assert occupation.assessments.count() == 1


def test_an_old_sheet_with_the_way_of_assessment_is_not_taken_in_silence(browser, region):
    rows = [["9-99-99-99", "新职业", "无国家职业标准", "2022"]]
    page = sent(browser(region), "occupations", rows, ["职业编码", "职业（工种）", "评价方式", "大典版本"])
    assert "请从“职业评价方式”目录导入" in said_at(page)["file"]


def test_a_new_occupation_is_asked_at_once_how_it_is_assessed(browser, region):
    answer = browser(region).post(
        reverse("catalogue_new", args=["occupations"]), {"code": "9-99-99-99", "name": "新职业", "edition": "2022"}
    )
    assert answer.url == reverse("catalogue_new", args=["assessments"]) + "?occupation=9-99-99-99"
    assert browser(region).get(answer.url).context["form"]["occupation"].value() == "9-99-99-99"


def test_the_name_certificates_are_compared_with_stays_while_a_class_will_be_compared(taught, region):
    occupation = of(taught)
    occupation.name = "另一职业"
    with pytest.raises(Refused, match="1个班次正在开班或结业审批"):
        keep(occupation, by=region)
    with pytest.raises(IntegrityError, match="keeps its name"), transaction.atomic():
        Occupation.objects.filter(pk=occupation.pk).update(name="另一职业")
    other = Occupation.objects.exclude(pk=occupation.pk).first()
    other.name = "更正的名称"
    assert keep(other, by=region).name == "更正的名称"
    assert Event.objects.get(act="catalogue.changed").data["changed"]["name"][1] == "更正的名称"
