"""Cases as a list of which a part is looked into: those that counted when a year began."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from casework.records.database import Tx
from casework.records.tables import cases, orgs
from casework.records.visibility import below, visible
from casework.rules.people import Person


def counted_at(
    tx: Tx, workflow: str, since: str, begins: datetime, org_path: str, person: Person
) -> Sequence[Row[Any]]:
    """Return the cases at and below a path that counted at an instant and that this person sees, by number.

    `since` is the fact with the day from which a case counts, until it is closed. Each has `number`, `applicant_name`,
    `state` and the code of its `org`.
    """
    return tx.all(
        select(cases.c.number, cases.c.applicant_name, cases.c.state, orgs.c.code.label("org"))
        .select_from(cases.join(orgs, orgs.c.id == cases.c.org_id))
        .where(
            cases.c.workflow == workflow,
            cases.c.org_id.in_(below(org_path)),
            cases.c.facts[since].astext < begins.date().isoformat(),
            cases.c.closed_at.is_(None) | (cases.c.closed_at >= begins),
            visible(person),
        )
        .order_by(cases.c.number)
    )
