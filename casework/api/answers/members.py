"""What the members of answers are: plain JSON values, each kind with an example and the words of its schema.

A sentence is a `Text`; the OpenAPI document says it in the reader's language.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Final, Self, cast, dataclass_transform
from uuid import UUID

import msgspec
from msgspec import Meta

from casework.http.request_context import instant, language
from casework.rules.case import Phase
from casework.rules.people import Role
from casework.rules.text import Text


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Shape(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An object with these members and no others; its name is that of the component in the OpenAPI document."""

    @classmethod
    def of(cls, row: Any, **more: Any) -> Self:
        """What `more` says, and for the other members what the row says under their names, made plain."""
        return cls(**more, **{name: plain(getattr(row, name)) for name in cls.__struct_fields__ if name not in more})


def plain(value: Any) -> Any:
    """The value as JSON has it: instants in the office's zone, money with two decimals, texts in one language."""
    made = _PLAIN.get(type(value))
    return made(value) if made else value


_PLAIN: Final[dict[type, Callable[[Any], str]]] = {
    datetime: instant,
    date: date.isoformat,
    Decimal: "{:.2f}".format,
    UUID: str,
    Text: lambda text: text.in_(language()),
}


def like(example: Any, zh: str = "", en: str = "", **words: Any) -> Meta:
    """An example, what the member means, and further words of JSON Schema."""
    about = {"description": Text(zh, en)} if zh else {}
    return Meta(extra_json_schema={**words, **about, "examples": [example]})


def told(zh: str, en: str) -> Meta:
    """What the member means; its kind has an example already."""
    return Meta(extra_json_schema={"description": Text(zh, en)})


def one_of(words: Iterable[str]) -> Meta:
    """One of these words."""
    return Meta(extra_json_schema={"enum": list(words)})


NOT_YET: Final = like(None)
"""Null at first, as in the example."""

Id = Annotated[str, like("5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11", format="uuid")]
Hash = Annotated[str, like("9f" * 32, pattern="^[0-9a-f]{64}$")]
Instant = Annotated[str, like("2026-03-02T09:00:00+08:00", format="date-time")]
Later = Annotated[Instant | None, NOT_YET]
Day = Annotated[str, like("2026-03-09", format="date")]
Yuan = Annotated[str, like("12000.00", "元，两位小数", "Yuan with two decimals", pattern=r"^[0-9]+\.[0-9]{2}$")]
Flag = Annotated[bool, like(False)]
Number = Annotated[int, like(1, minimum=0)]
First = Annotated[int, like(1, minimum=1)]
"""A number of what is counted from one."""
Username = Annotated[str, like("zhang")]
Name = Annotated[str, like("张敏")]
RoleName = Annotated[str, one_of(Role), like(Role.CASEWORKER.value)]
PhaseName = Annotated[str, one_of(Phase)]
OrgCode = Annotated[str, like("370100")]
OrgName = Annotated[str, like("济南市总工会")]
Telephone = Annotated[str, like("0531-55501234")]
Address = Annotated[str, like(Text("济南市示例路 1 号", "1 Example Road, Jinan"))]
WorkflowKey = Annotated[str, like("legal_aid")]
StateName = Annotated[str, like("submitted")]
CaseNumber = Annotated[str, like("LA-2026-000001")]


class Page(Shape):
    """A page of a list; each noun that is listed has one of its own."""

    items: list[Any]
    next_cursor: Annotated[str, like("WyIyMDI2LTAzLTAyIl0", "下一页的游标", "The cursor of the next page")] | None


@cache
def page_of(item: type[Shape]) -> type[Page]:
    """The page of a list of this noun, such as `UserPage`."""
    made = msgspec.defstruct(f"{item.__name__}Page", [("items", GenericAlias(list, item))], bases=(Page,))
    return cast("type[Page]", made)
