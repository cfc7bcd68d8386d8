"""Payment orders: what is approved goes to the bank together, and what the bank did is recorded with each case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Day, Flag
from casework.forms.texts import Code, Line
from casework.forms.validation_errors import SENTENCES
from casework.records import funds, history, payments
from casework.records.database import Row, Tx
from casework.records.ids import new_id
from casework.records.rows import Row as Values
from casework.records.rows import StoredCase
from casework.records.vault import WrappedKey, applicant_place, case_place, order_place, seal, unseal
from casework.rules.bank_columns import chosen
from casework.rules.case_actions import confirm_payee
from casework.rules.paying import MOST_LINES, Pays
from casework.rules.people import STAFF
from casework.rules.refusals import Fault, Invalid, NotFound, NotMet, NotNow, NotYours
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.cases import apply
from casework.work.cases import locked as locked_case
from casework.work.commit import commit
from casework.work.funds import may_see_funds
from casework.work.households import numbers_of
from casework.work.preconditions import ensure_confirmed
from casework.work.service import Transaction, office_on

_APPROVED_BY_YOU = Text(
    "由您本人审批，须由他人列入支付单（{source}）",
    "approved by yourself; somebody else orders them ({source})",
)
_REDIRECTED_BY_YOU = Text(
    "批准后由您本人更正过收款信息，须由他人确认并列入支付单",
    "their payee or account was corrected by yourself after the approval; somebody else confirms and orders them",
)
_HELD_BACK = Text("本次暂不列入", "held back this time")
_REDIRECTED = Text(
    "{number}（{amount} 元）：批准之后，{who}（{username}）于 {at} 更正过收款信息：原为 {was}，现为 {now}。"
    "核实无误的，在“已核实的收款信息变更”（`confirmed`）中填写案号（`case`）{number}、办理记录序号（`event`）{event}；"
    "暂不支付的，在“本次暂不列入的案号”（`held_back`）中填写 {number}。",
    "{number} ({amount} yuan): since the approval {who} ({username}) has corrected, on {at}, where the money goes: it"
    " was {was} and is {now}. If that is right, confirm it with case {number} and event {event} among the changes that"
    " were looked at (`confirmed`); to leave it out for now, write {number} among the cases left out (`held_back`).",
)
_NO_ACCOUNT_BEFORE = Text("无账号", "no account")
_NO_CASE = Text("没有案件 {number}，或不在您的范围内。", "There is no case {number}, or it is not open to you.")
_NO_ACCOUNT = Text("档案中没有银行账号，请先补正", "no bank account in the file; correct the facts first")
_AS_RETURNED = Text(
    "银行退回后账户信息尚未更正；确系银行原因的，可选“含账户信息未更正的退回款项”（`as_returned`）",
    "returned by the bank, and the bank details were not corrected since; if the bank erred, say so (`as_returned`)",
)
_SETTLED = Text(
    "本单中该笔款项已有结果；误登的，请在该案件上办理“{title}”（`{step}`）。",
    "This payment is settled on this order already; what was mistyped is put right on the case (`{step}`).",
)
_FULL = Text("本单已满，请另开一单", "this order is full; make another one")
LEFT_OUT: Final = {
    "approved_by_you": Text("由您本人审批，须由他人列入支付单", "approved by yourself; somebody else orders them"),
    "redirected_by_you": _REDIRECTED_BY_YOU,
    "no_account": _NO_ACCOUNT,
    "as_returned": _AS_RETURNED,
    "held_back": _HELD_BACK,
    "full": _FULL,
}
"""Why a payment is left out of an order, in a word that may stand in an address; the first names its source too."""


class Confirmed(Form):
    """A change of payee or account that somebody else than whoever made it has looked at: the case and its event."""

    case = Code(required=True, title=Text("案号", "Case number"), example="HA-2026-000012")
    event = Count(least=1, required=True, title=Text("办理记录序号", "Number of the event"), example=7)


class NewOrder(Form):
    """The fund whose approved payments go to the bank."""

    fund = Code(most=20, required=True, title=Text("资金代码", "Code of the fund"), example="RELIEF")
    as_returned = Flag(
        title=Text(
            "含账户信息未更正的退回款项", "Also payments that were returned and whose bank details stay as they are"
        ),
        example=False,
    )
    confirmed = Many(
        Confirmed,
        most=MOST_LINES,
        title=Text("已核实的收款信息变更", "Changes of payee or account that were looked at"),
        help=Text(
            "批准之后更正过收款信息的款项，须由更正人以外的人逐案确认，否则不能开单；案号和序号见拒绝时的说明。",
            "Payments whose payee or account was corrected since the approval are ordered only where somebody else than"
            " whoever corrected it confirms that; the refusal names case and event.",
        ),
        example=[],
    )
    held_back = Many(
        Code(title=Text("案号", "Case number")),
        most=MOST_LINES,
        title=Text("本次暂不列入的案号", "Numbers of the cases to be left out for now"),
        example=[],
    )


class Paid(Form):
    """The day on which a payment has reached the applicant."""

    on = Day(past=True, required=True, title=Text("到账日期", "Paid on"))


class Returned(Form):
    """The day on which the bank returned a payment, and why."""

    on = Day(past=True, required=True, title=Text("退回日期", "Returned on"))
    reason = Line(
        most=200,
        required=True,
        title=Text("退回原因", "Why"),
        example=Text("户名与账号不符", "Name and account do not agree"),
    )


def make_order(tx: Transaction, given: Any) -> tuple[Row[Any], dict[Text, int]]:
    """A new order with the payments of a fund that wait for one, and how many were left out for which reason.

    Raises `NotNow` where there is nothing to order. Orders are numbered per year and fund without gaps.
    """
    if tx.person.role not in STAFF:
        raise NotYours(Text("只有经办人或审批人可以开具支付单。", "Only caseworkers and supervisors order payments."))
    said = NewOrder.check(given, today=tx.today)
    fund = funds.by_code(tx.db, said["fund"], tx.person.org_path)
    if fund is None:
        sentence = Text("没有这项资金，或不在您的范围内。", "There is no such fund, or it is not open to you.")
        raise Invalid([Fault("fund", "unknown_fund", sentence)])
    records = _locked_cases(tx, said)
    # Locks the counter: of two who order at once the second finds only what the first has left.
    number = next_number(tx.db, fund.code, tx.today.year)
    order_id = new_id()
    chosen, left_out = _sorted_out(tx, order_id, fund.id, said)
    if not payments.make(tx.db, order_id, number, fund.id, chosen, tx.person):
        raise NotNow(_nothing(left_out))
    for case_id, event in {
        line["case_id"]: line["payee_change"]["event"] for line in chosen if line["payee_change"]
    }.items():
        _note_confirmed(tx, records[case_id], event, number)
    return seen(tx, order_id), left_out


def _locked_cases(tx: Transaction, said: Mapping[str, Any]) -> dict[UUID, StoredCase]:
    """The cases whose changes are confirmed, before anything else is locked; raises `Invalid` where there is none."""
    named = {f"confirmed.{at}.case": one["case"] for at, one in enumerate(said.get("confirmed", ()))}
    held = {f"held_back.{at}": number for at, number in enumerate(said.get("held_back", ()))}
    found = payments.cases_of(tx.db, [*named.values(), *held.values()], tx.person)
    unknown = {path: number for path, number in (named | held).items() if number not in found}
    if unknown:
        raise Invalid([Fault(path, "unknown_case", _NO_CASE.with_(number=number)) for path, number in unknown.items()])
    return {case_id: locked_case(tx, case_id) for case_id in sorted({found[number] for number in named.values()})}


def _note_confirmed(tx: Transaction, record: StoredCase, event: int, order: str) -> None:
    """The chain of the case tells who had the money go elsewhere than was approved, and on which order."""
    move = confirm_payee(record.case, event, order, tx.acting, tx.now)
    commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))


def next_number(tx: Tx, fund: str, year: int) -> str:
    """The next number of an order, `(2026)PAY-RELIEF-1`; it is nobody else's until the order is written."""
    series = f"({year})PAY-{fund}"
    return f"{series}-{history.next_serial(tx, series)}"


