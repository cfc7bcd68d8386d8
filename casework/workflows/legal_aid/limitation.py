"""The year in which a labour dispute goes to arbitration (调解仲裁法 27): from which day it runs, and what meets it."""

from datetime import date
from typing import Final

from casework.rules.calendars import WorkingCalendar
from casework.rules.casefile import CaseFile
from casework.rules.clocks import Limit
from casework.workflows.legal_aid.intake import FILINGS, INTERRUPTS, LABOUR
from casework.workflows.legal_aid.labour import ARBITRATED_OR_SUED, last_day

ONE_YEAR: Final = Limit.parse("1y")
FILED_STAGES: Final = frozenset(("arbitration_filed", "arbitration_hearing", "award", "court"))


def limitation_base(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The day from which the year for arbitration runs (调解仲裁法 27), or None where none runs yet.

    Pay: from the end of the employment, and not at all while it lasts. Other labour matters: from the day the
    infringement was or should have been known. A claim, a request for relief or an acknowledgement starts the year
    anew while it still runs; once it has run out nothing revives it.
    """
    base = _known_since(case)
    if base is None:
        return None
    for step in sorted(case.facts.get("previous_steps", ()), key=lambda step: str(step["on"])):
        on = date.fromisoformat(step["on"])
        if step["kind"] in INTERRUPTS and base < on <= last_day(ONE_YEAR, base, calendar):
            base = on
    return base


def limitation_met(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The day on which arbitration or a lawsuit was filed in time, or None."""
    base = limitation_base(case, calendar)
    filed = [day for day in _filed_on(case) if base and base <= day <= last_day(ONE_YEAR, base, calendar)]
    return min(filed, default=None)


def last_day_to_arbitrate(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The last day of the limitation while it runs; None where none does or it was met."""
    base = limitation_base(case, calendar)
    if base is None or limitation_met(case, calendar) is not None:
        return None
    return last_day(ONE_YEAR, base, calendar)


def _filed_on(case: CaseFile) -> list[date]:
    """Every day on which something shows that a tribunal or a court had the matter."""
    facts = case.facts
    filed = [step["on"] for step in facts.get("previous_steps", ()) if step["kind"] in FILINGS]
    filed += [step["on"] for step in facts.get("proceedings", ()) if step["kind"] in ARBITRATED_OR_SUED]
    progress = case.taken.get("record_progress")
    if progress is not None and progress.given["stage"] in FILED_STAGES:
        filed.append(progress.given["on"])
    return [date.fromisoformat(day) for day in filed]


def _known_since(case: CaseFile) -> date | None:
    facts = case.facts
    if facts.get("matter") not in LABOUR:
        return None
    ended = facts.get("employment", {}).get("ended_on")
    known = ended if facts["matter"] == "wages" else facts.get("known_on") or ended
    return date.fromisoformat(known) if known else None
