"""The questions that legal aid asks on its main road. Sources stand at each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.rules.case import Case, Taken
from casework.rules.context import MoveContext, Verdict
from casework.rules.eligibility import MeansTest
from casework.rules.grammar import guard
from casework.rules.objections import objections_to
from casework.rules.people import Role
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import (
    COLLECTIVE,
    EXEMPTIONS,
    FORMS_OF_AID,
    MOST_PROCEEDINGS,
    NO_MEANS_ASKED,
    REPRESENTATION,
    claimed,
    is_pay_of_workers_first,
)
from casework.workflows.legal_aid.labour import Proceeding
from casework.workflows.legal_aid.limitation import AWARDED, RETURNED
from casework.workflows.legal_aid.steps import REPORTED

FULL_CAPACITY = 16
REVIEWING = ("propose", "accept", "ask_for_papers")


@guard(
    zh="补正材料已一次性告知过；再次告知须由审批人办理。",
    en="Everything missing has been asked for once; a second notice needs a supervisor.",
)
def not_asked_before(at: MoveContext) -> bool:
    """One notice of each office, all of it (法律援助法 43); a second one is the supervisor's."""
    return taken_here(at.case, "ask_for_papers") is None or at.actor.role is Role.SUPERVISOR


@guard(
    zh="审查人与审批人不能为同一人。",
    en="Whoever decides is not the one who reviewed.",
)
def decided_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so; a small office of two people must be able to work.

    The reviewer is whoever proposed, or, on a decision without a proposal, whoever took the request in hand.
    """
    row = at.office.policy("decided_by_another")
    if row is None or not row.holds():
        return True
    reviewed = next(filter(None, (taken_here(at.case, step) for step in REVIEWING)), None)
    return reviewed is None or reviewed.by != at.actor.id


def taken_here(case: Case, name: str) -> Taken | None:
    """The last time this step was taken, unless another office did it before it transferred the case."""
    taken, moved = case.taken.get(name), case.taken.get("transfer")
    return taken if taken is None or moved is None or taken.at > moved.at else None


@guard(
    zh="家庭人均收入须低于经济困难标准，免予核查的除外。",
    en="Income for each person must be below the hardship line, unless the applicant is exempt.",
)
def means_are_small(at: MoveContext) -> Verdict:
    """法律援助法 31, 32, 41, 42; 山东省法律援助条例 8: below twice the previous year's 低保 standard of the county."""
    if needs_no_means(at) is not None:
        return Verdict(True)
    if at.case.facts.get("exemption") in EXEMPTIONS:
        return Verdict("exemption_proof" in at.case.facts, _UNPROVEN)
    test = means_test(at)
    if isinstance(test, Text):
        return Verdict(False, test)
    return Verdict(test.met, None if test.met else test.told())


def needs_no_means(at: MoveContext) -> Text | None:
    """Why means are no condition: the matter (法律援助法 32), or that nobody is represented (31); None where they are.

    The form of aid is the one that is decided, was decided, or else was asked for.
    """
    facts = at.case.facts
    if facts.get("matter") in NO_MEANS_ASKED:
        return NO_MEANS_ASKED[facts["matter"]]
    helped = at.case.taken.get("help_first")
    decided = helped.given if helped else facts
    form = at.given.get("form_of_aid") or decided.get("form_of_aid")
    if form is None or form in REPRESENTATION:
        return None
    return Text(
        f"{FORMS_OF_AID[form].zh}不以经济困难为条件（法律援助法第23条、第31条）",
        f"{FORMS_OF_AID[form].en} is not for the hard up only (Legal Aid Law 23, 31)",
    )


_UNPROVEN = Text(
    "免予核查经济困难须有证明材料，请补充免予核查的证明。",
    "An exemption from the means test needs its proof; add what proves it.",
)


