"""The database, too, keeps one officer from agreeing to opening, completion and first review of one class (R-AUT-5)."""

from django.db import migrations

FORTH = """
CREATE FUNCTION subsidies_three_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (NEW.at AT TIME ZONE 'Asia/Shanghai')::date;
    asked numeric;
BEGIN
    IF EXISTS (SELECT 1 FROM casework_step WHERE kind = 'subsidy' AND object_id = NEW.object_id AND round = NEW.round
        AND move = 'approve') THEN
        RETURN NEW;
    END IF;
    SELECT p.value INTO asked FROM subsidies_subsidy s JOIN accounts_division here ON here.code = s.division_id
        JOIN casework_parameter p ON p.code = 'three_reviews_apart' AND p.since <= day
            AND (p.until IS NULL OR p.until > day)
        LEFT JOIN accounts_division d ON d.code = p.division_id
        WHERE s.id = NEW.object_id AND (d.code IS NULL OR starts_with(here.path, d.path))
        ORDER BY length(d.path) DESC NULLS LAST LIMIT 1;
    IF asked <> 0 AND (
        SELECT count(DISTINCT t.kind) FROM subsidies_subsidy s
        LEFT JOIN training_opening o ON o.training_class_id = s.training_class_id
        LEFT JOIN training_completion c ON c.training_class_id = s.training_class_id
        JOIN casework_step t ON t.move = 'approve' AND t.reviewer_id = NEW.reviewer_id
            AND ((t.kind = 'opening' AND t.object_id = o.id) OR (t.kind = 'completion' AND t.object_id = c.id))
        WHERE s.id = NEW.object_id) > 1 THEN
        RAISE EXCEPTION 'opening, completion and first review of one class are not one person''s'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'guarded', TABLE = TG_TABLE_NAME,
            DETAIL = NEW.object_id::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER three_reviews BEFORE INSERT ON casework_step FOR EACH ROW
    WHEN (NEW.kind = 'subsidy' AND NEW.move = 'approve' AND NEW.reviewer_id IS NOT NULL)
    EXECUTE FUNCTION subsidies_three_reviews();
"""
BACK = "DROP TRIGGER three_reviews ON casework_step; DROP FUNCTION subsidies_three_reviews();"


class Migration(migrations.Migration):
    dependencies = [("casework", "0020_three_reviews_apart"), ("subsidies", "0018_training_types")]
    operations = [migrations.RunSQL(FORTH, BACK)]
