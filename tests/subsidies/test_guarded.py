"""R-SEC-2, R-SUB-5: the application's role changes no decisive column without a trail, and the night finds what a
superuser changed.
"""

from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.domain.audit import record
from accounts.domain.findings import search
from accounts.domain.seals import seal_tables
from accounts.models import Event
from casework.domain.files import attach
from casework.models import Attachment
from eligibility.models import Examination
from subsidies.models import Budget, Payment
from tests.factories import subsidies as money
from tests.factories import training
from tests.factories.guards import as_the_owner
from tests.kit.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    case = money.approved_claim(2)
    return case, money.frozen_batch(case)


@contextmanager
def as_the_application():
    """A role that reads and writes rows and nothing else, as deploy/postgres makes it; what waits for the commit is
    asked at the end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "CREATE ROLE guard_probe; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO"
            " guard_probe"
        )
        cursor.execute(
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO guard_probe; SET LOCAL ROLE guard_probe"
        )
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


REFUSED = {
    "committed": "UPDATE subsidies_budget SET committed = committed + 1",
    "a claim's state": "UPDATE subsidies_subsidy SET state = 'refused', budget_id = NULL",
    "a claim's amount": "UPDATE subsidies_subsidy SET amount = amount + 1",
    "a claim's budget": "UPDATE subsidies_subsidy SET state = 'returned', budget_id = NULL, decided_at = NULL",
    "a batch's state": "UPDATE subsidies_paymentbatch SET state = 'settled', decided_at = now()",
    "an opening's state": "UPDATE training_opening SET state = 'refused'",
    "a completion's state": "UPDATE training_completion SET state = 'returned', decided_at = NULL",
    "a payment's account": "UPDATE subsidies_payment SET bank_account = decode('00', 'hex')",
    "a payment's bank": "UPDATE subsidies_payment SET bank_name = '别的银行'",
    "a payment's payee": "UPDATE subsidies_payment SET payee_name = '张三'",
    "a trainee's verdict": "UPDATE training_enrolment SET verdict = 'ineligible'",
    "a trainee's judgement": (
        "UPDATE training_enrolment n SET examination_id = (SELECT min(id) FROM eligibility_examination x WHERE"
        " x.subject_id = n.id)"
    ),
    "an examination's verdict": "UPDATE eligibility_examination SET verdict = 'ineligible'",
    "an examination's results": "UPDATE eligibility_examination SET results = '{}'",
    "an examination": "DELETE FROM eligibility_examination",
    "an attachment's digest": "UPDATE casework_attachment SET sha256 = repeat('0', 64)",
    "an attachment's file": "UPDATE casework_attachment SET file = 'attachments/other'",
    "an attachment": "DELETE FROM casework_attachment",
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_applications_role_changes_nothing_decisive_by_sql(paid, what):
    case, batch = paid
    attach("paymentbatch", batch.pk, "bank_result", SimpleUploadedFile("x.pdf", PDF), by=case.finance)
    assert Examination.objects.exists()

    def attempt():
        with as_the_application() as cursor:
            cursor.execute(REFUSED[what])
            assert cursor.rowcount > 0

    with pytest.raises((IntegrityError, ProgrammingError)):
        attempt()
    if what.endswith(("state", "digest", "verdict", "account")) or what == "committed":
        assert Event.objects.filter(act="guard.refused").count() == 1


def inserted(table: str, **values: str) -> str:
    """A statement that puts in a row like the newest one of a table, otherwise in these columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' AND"
            " column_name <> 'id'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    chosen = ", ".join(values.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} ORDER BY id DESC LIMIT 1"


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("subsidies_subsidy", {"sequence": "sequence + 1", "number": "number || '9'"}),
        (
            "subsidies_subsidy",
            {"sequence": "sequence + 1", "number": "number || '9'", "state": "'refused'", "budget_id": "NULL"},
        ),
        (
            "subsidies_paymentbatch",
            {"number": "number || '9'", "state": "'withdrawn'", "decided_at": "now()", "digest": "''"},
        ),
        (
            "training_completion",
            {"number": "number || '9'", "training_class_id": "(SELECT max(id) FROM training_trainingclass)"},
        ),
    ],
)
def test_the_applications_role_puts_in_no_case_that_is_decided_already(paid, table, values):
    training.draft_class()
    statement = inserted(table, **values)

    def attempt():
        with as_the_application() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1

    with pytest.raises(IntegrityError, match="without a trail"):
        attempt()
    assert Event.objects.filter(act="guard.refused").count() == 1


