"""The interleaved rounds: in each of them every operation as F, P, ours and R, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from benchmarks import generator, replay
from benchmarks.figures import Round, Row
from benchmarks.office import CONNECTIONS, Office, Prepared, Request, office
from benchmarks.operations import OPERATIONS, Operation
from benchmarks.processes import bare, cpu_s, web
from benchmarks.programs import REFERENCE, pgbench, psql
from benchmarks.recording import recorded
from benchmarks.replay import Sample, Script
from benchmarks.servers import TEMPLATE, Server, written

_REFERENCE: Final = "reference"
_FREE_AGAIN: Final = "update cases set assignee_id = null where closed_at is null"
_CLAIMS_OF_REFERENCE: Final = 250
"""Each connection claims so often, less in a small office: later there is nothing left to claim."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a run takes: rounds, seconds for each thing that is read, writes of each connection and kind."""

    rounds: int
    seconds: float
    writes: int


def measure(server: Server, cases: int, plan: Plan, log: IO[bytes], tell: Callable[[str], None]) -> list[Row]:
    """Return a row for each operation on the loaded office."""
    tell(f"{server.name}: preparing {plan.writes} writes of each kind and connection")
    with office(server.settings, written(server.app(TEMPLATE))) as here:
        prepared = here.prepare(plan.writes)
    server.tidy(TEMPLATE)
    tell(f"{server.name}: recording statements")
    scripts, rows_written = _record(server, prepared)
    tell(f"{server.name}: storing the recorded statements")
    with server.connected(TEMPLATE) as connection:
        for of_one in scripts.values():
            replay.store(connection, of_one)
    server.tidy(TEMPLATE)
    _ensure_alike(server, prepared, scripts, plan, rows_written)
    _make_reference(server, cases)
    found: dict[str, list[Round]] = {operation.key: [] for operation in OPERATIONS}
    with bare(server.settings, log) as bare_port:
        for number in range(plan.rounds):
            tell(f"{server.name}: round {number + 1} of {plan.rounds} with {cases:,} cases")
            with server.copy(f"round_{number}") as database:
                for key, figures in _Round(server, database, cases, prepared, scripts, plan, bare_port).run(log):
                    found[key].append(figures)
    server.drop(_REFERENCE)
    return [
        Row(server.name, cases, one.key, one.title, _most_statements(scripts[one.key]), tuple(found[one.key]))
        for one in OPERATIONS
    ]


def _most_statements(scripts: Sequence[Script]) -> int:
    return max(script.statements for script in scripts)


def _record(server: Server, prepared: Prepared) -> tuple[dict[str, list[Script]], int]:
    """The scripts of all operations, in their order, and how many rows it wrote to record them, on a copy."""
    samples: dict[str, list[Sample]] = {}
    with server.copy("recorded") as database:
        with office(server.settings, written(server.app(database))) as here:
            _warm_up(here, prepared)
            for operation in OPERATIONS:
                samples[operation.key] = [
                    sample_of(here, request) for request in operation.requests(prepared, "replay")
                ]
        rows_written = server.rows_written(database)
    once = {operation.key: operation.writes for operation in OPERATIONS}
    return {key: replay.scripts_of(key, taken, once=once[key]) for key, taken in samples.items()}, rows_written


def sample_of(here: Office, request: Request) -> Sample:
    """Return the statements that this request sends."""
    with recorded() as statements:
        here.ask(request)
    return tuple(statements)


def _warm_up(here: Office, prepared: Prepared) -> None:
    """Have everything read that a process reads once, by a writer of whom nothing is measured."""
    for operation in OPERATIONS:
        here.ask(operation.requests(prepared, "spare")[0])


def _ensure_alike(
    server: Server, prepared: Prepared, scripts: dict[str, list[Script]], plan: Plan, rows_written: int
) -> None:
    """Raises RuntimeError where the statements that are sent again do not write what the requests wrote."""
    with server.copy("replayed") as database:
        with office(server.settings, written(server.app(database))) as here:
            _warm_up(here, prepared)
        for operation in OPERATIONS:
            if operation.writes:
                _own(server, database, operation, scripts[operation.key], plan)
        again = server.rows_written(database)
    if not 0.98 < again / rows_written < 1.02:
        raise RuntimeError(f"P wrote {again} rows where the requests wrote {rows_written}: it is not the same work.")


def _make_reference(server: Server, cases: int) -> None:
    server.drop(_REFERENCE)
    server.make(_REFERENCE)
    for name in ("schema", "load", "indexes"):
        psql(server.owner(_REFERENCE), REFERENCE / f"{name}.sql", n=cases)


def _own(server: Server, database: str, operation: Operation, scripts: Sequence[Script], plan: Plan) -> float:
    """P: the rate of our own statements, without the drawing of samples."""
    url, total = server.app(database), sum(len(script.rows) for script in scripts)
    variables = {"i": "-1"} | {name: value for script in scripts for name, value in script.constants.items()}
    draw = pgbench(url, [(one.draw_only, len(one.rows)) for one in scripts], variables, seconds=1)
    if operation.writes:
        rate = pgbench(url, [(scripts[0].text, 1)], variables, each=total // CONNECTIONS)
    else:
        rate = pgbench(url, [(one.text, len(one.rows)) for one in scripts], variables, seconds=plan.seconds)
    return replay.without(rate, draw)


@dataclass(frozen=True, slots=True)
class _Round:
    """One round on a copy of the office."""

    server: Server
    database: str
    cases: int
    prepared: Prepared
    scripts: dict[str, list[Script]]
    plan: Plan
    bare_port: int

    def run(self, log: IO[bytes]) -> list[tuple[str, Round]]:
        """Return the figures of each operation."""
        url = written(self.server.app(self.database))
        with office(self.server.settings, url) as here:
            _warm_up(here, self.prepared)
        with web(self.server.settings, url, log) as (port, process):
            generator.send(port, OPERATIONS[0].requests(self.prepared, "ours"), seconds=1)
            return [(operation.key, self._one(operation, port, process)) for operation in OPERATIONS]

    def _one(self, operation: Operation, port: int, process: int) -> Round:
        requests = operation.requests(self.prepared, "ours")
        bare_rate = generator.send(self.bare_port, requests, seconds=self.plan.seconds).rate
        own = _own(self.server, self.database, operation, self.scripts[operation.key], self.plan)
        web_before, database_before = cpu_s(process), cpu_s(self.server.postmaster)
        load = generator.send(port, requests, seconds=None if operation.writes else self.plan.seconds)
        web_s, database_s = cpu_s(process) - web_before, cpu_s(self.server.postmaster) - database_before
        return Round(
            ours=load.rate,
            p50_ms=load.p50_ms,
            p99_ms=load.p99_ms,
            web_us=1e6 * web_s / load.requests,
            database_us=1e6 * database_s / load.requests,
            generator=load.cpu_s / (load.cpu_s + web_s + database_s),
            bare=bare_rate,
            own=own,
            reference=self._reference(operation),
        )

    def _reference(self, operation: Operation) -> float | None:
        if operation.reference is None:
            return None
        script = Path(REFERENCE / operation.reference).read_text(encoding="utf-8")
        url, variables = self.server.owner(_REFERENCE), {"n": str(self.cases)}
        if operation.key != "claim":
            return pgbench(url, [(script, 1)], variables, seconds=self.plan.seconds)
        with self.server.connected(_REFERENCE) as connection:
            connection.execute(_FREE_AGAIN)
        self.server.tidy(_REFERENCE)
        each = max(1, min(_CLAIMS_OF_REFERENCE, self.cases // 400))
        return pgbench(url, [(script, 1)], variables, each=each)
