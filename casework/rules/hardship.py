"""In which category of hardship a household falls, the reckoning behind it, and the nearest way to qualify.

The tests (深度困难, 相对困难, 意外致困, 困难农民工) are those of the Qingdao union's self-test for workers in need; the
Shandong unions' rules are 鲁会办〔2020〕58号. Amounts are Decimal yuan of one year; nothing is rounded before it is
compared. The formula only suggests: a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import Any, Final, Literal

from casework.rules.calendars import corresponding_day
from casework.rules.eligibility import MeansTest, in_yuan
from casework.rules.text import Text

Category = Literal["deep", "relative", "sudden"]
CATEGORIES: Final[Mapping[Category, Text]] = MappingProxyType(
    {
        "deep": Text("深度困难", "deep hardship"),
        "relative": Text("相对困难", "relative hardship"),
        "sudden": Text("意外致困", "sudden hardship"),
    }
)
"""Gravest first: of several that hold, the first is the household's category."""

HARMED: Final = Text(
    "职工在自然灾害、重大安全事故、重大疫情、社会安全等重大事件中负伤致残或者因公殉职、牺牲。",
    "A worker was disabled, or lost their life, in a natural disaster, major accident, major epidemic, security event"
    " or the like.",
)
_HARM_SEALED: Final = Text(
    "突发事件造成的人身伤害已按规定核查，具体情况保密。", "What the event did to people was looked into and is sealed."
)
_WHAT_STRUCK: Final = Text("事件名称（类别）", "what it was")
_WHEN_IT_STRUCK: Final = Text("发生日期", "on which day it happened")


@dataclass(frozen=True, slots=True)
class Household:
    """What is known of a household; the amounts are those of the year, in yuan.

    `sudden_named` says whether it is known what struck the household, and `sudden_event` whether that was a disaster,
    major accident, epidemic or security event; `sudden_harmed` whether somebody was hurt in it, and `sudden_disabled`
    whether a disability or a death came of it. An event without its date (`sudden_on`) counts for nothing, one with
    it for a year before the day of asking (`asked_on`, else the day of the finding), so that no household loses by
    the time the office takes.
    """

    size: int
    annual_income: Decimal
    rigid_expenses: Decimal
    sudden_named: bool = False
    sudden_event: bool = False
    sudden_harmed: bool = False
    sudden_disabled: bool = False
    sudden_loss: Decimal | None = None
    migrant_employed_since: date | None = None
    migrant: bool = False
    sudden_on: date | None = None
    asked_on: date | None = None

    def __post_init__(self) -> None:
        if self.size < 1 or min(self.annual_income, self.rigid_expenses, self.sudden_loss or Decimal()) < 0:
            raise ValueError(f"a household has people, and its amounts are not negative: {self}")

    @property
    def net_income(self) -> Decimal:
        """Disposable income less rigid expenses; below zero where they eat up more than there is."""
        return self.annual_income - self.rigid_expenses

    @property
    def employed_a_year_on(self) -> date | None:
        """The day from which a migrant worker's year of factual employment is full; None while its start is unknown."""
        return corresponding_day(self.migrant_employed_since, 12) if self.migrant_employed_since else None


def categorise(
    household: Household,
    line: Decimal,
    line_told: Text,
    relative_multiple: Decimal,
    sudden_share: Decimal,
    today: date,
) -> "Finding":
    """The finding for a household on a day.

    `line` is the subsistence standard in yuan a month for each head, `line_told` where it and the two factors come
    from; `relative_multiple` of the line bounds relative hardship, `sudden_share` of the income sudden hardship.
    """
    deep, relative = (
        MeansTest(household.net_income, household.size, bound, line_told) for bound in (line, line * relative_multiple)
    )
    return Finding(household, deep, relative, relative_multiple, sudden_share, today)


