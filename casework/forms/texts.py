"""Fields for words: one line, several lines, a person's name, a code, a choice, a user, a channel."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from casework.forms.example_data import ExampleData
from casework.forms.field import MASK, FormField
from casework.forms.validation_errors import INVISIBLE, SURROGATES
from casework.rules import folding
from casework.rules.identifiers import mask_name
from casework.rules.publishing import personal_number
from casework.rules.text import Language, Text

_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
_BETWEEN: Final = "\u00b7\u2022\u2027\u30fb '\u2019\\-"
NAME_PATTERN: Final = f"[{_HAN}{_LATIN}][{_HAN}{_LATIN}{_BETWEEN}]{{0,48}}[{_HAN}{_LATIN}]"
EMAIL_PATTERN: Final = r"[0-9A-Za-z][0-9A-Za-z._%+\-]*@[0-9A-Za-z][0-9A-Za-z\-]*(?:\.[0-9A-Za-z][0-9A-Za-z\-]*)+"
_LONGEST_ADDRESS: Final = 200
UUID_PATTERN: Final = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


class Prose(FormField):
    """Words as the database and every page can hold them: folded to plain signs, no controls, no half characters."""

    free = True
    refused_controls: ClassVar[str]
    default_most: ClassVar[int]
    _unreadable: ClassVar[re.Pattern[str]]

    def __init__(self, *, most: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.most = self.longest = self.default_most if most is None else most

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        cls._unreadable = re.compile(f"[{cls.refused_controls}{INVISIBLE}{SURROGATES}]")

    def read(self, value: Any) -> str:
        text = folding.plain(folding.with_line_breaks(self.text(value))).strip()
        if not text and self.required:
            raise self.wrong("required")
        found = [one for one in self._unreadable.finditer(text) if one.group() != "\n"]
        if found:
            raise self.unreadable(text, found[0].start())
        if self._unreadable.search(text):
            raise self.wrong("one_line")
        if len(text) > self.most:
            raise self.wrong("too_long", most=self.most)
        return text

    def invent(self, example_data: ExampleData) -> str:
        return example_data.says(f"{self.title.zh}（示例）", f"{self.title.en} (example)")[: self.most]

    def shape(self, language: Language) -> dict[str, Any]:
        allowed = f"[^{self.refused_controls}{INVISIBLE}]"
        visible = f"[^\\s{self.refused_controls}{INVISIBLE}]"
        pattern = f"^{allowed}*{visible}{allowed}*$" if self.required else f"^{allowed}*$"
        return {"maxLength": self.most, "pattern": pattern} | ({"minLength": 1} if self.required else {})


class Line(Prose):
    """One line of words, 200 characters unless `most` says otherwise."""

    refused_controls = r"\u0000-\u001f"
    default_most = 200


class Word(Line):
    """One line of a question, a setting or a command: of no case, so that nothing is sealed."""

    always_open_because = "It belongs to no case."


class PublicLine(Line):
    """One line that is shown to everybody: without numbers that lead to a person (`rules.publishing`).

    With `landlines` an office may say by which telephone it is reached.
    """

    always_open_because = "It is written for the public, and numbers that lead to a person are refused."

    def __init__(self, *, landlines: bool = False, **common: Any) -> None:
        super().__init__(**common)
        self.landlines = landlines

    def read(self, value: Any) -> str:
        line = super().read(value)
        if what := personal_number(line, landlines=self.landlines):
            raise self.wrong("not_for_the_public", what=what)
        return line


class LongText(Prose):
    """Words on several lines, 10,000 characters unless `most` says otherwise; line ends become `\\n`."""

    question_of = Text("{title}：请写明", "{title}: tell us")
    hint_of = Text("可以分行写。", "It may have several lines.")
    kind = "text"

    refused_controls = r"\u0000-\u0008\u000b\u000c\u000e-\u001f"
    default_most = 10_000


class PersonName(FormField):
    """A name as on the identity document: Han or Latin, 2 to 50 characters; every kind of dot is `·`."""

    question_of = Text("{title}：叫什么名字？", "{title}: what name?")
    hint_of = Text("和身份证上的一样。", "As on the identity card.")
    width_of = 20
    kind = "name"
    always_open_because = "People are found and addressed by their names (docs/decisions/0013)."
    _whole = re.compile(NAME_PATTERN)

    def read(self, value: Any) -> str:
        name = folding.name(self.text(value))
        if not self._whole.fullmatch(name):
            raise self.wrong("masked" if self.sensitive and "*" in name else "person_name")
        return name

    def mask(self, value: Any) -> str:
        return mask_name(value)

    def invent(self, example_data: ExampleData) -> str:
        return example_data.person.name

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(NAME_PATTERN), "maxLength": 50}


USER_PATTERN: Final = r"[0-9A-Za-z][0-9A-Za-z._\-]{0,59}"
"""The id of a user, or a username."""


class Code(FormField):
    """A code such as an organisation's: letters, digits, dot, hyphen, underscore; 40 characters at most."""

    question_of = Text("{title}是什么？", "{title}: which?")
    hint_of = Text("只含字母、数字、点、横线和下划线。", "Letters, digits, dots, hyphens and underscores.")
    width_of = 20
    kind = "code"
    coded = True

    def __init__(self, *, most: int = 40, **common: Any) -> None:
        super().__init__(**common)
        self.most = most
        self.pattern = f"[0-9A-Za-z][0-9A-Za-z._\\-]{{0,{most - 1}}}"

    def read(self, value: Any) -> str:
        code = folding.typed(self.text(value))
        if not re.fullmatch(self.pattern, code):
            raise self.wrong("code", most=self.most)
        return code

    def invent(self, example_data: ExampleData) -> str:
        return "370100"[: self.most]

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(self.pattern), "maxLength": self.most}


