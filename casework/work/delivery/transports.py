"""What sends messages on a queue: by mail, to a webhook, or through the robot of a chat group."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from casework.records.database import Row
from casework.rules.text import Text
from casework.senders import robots, webhook
from casework.senders.failures import Reason, reason
from casework.senders.smtp import HandIn, MailServer
from casework.work.delivery.batch import alerts_told
from casework.work.delivery.channels import Channel
from casework.work.delivery.digest import digest_told
from casework.work.delivery.messages import alert_told, webhook_body
from casework.work.offer_links import VERBS, token
from casework.work.service import Service

_ANSWER: Final = Text(
    "\n\n也可以不登录，点开链接查看事由并答复（{by} 之前有效，只能答复一次，请勿转发）：\n"
    "接受：{accept}\n谢绝：{decline}",
    "\n\nYou can answer without signing in; the links show the matter first. They are good until {by} and for one"
    " answer; do not pass them on.\nAccept: {accept}\nDecline: {decline}",
)
_BATCH: Final = 50
_BUNDLE: Final = 1000

Batch = Sequence[Row[Any]]
"""Messages that go together in one."""
Send = Callable[[Batch], None]


class Superfluous(Exception):
    """The message need not be sent after all."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why["code"])
        self.why = why


def is_robot(channel: Channel | None) -> bool:
    """Whether people read what the channel is told, so that it speaks seldom and of everything at once."""
    return channel is not None and channel.kind != "webhook"


def most_at_once(channel: Channel | None) -> int:
    """How many messages of a queue are taken at a time; None is the queue of mail."""
    return _BUNDLE if is_robot(channel) else _BATCH


def batches(channel: Channel | None, rows: Sequence[Row[Any]]) -> list[Batch]:
    """How messages are put together: each by itself, but for a robot all in one.

    What was refused in company goes by itself the next time, so that one wrong message takes none with it.
    """
    if not rows or not is_robot(channel):
        return [(row,) for row in rows]
    if rows[0].attempts:
        return [rows[:1]]
    return [[row for row in rows if not row.attempts]]


@contextmanager
def way(service: Service, channel: Channel | None, within_s: float, now: Callable[[], datetime]) -> Iterator[Send]:
    """What sends batches to a channel, or mails for at most so many seconds; `now` dates signatures.

    Opening it and sending raise `Undelivered`; sending raises `Superfluous`, too.
    """
    if channel is None:
        server = service.senders.mail
        assert server is not None
        with server.session(within_s) as hand_in:
            yield partial(_by_mail, service, server, hand_in)
    else:
        send = _to_group if is_robot(channel) else _to_webhook
        yield partial(send, service, channel, now)


def _to_webhook(service: Service, channel: Channel, now: Callable[[], datetime], batch: Batch) -> None:
    [row] = batch
    address, secret = channel.way
    body = webhook_body(row, service.zone)
    webhook.send(service.senders.outside, address, secret or "", body, message=row.id, seq=row.seq, at=now())


def _to_group(service: Service, channel: Channel, now: Callable[[], datetime], batch: Batch) -> None:
    address, secret = channel.way
    text = alerts_told(batch, channel.language, service.zone)
    robots.send(service.senders.outside, channel.kind, address, secret, text, at=now())


def _by_mail(service: Service, server: MailServer, hand_in: HandIn, batch: Batch) -> None:
    [row] = batch
    subject, text = told(service, row)
    hand_in(server.mail(row.id, row.email, subject, text, language=row.language, at=row.at))


def told(service: Service, row: Row[Any]) -> tuple[str, str]:
    """Return the subject and text of a mail, of a row of `records.outbox.batch`; raises `Superfluous`."""
    if row.digest_on is None:
        subject, text = alert_told(row, row.language, service.zone)
        return subject, text + _links(service, row)
    with service.transaction() as tx:
        digest = digest_told(tx, row.receiver_id, row.digest_on, row.language)
    if digest is None:
        raise Superfluous(reason("nothing_to_tell"))
    return digest


def _links(service: Service, row: Row[Any]) -> str:
    """The links by which whoever was asked answers an offer; none to others, and where no address is set."""
    address = service.senders.address.rstrip("/")
    if not address or row.kind != "offered" or row.level is not None:
        return ""
    given = row.payload["given"]
    if given["to"] != str(row.receiver_id):
        return ""
    with service.transaction() as tx:
        links = {verb: f"{address}/offer/{token(tx, UUID(given['offer']), verb)}" for verb in VERBS}
    return _ANSWER.in_(row.language, by=given["answer_by"][:16].replace("T", " "), **links)
