"""What was got by deceit is paid back: how much, until when it is demanded, and what has come.

参照社会救助法 61–65: who got assistance by untrue statements or concealment pays it back; 山东省法律援助条例 24 says the
same of legal aid.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form
from casework.forms.inventor import Inventor, days_ago
from casework.forms.numbers import Day, Money
from casework.forms.texts import Code, Line, LongText
from casework.rules.calendars import WorkingCalendar
from casework.rules.casefile import CaseFile, Facts, Situation, Verdict
from casework.rules.claims import Claim, Repay
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.hardship_aid.deeds import not_before
from casework.workflows.hardship_aid.leaving import retention_noted

CENT: Final = Decimal("0.01")


class CancelFile(Form):
    """The decision to cancel a file for untruth, with what is to be paid back."""

    reasons = LongText(most=4000, sensitive=True, required=True, title=Text("理由", "Reasons"))
    repay = Money(least=CENT, title=Text("应退还金额（元）", "To be paid back (yuan)"))

    @classmethod
    def example(cls, inventor: Inventor) -> dict[str, Any]:
        """Everything that was paid."""
        paid = total_paid(inventor.facts)
        told = {name: value for name, value in super().example(inventor).items() if name != "repay"}
        return {**told, "repay": f"{paid:.2f}"} if paid else told


class DemandRepayment(Form):
    """Why it is to be paid back, and to where."""

    reasons = LongText(most=2000, sensitive=True, required=True, title=Text("理由", "Reasons"))
    pay_to = Line(
        required=True,
        title=Text("退款方式", "How to pay"),
        example=Text(
            "转入本工会帮扶资金专户，注明案号", "To the aid account of this union, with the number of the case"
        ),
    )


class RecordRepayment(Form):
    """Money that has come back of one payment."""

    line = Code(required=True, title=Text("款项", "Payment"))
    amount = Money(least=CENT, required=True, title=Text("退还金额（元）", "Amount (yuan)"))
    on = Day(past=True, required=True, title=Text("到账日期", "Received on"), example=days_ago(0))
    reason = Line(
        most=200,
        required=True,
        title=Text("说明（凭证号）", "Note (receipt)"),
        example=Text("银行回单1号", "Bank receipt 1"),
    )

    @classmethod
    def example(cls, inventor: Inventor) -> dict[str, Any]:
        """As much of the first payment as is still owed."""
        facts = inventor.facts
        rest = ((line["line"], _left_of(facts, line)) for line in _paid_lines(facts))
        line, left = next(((line, left) for line, left in rest if left), (str(UUID(int=0)), CENT))
        amount = max(min(left, owed(facts)), CENT)
        return {**super().example(inventor), "line": line, "amount": f"{amount:.2f}"}


def _paid_lines(facts: Facts) -> list[Facts]:
    return [line for line in facts.get("aid") or () if line["status"] == "paid"]


def total_paid(facts: Facts) -> Decimal:
    """What the household was paid in all, in yuan."""
    return sum((Decimal(line["amount"]) for line in _paid_lines(facts)), Decimal())


def _repayments(facts: Facts) -> Sequence[Facts]:
    return (facts.get("repayment") or {}).get("received") or ()


def _left_of(facts: Facts, line: Facts) -> Decimal:
    came = (Decimal(one["amount"]) for one in _repayments(facts) if one["line"] == line["line"])
    return Decimal(line["amount"]) - sum(came, Decimal())


def owed(facts: Facts) -> Decimal:
    """What is still to be paid back, in yuan."""
    amount = Decimal((facts.get("repayment") or {}).get("amount") or 0)
    return amount - sum((Decimal(one["amount"]) for one in _repayments(facts)), Decimal())


@guard(zh="应退还金额不能超过已支付的帮扶。", en="No more is paid back than was paid.", looks_at_given=True)
def repaid_within_paid(at: Situation) -> Verdict:
    """What was got is paid back, and no more."""
    most = total_paid(at.case.facts)
    sentence = Text(
        f"已支付的帮扶共 {most:.2f} 元，应退还金额不能超过。", f"{most:.2f} yuan were paid; no more is paid back."
    )
    return Verdict(at.given.get("repay", Decimal()) <= most, sentence)


def cancellation_noted(at: Situation) -> Mapping[str, Any]:
    """What is to be paid back, and until when the dossier is kept; what came by an earlier decision stays on record."""
    repay, known = at.given.get("repay"), list(_repayments(at.case.facts))
    due: dict[str, Any] | None = (
        {"amount": f"{repay:.2f}", "demanded_on": None, "received": known, "settled_on": None} if repay else None
    )
    return {**retention_noted(at), "repayment": due}


def repayment_lifted(facts: Facts) -> dict[str, Any] | None:
    """What is left of a repayment once its decision falls: nothing is owed, and what has come is owed to the household."""
    came = sum((Decimal(one["amount"]) for one in _repayments(facts)), Decimal())
    if not came:
        return None
    return {**facts["repayment"], "amount": "0.00", "demanded_on": None, "owed_to_household": f"{came:.2f}"}


@guard(zh="没有应退还的帮扶。", en="Nothing is to be paid back.")
def repayment_is_owed(at: Situation) -> bool:
    """A cancellation has said how much, and it has not all come."""
    return owed(at.case.facts) > 0


def demand_noted(at: Situation) -> Mapping[str, Any]:
    """The day of the demand, from which its time runs."""
    return {"repayment": {**at.case.facts["repayment"], "demanded_on": at.today.isoformat()}}


@guard(zh="退还的款项、金额或者日期不符。", en="Payment, amount or day do not fit.", looks_at_given=True)
def repayment_fits(at: Situation) -> Verdict:
    """It is about a payment that was made, no more than is left of it and owed in all, and not older than it."""
    facts, amount = at.case.facts, at.given["amount"]
    line = next((one for one in _paid_lines(facts) if one["line"] == at.given["line"]), None)
    if line is None:
        return Verdict(False, Text("没有这笔已支付的款项。", "No such payment was made."))
    if not not_before(at, at.given["on"], line["settled_on"]):
        return Verdict(False, Text("退还日期不能早于支付日期。", "It cannot have come back before it was paid."))
    most = min(_left_of(facts, line), owed(facts))
    sentence = Text(f"该笔款项至多还应退还 {most:.2f} 元。", f"Of this payment {most:.2f} yuan at most are still owed.")
    return Verdict(amount <= most, sentence)


def repayment_noted(at: Situation) -> Mapping[str, Any]:
    """What has come, and the day on which all has."""
    known, given = at.case.facts["repayment"], at.given
    one = {"line": given["line"], "amount": f"{given['amount']:.2f}", "on": given["on"].isoformat()}
    settled = given["on"].isoformat() if owed(at.case.facts) == given["amount"] else None
    return {"repayment": {**known, "received": [*known["received"], one], "settled_on": settled}}


def repayment_claimed(at: Situation) -> Sequence[Claim]:
    """The fund from which it was paid gets it back."""
    return [Repay(UUID(at.given["line"]), at.given["amount"], at.given["reason"])]


def demanded(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The day on which it was demanded that the money be paid back, or a later one on which a review let it stand."""
    day, upheld = _day(case.facts, "demanded_on"), case.taken.get("uphold")
    return max(day, calendar.local_date(upheld.at)) if day and upheld and case.state == "upheld" else day


def repaid(case: CaseFile, calendar: WorkingCalendar) -> date | None:
    """The day on which all of it had come."""
    return _day(case.facts, "settled_on")


def _day(facts: Facts, name: str) -> date | None:
    written = (facts.get("repayment") or {}).get(name)
    return date.fromisoformat(written) if written else None
