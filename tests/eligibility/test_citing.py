"""Clauses are shown as people cite them, and kept as the tables number them (R-AUT-6)."""

import re

import pytest
from django.urls import reverse

from eligibility.clauses import CLAUSES, cited
from tests.factories import officer

pytestmark = pytest.mark.django_db


def test_a_notice_is_cited_by_its_short_name_and_other_documents_by_their_own():
    assert cited("N二(二)1(1)") == "95号文 二(二)1(1)"
    assert cited("M二(二)") == "实名制管理通知 二(二)"
    assert cited("N二(二)3", "en") == "Notice 95 二(二)3"
    assert cited("国发〔1978〕104号") == "国发〔1978〕104号"
    assert len({cited(number) for number in CLAUSES}) == len(CLAUSES)


@pytest.mark.parametrize(("page", "asked"), [("rules", ""), ("category_help", "?category=laid_off_unemployed")])
def test_the_rule_book_on_screen_shows_no_code_of_ours(browser, page, asked):
    shown = browser(officer()).get(reverse(page) + asked).content.decode()
    assert "95号文 二(二)1(1)" in shown
    assert re.findall(r"[NM][一二三]\(", shown) == []
