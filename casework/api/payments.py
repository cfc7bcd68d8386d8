"""Payment orders: made, looked at, exported for the bank, and recorded line by line."""

from typing import Any, Final
from uuid import UUID

from casework.api import payment_files
from casework.api.answers.members import page_of, plain
from casework.api.answers.money import PaymentLine, PaymentOrder, RecordedAnswer, payment_line, payment_order
from casework.api.endpoint import Answer, Call, Content, Endpoint, listed
from casework.forms.form import Form
from casework.forms.texts import Choice, Code
from casework.http import bank_files
from casework.http.query import Page, from_cursor, moment
from casework.http.spreadsheets import MEDIA
from casework.records import payments as records
from casework.rules.text import Text
from casework.work import bank_answers, funds, payments

_PAYMENT_FILE: Final = Content(
    "PaymentFile",
    {"type": "string", "examples": ["收款人,开户银行,支行,账号,金额,用途"]},
    ("text/csv", MEDIA["xlsx"], "text/html"),
)
_FORMATS: Final = {**bank_files.FORMATS, "html": Text("签字用发放表", "To be signed")}


class OrderFilters(Page):
    """Which payment orders."""

    fund = Code(title=Text("资金代码", "Code of the fund"))


class Export(Form):
    """In which form."""

    format = Choice(_FORMATS, title=Text("格式，不写即 csv", "Format; csv when left out"))


@Endpoint(
    "GET",
    "/payment-orders",
    Text("支付单", "Payment orders"),
    answer=page_of(PaymentOrder),
    query=OrderFilters,
    refuses=(403,),
)
def orders(call: Call) -> Answer:
    """The newest first: those of the caller's organisation and below, and those about a case that the caller sees."""
    funds.may_see_funds(call.tx.person)
    key = from_cursor(call.query, moment, UUID)
    after = (key[0], key[1]) if key else None
    rows = records.page(call.tx.db, call.tx.person, call.limit + 1, after, call.query.get("fund"))
    return listed(call, rows, payment_order, "at", "id")


@Endpoint(
    "POST",
    "/payment-orders",
    Text("开具支付单", "Make a payment order"),
    answer=PaymentOrder,
    status=201,
    body=payments.NewOrder,
    refuses=(409,),
    note=Text(
        "列入该资金已批准或被退回的款项，先批准的先列。"
        "规定由他人支付的，本人审批的不列入；没有银行账号、退回后未更正账户信息的也不列入。"
        "批准之后更正过收款信息的，指明由谁、何时、由何账户改为何账户，由更正人以外的人在 confirmed 中确认后方可开单。",
        "Takes the fund's payments that are approved or came back, the first approved first. Left out are those that"
        " you approved where another has to pay, those without a bank account, and those that came back and whose bank"
        " details were not corrected. Where payee or account were corrected since the approval, the refusal says by"
        " whom, when and from where to where; somebody else confirms it in `confirmed`, and nothing is ordered before.",
    ),
)
def make_order(call: Call) -> Answer:
    """The payments of a fund that are approved or came back, and how many were left out for which reason."""
    order, left_out = payments.make_order(call.tx, call.body)
    return Answer(payment_order(order, _lines(call, order), left_out), 201)


@Endpoint(
    "GET",
    "/payment-orders/<uuid:order_id>",
    Text("查看支付单", "One payment order"),
    answer=PaymentOrder,
    refuses=(403,),
)
def one_order(call: Call, order_id: UUID) -> Answer:
    """The order with those of its payments whose cases the caller sees."""
    return Answer(_with_lines(call, payments.seen(call.tx, order_id)))


