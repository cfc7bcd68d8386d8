"""A small workflow to bend and break: somebody asks, somebody answers, an unanswered question goes back by itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casework.forms import Form, Line, OneUser
from casework.rules.case import Phase
from casework.rules.context import DecisionContext
from casework.rules.grammar import NEW, Alert, Clock, Letter, State, Transition, Workflow, policy
from casework.rules.move import Move
from casework.rules.people import Role
from casework.rules.text import Text

TITLE = Text("示例", "sample")
LADDER = (Alert("80%", Role.CASEWORKER), Alert("due", Role.SUPERVISOR))


class Question(Form):
    """What is asked."""

    what = Line(title=Text("问题", "Question"), required=True)


class Answer(Form):
    """What is answered, and by whom from now on."""

    to = OneUser(title=Text("承办人", "Helper"), required=True)


def nothing_more(move: Move, office: DecisionContext) -> Mapping[str, Any]:
    """A letter that fills no blank of its own."""
    return {}


STATES = (
    State("asked", TITLE, Phase.INTAKE, Role.CASEWORKER),
    State("answered", TITLE, Phase.FOLLOW_UP, Role.CASEWORKER),
    State("done", TITLE, Phase.CLOSED),
)
TRANSITIONS = (
    Transition("ask", TITLE, NEW, "asked", by=Role.APPLICANT, needs=Question, letter="thanks"),
    Transition("answer", TITLE, "asked", "answered", by=Role.CASEWORKER, needs=Answer, assigns="to"),
    Transition("forget", TITLE, "asked", "done", by=Role.CLOCK),
    Transition("finish", TITLE, "answered", "done", by=Role.CASEWORKER),
)
CLOCKS = (
    Clock("answering", TITLE, "asked", policy("answering"), TITLE, alerts=LADDER, take="forget"),
    Clock("finishing", TITLE, "answered", "5wd", TITLE, alerts=LADDER),
)
LETTERS = (Letter("thanks", TITLE, Text("{applicant}：已收到。", "{applicant}, thank you."), nothing_more),)


def workflow(**parts: Any) -> Workflow:
    """The workflow with some of its parts replaced."""
    whole: dict[str, Any] = {
        "key": "questions",
        "version": 1,
        "title": TITLE,
        "numbering": "Q",
        "intake": Question,
        "states": STATES,
        "transitions": TRANSITIONS,
        "clocks": CLOCKS,
        "letters": LETTERS,
    }
    return Workflow(**(whole | parts))


def with_row(rows: tuple[Any, ...], name: str, **changes: Any) -> tuple[Any, ...]:
    """The rows of a table with one of them changed."""
    assert name in {row.name for row in rows}
    return tuple(replace(row, **changes) if row.name == name else row for row in rows)
