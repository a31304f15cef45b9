"""A kept file's digest, place and kind never change, and no file is removed (R-SEC-2)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER unchanged BEFORE UPDATE OF kind, object_id, slot, file, media_type, size, sha256, by_id ON casework_attachment FOR EACH ROW
    WHEN ((NEW.kind, NEW.object_id, NEW.slot, NEW.file, NEW.media_type, NEW.size, NEW.sha256, NEW.by_id)
        IS DISTINCT FROM (OLD.kind, OLD.object_id, OLD.slot, OLD.file, OLD.media_type, OLD.size, OLD.sha256, OLD.by_id))
    EXECUTE FUNCTION fanbu_unchanged();
CREATE TRIGGER refuse_delete BEFORE DELETE ON casework_attachment FOR EACH ROW EXECUTE FUNCTION fanbu_append_only();
"""
BACK = "DROP TRIGGER refuse_delete ON casework_attachment; DROP TRIGGER unchanged ON casework_attachment;"


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_said_constraints"), ("accounts", "0009_guards")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
