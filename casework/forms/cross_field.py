"""Rules across fields: what no field can know by itself."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.forms.field import TODAY, FormField
from casework.rules.text import Text

_TODAY_PARAMETER: Final = "today"


@dataclass(frozen=True)
class Rule:
    """A rule across fields, made by `rule`: the method's parameters name the fields that it looks at."""

    code: str
    text: Text
    at: str
    holds: Callable[..., bool | str]
    required: frozenset[str]
    optional: frozenset[str]

    def mentions(self) -> frozenset[str]:
        """The fields at the top that must be there for the rule to make sense."""
        return (self.required | self.optional | {self.at.partition(".")[0]}) - {_TODAY_PARAMETER}

    def broken(
        self,
        form: object,
        fields: Mapping[str, FormField],
        data: Mapping[str, Any],
        payload: Mapping[str, Any],
    ) -> str | None:
        """Where it does not hold; what it needs but is not known or wrong by itself leaves it unasked."""
        asked: dict[str, Any] = {_TODAY_PARAMETER: TODAY.get()} if _TODAY_PARAMETER in self.required else {}
        for name in (self.required | self.optional) - {_TODAY_PARAMETER}:
            if name in data:
                asked[name] = data[name]
            elif name in self.required or not fields[name].says_nothing(payload.get(name)):
                return None
        answer = self.holds(form, **asked)
        if isinstance(answer, str):
            return f"{self.at}.{answer}"
        return None if answer else self.at


def rule(code: str, text: Text, *, at: str) -> Callable[[Callable[..., bool | str]], Rule]:
    """Makes a method a rule: it is given the clean values of the fields that its parameters name.

    It is asked when all of them are known and right (`today` is the day of checking); a parameter with a
    default may be unknown. When it answers False, the form has a fault with this code and text at the path
    `at`, such as `ended_on` or `employment.ended_on`; when it answers where, such as `2.month`, the fault is there
    below `at`.
    """

    def make(method: Callable[..., bool | str]) -> Rule:
        named = dict(list(inspect.signature(method).parameters.items())[1:])
        optional = frozenset(name for name, one in named.items() if one.default is not one.empty)
        return Rule(code, text, at, method, frozenset(named) - optional, optional)

    return make
