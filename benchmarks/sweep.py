"""A sweep over an office that is a hundred times as large: what is due costs the same, whatever else is open.

First ten thousand cases with one due clock each and nothing else, then the same again beside a million clocks that are
not due, swept by one process and by two at once. The cases are copies of one of the demonstration's, made by SQL, each
with its facts and what was done. The floor is what a sweep cannot do without: its alerts inserted, by the same
statement, without looking at any case.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from typing import Final
from uuid import UUID

from benchmarks.installation import installation
from benchmarks.measure import row, timed
from casework.records import alerts
from casework.records.alerts import NewAlert
from casework.records.ids import new_id
from casework.work import demo, programmes
from casework.work.overdue import BATCH, Swept, sweep
from casework.work.service import Service

DUE: Final = 10_000
OTHERS: Final = 990_000
CLOCKS_A_CASE: Final = 10
PROCESSES: Final = 2
LEVELS: Final = ("80%", "due", "+2wd", "+5wd")

_CASES: Final = """
insert into cases (id, number, workflow, workflow_version, state, phase, waits_for, org_id, channel, urgent,
  first_in_line, applicant_id, applicant_name, search_text, facts, taken, opened_at, updated_at, version, last_hash)
select uuidv7(), :prefix || n, workflow, workflow_version, 'under_review', 'review', 'caseworker', org_id,
  channel, false, false, applicant_id, applicant_name, :prefix || n, facts, taken, opened_at,
  updated_at, 1, last_hash
from generate_series(1, :many) n, (select * from cases where number = :template) as template
"""
_CLOCKS: Final = """
with clock as (
  insert into clocks (id, case_id, name, generation, owed_by, duration, basis, status, started_at, due_at, due_on,
    provisional, wake_at)
  select uuidv7(), c.id, x.name, 1, 'office', '5wd', '{"zh-CN": "-", "en": "-"}', 'running',
    :now - interval '30 days', :now + :ahead, cast(:now + :ahead as date), false, :now + :ahead
  from cases c, unnest(cast(:names as text[])) as x(name) where starts_with(c.number, :prefix)
  returning id, started_at)
insert into clock_marks (clock_id, position, mark, at) select id, 0, 'run', started_at from clock
"""


def lines() -> Iterator[str]:
    """A line for each office, how they compare, and a tick with nothing due."""
    with installation() as service:
        demo.load(service, cases=5, seed=1)
        sweep(service)
        small = _sweep(service, "BENCH-SMALL-", sweep)
        yield _told(f"sweep, {DUE:,} open clocks", small)
        _open(service, "BENCH-OTHER-", OTHERS // CLOCKS_A_CASE, _names()[:CLOCKS_A_CASE], ahead="30 days")
        large = _sweep(service, "BENCH-LARGE-", sweep)
        yield _told(f"sweep, {DUE + OTHERS:,} open clocks", large)
        yield _told(f"{PROCESSES} processes sweep the larger", _sweep(service, "BENCH-SHARED-", _by_processes))
        yield f"{'a due clock in the larger office':<34}× {large / small:.2f} of one in the smaller"
        yield _told(f"floor: {len(LEVELS) * DUE:,} alerts inserted", _floor(service))
        empty = timed("empty transaction", lambda: _nothing(service), calls=100)
        yield row(timed("a tick with nothing due", lambda: sweep(service)), empty)


def _told(name: str, seconds: float) -> str:
    return f"{name:<34}{seconds:8.2f} s   {DUE / seconds:.0f} due clocks a second"


def _names() -> list[str]:
    return list(programmes.newest("legal_aid").by_clock)


def _sweep(service: Service, prefix: str, how: Callable[[Service], Swept]) -> float:
    """Open as many cases as are due at once and have them swept; gives the seconds."""
    _open(service, prefix, DUE, ["review"], ahead="-20 days")
    began = time.perf_counter()
    swept = how(service)
    took = time.perf_counter() - began
    assert swept.alerts == len(LEVELS) * DUE, swept
    return took


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


def _open(service: Service, prefix: str, many: int, names: list[str], ahead: str) -> None:
    with service.transaction() as tx:
        tx.db.run("set local statement_timeout = 0")
        template = tx.db.run("select min(number) from cases").scalar_one()
        tx.db.run(_CASES, prefix=prefix, many=many, template=template)
        tx.db.run(_CLOCKS.replace(":ahead", f"interval '{ahead}'"), prefix=prefix, names=names, now=tx.now)
    with service.transaction() as tx:
        # As autovacuum does after a while: what was just loaded is known to the planner.
        tx.db.run("analyze cases, clocks")


def _floor(service: Service) -> float:
    """The seconds that inserting the alerts alone takes, in batches as large as a sweep's."""
    with service.transaction() as tx:
        ids = tx.db.run("select id from cases where starts_with(number, 'BENCH-OTHER-') limit :many", many=DUE)
        cases = list(ids.scalars())
        user = tx.db.run("select id from users where role = 'supervisor' limit 1").scalar_one()
    began = time.perf_counter()
    for start in range(0, DUE, BATCH):
        with service.transaction() as tx:
            batch = cases[start : start + BATCH]
            alerts.add(tx.db, [_alert(case, level, user, tx.now) for case in batch for level in LEVELS])
    return time.perf_counter() - began


def _alert(case: UUID, level: str, receiver: UUID, now: datetime) -> NewAlert:
    return NewAlert(new_id(), case, "floor", 1, level, now, now, None, ["supervisor"], [receiver])


def _nothing(service: Service) -> None:
    with service.transaction():
        pass
