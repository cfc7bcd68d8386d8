"""Means tests that explain themselves. Amounts are Decimal yuan; nothing is rounded before it is compared."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
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

        The fraction of a cent is dropped, not rounded: rounded up to the line, a figure would belie the decision.
        """
        return (self.annual_income / (12 * self.household_size)).quantize(Decimal("0.01"), ROUND_DOWN)

    def told(self) -> Text:
        """The whole reckoning in a sentence."""
        sign = "<" if self.met else "≥"
        reckoning = f"{self.annual_income:.2f} ÷ 12 ÷ {self.household_size} = {self.per_head} {sign} {self.line:.2f}"
        return Text(
            f"家庭人均月收入 {reckoning} 元（{self.line_told.zh}）。",
            f"Monthly income per head {reckoning} yuan ({self.line_told.en}).",
        )

    def sheet(self) -> dict[str, Any]:
        """The reckoning as it is kept with the decision."""
        return {
            "annual_income": f"{self.annual_income:.2f}",
            "household_size": self.household_size,
            "per_head": str(self.per_head),
            "line": f"{self.line:.2f}",
            "met": self.met,
            "told": self.told().both(),
        }
