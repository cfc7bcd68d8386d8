"""Dossiers of hardship assistance as a list: who was on file when a year began."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select

from casework.records.database import Tx
from casework.records.tables import cases, orgs
from casework.records.visibility import below, visible
from casework.rules.people import Person

WORKFLOW: Final = "hardship_aid"
_on_file_since: Final = cases.c.facts["on_file_since"].astext


def on_file_at(tx: Tx, begins: datetime, org_path: str, person: Person) -> Sequence[Row[Any]]:
    """The dossiers at and below a path that were on file at an instant and that this person sees, by number.

    Each with `number`, `applicant_name`, `state` and the code of its `org`.
    """
    return tx.all(
        select(cases.c.number, cases.c.applicant_name, cases.c.state, orgs.c.code.label("org"))
        .select_from(cases.join(orgs, orgs.c.id == cases.c.org_id))
        .where(
            cases.c.workflow == WORKFLOW,
            cases.c.org_id.in_(below(org_path)),
            _on_file_since < begins.date().isoformat(),
            cases.c.closed_at.is_(None) | (cases.c.closed_at >= begins),
            visible(person),
        )
        .order_by(cases.c.number)
    )
