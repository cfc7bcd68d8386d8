"""Schedulers, deliverers and connections are killed at random over thousands of clocks; then everything is counted.

Four sweep and four deliver. What must come out: every level that is due has one alert, every lapse was taken once and
told once to the owner, every alert has one message for each that is to hear of it, and every message has reached its
receiver; what came twice bears the same id, and came because somebody died just then.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from casework.work.overdue import sweep
from casework.work.service import Service
from tests.labour import Labour
from tests.receivers import Receiver, mailbox, receiver
from tests.work.offices import shandong
from tests.work.post_office import Post

CITIES: Final = {"370100": "li", "370200": "sun"}
LATE: Final = 1200
LAPSING: Final = 800
"""So many clocks, half of them in each city."""
LEVELS: Final = ("80%", "due", "+2wd", "+5wd")
EVERY: Final = 120
"""Somebody is killed each time that about so many alerts, lapses and deliveries were added."""
LONGEST_S: Final = 600

# They start on five days in turn, so that they come due in many steps.
_COPIES = """
with one as (
  select c.*, k.name as clock, k.owed_by, k.started_at, k.takes, written
  from casework.cases c join casework.clocks k on k.case_id = c.id and k.name = :clock
    cross join lateral jsonb_array_elements(cast(c.clocks as jsonb)) written
  where c.id = :template and written ->> 'name' = :clock)
, later as (
  select gen_random_uuid() as id, n, one.started_at + n % 5 * interval '1 day' as starts,
    one.started_at + n % 5 * interval '1 day' + interval '10 days' as due
  from one, generate_series(1, :many) n)
, copy as (
  insert into casework.cases (id, number, workflow, workflow_version, state, phase, waits_for, org_id, channel, urgent,
    first_in_line, due_provisional, applicant_id, applicant_name, search_text, facts, taken, clocks, opened_at,
    updated_at, version, last_hash)
  select later.id, one.number || '-' || n, workflow, workflow_version, state, phase, waits_for, org_id, channel,
    urgent, first_in_line, due_provisional, applicant_id, applicant_name, search_text, facts, taken,
    cast(jsonb_build_array(written || jsonb_build_object(
      'ran', jsonb_build_array(starts), 'due_at', due, 'due_on', cast(due as date))) as text),
    opened_at, updated_at, version, last_hash
  from one, later returning id)
, clock as (
  insert into casework.clocks (case_id, name, generation, owed_by, status, started_at, due_at, due_on, provisional,
    wake_at, takes)
  select later.id, clock, 1, owed_by, 'running', starts, due, cast(due as date), false, starts, takes from one, later)
