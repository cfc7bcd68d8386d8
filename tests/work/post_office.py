"""An office whose alerts go outside: receivers on loopback, channels to them, people with mail addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import inf
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from casework.records import outbox
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.senders.smtp import MailServer
from casework.work.delivery import channels
from casework.work.delivery.worker import Posted, deliver
from casework.work.overdue import sweep
from casework.work.service import Service
from tests.receivers import LOOPBACK, Mailbox, Receiver
from tests.work.offices import Province

SECRET = "a secret of both sides"
OUTSIDE = Outside(LOOPBACK, connect_s=0.5, read_s=0.5, deadline_s=1)
STILL_EMPLOYED = {"started_on": "2024-01-08", "still_employed": True}


@dataclass
class Post:
    """The outside of a province."""

    province: Province

    def __post_init__(self) -> None:
        self.service.senders = Senders(OUTSIDE)

    @property
    def service(self) -> Service:
        """That of the province."""
        return self.province.service

    def mail_by(self, box: Mailbox, *, timeout_s: float = 1, **addresses: str) -> None:
        """From now on mail goes by this server, to these users; `li="zh-CN"` names somebody with the language."""
        mail = MailServer("127.0.0.1", box.port, "casework@union.example.org", tls="none", timeout_s=timeout_s)
        self.service.senders = replace(self.service.senders, mail=mail)
        with self.service.transaction() as tx:
            for username, language in addresses.items():
                tx.db.run(
                    "update users set email = username || '@example.org', language = :language where username = :name",
                    name=username,
                    language=language,
                )

    def channel(self, there: Receiver, kind: str = "webhook", org: str = "370100", **more: Any) -> UUID:
        """A channel that leads to a receiver."""
        given = {"kind": kind, "name": f"{kind} {org}", "org": org, "address": there.url, "language": "en"}
        if kind != "wecom":
            given["secret"] = SECRET
        with self.service.transaction(self.province.actor("administrator")) as tx:
            return UUID(str(channels.create_channel(tx, given | more, below="370000/").id))

    def open_case(self, org: str = "370100") -> UUID:
        """A case with nothing to remind of but its review; opened, and owned by nobody."""
        clerk = {"370100": "li", "370200": "sun"}[org]
        return self.province.open_case(clerk, org, employment=STILL_EMPLOYED)

    def alert(self, cases: int = 1, org: str = "370100") -> list[UUID]:
        """So many cases of each of which one alert was raised: four fifths of the review are over."""
        found = [self.open_case(org) for _ in range(cases)]
        self.time_passes(days=4, hours=8)
        while not self._office_is_open():
            self.time_passes(hours=1)
        assert sweep(self.service).alerts >= cases
        return found

    def _office_is_open(self) -> bool:
        local = self.now().astimezone(self.service.zone)
        return local.weekday() < 5 and time(9) <= local.time() < time(17, 30)

    def deliver(self, threads: int = 1, seconds: float = inf) -> Posted:
        """Everything that is due now goes out."""
        return deliver(self.service, threads=threads, seconds=seconds)

    def time_passes(self, **how_long: float) -> None:
        """Time moves on."""
        with self.service.transaction() as tx:
            tx.db.run("update time_offset set value = value + :passed", passed=timedelta(**how_long))

    def messages(self, *states: str) -> Sequence[Row[Any]]:
        """Messages to the outside in these states, all unless said."""
        with self.service.transaction() as tx:
            return outbox.listed(tx.db, states or ("waiting", "delivered", "dead", "superseded"), 100_000)

    def now(self) -> datetime:
        """The time of the service."""
        with self.service.transaction() as tx:
            return tx.now
