"""What comes before a proposal: the papers, the home visit, the check of the means, the consents, the exclusions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.people import Role
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import EXCLUSIONS
from casework.workflows.hardship_aid.milestones import not_before, taken_since

CHILDHOOD: Final = 14
"""Data of children below this age are sensitive (个人信息保护法 28)."""


@guard(
    zh="补正材料已一次性告知过；再次告知须由审批人办理。",
    en="Everything missing has been asked for once; a second notice needs a supervisor.",
)
def not_asked_before(at: MoveContext) -> bool:
    """One notice, all of it; a second one is the supervisor's."""
    return taken_since(at.case, "ask_for_papers", "fall_back") is None or at.actor.role is Role.SUPERVISOR


def visit_noted(at: MoveContext) -> Mapping[str, Any]:
    """The visit, and the authorisation to check the means where it was signed there."""
    on = at.given["on"].isoformat()
    noted: dict[str, Any] = {"visit": {"on": on, "by": at.given["visitors"], "as_told": at.given["as_told"]}}
    if at.given["authorised"] and not at.case.facts.get("consent_to_check"):
        noted["consent_to_check"] = {"signed_on": on}
    return noted


@guard(
    zh="尚无入户调查记录。申报前须由两人入户调查并签字。",
    en="No home visit is on record. Two people visit the household and sign before it is proposed.",
)
def visited_at_home(at: MoveContext) -> bool:
    """One signed visit before approval (practice of union aid centres)."""
    return bool(at.case.facts.get("visit"))


@guard(
    zh="尚无《家庭经济状况核对授权委托书》；请在入户调查时当面签署。",
    en="The authorisation to check the means is not signed yet; it is signed in person at the home visit.",
)
def check_is_authorised(at: MoveContext) -> bool:
    """Nobody's means are checked without an authorisation (个人信息保护法 13, 29)."""
    return bool((at.case.facts.get("consent_to_check") or {}).get("signed_on"))


def check_noted(at: MoveContext) -> Mapping[str, Any]:
    """The hand-over to the centre that checks means, which stands with the step; what the last check found holds."""
    found = (at.case.facts.get("check") or {}).get("exclusions", [])
    sent = {"sent_on": at.given["on"].isoformat(), "answered_on": None}
    return {"check": {**sent, "exclusions": found}}


@guard(zh="尚未送交核对，或者核对结果已经登记。", en="No check is under way.")
def check_is_under_way(at: MoveContext) -> bool:
    """An answer belongs to a question."""
    check = at.case.facts.get("check") or {}
    return "sent_on" in check and check["answered_on"] is None


@guard(
    zh="核对结果的日期不能早于送交核对的日期。", en="The answer cannot be older than the question.", looks_at_given=True
)
def answered_after_sent(at: MoveContext) -> bool:
    """The answer follows the question."""
    return not_before(at, at.given["on"], at.case.facts["check"]["sent_on"])


def answer_noted(at: MoveContext) -> Mapping[str, Any]:
    """The answer of the check; what excludes the household stays with it and is added to what is known."""
    income, found = at.given.get("annual_income"), list(at.given.get("exclusions", ()))
    known = at.case.facts.get("exclusions", ())
    return {
        "check": {
            **at.case.facts["check"],
            "answered_on": at.given["on"].isoformat(),
            "annual_income": None if income is None else f"{income:.2f}",
            "exclusions": found,
        },
        "exclusions": list(dict.fromkeys((*known, *found))),
    }


@guard(
    zh="尚无家庭经济状况核对结果；请先送交核对并登记结果。",
    en="The check of the household's means is not answered yet; ask for it and record the answer.",
)
def means_checked(at: MoveContext) -> bool:
    """The civil affairs' check comes before the proposal (practice of union aid centres)."""
    return bool((at.case.facts.get("check") or {}).get("answered_on"))


