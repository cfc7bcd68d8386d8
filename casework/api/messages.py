"""Messages to the outside, for administrators: how they fare, not what they say."""

from uuid import UUID

from casework.api.answers.delivery import Message, message
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, listed
from casework.forms.form import Form
from casework.forms.texts import Choice, OneChannel
from casework.http.query import Page, from_cursor, moment
from casework.records import outbox
from casework.rules.text import Text
from casework.work.delivery import outgoing


class MessageFilters(Page):
    """Which messages."""

    state = Choice(outgoing.STATES, title=Text("状态", "State"))
    kind = Choice(outgoing.WAYS, title=Text("方式", "Kind"))
    channel = OneChannel(title=Text("渠道", "Channel"))


class Replay(Form):
    """Nothing needs to be said."""


@Endpoint(
    "GET",
    "/messages",
    Text("对外消息", "Messages to the outside"),
    answer=page_of(Message),
    query=MessageFilters,
    refuses=(403,),
    note=Text(
        "仅限管理员；只有发送情况，没有消息的内容。",
        "For administrators: how messages fare, not what they say.",
    ),
)
def messages(call: Call) -> Answer:
    """Those to channels and users of my organisation and below, the newest first."""
    outgoing.may_see_messages(call.tx)
    asked, key = call.query, from_cursor(call.query, moment, UUID)
    states = [asked["state"]] if "state" in asked else [*outgoing.STATES]
    rows = outbox.listed(
        call.tx.db,
        states,
        call.limit + 1,
        below=call.tx.person.org_path,
        kind=asked.get("kind"),
        channel_id=asked.get("channel"),
        after=(key[0], key[1]) if key else None,
    )
    return listed(call, rows, message, "at", "id")


@Endpoint(
    "POST",
    "/messages/<uuid:message_id>/replay",
    Text("重新发送", "Send again"),
    answer=Message,
    body=Replay,
    refuses=(409,),
    note=Text(
        "仅限未能送达的消息；编号不变，再次计数。",
        "Only what was given up; it keeps its id and is tried as if it had never been.",
    ),
)
def replay(call: Call, message_id: UUID) -> Answer:
    """A dead message waits again."""
    row = outgoing.dead_message(call.tx, message_id)
    Replay.check(call.body, today=call.tx.today)
    return Answer(message(outgoing.send_again(call.tx, row)))
