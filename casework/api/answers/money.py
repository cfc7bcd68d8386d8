"""Funds and payment orders."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from casework.api.answers.members import (
    Day,
    First,
    Flag,
    Id,
    Instant,
    Number,
    OrgCode,
    Shape,
    Yuan,
    like,
    one_of,
    plain,
    told,
)
from casework.api.answers.people import Person, named
from casework.http.request_context import instant
from casework.rules.fund_operations import Allowance
from casework.rules.text import Text

FundCode = Annotated[str, like("RELIEF", "资金代码", "The fund's code")]
KindOfAid = Annotated[str, like("living")]
CaseNumberOfAid = Annotated[str, like("HA-2026-000001")]


class BudgetLine(Shape):
    """What a fund may promise for a kind of aid in a year."""

    year: Annotated[int, like(2026, minimum=0)]
    kind: KindOfAid
    amount: Yuan
    committed: Annotated[Yuan, told("已批准，含已支付", "Promised, paid or not")]
    free: Yuan


class Draw(Shape):
    """What the caller's organisation may draw of a fund of one above without the yes of its supervisors."""

    workflow: Annotated[str, like("hardship_aid")]
    each: Annotated[
        Yuan | None, like("2000.00", "一次决定可动用的金额，null 为不限", "For one decision; null: no limit")
    ]
    month: Annotated[Yuan | None, like("20000.00", "每月可动用的金额，null 为不限", "For a month; null: no limit")]
    drawn: Annotated[Yuan, told("本月已动用", "What is drawn this month")]
    source: Annotated[str, like(Text("资金所属工会设定", "set by the union that owns the fund"))]


class Fund(Shape):
    """Money of an organisation."""

    id: Id
    code: FundCode
    name: Annotated[str, like(Text("困难职工帮扶资金", "Hardship fund"))]
    org: OrgCode
    balance: Yuan
    reserved: Annotated[Yuan, told("已批准、尚未支付", "Promised and not yet paid")]
    free: Annotated[Yuan, told("余额减已批准未支付", "The balance without what is promised")]
    budgets: Annotated[
        list[BudgetLine], told("未列预算的类别只受余额约束", "A kind without a line is bound by the balance alone")
    ]
    draws: Annotated[
        list[Draw],
        told(
            "本机构可动用上级资金的限度；本机构和下级的资金不列",
            "How much of a fund of an organisation above is for the caller's own to give; empty for one's own",
        ),
    ]


def fund(row: Any, budgets: list[Any], draws: Mapping[str, Allowance]) -> Fund:
    """The fund of a row of `records.funds`, with its budget lines and what the caller's organisation may draw."""
    return Fund.of(
        row,
        free=plain(row.balance - row.reserved),
        budgets=[BudgetLine.of(line, free=plain(line.amount - line.committed)) for line in budgets],
        draws=[Draw.of(one, workflow=key) for key, one in draws.items()],
    )


class FundEntry(Shape):
    """A change of a fund in its ledger."""

    seq: First
    at: Instant
    kind: Annotated[str, one_of(("top_up", "correct", "reserve", "release", "pay", "return", "repay"))]
    amount: Yuan
    balance: Annotated[Yuan, told("此后的余额", "The balance after it")]
    reserved: Annotated[Yuan, told("此后已批准未支付的金额", "What is promised after it")]
    line: Annotated[Id | None, told("所涉款项", "The payment that it is about")]
    case_number: Annotated[CaseNumberOfAid | None, told("可查看的案件", "Of a case that you see")]
    actor: Person | None
    note: Annotated[str | None, like(Text("市财政拨款，2026年第一批", "City's allocation, first of 2026"))]


def fund_entry(row: Any) -> FundEntry:
    """The entry of a row of `records.funds`."""
    return FundEntry.of(row, line=plain(row.line_id), actor=named(row.actor_id, row.username, row.user_name))


