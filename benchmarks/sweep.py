"""A sweep over an office that is a hundred times as large: what is due costs the same, whatever else is open.

First some cases with one due clock each and nothing else, then the same again beside many clocks that are not due,
swept by one process and by two at once. The cases are copies of one of the demonstration's, made by SQL, each with its
facts and what was done. Beside it as P what a sweep cannot do without: its alerts inserted, by the same statement,
without looking at any case.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from typing import Final
from uuid import UUID

from benchmarks.figures import Plain
from benchmarks.servers import Server, written
from casework.app import service_of
from casework.records import alerts
from casework.records.alerts import NewAlert
from casework.records.ids import new_id
from casework.work import workflow_registry
from casework.work.overdue import BATCH, Swept, sweep
from casework.work.service import Service

CLOCKS_A_CASE: Final = 10
PROCESSES: Final = 2
LEVELS: Final = ("80%", "due", "+2wd", "+5wd")

# In the order of time, as the service's own are; PostgreSQL has uuidv7() only from 18 on.
_ID: Final = """cast(lpad(to_hex(cast(extract(epoch from clock_timestamp()) * 1000 as bigint)), 12, '0')
  || substr(md5(random()::text), 1, 20) as uuid)"""
_CASES: Final = f"""
insert into cases (id, number, workflow, workflow_version, state, phase, waits_for, org_id, channel, urgent,
  first_in_line, due_provisional, applicant_id, applicant_name, search_text, facts, taken, clocks, opened_at,
  updated_at, version, last_hash)
select {_ID}, :prefix || n, workflow, workflow_version, 'under_review', 'review', 'caseworker', org_id,
  channel, false, false, false, applicant_id, applicant_name, :prefix || n, facts, taken, written.clocks, opened_at,
  updated_at, 1, last_hash
from generate_series(1, :many) n, (select * from cases where number = :template) as template,
  (select cast(jsonb_agg(jsonb_build_object('name', x.name, 'generation', 1, 'owed_by', 'office', 'status', 'running',
     'limit', '5wd', 'ran', jsonb_build_array(begun), 'begun_at', begun, 'begun_org', '370000',
     'due_at', due, 'due_on', cast(due as date))) as text) as clocks
   from unnest(cast(:names as text[])) as x(name),
     (select cast(:now as timestamptz) - interval '30 days' as begun, cast(:now as timestamptz) + :ahead as due) at
  ) as written
"""
_EVENTS: Final = """
insert into events (case_id, seq, at, kind, actor_role, payload, prev_hash, hash)
select id, 1, opened_at, 'opened', 'caseworker', '{}', decode(repeat('00', 32), 'hex'), last_hash
from cases where starts_with(number, :prefix)
"""
_CLOCKS: Final = """
insert into clocks (case_id, name, generation, owed_by, status, started_at, due_at, due_on, provisional, wake_at)
select c.id, x.name, 1, 'office', 'running', :now - interval '30 days', :now + :ahead, cast(:now + :ahead as date),
  false, :now + :ahead
from cases c, unnest(cast(:names as text[])) as x(name) where starts_with(c.number, :prefix)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """How many clocks are due at a time, and how many others are not."""

    due: int = 10_000
    others: int = 990_000


def measure(server: Server, load: Load) -> list[Plain]:
    """Return how many due clocks a second are swept, on a copy of an office with a few cases."""
    with server.copy("swept") as database:
        service = service_of(server.settings, written(server.app(database)))
        try:
            return _rows(server, service, load)
        finally:
            service.database.close()


def _rows(server: Server, service: Service, load: Load) -> list[Plain]:
    sweep(service)
    small = _sweep(service, "BENCH-SMALL-", load.due, sweep)
    others = load.others // CLOCKS_A_CASE
    open_cases(service, "BENCH-OTHER-", others, _names()[:CLOCKS_A_CASE], ahead="30 days")
    large = _sweep(service, "BENCH-LARGE-", load.due, sweep)
    shared = _sweep(service, "BENCH-SHARED-", load.due, _by_processes)
    floor = load.due / _floor(service)
    named = ("sweep_one", "a due clock, one process")
    return [
        Plain(server.name, load.due, *named, small),
        Plain(server.name, others + 2 * load.due, *named, large, floor),
        Plain(server.name, others + 3 * load.due, "sweep_two", "a due clock, two processes", shared),
    ]


def _names() -> list[str]:
    return list(workflow_registry.newest("legal_aid").by_clock)


def _sweep(service: Service, prefix: str, due: int, how: Callable[[Service], Swept]) -> float:
    """Open as many cases as are due at once and have them swept; gives the due clocks a second."""
    open_cases(service, prefix, due, ["review"], ahead="-20 days")
    began = time.perf_counter()
    swept = how(service)
    took = time.perf_counter() - began
    assert swept.alerts == len(LEVELS) * due, swept
    return due / took


def _by_processes(service: Service) -> Swept:
    """What several processes that begin at once have swept in all."""
    fork = multiprocessing.get_context("fork")
    told: SimpleQueue[Swept] = fork.SimpleQueue()
    sweepers = [fork.Process(target=_sweep_alone, args=(service, told)) for _ in range(PROCESSES)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()
    parts = [told.get() for sweeper in sweepers if sweeper.exitcode == 0]
    assert len([part for part in parts if part.alerts]) == PROCESSES, parts
    return Swept(sum(part.alerts for part in parts), sum(part.transitions for part in parts))


def _sweep_alone(service: Service, told: "SimpleQueue[Swept]") -> None:
    # The connections that came along belong to the process that was copied; this one makes its own.
    service.database.engine.dispose(close=False)
    told.put(sweep(service))


def open_cases(service: Service, prefix: str, many: int, names: list[str], ahead: str) -> None:
    """Open so many cases whose numbers begin with this, each with these clocks, due so far ahead."""
    with service.transaction() as tx:
        tx.db.run("set local statement_timeout = 0")
        template = tx.db.run("select min(number) from cases where workflow = 'legal_aid'").scalar_one()
        when = f"interval '{ahead}'"
        values = {"prefix": prefix, "names": names, "now": tx.now}
        tx.db.run(_CASES.replace(":ahead", when), many=many, template=template, **values)
        tx.db.run(_EVENTS, prefix=prefix)
        tx.db.run(_CLOCKS.replace(":ahead", when), **values)
    with service.transaction() as tx:
        # As autovacuum does after a while: what was just loaded is known to the planner.
        tx.db.run("analyze cases, clocks")


def _floor(service: Service) -> float:
    """The seconds that inserting the alerts alone takes, in batches as large as a sweep's."""
    with service.transaction() as tx:
        ids = tx.db.run("select id from cases where starts_with(number, 'BENCH-LARGE-')")
        cases = list(ids.scalars())
        user = tx.db.run("select id from users where role = 'supervisor' limit 1").scalar_one()
    began = time.perf_counter()
    for start in range(0, len(cases), BATCH):
        with service.transaction() as tx:
            batch = cases[start : start + BATCH]
            alerts.add(tx.db, [_alert(case, level, user, tx.now) for case in batch for level in LEVELS])
    return time.perf_counter() - began


def _alert(case: UUID, level: str, receiver: UUID, now: datetime) -> NewAlert:
    return NewAlert(
        id=new_id(),
        case_id=case,
        clock="floor",
        generation=1,
        level=level,
        planned_at=now,
        send_at=now,
        roles=["supervisor"],
        receivers=[receiver],
    )
