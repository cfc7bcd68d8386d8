"""Schedulers, deliverers and connections are killed at random over thousands of due clocks; then everything is counted.

Four sweep and four deliver, each in a process of its own. What must come out: every level that is due has one alert,
every lapse was taken once, every message has reached its receiver, and what came twice bears the same id.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from casework.work.overdue import sweep
from casework.work.service import Service
from tests import labour
from tests.receivers import Mailbox, Receiver, mailbox, receiver
from tests.work.offices import shandong
from tests.work.post_office import Post

LATE: Final = 1600
LAPSING: Final = 400
KILLS: Final = 60
LEVELS: Final = ("80%", "due", "+2wd", "+5wd")
LONGEST_S: Final = 400

_COPIES = """
with copy as (
  insert into casework.cases (id, number, workflow, workflow_version, state, phase, waits_for, org_id, channel, urgent,
    applicant_id, applicant_name, search_text, facts, taken, opened_at, updated_at, version, last_hash)
  select gen_random_uuid(), c.number || '-' || n, workflow, workflow_version, state, phase, waits_for, org_id, channel,
    urgent, applicant_id, applicant_name, search_text, facts, taken, opened_at, updated_at, version, last_hash
  from casework.cases c, generate_series(1, :many) n where c.id = :template returning id)
, clock as (
  insert into casework.clocks (id, case_id, name, generation, owed_by, duration, basis, status, started_at, due_at,
    due_on, provisional, wake_at, takes)
  select gen_random_uuid(), copy.id, k.name, 1, k.owed_by, k.duration, k.basis, 'running', k.started_at,
    k.started_at + interval '10 days', cast(k.started_at + interval '10 days' as date), false, k.started_at, k.takes
  from copy, casework.clocks k where k.case_id = :template and k.name = :clock returning id, started_at, due_at, due_on)
, due_time as (
  insert into casework.due_times (clock_id, position, recorded_at, due_at, due_on, provisional)
  select id, 0, started_at, due_at, due_on, false from clock)
, event as (
  insert into casework.events (case_id, seq, at, kind, actor_id, actor_role, payload, prev_hash, hash)
  select copy.id, e.seq, e.at, e.kind, e.actor_id, e.actor_role, e.payload, e.prev_hash, e.hash
  from copy, casework.events e where e.case_id = :template)
insert into casework.clock_marks (clock_id, position, mark, at) select id, 0, 'run', started_at from clock
"""


class Labour:
    """Four who sweep and four who deliver, and somebody who kills them."""

    def __init__(self, url: str, owner_url: str, mail_port: int) -> None:
        self.chance = Random(20261122)
        self.engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([labour.__name__])
        self._arguments = (url, mail_port)
        self.workers = [self._hired(work) for work in (labour.sweeps, labour.delivers) for _ in range(4)]
        self.killed: Counter[str] = Counter()

    def _hired(self, work: Callable[[str, int], None]) -> tuple[Callable[[str, int], None], Any]:
        process = self._context.Process(target=work, args=self._arguments, daemon=True)
        process.start()
        return work, process

    def kill_somebody(self) -> None:
        """A process, which is replaced at once, or some connections."""
        if self.chance.random() < 0.3:
            self._cut_connections()
            return
        place = self.chance.randrange(len(self.workers))
        work, process = self.workers[place]
        assert process.is_alive(), "a worker ended by itself"
        process.kill()
        process.join()
        self.killed[work.__name__] += 1
        self.workers[place] = self._hired(work)

    def _cut_connections(self) -> None:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select pid from pg_stat_activity where datname = current_database() and usename <> current_user"
                    " and application_name <> 'the test'"
                )
            ).all()
            for row in self.chance.sample(rows, min(3, len(rows))):
                connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": row.pid})
                self.killed["connections"] += 1

    def count(self, query: str) -> int:
        """A number that a query gives."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def time_passes(self, seconds: int) -> None:
        """Leases of the dead and waits after a failure end."""
        with self.engine.connect() as connection:
            connection.execute(
                text("update casework.time_offset set value = value + make_interval(secs => :by)"), {"by": seconds}
            )

    def stop(self) -> None:
        """Everybody goes."""
        for _, process in self.workers:
            process.kill()
            process.join()
        self.engine.dispose()


@pytest.fixture
def post(service: Service) -> Post:
    """The province with a view outside."""
    return Post(shandong(service))


def test_whatever_is_killed_every_alert_lapse_and_message_is_there_once(
    post: Post, database_url: str, owner_url: str
) -> None:
    with ExitStack() as stack:
        hook, box = stack.enter_context(receiver()), stack.enter_context(mailbox())
        post.channel(hook)
        post.mail_by(box, zhao="zh-CN")
        _fill(post, owner_url)
        labour_force = Labour(database_url, owner_url, box.port)
        stack.callback(labour_force.stop)
        _kill_until_done(labour_force)
        _ensure_alerts(labour_force)
        _ensure_lapses(labour_force)
        _ensure_messages(labour_force, hook, box)


