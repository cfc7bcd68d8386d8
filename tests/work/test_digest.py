"""Who wants to gets one digest a day, when the office opens, with what there is to do."""

from datetime import date

import pytest

from casework.work.delivery.digest import write_digests
from casework.work.delivery.worker import Posted
from casework.work.service import Service
from tests.receivers import Mailbox, mailbox
from tests.work.offices import local, shandong
from tests.work.post_office import Post

NUMBERS = {
    "zh-CN": ("未确认的提醒", "待办中已逾期", "今日到期", "本周内到期"),
    "en": ("Alerts", "Overdue", "Due today", "Due later"),
}


@pytest.fixture
def post(service: Service) -> Post:
    return Post(shandong(service))


def wanted_by(post: Post, *usernames: str) -> None:
    with post.service.transaction() as tx:
        tx.db.run("update users set digest = true where username = any(:them)", them=list(usernames))


def at(post: Post, written: str) -> int:
    """How many digests are written at that time."""
    post.province.time_is(local(written))
    return write_digests(post.service)


def numbers(box: Mailbox, language: str) -> list[int]:
    """The numbers of the last digest."""
    lines = box.mails[-1].get_content().splitlines()
    return [
        int(line.replace("：", ": ").rsplit(": ", 1)[1])
        for start in NUMBERS[language]
        for line in lines
        if line.startswith(start)
    ]


def test_a_digest_is_written_once_a_day_when_the_office_opens(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN", wang="zh-CN", zhao="en")
        wanted_by(post, "li", "zhao", "sun")  # sun has no address
        steps = [
            ("2026-03-03 08:29", 0),
            ("2026-03-03 08:30", 2),
            ("2026-03-03 08:31", 0),
            ("2026-03-03 23:00", 0),
            ("2026-03-04 00:01", 0),
            ("2026-03-04 16:00", 2),
            ("2026-03-07 10:00", 0),  # Saturday
            ("2026-05-09 08:30", 2),  # a Saturday on which people work
            ("2026-10-01 10:00", 0),  # a holiday
        ]
        assert [(written, at(post, written)) for written, _ in steps] == steps
        assert {one.digest_on for one in post.messages()} == {date(2026, 3, 3), date(2026, 3, 4), date(2026, 5, 9)}


def test_without_a_mail_server_there_are_no_digests(post: Post) -> None:
    wanted_by(post, "li")
    with post.service.transaction() as tx:
        tx.db.run("update users set email = 'li@example.org' where username = 'li'")
    assert at(post, "2026-03-03 09:00") == 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_digest_counts_what_waits_for_one(post: Post, language: str) -> None:
    with mailbox() as box:
        post.mail_by(box, li=language)
        wanted_by(post, "li")
        for _ in range(2):
            post.province.take("li", post.open_case(), "accept")
        post.open_case("370200")
        at(post, "2026-03-09 09:00")
        post.deliver()
        [_, overdue, today, week] = numbers(box, language)
        assert overdue + today + week == 2
        post.alert()
        at(post, "2026-04-20 09:00")
        post.deliver()
        alerts, overdue, today, week = numbers(box, language)
    assert (overdue, today, week) == (3, 0, 0)
    assert alerts == count_open(post, "li") > 0
    subject = str(box.mails[-1]["Subject"])
    assert "2026-04-20" in subject
    assert ("每日提要" in subject) == (language == "zh-CN")


def count_open(post: Post, username: str) -> int:
    with post.service.transaction() as tx:
        return int(
            tx.db.run(
                "select count(*) from alert_receivers r join users u on u.id = r.user_id"
                " where u.username = :name and r.acknowledged_at is null",
                name=username,
            ).scalar_one()
        )


def test_a_digest_that_comes_too_late_is_not_sent(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
        wanted_by(post, "li")
        post.province.take("li", post.open_case(), "accept")
        assert at(post, "2026-03-09 09:00") == 1
        assert at(post, "2026-03-10 09:00") == 1
        assert post.deliver() == Posted(delivered=1, superseded=1)
    assert "2026-03-10" in str(box.mails[0]["Subject"])


def test_a_digest_with_nothing_in_it_is_not_sent(post: Post) -> None:
    with mailbox() as box:
        post.mail_by(box, li="zh-CN")
        wanted_by(post, "li")
        assert at(post, "2026-03-03 09:00") == 1
        assert post.deliver() == Posted(superseded=1)
        assert at(post, "2026-03-03 16:00") == 0
    assert box.mails == []
    assert [one.last_error for one in post.messages("superseded")] == [{"code": "nothing_to_tell"}]
