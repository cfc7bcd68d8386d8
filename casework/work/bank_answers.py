"""The bank's answer to a whole payment order: each row is found on the order, and recorded as one payment is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from casework.forms.form import Form, Many
from casework.forms.identity import BankAccount
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.texts import Choice, Word
from casework.forms.validation_errors import MOST_FAULTS, join
from casework.records.database import Row
from casework.rules import folding
from casework.rules.paying import MOST_LINES
from casework.rules.refusals import Fault, Invalid, NotMet, NotNow, NotYours
from casework.rules.text import Text
from casework.work import payments
from casework.work.service import Transaction

RESULTS: Final = {"paid": Text("已支付", "paid"), "returned": Text("已退回", "returned")}
"""What a bank answers."""

_NO_SUCH_LINE = Text(
    "本单没有第 {serial} 笔，请核对序号。", "This order has no payment {serial}; compare the serial numbers."
)
_OTHER_ACCOUNT = Text(
    "与本单第 {serial} 笔的账号不符，请核对是否本单的回盘。",
    "This is not the account of payment {serial}; see whether the answer is to this order.",
)
_UNKNOWN_ACCOUNT = Text(
    "本单没有付往该账号的款项，请核对账号，以及是否本单的回盘。",
    "No payment of this order goes to this account; compare it, and see whether the answer is to this order.",
)
_OTHER_AMOUNT = Text(
    "与支付单不符：本单为 {amount} 元，请向银行核实。",
    "The order says {amount} yuan; ask the bank.",
)
_OTHER_PAYEE = Text("与支付单的收款人不符，请核对。", "The order has another payee; please compare.")
_TWICE = Text(
    "同一笔款项在回盘中出现多次，请只保留一行。", "The answer names this payment more than once; keep one row."
)
_WHICH = Text(
    "本单有 {count} 笔账号、金额相同的款项，请以序号（`serial`）指明是哪一笔。",
    "The order has {count} payments of this amount to this account; say which one by its serial number (`serial`).",
)
_SETTLED = Text(
    "本单已登记为{result}（{on}）；误登的，请在案件 {case} 上办理“{title}”（`{step}`）。",
    "This is recorded as {result} on {on} already; what was mistyped is put right on {case} (`{step}`).",
)


class AnswerRow(Form):
    """What the bank did with one payment, with what tells which one it is; account and amount are as ordered."""

    serial = Count(least=1, most=MOST_LINES, title=Text("本单中的序号", "Serial number on the order"))
    payee = Word(most=100, title=Text("收款人", "Payee"), example="王秀英")
    account = BankAccount(required=True, title=Text("账号", "Account"))
    amount = Money(required=True, title=Text("金额（元）", "Amount (yuan)"))
    result = Choice(RESULTS, required=True, title=Text("结果", "Result"))
    on = Day(past=True, required=True, title=Text("到账或退回日期", "Paid or returned on"))
    reason = Word(most=200, title=Text("退回原因", "Why it was returned"))


class BankAnswer(Form):
    """The rows of the bank's answer, and whether only to say what they would change."""

    rows = Many(AnswerRow, required=True, least=1, most=MOST_LINES, title=Text("回盘各行", "Rows"))
    preview = Flag(title=Text("只预览，不登记", "Only show what would change"), example=False)


