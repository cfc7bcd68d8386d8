"""The limitations of a case, each claim with its own: from which day it runs, what starts it anew, what it rests for.

Sources: 劳动争议调解仲裁法 27; 劳动人事争议仲裁办案规则 27 (wording to be confirmed); 民法典 188, 195, 196.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from casework.rules.calendars import WorkingCalendar, corresponding_day
from casework.rules.case import Case, Facts
from casework.rules.clocks import Limit
from casework.rules.grammar import ANY, Alert, Clock, FactDate
from casework.rules.people import HELPERS, Role
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import CIVIL, LABOUR
from casework.workflows.legal_aid.labour import last_day

INTERRUPTS: Final = frozenset(
    ("claimed", "negotiated", "asked_authority", "acknowledged", "mediation", "payment_order",
     "mediation_applied", "complaint_filed", "inspection_filed", "payment_order_filed", "settled")
)  # fmt: skip
"""Steps, among those before the request and those of the proceedings, after which the whole time runs anew."""
FILED: Final = frozenset(
    ("arbitration", "lawsuit", "arbitration_filed", "arbitration_accepted", "arbitration_hearing", "award_received",
     "final_award_received", "award_unmarked_received", "lawsuit_filed", "lawsuit_accepted", "court_hearing")
)  # fmt: skip
"""Steps that show that a tribunal or a court has the matter: the limitation rests."""
RETURNED: Final = frozenset(("arbitration_refused", "arbitration_withdrawn", "lawsuit_refused", "lawsuit_withdrawn"))
"""Steps with which the matter comes back undecided: the whole time runs anew."""
AWARDED: Final = frozenset(("award_received", "final_award_received", "award_unmarked_received"))


class _Standing(NamedTuple):
    """The day from which a limitation runs or last ran (None while it stands still), and that of filing in time."""

    base: date | None
    filed: date | None


@dataclass(frozen=True, slots=True)
class Limitation:
    """The limitation of one kind of claim; `since` gives the day from which it first runs, or None."""

    name: str
    title: Text
    limit: str
    basis: Text
    since: Callable[[Facts], date | None]
    suspends: bool = True

    def base(self, case: Case, calendar: WorkingCalendar) -> date | None:
        """The day from which it runs; moved on by the days in which it stood still, so that it ends as late."""
        standing = self._standing(case, calendar)
        return standing.base if standing else None

    def filed(self, case: Case, calendar: WorkingCalendar) -> date | None:
        """The day of the filing in time for which it rests, or None."""
        standing = self._standing(case, calendar)
        return standing.filed if standing else None

    def last_day(self, case: Case, calendar: WorkingCalendar) -> date | None:
        """The last day in time while it runs; None where it does not run, stands still or rests."""
        standing = self._standing(case, calendar)
        if standing is None or standing.base is None or standing.filed:
            return None
        return last_day(Limit.parse(self.limit), standing.base, calendar)

    def ran_out(self, case: Case, calendar: WorkingCalendar, day: date) -> date | None:
        """The last day in time where that had passed on a day; None where it runs, stands still, rests or is not known."""
        last = self.last_day(case, calendar)
        return last if last is not None and last < day else None

    def _standing(self, case: Case, calendar: WorkingCalendar) -> _Standing | None:
        """What the steps make of it, in their order; none revives a limitation that has run out before."""
        runs = self.since(case.facts)
        if runs is None:
            return None
        filed, awarded = None, False
        for on, kind in _steps(case.facts):
            if filed is None and (on < runs or self._over(runs, case.facts, on, calendar)):
                continue
            if kind in RETURNED and not awarded:
                runs, filed = on, None
            elif filed is None and kind in FILED:
                filed = on
            elif filed is None and kind in INTERRUPTS:
                runs = on
            awarded |= kind in AWARDED
        return _Standing(self._moved(runs, case.facts), filed)

    def _over(self, runs: date, facts: Facts, day: date, calendar: WorkingCalendar) -> bool:
        base = self._moved(runs, facts)
        return base is not None and day > last_day(Limit.parse(self.limit), base, calendar)

    def _moved(self, runs: date, facts: Facts) -> date | None:
        """The day moved on by the stretches in which the time stood still; None while it does (调解仲裁法 27 III).

        The first and the last day of a stretch are days on which the time went on.
        """
        months = 12 * Limit.parse(self.limit).amount
        end, counted = corresponding_day(runs, months), runs
        for stretch in sorted(
            facts.get("suspensions", ()) if self.suspends else (), key=lambda one: str(one["begins"])
        ):
            begins = max(date.fromisoformat(stretch["begins"]), counted)
            if begins > end:
                break
            if "ends" not in stretch:
                return None
            ends = date.fromisoformat(stretch["ends"])
            if ends > begins:
                end, counted = end + (ends - begins), ends
        return runs if end == corresponding_day(runs, months) else corresponding_day(end, -months)


def _steps(facts: Facts) -> list[tuple[date, str]]:
    """The steps before the request and those of the proceedings, by day; what comes back comes after what was filed."""
    steps = [*facts.get("previous_steps", ()), *facts.get("proceedings", ())]
    days = [(date.fromisoformat(step["on"]), step["kind"]) for step in steps]
    return sorted(days, key=lambda step: (step[0], step[1] in RETURNED))


def _known(facts: Facts) -> date | None:
    known = facts.get("known_on") or facts.get("employment", {}).get("ended_on")
    return date.fromisoformat(known) if known else None


def _left(facts: Facts) -> date | None:
    ended = facts.get("employment", {}).get("ended_on")
    return date.fromisoformat(ended) if ended else None


def _demands(facts: Facts, *kinds: str) -> bool:
    return facts.get("matter") in LABOUR and any(row["kind"] in kinds for row in facts.get("demands", ()))


def _of_the_matter(facts: Facts) -> date | None:
    """Pay: the end of the employment, and nothing while it lasts. Other labour matters: the day of knowing."""
    matter = facts.get("matter")
    return _left(facts) if matter == "wages" else _known(facts) if matter in LABOUR else None


def _of_pay(facts: Facts) -> date | None:
    return _left(facts) if facts.get("matter") != "wages" and _demands(facts, "wages") else None


def _of_dismissal(facts: Facts) -> date | None:
    """Severance and damages fall due with the end of the employment."""
    if facts.get("matter") == "dismissal" or not _demands(facts, "severance", "damages"):
        return None
    return _left(facts) or _known(facts)


def _of_double_wages(facts: Facts) -> date | None:
    """From the end of the twelve months for which they are owed (劳动合同法 82), or of the employment before that.

    Where the courts count month by month, the first months are out of time sooner.
    """
    if not _demands(facts, "double_wages"):
        return None
    started, left = facts.get("employment", {}).get("started_on"), _left(facts)
    year = corresponding_day(date.fromisoformat(started), 12) if started else None
    return min((day for day in (year, left) if day), default=_known(facts))


def _of_other_claims(facts: Facts) -> date | None:
    if facts.get("matter") not in ("wages", "dismissal"):
        return None
    return _known(facts) if _demands(facts, "overtime", "social_insurance", "injury_benefits", "other") else None


def _of_civil_claims(facts: Facts) -> date | None:
    known = facts.get("known_on")
    return date.fromisoformat(known) if known and facts.get("matter") in CIVIL else None


_ARTICLE_27: Final = Text("劳动争议调解仲裁法 第27条", "Labour Dispute Mediation and Arbitration Law 27")
# fmt: off
LIMITATIONS: Final = (
    Limitation("limitation",              Text("劳动仲裁时效", "Limitation for arbitration"),
               "1y", _ARTICLE_27, _of_the_matter),
    Limitation("limitation_pay",          Text("劳动报酬的仲裁时效", "Limitation, pay"),
               "1y", _ARTICLE_27, _of_pay),
    Limitation("limitation_dismissal",    Text("经济补偿、赔偿金的仲裁时效", "Limitation, severance and damages"),
               "1y", _ARTICLE_27, _of_dismissal),
    Limitation("limitation_double_wages", Text("二倍工资的仲裁时效", "Limitation, double wages"),
               "1y", _ARTICLE_27, _of_double_wages),
    Limitation("limitation_other_claims", Text("其他请求的仲裁时效", "Limitation, other claims"),
               "1y", _ARTICLE_27, _of_other_claims),
    Limitation("limitation_civil",        Text("诉讼时效", "Limitation, civil"),
               "3y", Text("民法典 第188条：三年；支付抚养费、赡养费、扶养费的请求不适用诉讼时效（第196条），仅作提醒",
                          "Civil Code 188: three years; claims for maintenance have none (196), which this only reminds of"),
               _of_civil_claims, suspends=False),
)
# fmt: on
"""One clock each. `limitation` is that of the matter itself; the others are of what is demanded beside it."""

LIMITATION_NAMES: Final = tuple(one.name for one in LIMITATIONS)


def last_days_to_claim(case: Case, calendar: WorkingCalendar) -> list[date]:
    """The last days of the limitations that run."""
    return [day for one in LIMITATIONS if (day := one.last_day(case, calendar)) is not None]


_LADDER: Final = (
    Alert("80%", (Role.CASEWORKER, *HELPERS), urgent=True),
    Alert("95%", (Role.CASEWORKER, *HELPERS, Role.SUPERVISOR), urgent=True),
    Alert("due", (Role.CASEWORKER, *HELPERS, Role.SUPERVISOR), urgent=True),
)


def _clock(one: Limitation) -> Clock:
    return Clock(
        one.name, one.title, ANY, one.limit, one.basis, owed_by="outside",
        start=_fact(one, "base"), stop=_fact(one, "filed"), alerts=_LADDER, guards_right=True,
    )  # fmt: skip


def _fact(one: Limitation, which: str) -> FactDate:
    """The date under a name that tells what it looks at, so that the workflow's fingerprint tells it from others."""

    def fact(case: Case, calendar: WorkingCalendar) -> date | None:
        return one.base(case, calendar) if which == "base" else one.filed(case, calendar)

    fact.__qualname__ = f"{which}({one.name}, {one.since.__name__})"
    return fact


LIMITATION_CLOCKS: Final = tuple(map(_clock, LIMITATIONS))
