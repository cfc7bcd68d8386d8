"""What must not be published is found however it was typed, and what an office has to say passes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rules.identifiers import invent_identity_number
from casework.rules.publishing import ACCOUNT, DOCUMENT, IDENTITY, PHONE, personal_number, without_names
from casework.rules.text import Text

IDENTITY_NUMBER = "11010519491231002X"
OLD_NUMBER = "110105491231002"
CARD = "6222021234567891234"
MOBILE = "13800138000"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"张三 {IDENTITY_NUMBER} {CARD}", IDENTITY),
        ("示例公司（１１０１０５１９４９１２３１００２Ｘ）", IDENTITY),
        ("示例公司110105 19491231 002x", IDENTITY),
        ("示例公司110105-1949-12-31-002X", IDENTITY),
        ("示例公司 110105 1949-12-31 002X", IDENTITY),
        ("示例公司 110105  1949-12-31  002X", IDENTITY),
        ("示例公司110105.1949.1231.0021", IDENTITY),
        ("一一〇一〇五一九四九一二三一〇〇二X", IDENTITY),
        ("1\u200b10105\u200b19491231002X", IDENTITY),
        (OLD_NUMBER, IDENTITY),
        (f"卡号{CARD}", ACCOUNT),
        ("6222 0212 3456 7891 234", ACCOUNT),
        ("6222-0212-3456-7891", ACCOUNT),
        ("６２２２０２１２３４５６７８９１", ACCOUNT),
        ("账号 102 0345 67890", ACCOUNT),
        ("6213 8001 3800 01", ACCOUNT),  # a mobile number within a longer one
        ("卡号 621799999999999", ACCOUNT),  # of fifteen digits, and no day of birth among them
        (f"联系人{MOBILE}", PHONE),
        ("138-0013-8000", PHONE),
        ("138 0013 8000", PHONE),
        ("+86 138 0013 8000", PHONE),
        ("１３８００１３８０００", PHONE),
        ("幺三八〇〇一三八〇〇〇", PHONE),
        ("①③⑧00138000", PHONE),
        ("示例公司 0531-82912345", PHONE),
        ("示例公司（0531）82912345", PHONE),
        ("示例公司 电话82912345", PHONE),
        ("示例公司 400-618-1234", PHONE),
        ("护照E12345678", DOCUMENT),
        ("ＥＡ１２３４５６７", DOCUMENT),
        ("h 12345678", DOCUMENT),
    ],
)
def test_a_number_that_leads_to_a_person_is_found_however_it_was_typed(text: str, kind: Text) -> None:
    assert personal_number(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "乳山示例纺织有限公司",
        "第一工人文化宫三楼公示栏",
        "济南市历下区解放路12号3号楼202室（邮编250000）",
        "国营3608厂",
        "示例社区公示栏，2026-03-02 至 2026-03-10",
        "公示期2026.3.2-2026.3.10，8:30-11:30、13:30-17:00",
        "二〇二六年三月二日张贴",
        "G20高速收费站",
    ],
)
def test_names_of_places_days_and_hours_pass(text: str) -> None:
    assert personal_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "乳山市总工会帮扶中心，电话0631-6651234",
        "帮扶中心（0531）82912345转801，工作时间8:30-17:00",
        "工会热线12351，座机 82912345",
        "400-618-1234",
        "2026-03-02 — 2026-03-10，0531-82912345",
    ],
)
def test_an_office_may_tell_its_own_landline(text: str) -> None:
    assert personal_number(text, landlines=True) is None


@pytest.mark.parametrize("text", [MOBILE, f"0531-82912345 {CARD}", IDENTITY_NUMBER, "0531-82912345，13800138000"])
def test_beside_a_landline_nothing_else_passes(text: str) -> None:
    assert personal_number(text, landlines=True) is not None


PLAIN, WIDE, HAN = "0123456789", "０１２３４５６７８９", "〇一二三四五六七八九"


@given(
    st.dates(date(1940, 1, 1), date(2026, 1, 1)),
    st.integers(0, 499),
    st.sampled_from((PLAIN, WIDE, HAN)),
    st.sampled_from(("", " ", "-", "\u3000", "·", ".", "—", "/")),
    st.integers(1, 6),
    st.booleans(),
)
def test_no_identity_number_passes(born: date, serial: int, digits: str, gap: str, every: int, landlines: bool) -> None:
    number = invent_identity_number(born, "female", "370102", serial).translate(str.maketrans(PLAIN, digits))
    written = gap.join(number[at : at + every] for at in range(0, 18, every))
    assert personal_number(f"示例公司{written}", landlines=landlines) is not None


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("乳山市张三小吃店", ["张三"], "乳山市张*小吃店"),
        ("乳山市张 三小吃店", ["张三"], "乳山市张*小吃店"),
        ("李小明超市（张三）", ["张三", "李小明"], "李*超市（张*）"),
        ("张三丰商店", ["张三", "张三丰"], "张*商店"),
        ("古丽米热.艾比布力烤馕店", ["古丽米热·艾比布力"], "古*烤馕店"),
        ("maria dos santos bakery", ["Maria Dos Santos"], "M* bakery"),
        ("Wan Lincoln Ltd", ["An Li"], "Wan Lincoln Ltd"),
        ("乳山示例纺织有限公司", ["张三"], "乳山示例纺织有限公司"),
        ("张记小吃店（总店）", ["张三"], "张记小吃店（总店）"),
        ("张记小吃店", ["张"], "张记小吃店"),
        ("VIP张三KTV", ["张三"], "VIP张*KTV"),
    ],
)
def test_the_names_of_a_household_are_masked_where_they_stand_in_full(text: str, names: list[str], shown: str) -> None:
    assert without_names(text, names) == shown
