"""Payment orders: made, looked at, exported for the bank, and recorded line by line."""

from typing import Any, Final
from uuid import UUID

from casework.api import payment_files
from casework.api.endpoint import Answer, Call, endpoint, page
from casework.api.money_schemas import XLSX
from casework.api.query import Page, from_cursor, moment, to_cursor
from casework.api.request_context import instant, language
from casework.forms.form import Form
from casework.forms.texts import Choice, Code
from casework.records import payments as records
from casework.rules.text import Text
from casework.work import bank_answers, funds, payments

_FORMATS: Final = {
    "csv": Text("银行代发文件（CSV）", "For the bank (CSV)"),
    "xlsx": Text("银行代发文件（XLSX，账号为文本）", "For the bank (XLSX, accounts as text)"),
    "html": Text("签字用发放表", "To be signed"),
}


class OrderFilters(Page):
    """Which payment orders."""

    fund = Code(title=Text("资金代码", "Code of the fund"))


class Export(Form):
    """In which form."""

    format = Choice(_FORMATS, title=Text("格式，不写即 csv", "Format; csv when left out"))


@endpoint("GET", "/payment-orders", Text("支付单", "Payment orders"), answer="PaymentOrderPage", query=OrderFilters)
def orders(call: Call) -> Answer:
    """The newest first: those of the caller's organisation and below, and those about a case that the caller sees."""
    funds.may_see_funds(call.tx.person)
    key = from_cursor(call.query, moment, UUID)
    after = (key[0], key[1]) if key else None
    rows = records.page(call.tx.db, call.tx.person, call.limit + 1, after, call.query.get("fund"))
    shown = rows[: call.limit]
    more = to_cursor(shown[-1].at, shown[-1].id) if len(rows) > call.limit else None
    return page([_order(row) for row in shown], more)


@endpoint(
    "POST",
    "/payment-orders",
    Text("开具支付单", "Make a payment order"),
    answer="PaymentOrder",
    status=201,
    body=payments.NewOrder,
)
def make_order(call: Call) -> Answer:
    """The payments of a fund that are approved or came back, and how many were left out for which reason."""
    order, left_out = payments.make_order(call.tx, call.body)
    told = [{"because": why.in_(language()), "count": count} for why, count in left_out.items()]
    return Answer(_with_lines(call, order) | {"left_out": told}, 201)


@endpoint("GET", "/payment-orders/<uuid:order_id>", Text("查看支付单", "One payment order"), answer="PaymentOrder")
def one_order(call: Call, order_id: UUID) -> Answer:
    """The order with those of its payments whose cases the caller sees."""
    return Answer(_with_lines(call, payments.seen(call.tx, order_id)))


@endpoint(
    "GET",
    "/payment-orders/<uuid:order_id>/export",
    Text("导出支付单", "Export a payment order"),
    answer="PaymentFile",
    query=Export,
)
def export(call: Call, order_id: UUID) -> Answer:
    """The payments as they were ordered, with full accounts, settled or not; or the list to be signed, without."""
    order, lines = payments.whole(call.tx, order_id)
    if call.query.get("format") == "html":
        return Answer(text=payment_files.to_sign(order, lines), headers=payment_files.SIGNED)
    accounts, columns = payments.accounts(call.tx, order, lines), payments.columns(call.tx, order, lines)
    if call.query.get("format") == "xlsx":
        return _file(f"{order.number}.xlsx", XLSX, payment_files.as_workbook(order, lines, accounts, columns))
    text = payment_files.for_bank(order, lines, accounts, columns)
    return _file(f"{order.number}.csv", "text/csv; charset=utf-8", text)


@endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/paid",
    Text("整单登记已支付", "Record that all was paid"),
    answer="PaymentOrder",
    body=payments.Paid,
)
def all_paid(call: Call, order_id: UUID) -> Answer:
    """Every payment without a result has reached its applicant on this day; all are recorded, or none."""
    return Answer(_with_lines(call, payments.record_all_paid(call.tx, order_id, call.body)))


@endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/results",
    Text("登记银行回盘", "Record an answer of the bank"),
    answer="RecordedAnswer",
    body=bank_answers.BankAnswer,
)
def results(call: Call, order_id: UUID) -> Answer:
    """What the bank did with each payment of its answer; all rows are recorded, or none."""
    recorded = bank_answers.record_answer(call.tx, order_id, call.body)
    return Answer(
        {
            "preview": recorded.preview,
            "changed": [
                _line(one.line) | {"status": one.result, "settled_on": one.on.isoformat()} for one in recorded.changed
            ],
            "unchanged": recorded.unchanged,
            "unsettled": recorded.unsettled,
        }
    )


@endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/lines/<uuid:line_id>/paid",
    Text("登记已支付", "Record a payment"),
    answer="PaymentLine",
    body=payments.Paid,
)
def paid(call: Call, order_id: UUID, line_id: UUID) -> Answer:
    """The payment has reached the applicant."""
    return Answer(_line(payments.record_result(call.tx, order_id, line_id, "paid", call.body)))


@endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/lines/<uuid:line_id>/returned",
    Text("登记退回", "Record a returned payment"),
    answer="PaymentLine",
    body=payments.Returned,
)
def returned(call: Call, order_id: UUID, line_id: UUID) -> Answer:
    """The bank has returned the payment, also after it was recorded as paid; it waits for another order."""
    return Answer(_line(payments.record_result(call.tx, order_id, line_id, "returned", call.body)))


def _file(name: str, media: str, content: str | bytes) -> Answer:
    headers = {"Content-Type": media, "Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(text=content, headers=headers)


def _with_lines(call: Call, order: Any) -> dict[str, Any]:
    return _order(order) | {"lines": [_line(row) for row in records.lines(call.tx.db, order.id, call.tx.person)]}


def _order(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "fund": row.fund,
        "total": f"{row.total:.2f}",
        "count": row.lines,
        "unsettled": row.unsettled,
        "created_by": {"id": str(row.created_by), "username": row.username, "name": row.user_name},
        "at": instant(row.at),
    }


def _line(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.line_id),
        "case_id": str(row.case_id),
        "case_number": row.case_number,
        "payee": row.payee,
        "kind": row.kind,
        "amount": f"{row.amount:.2f}",
        "account": row.account,
        "status": row.result or "ordered",
        "approved_on": row.approved_on.isoformat(),
        "settled_on": row.settled_on.isoformat() if row.settled_on else None,
    }
