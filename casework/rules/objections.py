"""Objections to a decision: until when one may object, from when that counts, and who reviews it."""

from datetime import date, datetime, time
from typing import NamedTuple

from casework.rules.casefile import Situation, Taken, Verdict
from casework.rules.clocks import Interval, Limit, due
from casework.rules.grammar import Guard, guard
from casework.rules.text import Text


class Objections(NamedTuple):
    """The guards of objecting to a decision, of serving it and of reviewing the objection."""

    may_still_object: Guard
    something_to_serve: Guard
    served_after_decision: Guard
    reviewed_by_another: Guard


def objections_to(*decisions: str) -> Objections:
    """The guards for the last of these transitions that was taken."""

    def decided(at: Situation) -> Taken | None:
        taken = [at.case.taken[name] for name in decisions if name in at.case.taken]
        return max(taken, key=lambda one: one.at, default=None)

    @guard(zh="提出异议的期限已过。", en="The time to object is over.")
    def may_still_object(at: Situation) -> Verdict:
        return within_time(at, decided(at))

    @guard(zh="没有待送达的决定。", en="There is no decision to be served.")
    def something_to_serve(at: Situation) -> bool:
        return decided(at) is not None

    @guard(
        zh="送达日期不能早于作出决定之日。",
        en="The decision cannot have been served before it was made.",
        looks_at_given=True,
    )
    def served_after_decision(at: Situation) -> bool:
        return served_since(at, decided(at))

    @guard(
        zh="作出原决定的人不能审查对该决定的异议，请由其他审批人或者上级机构审查。",
        en="Whoever decided does not review the objection; another supervisor does, here or at the organisation above.",
    )
    def reviewed_by_another(at: Situation) -> bool:
        row, last = at.office.policy("decided_by_another"), decided(at)
        return row is None or not row.holds() or last is None or last.by != at.actor.id

    return Objections(may_still_object, something_to_serve, served_after_decision, reviewed_by_another)


def within_time(at: Situation, decided: Taken | None) -> Verdict:
    """Whether the time that the policy `objection` sets after this decision still runs; where none is set, it does."""
    row = at.office.policy("objection")
    if row is None or decided is None:
        return Verdict(True)
    last = due(Limit.parse(row.value), (Interval(_counts_from(at, decided)),), at.office.calendar)
    if last is None or not last.passed(at.now):
        return Verdict(True)
    return Verdict(
        False,
        Text(
            f"提出异议的期限于 {last.on} 届满（{row.source.zh}）。",
            f"The time to object ended on {last.on} ({row.source.en}).",
        ),
    )


def _counts_from(at: Situation, decided: Taken) -> datetime:
    served = at.case.taken.get("record_service")
    if served is None or served.at < decided.at:
        return decided.at
    return datetime.combine(date.fromisoformat(served.given["on"]), time(), at.office.calendar.tz)


def served_since(at: Situation, decided: Taken | None) -> bool:
    """Whether the day of service that is given does not lie before the decision, though the time be set back."""
    return decided is None or bool(at.given["on"] >= min(at.office.calendar.local_date(decided.at), at.today))
