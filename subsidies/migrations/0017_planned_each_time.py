"""What the database asks of all rows of a statement is planned for as many rows as there are (R-SUB-5).

A function keeps the plan of its queries for the whole connection. Made when one payment was put right, it compared
twenty thousand payments with each other one by one when a bank's answer came next: forty seconds instead of half a one.
EXECUTE plans anew each time.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    {find}
    IF {found} THEN
        RAISE EXCEPTION '{message}', {values} USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
LINES = "coalesce((SELECT sum(amount) FROM subsidies_subsidyline WHERE payment_id = n.id), 0)"
GUARDS = (
    (
        "subsidies_value_day_fits",
        """SELECT n.id, n.value_date FROM new_rows n JOIN old_rows o USING (id)
        JOIN subsidies_paymentbatch b ON b.id = n.batch_id
        WHERE n.value_date IS NOT NULL AND (n.value_date, n.answered_at) IS DISTINCT FROM (o.value_date, o.answered_at)
            AND (b.frozen_at IS NULL OR n.value_date < (b.frozen_at AT TIME ZONE 'Asia/Shanghai')::date
                OR n.value_date > (n.answered_at AT TIME ZONE 'Asia/Shanghai')::date) LIMIT 1""",
        "payment % cannot have been paid on %",
        "wrong.id, wrong.value_date",
    ),
    (
        "subsidies_paid_add_up",
        f"""SELECT n.id, n.amount, {LINES} AS total FROM new_rows n
        WHERE n.state = 'paid' AND n.amount <> {LINES} LIMIT 1""",
        "payment % is % but its lines come to %",
        "wrong.id, wrong.amount, wrong.total",
    ),
    (
        "subsidies_lines_held",
        """SELECT o.id FROM subsidies_bankcorrection c JOIN old_rows o ON o.payment_id = c.payment_id
        JOIN new_rows n ON n.id = o.id
        WHERE c.state = 'proposed' AND (n.state, n.payment_id) IS DISTINCT FROM (o.state, o.payment_id) LIMIT 1""",
        "line % is held until the correction of its payment is answered",
        "wrong.id",
    ),
)


def functions(find: str, found: str) -> str:
    return "".join(
        FUNCTION.format(name=name, find=find.format(query=query), found=found, message=message, values=values)
        for name, query, message, values in GUARDS
    )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0016_codes")]

    operations = [
        migrations.RunSQL(
            functions("EXECUTE $query${query}$query$ INTO wrong;", "wrong.id IS NOT NULL"),
            functions("FOR wrong IN {query} LOOP EXIT; END LOOP;", "FOUND"),
        )
    ]
