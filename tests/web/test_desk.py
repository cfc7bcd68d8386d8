"""The desk shows what the queue of the API has, by view; a case page shows what its reader may see."""

import re
from typing import Any

import pytest

from casework.records import queue as records
from casework.records.people import by_username
from casework.records.queue import Part
from casework.rules.people import Actor
from casework.work import queue
from tests.web.conftest import Pages, lived

STAFF = ["caseworker", "supervisor", "supervisor-sd", "lawyer"]


def numbers_on(text: str) -> list[str]:
    return re.findall(r'<a href="/cases/([A-Z]+-\d{4}-\d+)(?:\?[^"]*)?">', text)


def everything(pages: Pages, who: str) -> list[Any]:
    with pages.service.transaction() as tx:
        found = by_username(tx.db, who)
        assert found is not None
        return records.page(tx.db, found[0], Part(), 10_000)


def as_user(pages: Pages, tx: Any, who: str) -> Any:
    found = by_username(tx.db, who)
    assert found is not None
    tx.actor = Actor(found[0].role, found[0])
    return tx


@pytest.mark.parametrize("who", STAFF)
def test_each_view_has_those_of_the_queue_that_it_names_and_counts_them(pages: Pages, who: str) -> None:
    whole = everything(pages, who)
    with pages.service.transaction() as tx:
        as_user(pages, tx, who)
        me, now = str(tx.person.id), tx.now
        due = {one.id: one.due_at and now.fromisoformat(one.due_at) for one in whole}
        fits = {
            "all": lambda one: True,
            "late": lambda one: due[one.id] and due[one.id] < now,
            "soon": lambda one: due[one.id] and now <= due[one.id] < now + queue.SOON,
            "unclaimed": lambda one: one.owner_id is None,
            "mine": lambda one: me in (one.owner_id, one.assignee_id),
            "urgent": lambda one: one.urgent,
        }
        counted = queue.counts(tx, {})
        for view in queue.VIEWS:
            shown = queue.waiting(tx, queue.view_of(view, now), 10_000, None)
            if view == "unclaimed" and who == "lawyer":
                assert shown == []
                continue
            wanted = [one.number for one in whole if fits[view](one)]
            assert [one.number for one in shown] == wanted, view
            assert counted[view] == min(len(wanted), queue.MOST + 1)
    assert len(whole) > 3


@pytest.mark.parametrize("who", STAFF)
def test_the_desk_lists_the_queue_in_its_order(pages: Pages, who: str) -> None:
    whole = [one.number for one in everything(pages, who)]
    visitor = pages.signed_in(who)
    seen: list[str] = []
    address: str | None = "/desk"
    while address:
        text = visitor.get(address).text
        seen += numbers_on(text)
        further = re.search(r'<a class="button quiet" href="([^"]+)"', text)
        address = further[1].replace("&amp;", "&") if further else None
    assert seen == whole


def test_claiming_opens_the_next_case_which_is_mine_then(pages: Pages) -> None:
    visitor = pages.signed_in("supervisor-sd")
    free = numbers_on(visitor.get("/desk?view=unclaimed").text)
    assert free
    answer = visitor.post("/desk/claim", workflow="")
    assert answer.location == f"/cases/{free[0]}"
    text = visitor.get(answer.location).text
    assert "待领取" not in text.split('class="meta"')[1].split("</dl>")[0]
    assert free[0] not in numbers_on(visitor.get("/desk?view=unclaimed").text)


def test_a_page_shows_no_case_that_the_api_would_not_show(pages: Pages) -> None:
    mine = [one.number for one in everything(pages, "caseworker-qd")]
    other = pages.signed_in("caseworker")
    for number in mine[:3]:
        hidden, missing = other.get(f"/cases/{number}"), other.get("/cases/LA-2020-999999")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.split("请求编号")[0] == missing.text.split("请求编号")[0]


@pytest.mark.parametrize("who", ["caseworker", "supervisor", "auditor", "lawyer"])
def test_a_case_page_shows_masks_and_nothing_that_is_sealed(pages: Pages, who: str) -> None:
    visitor = pages.signed_in(who)
    found = numbers_on(visitor.get("/cases").text)
    assert found
    for number in found[:6]:
        answer = visitor.get(f"/cases/{number}")
        assert answer.status_code == 200
        assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)", answer.text)


def test_an_administrator_sees_no_cases(pages: Pages) -> None:
    visitor = pages.signed_in("administrator")
    assert visitor.get("/cases").status_code == 403
    assert visitor.get("/desk").location not in (None, "/desk")


def test_english_is_spoken_where_it_was_chosen(pages: Pages) -> None:
    visitor = pages.signed_in("caseworker")
    visitor.get("/desk")
    visitor.post("/language", language="en", next="/desk")
    text = visitor.get("/desk").text
    assert '<html lang="en">' in text
    assert "Claim the next" in text
    assert "领取" not in text


def assigned(pages: Pages) -> Any:
    """A legal aid case of an invented person for which the lawyer was named just now."""
    return lived(pages, ("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign"))


def found(pages: Pages, username: str) -> Any:
    with pages.service.transaction() as tx:
        return by_username(tx.db, username)


def test_before_a_case_is_taken_on_its_page_and_the_lists_name_nobody(pages: Pages) -> None:
    case, visitor = assigned(pages), pages.signed_in("lawyer")
    name = case.facts["applicant"]["name"]
    page = visitor.get(f"/cases/{case.number}")
    assert page.status_code == 200
    assert "take_on" in page.text
    assert name not in page.text
    listed = visitor.get(f"/cases?q={case.number}").text
    assert case.number in listed
    assert name not in listed
    assert visitor.get(f"/cases/{case.number}/notes").status_code == 403
    assert name in pages.signed_in("caseworker").get(f"/cases/{case.number}").text


def test_a_case_page_explains_each_running_clock_as_the_api_does(pages: Pages) -> None:
    visitor = pages.signed_in("caseworker")
    session = visitor.client.get_cookie("casework-session")
    assert session is not None
    explained = 0
    for number in numbers_on(visitor.get("/cases?open=true").text)[:12]:
        with pages.service.transaction() as tx:
            case_id = tx.db.run("select id from cases where number = :n", n=number).scalar_one()
        headers = {"Authorization": f"Bearer {session.value}", "Accept-Language": "zh-CN"}
        told = pages.app.test_client().get(f"/api/v1/cases/{case_id}/clocks?limit=200", headers=headers).get_json()
        page = visitor.get(f"/cases/{number}").text
        for clock in told["items"]:
            if clock["status"] in ("running", "paused"):
                assert all(line["text"] in page for line in clock["trace"]), (number, clock["name"])
                explained += 1
    assert explained > 10