def _sorted_out(
    tx: Transaction, order_id: UUID, fund_id: UUID, said: Mapping[str, Any]
) -> tuple[list[Values], dict[Text, int]]:
    """The payments that may be on this order, as they are ordered, and how many may not for which reason.

    Raises `Invalid` where the money of some goes elsewhere than was approved, and nobody has confirmed that.
    """

    @cache
    def switch(workflow: str, org: str, region: str, calendar: str) -> Text | None:
        """Where whoever approved may not order: the source that says so."""
        row = tx.office_at(workflow, org, region, calendar).policy("paid_by_another")
        return row.source if row and row.holds() else None

    confirmed = {(one["case"], one["event"]) for one in said.get("confirmed", ())}
    held_back = set(said.get("held_back", ()))
    chosen: list[Values] = []
    unconfirmed: list[Fault] = []
    left_out: Counter[Text] = Counter()
    for line in payments.to_order(tx.db, fund_id, tx.person, workflow_registry.bank_facts()):
        source = switch(line.workflow, line.org, line.region, line.calendar)
        if source and line.approved_by == tx.person.id:
            left_out[_APPROVED_BY_YOU.with_(source=source)] += 1
        elif line.redirected_by_you:
            left_out[_REDIRECTED_BY_YOU] += 1
        elif not line.account:
            left_out[_NO_ACCOUNT] += 1
        elif not said.get("as_returned") and _is_as_returned(tx, line):
            left_out[_AS_RETURNED] += 1
        elif line.number in held_back:
            left_out[_HELD_BACK] += 1
        elif len(chosen) == MOST_LINES:
            left_out[_FULL] += 1
        else:
            change = payments.redirected(tx.db, line) if line.redirected else None
            if change and (line.number, change.seq) not in confirmed:
                unconfirmed.append(_told(tx, line, change))
            chosen.append(_ordered(tx, order_id, line, change))
    if unconfirmed:
        raise Invalid(unconfirmed)
    return chosen, dict(left_out)


