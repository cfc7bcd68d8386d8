"""How a form is asked of those who fill it in by themselves: in parts, one thing after the other, in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casework.forms.field import FormField, When
from casework.forms.form import Form, Many, Nested
from casework.forms.validation_errors import join
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text

_FIRST = Text("申请事项", "The request")
_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Ask:
    """A field, group or list of rows that is asked for: by `question` where that is plainer than its title.

    `help` stands beside it. It is asked for only `where` the field of this path has one of these values. What is not
    said here is as the field says it.
    """

    path: str
    question: Text | None = None
    help: Text | None = None
    where: When | None = None

    def asked(self, values: Mapping[str, Any]) -> bool:
        """Whether it is asked for by what was filled in so far; what is not known yet asks for nothing more."""
        return self.where is None or self.where.holds(value_at(values, self.path.rpartition(".")[0]), values)

    def of(self, form: type[Form]) -> "Ask":
        """The same, with what the field says where nothing is said here."""
        found = field_at(form, self.path)
        if found is None:
            return self
        question, said = self.question or found.question, self.help or found.hint
        return replace(self, question=question, help=said, where=self.where or found.shown_when)


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked for together, on a page of its own; `summary` says in few words what it is about."""

    key: str
    title: Text
    summary: Text
    asks: tuple[Ask, ...]

    def asked(self, values: Mapping[str, Any]) -> tuple[Ask, ...]:
        """What of it is asked for by what was filled in so far."""
        return tuple(one for one in self.asks if one.asked(values))


@dataclass(frozen=True, slots=True)
class Application:
    """How a programme is applied for by those whom it helps: `lead` says what it is, `ready` what to have at hand."""

    lead: Text
    ready: Text
    parts: tuple[Part, ...] = field(default=())

    def of(self, form: type[Form]) -> tuple[Part, ...]:
        """The parts; where none were written, one for what stands in no group and one for each group of the form."""
        parts = self.parts or tuple(_derived(form))
        return tuple(replace(part, asks=tuple(ask.of(form) for ask in part.asks)) for part in parts)


def faults_of(application: Application, form: type[Form]) -> list[str]:
    """Return in sentences what is wrong with the parts: a path that is no field, a required field not asked for."""
    paths = [ask.path for part in application.of(form) for ask in part.asks]
    strange = [f"{path} is no field of {form.__name__}" for path in paths if field_at(form, path) is None]
    strange += [f"{path} is for the office to know" for path in paths if _is_of_office(form, path)]
    missing = [
        f"{path} is required and not asked for"
        for path in _required(form)
        if not any(path == one or path.startswith(f"{one}.") for one in paths)
    ]
    return strange + missing


def field_at(form: type[Form], path: str) -> FormField | None:
    """Return the field at a path through groups; None where there is none."""
    first, _, rest = path.partition(".")
    found = dict(form.form_fields()).get(first)
    if found is None or not rest:
        return found
    return field_at(found.form, rest) if isinstance(found, Nested) else None


def value_at(values: Any, path: str) -> Any:
    """Return what stands at a path through groups, the whole at none; None where there is nothing."""
    for step in path.split(".") if path else ():
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _is_of_office(form: type[Form], path: str) -> bool:
    steps = path.split(".")
    found = [field_at(form, ".".join(steps[: at + 1])) for at in range(len(steps))]
    return any(one is not None and one.asked_of == "office" for one in found)


def check_part(form: type[Form], payload: Any, paths: Sequence[str], today: date) -> list[Fault]:
    """Return what is wrong with these fields and the rules among them; what else is missing is no fault yet."""
    try:
        form.check(_with_groups(form, payload, paths), today=today)
    except Invalid as wrong:
        return [one for one in wrong.faults if any(one.path == at or one.path.startswith(f"{at}.") for at in paths)]
    return []


def _with_groups(form: type[Form], payload: Any, paths: Sequence[str]) -> Any:
    """The payload with the required groups of these fields there, so that a fault names the field and not its group."""
    groups = {path.partition(".")[0] for path in paths if "." in path}
    needed: dict[str, Any] = {name: {} for name, one in form.form_fields() if name in groups and one.required}
    return {**needed, **payload} if isinstance(payload, Mapping) else payload


def _required(form: type[Form], path: str = "") -> Iterator[str]:
    for name, one in form.form_fields():
        if one.required:
            if isinstance(one, Nested):
                yield from _required(one.form, join(path, name))
            else:
                yield join(path, name)


def _derived(form: type[Form]) -> Iterator[Part]:
    asked = [(name, one) for name, one in form.form_fields() if one.asked_of != "office"]
    alone = [name for name, one in asked if not isinstance(one, Nested) and not _rows(one)]
    if alone:
        yield Part("request", _FIRST, _NOTHING, tuple(Ask(name) for name in alone))
    for name, one in asked:
        if name not in alone:
            yield Part(name, one.title, _NOTHING, (Ask(name),))


def _rows(one: FormField) -> bool:
    return isinstance(one, Many) and isinstance(one.item, Nested)