class OtherOrg(Code):
    """The code of an organisation that gets a case from another; the work above verifies that there is one."""

    question_of = Text("{title}哪个机构？", "{title}: which office?")
    hint_of = Text("从列出的机构中选择。", "One of the offices listed.")
    kind = "org"

    def invent(self, example_data: ExampleData) -> str:
        return example_data.other_org


class EmailAddress(FormField):
    """A mail address in ASCII, 200 characters at most."""

    question_of = Text("{title}是什么？", "{title}: which address?")
    hint_of = Text("例如 name@example.org。", "Such as name@example.org.")
    width_of = 30
    input_mode_of = "email"
    kind = "email"
    always_open_because = "It is a user's at work, and belongs to no case."

    def read(self, value: Any) -> str:
        address = folding.typed(self.text(value))
        if len(address) > _LONGEST_ADDRESS or not re.fullmatch(EMAIL_PATTERN, address):
            raise self.wrong("email")
        return address

    def invent(self, example_data: ExampleData) -> str:
        return "clerk@example.org"

    def shape(self, language: Language) -> dict[str, Any]:
        return {"pattern": self.whole(EMAIL_PATTERN), "maxLength": _LONGEST_ADDRESS}


class Choice(FormField):
    """One of the codes of a mapping whose values are the titles that people choose by.

    `shown_as` names the codes that tell of illness, injury or violence, each with what lies open in its place: a
    coarser code that the work needs, with its title in `coarse` unless it is an option too, or `MASK`. The others lie
    open. `groups` are titles with their codes, the common ones first, for a choice that is too long to read through.
    """

    question_of = Text("{title}是哪一种？", "{title}: which one?")
    hint_of = Text("选一项。", "Choose one.")
    kind = "choice"
    coded = True

    def __init__(
        self,
        options: Mapping[str, Text],
        *,
        shown_as: Mapping[str, str] | None = None,
        coarse: Mapping[str, Text] | None = None,
        groups: Sequence[tuple[Text, Sequence[str]]] = (),
        **common: Any,
    ) -> None:
        super().__init__(**{**common, "sensitive": True} if shown_as else common)
        if not options:
            raise ValueError(f"{self.title.en}: a choice needs options")
        if groups and sorted(code for _, codes in groups for code in codes) != sorted(options):
            raise ValueError(f"{self.title.en}: each option stands in one of its groups")
        self.groups = tuple((title, tuple(codes)) for title, codes in groups)
        self.options = dict(options)
        self.shown_as = dict(shown_as or {})
        self.coarse = dict(coarse or {})

    def read(self, value: Any) -> str:
        chosen = self.text(value)
        if chosen not in self.options:
            if chosen in self.shown_as.values():
                raise self.wrong("masked")
            told = Text(
                "、".join(f"{code}（{title.zh}）" for code, title in self.options.items()),
                ", ".join(f"{code} ({title.en})" for code, title in self.options.items()),
            )
            raise self.wrong("choice", options=told)
        return chosen

    def mask(self, value: Any) -> str:
        return self.shown_as.get(value, value) if self.shown_as else MASK

    def lay_open(self, value: Any, path: str, sealed: dict[str, Any]) -> Any:
        return value if self.shown_as and value not in self.shown_as else super().lay_open(value, path, sealed)

    def invent(self, example_data: ExampleData) -> str:
        return next(iter(self.options))

    def in_words(self, value: Any) -> Text:
        """The title of the code."""
        return self.options.get(str(value)) or self.coarse.get(str(value)) or super().in_words(value)

    def shape(self, language: Language) -> dict[str, Any]:
        offered: list[dict[str, Any]] = [
            {"const": code, "title": title.in_(language)} for code, title in self.options.items()
        ]
        if not self.required:
            offered.append({"const": None, "title": Text("未知", "not known").in_(language)})
        shape: dict[str, Any] = {"enum": [one["const"] for one in offered], "oneOf": offered}
        groups = [{"title": title.in_(language), "values": list(codes)} for title, codes in self.groups]
        return shape | ({"x-groups": groups} if groups else {})


class OneUser(FormField):
    """A user by id or username; `roles` say who may be named, which the work above verifies and stores as an id."""

    question_of = Text("{title}是谁？", "{title}: who?")
    hint_of = Text("从列出的人员中选择。", "One of the people listed.")
    kind = "user"
    coded = True

    def __init__(self, *, roles: tuple[str, ...] = (), **common: Any) -> None:
        super().__init__(**common)
        self.roles = roles

    def read(self, value: Any) -> UUID | str:
        text = self.text(value)
        if not re.fullmatch(USER_PATTERN, text):
            raise self.wrong("user")
        return UUID(text) if re.fullmatch(UUID_PATTERN, text) else text

    def plain(self, value: Any) -> str:
        return str(value)

    def invent(self, example_data: ExampleData) -> str:
        return example_data.user(self.roles)

    def shape(self, language: Language) -> dict[str, Any]:
        shape: dict[str, Any] = {"pattern": self.whole(USER_PATTERN)}
        return shape | {"x-roles": list(self.roles)} if self.roles else shape


class OneChannel(FormField):
    """The id of a channel."""

    coded = True

    def read(self, value: Any) -> UUID:
        text = self.text(value)
        if not re.fullmatch(UUID_PATTERN, text):
            raise self.wrong("id")
        return UUID(text)

    def invent(self, example_data: ExampleData) -> str:
        return "5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11"

    def shape(self, language: Language) -> dict[str, Any]:
        return {"format": "uuid", "pattern": self.whole(UUID_PATTERN)}
