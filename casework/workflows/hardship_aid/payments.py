"""The payments of a dossier: what an approval reserves of a fund, and what the bank's answer does to it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from casework.forms.repayment import received
from casework.rules.case import Facts
from casework.rules.context import MoveContext, Verdict
from casework.rules.fund_operations import Amend, FundOperation, Pay, Release, Reserve, Return
from casework.rules.grammar import guard
from casework.workflows.hardship_aid.aid import (
    EMERGENCY,
    for_the_owner_to_give,
    granted,
    short_of_funds,
    too_much,
    unknown_fund,
)
from casework.workflows.hardship_aid.decisions import RELEASED, decision_noted
from casework.workflows.hardship_aid.milestones import OUTSTANDING, not_before, taken_since
from casework.workflows.hardship_aid.steps import CASH, TRANSFER


def outstanding(facts: Facts) -> list[Facts]:
    """The payments that are approved and neither made nor released."""
    return [line for line in facts.get("aid", ()) if line["status"] in OUTSTANDING]


@guard(
    zh="尚无申请人本人的银行账户；帮扶款只转入本人账户，请先补充。",
    en="The applicant's own account is unknown; aid is paid by transfer to it, so add it first.",
)
def account_is_known(at: MoveContext) -> bool:
    """Real name, by bank (中央财政专项帮扶资金使用管理办法): nothing is promised that cannot be paid."""
    return "account" in (at.case.facts.get("bank") or {})


@guard(
    zh="尚无申请人本人的银行账户；帮扶款只转入本人账户，请先补充。",
    en="The applicant's own account is unknown; aid is paid by transfer to it, so add it first.",
)
def aid_can_be_paid(at: MoveContext) -> bool:
    """The same for proposed aid; a dossier without aid needs no account."""
    return not at.case.facts.get("proposed_aid") or account_is_known.judge(at).holds


def line_id(case_id: UUID, version: int, index: int) -> UUID:
    """The id of the payment that a move on this version of a case makes."""
    return uuid5(case_id, f"{version}/{index}")


def reserved(at: MoveContext) -> Sequence[FundOperation]:
    """The money of each proposed item, kept for its payment."""
    return [
        Reserve(
            line_id(at.case.id, at.case.version, index), item["fund"], item["kind"], Decimal(item["amount"]), at.today
        )
        for index, item in enumerate(at.case.facts.get("proposed_aid") or ())
    ]


def lines_of(at: MoveContext, items: Sequence[Facts]) -> list[dict[str, Any]]:
    """The payments of the dossier with those that these items make."""
    made = [
        {
            "line": str(line_id(at.case.id, at.case.version, index)),
            "kind": item["kind"],
            "fund": item["fund"],
            "amount": item["amount"],
            **({"student": item["student"]} if "student" in item else {}),
            "approved_on": at.today.isoformat(),
            "approved_by": str(at.actor.id),
            "status": "approved",
            "settled_on": None,
        }
        for index, item in enumerate(items)
    ]
    return [*at.case.facts.get("aid", ()), *made]


@guard(
    zh="该家庭已获得过紧急救助（含其他档案）：一次申请一次，一年最多一次；仍有困难的，请尽快办理建档和帮扶。",
    en="The household got emergency aid already, here or on another file: once for a request and once a year at most;"
    " if it is still in need, put it on file soon.",
)
def not_helped_before(at: MoveContext) -> bool:
    """Emergency aid bridges a gap; it is not a series. Who has fallen back asks anew; on file it is once a year."""
    this_year = any(one.kind == EMERGENCY for one in granted(at))
    on_file = bool(at.case.facts.get("on_file_since"))
    return not this_year and (on_file or taken_since(at.case, "help_at_once", "fall_back") is None)


@guard(
    zh="本地区尚未设定先行救助的限额，请联系管理员。",
    en="No limit of emergency aid is set for this place; ask the administrator.",
)
def emergency_aid_is_open(at: MoveContext) -> bool:
    """The office has set how much may be given before the papers."""
    return at.office.policy("emergency_cap") is not None


@guard(zh="紧急救助不符合规定。", en="The emergency aid is not within the rules.", looks_at_given=True)
def within_emergency_cap(at: MoveContext) -> Verdict:
    """Aid first (社会救助法 50), up to the amount that the office has set."""
    fund, amount = at.given["fund"], at.given["amount"]
    item = {"kind": EMERGENCY, "fund": fund, "amount": str(amount)}
    refusal = (
        too_much(at, None, EMERGENCY, amount)
        or unknown_fund(at, iter((fund,)))
        or short_of_funds(at, [item])
        or for_the_owner_to_give(at, [item])
    )
    return Verdict(refusal is None, refusal)


def emergency_reserved(at: MoveContext) -> Sequence[FundOperation]:
    """The money of the emergency aid."""
    line = line_id(at.case.id, at.case.version, 0)
    return [Reserve(line, at.given["fund"], EMERGENCY, at.given["amount"], at.today)]


def emergency_noted(at: MoveContext) -> Mapping[str, Any]:
    """The payment that the emergency aid makes and the way it goes, and the emergency, which lasts until it is ended."""
    item = {"kind": EMERGENCY, "fund": at.given["fund"], "amount": f"{at.given['amount']:.2f}"}
    *before, made = lines_of(at, [item])
    way = at.given.get("pay_by", TRANSFER)
    return {"aid": [*before, {**made, "pay_by": way}], "emergency": {"since": at.today.isoformat(), "over_on": None}}


@guard(zh="没有尚未解除的紧急情况。", en="No emergency is under way.")
def emergency_lasts(at: MoveContext) -> bool:
    """Its end is recorded once."""
    emergency = at.case.facts.get("emergency") or {}
    return bool(emergency) and emergency["over_on"] is None


@guard(
    zh="紧急情况解除的日期不能早于先行救助之日。",
    en="The emergency cannot have ended before aid was given for it.",
    looks_at_given=True,
)
def over_after_help(at: MoveContext) -> bool:
    """The end follows the aid; what was over before was no emergency."""
    return not_before(at, at.given["on"], at.case.facts["emergency"]["since"])


def emergency_over_noted(at: MoveContext) -> Mapping[str, Any]:
    """The day on which the emergency was over, from which the papers are due (社会救助法 50)."""
    return {"emergency": {**at.case.facts["emergency"], "over_on": at.given["on"].isoformat()}}


@guard(
    zh="尚无申请人本人的银行账户，该笔款项须转账；请先补充账户。",
    en="This payment goes to the applicant's own account, which is unknown; add it first.",
    looks_at_given=True,
)
def line_has_where_to_go(at: MoveContext) -> bool:
    """Emergency aid may be promised before the account is known; what is paid in cash needs none."""
    by_transfer = _line(at).get("pay_by", TRANSFER) == TRANSFER
    return at.given["result"] != "paid" or not by_transfer or account_is_known.judge(at).holds


@guard(
    zh="现金发放的，请填写本人签收单号（`receipt`）。",
    en="Cash is signed for: give the number of the signed receipt (`receipt`).",
    looks_at_given=True,
)
def cash_is_signed_for(at: MoveContext) -> bool:
    """Real name too where no bank tells who was paid."""
    in_cash = _line(at).get("pay_by", TRANSFER) == CASH
    return at.given["result"] != "paid" or not in_cash or "receipt" in at.given


@guard(zh="没有待支付的款项。", en="No payment is outstanding.")
def something_outstanding(at: MoveContext) -> bool:
    """A result belongs to a payment."""
    return bool(outstanding(at.case.facts))


@guard(
    zh="尚有未结清的款项，请先登记支付结果或撤销支付。",
    en="A payment is outstanding; record its result or release it first.",
)
def nothing_outstanding(at: MoveContext) -> bool:
    """No dossier is closed over money that is on its way."""
    return not outstanding(at.case.facts)


def paid_lines(facts: Facts) -> list[Facts]:
    """The payments that have reached the household."""
    return [line for line in facts.get("aid") or () if line["status"] == "paid"]


def left_of(facts: Facts, line: Facts) -> Decimal:
    """What the household still has of a payment, in yuan."""
    came = (Decimal(one["amount"]) for one in received(facts) if one["line"] == line["line"])
    return Decimal(line["amount"]) - sum(came, Decimal())


def held(facts: Facts) -> Decimal:
    """What the household was paid and has not paid back, in yuan."""
    return sum((left_of(facts, line) for line in paid_lines(facts)), Decimal())


def recordable(facts: Facts) -> list[Facts]:
    """The payments of which the bank may tell something: the outstanding ones, and those that may still come back."""
    return [line for line in facts.get("aid", ()) if line["status"] in (*OUTSTANDING, "paid")]


@guard(zh="没有可登记结果的款项。", en="There is no payment of which the bank could tell.")
def something_to_record(at: MoveContext) -> bool:
    """A result belongs to a payment."""
    return bool(recordable(at.case.facts))


def _may_pay(at: MoveContext, line: Facts) -> bool:
    """Where the office's policy `paid_by_another` says so, whoever approved a payment does not record it."""
    row = at.office.policy("paid_by_another")
    return row is None or not row.holds() or line["approved_by"] != str(at.actor.id)


