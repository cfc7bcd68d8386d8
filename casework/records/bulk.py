"""Many new cases at once: the rows that single writes would leave in the end, collected and sent by COPY."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, LargeBinary, Table, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.database import Tx
from casework.records.rows import Row, StoredCase, case_row, clock_row, event_row
from casework.records.rows import after as moved
from casework.records.tables import SCHEMA, case_numbers, metadata, open_case_holds
from casework.rules.case import ClockRun
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import Move


def take_time(tx: Tx) -> None:
    """Let this transaction take its time: the deadlines are for requests, and many cases need longer than one."""
    for deadline in ("statement_timeout", "idle_in_transaction_session_timeout"):
        tx.run("select set_config(:deadline, '0', true)", deadline=deadline)


@dataclass(slots=True)
class Batch:
    """The rows of cases that are not in the database yet, each collected from its opening on.

    What is only ever added to is collected at each move. Of a case and its clocks single writes would leave the last
    row, so that only this one is made, when the batch is sent.
    """

    workflow: Workflow
    _events: list[Row] = field(default_factory=list)
    _letters: list[Row] = field(default_factory=list)
    _vault: dict[tuple[UUID, str], bytes] = field(default_factory=dict)
    _look_ups: dict[tuple[UUID, str], bytes] = field(default_factory=dict)
    _records: dict[UUID, StoredCase] = field(default_factory=dict)
    _clocks: dict[tuple[UUID, str, int], tuple[StoredCase, Move, ClockRun, DecisionContext]] = field(
        default_factory=dict
    )

    def write(
        self,
        record: StoredCase,
        move: Move,
        office: DecisionContext,
        *,
        sealed: Mapping[str, bytes],
        blind_indexes: Mapping[str, bytes | None],
        letters: list[Row],
    ) -> StoredCase:
        """Collect a move; gives the record as it would be read again after it."""
        event = event_row(record, move)
        self._events.append(event)
        case_id = move.case.id
        self._letters += [{**row, "case_id": case_id, "at": move.at} for row in letters]
        self._vault |= {(case_id, part): value for part, value in sealed.items()}
        for kind, digest in blind_indexes.items():
            if digest is None:
                self._look_ups.pop((case_id, kind), None)
            else:
                self._look_ups[case_id, kind] = digest
        for change in move.clock_changes:
            self._clocks[case_id, *change.clock.key] = (record, move, change.clock, office)
        after = replace(moved(record, move), last_hash=event["hash"])
        self._records[case_id] = after
        return after

    def send(self, tx: Tx) -> None:
        """Store everything that was collected."""
        for name, rows in self.rows().items():
            copy_rows(tx, metadata.tables[f"{SCHEMA}.{name}"], rows)

    def rows(self) -> dict[str, Iterable[Row]]:
        """Return what was collected by the names of its tables, in the order in which they can be stored."""
        changed = self._clocks.values()
        return {
            "cases": (self._case_row(record) for record in self._records.values()),
            "events": self._events,
            "clocks": (clock_row(record, move, run, self.workflow, office) for record, move, run, office in changed),
            "vault": ({"case_id": case, "part": part, "sealed": value} for (case, part), value in self._vault.items()),
            "blind_indexes": (
                {"case_id": case, "kind": kind, "digest": value} for (case, kind), value in self._look_ups.items()
            ),
            "letters": self._letters,
        }

    def _case_row(self, record: StoredCase) -> Row:
        return {**case_row(record, self.workflow), "last_hash": record.last_hash}


def copy_rows(tx: Tx, table: Table, rows: Iterable[Row]) -> None:
    """Store rows, which all have the same columns, by COPY; columns that none of them has keep their default."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    names = list(first)
    as_json = [isinstance(table.c[name].type, JSONB) for name in names]
    statement = f"copy {table.fullname} ({', '.join(names)}) from stdin"
    driver: Any = tx.connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in (first, *waiting):
            copy.write_row(
                [
                    msgspec.json.encode(row[name]).decode() if is_json else row[name]
                    for name, is_json in zip(names, as_json, strict=True)
                ]
            )


