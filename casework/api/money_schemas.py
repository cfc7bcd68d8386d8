"""The schemas of funds and payment orders."""

from typing import Final

from casework.api.shapes import AT, DAY, FIRST, ID, Schema, flag, many, not_yet, obj, one_of, or_null, ref, text, whole
from casework.rules.text import Text

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

_YUAN: Final = text("12000.00", Text("元，两位小数", "Yuan with two decimals"), pattern=r"^[0-9]+\.[0-9]{2}$")
_FUND: Final = text("RELIEF", Text("资金代码", "The fund's code"))
_LINE: Final = obj(
    {
        "id": ID,
        "case_id": ID,
        "case_number": text("HA-2026-000001"),
        "payee": text("王秀英"),
        "kind": text("living"),
        "amount": _YUAN,
        "account": or_null(text("***************1234"), Text("已遮蔽", "Masked")),
        "status": one_of(
            ("ordered", "paid", "returned"),
            Text("本单的结果；退回后可再列入其他支付单", "On this order; what came back may be on a later one too"),
        ),
        "approved_on": DAY,
        "settled_on": not_yet(DAY, Text("到账或退回日期", "When it was paid or came back")),
    }
)

MONEY_ITEMS: Final[dict[str, Schema]] = {
    "Fund": obj(
        {
            "id": ID,
            "code": _FUND,
            "name": text(Text("困难职工帮扶资金", "Hardship fund")),
            "org": text("370100"),
            "balance": _YUAN,
            "reserved": _YUAN | {"description": Text("已批准、尚未支付", "Promised and not yet paid")},
            "free": _YUAN | {"description": Text("余额减已批准未支付", "The balance without what is promised")},
            "budgets": many(
                obj(
                    {
                        "year": whole(2026),
                        "kind": text("living"),
                        "amount": _YUAN,
                        "committed": _YUAN | {"description": Text("已批准，含已支付", "Promised, paid or not")},
                        "free": _YUAN,
                    }
                ),
                Text("未列预算的类别只受余额约束", "A kind without a line is bound by the balance alone"),
            ),
        }
    ),
    "FundEntry": obj(
        {
            "seq": FIRST,
            "at": AT,
            "kind": one_of(("top_up", "correct", "reserve", "release", "pay", "return", "repay")),
            "amount": _YUAN,
            "balance": _YUAN | {"description": Text("此后的余额", "The balance after it")},
            "reserved": _YUAN | {"description": Text("此后已批准未支付的金额", "What is promised after it")},
            "line": or_null(ID, Text("所涉款项", "The payment that it is about")),
            "case_number": or_null(text("HA-2026-000001"), Text("可查看的案件", "Of a case that you see")),
            "actor": or_null(ref("Person")),
            "note": or_null(text(Text("市财政拨款，2026年第一批", "City's allocation, first of 2026"))),
        }
    ),
    "PaymentOrder": obj(
        {
            "id": ID,
            "number": text("(2026)PAY-RELIEF-1", Text("按年度和资金连续编号", "Numbered per year and fund")),
            "fund": _FUND,
            "total": _YUAN | {"description": Text("开单时的合计", "When it was made")},
            "count": whole(1, Text("开单时的笔数", "When it was made"), least=1),
            "unsettled": whole(1, Text("尚无结果的笔数", "Those of which the bank has not told")),
            "created_by": ref("Person"),
            "at": AT,
        },
        {
            "lines": many(_LINE, Text("可查看的案件的款项", "Those whose cases you see")),
            "left_out": many(
                obj(
                    {
                        "because": text(
                            Text("档案中没有银行账号，请先补正", "The file has no bank account; add it first")
                        ),
                        "count": FIRST,
                    }
                ),
                Text("开单时未列入的笔数及原因", "How many were left out when it was made, and why"),
            ),
        },
    ),
}
MONEY_PARTS: Final[dict[str, Schema]] = {
    "PaymentLine": _LINE,
    "RecordedAnswer": obj(
        {
            "preview": flag(Text("只预览，未登记", "Nothing was recorded")),
            "changed": many(_LINE, Text("登记了结果的款项，按回盘的次序", "What it changes, in the answer's order")),
            "unchanged": whole(0, Text("结果相同、没有变化的行数", "Rows that say what is recorded already")),
            "unsettled": whole(0, Text("此后尚无结果的笔数", "Payments of which the bank has not told then")),
        }
    ),
    "ApprovalSheet": text("<!doctype html>"),
    "PaymentFile": text("收款人,开户银行,支行,账号,金额,用途"),
}
