"""The questions that legal aid asks, and the dates it works out. Sources stand at each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.rules.casefile import CaseFile, Role, Situation, Verdict
from casework.rules.eligibility import MeansTest
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import EXEMPTIONS, INTERRUPTS, LABOUR

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


def limitation_base(case: CaseFile) -> date | None:
    """The day from which the year for arbitration runs (调解仲裁法 27), or None where none runs yet.

    Pay: from the end of the employment, and not at all while it lasts. Other labour matters: from the day the
    infringement was or should have been known. A claim, a request for relief or an acknowledgement starts it anew.
    """
    facts = case.facts
    if facts.get("matter") not in LABOUR:
        return None
    employment = facts.get("employment", {})
    if facts["matter"] == "wages":
        known = employment.get("ended_on")
    else:
        known = facts.get("known_on") or employment.get("ended_on")
    if known is None:
        return None
    base = date.fromisoformat(known)
    restarts = [
        date.fromisoformat(step["on"]) for step in facts.get("previous_steps", ()) if step["kind"] in INTERRUPTS
    ]
    return max([base, *restarts])
