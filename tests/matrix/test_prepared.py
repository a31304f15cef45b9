"""Every prepared queryset of the portal, asked on two days by one process and each time held against Django (P7)."""

import sys
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from casework.domain.inbox import reviewers_of
from casework.domain.moves import take
from kit.fast.prepared import Prepared
from kit.refusals import Refused
from subsidies.models import Subsidy
from tests.architecture.code import ROOMS
from tests.held import held
from tests.matrix.test_pages import PAGES, ask, filled, with_offices
from tests.matrix.world import World, build
from training.domain.decision.strikes import strike_out
from training.models import Opening

__all__ = ["held"]
pytestmark = pytest.mark.django_db


def everything_prepared() -> set[Prepared]:
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in ROOMS]
    return {one for module in modules for one in vars(module).values() if isinstance(one, Prepared)}


def everybody_opens_what_is_theirs(registries) -> None:
    world = with_offices(build(registries))
    for asked in filled(world):
        for who in sorted(PAGES[asked.name].who & set(world.memberships))[:1]:
            client = Client()
            client.force_login(world.memberships[who].user)
            ask(client, asked)
    the_officer_decides(world)


def the_officer_decides(world: World) -> None:
    """The class file after somebody was struck out, what an agreement asks, and who has decided already."""
    opening, officer = Opening.objects.get(pk=world.things["opening"][-1]), world.memberships["officer"]
    strike_out(opening.training_class.enrolments.first(), "已离职", by=officer)
    client = Client()
    client.force_login(officer.user)
    assert client.get(reverse("case", args=["opening", opening.pk])).status_code == 200
    with suppress(Refused):
        take(opening, "approve", by=officer)
    reviewers_of(Subsidy.objects.get(pk=world.things["subsidy"][-1]))


def test_what_is_asked_today_is_asked_with_todays_words_in_forty_days(registries, held):
    today = timezone.now()
    for moment, language in ((today, "zh-hans"), (today + timedelta(days=40), "en")):
        before = transaction.savepoint()
        with time_machine.travel(moment), translation.override(language):
            everybody_opens_what_is_theirs(registries)
        transaction.savepoint_rollback(before)
    known = everything_prepared()
    assert len(known) > 20
    asked_once = [one for one in known if len(held[one]) < 2]
    assert sorted(f"{one.__module__}.{one.__qualname__}" for one in asked_once) == []
