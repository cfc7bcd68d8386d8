"""Channels and messages to the outside: how each fares, trying a channel, and sending once more what was given up."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from casework.forms.form import Form
from casework.forms.posted import from_posted
from casework.forms.texts import Choice, OneChannel, Word
from casework.http.problems import STATUS
from casework.http.query import from_cursor, moment, to_cursor
from casework.records import channels as records
from casework.records import outbox
from casework.rules.people import Role
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Redirect, Visit
from casework.web.settings import SPOKEN
from casework.web.widgets import Filled, titles, widgets
from casework.work.delivery import channel_test, channels, delivery_errors, outgoing
from casework.work.delivery.channels import KINDS, NewChannel
from casework.work.service import Transaction

_ROWS: Final = 50
_MOST: Final = 500
_MANAGES: Final = frozenset((Role.ADMINISTRATOR,))
_DONE: Final = {
    "added": Text(
        "已新增渠道；地址与密钥不再显示。", "The channel is added; its address and secret are not shown again."
    ),
    "on": Text("已启用。", "It is active."),
    "off": Text("已停用，等待中的消息不再发送。", "It is switched off; what waits for it is not sent any more."),
    "again": Text("消息重新等待发送。", "The message waits to be sent again."),
}


class ChannelsQuery(Form):
    """What was done just now, to say so."""

    done = Choice(_DONE, title=Text("刚办理的事项", "What was done"))


class MessagesQuery(Form):
    """Which messages."""

    state = Choice(outgoing.STATES, title=Text("状态", "State"))
    kind = Choice(outgoing.WAYS, title=Text("方式", "Kind"))
    channel = OneChannel(title=Text("渠道", "Channel"))
    done = Choice(_DONE, title=Text("刚办理的事项", "What was done"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/admin/channels", _MANAGES, query=ChannelsQuery)
def channel_list(visit: Visit) -> Answer:
    """The channels of the caller's organisation and below, and the form of a new one."""
    done = visit.query.get("done")
    return _page(visit, done=_DONE[done] if done else None)


def _again(visit: Visit, refused: Refusal, **_path: Any) -> Answer:
    return _page(visit, refused)


@Page("POST", "/admin/channels", _MANAGES, again=_again)
def add(visit: Visit) -> Answer:
    """A new channel, which hears of what happens from now on."""
    channels.add_channel(visit.tx, from_posted(NewChannel, dict(visit.posted.lists())))
    return Redirect("/admin/channels?done=added")


@Page("POST", "/admin/channels/<uuid:channel_id>/active", _MANAGES, again=_again)
def switch(visit: Visit, channel_id: UUID) -> Answer:
    """The channel is switched on or off."""
    active = visit.posted.get("active") == "true"
    channels.change_channel(visit.tx, channel_id, {"active": active})
    return Redirect(f"/admin/channels?done={'on' if active else 'off'}")


@Page("POST", "/admin/channels/<uuid:channel_id>/try", _MANAGES, again=_again)
def try_channel(visit: Visit, channel_id: UUID) -> Answer:
    """What the receiver says to a message about no case; nothing is kept of it, so that the page itself tells it."""
    row = channel_test.channel_to_try(visit.tx, channel_id)
    return _page(visit, tried=(row.name, channel_test.try_channel(visit.tx, row)))


@Page("GET", "/admin/messages", _MANAGES, query=MessagesQuery)
def messages(visit: Visit) -> Answer:
    """Messages to channels and users of the caller's organisation and below, the newest first; not what they say."""
    tx, asked = visit.tx, dict(visit.query)
    outgoing.may_see_messages(tx)
    key = from_cursor(asked, moment, UUID)
    found = outbox.listed(
        tx.db,
        [asked["state"]] if "state" in asked else [*outgoing.STATES],
        _ROWS + 1,
        below=tx.person.org_path,
        kind=asked.get("kind"),
        channel_id=asked.get("channel"),
        after=(key[0], key[1]) if key else None,
    )
    shown = found[:_ROWS]
    return Html(
        "messages",
        {
            "frame": frame_of(tx),
            "asked": asked,
            "rows": [(row, delivery_errors.told(row.last_error) if row.last_error else None) for row in shown],
            "states": outgoing.STATES,
            "ways": outgoing.WAYS,
            "more": _address(asked, cursor=to_cursor(shown[-1].at, shown[-1].id)) if len(found) > _ROWS else None,
            "done": _DONE[asked["done"]] if "done" in asked else None,
        },
    )


@Page("POST", "/admin/messages/<uuid:message_id>/replay", _MANAGES)
def replay(visit: Visit, message_id: UUID) -> Answer:
    """What was given up waits again, and the list of what was given up goes on."""
    outgoing.send_again(visit.tx, outgoing.dead_message(visit.tx, message_id))
    return Redirect("/admin/messages?state=dead&done=again")


def _page(
    visit: Visit,
    refused: Refusal | None = None,
    *,
    done: Text | None = None,
    tried: tuple[str, channel_test.Tried] | None = None,
) -> Answer:
    tx = visit.tx
    channels.may_see_channels(tx)
    faults = tuple(refused.faults) if isinstance(refused, Invalid) else ()
    values = from_posted(NewChannel, dict(visit.posted.lists())) if faults else {}
    values.pop("secret", None)
    own = tx.person.org_path.rstrip("/").rpartition("/")[2]
    filled = Filled(
        {"org": own, "alerts": True, "events": False, "language": "zh-CN", **values}, faults, offered=_offered(tx)
    )
    rows = records.page(tx.db, tx.person.org_path, _MOST, None)
    return Html(
        "channels",
        {
            "frame": frame_of(tx),
            "rows": [(row, KINDS[row.kind], channels.leads_to(tx, row)[0]) for row in rows],
            "fields": widgets(NewChannel, filled),
            "once": secrets.token_urlsafe(24),
            "problem": refused,
            "faults": titles(NewChannel, faults),
            "done": done,
            "tried": tried,
        },
        STATUS[refused.code] if refused else 200,
    )


def _offered(tx: Transaction) -> dict[str, Mapping[str, Text]]:
    mine = (org for org in tx.rules.orgs.values() if org.path.startswith(tx.person.org_path))
    return {"org": {org.code: Text(str(org.name), str(org.name)) for org in mine}, "language": SPOKEN}


def _address(asked: Mapping[str, Any], **more: str) -> str:
    said = {name: str(value) for name, value in asked.items() if name not in ("cursor", "done")}
    return f"/admin/messages?{urlencode(said | more)}"
