"""Whether a database can be worked in, and what one finds in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, ProgrammingError

from casework.records import alerts
from casework.records.database import Database, Tx
from casework.records.roles import lacking, migrated
from casework.records.upgrade import current, reaching
from casework.rules.refusals import Unavailable

Unfit = Literal["behind", "no_rights", "unreachable"]


class NotReady(Exception):
    """The database cannot be worked in: its tables are of another version, rights are lacking, or it is away."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why: Unfit = why


@dataclass(frozen=True, slots=True)
class Look:
    """What one finds in a database: its version, None when there are no tables; the statements that give the rights."""

    version: str | None
    lacking: list[str]


def look(url: str) -> Look:
    """Return the version of the tables, and the rights that this login lacks; raises `Unreachable`."""
    with reaching(url) as engine, engine.connect() as connection:
        lacks = lacking(connection)
        return Look(None if lacks else current(connection), lacks)


@contextmanager
def ready(database: Database, version: str) -> Iterator[Tx]:
    """A transaction in a database of this version; raises `NotReady`."""
    try:
        with database.transaction() as tx:
            if lacking(tx.connection):
                raise NotReady("no_rights")
            if tx.run("select version_num from alembic_version").scalar_one_or_none() != version:
                raise NotReady("behind")
            yield tx
    except Unavailable as away:
        raise NotReady("unreachable") from away
    # No such table or no such role, or not ours to use.
    except (ProgrammingError, DataError, psycopg.ProgrammingError, psycopg.DataError) as refused:
        raise NotReady(_why_not(database)) from refused


def takes_writes(database: Database, tx: Tx) -> bool:
    """Whether the database takes what is written: it is no standby, and its disk was not full a moment ago.

    A small row finds room where nothing else does, so what became of other writes is asked too.
    """
    try:
        with tx.connection.begin_nested():
            alerts.beat(tx, "web")
    except DBAPIError:
        return False
    return not database.refused_lately()


def _why_not(database: Database) -> Unfit:
    """Whether there are no tables yet, or some that this login may not use."""
    try:
        with database.engine.connect() as connection:
            return "no_rights" if migrated(connection) else "behind"
    except OperationalError:
        return "unreachable"
