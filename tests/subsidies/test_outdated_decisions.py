"""A decision is about the list, the amount and the verdicts its page showed; on an older page nothing is agreed to
(R-OPN-5, R-SEC-4).
"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from casework.domain.moves import take
from casework.models import Step, WorkItem
from subsidies.domain.claims import refuse_line, restore_line
from tests.factories import subsidies as money

pytestmark = pytest.mark.django_db
DRAWN = re.compile(r'name="expected_version" value="(\d+)"')
CHANGED = "此件内容已由"


def agreed(browser, by: Membership, case, drawn: str):
    """The answer to 同意 on the page that was drawn in that version."""
    return browser(by).post(
        reverse("move", args=[case._meta.model_name, case.pk, "approve"]), {"expected_version": drawn}
    )


def drawn_for(browser, by: Membership, case) -> str:
    return DRAWN.search(browser(by).get(reverse("case", args=[case._meta.model_name, case.pk])).content.decode())[1]


@pytest.fixture
def claim():
    money.standard()
    money.budget()
    return money.completed_class(3).in_review()


def test_a_line_struck_by_a_colleague_is_not_agreed_to_on_the_page_that_showed_the_larger_sum(browser, claim):
    drawn = drawn_for(browser, claim.second, claim.subsidy)
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    answer = agreed(browser, claim.second, claim.subsidy, drawn)
    shown = answer.content.decode()
    assert (answer.status_code, CHANGED in shown, str(claim.first) in shown) == (409, True, True)
    assert not Step.objects.filter(kind="subsidy", object_id=claim.subsidy.pk, move="approve").exists()
    assert (
        agreed(browser, claim.second, claim.subsidy, drawn_for(browser, claim.second, claim.subsidy)).status_code == 302
    )


def test_the_page_that_is_opened_again_after_the_refusal_decides_on_what_it_shows(claim):
    """The one browser: its words are given back, the version of the page it left is not."""
    one = Client()
    one.force_login(claim.second.user, backend="django.contrib.auth.backends.ModelBackend")
    page, move = (
        reverse(name, args=["subsidy", claim.subsidy.pk, *more]) for name, more in (("case", []), ("move", ["approve"]))
    )
    form = r'moves/approve/">.*?name="form_token" value="([^"]*)".*?name="expected_version" value="(\d+)"'
    mark, version = re.search(form, one.get(page).text, re.DOTALL).groups()
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    assert one.post(move, {"form_token": mark, "expected_version": version, "reason": "已核对"}).status_code == 409
    assert re.search(form, one.get(page).text, re.DOTALL)[2] == str(claim.subsidy.version) != version


def test_a_line_put_back_is_not_agreed_to_either(browser, claim):
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    drawn = drawn_for(browser, claim.second, claim.subsidy)
    restore_line(claim.line(2), reason="核实后恢复", by=claim.first)
    answer = agreed(browser, claim.second, claim.subsidy, drawn)
    assert (answer.status_code, CHANGED in answer.content.decode()) == (409, True)


def test_a_program_agrees_to_the_list_it_read_or_to_none(api, claim):
    door, move = (
        reverse("api_subsidy-detail", args=[claim.subsidy.pk]),
        reverse("api_subsidy-move", args=[claim.subsidy.pk, "approve"]),
    )
    read = api(claim.second).get(door).json()["version"]
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    answer = api(claim.second).post(move, {"expected_version": read}, format="json")
    assert (answer.status_code, CHANGED in answer.content.decode()) == (409, True)
    assert (
        api(claim.second)
        .post(move, {"expected_version": api(claim.second).get(door).json()["version"]}, format="json")
        .status_code
        == 200
    )


def test_what_was_ticked_for_all_together_is_agreed_to_as_it_was_previewed(browser, claim):
    item = drawn_for(browser, claim.second, claim.subsidy)
    client = browser(claim.second)
    from_preview = re.search(
        r'name="case" value="(\d+:\d+)"',
        client.post(
            reverse("inbox_agree"), {"item": WorkItem.objects.get(kind="subsidy", object_id=claim.subsidy.pk).pk}
        ).content.decode(),
    )[1]
    assert from_preview.endswith(f":{item}")
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    shown = client.post(reverse("inbox_agree"), {"case": from_preview, "confirmed": "1"}).content.decode()
    assert (CHANGED in shown, claim.subsidy.position) == (True, 1)


def test_the_request_that_was_taken_is_found_again_after_versions_without_a_step(claim):
    refuse_line(claim.line(2), reason="参训时已就业", by=claim.first)
    version = claim.subsidy.version
    step = take(claim.subsidy, "approve", by=claim.second, expected_version=version)
    assert take(claim.subsidy, "approve", by=claim.second, expected_version=version) == step
    assert list(
        Step.objects.filter(kind="subsidy", object_id=claim.subsidy.pk).order_by("id").values_list("version", flat=True)
    ) == [0, 1, 3]


def test_a_strike_while_everybody_is_compared_before_payment_does_not_end_that_check(claim):
    claim.agreed()
    with claim.over():
        claim.take("publicity_over", None)
        refuse_line(claim.line(2), reason="参训时已就业", by=claim.second)
        (job,) = money.run_jobs(claim.subsidy)
        assert "不再继续" not in job.message
        claim.take("conclude", claim.second)