def test_two_days_in_which_nobody_works_are_made_up_for_without_a_gap_or_a_double(post: Post) -> None:
    with receiver() as hook, mailbox() as box:
        post.channel(hook)
        post.mail_by(box, zhao="zh-CN", li="en")
        lapsing = [post.open_case() for _ in range(5)]
        for case in lapsing:
            post.province.take("li", case, "ask_for_papers", {"papers": ["工资支付凭证"]})
        post.time_passes(days=8)
        for _ in range(20):
            post.open_case()
        post.time_passes(days=5)
        assert sweep(post.service).transitions == 0
        post.deliver()
        before = len(post.messages())

        post.time_passes(days=2)  # meanwhile the papers were due, and four fifths of the reviews are over
        assert len(post.messages()) == before
        swept = sweep(post.service)
        assert swept.transitions == len(lapsing)
        assert len(post.messages()) > before
        posted = post.deliver(threads=4)
        assert (posted.failed, posted.dead) == (0, 0)
        sent = Counter(row.id for row in post.messages("delivered"))
        assert set(sent.values()) == {1}
        assert len(hook.received) + len(box.mails) == len(sent)
        again = sweep(post.service)
        assert (again.alerts, again.transitions, post.deliver().delivered) == (0, 0, 0)


def _fill(post: Post, owner_url: str) -> None:
    """Thousands of clocks that came due while nobody looked."""
    late, lapsing = post.open_case(), post.open_case()
    post.province.take("li", late, "accept")
    post.province.take("li", lapsing, "ask_for_papers", {"papers": ["工资支付凭证"]})
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        # Two weeks' late clocks for everybody; the two that were copied are not counted.
        for template, clock, many in ((late, "review", LATE), (lapsing, "papers", LAPSING)):
            connection.execute(text(_COPIES), {"template": template, "clock": clock, "many": many})
        connection.execute(text("update casework.cases set owner_id = null"))
        connection.execute(text("update casework.clocks set wake_at = null, takes = null where case_id in (:a, :b)"),
                           {"a": late, "b": lapsing})  # fmt: skip
    engine.dispose()
    post.time_passes(days=21)


_OPEN = (
    "select (select count(*) from casework.clocks where ended_at is null and wake_at <= clock_timestamp() + (select"
    " value from casework.time_offset)) + (select count(*) from casework.clocks where ended_at is null and takes is not"
    " null) + (select count(*) from casework.outbox where state = 'waiting')"
)
_DONE = (
    "select (select count(*) from casework.alerts) + (select count(*) from casework.outbox where state = 'delivered')"
    " + (select count(*) from casework.events where payload ->> 'transition' = 'lapse')"
)


def _kill_until_done(work: Labour) -> None:
    """Somebody is killed whenever something more was done, so that the kills are spread over all of it."""
    limit = time.monotonic() + LONGEST_S
    step = LATE * len(LEVELS) * 4 // KILLS
    last = 0
    while work.count(_OPEN):
        assert time.monotonic() < limit, f"not done in time: {work.count(_OPEN)} open after {work.killed}"
        done = work.count(_DONE)
        if done >= last + step and sum(work.killed.values()) < KILLS * 2:
            last = done
            work.kill_somebody()
        work.time_passes(5)
        time.sleep(0.05)
    assert work.killed["sweeps"] > 3
    assert work.killed["delivers"] > 3
    assert work.killed["connections"] > 3


def _ensure_alerts(work: Labour) -> None:
    different = "select count(distinct (case_id, clock, generation, level)) from casework.alerts"
    assert work.count("select count(*) from casework.alerts") == work.count(different)
    for level in LEVELS:
        assert work.count(f"select count(*) from casework.alerts where clock = 'review' and level = '{level}'") == LATE
    told = "select count(distinct alert_id) from casework.alert_receivers"
    assert work.count("select count(*) from casework.alerts where suppressed is null") == work.count(told)


def _ensure_lapses(work: Labour) -> None:
    taken = "select count(*) from casework.events where payload ->> 'transition' = 'lapse'"
    assert work.count(taken) == work.count("select count(*) from casework.cases where state = 'withdrawn'") == LAPSING
    assert work.count("select count(*) from casework.letters where name = 'deemed_withdrawn'") == LAPSING


def _ensure_messages(work: Labour, hook: Receiver, box: Mailbox) -> None:
    """Each was delivered, none is lost, and what came twice bears the id of the first."""
    assert work.count("select count(*) from casework.outbox where channel <> 'inbox' and state <> 'delivered'") == 0
    called = [request.headers["Casework-Event-Id"] for request in hook.received]
    mailed = [str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in box.mails]
    assert {UUID(one) for one in called} == _sent(work, "webhook")
    assert {UUID(one) for one in mailed} == _sent(work, "email")
    again = len(called) + len(mailed) - len(set(called)) - len(set(mailed))
    # Whoever is killed between sending and noting it leaves one message, or the mails of one session.
    assert again <= 60 * (work.killed["delivers"] + work.killed["connections"])
    bodies = {(request.headers["Casework-Event-Id"], request.body) for request in hook.received}
    assert len(bodies) == len(set(called))


def _sent(work: Labour, channel: str) -> set[UUID]:
    with work.engine.connect() as connection:
        rows = connection.execute(text("select id from casework.outbox where channel = :channel"), {"channel": channel})
        return {row.id for row in rows}
