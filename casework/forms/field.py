"""What every field of a form has: title, when it must be known, whether it is sensitive, JSON Schema."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Literal

from marshmallow import ValidationError, fields, missing

from casework.forms.example_data import ExampleData
from casework.forms.validation_errors import fault
from casework.rules import folding
from casework.rules.text import Language, Text, in_language

TODAY: Final[ContextVar[date]] = ContextVar("today")
"""The day for which the form that is being checked is checked; set by `Form.check`, one for each thread."""

MASK: Final = "***"
"""How a sensitive value is shown whose kind has no mask of its own."""


AskedOf = Literal["both", "applicant", "office"]
"""Who is asked for a field: the person who applies, the office, or both."""


@dataclass(frozen=True, slots=True)
class When:
    """A field is shown where the one at `path` has one of these `values`.

    The path is a name beside the field, or one from the top of the form; what is not known yet shows nothing more.
    """

    path: str
    values: frozenset[str]

    def holds(self, beside: Any, top: Any) -> bool:
        """Whether it is shown among these values beside it and from the top."""
        found = _at(beside, self.path)
        said = _at(top, self.path) if found is None else found
        return bool(self.values.intersection(map(_code, said if isinstance(said, list) else [said])))


def when(path: str, *values: str) -> When:
    """Shown where the field at this path has one of these values; `true` and `false` for yes and no."""
    return When(path, frozenset(values))


def _at(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _code(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class FormField(fields.Field[Any]):
    """A field that is read strictly. Absent, null and (for texts) blank all mean: not known.

    `required` refuses the unknown at once; `needed_by` names the transition until which the value may follow.
    `or_else` names the field beside it that will do instead.
    A `sensitive` value leaves the open facts and is shown there by its mask. What people write in their own words is
    sensitive unless `open_because` says why it may lie open (docs/decisions/0045). `example` is a JSON value, in which
    a `Text` stands for what people write, or a function of the `Inventor` that gives one; without it the kind of field
    invents its own.

    `ask` is the question in plain words and `help` how to answer it; where they are not written, `question` and `hint`
    come from title and kind. `asked_of` says who can know it, and `shown_when` where it means something. `unit`,
    `width` (characters), `input_mode` and `autocomplete` are those of the kind unless said otherwise.
    """

    question_of: ClassVar[Text] = Text("请填写{title}", "{title}: what is it?")
    """The question about a field of this kind whose own is not written."""
    hint_of: ClassVar[Text] = Text("写一行即可。", "One line is enough.")
    """How a field of this kind is answered."""
    unit_of: ClassVar[Text | None] = None
    width_of: ClassVar[int | None] = None
    input_mode_of: ClassVar[str | None] = None
    autocomplete_of: ClassVar[str | None] = None

    kind: ClassVar[str] = "line"
    """How it is asked for, such as `line`, `day` or `choice`; `x-kind` of the schema."""
    json_types: ClassVar[tuple[str, ...]] = ("string",)
    coded: ClassVar[bool] = False
    """Whether what it takes is chosen, counted or registered, so that nobody can write anything else into it."""
    free: ClassVar[bool] = False
    """Whether people write into it what they like: such a field is sealed unless it says why not."""
    always_open_because: ClassVar[str | None] = None
    """Why every field of this kind may lie open, unless it is marked as sensitive."""
    longest: int = 200
    """How many characters a text may have, space around it included; looked at before anything else."""

    def __init__(
        self,
        *,
        title: Text,
        required: bool = False,
        help: Text | None = None,
        sensitive: bool = False,
        open_because: str | None = None,
        needed_by: str | None = None,
        or_else: str | None = None,
        example: Any = None,
        ask: Text | None = None,
        asked_of: AskedOf = "both",
        shown_when: When | None = None,
        unit: Text | None = None,
        width: int | None = None,
        input_mode: str | None = None,
        autocomplete: str | None = None,
    ) -> None:
        if required and needed_by:
            raise ValueError(f"{title.en}: a field that is required at once cannot follow by {needed_by}")
        if sensitive and open_because:
            raise ValueError(f"{title.en}: a field that is sensitive does not lie open")
        super().__init__(required=required, allow_none=not required)
        self.title = title
        self.help = help
        self.open_because = None if sensitive else open_because or self.always_open_because
        self.sensitive = sensitive or (self.free and self.open_because is None)
        self.needed_by = needed_by
        self.or_else = or_else
        self.example = example
        self.ask = ask
        self.asked_of = asked_of
        self.shown_when = shown_when
        self.unit = unit or self.unit_of
        self.width = width or self.width_of
        self.input_mode = input_mode or self.input_mode_of
        self.autocomplete = autocomplete or self.autocomplete_of

    @property
    def question(self) -> Text:
        """How it is asked for in plain words: as was written, else by its title."""
        return self.ask or self.question_of.with_(title=self.title)

    @property
    def hint(self) -> Text:
        """How it is answered: as was written, else as any field of its kind."""
        return self.help or self.hint_of

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The clean value of a JSON value that is there; raises what `wrong` gives."""

    @abstractmethod
    def invent(self, example_data: ExampleData) -> Any:
        """A JSON value that this field accepts today."""

    @abstractmethod
    def shape(self, language: Language) -> dict[str, Any]:
        """The JSON Schema keywords of this kind of field, without those that all fields share."""

    def plain(self, value: Any) -> Any:
        """The JSON value under which a clean value is stored."""
        return value

    def mask(self, value: Any) -> Any:
        """What people see of a stored value who have not asked to see it in full."""
        return MASK

    def from_posted(self, values: Sequence[str]) -> Any:
        """The JSON value of what a page has posted under this field's name; None where nothing was filled in."""
        text = values[-1] if values else ""
        return text if text.strip() else None

    def in_words(self, value: Any) -> Text:
        """A stored value, masked or not, as people read it."""
        return Text(str(value), str(value))

    def with_unit(self, told: str) -> Text:
        """A number with the unit of the field, if it has one."""
        return Text(f"{told} {self.unit.zh}", f"{told} {self.unit.en}") if self.unit else Text(told, told)

    def lay_open(self, value: Any, path: str, sealed: dict[str, Any]) -> Any:
        """The stored value as it may lie open; a sensitive one goes into `sealed` under its path."""
        if not self.sensitive:
            return value
        sealed[path] = value
        return self.mask(value)

    def wrong(self, code: str, **parameters: Any) -> ValidationError:
        """The error to raise for a value that is not acceptable; the code has its sentence in `faults`."""
        return ValidationError([fault(code, **parameters)])

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **_: Any) -> Any:
        """The clean value, or marshmallow's `missing` for what is not known.

        What is longer than anything that the field takes, or piles marks on a letter, is refused before it is read:
        to fold it or to look for patterns in it may take a worker minutes.
        """
        if isinstance(value, str) and "string" in self.json_types:
            if len(value) > self.longest:
                raise self.wrong("too_long", most=self.longest)
            if (at := folding.surplus(value)) is not None:
                raise self.unreadable(value, at)
        if value is missing or self.says_nothing(value):
            if self.required:
                raise self.wrong("required")
            return missing
        if self.sensitive and value == MASK:
            raise self.wrong("masked")
        return self.read(value)

    def says_nothing(self, value: Any) -> bool:
        """Null, or a blank text where a text is expected."""
        if isinstance(value, str):
            return "string" in self.json_types and (not value or value.isspace())
        return value is None

    def text(self, value: Any) -> str:
        """The value without surrounding space; what is not a text is refused."""
        if not isinstance(value, str):
            raise self.wrong("not_text")
        return value.strip()

    def unreadable(self, text: str, at: int) -> ValidationError:
        """The fault of a sign that cannot be read, at an index of the text: its code point, line and place in it."""
        before = text[:at]
        line, place = before.count("\n") + 1, at - before.rfind("\n")
        return self.wrong("unreadable", sign=f"U+{ord(text[at]):04X}", line=line, place=place)

    def example_from(self, example_data: ExampleData) -> Any:
        """A JSON value to show: the one given with the field, else an invented one."""
        if self.example is None:
            return self.invent(example_data)
        given: Callable[[ExampleData], Any] | Any = self.example
        return given(example_data) if callable(given) else in_language(given, example_data.language)

    def schema(self, language: Language) -> dict[str, Any]:
        """The field in JSON Schema, with title and description in the reader's language."""
        types = list(self.json_types) if self.required else [*self.json_types, "null"]
        said: dict[str, Any] = {
            "type": types[0] if len(types) == 1 else types,
            "title": self.title.in_(language),
            "description": self.hint.in_(language),
            "x-kind": self.kind,
            "x-ask": self.question.in_(language),
        }
        said |= self.shape(language)
        said |= self._of_pages(language)
        if self.sensitive:
            said["x-sensitive"] = True
        if self.needed_by is not None:
            said["x-needed-by"] = self.needed_by
        if self.or_else is not None:
            said["x-or-else"] = self.or_else
        return said

    def _of_pages(self, language: Language) -> dict[str, Any]:
        """What a page needs to know to ask for it, where there is something to say."""
        told = {
            "x-asked-of": None if self.asked_of == "both" else self.asked_of,
            "x-shown-when": self.shown_when
            and {"path": self.shown_when.path, "values": sorted(self.shown_when.values)},
            "x-unit": self.unit and self.unit.in_(language),
            "x-width": self.width,
            "x-input-mode": self.input_mode,
            "x-autocomplete": self.autocomplete,
        }
        return {name: value for name, value in told.items() if value is not None}

    def whole(self, pattern: str) -> str:
        """A pattern for the whole text, as JSON Schema wants it; blank is allowed where unknown is."""
        return f"^(?:{pattern})$" if self.required else f"^(?:{pattern})?$"
