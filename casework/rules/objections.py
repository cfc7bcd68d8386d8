"""Objections to a decision: until when one may object, from when that counts, and who reviews it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Final, NamedTuple

from casework.rules.case import Case, Taken
from casework.rules.clocks import Interval, Limit, due
from casework.rules.context import DecisionContext, MoveContext, TimeToObject, Verdict
from casework.rules.grammar import Guard, guard
from casework.rules.office_kinds import home_of, kind_of, sits_above, supervised_above
from casework.rules.text import Text

SERVED: Final = "record_service"
SAID_TO_HAVE_COME: Final = "tell_receipt"


class Objections(NamedTuple):
    """The guards of objecting to a decision, of serving it and of reviewing the objection, and the time there is."""

    may_still_object: Guard
    something_to_serve: Guard
    served_after_decision: Guard
    reviewed_by_another: Guard
    time_to_object: Callable[[Case, DecisionContext], TimeToObject | None]


def objections_to(
    *decisions: str,
    without_limit: tuple[str, ...] = (),
    reviewed_by: str = "uphold",
    meant: Callable[[Case], Taken | None] | None = None,
) -> Objections:
    """The guards for the last of these transitions that was taken; to those `without_limit` one may always object.

    Where the last one need not be the one that is objected to, `meant` chooses it by the state of the case.

    What the review decides is served too: the time to go on from there runs from its receipt. The review of a union's
    decision is for the organisations above the one that decided, where there is a supervisor.
    """

    def decided(case: Case, *more: str) -> Taken | None:
        if meant:
            return last_of([meant(case), *(case.taken.get(name) for name in more)])
        return last_of(case.taken.get(name) for name in (*decisions, *more))

    def limited(case: Case) -> bool:
        last = decided(case)
        return not any(case.taken.get(name) is last for name in without_limit)

    @guard(zh="提出异议的期限已过。", en="The time to object is over.")
    def may_still_object(at: MoveContext) -> Verdict:
        return within_time(at, decided(at.case)) if limited(at.case) else Verdict(True)

    @guard(zh="没有待送达的决定。", en="There is no decision to be served.")
    def something_to_serve(at: MoveContext) -> bool:
        return decided(at.case, reviewed_by) is not None

    @guard(
        zh="送达日期不能早于作出决定之日。",
        en="The decision cannot have been served before it was made.",
        looks_at_given=True,
    )
    def served_after_decision(at: MoveContext) -> bool:
        return served_since(at, decided(at.case, reviewed_by))

    @guard(
        zh="作出原决定的人不能审查对该决定的异议，请由其他审批人或者上级机构审查。",
        en="Whoever decided does not review the objection; another supervisor does, here or at the organisation above.",
    )
    def reviewed_by_another(at: MoveContext) -> Verdict | bool:
        row, last = at.office.policy("decided_by_another"), decided(at.case)
        if kind_of(at.office).of_a_union:
            by = last.by if last else None
            path = home_of(by, at.case, at.office)
            if supervised_above(path, at.office, by) and not sits_above(at.actor.person, path):
                return Verdict(False, _ABOVE)
        return row is None or not row.holds() or last is None or last.by != at.actor.id

    def time_to_object(case: Case, office: DecisionContext) -> TimeToObject | None:
        last = decided(case)
        if last is None or not limited(case):
            return None
        return _time(case, office, last)

    return Objections(may_still_object, something_to_serve, served_after_decision, reviewed_by_another, time_to_object)


def last_of(deeds: Iterable[Taken | None]) -> Taken | None:
    """The latest of these deeds, or None where there is none."""
    return max((one for one in deeds if one), key=lambda one: one.at, default=None)


_ABOVE = Text(
    "对工会决定的异议由上一级工会审查。",
    "An objection to a union's decision is reviewed by the union above it.",
)


def within_time(at: MoveContext, decided: Taken | None) -> Verdict:
    """Whether the time that the policy `objection` sets after this decision still runs; where none is set, it does.

    It runs from the day on which the decision was received (山东省法律援助条例 16: 自接到通知之日): while nobody knows
    that day it has not begun. A last day that is provisional closes nothing.
    """
    return still_open(at, _time(at.case, at.office, decided) if decided else None)


def still_open(at: MoveContext, left: TimeToObject | None) -> Verdict:
    """Whether this time to object still runs; what has not begun is not over."""
    row = at.office.policy("objection")
    if row is None or left is None or left.due is None or not left.due.passed(at.now):
        return Verdict(True)
    return Verdict(
        False,
        Text(
            f"提出异议的期限于 {left.due.on} 届满（{row.source.zh}）。",
            f"The time to object ended on {left.due.on} ({row.source.en}).",
        ),
    )


def _time(case: Case, office: DecisionContext, decided: Taken) -> TimeToObject | None:
    return time_from(office, _received(case, decided))


def time_from(office: DecisionContext, received: date | None) -> TimeToObject | None:
    """How long a decision that came on this day may be objected to; None where no time is set."""
    row = office.policy("objection")
    if row is None:
        return None
    limit = Limit.parse(row.value)
    if received is None:
        return TimeToObject(_FROM_RECEIPT.with_(limit=limit.told(), source=row.source))
    begun = datetime.combine(received, time(), office.calendar.tz)
    last = due(limit, (Interval(begun),), office.calendar)
    assert last is not None
    return TimeToObject(_UNTIL.with_(last=last.by, source=row.source), last)


_FROM_RECEIPT = Text(
    "对决定有异议的，可以自收到决定书之日起{limit}内提出（{source}）。",
    "You may object within {limit} of receiving the decision ({source}).",
)
_UNTIL = Text(
    "对决定有异议的，可以在 {last}提出（{source}）。",
    "You may object until {last} ({source}).",
)


def _received(case: Case, decided: Taken) -> date | None:
    """When the decision was received: as its service is recorded, else as the applicant says; None: nobody knows."""
    told = (case.taken.get(name) for name in (SERVED, SAID_TO_HAVE_COME))
    since = next((one for one in told if one is not None and one.at >= decided.at), None)
    return date.fromisoformat(since.given["on"]) if since else None


def served_since(at: MoveContext, decided: Taken | None) -> bool:
    """Whether the day of service that is given does not lie before the decision, though the time be set back."""
    return decided is None or bool(at.given["on"] >= min(at.office.calendar.local_date(decided.at), at.today))
