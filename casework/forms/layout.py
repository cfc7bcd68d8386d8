"""How a form is laid out: its sections, and what the rows of a list offer to tick instead of to type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.rules.text import Language, Text


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together under a title, by their paths and in order; a group may be cut into several."""

    key: str
    title: Text
    paths: tuple[str, ...]

    def schema(self, language: Language) -> dict[str, Any]:
        """The section as `x-sections` says it."""
        return {"key": self.key, "title": self.title.in_(language), "fields": list(self.paths)}


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be ticked as a row: `values` of the row's field `key`, or the last `months` up to this one.

    The fields `beside` are asked for next to the tick; `begins` names for one of them the path of the field from whose
    value it starts.
    """

    key: str
    values: tuple[Text, ...] = ()
    months: int = 0
    beside: tuple[str, ...] = ()
    begins: tuple[str, str] | None = None

    def on(self, today: date) -> list[Text]:
        """What is offered on a day, as it is stored: a month is the same in both languages."""
        if not self.months:
            return list(self.values)
        first = today.year * 12 + today.month - 1
        months = [f"{at // 12}-{at % 12 + 1:02}" for at in range(first, first - self.months, -1)]
        return [Text(month, month) for month in months]

    def is_ticked(self, row: Mapping[str, Any], offered: Text) -> bool:
        """Whether a row is this offer and says nothing that has no place beside a tick."""
        said = {name for name, value in row.items() if value not in (None, "", [], {})}
        return row.get(self.key) in (offered.zh, offered.en) and said <= {self.key, *self.beside}

    def schema(self, language: Language) -> dict[str, Any]:
        """The offers as `x-offers` says them."""
        said: dict[str, Any] = {"key": self.key, "beside": list(self.beside)}
        if self.months:
            said["months"] = self.months
        else:
            said["values"] = [one.in_(language) for one in self.values]
        return said | ({"begins": dict([self.begins])} if self.begins else {})
