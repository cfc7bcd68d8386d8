"""Migrations: the roles, the schema and its versions, under the owner's role.

The login of the database URL must be allowed to become `casework_owner` for this. The application works as
`casework_app`, which owns nothing and may not change what is only ever added to.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from casework.records.database import APPLICATION, OWNER
from casework.records.tables import SCHEMA, metadata

# What is only ever added to, by anybody.
APPEND_ONLY: Final = ("events", "clock_marks", "due_times", "notes", "letters", "disclosures", "fund_entries")
_LOCK: Final = 7_221_001


class NotUpgraded(RuntimeError):
    """The database cannot be brought to the version of this code; the message says why and what to do."""


def upgrade(url: str, scripts: Path, *, members: tuple[str, ...] = ()) -> None:
    """Bring the database to the newest version. `members` are logins that work as the application."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            # Two processes that start at once migrate one after the other.
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _roles(connection, members)
            _migrate(connection, scripts)
    finally:
        engine.dispose()


def _roles(connection: Connection, members: tuple[str, ...]) -> None:
    for role in (OWNER, APPLICATION):
        if not connection.execute(text("select 1 from pg_roles where rolname = :role"), {"role": role}).first():
            _allowed(connection, f"create role {role} nologin")
    me = connection.execute(text("select current_user")).scalar_one()
    superuser = connection.execute(text("select rolsuper from pg_roles where rolname = current_user")).scalar_one()
    for member in (*members, *(() if superuser else (me,))):
        roles = (APPLICATION,) if member in members else (OWNER, APPLICATION)
        for role in roles:
            if not connection.execute(
                text("select pg_has_role(:member, :role, 'member')"), {"member": member, "role": role}
            ).scalar_one():
                _allowed(connection, f'grant {role} to "{member}"')
    exists = connection.execute(text("select 1 from pg_namespace where nspname = :schema"), {"schema": SCHEMA}).first()
    if not exists:
        _allowed(connection, f"create schema {SCHEMA} authorization {OWNER}")
    if not connection.execute(text("select 1 from pg_extension where extname = 'pg_trgm'")).first():
        _allowed(connection, f"create extension pg_trgm schema {SCHEMA}")


def _allowed(connection: Connection, statement: str) -> None:
    try:
        connection.execute(text(statement))
    except ProgrammingError as refused:
        raise NotUpgraded(
            f"The database login may not run `{statement}`: {str(refused.orig).strip()}."
            " Run it once as a database administrator, then try again."
        ) from refused


def _migrate(connection: Connection, scripts: Path) -> None:
    connection.execute(text(f"set local role {OWNER}"))
    connection.execute(text(f"set local search_path to {SCHEMA}, public"))
    connection.execute(text("set local lock_timeout to '5s'"))
    config = config_of(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    _grant(connection)


def _grant(connection: Connection) -> None:
    """What the application may do: everything with the rows, but only add to what is append-only."""
    connection.execute(text(f"grant usage on schema {SCHEMA} to {APPLICATION}"))
    connection.execute(text(f"grant usage on all sequences in schema {SCHEMA} to {APPLICATION}"))
    for table in metadata.sorted_tables:
        rights = "select, insert" if table.name in APPEND_ONLY else "select, insert, update, delete"
        connection.execute(text(f"grant {rights} on {SCHEMA}.{table.name} to {APPLICATION}"))
    connection.execute(text(f"grant select on {SCHEMA}.alembic_version to {APPLICATION}"))


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
