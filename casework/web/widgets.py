"""The fields of a form as a page asks for them, with what was filled in and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, OneUser, OtherOrg
from casework.forms.validation_errors import join
from casework.rules.people import Person
from casework.rules.refusals import Fault
from casework.rules.text import Text

_LONG_CHOICE: Final = 12
_YES_OR_NO: Final = {"true": Text("是", "Yes"), "false": Text("否", "No")}
_BLANK_ROWS: Final = 1


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str
    title: Text
    chosen: bool


@dataclass(frozen=True, slots=True)
class Widget:
    """A field as a page asks for it.

    `kind` is that of the field, but for `select` (a long choice), `checks` (several of a choice) and `list` (several
    values). `later` says that the value may follow. `rows` are those of `rows`, one more than were filled in.
    """

    path: str
    kind: str
    title: Text
    help: Text | None
    required: bool
    later: bool
    sensitive: bool
    value: str = ""
    most: int = 0
    fault: Text | None = None
    options: Sequence[Option] = ()
    fields: "Sequence[Widget]" = ()
    rows: "Sequence[Sequence[Widget]]" = ()
    values: Sequence[str] = ()

    @property
    def id(self) -> str:
        """What labels and summaries point at."""
        return f"f-{self.path.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: values as JSON, faults by path, and whom and where one may choose."""

    values: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    people: Sequence[Person] = ()
    orgs: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    """By the path of a field what may be chosen there, where the office decides and not the form."""

    def fault_at(self, path: str) -> Text | None:
        """The first sentence about a field."""
        return next((one.text for one in self.faults if one.path == path), None)


def widgets(form: type[Form], filled: Filled, path: str = "") -> list[Widget]:
    """Return the fields of a form in its order; `path` is where the form stands in what is sent."""
    return _fields(form, filled.values, filled, path)


def titles(form: type[Form], faults: Sequence[Fault], path: str = "") -> list[tuple[str, Text | None, Text]]:
    """Return for each fault the id of its field, the field's title with the number of its row, and the sentence.

    `path` is where the form stands in what is sent.
    """
    begins = f"{path}." if path else ""
    return [(_id_of(one.path), title_at(form, one.path.removeprefix(begins)), one.text) for one in faults]


def _id_of(path: str) -> str:
    """The id of the field of a fault; an entry of a list has none of its own."""
    *above, last = path.split(".")
    return f"f-{'-'.join(above if last.isdigit() else (*above, last))}"


def title_at(form: type[Form], path: str) -> Text | None:
    """Return the title of a field with those above it and the numbers of rows; None where there is no such field."""
    told: Text | None = None
    at: type[Form] | None = form
    for part in path.split("."):
        if part.isdigit():
            row = int(part) + 1
            told = Text(f"{told.zh}第 {row} 行", f"{told.en}, row {row}") if told else None
            continue
        fields = dict(at.form_fields()) if at else {}
        if part not in fields:
            return told
        found = fields[part]
        inner = found.item if isinstance(found, Many) else found
        at = inner.form if isinstance(inner, Nested) else None
        told = Text(f"{told.zh}：{found.title.zh}", f"{told.en}: {found.title.en}") if told else found.title
    return told


def _fields(form: type[Form], values: Any, filled: Filled, path: str) -> list[Widget]:
    known = values if isinstance(values, Mapping) else {}
    return [_widget(one, known.get(name), filled, join(path, name)) for name, one in form.form_fields()]


def _widget(one: FormField, value: Any, filled: Filled, path: str) -> Widget:
    common: dict[str, Any] = {
        "path": path,
        "kind": one.kind,
        "title": one.title,
        "help": one.help,
        "required": one.required,
        "later": one.needed_by is not None,
        "sensitive": one.sensitive,
        "most": one.longest if "string" in one.json_types else 0,
        "fault": filled.fault_at(path),
    }
    if isinstance(one, Nested):
        return Widget(**common | {"fields": _fields(one.form, value, filled, path)})
    if isinstance(one, Many):
        return _several(one, value if isinstance(value, list) else [], filled, path, common)
    if options := _options(one, value, filled, path):
        few = isinstance(one, Flag) or (isinstance(one, Choice) and len(options) <= _LONG_CHOICE)
        common |= {"options": options, "kind": one.kind if few else "select"}
    written = _written(value)
    # A day that is masked is none that a browser takes.
    return Widget(**common, value="" if one.kind in ("day", "month") and "*" in written else written)


def _several(one: Many, values: list[Any], filled: Filled, path: str, common: dict[str, Any]) -> Widget:
    item = one.item
    if isinstance(item, Nested):
        asked = [*values, *({} for _ in range(_BLANK_ROWS))][: one.most]
        return Widget(
            **common | {"rows": [_fields(item.form, row, filled, join(path, n)) for n, row in enumerate(asked)]}
        )
    faults = next((text for n in range(len(values)) if (text := filled.fault_at(join(path, n)))), None)
    common |= {"fault": common["fault"] or faults}
    if isinstance(item, Choice):
        options = [Option(code, title, code in values) for code, title in item.options.items()]
        return Widget(**common | {"kind": "checks", "options": options})
    return Widget(**common | {"kind": "list", "values": [*map(_written, values), "", ""]})


def _options(one: FormField, value: Any, filled: Filled, path: str) -> list[Option]:
    chosen = _written(value)
    if path in filled.offered:
        return [Option(code, title, code == chosen) for code, title in filled.offered[path].items()]
    if isinstance(one, Choice):
        return [Option(code, title, code == chosen) for code, title in one.options.items()]
    if isinstance(one, Flag):
        return [Option(code, title, code == chosen) for code, title in _YES_OR_NO.items()]
    if isinstance(one, OneUser):
        able = [person for person in filled.people if not one.roles or person.role in one.roles]
        return [Option(str(person.id), _named(person), str(person.id) == chosen) for person in able]
    if isinstance(one, OtherOrg):
        return [Option(code, Text(name, name), code == chosen) for code, name in filled.orgs.items()]
    return []


def _named(person: Person) -> Text:
    return Text(f"{person.name}（{person.role.told.zh}）", f"{person.name} ({person.role.told.en})")


def _written(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
