"""The database: one engine, transactions with their role and deadlines, and the only clock of the service."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

import psycopg
from psycopg.rows import RowFactory, args_row
from sqlalchemy import Connection, Engine, Executable, NullPool, create_engine, text
from sqlalchemy import Row as Row  # how everybody else names a row that was read
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.rules.refusals import Unavailable
from casework.rules.text import Language, Text

T = TypeVar("T")
OWNER: Final = "casework_owner"
APPLICATION: Final = "casework_app"

# The role and the deadlines are set inside the transaction, so that they hold behind a pooler too and end with it.
_SETTINGS: Final = """set_config('role', %(role)s, true), set_config('search_path', 'casework', true),
  set_config('statement_timeout', %(statement)s, true), set_config('lock_timeout', %(lock)s, true),
  set_config('idle_in_transaction_session_timeout', %(idle)s, true)"""
_BEGIN: Final = f"select {{now}}, {_SETTINGS}"
# Who calls, what time it is and which rules hold, in the one round trip that begins the work on a request. The names of
# the tables are given in full, since the path is set by this very statement.
_BEGIN_WORK: Final = f"""select clock.now, coalesce(rules.number, 0),
  coalesce(under_way.revision - 1, rules.number, 0), coalesce(tree.number, 0), caller.*, {_SETTINGS}
from (select {{now}} as now) as clock
left join casework.revisions as rules on rules.of = 'rules'
left join casework.revisions as tree on tree.of = 'orgs'
left join casework.recalculations as under_way on true
left join lateral (
  select u.id, u.username, u.name, u.role, u.active, o.path, u.password_is_first, u.language,
    u.walled
  from casework.tokens t join casework.users u on u.id = t.user_id join casework.orgs o on o.id = u.org_id
  where t.digest = %(token)s and t.expires_at > clock.now
    and coalesce(t.idle_until > clock.now, true) and u.active) as caller on true
"""
Columns = tuple[Any, ...]
_NOW = "clock_timestamp()"
_NOW_IN_TESTS = "clock_timestamp() + coalesce((select value from casework.time_offset), interval '0')"
# The disk is full, or the server is a standby.
_REFUSES_WRITES = frozenset(("53100", "25006"))
_LATELY_S: Final = 8
_NOT_TO_BE_HAD: Final = "55P03"
_AT_ONCE_S: Final = 0.05
# Unlike statement_timeout these say "try again", not "this is broken": query cancelled,
# deadlock, serialization failure, too many connections, shutting down.
_PASSING = frozenset(("57014", "40P01", "40001", "53300", "57P01", "57P02", "57P03"))


def _columns(*columns: Any) -> Columns:
    return columns


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a statement, a wait for a lock, and an idle transaction may take, in seconds."""

    statement: float = 10
    lock: float = 5
    idle: float = 30


class Locked(Unavailable):
    """Somebody else keeps what is needed, for longer than this transaction waits."""


class Caller(NamedTuple):
    """The user whose token was given."""

    id: UUID
    username: str
    name: str
    role: str
    active: bool
    org_path: str
    password_is_first: bool
    language: Language
    walled: bool


class Query(Generic[T]):
    """A statement that is asked so often that it goes to psycopg directly, with `%(name)s` for each value.

    It is written once and prepared by each connection; `row` makes something of the columns of a row.
    """

    def __init__(self, statement: str, row: Callable[..., T]) -> None:
        self.statement = statement.encode()
        self.row: RowFactory[T] = args_row(row)


