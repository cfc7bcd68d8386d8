"""The chain of events of a case, with what each hash covers and whether all of it recomputes."""

import json
from typing import Any, Final, NamedTuple

from casework.forms.form import Form
from casework.forms.numbers import Count
from casework.records import cases, history
from casework.records.event_chain import canonical
from casework.rules.people import Role
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Visit
from casework.web.timeline import Happened, timeline_of
from casework.work import audit, workflow_registry

_ROWS: Final = 50
_WATCHERS: Final = frozenset((Role.AUDITOR, Role.SUPERVISOR))


class Link(NamedTuple):
    """An event, the hash of the one before, its own, and the text that its own covers."""

    event: Happened
    role: Text
    before: str
    hash: str
    covered: str


class ChainQuery(Form):
    """After which event."""

    after = Count(most=1_000_000, title=Text("在第几条之后", "After which event"))


@Page("GET", "/cases/<number>/history", _WATCHERS, query=ChainQuery)
def chain(visit: Visit, number: str) -> Answer:
    """The events of a case in their order, with the check of all of them."""
    tx = visit.tx
    case_id = cases.id_of(tx.db, number)
    if case_id is None:
        raise NotFound
    record = cases.get(tx.db, case_id, tx.person)
    workflow = workflow_registry.pinned(record.case)
    after = visit.query.get("after", 0)
    found = history.event_page(tx.db, case_id, _ROWS + 1, after)
    shown = found[:_ROWS]
    told = {one.seq: one for one in timeline_of(record, workflow, shown)}
    return Html(
        "chain",
        {
            "frame": frame_of(tx),
            "case": record.case,
            "workflow": workflow,
            "checked": audit.verify_case(tx, case_id),
            "links": [_link(told[row.seq], row) for row in shown],
            "after": after,
            "more": shown[-1].seq if len(found) > _ROWS else None,
        },
    )


def _link(event: Happened, row: Any) -> Link:
    covered = canonical(row.case_id, row.seq, row.at, row.kind, row.actor_id, row.actor_role, row.payload)
    spaced = json.dumps(json.loads(covered), ensure_ascii=False, indent=1)
    return Link(event, Role(row.actor_role).told, row.prev_hash.hex(), row.hash.hex(), spaced)
