"""Offers on pages: staff ask and withdraw, helpers answer first of all, and a link answers without an account."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from casework.records import people
from casework.work import offer_links
from casework.work.overdue import sweep
from casework.work.people import new_token
from tests.web.conftest import Pages, Visitor, lived


def asked(pages: Pages) -> tuple[Any, str, UUID]:
    """A case that is offered by a click, to whom, and the id of the offer."""
    case = lived(pages, ("caseworker", "accept"), ("supervisor", "grant"))
    clerk = pages.signed_in("caseworker")
    shown = clerk.get(f"/cases/{case.number}/assign")
    to = re.findall(r'name="to" value="([^"]+)"', shown.text)[0]
    done = clerk.post(f"/cases/{case.number}/offers", to=to)
    assert done.headers["Location"] == f"/cases/{case.number}/assign", done.text
    with pages.service.transaction() as tx:
        [row] = tx.db.all("select id from offers where case_id = :id and state = 'open'", id=case.id)
    return case, to, row.id


def helper_of(pages: Pages, username: str) -> Visitor:
    """Somebody who is signed in, also where the demonstration does not offer that."""
    visitor = pages.visitor()
    with pages.service.transaction() as tx:
        found = people.by_username(tx.db, username)
        assert found is not None
        visitor.client.set_cookie("casework-session", new_token(tx, found[0], timedelta(days=1))[0])
    return visitor


def link(pages: Pages, offer_id: UUID, verb: Any) -> str:
    with pages.service.transaction() as tx:
        return f"/offer/{offer_links.token(tx, offer_id, verb)}"


def state(pages: Pages, offer_id: UUID) -> tuple[str, bool]:
    with pages.service.transaction() as tx:
        row = tx.db.run("select state, by_link from offers where id = :id", id=offer_id).one()
    return row.state, row.by_link


def name_of(pages: Pages, case: Any) -> str:
    with pages.service.transaction() as tx:
        return str(tx.db.run("select applicant_name from cases where id = :id", id=case.id).scalar_one())


def test_a_helper_sees_what_is_asked_first_of_all_and_takes_it_by_one_button(pages: Pages) -> None:
    case, to, offer_id = asked(pages)
    helper = helper_of(pages, to)
    for path in ("/desk", "/offers"):
        shown = helper.get(path)
        assert f"/offers/{offer_id}/accept" in shown.text
        assert case.number not in shown.text
        assert name_of(pages, case) not in shown.text
    assert helper.get(f"/cases/{case.number}").status_code == 404
    done = helper.post(f"/offers/{offer_id}/accept")
    assert done.headers["Location"] == f"/cases/{case.number}"
    assert helper.get(f"/cases/{case.number}").status_code == 200
    assert state(pages, offer_id) == ("accepted", False)


def test_declining_asks_for_the_reason_on_the_page(pages: Pages) -> None:
    _, to, offer_id = asked(pages)
    helper = helper_of(pages, to)
    helper.get("/offers")
    refused = helper.post(f"/offers/{offer_id}/decline")
    assert refused.status_code == 422
    assert helper.post(f"/offers/{offer_id}/decline", reason="近期开庭较多").status_code == 303
    assert state(pages, offer_id) == ("declined", False)


def test_staff_see_who_was_asked_and_withdraw_it(pages: Pages) -> None:
    case, _, offer_id = asked(pages)
    clerk = pages.signed_in("caseworker")
    shown = clerk.get(f"/cases/{case.number}/assign", Accept_Language="zh-CN")
    assert "待答复" in shown.text
    # While somebody is asked, nobody else is.
    assert f'action="/cases/{case.number}/offers"' not in shown.text
    assert case.number in clerk.get("/offers").text
    assert clerk.post(f"/offers/{offer_id}/withdraw", reason="另有安排").status_code == 303
    assert state(pages, offer_id) == ("withdrawn", False)
    assert "已撤回" in clerk.get(f"/cases/{case.number}/assign", Accept_Language="zh-CN").text


def test_looking_at_a_link_changes_nothing_and_its_button_answers_once(pages: Pages) -> None:
    case, _, offer_id = asked(pages)
    stranger, address = pages.visitor(), link(pages, offer_id, "accept")
    for _ in range(3):
        shown = stranger.get(address)
        assert shown.status_code == 200
    assert name_of(pages, case) not in shown.text
    assert case.number not in shown.text
    assert state(pages, offer_id) == ("open", False)
    assert stranger.post(address).status_code == 303
    assert state(pages, offer_id) == ("accepted", True)
    assert stranger.post(address).status_code == 409
    # Whoever has the link has no session by it.
    assert stranger.get(f"/cases/{case.number}").status_code == 303
    with pages.service.transaction() as tx:
        event = tx.db.run(
            "select payload, actor_id from events where case_id = :id and kind = 'offer_accepted'", id=case.id
        ).one()
    assert event.payload["given"]["by_link"]
    assert str(event.actor_id) == event.payload["given"]["to"]


def test_a_link_serves_one_purpose_and_one_offer(pages: Pages) -> None:
    _, _, offer_id = asked(pages)
    address = link(pages, offer_id, "decline")
    stranger = pages.visitor()
    stranger.get(address)
    assert stranger.post(address).status_code == 422
    forged = address[:-1] + ("A" if address[-1] != "A" else "Q")
    purpose = link(pages, offer_id, "accept")[: len("/offer/") + 23] + address[len("/offer/") + 23 :]
    for wrong in (forged, purpose, "/offer/nonsense", "/offer/AAAA"):
        assert stranger.get(wrong).status_code == 404, wrong
        assert stranger.post(wrong).status_code == 404, wrong
    assert stranger.post(address, reason="不在本地").status_code == 303
    assert state(pages, offer_id) == ("declined", True)


def test_a_link_ends_with_the_offer_and_with_whom_it_was_for(pages: Pages) -> None:
    _, to, offer_id = asked(pages)
    address, stranger = link(pages, offer_id, "accept"), pages.visitor()
    stranger.get(address)
    with pages.service.transaction() as tx:
        found = people.by_username(tx.db, to)
        assert found is not None
        people.change(tx.db, found[0].id, {"active": False})
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    with pages.service.transaction() as tx:
        people.change(tx.db, found[0].id, {"active": True})
        tx.db.run("update offers set answer_by = :now where id = :id", now=tx.now, id=offer_id)
    assert "答复期限已过" in stranger.get(address, Accept_Language="zh-CN").text
    assert stranger.post(address).status_code == 409
    sweep(pages.service)
    assert state(pages, offer_id) == ("expired", False)
    assert stranger.post(address).status_code == 409
