"""What is sealed of a case, shown on one answer: facts in their place, and what was said at the steps."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from casework.forms.form import Form, form_of, intake_of
from casework.forms.in_words import Group, Line, in_words, value_at
from casework.forms.sensitive import join_sensitive
from casework.rules.case import Facts
from casework.rules.grammar import Workflow
from casework.rules.messages import KINDS
from casework.rules.text import Text
from casework.web.timeline import title_of

_OF_EVENT: Final = re.compile(r"events\.(\d+)\.(.+)")
_OF_ALERT: Final = re.compile(r"alerts\..+")
_REASON: Final = Text("理由", "Reason")
_MESSAGE: Final = Text("留言内容", "Message")
_REPLACED: Final = Text("更正前的{title}", "{title}, before")
_PUT_OFF: Final = Text("推迟提醒的理由", "Why an alert was put off")


class Said(NamedTuple):
    """What is sealed of one step."""

    title: Text
    at: datetime
    lines: list[Line]


class Shown(NamedTuple):
    """The facts in full, and of each step what was sealed at it, the latest first; `others` belong to no step."""

    groups: list[Group]
    said: list[Said]
    others: list[Line]


def shown_of(workflow: Workflow, facts: Facts, events: Sequence[Any], values: Mapping[str, Any]) -> Shown:
    """Return what was disclosed, by path as `case_documents.disclose` gives it, as a page shows it."""
    form = intake_of(workflow)
    by_event: dict[int, dict[str, Any]] = {}
    of_facts, others = {}, []
    for path, value in values.items():
        if found := _OF_EVENT.fullmatch(path):
            by_event.setdefault(int(found[1]), {})[found[2]] = value
        elif _OF_ALERT.fullmatch(path):
            others.append(Line(_PUT_OFF, Text(str(value), str(value)), sensitive=True))
        else:
            of_facts[path] = value
    said = [
        Said(title_of(workflow, row.kind, row.payload), row.at, _lines(workflow, row, by_event[row.seq]))
        for row in reversed(events)
        if row.seq in by_event
    ]
    return Shown(in_words(form, join_sensitive(form, facts, of_facts)), said, others)


def _lines(workflow: Workflow, row: Any, values: Mapping[str, Any]) -> list[Line]:
    if row.kind in KINDS:
        return [Line(_MESSAGE, Text(str(value), str(value)), sensitive=True) for value in values.values()]
    intake = intake_of(workflow)
    edge = workflow.edge(row.payload.get("transition", ""), row.payload.get("from", ""))
    form = form_of(edge.needs) if edge and edge.needs else intake
    return [_line(form, intake, path, value) for path, value in values.items()]


def _line(form: type[Form], intake: type[Form], path: str, value: Any) -> Line:
    if path == "reason" and (form is intake or form.title_at(path) is None):
        return Line(_REASON, Text(str(value), str(value)), sensitive=True)
    if path.startswith("replaced."):
        path = path.removeprefix("replaced.")
        title = _REPLACED.with_(title=intake.title_at(path) or Text(path, path))
        return Line(title, value_at(intake, path, value), sensitive=True)
    return Line(form.title_at(path) or Text(path, path), value_at(form, path, value), sensitive=True)