def means_test(at: MoveContext) -> MeansTest | Text:
    """The reckoning, or what is missing for it."""
    means: Mapping[str, Any] = at.case.facts.get("means", {})
    if "household_size" not in means or "annual_income" not in means:
        return Text(
            "尚缺家庭人口和家庭年收入，或者免予核查的情形。",
            "The size and the annual income of the household are unknown, and no exemption is given.",
        )
    if not means.get("declared_true"):
        return Text("申请人尚未作出个人诚信承诺。", "The applicant has not declared the means to be true yet.")
    ceiling = at.office.policy("income_ceiling")
    if ceiling is not None:
        return MeansTest(
            annual_income=Decimal(means["annual_income"]),
            household_size=means["household_size"],
            line=ceiling.amount(),
            line_told=ceiling.source,
        )
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


def means_sheet(at: MoveContext) -> Mapping[str, Any]:
    """Why the means were found small, kept with the decision."""
    told = needs_no_means(at)
    if told is not None:
        return {"means": {"condition": False, "told": told.both()}}
    exemption = at.case.facts.get("exemption")
    if exemption in EXEMPTIONS:
        return {"means": {"exempt": exemption, "told": EXEMPTIONS[exemption].both()}}
    test = means_test(at)
    return {"means": {"told": test.both()} if isinstance(test, Text) else test.sheet()}


def review_sheet(at: MoveContext) -> Mapping[str, Any]:
    """The reckoning of the means, and whether the dispute is collective."""
    return {**means_sheet(at), **collective_sheet(at)}


def collective_sheet(at: MoveContext) -> Mapping[str, Any]:
    """Whether ten workers or more claim together (劳动争议调解仲裁法 7)."""
    return {"collective": at.case.facts.get("claimants", 1) >= COLLECTIVE}


def claimed_sheet(at: MoveContext) -> Mapping[str, Any]:
    """The amount claimed, worked out from the facts where the helper does not give it."""
    known = at.given.get("claimed", claimed(at.case.facts))
    return {} if known is None else {"claimed": f"{known:.2f}"}


@guard(
    zh="劳动者一方在十人以上的，请登记推举的三至五名代表，或者写明未推举代表的原因。",
    en="From ten workers on, give the three to five representatives that they name, or why they name none.",
)
def representatives_are_known(at: MoveContext) -> bool:
    """Ten workers or more may name representatives (劳动争议调解仲裁法 7); they are asked whether they do."""
    facts = at.case.facts
    many = facts.get("claimants", 1) >= COLLECTIVE
    return not many or bool(facts.get("representatives") or facts.get("no_representatives"))


@guard(
    zh="申请人不满十六周岁，或者按出生年份不能确定已满十六周岁，须由法定代理人代为申请；请登记代为申请人。",
    en="The applicant is younger than sixteen, or may be by the year of birth; a legal representative asks in the name"
    " of the child: say who.",
)
def children_are_represented(at: MoveContext) -> bool:
    """法律援助法 40 with 民法典 18–20: nobody below sixteen has full capacity.

    Of the day of birth only the year lies open: whoever turns sixteen this year may still be fifteen and counts as such.
    """
    born = at.case.facts.get("applicant", {}).get("birth_date")
    child = born is not None and at.today.year - int(born[:4]) <= FULL_CAPACITY
    return not child or "agent" in at.case.facts


@guard(
    zh="请求金额低于本地区受理标准。",
    en="The amount claimed is below what this office takes up.",
)
def claim_is_large_enough(at: MoveContext) -> Verdict | bool:
    """Where the office's policy `least_claim` sets an amount in yuan (锦州、深圳); what claims no money is not measured."""
    row, amount = at.office.policy("least_claim"), claimed(at.case.facts)
    if row is None or amount is None or amount >= row.amount():
        return True
    return Verdict(
        False,
        Text(
            f"请求金额 {amount:.2f} 元，低于 {row.amount():.2f} 元（{row.source.zh}）。",
            f"The claim of {amount:.2f} yuan is below {row.amount():.2f} yuan ({row.source.en}).",
        ),
    )


