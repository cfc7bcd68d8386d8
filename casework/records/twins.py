"""Twins: other cases of a workflow in which a person's numbers stand, as a search by blind indexes finds them."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary as Bytes
from sqlalchemy import Text as Words
from sqlalchemy import column, false, func, select, true, values
from sqlalchemy.dialects.postgresql import aggregate_order_by

from casework.records.database import Tx
from casework.records.locks import lock_digests
from casework.records.tables import cases, look_ups, orgs
from casework.records.visibility import visible
from casework.rules.casefile import CaseFile, Person

KINDS: Final = ("identity_number", "document", "phone")
"""The look-ups by which two cases may be one person's."""
_MOST: Final = 100


def lock(tx: Tx, digests: Collection[bytes]) -> None:
    """Until the end of the transaction nobody else opens a case in which one of these numbers stands."""
    lock_digests(tx, "twins", digests)


def find(
    tx: Tx, case: CaseFile, person: Person | None, digests: Mapping[str, bytes] | None = None, *, ever: bool = False
) -> list[Any]:
    """Open cases of the same workflow in which the same numbers stand.

    Rows of `id, number, state, opened_at, org_code, facts, by, seen`, the likeliest first: `by` says which numbers are
    the same, `seen` whether this person may see the case (None: nobody is asking). `digests` are those of a case that
    is not stored yet, by kind. With `ever` closed cases are found too.
    """
    mine, other = _mine(case.id, digests), look_ups.alias("other")
    same = (mine.c.digest == other.c.digest) & (mine.c.kind == other.c.kind)
    found = (
        select(
            cases.c.id,
            cases.c.number,
            cases.c.state,
            cases.c.opened_at,
            cases.c.facts,
            orgs.c.code.label("org_code"),
            func.array_agg(aggregate_order_by(other.c.kind, other.c.kind)).label("by"),
            (visible(person) if person else false()).label("seen"),
        )
        .select_from(
            mine.join(other, same).join(cases, cases.c.id == other.c.case_id).join(orgs, cases.c.org_id == orgs.c.id)
        )
        .where(
            other.c.case_id != case.id,
            cases.c.workflow == case.workflow,
            true() if ever else cases.c.closed_at.is_(None),
        )
        .group_by(cases.c.id, orgs.c.id)
        .order_by(
            func.bool_or(other.c.kind != "phone").desc(),
            (cases.c.applicant_name == case.facts["applicant"]["name"]).desc(),
            cases.c.opened_at,
            cases.c.id,
        )
        .limit(_MOST)
    )
    return list(tx.all(found))


def _mine(case_id: UUID, digests: Mapping[str, bytes] | None) -> Any:
    if digests is not None:
        rows = values(column("kind", Words), column("digest", Bytes), name="mine").data(list(digests.items()))
        return select(rows).where(true()).subquery()
    own = select(look_ups.c.kind, look_ups.c.digest)
    return own.where(look_ups.c.case_id == case_id, look_ups.c.kind.in_(KINDS)).subquery()
