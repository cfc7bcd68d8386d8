"""Tables that are taken in and given out whole: people, profiles of helpers, organisations.

A table has a line for each, under headings in Chinese or English. What is taken in is done as by hand, line by line and
by the same verbs; one fault anywhere, and nothing is changed. A preview does all of it and takes it back, so that it
tells what will be.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar, Final, Literal

from casework.forms.validation_errors import SENTENCES
from casework.rules import folding
from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotNow, NotYours, Refusal
from casework.rules.text import Language, Text
from casework.work.service import Transaction
from casework.work.sheet_cells import TEXT, Cell
from casework.work.sheet_files import BadTable, Lines, Table

MOST_LINES: Final = 5_000
MOST_CHANGES: Final = 200
"""So many lines of a table may add or change something: each takes the statements that it takes by hand."""
TABLE: Final = Table(655_360, 2_000, most_unpacked=6 * 1_048_576)
"""How large a table may be: 640 KB, of which no cell has more than 2,000 characters."""
MOST_FAULTS: Final = 200

Effect = Literal["added", "changed", "unchanged"]
EFFECTS: Final[Mapping[Effect, Text]] = {
    "added": Text("新增", "added"),
    "changed": Text("更改", "changed"),
    "unchanged": Text("不变", "unchanged"),
}
_NOT_YOURS: Final = Text(
    "只有管理员可以导入、导出名册。", "Only administrators take tables in and out of people and organisations."
)
_UNREADABLE: Final = Text("文件不能读取：{why}。", "The file cannot be read: {why}.")
_EMPTY: Final = Text(
    "表中没有内容，请在首行标题之下每行填写一项", "nothing stands below the headings of the first line"
)
_TOO_MANY: Final = Text(
    "超过 {most} 行，请分成几份导入", "it has more than {most} lines; make it several and take in one after the other"
)
_TOO_MANY_CHANGES: Final = Text(
    "超过 {most} 行有新增、更改或者差错，请分成几份导入",
    "more than {most} of its lines add or change something or have faults; make it several",
)
_UNKNOWN: Final = Text(
    "首行有不认识的列“{column}”；可用的列：{columns}", "{column} of the first line is no column; there are {columns}"
)
_REPEATS: Final = Text("首行有两列都是“{column}”，请只保留一列", "two columns of the first line are {column}; keep one")
_NO_KEY: Final = Text("首行缺少“{column}”列", "the first line lacks the column {column}")
_BESIDE: Final = Text("第 {line} 行在没有标题的列中有内容", "line {line} has something in a column without a heading")
_TWICE: Final = Text("与第 {line} 行重复。", "The same as line {line}.")
_CHANGED_SINCE: Final = Text(
    "预览之后，文件或者库中的内容有变化，未作任何更改；请重新预览，核对后再导入。",
    "The file, or what is stored, has changed since the preview, and nothing was done; preview it again.",
)
_AT_LINE: Final = Text("第 {line} 行：{text}", "Line {line}: {text}")
_AT_CELL: Final = Text("第 {line} 行“{column}”：{text}", "Line {line}, {column}: {text}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field that it fills, its heading, and its cells.

    An empty cell takes away what was there and leaves `empty`, but where this is `...`: there it says nothing, or is a
    fault of what is `required`.
    """

    name: str
    title: Text
    cell: Cell = TEXT
    empty: Any = ...
    required: bool = False


