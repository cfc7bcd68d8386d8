"""Aid that was got by deceit is paid back to its fund, from whichever state the case ended in; see `forms.repayment`.

参照社会救助法 61–65. A cancelled file says how much with the cancellation, after the hearing on it. Elsewhere the demand
decides: the person is heard first, as before every cut (48), and what falls again is paid by transfer like all aid.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from casework.forms import repayment
from casework.forms.example_data import ExampleData
from casework.forms.form import Form
from casework.forms.numbers import Money
from casework.forms.repayment import CENT, amount_fits, decided, kept, owed, owed_to_person, received
from casework.forms.texts import Code, LongText
from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.fund_operations import FundOperation, Repay, Reserve
from casework.rules.grammar import guard
from casework.rules.text import Text
from casework.workflows.hardship_aid.aid import for_the_owner_to_give
from casework.workflows.hardship_aid.approval import decided_by_another, for_a_deciding_level
from casework.workflows.hardship_aid.codes import RESTORED
from casework.workflows.hardship_aid.cuts import DEMANDED, announced_by_another, heard, other_cuts
from casework.workflows.hardship_aid.leaving import retention_noted
from casework.workflows.hardship_aid.milestones import not_before
from casework.workflows.hardship_aid.payments import held, left_of, line_id, lines_of, paid_lines

CANCELLED: Final = "cancel"
demand_by_another = announced_by_another(DEMANDED)


class CancelFile(Form):
    """The decision to cancel a file for untruth, with what is to be paid back."""

    reasons = LongText(
        most=4000,
        sensitive=True,
        required=True,
        title=Text("理由", "Reasons"),
        help=Text("写入文书，当事人会看到。", "It stands in the letter to the person."),
    )
    repay = Money(least=CENT, title=Text("应退还金额", "To be paid back"))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Everything that was paid."""
        most = _most(example_data.facts)
        told = {name: value for name, value in super().example(example_data).items() if name != "repay"}
        return {**told, "repay": f"{most:.2f}"} if most else told


class DemandRepayment(repayment.DemandRepayment):
    """How much aid is to be paid back where that is not decided yet, why, and to where."""

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """What is owed by a decision, else everything that was paid."""
        told = super().example(example_data)
        return {**told, "amount": f"{max(_most(example_data.facts), CENT):.2f}"} if "amount" in told else told