@guard(
    zh="款项均由您批准，须由他人登记。",
    en="You approved every payment; somebody else records them.",
)
def paid_by_another(at: MoveContext) -> bool:
    """At least one of the payments is for this person to record."""
    return any(_may_pay(at, line) for line in recordable(at.case.facts))


@guard(
    zh="您是该家庭的联系人，款项须由他人登记。",
    en="You are the household's contact person; somebody else records its payments.",
)
def not_by_the_contact(at: MoveContext) -> bool:
    """Whoever visits the household does not record its money, where the policy `paid_by_another` says so."""
    row = at.office.policy("paid_by_another")
    contact = (at.case.facts.get("contact") or {}).get("user")
    return row is None or not row.holds() or at.actor.id is None or contact != str(at.actor.id)


@guard(zh="没有这笔待支付的款项。", en="No such payment is outstanding.", looks_at_given=True)
def line_is_outstanding(at: MoveContext) -> bool:
    """The payment that is meant is neither made nor released yet."""
    return any(line["line"] == at.given["line"] for line in outstanding(at.case.facts))


@guard(
    zh="没有这笔待支付的款项；已支付的只能登记退回。",
    en="No such payment is outstanding; of one that is paid only a return is recorded.",
    looks_at_given=True,
)
def line_takes_the_result(at: MoveContext) -> bool:
    """A payment is made once, but the bank may send it back later."""
    returned = at.given["result"] == "returned"
    lines = recordable(at.case.facts) if returned else outstanding(at.case.facts)
    return any(line["line"] == at.given["line"] for line in lines)


