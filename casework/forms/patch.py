"""Corrections: a merge patch (RFC 7396) written by somebody who sees sensitive values only by their masks."""

from collections.abc import Mapping
from typing import Any

from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested


def merge_patch(form: type[Form], current: Mapping[str, Any], patch: Any) -> Any:
    """The stored facts (plain, in full) after a patch of any JSON value; still to be checked by the form.

    Groups are merged, null removes, lists replace the stored list. A sensitive value equal to the mask of the
    stored one is unchanged. A row shows the masks of the stored row that it equals as people see it, wherever
    that stood, or else of the one in its place if the list is as long as before: a removed or moved row must
    never hand its story to its neighbour. A mask that finds no value is refused by the form.
    """
    return _merged_group(form, current, patch)


def _merged_group(form: type[Form], current: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(current) if isinstance(current, Mapping) else {}
    fields = dict(form.form_fields())
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(fields[name], merged.get(name), value) if name in fields else value
    return merged


def _merged(field: FormField, current: Any, value: Any) -> Any:
    if isinstance(field, Nested):
        return _merged_group(field.form, current, value)
    if isinstance(field, Many):
        return _merged_rows(field, current or [], value)
    if field.sensitive and current is not None and value == field.mask(current):
        return current
    return value


def _merged_rows(field: Many, current: list[Any], rows: Any) -> Any:
    if not isinstance(rows, list) or len(rows) > field.most:
        return rows  # for the form to refuse, before time is spent on comparing them
    sources = _sources([field.item.lay_open(row, "", {}) for row in current], rows)
    return [
        _row_with(field.item, current[sources[index]], row) if index in sources else row
        for index, row in enumerate(rows)
    ]


def _sources(seen: list[Any], rows: list[Any]) -> dict[int, int]:
    """For the new rows by index, the index of the stored row that each of them shows."""
    sources = {index: index for index, (old, row) in enumerate(zip(seen, rows, strict=False)) if old == row}
    free = [index for index in range(len(seen)) if index not in sources]
    for index, row in enumerate(rows):
        if index not in sources and (same := next((old for old in free if seen[old] == row), None)) is not None:
            sources[index] = same
            free.remove(same)
    if len(rows) == len(seen):
        sources |= {index: index for index in free if index not in sources}
    return sources


def _row_with(item: FormField, stored: Any, row: Any) -> Any:
    """The new row, replacing the stored one whole, but with the stored values where it shows their masks."""
    if not isinstance(item, Nested):
        return _merged(item, stored, row)
    if not isinstance(row, Mapping):
        return row
    fields = dict(item.form.form_fields())
    return {
        name: _row_with(fields[name], stored[name], value) if name in fields and name in stored else value
        for name, value in row.items()
    }
