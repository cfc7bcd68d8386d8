"""Which passwords are refused: short ones, the user's name, and what anybody would try first.

NIST SP 800-63B, 3.1.1.2: length counts, no mixture of kinds of characters is asked for, and what is commonly used,
repeated, in sequence or taken from the name of the user or the service is refused. Sign-in allows 2,400 guesses a day
for a name (`work/sign_in.py`), so what has to be kept out are the first few hundred thousand.
"""

import re
from collections.abc import Iterator
from typing import Final

from casework.rules import folding
from casework.rules.refusals import Fault
from casework.rules.text import Text

SHORTEST: Final = 12
_SHORTEST_NAME: Final = 3
_LEAST_OF_ITS_OWN: Final = 6
_LEAST_DISTINCT: Final = 5
_TOO_SHORT: Final = Text("密码至少 12 位。", "A password has 12 characters or more.")
_NAMED: Final = Text("密码中不得含有用户名。", "A password does not contain the user name.")
_COMMON: Final = Text(
    "密码容易被猜中：重复或连续的字符、常见词加数字或年份都不可用。请另设一个，例如几个互不相关的词。",
    "This password is easily guessed: repeated characters, sequences, and well-known words with digits or a year will"
    " not do. Choose another, such as several words that have nothing to do with each other.",
)
# What lists of common passwords are made of, with that of China and of this service.
_STEMS: Final = re.compile(
    "passw[o]?rd|passwort|passwd|welcome|letmein|changeme|iloveyou|sunshine|princess|football|baseball|superman|batman"
    "|dragon|monkey|master|shadow|michael|jordan|freedom|whatever|trustno|starwars|secret|default|testtest|test|guest"
    "|login|administrator|admin|root|manager|system|server|computer|internet|qazwsx|qwaszx|abcd|hello|love|baby"
    "|woaini|aini|mima|nihao|zhongguo|china|beijing|shanghai|shandong|jinan|qingdao|gonghui|zonggonghui|bangfu"
    "|casework|caseworker|supervisor|lawyer|volunteer|auditor|union|huawei|taobao|alipay|weixin|wechat|baidu"
)
_DATES: Final = re.compile("(?:19|20)[0-9]{2}(?:[01][0-9](?:[0-3][0-9])?)?|520+|1314|888+|666+|168")
_RUNS: Final = re.compile(r"(.)\1{2,}")
_AGAIN: Final = re.compile(r"(.{2,}?)\1+")
# As they stand beside each other in the alphabet or on the keyboard; a walk is three of them in a row.
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv")
_WALKS: Final = frozenset(line[at : at + 3] for row in _ROWS for line in (row, row[::-1]) for at in range(len(row) - 2))
_READ_AS: Final = str.maketrans("@4831!05$7", "aaeliiosst")


def weakness(password: str, username: str) -> Fault | None:
    """What is wrong with a password for this user; None where nothing is. Linear in its length."""
    said = folding.typed(password).lower()
    if len(password) < SHORTEST:
        return Fault("password", "too_short", _TOO_SHORT)
    if len(username) >= _SHORTEST_NAME and username in said:
        return Fault("password", "user_name", _NAMED)
    if len(set(said)) < _LEAST_DISTINCT or len(said) - len({*_guessed(said)}) < _LEAST_OF_ITS_OWN:
        return Fault("password", "too_common", _COMMON)
    return None


def _guessed(said: str) -> Iterator[int]:
    """The places of the characters that a guesser has for nothing."""
    for pattern, text in ((_STEMS, said), (_STEMS, said.translate(_READ_AS)), (_DATES, said), (_RUNS, said)):
        for found in pattern.finditer(text):
            yield from range(*found.span())
    for found in _AGAIN.finditer(said):
        yield from range(found.end(1), found.end())
    for at in range(len(said) - 2):
        if said[at : at + 3] in _WALKS:
            yield from range(at, at + 3)
