"""`casework post` and `casework outbox`: messages on their way out, and those that nobody took."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import click

from casework.cli.console import Cannot, Console, pass_console
from casework.cli.installation import working
from casework.records import outbox as records
from casework.rules.text import Text
from casework.work.delivery.delivery_errors import told
from casework.work.delivery.outgoing import STATES
from casework.work.delivery.worker import deliver

_MOST: Final = 1000
_TITLES = (
    Text("编号", "Id"),
    Text("状态", "State"),
    Text("渠道", "Channel"),
    Text("收件人", "To"),
    Text("案件", "Case"),
    Text("内容", "About"),
    Text("次数", "Attempts"),
    Text("时间", "Since"),
    Text("下次", "Next try"),
    Text("原因", "Why"),
)
_REPLAYED = Text("重新发送 {many} 条。", "Messages that wait again: {many}")
_WHICH = Text("请给出编号、--channel 或 --all。", "Name messages by their ids, or write --channel or --all.")
_NOT_DEAD = Text("没有这些死信：{ids}", "There are no dead messages of these ids: {ids}")


@click.command("post")
@pass_console
def post(console: Console) -> None:
    """Send the messages that are due now, as the scheduler does."""
    with working(console.settings) as service:
        posted = deliver(service, threads=console.settings.post.threads)
    click.echo(" ".join(f"{name}={many}" for name, many in asdict(posted).items()))


@click.group("outbox")
def outbox() -> None:
    """Messages to the outside."""


@outbox.command("list")
@click.option(
    "--state", "states", type=click.Choice(list(STATES)), multiple=True, help="Which; waiting and dead unless said."
)
@click.option("--channel", "channel_id", metavar="ID", type=click.UUID, help="Only those to this channel.")
@pass_console
def list_messages(console: Console, states: tuple[str, ...], channel_id: UUID | None) -> None:
    """List messages, the newest first, a thousand at most."""
    with working(console.settings) as service, service.transaction() as tx:
        found = records.listed(tx.db, states or ("waiting", "dead"), _MOST, channel_id=channel_id)
    console.table(_TITLES, [_row(console, one) for one in found])


def _row(console: Console, one: Any) -> tuple[object, ...]:
    return (
        one.id,
        one.state,
        one.channel,
        one.receiver,
        one.number or "-",
        _about(one),
        one.attempts,
        _at(console, one.at),
        _at(console, one.try_at) if one.state == "waiting" else "-",
        told(one.last_error).in_(console.language) if one.last_error else "-",
    )


def _about(one: Any) -> str:
    if one.digest_on is not None:
        return f"digest {one.digest_on}"
    return f"{one.clock} {one.level}" if one.level else f"event {one.event_seq}"


def _at(console: Console, at: datetime) -> str:
    return f"{at.astimezone(console.settings.office.zone):%Y-%m-%d %H:%M:%S}"


@outbox.command("replay")
@click.argument("ids", metavar="[ID]...", type=click.UUID, nargs=-1)
@click.option("--channel", "channel_id", metavar="ID", type=click.UUID, help="All that are dead of this channel.")
@click.option("--all", "every", is_flag=True, help="All dead messages.")
@pass_console
def replay(console: Console, ids: tuple[UUID, ...], channel_id: UUID | None, every: bool) -> None:
    """Let dead messages wait again, all of those that are named or none; they keep their ids."""
    if [bool(ids), channel_id is not None, every].count(True) != 1:
        raise click.UsageError(_WHICH.in_(console.language))
    with working(console.settings) as service, service.transaction() as tx:
        again = records.replay(tx.db, ids or None, channel_id=channel_id)
        _ensure_all(console, ids, again)
    console.tell(_REPLAYED, many=len(again))


def _ensure_all(console: Console, wanted: Iterable[UUID], found: Iterable[UUID]) -> None:
    if missing := sorted(map(str, set(wanted) - set(found))):
        raise Cannot(_NOT_DEAD.in_(console.language, ids=", ".join(missing)))
