"""Where a form has what: its fields at any depth, and what a transition needs to know."""

from collections.abc import Iterator

from casework.forms.faults import join
from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested
from casework.rules.text import Text


def declared(form: type[Form], path: str = "") -> Iterator[tuple[str, FormField]]:
    """Every field at any depth with its path, `*` standing for any row."""
    for name, field in form.form_fields():
        yield from _declared_field(field, join(path, name))


def _declared_field(field: FormField, path: str) -> Iterator[tuple[str, FormField]]:
    yield path, field
    if isinstance(field, Nested):
        yield from declared(field.form, path)
    elif isinstance(field, Many):
        yield from _declared_field(field.item, join(path, "*"))


def needed_by(form: type[Form], transition: str) -> list[tuple[str, Text]]:
    """Paths and titles of what must be known by a transition, `*` standing for any row."""
    return [(path, field.title) for path, field in declared(form) if field.needed_by == transition]


def sensitive_paths(form: type[Form]) -> tuple[str, ...]:
    """The paths of the sensitive fields, `*` standing for any row: `members.*.identity_number`."""
    return tuple(path for path, field in declared(form) if field.sensitive)
