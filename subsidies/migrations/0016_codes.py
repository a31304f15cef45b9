"""Standards name projects and occupations by codes that are one however they were typed (R-SUB-1), held by a check.

Of two standards that name the same by another look on the same days the one in order stands; the other is kept as «CODE#its number».
"""

from django.db import migrations

import kit.fields
from kit.text import code_text

NORMAL = r"({column} = upper({column}) AND {column} IS NFKC NORMALIZED AND {column} !~ '[\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]')"
SAME = ("item", "level", "training_type", "category", "hours_from")
COLUMNS = ("project_code", "occupation")


def normalise(apps, schema_editor):
    rows = apps.get_model("subsidies", "Standard").objects
    wrong = [row for row in rows.order_by("pk") if any(getattr(row, name) != code_text(getattr(row, name)) for name in COLUMNS)]
    if not wrong:
        return
    schema_editor.execute("ALTER TABLE subsidies_standard DISABLE TRIGGER dated_kept")
    for row in wrong:
        code, occupation = code_text(row.project_code), code_text(row.occupation)
        same = rows.filter(project_code=code, occupation=occupation, **{name: getattr(row, name) for name in SAME}).exclude(pk=row.pk)
        if any((other.until is None or row.since < other.until) and (row.until is None or other.since < row.until) for other in same):
            code = f"{code[:20]}#{row.pk}"
        rows.filter(pk=row.pk).update(project_code=code, occupation=occupation)
    schema_editor.execute("ALTER TABLE subsidies_standard ENABLE TRIGGER dated_kept")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0015_insert_guarded")]
    operations = [
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.RunSQL(
            [f"ALTER TABLE subsidies_standard ADD CONSTRAINT standard_{name}_normal CHECK {NORMAL.format(column=name)}" for name in COLUMNS],
            [f"ALTER TABLE subsidies_standard DROP CONSTRAINT standard_{name}_normal" for name in COLUMNS]),
        migrations.AlterField("standard", "project_code", kit.fields.CodeField(blank=True, default="", max_length=30)),
        migrations.AlterField("standard", "occupation", kit.fields.CodeField(blank=True, default="", max_length=12)),
    ]
