"""Fields for amounts, dates, times, counts and yes or no."""

import re
from calendar import month_name
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from casework.forms.example_data import ExampleData
from casework.forms.field import TODAY, FormField
from casework.rules.folding import typed
from casework.rules.identifiers import EARLIEST
from casework.rules.text import Language, Text

MOST_MONEY: Final = Decimal("999999999999.99")
FIRST_DAY: Final = EARLIEST
LAST_DAY: Final = date(2199, 12, 31)
"""Later days are typing errors, and adding limits to them would run out of the calendar."""

_CENT: Final = Decimal("0.01")
_AS_WRITTEN: Final = re.compile(r"[\s,，￥¥]|(?:人民币|元|yuan)")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
DAY_PATTERN: Final = "(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
MONTH_PATTERN: Final = "(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"
MOMENT_PATTERN: Final = (
    DAY_PATTERN + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+\-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


class Money(FormField):
    """Yuan with at most two decimals, from `"1234.50"` or a whole JSON number, as Decimal."""

    question_of = Text("{title}是多少？", "{title}: how much?")
    hint_of = Text("以元为单位，可写到分。", "In yuan, with at most two decimals.")
    unit_of = Text("元", "yuan")
    width_of = 12
    input_mode_of = "decimal"
    kind = "money"
    coded = True
    json_types = ("string", "integer")

    def __init__(self, *, least: Decimal | int = 0, most: Decimal | int = MOST_MONEY, **common: Any) -> None:
        super().__init__(**common)
        self.least = Decimal(least)
        self.most = Decimal(most)
        sign = "-?" if least < 0 else ""
        self.pattern = f"{sign}[0-9]{{1,12}}(?:\\.[0-9]{{1,2}})?"

    def read(self, value: Any) -> Decimal:
        if isinstance(value, float):
            raise self.wrong("money_float")
        if type(value) is not int:
            text = typed(value) if isinstance(value, str) else ""
            if not re.fullmatch(self.pattern, text):
                raise self.wrong("money")
            value = Decimal(text)
        if not self.least <= value <= self.most:
            raise self.wrong("money_range", least=f"{self.least:,.2f}", most=f"{self.most:,.2f}")
        return abs(Decimal(value).quantize(_CENT)) if not value else Decimal(value).quantize(_CENT)

    def plain(self, value: Any) -> str:
        return f"{value:.2f}"

    def invent(self, example_data: ExampleData) -> str:
        return self.plain(min(max(Decimal(3200), self.least), self.most))

    def from_posted(self, values: Sequence[str]) -> Any:
        """As people write amounts: `6500元`, `1,234.50`, in full width, with spaces."""
        text = super().from_posted(values)
        return text if text is None or len(text) > self.longest else _AS_WRITTEN.sub("", typed(text))

    def in_words(self, value: Any) -> Text:
        """`6,500.00 元`; what is masked stays as it is."""
        try:
            return self.with_unit(f"{Decimal(str(value)):,.2f}")
        except ArithmeticError:
            return super().in_words(value)

    def shape(self, language: Language) -> dict[str, Any]:
        return {
            "pattern": self.whole(self.pattern),
            "minimum": int(self.least.to_integral_value("ROUND_CEILING")),
            "maximum": int(self.most),
        }


class Day(FormField):
    """A date `YYYY-MM-DD`; with `past` not after today, and in any case between 1900 and 2199.

    With `years_back` it lies at most so many years before today.
    """

    question_of = Text("{title}是哪天？", "{title}: which day?")
    hint_of = Text("填写年、月、日。", "Year, month and day.")
    width_of = 10
    kind = "day"
    coded = True

    def __init__(
        self, *, past: bool = False, not_before: date = FIRST_DAY, years_back: int | None = None, **common: Any
    ) -> None:
        super().__init__(**common)
        self.past = past
        self.not_before = not_before
        self.years_back = years_back

    def read(self, value: Any) -> date:
        day = _date(typed(self.text(value)))
        if day is None:
            raise self.wrong("day")
        if self.past and day > TODAY.get():
            raise self.wrong("day_future")
        first = self._first(TODAY.get())
        if not first <= day <= LAST_DAY:
            raise self.wrong("day_range", first=first, last=LAST_DAY)
        return day

    def _first(self, today: date) -> date:
        if self.years_back is None:
            return self.not_before
        return max(self.not_before, date(today.year - self.years_back, 1, 1))

    def mask(self, value: Any) -> str:
        return f"{value[:4]}-**-**"

    def plain(self, value: Any) -> str:
        return str(value.isoformat())

    def invent(self, example_data: ExampleData) -> str:
        days = timedelta(days=example_data.random.randint(1, 60))
        day = example_data.today - days if self.past else example_data.today + days
        return max(day, self.not_before).isoformat()

    def shape(self, language: Language) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "format": "date",
            "pattern": self.whole(DAY_PATTERN),
            "x-not-before": str(self.not_before),
        }
        if self.years_back is not None:
            shape["x-years-back"] = self.years_back
        return shape | {"x-not-after": "today"} if self.past else shape


