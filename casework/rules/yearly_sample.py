"""Which cases are looked into in a year: the same for everybody who asks, as many as the place says."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal


@dataclass(frozen=True)
class YearlySample:
    """A workflow of whose cases a share is looked into each year.

    `since` is the fact with the day from which a case counts, `share` the policy with the part of those that counted
    when the year began and were not closed.
    """

    since: str
    share: str


def drawn(numbers: Sequence[str], year: int, share: Decimal) -> list[str]:
    """Return as many of these case numbers as the share says, rounded up, drawn by a hash of year and number."""
    most = int((len(numbers) * share).to_integral_value(ROUND_CEILING))
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{year}/{one}".encode()).digest())[:most]
