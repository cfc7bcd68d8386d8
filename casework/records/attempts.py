"""What somebody has tried: how often under a digest, such as that of a name, a number or an address."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from casework.records.database import Tx
from casework.records.locks import lock_digests
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


def note(tx: Tx, whose: bytes) -> int:
    """Remember an attempt; gives its id."""
    return int(tx.run(insert(attempts).values(digest=whose, at=tx.now).returning(attempts.c.id)).scalar_one())


def forget(tx: Tx, attempt_id: int) -> None:
    """This attempt no longer counts."""
    tx.run(attempts.delete().where(attempts.c.id == attempt_id))


def forget_all(tx: Tx, whose: bytes) -> None:
    """No attempt under this digest counts any longer."""
    tx.run(attempts.delete().where(attempts.c.digest == whose))


def purge(tx: Tx, window: timedelta) -> None:
    """Forget the attempts that no longer count."""
    tx.run(attempts.delete().where(attempts.c.at <= tx.now - window))
