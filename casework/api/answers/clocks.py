"""Clocks and due times, and why they are as they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args

from msgspec import field

from casework.api.answers.members import (
    Day,
    First,
    Flag,
    Instant,
    Later,
    Shape,
    like,
    one_of,
    plain,
    told,
)
from casework.http.request_context import instant, language
from casework.records.offices import CalendarVersion
from casework.rules import clocks, grammar
from casework.rules.case import ClockRun
from casework.rules.clocks import Status
from casework.rules.clockwork import basis
from casework.rules.text import Text
from casework.work.service import Transaction

ClockName = Annotated[str, like("review")]
ClockTitle = Annotated[str, like(Text("审查期限（地方）", "Review, local"))]
Basis = Annotated[str, like(Text("法律援助法 第43条", "Legal Aid Law, art 43"))]
OwedBy = Annotated[str, one_of(get_args(grammar.OwedBy))]
LimitName = Annotated[str, like("5wd")]
CalendarKey = Annotated[str, like("china")]
DueOn = Annotated[Day | None, told("期限内的最后一日", "The last day in time")]
Provisional = Annotated[Flag, told("涉及尚未公布节假日的年份", "It needs a year whose holidays are not known yet")]


def due(found: clocks.Due | None) -> dict[str, Any]:
    """When something is due: the instant, the last day in time, and whether that is provisional."""
    return {
        "due_at": instant(found.at) if found else None,
        "due_on": found.on.isoformat() if found else None,
        "provisional": found.provisional if found else False,
    }


class NextClock(Shape):
    """The clock that is due next, in a few words."""

    name: ClockName
    title: ClockTitle
    owed_by: OwedBy
    due_at: Annotated[Instant | None, told("暂停且未逾期时为空", "Null while paused, unless it has passed already")]
    due_on: DueOn
    provisional: Provisional
    overdue: Annotated[Flag, told("已逾期，无论是否结束", "Late, ended or not")]


def next_clock(definition: grammar.Clock, when: clocks.Due | None, as_of: datetime) -> NextClock:
    """The clock that is due next, as it stands at `as_of`."""
    return NextClock(
        name=definition.name,
        title=definition.title.in_(language()),
        owed_by=definition.owed_by,
        **due(when),
        overdue=when is not None and not when.provisional and when.at < as_of,
    )


class CaseClock(NextClock):
    """A generation of a clock."""

    basis: Annotated[Basis, told("期限的依据", "What the limit rests on")]
    generation: Annotated[First, told("第几次起算", "How often it has begun")]
    status: Annotated[str, one_of(get_args(Status)), told("breached 指逾期后结束", "breached: ended late")]
    started_at: Instant
    ended_at: Later


AClock = TypeVar("AClock", bound=CaseClock)


def clock(kind: type[AClock], run: ClockRun, definition: grammar.Clock, tx: Transaction, **more: Any) -> AClock:
    """A generation of a clock; `more` is what this kind of answer says besides."""
    return kind.of(
        run,
        title=definition.title.in_(language()),
        basis=basis(definition, run, tx.rules.policy_by_id).in_(language()),
        overdue=run.overdue(tx.now),
        **due(run.due),
        **more,
    )


class ClockInterval(Shape):
    """When a clock ran; `to` is null while it runs."""

    from_: Instant = field(name="from")
    to: Later


class TraceLine(Shape):
    """A line of the explanation of a due time."""

    from_: Instant = field(name="from")
    to: Instant | None
    kind: Annotated[str, one_of(("first_day", "counted", "holiday", "rest", "rolled", "paused", "provisional", "due"))]
    counted: Annotated[
        float, like(5, "占用期限的数量，以期限的单位计", "How much of the limit it used up, in its unit", minimum=0)
    ]
    text: Annotated[str, like(Text("计入 5 个工作日", "5 working day(s) count"))]


def trace_line(line: clocks.TraceLine) -> TraceLine:
    """The line of an explanation."""
    return TraceLine.of(line, from_=plain(line.start), to=plain(line.end))


class Clock(CaseClock):
    """A generation of a clock with the intervals in which it ran and why it is due then."""

    limit: LimitName
    calendar: CalendarKey
    calendar_version: First
    beside: Annotated[str | None, like(None, "并列的期限", "The clock that is shown beside it")]
    intervals: Annotated[list[ClockInterval], told("计时的时段", "When it ran")]
    trace: Annotated[list[TraceLine], told("计算过程", "Why it is due then")]


def explained(
    run: ClockRun,
    definition: grammar.Clock,
    tx: Transaction,
    version: CalendarVersion,
    lines: Iterable[clocks.TraceLine],
) -> Clock:
    """The generation of a clock as this version of a calendar explains it."""
    return clock(
        Clock,
        run,
        definition,
        tx,
        limit=str(run.limit),
        calendar=version.key,
        calendar_version=version.version,
        beside=definition.beside,
        intervals=[ClockInterval(from_=plain(one.start), to=plain(one.end)) for one in run.intervals],
        trace=[trace_line(line) for line in lines],
    )


class Due(Shape):
    """When a limit runs out, and why."""

    due_at: Instant
    due_on: Day
    provisional: Flag
    calendar: CalendarKey
    calendar_version: First
    trace: list[TraceLine]
