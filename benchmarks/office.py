"""The hot five over the web application in this process, and a sweep; on a private PostgreSQL of the run's own.

The floor of what reads is a transaction that asks for nothing, of what writes one that writes a single row and waits
for the disk, on the same connections.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.installation import installation
from benchmarks.measure import Figure, row, timed
from casework.app import create_app
from casework.records import alerts, people
from casework.work import demo
from casework.work.overdue import sweep
from casework.work.people import new_token
from casework.work.service import Service

CASES = 3000


def lines() -> Iterator[str]:
    """A line for loading, for each of the hot five, and for the sweep."""
    with installation() as service:
        loaded = timed(f"load {CASES} cases", lambda: demo.load(service, cases=CASES, seed=1), rounds=1, calls=1)
        yield f"{loaded.name:<34}{loaded.median:8.1f} s   ({CASES / loaded.median:.0f} cases a second)"
        read = timed("empty transaction", lambda: _nothing(service), calls=200)
        write = timed("one row written", lambda: _one_row(service), calls=50)
        yield from (row(figure, write if writes else read) for figure, writes in _hot_five(service))
        yield from _sweep(service)


def _nothing(service: Service) -> None:
    with service.transaction():
        pass


def _one_row(service: Service) -> None:
    with service.transaction() as tx:
        alerts.beat(tx.db, "benchmark")


def _hot_five(service: Service) -> Iterator[tuple[Figure, bool]]:
    """Each with whether it writes."""
    client = create_app(service).test_client()
    with service.transaction() as tx:
        found = people.by_username(tx.db, "caseworker")
        assert found is not None
        token = new_token(tx, found[0], timedelta(days=1))[0]

    def call(method: str, path: str, body: Any = None) -> Any:
        answer = client.open("/api/v1" + path, method=method, json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.json if answer.status_code != 204 else None

    facts = call("GET", "/workflows/legal_aid")["intake"]["examples"][0]
    # Nobody's numbers: each of these is a person of their own, not the same one hundreds of times.
    for number in ("identity_number", "phone"):
        facts["applicant"].pop(number)
    body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}
    opened: list[str] = []

    def open_case() -> None:
        opened.append(call("POST", "/cases", body)["id"])

    yield timed("open a case", open_case), True
    waiting = iter(list(opened))
    yield (
        timed("take a transition", lambda: call("POST", f"/cases/{next(waiting)}/transitions/accept", {}), calls=40),
        True,
    )
    yield timed("claim the next case", lambda: call("POST", "/queue/claim", {}), calls=5), True
    yield timed("a page of the queue (50)", lambda: call("GET", "/queue"), calls=10), False
    yield timed("one case", lambda: call("GET", f"/cases/{opened[0]}")), False


def _sweep(service: Service) -> Iterator[str]:
    """All that the loaded office owes at once, then a tick with nothing due."""
    began = time.perf_counter()
    swept = sweep(service)
    took = time.perf_counter() - began
    done = swept.alerts + swept.transitions
    yield f"{'first sweep':<34}{took:8.2f} s   {done} due, {done / took:.0f} a second"
    floor = timed("empty transaction", lambda: _nothing(service), calls=200)
    yield row(timed("a tick with nothing due", lambda: sweep(service)), floor)
