"""How an occupation is assessed becomes rows with days, closed and followed, never rewritten; what stood so far has held since ever (R-CAT-2)."""

import django.db.models.deletion
from django.db import migrations, models

OF_ASSESSMENT = """SELECT c.first_day FROM training_trainingclass c JOIN training_project p ON p.id = c.project_id
    WHERE p.occupation_id = $1->>''occupation_id'' AND c.stage <> ''draft'' AND c.first_day >= ($1->>''since'')::date
    AND c.first_day < coalesce(($1->>''until'')::date, ''infinity'')"""
TAKE_OVER = """
INSERT INTO training_assessment (occupation_id, status, since, source, is_example)
    SELECT code, status, least(date '2020-07-01', (SELECT min(first_day) FROM training_trainingclass)), '原职业目录', status = 'level_recognition'
    FROM training_occupation;
"""
GIVE_BACK = """
UPDATE training_occupation SET status = coalesce((SELECT status FROM training_assessment
    WHERE occupation_id = code AND since <= current_date AND coalesce(until, 'infinity') > current_date), 'none');
DELETE FROM training_assessment;
"""
KEEP = f"""
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON training_assessment
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('{OF_ASSESSMENT}', 'backdated');
ALTER TABLE training_assessment ADD CONSTRAINT assessment_one_a_day EXCLUDE USING gist (
    fanbu_key(occupation_id) WITH &&, daterange(since, until) WITH &&);

CREATE FUNCTION training_occupation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code <> OLD.code OR EXISTS (SELECT 1 FROM training_trainingclass c JOIN training_project p ON p.id = c.project_id
            WHERE p.occupation_id = OLD.code AND c.stage IN ('opening', 'approved', 'in_training', 'completion')) THEN
        RAISE EXCEPTION 'certificates are compared with occupation %: it keeps its name', OLD.code USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER occupation_kept BEFORE UPDATE OF code, name ON training_occupation
    FOR EACH ROW WHEN (NEW.code <> OLD.code OR NEW.name <> OLD.name) EXECUTE FUNCTION training_occupation_kept();
"""
RELEASE = """
DROP TRIGGER occupation_kept ON training_occupation; DROP FUNCTION training_occupation_kept();
ALTER TABLE training_assessment DROP CONSTRAINT assessment_one_a_day; DROP TRIGGER dated_kept ON training_assessment;
"""
STATUSES = [
    ("qualification_catalogue", "国家职业资格目录（技能类）"), ("level_recognition", "可开展职业技能等级认定"),
    ("national_standard", "有国家职业标准"), ("none", "无国家职业标准"),
]


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_dated_rows_kept"), ("training", "0022_verdicts_judged")]
    operations = [
        migrations.CreateModel(
            "Assessment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=120)),
                ("is_example", models.BooleanField(default=False)),
                ("status", models.CharField(choices=STATUSES, max_length=24)),
                ("occupation", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="assessments", to="training.occupation")),
            ],
            options={
                "ordering": ["occupation", "-since"], "abstract": False, "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                        name="assessment_dates_in_order", violation_error_message="失效日期须晚于生效日期。"),
                    models.UniqueConstraint(
                        "occupation", "since", name="assessment_once", violation_error_message="这个职业在这一生效日期已有一条。"),
                ],
            },
        ),
        migrations.RunSQL(TAKE_OVER, GIVE_BACK),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"),
        migrations.AlterField("occupation", "status", models.CharField(choices=STATUSES, default="none", max_length=24)),  # for the way back
        migrations.RemoveField("occupation", "status"),
        migrations.RunSQL(KEEP, RELEASE),
    ]
