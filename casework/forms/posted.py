"""The fields of a page as the JSON that a form reads: `arrears.0.amount` becomes a row of a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested
from casework.forms.texts import Choice
from casework.forms.validation_errors import join

Posted = Mapping[str, Sequence[str]]
"""What was posted: the values of each name, in their order."""
OFFERED: Final = "offered"
"""Under this name a page posts what the row next to it offers."""
_CHOSEN: Final = ("day", "month", "choice", "flag")
_MOST_ROWS: Final = 1_000
_ROW: Final = re.compile(r"([0-9]{1,4})\.")


def from_posted(form: type[Form], posted: Posted, path: str = "") -> dict[str, Any]:
    """Return what was filled in, without blanks; groups and rows in which nothing was are left out.

    A value that is no number stays the text that was typed, so that the form says what is wrong with it.
    """
    found = {name: _value(field, posted, join(path, name)) for name, field in form.form_fields()}
    return {name: value for name, value in found.items() if value not in (None, {}, [])}


def _value(field: FormField, posted: Posted, path: str) -> Any:
    if isinstance(field, Nested):
        return from_posted(field.form, posted, path)
    if isinstance(field, Many):
        item = field.item
        if isinstance(item, Nested):
            return [row for at in _rows(posted, path) if (row := _row(field, item.form, posted, join(path, at)))]
        return [one for said in posted.get(path, ()) if (one := item.from_posted([said])) is not None]
    return field.from_posted(posted.get(path, ()))


def _row(field: Many, form: type[Form], posted: Posted, path: str) -> dict[str, Any]:
    """A row; where something stands beside an offer, the offer is meant, ticked or not."""
    row = from_posted(form, posted, path)
    offered = posted.get(join(path, OFFERED), ())
    if row and field.offers and offered and field.offers.key not in row:
        return {field.offers.key: offered[-1], **row}
    return row


def correction_from_posted(
    form: type[Form], posted: Posted, shown: Mapping[str, Any], path: str = ""
) -> dict[str, Any]:
    """Return the merge patch of facts that a page has shown as `shown` and got back.

    What was emptied is null. A mask in a field that is typed comes back as it is; a day or a choice that is masked
    shows nothing, and stays where nothing is chosen.
    """
    given = _kept(form, from_posted(form, posted, path), posted, shown, path)
    return _emptied(form, given, shown)


def _kept(form: type[Form], given: dict[str, Any], posted: Posted, shown: Any, path: str) -> dict[str, Any]:
    """What was posted of a group, with the masks that its fields could not show."""
    seen = shown if isinstance(shown, Mapping) else {}
    kept = dict(given)
    for name, field in form.form_fields():
        value, at = seen.get(name), join(path, name)
        if isinstance(field, Nested):
            inner = _kept(field.form, given.get(name, {}), posted, value, at)
            if inner:
                kept[name] = inner
        elif isinstance(field, Many) and isinstance(value, list):
            if rows := _kept_rows(field, given.get(name, []), posted, value, at):
                kept[name] = rows
        elif name not in given and value is not None and field.sensitive and field.kind in _CHOSEN:
            kept[name] = value
    return kept


def _kept_rows(field: Many, given: list[Any], posted: Posted, shown: list[Any], path: str) -> list[Any]:
    item = field.item
    if not isinstance(item, Nested):
        masked = [one for one in shown if item.kind in _CHOSEN and item.sensitive and one not in given]
        return [*(one for one in masked if not _can_be_chosen(item, one)), *given]
    numbers = [at for at in _rows(posted, path) if from_posted(item.form, posted, join(path, at))]
    return [
        _kept(item.form, row, posted, shown[at] if at < len(shown) else {}, join(path, at))
        for at, row in zip(numbers, given, strict=True)
    ]


def _can_be_chosen(field: FormField, value: Any) -> bool:
    return isinstance(field, Choice) and value in field.options


def _emptied(form: type[Form], given: dict[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """With null for what was there and is not any more."""
    patch = dict(given)
    for name, field in form.form_fields():
        if shown.get(name) in (None, [], {}):
            continue
        if name not in given:
            patch[name] = None
        elif isinstance(field, Nested):
            patch[name] = _emptied(field.form, given[name], shown[name])
    return patch


def _rows(posted: Posted, path: str) -> list[int]:
    """The numbers of the rows of which something was posted, in their order."""
    begins = f"{path}."
    found = (_ROW.match(name[len(begins) :]) for name in posted if name.startswith(begins))
    return sorted({int(match[1]) for match in found if match})[:_MOST_ROWS]
