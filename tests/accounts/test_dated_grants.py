"""R-AUT-1, R-AUT-7: a grant begins on a day and ends on a day and may be for one training type; all readers agree."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.domain.authority import grant, may
from accounts.domain.coverage import EXPIRED, NO_GRANT, NO_STAFF, NOT_BEGUN, coverage
from accounts.domain.grants import body_for, remits_of
from accounts.enums import Act, OrganisationKind
from accounts.models import Event, Remit, RemitGroupGrant, RemitUserGrant
from kit.refusals import NotAllowed, NotValid
from tests.factories import administrator, division, member, office

pytestmark = pytest.mark.django_db
OPEN = Act.FIRST_REVIEW_OPENING
PRACTICE = "startup_practice"


def in_days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def why(place: str = "150102", category: str = "veteran") -> str:
    cover = coverage([division(place)], [OPEN], [category])[place, OPEN, category]
    return cover.why.kind if cover.why else ""


def test_what_is_given_for_the_first_of_next_month_holds_from_that_day_for_everybody_who_asks():
    league, reviewer = administrator("150100"), member(office("150102"))
    department = office("150102", OrganisationKind.INDUSTRY, department="emergency")
    first = in_days(10)
    grant(OPEN, to=reviewer.user, division=division(), by=league, begins_on=first, expires_on=in_days(20))
    grant(OPEN, to=department, division=division(), category="veteran", by=league, begins_on=first)
    assert not may(reviewer, OPEN, division(), "veteran")
    assert remits_of(reviewer) == []
    assert body_for(OPEN, division(), "veteran") == office("150102")
    assert why() == NOT_BEGUN
    assert not reviewer.user.has_perm(OPEN, Remit.objects.first())
    with time_machine.travel(f"{first} 09:00+08:00"):
        assert may(reviewer, OPEN, division(), "veteran")
        assert len(remits_of(reviewer)) == 1
        assert body_for(OPEN, division(), "veteran") == department
        assert why() == ""
    with time_machine.travel(f"{in_days(20)} 09:00+08:00"):
        assert not may(reviewer, OPEN, division(), "veteran")


def test_the_practice_classes_go_to_the_department_that_holds_their_type():
    league, department = administrator("150100"), office("150102", OrganisationKind.INDUSTRY, department="agriculture")
    by_category = office("150102", OrganisationKind.INDUSTRY, department="emergency")
    grant(OPEN, to=office("150102"), division=division(), by=league)
    grant(OPEN, to=by_category, division=division(), category="veteran", by=league)
    grant(OPEN, to=department, division=division(), training_type=PRACTICE, by=league)
    assert body_for(OPEN, division(), "veteran", PRACTICE) == department
    assert body_for(OPEN, division(), "veteran", "on_the_job") == by_category
    assert body_for(OPEN, division(), "disabled") == office("150102")
    reviewer = member(department)
    assert may(reviewer, OPEN, division(), "veteran", training_type=PRACTICE)
    assert not may(reviewer, OPEN, division(), "veteran", training_type="on_the_job")
    assert not may(reviewer, OPEN, division(), "veteran")


def test_by_type_and_category_beats_by_type_alone():
    league = administrator("150100")
    whole = office("150102", OrganisationKind.INDUSTRY, department="agriculture")
    narrow = office("150102", OrganisationKind.INDUSTRY, department="emergency")
    grant(OPEN, to=whole, division=division(), training_type=PRACTICE, by=league)
    grant(OPEN, to=narrow, division=division(), training_type=PRACTICE, category="veteran", by=league)
    assert body_for(OPEN, division(), "veteran", PRACTICE) == narrow
    assert body_for(OPEN, division(), "disabled", PRACTICE) == whole


@pytest.mark.parametrize("act", [Act.EXPORT_PERSONS, Act.MAINTAIN_PERSONS, Act.REVIEW_REGISTRATION, Act.UNMASK_PERSONS])
def test_what_is_not_about_a_class_is_given_by_no_training_type(client, act):
    league, clerk = administrator("150100"), member(office("150100"))
    with pytest.raises(NotAllowed, match="培训类别"):
        grant(act, to=clerk.user, division=division("150100"), training_type=PRACTICE, by=league)
    client.force_login(league.user)
    form = {"grantee": f"u{clerk.user_id}", "acts": [act], "division": "150100", "categories": ["*"]}
    answer = client.post(reverse("grant_new"), form | {"training_types": [PRACTICE]})
    assert answer.status_code == 409
    assert "培训类别" in answer.content.decode()
    remit = Remit.objects.get_or_create(division=division("150100"), training_type=PRACTICE)[0]
    permission = Permission.objects.get(codename=act)
    for model, whom in ((RemitUserGrant, {"user": clerk.user}), (RemitGroupGrant, {"group": clerk.organisation.group})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(permission=permission, content_object=remit, granted_by=league, **whom)
    assert not RemitUserGrant.objects.exists()
    assert Event.objects.filter(act="grant.refused").count() >= 4


def test_a_grant_that_ends_before_it_begins_is_refused_at_every_door(client):
    league, reviewer = administrator("150100"), member(office("150102"))
    with pytest.raises(NotValid, match="失效日期须晚于生效日期"):
        grant(OPEN, to=reviewer.user, division=division(), by=league, begins_on=in_days(5), expires_on=in_days(5))
    client.force_login(league.user)
    form = {"grantee": f"u{reviewer.user_id}", "acts": [OPEN], "division": "150102", "categories": ["*"]}
    days = {"begins_on": str(in_days(5)), "expires_on": str(in_days(4))}
    assert "失效日期须晚于生效日期" in client.post(reverse("grant_new"), form | days).content.decode()
    assert (
        "生效日期不能早于今天" in client.post(reverse("grant_new"), form | {"begins_on": "2020-01-01"}).content.decode()
    )
    assert not RemitUserGrant.objects.exists()
    grant(OPEN, to=reviewer.user, division=division(), by=league, begins_on=in_days(5))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_remitusergrant SET expires_on = begins_on")


def test_the_page_gives_by_type_and_day_and_the_list_says_so(client):
    league, reviewer = administrator("150100"), member(office("150102"))
    client.force_login(league.user)
    form = {"grantee": f"u{reviewer.user_id}", "acts": [OPEN], "division": "150102", "categories": ["*"]}
    days = {"begins_on": str(in_days(3)), "expires_on": "", "training_types": [PRACTICE, "startup_leader"]}
    assert client.post(reverse("grant_new"), form | days).status_code == 302
    assert RemitUserGrant.objects.count() == 2
    page = client.get(reverse("grants"), {"state": "coming"}).content.decode()
    assert "全部人员类别·创业实训" in page
    assert "尚未生效" in page
    assert len(client.get(reverse("grants"), {"state": "force"}).context["page"]) == 0
    event = Event.objects.filter(act="grant.given").first()
    assert event.data["begins_on"] == str(in_days(3))


# ── why nobody can, and the way to the cure


def test_coverage_says_why_nobody_can():
    league, by = office("150102"), administrator("150100")
    assert why() == NO_STAFF  # nobody sits in the banner, and nothing was given
    reviewer = member(league)
    assert why() == NO_GRANT
    given = grant(OPEN, to=reviewer.user, division=division(), by=by, expires_on=in_days(5))
    assert why() == ""
    RemitUserGrant.objects.filter(pk=given.pk).update(expires_on=timezone.localdate())
    assert why() == EXPIRED
    grant(OPEN, to=office("150103"), division=division("150103"), by=by)
    assert why("150103") == NO_STAFF


def test_the_page_names_the_reason_and_leads_to_the_cure(client):
    league = administrator("150100")
    grant(OPEN, to=office("150102"), division=division(), by=league)
    client.force_login(league.user)
    page = client.get(reverse("coverage"), {"division": "150102"}).content.decode()
    assert f"已授权{office('150102').name}，但没有在任人员可以办理" in page
    assert reverse("organisation", args=[office("150102").pk]) in page
    member(office("150102"))
    answer = client.get(reverse("coverage"), {"division": "150102"})
    line = next(line for line in answer.context["reasons"] if line["act"] == Act.FIRST_REVIEW_SUBSIDY.label)
    assert "没有授予任何部门或人员" in line["sentence"]
    form = client.get(line["url"]).context["form"]
    assert form["acts"].value() == [Act.FIRST_REVIEW_SUBSIDY]


def test_a_type_given_alone_leaves_the_other_types_without_anybody():
    by, reviewer = administrator("150100"), member(office("150102"))
    grant(OPEN, to=reviewer.user, division=division(), training_type=PRACTICE, by=by)
    cover = coverage([division()], [OPEN], ["veteran"])["150102", OPEN, "veteran"]
    assert cover.why
    assert cover.missing == ("",)


# ── two offices that hold the same


def test_two_offices_that_hold_exactly_the_same_are_shown_and_a_narrower_one_is_not(client):
    league = administrator("150100")
    one, other = office("150102"), office("150102", OrganisationKind.INDUSTRY, department="emergency")
    for holder in (one, other):
        member(holder)
    grant(OPEN, to=one, division=division(), by=league)
    grant(OPEN, to=other, division=division(), category="veteran", by=league)

    def offices() -> tuple[str, ...]:
        return coverage([division()], [OPEN], ["veteran"])["150102", OPEN, "veteran"].offices

    assert offices() == ()
    grant(OPEN, to=one, division=division(), category="veteran", by=league)
    assert set(offices()) == {one.name, other.name}
    client.force_login(league.user)
    page = client.get(reverse("coverage"), {"division": "150102"}).content.decode()
    assert "权限重叠" in page
    assert one.name in page


def test_two_people_of_one_office_are_no_overlap():
    league = administrator("150100")
    for reviewer in (member(office("150102")), member(office("150102"))):
        grant(OPEN, to=reviewer.user, division=division(), by=league)
    cover = coverage([division()], [OPEN], ["veteran"])["150102", OPEN, "veteran"]
    assert (cover.count, cover.offices) == (2, ())


def test_the_overview_of_the_region_comes_in_pages(client):
    client.force_login(administrator("150000").user)
    answer = client.get(reverse("coverage"))
    assert len(answer.context["counted"]) == 25
    assert len(answer.content) < 50_000
