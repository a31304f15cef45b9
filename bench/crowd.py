"""A class of as many people as a row asks for, made beside the data and taken out with the row's other traces."""

from __future__ import annotations

from django.db import connection

from casework.enums import State
from training.enums import Stage
from training.models import Opening, TrainingClass

ENROL = """
    INSERT INTO training_enrolment (training_class_id, person_id, sequence, bank_name, marks, household, verdict,
      strike_reason, attended_hours, result,
        certificate_kind, certificate_number, certificate_verified)
    SELECT %s, id, row_number() OVER (ORDER BY id), '', '{}', 'urban', 'none', '', 0, '', '', '', false
      FROM eligibility_person ORDER BY id LIMIT %s
"""


def crowd(category: str, people: int) -> TrainingClass:
    """A draft class like the newest one an institution teaches, with the first so many people of the database."""
    found = TrainingClass.objects.filter(employer__isnull=True).order_by("-id")[0]
    values = {
        field.attname: getattr(found, field.attname)
        for field in TrainingClass._meta.concrete_fields
        if not field.primary_key
    }
    found = TrainingClass.objects.create(
        **(
            values
            | {
                "number": f"bench-{found.number}-{people}",
                "category": category,
                "stage": Stage.DRAFT,
                "body_id": None,
            }
        )
    )
    Opening.objects.create(
        number=f"{found.number}-K",
        division=found.division,
        applicant=found.applicant,
        category=category,
        training_class=found,
        state=State.DRAFT,
    )
    with connection.cursor() as cursor:
        cursor.execute(ENROL, [found.pk, people])
        cursor.execute("ANALYZE training_enrolment")
    return found
