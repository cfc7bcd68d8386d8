"""Which passwords are refused: short ones, the user's name, and what a guesser would come to soon.

NIST SP 800-63B, 3.1.1.2: length counts, no mixture of kinds of characters is asked for, and what is commonly used,
repeated, in sequence or taken from the name of the user or the service is refused. How soon is estimated by zxcvbn
(Wheeler, USENIX Security 2016), which has lists of common passwords, names and words, and knows repetitions, dates,
walks over the keyboard and signs that stand for letters.
"""

import importlib
import re
from typing import Final

from casework.rules import folding
from casework.rules.refusals import Fault
from casework.rules.text import Text

SHORTEST: Final = 12
_SHORTEST_NAME: Final = 3
_LEAST_GUESSES: Final = 10**10
# It works on no more; what comes after makes a password no weaker.
_LOOKED_AT: Final = 72
_TOO_SHORT: Final = Text("密码至少 12 位。", "A password has 12 characters or more.")
_NAMED: Final = Text("密码中不得含有用户名。", "A password does not contain the user name.")
_COMMON: Final = Text(
    "密码容易被猜中：重复或连续的字符、常见词加数字或年份都不可用。请另设一个，例如几个互不相关的词。",
    "This password is easily guessed: repeated characters, sequences, and well-known words with digits or a year will"
    " not do. Choose another, such as several words that have nothing to do with each other.",
)
# What a guesser tries here first, and lists made elsewhere do not have.
_OF_THIS_PLACE: Final = (
    "casework", "caseworker", "supervisor", "lawyer", "volunteer", "auditor", "administrator", "gonghui", "zonggonghui",
    "bangfu", "falvyuanzhu", "shandong", "jinan", "qingdao", "woaini", "mima", "nihao", "zhongguo", "1314", "5201314",
)  # fmt: skip


def weakness(password: str, username: str) -> Fault | None:
    """What is wrong with a password for this user; None where nothing is. Takes some 30 ms at most."""
    said = folding.typed(password).lower()
    if len(password) < SHORTEST:
        return Fault("password", "too_short", _TOO_SHORT)
    if len(username) >= _SHORTEST_NAME and username in said:
        return Fault("password", "user_name", _NAMED)
    known = [*_OF_THIS_PLACE, *re.findall(r"\w+", username)]
    # Its lists take 14 MB, which a process that sets no password does without.
    guessing = importlib.import_module("zxcvbn")
    if guessing.zxcvbn(said[:_LOOKED_AT], user_inputs=known)["guesses"] < _LEAST_GUESSES:
        return Fault("password", "too_common", _COMMON)
    return None