def _date(text: str) -> date | None:
    # The standard library also reads "20240531" and "2024-W22-5"; people who type these mean something else.
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Month(FormField):
    """A month `YYYY-MM`, kept as text; with `past` not after the current one."""

    question_of = Text("{title}是哪个月？", "{title}: which month?")
    hint_of = Text("填写年和月。", "Year and month.")
    width_of = 10
    kind = "month"
    coded = True

    def __init__(self, *, past: bool = False, **common: Any) -> None:
        super().__init__(**common)
        self.past = past

    def read(self, value: Any) -> str:
        month = typed(self.text(value))
        if not re.fullmatch(MONTH_PATTERN, month):
            raise self.wrong("month")
        if self.past and month > f"{TODAY.get():%Y-%m}":
            raise self.wrong("month_future")
        return month

    def invent(self, example_data: ExampleData) -> str:
        return f"{example_data.today.replace(day=1) - timedelta(days=1):%Y-%m}"

    def in_words(self, value: Any) -> Text:
        """`2026年12月`, `December 2026`."""
        if not re.fullmatch(MONTH_PATTERN, str(value)):
            return super().in_words(value)
        first = date.fromisoformat(f"{value}-01")
        return Text(f"{first.year}年{first.month}月", f"{month_name[first.month]} {first.year}")

    def shape(self, language: Language) -> dict[str, Any]:
        shape = {"pattern": self.whole(MONTH_PATTERN)}
        return shape | {"x-not-after": "this month"} if self.past else shape


class Moment(FormField):
    """A point in time with its offset (RFC 3339); a time without one is refused."""

    question_of = Text("{title}是什么时候？", "{title}: when?")
    hint_of = Text(
        "写明日期、时间和时区，例如 2026-12-04T09:30:00+08:00。",
        "Day, time and offset, such as 2026-12-04T09:30:00+08:00.",
    )
    width_of = 26
    kind = "moment"
    coded = True

    def read(self, value: Any) -> datetime:
        text = self.text(value)
        try:
            if re.fullmatch(MOMENT_PATTERN, text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise self.wrong("moment")

    def plain(self, value: Any) -> str:
        return str(value.isoformat())

    def invent(self, example_data: ExampleData) -> str:
        return f"{example_data.today.isoformat()}T09:30:00+08:00"

    def in_words(self, value: Any) -> Text:
        """`2026-12-04 09:30`, as it was written."""
        told = str(value)[:16].replace("T", " ")
        return Text(told, told)

    def shape(self, language: Language) -> dict[str, Any]:
        return {"format": "date-time", "pattern": self.whole(MOMENT_PATTERN)}


class Count(FormField):
    """A whole number between `least` and `most`; neither `5.0` nor `"5"` nor `true` is one."""

    question_of = Text("{title}是多少？", "{title}: how many?")
    hint_of = Text("填写整数。", "A whole number.")
    width_of = 6
    input_mode_of = "numeric"
    kind = "count"
    coded = True
    json_types: ClassVar[tuple[str, ...]] = ("integer",)

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **common: Any) -> None:
        super().__init__(**common)
        self.least = least
        self.most = most

    def from_posted(self, values: Sequence[str]) -> Any:
        """A whole number, in full width too; anything else stays what it is, and is refused."""
        text = super().from_posted(values)
        if text is None or len(text) > self.longest:
            return text
        digits = typed(text)
        return int(digits) if _WHOLE.fullmatch(digits) else text

    def in_words(self, value: Any) -> Text:
        """`3 人`, where it counts something that has a unit."""
        return self.with_unit(str(value))

    def read(self, value: Any) -> int:
        if type(value) is not int:
            raise self.wrong("count")
        if not self.least <= value <= self.most:
            raise self.wrong("count_range", least=self.least, most=self.most)
        return value

    def invent(self, example_data: ExampleData) -> int:
        return min(max(1, self.least), self.most)

    def shape(self, language: Language) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most}


class Flag(FormField):
    """True or false, and nothing that only looks like it."""

    question_of = Text("{title}？", "{title}?")
    hint_of = Text("选择“是”或者“否”。", "Yes or no.")
    kind = "flag"
    coded = True
    json_types: ClassVar[tuple[str, ...]] = ("boolean",)

    def read(self, value: Any) -> bool:
        if type(value) is not bool:
            raise self.wrong("flag")
        return value

    def invent(self, example_data: ExampleData) -> bool:
        return True

    def from_posted(self, values: Sequence[str]) -> Any:
        """`true` or `false`; anything else stays what it is, and is refused."""
        text = super().from_posted(values)
        return {"true": True, "false": False}.get(text, text)

    def in_words(self, value: Any) -> Text:
        """Yes or no."""
        return {True: Text("是", "yes"), False: Text("否", "no")}.get(value) or super().in_words(value)

    def shape(self, language: Language) -> dict[str, Any]:
        return {}