@dataclass(frozen=True, slots=True)
class Changed:
    """A payment as it stood on the order, with what the bank told of it."""

    line: Row[Any]
    result: str
    on: date


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an answer has changed, or would change, how many payments stood so before, and how many still wait."""

    preview: bool
    changed: Sequence[Changed]
    unchanged: int
    unsettled: int


def record_answer(tx: Transaction, order_id: UUID, given: Any) -> Recorded:
    """The payments of an order after the bank's answer: all rows are recorded, or none; a preview records none.

    A row that says what is recorded already changes nothing, so that the same answer may be given again. Raises
    `Invalid` with every row that cannot be recorded, `NotYours` where the caller does not see every case of the order.
    """
    order = payments.seen(tx, order_id)
    records = payments.locked(tx, order_id)
    payments.may_record_whole(tx, order_id)
    said = BankAnswer.check(given, today=tx.today)
    rows, preview = said["rows"], said.get("preview", False)
    lines = _on_order(tx, order, rows)
    changes = [(index, line) for index, line in enumerate(lines) if not _stands(line, rows[index])]
    with tx.db.taken_back() if preview else nullcontext():
        payments.lock_households(tx, records)
        faults = [one for index, line in changes for one in _refused(tx, line, rows[index], f"rows.{index}")]
        if faults:
            raise Invalid(faults[:MOST_FAULTS])
        unsettled = payments.seen(tx, order_id).unsettled
    changed = [Changed(line, rows[index]["result"], rows[index]["on"]) for index, line in changes]
    return Recorded(preview, changed, len(rows) - len(changed), unsettled)


def _stands(line: Row[Any], row: Mapping[str, Any]) -> bool:
    return (line.result, line.settled_on) == (row["result"], row["on"])


def _refused(tx: Transaction, line: Row[Any], row: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """Record a row of the answer; what refuses it, if anything does."""
    if line.result is not None and (line.result, row["result"]) != ("paid", "returned"):
        step = payments.corrected_by(line.workflow, line.workflow_version)
        why = _SETTLED.with_(result=RESULTS[line.result], on=line.settled_on, case=line.case_number, **step)
        yield Fault(join(path, "result"), "settled", why)
        return
    told = {"on": row["on"].isoformat()}
    if row["result"] == "returned" and "reason" in row:
        told["reason"] = row["reason"]
    try:
        payments.record(tx, line, row["result"], told)
    except Invalid as no:
        yield from (replace(one, path=join(path, one.path)) for one in no.faults)
    except (NotMet, NotNow, NotYours) as no:
        yield Fault(path, no.code, no.text)


def _on_order(tx: Transaction, order: Row[Any], rows: Sequence[Mapping[str, Any]]) -> list[Row[Any]]:
    """The payment of each row: by its serial number, or by account and amount; raises `Invalid`."""
    found = _Search(payments.lines_with_accounts(tx, order.id), rows)
    if found.faults:
        raise Invalid(sorted(found.faults, key=lambda one: int(one.path.split(".")[1]))[:MOST_FAULTS])
    return [found.lines[index] for index in range(len(rows))]


class _Search:
    """Looks for the payment of each row; `lines` by the number of the row, and what is wrong with the others."""

    def __init__(self, ordered: Sequence[tuple[Row[Any], str]], rows: Sequence[Mapping[str, Any]]) -> None:
        self.ordered = ordered
        self.rows = rows
        self.lines: dict[int, Row[Any]] = {}
        self.faults: list[Fault] = []
        self._by_serial()
        self._by_account()
        for index, line in self.lines.items():
            if not folding.same_name(rows[index].get("payee", line.payee), line.payee):
                self._wrong(index, "payee", "other_payee", _OTHER_PAYEE)

    def _wrong(self, index: int, field: str, code: str, why: Text) -> None:
        self.faults.append(Fault(f"rows.{index}.{field}", code, why))

    def _by_serial(self) -> None:
        known = {line.position: (line, account) for line, account in self.ordered}
        for index, row in enumerate(self.rows):
            if (serial := row.get("serial")) is None:
                continue
            if serial not in known:
                self._wrong(index, "serial", "no_such_line", _NO_SUCH_LINE.with_(serial=serial))
                continue
            line, account = known[serial]
            if row["account"] != account:
                self._wrong(index, "account", "other_account", _OTHER_ACCOUNT.with_(serial=serial))
            elif row["amount"] != line.amount:
                self._wrong(index, "amount", "other_amount", _OTHER_AMOUNT.with_(amount=f"{line.amount:.2f}"))
            elif line in self.lines.values():
                self._wrong(index, "serial", "twice", _TWICE)
            else:
                self.lines[index] = line

    def _by_account(self) -> None:
        """Rows without a serial number; those that no bank could tell apart are taken in the order's own order."""
        asked: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
        for index, row in enumerate(self.rows):
            if "serial" not in row:
                asked[row["account"], row["amount"]].append(index)
        for (account, amount), indexes in asked.items():
            there = [line for line, number in self.ordered if number == account]
            lines = [line for line in there if line.amount == amount and line not in self.lines.values()]
            if len(lines) == len(indexes):
                self.lines.update(zip(indexes, lines, strict=True))
                continue
            for index in indexes:
                if not there:
                    self._wrong(index, "account", "unknown_account", _UNKNOWN_ACCOUNT)
                elif all(line.amount != amount for line in there):
                    ordered = "、".join(f"{line.amount:.2f}" for line in there)
                    self._wrong(index, "amount", "other_amount", _OTHER_AMOUNT.with_(amount=ordered))
                elif len(lines) < len(indexes):
                    self._wrong(index, "account", "twice", _TWICE)
                else:
                    self._wrong(index, "serial", "which_one", _WHICH.with_(count=len(lines)))
