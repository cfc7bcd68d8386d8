"""`casework report`: figures for whoever runs the installation, who sees every organisation."""

import json
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import click

from casework.cli.console import Console, Instant, instant_in, pass_console
from casework.cli.installation import working
from casework.rules.people import Actor, Person, Role
from casework.rules.text import Text
from casework.work import reports, sampling
from casework.work.report_table import as_table

# Every organisation's path begins with the empty one.
OPERATOR: Final = Actor(Role.SUPERVISOR, Person(UUID(int=0), "operator", "operator", Role.SUPERVISOR, org_path=""))


class Words(click.ParamType[tuple[str, ...]]):
    """Words with commas between them."""

    name = "a,b"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The words, without blanks."""
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


@click.group("report")
def report() -> None:
    """Figures."""


@report.command("sla")
@click.option("--from", "start", type=Instant(), required=True, help="Clocks started from this day or time on …")
@click.option("--to", "end", type=Instant(), required=True, help="… and before this one.")
@click.option("--group-by", type=Words(), default=(), help="Some of workflow, org, clock, month, owner.")
@click.option("--org", metavar="CODE", help="Only this organisation and those below it.")
@click.option("--workflow", metavar="KEY", help="Only this workflow.")
@click.option("--owed-by", type=Words(), default=reports.OFFICE_AND_HELPERS, help="office, helper, applicant, outside.")
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
@pass_console
def sla(
    console: Console,
    start: date | datetime,
    end: date | datetime,
    group_by: tuple[str, ...],
    org: str | None,
    workflow: str | None,
    owed_by: tuple[str, ...],
    shape: Literal["table", "json"],
) -> None:
    """The SLA report: which clocks were kept, and which were not."""
    zone = console.settings.office.zone
    with working(console.settings) as service, service.transaction(OPERATOR) as tx:
        answer = reports.sla(
            tx,
            start=instant_in(zone, start),
            end=instant_in(zone, end),
            group_by=group_by,
            org=org,
            workflow=workflow,
            owed_by=owed_by,
        )
    told = (
        json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
        if shape == "json"
        else as_table(answer, console.language)
    )
    click.echo(told, nl=False)


@report.command("sample")
@click.option("--year", type=click.IntRange(2000, 2199), required=True, help="The year in which they are looked into.")
@click.option("--org", metavar="CODE", required=True, help="This organisation and those below it.")
@click.option("--workflow", metavar="KEY", help="Of which workflow; needed only where several have samples.")
@pass_console
def sample(console: Console, year: int, org: str, workflow: str | None) -> None:
    """The cases to look into in a year, such as a share of all dossiers: the same list whenever it is drawn."""
    with working(console.settings) as service, service.transaction(OPERATOR) as tx:
        drawn = sampling.yearly(tx, year, org, workflow)
    for line in drawn.lines:
        click.echo(f"{line.number}\t{line.org}\t{line.applicant_name}")
    console.tell(_DRAWN, count=len(drawn.lines), of=drawn.of, source=drawn.source.in_(console.language))


_DRAWN: Final = Text(
    "应抽查 {count} 件，年初在册 {of} 件（{source}）。",
    "{count} cases to look into, of {of} on file when the year began ({source}).",
)
