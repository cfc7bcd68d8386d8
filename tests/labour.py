"""Four who sweep and four who deliver, each in a process of its own, and somebody who kills them and their connections.

Time is moved by hand, from one moment at which there is something to do to the next, and stands still while anybody is
at it: so no lease of a living deliverer ends because of the test, and what comes twice comes twice because of a kill.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from ctypes import Array, c_uint64
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawArray
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, text

from casework.records.database import Database
from casework.records.vault import Keyring
from casework.rules.refusals import Unavailable
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.senders.smtp import MailServer
from casework.work.delivery.worker import deliver
from casework.work.overdue import sweep
from casework.work.service import Service
from tests.receivers import LOOPBACK

_PATIENCE_S: Final = 30
"""How long a receiver may take: on a busy machine, too, nobody gives up on one that has taken the message."""
_PLACES: Final = (sweep,) * 4 + (deliver,) * 4
_BACKENDS: Final = (
    "select pid from pg_stat_activity where datname = current_database() and usename <> current_user"
    " and backend_type = 'client backend'"
)
_LEASES: Final = "select id, leased_until from casework.delivery_queues order by id"
# Clocks come due; leases, waits after a failure and the hours in which nothing is sent come to their end.
_TO_THE_NEXT_MOMENT: Final = """
update casework.time_offset set value = value + coalesce((
  select min(moment) from (
    select wake_at from casework.clocks where ended_at is null
    union all select coalesce(retry_at, due_at) from casework.clocks where ended_at is null and takes is not null
    union all select try_at from casework.outbox where state = 'waiting'
    union all select retry_at from casework.delivery_queues
    union all select leased_until from casework.delivery_queues) as coming (moment)
  where moment > clock_timestamp() + value) - clock_timestamp() - value, interval '0')
"""


def _again_and_again(
    work: Callable[[Service], object], url: str, mail_port: int, rounds: Array[c_uint64], place: int
) -> None:
    """Sweep or deliver as a scheduler does, and count the rounds that came to their end."""
    mail = MailServer("127.0.0.1", mail_port, "casework@union.example.org", tls="none", timeout_s=_PATIENCE_S)
    outside = Outside(LOOPBACK, connect_s=_PATIENCE_S, read_s=_PATIENCE_S, deadline_s=_PATIENCE_S)
    database = Database(url, pool_size=2, movable_time=True)
    service = Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"), senders=Senders(outside, mail))
    while True:
        # A connection that is cut off under it is what the scheduler survives, too.
        with suppress(Unavailable):
            work(service)
            rounds[place] += 1
        time.sleep(0.02)


class Labour:
    """The eight, at work from now on; `killed` counts by `sweep`, `deliver` and `connection`."""

    def __init__(self, url: str, owner: Engine, mail_port: int) -> None:
        self.killed: Counter[str] = Counter()
        self._owner = owner
        self._chance = Random(20261122)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._rounds: Any = RawArray(c_uint64, len(_PLACES))
        self._arguments = (url, mail_port, self._rounds)
        self._workers = [self._hired(place) for place in range(len(_PLACES))]
        self._seen: tuple[list[int], list[Row[Any]]] = ([], [])

    def _hired(self, place: int) -> BaseProcess:
        arguments = (_PLACES[place], *self._arguments, place)
        process = self._context.Process(target=_again_and_again, args=arguments, daemon=True)
        process.start()
        return process

    def kill_somebody(self) -> None:
        """A process, which is replaced at once, or a connection."""
        if self._chance.random() < 0.4:
            self._cut_a_connection()
            return
        place = self._chance.randrange(len(_PLACES))
        self._end(self._workers[place])
        self.killed[_PLACES[place].__name__] += 1
        self._workers[place] = self._hired(place)

    def _cut_a_connection(self) -> None:
        with self._owner.connect() as connection:
            if pids := connection.execute(text(_BACKENDS)).scalars().all():
                cut = text("select pg_terminate_backend(:pid)")
                self.killed["connection"] += connection.execute(cut, {"pid": self._chance.choice(pids)}).scalar_one()

    def let_time_pass(self) -> None:
        """Time moves to the next moment at which there is something to do, once there is nothing to do before.

        To be called again and again. Whoever holds a lease is in the midst of a round: where the leases are the same as
        they were and everybody has begun and ended a round since, they are leases of the dead.
        """
        assert all(worker.is_alive() for worker in self._workers), "somebody ended without being killed"
        with self._owner.connect() as connection:
            rounds = list(self._rounds)
            leases = list(connection.execute(text(_LEASES)).all())
            before, held = self._seen
            if leases == held:
                if any(now < then + 2 for then, now in zip(before, rounds, strict=True)):
                    return
                connection.execute(text(_TO_THE_NEXT_MOMENT))
            self._seen = (rounds, leases)

    def stop(self) -> None:
        """Everybody goes."""
        for process in self._workers:
            self._end(process)

    @staticmethod
    def _end(process: BaseProcess) -> None:
        process.kill()
        process.join()
