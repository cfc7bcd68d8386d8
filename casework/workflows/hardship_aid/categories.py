"""In which category of hardship a household is: what the formula finds, and what a person proposes and why."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.forms.sensitive import join_sensitive
from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.hardship import CATEGORIES, Finding, Household, categorise
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import HARMING_EVENTS
from casework.workflows.hardship_aid.intake import HardshipIntake
from casework.workflows.hardship_aid.milestones import asked_at
from casework.workflows.hardship_aid.steps import CATEGORY_TITLES

FRESH: Final[Mapping[str, Any]] = {
    "endorsements": [],
    "objections": [],
    "notice": None,
    "notice_of": None,
    "notice_over_on": None,
    "corrected_since_notice": [],
}
"""What a new proposal leaves behind of the one before."""


def finding(
    at: MoveContext, *, more_income: Decimal = Decimal(), told: Facts | None = None, asked: date | None = None
) -> Finding | Text:
    """The category by the formula, or what is missing for it.

    `more_income` counts as income beside what the household told; `told` are facts to use instead of the case's own;
    `asked` is the day for which an event must be recent, the day of the request unless said.
    """
    facts = {**in_full(at), **(told or {})}
    household, sudden = facts.get("household") or {}, facts.get("sudden") or {}
    if "size" not in household or "annual_income" not in household:
        return _UNTOLD
    if not household.get("declared_true"):
        return _UNDECLARED
    if open_questions := [] if "explanation" in household else questions(facts, at.today):
        return _explained_first(open_questions)
    rows = [at.office.policy(name) for name in ("subsistence_line", "relative_multiple", "sudden_share")]
    line, multiple, share = rows
    if line is None or multiple is None or share is None:
        return _NO_LINE
    migrant = facts.get("migrant") or {}
    loss, since, happened = sudden.get("loss"), migrant.get("employed_since"), sudden.get("on")
    return categorise(
        Household(
            size=household["size"],
            annual_income=Decimal(household["annual_income"]) + more_income,
            rigid_expenses=Decimal(household.get("rigid_expenses", 0)),
            sudden_named="event" in sudden,
            sudden_event=sudden.get("event") in HARMING_EVENTS,
            sudden_harmed=bool(sudden.get("harmed")),
            sudden_disabled=sudden.get("harm") in ("disabled", "killed"),
            sudden_loss=Decimal(loss) if loss is not None else None,
            migrant_employed_since=date.fromisoformat(since) if since else None,
            migrant=bool(migrant) or (facts.get("applicant") or {}).get("work_state") == "migrant_worker",
            sudden_on=date.fromisoformat(happened) if happened else None,
            asked_on=asked or at.office.calendar.local_date(asked_at(at.case)),
        ),
        line=line.amount(),
        line_told=Text(
            f"低保标准每人每月 {line.value} 元，{line.source.zh}；{multiple.source.zh}",
            f"the subsistence standard is {line.value} yuan a month for each, {line.source.en}; {multiple.source.en}",
        ),
        relative_multiple=multiple.amount(),
        sudden_share=share.amount(),
        today=at.today,
    )


def in_full(at: MoveContext) -> dict[str, Any]:
    """The facts of the case with the sensitive ones, as far as the decision has read them."""
    return join_sensitive(HardshipIntake, at.case.facts, at.office.sealed or {})


def questions(facts: Facts, today: date) -> list[Text]:
    """What does not fit among the people of a household; an explanation answers it, a category waits for one.

    Of birthdays only the year lies open, so that ages are compared by years.
    """
    applicant, members = facts.get("applicant") or {}, facts.get("members") or ()
    missing = facts["household"]["size"] - 1 - len(members)
    found = []
    if missing > 0:
        found.append(
            Text(
                f"尚有 {missing} 名共同生活的人未列入家庭成员",
                f"{missing} of the people living together are not listed",
            )
        )
    spouses = [one for one in members if one.get("relation") == "spouse"]
    marital = applicant.get("marital")
    if marital == "married" and not spouses and all("relation" in one for one in members):
        found.append(Text("申请人已婚，配偶未列入", "the applicant is married and no spouse is listed"))
    if spouses and marital not in (None, "married"):
        found.append(
            Text("申请人未婚、离婚或者丧偶，却列有配偶", "a spouse is listed of an applicant who is not married")
        )
    if len(spouses) > 1:
        found.append(Text("列有一名以上配偶", "more than one spouse is listed"))
    for one in members:
        found += _misfits(one, _born(applicant), today)
    return found


def _misfits(member: Facts, applicant_born: int | None, today: date) -> list[Text]:
    name, relation, born, marital = member["name"], member.get("relation"), _born(member), member.get("marital")
    found = []
    if relation == "spouse" and marital not in (None, "married"):
        found.append(Text(f"配偶{name}的婚姻状况不是已婚", f"{name}, the spouse, is not married"))
    if relation == "spouse" and born and today.year - born < MARRIAGE_AGE:
        found.append(Text(f"配偶{name}未到法定婚龄", f"{name}, the spouse, is below the age of marriage"))
    if relation == "child" and marital == "married":
        found.append(Text(f"子女{name}已婚", f"{name}, a child, is married"))
    apart = {"child": 1, "parent": -1}.get(relation or "")
    if apart and born and applicant_born and apart * (born - applicant_born) < YEARS_APART:
        found.append(
            Text(
                f"{name}与申请人的年龄相差不足 {YEARS_APART} 岁，与所填关系不符",
                f"{name} is less than {YEARS_APART} years apart from the applicant, which does not fit the relation",
            )
        )
    return found


def _born(person: Facts) -> int | None:
    return int(person["birth_date"][:4]) if "birth_date" in person else None


def _explained_first(open_questions: list[Text]) -> Text:
    return Text(
        f"家庭人口情况须先核对或者说明：{'；'.join(one.zh for one in open_questions)}。请更正家庭成员，"
        "或者在家庭人口情况说明（`household.explanation`）中写明是谁、为什么。",
        f"First the people of the household: {'; '.join(one.en for one in open_questions)}. Correct the members, or say"
        " who and why (`household.explanation`).",
    )


MARRIAGE_AGE: Final = 20
"""民法典 1047: 22 for men, 20 for women; by years of birth the lower one."""
YEARS_APART: Final = 14

_UNTOLD: Final = Text(
    "尚缺家庭人口或家庭年收入，请先补充。", "The size or the annual income of the household is unknown; add it first."
)
_UNDECLARED: Final = Text("申请人尚未作出个人诚信承诺。", "The applicant has not declared the means to be true yet.")
_NO_LINE: Final = Text(
    "本地区的低保标准或认定系数尚未设定，请联系管理员。",
    "The subsistence line or a factor of the categories is not set for this place; ask the administrator.",
)


@guard(zh="困难类别无法测算。", en="The category cannot be worked out.")
def category_can_be_worked_out(at: MoveContext) -> Verdict:
    """Size, income, declaration and the amounts in force are known."""
    found = finding(at)
    return Verdict(False, found) if isinstance(found, Text) else Verdict(True)


@guard(zh="拟定类别与测算结果不一致。", en="The category differs from the formula.", looks_at_given=True)
def category_is_founded(at: MoveContext) -> Verdict:
    """The formula suggests, a person decides (个人信息保护法 24); who decides otherwise says why."""
    found = finding(at)
    if isinstance(found, Text):
        return Verdict(False, found)
    if at.given.get("category") == found.category or "ground" in at.given:
        return Verdict(True)
    if at.given.get("without_dossier"):
        return Verdict(
            False,
            Text(
                f"{found.told().zh}符合建档标准的应建尽建；仍不建档的，请写明依据（`ground`）。",
                f"{found.told().en} Who meets the tests is put on file; where that is not to be, say on what ground"
                " (`ground`).",
            ),
        )
    return Verdict(
        False,
        Text(
            f"{found.told().zh}拟定类别为{CATEGORY_TITLES[at.given['category']].zh}，与测算不一致的，请写明依据（`ground`）。",
            f"{found.told().en} The category proposed is {CATEGORY_TITLES[at.given['category']].en}; where it differs from"
            " the formula, say on what ground (`ground`).",
        ),
    )


@guard(
    zh="申报后家庭情况或标准已有变动，测算结果不同，请退回重新申报。",
    en="The facts or the amounts have changed since the proposal and the formula finds otherwise; send it back.",
)
def still_as_proposed(at: MoveContext) -> Verdict:
    """What was put on notice is what is decided."""
    proposed = at.case.facts.get("category")
    if not proposed:
        return Verdict(False, Text("尚未提出类别意见。", "No category has been proposed."))
    found = finding(at)
    if isinstance(found, Text):
        return Verdict(False, found)
    return Verdict(found.category == proposed["by_formula"])


def category_noted(found: Finding, category: str | None, on_ground: bool) -> dict[str, Any]:
    """The sheet of the finding with the category that a person has chosen."""
    title = CATEGORY_TITLES[category].both() if category else None
    return {**found.sheet(), "category": category, "title": title, "by_formula": found.category, "on_ground": on_ground}


def is_lower(category: str | None, before: Facts | None) -> bool:
    """Whether a category is less grave than the one on file (`facts.category`)."""
    grades = list(CATEGORIES)
    known = (before or {}).get("category")
    return category in grades and known in grades and grades.index(category) > grades.index(known)


def proposal_noted(at: MoveContext) -> Mapping[str, Any]:
    """The category, the aid and the proposer; whatever an earlier proposal has led to is left behind."""
    found = finding(at)
    assert isinstance(found, Finding)
    return {
        **FRESH,
        "proposed_by": str(at.actor.id),
        "proposed_aid": items_noted(at.given.get("aid", ())),
        "category": category_noted(found, at.given.get("category"), "ground" in at.given),
        "without_dossier": bool(at.given.get("without_dossier")),
    }


def items_noted(items: Any) -> list[dict[str, Any]]:
    """Proposed items of aid as they are kept."""
    return [{**one, "amount": f"{one['amount']:.2f}"} for one in items]


def proposal_dropped(at: MoveContext) -> Mapping[str, Any]:
    """Nothing is left of a proposal that was taken back, sent back or refused."""
    return {**FRESH, "proposed_aid": []}


def refusal_proposed(at: MoveContext) -> Mapping[str, Any]:
    """Nothing is put on notice; the supervisor decides on the refusal."""
    return {**FRESH, "proposed_by": str(at.actor.id), "proposed_aid": []}
