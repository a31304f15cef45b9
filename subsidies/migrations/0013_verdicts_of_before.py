"""Verdicts given before judgements were for the days of the class stay as they were said, until somebody has read who would change.

Nothing is written here: the report comes first (`manage.py rejudge_all`), and `--apply` changes class by class what is not paid. The upgrade
only says how many there are, so that nobody forgets (R-ELG-3, R-ELG-4).
"""

import sys

from django.db import migrations


def say(apps, schema_editor):
    rows = apps.get_model("training", "Enrolment").objects.filter(examination__isnull=False)
    if count := rows.exclude(examination__results__has_key="first_day").count():
        sys.stdout.write(f"\n  {count} 人的结论是按比对日判定的，请运行 manage.py rejudge_all 看谁会改变，再加 --apply 更改"
                         f" / {count} verdicts of before: run manage.py rejudge_all, then with --apply\n")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0012_numbers"), ("training", "0014_watch_stops_money"), ("eligibility", "0009_mode_not_connected")]
    operations = [migrations.RunPython(say, migrations.RunPython.noop, elidable=True)]
