"""What messages say: the number of the case and what has come to pass; no name, no number of a person, no story."""

import json
from datetime import datetime, tzinfo
from typing import Any

from casework.rules.clocks import Due
from casework.rules.grammar import Clock, Workflow
from casework.rules.text import Language, Text
from casework.work import programmes

_SUBJECT = Text("【案件提醒】{number} {clock}：{why}", "[Casework] {number} {clock}: {why}")
_ALERT = Text(
    "案件：{number}（{workflow}）\n机构：{org}\n期限：{clock}\n情况：{why}\n到期：{due}\n\n"
    "请登录系统办理，并在“我的提醒”中确认。本消息由系统自动发出，请勿回复。",
    "Case: {number} ({workflow})\nOrganisation: {org}\nTime limit: {clock}\nNow: {why}\nDue: {due}\n\n"
    "Please sign in, act on the case and acknowledge the alert. This message was sent automatically; do not reply.",
)
_DUE = Text("{on}（{at}）", "{on} ({at})")
_DISCREET = Text("案件期限", "a time limit of the case")
_PAUSED = Text("期限已暂停", "the clock is paused")


def alert_told(row: Any, language: Language, zone: tzinfo) -> tuple[str, str]:
    """Subject and text of the alert of a row of `records.outbox.batch`."""
    workflow, clock = _rules(row)
    words = {
        "number": row.number,
        "workflow": workflow.title,
        "org": row.payload["org"],
        "clock": _DISCREET if clock.discreet else clock.title,
        "why": clock.by_level[row.level].told,
        "due": _due(row, zone),
    }
    return _SUBJECT.in_(language, **words), _ALERT.in_(language, **words)


def _due(row: Any, zone: tzinfo) -> Text:
    if row.due_at is None:
        return _PAUSED
    at = row.due_at.astimezone(zone)
    last_day = Due(row.due_at, row.due_on, row.provisional).told
    return _DUE.with_(on=last_day, at=f"{at:%Y-%m-%d %H:%M} UTC{at.isoformat()[-6:]}")


def webhook_body(row: Any, zone: tzinfo) -> bytes:
    """The body of a webhook: `id, sequence, type, at, case {…}` and `alert {…}` or `event {…}`."""
    said = {
        "id": str(row.id),
        "sequence": row.seq,
        "type": "alert.raised" if row.alert_id else f"case.{row.kind}",
        "at": _instant(row.at, zone),
        "case": {
            "id": str(row.case_id),
            "number": row.number,
            "workflow": row.workflow,
            **{name: row.payload[name] for name in ("state", "phase", "org")},
        },
        **({"alert": _alert(row, zone)} if row.alert_id else {"event": _event(row)}),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _alert(row: Any, zone: tzinfo) -> dict[str, Any]:
    _, clock = _rules(row)
    return {
        "id": str(row.alert_id),
        "clock": None if clock.discreet else row.clock,
        "title": (_DISCREET if clock.discreet else clock.title).both(),
        "generation": row.generation,
        "level": row.level,
        "because": clock.by_level[row.level].told.both(),
        "due_at": _instant(row.due_at, zone),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": bool(row.provisional),
    }


def _event(row: Any) -> dict[str, Any]:
    return {"seq": row.event_seq, "from": row.payload["from"] or None, "transition": row.payload["transition"]}


def _rules(row: Any) -> tuple[Workflow, Clock]:
    workflow = programmes.of(row.workflow, row.workflow_version)
    return workflow, workflow.by_clock[row.clock]


def _instant(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None
