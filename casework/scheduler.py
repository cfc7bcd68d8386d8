"""Time's door: what runs when, in a process of its own.

Any number of such processes may run at once: each job claims its work in the database and repeats harmlessly.
"""

import faulthandler
import itertools
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import structlog
from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from casework.records import alerts, attempts, drafts, idempotency, people
from casework.rules.refusals import Unavailable
from casework.settings import Settings
from casework.work import carrying, overdue, recalculation, waiting_list
from casework.work.delivery import digest, worker
from casework.work.drafts import KEPT_FOR, TYPED
from casework.work.health import SCHEDULER, SWEEP, Watch, reach
from casework.work.service import Service

_DIGEST_EVERY: Final = timedelta(minutes=1)
_WAITING_LIST_EVERY: Final = timedelta(minutes=1)
_RECALCULATE_EVERY: Final = timedelta(seconds=10)
_RECALCULATE_S: Final = 8.0
"""So that whoever stops the scheduler does not wait for a hundred thousand cases."""
_TIDY_EVERY: Final = timedelta(hours=1)
_LOOK_AT_THE_CLOCK_EVERY_S: Final = 1
_LONGEST_JOB_S: Final = 600.0
"""A job that takes longer hangs; whoever keeps the process starts it again."""
_STOP: Final = (signal.SIGTERM, signal.SIGINT)

# A sweep that takes longer than its interval leaves the next one out, as it should; APScheduler would warn each time.
logging.getLogger("apscheduler").setLevel(logging.ERROR)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """What is done, how long after a start the next one follows, and how many may run at once."""

    name: str
    every: timedelta
    do: Callable[[], None]
    at_once: int = 1


