"""Whether one officer may agree to opening, completion and first review of a class is a dated number; leagues may let
a banner with few officers do so (R-AUT-5).
"""

from datetime import date

from django.db import migrations

ROW = {
    "value": 1,
    "since": date(2020, 7, 1),
    "source": "示例：不相容岗位分离",
    "is_example": True,
    "leagues_may": True,
}


def forward(apps, schema_editor):
    rows = apps.get_model("casework", "Parameter").objects
    if not rows.filter(code="three_reviews_apart").exists():
        rows.create(code="three_reviews_apart", **ROW)


class Migration(migrations.Migration):
    dependencies = [("casework", "0019_reasons_dated")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
