"""Deadlines under an address of one's own: read without signing in, without names, until it is revoked."""

import re
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from casework.records.people import by_username
from casework.rules.people import Actor
from casework.work import calendar_feeds
from casework.work.people import change_by_name
from tests.ical import parsed
from tests.web.conftest import Pages, Visitor, lived


def begun(visitor: Visitor) -> str:
    """The path of a new feed of somebody who is signed in."""
    visitor.get("/settings")
    text = visitor.post("/settings/calendar-feed").text
    found = re.search(r'id="feed-address" class="mono" value="([^"]+)"', text)
    assert found
    address = urlsplit(found[1])
    assert (address.scheme, address.netloc) == ("http", "localhost")
    assert address.path not in visitor.get("/settings").text
    return address.path


def read(pages: Pages, path: str, **headers: str) -> TestResponse:
    return pages.visitor().get(path, **headers)


def test_the_deadlines_of_ones_cases_are_read_without_signing_in_and_without_names(pages: Pages) -> None:
    mine, others = lived(pages, ("caseworker", "accept")), lived(pages)
    path = begun(pages.signed_in("caseworker"))
    answer = read(pages, path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    _, events = parsed(answer.data)
    due = sorted(run.due.on for run in mine.clocks if run.status == "running" and run.due)
    assert sorted(one["DTSTART"] for one in events if one["SUMMARY"].startswith(mine.number)) == due != []
    assert all(re.match(r"[A-Z]{2}-2026-\d{6} ", one["SUMMARY"]) for one in events)
    assert not [one for one in events if one["SUMMARY"].startswith(others.number)]
    with pages.service.transaction() as tx:
        names = [row.applicant_name for row in tx.db.all("select distinct applicant_name from cases")]
    assert not [name for name in names if name and name in answer.text]


def test_a_supervisor_has_what_waits_for_a_decision_and_a_helper_what_was_assigned(pages: Pages) -> None:
    decided = lived(pages, ("caseworker", "accept"), ("caseworker", "propose"))
    helped = lived(pages, ("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"))

    def numbers(who: str) -> set[str]:
        return {one["SUMMARY"].partition(" ")[0] for one in parsed(read(pages, begun(pages.signed_in(who))).data)[1]}

    supervisor, lawyer = numbers("supervisor"), numbers("lawyer")
    assert decided.number in supervisor
    assert helped.number not in supervisor
    assert helped.number in lawyer
    assert decided.number not in lawyer


def test_a_program_that_has_it_as_it_is_gets_nothing_again_until_something_changes(pages: Pages) -> None:
    path = begun(pages.signed_in("caseworker"))
    tag = read(pages, path).headers["ETag"]
    again = read(pages, path, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    lived(pages, ("caseworker", "accept"))
    assert read(pages, path, If_None_Match=tag).status_code == 200


def test_it_ends_when_it_is_revoked_replaced_or_its_user_signs_out_everywhere_or_is_deactivated(
    pages: Pages, username: str
) -> None:
    visitor = pages.signed_in("lawyer")
    first = begun(visitor)
    second = begun(visitor)
    assert [read(pages, path).status_code for path in (first, second)] == [404, 200]
    assert visitor.post("/settings/calendar-feed/end").location == "/settings?done=feed_ended"
    assert read(pages, second).status_code == 404
    third = begun(visitor)
    visitor.post("/sign-out", everywhere="1")
    assert read(pages, third).status_code == 404
    ended = feed_of(pages, username)
    assert read(pages, ended).status_code == 200
    with pages.service.transaction() as tx:
        change_by_name(tx, username, {"active": False})
    assert read(pages, ended).status_code == 404
    assert read(pages, "/calendar/no-such.ics").status_code == 404


def feed_of(pages: Pages, username: str) -> str:
    """A feed of somebody who is no user of the demonstration."""
    with pages.service.transaction() as tx:
        found: Any = by_username(tx.db, username)
        tx.actor = Actor(found[0].role, found[0])
        return calendar_feeds.begin(tx)
