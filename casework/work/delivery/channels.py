"""Channels, which an administrator opens and closes; nobody reads their address or secret again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code, Line, Word
from casework.records import admin_events, channels, delivery_queues
from casework.records.database import Row
from casework.records.ids import new_id
from casework.records.vault import NotOpened, seal, unseal
from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotYours
from casework.rules.text import Language, Text
from casework.senders.addresses import BadAddress, shown
from casework.senders.failures import Unreachable, reason
from casework.work.delivery.delivery_errors import told
from casework.work.people import SPOKEN, org_below
from casework.work.service import Transaction

KINDS = {
    "webhook": Text("Webhook", "webhook"),
    "wecom": Text("企业微信机器人", "WeCom robot"),
    "dingtalk": Text("钉钉机器人", "DingTalk robot"),
    "feishu": Text("飞书机器人", "Feishu robot"),
}
_SHORTEST_SECRET = 16
_NAME, _ADDRESS, _SECRET = Text("名称", "Name"), Text("地址", "Address"), Text("签名密钥", "Secret for signatures")
_ALERTS, _EVENTS = Text("发送提醒", "Send alerts"), Text("发送办理事件", "Send events of cases")
_LANGUAGE = Text("语言", "Language")


class NewChannel(Form):
    """A program or a chat group outside. A webhook needs a secret; of the robots DingTalk and Feishu may have one."""

    kind = Choice(KINDS, required=True, title=Text("类型", "Kind"))
    name = Word(most=60, required=True, title=_NAME, example=Text("值班群", "Group on duty"))
    org = Code(required=True, title=Text("机构代码", "Organisation code"), example="370100")
    address = Word(most=1000, required=True, title=_ADDRESS, example="https://hooks.example.org/casework")
    secret = Line(most=200, title=_SECRET, example="a secret of 16 characters or more")
    alerts = Flag(title=_ALERTS)
    events = Flag(title=_EVENTS, example=False)
    language = Choice(SPOKEN, title=_LANGUAGE)


class ChangedChannel(Form):
    """What may change of a channel; what waits for one that is not active is not sent any more."""

    name = Word(most=60, title=_NAME, example=Text("值班群", "Group on duty"))
    address = Word(most=1000, title=_ADDRESS, example="https://hooks.example.org/casework")
    secret = Line(most=200, title=_SECRET, example="a secret of 16 characters or more")
    alerts = Flag(title=_ALERTS)
    events = Flag(title=_EVENTS, example=False)
    language = Choice(SPOKEN, title=_LANGUAGE)
    active = Flag(title=Text("启用", "Active"))


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that can be sent to."""

    kind: str
    language: Language
    active: bool
    known: tuple[str, str | None] | None

    @property
    def way(self) -> tuple[str, str | None]:
        """Address and secret; raises `Unreachable` where the key under which they were sealed is missing."""
        if self.known is None:
            raise Unreachable(reason("key_missing"))
        return self.known


def may_see_channels(tx: Transaction) -> None:
    """Raises `NotYours` unless the actor is an administrator."""
    if tx.person.role is not Role.ADMINISTRATOR:
        raise NotYours(Text("只有管理员可以管理发送渠道。", "Only administrators manage channels."))


def add_channel(tx: Transaction, given: Any) -> Row[Any]:
    """A new channel at or below the administrator's organisation."""
    may_see_channels(tx)
    return create_channel(tx, given, tx.person.org_path)


def create_channel(tx: Transaction, given: Any, below: str) -> Row[Any]:
    """A new channel of an organisation at or below this path; its address must be one that may be called."""
    said = NewChannel.check(given, today=tx.today)
    org = org_below(tx.db, said["org"], below)
    row = {
        "id": new_id(),
        "kind": said["kind"],
        "name": said["name"],
        "org_id": org.id,
        "alerts": said.get("alerts", True),
        "events": said.get("events", False),
        "language": said.get("language", "zh-CN"),
        "active": True,
    }
    address, secret = said["address"], said.get("secret")
    _ensure_usable(row["kind"], row["events"], secret)
    _ensure_callable(tx, address)
    channels.add(tx.db, row | {"sealed": _sealed(tx, row["id"], address, secret)})
    told = {name: row[name] for name in ("kind", "alerts", "events")} | {"to": shown(address)}
    admin_events.add(tx.db, tx.actor_id, "channel_added", row["name"], [org.path], told)
    return _found(tx, row["id"])


