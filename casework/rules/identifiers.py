"""Numbers that people and organisations are known by: checked, masked and, for examples, invented.

A check says no only to what cannot be right: a wrong length, checksum or date. The region in an identity
number is a hint and never a reason to refuse, because codes were made and abolished after people were born.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from casework.rules.text import Text

Sex = Literal["male", "female"]

_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = "10X98765432"
_CREDIT_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SPACES: Final = re.compile(r"[\s\u200b-\u200f\ufeff]+")
_DASHES: Final = re.compile(r"[-\u2010-\u2015\u2212]+")
_MOBILE: Final = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
_LANDLINE: Final = re.compile(
    r"(?:(?:\+|00)86-?\(?0?|\(?0)(10|2[0-9]|[3-9][0-9]{2})\)?-?([1-9][0-9]{6,7})"
    r"(?:(?:-|转|EXT\.?|X|#)([0-9]{1,6}))?"
)

_PROVINCES: Final = {
    "11": Text("北京", "Beijing"),
    "12": Text("天津", "Tianjin"),
    "13": Text("河北", "Hebei"),
    "14": Text("山西", "Shanxi"),
    "15": Text("内蒙古", "Inner Mongolia"),
    "21": Text("辽宁", "Liaoning"),
    "22": Text("吉林", "Jilin"),
    "23": Text("黑龙江", "Heilongjiang"),
    "31": Text("上海", "Shanghai"),
    "32": Text("江苏", "Jiangsu"),
    "33": Text("浙江", "Zhejiang"),
    "34": Text("安徽", "Anhui"),
    "35": Text("福建", "Fujian"),
    "36": Text("江西", "Jiangxi"),
    "37": Text("山东", "Shandong"),
    "41": Text("河南", "Henan"),
    "42": Text("湖北", "Hubei"),
    "43": Text("湖南", "Hunan"),
    "44": Text("广东", "Guangdong"),
    "45": Text("广西", "Guangxi"),
    "46": Text("海南", "Hainan"),
    "50": Text("重庆", "Chongqing"),
    "51": Text("四川", "Sichuan"),
    "52": Text("贵州", "Guizhou"),
    "53": Text("云南", "Yunnan"),
    "54": Text("西藏", "Tibet"),
    "61": Text("陕西", "Shaanxi"),
    "62": Text("甘肃", "Gansu"),
    "63": Text("青海", "Qinghai"),
    "64": Text("宁夏", "Ningxia"),
    "65": Text("新疆", "Xinjiang"),
    "81": Text("香港（居住证）", "Hong Kong (residence permit)"),
    "82": Text("澳门（居住证）", "Macao (residence permit)"),
    "83": Text("台湾（居住证）", "Taiwan (residence permit)"),
}


class BadIdentifier(ValueError):
    """This number cannot be right: a stable `code` for programs and a sentence for people."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """The number of a citizen, a residence permit (81, 82, 83) or a foreign resident (9…), read by GB 11643."""

    number: str
    birth_date: date
    sex: Sex
    region: str

    @property
    def region_hint(self) -> Text | None:
        """The province, if the code is known; a hint only."""
        if self.number.startswith("9"):
            return Text("外国人永久居留身份证", "permanent resident from abroad")
        return _PROVINCES.get(self.region[:2])


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code (GB 32100): who registered what, and where (GB/T 2260)."""

    code: str
    region: str

    @property
    def is_trade_union(self) -> bool:
        """Trade unions are registered under 81."""
        return self.code.startswith("81")


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as it is stored: `13812345678` or `0531-12345678-801`."""

    number: str
    kind: Literal["mobile", "landline"]


def check_identity_number(text: str, today: date) -> IdentityNumber:
    """The parsed 18-digit number (GB 11643-1999), with spaces taken out and the last x upper-cased.

    BadIdentifier `length`, `old_number` (15 digits), `characters`, `birth_date`, `future` or `checksum`.
    """
    number = _plain(text)
    if re.fullmatch(r"[0-9]{15}", number):
        raise _bad(
            "old_number",
            "这是15位旧身份证号码，请填写现用的18位号码。",
            "This is an old number of 15 digits; give the present one of 18.",
        )
    if len(number) != 18:
        raise _bad(
            "length",
            f"身份证号码应为18位，现为{len(number)}位。",
            f"An identity number has 18 characters; this one has {len(number)}.",
        )
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise _bad(
            "characters",
            "身份证号码应为17位数字加1位数字或X。",
            "An identity number is 17 digits and a last digit or X.",
        )
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _bad(
            "birth_date",
            "身份证号码第7至14位不是真实日期，请核对。",
            "Digits 7 to 14 of the identity number are not a real date; please compare them with the card.",
        ) from None
    if birth_date > today:
        raise _bad(
            "future",
            f"身份证号码中的出生日期 {birth_date} 晚于今天，请核对。",
            f"The birth date in the identity number, {birth_date}, lies in the future.",
        )
    if number[17] != _identity_check(number[:17]):
        raise _bad(
            "checksum",
            "身份证号码校验不通过，请逐位核对。",
            "The identity number does not add up; please compare it digit by digit with the card.",
        )
    sex: Sex = "male" if int(number[16]) % 2 else "female"
    return IdentityNumber(number, birth_date, sex, number[:6])


def check_credit_code(text: str) -> CreditCode:
    """The parsed code of 18 characters (GB 32100-2015), upper-cased.

    BadIdentifier `length`, `characters` (I, O, S, V and Z never occur) or `checksum`.
    """
    code = _plain(text)
    if len(code) != 18:
        raise _bad(
            "length",
            f"统一社会信用代码应为18位，现为{len(code)}位。",
            f"A unified social credit code has 18 characters; this one has {len(code)}.",
        )
    if strange := [sign for sign in code if sign not in _CREDIT_SIGNS]:
        raise _bad(
            "characters",
            f"统一社会信用代码中不会出现“{strange[0]}”，请核对（不使用 I、O、S、V、Z）。",
            f"A unified social credit code never contains {strange[0]!r} (nor I, O, S, V, Z).",
        )
    if not re.fullmatch(r"[0-9]{6}", code[2:8]):
        raise _bad(
            "characters",
            "统一社会信用代码第3至8位应为数字（登记机关行政区划）。",
            "Characters 3 to 8 of a unified social credit code are the digits of a region.",
        )
    if code[17] != _credit_check(code[:17]):
        raise _bad(
            "checksum",
            "统一社会信用代码校验不通过，请逐位核对。",
            "The unified social credit code does not add up; please compare it sign by sign.",
        )
    return CreditCode(code, code[2:8])


def check_phone(text: str) -> Phone:
    """A mobile number, or a landline with its area code and perhaps an extension; +86 may stand before it.

    BadIdentifier `area_code` where only that is missing, else `phone`.
    """
    written = _DASHES.sub("-", _plain(text))
    if mobile := _MOBILE.fullmatch(written.replace("-", "")):
        return Phone(mobile[1], "mobile")
    if landline := _LANDLINE.fullmatch(written):
        return Phone("0" + "-".join(part for part in landline.groups() if part), "landline")
    if re.fullmatch(r"[2-9][0-9]{6,7}", written.replace("-", "")):
        raise _bad(
            "area_code",
            "固定电话请加区号，例如 0531-12345678。",
            "Give the landline with its area code, such as 0531-12345678.",
        )
    raise _bad(
        "phone",
        "不是有效的电话号码，请填写11位手机号或带区号的固定电话。",
        "This is no telephone number: give 11 digits of a mobile, or a landline with its area code.",
    )


def mask_identity_number(number: str) -> str:
    """`3701**********001X`; what is too short to hide anything that way is hidden altogether."""
    return _masked(number, 4, 4)


def mask_phone(number: str) -> str:
    """`138****1234`; of a landline the area code and the last two digits stay: `0531-******78`."""
    area, dash, rest = number.partition("-")
    if dash:
        return f"{area}-{_masked(rest.partition('-')[0], 0, 2)}"
    return _masked(number, 3, 4)


def mask_name(name: str) -> str:
    """`张*`: the first sign of the name, and one star that does not tell how many follow."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


