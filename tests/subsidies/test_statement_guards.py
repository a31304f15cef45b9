"""Guards that look at all rows of a statement are planned for as many as there are (R-SUB-5)."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
# A function keeps the plan of its queries for the whole connection: made for one row, a join of what was with what is
# compares twenty thousand rows one by one. Such a query is planned each time, or compares sets.
GUARDS = """
    SELECT DISTINCT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgoldtable IS NOT NULL OR t.tgnewtable IS NOT NULL ORDER BY 1
"""


def test_no_guard_keeps_a_plan_made_for_fewer_rows():
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        found = dict(cursor.fetchall())
    assert {"subsidies_value_day_fits", "subsidies_paid_add_up", "subsidies_lines_held"} <= set(found)
    assert [name for name, body in found.items() if "EXECUTE" not in body and "EXCEPT" not in body] == []