def _told(tx: Transaction, line: Row[Any], change: Row[Any]) -> Fault:
    """What has to be confirmed of a payment: who has changed where it goes, when, and from where to where."""

    def place(payee: str | None, bank: str | None, account: str | None) -> Text:
        told = [Text(one, one) for one in (payee, bank) if one]
        told.append(Text(account, account) if account else _NO_ACCOUNT_BEFORE)
        return Text(" ".join(one.zh for one in told), " ".join(one.en for one in told))

    return Fault(
        "confirmed",
        "payee_changed",
        _REDIRECTED.with_(
            number=line.number,
            amount=f"{line.amount:.2f}",
            who=change.user_name,
            username=change.username,
            at=f"{change.at.astimezone(tx.service.zone):%Y-%m-%d %H:%M}",
            was=place(change.payee, change.bank, change.account),
            now=place(line.payee, line.bank, line.account),
            event=change.seq,
        ),
    )


def _is_as_returned(tx: Transaction, line: Row[Any]) -> bool:
    """Whether the bank has returned this payment, and the money would go to where it went before."""
    if line.last_order is None:
        return False
    before = unseal(_key(tx, line), order_place(line.last_order, line.id), line.last_sealed)
    return (line.payee, line.bank, line.branch, line.bank_code, _account(tx, line)) == (
        line.last_payee,
        line.last_bank,
        line.last_branch,
        line.last_bank_code,
        before,
    )


def _ordered(tx: Transaction, order_id: UUID, line: Row[Any], change: Row[Any] | None) -> Values:
    """The payment as it is put on an order: where its money goes stays so, whatever is corrected afterwards."""
    return {
        "line_id": line.id,
        "case_id": line.case_id,
        "payee": line.payee,
        "bank": line.bank,
        "branch": line.branch,
        "bank_code": line.bank_code,
        "account": line.account,
        "sealed": seal(_key(tx, line), order_place(order_id, line.id), _account(tx, line)),
        "case_version": line.case_version,
        "payee_change": _change_of(change) if change else None,
    }


