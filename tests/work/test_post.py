"""What is to go out goes out once as far as one side can know it, whoever is down, slow, wrong or killed meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from threading import Barrier
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from benchmarks.recording import recorded
from casework.records import alerts, delivery_queues, metrics, outbox
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.rules.refusals import Invalid
from casework.senders.failures import reason
from casework.senders.webhook import verify
from casework.settings import ROOT
from casework.work import policies, recalculation
from casework.work.delivery import channels
from casework.work.delivery import worker as work
from casework.work.delivery.delivery_errors import with_cure
from casework.work.delivery.worker import Posted, deliver
from casework.work.overdue import sweep
from casework.work.service import Limits, Service
from tests.receivers import Behaviour, Receiver, answers, drips, hangs, mailbox, receiver
from tests.rewriting import rewrite
from tests.work.offices import shandong
from tests.work.post_office import SECRET, Post

OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def post(service: Service) -> Post:
    return Post(shandong(service))


@pytest.fixture
def another_service(database_url: str, post: Post) -> Iterator[Callable[[], Service]]:
    """Further processes, as far as the database can tell: services with connections of their own."""
    made: list[Database] = []

    def service() -> Service:
        made.append(Database(database_url, movable_time=True))
        return Service(made[-1], Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"), None, post.service.senders)

    yield service
    for database in made:
        database.close()


def ids(there: Receiver) -> list[str]:
    return [got.headers["Casework-Event-Id"] for got in there.received]


def facts_of(post: Post, case: UUID) -> list[str]:
    """Everything that is known of a case and must not be told: every text among its facts, in full."""
    with post.service.transaction(post.province.actor("zhao")) as tx:
        from_open = tx.db.run("select facts from cases where id = :id", id=case).scalar_one()
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                walk(one)
        elif isinstance(value, str) and len(value) > 1:
            found.append(value)

    walk(from_open)
    return found


# Mail


def test_an_alert_goes_by_mail_to_those_who_have_an_address_in_their_language(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN", zhao="en")
        [case] = post.alert()
        post.time_passes(days=10)
        sweep(post.service)
        post.deliver()
    to = Counter(str(mail["To"]) for mail in box.mails)
    assert to == {"li@example.org": 2, "zhao@example.org": 2}
    with post.service.transaction() as tx:
        number = tx.db.run("select number from cases where id = :id", id=case).scalar_one()
    for mail in box.mails:
        chinese = mail["To"] == "li@example.org"
        assert mail["Content-Language"] == ("zh-CN" if chinese else "en")
        said = f"{mail['Subject']}\n{mail.get_content()}"
        assert number in said
        assert ("审查期限" in said) == chinese
        assert "2026-03-10 00:00 UTC+08:00" in said
        assert [fact for fact in facts_of(post, case) if fact in said] == []
    ids = {str(mail["Message-ID"]) for mail in box.mails}
    assert ids == {f"<{one.id}@union.example.org>" for one in post.messages("delivered")}


def test_without_a_mail_server_nothing_waits_for_one(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
    post.service.senders = type(post.service.senders)(post.service.senders.outside)
    post.alert()
    assert post.messages() == []


def test_mails_of_a_round_are_handed_in_together_and_a_bad_address_keeps_none_back(post: Post) -> None:
    with mailbox() as box:
        box.refuse = lambda address: {"li@example.org": "550 unknown", "zhao@example.org": "450 full"}.get(address)
        post.mail_by(box, li="zh-CN", wang="zh-CN", zhao="zh-CN")
        post.alert(3)
        post.time_passes(days=10)
        sweep(post.service)
        posted = post.deliver()
        assert posted == Posted(delivered=6, failed=6, dead=6)
        assert box.sessions == 1
        assert {str(mail["To"]) for mail in box.mails} == {"wang@example.org"}
        assert {one.receiver: one.last_error for one in post.messages("dead", "waiting")} == {
            "li": {"code": "mail_answered", "status": 550},
            "zhao": {"code": "mail_answered", "status": 450},
        }


def test_mail_waits_while_the_server_is_down_and_arrives_once_when_it_is_back(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
    post.alert(3)
    assert post.deliver() == Posted(failed=1)
    assert post.deliver() == Posted()
    with mailbox() as box:
        post.mail_by(box)
        post.time_passes(minutes=1)
        assert post.deliver() == Posted(delivered=3)
    assert len({str(mail["Message-ID"]) for mail in box.mails}) == len(box.mails) == 3


def test_a_mail_server_that_cuts_every_tenth_mail_gets_all_of_them_and_only_those_again(post: Post) -> None:
    with mailbox() as box:
        box.cuts = lambda number: number % 10 == 0
        post.mail_by(box, li="zh-CN")
        post.alert(40)
        for _ in range(12):
            post.deliver()
            post.time_passes(minutes=2)
    assert {one.state for one in post.messages()} == {"delivered"}
    times = Counter(str(mail["Message-ID"]) for mail in box.mails)
    assert len(times) == 40
    assert sum(times.values()) - 40 == len(box.mails) // 10


def test_a_mail_server_that_greets_late_gets_its_mail_however_short_the_time(post: Post) -> None:
    with mailbox(greets_after_s=0.3) as box:
        post.mail_by(box, timeout_s=20, li="zh-CN")
        post.alert(3)
        assert [post.deliver(seconds=0) for _ in range(4)] == [*[Posted(delivered=1)] * 3, Posted()]
    assert len(box.mails) == 3


def test_a_way_that_opens_too_late_is_closed_and_says_so(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_BEGINS_WITHIN_S", 0)
    with mailbox(greets_after_s=0.05) as box:
        post.mail_by(box, timeout_s=20, li="zh-CN")
        post.alert(2)
        assert [post.deliver(), post.deliver()] == [Posted(failed=1), Posted()]
    with post.service.transaction() as tx:
        [closed] = outbox.closed_queues(tx.db)
    assert (closed.channel, closed.last_error) == ("email", {"code": "mail_slow_to_open"})
    assert "greet late" in with_cure(closed.last_error).en
    assert box.mails == []


def test_a_tick_with_nothing_to_send_only_looks_for_a_queue(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
        with recorded() as sent:
            assert post.deliver() == Posted()
    asked = [statement.text for statement in sent]
    assert [text.split()[0] for text in asked] == ["select", "update"]
    assert "set_config" in asked[0]
    assert "skip locked" in asked[1]


def test_who_has_left_or_has_no_address_any_more_gets_none(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN", wang="zh-CN")
        post.alert()
        with post.service.transaction() as tx:
            tx.db.run("update users set active = false where username = 'li'")
            tx.db.run("update users set email = null where username = 'wang'")
        assert post.deliver() == Posted(superseded=2)
    assert box.mails == []


# Webhooks


def test_a_webhook_says_what_came_to_pass_and_nothing_about_the_person(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        [case] = post.alert()
        assert post.deliver() == Posted(delivered=1)
    [got] = there.received
    assert verify(SECRET, got.headers["Casework-Signature"], got.body, post.now().timestamp())
    [message] = post.messages("delivered")
    said = got.json
    assert said["id"] == got.headers["Casework-Event-Id"] == str(message.id)
    assert (said["type"], said["sequence"], got.headers["Casework-Sequence"]) == ("alert.raised", 1, "1")
    assert said["case"] == {
        "id": str(case),
        "number": message.number,
        "workflow": "legal_aid",
        "state": "submitted",
        "phase": "intake",
        "org": "370100",
    }
    assert (said["alert"]["clock"], said["alert"]["level"]) == ("review_by_law", "80%")
    assert said["alert"]["due_at"] == "2026-03-10T00:00:00+08:00"
    assert [fact for fact in facts_of(post, case) if fact in got.body.decode()] == []


def test_events_and_alerts_of_a_case_are_numbered_in_one_row_without_gaps(post: Post) -> None:
    with receiver() as there, receiver() as only_alerts:
        post.channel(there, events=True)
        post.channel(only_alerts)
        first = post.open_case()
        post.province.take("li", first, "accept")
        other = post.alert()[0]
        post.province.take("li", first, "withdraw", {"reason": "已自行和解"})
        post.deliver()
    said = sorted((got.json for got in there.received), key=lambda one: one["sequence"])
    steps = [(one["sequence"], one["type"]) for one in said if one["case"]["id"] == str(first)]
    assert [number for number, _ in steps] == list(range(1, len(steps) + 1))
    kinds = Counter(kind for _, kind in steps)
    assert kinds == {"case.opened": 1, "case.transition": 2, "alert.raised": len(steps) - 3}
    assert kinds["alert.raised"] > 0
    assert [one["event"]["transition"] for one in said if "event" in one and one["case"]["id"] == str(first)] == [
        "submit", "accept", "withdraw",
    ]  # fmt: skip
    assert [one["sequence"] for one in said if one["case"]["id"] == str(other)] == [1, 2]
    assert {got.json["type"] for got in only_alerts.received} == {"alert.raised"}
    assert {got.json["sequence"] for got in only_alerts.received} == {1}


def test_a_case_whose_clocks_follow_a_loaded_rule_is_told_of_in_its_order(post: Post) -> None:
    rule = {"workflow": "legal_aid", "name": "review_by_law", "place": "CN", "from_date": date(2026, 1, 1)}
    source = {"zh-CN": "新规定", "en": "new rule"}
    with receiver() as there, receiver() as elsewhere:
        post.channel(there, events=True)
        post.channel(elsewhere, org="370200", events=True)
        first, other = post.open_case(), post.open_case()
        rows = [rule | {"value": "9d", "source": source}]
        recalculation.load(post.service, lambda tx: policies.switch(tx, rows))
        post.province.take("li", first, "accept")
        post.deliver()
    assert elsewhere.received == []
    told = {
        case: [got.json for got in there.received if got.json["case"]["id"] == str(case)] for case in (first, other)
    }
    assert sorted((one["sequence"], one["type"]) for one in told[first]) == [
        (1, "case.opened"), (2, "case.rederived"), (3, "case.transition"),
    ]  # fmt: skip
    assert sorted(one["sequence"] for one in told[other]) == [1, 2]


def test_a_channel_hears_of_its_organisation_and_those_below_and_of_no_other(post: Post) -> None:
    with receiver() as jinan, receiver() as qingdao, receiver() as province:
        for there, org in ((jinan, "370100"), (qingdao, "370200"), (province, "370000")):
            post.channel(there, org=org, events=True)
        for org in ("370100", "370200"):
            post.open_case(org)
        post.deliver()
    assert [got.json["case"]["org"] for got in jinan.received] == ["370100"]
    assert [got.json["case"]["org"] for got in qingdao.received] == ["370200"]
    assert sorted(got.json["case"]["org"] for got in province.received) == ["370100", "370200"]


def test_the_same_message_is_the_same_at_every_attempt_whatever_the_case_does_meanwhile(post: Post) -> None:
    with receiver(answers(500), answers(503), answers(200)) as there:
        post.channel(there)
        [case] = post.alert()
        assert post.deliver() == Posted(failed=1)
        post.province.take("li", case, "ask_for_papers", {"papers": ["工资流水"]})
        post.time_passes(minutes=1)
        assert post.deliver() == Posted(failed=1)
        post.province.take("li", case, "withdraw", {"reason": "已自行和解"})
        post.time_passes(minutes=1)
        assert post.deliver() == Posted(delivered=1)
    assert len(set(ids(there))) == 1
    assert len({got.body for got in there.received}) == 1
    assert [(one.state, one.attempts, one.last_error) for one in post.messages()] == [("delivered", 1, None)]


def test_a_message_that_a_channel_refuses_for_good_is_dead_at_once_and_the_next_goes_on(post: Post) -> None:
    with receiver(answers(422), answers(200)) as there:
        post.channel(there)
        post.alert(2)
        assert post.deliver() == Posted(delivered=1, dead=1)
    [dead] = post.messages("dead")
    assert (dead.attempts, dead.last_error) == (1, {"code": "answered", "status": 422})


def test_what_a_receiver_says_while_its_secret_is_changed_or_it_is_deployed_kills_nothing(post: Post) -> None:
    with receiver(*(answers(status) for status in (401, 403, 404, 410)), answers(200)) as there:
        post.channel(there)
        post.alert(5)
        for _ in range(4):
            assert post.deliver() == Posted(failed=1)
            assert post.deliver() == Posted()
            post.time_passes(minutes=2)
        for _ in range(3):
            post.deliver()
            post.time_passes(minutes=2)
    assert [one.state for one in post.messages()] == ["delivered"] * 5
    assert len(ids(there)) == 4 + 5


def test_a_redirect_is_a_failure_and_nobody_follows_it(post: Post) -> None:
    with receiver() as inside, receiver(answers(302, Location=inside.url)) as there:
        post.channel(there)
        post.alert()
        assert post.deliver() == Posted(failed=1)
        assert inside.received == []


def test_a_channel_whose_name_has_come_to_lead_inside_is_not_called(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        post.alert()
        post.service.senders = type(post.service.senders)()
        assert post.deliver() == Posted(failed=1)
        assert there.received == []
    assert post.messages("waiting")[0].last_error == {"code": "address_internal"}


# Robots


@pytest.mark.parametrize(("kind", "where"), [("wecom", "text"), ("dingtalk", "text"), ("feishu", "content")])
def test_a_robot_tells_its_group_of_an_alert(post: Post, kind: str, where: str) -> None:
    with receiver(answers(200, OK if kind != "feishu" else {"code": 0})) as there:
        post.channel(there, kind)
        [case] = post.alert()
        assert post.deliver() == Posted(delivered=1)
    [got] = there.received
    text = next(iter(got.json[where].values()))
    assert post.messages()[0].number in text
    assert "Due: 2026-03-09 (2026-03-10 00:00 UTC+08:00)" in text
    assert [fact for fact in facts_of(post, case) if fact in text] == []


def the_text(got: Any) -> str:
    """What a WeCom robot was told."""
    return str(got.json["text"]["content"])


@pytest.mark.parametrize(("language", "rest"), [("zh-CN", "\n另有 20 条\n"), ("en", "\nand 20 more\n")])
def test_a_robot_speaks_of_all_that_waits_in_one_message(post: Post, language: str, rest: str) -> None:
    with receiver(answers(200, OK)) as there:
        post.channel(there, "wecom", language=language)
        post.alert(30)
        assert post.deliver() == Posted(delivered=30)
    [got] = there.received
    messages = post.messages("delivered")
    assert sum(one.number in the_text(got) for one in messages) == 10
    assert rest in the_text(got)
    assert "30" in the_text(got).splitlines()[0]
    assert len({one.delivered_at for one in messages}) == 1


def test_a_robot_rests_between_messages_and_that_is_no_failure(post: Post) -> None:
    with receiver(answers(200, OK)) as there:
        channel = post.channel(there, "wecom")
        post.alert(40)
        with post.service.transaction() as tx:
            # As if one came every second.
            tx.db.run(
                "update outbox o set try_at = o.try_at + make_interval(secs => n.n) from (select id, row_number() over"
                " (order by id) as n from outbox where channel = 'wecom') n where n.id = o.id"
            )
        while post.messages("waiting"):
            post.time_passes(seconds=1)
            post.deliver()
            with post.service.transaction() as tx:
                assert tx.db.run("select failures from delivery_queues where id = :id", id=channel).scalar_one() == 0
    spoken = sorted({one.delivered_at for one in post.messages("delivered")})
    assert min(later - earlier for earlier, later in pairwise(spoken)) >= timedelta(seconds=4)
    assert len(spoken) == len(there.received) <= 11


def test_a_robot_that_is_spoken_to_too_often_is_left_alone_for_a_while(post: Post) -> None:
    busy = answers(200, {"errcode": 45009, "errmsg": "too often"})
    with receiver(busy, answers(200, OK)) as there:
        post.channel(there, "wecom")
        post.alert(4)
        assert post.deliver() == Posted(failed=4)
        assert post.deliver() == Posted()
        post.time_passes(minutes=1)
        assert post.deliver() == Posted(delivered=1)
        post.time_passes(seconds=5)
        assert post.deliver() == Posted(delivered=3)
    assert len(there.received) == 3


def test_of_alerts_that_a_robot_refuses_together_only_the_one_that_it_refuses_alone_is_dead(post: Post) -> None:
    def refuses(number: str) -> Behaviour:
        def behave(there: Receiver, request: BaseHTTPRequestHandler) -> None:
            wrong = number in the_text(there.received[-1])
            answers(200, {"errcode": 45002, "errmsg": "too long"} if wrong else OK)(there, request)

        return behave

    with receiver() as there:
        post.channel(there, "wecom")
        post.alert(3)
        wrong = post.messages()[1]
        there.behaviours = [refuses(wrong.number)]
        posted = post.deliver()
        assert posted == Posted(failed=3)
        for _ in range(6):
            post.time_passes(seconds=20)
            posted += post.deliver()
    assert posted == Posted(failed=3, delivered=2, dead=1)
    assert [one.id for one in post.messages("dead")] == [wrong.id]
    assert len(there.received) == 4


def test_a_robot_whose_secret_was_taken_away_is_spoken_to_without_one(post: Post) -> None:
    with receiver(answers(200, {"code": 0})) as there, receiver() as hook:
        robot, webhook = post.channel(there, "feishu"), post.channel(hook)
        with post.service.transaction(post.province.actor("administrator")) as tx:
            channels.change_channel(tx, robot, {"name": "值班群"})
        post.alert()
        post.deliver()
        with post.service.transaction(post.province.actor("administrator")) as tx:
            channels.change_channel(tx, robot, {"secret": None})
            with pytest.raises(Invalid):
                channels.change_channel(tx, webhook, {"secret": None})
        post.alert()
        post.deliver()
    assert ["sign" in got.json for got in there.received] == [True, False]


# Receivers that are down


def test_a_receiver_that_hangs_or_drips_delays_nobody_else(post: Post) -> None:
    with receiver(hangs) as hanging, receiver(drips) as dripping, receiver() as fine, mailbox() as box:
        post.mail_by(box, li="zh-CN")
        for there in (hanging, dripping, fine):
            post.channel(there)
        post.alert(5)
        began = time.monotonic()
        posted = post.deliver(threads=4)
        assert time.monotonic() - began < 10
        # One attempt each, and then their queues are closed.
        assert posted == Posted(delivered=10, failed=2)
        assert len(set(ids(fine))) == len(box.mails) == 5
        assert (len(hanging.received), len(dripping.received)) == (1, 1)
        post.alert(3)
        assert post.deliver().delivered >= 6
        assert len(hanging.received) <= 2


def test_who_is_down_is_asked_less_and_less_often_by_one_message_at_a_time(post: Post) -> None:
    with receiver(answers(503)) as there:
        post.channel(there)
        post.alert(5)
        asked = []
        for _ in range(400):
            post.time_passes(seconds=20)
            if post.deliver().failed:
                asked.append(post.now())
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert len(there.received) == len(asked) < 20
    assert waits[0] <= timedelta(minutes=1)
    assert timedelta(minutes=20) < max(waits) <= timedelta(minutes=61)


def test_when_a_receiver_is_back_everything_arrives_once(post: Post) -> None:
    with receiver(*[answers(503)] * 4, answers(200)) as there:
        post.channel(there)
        post.alert(6)
        for _ in range(40):
            post.deliver()
            post.time_passes(minutes=1)
        accepted = [got.json["id"] for got in there.received[4:]]
    assert sorted(accepted) == sorted(str(one.id) for one in post.messages("delivered"))
    assert len(accepted) == len(set(accepted)) == 6


def go_on(post: Post, hours: float, minutes: float = 15) -> Posted:
    """Somebody delivers every so many minutes."""
    posted = Posted()
    for _ in range(int(hours * 60 / minutes)):
        post.time_passes(minutes=minutes)
        posted += post.deliver()
    return posted


@pytest.mark.parametrize("many", [1, 5, 30])
def test_what_nobody_takes_for_a_day_is_dead_however_much_waits_until_it_is_replayed(post: Post, many: int) -> None:
    with receiver(answers(503)) as there:
        post.channel(there)
        post.alert(many)
        assert post.deliver() == Posted(failed=1)
        assert go_on(post, 23).dead == 0
        assert go_on(post, 3).dead == many
        why = {"code": "answered", "status": 503}
        assert [one for one in post.messages("dead") if (one.attempts, one.last_error) != (0, why)] == []
        post.time_passes(days=1)
        assert post.deliver() == Posted()
        there.behaviours = [answers(200)]
        asked = len(there.received)
        dead = [one.id for one in post.messages("dead")]
        with post.service.transaction() as tx:
            assert outbox.replay(tx.db, dead[:1]) == dead[:1]
            assert set(outbox.replay(tx.db, None)) == set(dead[1:])
        assert post.deliver() == Posted(delivered=many)
        assert sorted(ids(there)[asked:]) == sorted(map(str, dead))


def test_mail_that_no_server_takes_for_a_day_is_dead(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
    post.alert(5)
    assert go_on(post, 26).dead == 5
    assert {one.state for one in post.messages()} == {"dead"}


def test_a_mail_that_its_receiver_puts_off_is_dead_after_so_many_attempts(post: Post) -> None:
    post.service.limits = Limits(post_attempts=3)
    with mailbox() as box:
        box.refuse = lambda _: "450 full"
        post.mail_by(box, li="zh-CN")
        post.alert()
        assert [post.deliver(), go_on(post, 5)] == [Posted(failed=1), Posted(failed=1, dead=1)]
    assert [one.attempts for one in post.messages("dead")] == [3]


def test_what_came_due_while_nobody_delivered_is_not_old(post: Post) -> None:
    with receiver(answers(503), answers(200)) as there:
        post.channel(there)
        post.alert(3)
        post.time_passes(days=3)
        assert post.deliver() == Posted(failed=1)
        post.time_passes(minutes=1)
        assert post.deliver() == Posted(delivered=3)


def test_what_waits_for_its_hour_is_not_old_when_the_way_was_closed_for_a_day(post: Post) -> None:
    with receiver(answers(503)) as there:
        post.channel(there)
        post.alert(2)
        later = post.messages()[0].id
        with post.service.transaction() as tx:
            tx.db.run("update outbox set try_at = try_at + interval '30 hours' where id = :id", id=later)
        assert go_on(post, 40).dead == 1
        assert [one.id for one in post.messages("waiting")] == [later]
        assert go_on(post, 16).dead == 1


def test_a_message_on_which_its_receiver_chokes_is_tried_ever_more_seldom_and_dies_alone(post: Post) -> None:
    def chokes(there: Receiver, request: BaseHTTPRequestHandler) -> None:
        choking = request.headers["Casework-Event-Id"] == there.received[0].headers["Casework-Event-Id"]
        answers(500 if choking else 200)(there, request)

    with receiver(chokes) as there:
        post.channel(there)
        post.alert(20)
        with post.service.transaction() as tx:
            # As if one came every two hours.
            tx.db.run(
                "update outbox o set try_at = o.try_at + make_interval(hours => 2 * n.n) from (select id, cast("
                "row_number() over (order by id) as int) - 1 as n from outbox where channel = 'webhook') n"
                " where n.id = o.id"
            )
        go_on(post, 42, minutes=3)
    assert Counter(one.state for one in post.messages()) == {"delivered": 19, "dead": 1}
    assert Counter(ids(there)).most_common(1)[0][1] < 60


def test_a_closed_way_says_since_when_and_why_until_something_goes_through(post: Post) -> None:
    with receiver(answers(503), answers(404), answers(200)) as there:
        channel = post.channel(there)
        post.alert(2)
        due = post.now()
        post.deliver()
        closed_at = post.now()
        post.time_passes(minutes=1)
        post.deliver()
        with post.service.transaction() as tx:
            [closed] = outbox.closed_queues(tx.db)
            oldest = outbox.oldest_waiting(tx.db)
            counted = metrics.now(tx.db)
        assert (closed.id, closed.channel, closed.name, closed.waiting) == (channel, "webhook", "webhook 370100", 2)
        assert (closed.failures, closed.last_error) == (2, {"code": "answered", "status": 404})
        assert due <= closed.closed_since <= closed_at
        assert oldest is not None
        assert oldest == closed.closed_since
        assert counted["delivery_queues_closed"] == 1
        assert counted["oldest_message_seconds"] >= 60
        alerts = [UUID(got.json["alert"]["id"]) for got in there.received]
        with post.service.transaction() as tx:
            told = [row.last_error for rows in outbox.of_alerts(tx.db, alerts).values() for row in rows]
        assert {"code": "answered", "status": 503} in told
        assert {"code": "answered", "status": 404} in told
        post.time_passes(minutes=1)
        post.deliver()
        post.time_passes(minutes=1)
        post.deliver()
        with post.service.transaction() as tx:
            assert outbox.closed_queues(tx.db) == []
            assert outbox.oldest_waiting(tx.db) is None
            assert metrics.now(tx.db)["delivery_queues_closed"] == 0


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone_for_that_long(post: Post) -> None:
    with receiver(answers(429, **{"Retry-After": "120"}), answers(200)) as there:
        post.channel(there)
        post.alert(2)
        post.deliver()
        for _ in range(5):
            post.time_passes(seconds=23)
            post.deliver()
        assert len(there.received) == 1
        post.time_passes(seconds=6)
        post.deliver()
        assert len(there.received) > 1


def test_of_closed_ways_one_is_tried_at_a_time_and_those_that_work_do_not_wait_for_it(post: Post) -> None:
    with receiver(answers(503)) as down, receiver() as fine:
        for _ in range(3):
            post.channel(down)
        post.alert()
        assert post.deliver() == Posted(failed=3)
        works = post.channel(fine)
        post.time_passes(minutes=1)
        post.alert()
        with post.service.transaction() as tx:
            leased = [delivery_queues.lease(tx.db, timedelta(seconds=50), mail=False) for _ in range(3)]
            assert leased[0] is not None
            assert leased[1] is not None
            assert (leased[0].id, leased[0].failures) == (works, 0)
            assert leased[1].failures == 1
            assert leased[2] is None
        with post.service.transaction() as tx:
            delivery_queues.give_back(tx.db, leased[1], worked=True)
        with post.service.transaction() as tx:
            another = delivery_queues.lease(tx.db, timedelta(seconds=50), mail=False)
        assert another is not None


def test_what_waits_for_a_channel_that_was_switched_off_or_removed_is_not_sent(post: Post) -> None:
    with receiver() as off, receiver() as removed:
        one, other = post.channel(off), post.channel(removed)
        post.alert()
        with post.service.transaction(post.province.actor("administrator")) as tx:
            channels.change_channel(tx, one, {"active": False})
            channels.remove_channel(tx, other)
        assert post.deliver() == Posted(superseded=2)
        post.alert()
        assert post.deliver() == Posted()
        assert off.received == removed.received == []


def test_a_message_that_cannot_be_written_keeps_none_of_the_others(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        broken, *_ = post.alert(3)
        with post.service.transaction() as tx:
            rewrite(tx.db, "update cases set workflow_version = 99 where id = :id", id=broken)
        assert post.deliver() == Posted(delivered=2, failed=1)
    assert [one.last_error for one in post.messages("waiting")] == [{"code": "not_written", "kind": "KeyError"}]


# Several at once, and those who are killed


def test_four_deliverers_at_once_send_each_message_once(post: Post, another_service: Callable[[], Service]) -> None:
    with receiver() as one, receiver() as other, mailbox() as box:
        post.mail_by(box, li="zh-CN", wang="en")
        post.channel(one, events=True)
        post.channel(other)
        post.alert(40)
        services = [another_service() for _ in range(4)]
        start = Barrier(len(services))

        def run(service: Service) -> Posted:
            start.wait()
            return deliver(service, threads=2)

        with ThreadPoolExecutor(len(services)) as pool:
            posted = sum(pool.map(run, services), Posted())
    sent = [*ids(one), *ids(other), *(str(mail["Message-ID"])[1:37] for mail in box.mails)]
    assert len(sent) == len(set(sent)) == posted.delivered
    assert sorted(sent) == sorted(str(message.id) for message in post.messages("delivered"))
    assert post.messages("waiting", "dead") == []


def test_those_who_work_and_those_who_sweep_at_once_number_the_messages_of_a_case_without_gaps(
    post: Post, another_service: Callable[[], Service]
) -> None:
    with receiver() as there:
        post.channel(there, events=True)
        cases = [post.open_case() for _ in range(30)]
        post.time_passes(days=30)
        sweeper = another_service()

        def work() -> None:
            for case in reversed(cases):
                post.province.take("li", case, "accept")
                post.province.take("li", case, "withdraw", {"reason": "已自行和解"})

        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(work)
            while not working.done():
                sweep(sweeper)
            working.result()
        sweep(sweeper)
    with post.service.transaction() as tx:
        rows = tx.db.all(
            "select case_id, array_agg(seq order by seq) as seqs from outbox where channel = 'webhook' group by case_id"
        )
    assert len(rows) == len(cases)
    assert sum(len(row.seqs) for row in rows) > 3 * len(cases)
    assert [row.seqs for row in rows if row.seqs != list(range(1, len(row.seqs) + 1))] == []


def test_a_leased_queue_is_left_alone_until_the_lease_ends(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        post.alert()
        with post.service.transaction() as tx:
            queue = delivery_queues.lease(tx.db, timedelta(seconds=50), mail=False)
            assert queue is not None
        assert post.deliver() == Posted()
        post.time_passes(seconds=51)
        assert post.deliver() == Posted(delivered=1)
        with post.service.transaction() as tx:
            # The one whose lease has ended gives back what is no longer its own: nothing.
            other = delivery_queues.lease(tx.db, timedelta(seconds=50), mail=False)
            assert delivery_queues.close(tx.db, queue, reason("answered", status=503), keep=timedelta()) == 0
        assert other is None
        post.alert()
        assert post.deliver().delivered > 0


def test_a_clock_that_goes_two_hours_forward_and_back_keeps_no_message_waiting(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        post.alert()
        post.time_passes(hours=2)
        with post.service.transaction() as tx:
            # Whoever works in it dies with its lease, and then the clock is set right.
            assert delivery_queues.lease(tx.db, timedelta(seconds=50), mail=False) is not None
            alerts.beat(tx.db, "scheduler")
        post.time_passes(hours=-2)
        with post.service.transaction() as tx:
            assert not alerts.beats_within(tx.db, "scheduler", timedelta(seconds=60))
        assert post.deliver() == Posted(delivered=1)
        assert post.deliver() == Posted()


DELIVERER = """
import sys
from ipaddress import ip_network
from zoneinfo import ZoneInfo
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.work.delivery.worker import deliver
from casework.work.service import Service
database = Database(sys.argv[1], movable_time=True)
senders = Senders(Outside((ip_network("127.0.0.0/8"),)))
deliver(Service(database, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"), None, senders))
"""


def test_one_killed_between_sending_and_noting_it_leaves_a_message_that_comes_again_under_its_id(
    post: Post, database_url: str
) -> None:
    process: subprocess.Popen[bytes]

    def kill_the_sender(_: Receiver, request: BaseHTTPRequestHandler) -> None:
        os.kill(process.pid, signal.SIGKILL)
        answers(200)(_, request)

    with receiver(answers(200), kill_the_sender, answers(200)) as there:
        post.channel(there)
        post.alert(3)
        process = subprocess.Popen([sys.executable, "-c", DELIVERER, database_url], cwd=ROOT)
        assert process.wait(60) == -signal.SIGKILL
        assert [one.state for one in post.messages()].count("delivered") == 1
        assert post.deliver() == Posted()
        post.time_passes(minutes=2)
        assert post.deliver() == Posted(delivered=2)
    assert [times for _, times in Counter(ids(there)).most_common()] == [2, 1, 1]
    bodies = {got.json["id"]: got.body for got in there.received}
    assert all(bodies[got.json["id"]] == got.body for got in there.received)


def test_messages_are_written_in_the_transaction_that_causes_them(post: Post) -> None:
    with receiver() as there:
        post.channel(there, events=True)
        post.province.take("li", post.open_case(), "accept")
        post.alert()
    with post.service.transaction() as tx:
        events = tx.db.all("select e.case_id, e.seq, e.xmin::text as tx from events e order by 1, 2")
        told = tx.db.all(
            "select o.case_id, o.event_seq, o.xmin::text as tx from outbox o where event_seq is not null order by 1, 2"
        )
        raised = tx.db.all(
            "select a.id from alerts a join outbox o on o.alert_id = a.id and o.xmin::text = a.xmin::text"
            " where o.channel = 'webhook'"
        )
        alerts = tx.db.all("select id from alerts where suppressed is null")
    assert [tuple(row) for row in events] == [tuple(row) for row in told]
    assert {row.id for row in raised} == {row.id for row in alerts}


def test_the_time_of_a_signature_is_the_services_own(post: Post) -> None:
    with receiver() as there:
        post.channel(there)
        post.alert()
        post.deliver()
    stamp = int(there.received[0].headers["Casework-Signature"].split(",")[0].removeprefix("t="))
    assert abs(datetime.fromtimestamp(stamp, ZoneInfo("Asia/Shanghai")) - post.now()) < timedelta(seconds=60)
    assert json.loads(there.received[0].body)["at"].endswith("+08:00")
