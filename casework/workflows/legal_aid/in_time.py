"""Whether a request came in time: the limitations of its claims against the day on which it was made."""

from datetime import date
from typing import Final

from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.limitation import LIMITATIONS

NEVER_OUT_OF_TIME: Final = frozenset(("maintenance", "personal_rights_32"))
"""Matters with claims that no limitation bars: maintenance, and that an infringement of the person stops (民法典 196)."""
_OF_THE_MATTER: Final = ("limitation", "limitation_civil")


def ran_out(at: MoveContext) -> date | None:
    """The day on which the last limitation had run out when the request came; None while that is not proven.

    The limitation of the matter itself must be known: pay that is owed while the employment lasts has none. None may
    run, rest or stand still. How long a civil one stood still is not worked out, so it has not run out for sure.
    """
    facts, opened = at.case.facts, at.office.calendar.local_date(at.case.opened_at)
    known = [one for one in LIMITATIONS if one.since(facts) is not None]
    last = [one.ran_out(at.case, at.office.calendar, opened) for one in known]
    if facts.get("matter") in NEVER_OUT_OF_TIME or not any(one.name in _OF_THE_MATTER for one in known):
        return None
    if None in last or (facts.get("suspensions") and not all(one.suspends for one in known)):
        return None
    return max(day for day in last if day is not None)


def still_runs(at: MoveContext) -> date | None:
    """The last day of a limitation that had not run out when the request came; None where none did, or nobody knows."""
    opened = at.office.calendar.local_date(at.case.opened_at)
    days = (one.last_day(at.case, at.office.calendar) for one in LIMITATIONS)
    return max((day for day in days if day is not None and day >= opened), default=None)


@guard(
    zh="请求已超过时效。",
    en="The limitation has run out.",
)
def claim_is_in_time(at: MoveContext) -> Verdict | bool:
    """Where the office's policy `in_time_only` says so (深圳), aid is for claims that are not out of time."""
    row = at.office.policy("in_time_only")
    ended = ran_out(at) if row is not None and row.holds() else None
    if row is None or ended is None:
        return True
    return Verdict(False, _RAN_OUT.with_(day=ended, source=row.source))


_RAN_OUT: Final = Text(
    "请求的时效已于 {day} 届满（{source}）；有中断、中止情形的，请先更正案件信息。",
    "The limitation ran out on {day} ({source}); if something started it anew or suspended it, correct the facts first.",
)


@guard(
    zh="时效未届满或者不能认定已届满，不能以已超过时效为由不予援助。",
    en="Unless the limitation has run out for sure, it is no ground to refuse.",
    looks_at_given=True,
)
def out_of_time_is_true(at: MoveContext) -> Verdict | bool:
    """Whoever refuses for want of time proves it by the facts that are known; what is not known bars nobody."""
    if at.given["ground"] != "out_of_time" or ran_out(at) is not None:
        return True
    until = None if at.case.facts.get("matter") in NEVER_OUT_OF_TIME else still_runs(at)
    return Verdict(False, _NOT_PROVEN if until is None else _RUNS_ON.with_(day=until))


_RUNS_ON: Final = Text(
    "按已知信息，时效至 {day} 届满，不能以已超过时效为由不予援助；信息有误的，请先更正。",
    "By what is known the limitation runs until {day}, so being out of time is no ground to refuse; correct the facts"
    " if they are wrong.",
)
_NOT_PROVEN: Final = Text(
    "按已知信息，不能认定时效已经届满（请求不适用时效，时效未起算、已因提出主张而停止计算、中止，或者起算日期不明），不能以已超过时效为由不予援助；"
    "信息有误的，请先更正。",
    "By what is known the limitation has not run out for sure: there is none, it has not begun, rests or stands still, or"
    " nobody knows its first day. So being out of time is no ground to refuse; correct the facts if they are wrong.",
)
