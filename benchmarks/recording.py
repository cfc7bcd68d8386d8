"""The statements that a request sends to PostgreSQL, caught where psycopg sends them, and how many rows each touches.

Nothing here knows the service: whatever runs statements on cursors of psycopg, through SQLAlchemy or not, is seen.
BEGIN and COMMIT are sent by the connection and so are not among them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg

# What turns a query with placeholders into PostgreSQL's own; psycopg's lock in requirements.txt pins it.
from psycopg._queries import PostgresQuery
from psycopg.adapt import PyFormat, Transformer

_PARAMETER: Final = re.compile(r"\$([0-9]+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as PostgreSQL was sent it: `text` with $1, $2 …, the values as text, their types, None if unsaid."""

    text: str
    values: tuple[str | None, ...] = ()
    types: tuple[str | None, ...] = ()

    def written(self, names: Sequence[str]) -> str:
        """Return the text with a name for each parameter, cast to its type where that was said."""

        def name(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            kind = self.types[place]
            return f"{names[place]}::{kind}" if kind else names[place]

        return _PARAMETER.sub(name, self.text)


@dataclass(frozen=True, slots=True)
class Touched:
    """A statement with the rows that its scans read, those included that a filter then dropped."""

    statement: Statement
    rows: int


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Give a list to which every statement is added that this process sends until the block ends."""
    statements: list[Statement] = []
    with _watching(lambda cursor, sent: statements.append(sent)):
        yield statements


@contextmanager
def explained() -> Iterator[list[Touched]]:
    """Give the same list with the rows touched: each statement is first run for its plan and taken back.

    Where there is an index it is planned with, as in a large office.

    Statements outside of a transaction, and those that have no plan, count no rows.
    """
    touched: list[Touched] = []
    with _watching(lambda cursor, sent: touched.append(Touched(sent, _rows(cursor.connection, sent)))):
        yield touched


@contextmanager
def _watching(tell: Any) -> Iterator[None]:
    execute, executemany = psycopg.Cursor.execute, psycopg.Cursor.executemany
    inside = False

    def watched(cursor: psycopg.Cursor[Any], query: Any, rows: Sequence[Any]) -> None:
        nonlocal inside
        if not inside:
            inside = True
            try:
                for values in rows:
                    tell(cursor, _sent(cursor, query, values))
            finally:
                inside = False

    def execute_watched(self: psycopg.Cursor[Any], query: Any, params: Any = None, **options: Any) -> Any:
        watched(self, query, [params])
        return execute(self, query, params, **options)

    def executemany_watched(self: psycopg.Cursor[Any], query: Any, params_seq: Any, **options: Any) -> None:
        rows = list(params_seq)
        watched(self, query, rows)
        executemany(self, query, rows, **options)

    patched = cast(Any, psycopg.Cursor)
    patched.execute, patched.executemany = execute_watched, executemany_watched
    try:
        yield
    finally:
        patched.execute, patched.executemany = execute, executemany


def _sent(cursor: psycopg.Cursor[Any], query: Any, values: Any) -> Statement:
    converted = PostgresQuery(Transformer.from_context(cursor))
    converted.convert(query, values)
    if values is not None:
        # psycopg sends many types in binary; a script of pgbench has texts.
        converted._want_formats = [PyFormat.TEXT] * len(converted.params or ())
        converted.dump(values)
    known = [cursor.connection.adapters.types.get(oid) for oid in converted.types]
    return Statement(
        converted.query.decode(),
        tuple(None if value is None else bytes(value).decode() for value in converted.params or ()),
        tuple(_written(info, oid) if info else None for info, oid in zip(known, converted.types, strict=True)),
    )


def _written(info: Any, oid: int) -> str:
    """The name of a type as a cast writes it."""
    return f"{info.regtype}[]" if oid == info.array_oid else str(info.regtype)


def _rows(connection: psycopg.Connection[Any], statement: Statement) -> int:
    verb = statement.text.split(None, 1)[0].lower()
    if connection.autocommit or verb not in ("select", "with", "insert", "update", "delete"):
        return 0
    cursor = psycopg.RawCursor(connection)
    names = [f"${place}" for place in range(1, len(statement.values) + 1)]
    cursor.execute("savepoint explained")
    # A small table is read whole since that is quicker; asked for is what happens to a large one.
    cursor.execute("set local enable_seqscan = off")
    query = f"explain (analyze, buffers, timing off, format json) {statement.written(names)}"
    cursor.execute(query.encode(), statement.values)
    answer = cursor.fetchone()
    assert answer is not None
    plan = answer[0] if isinstance(answer[0], list) else json.loads(answer[0])
    cursor.execute("rollback to explained")
    return rows_of(plan[0]["Plan"])


def rows_of(plan: Mapping[str, Any]) -> int:
    """Return how many rows the scans of a plan read in all loops, those that a condition then dropped included."""
    here = 0.0
    # A bitmap's index scan counts what its heap scan counts again.
    if plan["Node Type"].endswith("Scan") and "Relation Name" in plan:
        dropped = (value for name, value in plan.items() if name.startswith("Rows Removed by"))
        here = (plan["Actual Rows"] + sum(dropped)) * plan["Actual Loops"]
    return round(here) + sum(rows_of(below) for below in plan.get("Plans", ()))
