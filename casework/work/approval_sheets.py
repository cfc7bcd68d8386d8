"""The form on paper that a programme keeps of a case: what it says of it, and the opinions of the unions."""

from typing import Any, NamedTuple
from uuid import UUID

from casework.records import cases, history
from casework.records.rows import StoredCase
from casework.rules.refusals import NotFound
from casework.rules.sheets import Given, Opinion
from casework.rules.sheets import Sheet as Form
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.preconditions import ensure_may_read
from casework.work.sealing import sealed_by_part
from casework.work.service import Transaction

_NO_FORM = Text("本流程的案件没有审批表。", "Cases of this workflow have no form of approval.")


class Sheet(NamedTuple):
    """A case with the form of its workflow, and the opinions on the last proposal."""

    record: StoredCase
    form: Form
    opinions: list[Opinion]


def sheet(tx: Transaction, case_id: UUID) -> Sheet:
    """The form of a case, for whoever sees it; that the opinions were read is logged.

    Raises `NotFound` for a case of a programme that has no such form.
    """
    record = cases.get(tx.db, case_id, tx.person)
    form = workflow_registry.pinned(record.case).sheet
    if form is None:
        raise NotFound(_NO_FORM)
    rows = history.steps_taken(tx.db, case_id, form.steps)
    if rows:
        ensure_may_read(tx, record.case)
        history.note_disclosure(tx.db, case_id, tx.person.id, ["opinions"], "read")
    sealed = sealed_by_part(tx, record)
    given = (_given(tx, row, sealed.get(f"events.{row.seq}", {})) for row in rows)
    return Sheet(record, form, form.opinions(given))


def _given(tx: Transaction, row: Any, sealed: dict[str, Any]) -> Given:
    day = row.at.astimezone(tx.service.zone).date().isoformat()
    return Given(row.payload["transition"], row.kind_of_org, row.office, row.actor_name, day, sealed)
