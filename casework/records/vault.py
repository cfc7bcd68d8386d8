"""What is sensitive, encrypted: AES-256-GCM with a key for each applicant, and blind indexes for exact look-up.

An applicant's key is wrapped by a key of the service (`CASEWORK_ENCRYPTION_KEYS`: the first encrypts, all
decrypt), so that service keys can be changed without touching the data, and destroying one applicant's key
destroys what is sealed of the cases that hang on it (docs/decisions/0013). The place of a value (table, column,
row) is authenticated with it: a value that is moved to another row does not open.
"""

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_SHORT = 256
"""Below so many bytes of JSON nothing is saved."""
_COMPRESSED = b"x"
"""How compressed data begins, and no JSON does."""


class NotOpened(Exception):
    """A sealed value does not open: it was altered or moved, or its key is missing."""


def seal(key: bytes, place: str, value: Any) -> bytes:
    """The JSON value encrypted under a 32-byte key, bound to its place."""
    return seal_written(key, place, written(value))


def written(value: Any) -> str:
    """The JSON in which a value is sealed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def seal_written(key: bytes, place: str, plain: str) -> bytes:
    """The same of a value that is written as JSON already; what is long is compressed."""
    raw = plain.encode()
    return seal_bytes(key, place, zlib.compress(raw, 1) if len(raw) > _SHORT else raw)


def seal_bytes(key: bytes, place: str, plain: bytes) -> bytes:
    """The same of bytes, as they are."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> Any:
    """The value that was sealed at this place; raises `NotOpened`."""
    try:
        plain = unseal_bytes(key, place, sealed)
        return json.loads(zlib.decompress(plain) if plain.startswith(_COMPRESSED) else plain)
    except (ValueError, zlib.error) as wrong:
        raise NotOpened(place) from wrong


def unseal_bytes(key: bytes, place: str, sealed: bytes) -> bytes:
    """The bytes that were sealed at this place; raises `NotOpened`."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError) as wrong:
        raise NotOpened(place) from wrong


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: encrypted under the service key named by `key_id`."""

    key_id: str
    wrapped: bytes


class Keyring:
    """The service keys: wraps and unwraps data keys, and computes blind indexes."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
        self._current = next(iter(self._keys))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the keys, in their order: the first eight hexadecimal digits of the SHA-256 of each."""
        return tuple(self._keys)

    @property
    def current(self) -> str:
        """The number of the first key, under which data keys are wrapped."""
        return self._current

    def missing(self, key_ids: Iterable[str]) -> list[str]:
        """Those of these numbers of keys that are not ours."""
        return sorted(set(key_ids) - set(self._keys))

    def wrap(self, place: str, key: bytes) -> WrappedKey:
        """A data key encrypted under the current service key."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._keys[self._current]).encrypt(nonce, key, f"{self._current}:{place}".encode())
        return WrappedKey(self._current, nonce + sealed)

    def unwrap(self, place: str, wrapped: WrappedKey) -> bytes:
        """The data key; raises `NotOpened` when its service key is not among ours."""
        service_key = self._keys.get(wrapped.key_id)
        if service_key is None:
            raise NotOpened(f"{place}: no service key {wrapped.key_id}")
        try:
            return AESGCM(service_key).decrypt(
                wrapped.wrapped[:_NONCE], wrapped.wrapped[_NONCE:], f"{wrapped.key_id}:{place}".encode()
            )
        # What is cut short is no nonce and no key: a ValueError.
        except (InvalidTag, ValueError) as wrong:
            raise NotOpened(place) from wrong


def new_key() -> bytes:
    """A fresh 32-byte data key."""
    return os.urandom(32)


def applicant_place(applicant_id: UUID) -> str:
    """Where an applicant's key is stored."""
    return f"applicants.wrapped_key:{applicant_id}"


def case_place(case_id: UUID, part: str) -> str:
    """Where a sealed part of a case is stored."""
    return f"vault.sealed:{case_id}:{part}"


def order_place(order_id: UUID, line_id: UUID) -> str:
    """Where the account of a payment is stored as it was ordered."""
    return f"payment_order_lines.sealed:{order_id}:{line_id}"


def blind_index(key: bytes, kind: str, value: str) -> bytes:
    """A keyed digest by which equal values can be found without being readable."""
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256")
