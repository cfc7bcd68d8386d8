"""What the value of a policy may be: a limit, an amount, a switch and others, each in one way of writing."""

import re
from enum import StrEnum
from string import Formatter
from typing import Final

from casework.rules.bank_columns import COLUMNS, chosen
from casework.rules.clocks import Limit
from casework.rules.context import NO_LIMIT
from casework.rules.office_kinds import OfficeKind
from casework.rules.text import Text

_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class PolicyKind(StrEnum):
    """How the value of a policy is read."""

    LIMIT = "limit"
    AMOUNT = "amount"
    SWITCH = "switch"
    OFFICE_KIND = "office_kind"
    NUMBERING = "numbering"
    COLUMNS = "columns"

    def fault(self, value: str) -> Text | None:
        """Why this is no value of the kind, or None where it is one; `none` does without a limit or an amount."""
        if self is PolicyKind.SWITCH:
            sound = value in ("true", "false")
        elif self is PolicyKind.OFFICE_KIND:
            sound = value in set(OfficeKind)
        elif self is PolicyKind.NUMBERING:
            sound = _is_numbering(value)
        elif self is PolicyKind.COLUMNS:
            sound = chosen(value) is not None
        elif value == NO_LIMIT:
            sound = True
        elif self is PolicyKind.LIMIT:
            sound = _is_limit(value)
        else:
            sound = _AMOUNT.fullmatch(value) is not None
        return None if sound else _NOT_ONE[self].with_(value=repr(value[:20]))


_NOT_ONE: Final = {
    PolicyKind.LIMIT: Text(
        "{value} 不是时限，请写 5wd、7d、8wh、2h、30m、6mo、1y 或者 none，最长一百年",
        "{value} is not a limit; write 5wd, 7d, 8wh, 2h, 30m, 6mo, 1y or none, and no more than a hundred years",
    ),
    PolicyKind.AMOUNT: Text(
        "{value} 不是金额，请写 2000 或 0.8，不带单位，或者 none",
        "{value} is not an amount; write 2000 or 0.8, without a unit, or none",
    ),
    PolicyKind.SWITCH: Text("{value} 不是开关，请写 true 或 false", "{value} is not a switch; write true or false"),
    PolicyKind.OFFICE_KIND: Text(
        f"{{value}} 不是机构类别，请写 {'、'.join(OfficeKind)}",
        f"{{value}} is no kind of office; write one of {', '.join(OfficeKind)}",
    ),
    PolicyKind.NUMBERING: Text(
        "{value} 不是文号格式，请写如 （{{year}}）济工援{{kind}}字第{{serial}}号；还可以用 {{org}}（机构代码）",
        "{value} is no pattern of a number; write such as （{{year}}）济工援{{kind}}字第{{serial}}号; {{org}}, the code"
        " of the organisation, may stand in it too",
    ),
    PolicyKind.COLUMNS: Text(
        f"{{value}} 不是银行代发文件的列，请用逗号隔开，各写一次，必须有 payee、account、amount：{','.join(COLUMNS)}",
        f"{{value}} are no columns of the file for the bank; write some of {','.join(COLUMNS)}, each once, payee,"
        " account and amount among them",
    ),
}


def _is_limit(value: str) -> bool:
    try:
        Limit.parse(value)
    except ValueError:
        return False
    return True


def _is_numbering(value: str) -> bool:
    """Whether it has a year, a kind and a serial once each, so that no two letters get the same number."""
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        return False
    names = [name for _, name, _, _ in parts if name is not None]
    plain = not any(spec or conversion for _, _, spec, conversion in parts)
    return (
        plain
        and len(value) <= 60
        and sorted({*names, "org"}) == ["kind", "org", "serial", "year"]
        and (len(names) == len(set(names)))
    )
