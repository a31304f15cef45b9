"""Tallies a class, and the marks the database sets when something a class is counted from changes (reports/domain/tallies.py).

The marks are only added, in the transaction that changes the rows: nobody waits for anybody. Statements that touch many rows at once
(results of a class, a bank's answer) leave one mark a class.
"""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# (table, what of a row is counted, the column that leads to its class, the classes behind such a column)
OF_CLAIM = "SELECT s.training_class_id FROM subsidies_subsidy s WHERE s.id IN ({0})"
BULK = (
    ("training_enrolment", "{0}.struck_out_at IS NULL, {0}.result, {0}.certificate_verified, {0}.certificate_kind",
     "training_class_id", "{0}"),
    ("subsidies_subsidyline", "{0}.payment_id, {0}.amount, {0}.item", "subsidy_id", OF_CLAIM),
    ("subsidies_payment", "{0}.state, {0}.value_date", "subsidy_id", OF_CLAIM),
)
# (table, columns, the statement that marks the classes of one changed row)
SINGLE = (
    ("training_opening", ("state", "decided_at", "training_class_id"), "SELECT {0}.training_class_id"),
    ("training_completion", ("state", "decided_at", "training_class_id"), "SELECT {0}.training_class_id"),
    ("training_trainingclass", ("division_id", "category", "project_id"), "SELECT {0}.id"),
    ("training_project", ("training_type", "level"), "SELECT id FROM training_trainingclass WHERE project_id = {0}.id"),
    ("subsidies_subsidy", ("fund_source", "training_class_id"), "SELECT {0}.training_class_id"),
)
MARK = "INSERT INTO reports_touched (training_class_id)"


def bulk(table: str, counted: str, column: str, classes: str) -> str:
    """Three statement triggers: rows come, go, or change in what is counted of them."""
    added, gone = (classes.format(f"SELECT DISTINCT {column} FROM {rows}") for rows in ("new_rows", "old_rows"))
    # As sets: a plan made for few rows and kept must not become a nested loop over many.
    new, old = (f"SELECT id, {column}, {counted.format(rows)} FROM {rows}" for rows in ("new_rows", "old_rows"))
    changed = classes.format(f"SELECT DISTINCT {column} FROM (({new} EXCEPT {old}) UNION ALL ({old} EXCEPT {new})) changed")
    return f"""
CREATE FUNCTION reports_touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN {MARK} {added};
    ELSIF TG_OP = 'DELETE' THEN {MARK} {gone};
    ELSE {MARK} {changed};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_touch_{table}();
CREATE TRIGGER touch_gone AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_touch_{table}();
CREATE TRIGGER touch_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION reports_touch_{table}();
"""


def single(table: str, columns: tuple[str, ...], classes: str) -> str:
    """A row trigger for what is decided one by one; an unchanged row costs nothing."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"""
CREATE FUNCTION reports_touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN {MARK} {classes.format("OLD")}; END IF;
    IF TG_OP <> 'DELETE' THEN {MARK} {classes.format("NEW")}; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_added AFTER INSERT OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION reports_touch_{table}();
CREATE TRIGGER touch_changed AFTER UPDATE OF {", ".join(columns)} ON {table} FOR EACH ROW WHEN (({new}) IS DISTINCT FROM ({old}))
    EXECUTE FUNCTION reports_touch_{table}();
"""


FORWARD = "".join([*(bulk(*of) for of in BULK), *(single(*of) for of in SINGLE)])
BACK = "".join(f"DROP FUNCTION reports_touch_{table}() CASCADE;\n" for table, *_rest in (*BULK, *SINGLE))
# What is there already is counted from its rows until it is tallied for the first time.
ALL = f"{MARK} SELECT id FROM training_trainingclass"


def counted() -> list[tuple[str, models.Field]]:
    """The columns both tallies share."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("figure", models.CharField(max_length=12)),
        ("category", models.CharField(blank=True, max_length=30)),
        ("training_type", models.CharField(max_length=20)),
        ("level", models.PositiveSmallIntegerField(null=True)),
        ("kind", models.CharField(blank=True, max_length=20)),
        ("fund", models.CharField(blank=True, max_length=24)),
        ("item", models.CharField(blank=True, max_length=12)),
        (
            "division",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_divisions"), ("training", "0005_watch"), ("subsidies", "0002_guards"), ("reports", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("training_class_id", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                *counted(),
                ("month", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("fen", models.BigIntegerField(default=0)),
                (
                    "training_class",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="training.trainingclass"),
                ),
            ],
            options={"default_permissions": (), "indexes": [models.Index(fields=["division", "month"], name="tally_place_month")]},
        ),
        migrations.CreateModel(
            name="YearTally",
            fields=[
                *counted(),
                ("year", models.PositiveSmallIntegerField()),
                ("counts", ArrayField(base_field=models.IntegerField(), size=12)),
                ("fen", ArrayField(base_field=models.BigIntegerField(), size=12)),
            ],
            options={"default_permissions": (), "indexes": [models.Index(fields=["year", "division"], name="yeartally_year_place")]},
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunSQL(ALL, migrations.RunSQL.noop),
    ]
