"""Numbers that people and organisations are known by: checked, masked and, for examples, invented.

A check says no only to what cannot be right: a wrong length, checksum or date. The region in an identity
number is a hint and never a reason to refuse, because codes were made and abolished after people were born.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from casework.rules import folding
from casework.rules.text import Text

Sex = Literal["male", "female"]

_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = "10X98765432"
_CREDIT_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE: Final = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
_LANDLINE: Final = re.compile(
    r"(?:(?:\+|00)86-?\(?0?|\(?0)(10|2[0-9]|[3-9][0-9]{2})\)?-?([1-9][0-9]{6,7})"
    r"(?:\(?(?:-|(?:转|-)?(?:分机|内线)号?:?|转|,?EXT\.?:?|X|#|,)([0-9]{1,6})\)?)?"
)
_ABROAD: Final = re.compile(r"(?:\+|00)([1-9][0-9]{7,14})")
_TOLL_FREE: Final = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
_SERVICE: Final = re.compile(r"9[56][0-9]{3,6}|1[0-2][0-9]{1,4}")
EARLIEST: Final = date(1900, 1, 1)
"""No day in a form lies before it, and nobody alive was born before it: earlier days are typing errors."""

PROVINCES: Final = {
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

# The compound surnames of 《百家姓》 that are borne today, with the traditional forms used in Hong Kong, Macao and
# Taiwan, and 独孤, 纳兰 and 完颜, which are no part of it. Recalled, not read: to be confirmed (待核对).
_COMPOUND: Final = """
    万俟 司马 上官 欧阳 夏侯 诸葛 闻人 东方 赫连 皇甫 尉迟 公羊 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 公孙 仲孙
    轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 司徒 司空 亓官 司寇 子车 颛孙 端木 巫马 公西 漆雕 乐正 壤驷 公良 拓跋
    夹谷 宰父 谷梁 段干 百里 东郭 南门 呼延 羊舌 微生 梁丘 左丘 东门 西门 南宫 第五 独孤 纳兰 完颜
    司馬 歐陽 諸葛 聞人 東方 赫連 尉遲 澹臺 濮陽 單于 公孫 仲孫 軒轅 鍾離 鐘離 長孫 鮮于 閭丘 顓孫 巫馬 樂正
    壤駟 夾谷 穀梁 東郭 南門 東門 西門 獨孤 納蘭 完顏
"""
COMPOUND_SURNAMES: Final = frozenset(_COMPOUND.split())


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
        return PROVINCES.get(self.region[:2])


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
    """A telephone number as it is stored: `13812345678`, `0531-12345678-801`, `+85251234567` or `400-618-1234`."""

    number: str
    kind: Literal["mobile", "landline", "abroad", "service"]


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
    if birth_date < EARLIEST:
        raise _bad(
            "birth_date",
            f"身份证号码中的出生日期 {birth_date} 早于{EARLIEST.year}年，请核对。",
            f"The birth date in the identity number, {birth_date}, lies before {EARLIEST.year}; please compare them.",
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


def check_document_number(text: str) -> str:
    """The number of a travel document or permit in one writing: 5 to 20 letters and digits, 4 digits at least.

    BadIdentifier `document`. Every state numbers its own, so nothing else can be known wrong.
    """
    number = _plain(text)
    if not re.fullmatch(r"(?=(?:[A-Z]*[0-9]){4})[0-9A-Z]{5,20}", number):
        raise _bad(
            "document",
            "证件号码应为5至20位字母和数字，请对照证件核对。",
            "The number of a document has 5 to 20 letters and digits; please compare it with the document.",
        )
    return number


def check_phone(text: str) -> Phone:
    """A mobile number, a landline with its area code and perhaps an extension, or a number abroad (ITU-T E.164).

    +86 may stand before those of the mainland. BadIdentifier `area_code` where only that is missing, else `phone`.
    """
    written = re.sub("-+", "-", folding.identifier(text))
    if mobile := _MOBILE.fullmatch(written.replace("-", "")):
        return Phone(mobile[1], "mobile")
    if landline := _LANDLINE.fullmatch(written):
        return Phone("0" + "-".join(part for part in landline.groups() if part), "landline")
    abroad = _ABROAD.fullmatch(re.sub(r"[-()]", "", written))
    if abroad and not abroad[1].startswith("86"):
        return Phone(f"+{abroad[1]}", "abroad")
    if re.fullmatch(r"[2-9][0-9]{6,7}", written.replace("-", "")):
        raise _bad(
            "area_code",
            "固定电话请加区号，例如 0531-12345678。",
            "Give the landline with its area code, such as 0531-12345678.",
        )
    raise _bad(
        "phone",
        "不是有效的电话号码，请填写11位手机号、带区号的固定电话，或带国家（地区）代码的境外号码（如 +852…）。",
        "This is no telephone number: give 11 digits of a mobile, a landline with its area code, or a number abroad"
        " with its country code (such as +852…).",
    )


def check_office_phone(text: str) -> Phone:
    """The telephone of a firm or office: as `check_phone`, and 400 and 800 numbers or short numbers such as 95588.

    BadIdentifier `area_code` or `phone` (numbering plan 电信网编号计划, 2017; recalled, to be confirmed).
    """
    digits = re.sub(r"[-()]", "", folding.identifier(text))
    if free := _TOLL_FREE.fullmatch(digits):
        return Phone("-".join(free.groups()), "service")
    if _SERVICE.fullmatch(digits):
        return Phone(digits, "service")
    return check_phone(text)


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
    """`张*`, `欧阳*`: the surname, and one star that does not tell how many signs follow.

    The surname is the first sign, or a compound one of `COMPOUND_SURNAMES` with a given name behind it.
    """
    name = name.strip()
    if not name:
        return ""
    compound = len(name) > 2 and name[:2] in COMPOUND_SURNAMES
    return f"{name[: 2 if compound else 1]}*"


def mask_document_number(number: str) -> str:
    """`H******78`: the first sign and the last two."""
    return _masked(number, 1, 2)


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


def is_card_number(number: str) -> bool:
    """Whether these digits are those of a bank card: 16 to 19 digits that begin with 62, UnionPay's own range.

    Other accounts (passbooks, settlement accounts) are as long as a bank likes and have no check digit in common.
    """
    return 16 <= len(number) <= 19 and number.startswith("62")


def card_number_adds_up(number: str) -> bool:
    """Whether the check digit of a card is right (Luhn, ISO/IEC 7812-1)."""
    return _card_check(number[:-1]) == number[-1]


def invent_card_number(serial: int) -> str:
    """A card of 19 digits whose check digit is right, for an example or a demonstration; serial below 10**14."""
    body = f"6222{serial:014d}"
    return body + _card_check(body)


def _card_check(body: str) -> str:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body)))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def _plain(text: str) -> str:
    """An identifier in which spaces and dashes mean nothing."""
    return folding.identifier(text).replace("-", "")


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