def _change_of(change: Row[Any]) -> Values:
    by = {"id": str(change.user_id), "username": change.username, "name": change.user_name}
    before = {"payee": change.payee, "bank": change.bank, "account": change.account}
    return {"by": by, "at": change.at.isoformat(), "event": change.seq, **before}


def _account(tx: Transaction, line: Row[Any]) -> str:
    """The full account to which the case has the money go now."""
    account: str = unseal(_key(tx, line), case_place(line.case_id, "facts"), line.sealed_facts)[pays_of(line).account]
    return account


def pays_of(line: Row[Any]) -> Pays:
    """What the workflow of the payment's case says of payments."""
    return workflow_registry.pays(line.workflow, line.workflow_version)


def corrected_by(workflow: str, version: int) -> dict[str, Any]:
    """The step that puts a result right which was recorded wrongly: its `title`, and its name as `step`."""
    name = workflow_registry.pays(workflow, version).corrected_by
    edges = workflow_registry.of(workflow, version).transitions
    return {"title": next(edge.title for edge in edges if edge.name == name), "step": name}


def _key(tx: Transaction, line: Row[Any]) -> bytes:
    return tx.service.keyring.unwrap(applicant_place(line.applicant_id), WrappedKey(line.key_id, line.wrapped_key))


def _nothing(left_out: Mapping[Text, int]) -> Text:
    told = [(f"{count} 笔{why.zh}", f"{count}: {why.en}") for why, count in left_out.items()]
    if not told:
        return Text("没有待支付的款项。", "No payment waits for an order.")
    return Text(
        f"没有可列入支付单的款项：{'；'.join(zh for zh, _ in told)}。",
        f"No payment can be ordered. {'; '.join(en for _, en in told)}.",
    )


def seen(tx: Transaction, order_id: UUID) -> Row[Any]:
    """The order: made in the caller's organisation or below, or about a case that the caller sees."""
    may_see_funds(tx.person)
    order = payments.by_id(tx.db, order_id, tx.person)
    if order is None:
        raise NotFound()
    return order


def record_result(tx: Transaction, order_id: UUID, line_id: UUID, result: str, given: Any) -> Row[Any]:
    """The payment after its case has taken the step that records payments: the case is locked first, then the payment.

    Raises `NotNow` where this order has its result already, also while the payment is on a later one. What was paid may
    still be returned: banks send money back days later.
    """
    seen(tx, order_id)
    record = locked_case(tx, _line(tx, order_id, line_id).case_id)
    settled = _line(tx, order_id, line_id).result
    if settled is not None and (settled, result) != ("paid", "returned"):
        raise NotNow(_SETTLED.with_(**corrected_by(record.case.workflow, record.case.workflow_version)))
    _record(tx, record, line_id, result, given)
    return _line(tx, order_id, line_id)


def record_all_paid(tx: Transaction, order_id: UUID, given: Any) -> Row[Any]:
    """The order after every payment without a result was recorded as paid on one day: all of them, or none.

    Raises `NotNow` where each has its result, `NotYours` where the caller does not see every case of the order, and
    otherwise what refuses the first payment, with the number of its case.
    """
    order = seen(tx, order_id)
    records = locked(tx, order_id)
    waiting = [line for line in payments.lines(tx.db, order_id, tx.person) if line.result is None]
    if not waiting and order.unsettled == 0:
        raise NotNow(Text("本单各笔款项均已有结果。", "Every payment of this order has its result already."))
    may_record_whole(tx, order_id)
    lock_households(tx, records)
    for line in waiting:
        record(tx, line, "paid", given)
    return seen(tx, order_id)


def locked(tx: Transaction, order_id: UUID) -> Mapping[UUID, StoredCase]:
    """The cases of the order's payments by their ids. As every move takes its locks: first the cases, and then the
    households (`lock_households`) and the fund.
    """
    return {
        case_id: locked_case(tx, case_id)
        for case_id in sorted({line.case_id for line in payments.lines(tx.db, order_id, tx.person)})
    }


