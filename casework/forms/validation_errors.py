"""The sentences that a form says when a value is wrong, one for each code, and where they belong."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from marshmallow.exceptions import SCHEMA

from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text

MOST_FAULTS: Final = 100
"""An answer names at most so many faults: a hostile body is not answered with ten times its size."""

INVISIBLE: Final = r"\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff"
"""Beside the controls below U+0020: later controls, line separators, direction overrides, byte order marks.
Written as the inside of a character class that JSON Schema and Python read alike."""

SURROGATES: Final = r"\ud800-\udfff"
"""Halves of characters, which no encoder takes; as class in a JSON Schema they would hit whole rare Han."""

_LONGEST_KEY = 60
_UNSPEAKABLE = re.compile(f"[\\u0000-\\u001f{INVISIBLE}{SURROGATES}]")

SENTENCES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "required": Text("此项必填，请填写后再提交。", "This is required; please fill it in."),
        "null": Text("此项必填，不能为空。", "This is required and may not be null."),
        "type": Text("此处应为一组栏目（`object`）。", "A group of fields is expected here (`object`)."),
        "unknown": Text(
            "表单中没有这一栏，请删除或核对栏目名称。",
            "The form has no such field; remove it or check its name.",
        ),
        "validator_failed": Text("此项的内容不符合要求，请核对。", "This value is not acceptable; please check it."),
        "not_text": Text("此处应为文字（`string`）。", "Text is expected here (`string`)."),
        "not_list": Text("此处应为列表，请逐行填写。", "A list is expected here, one row for each entry."),
        "too_long": Text(
            "内容过长，最多 {most} 个字，请精简。",
            "This is too long; at most {most} characters, please shorten it.",
        ),
        "one_line": Text("此处只能填写一行，请去掉换行。", "Only one line fits here; please remove the line breaks."),
        "unreadable": Text(
            "第 {line} 行第 {place} 个字处有无法识别的字符（{sign}），请删除后重新输入。",
            "There is a sign that cannot be read ({sign}) in line {line}, place {place}; please type it again.",
        ),
        "masked": Text(
            "这是遮蔽后的显示，不是原值；请填写完整内容，或保留原来这一行不作改动。",
            "This is the masked form, not the value; write it in full, or leave the stored row as it is.",
        ),
        "person_name": Text(
            "姓名为 2 至 50 个汉字或字母，可含间隔号“·”、空格、连字符和撇号，请按证件填写。",
            "A name has 2 to 50 Chinese characters or letters, with middle dot, space, hyphen or "
            "apostrophe between them; write it as on the identity document.",
        ),
        "code": Text(
            "代码由字母、数字、点、连字符或下划线组成，最多 {most} 位，请核对。",
            "A code has letters, digits, dots, hyphens or underscores, at most {most}; please check.",
        ),
        "bank_account": Text(
            "银行账号为 8 至 32 位数字，请对照存折或银行卡核对。",
            "A bank account has 8 to 32 digits; please compare it with the passbook or card.",
        ),
        "card_number": Text(
            "银行卡号的校验码不对，请对照卡面逐位核对；不是银行卡的，请填写存折或结算账户的账号。",
            "The check digit of the bank card is wrong; compare it with the card digit by digit. Where it is no card,"
            " give the account as the passbook or the bank writes it.",
        ),
        "bank_code": Text(
            "联行号（支付系统行号）为 12 位数字，请向开户银行核对。",
            "A bank code (联行号) has 12 digits; please ask the bank for it.",
        ),
        "not_for_the_public": Text(
            "此栏将向公众公示，不能出现{what}，请删去（单位固定电话只能写在异议受理单位和方式中）。",
            "This is shown to the public and contains {what}; take it out (an office's landline may stand only where"
            " objections go to).",
        ),
        "email": Text("邮箱地址请写成 name@example.org 的样子。", "Write a mail address like name@example.org."),
        "choice": Text("请从列出的选项中选择：{options}。", "Please choose one of: {options}."),
        "user": Text("请填写一名用户的编号或用户名。", "Please name a user by id or username."),
        "id": Text("请填写编号（UUID）。", "Please give an id (a UUID)."),
        "money_float": Text(
            '金额请写成 1234.50 的样子（`"1234.50"`，数字会丢失精度）。',
            'Write an amount like 1234.50 (`"1234.50"`: a number with decimals loses precision).',
        ),
        "money": Text(
            "金额以元为单位，只写数字，最多两位小数，例如 1234.50。",
            "An amount is in yuan, digits only, at most two decimals, such as 1234.50.",
        ),
        "money_range": Text(
            "金额应在 {least} 元至 {most} 元之间。", "The amount must be between {least} and {most} yuan."
        ),
        "day": Text(
            "日期请写成 2024-05-31 的样子，并且必须是存在的日子。",
            "Write a date like 2024-05-31; it must be a day that exists.",
        ),
        "day_range": Text("日期应在 {first} 至 {last} 之间。", "The date must be between {first} and {last}."),
        "day_future": Text("此日期不能晚于今天。", "This date may not be later than today."),
        "month": Text("月份请写成 2024-05 的样子。", "Write a month like 2024-05."),
        "month_future": Text("此月份不能晚于本月。", "This month may not be later than the current one."),
        "moment": Text(
            "时间请写成 2024-05-31T09:30:00+08:00 的样子，必须带时区。",
            "Write a time like 2024-05-31T09:30:00+08:00, with its offset.",
        ),
        "count": Text("请填写整数，不带引号和小数点。", "Give a whole number, without quotes or decimals."),
        "count_range": Text("数目应在 {least} 至 {most} 之间。", "The number must be between {least} and {most}."),
        "flag": Text("请填写是或否（true 或 false）。", "Answer true or false."),
        "too_few": Text("至少需要 {least} 行，请补充。", "At least {least} row(s) are needed; please add them."),
        "too_many": Text(
            "最多 {most} 行，请删减或分次提交。",
            "At most {most} rows are allowed; please remove some or submit in parts.",
        ),
    }
)


def fault(code: str, **parameters: Any) -> Fault:
    """The fault of a value, still without its place; `parameters` fill the sentence."""
    sentence = SENTENCES[code]
    return Fault("", code, sentence.with_(**parameters) if parameters else sentence)


def invalid(messages: Any) -> Invalid:
    """The refusal for marshmallow's nested messages: faults in the form's order, unknown fields last."""
    return Invalid(sorted(_placed(messages, ""), key=_unknown_last)[:MOST_FAULTS])


def _unknown_last(one: Fault) -> tuple[bool, str]:
    return (True, one.path) if one.code == "unknown" else (False, "")


def _placed(messages: Mapping[Any, Any] | Iterable[Fault], path: str) -> Iterator[Fault]:
    if not isinstance(messages, Mapping):
        yield from (replace(one, path=path) for one in messages)
        return
    for key, inner in messages.items():
        yield from _placed(inner, path if key == SCHEMA else join(path, speakable(str(key))))


def join(path: str, step: str | int) -> str:
    """The path of a field one step further in, such as `arrears` and `0` to `arrears.0`."""
    return f"{path}.{step}" if path else str(step)


def speakable(key: str) -> str:
    """A key from outside as it may be echoed: short, and without what no encoder or screen can show."""
    short = key if len(key) <= _LONGEST_KEY else key[:_LONGEST_KEY] + "…"
    return _UNSPEAKABLE.sub("\ufffd", short)
