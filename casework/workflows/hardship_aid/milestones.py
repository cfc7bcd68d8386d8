"""When something was done on a dossier, and the dates from which its clocks run and at which they stop."""

from datetime import date, datetime

from casework.rules import fact_dates
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, Facts, Taken
from casework.rules.context import MoveContext

NEW_ROUND = ("fall_back", "overturn")
INTO_REVIEW = ("accept", "supply_papers", *NEW_ROUND)
OUTSTANDING = ("approved", "returned")
SETTLING = ("record_payment", "correct_payment", "release_payment")


def taken_since(case: Case, name: str, *starts: str) -> Taken | None:
    """The last time a transition was taken, unless one of `starts` was taken after it."""
    last = case.taken.get(name)
    begun = max((case.taken[start].at for start in starts if start in case.taken), default=None)
    return last if last and (begun is None or begun <= last.at) else None


def not_before(at: MoveContext, day: date, first: str) -> bool:
    """Whether a day does not lie before an earlier deed; today never does, even where the time was set back."""
    return day >= min(date.fromisoformat(first), at.today)


def asked_at(case: Case) -> datetime:
    """When the household last asked to be put on file: at first, or after it had fallen back."""
    back = case.taken.get("fall_back")
    return back.at if back else case.opened_at


def review_begun(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the review came to its caseworker; what happens after the home visit does not move it."""
    visit = taken_since(case, "record_visit", *NEW_ROUND)
    entered = [taken.at for name in INTO_REVIEW if (taken := taken_since(case, name, *NEW_ROUND))]
    before = [at for at in entered if visit is None or at <= visit.at]
    return calendar.local_date(max(before)) if before else None


def visited(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the home visit of this review was recorded."""
    visit = taken_since(case, "record_visit", *NEW_ROUND)
    return calendar.local_date(visit.at) if visit else None


def check_sent(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the check of the means was asked for."""
    return _day(case.facts.get("check"), "sent_on")


def emergency_over(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the emergency was over for which aid was given at once."""
    return _day(case.facts.get("emergency"), "over_on")


def check_answered(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which its answer came."""
    return _day(case.facts.get("check"), "answered_on")


def aid_approved(case: Case, calendar: WorkingCalendar) -> date | None:
    """From when the oldest payment that is not settled is owed, else the one that was settled last."""
    lines = case.facts.get("aid", ())
    open_ones = [_owed_from(line) for line in lines if line["status"] in OUTSTANDING]
    if open_ones:
        return min(open_ones, key=lambda one: calendar.local_date(one) if isinstance(one, datetime) else one)
    last = _settled_last(case)
    return _owed_from(last) if last else None


def _owed_from(line: Facts) -> date:
    """The day of its approval, the one on which the bank sent back what was paid, or when a mistake came to light.

    An instant for a mistake and for money that goes back: the clock before has ended already, perhaps on the day on
    which it had begun.
    """
    if line.get("owed_again_at"):
        return datetime.fromisoformat(line["owed_again_at"])
    return date.fromisoformat(line.get("came_back_on") or line["approved_on"])


def aid_settled(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the last payment was settled, once none is outstanding."""
    if any(line["status"] in OUTSTANDING for line in case.facts.get("aid", ())):
        return None
    return _day(_settled_last(case), "settled_on")


def change_reported(case: Case, calendar: WorkingCalendar) -> datetime | None:
    """When the first of the reports came that nobody has looked into, else of those that were looked into last."""
    told = (case.facts.get("change_reports") or {}).get("since")
    return datetime.fromisoformat(told) if told else None


change_looked_into = fact_dates.taken_since(change_reported, "reverify", "record_contact")
"""When somebody verified or visited the household after it had reported a change."""


def no_longer_poor(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day from which the exit is due that follows from a verification: once the months above the line are full."""
    verified = case.facts.get("verification") or {}
    return None if verified.get("in_hardship", True) else _day(verified, "exit_from")


def exit_begun(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which the exit was proposed that follows from that verification."""
    verified, begun = case.facts.get("verification") or {}, _day(case.facts.get("exit"), "proposed_on")
    found = _day(verified, "on") if no_longer_poor(case, calendar) else None
    return begun if found and begun and found <= begun else None


def _settled_last(case: Case) -> Facts | None:
    settling = [case.taken[name] for name in SETTLING if name in case.taken]
    last = max(settling, key=lambda taken: taken.at, default=None)
    if last is None:
        return None
    return next((line for line in case.facts.get("aid", ()) if line["line"] == last.given["line"]), None)


def _day(facts: Facts | None, name: str) -> date | None:
    written = (facts or {}).get(name)
    return date.fromisoformat(written) if written else None
