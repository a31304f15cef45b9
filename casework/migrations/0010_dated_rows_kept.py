"""Dated rows are closed and followed, never rewritten, and of one key never two on a day (parameters and routes here; each room its own).

`fanbu_dated_kept(uses, backdated)`: `uses` is a query of the days on which the row ($1, as jsonb) was used. A row that is used, or in force
since before today, keeps all its values but the end; the end lies after its last use up to today and, unless `backdated`, not before today;
a row that has ended stays as it is. Equal keys are compared by a hash of 64 bits, so that no extension is needed for the exclusion.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fanbu_dated_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    used boolean; last_use date; kept boolean;
BEGIN
    EXECUTE 'SELECT count(*) > 0, max(day) FILTER (WHERE day <= $2) FROM (' || TG_ARGV[0] || ') AS uses (day)'
        INTO used, last_use USING to_jsonb(OLD), today;
    kept := used OR OLD.since < today;
    IF NOT kept THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'until' IS DISTINCT FROM to_jsonb(OLD) - 'until' THEN
        RAISE EXCEPTION 'row % of % is in use: it is closed and followed, never rewritten', OLD.id, TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.until IS DISTINCT FROM OLD.until AND (
        OLD.until <= today OR NEW.until <= last_use OR (TG_ARGV[1] <> 'backdated' AND NEW.until < today)) THEN
        RAISE EXCEPTION 'row % of % was in force on these days', OLD.id, TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION fanbu_key(VARIADIC parts text[]) RETURNS numrange LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT numrange(hash, hash, '[]') FROM (SELECT hashtextextended(array_to_string(parts, '|', '*'), 0)::numeric AS hash) AS hashed
$$;

-- the younger row has won so far
UPDATE casework_parameter AS row SET until = following.since
    FROM (SELECT id, lead(since) OVER (PARTITION BY code, division_id ORDER BY since) AS since FROM casework_parameter) AS following
    WHERE following.id = row.id AND (row.until IS NULL OR row.until > following.since);
UPDATE casework_routestep AS row SET until = following.since
    FROM (SELECT id, lead(since) OVER (PARTITION BY kind, category, variant, amount_from, "position" ORDER BY since) AS since FROM casework_routestep) AS following
    WHERE following.id = row.id AND (row.until IS NULL OR row.until > following.since);
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON casework_parameter
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('SELECT NULL::date WHERE false', '');
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON casework_routestep
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('SELECT NULL::date WHERE false', '');
ALTER TABLE casework_parameter ADD CONSTRAINT parameter_one_a_day EXCLUDE USING gist (
    fanbu_key(code, division_id) WITH &&, daterange(since, until) WITH &&);
ALTER TABLE casework_routestep ADD CONSTRAINT routestep_one_a_day EXCLUDE USING gist (
    fanbu_key(kind, category, variant, amount_from::text, "position"::text) WITH &&, daterange(since, until) WITH &&);
"""
BACK = """
ALTER TABLE casework_routestep DROP CONSTRAINT routestep_one_a_day;
ALTER TABLE casework_parameter DROP CONSTRAINT parameter_one_a_day;
DROP TRIGGER dated_kept ON casework_routestep; DROP TRIGGER dated_kept ON casework_parameter;
DROP FUNCTION fanbu_key(text[]); DROP FUNCTION fanbu_dated_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_confirming")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
