"""What was got by deceit is paid back: how much, until when, what has come, and what goes back once that falls.

社会救助法 61–65 has assistance paid back, 法律援助法 64 and 山东省法律援助条例 24 what the aid has cost. Both
programmes keep one fact `repayment` and take the same steps; only hardship assistance has funds that get the money.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.forms.example_data import ExampleData, days_ago
from casework.forms.form import Form
from casework.forms.numbers import Day, Money
from casework.forms.texts import Line, LongText
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import FactDate, guard
from casework.rules.text import Text

CENT: Final = Decimal("0.01")


class DemandRepayment(Form):
    """How much is to be paid back where that is not decided yet, why, and to where."""

    amount = Money(least=CENT, title=Text("应退还金额（尚未决定的填写）", "To be paid back, if not decided yet"))
    reasons = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )
    pay_to = Line(
        required=True,
        title=Text("退款方式", "How to pay"),
        example=Text("转入本工会专户，注明案号", "To the account of this union, with the number of the case"),
        help=Text(
            "收款单位、账号或者缴款方式，写入通知。", "Payee and account, or how to pay; it stands in the letter."
        ),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """What is owed by a decision, else an amount."""
        told = {name: value for name, value in super().example(example_data).items() if name != "amount"}
        return told if owed(example_data.facts) else {**told, "amount": "1200.00"}


class RecordRepayment(Form):
    """Money that has come back."""

    amount = Money(least=CENT, required=True, title=Text("退还金额", "Amount"))
    on = Day(past=True, required=True, title=Text("到账日期", "Received on"), example=days_ago(0))
    reason = Line(
        most=200,
        required=True,
        title=Text("说明（凭证号）", "Note (receipt)"),
        example=Text("银行回单1号", "Bank receipt 1"),
        help=Text("银行回单或者收据编号。", "The bank's slip or the receipt."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """All that is owed."""
        return {**super().example(example_data), "amount": f"{max(owed(example_data.facts), CENT):.2f}"}


class LiftRepayment(Form):
    """Why nothing is to be paid back after all."""

    reasons = LongText(
        most=2000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )


def received(facts: Facts) -> Sequence[Facts]:
    """What has ever come back: `amount`, `on` and what else the programme notes."""
    return (facts.get("repayment") or {}).get("received") or ()


def kept(facts: Facts) -> Decimal:
    """What has come back and was not given back again, in yuan."""
    given_back = Decimal((facts.get("repayment") or {}).get("given_back") or 0)
    return sum((Decimal(one["amount"]) for one in received(facts)), Decimal()) - given_back


def owed(facts: Facts) -> Decimal:
    """What is still to be paid back, in yuan; never less than nothing."""
    return max(Decimal((facts.get("repayment") or {}).get("amount") or 0) - kept(facts), Decimal())


def owed_to_person(facts: Facts) -> Decimal:
    """What has come without being owed, in yuan: it goes back."""
    return max(kept(facts) - Decimal((facts.get("repayment") or {}).get("amount") or 0), Decimal())


def decided(at: MoveContext, amount: Decimal, decision: str) -> dict[str, Any]:
    """The repayment that a decision makes of it, with what came by an earlier one."""
    known = {**(at.case.facts.get("repayment") or {}), "amount": f"{amount:.2f}"}
    new = {"decision": decision, "by": str(at.actor.id), "demanded_on": None, "served_on": None, "settled_on": None}
    since = (known.get("owed_since") or at.today.isoformat()) if owed_to_person({"repayment": known}) else None
    return {"received": [], **known, **new, "owed_since": since}


def lifted(at: MoveContext) -> dict[str, Any] | None:
    """What is left of a repayment once its decision falls: nothing is owed, and what has come goes back."""
    known = at.case.facts.get("repayment")
    if not known or not received(at.case.facts):
        return None
    owing = {"owed_since": at.today.isoformat(), "given_back_on": None} if kept(at.case.facts) else {}
    return {**known, "amount": "0.00", "demanded_on": None, "served_on": None, **owing}


def lifted_with(decision: str, at: MoveContext) -> dict[str, Any]:
    """The repayment once this decision falls; one that was decided by itself stands."""
    known = at.case.facts.get("repayment")
    return {"repayment": lifted(at)} if known and known.get("decision") == decision else {}


@guard(zh="没有应退还的款项。", en="Nothing is to be paid back.")
def repayment_is_owed(at: MoveContext) -> bool:
    """A decision has said how much, and it has not all come."""
    return owed(at.case.facts) > 0


@guard(zh="尚未通知退还。", en="Nothing has been demanded back.")
def repayment_is_demanded(at: MoveContext) -> bool:
    """A service belongs to a demand."""
    return repayment_is_owed.judge(at).holds and _day(at.case.facts, "demanded_on") is not None


@guard(
    zh="送达日期不能早于通知之日。",
    en="The demand cannot have been served before it was made.",
    looks_at_given=True,
)
def demand_served_after_made(at: MoveContext) -> bool:
    """What is served was written before."""
    made = _day(at.case.facts, "demanded_on")
    return made is None or bool(at.given["on"] >= min(made, at.today))


@guard(
    zh="作出退还决定的人不能撤销，请由其他审批人或者上级决定。",
    en="Whoever decided on the repayment does not lift it; another supervisor does, here or above.",
)
def lifted_by_another(at: MoveContext) -> bool:
    """Where the office's policy `decided_by_another` says so."""
    row = at.office.policy("decided_by_another")
    return row is None or not row.holds() or (at.case.facts.get("repayment") or {}).get("by") != str(at.actor.id)