def test_a_trainee_is_not_put_in_as_eligible(paid):
    statement = inserted(
        "training_enrolment",
        sequence="99",
        certificate_number="''",
        person_id="(SELECT max(id) FROM eligibility_person)",
        training_class_id="training_class_id",
        examination_id="examination_id",
    )

    def attempt():
        with as_the_application() as cursor:
            cursor.execute(statement)

    with pytest.raises(IntegrityError, match="newest judgement"):
        attempt()


def test_a_state_with_an_event_about_another_state_is_refused_too(paid):
    case, _batch = paid

    def attempt():
        with as_the_application() as cursor:
            record("subsidy.refuse", by=None, on=case.subsidy, after="returned")
            cursor.execute(
                "UPDATE subsidies_subsidy SET state = 'refused', budget_id = NULL WHERE id = %s", [case.subsidy.pk]
            )

    with pytest.raises(IntegrityError, match=r"without a trail|has committed"):
        attempt()


def test_the_doors_still_move_everything():
    case = money.approved_claim(1)
    batch = money.frozen_batch(case)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    assert batch.state == "frozen"
    assert Budget.objects.get().committed == case.subsidy.amount
    assert search() == []


SUPERUSER = {
    "budget_does_not_add_up": ("subsidies_budget", "UPDATE subsidies_budget SET committed = committed - 1"),
    "state_without_trail": (
        "subsidies_paymentbatch",
        "UPDATE subsidies_paymentbatch SET state = 'settled', decided_at = now()",
    ),
    "decided_at_another_time": (
        "subsidies_subsidy",
        "UPDATE subsidies_subsidy SET decided_at = decided_at - interval '60 days'",
    ),
    "claim_does_not_add_up": (
        "subsidies_subsidyline",
        "UPDATE subsidies_subsidyline SET amount = amount + 1 WHERE id = (SELECT min(id) FROM subsidies_subsidyline)",
    ),
    "account_changed": ("subsidies_payment", "UPDATE subsidies_payment SET bank_name = '别的银行'"),
    "verdict_without_judgement": (
        "eligibility_examination",
        "UPDATE eligibility_examination SET verdict = 'ineligible'",
    ),
    "seal_broken": ("casework_attachment", "UPDATE casework_attachment SET sha256 = repeat('0', 64)"),
}


@pytest.mark.parametrize("code", SUPERUSER)
def test_the_night_finds_what_a_superuser_changed(paid, code):
    case, batch = paid
    attach("paymentbatch", batch.pk, "bank_result", SimpleUploadedFile("x.pdf", PDF), by=case.finance)
    seal_tables()
    assert search() == []
    as_the_owner(*SUPERUSER[code])
    assert code in {finding.code for finding in search()}


def test_the_night_finds_an_amount_changed_while_the_public_reads_it():
    money.standard()
    money.budget()
    case = money.completed_class(1).published()
    assert search() == []
    as_the_owner("subsidies_subsidy", "UPDATE subsidies_subsidy SET amount = 1")
    assert {finding.code for finding in search()} == {"claim_does_not_add_up"}
    assert case.subsidy.state == "publicity"


def test_an_account_exchanged_for_another_payments_is_found():
    """The ciphertext of another row opens as well as its own: only the digest in the trail tells them apart."""
    one, two = money.approved_claim(1), money.approved_claim(1)
    training.account(two.subsidy.payee.unit, "6222020200119999999")
    money.frozen_batch(one, two)
    assert search() == []
    first, second = Payment.objects.order_by("pk")
    assert first.bank_account != second.bank_account
    as_the_owner(
        "subsidies_payment",
        "UPDATE subsidies_payment p SET bank_account = o.bank_account FROM subsidies_payment o"
        f" WHERE p.id = {first.pk} AND o.id = {second.pk}",
    )
    assert [finding.code for finding in search()] == ["account_changed"]


def test_a_removed_row_breaks_its_seal(paid):
    case, batch = paid
    for name in "ab":
        attach("paymentbatch", batch.pk, "bank_result", SimpleUploadedFile(f"{name}.pdf", PDF), by=case.finance)
    seal_tables()
    as_the_owner("casework_attachment", f"DELETE FROM casework_attachment WHERE id = {Attachment.objects.first().pk}")
    (finding,) = [finding for finding in search() if finding.code == "seal_broken"]
    assert finding.facts["now"] == finding.facts["rows"] - 1


def test_a_file_replaced_by_a_newer_one_breaks_no_seal(paid):
    case, batch = paid
    attach("paymentbatch", batch.pk, "bank_result", SimpleUploadedFile("a.pdf", PDF), by=case.finance)
    seal_tables()
    attach("paymentbatch", batch.pk, "bank_result", SimpleUploadedFile("b.pdf", PDF), by=case.finance)
    assert [finding.code for finding in search()] == []
