"""Data keys as they are stored, each wrapped under a service key: which these are, and how they are wrapped anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from casework.records.database import Tx
from casework.records.vault import WrappedKey

_NOT_TO_BE_HAD: Final = "55P03"
INDEX_PLACE: Final = "service_keys.wrapped_key:index"
"""Where the key of the blind indexes is stored."""


@dataclass(frozen=True, slots=True)
class ApplicantKey:
    """The key of an applicant as it is stored."""

    applicant_id: UUID
    key: WrappedKey


def index_key(tx: Tx) -> WrappedKey | None:
    """Return the key of the blind indexes; None as long as nothing was ever sealed in this database."""
    row = tx.one("select key_id, wrapped_key from service_keys where name = 'index'")
    return WrappedKey(row.key_id, row.wrapped_key) if row else None


def add_index_key(tx: Tx, fresh: WrappedKey) -> WrappedKey:
    """Store the key of the blind indexes; return the one that is kept, which is the first that was stored."""
    row = tx.run(
        """insert into service_keys (name, key_id, wrapped_key) values ('index', :key_id, :wrapped)
           on conflict (name) do update set name = excluded.name returning key_id, wrapped_key""",
        key_id=fresh.key_id,
        wrapped=fresh.wrapped,
    ).one()
    return WrappedKey(row.key_id, row.wrapped_key)


def change_index_key(tx: Tx, before: WrappedKey, after: WrappedKey) -> bool:
    """Store the key of the blind indexes as it is wrapped now; return whether it was still as `before`."""
    changed = tx.run(
        """update service_keys set key_id = :key_id, wrapped_key = :wrapped
           where name = 'index' and wrapped_key = :before""",
        key_id=after.key_id,
        wrapped=after.wrapped,
        before=before.wrapped,
    )
    return changed.rowcount == 1


# Under an empty key nothing can be read any more: it was destroyed (docs/decisions/0013).
_COUNTS: Final = """
select key_id, sum(many)::int as many from (
  select key_id, count(*) as many from applicants where wrapped_key <> '' group by key_id
  union all select key_id, 1 from service_keys) as kept
group by key_id
"""


def counts(tx: Tx) -> Mapping[str, int]:
    """Return how many data keys are wrapped under each service key, by its number."""
    return {row.key_id: row.many for row in tx.all(_COUNTS)}


def counts_settled(tx: Tx, wait_ms: int) -> Mapping[str, int] | None:
    """Return the same once whoever is writing a data key has ended; until the transaction ends nobody writes one.

    None where somebody still writes after the wait: as long as we wait, whoever wants to write waits behind us.
    """
    tx.run("select set_config('lock_timeout', :wait, true)", wait=f"{wait_ms}ms")
    try:
        with tx.connection.begin_nested():
            # In the order in which an opening writes them.
            tx.run("lock table service_keys, applicants in share mode")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_TO_BE_HAD:
            raise
        return None
    return counts(tx)


def others_than(tx: Tx, key_id: str, after: UUID, limit: int) -> Sequence[ApplicantKey]:
    """Return applicants' keys that are wrapped under another service key, by id, locked until the transaction ends.

    Those that somebody else has locked are left out: nobody waits for us, and we wait for nobody.
    """
    rows = tx.all(
        """select id, key_id, wrapped_key from applicants
           where id > :after and key_id <> :key_id and wrapped_key <> ''
           order by id limit :limit for no key update skip locked""",
        key_id=key_id,
        after=after,
        limit=limit,
    )
    return [ApplicantKey(row.id, WrappedKey(row.key_id, row.wrapped_key)) for row in rows]


def change(tx: Tx, wrapped: Sequence[ApplicantKey]) -> None:
    """Store applicants' keys as they are wrapped now."""
    tx.run(
        """update applicants a set key_id = x.key_id, wrapped_key = x.wrapped
           from unnest(cast(:ids as uuid[]), cast(:key_ids as text[]), cast(:wrapped as bytea[]))
             as x (id, key_id, wrapped)
           where a.id = x.id""",
        ids=[one.applicant_id for one in wrapped],
        key_ids=[one.key.key_id for one in wrapped],
        wrapped=[one.key.wrapped for one in wrapped],
    )
