"""Tables of people and of profiles, taken in whole or not at all, and given out in the same form."""

from collections.abc import Mapping
from typing import Final

from casework.api.answers.sheets import TableTakenIn, taken_in
from casework.api.endpoint import Answer, Call, Content, Endpoint
from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Word
from casework.http.spreadsheets import XLSX, file_of, headers_of
from casework.rules.text import Text
from casework.work.people_sheet import PEOPLE, PROFILES
from casework.work.sheets import Sheet, given_out, take_in

_TABLES: Final[Mapping[str, Sheet]] = {"users": PEOPLE, "profiles": PROFILES}
_FILE: Final = Content(
    "NewTable",
    {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "type": "string",
                "contentMediaType": "application/octet-stream",
                "description": Text(
                    "CSV（UTF-8 或 GB18030）或者 XLSX，首行为中文或英文标题；"
                    "不超过 640 KB、5000 行，其中有变化的不超过 200 行",
                    "CSV (UTF-8 or GB18030) or XLSX with headings in Chinese or English; at most 640 KB, 5,000 lines,"
                    " of which 200 change something",
                ),
            }
        },
        "examples": [{"file": "people.csv"}],
    },
    ("multipart/form-data",),
)
_TABLE: Final = Content("Table", {"type": "string", "format": "binary", "examples": ["…"]}, ("text/csv", XLSX))
_ALL_OR_NONE: Final = Text(
    "逐行办理，与逐个修改相同；有一处差错则全部不导入，并按行、列说明。preview=true 只说明将有哪些变化；"
    "交回预览的 digest，其后表或者库中内容有变化的，不导入（409）。",
    "Each line is done as by hand; with one fault anywhere nothing is, and each is told by line and column."
    " preview=true only tells what would change; with the digest of a preview the table is refused (409) where it or"
    " what is stored has changed since.",
)


class TakeIn(Form):
    """Whether it is only looked at, and what was looked at before."""

    preview = Flag(title=Text("仅预览", "Only a preview"), example=True)
    digest = Word(most=64, title=Text("预览时的摘要", "The digest of the preview"), example="9f" * 32)


class GiveOut(Form):
    """The kind of file, and whether it is one to be filled in."""

    format = Choice({"csv": Text("CSV", "CSV"), "xlsx": Text("XLSX", "XLSX")}, title=Text("格式", "Format"))
    empty = Flag(title=Text("空表", "Without lines"), example=False)


def _declare(name: str, sheet: Sheet) -> None:
    def take(call: Call) -> Answer:
        """What the table has changed, or would."""
        assert call.upload is not None
        preview = bool(call.query.get("preview"))
        report = take_in(call.tx, sheet, call.upload.contents, preview=preview, digest=call.query.get("digest"))
        return Answer(taken_in(report, call.tx.language, preview=preview))

    def give(call: Call) -> Answer:
        """The table as it stands, with headings in the caller's language."""
        kind = call.query.get("format", "csv")
        rows = given_out(call.tx, sheet, call.tx.language, empty=call.query.get("empty", False))
        return Answer(text=file_of(rows, kind), headers=headers_of(name, kind))

    Endpoint(
        "POST",
        f"/{name}/import",
        Text("导入：{title}", "Take in a table: {title}").with_(title=sheet.title),
        answer=TableTakenIn,
        body=_FILE,
        query=TakeIn,
        takes_file=True,
        refuses=(403, 409),
        note=_ALL_OR_NONE,
    )(take)
    Endpoint(
        "GET",
        f"/{name}/export",
        Text("导出：{title}", "Give out a table: {title}").with_(title=sheet.title),
        answer=_TABLE,
        query=GiveOut,
        refuses=(403,),
    )(give)


for _name, _sheet in _TABLES.items():
    _declare(_name, _sheet)
