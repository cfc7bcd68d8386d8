"""The yearly sample: as many as the share says, the same whoever draws it."""

from decimal import Decimal

import pytest

from casework.rules.yearly_sample import drawn

NUMBERS = [f"HA-2026-{number:06d}" for number in range(1, 101)]


@pytest.mark.parametrize(
    ("many", "share", "most"), [(100, "0.3", 30), (10, "0.3", 3), (11, "0.3", 4), (1, "0.3", 1), (0, "0.3", 0)]
)
def test_as_many_are_drawn_as_the_share_says_rounded_up(many: int, share: str, most: int) -> None:
    assert len(drawn(NUMBERS[:many], 2026, Decimal(share))) == most


def test_the_same_year_draws_the_same_in_whatever_order_and_another_year_others() -> None:
    first = drawn(NUMBERS, 2026, Decimal("0.3"))
    assert drawn(NUMBERS[::-1], 2026, Decimal("0.3")) == first
    assert set(drawn(NUMBERS, 2027, Decimal("0.3"))) != set(first)
    assert set(first) <= set(NUMBERS)
