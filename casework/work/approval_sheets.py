"""The form on which a household is put on file: what it asks for, what was found, and the opinions of the unions."""

from typing import Any, NamedTuple
from uuid import UUID

from casework.records import cases, history
from casework.records.rows import Record
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work.file import sealed_by_part
from casework.work.service import Transaction
from casework.workflows.hardship_aid.opinions import STEPS, Given, Opinion, opinions

_NOT_A_DOSSIER = Text("只有困难职工帮扶案件有审批表。", "Only cases of hardship assistance have this form.")


class Sheet(NamedTuple):
    """A case with the opinions on its last proposal."""

    record: Record
    opinions: list[Opinion]


def sheet(tx: Transaction, case_id: UUID) -> Sheet:
    """The form of a case, for whoever sees it; that the opinions were read is logged.

    Raises `NotFound` for a case of another programme.
    """
    record = cases.get(tx.db, case_id, tx.person)
    if record.file.workflow != "hardship_aid":
        raise NotFound(_NOT_A_DOSSIER)
    rows = history.steps_taken(tx.db, case_id, STEPS)
    if rows:
        history.note_disclosure(tx.db, case_id, tx.person.id, ["opinions"], "read")
    sealed = sealed_by_part(tx, record)
    return Sheet(record, opinions(_given(tx, row, sealed.get(f"events.{row.seq}", {})) for row in rows))


def _given(tx: Transaction, row: Any, sealed: dict[str, Any]) -> Given:
    day = row.at.astimezone(tx.service.zone).date().isoformat()
    return Given(row.payload["transition"], row.kind_of_org, row.office, row.actor_name, day, sealed)
