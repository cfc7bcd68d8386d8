"""`Form`: fields that somebody fills in, checked together, with `Nested` groups and `Many` rows."""

import copy
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, ClassVar, Final, cast

from marshmallow import RAISE, Schema, ValidationError, validates_schema

from casework.forms.cross_field import Rule
from casework.forms.example_data import ExampleData
from casework.forms.field import TODAY, FormField
from casework.forms.layout import Offers, Section
from casework.forms.validation_errors import fault, invalid, join
from casework.rules.grammar import Needs, Workflow
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Language, Text

_OR: Final = Text("{this}或者{other}", "{this} or {other}")


class Form(Schema):
    """Base of all forms. Unknown fields are refused, and every fault is named at once."""

    sections: ClassVar[tuple[Section, ...]] = ()
    """How pages and prints lay it out; without any, what stands in no group first, then group by group."""

    class Meta:
        unknown = RAISE
        register = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages: dict[str, Any] = {"type": fault("type"), "unknown": fault("unknown")}
        named = inspect.getmembers(type(self), lambda member: isinstance(member, Rule))
        self.rules: tuple[Rule, ...] = tuple(one for _, one in named)
        for one in self.rules:
            for name in one.mentions() - self.fields.keys():
                raise ValueError(f"{type(self).__name__}: rule {one.code} mentions {name}, which is no field")

    @classmethod
    @cache
    def instance(cls) -> "Form":
        """The one object of this class; building a schema costs more than checking with it."""
        return cls()

    @classmethod
    def field_names(cls) -> frozenset[str]:
        """The names of the fields at the top."""
        return frozenset(cls.instance().fields)

    @classmethod
    def form_fields(cls) -> Iterator[tuple[str, FormField]]:
        """The fields at the top by name, in the order in which they are written."""
        return cast("Iterator[tuple[str, FormField]]", iter(cls.instance().fields.items()))

    def field(self, name: str) -> FormField:
        """The field of a name at the top."""
        return cast("FormField", self.fields[name])

    @classmethod
    def check(cls, payload: Any, *, today: date) -> dict[str, Any]:
        """The clean values (date, Decimal, UUID, str, bool, int) of a JSON value, without what is not known.

        Raises `Invalid` with every fault (the first hundred of a longer list), and nothing else.
        """
        token = TODAY.set(today)
        try:
            return cast("dict[str, Any]", cls.instance().load(payload))
        except ValidationError as error:
            faults = invalid(error.messages).faults
            raise Invalid([replace(one, title=cls.title_at(one.path)) for one in faults]) from None
        finally:
            TODAY.reset(token)

    @classmethod
    def title_at(cls, path: str) -> Text | None:
        """What the field at a path is called, with those above it and the numbers of rows; None where there is none."""
        told: Text | None = None
        at: type[Form] | None = cls
        for part in path.split("."):
            if part.isascii() and part.isdecimal():
                row = int(part) + 1
                told = Text(f"{told.zh}第 {row} 行", f"{told.en}, row {row}") if told else None
                continue
            fields = dict(at.form_fields()) if at else {}
            if part not in fields:
                return told
            found = fields[part]
            inner = found.item if isinstance(found, Many) else found
            at = inner.form if isinstance(inner, Nested) else None
            told = Text(f"{told.zh}：{found.title.zh}", f"{told.en}: {found.title.en}") if told else found.title
        return told

    @classmethod
    def plain(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Clean values as JSON values, as they are stored; `check` takes them again."""
        form = cls.instance()
        return {name: form.field(name).plain(value) for name, value in data.items()}

    @classmethod
    def split(cls, clean: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Clean values as they are stored, sensitive ones masked, and those in full by path (`members.0.phone`)."""
        sealed: dict[str, Any] = {}
        return cls.lay_open(cls.plain(clean), "", sealed), sealed

    @classmethod
    def lay_open(cls, data: Mapping[str, Any], path: str, sealed: dict[str, Any]) -> dict[str, Any]:
        """Stored values as they may lie open, sensitive ones put into `sealed`; what is no field passes untouched."""
        fields = dict(cls.form_fields())
        return {
            name: fields[name].lay_open(value, join(path, name), sealed) if name in fields else value
            for name, value in data.items()
        }

    @classmethod
    def missing(cls, facts: Mapping[str, Any], transition: str) -> list[tuple[str, Text]]:
        """Paths and titles of what is still unknown and had to be known by this transition; or what will do instead."""
        if transition not in cls.awaited():
            return []
        found = list(walk(cls, facts))
        titles = {path: field.title for path, field, _ in found}
        known = {path for path, _, value in found if value is not None}
        return [
            (path, _OR.with_(this=field.title, other=titles[beside]) if beside else field.title)
            for path, field, value in found
            if field.needed_by == transition and value is None
            if (beside := _beside(path, field.or_else)) not in known
        ]

    @classmethod
    @cache
    def awaited(cls) -> frozenset[str | None]:
        """The transitions that some field waits for; most wait for none, and nothing need be walked for them."""
        return frozenset(field.needed_by for _, field in declared(cls))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A payload that `check` accepts on the example_data's day; override it where fields must agree."""
        return {name: field.example_from(example_data) for name, field in cls.form_fields()}

    @classmethod
    def schema(cls, language: Language) -> dict[str, Any]:
        """The form as a JSON Schema object, everything inside it written out."""
        named = list(cls.form_fields())
        laid_out = [section.schema(language) for section in cls.sections]
        return {
            "type": "object",
            "properties": {name: field.schema(language) for name, field in named},
            "required": [name for name, field in named if field.required],
            "additionalProperties": False,
        } | ({"x-sections": laid_out} if laid_out else {})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _ask_the_rules(self, data: Any, payload: Any, **_: Any) -> None:
        faults: dict[str, list[Fault]] = {}
        fields = cast("dict[str, FormField]", self.fields)
        if isinstance(payload, Mapping):
            for one in self.rules:
                if (where := one.broken(self, fields, data, payload)) is not None:
                    faults.setdefault(where, []).append(Fault("", one.code, one.text))
        if faults:
            raise ValidationError(cast("dict[str, Any]", faults))


class Nested(FormField):
    """A form within the form, such as the applicant."""

    question_of = Text("{title}：请填写以下各项", "{title}: please fill in")
    hint_of = Text("知道多少填多少。", "As far as it is known.")
    kind = "group"
    json_types = ("object",)
    coded = True

    def __init__(self, form: type[Form], **common: Any) -> None:
        super().__init__(**common)
        if self.sensitive:
            raise ValueError(f"{self.title.en}: mark the fields inside as sensitive, not the group")
        self.form = form

    def read(self, value: Any) -> dict[str, Any]:
        try:
            return cast("dict[str, Any]", self.form.instance().load(value))
        except ValidationError as error:
            # A new error, because marshmallow would otherwise keep the half that was right as the value.
            raise ValidationError(error.messages) from None

    def plain(self, value: Any) -> dict[str, Any]:
        return self.form.plain(value)

    def lay_open(self, value: Any, path: str, sealed: dict[str, Any]) -> dict[str, Any]:
        return self.form.lay_open(value, path, sealed)

    def invent(self, example_data: ExampleData) -> dict[str, Any]:
        return self.form.example(example_data)

    def shape(self, language: Language) -> dict[str, Any]:
        return {key: said for key, said in self.form.schema(language).items() if key != "type"}


class Many(FormField):
    """A list of rows (a form) or of single values (a field); at most 200 unless `most` says otherwise.

    `row_title` is what one row is called, `sums` the field of a row that is added up, `first_rows` how many rows an
    empty list begins with, and `offers` what may be ticked instead of typed.
    """

    question_of = Text("有哪些{title}？", "{title}: which are there?")
    hint_of = Text("一项一行，没有就不填。", "A row for each; none where there is none.")
    kind = "rows"
    json_types = ("array",)
    coded = True

    def __init__(
        self,
        item: type[Form] | FormField,
        *,
        least: int = 0,
        most: int = 200,
        row_title: Text | None = None,
        sums: str | None = None,
        first_rows: int = 1,
        offers: Offers | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.row_title = row_title
        self.sums = sums
        self.first_rows = first_rows
        self.offers = offers
        if self.sensitive:
            raise ValueError(f"{self.title.en}: mark the item or its fields as sensitive, not the list")
        if isinstance(item, FormField):
            self.item = copy.copy(item)
            self.item.required = True
        else:
            self.item = Nested(item, title=self.title, required=True)
        self.least = least
        self.most = most

    def read(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.wrong("not_list")
        if len(value) > self.most:
            raise self.wrong("too_many", most=self.most)
        if len(value) < self.least:
            raise self.wrong("too_few", least=self.least)
        clean: list[Any] = []
        faults: dict[int, Any] = {}
        for index, row in enumerate(value):
            try:
                clean.append(self.item.deserialize(row))
            except ValidationError as error:
                faults[index] = error.messages
        if faults:
            raise ValidationError(cast("dict[str, Any]", faults))
        return clean

    def plain(self, value: Any) -> list[Any]:
        return [self.item.plain(row) for row in value]

    def lay_open(self, value: Any, path: str, sealed: dict[str, Any]) -> list[Any]:
        return [self.item.lay_open(row, join(path, index), sealed) for index, row in enumerate(value)]

    def invent(self, example_data: ExampleData) -> list[Any]:
        rows = min(max(1, self.least), self.most)
        return [self.item.example_from(example_data.someone_else()) for _ in range(rows)]

    def shape(self, language: Language) -> dict[str, Any]:
        shape: dict[str, Any] = {"items": self.item.schema(language), "maxItems": self.most}
        told = {
            "minItems": self.least or None,
            "x-row-title": self.row_title and self.row_title.in_(language),
            "x-sum": self.sums,
            "x-first-rows": self.first_rows if self.first_rows > 1 else None,
            "x-offers": self.offers and self.offers.schema(language),
        }
        return shape | {name: value for name, value in told.items() if value is not None}


def _beside(path: str, name: str | None) -> str | None:
    """The path of the field of this name in the same group."""
    return join(path.rpartition(".")[0], name) if name else None


def walk(form: type[Form], facts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, FormField, Any]]:
    """Every field with its path and value (None: unknown); into groups and rows only where they are there."""
    for name, field in form.form_fields():
        yield from _walk_field(field, facts.get(name), join(path, name))


def _walk_field(field: FormField, value: Any, path: str) -> Iterator[tuple[str, FormField, Any]]:
    yield path, field, value
    if isinstance(field, Nested) and value is not None:
        yield from walk(field.form, value, path)
    elif isinstance(field, Many) and value is not None:
        for index, row in enumerate(value):
            yield from _walk_field(field.item, row, join(path, index))


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


def form_of(needs: type[Needs]) -> type[Form]:
    """Return the form of what is needed; the rules know it only as something that checks."""
    assert issubclass(needs, Form)
    return needs


def intake_of(workflow: Workflow) -> type[Form]:
    """Return the form by which cases of a workflow are opened."""
    return form_of(workflow.intake)
