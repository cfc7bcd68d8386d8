"""Each kind of field takes what the office means, and nothing that only looks like it."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from casework.forms import (
    BankAccount,
    BankCode,
    Choice,
    Code,
    Count,
    CreditCode,
    Day,
    Flag,
    IdentityNumber,
    Line,
    LongText,
    Many,
    Moment,
    Money,
    Month,
    Nested,
    OfficePhone,
    OneUser,
    PersonName,
    Phone,
)
from casework.forms.field import FormField
from casework.rules.identifiers import invent_credit_code
from casework.rules.refusals import Invalid
from tests.forms.sample import TODAY, ArrearsRow, form_of, said

TITLE = said("Value")
NUMBER = "37010219900101001X"
CREDIT = invent_credit_code("370100", 1)


def taken(field: FormField, value: Any) -> Any:
    return form_of(field).check({"value": value}, today=TODAY)["value"]


def refused(field: FormField, value: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as said_no:
        form_of(field).check({"value": value}, today=TODAY)
    return [(fault.path, fault.code) for fault in said_no.value.faults]


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        (Line(title=TITLE), "  Lixia District ", "Lixia District"),
        (Line(title=TITLE), "e\u0301", "\u00e9"),
        (Line(title=TITLE), "abc\u202edef", "abcdef"),
        (Line(title=TITLE), "⼯⾦（欠）\uf90a", "工金（欠）金"),
        (LongText(title=TITLE), "a\u2028b\u2029c\u0085d\u000be\u000cf", "a\nb\nc\nd\ne\nf"),
        (PersonName(title=TITLE), "Anne O‘Neill", "Anne O'Neill"),
        (PersonName(title=TITLE), "Anne O´Neill", "Anne O'Neill"),
        (PersonName(title=TITLE), "⼈⽟⻓", "人玉长"),
        (Phone(title=TITLE), "\u202d13800531234\u202c", "13800531234"),
        (Phone(title=TITLE), "0531－12345678", "0531-12345678"),
        (Phone(title=TITLE), "+852 5123 4567", "+85251234567"),
        (Phone(title=TITLE), "00886-912-345-678", "+886912345678"),
        (OfficePhone(title=TITLE), "400-618-1234", "400-618-1234"),
        (OfficePhone(title=TITLE), "８００８２０８８２０", "800-820-8820"),
        (OfficePhone(title=TITLE), "95588", "95588"),
        (OfficePhone(title=TITLE), "0531-82912345分机801", "0531-82912345-801"),
        (OfficePhone(title=TITLE), "(0531) 82912345 转分机 801", "0531-82912345-801"),
        (OfficePhone(title=TITLE), "13800531234", "13800531234"),
        (BankAccount(title=TITLE), "６２２２０２１２３４５６７８９１２３３", "6222021234567891233"),
        (BankAccount(title=TITLE), "6222\u30000212–3456\u200b7891233", "6222021234567891233"),
        (Money(title=TITLE), "１２", Decimal("12.00")),
        (Day(title=TITLE), "２０２６–０３–３１", TODAY),
        (Line(title=TITLE), "𠮷野家", "𠮷野家"),
        (LongText(title=TITLE), "one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        (PersonName(title=TITLE), "阿依古丽•买买提", "阿依古丽·买买提"),
        (PersonName(title=TITLE), "李〇", "李〇"),
        (PersonName(title=TITLE), "𠮷田", "𠮷田"),
        (PersonName(title=TITLE), "Anne-Marie O’Neill", "Anne-Marie O'Neill"),
        (IdentityNumber(title=TITLE), " 37010219900101001x ", NUMBER),
        (Phone(title=TITLE), "+86 138 0013 8000", "13800138000"),
        (BankAccount(title=TITLE), "6222 0200-1234 5671", "6222020012345671"),
        (BankCode(title=TITLE), "００１２ 3456-7890", "001234567890"),
        (Money(title=TITLE), "1234.5", Decimal("1234.50")),
        (Money(title=TITLE), 7, Decimal("7.00")),
        (Money(title=TITLE), "999999999999.99", Decimal("999999999999.99")),
        (Money(title=TITLE, least=Decimal(-5)), "-0.00", Decimal("0.00")),
        (Day(title=TITLE, past=True), "2026-03-31", TODAY),
        (Month(title=TITLE, past=True), "2026-03", "2026-03"),
        (Moment(title=TITLE), "2026-03-31T09:30:00Z", datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        (Count(title=TITLE), 0, 0),
        (Flag(title=TITLE), False, False),
        (Code(title=TITLE), "370102-01", "370102-01"),
        (Choice({"a": TITLE}, title=TITLE), "a", "a"),
        (
            OneUser(title=TITLE),
            "6F1C9C0E-7A53-4B7E-9A55-0C5B2F3A1D10",
            UUID("6f1c9c0e-7a53-4b7e-9a55-0c5b2f3a1d10"),
        ),
        (Many(Count(title=TITLE), title=TITLE), [], []),
    ],
)
def test_a_field_keeps_what_is_meant(field: FormField, given: Any, kept: Any) -> None:
    assert taken(field, given) == kept
    assert type(taken(field, given)) is type(kept)


def test_what_cannot_be_read_is_named_with_its_place() -> None:
    with pytest.raises(Invalid) as said_no:
        form_of(LongText(title=TITLE)).check({"value": "one\u2028two\x07"}, today=TODAY)
    assert said_no.value.faults[0].text.en == (
        "There is a sign that cannot be read (U+0007) in line 2, place 4; please type it again."
    )


@pytest.mark.parametrize("number", ["111111111111111110", "370102189912310018", "37010211111111001X"])
def test_nobody_was_born_before_the_first_day_of_a_form(number: str) -> None:
    assert refused(IdentityNumber(title=TITLE), number) == [("value", "birth_date")]
    assert refused(Day(title=TITLE), f"{number[6:10]}-{number[10:12]}-{number[12:14]}")[0][1] in ("day_range", "day")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (Phone(title=TITLE), "0531-12345678"),
        (Phone(title=TITLE), "+86 (0531) 12345678 转 801"),
        (Phone(title=TITLE), "010-12345678"),
        (Phone(title=TITLE), "+1 212 555 0100"),
        (OfficePhone(title=TITLE), "4006181234"),
        (OfficePhone(title=TITLE), "12345"),
        (OfficePhone(title=TITLE), "0531-82912345分机801"),
        (IdentityNumber(title=TITLE), "３７０１０２-19900101-001x"),
        (CreditCode(title=TITLE), f" {CREDIT[:8]}–{CREDIT[8:].lower()}\u202c"),
        (BankAccount(title=TITLE), "6222 0212 3456 7891 233"),
        (PersonName(title=TITLE), "古丽米热 ・ 艾比布力"),
        (PersonName(title=TITLE), "Ｏ｀Neill"),
        (Line(title=TITLE), "⼯\u202d资\u202c"),
        (LongText(title=TITLE), "a\u2028b"),
        (Code(title=TITLE), "３７０１００－０１"),
    ],
)
def test_what_a_field_stores_fits_its_own_published_pattern(field: FormField, given: Any) -> None:
    stored = taken(field, given)
    assert re.search(field.schema("en")["pattern"], stored)
    assert taken(field, stored) == stored


@pytest.mark.parametrize(
    ("field", "given", "code"),
    [
        (Line(title=TITLE), "a\x00b", "unreadable"),
        (Line(title=TITLE), "a\ud800b", "unreadable"),
        (Line(title=TITLE), "one\ntwo", "one_line"),
        (Line(title=TITLE), "one\n\x00two", "unreadable"),
        (Line(title=TITLE), "x" * 201, "too_long"),
        (Line(title=TITLE), 5, "not_text"),
        (Line(title=TITLE, sensitive=True), "***", "masked"),
        (Line(title=TITLE, required=True), " \u3000 ", "required"),
        (Line(title=TITLE, required=True), None, "required"),
        (LongText(title=TITLE), "bell \x07", "unreadable"),
        (LongText(title=TITLE), "x" * 10_001, "too_long"),
        (PersonName(title=TITLE), "张", "person_name"),
        (PersonName(title=TITLE), "张三2", "person_name"),
        (PersonName(title=TITLE), "张 \n三", "person_name"),
        (PersonName(title=TITLE), "张" * 51, "person_name"),
        (PersonName(title=TITLE, sensitive=True), "张*", "masked"),
        (IdentityNumber(title=TITLE), "370102199001010019", "checksum"),
        (IdentityNumber(title=TITLE, sensitive=True), "3701**********001X", "masked"),
        (IdentityNumber(title=TITLE), "1" * 61, "too_long"),
        (CreditCode(title=TITLE), "9137\ud8000100MC79229T", "unreadable"),
        (Phone(title=TITLE), "12345", "phone"),
        (BankAccount(title=TITLE), "1234567", "bank_account"),
        *((BankCode(title=TITLE), value, "bank_code") for value in ("10245100000", "1024510000015", "10245100000A")),
        (Money(title=TITLE), 1.5, "money_float"),
        (Money(title=TITLE), float("nan"), "money_float"),
        (Money(title=TITLE), "1e3", "money"),
        (Money(title=TITLE), "1_000", "money"),
        (Money(title=TITLE), "NaN", "money"),
        (Money(title=TITLE), "-1", "money"),
        (Money(title=TITLE), "1.234", "money"),
        (Money(title=TITLE), True, "money"),
        (Money(title=TITLE), -1, "money_range"),
        (Money(title=TITLE), 10**400, "money_range"),
        (Day(title=TITLE), "2026-02-29", "day"),
        (Day(title=TITLE), "20260101", "day"),
        (Day(title=TITLE), "2026-01-01T00:00:00", "day"),
        (Day(title=TITLE), "1899-12-31", "day_range"),
        (Day(title=TITLE), "2200-01-01", "day_range"),
        (Day(title=TITLE, past=True), "2026-04-01", "day_future"),
        (Day(title=TITLE, not_before=date(2020, 1, 1)), "2019-12-31", "day_range"),
        (Month(title=TITLE), "2026-13", "month"),
        (Month(title=TITLE, past=True), "2026-04", "month_future"),
        (Moment(title=TITLE), "2026-03-31T09:30:00", "moment"),
        (Moment(title=TITLE), "2026-02-30T09:30:00Z", "moment"),
        (Moment(title=TITLE), "2026-03-31T09:30:00+24:00", "moment"),
        (Count(title=TITLE), 5.0, "count"),
        (Count(title=TITLE), "5", "count"),
        (Count(title=TITLE), "", "count"),
        (Count(title=TITLE), True, "count"),
        (Count(title=TITLE), 10**30, "count_range"),
        (Flag(title=TITLE), 1, "flag"),
        (Flag(title=TITLE), "true", "flag"),
        (Choice({"a": TITLE}, title=TITLE), "b", "choice"),
        (Choice({"a": TITLE}, title=TITLE), ["a"], "not_text"),
        (Code(title=TITLE), "370102/../", "code"),
        (OneUser(title=TITLE), "{6f1c9c0e-7a53-4b7e-9a55-0c5b2f3a1d10}", "user"),
        (Many(Count(title=TITLE), title=TITLE), {}, "not_list"),
        (Many(Count(title=TITLE), title=TITLE, most=2), [1, 2, 3], "too_many"),
        (Many(Count(title=TITLE), title=TITLE, least=1), [], "too_few"),
        (Nested(ArrearsRow, title=TITLE), [], "type"),
    ],
)
def test_a_field_refuses_what_cannot_be_meant(field: FormField, given: Any, code: str) -> None:
    assert refused(field, given) == [("value", code)]


def test_a_row_that_is_null_is_refused_where_it_stands() -> None:
    assert refused(Many(Line(title=TITLE), title=TITLE), ["a", None]) == [("value.1", "required")]


def test_a_value_cannot_be_required_at_once_and_follow_later() -> None:
    with pytest.raises(ValueError, match="cannot follow by grant"):
        Line(title=TITLE, required=True, needed_by="grant")


@pytest.mark.parametrize("group", [Nested(ArrearsRow, title=TITLE), Many(ArrearsRow, title=TITLE)])
def test_a_group_is_sensitive_only_by_its_fields(group: Nested | Many) -> None:
    what = group.form if isinstance(group, Nested) else ArrearsRow
    with pytest.raises(ValueError, match="sensitive"):
        type(group)(what, title=TITLE, sensitive=True)


def test_a_choice_names_its_options_in_both_languages() -> None:
    field = Choice({"wages": said("unpaid wages", "拖欠工资")}, title=TITLE)
    with pytest.raises(Invalid) as said_no:
        form_of(field).check({"value": "?"}, today=TODAY)
    text = said_no.value.faults[0].text
    assert "拖欠工资" in text.in_("zh-CN")
    assert "unpaid wages" in text.in_("en")
