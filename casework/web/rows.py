"""Cases as the lists of the pages show them: a line each, in words."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from casework.records import views as looks
from casework.records.summaries import CaseSummary
from casework.rules.case import Phase
from casework.rules.clocks import Limit
from casework.rules.grammar import PolicyLimit, Workflow
from casework.rules.people import Role
from casework.rules.rights import lists_name
from casework.rules.text import Text
from casework.web import dates
from casework.work import workflow_registry
from casework.work.service import Transaction


class Row(NamedTuple):
    """A case in a list."""

    number: str
    name: str
    phone: str
    urgent: bool
    workflow: Text
    state: Text
    phase: Phase
    org: str
    owner: str
    near: dates.Nearness | None
    tone: str
    due_on: date | None
    provisional: bool
    clock: Text | None
    closed_on: date | None
    changed: bool
    """Whether something was done to it since the caller looked."""
    address: str
    may_tick: bool = False
    """Whether the caller may hand it over, as far as a list can tell."""


def rows_of(tx: Transaction, found: Sequence[CaseSummary], view: str = "") -> list[Row]:
    """Return these cases as lists show them; each leads to its page, and back to the next of the list `view`."""
    looked = looks.looked(tx.db, tx.person.id, (one.id for one in found))
    return [_row(tx, one, looked.get(one.id, one.version), view) for one in found]


def _row(tx: Transaction, one: CaseSummary, looked: int, view: str) -> Row:
    workflow = workflow_registry.of(one.workflow, one.workflow_version)
    org = tx.rules.orgs[tx.org_tree.codes[one.org_id]]
    due_on = date.fromisoformat(one.due_on) if one.due_on else None
    named = lists_name(tx.person.role, one.phase)
    near = None
    if due_on and one.due_clock:
        counting = _working_days(tx, workflow, org, one.due_clock)
        near = dates.nearness(due_on, tx.today, late=one.clock_overdue, working_days=counting)
    return Row(
        number=one.number,
        name=one.applicant_name if named else one.number,
        phone=(one.phone or "") if named else "",
        urgent=one.urgent,
        workflow=workflow.title,
        state=workflow.by_state[one.state].title,
        phase=Phase(one.phase),
        org=org.name,
        owner=one.owner_name or "",
        near=near,
        tone=near.tone if near else "",
        due_on=due_on,
        provisional=one.due_provisional,
        clock=workflow.by_clock[one.due_clock].title if one.due_clock else None,
        closed_on=datetime.fromisoformat(one.closed_at).astimezone(tx.service.zone).date() if one.closed_at else None,
        changed=looked < one.version,
        may_tick=one.owner_id is not None
        and (tx.person.role is Role.SUPERVISOR or one.owner_id == str(tx.person.id))
        and one.closed_at is None,
        address=f"/cases/{one.number}?{urlencode({'view': view})}" if view else f"/cases/{one.number}",
    )


def _working_days(tx: Transaction, workflow: Workflow, org: Any, name: str) -> Callable[[date, date], int] | None:
    """What counts the days after one and up to another where the clock's limit is in working days there, else None."""
    limit = workflow.by_clock[name].limit
    if isinstance(limit, PolicyLimit):
        row = tx.rules.in_force(workflow.key, org.code, org.region, tx.today).get(limit.name)
        limit = Limit.parse(row.value) if row else None
    return dates.working_days(limit, tx.rules.calendars[org.calendar].calendar) if limit else None
