"""Every address of every room as every kind of person: who may is answered, everybody else is refused or finds nothing
(R-LVL-2).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.domain.authority import grant
from accounts.domain.digests import make_digest
from accounts.domain.memberships import open_account
from accounts.enums import Act, OrganisationKind, Role
from eligibility.models import Assistance, Exchange
from reports.enums import Axis
from reports.models import Export
from tests import factories
from tests.matrix.world import World
from tests.undefined import collected

pytestmark = pytest.mark.django_db

# Who asks. `second` is the officer's colleague. The class, its unit and its office are of 150102; `elsewhere` and
# `away` are officer and administrator of another league's banner, `neighbour` and `far` administrators of a banner of
# the same league and of a city that reports for itself.
UNITS = {"school", "stranger"}
OFFICERS = {"officer", "second", "department", "elsewhere"}
FOREIGN = {"away", "neighbour", "far"}
ADMINISTRATORS = {"administrator", "league", "region"} | FOREIGN
LOOKERS = {"auditor", "inspector"}
KINDS = {"nobody", "finance", "second"} | UNITS | OFFICERS | ADMINISTRATORS | LOOKERS
MEMBERS = KINDS - {"nobody"}
OFFICES = MEMBERS - UNITS
HANDS = OFFICERS | ADMINISTRATORS
INSIDE = OFFICES - {"department", "elsewhere"} - FOREIGN
SCHOOL, FINANCE, REGION, DEPARTMENT, OFFICER = (
    {"school"},
    {"finance"},
    {"region"},
    {"department"},
    {"officer", "second"},
)
PARTIES = SCHOOL | INSIDE
ABOVE = ADMINISTRATORS - FOREIGN
RESPONSIBLE = OFFICER | ABOVE
OVERSEERS = ADMINISTRATORS | {"auditor"}
WATCHERS = HANDS | LOOKERS
MONEY = FINANCE | ADMINISTRATORS | LOOKERS
KEEPERS = {"region", "league", "far"}  # a city that reports for itself keeps its catalogue as a league does
REFUSED = {403, 404}


@dataclass(frozen=True)
class Page:
    """Who may open an address (or send its form), of which things (a word after `=` is meant itself), and what they are
    answered.
    """

    who: set[str]
    at: str = ""
    code: int = 200
    body: dict[str, str] = field(default_factory=dict)


WHY = {"reason": "核对", "note": "核对"}
PAGES = {
    # CASES
    "home": Page(MEMBERS),
    "inbox": Page(MEMBERS - LOOKERS, "=todo"),
    "inbox_agree": Page(HANDS, code=302),
    "case": Page(PARTIES, "=opening opening"),
    "move": Page(OFFICER, "=opening opening =return", 302, {"expected_version": "2"} | WHY),
    "case_files": Page(SCHOOL, "=opening draft_opening", 400, {"slot": "other"}),
    "case_comments": Page(PARTIES - LOOKERS, "=opening opening", 302, {"text": "请补充"}),
    "file": Page(PARTIES, "file"),
    "jobs": Page(MEMBERS),
    "job": Page(PARTIES, "job"),
    "job_row": Page(PARTIES, "job"),
    "job_file": Page(SCHOOL, "job"),
    "job_again": Page(SCHOOL | RESPONSIBLE, "failed", 302),
    "notices": Page(MEMBERS),
    "notices_seen": Page(MEMBERS, code=302),
    "announcements": Page(KEEPERS),
    "announcement_send": Page(KEEPERS, code=400),
    "contact": Page(MEMBERS),
    "contact_choose": Page(MEMBERS, code=400),
    "contact_mail": Page(MEMBERS, code=400),
    "contact_confirm": Page(MEMBERS, code=409, body={"code": "000000"}),
    "contact_forget": Page(MEMBERS, code=302),
    "notice": Page(SCHOOL, "notice", 302),
    "workdays": Page(MEMBERS),
    "workdays_of": Page(MEMBERS, "year"),
    "workdays_enter": Page(REGION, "year"),
    "workdays_sheet": Page(MEMBERS, "year"),
    "overdue": Page(WATCHERS),
    "operations": Page(REGION),
    "policy": Page(OFFICES),
    "policy_of": Page(OFFICES, "=parameters"),
    "policy_export": Page(OFFICES, "=parameters"),
    "policy_upload": Page(KEEPERS, "=parameters"),
    "policy_add": Page(KEEPERS, "=parameters"),
    "policy_act": Page(REGION, "=parameters parameter =follow"),
    "policy_line": Page(OFFICES, "=parameters parameter"),
    "policy_changes": Page(OFFICES),
    "policy_history": Page(OFFICES),
    "policy_proposal": Page(REGION, "proposal"),
    "policy_decide": Page(REGION, "proposal", 409, {"decision": "put_in_force"}),
    # PEOPLE AND ORGANISATIONS
    "switch_membership": Page(set()),
    "organisations": Page(ADMINISTRATORS),
    "organisation_new": Page(ADMINISTRATORS),
    "organisation": Page(ABOVE, "organisation"),
    "organisation_change": Page(ABOVE, "organisation", 400),
    "organisation_switch": Page(ABOVE, "organisation", 302, WHY | {"active": "0"}),
    "membership_new": Page(ABOVE, "organisation", 400),
    "user_new": Page(ABOVE, "organisation"),
    "users": Page(ADMINISTRATORS),
    "user": Page(ABOVE, "user"),
    "user_opened": Page(ABOVE, "user", 302),
    "user_act": Page(ABOVE, "user =deactivate", 302, WHY),
    "membership_end": Page(ABOVE, "membership", 302, WHY),
    "grants": Page(OVERSEERS),
    "grant_new": Page(ADMINISTRATORS),
    "grant_revoke": Page(ABOVE, "=department grant", 302, WHY),
    "grant_tree": Page(OVERSEERS),
    "second_person": Page(ADMINISTRATORS),
    "second_person_answer": Page(ABOVE, "=membership proposed =confirm", 302),
    "coverage": Page(ADMINISTRATORS),
    "tokens": Page(MEMBERS),
    "token_revoke": Page(set(), "=0"),
    "audit": Page(OVERSEERS),
    "audit_verify": Page(OVERSEERS),
    "digests": Page(OVERSEERS),
    "digest": Page(OVERSEERS, "digest"),
    "digest_file": Page(OVERSEERS, "digest"),
    "findings": Page(OVERSEERS),
    "readiness": Page(REGION),
    # WHO IS ELIGIBLE
    "rules": Page(MEMBERS),
    "category_help": Page(MEMBERS),
    "guides": Page(MEMBERS),
    "guide": Page(MEMBERS, "=officer"),
    "guide_picture": Page(MEMBERS, "=officer-inbox.jpg"),
    "registries": Page(WATCHERS),
    "registry_switch": Page(REGION, "=business", 400),
    "registry_again": Page(HANDS, "=business", 302),
    "exchange_out": Page(REGION, "=business", 409),
    "exchange_in": Page(REGION, "exchange", 400),
    "assistances": Page(HANDS),
    "assistance_answer": Page(OFFICER, "asked", 302, {"answer": "confirmed", "letter": "复函1号"}),
    "assistances_batch": Page(HANDS, code=400),
    "assistances_sheet": Page(HANDS, code=400),
    "asked": Page(DEPARTMENT),
    "asked_answer": Page(DEPARTMENT, code=400),
    "asked_correct": Page(set(), "asked"),  # asked of the department by another letter
    "asked_sheet": Page(set(), "letter"),
    "asked_sheet_upload": Page(DEPARTMENT, code=400),
    "letter_new": Page(HANDS, code=400),
    "letter": Page(RESPONSIBLE, "letter"),
    "letter_sheet": Page(RESPONSIBLE, "letter"),
    "overrulings": Page(WATCHERS),
    "overruling_new": Page(OFFICER, "=enrolment enrolment =not_insured_as_employee", 409),
    "overruling_answer": Page({"second"}, "overruling", 302, {"answer": "decline"} | WHY),
    "people": Page(WATCHERS),
    "person": Page(INSIDE, "person"),
    "correction_new": Page(OFFICER, "person"),
    "correction_of_entry": Page(SCHOOL, "=enrolment enrolment"),
    "correction_edit": Page(SCHOOL, "correction", 409),
    "recognition_new": Page(set(), "=enrolment enrolment"),  # nobody of this category is recognised by a department
    "subject": Page(PARTIES, "=enrolment enrolment"),
    # UNITS AND CATALOGUES
    "units": Page(OFFICES),
    "unit_open": Page(HANDS - DEPARTMENT),
    "unit_opened": Page(RESPONSIBLE | DEPARTMENT, "unit", 302),
    "unit_import": Page(HANDS - DEPARTMENT, "=units"),
    "unit_import_take": Page(HANDS - DEPARTMENT, "=units", 400),
    "unit_import_template": Page(HANDS - DEPARTMENT, "=units"),
    "unit_import_bad": Page(HANDS - DEPARTMENT, "=units =none", 400),
    "unit_import_passwords": Page(HANDS - DEPARTMENT, code=302),
    "units_incomplete": Page(HANDS - DEPARTMENT),
    "units_remind": Page(HANDS - DEPARTMENT, code=400),
    "unit": Page(PARTIES | DEPARTMENT, "unit"),
    "unit_profile": Page(SCHOOL),
    "unit_amend": Page(UNITS, code=302),
    "account_new": Page(SCHOOL, code=302),
    "account_edit": Page(SCHOOL, "accountchange", 302),
    "unit_resources": Page(SCHOOL),
    "teacher_new": Page(SCHOOL),
    "teacher_edit": Page(SCHOOL, "teacher"),
    "venue_new": Page(SCHOOL),
    "venue_edit": Page(SCHOOL, "venue"),
    "catalogue": Page(MEMBERS),
    "catalogue_of": Page(MEMBERS, "=projects"),
    "catalogue_new": Page(KEEPERS, "=projects"),
    "catalogue_upload": Page(KEEPERS, "=projects"),
    "catalogue_export": Page(KEEPERS, "=projects"),
    "catalogue_row": Page(MEMBERS, "=projects project"),
    "catalogue_edit": Page(REGION, "=projects project"),
    # CLASSES
    "classes": Page(MEMBERS),
    "class_new": Page(UNITS),
    "class": Page(PARTIES, "draft"),
    "class_edit": Page(SCHOOL, "draft"),
    "class_copy": Page(SCHOOL, "draft", 302),
    "class_timetable": Page(PARTIES, "draft"),
    "lesson_new": Page(SCHOOL, "draft"),
    "lesson_edit": Page(SCHOOL, "draft draft_lesson"),
    "lesson_remove": Page(SCHOOL, "draft draft_lesson", 302),
    "class_files": Page(PARTIES, "draft"),
    "class_history": Page(PARTIES, "draft"),
    "class_roster": Page(PARTIES, "draft"),
    "class_precheck": Page(SCHOOL, "draft"),
    "roster_template": Page(PARTIES, "draft"),
    "roster_upload": Page(SCHOOL, "draft", 400),
    "trainee_new": Page(SCHOOL, "draft"),
    "trainee_edit": Page(SCHOOL, "draft draft_enrolment"),
    "trainee_remove": Page(SCHOOL, "draft draft_enrolment", 302),
    "roster_preview": Page(SCHOOL, "upload"),
    "roster_take": Page(SCHOOL, "upload", 302),
    "roster_bad": Page(SCHOOL, "upload"),
    "roster_fix": Page(SCHOOL, "upload"),
    "enrolment_strike": Page(OFFICER, "enrolment", 302, WHY | {"confirmed": "1"}),
    "certificate_new": Page(SCHOOL, "enrolment", 302),
    "certificate_edit": Page(SCHOOL, "certificatechange", 302),
    "watch": Page(WATCHERS),
    "change_dealt": Page(OFFICER, "change", 302, WHY),
    "what_if": Page(REGION),
    "what_if_result": Page(REGION, "what_if"),
    "class_attendance": Page(PARTIES, "running"),
    "attendance_print": Page(PARTIES, "running"),
    "lesson_attendance": Page(SCHOOL, "running lesson"),
    "class_completion": Page(PARTIES, "running"),
    "completion_new": Page(SCHOOL, "running", 302),
    "completion_results": Page(SCHOOL, "running"),
    "results_download": Page(SCHOOL, "running"),
    "results_upload": Page(SCHOOL, "running", 400),
    # MONEY
    "class_subsidy": Page(PARTIES, "running"),
    "subsidy_new": Page(SCHOOL, "running", 302),
    "subsidy_approval": Page(PARTIES, "subsidy"),
    "subsidy_line": Page(PARTIES, "line"),
    "subsidy_line_refuse": Page(OFFICER, "line", 302, WHY | {"confirmed": "1"}),
    "subsidy_line_restore": Page(OFFICER, "line", 409, {"reason": "误剔除"}),
    "objection_answer": Page(
        OFFICER | {"administrator"}, "objection", 302, {"outcome": "dismissed", "answer": "已核实"}
    ),
    "payables": Page(MONEY),
    "batches": Page(MONEY),
    "batch_new": Page(FINANCE, code=409),
    "batch_file": Page(FINANCE, "batch"),
    "batch_template": Page(FINANCE, "batch"),
    "batch_result": Page(FINANCE, "batch", 400),
    "bank_correction_new": Page(FINANCE, "payment"),
    "bank_correction_answer": Page(FINANCE, "bank_correction", 409, {"decision": "confirm"}),
    "budgets": Page(MONEY),
    # FIGURES
    "reports": Page(OFFICES),
    "form": Page(OFFICES, "=A"),
    "cell": Page(set(), "=A"),  # without its row and column there is no such number
    "person_copy": Page({"league"}),
    "exports": Page(OFFICES),
    "export_new": Page(OFFICES, code=302),
    "export_file": Page({"league"}, "export"),
    # THE PUBLIC
    "publicities": Page(KINDS),
    "publicity": Page(KINDS, "publicity"),
    "objection_filed": Page(set(), "publicity =mark"),
    "standards": Page(KINDS),
    "public_home": Page(KINDS),
    "public_classes": Page(KINDS),
    "public_class": Page(KINDS, "running"),
    "public_institutions": Page(KINDS),
    "public_catalogue": Page(KINDS),
    "public_payments": Page(KINDS),
    "public_payment": Page(set(), "payment"),  # not with its payee yet
}
OPEN = {"objection_filed", "public_payment"} | {name for name, page in PAGES.items() if "nobody" in page.who}
WITHOUT_SCOPE = {
    "healthz",
    "readyz",
    "metrics",
    "favicon",
    "closed_door",
    "set_language",
}  # and allauth's own, which are of one's own account


@dataclass(frozen=True)
class Asked:
    """One address of the portal, filled in."""

    name: str
    url: str
    sends: bool
    room: str


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """The portal's own named addresses: the API has its matrix, allauth its tests."""
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            if one.name and one.name not in WITHOUT_SCOPE:
                yield one
        elif str(one.pattern) not in ("api/v1/", "account/"):
            yield from patterns(one)


