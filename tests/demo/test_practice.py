"""Practising with made-up data (R-AUT-6): the offices and people of the demo are sound, and the practice calendar only
goes forward.
"""

from datetime import date
from itertools import islice

import pytest
from django.utils import timezone

from accounts.domain.authority import may
from accounts.domain.grants import body_for
from accounts.enums import Act
from accounts.models import Division
from demo import clock
from demo.offices import BANNERS, SHOWN, open_offices
from demo.people import crowd, job_seeker
from kit.ids import check_bank_card, check_phone, parse_citizen_number
from registry_simulator.people import check_entry


@pytest.mark.django_db
def test_the_demos_offices_can_do_their_work_and_nothing_else():
    memberships = open_offices()
    banner = Division.objects.get(pk="150102")
    assert may(memberships["officer1"], Act.FIRST_REVIEW_OPENING, banner, "laid_off_unemployed")
    assert body_for(Act.FIRST_REVIEW_OPENING, banner, "emp_high_risk") == memberships["emergency"].organisation
    assert may(memberships["league"], Act.EXPORT_PERSONS, banner)
    assert not may(memberships["officer1"], Act.EXPORT_PERSONS, banner)
    assert not may(memberships["auditor"], Act.FIRST_REVIEW_OPENING, banner)
    assert {name for name, _what in SHOWN} - memberships.keys() == {"school", "works"}
    assert Division.objects.filter(pk__in=BANNERS).count() == 7


def test_made_up_people_have_valid_numbers_cards_and_records():
    people = list(islice(crowd(), 300))
    assert len({someone.number for someone in people}) == 300
    for someone in people:
        parse_citizen_number(someone.number, date(2026, 1, 1))
        check_bank_card(someone.account)
        check_phone(someone.phone)
    key, records = check_entry(job_seeker(people[0], date(2024, 1, 1)).entry())
    assert key == people[0].number
    assert set(records) == {"employment"}


def test_the_practice_calendar_moves_on_and_never_back():
    today = timezone.localdate()
    try:
        clock.move_on(3)
        assert (timezone.localdate() - today).days == 3
        clock.move_on(-5)
        assert (timezone.localdate() - today).days == 3
    finally:
        clock.cache.delete(clock.KEY)
        clock.keep_pace()
    assert timezone.localdate() == today
