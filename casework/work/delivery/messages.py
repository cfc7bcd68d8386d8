"""What messages say: the number of the case and what has come to pass; no name, no number of a person, no story."""

import json
from datetime import datetime, tzinfo
from typing import Any

from casework.rules.clocks import Due
from casework.rules.grammar import Clock, Workflow
from casework.rules.people import Role
from casework.rules.telling import RAISED, by_whom, happened, raised
from casework.rules.text import Language, Text
from casework.work import workflow_registry

_SUBJECT = Text("【案件提醒】{number} {clock}：{why}", "[Casework] {number} {clock}: {why}")
_EVENT_SUBJECT = Text("【案件提醒】{number} {why}", "[Casework] {number} {why}")
_ABOUT = Text("案件：{number}（{workflow}）\n机构：{org}\n", "Case: {number} ({workflow})\nOrganisation: {org}\n")
_CLOCK = Text("期限：{clock}\n情况：{why}\n到期：{due}\n", "Time limit: {clock}\nNow: {why}\nDue: {due}\n")
_EVENT = Text("事项：{why}\n", "What happened: {why}\n")
_NEXT_DUE = Text("下一步到期：{due}\n", "Next step due: {due}\n")
_ACT = Text(
    "\n请登录系统办理，并在“我的提醒”中确认。本消息由系统自动发出，请勿回复。",
    "\nPlease sign in, act on the case and acknowledge the alert. This message was sent automatically; do not reply.",
)
_RAISED_SUBJECT = Text("【提醒】{what}", "[Casework] {what}")
_RAISED = Text(
    "{why}\n\n不知情的，请向管理员核实；请登录系统在“我的提醒”中确认。本消息由系统自动发出，请勿回复。",
    "{why}\n\nIf you know nothing of it, ask your administrator. Please sign in and acknowledge the alert. This message"
    " was sent automatically; do not reply.",
)
_DUE = Text("{on}（{at}）", "{on} ({at})")
_DISCREET = Text("案件期限", "a time limit of the case")
_PAUSED = Text("期限已暂停", "the clock is paused")


def alert_told(row: Any, language: Language, zone: tzinfo) -> tuple[str, str]:
    """Subject and text of the alert of a row of `records.outbox.batch`."""
    if row.admin_seq is not None:
        why = raised(row.subject, row.admin_payload)
        return _RAISED_SUBJECT.in_(language, what=RAISED), _RAISED.in_(language, why=why)
    workflow = workflow_registry.of(row.workflow, row.workflow_version)
    words = {"number": row.number, "workflow": workflow.title, "org": row.payload["org"], "due": _due(row, zone)}
    if row.level is None:
        words["why"] = _why(workflow, row)
        subject, parts = _EVENT_SUBJECT, [_ABOUT, _EVENT, *([_NEXT_DUE] if row.due_at else []), _ACT]
    else:
        clock = workflow.by_clock[row.clock]
        words |= {"clock": title_outside(clock), "why": clock.by_level[row.level].told}
        subject, parts = _SUBJECT, [_ABOUT, _CLOCK, _ACT]
    return subject.in_(language, **words), "".join(part.in_(language, **words) for part in parts)


def title_outside(clock: Clock) -> Text:
    """Return what the outside is told that a clock is called: what is discreet is not named."""
    return _DISCREET if clock.discreet else clock.title


def _what(workflow: Workflow, row: Any) -> Text:
    return happened(workflow, row.kind, row.payload, str(row.receiver_id), outside=True)


def _why(workflow: Workflow, row: Any) -> Text:
    return by_whom(_what(workflow, row), Role(row.actor_role), row.payload)


def _due(row: Any, zone: tzinfo) -> Text:
    if row.due_at is None:
        return _PAUSED
    at = row.due_at.astimezone(zone)
    last_day = Due(row.due_at, row.due_on, row.provisional).told
    return _DUE.with_(on=last_day, at=f"{at:%Y-%m-%d %H:%M} UTC{at.isoformat()[-6:]}")


def webhook_body(row: Any, zone: tzinfo) -> bytes:
    """The body of a webhook: `id, sequence, type, at, case {…}` and `alert {…}` or `event {…}`."""
    if row.alert_id is None:
        kind, told = f"case.{row.kind}", {"event": _event(row)}
    elif row.level is None:
        kind, told = "alert.told", {"alert": _telling(row, zone)}
    else:
        kind, told = "alert.raised", {"alert": _alert(row, zone)}
    said = {
        "id": str(row.id),
        "sequence": row.seq,
        "type": kind,
        "at": _instant(row.at, zone),
        "case": {
            "id": str(row.case_id),
            "number": row.number,
            "workflow": row.workflow,
            **{name: row.payload[name] for name in ("state", "phase", "org")},
        },
        **told,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _alert(row: Any, zone: tzinfo) -> dict[str, Any]:
    clock = workflow_registry.of(row.workflow, row.workflow_version).by_clock[row.clock]
    return {
        "id": str(row.alert_id),
        "clock": None if clock.discreet else row.clock,
        "title": title_outside(clock).both(),
        "generation": row.generation,
        "level": row.level,
        "because": clock.by_level[row.level].told.both(),
        **_due_at(row, zone),
    }


def _telling(row: Any, zone: tzinfo) -> dict[str, Any]:
    workflow = workflow_registry.of(row.workflow, row.workflow_version)
    return {
        "id": str(row.alert_id),
        "title": _what(workflow, row).both(),
        "because": _why(workflow, row).both(),
        "event_seq": row.as_of,
        "role": row.actor_role,
        **_due_at(row, zone),
    }


def _due_at(row: Any, zone: tzinfo) -> dict[str, Any]:
    return {
        "due_at": _instant(row.due_at, zone),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": bool(row.provisional),
    }


def _event(row: Any) -> dict[str, Any]:
    """The event without the name of a transition that would tell of an illness or a death."""
    before, name = row.payload["from"] or None, row.payload["transition"]
    edge = workflow_registry.of(row.workflow, row.workflow_version).edge(name, before) if name and before else None
    return {"seq": row.event_seq, "from": before, "transition": None if edge and edge.discreet else name}


def _instant(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None
