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


def asked(world: World, api: Any) -> Iterator[tuple[str, Any, Any, str]]:
    """Both answers to every wrong value, with the name of the field."""
    for one in INPUTS:
        page, program = Client(), api(world.memberships[one.who])
        page.force_login(world.memberships[one.who].user)
        at = [word[1:] if word[0] == "=" else world.things[word][-1] for word in one.at.split()]
        for name, value in one.wrong:
            said = one.right | {name: value}
            yield (
                f"{one.page} {name}={str(value)[:12]}",
                posted(page.post, reverse(one.page, args=at), one.only_page | said),
                posted(getattr(program, one.method), reverse(one.door, args=world.things[one.of]), one.only_api | said),
                name,
            )


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