insert into casework.events (case_id, seq, at, kind, actor_id, actor_role, payload, prev_hash, hash)
select later.id, e.seq, e.at, e.kind, e.actor_id, e.actor_role, e.payload, e.prev_hash, e.hash
from later, casework.events e where e.case_id = :template
"""


@pytest.fixture
def post(service: Service) -> Post:
    """The province with a view outside."""
    return Post(shandong(service))


@pytest.fixture
def owner(owner_url: str) -> Iterator[Engine]:
    """The database as its owner sees it; each statement is a transaction of its own."""
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


class Outside:
    """A webhook of each city, and a mail server that leads to the supervisor of one."""

    def __init__(self, post: Post, stack: ExitStack) -> None:
        self.box = stack.enter_context(mailbox())
        self.hooks: dict[UUID, Receiver] = {}
        for city in CITIES:
            hook = stack.enter_context(receiver())
            self.hooks[post.channel(hook, org=city)] = hook
        post.mail_by(self.box, zhao="zh-CN")


def test_whatever_is_killed_every_alert_lapse_and_message_is_there_once(
    post: Post, database_url: str, owner: Engine
) -> None:
    with ExitStack() as stack:
        outside = Outside(post, stack)
        _fill(post, owner)
        labour = Labour(database_url, owner, outside.box.port)
        stack.callback(labour.stop)
        _kill_until_done(labour, owner)
        _ensure_alerts(owner)
        _ensure_lapses(owner)
        again = _ensure_messages(owner, outside)
        _ensure_a_second_is_refused(owner)
        # Each message is noted as soon as it is sent, so that a death leaves one that comes again, and no more.
        assert again <= labour.killed["deliver"] + labour.killed["connection"]


def test_two_days_in_which_nobody_works_are_made_up_for_without_a_gap_or_a_double(post: Post, owner: Engine) -> None:
    with ExitStack() as stack:
        outside = Outside(post, stack)
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
        assert sweep(post.service).transitions == len(lapsing)
        assert len(post.messages()) > before
        posted = post.deliver(threads=4)
        assert (posted.failed, posted.dead) == (0, 0)
        assert _ensure_messages(owner, outside) == 0
        again = sweep(post.service)
        assert (again.alerts, again.transitions, post.deliver().delivered) == (0, 0, 0)


def _fill(post: Post, owner: Engine) -> None:
    """Clocks of which many came due while nobody looked, and the others come due in the two weeks to come."""
    copied = []
    for city, clerk in CITIES.items():
        late, lapsing = post.open_case(city), post.open_case(city)
        post.province.take(clerk, late, "accept")
        post.province.take(clerk, lapsing, "ask_for_papers", {"papers": ["工资支付凭证"]})
        copied += [(late, "review", LATE // len(CITIES)), (lapsing, "papers", LAPSING // len(CITIES))]
    with owner.begin() as connection:
        for template, clock, many in copied:
            connection.execute(text(_COPIES), {"template": template, "clock": clock, "many": many})
        connection.execute(text("update casework.cases set owner_id = null where state <> 'awaiting_papers'"))
        # Whose papers do not come, the owner is told so.
        connection.execute(
            text(
                "update casework.cases c set owner_id = t.owner_id from casework.cases t"
                " where t.id = any(:templates) and t.state = c.state and t.org_id = c.org_id"
            ),
            {"templates": [template for template, clock, _ in copied if clock == "papers"]},
        )
        # Those that were copied do not count.
        templates = {"templates": [template for template, _, _ in copied]}
        connection.execute(
            text("update casework.clocks set wake_at = null, takes = null where case_id = any(:templates)"), templates
        )
    post.time_passes(days=11)
    # Only the connections of the labourers are there to be cut.
    post.service.database.close()


_OPEN: Final = (
    "select (select count(*) from casework.clocks where ended_at is null and (wake_at is not null or takes is not"
    " null)) + (select count(*) from casework.outbox where state = 'waiting')"
)
_DONE: Final = (
    "select (select count(*) from casework.alerts) + (select count(*) from casework.cases where state = 'withdrawn')"
    " + (select count(*) from casework.outbox where state = 'delivered' and queue_id is not null)"
)


def _kill_until_done(labour: Labour, owner: Engine) -> None:
    """Somebody is killed after something more was done, so that the kills are spread over all of it."""
    limit = time.monotonic() + LONGEST_S
    chance = Random(20260323)
    next_kill = 0
    while still := _count(owner, _OPEN):
        assert time.monotonic() < limit, f"not done in time: {still} open after {labour.killed}"
        done = _count(owner, _DONE)
        if done >= next_kill:
            next_kill = done + chance.randrange(2 * EVERY)
            labour.kill_somebody()
        labour.let_time_pass()
        # For the others to go on; the time of the service does not depend on it.
        time.sleep(0.1)
    assert min(labour.killed[kind] for kind in ("sweep", "deliver", "connection")) > 3


def _count(owner: Engine, query: str) -> int:
    with owner.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _ensure_alerts(owner: Engine) -> None:
    different = "select count(distinct (case_id, clock, generation, level, event_seq)) from casework.alerts"
    assert _count(owner, "select count(*) from casework.alerts") == _count(owner, different)
    for level in LEVELS:
        of_level = f"select count(*) from casework.alerts where clock = 'review' and level = '{level}'"
        assert _count(owner, of_level) == LATE
    assert _count(owner, "select count(*) from casework.alerts where event_seq is not null") == LAPSING
    assert _count(owner, "select count(*) from casework.alerts where suppressed is not null") == 0
    told = "select count(distinct alert_id) from casework.alert_receivers"
    assert _count(owner, "select count(*) from casework.alerts") == _count(owner, told)


def _ensure_lapses(owner: Engine) -> None:
    taken = "select count(*) from casework.events where payload ->> 'transition' = 'lapse'"
    lapsed = "select count(*) from casework.cases where state = 'withdrawn'"
    assert _count(owner, taken) == _count(owner, lapsed) == LAPSING
    assert _count(owner, "select count(*) from casework.letters where name = 'deemed_withdrawn'") == LAPSING


_TO_BE_TOLD: Final = """
select a.id as alert_id, h.id as receiver_id
from casework.alerts a join casework.cases c on c.id = a.case_id join casework.channels h on h.org_id = c.org_id
where a.suppressed is null
union all
select r.alert_id, u.id from casework.alert_receivers r join casework.users u on u.id = r.user_id
where u.email is not null
"""


def _ensure_messages(owner: Engine, outside: Outside) -> int:
    """Of each alert each that is to hear of it has heard once, under the id it has; gives how many came again."""
    with owner.connect() as connection:
        to_be_told = Counter(map(tuple, connection.execute(text(_TO_BE_TOLD))))
        sent = connection.execute(text("select * from casework.outbox where channel <> 'inbox'")).all()
    assert {row.state for row in sent} == {"delivered"}
    told = Counter((row.alert_id, row.receiver_id) for row in sent)
    assert ((to_be_told - told).total(), (told - to_be_told).total()) == (0, 0), "missing, and too many"
    again = 0
    for channel, hook in outside.hooks.items():
        called = [(UUID(request.headers["Casework-Event-Id"]), request.body) for request in hook.received]
        heard = {(message, UUID(json.loads(body)["alert"]["id"])) for message, body in called}
        assert heard == {(row.id, row.alert_id) for row in sent if row.receiver_id == channel}
        assert len(set(called)) == len(heard), "a repetition says something else"
        again += len(called) - len(heard)
    mailed = [UUID(str(mail["Message-ID"]).strip("<>").partition("@")[0]) for mail in outside.box.mails]
    assert set(mailed) == {row.id for row in sent if row.channel == "email"}
    return again + len(mailed) - len(set(mailed))


_SECONDS: Final = (
    "insert into casework.alerts (id, case_id, clock, generation, level, planned_at, at, roles) select"
    " gen_random_uuid(), case_id, clock, generation, level, planned_at, at, roles from casework.alerts"
    " where level is not null",
    "insert into casework.alerts (id, case_id, event_seq, at, roles) select"
    " gen_random_uuid(), case_id, event_seq, at, roles from casework.alerts where event_seq is not null",
    "insert into casework.outbox (id, channel, receiver_id, queue_id, case_id, alert_id, at, try_at) select"
    " gen_random_uuid(), channel, receiver_id, queue_id, case_id, alert_id, at, try_at from casework.outbox",
)


def _ensure_a_second_is_refused(owner: Engine) -> None:
    """Were two to raise one alert at once in spite of the locks, the database would not take the second."""
    for second in _SECONDS:
        with owner.connect() as connection, pytest.raises(IntegrityError, match="unique constraint"):
            connection.execute(text(second))
