"""Means tests that explain themselves. Amounts are Decimal yuan; nothing is rounded before it is compared."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class MeansTest:
    """Income for each head of the household against a line, both in yuan a month."""

    annual_income: Decimal
    household_size: int
    line: Decimal
    line_told: Text

    @property
    def met(self) -> bool:
        """Strictly below the line, compared without dividing."""
        return self.annual_income < self.line * 12 * self.household_size

    @property
    def per_head(self) -> Decimal:
        """Monthly income for each head, for people to read.

        What is finer than the line, and at least the fraction of a cent, is dropped and not rounded: rounded up to
        the line, a figure would belie the decision.
        """
        return (self.annual_income / (12 * self.household_size)).quantize(in_yuan(self.line), ROUND_FLOOR)

    def told(self) -> Text:
        """The whole reckoning in a sentence."""
        sign = "<" if self.met else "≥"
        reckoning = (
            f"{in_yuan(self.annual_income)} ÷ 12 ÷ {self.household_size} = {self.per_head} {sign} {in_yuan(self.line)}"
        )
        return Text(
            f"家庭人均月收入 {reckoning} 元（{self.line_told.zh}）。",
            f"Monthly income per head {reckoning} yuan ({self.line_told.en}).",
        )

    def sheet(self) -> dict[str, Any]:
        """The reckoning as it is kept with the decision."""
        return {
            "annual_income": str(in_yuan(self.annual_income)),
            "household_size": self.household_size,
            "per_head": str(self.per_head),
            "line": str(in_yuan(self.line)),
            "met": self.met,
            "told": self.told().both(),
        }


def in_yuan(amount: Decimal) -> Decimal:
    """The same amount as people write it: two decimals, or as many as it has; never rounded."""
    return amount.normalize() + Decimal("0.00")
