"""The fields against a real table: what is stored, what may be asked, what is refused."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.db.models import F
from django.db.utils import IntegrityError
from django.forms import modelform_factory
from django.test.utils import isolate_apps

from kit.crypto import DecryptionError, decrypt, encrypt, lookup_hash
from kit.errors import MoneyError
from kit.fields import EncryptedJSONField, EncryptedTextField, HashField, MoneyField

NUMBER = "150102199003071237"

with isolate_apps():

    class Secret(models.Model):
        id_number = EncryptedTextField(null=True)
        id_hash = HashField(null=True, unique=True)
        facts = EncryptedJSONField(null=True)
        phone = EncryptedTextField(default="", editable=True, blank=True, max_length=20)
        amount = MoneyField(default=0)

        class Meta:
            app_label = "kit_tests"


@pytest.fixture
def table(db):
    with connection.schema_editor() as editor:
        editor.create_model(Secret)
    return Secret.objects


def stored(column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM kit_tests_secret ORDER BY id')  # the names are ours
        return bytes(cursor.fetchone()[0])


def test_text_goes_in_and_out_and_only_ciphertext_is_stored(table):
    table.create(id_number=NUMBER, phone="13800138000")
    assert NUMBER.encode() not in stored("id_number")
    found = table.get()
    assert (found.id_number, found.phone, found.facts) == (NUMBER, "13800138000", None)


def test_bulk_writes_encrypt_as_well(table):
    table.bulk_create([Secret(id_number=f"{n}") for n in range(3)])
    rows = list(table.order_by("id"))
    for row in rows:
        row.id_number = f"neu {row.id_number}"
    table.bulk_update(rows, ["id_number"])
    assert list(table.order_by("id").values_list("id_number", flat=True)) == ["neu 0", "neu 1", "neu 2"]
    table.update(id_number="alle")
    assert set(table.values_list("id_number", flat=True)) == {"alle"}


def test_a_value_written_past_the_orm_opens(table):
    row = table.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_tests_secret SET id_number = %s", [encrypt(NUMBER, "kit_tests_secret.id_number")])
    row.refresh_from_db()
    assert row.id_number == NUMBER


def test_a_ciphertext_moved_between_columns_does_not_open(table):
    table.create(id_number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_tests_secret SET phone = id_number")
    with pytest.raises(DecryptionError):
        table.get()


def test_json_keeps_its_shape_with_dates_as_text(table):
    facts = {"种类": ["求职登记"], "on": dt.date(2026, 11, 3), "n": 3, "none": None}
    table.create(facts=facts)
    assert table.get().facts == facts | {"on": "2026-11-03"}
    assert "求职登记".encode() not in stored("facts")


def test_of_many_values_only_the_empty_ones_share_a_ciphertext(table):
    seal = Secret._meta.get_field("facts").sealer()
    values = [[], [{"type": "death"}], (), [{"type": "death"}]]
    sealed = [seal(value) for value in values]
    assert (sealed[0] == sealed[2], len(set(sealed))) == (True, 3)
    assert [json.loads(decrypt(blob, "kit_tests_secret.facts")) for blob in sealed] == [[], values[1], [], values[1]]


def test_nothing_and_empty_text_are_different(table):
    table.create(id_number=None)
    table.create(id_number="")
    assert table.filter(id_number__isnull=True).count() == 1
    assert table.get(id_number__isnull=False).id_number == ""


@pytest.mark.parametrize("question", ["id_number", "id_number__contains", "id_number__in", "facts__on", "phone__lower"])
def test_an_encrypted_column_cannot_be_searched(table, question):
    with pytest.raises(FieldError, match="encrypted"):
        table.filter(**{question: "1"})


def test_bytes_are_not_encrypted_a_second_time(table):
    with pytest.raises(TypeError, match="takes text"):
        table.create(id_number=encrypt(NUMBER, "kit_tests_secret.id_number"))


def test_a_person_is_found_by_the_hash_and_only_once(table):
    table.create(id_number=NUMBER, id_hash=lookup_hash(NUMBER, "id_number"))
    found = table.get(id_hash=lookup_hash(NUMBER, "id_number"))
    assert found.id_hash == lookup_hash(NUMBER, "id_number")
    assert isinstance(found.id_hash, bytes)
    assert table.filter(id_hash__in=[lookup_hash(NUMBER, "id_number")]).count() == 1
    with pytest.raises(IntegrityError):
        table.create(id_hash=lookup_hash(NUMBER, "id_number"))


@pytest.mark.parametrize("value", [b"short", b"", NUMBER])
def test_what_is_no_hash_is_refused(table, value):
    with pytest.raises((ValueError, TypeError)):
        table.create(id_hash=value)


def test_a_fixture_carries_ciphertext_and_loads_back(table):
    row = table.create(id_number=NUMBER, facts={"a": 1}, phone="")
    dumped = json.loads(serializers.serialize("json", [row]))[0]["fields"]
    assert NUMBER not in str(dumped)
    field = Secret._meta.get_field("id_number")
    assert field.to_python(dumped["id_number"]) == NUMBER
    assert Secret._meta.get_field("facts").to_python(dumped["facts"]) == {"a": 1}
    with pytest.raises(ValidationError):
        field.to_python("aesgcm:AAAA")


def test_a_form_can_edit_an_encrypted_text(table):
    form = modelform_factory(Secret, fields=["phone"])({"phone": "13800138000"})
    assert form.is_valid(), form.errors
    form.save()
    assert table.get().phone == "13800138000"
    assert not modelform_factory(Secret, fields=["phone"])({"phone": "1" * 21}).is_valid()


def test_money_is_refused_rather_than_rounded(table):
    table.create(amount="1500.5")
    assert table.get().amount == Decimal("1500.50")
    table.update(amount=F("amount") + Decimal("0.01"))
    assert table.get(amount__gt=Decimal("1500.505")).amount == Decimal("1500.51")
    for amount in (0.1, Decimal("0.001"), "viel"):
        with pytest.raises(MoneyError):
            table.create(amount=amount)


def test_migrations_can_write_the_fields_down():
    field = EncryptedTextField(aad="old_table.id_number", null=True)
    name, path, args, kwargs = field.deconstruct()
    assert (path, kwargs) == ("kit.fields.EncryptedTextField", {"aad": "old_table.id_number", "null": True})
    assert EncryptedTextField(*args, **kwargs).aad == "old_table.id_number"
    assert HashField(unique=True).deconstruct()[3] == {"unique": True}
    assert MoneyField().deconstruct()[3] == {"max_digits": 14, "decimal_places": 2}
    assert name is None


def test_the_system_checks_accept_the_fields():
    assert [error for field in Secret._meta.get_fields() for error in field.check()] == []
