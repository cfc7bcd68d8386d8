"""Where a form has what: the paths of what is sensitive and of what a transition needs to know."""

from casework.forms.field import FormField
from casework.forms.form import Form, declared
from casework.rules.text import Text


def needed_by(form: type[Form], transition: str) -> list[tuple[str, Text]]:
    """Paths and titles of what must be known by a transition, `*` standing for any row."""
    return [(path, field.title) for path, field in declared(form) if field.needed_by == transition]


def sensitive_paths(form: type[Form]) -> tuple[str, ...]:
    """The paths of the sensitive fields, `*` standing for any row: `members.*.identity_number`."""
    return tuple(path for path, field in declared(form) if field.sensitive)


def in_own_words(form: type[Form]) -> dict[str, FormField]:
    """The fields by path into which people write what they like, or may name somebody: no code, no day, no amount."""
    return {path: field for path, field in declared(form) if not field.coded}
