"""Small words in which the schemas of the answers are written, each with an example.

A description is a `Text`; the OpenAPI document turns it into the reader's language. Objects are closed, so that an
answer with an undocumented member fails the tests; only what a workflow defines is open.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from casework.rules.people import Role
from casework.rules.text import Text

Schema = dict[str, Any]
COMPONENTS: Final = "#/components/schemas/"


def text(example: str | Text, about: Text | None = None, **more: Any) -> Schema:
    """A text; what people read has an example in both languages."""
    return _said("string", about) | more | {"examples": [example]}


def whole(example: int, about: Text | None = None, least: int = 0) -> Schema:
    """A whole number."""
    return _said("integer", about) | {"minimum": least, "examples": [example]}


def decimal(example: float, about: Text | None = None, **more: Any) -> Schema:
    """A number that is not negative."""
    return _said("number", about) | {"minimum": 0, **more, "examples": [example]}


def flag(about: Text | None = None) -> Schema:
    """True or false."""
    return _said("boolean", about) | {"examples": [False]}


def one_of(words: Iterable[str], about: Text | None = None) -> Schema:
    """One of these words."""
    return _said("string", about) | {"enum": list(words)}


def many(item: Schema, about: Text | None = None) -> Schema:
    """A list."""
    return _said("array", about) | {"items": item}


def obj(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    members = {**required, **(optional or {})}
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def anything(about: Text, **example: Any) -> Schema:
    """An object whose members are defined elsewhere."""
    return _said("object", about) | {"examples": [example]}


def or_null(schema: Schema, about: Text | None = None) -> Schema:
    """The same, or null."""
    return ({"description": about} if about else {}) | {"anyOf": [schema, {"type": "null"}]}


def not_yet(schema: Schema, about: Text | None = None) -> Schema:
    """The same, or null, as in the example."""
    return or_null(schema, about) | {"examples": [None]}


def ref(name: str) -> Schema:
    """A component by its name."""
    return {"$ref": f"{COMPONENTS}{name}"}


def page_of(name: str, more: Mapping[str, Schema] | None = None) -> Schema:
    """A page of a list of this component; `more` may be said of the whole list."""
    cursor = text("WyIyMDI2LTAzLTAyIl0", Text("下一页的游标", "The cursor of the next page"))
    return obj({"items": many(ref(name)), "next_cursor": or_null(cursor)}, more)


def sample(schema: Schema, components: Mapping[str, Schema]) -> Any:
    """The example of a schema: its own, else put together from those of its parts."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return sample(components[schema["$ref"].removeprefix(COMPONENTS)], components)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], components)
    if "items" in schema:
        return [sample(schema["items"], components)]
    if "properties" in schema:
        return {name: sample(member, components) for name, member in schema["properties"].items()}
    return schema["const"] if "const" in schema else schema["enum"][0]


def _said(kind: str, about: Text | None) -> Schema:
    return {"type": kind, "description": about} if about else {"type": kind}


AT: Final = text("2026-03-02T09:00:00+08:00", format="date-time")
DAY: Final = text("2026-03-09", format="date")
DUE: Final = {
    "due_at": or_null(AT),
    "due_on": or_null(DAY, Text("期限内的最后一日", "The last day in time")),
    "provisional": flag(Text("涉及尚未公布节假日的年份", "It needs a year whose holidays are not known yet")),
}
"""When something is due, as `views.due` gives it."""
ID: Final = text("5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11", format="uuid")
HASH: Final = text("9f" * 32, pattern="^[0-9a-f]{64}$")
ROLE: Final = one_of(role.value for role in Role) | {"examples": [Role.CASEWORKER.value]}
FIRST: Final = whole(1, least=1)
