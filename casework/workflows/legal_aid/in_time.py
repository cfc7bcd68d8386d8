"""Whether a request came in time: the limitations of its claims against the day on which it was made."""

from datetime import date
from typing import Final

from casework.rules.casefile import Situation, Verdict
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.limitation import LIMITATIONS


def ran_out(at: Situation) -> date | None:
    """The day on which the last limitation had run out when the request came; None while one runs, or nobody knows.

    The limitation of the matter itself must be known: pay that is owed while the employment lasts has none.
    """
    opened = at.office.calendar.local_date(at.case.opened_at)
    known = [one for one in LIMITATIONS if one.since(at.case.facts) is not None]
    last = [one.ran_out(at.case, at.office.calendar, opened) for one in known]
    if not known or known[0] is not LIMITATIONS[0] or None in last:
        return None
    return max(day for day in last if day is not None)


def still_runs(at: Situation) -> date | None:
    """The last day of a limitation that had not run out when the request came; None where none did, or nobody knows."""
    opened = at.office.calendar.local_date(at.case.opened_at)
    days = (one.last_day(at.case, at.office.calendar) for one in LIMITATIONS)
    return max((day for day in days if day is not None and day >= opened), default=None)


@guard(
    zh="请求已超过仲裁时效。",
    en="The limitation has run out.",
)
def claim_is_in_time(at: Situation) -> Verdict | bool:
    """Where the office's policy `in_time_only` says so (深圳), aid is for claims that are not out of time."""
    row = at.office.policy("in_time_only")
    ended = ran_out(at) if row is not None and row.holds() else None
    if row is None or ended is None:
        return True
    return Verdict(False, _RAN_OUT.with_(day=ended, source=row.source))


_RAN_OUT: Final = Text(
    "请求的仲裁时效已于 {day} 届满（{source}）；有中断、中止情形的，请先更正案件信息。",
    "The limitation ran out on {day} ({source}); if something started it anew or suspended it, correct the facts first.",
)


@guard(
    zh="时效尚未届满，不能以已超过时效为由不予援助。",
    en="The limitation has not run out, which is no ground to refuse.",
    looks_at_given=True,
)
def out_of_time_is_true(at: Situation) -> Verdict | bool:
    """A refusal for being out of time is judged by the facts that are known."""
    until = still_runs(at) if at.given["ground"] == "out_of_time" else None
    return True if until is None else Verdict(False, _RUNS_ON.with_(day=until))


_RUNS_ON: Final = Text(
    "按已知信息，时效至 {day} 届满，不能以已超过时效为由不予援助；信息有误的，请先更正。",
    "By what is known the limitation runs until {day}, so being out of time is no ground to refuse; correct the facts"
    " if they are wrong.",
)
