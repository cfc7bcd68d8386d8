"""What the public may read of cases, and only while it may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from casework.records import notices, offices
from casework.records.database import Row
from casework.records.notices import Publishing
from casework.rules.grammar import State, Workflow
from casework.work import workflow_registry
from casework.work.service import Transaction


def page(tx: Transaction, org: str | None, limit: int, after: tuple[datetime, str] | None) -> Sequence[Row[Any]]:
    """Notices of an organisation and below, or of all, newest first, as `records.notices.page` gives them.

    `notice` is the snapshot as the case keeps it. It is shown while the case stands in the state that publishes it,
    up to and including the day that its `until` names; that day follows the calendar and may be `provisional`.
    """
    found = offices.org(tx.db, org) if org else None
    if org and found is None:
        return []
    places = [
        Publishing(workflow.key, workflow.version, state.name, state.publishes, _until(workflow, state))
        for workflow in workflow_registry.all_versions()
        for state in workflow.states
        if state.publishes
    ]
    return notices.page(tx.db, places, found.path if found else "", tx.today, limit, after)


def _until(workflow: Workflow, state: State) -> str | None:
    """The clock whose end takes a case out of this state, or None."""
    taking = ((clock.name, workflow.edge(clock.take, state.name)) for clock in workflow.clocks if clock.take)
    return next((name for name, edge in taking if edge and edge.leads_to(state.name) != state.name), None)
