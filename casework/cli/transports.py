"""What the doctor says of the ways to the outside: the mail server, closed channels, messages that wait or are dead."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from casework.cli.lookup import Finding, good
from casework.records import metrics, outbox
from casework.rules.text import Text
from casework.senders.failures import Unreachable
from casework.senders.smtp import MailServer
from casework.work.delivery.delivery_errors import with_cure
from casework.work.service import Service, Transaction

_LONG: Final = timedelta(minutes=10)
_NO_MAIL = Text(
    "没有设置邮件服务器，提醒不发邮件：[smtp] host", "no mail server is set, so nobody gets mail: [smtp] host"
)
_CLOSED = Text(
    "渠道 {name} 自 {since} 起不通，{waiting} 条消息等待：{why} 修正后：casework channel try {id}",
    "channel {name} takes nothing since {since}, messages that wait: {waiting}. {why} Then: casework channel try {id}",
)
_MAIL_CLOSED = Text(
    "邮件自 {since} 起发不出，{waiting} 封等待：{why}",
    "no mail goes out since {since}, mails that wait: {waiting}. {why}",
)
_WAITS = Text(
    "最早的待发消息已等待 {minutes} 分钟：casework outbox list",
    "the message that waits longest has waited {minutes} min: casework outbox list",
)
_DEAD = Text(
    "有 {dead} 条消息未能送达：casework outbox list --state dead",
    "messages that nobody took: {dead}; see casework outbox list --state dead",
)


def mail(server: MailServer | None) -> Finding:
    """Whether the mail server would take mail of ours, which it is asked without sending any."""
    if server is None:
        return Finding("notice", _NO_MAIL)
    try:
        # Some servers let everybody wait before they greet.
        server.ask(3 * server.timeout_s)
    except Unreachable as lost:
        return Finding("bad", with_cure(lost.why))
    return good(f"邮件服务器 {server.host} 可以使用", f"the mail server {server.host} takes our mail")


def messages(tx: Transaction) -> Iterator[Finding]:
    """Ways on which nothing goes through, how long the oldest message waits, and those that were given up."""
    for queue in outbox.closed_queues(tx.db):
        yield Finding("notice", _closed(tx.service, queue))
    oldest = outbox.oldest_waiting(tx.db)
    waits = tx.now - oldest if oldest else timedelta()
    if waits >= _LONG:
        yield Finding("notice", _WAITS.with_(minutes=waits // timedelta(minutes=1)))
    else:
        yield good("没有久等的消息", "no message has waited long")
    if dead := int(metrics.now(tx.db)["messages_dead"]):
        yield Finding("notice", _DEAD.with_(dead=dead))


def _closed(service: Service, queue: Any) -> Text:
    sentence = _MAIL_CLOSED if queue.name is None else _CLOSED
    return sentence.with_(
        name=queue.name,
        id=queue.id,
        since=f"{queue.closed_since.astimezone(service.zone):%Y-%m-%d %H:%M}",
        waiting=queue.waiting,
        why=_ended(with_cure(queue.last_error)),
    )


def _ended(text: Text) -> Text:
    """As a sentence that another one follows."""
    return Text(text.zh.rstrip("。") + "。", text.en.rstrip(".") + ".")
