"""The two database roles: what an administrator of the database has to do once, and what a login still lacks.

The login of the database URL must be allowed to become `casework_owner` to migrate. The application works as
`casework_app`, which owns nothing and may not change what is only ever added to.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from casework.records.database import APPLICATION, OWNER
from casework.records.tables import SCHEMA, metadata

# What is only ever added to, by anybody.
APPEND_ONLY: Final = ("events", "clock_marks", "due_times", "notes", "letters", "disclosures", "fund_entries")
_RIGHTS: Final = dict.fromkeys(APPEND_ONLY, "select, insert") | {"queue_entries": "select"}
_MIGRATED: Final = (
    "select 1 from pg_class where relnamespace = to_regnamespace(:schema) and relname = 'alembic_version'"
)
_LACKING: Final = f"""
select rights, name from unnest(cast(:rights as text[]), cast(:names as text[])) as wanted (rights, name)
join pg_class on relnamespace = to_regnamespace('{SCHEMA}') and relname = name
where exists (select 1 from unnest(string_to_array(rights, ', ')) as one
              where not has_table_privilege('{APPLICATION}', pg_class.oid, one))
"""


def setup_of(connection: Connection, members: tuple[str, ...] = ()) -> list[str]:
    """The statements, in order, that have yet to be run before this login may migrate; none when it may.

    `members` are other logins, that work as the application only. A superuser needs no memberships of its own.
    """
    statements = [
        f"create role {role} nologin"
        for role in (OWNER, APPLICATION)
        if not connection.execute(text("select 1 from pg_roles where rolname = :role"), {"role": role}).first()
    ]
    login = connection.execute(text("select session_user")).scalar_one()
    for member, roles in ((login, (OWNER, APPLICATION)), *((other, (APPLICATION,)) for other in members)):
        statements += [_membership(connection, member, role) for role in roles if not _may_be(connection, member, role)]
    exists = text("select 1 from pg_namespace where nspname = :schema")
    if not connection.execute(exists, {"schema": SCHEMA}).first():
        statements.append(f"create schema {SCHEMA} authorization {OWNER}")
    if not connection.execute(text("select 1 from pg_extension where extname = 'pg_trgm'")).first():
        statements.append(f"create extension pg_trgm schema {SCHEMA}")
    return statements


def migrated(connection: Connection) -> bool:
    """Whether the tables are there, seen or not."""
    return connection.execute(text(_MIGRATED), {"schema": SCHEMA}).first() is not None


def lacking(connection: Connection) -> list[str]:
    """The statements that give back what the login and the application's role lack in a migrated database."""
    if not migrated(connection):
        return []
    login = connection.execute(text("select session_user")).scalar_one()
    role_there = connection.execute(text("select 1 from pg_roles where rolname = :role"), {"role": APPLICATION}).first()
    statements = [] if role_there else [f"create role {APPLICATION} nologin"]
    if not _may_be(connection, login, APPLICATION):
        statements.append(_membership(connection, login, APPLICATION))
    if not role_there:
        return [*statements, *grants()]
    usage = text("select has_schema_privilege(:role, :schema, 'usage')")
    if not connection.execute(usage, {"role": APPLICATION, "schema": SCHEMA}).scalar_one():
        statements.append(_USAGE)
    rights = dict(_rights())
    rows = connection.execute(text(_LACKING), {"rights": list(rights.values()), "names": list(rights)})
    return statements + [f"grant {row.rights} on {SCHEMA}.{row.name} to {APPLICATION}" for row in rows]


def grants() -> list[str]:
    """What the application may do: everything with the rows, but only add to what is append-only."""
    sequences = f"grant usage on all sequences in schema {SCHEMA} to {APPLICATION}"
    tables = [f"grant {rights} on {SCHEMA}.{name} to {APPLICATION}" for name, rights in _rights()]
    return [_USAGE, sequences, *tables]


_USAGE: Final = f"grant usage on schema {SCHEMA} to {APPLICATION}"


def _rights() -> Iterator[tuple[str, str]]:
    for table in metadata.sorted_tables:
        yield table.name, _RIGHTS.get(table.name, "select, insert, update, delete")
    yield "alembic_version", "select"


def _may_be(connection: Connection, login: str, role: str) -> bool:
    """Whether the login may `set role`. Since PostgreSQL 16 a member may be without that right."""
    right = "SET" if connection.execute(text("show server_version_num")).scalar_one() >= "160000" else "MEMBER"
    # By the row of the role, so that one that is not there yet is no error; a superuser may be anybody.
    found = connection.execute(
        text("""select pg_has_role(login.oid, role.oid, :right) from pg_roles as login, pg_roles as role
                where login.rolname = :login and role.rolname = :role
                union all select true from pg_roles where rolname = :login and rolsuper"""),
        {"login": login, "role": role, "right": right},
    )
    return any(found.scalars())


def _membership(connection: Connection, login: str, role: str) -> str:
    return f"grant {role} to {connection.execute(text('select quote_ident(:login)'), {'login': login}).scalar_one()}"
