"""What somebody has filled in and not sent yet, one for each form."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from casework.records.database import Tx
from casework.records.tables import drafts


def keep(tx: Tx, owner: str, subject: str, version: int | None, sealed: bytes) -> None:
    """Store the draft of a form, in the place of an earlier one."""
    row = insert(drafts).values(owner=owner, subject=subject, version=version, sealed=sealed, at=tx.now)
    fresh = {name: row.excluded[name] for name in ("version", "sealed", "at")}
    tx.run(row.on_conflict_do_update(index_elements=["owner", "subject"], set_=fresh))


def find(tx: Tx, owner: str, subject: str) -> Row[Any] | None:
    """The draft of a form, `version, sealed, at`; None where there is none."""
    return tx.one(select(drafts).where(drafts.c.owner == owner, drafts.c.subject == subject))


def drop(tx: Tx, owner: str, subject: str) -> bool:
    """Forget a draft; whether there was one."""
    return bool(tx.run(delete(drafts).where(drafts.c.owner == owner, drafts.c.subject == subject)).rowcount)


def of_owner(tx: Tx, owner: str) -> Sequence[Row[Any]]:
    """The drafts of somebody, the latest first."""
    return tx.all(select(drafts).where(drafts.c.owner == owner).order_by(drafts.c.at.desc()))


def purge(tx: Tx, keep_for: timedelta, beginning: str = "") -> int:
    """Forget what nobody has touched for so long, of subjects that begin so; gives how many."""
    old = drafts.c.at < tx.now - keep_for
    return tx.run(delete(drafts).where(old, drafts.c.subject.startswith(beginning, autoescape=True))).rowcount
