"""Time's door: the jobs, and that neither a failing job nor a moved clock stops them."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from casework import scheduler
from casework.records import alerts, attempts, idempotency, people
from casework.records.database import Tx
from casework.rules.refusals import Unavailable
from casework.rules.text import Text
from casework.scheduler import Job, Scheduler, jobs
from casework.settings import ROOT, Settings
from casework.work.health import SCHEDULER, SWEEP
from casework.work.service import Service
from tests.receivers import mailbox, receiver
from tests.work.offices import Province, shandong
from tests.work.post_office import Post

SOON_S = 20


@pytest.fixture(autouse=True)
def fresh_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has logged once keeps how it did so, and would not be heard after another test has set up the log."""
    monkeypatch.setattr(scheduler, "log", structlog.get_logger())


class SetClock(tzinfo):
    """A zone by which somebody sets the machine's clock: whoever asks it for the time is told another instant."""

    moved = timedelta()

    def utcoffset(self, at: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, at: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, at: datetime | None) -> str:
        return "set"

    def fromutc(self, at: datetime) -> datetime:
        return at + self.moved


class Count:
    """A job that counts its runs."""

    def __init__(self, then: Callable[[int], None] = lambda run: None) -> None:
        self.runs = 0
        self._then = then
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.runs += 1
            self._changed.notify_all()
        self._then(self.runs)

    def reaches(self, runs: int) -> bool:
        """Whether it soon has run so often."""
        with self._changed:
            return self._changed.wait_for(lambda: self.runs >= runs, SOON_S)


@contextmanager
def running(scheduler: Scheduler) -> Iterator[None]:
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield
    finally:
        scheduler.stop()
        thread.join(SOON_S)
    assert not thread.is_alive()


def often(do: Callable[[], None]) -> Job:
    return Job("often", timedelta(seconds=0.2), do)


def test_a_job_runs_at_once_and_then_at_its_interval() -> None:
    count, seldom = Count(), Count()
    with running(Scheduler((often(count), Job("seldom", timedelta(hours=1), seldom)), SetClock())):
        assert count.reaches(3)
        assert seldom.reaches(1)
    assert seldom.runs == 1


def test_a_clock_that_goes_back_does_not_stop_the_jobs() -> None:
    clock, count = SetClock(), Count()
    with running(Scheduler((often(count),), clock)):
        assert count.reaches(2)
        clock.moved = -timedelta(hours=1)
        before = count.runs
        assert count.reaches(before + 3)


def test_a_clock_that_leaps_half_a_century_does_not_make_up_for_it() -> None:
    clock, count = SetClock(), Count()
    clock.moved = -timedelta(days=50 * 365)
    with running(Scheduler((often(count),), clock)):
        assert count.reaches(2)
        clock.moved = timedelta()
        before = count.runs
        assert count.reaches(before + 3)
    assert count.runs < before + 50