@guard(zh="批准人不能登记支付结果。", en="Whoever approved a payment does not record it.", looks_at_given=True)
def line_paid_by_another(at: MoveContext) -> bool:
    """The payment that is meant is for this person to record."""
    return _may_pay(at, _line(at))


@guard(
    zh="支付日期不能早于批准日期，退回日期不能早于支付日期。",
    en="A payment cannot be older than its approval, nor its return older than the payment.",
    looks_at_given=True,
)
def settled_after_approval(at: MoveContext) -> bool:
    """Payment follows approval, and a return follows the payment."""
    line = _line(at)
    return not_before(at, at.given["on"], line["settled_on"] or line["approved_on"])


def _line(at: MoveContext) -> Facts:
    found: Facts = next(line for line in at.case.facts["aid"] if line["line"] == at.given["line"])
    return found


def payment_claimed(at: MoveContext) -> Sequence[FundOperation]:
    """What the bank's answer does to the fund."""
    line, on = UUID(at.given["line"]), at.given["on"]
    in_cash = _line(at).get("pay_by", TRANSFER) == CASH
    return [Pay(line, on, in_cash) if at.given["result"] == "paid" else Return(line, on)]


def payment_noted(at: MoveContext) -> Mapping[str, Any]:
    """The payment with the bank's answer."""
    result, on = at.given["result"], at.given["on"].isoformat()
    if result == "paid":
        return _settled(at, status=result, settled_on=on)
    came_back = _owed_again(at, came_back_on=on) if _line(at)["status"] == "paid" else {}
    return _settled(at, status=result, settled_on=None, **came_back)


