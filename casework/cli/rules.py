"""`casework workflow` and `casework policy`: the rules by which cases run."""

from collections.abc import Iterable
from pathlib import Path

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.cli.moved_clocks import progress_on, tell_moved, tell_preview
from casework.records import offices
from casework.rules.context import PolicyRow
from casework.rules.diagram import mermaid
from casework.rules.text import Text
from casework.rules.verify import Flaw, verify
from casework.settings import ROOT
from casework.work import policies, workflow_registry
from casework.work.policies import Change, Preview
from casework.work.policy_files import read_policies

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_WORKFLOW_TITLES = (
    Text("流程", "Workflow"),
    Text("版本", "Version"),
    Text("名称", "Title"),
    Text("状态", "States"),
    Text("办理", "Transitions"),
    Text("时限", "Clocks"),
)
_POLICY_TITLES = (
    Text("流程", "Workflow"),
    Text("名称", "Name"),
    Text("地区", "Place"),
    Text("起始", "From"),
    Text("值", "Value"),
    Text("依据", "Source"),
)
_PROVEN = Text("{key} 第 {version} 版：已验证。", "{key} version {version}: proven.")
_CHANGE_TITLES = (*_POLICY_TITLES[:4], Text("原值", "Value now"), Text("新值", "Value then"))
_WOULD_ADD = Text("有 {many} 条是新的；其余已在库中。", "Rows that would be new: {many}; the others are there already.")
_TOUCHED = Text(
    "{name}（{place}，自 {day} 起）涉及已作出决定的案件 {many} 件；决定不变，供复核。",
    "Cases decided since for which {name} ({place}, from {day}) would have counted: {many}. The decisions stand.",
)
_ADDED = Text("新载入 {many} 条；其余已在库中。", "New rows: {many}; the others were there already.")


@click.group("workflow")
def workflow() -> None:
    """The programmes that cases run through."""


@workflow.command("list")
@pass_console
def list_workflows(console: Console) -> None:
    """List the newest version of each workflow."""
    rows: list[tuple[object, ...]] = [
        (
            one.key,
            one.version,
            one.title.in_(console.language),
            len(one.states),
            len(one.transitions),
            len(one.clocks),
        )
        for one in workflow_registry.latest()
    ]
    console.table(_WORKFLOW_TITLES, rows)


@workflow.command("check")
@click.argument("key", required=False)
@click.option("--policies", "file", type=FILE, help="Also under the rows of this file, before they are loaded.")
@pass_console
@click.pass_context
def check(ctx: click.Context, console: Console, key: str | None, file: Path | None) -> None:
    """Prove that every case can end, nobody waits without a clock, and so on, under every policy of config/."""
    files = [*sorted((ROOT / "config" / "policies").glob("*.toml")), *([file] if file else [])]
    policies = policies_of(files)
    proven = True
    for one in [workflow_registry.newest(key)] if key else workflow_registry.latest():
        flaws = verify(one, workflow_registry.variants(one, policies))
        proven = proven and not flaws
        for flaw in flaws:
            click.echo(told(one.key, flaw))
        if not flaws:
            console.tell(_PROVEN, key=one.key, version=one.version)
    ctx.exit(0 if proven else 1)


def told(key: str, flaw: Flaw) -> str:
    """A flaw as one line."""
    return f"{key} [{flaw.proof}]: {flaw.sentence}"


def policies_of(files: Iterable[Path]) -> list[PolicyRow]:
    """The policies of these files, without a database; of two for the same day the later counts. Raises `BadFile`."""
    rows = [row for file in files for row in read_policies(file)]
    return [
        PolicyRow(
            id=number,
            workflow=row["workflow"],
            name=row["name"],
            place=row["place"],
            from_date=row["from_date"],
            value=row["value"],
            source=Text(row["source"]["zh-CN"], row["source"]["en"]),
        )
        for number, row in enumerate(rows)
    ]


@workflow.command("diagram")
@click.argument("key")
@pass_console
def diagram(console: Console, key: str) -> None:
    """Print a workflow as a Mermaid state diagram."""
    click.echo(mermaid(workflow_registry.newest(key), console.language), nl=False)


@click.group("policy")
def policy() -> None:
    """Dated amounts and limits."""


@policy.command("list")
@pass_console
def list_policies(console: Console) -> None:
    """List every row that was ever loaded; for a place and a day the latest one counts."""
    with working(console.settings) as service, service.transaction() as tx:
        found = offices.all_policies(tx.db)
    console.table(_POLICY_TITLES, [_policy_row(console, row) for row in _in_order(found)])


def _in_order(rows: Iterable[PolicyRow]) -> list[PolicyRow]:
    return sorted(rows, key=lambda row: (row.workflow, row.name, row.place, row.from_date, row.id))


def _policy_row(console: Console, row: PolicyRow) -> tuple[object, ...]:
    return row.workflow, row.name, row.place, row.from_date, row.value, row.source.in_(console.language)


@policy.command("load")
@click.argument("file", type=FILE)
@click.option("--preview", is_flag=True, help="Only show what would change, move and have been decided otherwise.")
@pass_console
def load_policies(console: Console, file: Path, preview: bool) -> None:
    """Load the [[policy]] rows of a TOML file, all of them or none; running clocks are derived anew."""
    with working(console.settings) as service:
        if preview:
            with service.transaction() as tx:
                _tell_preview(console, policies.preview(tx.db, file))
            return
        new, moved = policies.load(service, file, progress_on(console))
    console.tell(_ADDED, many=len(new))
    tell_moved(console, moved)


def _tell_preview(console: Console, found: Preview) -> None:
    if found.changes:
        console.table(_CHANGE_TITLES, [_change_row(change) for change in found.changes])
    console.tell(_WOULD_ADD, many=len(found.changes))
    tell_preview(console, found.moved, console.settings.office.zone)
    for touched in found.touched:
        row = touched.row
        console.tell(_TOUCHED, name=row.name, place=row.place, day=row.from_date, many=touched.cases)
        for number, day in touched.first:
            click.echo(f"  {number}  {day}")


def _change_row(change: Change) -> tuple[object, ...]:
    row, before = change.row, change.before
    return row.workflow, row.name, row.place, row.from_date, before.value if before else "-", row.value
