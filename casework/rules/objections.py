"""Until when one may object to a decision: the time counts from the day of service, once that is recorded."""

from datetime import date, datetime, time

from casework.rules.casefile import Situation, Taken, Verdict
from casework.rules.clocks import Interval, Limit, due
from casework.rules.text import Text


def within_time(at: Situation, decided: Taken | None) -> Verdict:
    """Whether the time that the policy `objection` sets after this decision still runs; where none is set, it does."""
    row = at.office.policy("objection")
    if row is None or decided is None:
        return Verdict(True)
    last = due(Limit.parse(row.value), (Interval(_counts_from(at, decided)),), at.office.calendar)
    if last is None or at.now < last.at:
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
