"""Initials find Chinese words."""

import pytest

from casework.rules.pinyin import initials


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("待办", "db"),
        ("解除情况", "jcqk"),
        ("支付", "zf"),
        ("啊座", "az"),
        ("LA-2026", "la2026"),
        ("（一）", "y"),
        ("", ""),
    ],
)
def test_the_initials_of_words(words: str, found: str) -> None:
    assert initials(words) == found
