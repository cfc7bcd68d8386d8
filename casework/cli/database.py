"""`casework database` and `casework roles`: migrations, and the rights that they need."""

import click

from casework.app import MIGRATIONS
from casework.cli.console import Console, pass_console
from casework.cli.installation import installed, told
from casework.records.database import APPLICATION, OWNER
from casework.records.upgrade import as_script, make_roles, needed, newest
from casework.rules.text import Text

_UP_TO_DATE = Text("数据库的版本是 {found}，为最新。", "The database has version {found}, the newest.")
_ROLES = Text(
    "角色 {owner} 和 {application} 已就绪，可以运行 casework database upgrade。",
    "The roles {owner} and {application} are ready; casework database upgrade may run.",
)


@click.group("database")
def database() -> None:
    """Bring the database to the version of this program."""


@database.command("upgrade")
@pass_console
def upgrade(console: Console) -> None:
    """Migrate to the newest version, and load the calendars and policies of config/ that are not there yet."""
    with installed(console.settings) as installation:
        installation.bring_up_to_date()
        console.tell(_UP_TO_DATE, found=installation.look().version)


@database.command("status")
@pass_console
def status(console: Console) -> None:
    """Say which version the database has and which is the newest; nothing is changed."""
    with installed(console.settings) as installation:
        look, wanted = installation.look(), newest(MIGRATIONS)
        if look.version == wanted:
            console.tell(_UP_TO_DATE, found=wanted)
        else:
            console.tell(told(look, wanted))


@click.command("roles")
@click.option("--member", "members", multiple=True, metavar="LOGIN", help="Another login, that works as the service.")
@click.option("--sql", is_flag=True, help="Print what is lacking for a database administrator, and change nothing.")
@pass_console
def roles(console: Console, members: tuple[str, ...], sql: bool) -> None:
    """Make the two database roles, the schema and the memberships of the login, once for a database.

    Where the login may not do that, it prints all that a database administrator has to run.
    """
    with installed(console.settings) as installation:
        if sql:
            click.echo(as_script(needed(installation.owner_url, members)))
            return
        make_roles(installation.owner_url, members=members)
    console.tell(_ROLES, owner=OWNER, application=APPLICATION)