@Endpoint(
    "GET",
    "/payment-orders/<uuid:order_id>/export",
    Text("导出支付单", "Export a payment order"),
    answer=_PAYMENT_FILE,
    query=Export,
    refuses=(403,),
    note=Text(
        "csv 和 xlsx 供银行代发，含本单全部款项和开单时的完整账号，登记结果后内容不变，逐案留痕；"
        "用表格软件打开的，请用 xlsx：账号、联行号为文本，不丢位、不丢零，末行为笔数和合计。"
        "html 为签字用发放表，账号只显示末四位，证件号码部分遮蔽。",
        "csv and xlsx are for the bank: every payment of the order with full accounts as they were ordered, the same"
        " also after results were recorded, each reading logged with its case. Take xlsx where a spreadsheet opens it:"
        " accounts and bank codes (联行号) are text and keep every digit; the last line has the count and the total."
        " html is the list to be signed, with the last four digits of accounts and identity numbers masked.",
    ),
)
def export(call: Call, order_id: UUID) -> Answer:
    """The payments as they were ordered, with full accounts, settled or not; or the list to be signed, without."""
    order, lines = payments.whole(call.tx, order_id)
    if call.query.get("format") == "html":
        return Answer(text=payment_files.to_sign(order, lines), headers=payment_files.SIGNED)
    accounts, columns = payments.accounts(call.tx, order, lines), payments.columns(call.tx, order, lines)
    shape = call.query.get("format", "csv")
    made = bank_files.as_workbook if shape == "xlsx" else bank_files.for_bank
    return Answer(text=made(order, lines, accounts, columns), headers=bank_files.headers_of(order, shape))


@Endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/paid",
    Text("整单登记已支付", "Record that all was paid"),
    answer=PaymentOrder,
    body=payments.Paid,
    refuses=(409,),
    note=Text(
        "本单尚无结果的款项，逐案办理本流程登记支付结果的步骤；有一笔不能登记的，全部不登记，并说明是哪一案。",
        "Each case of a payment without a result takes the step of its workflow that records payments; where one"
        " refuses, none does, and the answer names the case.",
    ),
)
def all_paid(call: Call, order_id: UUID) -> Answer:
    """Every payment without a result has reached its applicant on this day; all are recorded, or none."""
    return Answer(_with_lines(call, payments.record_all_paid(call.tx, order_id, call.body)))


@Endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/results",
    Text("登记银行回盘", "Record an answer of the bank"),
    answer=RecordedAnswer,
    body=bank_answers.BankAnswer,
    note=Text(
        "各行按序号，或按账号和金额，与本单核对；账号、金额、收款人不符的，指明是哪一行。"
        "全部登记，或者全部不登记；已登记为同一结果的不变，同一回盘可重复提交。preview 为 true 时只说明会登记什么。",
        "Each row is found by its serial number, or by account and amount; where account, amount or payee differ from"
        " the order, the row is named. All rows are recorded or none. What is recorded already stays, so that the same"
        " answer may be given again. With preview it only says what would be recorded.",
    ),
)
def results(call: Call, order_id: UUID) -> Answer:
    """What the bank did with each payment of its answer; all rows are recorded, or none."""
    recorded = bank_answers.record_answer(call.tx, order_id, call.body)
    changed = [payment_line(one.line, status=one.result, settled_on=plain(one.on)) for one in recorded.changed]
    return Answer(RecordedAnswer.of(recorded, changed=changed))


@Endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/lines/<uuid:line_id>/paid",
    Text("登记已支付", "Record a payment"),
    answer=PaymentLine,
    body=payments.Paid,
    refuses=(409,),
    note=Text(
        "即在该案件上办理其流程登记支付结果的步骤；同事经办的案件也可登记，经办人不变。",
        "Takes the step of the case that records payments, also on a colleague's case, who goes on owning it.",
    ),
)
def paid(call: Call, order_id: UUID, line_id: UUID) -> Answer:
    """The payment has reached the applicant."""
    return Answer(payment_line(payments.record_result(call.tx, order_id, line_id, "paid", call.body)))


@Endpoint(
    "POST",
    "/payment-orders/<uuid:order_id>/lines/<uuid:line_id>/returned",
    Text("登记退回", "Record a returned payment"),
    answer=PaymentLine,
    body=payments.Returned,
    refuses=(409,),
    note=Text(
        "即在该案件上办理其流程登记支付结果的步骤；更正账户信息后列入下一张支付单。",
        "Takes the step of the case that records payments; it comes into the next order after the bank details were"
        " corrected.",
    ),
)
def returned(call: Call, order_id: UUID, line_id: UUID) -> Answer:
    """The bank has returned the payment, also after it was recorded as paid; it waits for another order."""
    return Answer(payment_line(payments.record_result(call.tx, order_id, line_id, "returned", call.body)))


def _with_lines(call: Call, order: Any) -> PaymentOrder:
    return payment_order(order, _lines(call, order))


def _lines(call: Call, order: Any) -> list[Any]:
    return list(records.lines(call.tx.db, order.id, call.tx.person))