@guard(zh="没有可以撤销的退还决定。", en="There is no repayment that could be lifted.")
def repayment_stands(at: MoveContext) -> bool:
    """Also after all has come: what was wrong goes back."""
    return Decimal((at.case.facts.get("repayment") or {}).get("amount") or 0) > 0


@guard(zh="没有应返还本人的款项。", en="Nothing is owed to the person.")
def something_goes_back(at: MoveContext) -> bool:
    """What has come and is not owed."""
    return owed_to_person(at.case.facts) > 0


def amount_fits(at: MoveContext, most: Decimal | None = None) -> Verdict:
    """Whether the demand says how much exactly where that is not decided yet, and no more than there is."""
    amount: Decimal | None = at.given.get("amount")
    if owed(at.case.facts):
        sentence = (
            "应退还金额已经决定，请勿填写（`amount`）。",
            "The amount is decided already; leave it out (`amount`).",
        )
        return Verdict(amount is None, Text(*sentence))
    if amount is None:
        return Verdict(False, Text("请写明应退还金额（`amount`）。", "Say how much is to be paid back (`amount`)."))
    if most is None:
        return Verdict(True)
    told = Text(f"至多应退还 {most:.2f} 元。", f"At most {most:.2f} yuan are to be paid back.")
    return Verdict(amount <= most, told)


def demand_noted(at: MoveContext) -> Mapping[str, Any]:
    """The amount that is decided now or was before, and the day of the demand."""
    amount: Decimal | None = at.given.get("amount")
    known = decided(at, amount, "demand_repayment") if amount else at.case.facts["repayment"]
    return {"repayment": {**known, "demanded_on": at.today.isoformat(), "served_on": None}}


def demand_served(at: MoveContext) -> Mapping[str, Any]:
    """The day on which the demand came, from which its time runs."""
    return {"repayment": {**at.case.facts["repayment"], "served_on": at.given["on"].isoformat()}}


def repayment_noted(at: MoveContext) -> Mapping[str, Any]:
    """What has come, and the day on which all has."""
    known, given = at.case.facts["repayment"], at.given
    line = {"line": given["line"]} if "line" in given else {}
    one = {**line, "amount": f"{given['amount']:.2f}", "on": given["on"].isoformat()}
    settled = given["on"].isoformat() if owed(at.case.facts) == given["amount"] else None
    return {"repayment": {**known, "received": [*known["received"], one], "settled_on": settled}}


@guard(zh="退还金额超过应退还的金额。", en="This is more than is owed.", looks_at_given=True)
def no_more_than_owed(at: MoveContext) -> Verdict:
    """Nobody pays back more than was decided."""
    most = owed(at.case.facts)
    told = Text(f"至多还应退还 {most:.2f} 元。", f"{most:.2f} yuan at most are still owed.")
    return Verdict(at.given["amount"] <= most, told)


def repayment_lifted(at: MoveContext) -> Mapping[str, Any]:
    """Nothing is owed any more."""
    return {"repayment": lifted(at)}


def given_back(at: MoveContext) -> Mapping[str, Any]:
    """All that was owed to the person has gone back."""
    facts = at.case.facts
    all_of_it = Decimal(facts["repayment"].get("given_back") or 0) + owed_to_person(facts)
    return {
        "repayment": {**facts["repayment"], "given_back": f"{all_of_it:.2f}", "given_back_on": at.today.isoformat()}
    }


def demanded(*upheld_in: str) -> FactDate:
    """When the time to pay begins: the demand came, else was made; in these states, or a review has let it stand."""

    def since(case: Case, calendar: WorkingCalendar) -> date | None:
        day = _day(case.facts, "served_on") or _day(case.facts, "demanded_on")
        upheld = case.taken.get("uphold")
        return max(day, calendar.local_date(upheld.at)) if day and upheld and case.state in upheld_in else day

    since.__qualname__ = f"demanded{upheld_in}"
    return since


def repaid(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which all of it had come."""
    return _day(case.facts, "settled_on")


def owed_since(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day since which what has come is owed to the person again."""
    return _day(case.facts, "owed_since")


def went_back(case: Case, calendar: WorkingCalendar) -> date | None:
    """The day on which it was given back."""
    return _day(case.facts, "given_back_on")


def _day(facts: Facts, name: str) -> date | None:
    written = (facts.get("repayment") or {}).get(name)
    return date.fromisoformat(written) if written else None
