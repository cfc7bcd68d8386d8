"""What a public text must not tell: the numbers that lead to a person, and the names of a household in full.

A number is found however it was typed: full width, Chinese numerals, digits of other scripts, cut up by blanks, dashes
or dots. Source: 个人信息保护法 25.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from casework.rules.folding import normal
from casework.rules.identifiers import mask_name
from casework.rules.text import Text

IDENTITY: Final = Text("身份证号码", "an identity number")
DOCUMENT: Final = Text("护照等证件号码", "the number of a passport or another document")
ACCOUNT: Final = Text("账号或其他长号码", "an account or another long number")
PHONE: Final = Text("电话号码", "a telephone number")

_NUMERALS: Final = str.maketrans("〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "000123456789" + "1" + "123456789")
_STOP: Final = "。"
_GAP: Final = r"(?:[^\w。；;]|_){0,4}"
_JOINED: Final = re.compile(rf"[0-9](?:{_GAP}[0-9])*(?:{_GAP}[Xx](?![A-Za-z]))?")
_IDENTITY: Final = re.compile(
    r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)
_OLD_IDENTITY: Final = re.compile(r"[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}")
_DOCUMENT: Final = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{1,3}}{_GAP}[0-9]{{6,10}}(?![0-9])")
_HOURS: Final = re.compile(r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])")
_DAY: Final = re.compile(r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}(?![0-9])")
_LANDLINE: Final = re.compile(
    r"(?<![0-9])(?:\+?86[- ]?)?\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[- ]{0,2}[2-9][0-9]{2,3}[- ]?[0-9]{4}"
    r"(?:[- ]?(?:转|分机|ext\.?|x|#|-)[- ]?[0-9]{1,6})?(?![0-9])",
    re.IGNORECASE,
)
_HOTLINE: Final = re.compile(r"(?<![0-9])[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}(?![0-9])")
_CALLED: Final = re.compile(
    r"(?:电话|手机|座机|联系方式|tel|phone|mobile)[^0-9。]{0,6}[0-9]{3,4}[- ]?[0-9]{4}", re.IGNORECASE
)
_ENDS: Final = re.compile(r"[0-9][^\w。；;，,、:()]*$")
_GOES_ON: Final = re.compile(r"[^\w。；;，,、:()]*[0-9]")
_MOBILE: Final = re.compile("1[3-9][0-9]{9}")
_LONGEST: Final = 8
"""A number of more digits leads to somebody; a postal code, a house number or a local telephone number has fewer."""


def personal_number(text: str, *, landlines: bool = False) -> Text | None:
    """Which kind of number that leads to a person stands in a text; None where there is none.

    An office says where it can be reached: with `landlines`, telephone numbers with an area code, local ones, and
    those that begin with 400 or 800, pass. Days, hours and numbers of up to eight digits always pass, mobiles never.
    """
    plain = _plain(text)
    if _DOCUMENT.search(plain):
        return DOCUMENT
    rest = _without(_DAY, _HOURS.sub(_STOP, plain))
    if any(_IDENTITY.search(number) for number in _numbers(rest)):
        return IDENTITY
    if landlines:
        rest = _without(_HOTLINE, _without(_LANDLINE, rest))
    elif _LANDLINE.search(rest) or _HOTLINE.search(rest) or _CALLED.search(rest):
        return PHONE
    for number in _numbers(rest):
        if len(number) == 15 and _OLD_IDENTITY.fullmatch(number):
            return IDENTITY
        if len(number) <= 13 and _MOBILE.search(number):
            return PHONE
        if len(number) > _LONGEST:
            return ACCOUNT
    return None


def _plain(text: str) -> str:
    """Digits as ASCII, whatever script or width they were typed in, without what cannot be seen."""
    seen = (sign for sign in normal("NFKC", text) if unicodedata.category(sign) not in ("Cf", "Mn", "Cc"))
    written = "".join(str(unicodedata.digit(sign, None) if sign.isdigit() else sign) for sign in seen)
    return written.translate(_NUMERALS)


def _numbers(text: str) -> list[str]:
    return [re.sub("[^0-9X]", "", found.group().upper()) for found in _JOINED.finditer(text)]


def _without(pattern: re.Pattern[str], text: str) -> str:
    """What fits taken out, but not where other digits go on beside it: it may be a part of a longer number.

    Behind a day another may follow; an identity number has six digits before its day.
    """
    done = ""
    while found := pattern.search(text):
        before, text = text[: found.start()], text[found.end() :]
        done += before
        part = _ENDS.search(done) or (pattern is not _DAY and _GOES_ON.match(text))
        done += found.group() if part else _STOP
    return done + text


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with each of these names masked wherever it stands in full, also cut up by blanks or dots."""
    for name in sorted(set(names), key=len, reverse=True):
        signs = [sign for sign in normal("NFKC", name) if sign.isalpha()]
        if len(signs) < 2:
            continue
        spelt = r"[^\w。]{0,3}".join(map(re.escape, signs))
        whole = re.compile(rf"(?<![A-Za-z]){spelt}(?![A-Za-z])" if name.isascii() else spelt, re.IGNORECASE)
        # Folded sign by sign, so that what is not masked stays as it was typed.
        signs_at = [
            (folded, at)
            for at, sign in enumerate(text)
            if unicodedata.category(sign) not in ("Cf", "Cc")
            for folded in normal("NFKC", sign)
        ]
        for found in reversed(list(whole.finditer("".join(sign for sign, _ in signs_at)))):
            first, last = signs_at[found.start()][1], signs_at[found.end() - 1][1]
            text = f"{text[:first]}{mask_name(name)}{text[last + 1 :]}"
    return text
