"""Answers kept by idempotency key, so that a repeated request is answered, not repeated."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete

from casework.records.database import Tx
from casework.records.tables import idempotency_keys

# Inserting waits for a twin that holds the same key: then its answer is there, or it failed and the key is free.
_CLAIM = """
insert into idempotency_keys (caller, path, key, body_digest, at) values (:caller, :path, :key, :body_digest, :at)
on conflict (caller, path, key) do update set body_digest = excluded.body_digest, at = excluded.at,
  status = null, headers = null, body = null where idempotency_keys.at < :oldest
returning key
"""
_FIND = """
select body_digest, status, headers, body from idempotency_keys
where caller = :caller and path = :path and key = :key
"""
_KEEP = """
update idempotency_keys set status = :status, headers = cast(:headers as jsonb), body = :body
where caller = :caller and path = :path and key = :key
"""


def claim(tx: Tx, caller: str, path: str, key: str, body_digest: bytes, keep: timedelta) -> Row[Any] | None:
    """None if the key is ours now, else what was answered before: `body_digest, status, headers, body`."""
    ours = tx.one(_CLAIM, caller=caller, path=path, key=key, body_digest=body_digest, at=tx.now, oldest=tx.now - keep)
    return None if ours else tx.one(_FIND, caller=caller, path=path, key=key)


def keep(tx: Tx, caller: str, path: str, key: str, status: int, headers: str, body: bytes) -> None:
    """Store the answer; `headers` is a JSON object."""
    tx.run(_KEEP, caller=caller, path=path, key=key, status=status, headers=headers, body=body)


def purge(tx: Tx, keep: timedelta) -> int:
    """Forget answers that are older; gives how many."""
    return tx.run(delete(idempotency_keys).where(idempotency_keys.c.at < tx.now - keep)).rowcount
