"""`casework org`: the tree of organisations, and the calendar by which each counts."""

from pathlib import Path
from typing import Any

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.cli.moved_clocks import progress_on, tell_moved, tell_preview
from casework.cli.rules import FILE
from casework.cli.sheets import write_table
from casework.records import offices
from casework.rules.refusals import Invalid
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work import org_sheet, organisations
from casework.work.org_sheet import OrgTable
from casework.work.organisations import Given
from casework.work.sheets import TABLE

_TITLES = (
    Text("代码", "Code"),
    Text("名称", "Name"),
    Text("层级", "Kind"),
    Text("行政区划", "Region"),
    Text("日历", "Calendar"),
)
_INHERITED = Text("{key}（随上级）", "{key} (from above)")
_LOADED = Text("新增机构 {added} 个，更改 {changed} 个。", "Organisations added: {added}, changed: {changed}.")
_WOULD_LOAD = Text(
    "将新增机构 {added} 个，更改 {changed} 个。", "Organisations that would be added: {added}, changed: {changed}."
)


@click.group("org")
def org() -> None:
    """The organisations of the union."""


@org.command("list")
@pass_console
def list_orgs(console: Console) -> None:
    """List the tree from the root down, each organisation with the calendar by which it counts."""
    with working(console.settings) as service, service.transaction() as tx:
        found = offices.all_orgs(tx.db)
    rows: list[tuple[object, ...]] = [
        (
            "  " * (row.path.count("/") - 1) + row.code,
            row.name,
            organisations.KINDS[row.kind].in_(console.language),
            row.region,
            _calendar(console, row),
        )
        for row in found.values()
    ]
    console.table(_TITLES, rows)


def _calendar(console: Console, row: Any) -> str:
    return str(row.calendar) if row.own_calendar else _INHERITED.in_(console.language, key=row.calendar)


@org.command("example")
def example() -> None:
    """Print an example of the file that is loaded, with what each word means."""
    click.echo((ROOT / "config" / "examples" / "organisations.toml").read_text(encoding="utf-8"), nl=False)


@org.command("load")
@click.argument("file", type=FILE)
@click.option("--preview", is_flag=True, help="Only show what would change, and the running clocks that would move.")
@pass_console
def load(console: Console, file: Path, preview: bool) -> None:
    """Load the [[org]] rows of a TOML file, all of them or none.

    A row has `code`, `name`, `kind` (province, city, county, street or enterprise), `parent`, `region` where the code
    does not begin with it, and `calendar` where it does not count by that of the organisation above. `phone`,
    `address` and `seal_name` stand in its letters. Running clocks are derived anew where the calendar is another.
    `casework org example` prints such a file (config/examples/organisations.toml) to begin with.
    """
    _load(console, file, preview)


@org.command("import")
@click.argument("file", type=FILE)
@click.option("--preview", is_flag=True, help="Only show what would change, and the running clocks that would move.")
@pass_console
def take(console: Console, file: Path, preview: bool) -> None:
    """Load a table, CSV or XLSX, all lines of it or none: what `org load` does with a line for each organisation.

    `casework org export` writes such a table. A column that is not there stays as it is; an empty cell of a calendar,
    telephone, address or seal takes it away. Code, kind, region and the organisation above of a known one stay.
    """
    with file.open("rb") as opened:
        raw = opened.read(TABLE.most_bytes + 1)
    table = OrgTable(file.name, raw)
    try:
        _load(console, table.given, preview)
    except Invalid as wrong:
        raise table.placed(wrong) from wrong


@org.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--empty", is_flag=True, help="Only the headings, to be filled in.")
@pass_console
def give(console: Console, file: Path, empty: bool) -> None:
    """Write the organisations to FILE, named .csv or .xlsx, as `import` takes them."""
    with working(console.settings) as service, service.transaction() as tx:
        rows = org_sheet.table_of(tx.db, console.language, empty=empty)
    write_table(console, file, rows)


def _load(console: Console, given: Path | Given, preview: bool) -> None:
    with working(console.settings) as service:
        if preview:
            with service.transaction() as tx:
                done = organisations.preview(tx.db, given)
        else:
            done = organisations.load(service, given, progress_on(console))
    console.tell(_WOULD_LOAD if preview else _LOADED, added=len(done.added), changed=len(done.changed))
    if preview:
        tell_preview(console, done.moved, console.settings.office.zone)
    else:
        tell_moved(console, done.moved)
