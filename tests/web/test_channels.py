"""Channels are listed, added, tried and switched off on a page; what was given up is sent again."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from uuid import uuid4

import pytest

from casework.records.ids import new_id
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from tests.receivers import Receiver, answers, receiver
from tests.web.conftest import Pages, Visitor

SECRET = "a secret of both sides"


@pytest.fixture(autouse=True)
def reachable(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings allow the network in which the receivers of these tests are."""
    monkeypatch.setattr(pages.service, "senders", Senders(Outside((ip_network("127.0.0.0/8"),))))


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A program that takes everything."""
    with receiver() as there:
        yield there


def added(pages: Pages, there: Receiver) -> tuple[Visitor, str, str]:
    """The administrator, and id and name of a new channel to there."""
    admin, name = pages.signed_in("administrator"), f"渠道{uuid4().hex[:8]}"
    admin.get("/admin/channels")
    said = {"kind": "webhook", "name": name, "org": "370100", "address": there.url, "secret": SECRET, "alerts": "true"}
    assert admin.post("/admin/channels", **said).location == "/admin/channels?done=added"
    page = admin.get("/admin/channels").text
    found = re.search(rf'href="/admin/messages\?channel=([0-9a-f-]+)">{name}', page)
    assert found
    return admin, found[1], name


def test_a_channel_is_added_and_neither_address_nor_secret_is_shown_again(pages: Pages, hook: Receiver) -> None:
    admin, _, name = added(pages, hook)
    page = admin.get("/admin/channels?done=added").text
    assert name in page
    assert SECRET not in page
    assert hook.url not in page
    assert name not in pages.signed_in("administrator-qd").get("/admin/channels").text


def test_a_channel_that_cannot_be_is_refused_with_what_was_typed_but_the_secret(pages: Pages) -> None:
    admin = pages.signed_in("administrator")
    admin.get("/admin/channels")
    answer = admin.post(
        "/admin/channels", kind="webhook", name="OA 系统", org="370100", address="x", secret="too short"
    )
    assert answer.status_code == 422
    assert 'value="OA 系统"' in answer.text
    assert "too short" not in answer.text
    assert "至少 16 位" in answer.text
    assert "OA 系统</a>" not in admin.get("/admin/channels").text


def test_a_try_tells_what_the_receiver_said(pages: Pages, hook: Receiver) -> None:
    admin, channel_id, name = added(pages, hook)
    taken = admin.post(f"/admin/channels/{channel_id}/try")
    assert taken.status_code == 200
    assert f"对方已接收试发的消息：{name}" in taken.text
    assert len(hook.received) == 1
    assert admin.post(f"/admin/channels/{channel_id}/try").status_code == 409
    with receiver(answers(500)) as broken:
        admin, channel_id, name = added(pages, broken)
        refused = admin.post(f"/admin/channels/{channel_id}/try")
    assert f"试发没有送达：{name}" in refused.text


def test_a_channel_is_switched_off_and_on_by_its_own_administrator(pages: Pages, hook: Receiver) -> None:
    admin, channel_id, _ = added(pages, hook)
    assert admin.post(f"/admin/channels/{channel_id}/active", active="false").location == "/admin/channels?done=off"
    assert f'/{channel_id}/active"' in admin.get("/admin/channels").text
    assert admin.post(f"/admin/channels/{channel_id}/active", active="true").location == "/admin/channels?done=on"
    other = pages.signed_in("administrator-qd")
    other.get("/admin/channels")
    for verb in ("active", "try"):
        assert other.post(f"/admin/channels/{channel_id}/{verb}", active="false").status_code == 404
    assert hook.received == []


def test_messages_are_filtered_and_what_was_given_up_is_sent_again(pages: Pages, hook: Receiver) -> None:
    admin, channel_id, name = added(pages, hook)
    message = new_id()
    with pages.service.transaction() as tx:
        case = tx.db.one(
            "select c.id, c.number from cases c join orgs o on o.id = c.org_id where o.code = '370100' limit 1"
        )
        assert case is not None
        tx.db.run(
            "insert into outbox (id, channel, receiver_id, queue_id, case_id, event_seq, state, attempts, at, try_at)"
            " values (:id, 'webhook', :channel, :channel, :case, 1, 'dead', 5, :at, :at)",
            id=message,
            channel=channel_id,
            case=case.id,
            at=tx.now,
        )
    row = f"/admin/messages/{message}/replay"
    for query in (f"channel={channel_id}", f"channel={channel_id}&state=dead&kind=webhook", "state=dead&kind="):
        page = admin.get(f"/admin/messages?{query}").text
        assert row in page, query
        assert name in page
        assert case.number in page
    for query in (f"channel={channel_id}&state=delivered", "state=dead&kind=email"):
        assert row not in admin.get(f"/admin/messages?{query}").text
    other = pages.signed_in("administrator-qd")
    assert row not in other.get("/admin/messages").text
    assert other.post(row).status_code == 404

    assert admin.post(row).location == "/admin/messages?state=dead&done=again"
    waiting = admin.get(f"/admin/messages?channel={channel_id}&state=waiting").text
    assert name in waiting
    assert row not in waiting
    assert admin.post(row).status_code == 409
    with pages.service.transaction() as tx:
        tx.db.run("update outbox set state = 'superseded' where id = :id", id=message)
