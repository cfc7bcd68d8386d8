"""Alembic's entry: runs the migrations on the connection that `casework database upgrade` hands over."""

from alembic import context

from casework.records.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, kind, parents: kind != "schema" or name == SCHEMA,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
