"""One teacher without a number and one room are on file once with a unit, however they are typed (R-REG-5). Rows that stand double keep
standing: the first in use has the key, the others have none.
"""

from django.db import migrations, models

from kit.identity import fold_name
from kit.text import squeeze


def give_keys(apps, schema_editor):
    for name, column, key in (
        ("Teacher", "name_key", lambda row: fold_name(row.name).casefold()),
        ("Venue", "room_key", lambda row: f"{squeeze(row.name)}|{squeeze(row.address)}".casefold()),
    ):
        rows, taken = apps.get_model("training", name).objects, set()
        for row in rows.order_by("-is_active", "pk").iterator():
            mine = (row.unit_id, key(row))
            if mine not in taken:
                rows.filter(pk=row.pk).update(**{column: mine[1]})
                taken.add(mine)


class Migration(migrations.Migration):
    dependencies = [("training", "0023_assessments")]
    operations = [
        migrations.AddField("teacher", "name_key", models.CharField(editable=False, max_length=60, null=True)),
        migrations.AddField("venue", "room_key", models.CharField(editable=False, max_length=300, null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AddConstraint("teacher", models.UniqueConstraint(
            condition=models.Q(("person_key__isnull", True)), fields=("unit", "name_key"), name="teacher_without_number_once")),
        migrations.AddConstraint("venue", models.UniqueConstraint(fields=("unit", "room_key"), name="venue_once")),
    ]
