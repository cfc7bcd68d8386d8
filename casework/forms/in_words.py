"""What was filled in, as people read it: groups of lines and tables, made from the form that asked for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.forms.field import MASK, FormField
from casework.forms.form import Form, Many, Nested
from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """A field with its value in words; None where the value is sealed and has no mask that tells anything."""

    title: Text
    value: Text | None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: lines, or where somebody filled in rows, a table with its columns."""

    title: Text | None
    lines: Sequence[Line] = ()
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Text | None]] = ()


def in_words(form: type[Form], facts: Mapping[str, Any]) -> list[Group]:
    """Return what is known of these facts: first what stands in no group of the form, then its groups and rows."""
    alone: list[Line] = []
    groups: list[Group] = []
    for name, field in form.form_fields():
        if (value := facts.get(name)) in (None, [], {}):
            continue
        if isinstance(field, Nested):
            groups += _of_group(field, value)
        elif isinstance(field, Many) and isinstance(field.item, Nested):
            groups.append(_table(field, field.item.form, value))
        else:
            alone.append(_line(field, value))
    return ([Group(None, alone)] if alone else []) + groups


def value_at(form: type[Form], path: str, value: Any) -> Text | None:
    """Return a value of the field at this path, as people read it; where there is no such field, as it is."""
    found: FormField | None = None
    at: type[Form] | None = form
    for part in path.split("."):
        if isinstance(found, Many) and part.isdigit():
            found = found.item
        else:
            found = dict(at.form_fields()).get(part) if at else None
        at = found.form if isinstance(found, Nested) else None
    return _value(found, value) if found else Text(str(value), str(value))


def _of_group(field: Nested, value: Any) -> Iterator[Group]:
    if not isinstance(value, Mapping):
        yield Group(field.title, [_line(field, value)])
        return
    first, *others = in_words(field.form, value) or [Group(None)]
    if first.title is None:
        yield Group(field.title, first.lines)
    else:
        others = [first, *others]
    yield from others


def _table(field: Many, item: type[Form], rows: Any) -> Group:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return Group(field.title, [_line(field, rows)])
    known = [(name, one) for name, one in item.form_fields() if any(row.get(name) is not None for row in rows)]
    cells = [[_cell(one, row.get(name)) for name, one in known] for row in rows]
    return Group(field.title, columns=[one.title for _, one in known], rows=cells)


def _cell(field: FormField, value: Any) -> Text | None:
    return Text("", "") if value is None else _value(field, value)


def _line(field: FormField, value: Any) -> Line:
    return Line(field.title, _value(field, value), field.sensitive)


def _value(field: FormField, value: Any) -> Text | None:
    if value == MASK:
        return None
    if isinstance(field, Many) and isinstance(value, Sequence) and not isinstance(value, str):
        words = [_value(field.item, one) or Text(MASK, MASK) for one in value]
        return Text("、".join(one.zh for one in words), ", ".join(one.en for one in words))
    if isinstance(field, Nested) and isinstance(value, Mapping):
        lines = [line for group in in_words(field.form, value) for line in group.lines if line.value]
        return Text(
            "；".join(f"{line.title.zh}：{line.value.zh}" for line in lines if line.value),
            "; ".join(f"{line.title.en}: {line.value.en}" for line in lines if line.value),
        )
    return field.in_words(value)