@guard(
    zh="进城务工人员、新就业形态劳动者请求支付劳动报酬的，不得以申请地为由不予援助，应当受理或者移送；也不得选择“其他”情形，请选择具体的法定情形。",
    en="A migrant or platform worker who claims pay is not refused because of the place of application; the case is"
    " taken up here or transferred. Nor is the ground “other” open: name the ground.",
    looks_at_given=True,
)
def no_worker_is_sent_away(at: MoveContext) -> bool:
    """Since 2026-02 the place of application is no reason to turn such a worker away (司法部), under whatever name."""
    return at.given["ground"] not in _MAY_HIDE_THE_PLACE or not is_pay_of_workers_first(at.case.facts)


_MAY_HIDE_THE_PLACE: Final = frozenset(("not_competent", "other"))


@guard(
    zh="程序节点过多，请先更正案件信息。",
    en="There are too many steps of the proceedings; correct the facts first.",
)
def room_for_a_proceeding(at: MoveContext) -> bool:
    """As many as the intake form takes, so that the facts can still be corrected."""
    return len(at.case.facts.get("proceedings", ())) < MOST_PROCEEDINGS


def with_proceeding(at: MoveContext) -> Mapping[str, Any]:
    """The steps of the proceedings with the one that is recorded; its note stays with the step."""
    step = {name: value for name, value in Proceeding.plain(at.given).items() if name != "note"}
    return {"proceedings": [*at.case.facts.get("proceedings", ()), step]}


def with_what_is_reported(at: MoveContext) -> Mapping[str, Any]:
    """A report that the matter was filed, heard or decided is that step of the proceedings, unless it is known."""
    kind, known = REPORTED.get(at.given["stage"]), list(at.case.facts.get("proceedings", ()))
    same = AWARDED if kind in AWARDED else {kind}
    for step in reversed(known):
        if step["kind"] in same:
            return {}
        if step["kind"] in RETURNED:
            break
    return {"proceedings": [*known, {"kind": kind, "on": str(at.given["on"])}]} if kind else {}


# 山东省法律援助条例 16: an objection to a refusal within thirty days of the notice; 法律援助法 49 sets no time for one to a
# termination, and has another body review both: for a union, by reference, the union above.
may_still_object, something_to_serve, served_after_decision, reviewed_by_another, time_to_object = objections_to(
    "refuse", "terminate", without_limit=("terminate",)
)


@guard(
    zh="签订日期不能早于指派之日。",
    en="The agreement cannot be older than the assignment.",
    looks_at_given=True,
)
def engaged_after_assigned(at: MoveContext) -> bool:
    """The agreement follows the assignment."""
    assigned = at.case.taken.get("assign")
    return assigned is None or follows(at, "engaged_on", at.office.calendar.local_date(assigned.at))


@guard(zh="您已接受指派。", en="You have taken this case on already.")
def not_taken_on_yet(at: MoveContext) -> bool:
    """Once for each assignment."""
    taken, assigned = at.case.taken.get("take_on"), at.case.taken.get("assign")
    return taken is None or assigned is None or taken.at < assigned.at


@guard(
    zh="结案日期不能早于签订委托协议之日。",
    en="The case cannot be concluded before the agreement was signed.",
    looks_at_given=True,
)
def concluded_after_engaged(at: MoveContext) -> bool:
    """The end follows the beginning."""
    engaged = at.case.taken.get("engage")
    return engaged is None or follows(at, "concluded_on", date.fromisoformat(engaged.given["engaged_on"]))


@guard(
    zh="裁判或协议金额大于请求金额的，请写明原因。",
    en="More was awarded than was claimed; say why.",
    looks_at_given=True,
)
def award_is_explained(at: MoveContext) -> bool:
    """A slip of the keyboard is no success: what is awarded beyond the claim needs its explanation."""
    awarded, asked = at.given.get("awarded"), at.given.get("claimed", claimed(at.case.facts))
    return awarded is None or asked is None or awarded <= asked or "award_explanation" in at.given


def follows(at: MoveContext, field: str, day: date) -> bool:
    """Whether the date that is given does not lie before a day; today never does, though the time be set back."""
    return bool(at.given[field] >= min(day, at.today))
