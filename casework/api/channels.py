"""Channels to the outside, for administrators."""

from functools import partial
from typing import Any
from uuid import UUID

from casework.api.answers.delivery import Channel, Tried, channel
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, listed
from casework.forms.form import Form
from casework.http.query import Page, from_cursor
from casework.records import channels as records
from casework.rules.text import Text
from casework.work.delivery import channel_test, channels


def _view(call: Call, row: Any) -> Channel:
    return channel(row, *channels.leads_to(call.tx, row))


@Endpoint("GET", "/channels", Text("发送渠道", "Channels"), answer=page_of(Channel), query=Page, refuses=(403,))
def list_channels(call: Call) -> Answer:
    """The channels of my organisation and below, and how they fare."""
    channels.may_see_channels(call.tx)
    key = from_cursor(call.query, UUID)
    rows = records.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None)
    return listed(call, rows, partial(_view, call), "id")


@Endpoint(
    "POST",
    "/channels",
    Text("新增渠道", "Add a channel"),
    answer=Channel,
    status=201,
    body=channels.NewChannel,
    note=Text(
        "仅限管理员。地址须为公网 https，或设置所允许的网段；地址与密钥不再显示。",
        "For administrators. The address is https on the open network, or in a network that the settings allow; neither"
        " address nor secret is shown again.",
    ),
)
def add_channel(call: Call) -> Answer:
    """A new channel, which hears of what happens from now on."""
    return Answer(_view(call, channels.add_channel(call.tx, call.body)), 201)


@Endpoint(
    "PATCH",
    "/channels/<uuid:channel_id>",
    Text("修改渠道", "Change a channel"),
    answer=Channel,
    body=channels.ChangedChannel,
)
def change_channel(call: Call, channel_id: UUID) -> Answer:
    """A changed channel."""
    return Answer(_view(call, channels.change_channel(call.tx, channel_id, call.body)))


class Try(Form):
    """Nothing needs to be said."""


@Endpoint(
    "POST",
    "/channels/<uuid:channel_id>/try",
    Text("试发", "Try a channel"),
    answer=Tried,
    body=Try,
    refuses=(409,),
    note=Text(
        "立即发出一条与案件无关的消息（channel.tried），最多等待对方 [post] deadline_s 秒。每次只能试发一个渠道，"
        "同一渠道每 [post] robot_every_s 秒一次。已停用或暂缓发送的渠道也可试发；对方接收后，等待中的消息随即发出。",
        "Sends one message about no case (channel.tried) at once and waits for the receiver, [post] deadline_s seconds"
        " at most. One channel is tried at a time, and each once in [post] robot_every_s seconds. One that is switched"
        " off or was left alone after failures may be tried; once it takes the message, what waits for it goes out.",
    ),
)
def try_channel(call: Call, channel_id: UUID) -> Answer:
    """Whether the receiver takes a message, and else why not."""
    row = channel_test.channel_to_try(call.tx, channel_id)
    Try.check(call.body, today=call.tx.today)
    return Answer(Tried.of(channel_test.try_channel(call.tx, row)))
