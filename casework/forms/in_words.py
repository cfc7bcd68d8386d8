"""What was filled in, as people read it: groups of lines and tables, made from the form that asked for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from casework.forms.asking import field_at
from casework.forms.asking import value_at as found_at
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
    """Fields that belong together: lines, or where somebody filled in rows, a table with its columns and its sum."""

    title: Text | None
    lines: Sequence[Line] = ()
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Text | None]] = ()
    total: Text | None = None


def in_words(form: type[Form], facts: Mapping[str, Any]) -> list[Group]:
    """Return what is known of these facts by the sections of the form, and what stands in none of them after that."""
    groups: list[Group] = []
    shown: set[str] = set()
    for section in form.sections:
        lines: list[Line] = []
        inner: list[Group] = []
        for path in section.paths:
            field, value = field_at(form, path), found_at(facts, path)
            if field is None or value in (None, [], {}):
                continue
            shown.add(path)
            if isinstance(field, Nested) or _has_rows(field):
                inner += _groups(form, {path: value}) if "." not in path else _of_field(field, value)
            else:
                lines.append(_line(field, value))
        groups += ([Group(section.title, lines)] if lines else []) + inner
    return groups + _groups(form, _without(facts, shown))


def _without(facts: Mapping[str, Any], shown: set[str], above: str = "") -> dict[str, Any]:
    """The facts that were not shown yet."""
    left: dict[str, Any] = {}
    for name, value in facts.items():
        path = f"{above}{name}"
        if path in shown:
            continue
        if isinstance(value, Mapping) and any(one.startswith(f"{path}.") for one in shown):
            value = _without(value, shown, f"{path}.")
        if value not in (None, [], {}):
            left[name] = value
    return left


def _has_rows(field: FormField) -> bool:
    return isinstance(field, Many) and isinstance(field.item, Nested)


def _of_field(field: FormField, value: Any) -> list[Group]:
    if isinstance(field, Many) and isinstance(field.item, Nested):
        return [_table(field, field.item.form, value)]
    return list(_of_group(field, value)) if isinstance(field, Nested) else []


def _groups(form: type[Form], facts: Mapping[str, Any]) -> list[Group]:
    """First what stands in no group of the form, then its groups and rows."""
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
    told = Group(field.title, columns=[one.title for _, one in known], rows=cells)
    return replace(told, total=total(item, field.sums, rows)) if field.sums else told


def total(item: type[Form], sums: str, rows: Any) -> Text | None:
    """Return what the rows come to; None where there is but one, or one of them is masked."""
    try:
        found = [Decimal(str(row[sums])) for row in rows if row.get(sums) is not None]
    except InvalidOperation:
        return None
    return item.instance().field(sums).in_words(f"{sum(found)}") if len(found) > 1 else None


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
