"""One folding for all comparisons: idempotent, and the same for what is stored and what is typed."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rules import folding
from casework.rules.identifiers import mask_name

FUNCTIONS = (folding.plain, folding.name, folding.typed, folding.identifier, folding.case_number, folding.key)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("·•. -‘’`⼈⽟Ａ（）\u200b\u202d"))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_single_character_folds_once_and_for_all(function):
    signs = (chr(code) for code in range(sys.maxunicode + 1))
    for sign in (one for one in signs if unicodedata.category(one) not in ("Cn", "Co", "Cs", "Lo")):
        once = function(f"a{sign}b")
        assert function(once) == once, hex(ord(sign))


@given(TEXTS)
def test_folding_what_is_folded_changes_nothing(text):
    for function in FUNCTIONS:
        assert function(function(text)) == function(text), function.__name__


@given(TEXTS)
def test_what_was_stored_is_found_by_what_was_entered(text):
    assert folding.key(folding.plain(text)) == folding.key(text)
    assert folding.key(folding.name(text)) == folding.key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("济南启明（山东）建筑劳务有限公司", "济南启明(山东)建筑劳务有限公司"),
        ("济南启明〔山东〕建筑", "济南启明【山东】建筑"),
        ("济南 启明", "济南\u3000启明"),
        ("ＡＢＣ物流", "abc物流"),
        ("Maria dos Santos", "MARIA  DOS SANTOS"),
        ("Anne O'Neill", "ANNE O´NEILL"),
        ("LA-370100-2026-000123", "#ＬＡ–３７０１００—2026-000123。"),
        ("⾦玉", "金玉"),
        ("\uf90a玉", "金玉"),
        ("13800531234", "\u202d13800531234\u202c"),
        *(
            ("古丽米热·艾比布力", f"古丽米热{dot}艾比布力")
            for dot in ("", "•", "‧", "・", "･", "∙", "⋅", "●", ".", "．", "。", " ", " · ", "\u200b·")
        ),
    ],
)
def test_two_writings_have_one_key(one, other):
    assert folding.key(one) == folding.key(other) != ""


def test_different_han_and_different_numbers_have_different_keys():
    assert len({folding.key(one) for one in ("王芳", "王方", "汪芳", "LA-1", "LA-11")}) == 5


@pytest.mark.parametrize(
    ("given_as", "stored"),
    [
        ("Anne O‘Neill", "Anne O'Neill"),
        ("Anne O´Neill", "Anne O'Neill"),
        ("Anne O`Neill", "Anne O'Neill"),
        ("Ａｎｎｅ　Ｏ＇Neill", "Anne O'Neill"),
        ("⼈⽟", "人玉"),
        ("⻓⻢", "长马"),
        ("古丽米热 。 艾比布力", "古丽米热·艾比布力"),
        ("古丽米热．艾比布力", "古丽米热·艾比布力"),
        ("古丽米热 • 艾比布力", "古丽米热·艾比布力"),
        ("Anne—Marie", "Anne-Marie"),
    ],
)
def test_a_name_has_one_writing(given_as, stored):
    assert folding.name(given_as) == stored


def test_prose_keeps_what_can_be_seen():
    kept = "（一）“加班费”——１２３元；①㎡ 👨‍👩‍👧 نمی‌خواهم 葛\U000e0100"
    assert folding.plain(kept) == kept
    assert folding.plain("⼯\u200b资\u202e") == "工资"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("欧阳娜娜", "欧阳*"),
        ("司马光", "司马*"),
        ("上官婉", "上官*"),
        ("諸葛亮", "諸葛*"),
        ("欧阳", "欧*"),
        ("张三", "张*"),
        ("古丽米热·艾比布力", "古*"),
        ("Maria Santos", "M*"),
    ],
)
def test_a_compound_surname_stays_whole_in_a_mask(name, masked):
    assert mask_name(name) == masked
