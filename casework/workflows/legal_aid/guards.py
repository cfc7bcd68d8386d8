"""The questions that legal aid asks, and the dates it works out. Sources stand at each."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from casework.rules.calendars import WorkingCalendar
from casework.rules.casefile import CaseFile, Role, Situation, Taken, Verdict
from casework.rules.clocks import Interval, Limit, due
from casework.rules.eligibility import MeansTest
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import EXEMPTIONS, FILINGS, INTERRUPTS, LABOUR

ONE_YEAR: Final = Limit.parse("1y")
FILED_STAGES: Final = frozenset(("arbitration_filed", "arbitration_hearing", "award", "court"))

REVIEWING = ("propose", "accept", "ask_for_papers")


@guard(
    zh="补正材料已一次性告知过；再次告知须由审批人办理。",
    en="Everything missing has been asked for once; a second notice needs a supervisor.",
)
def not_asked_before(at: Situation) -> bool:
    """One notice, all of it (法律援助法 43); a second one is the supervisor's."""
    return "ask_for_papers" not in at.case.taken or at.actor.role is Role.SUPERVISOR


@guard(
    zh="审查人与审批人不能为同一人。",
    en="Whoever decides is not the one who reviewed.",
)
def decided_by_another(at: Situation) -> bool:
    """Where the office's policy `decided_by_another` says so; a small office of two people must be able to work.

    The reviewer is whoever proposed, or, on a decision without a proposal, whoever took the request in hand.
    """
    row = at.office.policy("decided_by_another")
    if row is None or not row.holds():
        return True
    reviewed = next((at.case.taken[step] for step in REVIEWING if step in at.case.taken), None)
    return reviewed is None or reviewed.by != at.actor.id


@guard(
    zh="家庭人均收入须低于经济困难标准，免予核查的除外。",
    en="Income for each person must be below the hardship line, unless the applicant is exempt.",
)
def means_are_small(at: Situation) -> Verdict:
    """法律援助法 41, 42, 32; 山东省法律援助条例 8: below twice the previous year's 低保 standard of the county."""
    if at.case.facts.get("exemption") in EXEMPTIONS:
        return Verdict("exemption_proof" in at.case.facts, _UNPROVEN)
    test = means_test(at)
    if isinstance(test, Text):
        return Verdict(False, test)
    return Verdict(test.met, None if test.met else test.told())


_UNPROVEN = Text(
    "免予核查经济困难须有证明材料，请补充免予核查的证明。",
    "An exemption from the means test needs its proof; add what proves it.",
)


def means_test(at: Situation) -> MeansTest | Text:
    """The reckoning, or what is missing for it."""
    means: Mapping[str, Any] = at.case.facts.get("means", {})
    if "household_size" not in means or "annual_income" not in means:
        return Text(
            "尚缺家庭人口和家庭年收入，或者免予核查的情形。",
            "The size and the annual income of the household are unknown, and no exemption is given.",
        )
    if not means.get("declared_true"):
        return Text("申请人尚未作出个人诚信承诺。", "The applicant has not declared the means to be true yet.")
    standard = at.office.policy_last_year("subsistence_line")
    multiple = at.office.policy("hardship_multiple")
    if standard is None or multiple is None:
        return Text(
            "本地区的低保标准或困难倍数尚未设定，请联系管理员。",
            "The subsistence line or its multiple is not set for this place; ask the administrator.",
        )
    return MeansTest(
        annual_income=Decimal(means["annual_income"]),
        household_size=means["household_size"],
        line=standard.amount() * multiple.amount(),
        line_told=Text(
            f"困难标准 = 低保标准 {standard.value} × {multiple.value}，{standard.source.zh}；{multiple.source.zh}",
            f"the line is the subsistence standard {standard.value} × {multiple.value}; {standard.source.en};"
            f" {multiple.source.en}",
        ),
    )


def means_sheet(at: Situation) -> Mapping[str, Any]:
    """Why the means were found small, kept with the decision."""
    exemption = at.case.facts.get("exemption")
    if exemption in EXEMPTIONS:
        return {"means": {"exempt": exemption, "told": EXEMPTIONS[exemption].both()}}
    test = means_test(at)
    return {"means": {"told": test.both()} if isinstance(test, Text) else test.sheet()}


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
        if step["kind"] in INTERRUPTS and base < on <= _last_day(base, calendar):
            base = on
    return base


def limitation_met(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The day on which arbitration or a lawsuit was filed in time, or None."""
    base = limitation_base(case, calendar)
    filed = [date.fromisoformat(step["on"]) for step in case.facts.get("previous_steps", ()) if step["kind"] in FILINGS]
    progress = case.taken.get("record_progress")
    if progress is not None and progress.given["stage"] in FILED_STAGES:
        filed.append(date.fromisoformat(progress.given["on"]))
    return min((day for day in filed if base and base <= day <= _last_day(base, calendar)), default=None)


def _known_since(case: CaseFile) -> date | None:
    facts = case.facts
    if facts.get("matter") not in LABOUR:
        return None
    ended = facts.get("employment", {}).get("ended_on")
    known = ended if facts["matter"] == "wages" else facts.get("known_on") or ended
    return date.fromisoformat(known) if known else None


def _last_day(base: date, calendar: WorkingCalendar) -> date:
    last = due(ONE_YEAR, (Interval(datetime.combine(base, time(), calendar.tz)),), calendar)
    assert last is not None
    return last.on


@guard(
    zh="提出异议的期限已过。",
    en="The time to object is over.",
)
def may_still_object(at: Situation) -> Verdict | bool:
    """山东省法律援助条例 16: within thirty days of the notice; where no rule sets a limit, none holds."""
    row = at.office.policy("objection")
    decided = _decision(at.case)
    if row is None or decided is None:
        return True
    last = due(Limit.parse(row.value), (Interval(decided.at),), at.office.calendar)
    if last is None or at.now < last.at:
        return True
    return Verdict(
        False,
        Text(
            f"提出异议的期限于 {last.on} 届满（{row.source.zh}）。",
            f"The time to object ended on {last.on} ({row.source.en}).",
        ),
    )


@guard(
    zh="作出原决定的人不能审查对该决定的异议。",
    en="Whoever decided does not review the objection.",
)
def reviewed_by_another(at: Situation) -> bool:
    """Where the office's policy `decided_by_another` says so (法律援助法 49: another body reviews)."""
    row = at.office.policy("decided_by_another")
    decided = _decision(at.case)
    return row is None or not row.holds() or decided is None or decided.by != at.actor.id


def _decision(case: CaseFile) -> Taken | None:
    """The last refusal or termination."""
    decisions = [case.taken[name] for name in ("refuse", "terminate") if name in case.taken]
    return max(decisions, key=lambda taken: taken.at, default=None)


@guard(
    zh="签订日期不能早于指派之日。",
    en="The agreement cannot be older than the assignment.",
    looks_at_given=True,
)
def engaged_after_assigned(at: Situation) -> bool:
    """The agreement follows the assignment."""
    assigned = at.case.taken.get("assign")
    return assigned is None or bool(at.given["engaged_on"] >= at.office.calendar.local_date(assigned.at))


@guard(
    zh="结案日期不能早于签订委托协议之日。",
    en="The case cannot be concluded before the agreement was signed.",
    looks_at_given=True,
)
def concluded_after_engaged(at: Situation) -> bool:
    """The end follows the beginning."""
    engaged = at.case.taken.get("engage")
    return engaged is None or bool(at.given["concluded_on"] >= date.fromisoformat(engaged.given["engaged_on"]))
