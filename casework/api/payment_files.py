"""A payment order on paper."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.api.pages import TEMPLATES, headers_of, style
from casework.http.request_context import instant, language
from casework.rules.bank_columns import AMOUNT_IN_YUAN, COLUMNS, TOTAL
from casework.rules.chinese_amount import in_capitals
from casework.rules.text import Text
from casework.work.payments import pays_of

_STATUS: Final = {
    "ordered": Text("待支付", "with the bank"),
    "paid": Text("已支付", "paid"),
    "returned": Text("已退回", "returned"),
}
_SAY: Final = {
    "title": Text("帮扶资金发放表", "List of payments"),
    "number": Text("编号", "Number"),
    "office": Text("制单机构", "Office"),
    "fund": Text("资金", "Fund"),
    "made": Text("制单时间", "Made"),
    "row": COLUMNS["serial"],
    "case": Text("案件编号", "Case"),
    "payee": COLUMNS["payee"],
    "document": Text("证件号码", "Identity document"),
    "kind": Text("类别", "Kind"),
    "amount": AMOUNT_IN_YUAN,
    "bank": COLUMNS["bank"],
    "account": Text("账号末四位", "Account ends in"),
    "status": Text("状态", "Status"),
    "signature": Text("签字", "Signature"),
    "total": TOTAL,
    "in_capitals": Text("合计（大写）", "Total in Chinese capitals"),
    "seal": Text("（盖章处）", "(place for the seal)"),
    "made_by": Text("制单", "Made by"),
    "checked_by": Text("审核", "Checked by"),
    "approved_by": Text("批准", "Approved by"),
    "date": Text("日期", "Date"),
}


def to_sign(order: Any, lines: Sequence[Any]) -> str:
    """The payments as a page to be printed and signed, in the caller's language; of an account the last four digits."""
    say = {name: words.in_(language()) for name, words in _SAY.items()}
    return TEMPLATES.get_template("payment_list.html").render(
        language=language(),
        style=style("payment_list"),
        say=say,
        order=order,
        made_at=(instant(order.at) or "")[:16].replace("T", " "),
        rows=[
            {
                "case": line.case_number,
                "payee": line.payee,
                "document": line.document or "",
                "kind": _told(pays_of(line).kinds, line.kind),
                "amount": f"{line.amount:,.2f}",
                "bank": line.bank or "",
                "account": line.account[-4:],
                "status": _settled(line),
            }
            for line in lines
        ],
        total=f"{order.total:,.2f}",
        in_capitals=in_capitals(order.total),
    )


def _settled(line: Any) -> str:
    """What the bank did with the payment on this order, and when."""
    told = _told(_STATUS, line.result or "ordered")
    return f"{told} {line.settled_on}" if line.settled_on else told


def _told(words: Mapping[str, Text], code: str) -> str:
    return words[code].in_(language()) if code in words else code


SIGNED: Final = headers_of("payment_list")
