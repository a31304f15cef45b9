"""The database holds the timetable: what a lesson books while its class holds anybody, kept by triggers, once only by exclusion constraints
(R-OPN-1). Of lessons that stand double already the older class's are held; the other class shows red and is stopped.
"""

from django.db import migrations, models

from kit.crypto import lookup_hash
from kit.ids import IdError, normalise_citizen_number

KEYS = "int8range({held}, {held}, '[]') WITH &&, tsrange(day + starts, day + ends) WITH &&"

# Decided in rounds, the older class first: a lesson is held when no older one that is not let go meets it, and let go when a held one does.
FILL = """
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
SELECT l.id, thing.name, thing.key, l.day, l.starts, l.ends, NULL::boolean AS held,
    row_number() OVER (ORDER BY coalesce(o.submitted_at, c.created_at), c.id, l.id) AS turn
FROM training_lesson l
JOIN training_trainingclass c ON c.id = l.training_class_id AND c.stage NOT IN ('draft', 'refused', 'stopped')
LEFT JOIN training_opening o ON o.training_class_id = c.id
LEFT JOIN training_teacher t ON t.id = l.teacher_id
CROSS JOIN LATERAL (VALUES ('teacher', coalesce(t.person_key, t.id)), ('venue', l.venue_id)) thing (name, key)
WHERE thing.key IS NOT NULL;
CREATE INDEX ON wanted (name, key, day);
ANALYZE wanted;
DO $$
BEGIN
    LOOP
        UPDATE wanted w SET held = true WHERE held IS NULL AND NOT EXISTS (
            SELECT FROM wanted x WHERE x.name = w.name AND x.key = w.key AND x.day = w.day AND x.starts < w.ends AND w.starts < x.ends
                AND x.turn < w.turn AND x.held IS NOT FALSE);
        EXIT WHEN NOT FOUND;
        UPDATE wanted w SET held = false WHERE held IS NULL AND EXISTS (
            SELECT FROM wanted x WHERE x.name = w.name AND x.key = w.key AND x.day = w.day AND x.starts < w.ends AND w.starts < x.ends AND x.held);
    END LOOP;
END $$;
UPDATE training_lesson l SET held_teacher = w.key FROM wanted w WHERE w.id = l.id AND w.name = 'teacher' AND w.held;
UPDATE training_lesson l SET held_venue = w.key FROM wanted w WHERE w.id = l.id AND w.name = 'venue' AND w.held;
"""

HOLD = f"""
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE training_lesson ADD CONSTRAINT lesson_teacher_once EXCLUDE USING gist ({KEYS.format(held="held_teacher")}) WHERE (held_teacher IS NOT NULL);
ALTER TABLE training_lesson ADD CONSTRAINT lesson_venue_once EXCLUDE USING gist ({KEYS.format(held="held_venue")}) WHERE (held_venue IS NOT NULL);

CREATE FUNCTION training_hold_lesson() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT stage FROM training_trainingclass WHERE id = NEW.training_class_id) IN ('draft', 'refused', 'stopped') THEN
        NEW.held_teacher := NULL;
        NEW.held_venue := NULL;
    ELSE
        NEW.held_teacher := (SELECT coalesce(person_key, id) FROM training_teacher WHERE id = NEW.teacher_id);
        NEW.held_venue := NEW.venue_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON training_lesson FOR EACH ROW EXECUTE FUNCTION training_hold_lesson();

-- Each lesson is worked out anew by the trigger above; an approval also holds what an older class has let go since the submission.
CREATE FUNCTION training_hold_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE training_lesson SET held_venue = NULL WHERE training_class_id = NEW.id
        AND (OLD.stage IN ('draft', 'refused', 'stopped') OR NEW.stage IN ('draft', 'refused', 'stopped') OR held_venue IS NULL OR held_teacher IS NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER hold AFTER UPDATE OF stage ON training_trainingclass FOR EACH ROW
    WHEN (NEW.stage = 'approved' OR (OLD.stage IN ('draft', 'refused', 'stopped')) <> (NEW.stage IN ('draft', 'refused', 'stopped')))
    EXECUTE FUNCTION training_hold_class();

-- Another citizen number is another person.
CREATE FUNCTION training_hold_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE training_lesson SET held_teacher = NULL WHERE teacher_id = NEW.id AND held_teacher IS NOT NULL
        AND int8range(held_teacher, held_teacher, '[]') && int8range(coalesce(OLD.person_key, OLD.id), coalesce(OLD.person_key, OLD.id), '[]');
    RETURN NULL;
END $$;
CREATE TRIGGER hold AFTER UPDATE OF person_key ON training_teacher FOR EACH ROW
    WHEN (OLD.person_key IS DISTINCT FROM NEW.person_key) EXECUTE FUNCTION training_hold_person();
"""
HOLD_BACK = """
DROP TRIGGER hold ON training_teacher; DROP TRIGGER hold ON training_trainingclass; DROP TRIGGER hold ON training_lesson;
DROP FUNCTION training_hold_person(); DROP FUNCTION training_hold_class(); DROP FUNCTION training_hold_lesson();
ALTER TABLE training_lesson DROP CONSTRAINT lesson_venue_once; ALTER TABLE training_lesson DROP CONSTRAINT lesson_teacher_once;
"""


def know_the_persons(apps, schema_editor):
    teachers = list(apps.get_model("training", "Teacher").objects.filter(number__isnull=False))
    for teacher in teachers:
        try:
            number, _notes = normalise_citizen_number(teacher.number)
            teacher.person_key = -1 - (int.from_bytes(lookup_hash(number, "citizen_number")[:8], "big") >> 1)
        except IdError:
            continue
    apps.get_model("training", "Teacher").objects.bulk_update(teachers, ["person_key"], batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ("training", "0012_units_without_account"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="lesson", name="lesson_teacher_day"),
        migrations.RemoveIndex(model_name="lesson", name="lesson_venue_day"),
        migrations.AddField(model_name="lesson", name="held_teacher", field=models.BigIntegerField(editable=False, null=True)),
        migrations.AddField(model_name="lesson", name="held_venue", field=models.BigIntegerField(editable=False, null=True)),
        migrations.AddField(model_name="teacher", name="person_key", field=models.BigIntegerField(db_index=True, editable=False, null=True)),
        migrations.RunPython(know_the_persons, migrations.RunPython.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(HOLD, HOLD_BACK),
    ]
