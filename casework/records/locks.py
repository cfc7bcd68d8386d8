"""Locks on what has no row to be locked: a person's numbers, or a name, known by their digests."""

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

from sqlalchemy import ARRAY, BigInteger, bindparam, text

from casework.records.database import Tx

Purpose = Literal["attempts", "household", "plans", "twins"]
"""What is done one at a time; who does one thing waits for nobody who does another with the same digests."""
_LOCK: Final = text("select pg_advisory_xact_lock(key) from unnest(:keys) as x(key)").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)


def lock_digests(tx: Tx, purpose: Purpose, digests: Iterable[bytes]) -> None:
    """Wait until nobody else holds one of these digests for this purpose, and hold them until the transaction ends."""
    tx.run(_LOCK, keys=keys_of(purpose, digests))


def keys_of(purpose: Purpose, digests: Iterable[bytes]) -> list[int]:
    """Return what is locked for these digests, in one order for everybody, so that two never wait for each other."""
    return sorted({_key(purpose, digest) for digest in digests})


def _key(purpose: Purpose, digest: bytes) -> int:
    """The 64 bits that PostgreSQL locks by. Two digests that share them wait for each other, which does no harm."""
    short = hashlib.blake2b(digest, digest_size=8, person=purpose.encode()).digest()
    return int.from_bytes(short, signed=True)
