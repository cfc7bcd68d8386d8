"""What must not lie open: taking sensitive values out of the facts, and putting them back.

Everything here works on plain values, as `Form.plain` gives them; facts that are no fields of the form (a
transition may add some) pass untouched.
"""

from collections.abc import Mapping
from typing import Any

from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested
from casework.forms.validation_errors import join


def split_sensitive(form: type[Form], data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts with masks in place of the sensitive values, and those values by path (`members.0.phone`)."""
    sealed: dict[str, Any] = {}
    return form.lay_open(data, "", sealed), sealed


def join_sensitive(form: type[Form], open_data: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with their sensitive values again; where a path has no sealed value, its mask stays."""
    return _joined_group(form, open_data, "", sealed)


def _joined_group(form: type[Form], data: Mapping[str, Any], path: str, sealed: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(form.form_fields())
    return {
        name: _joined(fields[name], value, join(path, name), sealed) if name in fields else value
        for name, value in data.items()
    }


def _joined(field: FormField, value: Any, path: str, sealed: Mapping[str, Any]) -> Any:
    if isinstance(field, Nested):
        return _joined_group(field.form, value, path, sealed)
    if isinstance(field, Many):
        return [_joined(field.item, row, join(path, index), sealed) for index, row in enumerate(value)]
    return sealed.get(path, value) if field.sensitive else value
