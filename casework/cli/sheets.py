"""`import` and `export` of tables: commands of `casework user` and of `casework profile`."""

from pathlib import Path
from typing import Final

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.cli.people import user
from casework.cli.rules import FILE
from casework.http.spreadsheets import file_of
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work.people_sheet import PEOPLE, PROFILES
from casework.work.service import Transaction
from casework.work.sheets import EFFECTS, TABLE, Report, Sheet, given_out, take_in

_TITLES: Final = (
    Text("行", "Line"),
    Text("名称", "Of"),
    Text("结果", "Effect"),
    Text("列", "Columns"),
)
_DONE: Final = Text(
    "已导入：新增 {added}，更改 {changed}，不变 {unchanged}。",
    "Taken in. Added: {added}, changed: {changed}, unchanged: {unchanged}.",
)
_WOULD_DO: Final = Text(
    "将新增 {added}，更改 {changed}，不变 {unchanged}；未作任何更改。",
    "To be added: {added}, changed: {changed}, unchanged: {unchanged}. Nothing has been changed.",
)
_WRITTEN: Final = Text("已导出 {lines} 行到 {file}。", "Lines written to {file}: {lines}.")


@click.group("profile")
def profile() -> None:
    """The profiles of lawyers and volunteers."""


def import_of(sheet: Sheet) -> click.Command:
    """The command that takes in this table."""

    @click.command(
        "import",
        help=f"Take in FILE, CSV or XLSX, all lines of it or none: {sheet.title.en.lower()}, under headings in Chinese"
        f" or English: {', '.join(column.title.en for column in sheet.columns)}. `export --empty` writes such a file.",
    )
    @click.argument("file", type=FILE)
    @click.option("--preview", is_flag=True, help="Only show what would change.")
    @pass_console
    def take(console: Console, file: Path, preview: bool) -> None:
        with working(console.settings) as service, service.transaction() as tx:
            report = _taken(tx, sheet, file, preview=preview)
        _tell(console, report, preview=preview)

    return take


def export_of(sheet: Sheet) -> click.Command:
    """The command that gives out this table."""

    @click.command(
        "export", help=f"Write to FILE, named .csv or .xlsx: {sheet.title.en.lower()}, as `import` takes it."
    )
    @click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
    @click.option("--empty", is_flag=True, help="Only the headings, to be filled in.")
    @pass_console
    def give(console: Console, file: Path, empty: bool) -> None:
        with working(console.settings) as service, service.transaction() as tx:
            rows = given_out(tx, sheet, console.language, empty=empty)
        write_table(console, file, rows)

    return give


def write_table(console: Console, file: Path, rows: list[list[str]]) -> None:
    """Write the rows, headings first, as the kind of file that its name says."""
    made = file_of(rows, "xlsx" if file.suffix.lower() == ".xlsx" else "csv")
    file.write_bytes(made if isinstance(made, bytes) else made.encode())
    console.tell(_WRITTEN, lines=len(rows) - 1, file=file.name)


def _taken(tx: Transaction, sheet: Sheet, file: Path, *, preview: bool) -> Report:
    """What it did or would do; raises `Invalid` with every fault, its place in its sentence."""
    with file.open("rb") as opened:
        raw = opened.read(TABLE.most_bytes + 1)
    try:
        report = take_in(tx, sheet, raw, preview=preview)
    except Invalid as wrong:
        raise Invalid([Fault(file.name, fault.code, fault.text) for fault in wrong.faults]) from wrong
    if report.faults:
        raise Invalid([Fault(file.name, fault.code, fault.told) for fault in report.faults])
    return report


def _tell(console: Console, report: Report, *, preview: bool) -> None:
    lines = [line for line in report.lines if line.effect != "unchanged"]
    if lines:
        between = Text("、", ", ").in_(console.language)
        console.table(
            _TITLES,
            [
                (line.number, line.key, EFFECTS[line.effect].in_(console.language),
                 between.join(column.title.in_(console.language) for column in line.columns))
                for line in lines
            ],
        )  # fmt: skip
    counts = {effect: report.count(effect) for effect in EFFECTS}
    console.tell(_WOULD_DO if preview else _DONE, **counts)


for _group, _sheet in ((user, PEOPLE), (profile, PROFILES)):
    _group.add_command(import_of(_sheet))
    _group.add_command(export_of(_sheet))