@dataclass(slots=True)
class Tx:
    """An open transaction. `now` is read once, when it begins.

    `revision`: that of the rules which hold; `recalculated`: the one by which every case counted when the transaction
    began; `tree_revision`: that of the organisations; `caller`: the user whose token was given, None for nobody's.
    """

    driver: psycopg.Connection[Any]
    connect: Callable[[], Connection]
    """Gives the same connection as SQLAlchemy has it."""
    now: datetime
    revision: int | None = None
    recalculated: int = 0
    tree_revision: int = 0
    caller: Caller | None = None

    @property
    def connection(self) -> Connection:
        """The connection as SQLAlchemy has it."""
        return self.connect()

    def ask(self, query: Query[T], values: Mapping[str, Any]) -> list[T]:
        """Execute a query, which may be given more values than it names; what it makes of each row."""
        return _ask(self.driver, query, values)

    @property
    def cases_may_lag(self) -> bool:
        """Whether cases may still count by earlier rules than those which hold, as far as is known without asking."""
        return self.revision is None or self.revision > self.recalculated

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """What the block writes is there inside the block, and taken back as it ends."""
        with self.connection.begin_nested() as savepoint:
            yield
            savepoint.rollback()

    @contextmanager
    def all_or_none(self) -> Iterator[None]:
        """What the block writes is taken back where it raises."""
        with self.connection.begin_nested():
            yield

    def run(self, statement: Executable | str, /, **values: Any) -> CursorResult[Any]:
        """Execute one statement."""
        executable = text(statement) if isinstance(statement, str) else statement
        return self.connection.execute(executable, values)

    def run_many(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute one statement for many rows; none for no rows."""
        if rows:
            self.connection.execute(statement, rows)

    def one(self, statement: Executable | str, /, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        return self.run(statement, **values).first()

    def all(self, statement: Executable | str, /, **values: Any) -> Sequence[Row[Any]]:
        """All rows."""
        return self.run(statement, **values).all()


def now(tx: Tx) -> datetime:
    """The time of this transaction: the database's, plus an offset that only tests may set."""
    return tx.now


class Database:
    """The pool of connections to one database."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        pool_timeout: float = 2,
        deadlines: Deadlines = Deadlines(),
        prepare_statements: bool = True,
        movable_time: bool = False,
    ) -> None:
        self.url = make_url(url)
        self.deadlines = deadlines
        now = _NOW_IN_TESTS if movable_time else _NOW
        self._begin = Query(_BEGIN.format(now=now), _columns)
        self._begin_work = Query(_BEGIN_WORK.format(now=now), _columns)
        self._for_work = self._settings(APPLICATION)
        self._at_once = self._for_work | {"lock": f"{int(1000 * min(_AT_ONCE_S, deadlines.lock))}ms"}
        self._prepare_threshold = 5 if prepare_statements else None
        self.engine = self._engine(pool_size=pool_size, max_overflow=0, pool_timeout=pool_timeout)
        self._lent: set[_Lent] = set()
        self._refused_at: float | None = None

    def _engine(self, **pool: Any) -> Engine:
        return create_engine(
            self.url,
            # What is written and asked stays out of error messages, and so out of the log.
            hide_parameters=True,
            connect_args={
                "connect_timeout": 5,
                # A connection whose other end has vanished is given up after ten seconds, whether we wait for its
                # answer or for it to take what we send.
                "keepalives": 1,
                "keepalives_idle": 4,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 8_000,
                "prepare_threshold": self._prepare_threshold,
                "application_name": "casework",
            },
            **pool,
        )

    def unpooled(self) -> "Database":
        """The same database, with a connection for each transaction that no crowd of requests can have taken."""
        other = copy(self)
        other.engine = self._engine(poolclass=NullPool)
        return other

    @contextmanager
    def transaction(self, role: str = APPLICATION) -> Iterator[Tx]:
        """A transaction that commits when the block ends and rolls back when it raises.

        Raises `Unavailable` when the database cannot be reached, is too busy or a lock is not to be had in time.
        """
        with self._begun(self._begin, self._settings(role)) as (lent, (now, *_)):
            yield Tx(lent.driver, lent.connect, now)

    @contextmanager
    def work(self, token: bytes | None = None, *, at_once: bool = False) -> Iterator[Tx]:
        """A transaction of the application that knows the revision of the rules, and who has the token of this digest.

        `at_once`: it waits for no lock that somebody else keeps for longer than a transaction takes. Raises as
        `transaction` does.
        """
        values = self._at_once if at_once else self._for_work
        with self._begun(self._begin_work, {**values, "token": token}) as (lent, row):
            now, revision, recalculated, tree_revision, *user = row[:13]
            caller = Caller(*user) if user[0] else None
            yield Tx(lent.driver, lent.connect, now, revision, recalculated, tree_revision, caller)

    @contextmanager
    def _begun(self, begin: Query[Columns], values: Mapping[str, Any]) -> Iterator[tuple["_Lent", Columns]]:
        lent = None
        try:
            lent = _Lent(self.engine)
            self._lent.add(lent)
            yield lent, _ask(lent.driver, begin, values)[0]
            lent.driver.commit()
        except PoolTimeout as busy:
            raise Unavailable(_BUSY) from busy
        except (DBAPIError, psycopg.Error) as error:
            said = error.orig if isinstance(error, DBAPIError) else error
            if getattr(said, "sqlstate", None) in _REFUSES_WRITES:
                self._refused_at = time.monotonic()
                raise Unavailable(_FULL) from error
            # By its state first: a lock that was not to be had in time is of the same class as a lost connection.
            if getattr(said, "sqlstate", None) == _NOT_TO_BE_HAD:
                raise Locked(_BUSY) from error
            if getattr(said, "sqlstate", None) in _PASSING:
                raise Unavailable(_BUSY) from error
            if isinstance(said, psycopg.OperationalError | psycopg.InterfaceError):
                raise Unavailable(_UNREACHABLE) from error
            raise
        finally:
            if lent is not None:
                self._lent.discard(lent)
                lent.give_back()

    def refused_lately(self) -> bool:
        """Whether something could not be written within the last seconds because there is no room or only a standby."""
        return self._refused_at is not None and time.monotonic() - self._refused_at < _LATELY_S

    def let_go(self) -> None:
        """Give up every connection that is in use, from another thread: who waits for its answer is told it is lost.

        A database that was frozen keeps its connections open, and no time-out of its own runs.
        """
        for lent in self._lent.copy():
            lent.shut_down()

    def _settings(self, role: str) -> dict[str, str]:
        return {
            "role": role,
            "statement": f"{int(self.deadlines.statement * 1000)}ms",
            "lock": f"{int(self.deadlines.lock * 1000)}ms",
            "idle": f"{int(self.deadlines.idle * 1000)}ms",
        }

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


class _Lent:
    """A connection lent by the pool: as psycopg has it, and as SQLAlchemy has it once that is asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pooled = engine.raw_connection()
        self._connection: Connection | None = None
        self.driver = cast("psycopg.Connection[Any]", self._pooled.driver_connection)

    def connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._engine, self._pooled)
        return self._connection

    def shut_down(self) -> None:
        """End the connection below the driver, which then finds it lost."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.driver.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    def give_back(self) -> None:
        """Take back what was not committed and return the connection to the pool.

        One that is broken is closed with all that are idle, since what broke it has most likely broken them too.
        """
        if self.driver.closed and self._pooled.is_valid:
            self._pooled.invalidate()
            self._engine.dispose()
        (self._connection or self._pooled).close()


def _ask(driver: psycopg.Connection[Any], query: Query[T], values: Mapping[str, Any]) -> list[T]:
    return driver.cursor(binary=True, row_factory=query.row).execute(query.statement, values, prepare=True).fetchall()


_BUSY = Text("系统繁忙，请稍后重试。", "The service is busy; try again in a moment.")
_FULL = Text(
    "数据库暂时不能写入，未作任何更改；请告知管理员。",
    "The database cannot be written to just now, and nothing was changed; tell the administrator.",
)
_UNREACHABLE = Text("数据库暂时无法连接，请稍后重试。", "The database cannot be reached; try again.")