class Sheet(ABC):
    """What is kept in a table: its columns, the first of which names whom or what a line is about."""

    name: ClassVar[str]
    title: ClassVar[Text]
    columns: ClassVar[tuple[Column, ...]]

    @abstractmethod
    def hold(self, tx: Transaction, keys: Collection[str]) -> None:
        """Keep others from changing these until the end."""

    @abstractmethod
    def present(self, tx: Transaction, scope: str, keys: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Return what is there at and below a path by its key, with a JSON value for each column; of some keys only."""

    @abstractmethod
    def check(self, tx: Transaction, given: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        """Return the given values as they are stored; raises `Invalid`."""

    @abstractmethod
    def add(self, tx: Transaction, scope: str, said: Mapping[str, Any]) -> None:
        """Add one; raises a refusal."""

    @abstractmethod
    def change(self, tx: Transaction, scope: str, key: str, said: Mapping[str, Any]) -> None:
        """Change of one what is said; raises a refusal."""

    def read_key(self, said: str) -> str:
        """The key as it is kept."""
        return folding.typed(said)


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of a line: whom or what it is about, and which columns change."""

    number: int
    key: str
    effect: Effect
    columns: Sequence[Column] = ()


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong on a line, and in which column where it is one."""

    line: int
    column: Column | None
    code: str
    text: Text

    @property
    def told(self) -> Text:
        """The whole sentence with its place."""
        if self.column is None:
            return _AT_LINE.with_(line=self.line, text=self.text)
        return _AT_CELL.with_(line=self.line, column=self.column.title, text=self.text)


@dataclass(frozen=True, slots=True)
class Report:
    """What taking a table in did or would do; `digest` is that of the table and of what is stored."""

    lines: Sequence[Line]
    faults: Sequence[LineFault]
    digest: str

    def count(self, effect: Effect) -> int:
        """How many lines have this effect."""
        return sum(line.effect == effect for line in self.lines)


def take_in(tx: Transaction, sheet: Sheet, raw: bytes, *, preview: bool, digest: str | None = None) -> Report:
    """Return what the table does, done unless it is a preview; a preview tells of faults, too.

    `digest` is that of the preview which was looked at. Raises `NotYours`, `Invalid` for what is no such table or has
    faults, and `NotNow` where something is other than at the preview.
    """
    scope = scope_of(tx)
    rows = [(number, sheet.read_key(key), given) for number, key, given in rows_of(sheet.columns, raw)]
    sheet.hold(tx, [key for _, key, _ in rows])
    before = sheet.present(tx, scope, [key for _, key, _ in rows])
    seen = _digest(sheet, rows, before)
    if digest is not None and digest != seen:
        raise NotNow(_CHANGED_SINCE)
    lines: list[Line] = []
    faults: list[LineFault] = []
    with tx.db.taken_back() if preview else tx.db.all_or_none():
        done: dict[str, int] = {}
        busy = 0
        for number, key, given in rows:
            try:
                if key in done:
                    twice = Fault(sheet.columns[0].name, "twice", _TWICE.with_(line=done[key]))
                    raise Invalid([twice])
                done[key] = number
                line = _done(tx, sheet, scope, (number, key, given), before.get(key))
                lines.append(line)
                busy += line.effect != "unchanged"
            except Refusal as wrong:
                faults += _faults_of(sheet, number, wrong)
                busy += 1
            if busy > MOST_CHANGES:
                raise _unreadable("too_many", _TOO_MANY_CHANGES.with_(most=MOST_CHANGES))
        if faults and not preview:
            raise Invalid(
                [
                    Fault(f"{one.line}.{one.column.name if one.column else ''}", one.code, one.told)
                    for one in faults[:MOST_FAULTS]
                ]
            )
    return Report(lines, faults, seen)


def given_out(tx: Transaction, sheet: Sheet, language: Language, *, empty: bool = False) -> list[list[str]]:
    """Return the cells of the table as it stands, headings first, or of one to be filled in; raises `NotYours`."""
    scope = scope_of(tx)
    present = {} if empty else sheet.present(tx, scope)
    return cells_of(sheet.columns, present.values(), language)


def cells_of(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], language: Language) -> list[list[str]]:
    """Return the headings, and the cells of each row."""
    titles = [column.title.in_(language) for column in columns]
    return [titles, *([_cell(column, row[column.name], language) for column in columns] for row in rows)]


def scope_of(tx: Transaction) -> str:
    """The path below which the caller manages people and organisations: everything for the operator."""
    if tx.actor is None:
        return ""
    if tx.person.role is not Role.ADMINISTRATOR:
        raise NotYours(_NOT_YOURS)
    return tx.person.org_path


def _cell(column: Column, value: Any, language: Language) -> str:
    return "" if value is None else column.cell.write(value, language)


def _lines(raw: bytes) -> Lines:
    try:
        return TABLE.lines(raw)
    except BadTable as wrong:
        raise _unreadable("unreadable", wrong.text) from wrong


def _unreadable(code: str, why: Text) -> Invalid:
    return Invalid([Fault("file", code, _UNREADABLE.with_(why=why))])


def rows_of(columns: Sequence[Column], raw: bytes) -> list[tuple[int, str, dict[str, Any]]]:
    """Return the number, the key and the given values of each line that has something; raises `Invalid`.

    The first of the columns has the key.
    """
    written = [
        (number, [cell.strip() for cell in cells]) for number, cells in _lines(raw) if any(map(str.strip, cells))
    ]
    if len(written) < 2:
        raise _unreadable("empty", _EMPTY)
    if len(written) > MOST_LINES + 1:
        raise _unreadable("too_many", _TOO_MANY.with_(most=MOST_LINES))
    found = _columns(columns, written[0][1])
    rows = []
    for number, cells in written[1:]:
        beside = [cell for cell, column in zip_longest(cells, found) if cell and column is None]
        if beside:
            raise _unreadable("no_heading", _BESIDE.with_(line=number))
        given = dict(_given(found, cells + [""] * (len(found) - len(cells))))
        rows.append((number, str(given.get(columns[0].name, "")), given))
    return rows


def _columns(columns: Sequence[Column], titles: Sequence[str]) -> list[Column | None]:
    known = {folding.key(word): one for one in columns for word in (one.name, one.title.zh, one.title.en)}
    found: list[Column | None] = []
    for title in titles:
        column = known.get(folding.key(title.removeprefix("'"))) if title else None
        if title and column is None:
            there = Text("、".join(c.title.zh for c in columns), ", ".join(c.title.en for c in columns))
            raise _unreadable("unknown_column", _UNKNOWN.with_(column=title[:40], columns=there))
        if column is not None and column in found:
            raise _unreadable("repeated_column", _REPEATS.with_(column=column.title))
        found.append(column)
    if columns[0] not in found:
        raise _unreadable("no_key", _NO_KEY.with_(column=columns[0].title))
    return found


def _given(columns: Sequence[Column | None], cells: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What the cells say; `None` where a required one is empty."""
    for column, cell in zip(columns, cells, strict=False):
        # The quotation mark keeps spreadsheets from taking a cell for a number or a formula.
        said = cell.removeprefix("'")
        if column is None:
            continue
        if said:
            yield column.name, column.cell.read(said)
        elif column.required:
            yield column.name, None
        elif column.empty is not ...:
            yield column.name, column.empty


def _done(
    tx: Transaction,
    sheet: Sheet,
    scope: str,
    row: tuple[int, str, Mapping[str, Any]],
    before: Mapping[str, Any] | None,
) -> Line:
    number, key, given = row
    missing = [name for name, value in given.items() if value is None and _column(sheet, name).required]
    if missing:
        raise Invalid([Fault(name, "required", SENTENCES["required"]) for name in missing])
    if before is None:
        said = sheet.check(tx, given, new=True)
        sheet.add(tx, scope, said)
        return Line(number, key, "added", [one for one in sheet.columns[1:] if said.get(one.name) not in (None, [])])
    own = sheet.columns[0].name
    other = {name: value for name, value in given.items() if name != own and value != before[name]}
    said = sheet.check(tx, other, new=False) if other else {}
    said = {name: value for name, value in said.items() if value != before[name]}
    if not said:
        return Line(number, key, "unchanged")
    sheet.change(tx, scope, key, said)
    return Line(number, key, "changed", [one for one in sheet.columns if one.name in said])


def _column(sheet: Sheet, name: str) -> Column:
    return next(one for one in sheet.columns if one.name == name)


def _faults_of(sheet: Sheet, number: int, refusal: Refusal) -> list[LineFault]:
    if not isinstance(refusal, Invalid):
        return [LineFault(number, None, refusal.code, refusal.text)]
    known = {one.name: one for one in sheet.columns}
    return [
        LineFault(number, known.get(fault.path.partition(".")[0]), fault.code, fault.text) for fault in refusal.faults
    ]


def _digest(sheet: Sheet, rows: Sequence[Any], before: Mapping[str, Any]) -> str:
    said = json.dumps([sheet.name, rows, before], sort_keys=True, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
