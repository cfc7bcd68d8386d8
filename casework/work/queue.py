"""What waits for whoever asks: a page of the queue, and the next case of it to claim."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from casework.records import queue
from casework.records.queue import PageKey, Part
from casework.records.rows import StoredCase
from casework.records.summaries import CaseSummary
from casework.rules import case_actions
from casework.rules.refusals import Fault, Invalid
from casework.work import workflow_registry
from casework.work.commit import commit
from casework.work.filters import NO_SUCH_ORG, path_of_org, unknown_workflows
from casework.work.forms import QueuePart
from casework.work.preconditions import ensure, moved
from casework.work.recalculation import caught_up
from casework.work.service import Transaction

VIEWS: Final = ("all", "late", "soon", "unclaimed", "mine", "urgent")
"""How people look at their queue: all of it, past its due time, due soon, in nobody's hands, theirs, urgent."""
SOON: Final = timedelta(days=3)
MOST: Final = 99
"""A view is counted so far; beyond it one only knows that there are more."""


def waiting(tx: Transaction, said: Mapping[str, Any], limit: int, after: PageKey | None) -> list[CaseSummary]:
    """Return what waits for the caller in this part of the queue, the most urgent first, at most `limit` cases."""
    return queue.page(tx.db, tx.person, _part(tx, said), limit, after)


def view_of(name: str, now: datetime) -> dict[str, Any]:
    """Return what a view of the queue asks for at this instant; raises `KeyError` for a view that there is not."""
    views: dict[str, dict[str, Any]] = {
        "all": {},
        "late": {"due_before": now},
        "soon": {"due_from": now, "due_before": now + SOON},
        "unclaimed": {"owner": "none"},
        "mine": {"owner": "me"},
        "urgent": {"urgent": True},
    }
    return views[name]


def counts(tx: Transaction, said: Mapping[str, Any]) -> dict[str, int]:
    """Return how many cases each view of this part of the caller's queue has, counted up to one more than `MOST`."""
    parts = {name: _part(tx, {**said, **view_of(name, tx.now)}) for name in VIEWS}
    return queue.counts(tx.db, tx.person, parts, MOST + 1)


def claim(tx: Transaction, given: Any) -> StoredCase | None:
    """Return the most urgent case of the caller's queue that nobody owned, now the caller's; None if there is none.

    Raises `NotYours` for those who do not own cases, and `Invalid` for a part of the queue that there is not.
    """
    ensure(case_actions.may_claim(tx.acting))
    part = _part(tx, QueuePart.check(given, today=tx.today))
    record = queue.lock_next(tx.db, tx.person, part)
    if record is None:
        return None
    record = caught_up(tx, record)
    move = moved(case_actions.claim(record.case, tx.acting, tx.now))
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))


def _part(tx: Transaction, said: Mapping[str, Any]) -> Part:
    """The part of the queue; raises `Invalid` for a workflow or organisation that does not exist."""
    faults: list[Fault] = unknown_workflows(said[name] for name in ("workflow",) if name in said)
    org_path = path_of_org(tx, said.get("org"))
    if "org" in said and org_path is None:
        faults.append(NO_SUCH_ORG)
    if faults:
        raise Invalid(faults)
    return Part(
        org_path,
        said.get("workflow"),
        said.get("phase"),
        said.get("owner"),
        said.get("urgent"),
        said.get("due_from"),
        said.get("due_before"),
    )
