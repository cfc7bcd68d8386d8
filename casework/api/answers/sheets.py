"""What taking in a table did or would do."""

from typing import Annotated

from casework.api.answers.members import First, Flag, Hash, Number, Shape, like, one_of, told
from casework.rules.text import Language, Text
from casework.work.sheets import EFFECTS, MOST_FAULTS, Report

Heading = Annotated[str, like("email")]


class TableLine(Shape):
    """What becomes of a line, and which columns change."""

    line: First
    key: Annotated[str, like("zhang", "用户名或者机构代码", "The user name, or the code of the organisation")]
    effect: Annotated[str, one_of(EFFECTS), like("changed")]
    columns: list[Heading]


class TableFault(Shape):
    """What is wrong on a line, in both languages; `column` is null where it is about the whole line."""

    line: First
    column: Heading | None
    code: Annotated[str, like("email")]
    text: Annotated[
        dict[str, str],
        like({"zh-CN": "此项必填，请填写后再提交。", "en": "This is required; please fill it in."}),
    ]
    sentence: Annotated[
        str,
        like(
            Text("第 3 行“姓名”：此项必填，请填写后再提交。", "Line 3, Name: This is required; please fill it in."),
            "连同位置的说明",
            "The sentence with its place",
        ),
    ]


class TableTakenIn(Shape):
    """What a table has changed, or would: with faults nothing is, and all of them are told."""

    preview: Annotated[Flag, told("仅为预览，未作更改", "Only a preview: nothing was changed")]
    added: Number
    changed: Number
    unchanged: Number
    digest: Annotated[
        Hash, told("表和库中内容的摘要，导入时交回", "Of the table and what is stored; given back when it is taken in")
    ]
    lines: Annotated[list[TableLine], told("有新增或更改的行", "The lines that add or change something")]
    faults: Annotated[list[TableFault], told("前 200 处差错", "The first 200 faults")]
    all_faults: Annotated[Number, told("差错总数", "How many faults there are")]


def taken_in(report: Report, language: Language, *, preview: bool) -> TableTakenIn:
    """What a table has changed, or would."""
    return TableTakenIn(
        preview=preview,
        added=report.count("added"),
        changed=report.count("changed"),
        unchanged=report.count("unchanged"),
        digest=report.digest,
        lines=[
            TableLine(one.number, one.key, one.effect, [column.name for column in one.columns])
            for one in report.lines
            if one.effect != "unchanged"
        ],
        faults=[
            TableFault(
                one.line,
                one.column.name if one.column else None,
                one.code,
                one.text.both(),
                one.told.in_(language),
            )
            for one in report.faults[:MOST_FAULTS]
        ],
        all_faults=len(report.faults),
    )
