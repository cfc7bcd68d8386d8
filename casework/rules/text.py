"""Sentences for people, in the two languages of the office."""

from dataclasses import dataclass
from typing import Any, Final, Literal

Language = Literal["zh-CN", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and in English; `{name}` is filled by `in_`.

    Plain data: a letter, an alert and the scheduler speak with it as an HTTP answer does.
    """

    zh: str
    en: str

    def in_(self, language: Language, /, **parameters: Any) -> str:
        """The sentence in one language. A parameter that is itself a Text is told in that language."""
        sentence = self.zh if language == "zh-CN" else self.en
        if not parameters:
            return sentence
        told = {name: value.in_(language) if isinstance(value, Text) else value for name, value in parameters.items()}
        return sentence.format_map(told)

    def with_(self, **parameters: Any) -> "Text":
        """The same sentence with its parameters filled, in both languages."""
        return Text(self.in_("zh-CN", **parameters), self.in_("en", **parameters))

    def both(self) -> dict[str, str]:
        """The sentence as it is stored and sent: `{"zh-CN": …, "en": …}`."""
        return {"zh-CN": self.zh, "en": self.en}


def in_language(value: Any, language: Language) -> Any:
    """The same, with every `Text` inside it in one language."""
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, dict):
        return {name: in_language(member, language) for name, member in value.items()}
    return [in_language(item, language) for item in value] if isinstance(value, list) else value
