"""The file of a case to be printed: cover, contents, facts as they are masked, clocks, what happened, its letters."""

from datetime import datetime
from typing import Final

from casework.forms.form import intake_of
from casework.forms.in_words import in_words
from casework.records import history
from casework.rules.people import Role
from casework.rules.text import Text
from casework.web import dates
from casework.web.clocks import clocks_of
from casework.web.found import case_of
from casework.web.frame import frame_of
from casework.web.letters import letters_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Visit
from casework.web.timeline import Happened, timeline_of
from casework.work import case_documents, workflow_registry

_READERS: Final = STAFF | HELPERS | {Role.AUDITOR}
_MOST_EVENTS: Final = 10_000
_WHEN: Final = Text("{day} {time}，", "{day}, {time}: ")
_DONE: Final = Text("{actor}：{title}", "{actor}: {title}")
_TO: Final = Text("，案件进入“{to}”", "; the case came into “{to}”")
_CHANGES: Final = Text("；{changes}", "; {changes}")


@Page("GET", "/cases/<number>/print", _READERS)
def file(visit: Visit, number: str) -> Answer:
    """The file of the case; that it was printed is logged, since what is printed leaves the office."""
    tx = visit.tx
    record = case_of(tx, number)
    case_documents.note_printing(tx, record)
    workflow, zone = workflow_registry.pinned(record.case), tx.service.zone
    events = history.event_page(tx.db, record.case.id, _MOST_EVENTS, None)
    running, ended = clocks_of(tx, record, workflow)
    letters = list(reversed(letters_of(visit, record)))
    told = [_sentence(one, one.at.astimezone(zone)) for one in reversed(timeline_of(record, workflow, events))]
    values = {
        "frame": frame_of(tx),
        "case": record.case,
        "workflow": workflow,
        "state": workflow.by_state[record.case.state],
        "org": tx.rules.orgs[record.case.org_code].name,
        "groups": in_words(intake_of(workflow), record.case.facts),
        "clocks": [*running, *ended],
        "happened": told,
        "letters": [(one, dates.written_out(one.at.astimezone(zone).date())) for one in letters],
        "opened": _when(record.case.opened_at.astimezone(zone)),
        "closed": _when(record.case.closed_at.astimezone(zone)) if record.case.closed_at else None,
        "printed": _when(tx.now.astimezone(zone)),
    }
    return Html("case_file", values)


def _when(at: datetime) -> Text:
    return Text(f"{dates.written_out(at.date()).zh} {at:%H:%M}", f"{dates.written_out(at.date()).en}, {at:%H:%M}")


def _sentence(one: Happened, at: datetime) -> Text:
    """`2026年9月14日 15:16，罗杰斌：提交申请，案件进入“已提交”；审查期限开始计算。`"""
    day = dates.written_out(at.date())
    parts = [_WHEN.with_(day=day, time=f"{at:%H:%M}"), _DONE.with_(actor=one.actor, title=one.title)]
    if one.to:
        parts.append(_TO.with_(to=one.to))
    if one.changes:
        zh, en = "、".join(told.zh for told in one.changes), ", ".join(told.en for told in one.changes)
        parts.append(_CHANGES.with_(changes=Text(zh, en)))
    return Text("".join(part.zh for part in parts) + "。", "".join(part.en for part in parts) + ".")
