"""AES-GCM with a key ring, and keyed hashes for look-up (citizen numbers, bank accounts, telephone numbers).

A stored value is key id (1 byte) + nonce (12) + ciphertext and tag. The additional data is "table.column": a value
copied into another column does not open. The highest key id encrypts; older keys only open until rotation is done.
"""

import functools
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.base import File

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


class DecryptionError(Exception):
    """The value does not open: unknown key, another column's value, or tampered bytes."""


@dataclass(frozen=True)
class Keyring:
    """Ciphers by key id (1-255)."""

    ciphers: Mapping[int, AESGCM]

    @classmethod
    def from_keys(cls, keys: Mapping[int, bytes]) -> "Keyring":
        """A ring of 32-byte keys; ValueError when a key or its id cannot be used."""
        if not keys:
            raise ValueError("no encryption key is set")
        for key_id, key in keys.items():
            if not 1 <= key_id <= 255 or len(key) != KEY_BYTES:
                raise ValueError("key ids run from 1 to 255 and keys have 32 bytes")
        return cls({key_id: AESGCM(key) for key_id, key in keys.items()})

    @classmethod
    def from_settings(cls) -> "Keyring":
        """The ring of settings.FANBU_FIELD_KEYS, built once per set of keys."""
        return _ring(tuple(sorted(settings.FANBU_FIELD_KEYS.items())))

    @property
    def newest(self) -> int:
        """The id of the key that encrypts."""
        return max(self.ciphers)

    def encrypt(self, text: str, aad: str) -> bytes:
        """The bytes to store for `text` in the column `aad` ("table.column")."""
        return self.sealer(aad)(text)

    def sealer(self, aad: str) -> Callable[[str], bytes]:
        """The same for many values of one column: what they share is looked up once."""
        key_id, column, random = bytes([self.newest]), aad.encode(), os.urandom
        seal = self.ciphers[self.newest].encrypt

        def sealed(text: str) -> bytes:
            nonce = random(NONCE_BYTES)
            return key_id + nonce + seal(nonce, text.encode(), column)

        return sealed

    def decrypt(self, blob: bytes | memoryview, aad: str) -> str:
        """The text behind stored bytes, or DecryptionError."""
        data = bytes(blob)
        if len(data) < 1 + NONCE_BYTES + TAG_BYTES or data[0] not in self.ciphers:
            raise DecryptionError(f"no key opens this value of {aad}")
        nonce, sealed = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
        try:
            return self.ciphers[data[0]].decrypt(nonce, sealed, aad.encode()).decode()
        except InvalidTag as error:
            raise DecryptionError(f"this value of {aad} was changed or belongs elsewhere") from error

    def reencrypt(self, blob: bytes | memoryview, aad: str) -> bytes | None:
        """The value under the newest key, or None when it already is (key rotation)."""
        if bytes(blob[:1]) == bytes([self.newest]):
            return None
        return self.encrypt(self.decrypt(blob, aad), aad)


@functools.lru_cache(maxsize=8)
def _ring(keys: tuple[tuple[int, bytes], ...]) -> Keyring:
    return Keyring.from_keys(dict(keys))


def encrypt(text: str, aad: str) -> bytes:
    """Bytes for a column filled past the ORM (COPY, raw SQL); `aad` is "table.column"."""
    return Keyring.from_settings().encrypt(text, aad)


def decrypt(blob: bytes | memoryview, aad: str) -> str:
    """The text behind bytes read past the ORM."""
    return Keyring.from_settings().decrypt(blob, aad)


def reencrypt(blob: bytes | memoryview, aad: str) -> bytes | None:
    """The value under the newest key, or None when it already is."""
    return Keyring.from_settings().reencrypt(blob, aad)


def lookup_hash(value: str, purpose: str) -> bytes:
    """HMAC-SHA256 (32 bytes) to look an encrypted value up by equality; one purpose per kind of value.

    Normalise the value first: «x» and «X» at the end of a citizen number would hash differently.
    """
    return hmac.digest(settings.FANBU_INDEX_KEY, purpose.encode() + b"\x00" + value.encode(), hashlib.sha256)


def digest_of(content: str | bytes) -> str:
    """The SHA-256 of a text or of bytes, as hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def file_digest(file: File) -> str:
    """The SHA-256 of a file, which is then at its beginning again."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
