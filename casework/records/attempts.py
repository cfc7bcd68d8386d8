"""How often somebody has tried under a digest, such as that of a name, a number or an address, and who came in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from casework.records.database import Tx
from casework.records.locks import lock_digests
from casework.records.tables import known_callers
from casework.records.tables import sign_ins as attempts


def lock(tx: Tx, whose: Iterable[bytes]) -> None:
    """Until the end of the transaction nobody else counts or notes attempts under these digests."""
    lock_digests(tx, "attempts", whose)


def last_but(tx: Tx, whose: bytes, window: timedelta, more: int) -> datetime | None:
    """When the attempt within the window was after which there were so many more, or None."""
    since = tx.now - window
    query = select(attempts.c.at).where(attempts.c.digest == whose, attempts.c.at > since)
    row = tx.one(query.order_by(attempts.c.at.desc()).offset(more).limit(1))
    return row.at if row else None


def made(tx: Tx, whose: bytes, window: timedelta) -> tuple[int, datetime | None]:
    """How many attempts there were within the window, and when the last of them was."""
    since = (attempts.c.digest == whose, attempts.c.at > tx.now - window)
    row = tx.run(select(func.count().label("many"), func.max(attempts.c.at).label("last")).where(*since)).one()
    return row.many, row.last


def note(tx: Tx, whose: bytes) -> int:
    """Remember an attempt; gives its id."""
    return int(tx.run(insert(attempts).values(digest=whose, at=tx.now).returning(attempts.c.id)).scalar_one())


def forget(tx: Tx, attempt_ids: Sequence[int]) -> None:
    """These attempts no longer count."""
    tx.run(attempts.delete().where(attempts.c.id.in_(attempt_ids)))


def forget_all(tx: Tx, whose: bytes) -> None:
    """No attempt under this digest counts any longer."""
    tx.run(attempts.delete().where(attempts.c.digest == whose))


def remember(tx: Tx, whose: bytes) -> None:
    """Whoever this digest names has come in."""
    row = upsert(known_callers).values(digest=whose, at=tx.now)
    tx.run(row.on_conflict_do_update(index_elements=["digest"], set_={"at": tx.now}))


def is_known(tx: Tx, whose: bytes, within: timedelta) -> bool:
    """Whether whoever this digest names has come in within that time."""
    known = select(known_callers.c.at).where(known_callers.c.digest == whose, known_callers.c.at > tx.now - within)
    return tx.one(known) is not None


def purge(tx: Tx, window: timedelta) -> None:
    """Forget the attempts that no longer count."""
    tx.run(attempts.delete().where(attempts.c.at <= tx.now - window))


def purge_known(tx: Tx, known_for: timedelta) -> None:
    """Forget who came in longer ago than that."""
    tx.run(known_callers.delete().where(known_callers.c.at <= tx.now - known_for))