@dataclass(frozen=True, slots=True)
class Finding:
    """The tests of a household and what follows from them."""

    household: Household
    deep: MeansTest
    relative: MeansTest
    relative_multiple: Decimal
    sudden_share: Decimal
    today: date

    @property
    def category(self) -> Category | None:
        """The gravest category whose test is met; None for a migrant worker whose year of employment is not full."""
        return self.met[0] if self.met and self.employed_long_enough else None

    @property
    def also(self) -> tuple[Category, ...]:
        """The other categories that hold beside it."""
        return self.met[1:] if self.category else ()

    @property
    def met(self) -> tuple[Category, ...]:
        """The categories whose tests are met, gravest first; the year of a migrant worker's employment aside."""
        tests: dict[Category, bool] = {
            "deep": self.deep.met,
            "relative": self.relative.met and not self.deep.met,
            "sudden": self._in_sudden_hardship,
        }
        return tuple(category for category in CATEGORIES if tests[category])

    @property
    def employed_long_enough(self) -> bool:
        """Whether the year of factual employment is full, which is asked of migrant workers only."""
        full = self.household.employed_a_year_on
        return not self.household.migrant or (full is not None and full <= self.today)

    @property
    def sudden_line(self) -> Decimal:
        """The loss in yuan that must be exceeded."""
        return self.household.annual_income * self.sudden_share

    @property
    def _in_sudden_hardship(self) -> bool:
        return (self._harmed or self._lost) and not self._event_missing and not self._event_too_old

    @property
    def _harmed(self) -> bool:
        """A disability or a death in an event of the four kinds; an injury that heals is measured by what it cost."""
        return self.household.sudden_event and self.household.sudden_disabled

    @property
    def _lost(self) -> bool:
        loss = self.household.sudden_loss
        return loss is not None and loss > self.sudden_line

    @property
    def _event_missing(self) -> tuple[Text, ...]:
        """What is not known yet of the event, without which neither harm nor loss counts."""
        home = self.household
        kind = () if home.sudden_named or home.sudden_event else (_WHAT_STRUCK,)
        return (*kind, *(() if home.sudden_on else (_WHEN_IT_STRUCK,)))

    @property
    def _event_too_old(self) -> bool:
        on = self.household.sudden_on
        return on is not None and corresponding_day(on, 12) < self._asked_on

    @property
    def _asked_on(self) -> date:
        return self.household.asked_on or self.today

    def told(self) -> Text:
        """The whole reckoning, with its sources, and what follows from it."""
        return self._told(self._harm_told())

    def _told(self, harm: Text | None) -> Text:
        return _together(self._income_told(), self._event_told(harm), self._employment_told(), self._result_told())

    def nearest(self) -> Text | None:
        """What is missing for the nearest category, or None where one is reached."""
        if self.category:
            return None
        return _together(
            None if self.met else self._nearest_means(), None if self.employed_long_enough else self._nearest_year()
        )

    def sheet(self) -> dict[str, Any]:
        """The finding as it is kept with the case, without what befell anybody; amounts and dates as text."""
        home = self.household
        nearest = self.nearest()
        return {
            "category": self.category,
            "also": list(self.also),
            "title": CATEGORIES[self.category].both() if self.category else None,
            "household_size": home.size,
            "annual_income": str(in_yuan(home.annual_income)),
            "rigid_expenses": str(in_yuan(home.rigid_expenses)),
            "per_head": str(self.relative.per_head),
            "line": str(in_yuan(self.deep.line)),
            "relative_line": str(in_yuan(self.relative.line)),
            "sudden_loss": None if home.sudden_loss is None else str(in_yuan(home.sudden_loss)),
            "sudden_line": str(in_yuan(self.sudden_line)),
            "migrant": home.migrant,
            "employed_a_year_on": home.employed_a_year_on.isoformat() if home.employed_a_year_on else None,
            "told": self._told(_HARM_SEALED if self._harm_told() else None).both(),
            "nearest": nearest.both() if nearest else None,
        }

    def _income_told(self) -> Text:
        home, line = self.household, in_yuan(self.deep.line)
        bound = f"{_factor(self.relative_multiple)} × {line} = {in_yuan(self.relative.line)}"
        if self.deep.met:
            signs = f"< {line}"
        elif self.relative.met:
            signs = f"≥ {line}, < {bound}"
        else:
            signs = f"≥ {bound}"
        means = f"({in_yuan(home.annual_income)} − {in_yuan(home.rigid_expenses)}) ÷ 12 ÷ {home.size}"
        reckoning = f"{means} = {self.relative.per_head} {signs}"
        return Text(
            f"扣除刚性支出后家庭人均月收入 {reckoning} 元（{self.deep.line_told.zh}）。",
            f"Monthly income per head after rigid expenses {reckoning} yuan ({self.deep.line_told.en}).",
        )

    def _event_told(self, harm: Text | None) -> Text | None:
        home = self.household
        if self._event_too_old:
            return Text(
                f"突发事件发生于 {home.sudden_on}，至申请之日 {self._asked_on} 已超过一年，不予计算。",
                f"The sudden event of {home.sudden_on} lies more than a year before {self._asked_on},"
                " the day of asking, and does not count.",
            )
        if not (home.sudden_harmed or home.sudden_disabled or home.sudden_loss is not None):
            return None
        if self._event_missing:
            return Text(
                f"突发事件的{'、'.join(one.zh for one in self._event_missing)}尚不清楚，不予计算，请补充。",
                f"Of the sudden event it is unknown {' and '.join(one.en for one in self._event_missing)}; it does not"
                " count until that is added.",
            )
        return _together(harm, self._loss_told())

    def _harm_told(self) -> Text | None:
        if self._harmed:
            return HARMED
        if self.household.sudden_disabled:
            return Text(
                "突发事件不属于重大事件，致残、死亡不直接认定为意外致困，按支出或损失测算。",
                "The event is none of the four kinds, so a disability or death is measured by what it cost.",
            )
        if self.household.sudden_harmed:
            return Text(
                "有人受伤，未致残（或者尚未注明是否致残、死亡），按支出或损失测算。",
                "Somebody was hurt without a disability, or it is not said what came of it; measured by what it cost.",
            )
        return None

    def _loss_told(self) -> Text | None:
        home = self.household
        if home.sudden_loss is None:
            return None
        sign = ">" if home.sudden_loss > self.sudden_line else "≤"
        bound = f"{in_yuan(home.annual_income)} × {_factor(self.sudden_share)} = {in_yuan(self.sudden_line)}"
        reckoning = f"{in_yuan(home.sudden_loss)} {sign} {bound}"
        return Text(
            f"一年内突发事件的支出或损失与家庭年收入相比：{reckoning} 元。",
            f"Cost or loss by a sudden event within the year, against the year's income: {reckoning} yuan.",
        )

    def _employment_told(self) -> Text | None:
        home = self.household
        if not home.migrant:
            return None
        if home.employed_a_year_on is None:
            return Text(
                "农民工须实际就业满一年，其就业起始日期尚不清楚。",
                "A migrant worker needs a full year of factual employment, and its first day is unknown.",
            )
        zh, en = ("已满", "is full") if self.employed_long_enough else ("未满", "is not full yet")
        return Text(
            f"农民工须实际就业满一年：自 {home.migrant_employed_since} 起，{home.employed_a_year_on} 满一年，{zh}。",
            f"A migrant worker needs a full year of factual employment: it began on {home.migrant_employed_since},"
            f" is reached on {home.employed_a_year_on} and {en}.",
        )

    def _result_told(self) -> Text:
        if self.category is None:
            return Text("测算结果：不属于困难职工家庭。", "The formula finds no hardship.")
        found, others = CATEGORIES[self.category], [CATEGORIES[one] for one in self.also]
        return Text(
            f"测算结果：{found.zh}" + "".join(f"，同时符合{one.zh}" for one in others) + "。",
            f"The formula finds {found.en}" + "".join(f", and {one.en} as well" for one in others) + ".",
        )

    def _nearest_means(self) -> Text:
        if self._event_missing and (self._harmed or self._lost):
            return Text(
                f"补充突发事件的{'、'.join(one.zh for one in self._event_missing)}，即可能认定为意外致困。",
                f"It may be sudden hardship once it is known {' and '.join(one.en for one in self._event_missing)}.",
            )
        short = _cent_above(self.household.net_income - self.relative.line * 12 * self.household.size)
        loss = _cent_above(self.sudden_line)
        return Text(
            f"全年收入减少或刚性支出增加 {short} 元，即为相对困难；"
            f"一年内突发事件的支出或损失达到 {loss} 元，即为意外致困。",
            f"It would be relative hardship with {short} yuan a year less of income or more of rigid expenses, and"
            f" sudden hardship with a cost or loss of {loss} yuan by a sudden event within the year.",
        )

    def _nearest_year(self) -> Text:
        full = self.household.employed_a_year_on
        if full is None:
            return Text(
                "农民工还须实际就业满一年，请补充就业起始日期。",
                "A migrant worker also needs a full year of factual employment; add its first day.",
            )
        return Text(
            f"农民工还须实际就业满一年，{full} 起满足。",
            f"A migrant worker also needs a full year of factual employment, which is reached on {full}.",
        )


def _together(*sentences: Text | None) -> Text:
    said = [sentence for sentence in sentences if sentence]
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))


def _factor(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _cent_above(amount: Decimal) -> Decimal:
    """The smallest amount in whole cents that is more than this one."""
    return amount.quantize(Decimal("0.01"), ROUND_FLOOR) + Decimal("0.01")
