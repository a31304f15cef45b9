"""An answer a department gave through its own account is changed by that department only (R-ELG-5)."""

from django.db import migrations, models

FORWARD = """
UPDATE eligibility_assistance a SET by_department = true FROM accounts_post p JOIN accounts_organisation o ON o.id = p.organisation_id
WHERE p.id = a.answered_by_id AND o.kind = 'industry' AND a.department = left(o.name, 60) AND a.answer <> 'open';

CREATE FUNCTION eligibility_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.by_department OR (SELECT organisation_id FROM accounts_post WHERE id = NEW.answered_by_id)
        IS DISTINCT FROM (SELECT organisation_id FROM accounts_post WHERE id = OLD.answered_by_id) THEN
        RAISE EXCEPTION 'the department that gave answer % changes it, nobody else', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME, DETAIL = OLD.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_stays BEFORE UPDATE ON eligibility_assistance FOR EACH ROW WHEN (
    OLD.by_department AND OLD.answer IN ('confirmed', 'refuted')
    AND (NEW.answer, NEW.department, NEW.letter, NEW.note, NEW.answered_by_id, NEW.answered_at, NEW.by_department)
        IS DISTINCT FROM (OLD.answer, OLD.department, OLD.letter, OLD.note, OLD.answered_by_id, OLD.answered_at, OLD.by_department)
) EXECUTE FUNCTION eligibility_answer_stays();
"""
BACK = "DROP TRIGGER answer_stays ON eligibility_assistance; DROP FUNCTION eligibility_answer_stays();"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0011_judgements_stay")]
    operations = [
        migrations.AddField("assistance", "by_department", models.BooleanField(default=False)),
        migrations.RunSQL(FORWARD, BACK),
    ]
