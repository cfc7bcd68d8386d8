"""An amount of money in Chinese capitals, as vouchers have it (支付结算办法 附件一 正确填写票据和结算凭证)."""

from decimal import Decimal
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_TOO_MUCH: Final = 10**16


def in_capitals(amount: Decimal) -> str:
    """`壹仟元整`, `壹佰零伍元叁角整`, `叁分`: of yuan with at most two decimals, from 0 to below 10^16.

    Zeros within are said once; 整 stands where no 分 follow. Raises `ValueError` for anything else.
    """
    cents = amount * 100
    if not amount.is_finite() or cents != cents.to_integral_value() or not 0 <= amount < _TOO_MUCH:
        raise ValueError(f"an amount in yuan with at most two decimals, from 0 to below 10^16: {amount}")
    yuan, rest = divmod(int(cents), 100)
    tenths, hundredths = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if tenths:
        said += f"{_DIGITS[tenths]}角"
    elif hundredths and yuan:
        said += _DIGITS[0]
    if hundredths:
        return f"{said}{_DIGITS[hundredths]}分"
    return f"{said or '零元'}整"


def _whole(yuan: int) -> str:
    """Groups of four digits, each with its unit; 万亿 says 亿 once, behind the group below it too."""
    high, low = divmod(yuan, 10**8)
    if high:
        below = _below_a_hundred_million(low)
        zero = _DIGITS[0] if low and low < 10**7 else ""
        return f"{_below_a_hundred_million(high)}亿{zero}{below}"
    return _below_a_hundred_million(low)


def _below_a_hundred_million(number: int) -> str:
    high, low = divmod(number, 10_000)
    if high:
        zero = _DIGITS[0] if low and low < 1000 else ""
        return f"{_group(high)}万{zero}{_group(low)}"
    return _group(low)


def _group(number: int) -> str:
    """Four digits; a zero between digits that are none is said once."""
    said, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += (_DIGITS[0] if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = bool(said) and not digit
    return said