def jobs(service: Service, settings: Settings) -> tuple[Job, ...]:
    """The jobs of the service: the sweep, the post, the digests, the waiting list, the heartbeat, and tidying up.

    Rules of which the loading was broken off are brought to the cases that they have not reached.
    """
    post_every = settings.post.every_s
    resumption = recalculation.Resumption(service)

    def sweep() -> None:
        swept = overdue.sweep(service)
        beat(SWEEP)
        if swept != overdue.Swept(0, 0):
            log.info("swept", **asdict(swept))

    def deliver() -> None:
        # One that waits for a slow receiver does not keep the next one from serving the others.
        posted = worker.deliver(service, seconds=post_every)
        if posted != worker.Posted():
            log.info("posted", **asdict(posted))

    def serve_waiting() -> None:
        if made := waiting_list.serve(service):
            log.info("waiting_list_served", offers=made)

    def write_digests() -> None:
        if new := digest.write_digests(service):
            log.info("digests_written", digests=new)

    def beat(name: str = SCHEDULER) -> None:
        with service.transaction() as tx:
            alerts.beat(tx.db, name)

    def recalculate() -> None:
        if moved := resumption.go_on(_RECALCULATE_S):
            log.info("recalculated", clocks=len(moved))

    def tidy() -> None:
        with service.transaction() as tx:
            idempotency.purge(tx.db, service.limits.keep_answers)
            people.purge(tx.db)
            drafts.purge(tx.db, KEPT_FOR)
            drafts.purge(tx.db, carrying.LASTS, TYPED)
            attempts.purge(tx.db, service.limits.keep_attempts)
            attempts.purge_known(tx.db, service.limits.known_for)

    return (
        Job("sweep", timedelta(seconds=settings.scheduler.sweep_every_s), sweep),
        Job("post", timedelta(seconds=post_every), deliver, settings.post.threads),
        Job("digest", _DIGEST_EVERY, write_digests),
        Job("waiting_list", _WAITING_LIST_EVERY, serve_waiting),
        Job("heartbeat", timedelta(seconds=settings.scheduler.heartbeat_every_s), beat),
        Job("recalculation", _RECALCULATE_EVERY, recalculate),
        Job("tidy", _TIDY_EVERY, tidy),
    )


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler is not typed
    """Fires one interval after the last start.

    APScheduler's own interval trigger makes up for every interval that was slept through, one by one: a clock that
    is set from 1970 to today costs it all memory.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """One interval from now."""
        return now + self.interval


class Scheduler:
    """Runs jobs, each at once and then at its interval, until it is stopped.

    A job that fails is logged and runs again next time. `zone` is the office's; tests move time by it.
    """

    def __init__(self, jobs: tuple[Job, ...], zone: tzinfo, longest_s: float = _LONGEST_JOB_S) -> None:
        self._zone = zone
        self._longest_s = longest_s
        self._runs = itertools.count()
        self._began: dict[int, float] = {}
        self._started = threading.Event()
        self._stopped = threading.Event()
        self._reachable = True
        self._scheduler = BlockingScheduler(
            timezone=zone,
            # A thread for each, so that a long sweep does not stop the heart.
            executors={"default": ThreadPoolExecutor(sum(job.at_once for job in jobs))},
            # Late is never too late: what is due stays due.
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._scheduler.add_listener(lambda _: self._started.set(), EVENT_SCHEDULER_STARTED)
        for job in jobs:
            self._scheduler.add_job(
                self._run_job,
                Every(job.every),
                args=[job],
                id=job.name,
                next_run_time=datetime.now(zone),
                max_instances=job.at_once,
            )

    def run(self) -> None:
        """Work until `stop` is called from another thread."""
        for watch in (self._watch_the_clock, self._watch_the_jobs):
            threading.Thread(target=watch, name="watchdog", daemon=True).start()
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is running and let `run` return; called before `run`, it waits for that."""
        self._started.wait()
        self._stopped.set()
        self._scheduler.shutdown()

    def _run_job(self, job: Job) -> None:
        run = next(self._runs)
        self._began[run] = time.monotonic()
        try:
            job.do()
        except Unavailable as away:
            if self._reachable:
                log.warning("database_unavailable", job=job.name, why=away.text.en)
            self._reachable = False
        except Exception:
            log.exception("job_failed", job=job.name)
        else:
            if not self._reachable:
                log.info("database_available", job=job.name)
            self._reachable = True
        finally:
            del self._began[run]

    def _watch_the_jobs(self) -> None:
        """End the process when a job hangs: its thread cannot be ended otherwise, and the job would never run again."""
        while not self._stopped.wait(_LOOK_AT_THE_CLOCK_EVERY_S):
            if any(time.monotonic() - began > self._longest_s for began in self._began.copy().values()):
                log.error("job_hangs")
                faulthandler.dump_traceback()
                os._exit(1)

    def _watch_the_clock(self) -> None:
        """When the clock goes back, APScheduler sleeps until the old time comes again; this wakes it.

        It counts its own seconds on a clock that nobody can set.
        """
        while not self._stopped.wait(_LOOK_AT_THE_CLOCK_EVERY_S):
            now = datetime.now(self._zone)
            for job in self._scheduler.get_jobs():
                if job.next_run_time - now > 2 * job.trigger.interval:
                    log.warning("clock_went_back", job=job.id)
                    job.modify(next_run_time=now)


def run(service: Service, settings: Settings) -> None:
    """Run the service's jobs until SIGTERM or SIGINT; for the main thread of a process."""
    apart = service.database.unpooled()
    scheduler = Scheduler(jobs(service, settings), settings.office.zone)
    with _signals_for_a_thread(scheduler.stop):
        Watch(lambda: reach(apart), service.database.let_go).start()
        log.info("scheduler_started")
        scheduler.run()
        log.info("scheduler_stopped")


@contextmanager
def _signals_for_a_thread(stop: Callable[[], Any]) -> Iterator[None]:
    """Inside, a signal to stop is taken by a thread: a handler could break in while the scheduler holds its lock."""

    def wait() -> None:
        signal.sigwait(_STOP)
        stop()

    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    threading.Thread(target=wait, name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
