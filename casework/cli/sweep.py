"""`casework sweep`: what time owes, now."""

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.work import overdue


@click.command("sweep")
@pass_console
def sweep(console: Console) -> None:
    """Raise the alerts that are due and take the transitions that time takes, as the scheduler does."""
    with working(console.settings) as service:
        swept = overdue.sweep(service)
    click.echo(f"alerts={swept.alerts} transitions={swept.transitions}")
