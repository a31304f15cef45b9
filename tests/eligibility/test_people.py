"""One record per citizen number (R-SEC-1, R-SEC-4)."""

import pytest
from django.db import connection

from eligibility.domain.people import other_names, people_for, person_for
from eligibility.models import Person
from kit.errors import IdError
from tests.factories.eligibility import number

pytestmark = pytest.mark.django_db


def test_a_new_person_is_kept_once_with_what_the_number_says():
    mine = number()
    person = person_for(mine, "乌云 其木格")
    assert (person.name, person.letters) == ("乌云其木格", sorted(set("乌云其木格")))
    assert (person.birth_date.isoformat(), person.tail) == (f"{mine[6:10]}-{mine[10:12]}-{mine[12:14]}", mine[-4:])
    assert person_for(mine.lower(), "乌云其木格") == person
    assert Person.objects.count() == 1


def test_the_number_is_not_readable_in_the_table():
    mine = number()
    person_for(mine, "乌云")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number::text || number_hash::text FROM eligibility_person")
        (stored,) = cursor.fetchone()
    assert mine not in stored
    assert mine.encode().hex() not in stored


def test_a_different_name_does_not_overwrite_and_is_reported():
    mine = number()
    person_for(mine, "乌云")
    rows = [(mine, "张三"), (number(), "巴特尔")]
    people = people_for(rows)
    reported = other_names(rows, people)
    assert {key: (other.person.name, other.given) for key, other in reported.items()} == {mine: ("乌云", "张三")}
    assert Person.objects.get(tail=mine[-4:], name="乌云")


def test_the_middle_dot_in_another_form_is_the_same_name():
    mine = number()
    person_for(mine, "巴特尔·苏和")
    assert other_names([(mine, "巴特尔•苏和")], people_for([(mine, "巴特尔•苏和")])) == {}


@pytest.mark.parametrize("count", [1, 30])
def test_a_roster_takes_three_queries_however_long(django_assert_num_queries, count):
    rows = [(number(), f"学员{place}") for place in range(count)]
    with django_assert_num_queries(3):
        assert len(people_for(rows)) == count


def test_a_wrong_number_is_refused_and_nothing_is_kept():
    right = number()
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    with pytest.raises(IdError):
        people_for([(number(), "乌云"), (wrong, "巴特尔")])
    assert Person.objects.count() == 0
