"""A user in a role of an organisation is called a membership; the functions that read the table are written anew."""

import django.db.models.deletion
from django.db import migrations, models

# Every function of the portal that names the old table or column, with the new name; then the guard by its own name.
FUNCTIONS = """
DO $rename$
DECLARE one record;
BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = current_schema() AND p.prokind = 'f' AND p.prosrc ~ 'accounts_%(old)s\\M|\\m%(old)s_id\\M'
    LOOP
        EXECUTE regexp_replace(regexp_replace(pg_get_functiondef(one.oid),
            '\\maccounts_%(old)s\\M', 'accounts_%(new)s', 'g'), '\\m%(old)s_id\\M', '%(new)s_id', 'g');
    END LOOP;
    ALTER FUNCTION accounts_guard_%(old)s() RENAME TO accounts_guard_%(new)s;
END $rename$;
"""
FORTH, BACK = FUNCTIONS % {"old": "post", "new": "membership"}, FUNCTIONS % {"old": "membership", "new": "post"}


class Migration(migrations.Migration):
    # After every room that points to the table, so that their history still finds it by its old name.
    dependencies = [
        ("accounts", "0009_guards"),
        ("casework", "0015_numbers_a_day"),
        ("eligibility", "0014_entries"),
        ("training", "0025_codes"),
        ("subsidies", "0016_codes"),
        ("reports", "0004_place_of_the_body"),
    ]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, BACK),
        migrations.RemoveConstraint("post", "post_once"),
        migrations.RemoveConstraint("post", "post_dates_in_order"),
        migrations.RenameModel("Post", "Membership"),
        migrations.RenameField("event", "post", "membership"),
        migrations.AlterField(
            "membership",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="accounts.user"
            ),
        ),
        migrations.AlterField(
            "membership",
            "organisation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="accounts.organisation"
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(
                condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                fields=("user", "organisation", "role", "since"),
                name="membership_once",
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="membership_dates_in_order",
            ),
        ),
        migrations.RunSQL(FORTH, migrations.RunSQL.noop),
    ]
