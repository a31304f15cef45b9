"""R-AUT-1, R-AUT-3, R-AUT-4: what may never be granted is refused and on the record at every door: page, domain, shell
helper, bulk.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.domain import categories
from accounts.domain.authority import grant, may, revoke
from accounts.enums import CASE_ACTS, Act, OrganisationKind, Role
from accounts.models import Event, Remit, RemitGroupGrant, RemitUserGrant
from casework.models import RouteStep
from kit.refusals import Refused
from tests.factories import administrator, confirmed, division, member, office, operator, unit

pytestmark = pytest.mark.django_db
KNOWN = [("veteran", "退役军人"), ("disabled", "残疾人"), ("laid_off", "下岗失业人员")]


@pytest.fixture
def known(monkeypatch):
    """Three categories, as an upper app provides them in its ready()."""
    monkeypatch.setattr(categories, "_providers", [])
    categories.register_categories(lambda: KNOWN)


@pytest.fixture
def league(client):
    membership = administrator("150100")
    client.force_login(membership.user)
    return membership


def give(client, to: str, acts: list[str], **more):
    form = {"grantee": to, "acts": acts, "division": "150102", "categories": ["*"], "expires_on": ""} | more
    return client.post(reverse("grant_new"), form)


def nothing_granted() -> bool:
    return not RemitUserGrant.objects.exists() and not RemitGroupGrant.objects.exists()


def test_several_acts_for_several_categories_at_once(client, league, known):
    place = office("150102")
    answer = give(
        client,
        f"o{place.pk}",
        [Act.FIRST_REVIEW_OPENING, Act.FIRST_REVIEW_COMPLETION],
        categories=["veteran", "disabled"],
    )
    assert answer.status_code == 302
    assert RemitGroupGrant.objects.count() == 4
    membership = member(place)
    assert may(membership, Act.FIRST_REVIEW_COMPLETION, division(), "disabled")
    assert not may(membership, Act.FIRST_REVIEW_COMPLETION, division(), "laid_off")
    assert Event.objects.filter(act="grant.given", membership=league).count() == 4


def test_all_categories_says_everything(client, league, known):
    membership = member(office("150102"))
    give(client, f"u{membership.user_id}", [Act.FIRST_REVIEW_OPENING], categories=["*", "veteran"])
    assert RemitUserGrant.objects.get().content_object.category == ""


@pytest.mark.parametrize("act", [Act.MAINTAIN_PERSONS, Act.EXPORT_PERSONS, Act.FIRST_REVIEW_OPENING])
def test_the_page_refuses_a_unit_sent_in_by_hand_and_says_so_in_the_trail(client, league, act):
    clerk = operator(unit())
    for to in (f"o{clerk.organisation_id}", f"u{clerk.user_id}"):
        answer = give(client, to, [act])
        assert answer.status_code == 409
        assert "以下权限未授予" in answer.content.decode()
    assert nothing_granted()
    assert Event.objects.filter(act="grant.refused", membership=league).count() == 2


def test_the_page_offers_no_unit(client, league):
    school, clerk = unit(), operator(unit())
    page = client.get(reverse("grant_new"), {"division": "150102"}).content.decode()
    assert office("150102").name in client.get(reverse("grant_new"), {"division": "150102"}).content.decode()
    assert school.name not in page
    assert clerk.user.full_name not in page


def test_export_for_banner_staff_is_refused_while_the_rest_is_given(client, league):
    membership = member(office("150102"))
    answer = give(client, f"u{membership.user_id}", [Act.EXPORT_PERSONS, Act.FIRST_REVIEW_OPENING])
    assert answer.status_code == 409
    assert "盟市层级" in answer.content.decode()
    assert [g.permission.codename for g in RemitUserGrant.objects.all()] == [Act.FIRST_REVIEW_OPENING]


def test_a_banner_administrator_exports_nothing_and_grants_no_export(client):
    banner = administrator("150102")
    client.force_login(banner.user)
    membership = member(office("150102"))
    assert give(client, f"u{membership.user_id}", [Act.EXPORT_PERSONS]).status_code == 409
    with pytest.raises(Refused):
        grant(Act.EXPORT_PERSONS, to=office("150102"), division=division(), by=banner)
    assert nothing_granted()


def test_a_city_that_reports_to_the_region_counts_as_a_league():
    admin, clerk = administrator("150781"), member(office("150781"))
    confirmed(grant(Act.EXPORT_PERSONS, to=clerk.user, division=division("150781"), by=admin))
    assert may(clerk, Act.EXPORT_PERSONS, division("150781"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"grantee": ""},
        {"grantee": "o0"},
        {"grantee": "x1"},
        {"grantee": "u"},
        {"acts": []},
        {"acts": ["fly"]},
        {"division": "150202"},
        {"categories": []},
        {"categories": ["nonsense"]},
        {"expires_on": "2020-01-01"},
        {"expires_on": "soon"},
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_granted(client, league, wrong):
    form = {
        "grantee": f"o{office('150102').pk}",
        "acts": [Act.FIRST_REVIEW_OPENING],
        "division": "150102",
        "categories": ["*"],
    }
    answer = client.post(reverse("grant_new"), form | wrong)
    assert answer.context["form"].errors
    assert nothing_granted()


def test_an_office_of_another_league_cannot_be_chosen(client, league):
    answer = give(client, f"o{office('150202').pk}", [Act.FIRST_REVIEW_OPENING])
    assert "本级管辖范围" in answer.content.decode()
    assert nothing_granted()


def test_nobody_grants_to_oneself(client, league):
    answer = give(client, f"u{league.user_id}", [Act.SECOND_REVIEW_SUBSIDY], division="150100")
    assert answer.status_code == 409
    assert "不能给自己授权" in answer.content.decode()


def test_finance_approves_nothing(client, league):
    books = member(office("150102", OrganisationKind.FINANCE), Role.FINANCE)
    assert give(client, f"u{books.user_id}", [Act.FIRST_REVIEW_SUBSIDY]).status_code == 409


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AUDITOR])
def test_who_looks_on_does_not_decide_though_the_office_may(role):
    league, place = administrator("150100"), office("150102")
    for act in (*CASE_ACTS, Act.UNMASK_PERSONS):
        grant(act, to=place, division=division(), by=league)
    onlooker, officer = member(place, role), member(place)
    assert [act for act in CASE_ACTS if may(onlooker, act, division())] == []
    assert all(may(officer, act, division()) for act in CASE_ACTS)
    assert may(onlooker, Act.UNMASK_PERSONS, division())


def permission(act: str) -> Permission:
    return Permission.objects.get(codename=act, content_type__model="remit")


def shell_helper(remit, clerk):
    assign_perm("accounts.maintain_persons", clerk.user, remit)


def shell_helper_for_the_group(remit, clerk):
    assign_perm("accounts.maintain_persons", clerk.organisation.group, remit)


def bulk_helper(remit, clerk):
    assign_perm("accounts.maintain_persons", clerk.user, Remit.objects.filter(pk=remit.pk))


def bulk_to_many(remit, clerk):
    RemitUserGrant.objects.assign_perm_to_many("maintain_persons", [clerk.user], remit)


def bulk_create(remit, clerk):
    RemitGroupGrant.objects.bulk_create(
        [
            RemitGroupGrant(
                group=clerk.organisation.group, permission=permission("maintain_persons"), content_object=remit
            )
        ]
    )


def update_or_create(remit, clerk):
    RemitUserGrant.objects.update_or_create(
        user=clerk.user, permission=permission("maintain_persons"), content_object=remit
    )


def save(remit, clerk):
    RemitUserGrant(user=clerk.user, permission=permission("maintain_persons"), content_object=remit).save()


def raw_sql(remit, clerk):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_remitusergrant (user_id, permission_id, content_object_id, granted_at) VALUES (%s,"
            " %s, %s, now())",
            [clerk.user_id, permission(Act.MAINTAIN_PERSONS).pk, remit.pk],
        )


DOORS = [
    save,
    raw_sql,
    shell_helper,
    shell_helper_for_the_group,
    bulk_helper,
    bulk_to_many,
    bulk_create,
    update_or_create,
]


@pytest.mark.parametrize("door", DOORS)
def test_the_shell_is_refused_too_and_the_attempt_stays_on_the_record(door):
    clerk = operator(unit(name="青城技校"))
    remit = Remit.objects.create(division=division(), category="")
    with pytest.raises(IntegrityError, match="never granted to a unit"), transaction.atomic():
        door(remit, clerk)
    assert nothing_granted()
    event = Event.objects.get(act="grant.refused")
    assert "maintain_persons" in event.reason
    assert event.data["to"][0] in {clerk.user.full_name, clerk.organisation.group.name}


def test_a_harmless_grant_cannot_be_turned_into_a_forbidden_one():
    league, membership = administrator("150100"), member(office("150102"))
    clerk = operator(unit())
    grant(Act.FIRST_REVIEW_OPENING, to=membership.user, division=division(), by=league)
    for change in ({"permission": permission(Act.EXPORT_PERSONS)}, {"user": clerk.user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RemitUserGrant.objects.update(**change)
    given = RemitUserGrant.objects.get()
    assert (given.user, given.permission.codename) == (membership.user, Act.FIRST_REVIEW_OPENING)
    assert Event.objects.filter(act="grant.refused").count() == 2


def test_the_list_marks_what_ends_soon(client, league):
    membership, today = member(office("150102"), full_name="乌兰"), timezone.localdate()
    for act, days in ((Act.FIRST_REVIEW_OPENING, 5), (Act.FIRST_REVIEW_COMPLETION, 300), (Act.FIRST_REVIEW_SUBSIDY, 0)):
        grant(act, to=membership.user, division=division(), by=league, expires_on=today + timedelta(days=days))
    grant(Act.FILE_OPENING, to=office("150102"), division=division(), by=league)
    url = reverse("grants")
    states = {row["act"]: row["state"] for row in client.get(url).context["page"]}
    assert states == {
        Act.FIRST_REVIEW_OPENING: "soon",
        Act.FIRST_REVIEW_COMPLETION: "force",
        Act.FIRST_REVIEW_SUBSIDY: "ended",
        Act.FILE_OPENING: "force",
    }
    assert [row["act"] for row in client.get(url, {"state": "soon"}).context["page"]] == [Act.FIRST_REVIEW_OPENING]
    assert [row["act"] for row in client.get(url, {"state": "ended"}).context["page"]] == [Act.FIRST_REVIEW_SUBSIDY]
    assert len(client.get(url, {"q": "乌兰"}).context["page"]) == 3
    assert [row["holder"] for row in client.get(url, {"act": Act.FILE_OPENING}).context["page"]] == [
        office("150102").name
    ]
    assert len(client.get(url, {"division": "150103"}).context["page"]) == 0


def test_grants_of_another_league_are_neither_listed_nor_taken_back(client, league):
    there = administrator("150200")
    given = grant(Act.FIRST_REVIEW_OPENING, to=office("150202"), division=division("150202"), by=there)
    assert len(client.get(reverse("grants")).context["page"]) == 0
    assert client.post(reverse("grant_revoke", args=["department", given.pk]), {"reason": "x"}).status_code == 404
    with pytest.raises(Refused):
        revoke(given, by=league, reason="x")


def test_taking_back_needs_a_reason_and_keeps_it(client, league):
    given = grant(Act.FIRST_REVIEW_OPENING, to=office("150102"), division=division(), by=league)
    url = reverse("grant_revoke", args=["department", given.pk])
    client.post(url, {"reason": " "})
    assert RemitGroupGrant.objects.count() == 1
    client.post(url, {"reason": "职能调整"})
    assert nothing_granted()
    assert Event.objects.get(act="grant.revoked").reason == "职能调整"
    assert client.post(url, {"reason": "x"}).status_code == 404
    assert client.post(reverse("grant_revoke", args=["nonsense", 1]), {"reason": "x"}).status_code == 404


def test_an_auditor_reads_grants_and_changes_none(client):
    league = administrator("150100")
    grant(Act.FIRST_REVIEW_OPENING, to=office("150102"), division=division(), by=league)
    client.force_login(member(office("150100"), Role.AUDITOR).user)
    page = client.get(reverse("grants"))
    assert len(page.context["page"]) == 1
    assert "收回" not in page.content.decode()
    assert client.get(reverse("grant_new")).status_code == 403


def counts(covers) -> list[int | None]:
    """Where nobody can although a holder is on record, nobody counts."""
    return [cover if cover is None else 0 if cover.why else cover.count for cover in covers]


def test_the_matrix_of_a_place_shows_who_is_missing(client, league, known):
    place = office("150102")
    grant(Act.FIRST_REVIEW_OPENING, to=place, division=division(), category="veteran", by=league)
    url = reverse("coverage")

    def row() -> list[int]:
        return counts(dict(client.get(url, {"division": "150102"}).context["matrix"])["退役军人"])

    assert row() == [0, 0, None, 0, 0, 0]
    assert "无人" in client.get(url, {"division": "150102"}).content.decode()
    member(place)
    assert row() == [0, 1, None, 0, 0, 0]
    assert client.get(url, {"division": "150102"}).context["gap_count"] == 14
    assert client.get(url, {"division": "150202"}).status_code == 404


def test_the_overview_counts_gaps_per_place_with_two_questions_for_holders(
    client, league, known, django_assert_max_num_queries
):
    member(office("150100"))
    for act in CASE_ACTS:
        grant(act, to=office("150100"), division=division("150100"), category="veteran", by=league)
    with django_assert_max_num_queries(30) as asked:
        counted = client.get(reverse("coverage")).context["counted"]
    assert [numbers for place, numbers, _whys, _doubled in counted if place.pk == "150102"] == [
        [(2, 3), (2, 3), None, (2, 3), (2, 3), (2, 3)]
    ]
    assert (
        sum("accounts_remit" in query["sql"] and "begins_on" in query["sql"] for query in asked.captured_queries) == 2
    )
    assert {place.path.split("/")[1] for place, *_rest in counted} == {"150100"}


def test_a_league_lacks_only_what_the_routes_decide_there(client, league, monkeypatch):
    monkeypatch.setattr(
        categories, "_providers", [lambda: [("veteran", "退役军人"), ("emp_upskill", "岗位技能提升培训职工")]]
    )

    def rows(place: str) -> dict[str, list[int | None]]:
        matrix = client.get(reverse("coverage"), {"division": place}).context["matrix"]
        return {name: counts(covers) for name, covers in matrix}

    # whoever is trained, a class submitted late comes here
    assert rows("150100") == {name: [None, None, 0, None, None, None] for name in ("退役军人", "岗位技能提升培训职工")}
    member(office("150100"))
    grant(Act.FILE_OPENING, to=office("150100"), division=division("150100"), by=league)
    assert client.get(reverse("coverage"), {"division": "150100"}).context["gap_count"] == 0
    assert "这一环节不在本级办理" in client.get(reverse("coverage"), {"division": "150100"}).content.decode()
    unit("150100")
    assert rows("150100")["退役军人"] == [0, 0, 1, 0, 0, 0]


def test_a_route_that_ends_is_no_gap_any_more(client, league, known):
    url, place = reverse("coverage"), {"division": "150102"}
    assert dict(client.get(url, place).context["matrix"])["退役军人"][5].count == 0
    RouteStep.objects.filter(need=Act.SECOND_REVIEW_SUBSIDY).update(until=timezone.localdate())
    assert dict(client.get(url, place).context["matrix"])["退役军人"][5] is None


def test_without_providers_only_all_categories_can_be_granted(client, league, monkeypatch):
    monkeypatch.setattr(categories, "_providers", [])
    choices = client.get(reverse("grant_new")).context["form"].fields["categories"].choices
    assert list(choices) == [("*", "全部人员类别")]
    assert categories.category_label("") == "全部人员类别"
    assert categories.category_label("unknown") == "unknown"
