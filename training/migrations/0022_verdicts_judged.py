"""A trainee's verdict is the one of the newest judgement of this trainee, or there is none (R-ELG-1, R-SEC-2).

Judgements are kept as they were given, so that nobody becomes eligible by a statement: neither by writing the word, nor by pointing at an
older judgement. Who was never judged has no verdict.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION training_verdict_judged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest eligibility_examination;
BEGIN
    IF NEW.examination_id IS NULL AND NEW.verdict = 'none' THEN RETURN NEW; END IF;
    SELECT * INTO newest FROM eligibility_examination
        WHERE subject_kind = 'enrolment' AND subject_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF newest.id IS DISTINCT FROM NEW.examination_id OR newest.verdict IS DISTINCT FROM NEW.verdict THEN
        RAISE EXCEPTION 'the verdict of enrolment % is not that of its newest judgement', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME, DETAIL = NEW.id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER judged BEFORE UPDATE OF verdict, examination_id ON training_enrolment FOR EACH ROW
    WHEN (NEW.verdict <> OLD.verdict OR NEW.examination_id IS DISTINCT FROM OLD.examination_id) EXECUTE FUNCTION training_verdict_judged();
CREATE TRIGGER judged_first BEFORE INSERT ON training_enrolment FOR EACH ROW
    WHEN (NEW.verdict <> 'none' OR NEW.examination_id IS NOT NULL) EXECUTE FUNCTION training_verdict_judged();
"""
BACK = """
DROP TRIGGER judged_first ON training_enrolment; DROP TRIGGER judged ON training_enrolment; DROP FUNCTION training_verdict_judged();
"""
RECORDED = "".join(
    f"CREATE CONSTRAINT TRIGGER recorded_first AFTER INSERT ON training_{kind} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    f" WHEN (NEW.state <> 'draft') EXECUTE FUNCTION fanbu_recorded('{kind}');\n"
    for kind in ("opening", "completion")
)
RECORDED_BACK = "DROP TRIGGER recorded_first ON training_completion; DROP TRIGGER recorded_first ON training_opening;"


class Migration(migrations.Migration):
    dependencies = [("training", "0021_certificate_changes"), ("accounts", "0009_guards"), ("eligibility", "0009_mode_not_connected")]
    operations = [migrations.RunSQL(FORWARD, BACK), migrations.RunSQL(RECORDED, RECORDED_BACK)]