def line_of(row: Row) -> str:
    """Return a row as one line of what COPY reads, its columns in the order of the row; lists and dicts as JSON."""
    return "\t".join(map(_cell, row.values())) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    told = msgspec.json.encode(value).decode() if isinstance(value, dict | list) else str(value)
    return escaped(told)


def escaped(told: str) -> str:
    """Return the text as it stands in a line of COPY."""
    return told.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def copy_lines(tx: Tx, table: str, columns: Iterable[str], lines: bytes) -> None:
    """Store lines as `line_of` makes them."""
    with (
        tx.driver.cursor() as cursor,
        cursor.copy(f"copy {SCHEMA}.{table} ({', '.join(columns)}) from stdin".encode()) as copy,
    ):
        copy.write(lines)


def identities(tx: Tx) -> set[bytes]:
    """Return the indexes of the identity numbers of all applicants, and of those that open dossiers keep."""
    known = "select identity_index from applicants where identity_index is not null"
    return set(tx.run(f"{known} union select digest from open_case_holds").scalars())


def hold(tx: Tx, digests: Mapping[UUID, tuple[str, Iterable[bytes]]]) -> None:
    """Note which identity numbers new cases keep for themselves: the workflow and the digests of each."""
    found = (
        {"workflow": workflow, "digest": digest, "case_id": case_id}
        for case_id, (workflow, kept) in digests.items()
        for digest in kept
    )
    copy_rows(tx, open_case_holds, found)


def next_serials(tx: Tx, many: int) -> list[int]:
    """So many serials for case numbers, rising."""
    drawn = "select nextval(:name) from generate_series(1, :many)"
    return sorted(tx.run(drawn, name=f"{case_numbers.schema}.{case_numbers.name}", many=many).scalars())


def first_letter_serials(tx: Tx, many: Mapping[str, int]) -> dict[str, int]:
    """The first of so many numbers of each series of letters; the series stay locked until the letters are written."""
    statement = text(
        """insert into counters (scope, value) select * from unnest(:scopes, :many)
           on conflict (scope) do update set value = counters.value + excluded.value returning scope, value"""
    ).bindparams(bindparam("scopes", type_=ARRAY(Text)), bindparam("many", type_=ARRAY(Integer)))
    # In one order for all, so that two loads wait for each other instead of locking each other out.
    scopes = sorted(many)
    rows = tx.all(statement, scopes=scopes, many=[many[scope] for scope in scopes])
    return {row.scope: row.value - many[row.scope] + 1 for row in rows}


_APPLICANTS = text(
    """insert into applicants (id, identity_index, key_id, wrapped_key)
       select * from unnest(:ids, :indexes, :key_ids, :wrapped_keys)
       on conflict (identity_index) do update set identity_index = excluded.identity_index
       returning id, identity_index, key_id, wrapped_key"""
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("indexes", type_=ARRAY(LargeBinary)),
    bindparam("key_ids", type_=ARRAY(Text)),
    bindparam("wrapped_keys", type_=ARRAY(LargeBinary)),
)


def applicants_for(tx: Tx, fresh: Mapping[bytes, Row]) -> dict[bytes, Any]:
    """The applicants by the index of their identity number: those there already, the others stored as new.

    `fresh` are the rows to store, with `id, key_id, wrapped_key`; gives `id, key_id, wrapped_key` as they stand.
    """
    indexes = sorted(fresh)
    rows = tx.all(
        _APPLICANTS,
        indexes=indexes,
        ids=[fresh[index]["id"] for index in indexes],
        key_ids=[fresh[index]["key_id"] for index in indexes],
        wrapped_keys=[fresh[index]["wrapped_key"] for index in indexes],
    )
    return {row.identity_index: row for row in rows}
