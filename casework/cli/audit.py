"""`casework audit`: who administered what, and whether the records say what happened."""

import json

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.records import admin_events, proof
from casework.rules.refusals import NotFound, Refusal
from casework.rules.text import Text
from casework.work import audit as work
from casework.work.service import Service

_TITLES = (
    Text("序号", "No."),
    Text("时间", "At"),
    Text("操作人", "Who"),
    Text("事项", "What"),
    Text("对象", "Of"),
    Text("内容", "Content"),
)
_CHECKING = Text("正在核对 {cases} 个案件……", "Checking {cases} cases …")
_AGREES = Text(
    "案件 {cases} 个及各项资金均无矛盾。", "{cases} cases and all funds agree with their events and ledgers."
)
_ONE_AGREES = Text("案件 {number} 无矛盾。", "{number} agrees with its events.")
_FAULTS = Text("发现 {many} 处矛盾，见上。", "Contradictions: {many}, named above.")
_NO_CASE = Text("没有案件 {number}。", "There is no case {number}.")
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


@audit.command("verify")
@click.option("--case", "number", metavar="NUMBER", help="This case alone.")
@pass_console
def verify(console: Console, number: str | None) -> None:
    """Prove that chains of events, cases, payments and funds say nothing but what happened; exits 1 where one does not.

    What no such proof can see is said on standard error.
    """
    console.note(work.UNSEEN)
    with working(console.settings) as service:
        verify_all(console, service, number)


def verify_all(console: Console, service: Service, number: str | None = None) -> None:
    """Verify everything, or one case, with a bar; tells each fault, and raises a Refusal where there is one."""
    with service.transaction() as tx:
        many = proof.how_many(tx.db, number)
    if number is not None and not many:
        raise NotFound(_NO_CASE.with_(number=number))
    with console.progress(_CHECKING, many) as looked_at:
        faults = list(work.verify(service, looked_at, number))
    for fault in faults:
        console.tell(fault)
    if faults:
        raise Refusal(_FAULTS.with_(many=len(faults)))
    if number is not None:
        console.tell(_ONE_AGREES, number=number)
    else:
        console.tell(_AGREES, cases=many)
