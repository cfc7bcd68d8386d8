"""The form on paper that a workflow keeps of a case: what it says of it, and who has given which opinion."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from casework.rules.case import Case
from casework.rules.text import Text


class Given(NamedTuple):
    """A step with an opinion: its name, the kind of the union of whoever took it, their names, and what they wrote."""

    step: str
    kind: str
    office: str
    by: str
    on: str
    words: Mapping[str, Any]


class Opinion(NamedTuple):
    """What stands in a place of the form: the decision, if it is one, what was written, and by whom and when."""

    box: str
    decided: Text | None
    written: str
    office: str
    by: str
    on: str


@dataclass(frozen=True)
class Sheet:
    """A form to be printed, signed and sealed.

    `head` gives its rows, a title and what is said, nothing of it sensitive. `steps` are the transitions with an
    opinion; `opinions` says which of those that were taken, in their order, stand in which of the `boxes`. The boxes
    `always` there are printed without an opinion too, to be filled in by hand.
    """

    title: Text
    head: Callable[[Case], Sequence[tuple[Text, Text]]]
    steps: tuple[str, ...]
    opinions: Callable[[Iterable[Given]], list[Opinion]]
    boxes: Mapping[str, Text]
    always: tuple[str, ...] = ()