class PayeeChange(Shape):
    """A correction of where the money goes, and where it would have gone before."""

    by: Person
    at: Instant
    event: Annotated[First, told("案件办理记录的序号", "Its number among the events of the case")]
    payee: Annotated[str | None, like("王秀英", "原收款人", "The payee before")]
    bank: Annotated[str | None, like(Text("示例银行", "Example Bank"), "原开户银行", "The bank before")]
    account: Annotated[str | None, like("***************5678", "原账号，已遮蔽", "The account before, masked")]


def payee_change(kept: dict[str, Any] | None) -> PayeeChange | None:
    """The change that a line of an order keeps."""
    if kept is None:
        return None
    at = instant(datetime.fromisoformat(kept["at"]))
    return PayeeChange(**{**kept, "by": Person(**kept["by"]), "at": at})


class PaymentLine(Shape):
    """A payment on an order."""

    id: Id
    case_id: Id
    case_number: CaseNumberOfAid
    payee: Annotated[str, like("王秀英")]
    kind: KindOfAid
    amount: Yuan
    account: Annotated[str | None, like("***************1234", "已遮蔽", "Masked")]
    status: Annotated[
        str,
        one_of(("ordered", "paid", "returned")),
        told("本单的结果；退回后可再列入其他支付单", "On this order; what came back may be on a later one too"),
    ]
    approved_on: Day
    payee_change: Annotated[
        PayeeChange | None,
        told(
            "批准（或上次开单）之后更正过收款信息，由开单人确认；未更正的为 null",
            "Where payee or account was corrected since the approval, or the last order, and whoever ordered has"
            " confirmed that; else null",
        ),
    ]
    settled_on: Annotated[Day | None, like(None, "到账或退回日期", "When it was paid or came back")]


def payment_line(row: Any, **settled: Any) -> PaymentLine:
    """The payment of a row of `records.payments`; `settled` says what is told of it and not recorded."""
    changed = payee_change(row.payee_change)
    told = {"id": plain(row.line_id), "status": row.result or "ordered", "payee_change": changed, **settled}
    return PaymentLine.of(row, **told)


class LeftOut(Shape):
    """How many payments were left out of an order for a reason."""

    because: Annotated[str, like(Text("档案中没有银行账号，请先补正", "The file has no bank account; add it first"))]
    count: First


class PaymentOrder(Shape):
    """Payments of a fund that go to the bank together."""

    id: Id
    number: Annotated[str, like("(2026)PAY-RELIEF-1", "按年度和资金连续编号", "Numbered per year and fund")]
    fund: FundCode
    total: Annotated[Yuan, told("开单时的合计", "When it was made")]
    count: Annotated[First, told("开单时的笔数", "When it was made")]
    unsettled: Annotated[Number, told("尚无结果的笔数", "Those of which the bank has not told")]
    created_by: Person
    at: Instant
    lines: Annotated[list[PaymentLine] | UnsetType, told("可查看的案件的款项", "Those whose cases you see")] = UNSET
    left_out: Annotated[
        list[LeftOut] | UnsetType, told("开单时未列入的笔数及原因", "How many were left out when it was made, and why")
    ] = UNSET


def payment_order(
    row: Any, lines: list[Any] | None = None, left_out: dict[Text, int] | UnsetType = UNSET
) -> PaymentOrder:
    """The order of a row of `records.payments`, with its lines where they are asked for."""
    return PaymentOrder.of(
        row,
        count=row.lines,
        created_by=named(row.created_by, row.username, row.user_name),
        lines=UNSET if lines is None else [payment_line(line) for line in lines],
        left_out=UNSET if left_out is UNSET else [LeftOut(plain(why), count) for why, count in left_out.items()],
    )


class RecordedAnswer(Shape):
    """What an answer of the bank changes."""

    preview: Annotated[Flag, told("只预览，未登记", "Nothing was recorded")]
    changed: Annotated[
        list[PaymentLine], told("登记了结果的款项，按回盘的次序", "What it changes, in the answer's order")
    ]
    unchanged: Annotated[Number, told("结果相同、没有变化的行数", "Rows that say what is recorded already")]
    unsettled: Annotated[Number, told("此后尚无结果的笔数", "Payments of which the bank has not told then")]
