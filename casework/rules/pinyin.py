"""The initials by which people who type Chinese look for a word: `dbsx` finds 待办事项."""

from bisect import bisect_right
from typing import Final

# The first level of GB 2312 has the usual characters in the order of their readings; where each initial begins.
_BEGINS: Final = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6,
    0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_INITIALS: Final = "abcdefghjklmnopqrstwxyz"
_END: Final = 0xD7F9


def initials(words: str) -> str:
    """Return the initials of the Chinese characters of some words, and letters and digits as they are.

    By the commonest reading of a character; one outside the first level of GB 2312 is left out.
    """
    return "".join(map(_initial, words.lower()))


def _initial(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalnum() else ""
    code = int.from_bytes(sign.encode("gb2312", "ignore"))
    return _INITIALS[bisect_right(_BEGINS, code) - 1] if _BEGINS[0] <= code <= _END else ""