def filled(world: World) -> list[Asked]:
    return [
        Asked(
            one.name,
            reverse(one.name, args=[a[1:] if a[0] == "=" else world.things[a][-1] for a in PAGES[one.name].at.split()]),
            getattr(one.callback, "takes_forms_only", False),
            one.callback.__module__.split(".", 1)[0],
        )
        for one in patterns(get_resolver())
    ]


def with_offices(world: World) -> World:
    """The API's world with what only pages have: people's accounts, a grant, a digest, an export, a
    file of a registry.
    """
    memberships, things = world.memberships, world.things
    office = memberships["officer"].organisation
    memberships |= {
        "department": memberships["disabled"],
        "administrator": factories.administrator("150102"),
        "inspector": factories.member(office, Role.INSPECTOR),
        "league": factories.administrator("150100"),
        "away": factories.administrator("150203"),
        "neighbour": factories.administrator("150103"),
        "far": factories.administrator("150781"),
    }
    membership = factories.member(factories.office("150102", OrganisationKind.INDUSTRY, department="energy"))
    given = grant(
        Act.FIRST_REVIEW_OPENING, to=membership.organisation, division=office.division, by=memberships["league"]
    )
    factories.confirmed(
        grant(
            Act.EXPORT_PERSONS,
            to=memberships["league"].user,
            division=memberships["league"].division,
            by=memberships["region"],
        )
    )
    user, _password = open_account(
        "proposed",
        "陈晓燕",
        organisation=factories.office(kind=OrganisationKind.FINANCE),
        role=Role.FINANCE,
        by=factories.administrator("150100"),
    )
    proposed = user.memberships.get()
    now, today = timezone.now(), timezone.localdate()
    export = Export.objects.create(
        form="A",
        year=today.year,
        month=today.month,
        division=memberships["league"].division,
        axis=Axis.values[0],
        purpose="月报",
        watermark="月报",
        by=memberships["league"],
        at=now,
        file=ContentFile(b"x", "x"),
        digest="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    )
    things |= {
        "organisation": [membership.organisation_id],
        "user": [membership.user_id],
        "membership": [membership.pk],
        "grant": [given.pk],
        "proposed": [proposed.pk],
        "digest": [make_digest().pk],
        "export": [export.pk],
        "asked": [Assistance.objects.get().pk],
        "exchange": [Exchange.objects.create(registry="business", subjects=1, by=memberships["region"], at=now).pk],
    }
    return world


def ask(client: Client, asked: Asked) -> HttpResponse:
    """One request that leaves nothing behind."""
    with transaction.atomic():
        answer = client.post(asked.url, PAGES[asked.name].body) if asked.sends else client.get(asked.url)
        transaction.set_rollback(True)
    return answer


LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
NO_PAGES = ("/api/", "/static/", "/account/logout/")
TELLS_WHO_MAY = {
    "export_new"
}  # refused with the names of those who can grant it: whoever lacks the right comes to read


def links(answer: HttpResponse) -> Iterator[tuple[str, str]]:
    """What the page links to in the portal: the address and its name, to know one of a kind from another."""
    if answer.status_code != 200 or answer.streaming or "text/html" not in answer["Content-Type"]:
        return
    for url in map(html.unescape, LINK.findall(answer.content.decode())):
        if not url.startswith(NO_PAGES):
            yield url, resolve(url.partition("?")[0]).url_name


def dead_ends(client: Client, led_to: dict[str, tuple[str, str]]) -> Iterator[str]:
    """The links that lead nowhere: a page shows nobody a way that is closed to them."""
    for name, (url, page) in led_to.items():
        code = client.get(url).status_code
        if code in REFUSED and name not in TELLS_WHO_MAY:
            yield f"links from {page} to {name}: {code} {url}"


def offence(who: str, asked: Asked, answer: HttpResponse) -> str:
    """What is wrong with an answer; empty when it is as it should be."""
    page, code = PAGES[asked.name], answer.status_code
    if who == "nobody" and asked.name not in OPEN:
        right = code == 302 and answer.headers["Location"].startswith(reverse("account_login"))
    elif who in page.who:
        right = code == page.code
    else:
        right = code in refusals(who, asked)
    return "" if right else f"{who} at {asked.name}: {code} {answer.headers.get('Location', '')}"


def changes(asked: Asked, world: World) -> bool:
    """Whether what is for forms answers a GET with anything but the way to its page, or a refusal."""
    client = Client()
    client.force_login(world.memberships["administrator"].user)
    return client.get(asked.url).status_code not in {302, *REFUSED}


def refusals(who: str, asked: Asked) -> set[int]:
    """How somebody is refused whom the address is not for. Of organisations and people exactly: what is of another
    place is not there for its administrators, what is nobody's for nobody, and all else is forbidden.
    """
    page = PAGES[asked.name]
    if asked.room != "accounts":
        return REFUSED
    return {404} if not page.who or (who in FOREIGN and page.at) else {403}


def test_the_matrix_knows_every_address_of_every_room():
    assert {one.name for one in patterns(get_resolver())} - {"demo_clock"} == set(PAGES)


def test_whatever_does_not_say_that_it_is_public_asks_for_a_login():
    public = {one.name for one in patterns(get_resolver()) if not getattr(one.callback, "login_required", True)}
    assert public == OPEN


def test_every_address_answers_those_it_is_for_and_nobody_else(world):
    world = with_offices(world)
    everywhere, offences = filled(world), []
    with collected() as undefined:
        for who in sorted(KINDS):
            client = Client()
            if who != "nobody":
                client.force_login(world.memberships[who].user)
            led_to: dict[str, tuple[str, str]] = {}
            for asked in everywhere:
                answer = ask(client, asked)
                if wrong := offence(who, asked, answer):
                    offences.append(wrong)
                for url, name in links(answer):
                    led_to.setdefault(name, (url, asked.name))
            if who != "stranger":  # a unit that has no file yet: nothing of its own is there to be opened
                offences += [f"{who} {wrong}" for wrong in dead_ends(client, led_to)]
    offences += undefined
    offences += [
        f"GET of {asked.name} changes something" for asked in everywhere if asked.sends and changes(asked, world)
    ]
    assert not offences, "\n" + "\n".join(offences)
