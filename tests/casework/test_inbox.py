"""待办 / 在办 / 已办: whose, in which order, how many queries; agreeing to many (docs/performance.md, P4; R-OPN-5)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act, OrganisationKind, Role
from casework.domain.keyset import read_cursor
from casework.domain.moves import take
from casework.enums import State
from casework.models import Step, WorkItem
from tests.factories import member, office, officer, operator, unit
from tests.factories.casework import draft, submitted

pytestmark = pytest.mark.django_db
TODO = reverse("inbox", args=["todo"])


def cleaned(registration, people: int = 30, exceptions: int = 0) -> WorkItem:
    WorkItem.objects.filter(kind="registration", object_id=registration.pk).update(people=people, exceptions=exceptions)
    return WorkItem.objects.get(kind="registration", object_id=registration.pk)


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_same_five_queries_for_one_case_and_for_three(browser):
    client = browser(officer())
    submitted()
    client.get(TODO)
    assert queries(client, TODO) == 5
    for _more in range(2):
        submitted()
    assert queries(client, TODO) == 5


def test_waiting_and_done_take_no_more_queries(browser):
    membership = officer()
    for _case in range(3):
        registration, _applicant = submitted()
        take(registration, "approve", by=membership, expected_version=1)
    client = browser(membership)
    assert queries(client, reverse("inbox", args=["done"])) <= 8
    assert queries(client, reverse("inbox", args=["waiting"])) <= 8


def test_work_stands_by_deadline_the_most_urgent_first(browser):
    cases = [submitted(name=name)[0] for name in ("甲校", "乙校", "丙校")]
    for registration, days in zip(cases, (3, -2, 0), strict=True):
        WorkItem.objects.filter(object_id=registration.pk).update(due_on=timezone.localdate() + timedelta(days=days))
    shown = browser(officer()).get(TODO).content.decode()
    assert shown.index("乙校") < shown.index("丙校") < shown.index("甲校")
    assert "已超期 2 天" in shown
    assert "今天到期" in shown
    assert "还剩 3 天" in shown


def test_only_what_the_grants_allow_is_to_do(browser):
    submitted(name="甲校")
    assert "甲校" in browser(officer()).get(TODO).content.decode()


def test_an_officer_without_the_grant_has_nothing_to_do(browser):
    submitted(name="甲校")
    assert "甲校" not in browser(officer(acts=(Act.FIRST_REVIEW_OPENING,))).get(TODO).content.decode()


def test_another_banner_sees_nothing(browser):
    submitted(name="甲校")
    assert "甲校" not in browser(officer("150103")).get(TODO).content.decode()


def test_units_see_their_own_applications_only(browser):
    _one, membership = submitted(name="甲校")
    submitted(name="乙校")
    shown = browser(membership).get(TODO).content.decode()
    assert "乙校" not in shown
    assert shown.count("甲校") >= 1


def test_thirty_cases_are_read_on_two_pages_and_back(browser):
    membership = operator(unit(name="一校"))
    registration, _seat = submitted(membership)
    item = WorkItem.objects.get(object_id=registration.pk)
    today, fields = (
        timezone.localdate(),
        {f.attname: getattr(item, f.attname) for f in WorkItem._meta.fields if f.name != "id"},
    )
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                **fields
                | {
                    "object_id": 10_000 + n,
                    "number": f"ZZ{n:02d}",
                    "due_on": today + timedelta(days=20 + n // 3),
                }
            )
            for n in range(29)
        ]
    )
    client = browser(officer())
    first = client.get(TODO).context["page"]
    assert len(first.rows) == 25
    assert first.before == ""
    second = client.get(TODO, {"after": first.after}).context["page"]
    assert [row.number for row in second.rows] == [f"ZZ{n}" for n in range(24, 29)]
    assert second.after == ""
    again = client.get(TODO, {"before": second.before}).context["page"]
    assert [row.pk for row in again.rows] == [row.pk for row in first.rows]
    assert client.get(TODO, {"after": "no~cursor"}).context["page"].rows[0].pk == first.rows[0].pk


def test_a_broken_cursor_is_no_cursor():
    assert [read_cursor(text) for text in ("", "x", "2026-01-01~", "~5", "2026-13-01~5")] == [None] * 5


@pytest.mark.parametrize("words", ["丰州", "州丰", "ZC"])
def test_search_by_characters_of_the_name_or_by_the_number(browser, words):
    submitted(name="丰州职业培训学校")
    submitted(name="青城家政学校")
    shown = [item.title for item in browser(officer()).get(TODO, {"q": words}).context["page"].rows]
    assert shown == {"丰州": ["丰州职业培训学校"], "州丰": [], "ZC": ["丰州职业培训学校", "青城家政学校"]}[words]


def test_filters_narrow_and_nonsense_is_ignored(browser):
    submitted(name="甲校")
    client = browser(officer())
    assert len(client.get(TODO, {"kind": "registration"}).context["page"].rows) == 1
    assert len(client.get(TODO, {"kind": "nonsense", "category": "x"}).context["page"].rows) == 1
    assert client.get(TODO, {"q": "\0"}).status_code == 200
    assert client.get(reverse("inbox", args=["nonsense"])).status_code == 404


def test_a_desk_has_no_drafts(browser):
    assert browser(officer()).get(reverse("inbox", args=["draft"])).status_code == 404


def test_readers_have_no_inbox(browser):
    assert browser(member(office("150100"), Role.AUDITOR)).get(TODO).status_code == 403


def test_many_clean_cases_are_previewed_and_each_is_agreed_to_on_its_own(browser):
    one, two, dirty = (submitted(name=name)[0] for name in ("甲校", "乙校", "丙校"))
    items = [cleaned(one), cleaned(two), cleaned(dirty, exceptions=2)]
    client = browser(officer())
    preview = client.post(reverse("inbox_agree"), {"item": [item.pk for item in items]})
    shown = preview.content.decode()
    assert "选中 3 件，其中 2 件可以同意" in shown
    assert "单独办理" in shown
    assert Step.objects.filter(decides=True).count() == 0
    result = client.post(
        reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:1" for item in items], "reason": "批量核对无误"}
    )
    assert [choice.agreed for choice in sorted(result.context["choices"], key=lambda c: c.item.pk)] == [
        True,
        True,
        False,
    ]
    states = [type(case).objects.get(pk=case.pk).state for case in (one, two, dirty)]
    assert states == [State.APPROVED, State.APPROVED, State.IN_REVIEW]
    assert Step.objects.filter(move="approve", reason="批量核对无误").count() == 2


def test_one_case_that_cannot_be_agreed_to_does_not_stop_the_others(browser):
    good, bad = submitted(name="甲校")[0], submitted(name="乙校")[0]
    items = [cleaned(good), cleaned(bad)]
    bad.unit.venues.all().delete()
    result = browser(officer()).post(
        reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:1" for item in items]}
    )
    shown = result.content.decode()
    assert "还没有登记培训场地" in shown
    assert type(good).objects.get(pk=good.pk).state == State.APPROVED
    assert type(bad).objects.get(pk=bad.pk).state == State.IN_REVIEW


def test_a_case_moved_after_the_preview_is_not_agreed_to_unseen(browser):
    registration, applicant = submitted(name="甲校")
    item = cleaned(registration)
    take(registration, "withdraw", by=applicant, expected_version=1)
    take(registration, "submit", by=applicant, expected_version=2)
    cleaned(registration)
    browser(officer()).post(reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:1"]})
    registration.refresh_from_db()
    assert registration.state == State.IN_REVIEW


def test_nothing_ticked_leads_back_with_a_sentence(browser):
    answer = browser(officer()).post(reverse("inbox_agree"), {"item": ["x", "99999"]}, follow=True)
    assert "没有选中可以办理的事项" in answer.content.decode()


@pytest.mark.parametrize(
    "membership", [lambda: operator(unit()), lambda: member(office("150102", OrganisationKind.FINANCE), Role.FINANCE)]
)
def test_bulk_agreement_is_for_officers(browser, membership):
    item = cleaned(submitted()[0])
    assert (
        browser(membership()).post(reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:1"]}).status_code
        == 403
    )
    assert Step.objects.filter(decides=True).count() == 0


def test_a_case_of_another_banner_cannot_be_slipped_in(browser):
    item = cleaned(submitted()[0])
    browser(officer("150103")).post(reverse("inbox_agree"), {"confirmed": "1", "case": [f"{item.pk}:1", "broken"]})
    assert Step.objects.filter(decides=True).count() == 0


def test_a_draft_lies_with_the_unit_only(browser):
    _registration, membership = draft(name="甲校")
    assert "甲校" in browser(membership).get(reverse("inbox", args=["draft"])).content.decode()
