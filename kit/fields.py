"""Model fields: encrypted text and JSON, the hash to look them up by, and money exact to the fen."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import crypto
from .money import fen
from .text import code_text

HASH_BYTES = 32
DUMPED = "aesgcm:"
EMPTY: tuple[Any, ...] = ([], ())
ENCODER = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Untyped:
    """To a type checker a field of a row is its value, of whatever type."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, model: Any = None) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class CodeField(models.CharField):
    """A code that is one however it is typed: normalised on the way in, in look-ups too (`kit.text.code_text`)."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return code_text(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return code_text(text) if isinstance(text, str) else text

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class EncryptedTextField(Untyped, models.BinaryField):
    """Text in Python, AES-GCM in the database; the only look-up is isnull (look up by a HashField beside it).

    The value is bound to "table.column": when a table or column is renamed, pass the old `aad`.
    """

    description = _("加密文本")

    def __init__(self, *args: Any, aad: str | None = None, **kwargs: Any) -> None:
        self.fixed_aad = aad
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.fixed_aad is not None:
            kwargs["aad"] = self.fixed_aad
        return name, path, args, kwargs

    @property
    def aad(self) -> str:
        """The additional data of this column: "table.column"."""
        return self.fixed_aad or f"{self.model._meta.db_table}.{self.column}"

    def dump(self, value: Any) -> str:
        """The text that is encrypted for a Python value."""
        if not isinstance(value, str):
            raise TypeError(f"{self.aad} takes text, not {type(value).__name__}")
        return value

    def load(self, text: str) -> Any:
        """The Python value of a decrypted text."""
        return text

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.load(crypto.decrypt(value, self.aad))

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else crypto.encrypt(self.dump(value), self.aad)

    def sealer(self) -> Callable[[Any], bytes]:
        """`get_prep_value` for many values, none of them None."""
        seal, dump = crypto.Keyring.from_settings().sealer(self.aad), self.dump
        return lambda value: seal(dump(value))

    def get_default(self) -> Any:
        default = super().get_default()
        return "" if default == b"" else default

    def _check_str_default_value(self) -> list[Any]:
        """A text default is right here, unlike in the parent."""
        return []

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted: it cannot be looked up by {lookup_name}; use its hash column")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted: it has no {lookup_name}")

    def value_to_string(self, obj: Any) -> str:
        """Fixtures carry the ciphertext, never the text."""
        value = self.value_from_object(obj)
        return "" if value is None else DUMPED + base64.b64encode(self.get_prep_value(value)).decode("ascii")

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(DUMPED):
            return value
        try:
            return self.load(crypto.decrypt(base64.b64decode(value.removeprefix(DUMPED)), self.aad))
        except (crypto.DecryptionError, binascii.Error) as error:
            raise ValidationError(_("这个值无法解密。"), code="undecryptable") from error

    def formfield(self, **kwargs: Any) -> Any:
        empty = None if self.null else ""
        defaults = {"form_class": forms.CharField, "max_length": self.max_length, "empty_value": empty}
        return super(models.BinaryField, self).formfield(**(defaults | kwargs))


class EncryptedJSONField(EncryptedTextField):
    """Any JSON value in Python, AES-GCM in the database."""

    description = _("加密 JSON")

    def dump(self, value: Any) -> str:
        return "[]" if value in EMPTY else ENCODER.encode(value)

    def load(self, text: str) -> Any:
        return json.loads(text)

    def sealer(self) -> Callable[[Any], bytes]:
        """What is empty is sealed once for all: that it is empty shows in its length anyway."""
        seal = super().sealer()
        empty = seal([])
        return lambda value: empty if value in EMPTY else seal(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.BinaryField, self).formfield(**({"form_class": forms.JSONField} | kwargs))


class HashField(Untyped, models.BinaryField):
    """The 32 bytes of crypto.lookup_hash; the caller says db_index or unique."""

    description = _("查找散列")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = HASH_BYTES
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql") and len(value) != HASH_BYTES:
            raise ValueError(f"{self.name} takes the {HASH_BYTES} bytes of lookup_hash")
        return super().get_prep_value(value)


class LateNumberField(Untyped, models.CharField):
    """A number that is given later: "" in Python until then, NULL in the database, so that it can be unique."""

    description = _("后给的编号")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"unique": True, "null": True, "blank": True, "default": ""} | kwargs))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return value or ""

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or None


class MoneyField(Untyped, models.DecimalField):
    """Yuan with two decimals, up to 999,999,999,999.99; a float or a third decimal is refused, not rounded."""

    description = _("金额")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_digits": 14, "decimal_places": 2} | kwargs))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql"):
            value = fen(value)
        return super().get_db_prep_save(value, connection)
