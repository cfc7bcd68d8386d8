"""The fields of a page as the JSON that a form reads: `arrears.0.amount` becomes a row of a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested
from casework.forms.validation_errors import join

Posted = Mapping[str, Sequence[str]]
"""What was posted: the values of each name, in their order."""
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
            return [row for at in _rows(posted, path) if (row := from_posted(item.form, posted, join(path, at)))]
        return [one for said in posted.get(path, ()) if (one := item.from_posted([said])) is not None]
    return field.from_posted(posted.get(path, ()))


def _rows(posted: Posted, path: str) -> list[int]:
    """The numbers of the rows of which something was posted, in their order."""
    begins = f"{path}."
    found = (_ROW.match(name[len(begins) :]) for name in posted if name.startswith(begins))
    return sorted({int(match[1]) for match in found if match})[:_MOST_ROWS]
