"""Migrating from empty gives exactly the tables of the metadata, and the application may not rewrite history."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from casework.records.roles import APPEND_ONLY
from casework.records.tables import SCHEMA, metadata
from casework.records.upgrade import config_of, current, newest, upgrade
from casework.settings import ROOT

MIGRATIONS = ROOT / "migrations"


def test_migrating_from_empty_equals_the_metadata(owner_url: str) -> None:
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        connection.execute(text(f"set search_path to {SCHEMA}"))
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table_schema": SCHEMA,
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_check_constraint_of_the_metadata_is_in_the_database(owner_url: str) -> None:
    """Alembic does not compare these."""
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        found = {
            row.conname
            for row in connection.execute(
                text(
                    "select conname from pg_constraint"
                    " where contype = 'c' and connamespace = cast(:schema as regnamespace)"
                ),
                {"schema": SCHEMA},
            )
        }
    engine.dispose()
    wanted = {
        metadata.naming_convention["ck"] % {"table_name": table.name, "constraint_name": constraint.name}
        if not str(constraint.name).startswith("ck_")
        else str(constraint.name)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert wanted == found


def test_there_is_one_newest_migration_and_the_database_has_it(owner_url: str) -> None:
    assert len(ScriptDirectory.from_config(config_of(MIGRATIONS)).get_heads()) == 1
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        assert current(connection) == newest(MIGRATIONS)
    engine.dispose()


def test_migrating_twice_changes_nothing(owner_url: str) -> None:
    upgrade(owner_url, MIGRATIONS, members=("casework_web",))
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        assert current(connection) == newest(MIGRATIONS)
    engine.dispose()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("role", ["casework_app", "casework_owner"])
def test_nobody_rewrites_what_is_only_ever_added_to(owner_url: str, table: str, role: str) -> None:
    engine = create_engine(owner_url)
    column = next(iter(metadata.tables[f"{SCHEMA}.{table}"].columns)).name
    for statement in (f"update {SCHEMA}.{table} set {column} = {column}", f"delete from {SCHEMA}.{table}"):
        with engine.begin() as connection:
            connection.execute(text(f"set local role {role}"))
            with pytest.raises(ProgrammingError, match=r"only ever added to|permission denied"):
                connection.execute(text(statement))
            connection.rollback()
    engine.dispose()


def test_the_application_owns_nothing(owner_url: str) -> None:
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        owners = set(
            connection.execute(
                text("select distinct tableowner from pg_tables where schemaname = :schema"), {"schema": SCHEMA}
            ).scalars()
        )
    engine.dispose()
    assert owners == {"casework_owner"}
