"""`casework database`: migrations."""

import click

from casework.app import MIGRATIONS
from casework.cli.console import Console, pass_console
from casework.cli.installation import installed
from casework.records.upgrade import newest
from casework.rules.text import Text

_UP_TO_DATE = Text("数据库的版本是 {found}，为最新。", "The database has version {found}, the newest.")
_BEHIND = Text(
    "数据库的版本是 {found}，最新的是 {wanted}；请运行 casework database upgrade。",
    "The database has version {found}, the newest is {wanted}; run casework database upgrade.",
)
_EMPTY = Text("空", "none")


@click.group("database")
def database() -> None:
    """Bring the database to the version of this program."""


@database.command("upgrade")
@pass_console
def upgrade(console: Console) -> None:
    """Migrate to the newest version, and load the calendars and policies of config/ that are not there yet."""
    with installed(console.settings) as installation:
        installation.bring_up_to_date()
        console.tell(_UP_TO_DATE, found=installation.version())


@database.command("status")
@pass_console
def status(console: Console) -> None:
    """Say which version the database has and which is the newest; nothing is changed."""
    with installed(console.settings) as installation:
        found, wanted = installation.version(), newest(MIGRATIONS)
        console.tell(_UP_TO_DATE if found == wanted else _BEHIND, found=found or _EMPTY, wanted=wanted)
