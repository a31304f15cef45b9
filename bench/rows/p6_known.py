"""P6: what the house knows of a roster of 50 people (in this class, in another class at the time,
how often this year).
"""

from __future__ import annotations

from django.db import connection

from bench.measure import Bench, Line, Target, Variant, queries_of
from eligibility.domain.people import number_hash
from eligibility.models import Person
from training.domain.roster.known_people import what_is_known
from training.enums import IDLE, PUBLIC_STAGES, Stage
from training.models import Enrolment, TrainingClass

CODE = "P6"
SENTENCE = "conflicts and limits of a roster of 50 against all enrolments: overlap, three a year, same name"
PEOPLE = 50
ONE_QUERY = """
    SELECT p.id, e.training_class_id, c.number, c.stage, c.first_day, c.last_day
    FROM eligibility_person p JOIN training_enrolment e ON e.person_id = p.id JOIN training_trainingclass c
      ON c.id = e.training_class_id
    WHERE p.number_hash = ANY(%s) AND e.struck_out_at IS NULL
"""

RETURNING = """
    SELECT person_id FROM training_enrolment e WHERE training_class_id < %s
    GROUP BY person_id HAVING count(*) > 1 ORDER BY max(training_class_id) DESC, person_id LIMIT %s
"""


def measure(bench: Bench) -> list[Line]:
    training_class, people = a_roster()
    line = Line(CODE, "a roster of 50", Target(multiple=2), unit="ms")
    hashes = [number_hash(number) for number in people]
    known = what_is_known(training_class, people)
    line.notes.append(
        f"{queries_of(lambda: what_is_known(training_class, people))} queries, {len(known.warnings)} of {len(people)}"
        " people with warnings; limit: one query by hash"
    )
    line.notes.append(
        "the rule «same occupation and level once» is asked when a claim is drawn up (subsidies), not here"
    )
    return [
        bench.timed(
            line,
            ours=Variant(lambda: discard(what_is_known(training_class, people)), repeat=5),
            limit=Variant(lambda: one_query(hashes), repeat=5),
            naive=Variant(lambda: one_by_one(training_class, people)),
        )
    ]


def a_roster() -> tuple[TrainingClass, dict[str, str]]:
    """A class in review, and people with several trainings behind them: the roster that gives most work."""
    training_class = TrainingClass.objects.filter(stage=Stage.OPENING).order_by("-id")[0]
    with connection.cursor() as cursor:
        cursor.execute(RETURNING, [training_class.pk, PEOPLE])
        ids = [pk for (pk,) in cursor.fetchall()]
    return training_class, {person.number: person.name for person in Person.objects.filter(pk__in=ids)}


def one_query(hashes: list[bytes]) -> None:
    """The limit: everything about the fifty in one indexed query."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_QUERY, [hashes])
        cursor.fetchall()


def one_by_one(training_class: TrainingClass, people: dict[str, str]) -> None:
    """The naive way: each person by its number, then a query a rule."""
    for number in people:
        person = Person.objects.get(number_hash=number_hash(number))
        others = Enrolment.objects.filter(person=person, struck_out_at__isnull=True)
        others.filter(training_class=training_class).exists()
        others.exclude(training_class__stage__in=IDLE).filter(
            training_class__first_day__lte=training_class.last_day,
            training_class__last_day__gte=training_class.first_day,
        ).exists()
        others.filter(
            training_class__stage__in=PUBLIC_STAGES, training_class__first_day__year=training_class.first_day.year
        ).count()


def discard(_value: object) -> None:
    """A variant's result is not its time."""
