"""One writing for what people write in many ways: how text is stored, and how it is compared and found.

Five functions and one table. `plain` is for prose and changes nothing that can be seen; `name` is for people's
names; `typed` and `identifier` are for what has a fixed form; `key` is for comparing and searching, always on both
sides. All are idempotent. The table is told in docs/folding.md, the reasons in docs/decisions/0024-one-folding.md.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Final, Literal

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""What cannot be seen, as the inside of a character class: joiners, directions, byte order marks, selectors."""

MEANINGLESS: Final = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Of these, what prose loses nothing by; joiners and variation selectors change how signs beside them look."""

LINE_BREAKS: Final = "\u000b\u000c\u0085\u2028\u2029"
"""What word processors put between lines beside CR and LF."""

DOTS: Final = (
    "\u00b7\u02d1\u02d9\u0387\u16eb\u2022\u2023\u2024\u2027\u2043\u2219\u22c5\u25aa\u25cf\u25e6\u2981"
    "\u2e31\u2e33\u30fb\u318d\uff65\u00b0\u2218\u25cb\u26ab\u26ac\u2e30"
)
DASHES: Final = (
    "\\-\u00af\u02d7\u058a\u05be\u1806\u2010-\u2015\u203e\u2043\u207b\u208b\u2212\u2500\u2501\u2796\u2e3a\u2e3b\u2e40\u30fc\u3161"
    "\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\uff70~\u02dc\u223c\uff5e"
)
QUOTES: Final = (
    "'`\u00b4\u02b9\u02bb-\u02bd\u02c8\u02ca\u02cb\u055a\u05f3\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018-\u201b\u2032"
    "\u2035\ua78c\uff07\uff40"
)
SPOKEN: Final = "%&*+/@\\_"
"""Punctuation that tells one name or masked number from another."""

# Signs for which Unicode names an equal ideograph but no decomposition (EquivalentUnifiedIdeograph, 14.0). For the
# other radicals, and for compatibility ideographs, the decomposition itself is the table.
_RADICALS: Final = {
    **dict(zip(range(0x2E81, 0x2E9A), "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵", strict=True)),
    **dict(zip(range(0x2E9B, 0x2E9F), "旡日月歺", strict=True)),
    **dict(
        zip(
            range(0x2EA0, 0x2EF3),
            "民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门"
            "𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
            strict=True,
        )
    ),
}
_HAN_TABLE: Final = _RADICALS | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (0x2E9F, 0x2EF3, *range(0x2F00, 0x2FD6))
}
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_UNSEEN: Final = re.compile(f"[{INVISIBLE}]")
_IDLE: Final = re.compile(f"[{MEANINGLESS}]")
_BREAKS: Final = re.compile(f"\r\n?|[{LINE_BREAKS}]")
_DOT: Final = re.compile(f" ?[{DOTS}] ?")
_STOP_IN_HAN: Final = re.compile(f"(?<=[{_HAN}]) ?[.\u3002\uff0e\uff61] ?(?=[{_HAN}])")
_DASH: Final = re.compile(f"[{DASHES}]")
_QUOTE: Final = re.compile(f"[{QUOTES}]")
_LAID_ASIDE: Final = re.compile(f"[{DOTS}{DASHES}{QUOTES}]")
_MOST_MARKS: Final = 30
# What is put in order behind its letter; the last five become such a mark when their width or form is folded.
_MARKS: Final = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_MARK: Final = f"[{_MARKS}\u0f73\u0f75\u0f81\uff9e\uff9f]"
_SURPLUS: Final = re.compile(f"(?<={_MARK}{{{_MOST_MARKS}}}){_MARK}+")


def surplus(text: str) -> int | None:
    """Return where a text has more than 30 marks on one letter, as no language has (UAX #15, 12.1); None: nowhere."""
    found = None if text.isascii() else _SURPLUS.search(text)
    return found.start() if found else None


def normal(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the normal form, without marks beyond the 30th on a letter.

    To order the marks takes time that grows with the square of their number, in which no other thread runs.
    """
    if text.isascii():
        return text
    return _SURPLUS.sub("", unicodedata.normalize(form, _SURPLUS.sub("", text)))


def _settled(function: Callable[[str], str]) -> Callable[[str], str]:
    """The function repeated until it changes nothing more: taking a sign out may bring others together."""

    @wraps(function)
    def settled(text: str) -> str:
        while (folded := function(text)) != text:
            text = folded
        return text

    return settled


def plain(text: str) -> str:
    """Prose as it is stored: composed, plain Han for radicals and compatibility ideographs, no idle invisible signs.

    Width, brackets, dots, dashes and quotation marks stay as they were written.
    """
    return normal("NFC", _IDLE.sub("", text).translate(_HAN_TABLE))


def with_line_breaks(text: str) -> str:
    """The text with `\\n` for every kind of line break."""
    return _BREAKS.sub("\n", text)


@_settled
def name(text: str) -> str:
    """A person's name as it is stored: `·` for every dot, `'` for every quotation mark, `-` for every dash.

    A full stop counts as a dot between Han. Letters have normal width, spaces are single and none is beside a dot.
    """
    folded = _compatible(_DASH.sub("-", _DOT.sub("·", _QUOTE.sub("'", text))))
    folded = re.sub(" +", " ", folded).strip()
    return _STOP_IN_HAN.sub("·", _DOT.sub("·", folded))


@_settled
def typed(text: str) -> str:
    """What has a fixed form, as people type it: normal width, `-` for every dash, nothing unseen, trimmed."""
    return _compatible(_DASH.sub("-", text)).strip()


@_settled
def identifier(text: str) -> str:
    """A number or code in one writing: as `typed`, upper case, without any space."""
    return "".join(typed(text).upper().split())


@_settled
def case_number(text: str) -> str:
    """The number of a case as it was given out, whatever was copied before and behind it."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", identifier(text))


@_settled
def key(text: str) -> str:
    """What is compared and searched: letters, digits, symbols, case and width folded; the rest is laid aside.

    Equal keys mean the same name or number for search; Han are compared exactly. Empty where nothing is left.
    """
    folded = _compatible(_LAID_ASIDE.sub("", text)).casefold()
    return "".join(sign for sign in folded if sign in SPOKEN or unicodedata.category(sign)[0] not in "PZC")


def same_name(one: str, other: str) -> bool:
    """Whether two writings name the same person: dots, spaces and the case of letters apart."""
    return key(one) == key(other)


def _compatible(text: str) -> str:
    seen = _UNSEEN.sub("", text.translate(_HAN_TABLE))
    return _UNSEEN.sub("", normal("NFKC", seen))
