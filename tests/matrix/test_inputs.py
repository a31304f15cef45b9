"""The same wrong input is refused with the same sentence on the page and by the API: both take it by one form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from eligibility.models import Assistance
from tests.matrix.test_api import NEW_UNIT, PERSON, PLAN
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
LONG = "长" * 2001
A_PERIOD = {"since": "2026-01-01", "until": "2026-12-31"}


@dataclass(frozen=True)
class Input:
    """What is asked on a page and by an operation, of which things (a word after `=` is meant itself), by whom; what
    would be right for both, and one wrong value after another.
    """

    who: str
    page: str
    at: str
    method: str
    door: str
    of: str
    wrong: tuple[tuple[str, Any], ...]
    right: dict[str, Any] = field(default_factory=dict)
    only_page: dict[str, Any] = field(default_factory=dict)
    only_api: dict[str, Any] = field(default_factory=dict)


TRAINEE = (("name", ""), ("name", LONG), ("number", "1501"), ("phone", "12"), ("household", "火星"), ("phone", ""))
ANSWERED = (("answer", ""), ("answer", "open"), ("letter", LONG), ("note", LONG), ("department", LONG))
INPUTS = (
    Input(
        "officer",
        "contact_choose",
        "",
        "put",
        "api_contact",
        "",
        (("pace_case", "sometime"), ("pace_work", ""), ("pace_deadline", "x")),
        right={"pace_case": "now", "pace_work": "now", "pace_deadline": "now", "pace_announcement": "now"},
    ),
    Input(
        "region",
        "announcement_send",
        "",
        "post",
        "api_announcements",
        "",
        (("text", ""), ("text", LONG), ("kinds", []), ("kinds", ["poets"]), ("roles", []), ("division", "")),
        right={"text": "请核对账户。", "division": "150000", "kinds": ["institution"], "roles": ["operator"]},
    ),
    Input(
        "region",
        "catalogue_new",
        "=projects",
        "post",
        "api_projects",
        "",
        (("hours", 0), ("hours", 40000), ("name", LONG), ("training_type", "poetry"), ("level", 9), ("code", "")),
    ),
    Input(
        "school",
        "class_timetable",
        "draft",
        "post",
        "api_class_timetable",
        "draft",
        (("weekdays", [7]), ("weekdays", []), ("teacher", 999_999), ("content", LONG)),
        only_page={"starts_1": "09:00", "hours_1": "4"},
        right=PLAN,
    ),
    Input(
        "officer",
        "unit_open",
        "",
        "post",
        "api_units",
        "",
        (
            ("kind", "poets"),
            ("name", LONG),
            ("uscc", "x"),
            ("division", "150203"),
            ("full_name", ""),
            ("phone", "12"),
            ("username", "李 敏"),
            ("requested", "in a dream"),
            ("note", LONG),
        ),
        right=NEW_UNIT,
    ),
    Input(
        "school",
        "unit_profile",
        "",
        "patch",
        "api_unit_draft",
        "unit",
        (("entity_type", "poets"), ("phone", "12"), ("contact", LONG), ("established_on", "昨天")),
    ),
    Input(
        "school",
        "teacher_new",
        "",
        "post",
        "api_teachers",
        "",
        (("name", ""), ("name", LONG), ("number", "1501"), ("qualification_valid_to", "明年")),
        right={"name": "王老师"},
    ),
    Input(
        "school",
        "venue_new",
        "",
        "post",
        "api_venues",
        "",
        (("name", ""), ("address", LONG), ("capacity", -1), ("capacity", 2**31)),
        right={"name": "二号", "address": "新城区", "capacity": 9},
    ),
    Input("school", "trainee_new", "draft", "post", "api_class_trainees", "draft", TRAINEE, right=PERSON),
    Input(
        "school",
        "lesson_attendance",
        "running lesson",
        "put",
        "api_attendance",
        "lesson",
        (("correction", LONG),),
        only_api={"marks": {}},
    ),
    Input(
        "second",
        "overruling_answer",
        "overruling",
        "post",
        "api_overruling",
        "overruling",
        (("note", LONG),),
        only_page={"answer": "decline"},
        only_api={"agree": False},
    ),
    Input("officer", "change_dealt", "change", "post", "api_change_dealt", "change", (("note", ""), ("note", LONG))),
    Input(
        "officer",
        "change_dealt",
        "change",
        "post",
        "api_change_dealt",
        "change",
        (("document", LONG),),
        right={"note": "已电话核实"},
    ),
    Input(
        "region",
        "what_if",
        "",
        "post",
        "api_what_if",
        "",
        (("table", ""), ("table", "none"), ("since", "32日"), ("until", "")),
        right={"table": "draft-example"} | A_PERIOD,
    ),
    Input(
        "officer",
        "assistance_answer",
        "asked",
        "post",
        "api_assistance",
        "assistance",
        ANSWERED,
        right={"answer": "confirmed", "letter": "1号"},
    ),
    Input(
        "region",
        "registry_switch",
        "=business",
        "put",
        "api_registry_modes",
        "",
        (("mode", "by post"), ("reason", ""), ("reason", LONG)),
        right={"mode": "file", "reason": "尚未联网"},
        only_api={"code": "business"},
    ),
    Input(
        "school",
        "class_new",
        "",
        "post",
        "api_classes",
        "",
        (
            ("planned_people", 40000),
            ("fee", "1.234"),
            ("first_day", "32日"),
            ("category", "poets"),
            ("fund_source", "x"),
        ),
    ),
)


def in_other_shapes(
    world: World,
) -> Iterator[tuple[str, tuple[str, str, dict[str, Any]], tuple[str, str, str, Any], str]]:
    """(who; page, thing, its form; method, operation, thing, its body; the field it is said at) where a page asks in
    another shape than an operation: numbered fields, a prefix a row, a button, ticked boxes.
    """
    person = world.things["enrolment"][0]
    question = world.things["asked"][0]
    slot = {"starts": "09:00", "hours": "4"}
    for name, value in (("hours", "17"), ("hours", "0.25"), ("starts", "25:00")):
        typed = {"weekdays": [0]} | {f"{key}_1": said for key, said in (slot | {name: value}).items()}
        body = {"weekdays": [0], "slots": [slot | {name: value}]}
        yield (
            "school",
            ("class_timetable", "draft", typed),
            ("post", "api_class_timetable", "draft", body),
            f"slots.0.{name}",
        )
    for name, value in (
        ("theory_score", "101"),
        ("practice_score", "-1"),
        ("theory_score", "88.55"),
        ("result", "great"),
        ("certificate_kind", "poetry"),
        ("certificate_number", "。。"),
        ("certificate_number", LONG),
        ("certificate_on", "32日"),
    ):
        body = {"rows": [{"enrolment": person, name: value}]}
        typed = {f"r{person}-{name}": value}
        yield (
            "school",
            ("completion_results", "running", typed),
            ("put", "api_class_results", "running", body),
            f"rows.0.{name}",
        )
    for typed, body in (({"answer": "perhaps"}, {"agree": "perhaps"}), ({}, {}), ({"answer": ""}, {"agree": None})):
        yield (
            "second",
            ("overruling_answer", "overruling", typed),
            ("post", "api_overruling", "overruling", body),
            "agree",
        )
    for name, value in (("answer", ""), ("answer", "open"), ("letter", LONG), ("note", LONG)):
        said = {"answer": "confirmed", "letter": "1号"} | {name: value}
        typed, body = said | {"row": question}, said | {"assistances": [question]}
        yield "officer", ("assistances_batch", "", typed), ("post", "api_assistance_answers", "", body), name


def asked(world: World, api: Any) -> Iterator[tuple[str, Any, Any, str]]:
    """Both answers to every wrong value, with the name of the field."""
    for one in INPUTS:
        page, program = both(world, api, one.who)
        at = [word[1:] if word[0] == "=" else world.things[word][-1] for word in one.at.split()]
        for name, value in one.wrong:
            said = one.right | {name: value}
            yield (
                f"{one.page} {name}={str(value)[:12]}",
                posted(page.post, reverse(one.page, args=at), one.only_page | said),
                posted(getattr(program, one.method), reverse(one.door, args=world.things[one.of]), one.only_api | said),
                name,
            )


def both(world: World, api: Any, who: str) -> tuple[Client, Any]:
    """A browser and a program of the same person."""
    page = Client()
    page.force_login(world.memberships[who].user)
    return page, api(world.memberships[who])


def posted(send: Any, address: str, body: dict[str, Any]) -> Any:
    """One request that leaves nothing behind."""
    with transaction.atomic():
        answer = send(address, body)
        transaction.set_rollback(True)
    return answer


def offence(what: str, page: Any, answer: Any, name: str) -> str:
    if (page.status_code, answer.status_code) != (400, 400):
        return f"{what}: {page.status_code} on the page, {answer.status_code} from the API"
    sentences = answer.json()["errors"].get(name, [])
    missing = [one for one in sentences if one not in unescape(page.content.decode())]
    return f"{what}: {answer.json()['errors']}" if missing or not sentences else ""


def test_what_is_wrong_is_said_with_one_sentence_at_both_doors(world, api):
    world.things["asked"] = [Assistance.objects.get().pk]
    offences = [wrong for case in asked(world, api) if (wrong := offence(*case))]
    assert not offences, "\n" + "\n".join(offences)


def test_what_is_asked_in_another_shape_is_refused_with_the_same_sentence(world, api):
    world.things["asked"] = [Assistance.objects.get().pk]
    offences = []
    for who, (name, at, typed), (method, door, of, body), said_at in in_other_shapes(world):
        page, program = both(world, api, who)
        shown = posted(page.post, reverse(name, args=world.things[at][-1:]), typed)
        answer = posted(getattr(program, method), reverse(door, args=world.things[of]), body)
        offences.append(offence(f"{name} {typed}"[:90], shown, answer, said_at))
    assert not any(offences), "\n" + "\n".join(filter(None, offences))
