"""P: the recorded statements of an operation, sent again by pgbench with prepared statements.

Requests that send the same statements share a script. What varies between them is in a table of samples, of which the
script draws a row before it begins; what that takes is measured with a script that only draws, and taken off. Reading
requests draw at random, writing ones each sample once, on a copy of the database that was recorded on.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from benchmarks.office import CONNECTIONS
from benchmarks.recording import Statement

Sample = tuple[Statement, ...]
"""The statements of one request."""

SCHEMA: Final = "benchmark"
_NULL: Final = r"\N"
_LONGEST_FILE_LIST: Final = 100
"""pgbench takes 128 scripts."""
# To pgbench a colon before a letter is a variable, even within a text; a second colon makes it a cast.
_TAKEN_FOR_A_VARIABLE: Final = re.compile(r"(?<!:):(?=[A-Za-z_])")


@dataclass(frozen=True, slots=True)
class Script:
    """What pgbench runs for requests that send the same statements, and what it draws of."""

    table: str
    statements: int
    constants: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    body: str
    once: bool

    @property
    def draw(self) -> str:
        """The lines that draw a sample."""
        which = f"\\set i :i + 1\n\\set n :client_id + {CONNECTIONS} * :i\n" if self.once else self._at_random
        return which + self._select

    @property
    def text(self) -> str:
        """The whole script."""
        return f"{self.draw}begin;\n{self.body}commit;\n"

    @property
    def draw_only(self) -> str:
        """A script that draws and does nothing else."""
        return self._at_random + self._select

    @property
    def _at_random(self) -> str:
        return f"\\set n random(0, {len(self.rows) - 1})\n"

    @property
    def _select(self) -> str:
        columns = ", ".join(self.columns) or "n"
        return f"select {columns} from {SCHEMA}.{self.table} where n = :n \\gset\n"


def scripts_of(key: str, samples: Sequence[Sample], *, once: bool) -> list[Script]:
    """Return a script for each sequence of statements among the samples, the most frequent first.

    For requests that are sent `once` the samples must be alike, since each connection goes through its own in order;
    raises ValueError where they are not, or where a statement cannot be written for pgbench.
    """
    alike: dict[tuple[str, ...], list[Sample]] = defaultdict(list)
    for sample in samples:
        alike[tuple(statement.text for statement in sample)].append(sample)
    groups = sorted(alike.values(), key=len, reverse=True)
    if len(groups) > (1 if once else _LONGEST_FILE_LIST):
        raise ValueError(f"{key}: the requests send {len(groups)} different sequences of statements.")
    return [_script(f"{key}_{number}", group, once=once) for number, group in enumerate(groups)]


def _script(table: str, samples: Sequence[Sample], *, once: bool) -> Script:
    first = samples[0]
    by_values: dict[tuple[str | None, ...], str] = {}
    constants: dict[str, str] = {}
    body = []
    for number, statement in enumerate(first):
        if _TAKEN_FOR_A_VARIABLE.search(statement.text):
            raise ValueError(f"pgbench would take a part of this statement for a variable: {statement.text}")
        names = []
        for place in range(len(statement.values)):
            values = tuple(sample[number].values[place] for sample in samples)
            # A connection keeps its variables from one script to the next, so each script has names of its own.
            name = by_values.setdefault(values, f"{table}_{number}_{place}")
            names.append(_read(name, values))
            if len(set(values)) == 1 and values[0]:
                constants[name] = values[0]
        body.append(f"{statement.written(names).rstrip().rstrip(';')};\n")
    varying = {name: values for values, name in by_values.items() if len(set(values)) > 1}
    rows = tuple(zip(*varying.values(), strict=True)) if varying else tuple(() for _ in samples)
    return Script(table, len(first), constants, tuple(varying), rows, "".join(body), once)


def _read(name: str, values: tuple[str | None, ...]) -> str:
    """How the script reads a parameter: pgbench sends null for a variable that is never set, and cannot draw one.

    Nor can it be told a variable that is empty.
    """
    if set(values) == {""}:
        return "''"
    some_null = None in values and set(values) != {None}
    return f"nullif(:{name}, '{_NULL}')" if some_null else f":{name}"


def store(connection: psycopg.Connection[Any], scripts: Sequence[Script]) -> None:
    """Make the tables of samples, which everybody may read, in place of any that were there."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"grant usage on schema {SCHEMA} to public")
    for script in scripts:
        table = sql.Identifier(SCHEMA, script.table)
        columns = [sql.SQL("{} text").format(sql.Identifier(name)) for name in script.columns]
        connection.execute(sql.SQL("drop table if exists {}").format(table))
        made = sql.SQL("create table {} ({})").format(
            table, sql.SQL(", ").join([sql.SQL("n int primary key"), *columns])
        )
        connection.execute(made)
        with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
            for n, row in enumerate(script.rows):
                copy.write_row((n, *(_NULL if value is None else value for value in row)))
        connection.execute(sql.SQL("grant select on {} to public").format(table))


def without(rate: float, draw: float) -> float:
    """Return the rate of what is left of a transaction when drawing, which alone has the rate `draw`, is taken off.

    Where drawing alone was not quicker, something disturbed it, and nothing is taken off.
    """
    return 1 / (1 / rate - 1 / draw) if draw > rate else rate
