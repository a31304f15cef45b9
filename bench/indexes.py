"""Constraints and indexes out of the way of a bulk load, and back: putting them back checks every
row that was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PUT_BACK = "  indexes and foreign keys (every row is checked)"

# Primary keys and check constraints stay: both are cheap on rows that come in order.
LARGE = """
    SELECT c.oid FROM pg_class c WHERE c.relname IN ('eligibility_person', 'eligibility_examination',
      'training_enrolment', 'training_trainingclass',
        'training_lesson', 'training_attendancesheet', 'training_opening', 'training_completion', 'subsidies_subsidy',
          'subsidies_subsidyline',
        'subsidies_payment', 'subsidies_paymentpart', 'subsidies_publicity', 'casework_step', 'casework_workitem',
          'casework_notice', 'casework_attachment')
"""
FOREIGN_KEYS = f"""
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND (conrelid IN ({LARGE}) OR confrelid IN ({LARGE})) ORDER BY 1, 2
"""
UNIQUES = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('u',"
    f" 'x') AND conrelid IN ({LARGE}) ORDER BY 1, 2"
)
INDEXES = f"""
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
    WHERE indrelid IN ({LARGE}) AND NOT EXISTS (SELECT 1 FROM pg_constraint k
      WHERE k.conindid = i.indexrelid) ORDER BY 1
"""
SEQUENCES = """
    SELECT t.relname, a.attname, pg_get_serial_sequence(quote_ident(t.relname), a.attname)
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''
    WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
"""

# What the triggers on payments and batches ask row by row, asked of all of them at once: row by row it needs the
# indexes that are lifted. The marks for the monthly figures are not set either: `generator` tallies everything at its
# end. Cases and verdicts of long ago come as they are.
MARKS = r"""SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE (tgname LIKE 'touch\_%' OR tgname IN ('judged_first', 'recorded_first')) AND NOT tgisinternal ORDER BY 1, 2"""
WATCHED = ("subsidies_payment", "subsidies_paymentbatch")
NOT_ADDED_UP = """
    (SELECT 'payment', p.id FROM subsidies_payment p LEFT JOIN (SELECT payment_id, sum(amount) AS total
      FROM subsidies_subsidyline GROUP BY payment_id) l
        ON l.payment_id = p.id WHERE p.state IN ('pending', 'paid') AND p.amount IS DISTINCT FROM l.total LIMIT 5)
    UNION ALL
    (SELECT 'batch', b.id FROM subsidies_paymentbatch b LEFT JOIN (SELECT batch_id, sum(amount) AS total
      FROM subsidies_payment GROUP BY batch_id) p
        ON p.batch_id = b.id WHERE b.digest <> '' AND b.amount IS DISTINCT FROM p.total LIMIT 5)
"""


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Foreign keys, unique and exclusion constraints and indexes of the large tables are gone inside the block, back
    and valid after it.
    """
    with connection.cursor() as cursor:
        foreign, unique, index = (_rows(cursor, sql) for sql in (FOREIGN_KEYS, UNIQUES, INDEXES))
        for table, name, _definition in [*foreign, *unique]:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in index:
            cursor.execute(f"DROP INDEX {name}")
        for table in WATCHED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, name in (marks := _rows(cursor, MARKS)):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    yield
    with connection.cursor() as cursor:
        for table in WATCHED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table, name in marks:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        cursor.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
        for _name, definition in index:
            cursor.execute(definition)
        for table, name, definition in [*unique, *foreign]:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        if wrong := _rows(cursor, NOT_ADDED_UP):
            raise ValueError(f"payments or batches that are not the sum of their lines: {wrong}")
        cursor.execute("RESET maintenance_work_mem; RESET synchronous_commit")


def _rows(cursor: Any, sql: str) -> list[tuple[str, ...]]:
    cursor.execute(sql)
    return cursor.fetchall()


def reset_sequences(cursor: Any) -> None:
    """Let new rows continue after the generated ones."""
    for table, column, sequence in _rows(cursor, SEQUENCES):
        cursor.execute(f"SELECT setval(%s, greatest((SELECT coalesce(max({column}), 0) FROM {table}), 1))", [sequence])
