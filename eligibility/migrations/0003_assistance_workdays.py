from datetime import date

from django.db import migrations


def forward(apps, schema_editor):
    """The number of working days a department has for its answer, where the installation has none yet."""
    apps.get_model("casework", "Parameter").objects.get_or_create(
        code="assistance_workdays", division=None, since=date(2020, 7, 1),
        defaults={"value": 10, "source": "示例：部门协查答复工作日", "is_example": True},
    )


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0002_overruling_and_desk"), ("casework", "0003_policy")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