@guard(zh="没有登记过结果的款项。", en="No payment has a result that could be corrected.")
def something_to_correct(at: MoveContext) -> bool:
    """Only what was recorded can have been mistyped."""
    return bool(_recorded(at.case.facts))


@guard(
    zh="登记过结果的款项均由您批准，须由他人更正。",
    en="You approved every payment that has a result; somebody else corrects them.",
)
def corrected_by_another(at: MoveContext) -> bool:
    """At least one of the recorded payments is for this person to correct."""
    return any(_may_pay(at, line) for line in _recorded(at.case.facts))


@guard(
    zh="该笔款项没有登记过结果，或已撤销；无可更正。",
    en="This payment has no result that could be corrected, or it was released.",
    looks_at_given=True,
)
def line_is_recorded(at: MoveContext) -> bool:
    """The payment that is meant was recorded as paid or returned, and nothing has followed."""
    return any(line["line"] == at.given["line"] for line in _recorded(at.case.facts))


@guard(
    zh="与已登记的结果和日期相同，无需更正。",
    en="This is what is recorded already: the same result on the same day.",
    looks_at_given=True,
)
def line_differs(at: MoveContext) -> bool:
    """A correction changes something."""
    line = _line(at)
    return (line["status"], line["settled_on"]) != (at.given["result"], at.given["on"].isoformat())


@guard(
    zh="支付或退回日期不能早于批准日期。",
    en="A payment cannot be made or returned before its approval.",
    looks_at_given=True,
)
def corrected_after_approval(at: MoveContext) -> bool:
    """What happened in truth followed the approval too; the day that was mistyped binds nobody."""
    return not_before(at, at.given["on"], _line(at)["approved_on"])


def _recorded(facts: Facts) -> list[Facts]:
    return [line for line in facts.get("aid", ()) if line["status"] in ("paid", "returned")]


def amendment_claimed(at: MoveContext) -> Sequence[FundOperation]:
    """What is put right in the fund and on the payment order."""
    return [Amend(UUID(at.given["line"]), at.given["result"], at.given["on"])]


def amendment_noted(at: MoveContext) -> Mapping[str, Any]:
    """The payment as it should have been recorded; one that was not paid is owed again from now on."""
    result, on = at.given["result"], at.given["on"].isoformat()
    if result == "paid":
        return _settled(at, status=result, settled_on=on, **_owed_again(at))
    owed = (
        _owed_again(at, owed_again_at=max(at.now, at.case.last_at).isoformat()) if _line(at)["status"] == "paid" else {}
    )
    return _settled(at, status=result, settled_on=None, **owed)


def _owed_again(at: MoveContext, **since: str) -> Mapping[str, Any]:
    """Since when the payment is owed again, in place of what was said of that before."""
    told = {name: None for name in ("came_back_on", "owed_again_at") if _line(at).get(name)}
    return {**told, **since}


def release_claimed(at: MoveContext) -> Sequence[FundOperation]:
    """The money goes back to its fund."""
    return [Release(UUID(at.given["line"]))]


def release_noted(at: MoveContext) -> Mapping[str, Any]:
    """The payment as released, by a decision that may be objected to; what was announced of it is done."""
    cuts = [one for one in at.case.facts.get("cuts") or () if one["line"] != at.given["line"]]
    settled = _settled(at, status="released", settled_on=at.today.isoformat())
    return {**settled, "cuts": cuts, **decision_noted(at, RELEASED, line=at.given["line"])}


def _settled(at: MoveContext, **news: Any) -> Mapping[str, Any]:
    return {"aid": [{**line, **news} if line["line"] == at.given["line"] else line for line in at.case.facts["aid"]]}


@guard(zh="尚未收到过帮扶。", en="No aid has been received.")
def has_received_aid(at: MoveContext) -> bool:
    """Only who was helped rates the help."""
    return any(line["status"] == "paid" for line in at.case.facts.get("aid", ()))


@guard(zh="已经评价过；再次收到帮扶后可以再评价。", en="The help was rated already; the next aid can be rated again.")
def not_rated_since(at: MoveContext) -> bool:
    """One rating for what was paid, so that no voice counts twice."""
    return taken_since(at.case, "rate", "record_payment") is None
