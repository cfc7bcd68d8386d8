"""The first sheet of a workbook as text: what spreadsheets write is read, and nothing that would harm us."""

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from casework.work import workbooks
from casework.work.workbooks import LostDigits, NotAWorkbook, first_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def written(*rows: list[Any], date1904: bool = False) -> bytes:
    """A workbook with these rows on its first sheet, and something else on a second."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "date_1904": date1904}) as book:
        sheet = book.add_worksheet("回盘")
        day = book.add_format({"num_format": "yyyy/m/d"})
        yuan = book.add_format({"num_format": "[Red]#,##0.00_ "})
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, float):
                    sheet.write_number(row, column, cell, yuan)
                elif cell is not None:
                    sheet.write(row, column, cell)
        book.add_worksheet("另一页").write(0, 0, "不读")
    return file.getvalue()


def made(sheet: str, *, namespace: str = MAIN, **parts: str) -> bytes:
    """A workbook of these parts as another program might write it."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{namespace}" xmlns:r="{LINKS}"><sheets><sheet name="a" sheetId="1" r:id="r7"/></sheets>'
            "</workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r7" Target="/xl/worksheets/one.xml"/></Relationships>',
        )
        book.writestr("xl/worksheets/one.xml", sheet.format(f'xmlns="{namespace}"'))
        for name, content in parts.items():
            book.writestr(f"xl/{name}.xml", content)
    return file.getvalue()


@pytest.mark.parametrize("date1904", [False, True])
def test_texts_amounts_and_days_are_told_as_somebody_reads_them(date1904: bool) -> None:
    raw = written(
        ["账号", "金额", "日期", "序号"],
        ["06222020011112229999", 500.0, date(2026, 7, 6), 1],
        [],
        ["6222", 1234.56, date(2027, 1, 1), 20],
        date1904=date1904,
    )
    assert first_sheet(raw) == [
        (1, ["账号", "金额", "日期", "序号"]),
        (2, ["06222020011112229999", "500", "2026-07-06", "1"]),
        (4, ["6222", "1234.56", "2027-01-01", "20"]),
    ]


def test_cells_that_are_missing_leave_their_place_empty() -> None:
    assert first_sheet(written(["a", None, None, "d"], [None, "b"])) == [(1, ["a", "", "", "d"]), (2, ["", "b"])]


@pytest.mark.parametrize("namespace", [MAIN, STRICT])
def test_what_other_programs_write_is_read(namespace: str) -> None:
    sheet = (
        "<worksheet {}><sheetData><row><c t='inlineStr'><is><r><t>账</t></r><r><t>号</t></r>"
        "<rPh><t>x</t></rPh></is></c>"
        "<c t='str'><f>1</f><v>paid</v></c><c><v>0.30000000000000004</v></c><c t='s'><v>0</v></c><c/></row></sheetData>"
        "</worksheet>"
    )
    raw = made(sheet, namespace=namespace, sharedStrings="<sst><si><t>共用</t></si></sst>")
    assert first_sheet(raw) == [(1, ["账号", "paid", "0.3", "共用", ""])]


def test_a_number_whose_end_a_spreadsheet_has_lost_is_refused_with_its_row() -> None:
    with pytest.raises(LostDigits) as lost:
        first_sheet(written(["账号"], [6222020011112229]))
    assert lost.value.row == 2
    assert first_sheet(written([999_999_999_999_999])) == [(1, ["999999999999999"])]


ENTITY = "<!DOCTYPE a [<!ENTITY e 'x'>]><worksheet {}><row><c t='str'><v>&e;</v></c></row></worksheet>"


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04",
        b"",
        written(["a"])[:-40],
        made(ENTITY),
        made("<worksheet {}><row>"),
        made("<worksheet {}><row><c r='7'><v>1</v></c></row></worksheet>"),
        made("<worksheet {}><row><c r='ZZ7'><v>1</v></c></row></worksheet>"),
        made("<worksheet {}>" + "<row/>" * 20_001 + "</worksheet>"),
        made("<worksheet {}><row><c t='s'><v>3</v></c></row></worksheet>"),
    ],
)
def test_what_cannot_be_read_is_no_workbook(raw: bytes) -> None:
    with pytest.raises(NotAWorkbook):
        first_sheet(raw)


def test_what_unpacks_beyond_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = made("<worksheet {}>" + " " * 5000 + "</worksheet>")
    assert first_sheet(raw) == []
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 4096)
    with pytest.raises(NotAWorkbook):
        first_sheet(raw)
