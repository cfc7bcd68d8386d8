"""Channels and messages to the outside, as administrators see them: without what is secret, and not what they say."""

from typing import Annotated, Any

from casework.api.answers.alerts import failure
from casework.api.answers.members import (
    CaseNumber,
    Flag,
    Id,
    Instant,
    Later,
    Number,
    OrgCode,
    Shape,
    like,
    one_of,
    plain,
    told,
)
from casework.rules.text import LANGUAGES, Text
from casework.work.delivery.channels import KINDS
from casework.work.delivery.outgoing import STATES, WAYS


class Channel(Shape):
    """A channel, without what is secret of it."""

    id: Id
    kind: Annotated[str, one_of(KINDS)]
    name: Annotated[str, like(Text("值班群", "Group on duty"))]
    org: Annotated[OrgCode, told("收到本机构及下级案件的消息", "Hears of the cases of this one and below")]
    address: Annotated[str | None, like("https://hooks.example.org/…", "不显示路径", "Without its path")]
    has_secret: Flag
    alerts: Flag
    events: Flag
    language: Annotated[str, one_of(LANGUAGES)]
    active: Flag
    failures: Annotated[Number, told("自上次成功以来失败几次", "How often it failed since it last worked")]
    retry_at: Later
    created_at: Instant


def channel(row: Any, address: str | None, has_secret: bool) -> Channel:
    """The channel of a row of `records.channels`."""
    return Channel.of(row, address=address, has_secret=has_secret, failures=row.failures or 0)


class Message(Shape):
    """A message to the outside, without what it says."""

    id: Id
    kind: Annotated[str, one_of(WAYS)]
    channel_id: Annotated[Id | None, told("发往渠道时为其编号", "The channel, where it goes to one")]
    receiver: Annotated[
        str, like(Text("值班群", "Group on duty"), "渠道的名称，或收件人的用户名", "The channel's name, or a username")
    ]
    case_number: Annotated[CaseNumber | None, told("每日提要没有案件", "Null for a digest")]
    state: Annotated[str, one_of(STATES)]
    attempts: Number
    last_error: Annotated[str | None, like(None, "上次为何没有送达", "Why it did not go out last time")]
    at: Instant
    try_at: Annotated[Instant | None, told("何时再发，仅限等待中的", "When it goes out next, while it waits")]
    delivered_at: Later


def message(row: Any) -> Message:
    """The message of a row of `records.outbox`."""
    return Message.of(
        row,
        kind=row.channel,
        case_number=row.number,
        last_error=failure(row.last_error),
        try_at=plain(row.try_at) if row.state == "waiting" else None,
    )


class Tried(Shape):
    """Whether a channel works."""

    delivered: Annotated[Flag, told("对方是否已接收", "Whether the receiver took it")]
    because: Annotated[
        str | None,
        like(
            Text(
                "没有在时限内应答。请检查对方的程序是否运行、能否访问。",
                "It did not answer in time. See whether the program there runs and can be reached.",
            ),
            "没有送达的原因和办法",
            "Why not, and what to do",
        ),
    ]
