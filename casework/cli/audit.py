"""`casework audit`: who administered what, and whether the records say what happened."""

import json

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.records import admin_events
from casework.rules.text import Text

_TITLES = (
    Text("序号", "No."),
    Text("时间", "At"),
    Text("操作人", "Who"),
    Text("事项", "What"),
    Text("对象", "Of"),
    Text("内容", "Content"),
)
_OPERATOR = Text("本机操作人", "operator")


@click.group("audit")
def audit() -> None:
    """What was administered, and proof of what was recorded."""


@audit.command("log")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="So many, the newest first.")
@pass_console
def log(console: Console, last: int) -> None:
    """Show who changed people, organisations, channels, rules and keys."""
    with working(console.settings) as service, service.transaction() as tx:
        found = admin_events.page(tx.db, "", last)
    rows: list[tuple[object, ...]] = [
        (
            row.seq,
            row.at.astimezone(console.settings.office.zone).isoformat(sep=" ", timespec="seconds"),
            row.username or _OPERATOR.in_(console.language),
            row.kind,
            row.subject,
            json.dumps(row.payload, ensure_ascii=False),
        )
        for row in found
    ]
    console.table(_TITLES, rows)
