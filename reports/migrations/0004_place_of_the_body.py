"""Figures belong to the division of the body that approved the opening: a class is marked when its body changes, and all are counted anew."""

from django.db import migrations

MARKS = """
DROP TRIGGER touch_changed ON training_trainingclass;
CREATE TRIGGER touch_changed AFTER UPDATE OF {columns} ON training_trainingclass FOR EACH ROW
    WHEN (({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION reports_touch_training_trainingclass();
"""
ALL = "INSERT INTO reports_touched (training_class_id) SELECT id FROM training_trainingclass"


def marks(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return MARKS.format(columns=", ".join(columns), new=new, old=old)


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_yeartally_levels"), ("training", "0009_issued_certificates")]

    operations = [
        migrations.RunSQL(marks("body_id", "category", "project_id"), marks("division_id", "category", "project_id")),
        migrations.RunSQL(ALL, migrations.RunSQL.noop),
    ]
