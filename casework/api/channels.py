"""Channels to the outside, for administrators."""

from typing import Any
from uuid import UUID

from casework.api import views
from casework.api.endpoint import Answer, Call, endpoint, page
from casework.api.query import Page, from_cursor, to_cursor
from casework.api.request_context import language
from casework.forms.form import Form
from casework.records import channels as records
from casework.rules.text import Text
from casework.work.delivery import channel_test, channels


def _view(call: Call, row: Any) -> dict[str, Any]:
    return views.channel(row, *channels.leads_to(call.tx, row))


@endpoint("GET", "/channels", Text("发送渠道", "Channels"), answer="ChannelPage", query=Page)
def list_channels(call: Call) -> Answer:
    """The channels of my organisation and below, and how they fare."""
    channels.may_see_channels(call.tx)
    key = from_cursor(call.query, UUID)
    rows = records.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None)
    shown = rows[: call.limit]
    after = to_cursor(shown[-1].id) if len(rows) > call.limit else None
    return page([_view(call, row) for row in shown], after)


@endpoint(
    "POST", "/channels", Text("新增渠道", "Add a channel"), answer="Channel", status=201, body=channels.NewChannel
)
def add_channel(call: Call) -> Answer:
    """A new channel, which hears of what happens from now on."""
    return Answer(_view(call, channels.add_channel(call.tx, call.body)), 201)


@endpoint(
    "PATCH",
    "/channels/<uuid:channel_id>",
    Text("修改渠道", "Change a channel"),
    answer="Channel",
    body=channels.ChangedChannel,
)
def change_channel(call: Call, channel_id: UUID) -> Answer:
    """A changed channel."""
    return Answer(_view(call, channels.change_channel(call.tx, channel_id, call.body)))


class Try(Form):
    """Nothing needs to be said."""


@endpoint("POST", "/channels/<uuid:channel_id>/try", Text("试发", "Try a channel"), answer="Tried", body=Try)
def try_channel(call: Call, channel_id: UUID) -> Answer:
    """Whether the receiver takes a message, and else why not."""
    row = channel_test.channel_to_try(call.tx, channel_id)
    Try.check(call.body, today=call.tx.today)
    tried = channel_test.try_channel(call.tx, row)
    because = tried.because.in_(language()) if tried.because else None
    return Answer({"delivered": tried.delivered, "because": because})
