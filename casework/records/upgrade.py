"""Migrations: the roles, the schema and its versions, under the owner's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from casework.records.database import OWNER, Tx
from casework.records.roles import grants, setup_of
from casework.records.tables import SCHEMA
from casework.rules.refusals import Refusal
from casework.rules.text import Text

_LOCK: Final = 7_221_001
_SEED_LOCK: Final = 7_221_002


_NOT_ALLOWED: Final = Text(
    "数据库登录名的权限不足（{why}）。请由数据库管理员在数据库 {database} 中一次执行以下全部语句，然后重试：\n{sql}",
    "The database login may not do what is needed once ({why}). Have a database administrator run all of this"
    " in the database {database}, then try again:\n{sql}",
)


_UNREACHABLE: Final = Text(
    "数据库无法连接：{why}。请检查 CASEWORK_DATABASE_URL。",
    "The database cannot be reached: {why}. Check CASEWORK_DATABASE_URL.",
)


class NotUpgraded(Refusal):
    """The database cannot be brought to the version of this code; the text says why and what to do."""


class Unreachable(Refusal):
    """The database cannot be reached, or broke off; `why` is its own sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(_UNREACHABLE.with_(why=why))
        self.why = why


@contextmanager
def reaching(url: str) -> Iterator[Engine]:
    """An engine for a database that may be away; raises `Unreachable`."""
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        yield engine
    except OperationalError as away:
        raise Unreachable(_why_lost(away)) from away
    finally:
        engine.dispose()


def _why_lost(away: OperationalError) -> str:
    """The last of what a lost connection says, without the question that follows it."""
    said = str(away.orig).strip().splitlines()
    causes = [line.strip() for line in said if "Is the server running" not in line]
    return (causes or said)[-1].strip().rstrip(".。")


def upgrade(url: str, scripts: Path, *, members: tuple[str, ...] = ()) -> None:
    """Bring the database to the newest version. `members` are logins that work as the application."""
    with reaching(url) as engine, engine.begin() as connection:
        # Two processes that start at once migrate one after the other.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _make_roles(connection, members)
        _migrate(connection, scripts)


def make_roles(url: str, *, members: tuple[str, ...] = ()) -> None:
    """Make the roles, the schema and the memberships, all or none; raises `NotUpgraded` with what to run instead."""
    with reaching(url) as engine, engine.begin() as connection:
        _make_roles(connection, members)


def needed(url: str, members: tuple[str, ...] = ()) -> list[str]:
    """The statements that have yet to be run before this login may migrate."""
    with reaching(url) as engine, engine.connect() as connection:
        return setup_of(connection, members)


def _make_roles(connection: Connection, members: tuple[str, ...]) -> None:
    statements = setup_of(connection, members)
    try:
        for statement in statements:
            connection.execute(text(statement))
    except ProgrammingError as refused:
        why = str(refused.orig).strip().splitlines()[0]
        database = make_url(connection.engine.url).database
        raise NotUpgraded(_NOT_ALLOWED.with_(why=why, database=database, sql=as_script(statements))) from refused


def as_script(statements: list[str]) -> str:
    """Statements as they can be given to psql, one a line."""
    return "\n".join(f"{statement};" for statement in statements)


def _migrate(connection: Connection, scripts: Path) -> None:
    connection.execute(text(f"set local role {OWNER}"))
    connection.execute(text(f"set local search_path to {SCHEMA}, public"))
    connection.execute(text("set local lock_timeout to '5s'"))
    config = config_of(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    for statement in grants():
        connection.execute(text(statement))


def config_of(scripts: Path) -> Config:
    """Alembic's configuration for a folder of migrations."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def newest(scripts: Path) -> str:
    """The newest version that this code knows."""
    head = ScriptDirectory.from_config(config_of(scripts)).get_current_head()
    assert head is not None
    return head


def current(connection: Connection) -> str | None:
    """The version of the database, None when it is empty."""
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    return context.get_current_revision()


def seed_alone(tx: Tx) -> None:
    """Wait until no other process seeds this database; none does until the transaction ends."""
    tx.run("select pg_advisory_xact_lock(:key)", key=_SEED_LOCK)


def login_of(url: str) -> str:
    """Return the login of a database URL."""
    return str(make_url(url).username)
