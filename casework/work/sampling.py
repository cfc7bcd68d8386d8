"""Which dossiers are looked into in a year: the same for everybody who asks, as many as the place says.

Sources: rules of the Hunan and Anhui unions on dossiers (2019, other provinces): at least thirty per cent a year.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from typing import Any

from casework.records import dossiers, offices
from casework.rules.refusals import NotMet
from casework.rules.text import Text
from casework.work.service import Transaction


@dataclass(frozen=True, slots=True)
class Sample:
    """The dossiers of an organisation that are looked into (`number`, `applicant_name`, `state`), of how many."""

    lines: Sequence[Any]
    of: int
    source: Text


def yearly(tx: Transaction, year: int, org: str) -> Sample:
    """The sample of the dossiers that an organisation and those below it had on file when the year began.

    Raises `NotMet` where there is no such organisation, or no share is set for its place.
    """
    place = offices.org(tx.db, org)
    office = tx.office_at(dossiers.WORKFLOW, org, place.region, place.calendar) if place else None
    row = office.policy("sample_share") if office else None
    if place is None or row is None:
        raise NotMet(
            Text(
                f"没有机构 {org}，或者当地没有设定抽查比例（sample_share）。",
                f"There is no organisation {org}, or no share (`sample_share`) is set for its place.",
            )
        )
    begins = datetime.combine(date(year, 1, 1), time(), tx.service.zone)
    found = dossiers.on_file_at(tx.db, begins, place.path, tx.person)
    chosen = set(drawn([one.number for one in found], year, row.amount()))
    return Sample([one for one in found if one.number in chosen], len(found), row.source)


def drawn(numbers: Sequence[str], year: int, share: Decimal) -> list[str]:
    """As many of these case numbers as the share says, rounded up, drawn by a hash of year and number."""
    most = int((len(numbers) * share).to_integral_value(ROUND_CEILING))
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{year}/{one}".encode()).digest())[:most]
