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
APPEND_ONLY: Final = ("events", "admin_events", "notes", "letters", "disclosures", "fund_entries")
# A file of a draft becomes one of its case, and what is in one goes when it is removed; see the trigger `files_stay`.
_OF_FILES: Final = (
    "case_id", "draft_owner", "draft_subject", "sealed_key", "name", "contents", "thumbnail", "removed_by",
    "removed_as", "removed_at",
)  # fmt: skip
# What is there stays; of a payment and its line on an order only what becomes of it changes.
_RIGHTS: Final = (
    dict.fromkeys((*APPEND_ONLY, "policies", "calendars", "payment_orders", "household_lines"), "select, insert")
    | dict.fromkeys(
        ("cases", "applicants", "users", "orgs", "funds", "fund_budgets", "vault"), "select, insert, update"
    )
    | dict.fromkeys(("queue_entries", "search_terms"), "select")
    | {
        "payment_lines": "select, insert, update (status), update (order_id)",
        "payment_order_lines": "select, insert, update (result), update (settled_on)",
        "files": ", ".join(["select", "insert", *(f"update ({name})" for name in _OF_FILES)]),
    }
)
_MIGRATED: Final = (
    "select 1 from pg_class where relnamespace = to_regnamespace(:schema) and relname = 'alembic_version'"
)
_LACKING: Final = f"""
select rights, name from unnest(cast(:rights as text[]), cast(:names as text[])) as wanted (rights, name)
join pg_class on relnamespace = to_regnamespace('{SCHEMA}') and relname = name
where exists (select 1 from unnest(string_to_array(rights, ', ')) as one
              where not case when one like '%(%'
                then has_column_privilege('{APPLICATION}', pg_class.oid, substring(one from '[(](.*)[)]'),
                  split_part(one, ' ', 1))
                else has_table_privilege('{APPLICATION}', pg_class.oid, one) end)
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
        statements += [one for role in roles for one in _lacks(connection, member, role)]
    exists = text("select 1 from pg_namespace where nspname = :schema")
    if not connection.execute(exists, {"schema": SCHEMA}).first():
        statements.append(f"create schema {SCHEMA} authorization {OWNER}")
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
    statements += _lacks(connection, login, APPLICATION)
    if not role_there:
        return [*statements, *grants()]
    usage = text("select has_schema_privilege(:role, :schema, 'usage')")
    if not connection.execute(usage, {"role": APPLICATION, "schema": SCHEMA}).scalar_one():
        statements.append(_USAGE)
    rights = dict(_rights())
    rows = connection.execute(text(_LACKING), {"rights": list(rights.values()), "names": list(rights)})
    return statements + [f"grant {row.rights} on {SCHEMA}.{row.name} to {APPLICATION}" for row in rows]


def grants() -> list[str]:
    """What the application may do with the rows: what is recorded it adds to, and takes nothing of it away."""
    sequences = f"grant usage on all sequences in schema {SCHEMA} to {APPLICATION}"
    tables = [f"grant {rights} on {SCHEMA}.{name} to {APPLICATION}" for name, rights in _rights()]
    return [_USAGE, sequences, *tables]


_USAGE: Final = f"grant usage on schema {SCHEMA} to {APPLICATION}"


def _rights() -> Iterator[tuple[str, str]]:
    for table in metadata.sorted_tables:
        yield table.name, _RIGHTS.get(table.name, "select, insert, update, delete")
    yield "alembic_version", "select"


def _lacks(connection: Connection, login: str, role: str) -> list[str]:
    """The statements after which the login may be this role; none where it may, or is a superuser.

    The application's rights must be the login's own too: a request begins with one statement that looks up who calls
    and sets the role, and rights are checked before the role is set.
    """
    since_16 = connection.execute(text("show server_version_num")).scalar_one() >= "160000"
    wanted = {"SET" if since_16 else "MEMBER"} | ({"USAGE"} if role == APPLICATION else set())
    # By the row of the role, so that one that is not there yet is no error; a superuser may be anybody.
    found = connection.execute(
        text("""select one from unnest(cast(:wanted as text[])) as one
                where not exists (select 1 from pg_roles as login where login.rolname = :login and (login.rolsuper
                  or exists (select 1 from pg_roles as role
                             where role.rolname = :role and pg_has_role(login.oid, role.oid, one))))"""),
        {"login": login, "role": role, "wanted": list(wanted)},
    )
    lacks = set(found.scalars())
    if not lacks:
        return []
    name = connection.execute(text("select quote_ident(:login)"), {"login": login}).scalar_one()
    inherits = text("select rolinherit from pg_roles where rolname = :login")
    if role == APPLICATION and connection.execute(inherits, {"login": login}).scalar() is False:
        if since_16:
            return [f"grant {role} to {name} with inherit true, set true"]
        return [*([f"grant {role} to {name}"] if "MEMBER" in lacks else []), f"alter role {name} inherit"]
    return [f"grant {role} to {name}"]
