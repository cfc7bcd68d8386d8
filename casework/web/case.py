"""The page of a case: head, clocks, what can be done next, facts and what happened."""

from typing import Any, Final, NamedTuple

from casework.forms.form import intake_of
from casework.forms.in_words import in_words
from casework.records import cases as records
from casework.records import history
from casework.records.rows import StoredCase
from casework.rules.case import Phase
from casework.rules.people import HELPERS, Role
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.web.clocks import clocks_of
from casework.web.frame import frame_of
from casework.web.page import HELPERS as HELPING
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.timeline import timeline_of
from casework.work import cases, twins, workflow_registry
from casework.work.service import Transaction

_MOST_EVENTS: Final = 200
_MOST_TWINS: Final = 20


class Step(NamedTuple):
    """A transition from where the case stands: allowed, or why not."""

    name: str
    title: Text
    to: Text
    allowed: bool
    because: Text | None


@Page("GET", "/cases/<number>", STAFF | HELPING | {Role.AUDITOR})
def case(visit: Visit, number: str) -> Answer:
    """Everything that its readers may see of a case."""
    tx = visit.tx
    record, others = _found(tx, number)
    workflow = workflow_registry.pinned(record.case)
    running, ended = clocks_of(tx, record, workflow)
    steps = _steps(tx, record)
    events = history.event_page(tx.db, record.case.id, _MOST_EVENTS, max(0, record.case.version - _MOST_EVENTS))
    return Html(
        "case",
        {
            "frame": frame_of(tx),
            "case": record.case,
            "workflow": workflow,
            "state": workflow.by_state[record.case.state],
            "phases": list(Phase),
            "org": tx.rules.orgs[record.case.org_code].name,
            "running": running,
            "ended": ended,
            "possible": [one for one in steps if one.allowed],
            "refused": [one for one in steps if not one.allowed],
            "groups": in_words(intake_of(workflow), record.case.facts),
            "twins": twins.of_case(record.case, others, tx.person)[:_MOST_TWINS],
            "timeline": timeline_of(record, workflow, events),
            "may_claim": tx.person.role in STAFF and record.case.owner is None and record.case.closed_at is None,
        },
    )


@Page("POST", "/cases/<number>/claim", STAFF)
def claim(visit: Visit, number: str) -> Answer:
    """The case is the caller's."""
    record, _ = _found(visit.tx, number)
    cases.claim(visit.tx, record.case.id, {})
    return Redirect(f"/cases/{number}")


def _found(tx: Transaction, number: str) -> tuple[StoredCase, Any]:
    """The case of this number as the caller may see it, with other cases of the same person; raises `NotFound`."""
    case_id = records.id_of(tx.db, number)
    if case_id is None:
        raise NotFound
    if tx.person.role in STAFF:
        return records.with_others(tx.db, case_id, tx.person)
    return records.get(tx.db, case_id, tx.person), ()


def _steps(tx: Transaction, record: StoredCase) -> list[Step]:
    """What can be done from here, and what not; steps that time alone takes are nobody's."""
    workflow = workflow_registry.pinned(record.case)
    if tx.person.role not in (*STAFF, *HELPERS):
        return []
    offers, _ = cases.offered(tx, record)
    return [
        Step(
            one.transition.name,
            one.transition.title,
            workflow.by_state[one.transition.leads_to(record.case.state)].title,
            one.allowed,
            one.because,
        )
        for one in offers
        if not one.transition.by_time_alone
    ]