@guard(
    zh="核对的家庭年收入高于申报数，请核实并更正案件信息后再申报。",
    en="The check found a higher income than the household told; look into it and correct the facts first.",
)
def income_as_checked(at: MoveContext) -> bool:
    """The reckoning uses figures that the check has not contradicted."""
    checked = (at.case.facts.get("check") or {}).get("annual_income")
    told = (at.case.facts.get("household") or {}).get("annual_income")
    return checked is None or told is None or Decimal(told) >= Decimal(checked)


@guard(zh="存在排除性情形。", en="Something excludes the household.")
def nothing_excludes(at: MoveContext) -> Verdict:
    """Where an exclusion holds, only a refusal can be proposed; what a check has found only another check takes back."""
    checked = (at.case.facts.get("check") or {}).get("exclusions", ())
    found = [EXCLUSIONS[code] for code in dict.fromkeys((*(at.case.facts.get("exclusions") or ()), *checked))]
    return Verdict(
        not found,
        Text(
            f"存在排除性情形：{'；'.join(one.zh for one in found)}。可提出不予帮扶的意见；情况不实的，请先更正，核对发现的请重新送交核对。",
            f"The household is excluded: {'; '.join(one.en for one in found)}. Propose a refusal; if this is not so,"
            " correct the facts, and send what the check has found to another check.",
        ),
    )


@guard(
    zh="已先行紧急救助；请在紧急情况解除后补齐材料，再提出意见。",
    en="Emergency aid came first; once the emergency is over make up its papers, before the proposal.",
)
def emergency_papers_made_up(at: MoveContext) -> bool:
    """Aid first, papers after (社会救助法 50), but before the case goes on."""
    helped = "help_at_once" in at.case.taken
    return not helped or taken_since(at.case, "make_up_papers", "help_at_once") is not None


@guard(zh="没有需要补齐的先行救助材料。", en="No papers of emergency aid are missing.")
def emergency_papers_missing(at: MoveContext) -> bool:
    """Only what was left open is made up."""
    return not emergency_papers_made_up.judge(at).holds


@guard(
    zh="尚缺处理敏感个人信息（健康、金融账户、不满十四周岁未成年人信息）的单独同意。",
    en="The separate consent to sensitive data (health, accounts, children below fourteen) is missing.",
)
def consents_to_sensitive_data(at: MoveContext) -> bool:
    """个人信息保护法 28–31: a consent of its own."""
    facts = at.case.facts
    people = (facts.get("applicant") or {}, *(facts.get("members") or ()))
    sensitive = bool(facts.get("bank")) or any("health" in one or _is_child(one, at.today) for one in people)
    return not sensitive or bool((facts.get("consent_sensitive") or {}).get("signed_on"))


def _is_child(person: Facts, today: date) -> bool:
    """Whether somebody may be below fourteen, as far as the year of birth says, the only part that lies open."""
    return "birth_date" in person and int(person["birth_date"][:4]) >= today.year - CHILDHOOD


@guard(
    zh="新就业形态劳动者须写明从业情况由谁证明（`platform.proven_by`）：平台企业、接单记录、街道（乡镇）社区工会或者行业工会，任选其一，无须劳动合同。",
    en="Say who proves the platform work (`platform.proven_by`): the platform, records of orders, or the union of the"
    " street, town, community or industry; one is enough, and no labour contract is needed.",
)
def platform_work_is_proven(at: MoveContext) -> bool:
    """Platform workers apply like other workers (Rushan union, 2025), without an employer that could speak for them."""
    platform = at.case.facts.get("platform")
    return not platform or "proven_by" in platform


@guard(
    zh="新就业形态劳动者没有用人单位的劳动合同，不得要求提供；可以由平台企业、接单记录、街道（乡镇）社区工会或者行业工会证明。",
    en="A platform worker has no employer's contract, and is not asked for one; the platform, records of orders, or the"
    " union of the street, town, community or industry prove the work.",
    looks_at_given=True,
)
def no_contract_of_a_platform_worker(at: MoveContext) -> bool:
    """What nobody can have is not asked for."""
    names = at.given["papers"] if at.case.facts.get("platform") else ()
    return not any(word in name for name in names for word in ("劳动合同", "聘用合同", "用工合同"))
