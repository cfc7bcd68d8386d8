"""A form as a self-contained JSON Schema (draft 2020-12)."""

from collections.abc import Mapping
from typing import Any, Final

from casework.forms.form import Form
from casework.rules.text import Language

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema(form: type[Form], language: Language, example: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The schema with titles in the reader's language; `example`, when given, is its `examples[0]`.

    Beyond the standard's words it says `x-sensitive`, `x-needed-by` (the transition until which a value may
    follow), `x-not-before`, `x-not-after` and `x-roles`. What no schema can say (checksums, rules across
    fields, whether a day exists) only `Form.check` knows.
    """
    schema = {"$schema": DIALECT, **form.schema(language)}
    return schema if example is None else schema | {"examples": [example]}
