"""The years' tallies for each level of the reporting line, so that a page of the region does not read a row for every banner.

The levels are added up by the database itself, whether places were tallied anew or a reporting line was redrawn: a row that stands for
a league must never be what another set of banners added up to.
"""

from django.db import migrations, models

KEYS = "figure, category, training_type, kind, level, fund, item"
YEARS_KEYS = ", ".join(f"y.{key}" for key in KEYS.split(", "))
SUMS = ", ".join(f"ARRAY[{', '.join(f'sum(y.{column}[{month}])' for month in range(1, 13))}]" for column in ("counts", "fen"))
# All that a place and those above it show of a year, from what each place shows by itself; NULL: every year, every place.
# In order, so that the rows of a page lie on few pages of the table.
ROLL_UP = f"""
CREATE FUNCTION reports_roll_up(only_year int, changed text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    above text[] := ARRAY(SELECT a.code FROM accounts_division a WHERE changed IS NULL OR EXISTS (
        SELECT FROM accounts_division d WHERE d.code = ANY (changed) AND starts_with(d.path, a.path)));
BEGIN
    DELETE FROM reports_yeartally WHERE whole AND (only_year IS NULL OR year = only_year) AND division_id = ANY (above);
    INSERT INTO reports_yeartally (whole, year, division_id, {KEYS}, counts, fen)
    SELECT true, y.year, a.code, {YEARS_KEYS}, {SUMS}
    FROM accounts_division a JOIN accounts_division d ON starts_with(d.path, a.path) JOIN reports_yeartally y ON y.division_id = d.code
    WHERE NOT y.whole AND (only_year IS NULL OR y.year = only_year) AND a.code = ANY (above)
    GROUP BY y.year, a.code, {YEARS_KEYS} ORDER BY y.year, a.code;
END $$;
CREATE FUNCTION reports_line_redrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({0x7A11});
    PERFORM reports_roll_up(NULL, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER roll_up_anew AFTER UPDATE OF path OR DELETE ON accounts_division FOR EACH STATEMENT EXECUTE FUNCTION reports_line_redrawn();
SELECT reports_roll_up(NULL, NULL);
"""
BACK = """
DROP FUNCTION reports_line_redrawn() CASCADE;
DROP FUNCTION reports_roll_up(int, text[]);
DELETE FROM reports_yeartally WHERE whole;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_tallies")]

    operations = [
        migrations.RemoveIndex(model_name="yeartally", name="yeartally_year_place"),
        migrations.AddField(model_name="yeartally", name="whole", field=models.BooleanField(default=False), preserve_default=False),
        migrations.AddIndex(
            model_name="yeartally", index=models.Index(fields=["year", "division", "whole"], name="yeartally_year_place_whole")),
        migrations.RunSQL(ROLL_UP, BACK),
    ]
