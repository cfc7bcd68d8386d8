"""The fields of a form as a page asks for them, with what was filled in and what is wrong with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from casework.forms.asking import value_at
from casework.forms.field import AskedOf, FormField
from casework.forms.form import Form, Many, Nested
from casework.forms.in_words import total
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
class Tick:
    """A row that is offered: its key's value to tick, and what is asked for beside it."""

    path: str
    key: str
    value: Text
    title: Text
    ticked: bool
    fields: "Sequence[Widget]"


@dataclass(frozen=True, slots=True)
class Widget:
    """A field as a page asks for it.

    `kind` is that of the field, but for `select` (a long choice), `checks` (several of a choice) and `list` (several
    values). `later` says that the value may follow. `rows` are those of `rows`, one more than were filled in, and
    `ticks` those that are offered. It is shown where the field `when` has one of the values `among`.
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
    groups: "Sequence[tuple[Text, Sequence[Option]]]" = ()
    unit: Text | None = None
    width: int | None = None
    input_mode: str | None = None
    autocomplete: str = "off"
    when: str = ""
    among: str = ""
    row_title: Text | None = None
    ticks: Sequence[Tick] = ()
    sums: str = ""
    total: Text | None = None
    begins: str = ""
    amount: str = ""
    """What a tick begins with: the field of that name, or where the page has none, what was filled in before."""

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
    today: date | None = None
    """The day for which months are offered."""
    asked_of: AskedOf = "office"
    """Whom the page asks; fields of the other are left out."""
    top: str = ""
    """Where the form stands in what is sent."""

    def fault_at(self, path: str) -> Text | None:
        """The first sentence about a field."""
        return next((one.text for one in self.faults if one.path == path), None)


def widgets(form: type[Form], filled: Filled, path: str = "") -> list[Widget]:
    """Return the fields of a form in its order; `path` is where the form stands in what is sent."""
    return _fields(form, filled.values, replace(filled, top=path), path)


def plainly(widget: Widget, one: FormField | None) -> Widget:
    """Return the widget, and what it holds, as people who apply are asked: by question and hint of the field."""
    if one is None:
        return widget
    inner = one.item if isinstance(one, Many) else one
    fields = dict(inner.form.form_fields()) if isinstance(inner, Nested) else {}

    def told(found: Sequence[Widget]) -> list[Widget]:
        return [plainly(each, fields.get(each.path.rpartition(".")[2])) for each in found]

    return replace(
        widget,
        title=one.question,
        help=one.hint,
        fields=told(widget.fields),
        rows=[told(row) for row in widget.rows],
        ticks=[replace(tick, fields=told(tick.fields)) for tick in widget.ticks],
    )


def flat(found: Sequence[Widget]) -> list[Widget]:
    """Return the fields and those inside groups."""
    return [one for widget in found for one in (widget, *flat(widget.fields))]


def titles(form: type[Form], faults: Sequence[Fault], path: str = "") -> list[tuple[str, Text | None, Text]]:
    """Return for each fault the id of its field, the field's title with the number of its row, and the sentence.

    `path` is where the form stands in what is sent.
    """
    begins = f"{path}." if path else ""
    return [(_id_of(one.path), form.title_at(one.path.removeprefix(begins)), one.text) for one in faults]


def _id_of(path: str) -> str:
    """The id of the field of a fault; an entry of a list has none of its own."""
    *above, last = path.split(".")
    return f"f-{'-'.join(above if last.isdigit() else (*above, last))}"


def _fields(form: type[Form], values: Any, filled: Filled, path: str) -> list[Widget]:
    known = values if isinstance(values, Mapping) else {}
    names = form.field_names()
    asked = ((name, one) for name, one in form.form_fields() if one.asked_of in ("both", filled.asked_of))
    return [
        _widget(one, known.get(name), filled, join(path, name), _when(one, names, filled, path)) for name, one in asked
    ]


def _when(one: FormField, beside: Collection[str], filled: Filled, path: str) -> dict[str, str]:
    """The name of the field that decides whether this one is shown, and its values for which it is."""
    if one.shown_when is None:
        return {}
    at = path if one.shown_when.path.partition(".")[0] in beside else filled.top
    return {"when": join(at, one.shown_when.path), "among": " ".join(sorted(one.shown_when.values))}


def _widget(one: FormField, value: Any, filled: Filled, path: str, when: Mapping[str, str]) -> Widget:
    common: dict[str, Any] = {
        **when,
        "unit": one.unit,
        "width": one.width,
        "input_mode": one.input_mode,
        # Staff fill in what is others': no browser is to remember it.
        "autocomplete": (one.autocomplete or "off") if filled.asked_of == "applicant" else "off",
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
        common |= {"options": options, "kind": one.kind if few else "select", "groups": _grouped(one, options)}
    written = _written(value)
    # A day that is masked is none that a browser takes.
    return Widget(**common, value="" if one.kind in ("day", "month") and "*" in written else written)


def _several(one: Many, values: list[Any], filled: Filled, path: str, common: dict[str, Any]) -> Widget:
    item = one.item
    if isinstance(item, Nested):
        return Widget(**common | _rows(one, item.form, values, filled, path))
    faults = next((text for n in range(len(values)) if (text := filled.fault_at(join(path, n)))), None)
    common |= {"fault": common["fault"] or faults}
    if isinstance(item, Choice):
        options = [Option(code, title, code in values) for code, title in item.options.items()]
        return Widget(**common | {"kind": "checks", "options": options})
    return Widget(**common | {"kind": "list", "values": [*map(_written, values), "", ""]})


def _rows(one: Many, form: type[Form], values: list[Any], filled: Filled, path: str) -> dict[str, Any]:
    """The rows: those filled in under their own numbers, then what is offered besides, then blank ones."""
    offers = one.offers
    offered = offers.on(filled.today) if offers and filled.today else []
    ticks: list[Tick] = []
    free = len(values)
    taken: set[int] = set()
    for text in offered:
        at = next((n for n, row in enumerate(values) if n not in taken and _is_tick(one, row, text)), None)
        taken |= {at} if at is not None else set()
        number, free = (at, free) if at is not None else (free, free + 1)
        said = values[number] if at is not None else {}
        inner = {w.path.rpartition(".")[2]: w for w in _fields(form, said, filled, join(path, number))}
        beside = [inner[name] for name in (offers.beside if offers else ()) if name in inner]
        key = offers.key if offers else ""
        ticks.append(Tick(join(path, number), key, text, _offer_in_words(form, key, text), bool(said), beside))
    blank = max(_BLANK_ROWS, one.first_rows - len(values)) if len(values) < one.most else 0
    numbers = [n for n in range(len(values)) if n not in taken] + list(range(free, free + blank))
    rows = [_fields(form, values[n] if n < len(values) else {}, filled, join(path, n)) for n in numbers]
    begins = f"{offers.begins[0]} {join(filled.top, offers.begins[1])}" if offers and offers.begins else ""
    return {
        "row_title": one.row_title,
        "ticks": ticks,
        "rows": rows,
        "sums": one.sums or "",
        "total": total(form, one.sums, values) if one.sums else None,
        "begins": begins,
        "amount": _written(value_at(filled.values, offers.begins[1])) if offers and offers.begins else "",
    }


def _offer_in_words(form: type[Form], key: str, text: Text) -> Text:
    """An offer as people read it: a month in words, anything else as it is."""
    return form.instance().field(key).in_words(text.zh) if text.zh == text.en else text


def _is_tick(one: Many, row: Any, text: Text) -> bool:
    return one.offers is not None and isinstance(row, Mapping) and one.offers.is_ticked(row, text)


def _grouped(one: FormField, options: Sequence[Option]) -> list[tuple[Text, list[Option]]]:
    groups = one.groups if isinstance(one, Choice) else ()
    by_value = {option.value: option for option in options}
    return [(title, [by_value[code] for code in codes if code in by_value]) for title, codes in groups]


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
