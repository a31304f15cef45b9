"""What the whole stack must survive: two at once, a double click, killed workers, registries in trouble, a restart."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from threading import Barrier

import pytest
from playwright.sync_api import Browser, expect

from demo.offices import PASSWORD
from demo.people import Someone, job_seeker
from devtools.processes import alive, wait_until
from registry_simulator.client import Control
from tests.journeys import steps
from tests.journeys.pages import act, logged_in
from tests.journeys.program import Answer, Program, Visitor, eventually, good, refused
from tests.stack import NEEDS_A_STACK, Demo

pytestmark = NEEDS_A_STACK
LONG_AGO = date(2024, 3, 1)
ASKED = ("employment", "business", "social_security")
WHO_MAY_BE_AT_IT = "-Q interactive"  # a small check is taken by the first of the two workers that serve this queue


@dataclass
class Field:
    """The stack with those who work on it."""

    demo: Demo
    door: Control
    school: Program
    officer: Program
    second: Program
    somebody: Callable[[int], list[Someone]]
    move_on: Callable[[int], None]

    def ready_class(self, people: int = 3) -> tuple[steps.MadeClass, list[Someone]]:
        """A draft of people out of work, whom the registries know."""
        crowd = [job_seeker(person, LONG_AGO) for person in self.somebody(people)]
        self.door.load(person.entry() for person in crowd)
        return steps.full_class(self.school, crowd, steps.workday_after(self.demo.today(), 8)), crowd

    def class_on_desk(self) -> steps.MadeClass:
        """A class that waits for an officer, everybody eligible."""
        made, _people = self.ready_class()
        self.school.move("openings", made.opening, "submit")
        self.officer.in_state("openings", made.opening, "in_review")
        return made

    def in_the_middle(self, job: int, people: list[Someone]) -> bool:
        """Only the answers of the registry `business` are still missing, and it was asked."""
        now = good(self.school.get(f"jobs/{job}/"))
        return now["total"] - now["done"] == len(people) and self.door.states()["business"]["at_once"] == 1

    def moves_taken(self, made: steps.MadeClass, name: str) -> int:
        return [step["move"] for step in good(self.officer.get(f"openings/{made.opening}/steps/"))].count(name)


@pytest.fixture
def field(
    demo: Demo,
    door: Control,
    program: Callable[[str], Program],
    somebody: Callable[[int], list[Someone]],
    move_on: Callable[[int], None],
) -> Field:
    return Field(demo, door, program("school"), program("officer1"), program("officer2"), somebody, move_on)


def test_two_officers_decide_at_once_and_one_is_told_who_was_quicker(field: Field) -> None:
    made = field.class_on_desk()
    version = field.officer.case("openings", made.opening)["version"]
    start = Barrier(2)

    def decide(who: Program) -> Answer:
        start.wait()
        return who.ask_move("openings", made.opening, "approve", version)

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(decide, (field.officer, field.second)), key=lambda answer: answer.status)
    assert good(answers[0])["state"] == "approved"
    assert "此件已由" in refused(answers[1], 409)
    assert field.moves_taken(made, "approve") == 1


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_double_click_decides_once(field: Field, chromium: Browser, script: bool) -> None:
    made = field.class_on_desk()
    context = chromium.new_context(java_script_enabled=script, locale="zh-CN")
    page = logged_in(context.new_page(), field.demo.url, "officer1", PASSWORD)
    page.goto(f"{field.demo.url}/cases/opening/{made.opening}/")
    act(page, "同意", click="dblclick")
    expect(page.locator(".page-actions")).to_contain_text("已同意")
    assert field.moves_taken(made, "approve") == 1
    context.close()


def test_a_form_sent_again_after_a_lost_answer_changes_nothing_more(field: Field) -> None:
    made = field.class_on_desk()
    officer = Visitor(field.demo.port).login("officer1", PASSWORD)
    page = f"/cases/opening/{made.opening}/"
    version = officer.version_in(officer.get(page), "approve")
    sent = [officer.post(f"{page}moves/approve/", {"expected_version": version, "reason": ""}) for _again in range(2)]
    assert [answer.status for answer in sent] == [302, 302]
    late = (
        Visitor(field.demo.port)
        .login("officer2", PASSWORD)
        .post(f"{page}moves/approve/", {"expected_version": version})
    )
    assert late.status == 409
    assert "此件已由" in late.text
    assert field.moves_taken(made, "approve") == 1


def test_a_worker_killed_in_the_middle_of_a_check_is_replaced_and_nobody_is_asked_twice(field: Field) -> None:
    made, people = field.ready_class(20)
    field.door.reset()
    field.door.behave("business", "slow", latency_ms=6000)
    field.school.move("openings", made.opening, "submit")
    job = eventually(lambda: steps.checking_job(field.school, made))["id"]
    eventually(lambda: field.in_the_middle(job, people), what="all but the slow registry have answered, and it is kept")
    killed = field.demo.group(WHO_MAY_BE_AT_IT)
    assert killed
    for pid in killed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not any(alive(pid) for pid in killed), 20)
    field.door.behave("business", "down")  # whoever still waits for the answer gets none: there is nobody to hear it
    eventually(lambda: field.door.states()["business"]["at_once"] == 0)
    field.door.behave("business", "normal")
    assert field.school.case("openings", made.opening)["state"] == "checking"
    eventually(
        lambda: len(field.demo.group(WHO_MAY_BE_AT_IT)) == len(killed), what="the launcher starts the workers again"
    )

    field.move_on(1)  # the minute of silence has passed
    field.demo.send("casework.tasks.requeue_stuck_jobs")
    field.officer.in_state("openings", made.opening, "in_review")
    ended = field.school.finished(job)
    assert (ended["state"], ended["attempts"]) == ("done", 2), ended
    assert set(steps.verdicts(field.officer, made).values()) == {"eligible"}
    assert field.moves_taken(made, "checked") == 1
    subjects = field.door.subjects()
    asked = [registry for registry, known in subjects.items() if people[0].number in known]
    assert set(ASKED) <= set(asked)
    for registry in asked:
        assert [subjects[registry][person.number]["answered"] for person in people] == [1] * len(people), registry


def test_registries_that_answer_nonsense_leave_people_open_and_the_class_goes_on(field: Field) -> None:
    made, _people = field.ready_class()
    for registry, mode in zip(ASKED, ("half_json", "error500", "html"), strict=True):
        field.door.behave(registry, mode)
    field.school.move("openings", made.opening, "submit")
    case = field.officer.in_state("openings", made.opening, "in_review")
    assert set(steps.verdicts(field.officer, made).values()) == {"needs_verification"}
    ended = field.school.finished(steps.checking_job(field.school, made)["id"])
    assert ended["state"] == "done"
    assert sorted(ended["result"]["silent"]) == sorted(ASKED)
    refused(field.officer.ask_move("openings", made.opening, "approve", case["version"]), 409)

    field.door.reset()
    field.move_on(1)
    field.demo.send("eligibility.tasks.ask_again")
    eventually(lambda: set(steps.verdicts(field.officer, made).values()) == {"eligible"}, 90)
    assert field.officer.move("openings", made.opening, "approve")["state"] == "approved"


def test_slow_and_busy_registries_are_waited_for(field: Field) -> None:
    made, _people = field.ready_class()
    field.door.behave("employment", "slow", latency_ms=2500)
    field.door.behave("business", "rate_limited", per_second=0, retry_after=1)
    field.school.move("openings", made.opening, "submit")
    eventually(lambda: field.door.states()["business"]["limited"] >= 2, what="told to come later, comes later")
    field.door.behave("business", "normal")
    field.officer.in_state("openings", made.opening, "in_review")
    assert set(steps.verdicts(field.officer, made).values()) == {"eligible"}
    assert field.door.states()["business"]["requests"] < 20


def test_the_database_is_restarted_under_the_web_and_the_workers(field: Field) -> None:
    made, _people = field.ready_class()
    web, database = field.demo.group("gunicorn"), field.demo.postmaster()
    assert database
    assert len(web) == 3
    os.kill(database, signal.SIGKILL)
    eventually(lambda: field.demo.postmaster() not in (None, database), what="the launcher starts the database again")
    eventually(lambda: field.school.get(f"openings/{made.opening}/").status == 200, what="pages answer again")
    assert field.demo.group("gunicorn") == web
    visitor = Visitor(field.demo.port).login("school", PASSWORD)
    assert [visitor.get("/classes/").status for _time in range(8)] == [200] * 8
    field.school.move("openings", made.opening, "submit")
    field.officer.in_state("openings", made.opening, "in_review", 120)
    assert set(steps.verdicts(field.officer, made).values()) == {"eligible"}
