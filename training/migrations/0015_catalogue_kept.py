"""A project belongs to the region or to a league; projects and listings are closed and followed, never rewritten (R-CAT-1)."""

import django.db.models.deletion
from django.db import migrations, models

OF_PROJECT = """SELECT first_day FROM training_trainingclass WHERE project_id = ($1->>''id'')::bigint AND stage <> ''draft''"""
OF_LISTING = """SELECT first_day FROM training_trainingclass WHERE stage <> ''draft'' AND first_day >= ($1->>''since'')::date
    AND first_day < coalesce(($1->>''until'')::date, ''infinity'')
    AND ($1->>''organisation_id'')::bigint IN (institution_id, employer_id)"""
FORWARD = f"""
-- the younger row has won so far
UPDATE training_project AS row SET until = following.since
    FROM (SELECT id, lead(since) OVER (PARTITION BY code ORDER BY since) AS since FROM training_project) AS following
    WHERE following.id = row.id AND (row.until IS NULL OR row.until > following.since);
UPDATE training_listing AS row SET until = following.since
    FROM (SELECT id, lead(since) OVER (PARTITION BY organisation_id ORDER BY since) AS since FROM training_listing) AS following
    WHERE following.id = row.id AND (row.until IS NULL OR row.until > following.since);
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON training_project
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('{OF_PROJECT}', 'backdated');
CREATE TRIGGER dated_kept BEFORE UPDATE OR DELETE ON training_listing
    FOR EACH ROW EXECUTE FUNCTION fanbu_dated_kept('{OF_LISTING}', 'backdated');
ALTER TABLE training_project ADD CONSTRAINT project_one_a_day EXCLUDE USING gist (
    fanbu_key(code) WITH &&, daterange(since, until) WITH &&);
ALTER TABLE training_listing ADD CONSTRAINT listing_one_a_day EXCLUDE USING gist (
    fanbu_key(organisation_id::text) WITH &&, daterange(since, until) WITH &&);

CREATE FUNCTION training_listed_occupations_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE listing training_listing;
BEGIN
    SELECT * INTO listing FROM training_listing WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.listing_id ELSE OLD.listing_id END;
    IF EXISTS (SELECT 1 FROM training_trainingclass WHERE stage <> 'draft' AND first_day >= listing.since
            AND first_day < coalesce(listing.until, 'infinity') AND listing.organisation_id IN (institution_id, employer_id))
        OR (TG_OP <> 'INSERT' AND listing.since < (now() AT TIME ZONE 'Asia/Shanghai')::date) THEN
        RAISE EXCEPTION 'listing % is in use: it is closed and followed, never rewritten', listing.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER dated_kept BEFORE INSERT OR UPDATE OR DELETE ON training_listing_occupations
    FOR EACH ROW EXECUTE FUNCTION training_listed_occupations_kept();
"""
BACK = """
DROP TRIGGER dated_kept ON training_listing_occupations; DROP FUNCTION training_listed_occupations_kept();
ALTER TABLE training_listing DROP CONSTRAINT listing_one_a_day; ALTER TABLE training_project DROP CONSTRAINT project_one_a_day;
DROP TRIGGER dated_kept ON training_listing; DROP TRIGGER dated_kept ON training_project;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_triggers"), ("casework", "0010_dated_rows_kept"), ("training", "0014_watch_stops_money")]
    operations = [
        migrations.AddField("project", "owner", models.ForeignKey(
            "accounts.division", default="150000", on_delete=django.db.models.deletion.PROTECT, related_name="+")),
        migrations.RunSQL(FORWARD, BACK),
    ]
