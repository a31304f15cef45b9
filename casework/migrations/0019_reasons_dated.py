"""Ready reasons have days, a source and a category as all policy has; what was switched off ended yesterday (R-SEC-2)."""

from datetime import date

from django.db import migrations, models
from django.db.models import F, Q

FORWARD = """
UPDATE casework_reason SET until = (now() AT TIME ZONE 'Asia/Shanghai')::date WHERE NOT is_active;
"""
KEPT = """
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON casework_reason
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('SELECT NULL::date WHERE false', '');
ALTER TABLE casework_reason ADD CONSTRAINT reason_one_a_day EXCLUDE USING gist (
    fanbu_key(kind, move, category, text) WITH &&, daterange(since, until) WITH &&);
"""
FREE = """
ALTER TABLE casework_reason DROP CONSTRAINT reason_one_a_day;
DROP TRIGGER dated_kept ON casework_reason;
"""


class Migration(migrations.Migration):

    dependencies = [("casework", "0018_deliveries")]
    operations = [
        migrations.RemoveConstraint("reason", "reason_once"),
        migrations.AddField("reason", "category", models.CharField(max_length=30, blank=True, default="")),
        migrations.AddField("reason", "since", models.DateField(default=date(2020, 7, 1)), preserve_default=False),
        migrations.AddField("reason", "until", models.DateField(null=True, blank=True)),
        migrations.AddField(
            "reason", "source", models.CharField(max_length=120, default="示例：常用理由"), preserve_default=False
        ),
        migrations.AddField("reason", "is_example", models.BooleanField(default=True), preserve_default=False),
        migrations.AlterField("reason", "is_example", models.BooleanField(default=False)),
        migrations.RunSQL(FORWARD, "UPDATE casework_reason SET is_active = until IS NULL"),
        migrations.RemoveField("reason", "is_active"),
        migrations.AddConstraint(
            "reason",
            models.CheckConstraint(
                name="reason_dates_in_order",
                condition=Q(("until__isnull", True), ("until__gt", F("since")), _connector="OR"),
                violation_error_message="失效日期须晚于生效日期。",
            ),
        ),
        migrations.AddConstraint(
            "reason", models.UniqueConstraint("kind", "move", "category", "text", "since", name="reason_once")
        ),
        migrations.RunSQL(KEPT, FREE),
    ]