def test_a_job_that_hangs_ends_the_process_and_says_where() -> None:
    hanging = (
        "import threading\n"
        "from datetime import UTC, timedelta\n"
        "from casework.scheduler import Job, Scheduler\n"
        "def hangs():\n"
        "    threading.Event().wait(60)\n"
        "Scheduler((Job('hangs', timedelta(hours=1), hangs),), UTC, longest_s=0.5).run()\n"
    )
    ended = subprocess.run([sys.executable, "-c", hanging], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "in hangs" in ended.stderr


def test_a_job_that_fails_is_logged_and_runs_again() -> None:
    def fail(run: int) -> None:
        if run == 1:
            raise ZeroDivisionError

    count = Count(fail)
    with capture_logs() as logs, running(Scheduler((often(count),), SetClock())):
        assert count.reaches(3)
    assert [(line["event"], line["job"]) for line in logs] == [("job_failed", "often")]


def test_a_database_that_is_away_is_told_once_and_its_return_too() -> None:
    def away(run: int) -> None:
        if 2 <= run <= 5:
            raise Unavailable(Text("数据库暂时无法连接。", "The database cannot be reached."))

    count = Count(away)
    with capture_logs() as logs, running(Scheduler((often(count),), SetClock())):
        assert count.reaches(8)
    assert [line["event"] for line in logs] == ["database_unavailable", "database_available"]


def test_a_long_job_does_not_hold_up_another() -> None:
    release = threading.Event()

    def wait(run: int) -> None:
        release.wait(SOON_S)

    long, count = Count(wait), Count()
    with running(Scheduler((Job("long", timedelta(seconds=0.2), long), often(count)), SetClock())):
        assert long.reaches(1)
        assert count.reaches(5)
        assert long.runs == 1
        release.set()
        assert long.reaches(2)


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


@pytest.fixture
def work(service: Service, tmp_path: Path) -> dict[str, Callable[[], None]]:
    """The jobs of the service by name."""
    settings = Settings.load({"CASEWORK_ENV": "test", "CASEWORK_HOME": str(tmp_path)})
    return {job.name: job.do for job in jobs(service, settings)}


def test_the_heart_beats_where_readiness_looks(province: Province, work: dict[str, Callable[[], None]]) -> None:
    work["heartbeat"]()
    work["sweep"]()
    with province.service.transaction() as tx:
        assert alerts.beats_within(tx.db, SCHEDULER, timedelta(seconds=10))
        assert alerts.beats_within(tx.db, SWEEP, timedelta(seconds=10))


def test_a_sweep_raises_what_came_due(province: Province, work: dict[str, Callable[[], None]]) -> None:
    case = province.open_case("li")
    province.days_pass(30)
    work["sweep"]()
    with province.service.transaction() as tx:
        assert {row.clock for row in alerts.of_case(tx.db, case)} >= {"review_by_law"}


def test_what_has_had_its_day_is_forgotten_and_nothing_else(
    province: Province, work: dict[str, Callable[[], None]]
) -> None:
    service, li = province.service, province.people["li"]
    with service.transaction() as tx:
        people.keep_token(tx.db, "short", li.id, tx.now + timedelta(hours=1))
        people.keep_token(tx.db, "long", li.id, tx.now + timedelta(days=30))
        attempts.note(tx.db, b"old")
        attempts.remember(tx.db, b"long ago")
        idempotency.claim(tx.db, "li", "/cases", "old", b"", service.limits.keep_answers)
    province.days_pass(2)
    with service.transaction() as tx:
        attempts.note(tx.db, b"new")
        attempts.remember(tx.db, b"lately")
        tx.db.run("update known_callers set at = at - interval '28 days' where digest = 'long ago'")
        idempotency.claim(tx.db, "li", "/cases", "new", b"", service.limits.keep_answers)

    work["tidy"]()

    with service.transaction(token="long") as tx:
        assert people.caller(tx.db) is not None
        assert column(tx.db, "select count(*) from tokens") == [1]
        assert column(tx.db, "select digest from sign_ins") == [b"new"]
        assert column(tx.db, "select digest from known_callers") == [b"lately"]
        assert column(tx.db, "select key from idempotency_keys") == ["new"]


def test_several_schedulers_do_the_same_work_side_by_side(
    province: Province, work: dict[str, Callable[[], None]]
) -> None:
    service, li = province.service, province.people["li"]
    for _ in range(3):
        province.open_case("li")
    with service.transaction() as tx:
        for number in range(200):
            people.keep_token(tx.db, f"token {number}", li.id, tx.now + timedelta(hours=1))
    province.days_pass(30)

    every = [work[name] for name in ("sweep", "heartbeat", "tidy") for _ in range(4)]
    with ThreadPoolExecutor(len(every)) as pool:
        for done in [pool.submit(do) for do in every]:
            done.result()

    with service.transaction() as tx:
        assert column(tx.db, "select count(*) from tokens") == [0]
        assert column(tx.db, "select process from heartbeats order by 1") == ["scheduler", "sweep"]
        doubled = "select 1 from alerts group by case_id, clock, generation, level having count(*) > 1"
        assert column(tx.db, doubled) == []
        assert column(tx.db, "select count(distinct case_id) from alerts") == [3]


def column(tx: Tx, statement: str) -> list[object]:
    return [bytes(row[0]) if isinstance(row[0], memoryview) else row[0] for row in tx.all(statement)]


def test_the_post_goes_out_and_digests_are_written(province: Province, work: dict[str, Callable[[], None]]) -> None:
    post = Post(province)
    with receiver() as there, mailbox() as box:
        post.mail_by(box, li="zh-CN")
        post.channel(there)
        with province.service.transaction() as tx:
            tx.db.run("update users set digest = true where username = 'li'")
        post.alert()
        work["digest"]()
        work["post"]()
    assert len(there.received) == 1
    assert len(box.mails) == 2


def test_a_job_that_may_run_several_times_at_once_does_not_wait_for_itself() -> None:
    held, both = threading.Event(), threading.Barrier(2)

    def wait() -> None:
        if not held.is_set():
            both.wait(SOON_S)
            held.set()

    scheduler = Scheduler((Job("post", timedelta(milliseconds=20), wait, at_once=2),), SetClock())
    with running(scheduler):
        assert held.wait(SOON_S)
