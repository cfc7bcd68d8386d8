"""Identity numbers, credit codes, telephones and accounts: what is refused and why, what is shown, what is invented."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.rules.identifiers import (
    BadIdentifier,
    check_credit_code,
    check_identity_number,
    check_phone,
    invent_credit_code,
    invent_identity_number,
    mask_account,
    mask_identity_number,
    mask_name,
    mask_phone,
)

TODAY = date(2026, 11, 22)


def test_a_number_tells_birth_date_sex_and_region() -> None:
    found = check_identity_number(" 37010219900101001x ", TODAY)
    assert found.number == "37010219900101001X"
    assert (found.birth_date, found.sex, found.region) == (date(1990, 1, 1), "male", "370102")
    assert found.region_hint is not None
    assert found.region_hint.zh == "山东"


def test_full_width_digits_are_understood() -> None:
    assert check_identity_number("１１０１０５１９４９１２３１００２ｘ", TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "checksum"),
        ("370102199002290011", "birth_date"),
        (invent_identity_number(date(2026, 11, 23), "female", "370102", 7), "future"),
        ("1101054912310021", "length"),
        ("", "length"),
        ("110105491231002", "old_number"),
        ("1101051949123100２Y", "characters"),
        ("11010519491231002?", "characters"),
        ("1101051949123100٢X", "characters"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused_with_its_reason(number: str, code: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        check_identity_number(number, TODAY)
    assert refused.value.code == code
    assert refused.value.text.zh
    assert str(refused.value) == refused.value.text.en


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "937156", "370802", "990000"])
def test_a_region_is_never_a_reason_to_refuse(region: str) -> None:
    number = invent_identity_number(date(1960, 1, 1), "male", region, 3)
    assert check_identity_number(number, TODAY).region == region


def test_somebody_born_today_has_a_number() -> None:
    assert check_identity_number(invent_identity_number(TODAY, "female", "370102", 0), TODAY).birth_date == TODAY


@settings(max_examples=50)
@given(
    st.dates(date(1900, 1, 1), TODAY), st.sampled_from(["male", "female"]), st.integers(110000, 999999).map(str),
    st.integers(0, 499), st.integers(0, 17), st.integers(1, 9),
)  # fmt: skip
def test_invented_numbers_pass_and_one_wrong_digit_does_not(
    born: date, sex: str, region: str, serial: int, place: int, off: int
) -> None:
    number = invent_identity_number(born, sex, region, serial)  # type: ignore[arg-type]
    found = check_identity_number(number, TODAY)
    assert (found.birth_date, found.sex, found.region) == (born, sex, region)

    wrong = "0" if number[place] == "X" else str((int(number[place]) + off) % 10)
    with pytest.raises(BadIdentifier):
        check_identity_number(number[:place] + wrong + number[place + 1 :], TODAY)


def test_invented_numbers_of_one_birthday_differ() -> None:
    assert len({invent_identity_number(TODAY, "male", "370102", serial) for serial in range(500)}) == 500
    with pytest.raises(ValueError, match="serial 0 to 499"):
        invent_identity_number(TODAY, "male", "370102", 500)


@pytest.mark.parametrize("code", ["91110000600037341L", "81370100MC00000015", "9111 0000 6000 3734 1l"])
def test_a_real_credit_code_passes(code: str) -> None:
    assert check_credit_code(code).code == code.replace(" ", "").upper()


def test_nobody_alive_was_born_before_1900() -> None:
    number = invent_identity_number(date(1899, 12, 31), "male", "110105", 1)
    with pytest.raises(BadIdentifier) as refused:
        check_identity_number(number, date(2026, 3, 2))
    assert refused.value.code == "birth_date"
    oldest = invent_identity_number(date(1900, 1, 1), "male", "110105", 1)
    assert check_identity_number(oldest, date(2026, 3, 2)).birth_date == date(1900, 1, 1)


def test_trade_unions_are_registered_under_81() -> None:
    assert check_credit_code("81370100MC00000015").is_trade_union
    assert check_credit_code("81370100MC00000015").region == "370100"
    assert not check_credit_code("91110000600037341L").is_trade_union


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110000600037341M", "checksum"),
        ("9111000060003734IL", "characters"),
        ("91A10000600037341L", "characters"),
        ("91110000600037341", "length"),
    ],
)
def test_a_credit_code_that_cannot_be_right_is_refused_with_its_reason(code: str, reason: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        check_credit_code(code)
    assert refused.value.code == reason


@pytest.mark.parametrize("serial", [0, 1, 42, 9_999_999])
def test_invented_credit_codes_pass(serial: int) -> None:
    assert check_credit_code(invent_credit_code("370200", serial)).is_trade_union
    assert not check_credit_code(invent_credit_code("370200", serial, "91")).is_trade_union


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("13812345678", "13812345678", "mobile"),
        ("+86 138-1234-5678", "13812345678", "mobile"),
        ("８６１３８１２３４５６７８", "13812345678", "mobile"),
        ("0531-12345678", "0531-12345678", "landline"),
        ("(0531) 12345678", "0531-12345678", "landline"),
        ("+86 531 1234 5678", "0531-12345678", "landline"),
        ("010-12345678转801", "010-12345678-801", "landline"),
        ("0531—12345678—801", "0531-12345678-801", "landline"),
        ("0632-2345678", "0632-2345678", "landline"),
        ("+852 2345 6789", "+85223456789", "abroad"),
        ("0044(20)7946-0958", "+442079460958", "abroad"),
    ],
)
def test_a_telephone_is_stored_in_one_way(text: str, number: str, kind: str) -> None:
    assert (check_phone(text).number, check_phone(text).kind) == (number, kind)
    assert check_phone(number).number == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("82345678", "area_code"),
        ("12812345678", "phone"),
        ("1381234567", "phone"),
        ("", "phone"),
        ("138123456789", "phone"),
        ("+86 12812345678", "phone"),
        ("008612812345678", "phone"),
    ],
)
def test_what_is_no_telephone_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        check_phone(text)
    assert refused.value.code == code


def test_what_is_shown_tells_no_more_than_it_must() -> None:
    assert mask_identity_number("37010219900101001X") == "3701**********001X"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("0531-12345678-801") == "0531-******78"
    assert mask_account("6222021234567891234") == "***************1234"
    assert mask_name("张三丰") == mask_name(" 张三") == "张*"


@pytest.mark.parametrize("short", ["", "1", "1234", "12345678"])
def test_what_is_too_short_to_mask_is_hidden_altogether(short: str) -> None:
    assert mask_identity_number(short) == "*" * len(short)
    assert mask_account(short[:6]) == "*" * len(short[:6])
