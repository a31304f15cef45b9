"""A code is one however it was typed (R-CAT-1): capitals, half width, nothing invisible, held by a check.

A project whose code looked like another one's of the same days keeps standing as «CODE#its number», which counts as the same training;
it ends after its last class. Occupations of the same look become one.
"""

from datetime import timedelta

import django.core.validators
from django.db import migrations
from django.utils import timezone

import kit.fields
from kit.text import code_text

NORMAL = r"({column} = upper({column}) AND {column} IS NFKC NORMALIZED AND {column} !~ '[\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]')"
KEPT = ("training_project", "training_assessment", "training_listing_occupations")


def days_meet(a, b):
    return (b.until is None or a.since < b.until) and (a.until is None or b.since < a.until)


def normalise(apps, schema_editor):
    Project, Occupation = apps.get_model("training", "Project"), apps.get_model("training", "Occupation")
    projects = [row for row in Project.objects.order_by("pk") if row.code != code_text(row.code)]
    occupations = [row for row in Occupation.objects.order_by("pk") if row.code != code_text(row.code)]
    if not projects and not occupations:
        return
    run = schema_editor.execute
    for table in KEPT:
        run(f"ALTER TABLE {table} DISABLE TRIGGER dated_kept")
    for row in occupations:
        _one_occupation(apps, row)
    for row in projects:
        _one_project(apps, row)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in KEPT:
        run(f"ALTER TABLE {table} ENABLE TRIGGER dated_kept")
    run("SET CONSTRAINTS ALL DEFERRED")


def _one_occupation(apps, row):
    Occupation, Assessment = apps.get_model("training", "Occupation"), apps.get_model("training", "Assessment")
    code, listed = code_text(row.code), apps.get_model("training", "Listing").occupations.through
    if not Occupation.objects.filter(pk=code).exists():
        Occupation.objects.create(code=code, name=row.name, edition=row.edition)
        Assessment.objects.filter(occupation=row.code).update(occupation=code)
    Assessment.objects.filter(occupation=row.code).delete()
    apps.get_model("training", "Project").objects.filter(occupation=row.code).update(occupation=code)
    there = listed.objects.filter(occupation=code).values("listing")
    listed.objects.filter(occupation=row.code, listing__in=there).delete()
    listed.objects.filter(occupation=row.code).update(occupation=code)
    Occupation.objects.filter(pk=row.code).delete()


def _one_project(apps, row):
    Project, TrainingClass = apps.get_model("training", "Project"), apps.get_model("training", "TrainingClass")
    code = code_text(row.code)
    if not any(days_meet(row, other) for other in Project.objects.filter(code=code)):
        Project.objects.filter(pk=row.pk).update(code=code)
        return
    days = TrainingClass.objects.filter(project=row.pk).exclude(stage="draft").values_list("first_day", flat=True)
    end = max([timezone.localdate(), row.since, *filter(None, days)]) + timedelta(days=1)
    until = min(row.until, end) if row.until else end
    Project.objects.filter(pk=row.pk).update(code=f"{code[:22]}#{row.pk}", until=until)


class Migration(migrations.Migration):
    dependencies = [("training", "0024_on_file_once")]
    operations = [
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.RunSQL(
            [f"ALTER TABLE training_{table} ADD CONSTRAINT {table}_code_normal CHECK {NORMAL.format(column='code')}" for table in ("project", "occupation")],
            [f"ALTER TABLE training_{table} DROP CONSTRAINT {table}_code_normal" for table in ("project", "occupation")]),
        migrations.AlterField("occupation", "code", kit.fields.CodeField(max_length=12, primary_key=True, serialize=False)),
        migrations.AlterField("project", "code", kit.fields.CodeField(max_length=30, validators=[
            django.core.validators.RegexValidator(
                r"#|(?![A-Z\u3400-\u9fff])[^\W\d_]", "编码只用英文字母、数字、汉字和横线，不能有“#”和看起来相同的其他文字的字母。", inverse_match=True)])),
    ]
