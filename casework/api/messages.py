"""Messages to the outside, for administrators: how they fare, not what they say."""

from uuid import UUID

from casework.api import views
from casework.api.endpoint import Answer, Call, endpoint, page
from casework.api.query import Page, from_cursor, moment, to_cursor
from casework.forms.form import Form
from casework.forms.texts import Choice, OneChannel
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


@endpoint("GET", "/messages", Text("对外消息", "Messages to the outside"), answer="MessagePage", query=MessageFilters)
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
    shown = rows[: call.limit]
    after = to_cursor(shown[-1].at, shown[-1].id) if len(rows) > call.limit else None
    return page([views.message(row) for row in shown], after)


@endpoint("POST", "/messages/<uuid:message_id>/replay", Text("重新发送", "Send again"), answer="Message", body=Replay)
def replay(call: Call, message_id: UUID) -> Answer:
    """A dead message waits again."""
    row = outgoing.dead_message(call.tx, message_id)
    Replay.check(call.body, today=call.tx.today)
    return Answer(views.message(outgoing.send_again(call.tx, row)))