def mask_account(number: str) -> str:
    """`***************1234`: the last four digits of an account."""
    return _masked(number, 0, 4)


def invent_identity_number(birth_date: date, sex: Sex, region: str, serial: int) -> str:
    """A number that passes the check, for an example or a demonstration; serial 0 to 499 tells them apart."""
    if not 0 <= serial < 500 or not re.fullmatch(r"[0-9]{6}", region):
        raise ValueError(f"An invented number needs a region of 6 digits and a serial 0 to 499: {region}, {serial}.")
    body = f"{region}{birth_date:%Y%m%d}{serial * 2 + (sex == 'male'):03d}"
    return body + _identity_check(body)


def invent_credit_code(region: str, serial: int, registered_under: str = "81") -> str:
    """A code that passes the check, of a trade union unless said otherwise; serial has 7 digits at most."""
    if not 0 <= serial < 10_000_000 or not re.fullmatch(r"[0-9]{6}", region):
        raise ValueError(f"An invented code needs a region of 6 digits and a serial of 7: {region}, {serial}.")
    body = f"{registered_under}{region}MC{serial:07d}"
    return body + _credit_check(body)


def _plain(text: str) -> str:
    """Upper case without spaces; full-width digits and letters, as input methods give them, become plain."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def _identity_check(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def _credit_check(body: str) -> str:
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return _CREDIT_SIGNS[-total % 31]


def _masked(number: str, head: int, tail: int) -> str:
    hidden = len(number) - head - tail
    if hidden < 4:
        return "*" * len(number)
    return number[:head] + "*" * hidden + number[-tail:]


def _bad(code: str, zh: str, en: str) -> BadIdentifier:
    return BadIdentifier(code, Text(zh, en))
