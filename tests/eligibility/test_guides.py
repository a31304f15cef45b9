"""Help on every page, with its clause and the guide's section; the guides say what is on the screen (R-AUT-6)."""

import re
from itertools import product

import polib
import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.enums import Department, Level, OrganisationKind, Role
from casework.menu import MENU
from eligibility.clauses import CLAUSES
from eligibility.domain import guides
from eligibility.help import HELP
from tests import factories
from tests.architecture.code import ROOT
from tests.architecture.test_addresses import named
from tests.casework.conftest import browser

__all__ = ["browser"]
QUOTED = re.compile("“([^”]+)”")
TABS = {
    "class",
    "class_roster",
    "class_timetable",
    "class_attendance",
    "class_completion",
    "class_subsidy",
    "class_files",
    "class_history",
}


def words_on_screen() -> set[str]:
    catalogue = polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po"))
    return {entry.msgid for entry in catalogue}


def test_every_line_of_every_menu_has_its_help():
    """The demo's calendar is no page of the portal."""
    names = {entry.name for group in MENU for entry in group.entries} - {"demo_clock"}
    assert names - HELP.keys() == set()
    assert (TABS | {"case", "publicity", "form", "subsidy_line"}) - HELP.keys() == set()


def test_no_help_for_a_page_that_is_not_there():
    assert HELP.keys() - set(named(get_resolver())) == set()


@pytest.mark.parametrize("name", HELP)
def test_a_page_cites_a_clause_of_the_index_and_a_section_that_is_in_the_guide(name):
    found = HELP[name]
    assert found.number in CLAUSES
    assert found.section in guides.guide(found.guide_name).sections


@pytest.mark.parametrize("name", guides.GUIDES)
def test_a_guide_quotes_the_words_of_the_screen(name):
    text = (guides.FOLDER / f"guide-{name}.md").read_text(encoding="utf-8")
    quoted = set(QUOTED.findall(text))
    assert quoted
    assert quoted - words_on_screen() == set()


@pytest.mark.parametrize("name", guides.GUIDES)
def test_a_guide_says_how_the_day_goes_what_to_do_when_refused_and_closes_in_english(name):
    found = guides.guide(name)
    assert {"每天怎么用", "办不下去的时候"} <= found.sections.keys()
    assert found.blocks[-1].language == "en"
    assert len(found.sections) == len(set(found.sections.values())) == sum(b.kind == "h2" for b in found.blocks)


def test_every_picture_of_a_guide_is_there_and_small():
    shown = [block.anchor for name in guides.GUIDES for block in guides.guide(name).blocks if block.kind == "img"]
    assert {path.name for path in (guides.FOLDER / "images").glob("*.jpg")} == set(shown)
    assert all(guides.picture(name).stat().st_size <= 120 * 1024 for name in shown)


def test_everybody_has_a_guide_and_every_guide_somebody():
    people = product(Role.values, OrganisationKind.values, Level.values, Department.values)
    assert {guides.guide_for(*one) for one in people} == set(guides.GUIDES)
    asked = (Role.OFFICER, OrganisationKind.INDUSTRY, Level.BANNER)
    assert guides.guide_for(*asked, Department.POLICE) == "department"
    assert guides.guide_for(*asked, Department.EMERGENCY) == "industry"


def test_markdown_is_read_into_blocks_and_nothing_in_it_becomes_html():
    blocks = guides.read("# 题\n\n## 一 节\n\n甲\n乙 **丙**\n\n1. 一\n2. <b>二</b>\n- 三\n")
    assert [(b.kind, b.lines) for b in blocks] == [
        ("h1", ["题"]),
        ("h2", ["一 节"]),
        ("p", ["甲乙 **丙**"]),
        ("ol", ["一", "<b>二</b>"]),
        ("ul", ["三"]),
    ]
    assert blocks[1].anchor == "一-节"
    assert blocks[2].parts == [[("甲乙 ", False), ("丙", True)]]


@pytest.mark.django_db
def test_help_stands_beside_the_title_and_leads_to_the_readers_own_guide(browser):
    officer, finance = (
        factories.officer("150102"),
        factories.member(factories.office("150102", OrganisationKind.FINANCE), Role.FINANCE),
    )
    address = reverse("inbox", args=["todo"])
    for who, own in ((officer, "officer"), (finance, "finance")):
        text = browser(who).get(address).content.decode()
        assert 'class="pop page-help' in text
        assert str(HELP["inbox"].says) in text
        assert f"{reverse('guide', args=[own])}#{guides.anchor('待办')}" in text


@pytest.mark.django_db
def test_in_english_the_help_and_the_clause_are_english(browser):
    client = browser(factories.officer("150102"))
    client.cookies["django_language"] = "en"
    text = client.get(reverse("rules")).content.decode()
    assert "Notice 95" in text
    assert "How this page works" in text


@pytest.mark.django_db
def test_a_guide_opens_with_its_own_first_and_an_unknown_one_is_not_found(browser):
    client = browser(factories.officer("150102"))
    text = client.get(reverse("guides")).content.decode()
    assert text.index(guides.guide("officer").title) < text.index(guides.guide("applicant").title)
    page = client.get(reverse("guide", args=["finance"])).content.decode()
    assert all(f'id="{anchor}"' in page for anchor in guides.guide("finance").sections.values())
    assert client.get(reverse("guide", args=["nobody"])).status_code == 404
    assert client.get(reverse("guide_picture", args=["home.png"])).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("guide", args=["../README"])


@pytest.mark.django_db
def test_a_stranger_sees_neither_help_nor_guides(client):
    assert "page-help" not in client.get(reverse("public_home")).content.decode()
    assert client.get(reverse("guides")).status_code == 302
