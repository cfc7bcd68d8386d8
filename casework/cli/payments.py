"""`casework payment`: orders for the bank, and the bank's answer to one from a file."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from casework.cli.console import Console, Instant, pass_console
from casework.cli.installation import working
from casework.cli.rules import FILE
from casework.records import payments as records
from casework.rules import folding
from casework.rules.bank_columns import COLUMNS
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Text
from casework.work import bank_answer_files, bank_answers, payments, people
from casework.work.bank_answer_files import TITLES, AnswerFile
from casework.work.bank_answers import RESULTS
from casework.work.service import Transaction

_COLUMNS: Final = (
    COLUMNS["serial"],
    Text("案件", "Case"),
    *(TITLES[name] for name in ("payee", "amount", "result", "on")),
)
_RECORDED = Text(
    "已登记 {changed} 笔，{unchanged} 笔原已如此；尚无结果的 {unsettled} 笔。",
    "Payments recorded: {changed}; as they were: {unchanged}; still without a result: {unsettled}.",
)
_WOULD_RECORD = Text(
    "将登记 {changed} 笔，{unchanged} 笔原已如此，此后尚无结果的 {unsettled} 笔；未作任何更改。",
    "Payments that would be recorded: {changed}; as they are: {unchanged}; without a result then: {unsettled}."
    " Nothing has been changed.",
)
_NO_ORDER = Text(
    "没有支付单 {order}，或您无权查看；请写编号，如 (2026)PAY-RELIEF-1。",
    "There is no payment order {order}, or not for you to see; write its number, such as (2026)PAY-RELIEF-1.",
)
_AT_LINE = Text("第 {line} 行", "line {line}")
_AT_CELL = Text("第 {line} 行“{column}”", "line {line}, {column}")


_ORDER_LINES: Final = (
    COLUMNS["serial"],
    Text("案件", "Case"),
    *(TITLES[name] for name in ("payee", "amount")),
    Text("账号", "Account"),
    Text("批准后变更：原账号", "Changed since the approval, from"),
)
_ORDERED = Text(
    "已开具支付单 {number}：{lines} 笔，合计 {total} 元。", "Payment order {number}: {lines} payments, {total} yuan."
)
_LEFT_OUT = Text("未列入 {count} 笔：{because}", "Left out: {count}, {because}")
_CHANGES: Final = re.compile(r"(.+)#([0-9]{1,9})")


class ChangeParam(click.ParamType[Mapping[str, Any]]):
    """A change of a case: its number, # and the number of the event."""

    name = "CASE#EVENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The case and its event as the body of an order has them."""
        found = _CHANGES.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.fail(f"{value!r}: write the number of the case, # and that of the event, HA-2026-000012#7", param, ctx)
        return {"case": found[1], "event": int(found[2])}


@click.group("payment")
def payment() -> None:
    """Payments and their orders."""


@payment.command("order")
@click.argument("fund")
@click.option("--as", "username", required=True, help="The user who makes it.")
@click.option("--as-returned", is_flag=True, help="Also what came back and whose bank details stay as they are.")
@click.option("--confirm", "confirmed", multiple=True, type=ChangeParam(), help="A change that was looked at.")
@click.option("--hold-back", "held_back", multiple=True, metavar="CASE", help="A case to be left out for now.")
@pass_console
def order(
    console: Console,
    fund: str,
    username: str,
    as_returned: bool,
    confirmed: tuple[Mapping[str, Any], ...],
    held_back: tuple[str, ...],
) -> None:
    """Make a payment order of what waits in FUND (its code).

    Where payee or account of a payment were corrected since its approval nothing is ordered, and the refusal says by
    whom, when and from where to where: confirm each with --confirm, or leave it out with --hold-back.
    """
    with working(console.settings) as service, service.transaction() as tx:
        people.act_as(tx, username)
        body = {"fund": fund, "as_returned": as_returned, "confirmed": confirmed, "held_back": held_back}
        made, left_out = payments.make_order(
            tx, {name: list(v) if isinstance(v, tuple) else v for name, v in body.items()}
        )
        lines = records.lines(tx.db, made.id, tx.person)
    console.table(
        _ORDER_LINES,
        [
            (one.position, one.case_number, one.payee, f"{one.amount:.2f}", one.account,
             (one.payee_change or {}).get("account") or "")
            for one in lines
        ],
    )  # fmt: skip
    console.tell(_ORDERED, number=made.number, lines=made.lines, total=f"{made.total:.2f}")
    for because, count in left_out.items():
        console.tell(_LEFT_OUT, count=count, because=because)


@payment.command("answer")
@click.argument("order")
@click.argument("file", type=FILE)
@click.option("--as", "username", required=True, help="The user who records it.")
@click.option("--on", "on", type=Instant(), help="The day of the rows that say none.")
@click.option("--preview", is_flag=True, help="Only show what would be recorded.")
@pass_console
def answer(console: Console, order: str, file: Path, username: str, on: date | None, preview: bool) -> None:
    """Record the bank's answer to ORDER (its number) from FILE, a workbook (.xlsx) or CSV, all rows of it or none.

    The file is that of the order (GET /payment-orders/{id}/export) with the columns Result (paid or returned), Date
    and Reason beside its own, titled in either language; Date may be left out with --on. The same file again changes
    nothing.
    """
    given = bank_answer_files.read(file)
    day = {"on": on.isoformat()[:10]} if on else {}
    with working(console.settings) as service, service.transaction() as tx:
        people.act_as(tx, username)
        body = {"rows": [day | dict(row) for row in given.rows], "preview": preview}
        try:
            done = bank_answers.record_answer(tx, _order(tx, order), body)
        except Invalid as wrong:
            raise Invalid([_in_file(console, one, given) for one in wrong.faults]) from wrong
    if done.changed:
        console.table(
            _COLUMNS,
            [
                (one.line.position, one.line.case_number, one.line.payee, f"{one.line.amount:.2f}",
                 RESULTS[one.result].in_(console.language), one.on)
                for one in done.changed
            ],
        )  # fmt: skip
    console.tell(
        _WOULD_RECORD if preview else _RECORDED,
        changed=len(done.changed),
        unchanged=done.unchanged,
        unsettled=done.unsettled,
    )


def _order(tx: Transaction, number: str) -> UUID:
    found = records.by_number(tx.db, folding.typed(number), tx.person)
    if found is None:
        raise NotFound(_NO_ORDER.with_(order=number))
    return found


def _in_file(console: Console, fault: Fault, file: AnswerFile) -> Fault:
    """The same fault with its place in the file: the line, and the title of the column where there is one."""
    _, *place = fault.path.split(".")
    line = file.lines[int(place[0])] if place else 1
    name = place[1] if len(place) > 1 else ""
    told = _AT_CELL.with_(line=line, column=TITLES[name]) if name in TITLES else _AT_LINE.with_(line=line)
    return Fault(told.in_(console.language), fault.code, fault.text)
