"""Nobody is called out of opening hours, unless it is urgent; what runs out is told even where that ends the clock."""

from dataclasses import replace
from typing import Any

import pytest

from casework import demo
from casework.records import alerts
from casework.senders.smtp import MailServer
from casework.work.delivery.worker import Posted
from casework.work.overdue import Swept, sweep
from casework.work.service import Service
from tests.receivers import receiver
from tests.work.offices import local, shandong
from tests.work.post_office import Post


@pytest.fixture
def post(service: Service) -> Post:
    return Post(shandong(service))


def swept_at(post: Post, written: str) -> Swept:
    post.province.time_is(local(written))
    return sweep(post.service)


def raised(post: Post, case: Any) -> dict[tuple[str, str], Any]:
    """The alerts of a case by clock and level."""
    with post.service.transaction() as tx:
        return {(row.clock, row.level): row for row in alerts.of_case(tx.db, case)}


def left_on(day: str) -> dict[str, Any]:
    """The facts of somebody whose employment ended on that day."""
    return {
        "employment": {"started_on": "2024-01-08", "ended_on": day},
        "arrears": [{"month": day[:7], "amount": "6500.00"}],
        "previous_steps": [],
    }


def test_what_is_caught_up_on_a_saturday_night_is_listed_at_once_and_goes_out_on_monday(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        case = post.open_case()

        assert swept_at(post, "2026-03-07 22:00").alerts == 1
        assert post.deliver() == Posted()
        post.province.time_is(local("2026-03-09 08:29"))
        assert post.deliver() == Posted()
        post.province.time_is(local("2026-03-09 08:30"))
        assert post.deliver() == Posted(delivered=1)
    assert raised(post, case)["review_by_law", "80%"].at < local("2026-03-07 22:01")


def test_what_is_urgent_goes_out_at_night(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        case = post.province.open_case("li", **left_on("2025-03-20"))  # the year ends on Friday 20 March

        assert swept_at(post, "2026-03-07 22:00").alerts >= 2
        post.deliver()
    told = {(got.json["alert"]["clock"], got.json["alert"]["level"]) for got in there.received}
    assert told == {("limitation", "80%"), ("limitation", "95%")}
    assert ("review_by_law", "80%") in raised(post, case)


def test_a_case_that_turns_urgent_tells_its_people_at_once(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        case = post.province.open_case("li", **left_on("2025-03-20"))
        swept_at(post, "2026-03-13 23:59")
        post.deliver()
        there.received.clear()

        assert swept_at(post, "2026-03-14 00:00:05") == Swept(1, 1)
        post.deliver()
    assert [got.json["alert"]["clock"] for got in there.received] == ["urgency"]
    assert raised(post, case)["urgency", "due"].suppressed is None
    assert sweep(post.service) == Swept(0, 0)


def test_each_wait_that_time_ends_tells_so_when_the_office_opens(service: Service) -> None:
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=local("2026-03-02 09:00"))
    demo.load(service, cases=150, seed=2, now=local("2026-03-02 09:00"))
    sweep(service)
    with service.transaction() as tx:
        tx.db.run("update users set email = username || '@example.org'")
        running = "select case_id, due_at from clocks where name = 'notice' and status = 'running'"
        waits = {row.case_id: row.due_at for row in tx.db.all(running)}
    service.senders = replace(service.senders, mail=MailServer("127.0.0.1", 1, "casework@example.org", tls="none"))
    with service.transaction() as tx:
        tx.db.run("update time_offset set value = value + interval '14 days' - interval '8 hours'")

    sweep(service)  # at one in the morning

    with service.transaction() as tx:
        told = tx.db.all(
            """select a.case_id, o.try_at from alerts a join outbox o on o.alert_id = a.id and o.channel = 'email'
               where a.clock = 'notice' and a.level = 'due'"""
        )
        [still] = tx.db.all("select count(*) as many from clocks where name = 'notice' and ended_at is null")
    assert still.many == 0
    assert waits
    assert {row.case_id for row in told} == waits.keys()
    assert {row.try_at for row in told} == {local("2026-03-16 08:30")}