def change_channel(tx: Transaction, channel_id: UUID, given: Any) -> Row[Any]:
    """The channel as changed; for others than administrators there is none."""
    row = channels.by_id(tx.db, channel_id)
    if row is None or tx.person.role is not Role.ADMINISTRATOR or not row.org_path.startswith(tx.person.org_path):
        raise NotFound()
    said = ChangedChannel.check(given, today=tx.today)
    values: dict[str, Any] = {
        name: said[name] for name in ("name", "alerts", "events", "language", "active") if name in said
    }
    channel = opened(tx, row)
    old_address, old_secret = (channel and channel.known) or (None, None)
    address = said.get("address", old_address)
    # null takes a secret away; only where none was said the old one stays.
    secret = said.get("secret") if "secret" in given else old_secret
    _ensure_usable(row.kind, values.get("events", row.events), secret)
    if "address" in said:
        _ensure_callable(tx, said["address"])
    if address is not None and ("address" in said or "secret" in given):
        values["sealed"] = _sealed(tx, channel_id, address, secret)
        delivery_queues.reopen(tx.db, [channel_id])
    if values:
        channels.change(tx.db, channel_id, values)
        told = {name: value for name, value in values.items() if name != "sealed"}
        if address is not None and "sealed" in values:
            told["to"] = shown(address)
        admin_events.add(tx.db, tx.actor_id, "channel_changed", row.name, [row.org_path], told)
    return _found(tx, channel_id)


def _ensure_usable(kind: str, events: bool, secret: str | None) -> None:
    """Raises `Invalid` where a kind of channel cannot be what is wanted of it."""
    faults = []
    if events and kind != "webhook":
        sentence = Text("群机器人只发送提醒，不发送办理事件。", "Robots speak of alerts only, not of events.")
        faults.append(Fault("events", "alerts_only", sentence))
    if kind == "webhook" and len(secret or "") < _SHORTEST_SECRET:
        sentence = Text("Webhook 须有至少 16 位的签名密钥。", "A webhook needs a secret of 16 characters or more.")
        faults.append(Fault("secret", "too_short", sentence))
    if kind == "wecom" and secret is not None:
        sentence = Text("企业微信机器人没有签名密钥。", "A WeCom robot has no secret.")
        faults.append(Fault("secret", "no_secret", sentence))
    if faults:
        raise Invalid(faults)


def _ensure_callable(tx: Transaction, address: str) -> None:
    """Raises `Invalid` unless the address may be called as things stand; it is verified again at each sending."""
    try:
        tx.service.senders.outside.check(address)
    except BadAddress as bad:
        raise Invalid([Fault("address", "address", told(bad.why))]) from bad


def remove_channel(tx: Transaction, channel_id: UUID) -> Row[Any]:
    """Forget address and secret of a channel, which is never listed again; raises `NotFound`."""
    row = _found(tx, channel_id)
    channels.change(tx.db, channel_id, {"active": False, "sealed": None})
    admin_events.add(tx.db, tx.actor_id, "channel_removed", row.name, [row.org_path])
    return row


def opened(tx: Transaction, row: Any) -> Channel | None:
    """The channel of a row with what was sealed; None for no row."""
    if row is None:
        return None
    try:
        said = unseal(tx.key_for("channels"), _place(row.id), row.sealed)
        known = (said["address"], said["secret"])
    except NotOpened:
        known = None
    return Channel(row.kind, row.language, row.active, known)


def leads_to(tx: Transaction, row: Any) -> tuple[str | None, bool]:
    """Where a channel leads, without what is secret of the address, and whether it has a secret."""
    channel = opened(tx, row)
    if channel is None or channel.known is None:
        return None, False
    address, secret = channel.known
    return shown(address), secret is not None


def _found(tx: Transaction, channel_id: UUID) -> Row[Any]:
    row = channels.by_id(tx.db, channel_id)
    if row is None:
        raise NotFound()
    return row


def _place(channel_id: UUID) -> str:
    return f"channels.sealed:{channel_id}"


def _sealed(tx: Transaction, channel_id: UUID, address: str, secret: str | None) -> bytes:
    return seal(tx.key_for("channels"), _place(channel_id), {"address": address, "secret": secret})
