"""Alerts: as their receivers have them, and all those of a case with how they went out."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from casework.api.answers.clocks import DueOn, Provisional, due
from casework.api.answers.members import (
    CaseNumber,
    First,
    Flag,
    Id,
    Instant,
    Later,
    Name,
    Number,
    RoleName,
    Shape,
    Username,
    like,
    one_of,
    plain,
    told,
)
from casework.api.answers.people import Person, named
from casework.http.request_context import instant, language
from casework.rules import grammar
from casework.rules.clocks import Due
from casework.rules.grammar import Clock, Workflow
from casework.rules.people import Role
from casework.rules.telling import by_whom, happened
from casework.rules.text import Text
from casework.work.alerts import told as told_by
from casework.work.delivery import delivery_errors
from casework.work.delivery.channels import KINDS
from casework.work.overdue import EscalationStep

_WAYS: Final = ("inbox", "email", *KINDS)


class _Raised(Shape):
    """What an alert is about."""

    kind: Annotated[
        str,
        one_of(("clock", "event", "raised")),
        told(
            "期限提醒、告知他人的办理，或者告知本机构用户的角色变更",
            "A step of a clock, what somebody else did, or that somebody's role here was raised",
        ),
    ]
    clock: Annotated[
        str | None, like("review", "告知时为您接下来的期限", "Of an event: the clock that is yours to keep next")
    ]
    generation: First | None
    level: Annotated[str | None, like("80%")]
    event_seq: Annotated[First | None, like(None, "告知的是哪条记录", "Of which entry of the history it tells")]


class Alert(_Raised):
    """An alert as its receiver sees it."""

    id: Id
    case_id: Annotated[Id | None, told("告知角色变更的，没有案件", "None where it tells of a role")]
    case_number: CaseNumber | None
    title: Annotated[
        str,
        like(
            Text("审查期限（地方）", "Review, local"),
            "期限的名称，或者办理了什么",
            "The title of the clock, or what was done",
        ),
    ]
    because: Annotated[
        str,
        like(
            Text("期限已过 80%", "80% of the time limit has passed"),
            "提醒的原因，及由谁办理",
            "Why one is told, and who did it",
        ),
    ]
    role: Annotated[RoleName | None, like(None, "由谁办理", "Who did it")]
    actor: Annotated[Person | None, like(None, "办理人", "The user who did it")]
    due_at: Instant | None
    due_on: DueOn
    provisional: Provisional
    at: Instant
    acknowledged_at: Later
    snoozed_until: Later


def alert(row: Any) -> Alert:
    """The alert of a row of `records.alerts`."""
    if row.admin_seq is not None:
        return _raised(row)
    what, because = told_by(row)
    # The clock is another's where its due time is not told.
    own_clock = row.level is not None or row.due_at is not None
    return Alert.of(
        row,
        case_number=row.number,
        kind="clock" if row.level else "event",
        clock=row.clock if own_clock else None,
        generation=row.generation if own_clock else None,
        title=plain(what),
        because=plain(because),
        role=row.actor_role,
        actor=named(row.actor_id, row.username, row.actor_name),
        **due(Due(row.due_at, row.due_on, row.provisional) if row.due_at else None),
        at=instant(row.received_at),
    )


def _raised(row: Any) -> Alert:
    what, because = told_by(row)
    return Alert.of(
        row,
        case_number=None,
        kind="raised",
        title=plain(what),
        because=plain(because),
        role=Role.ADMINISTRATOR,
        actor=named(row.actor_id, row.username, row.actor_name),
        **due(None),
        at=instant(row.received_at),
    )


class AlertReceiver(Shape):
    """Somebody who was told."""

    username: Username
    name: Name
    acknowledged_at: Later
    snoozed_until: Later


class Delivery(Shape):
    """How an alert went out by one way."""

    channel: Annotated[str, one_of(_WAYS)]
    to: Annotated[Username, told("用户名或渠道名称", "A username, or the name of a channel")]
    state: Annotated[str, one_of(("waiting", "delivered", "dead", "superseded"))]
    attempts: Number
    last_error: Annotated[
        str | None,
        like(Text("接收方没有应答", "The receiver did not answer"), "未能送达的原因", "Why it could not be delivered"),
    ]
    delivered_at: Instant | None


class Ledger(_Raised):
    """An alert of a case that was raised, or is to come, or will not come any more."""

    title: Annotated[str, like(Text("审查期限", "Review"))]
    roles: Annotated[list[RoleName], told("提醒哪些角色", "Which roles are told")]
    above: Annotated[Flag, told("上级机构的人员", "Those of the organisation above")]
    status: Annotated[str, one_of(("sent", "suppressed", "planned", "superseded"))]
    because: Annotated[
        str,
        like(
            Text("期限已过 80%", "80% of the time limit has passed"),
            "提醒或者不提醒的原因",
            "Why people are told, or why nobody is told",
        ),
    ]
    planned_at: Instant | None
    at: Instant | None
    to: list[AlertReceiver]
    deliveries: Annotated[list[Delivery], told("发送情况", "How it went out")]


def past(row: Any, workflow: Workflow, receivers: list[Any], sent: list[Any]) -> Ledger:
    """An alert that was sent or suppressed, a row of `records.alerts`, with its receivers and how it went out."""
    if row.level:
        clock = workflow.by_clock[row.clock]
        step = clock.by_level[row.level]
        said = _escalation_step(clock, step, row.generation) | {
            "because": _suppressed(row.suppressed) or plain(step.told)
        }
    else:
        what = happened(workflow, row.kind, row.payload)
        said = {
            "kind": "event",
            "clock": None,
            "title": plain(what),
            "generation": None,
            "level": None,
            "above": False,
            "because": plain(by_whom(what, Role(row.actor_role), row.payload, row.actor_name)),
        }
    return Ledger.of(
        row,
        **said,
        status="suppressed" if row.suppressed else "sent",
        to=[AlertReceiver.of(one) for one in receivers],
        deliveries=[Delivery.of(one, to=one.receiver, last_error=failure(one.last_error)) for one in sent],
    )


def to_come(step: EscalationStep) -> Ledger:
    """An alert that is planned as things stand, or will not come any more."""
    return Ledger(
        **_escalation_step(step.clock, step.alert, step.generation),
        event_seq=None,
        roles=[role.value for role in step.alert.to],
        status="planned" if step.to_come else "superseded",
        because=plain(step.because),
        planned_at=plain(step.at),
        at=None,
        to=[],
        deliveries=[],
    )


def _escalation_step(clock: Clock, step: grammar.Alert, generation: int) -> dict[str, Any]:
    return {
        "kind": "clock",
        "clock": clock.name,
        "title": plain(clock.title),
        "generation": generation,
        "level": step.level,
        "above": step.above,
    }


def _suppressed(why: Mapping[str, str] | None) -> str | None:
    return why[language()] if why else None


def failure(why: Any) -> str | None:
    """Why a message did not go out, where there is a reason."""
    return plain(delivery_errors.told(why)) if why else None
