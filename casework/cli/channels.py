"""`casework channel`: programs and chat groups to which alerts are sent."""

from typing import Final
from uuid import UUID

import click

from casework.cli.console import Cannot, Console, pass_console
from casework.cli.installation import working
from casework.records import channels as records
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work.delivery import channel_test, channels
from casework.work.people import SPOKEN

_TITLES = (
    Text("编号", "Id"),
    Text("类型", "Kind"),
    Text("名称", "Name"),
    Text("机构", "Organisation"),
    Text("通往", "Leads to"),
    Text("提醒", "Alerts"),
    Text("事件", "Events"),
    Text("启用", "Active"),
    Text("失败", "Failures"),
)
_YES, _NO = Text("是", "yes"), Text("否", "no")
_EVERYTHING: Final = 1_000_000
_ADDED = Text("已新增渠道 {name}：{id}", "Added channel {name}: {id}")
_TOOK = Text("渠道 {name} 已接收。", "Channel {name} took it.")
_DID_NOT = Text("渠道 {name} 没有接收：{because}", "Channel {name} did not take it: {because}")
_REMOVED = Text("已移除渠道 {name}。", "Removed channel {name}.")


@click.group("channel")
def channel() -> None:
    """Ways to the outside."""


@channel.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(channels.KINDS)), required=True, help="What is called.")
@click.option("--org", metavar="CODE", required=True, help="It hears of the cases of this organisation and below.")
@click.option("--address", prompt=True, hide_input=True, help="Where to call; asked for, unseen, unless said.")
@click.option(
    "--secret", prompt=True, hide_input=True, default="", show_default=False, help="For signatures; asked for likewise."
)
@click.option("--alerts/--no-alerts", default=True, show_default=True, help="Whether alerts are sent.")
@click.option("--events/--no-events", default=False, show_default=True, help="Whether each step of a case is sent.")
@click.option("--speaks", type=click.Choice(list(SPOKEN)), default="zh-CN", show_default=True, help="Language.")
@pass_console
def add(
    console: Console,
    name: str,
    kind: str,
    org: str,
    address: str,
    secret: str,
    alerts: bool,
    events: bool,
    speaks: str,
) -> None:
    """Add a channel that hears of what happens from now on."""
    given = {
        "kind": kind,
        "name": name,
        "org": org,
        "address": address,
        "secret": secret or None,
        "alerts": alerts,
        "events": events,
        "language": speaks,
    }
    with working(console.settings) as service, service.transaction() as tx:
        row = channels.create_channel(tx, given, below="")
    console.tell(_ADDED, name=row.name, id=row.id)


@channel.command("list")
@pass_console
def list_channels(console: Console) -> None:
    """List the channels; addresses without their paths, which are often secret."""
    with working(console.settings) as service, service.transaction() as tx:
        found = [(row, channels.leads_to(tx, row)[0]) for row in records.page(tx.db, "", _EVERYTHING, None)]
    rows: list[tuple[object, ...]] = [
        (
            row.id,
            row.kind,
            row.name,
            row.org,
            where or "?",
            *((_YES if one else _NO).in_(console.language) for one in (row.alerts, row.events, row.active)),
            row.failures or 0,
        )
        for row, where in found
    ]
    console.table(_TITLES, rows)


@channel.command("try")
@click.argument("channel_id", metavar="ID", type=click.UUID)
@pass_console
def try_channel(console: Console, channel_id: UUID) -> None:
    """Send a message about no case at once, and say what the receiver did with it. Exits 1 where it was not taken."""
    with working(console.settings) as service, service.transaction() as tx:
        row = records.by_id(tx.db, channel_id)
        if row is None:
            raise NotFound()
        tried = channel_test.try_channel(tx, row)
    if tried.because is not None:
        raise Cannot(_DID_NOT.in_(console.language, name=row.name, because=tried.because))
    console.tell(_TOOK, name=row.name)


@channel.command("remove")
@click.argument("channel_id", metavar="ID", type=click.UUID)
@pass_console
def remove(console: Console, channel_id: UUID) -> None:
    """Remove a channel; its address is forgotten, and what waits for it is not sent any more."""
    with working(console.settings) as service, service.transaction() as tx:
        row = channels.remove_channel(tx, channel_id)
    console.tell(_REMOVED, name=row.name)
