"""The worst megabyte for each field of each form: refused by name, and never folded or searched."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pytest

from casework.api.endpoint import ENDPOINTS
from casework.forms.field import FormField
from casework.forms.form import Form, Many, Nested, declared
from casework.rules import folding
from casework.rules.refusals import Invalid
from casework.work import workflow_registry

TODAY: Final = date(2026, 3, 2)
LONGEST: Final = 10_000
MEBIBYTE: Final = 1_048_576
PILED: Final = "王" + "\u0301\u0323" * 40
LONG: Final = {
    "marks": "王" + "\u0301\u0323" * (MEBIBYTE // 4),
    "marks of half width": "が" + "\uff9e\u0f73" * (MEBIBYTE // 6),
    "digits": "9" * MEBIBYTE,
    "blanks": " " * MEBIBYTE,
    "letters and blanks": "a " * (MEBIBYTE // 2),
    "rare Han": "\U00020000" * (MEBIBYTE // 4),
    "dots": "王·" * (MEBIBYTE // 5),
    "one more than the longest": "王" * (LONGEST + 1),
}
ROWS: Final = [[None] * (MEBIBYTE // 5), [{}] * (MEBIBYTE // 3), ["王"] * (MEBIBYTE // 6)]


def forms() -> dict[str, type[Form]]:
    """Every form that somebody outside may fill in: of both programmes, of the API, and of its addresses."""
    found: dict[str, Any] = {}
    for workflow in workflow_registry.latest():
        needed = {f"{workflow.key} {edge.name}": edge.needs for edge in workflow.transitions if edge.needs}
        found |= {f"{workflow.key} intake": workflow.intake, **needed}
    for one in ENDPOINTS:
        found |= {f"{one.method} {one.path} body": one.body, f"{one.method} {one.path} query": one.query}
    return {name: form for name, form in found.items() if isinstance(form, type) and issubclass(form, Form)}


def worst(field: FormField) -> Iterator[tuple[Any, str]]:
    """Values of a megabyte for a field, and the code by which each is refused."""
    if isinstance(field, Many):
        yield from ((rows, "too_many") for rows in ROWS)
    elif isinstance(field, Nested):
        yield from ((rows, "type") for rows in ROWS)
        yield {"x" * MEBIBYTE: 1}, "unknown"
    elif "string" in field.json_types:
        yield from ((text, "too_long") for text in LONG.values())
        if field.longest >= len(PILED):
            yield PILED, "unreadable"
    else:
        yield from ((text, "") for text in LONG.values())
        yield 10**39, ""


def at(path: str, value: Any) -> Any:
    """A body in which a value stands at a path, in two rows where that goes through rows."""
    step, _, rest = path.partition(".")
    inner = at(rest, value) if rest else value
    return [inner, inner] if step == "*" else {step: inner}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """No field reads what is longer than it may be, and nothing is put into a normal form that would take long."""
    normalize = unicodedata.normalize

    def normalized(form: Any, text: str) -> str:
        assert len(text) <= LONGEST
        assert folding.surplus(text) is None
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalized)
    for kind in kinds():
        if "read" in vars(kind):
            monkeypatch.setattr(kind, "read", reads_short(kind.read))


def kinds() -> set[Any]:
    """Every kind of field that some form has."""
    fields = (field for form in forms().values() for _, field in declared(form))
    return {kind for field in fields for kind in type(field).__mro__ if issubclass(kind, FormField)}


def reads_short(read: Any) -> Any:
    def reads(field: FormField, value: Any) -> Any:
        assert not isinstance(value, str) or len(value) <= field.longest or "string" not in field.json_types
        return read(field, value)

    return reads


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("name", forms())
def test_the_worst_megabyte_in_any_field_is_refused_before_it_is_read(name: str) -> None:
    form = forms()[name]
    for path, field in declared(form):
        assert field.longest <= LONGEST
        for value, code in worst(field):
            with pytest.raises(Invalid) as refused:
                form.check(at(path, value), today=TODAY)
            here = path.replace("*", "0")
            found = {one.code for one in refused.value.faults if f"{one.path}.".startswith(f"{here}.")}
            assert found, path
            assert not code or code in found, path


def test_every_sign_that_is_ordered_behind_its_letter_is_a_mark() -> None:
    for code in range(0x300, 0x110000):
        first = unicodedata.normalize("NFKD", chr(code))[0]
        if unicodedata.combining(first):
            assert folding.surplus("a" + chr(code) * 31) == 31, hex(code)


def test_marks_beyond_the_thirtieth_are_left_out_and_no_others() -> None:
    assert folding.normal("NFC", "a" + "\u0323\u0301" * 15) == unicodedata.normalize("NFC", "a" + "\u0323\u0301" * 15)
    assert folding.plain("q" + "\u0323" * 200_000 + "z") == "q" + "\u0323" * 30 + "z"
    assert folding.plain(folding.plain("q" + "\u0344" * 40)) == folding.plain("q" + "\u0344" * 40)
