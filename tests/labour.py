"""What runs in processes of its own that a test may kill: somebody who sweeps, somebody who delivers."""

import time
from collections.abc import Callable
from contextlib import suppress
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from casework.records.database import Database
from casework.records.vault import Keyring
from casework.rules.refusals import Unavailable
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.senders.smtp import MailServer
from casework.work.overdue import sweep
from casework.work.post import deliver
from casework.work.service import Service
from tests.receivers import LOOPBACK


def sweeps(url: str, mail_port: int) -> None:
    """Sweep again and again, as a scheduler does."""
    _again_and_again(url, mail_port, sweep)


def delivers(url: str, mail_port: int) -> None:
    """Deliver again and again, as a scheduler does."""
    _again_and_again(url, mail_port, deliver)


def _again_and_again(url: str, mail_port: int, work: Callable[[Service], object]) -> None:
    mail = MailServer("127.0.0.1", mail_port, "casework@union.example.org", tls="none", timeout_s=5)
    senders = Senders(Outside(LOOPBACK, connect_s=2, read_s=2, deadline_s=5), mail)
    database = Database(url, pool_size=2, movable_time=True)
    service = Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"), senders=senders)
    while True:
        # A connection that is cut off under it is what the scheduler survives, too.
        with suppress(Unavailable, DBAPIError):
            work(service)
        time.sleep(0.02)
