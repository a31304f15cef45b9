"""Citizen numbers entered are counted by unit and day, and there is an end to them (R-SEC-1)."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.models import Membership, Organisation
from casework.domain.routing import not_set, parameters

# Counted and held against the limit in one statement, so that requests at the same time cannot pass it together; no row
# where they are too many.
COUNT = """
    INSERT INTO training_numbersentered AS kept (organisation_id, day, count)
    SELECT %(organisation)s, %(day)s, %(count)s WHERE %(count)s <= %(most)s
    ON CONFLICT (organisation_id, day) DO UPDATE SET count = kept.count + excluded.count
      WHERE kept.count + excluded.count <= %(most)s
    RETURNING count
"""


def count_numbers(organisation: Organisation, count: int, *, by: Membership) -> str:
    """Count numbers before they are looked at; gives the sentence that refuses them where they are too many, which is
    on record then.

    Stays counted whatever becomes of the caller's transaction only when called outside of one; the sentence says
    nothing of any number.
    """
    most = parameters({"numbers_a_day": None}, division=organisation.division).get("numbers_a_day")
    if most is None:
        return not_set("numbers_a_day", None)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT, {"organisation": organisation.pk, "day": timezone.localdate(), "count": count, "most": most}
        )
        if cursor.fetchone():
            return ""
    record("roster.numbers_ended", by=by, on=organisation, division=organisation.division_id, numbers=count)
    return _("本单位今天录入的公民身份号码已达%(most)s个的上限，请明天再录入；确有需要的，请联系当地人社部门。") % {
        "most": int(most)
    }