class RecordRepayment(repayment.RecordRepayment):
    """Money that has come back of one payment."""

    line = Code(
        required=True,
        title=Text("款项", "Payment"),
        help=Text("本案的款项编号。", "The number of the payment in this case."),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """As much of the first payment as is still owed."""
        facts = example_data.facts
        rest = ((line["line"], left_of(facts, line)) for line in paid_lines(facts))
        line, left = next(((line, left) for line, left in rest if left), (str(UUID(int=0)), CENT))
        amount = max(min(left, owed(facts)), CENT)
        return {**super().example(example_data), "line": line, "amount": f"{amount:.2f}"}


def _most(facts: Facts) -> Decimal:
    """The most that can be owed: what the household has, and what has come already and still counts."""
    return held(facts) + max(kept(facts), Decimal())


@guard(zh="应退还金额不能超过已支付的帮扶。", en="No more is paid back than was paid.", looks_at_given=True)
def repaid_within_paid(at: MoveContext) -> Verdict:
    """What was got is paid back, and no more."""
    most = _most(at.case.facts)
    sentence = Text(
        f"已支付的帮扶共 {most:.2f} 元，应退还金额不能超过。", f"{most:.2f} yuan were paid; no more is paid back."
    )
    return Verdict(at.given.get("repay", Decimal()) <= most, sentence)


def cancellation_noted(at: MoveContext) -> Mapping[str, Any]:
    """What is to be paid back, and until when the dossier is kept; what came by an earlier decision stays on record."""
    repay: Decimal | None = at.given.get("repay")
    return {**retention_noted(at), "repayment": decided(at, repay, CANCELLED) if repay else repayment.lifted(at)}


@guard(zh="没有应退还的帮扶。", en="Nothing is to be paid back.")
def aid_may_be_demanded(at: MoveContext) -> bool:
    """A decision has said how much, or something was paid of which none has said anything yet."""
    return owed(at.case.facts) > 0 or held(at.case.facts) > 0


@guard(
    zh="通知退还帮扶款前须先通知并听取本人意见（`propose_cut`、`record_cut_hearing`）。",
    en="Before aid is demanded back the person is invited and heard (`propose_cut`, `record_cut_hearing`).",
)
def demand_may_be_decided(at: MoveContext) -> Verdict:
    """社会救助法 48: heard before; decided by a union that may and by another, unless a cancellation has decided it."""
    if owed(at.case.facts) > 0:
        return Verdict(True)
    asked = (one.judge(at) for one in (for_a_deciding_level, decided_by_another, demand_by_another))
    refused = next((one for one in asked if not one.holds), None)
    return refused or Verdict(heard(at.case, DEMANDED) is not None)


@guard(zh="应退还金额不符。", en="The amount does not fit.", looks_at_given=True)
def demand_within_paid(at: MoveContext) -> Verdict:
    """What was got is paid back, and no more."""
    return amount_fits(at, _most(at.case.facts))


def demand_noted(at: MoveContext) -> Mapping[str, Any]:
    """The demand; what was announced of it is done."""
    return {**repayment.demand_noted(at), "cuts": other_cuts(at.case.facts, DEMANDED)}


@guard(zh="退还的款项、金额或者日期不符。", en="Payment, amount or day do not fit.", looks_at_given=True)
def repayment_fits(at: MoveContext) -> Verdict:
    """It is about a payment that was made, no more than is left of it and owed in all, and not older than it."""
    facts, amount = at.case.facts, at.given["amount"]
    line = next((one for one in paid_lines(facts) if one["line"] == at.given["line"]), None)
    if line is None:
        return Verdict(False, Text("没有这笔已支付的款项。", "No such payment was made."))
    if not not_before(at, at.given["on"], line["settled_on"]):
        return Verdict(False, Text("退还日期不能早于支付日期。", "It cannot have come back before it was paid."))
    most = min(left_of(facts, line), owed(facts))
    sentence = Text(f"该笔款项至多还应退还 {most:.2f} 元。", f"Of this payment {most:.2f} yuan at most are still owed.")
    return Verdict(amount <= most, sentence)


def repayment_claimed(at: MoveContext) -> Sequence[FundOperation]:
    """The fund from which it was paid gets it back."""
    return [Repay(UUID(at.given["line"]), at.given["amount"], at.given["reason"])]


@guard(zh="资金余额不足，请先补充资金。", en="The fund has not enough left; it needs money first.")
def funds_give_it_back(at: MoveContext) -> Verdict:
    """What came is in its fund, unless that has promised it to others since; its owner says who may give it."""
    funds, going = at.office.funds, _going_back(at.case.facts)
    if any(item["fund"] not in funds or Decimal(item["amount"]) > funds[item["fund"]].free for item in going):
        return Verdict(False)
    because = for_the_owner_to_give(at, going)
    return Verdict(because is None, because)


def restored(at: MoveContext) -> Mapping[str, Any]:
    """A payment to the household of each fund that has its money, to be ordered and made like any other."""
    going, now = _going_back(at.case.facts), max(at.now, at.case.last_at).isoformat()
    lines = lines_of(at, going)
    before, made = lines[: -len(going)], lines[-len(going) :]
    return {**repayment.given_back(at), "aid": [*before, *({**line, "owed_again_at": now} for line in made)]}


def restoration_claimed(at: MoveContext) -> Sequence[FundOperation]:
    """The money of these payments: bound by their funds, and by no budget of a kind of aid."""
    return [
        Reserve(line_id(at.case.id, at.case.version, index), item["fund"], RESTORED, Decimal(item["amount"]), at.today)
        for index, item in enumerate(_going_back(at.case.facts))
    ]


def _going_back(facts: Facts) -> list[dict[str, str]]:
    """What each fund owes the household, the money that came last first."""
    fund_of = {line["line"]: line["fund"] for line in facts.get("aid") or ()}
    left, sums = owed_to_person(facts), dict[str, Decimal]()
    for one in reversed(received(facts)):
        part = min(left, Decimal(one["amount"]))
        if part:
            fund = fund_of[one["line"]]
            sums[fund] = sums.get(fund, Decimal()) + part
            left -= part
    return [{"kind": RESTORED, "fund": fund, "amount": f"{amount:.2f}"} for fund, amount in sums.items()]
