"""The first sheet of a workbook (XLSX) as text: a zip of XML, read with what Python has and with nothing else trusted.

Sources: ECMA-376 part 1, 18.3 (cells), 18.4 (shared strings), 18.8.30 (formats of numbers).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from posixpath import join, normpath
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from zipfile import BadZipFile, ZipFile
from zlib import error as BadStream

MOST_UNPACKED: Final = 16 * 1_048_576
"""The most that what is read of a workbook may come to once it is unpacked, in bytes."""

_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 200
_DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_FIRST_DAY: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_MOST_DAYS: Final = 2_958_465
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number; of what is longer the end is lost."""
_NOT_OF_A_DATE: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


class NotAWorkbook(ValueError):
    """What was given is no workbook that can be read."""


class LostDigits(ValueError):
    """A number of the sheet is longer than spreadsheets keep; `row` says where, counted from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


class _Plain(TreeBuilder):
    """A tree of XML without a document type: with it would come entities, which no workbook has."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise NotAWorkbook("a document type")


def first_sheet(raw: bytes, most_unpacked: int | None = None) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, each as the texts of its cells; days as 2026-07-06.

    All parts that are read come to `most_unpacked` bytes at most, `MOST_UNPACKED` unless said.
    Raises `NotAWorkbook`, and `LostDigits` where a number has more digits than a spreadsheet keeps.
    """
    try:
        with ZipFile(BytesIO(raw)) as file:
            return _Workbook(file, MOST_UNPACKED if most_unpacked is None else most_unpacked).rows()
    # A way of packing that Python does not know, or a part under a password, is a RuntimeError.
    except (BadZipFile, BadStream, ParseError, KeyError, IndexError, ValueError, RuntimeError) as no:
        if isinstance(no, LostDigits):
            raise
        raise NotAWorkbook(str(no)) from no


class _Workbook:
    """A workbook that is being read; what is missing in it ends in an error of Python."""

    def __init__(self, file: ZipFile, most_unpacked: int) -> None:
        self.file = file
        self.left = most_unpacked
        book = self._part("xl/workbook.xml")
        self.from_1904 = any(one.get("date1904") in ("1", "true") for one in _all(book, "workbookPr"))
        sheet = next(_all(book, "sheet"))
        wanted = next(value for name, value in sheet.attrib.items() if _local(name) == "id")
        links = {one.get("Id"): one for one in _all(self._part("xl/_rels/workbook.xml.rels"), "Relationship")}
        target = links[wanted].attrib["Target"]
        self.sheet = normpath(target.lstrip("/") if target.startswith("/") else join("xl", target))
        names = set(file.namelist())
        self.shared = self._shared() if "xl/sharedStrings.xml" in names else []
        self.dates = self._dates() if "xl/styles.xml" in names else frozenset()

    def rows(self) -> list[tuple[int, list[str]]]:
        """The rows that the sheet has, from the first on."""
        found: list[tuple[int, list[str]]] = []
        for row in _all(self._part(self.sheet), "row"):
            number = int(row.get("r") or (found[-1][0] + 1 if found else 1))
            cells: list[str] = []
            for cell in _all(row, "c"):
                place = _column(cell.get("r")) if cell.get("r") else len(cells)
                if place >= _MOST_COLUMNS:
                    raise NotAWorkbook(f"more than {_MOST_COLUMNS} columns")
                cells.extend([""] * (place - len(cells)))
                cells.append(self._told(cell, number))
            found.append((number, cells))
            if len(found) > _MOST_ROWS:
                raise NotAWorkbook(f"more than {_MOST_ROWS} rows")
        return found

    def _part(self, name: str) -> Element:
        with self.file.open(name) as part:
            raw = part.read(self.left + 1)
        self.left -= len(raw)
        if self.left < 0:
            raise NotAWorkbook(f"{name} is too large")
        parser = XMLParser(target=_Plain())
        parser.feed(raw)
        tree: Element = parser.close()
        return tree

    def _shared(self) -> list[str]:
        return [_text(one) for one in _all(self._part("xl/sharedStrings.xml"), "si")]

    def _dates(self) -> frozenset[int]:
        """The styles of cells that show a number as a day."""
        styles = self._part("xl/styles.xml")
        own = {
            int(one.attrib["numFmtId"]): bool(
                re.search("[yd年日]", _NOT_OF_A_DATE.sub("", one.attrib["formatCode"]), re.IGNORECASE)
            )
            for one in _all(styles, "numFmt")
        }
        chosen = (int(one.get("numFmtId", 0)) for xfs in _all(styles, "cellXfs") for one in _all(xfs, "xf"))
        return frozenset(place for place, of in enumerate(chosen) if own.get(of, of in _DATE_FORMATS))

    def _told(self, cell: Element, row: int) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell)
        value = next((one.text or "" for one in _all(cell, "v")), "")
        if kind == "s":
            return self.shared[int(value)]
        if kind != "n" or not value:
            return value
        number = float(value)
        if abs(number) >= _EXACT:
            raise LostDigits(row)
        if int(cell.get("s", 0)) in self.dates and 0 < number <= _MOST_DAYS:
            return (_FIRST_DAY[self.from_1904] + timedelta(days=int(number))).isoformat()
        # What a formula adds up may be off in the last of its digits.
        return f"{round(number, 6):f}".rstrip("0").rstrip(".")


def _all(tree: Element, name: str) -> Iterator[Element]:
    """The elements of this name, in whichever namespace the program that wrote them has them."""
    return (one for one in tree.iter() if _local(one.tag) == name)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text(string: Element) -> str:
    """A string that may be in pieces of several looks; the reading of its characters (`rPh`) is left out."""
    if _local(string.tag) == "rPh":
        return ""
    own = string.text or "" if _local(string.tag) == "t" else ""
    return own + "".join(_text(one) for one in string)


def _column(reference: str | None) -> int:
    """The place of a cell in its row, from 0: B7 is 1."""
    letters = re.match("[A-Z]{1,3}", reference or "")
    if letters is None:
        raise NotAWorkbook(f"a cell {reference}")
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
