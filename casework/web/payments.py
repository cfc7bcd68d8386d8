"""Payment orders: the list, an order with its payments, its file for the bank, the list on paper, a new order."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from uuid import UUID

from flask import Response

from casework.forms.form import Form
from casework.forms.posted import from_posted
from casework.forms.texts import Choice, Code, Word
from casework.http import bank_files
from casework.http.problems import STATUS
from casework.http.query import from_cursor, moment, to_cursor
from casework.records import funds as fund_records
from casework.records import payments as records
from casework.rules.chinese_amount import in_capitals
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Redirect, Visit
from casework.web.tables import address
from casework.web.widgets import Filled, titles, widgets
from casework.work import payments
from casework.work.service import Transaction

READERS: Final = STAFF | {Role.AUDITOR}
RESULTS: Final = {
    "ordered": Text("待支付", "with the bank"),
    "paid": Text("已支付", "paid"),
    "returned": Text("已退回", "returned"),
}
_ROWS: Final = 50
_MOST_FUNDS: Final = 200


class Line(NamedTuple):
    """A payment on an order as the pages show it; `may` are the results that can be recorded of it now."""

    id: UUID
    case_number: str
    payee: str
    document: str
    kind: Text
    amount: str
    bank: str
    account: str
    result: Text
    tone: str
    settled_on: Any
    change: Mapping[str, Any] | None
    may: tuple[str, ...]


class OrdersQuery(Form):
    """Of which fund, from where on."""

    fund = Code(most=20, title=Text("资金", "Fund"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


class OrderQuery(Form):
    """How many payments were left out of an order that was made just now, for which reason."""

    left_out = Word(most=200, title=Text("未列入的笔数", "Left out"), example="no_account:2")


class FileQuery(Form):
    """In which form the bank gets it."""

    format = Choice(bank_files.FORMATS, required=True, title=Text("格式", "Format"))


class NewQuery(Form):
    """Of which fund."""

    fund = Code(most=20, title=Text("资金", "Fund"))


@Page("GET", "/payments", READERS, query=OrdersQuery)
def orders(visit: Visit) -> Answer:
    """Payment orders, the newest first."""
    tx, asked = visit.tx, visit.query
    key = from_cursor(asked, moment, UUID)
    found = records.page(tx.db, tx.person, _ROWS + 1, (key[0], key[1]) if key else None, asked.get("fund"))
    shown = found[:_ROWS]
    cursor = to_cursor(shown[-1].at, shown[-1].id) if len(found) > _ROWS else None
    return Html(
        "payments",
        {
            "frame": frame_of(tx),
            "orders": [(row, of_order(row.number)) for row in shown],
            "fund": asked.get("fund"),
            "may_make": tx.person.role in STAFF,
            "more": address("/payments", asked, cursor=cursor) if cursor else None,
        },
    )


@Page("GET", "/payments/<number>", READERS, query=OrderQuery)
def order(visit: Visit, number: str) -> Answer:
    """The order with those of its payments whose cases the caller sees."""
    tx = visit.tx
    row = order_of(tx, number)
    lines = lines_of(tx, row)
    whole = tx.person.role in STAFF and records.all_seen(tx.db, row.id, tx.person)
    return Html(
        "payment",
        {
            "frame": frame_of(tx),
            "order": row,
            "at": of_order(number),
            "lines": lines,
            "in_capitals": in_capitals(row.total),
            "whole": whole,
            "files": bank_files.FORMATS,
            "left_out": _left_out(visit.query.get("left_out", "")),
        },
    )


@Page("GET", "/payments/<number>/file", STAFF, query=FileQuery)
def file(visit: Visit, number: str) -> Answer:
    """The payments for the bank with full accounts; that they were read is logged with each case."""
    tx = visit.tx
    row, lines = payments.whole(tx, order_of(tx, number).id)
    accounts, columns = payments.accounts(tx, row, lines), payments.columns(tx, row, lines)
    made = bank_files.for_bank if visit.query["format"] == "csv" else bank_files.as_workbook
    headers = bank_files.headers_of(row, visit.query["format"])
    return Response(made(row, lines, accounts, columns), headers=headers)


@Page("GET", "/payments/<number>/print", STAFF)
def sheet(visit: Visit, number: str) -> Answer:
    """The payments on paper, to be signed, with the last four digits of accounts."""
    tx = visit.tx
    row, _ = payments.whole(tx, order_of(tx, number).id)
    return Html(
        "payment_sheet",
        {
            "frame": frame_of(tx),
            "order": row,
            "at": of_order(number),
            "lines": lines_of(tx, row),
            "in_capitals": in_capitals(row.total),
            "printed_at": tx.now,
        },
    )


@Page("GET", "/payments/new", STAFF, query=NewQuery)
def new(visit: Visit) -> Answer:
    """The form of a new order."""
    return _form_of_new(visit, dict(visit.query))


def _again(visit: Visit, refused: Refusal) -> Answer:
    """The form as it was filled in, with why it was refused."""
    return _form_of_new(visit, from_posted(payments.NewOrder, dict(visit.posted.lists())), refused)


@Page("POST", "/payments/new", STAFF, again=_again)
def make(visit: Visit) -> Answer:
    """The order is made, and its page shows it."""
    given = from_posted(payments.NewOrder, dict(visit.posted.lists()))
    row, left_out = payments.make_order(visit.tx, given)
    words = {why: word for word, why in payments.LEFT_OUT.items()}
    said = ",".join(f"{words.get(why, 'approved_by_you')}:{count}" for why, count in left_out.items())
    return Redirect(address(of_order(row.number), {"left_out": said}))


def _left_out(said: str) -> list[tuple[Text, str]]:
    """Why payments were left out of an order that was made just now, and how many."""
    pairs = (one.partition(":") for one in said.split(","))
    return [(payments.LEFT_OUT[word], many) for word, _, many in pairs if word in payments.LEFT_OUT and many.isdigit()]


def _form_of_new(visit: Visit, values: Mapping[str, Any], refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    funds = fund_records.page(tx.db, tx.person.org_path, _MOST_FUNDS)
    offered = {"fund": {one.code: Text(f"{one.name}（{one.code}）", f"{one.name} ({one.code})") for one in funds}}
    return Html(
        "payment_new",
        {
            "frame": frame_of(tx),
            "fields": widgets(payments.NewOrder, Filled(values, faults, offered=offered)),
            "faults": titles(payments.NewOrder, faults),
            "problem": refused,
            "once": secrets.token_urlsafe(24),
        },
        STATUS[refused.code] if refused else 200,
    )


def order_of(tx: Transaction, number: str) -> Any:
    """Return the order of this number as the caller may see it; raises `NotFound`."""
    order_id = records.by_number(tx.db, number, tx.person)
    if order_id is None:
        raise NotFound
    return payments.seen(tx, order_id)


def lines_of(tx: Transaction, row: Any) -> list[Line]:
    """Return those of its payments whose cases the caller sees."""
    staff = tx.person.role in STAFF
    return [_line(one, staff) for one in records.lines(tx.db, row.id, tx.person)]


def _line(one: Any, staff: bool) -> Line:
    kinds, result = payments.pays_of(one).kinds, one.result or "ordered"
    # What was paid may still come back; what came back waits for another order.
    may = {"ordered": ("paid", "returned"), "paid": ("returned",)}.get(result, ()) if staff else ()
    return Line(
        id=one.line_id,
        case_number=one.case_number,
        payee=one.payee,
        document=one.document or "",
        kind=kinds.get(one.kind, Text(one.kind, one.kind)),
        amount=f"{one.amount:,.2f}",
        bank=one.bank or "",
        account=one.account[-4:],
        result=RESULTS[result],
        tone={"paid": "green", "returned": "red"}.get(result, ""),
        settled_on=one.settled_on,
        change=one.payee_change,
        may=may,
    )


def of_order(number: str) -> str:
    """Return the address of an order."""
    return f"/payments/{quote(number, safe='()')}"
