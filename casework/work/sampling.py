"""Which dossiers are looked into in a year: the same for everybody who asks, as many as the place says.

Sources: rules of the Hunan and Anhui unions on dossiers (2019, other provinces): at least thirty per cent a year.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from sqlalchemy import Row, select

from casework.records.tables import cases, orgs
from casework.records.visibility import below, visible
from casework.rules.refusals import NotMet
from casework.rules.text import Text
from casework.work.service import Transaction

_WORKFLOW: Final = "hardship_aid"
_on_file_since: Final = cases.c.facts["on_file_since"].astext


@dataclass(frozen=True, slots=True)
class Sample:
    """The dossiers of an organisation that are looked into (`number`, `applicant_name`, `state`), of how many."""

    lines: Sequence[Row[Any]]
    of: int
    source: Text


def yearly(tx: Transaction, year: int, org: str) -> Sample:
    """The sample of the dossiers that an organisation and those below it had on file when the year began.

    Raises `NotMet` where there is no such organisation, or no share is set for its place.
    """
    place = tx.db.one(select(orgs).where(orgs.c.code == org))
    row = tx.office_at(_WORKFLOW, org, place.region, place.calendar).policy("sample_share") if place else None
    if place is None or row is None:
        raise NotMet(
            Text(
                f"没有机构 {org}，或者当地没有设定抽查比例（sample_share）。",
                f"There is no organisation {org}, or no share (`sample_share`) is set for its place.",
            )
        )
    begins = datetime.combine(date(year, 1, 1), time(), tx.service.zone)
    found = tx.db.all(
        select(cases.c.number, cases.c.applicant_name, cases.c.state, orgs.c.code.label("org"))
        .select_from(cases.join(orgs, orgs.c.id == cases.c.org_id))
        .where(
            cases.c.workflow == _WORKFLOW,
            cases.c.org_id.in_(below(place.path)),
            _on_file_since < begins.date().isoformat(),
            cases.c.closed_at.is_(None) | (cases.c.closed_at >= begins),
            visible(tx.person),
        )
    )
    chosen = set(drawn([one.number for one in found], year, row.amount()))
    lines = sorted((one for one in found if one.number in chosen), key=lambda one: str(one.number))
    return Sample(lines, len(found), row.source)


def drawn(numbers: Sequence[str], year: int, share: Decimal) -> list[str]:
    """As many of these case numbers as the share says, rounded up, drawn by a hash of year and number."""
    most = int((len(numbers) * share).to_integral_value(ROUND_CEILING))
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{year}/{one}".encode()).digest())[:most]