def lock_households(tx: Transaction, records: Mapping[UUID, StoredCase]) -> None:
    """Lock the households of these cases, of which all are locked."""
    numbers = [numbers_of(tx, record, workflow_registry.pinned(record.case)) for record in records.values()]
    funds.lock_household(tx.db, set().union(*numbers))


def may_record_whole(tx: Transaction, order_id: UUID) -> None:
    """Raises `NotYours` unless the caller is staff and sees the case of each payment of the order."""
    if tx.person.role not in STAFF or not payments.all_seen(tx.db, order_id, tx.person):
        raise NotYours(
            Text(
                "只有能查看本单全部案件的经办人或审批人可以整单登记。",
                "Only caseworkers and supervisors who see all cases of the order record it as a whole.",
            )
        )


def record(tx: Transaction, line: Row[Any], result: str, given: Any) -> None:
    """The case of this payment of an order takes the step that records payments; what refuses it names the case."""
    try:
        _record(tx, locked_case(tx, line.case_id), line.line_id, result, given)
    except (NotMet, NotNow, NotYours) as no:
        number = Text(f"{line.case_number}：{no.text.zh}", f"{line.case_number}: {no.text.en}")
        raise type(no)(number) from no


def _record(tx: Transaction, record: StoredCase, line_id: UUID, result: str, given: Any) -> None:
    """The case, which is locked, takes the step that records payments; what the address says is not said again."""
    from_here = {"line": str(line_id), "result": result}
    if isinstance(given, Mapping):
        twice = sorted(given.keys() & from_here)
        if twice:
            raise Invalid([Fault(name, "unknown", SENTENCES["unknown"]) for name in twice])
        given = {**given, **from_here}
    apply(tx, record, workflow_registry.pays(record.case.workflow, record.case.workflow_version).recorded_by, given)


def _line(tx: Transaction, order_id: UUID, line_id: UUID) -> Row[Any]:
    line = payments.line(tx.db, order_id, line_id, tx.person)
    if line is None:
        raise NotFound()
    return line


def whole(tx: Transaction, order_id: UUID) -> tuple[Row[Any], Sequence[Row[Any]]]:
    """The order with all its payments, for staff who see the case of each; raises `NotYours`."""
    order = seen(tx, order_id)
    if tx.person.role not in STAFF or not payments.all_seen(tx.db, order_id, tx.person):
        raise NotYours(
            Text(
                "只有能查看本单全部案件的经办人或审批人可以导出。",
                "Only caseworkers and supervisors who see all cases of the order export it.",
            )
        )
    return order, payments.lines(tx.db, order_id, tx.person)


def accounts(tx: Transaction, order: Row[Any], lines: Sequence[Row[Any]]) -> dict[UUID, str]:
    """The full account of each of these payments as it was ordered, by the payment's id; logged with every case."""
    if lines:
        ensure_confirmed(tx, min(line.opened_at for line in lines))
    for path in sorted({pays_of(line).account for line in lines}):
        those = {line.case_id for line in lines if pays_of(line).account == path}
        history.note_disclosures(tx.db, those, tx.person.id, [path], order.number)
    return {line.line_id: _ordered_account(tx, line) for line in lines}


def columns(tx: Transaction, order: Row[Any], lines: Sequence[Row[Any]]) -> tuple[str, ...] | None:
    """The columns of the file for the bank by the policy `bank_columns` of the place of the fund, None without one.

    It is that of the workflow of the first payment and of the day of the order, whose file stays the same.
    """
    place = order.fund_org, order.fund_region, order.fund_calendar
    row = office_on(tx.rules, lines[0].workflow, *place, order.at).policy("bank_columns")
    return chosen(row.value) if row else None


def lines_with_accounts(tx: Transaction, order_id: UUID) -> list[tuple[Row[Any], str]]:
    """The payments of an order as they were ordered, with their full accounts: to compare, and to show to nobody."""
    return [(line, _ordered_account(tx, line)) for line in payments.lines(tx.db, order_id, tx.person)]


def _ordered_account(tx: Transaction, line: Row[Any]) -> str:
    account: str = unseal(_key(tx, line), order_place(line.order_id, line.line_id), line.sealed)
    return account
