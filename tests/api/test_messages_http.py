"""Administrators see how messages fare, send dead ones again and try channels; what messages say they never see."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

from casework.api.openapi import document
from casework.records import delivery_queues
from casework.rules.text import LANGUAGES
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.senders.smtp import MailServer
from casework.senders.webhook import verify
from casework.settings import ROOT
from casework.work import policies, recalculation
from casework.work.delivery.worker import deliver
from casework.work.overdue import sweep
from tests.api.conftest import Api
from tests.api.described import validator
from tests.api.money import confirmed_order, helped, new_fund
from tests.api.test_matching import granted, say
from tests.api.test_offers import ask
from tests.api.uploads import KIND, PDF, form_with
from tests.cli.terminal import until
from tests.receivers import Receiver, answers, hangs, receiver

SECRET = "a secret of both sides"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A program that takes everything."""
    with receiver() as there:
        yield there


def channel(api: Api, there: Receiver, who: str = "administrator", **more: Any) -> Any:
    org = "370200" if who.endswith("-qd") else "370100"
    given = {"kind": "webhook", "name": "OA", "org": org, "address": there.url, "secret": SECRET, "events": True}
    return api.post(who, "/channels", {**given, **more})


def tried(api: Api, one: Any, language: str = "en") -> Any:
    """What a try was answered."""
    answer = api.call("administrator", "POST", f"/channels/{one['id']}/try", None, {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pass_s(api: Api, seconds: float) -> None:
    with api.service.transaction() as tx:
        tx.db.run("update time_offset set value = value + :passed", passed=timedelta(seconds=seconds))


def test_messages_are_listed_the_newest_first_with_how_they_fare_and_not_what_they_say(api: Api) -> None:
    with receiver(answers(422), answers(200)) as there:
        one = channel(api, there)
        case = api.new_case()
        deliver(api.service)
        other = api.new_case()
        deliver(api.service)
    later, first = api.get("administrator", "/messages")["items"]
    assert (later["case_number"], first["case_number"]) == (other["number"], case["number"])
    assert (later["state"], later["attempts"], later["last_error"]) == ("delivered", 1, None)
    assert later["delivered_at"] is not None
    assert (first["state"], first["attempts"], first["last_error"]) == ("dead", 1, "answered 422")
    assert (first["kind"], first["channel_id"], first["receiver"]) == ("webhook", one["id"], "OA")
    name = api.post("supervisor", f"/cases/{case['id']}/disclosures", {"reason": "核对"})["values"]
    said = json.dumps(api.get("administrator", "/messages"), ensure_ascii=False)
    assert not [value for value in [*name.values(), case["applicant"]["name"], case["id"]] if str(value) in said]
    in_chinese = api.call("administrator", "GET", "/messages?state=dead", headers={"Accept-Language": "zh-CN"})
    assert [item["last_error"] for item in in_chinese.get_json()["items"]] == ["答复 422"]


def test_messages_are_found_by_state_kind_and_channel_and_paged_without_gaps(api: Api, hook: Receiver) -> None:
    one, other = channel(api, hook), channel(api, hook, name="other")
    for _ in range(3):
        api.new_case()
    everything = api.get("administrator", "/messages")["items"]
    assert len(everything) == 6
    pages, cursor = [], ""
    while cursor is not None:
        page = api.get("administrator", f"/messages?limit=4{cursor and f'&cursor={quote(cursor)}'}")
        pages.append(page["items"])
        cursor = page["next_cursor"]
    assert [len(items) for items in pages] == [4, 2]
    assert [item for items in pages for item in items] == everything
    mine = api.get("administrator", f"/messages?channel={one['id']}&state=waiting&kind=webhook")["items"]
    assert mine == [item for item in everything if item["channel_id"] == one["id"]]
    assert len(mine) == 3
    for nothing in ("state=delivered", "kind=email", f"channel={api.ids['lawyer']}"):
        assert api.get("administrator", f"/messages?{nothing}")["items"] == []
    assert other["id"] in {item["channel_id"] for item in everything}


def test_mail_to_a_person_is_listed_under_the_username(api: Api) -> None:
    mail = MailServer("127.0.0.1", 2525, "casework@example.org")
    api.service.senders = replace(api.service.senders, mail=mail)
    email = {"email": "supervisor@example.org"}
    api.call("administrator", "PATCH", f"/users/{api.ids['supervisor']}", email)
    api.take("caseworker", api.new_case(), "accept")
    api.days_pass(38)
    sweep(api.service)
    found = api.get("administrator", "/messages?kind=email&state=waiting")["items"]
    assert {(item["receiver"], item["channel_id"]) for item in found} == {("supervisor", None)}
    assert api.get("administrator-qd", "/messages")["items"] == []


def test_messages_of_another_organisation_do_not_exist(api: Api) -> None:
    with receiver(answers(422)) as there:
        channel(api, there)
        api.new_case()
        deliver(api.service)
    [dead] = api.get("administrator", "/messages?state=dead")["items"]
    assert api.get("administrator-qd", "/messages")["items"] == []
    for who in ("administrator-qd", "supervisor", "caseworker", "auditor", "lawyer"):
        assert api.call(who, "POST", f"/messages/{dead['id']}/replay").status_code == 404
    for who in ("supervisor", "caseworker", "auditor", "lawyer"):
        assert api.call(who, "GET", "/messages").status_code == 403
    assert api.get("administrator", "/messages?state=dead")["items"] == [dead]


def test_a_dead_message_is_sent_again_under_its_id_and_any_other_is_not(api: Api) -> None:
    with receiver(answers(422), answers(200)) as there:
        channel(api, there)
        api.new_case()
        deliver(api.service)
        [dead] = api.get("administrator", "/messages")["items"]
        again = api.post("administrator", f"/messages/{dead['id']}/replay")
        assert (again["id"], again["state"], again["attempts"]) == (dead["id"], "waiting", 0)
        refused = api.call("administrator", "POST", f"/messages/{dead['id']}/replay")
        assert refused.status_code == 409
        assert "this one: waiting" in refused.get_json()["detail"]
        assert deliver(api.service).delivered == 1
    assert [got.headers["Casework-Event-Id"] for got in there.received] == [dead["id"]] * 2
    assert api.get("administrator", "/messages")["items"][0]["state"] == "delivered"


def test_a_webhook_is_tried_at_once_with_a_signed_message_about_no_case(api: Api, hook: Receiver) -> None:
    one = channel(api, hook, events=False)
    assert tried(api, one) == {"delivered": True, "because": None}
    [got] = hook.received
    with api.service.transaction() as tx:
        assert verify(SECRET, got.headers["Casework-Signature"], got.body, tx.now.timestamp())
    assert (got.json["type"], got.json["channel"]) == ("channel.tried", {"id": one["id"], "name": "OA"})
    assert got.headers["Casework-Event-Id"] == got.json["id"]
    assert "Casework-Sequence" not in got.headers
    assert api.get("administrator", "/messages")["items"] == []


@pytest.mark.parametrize(("kind", "secret"), [("wecom", None), ("dingtalk", SECRET), ("feishu", SECRET)])
def test_a_robot_says_a_short_sentence_in_the_language_of_its_channel(api: Api, kind: str, secret: str | None) -> None:
    with receiver(answers(200, {"errcode": 0, "code": 0})) as there:
        more = {"kind": kind, "secret": secret, "events": False}
        for language, word in (("zh-CN", "案件"), ("en", "Casework")):
            one = channel(api, there, language=language, **more)
            assert tried(api, one)["delivered"] is True
            assert word in there.received[-1].body.decode()


@pytest.mark.parametrize(
    ("behaviour", "english", "chinese"),
    [
        (answers(401), "answered 401. Check the channel's address and secret", "答复 401。请核对渠道的地址和密钥"),
        (answers(302, Location="http://127.0.0.1/"), "answered 302", "答复 302"),
        (hangs, "no answer in time", "没有在时限内应答"),
    ],
)
def test_a_try_that_fails_says_what_the_receiver_said_and_what_to_do(
    api: Api, behaviour: Any, english: str, chinese: str
) -> None:
    api.service.senders = replace(api.service.senders, outside=replace(api.service.senders.outside, read_s=0.3))
    with receiver(behaviour) as there:
        one = channel(api, there)
        for language, said in (("en", english), ("zh-CN", chinese)):
            answer = tried(api, one, language)
            assert answer["delivered"] is False
            assert answer["because"].startswith(said)
            pass_s(api, 5)


def test_a_try_reaches_no_network_that_a_message_would_not_reach(api: Api, hook: Receiver) -> None:
    one = channel(api, hook)
    api.service.senders = Senders(Outside())
    answer = tried(api, one)
    assert answer["delivered"] is False
    assert answer["because"].startswith("The address leads into an internal network")
    assert hook.received == []


def test_a_channel_is_tried_by_its_administrators_alone(api: Api, hook: Receiver) -> None:
    one = channel(api, hook)
    for who in ("administrator-qd", "supervisor", "supervisor-sd", "auditor"):
        assert api.call(who, "POST", f"/channels/{one['id']}/try").status_code == 404
    assert hook.received == []


def test_tries_cannot_flood(api: Api, hook: Receiver) -> None:
    one, other = channel(api, hook), channel(api, hook)
    assert tried(api, one)["delivered"] is True
    too_soon = api.call("administrator", "POST", f"/channels/{one['id']}/try")
    assert (too_soon.status_code, too_soon.get_json()["code"]) == (409, "not_now")
    assert tried(api, other)["delivered"] is True
    pass_s(api, 5)
    assert tried(api, one)["delivered"] is True
    assert len(hook.received) == 3


def test_one_channel_is_tried_at_a_time_and_not_while_messages_go_out(api: Api, hook: Receiver) -> None:
    with receiver(hangs) as slow:
        hanging, quick = channel(api, slow), channel(api, hook)
        first = Thread(target=lambda: api.call("administrator", "POST", f"/channels/{hanging['id']}/try"))
        first.start()
        assert until(lambda: bool(slow.received))
        busy = api.call("administrator", "POST", f"/channels/{quick['id']}/try")
        assert (busy.status_code, busy.get_json()["code"]) == (409, "not_now")
        slow.over.set()
        first.join()
    assert tried(api, quick)["delivered"] is True
    api.new_case()
    with api.service.transaction() as tx:
        assert delivery_queues.lease(tx.db, timedelta(seconds=30), mail=False) is not None
        assert delivery_queues.lease(tx.db, timedelta(seconds=30), mail=False) is not None
    pass_s(api, 5)
    assert api.call("administrator", "POST", f"/channels/{quick['id']}/try").status_code == 409


def test_a_robot_that_was_tried_rests_before_it_is_sent_to(api: Api) -> None:
    with receiver(answers(200, {"errcode": 0})) as there:
        one = channel(api, there, kind="wecom", secret=None, events=False)
        api.take("caseworker", api.new_case(), "accept")
        api.days_pass(38)
        sweep(api.service)
        tried(api, one)
        assert deliver(api.service).delivered == 0
        pass_s(api, 5)
        assert deliver(api.service).delivered > 0


def test_a_closed_channel_that_takes_a_try_is_open_again_at_once(api: Api) -> None:
    with receiver(answers(503), answers(503), answers(200)) as there:
        one = channel(api, there)
        api.new_case()
        deliver(api.service)
        assert tried(api, one)["delivered"] is False
        [shown] = api.get("administrator", "/channels")["items"]
        assert shown["failures"] == 1
        assert shown["retry_at"] is not None
        pass_s(api, 5)
        assert tried(api, one)["delivered"] is True
        [shown] = api.get("administrator", "/channels")["items"]
        assert (shown["failures"], shown["retry_at"]) == (0, None)
        pass_s(api, 60)
        assert deliver(api.service).delivered == 1


def test_a_try_under_a_key_is_made_once(api: Api, hook: Receiver) -> None:
    one = channel(api, hook)
    answers_ = [
        api.call("administrator", "POST", f"/channels/{one['id']}/try", None, {"Idempotency-Key": "try"})
        for _ in range(2)
    ]
    assert [answer.get_json() for answer in answers_] == [{"delivered": True, "because": None}] * 2
    assert len(hook.received) == 1


def live(api: Api) -> None:
    """Cases to which everything happens that is an event, and of which alerts are raised."""
    ask_helpers(api)
    case = api.new_case()
    at = f"/cases/{case['id']}"
    name = {"username": "auditor", "reason": "与当事人是亲属"}
    api.post("supervisor", f"{at}/walls", name)
    api.call("supervisor", "DELETE", f"{at}/walls/auditor", {"reason": "并非亲属"})
    api.post("caseworker", "/queue/claim", {})
    api.post("caseworker", f"{at}/release", {"reason": "休假"})
    api.post("supervisor", f"{at}/handover", {"to": str(api.ids["caseworker"]), "reason": "继续办理"})
    case = api.take("caseworker", case, "accept")
    party = api.post("caseworker", f"{at}/parties", {"role": "affiliate", "organisation": True, "name": "远景控股公司"})
    assert api.call("caseworker", "DELETE", f"{at}/parties/{party['id']}", {"reason": "登记有误"}).status_code == 200
    code = api.post("caseworker", f"{at}/tracking-code", {"reason": "申请人到场", "identity_checked": "document"})
    mine = f"/public/applications/{case['number']}/messages"
    said = {"text": "工资条找到了。"}
    assert api.call(None, "POST", mine, said, {"Tracking-Code": code["tracking_code"]}).status_code == 201
    api.post("caseworker", f"{at}/messages", {"text": "请拍照上传。"})
    sent = api.call("caseworker", "POST", f"{at}/files", form_with(PDF, "a.pdf", paper="other"), {"Content-Type": KIND})
    removed = api.call("caseworker", "DELETE", f"{at}/files/{sent.get_json()['id']}", {"reason": "传错了"})
    assert removed.status_code == 204
    recalculate(api)
    corrected = {"facts": {"claimants": 3}}
    assert api.call("caseworker", "PATCH", at, corrected, {"If-Match": "*"}).status_code == 200
    api.post("supervisor", f"{at}/override", {"to_state": "submitted", "reason": "受理有误"})
    api.days_pass(38)
    sweep(api.service)
    gone = api.call("administrator", "PATCH", f"/users/{api.ids['caseworker']}", {"active": False})
    assert gone.get_json()["let_go"] == 4, gone.text
    api.days_pass(90)
    pay_after_a_correction(api)


def ask_helpers(api: Api) -> None:
    """Helpers say no, do not answer, are asked no more, and say yes to the case of somebody whom one of them knows."""
    declined, lapsed, accepted = granted(api), granted(api), granted(api)
    offers = [ask(api, one, who) for one, who in ((declined, "lawyer"), (lapsed, "volunteer"))]
    api.post("lawyer", f"/offers/{offers[0]['id']}/decline", {"reason": "近期开庭较多"})
    api.days_pass(2)
    sweep(api.service)
    # Whoever is left has been asked about both by now, and is asked no more.
    for one in api.get("caseworker", "/offers?state=open")["items"]:
        api.post("caseworker", f"/offers/{one['id']}/withdraw", {"reason": "另行安排"})
    near = [{"kind": "employer", "organisation": True, "name": "济南华贸服装有限公司"}]
    say(api, "lawyer", relations=near)
    yes = ask(api, accepted)
    api.post("lawyer", f"/offers/{yes['id']}/accept", {})


def pay_after_a_correction(api: Api) -> None:
    """Money is ordered for a household whose account was corrected since the approval, which somebody confirms."""
    new_fund(api)
    at = f"/cases/{helped(api, opened_by='supervisor')['id']}"
    patch = {"facts": {"bank": {"account": "6222000011112223"}}, "reason": "更正账户信息"}
    assert api.call("supervisor", "PATCH", at, patch, {"If-Match": "*"}).status_code == 200
    confirmed_order(api, "supervisor-sd")


def recalculate(api: Api) -> None:
    """A shorter limit is loaded, which counts for clocks that run."""
    rule = {"workflow": "legal_aid", "name": "review", "place": "370100", "value": "2wd", "from_date": date(2026, 3, 1)}
    source = {"zh-CN": "新规定", "en": "new rule"}
    recalculation.load(api.service, lambda tx: policies.switch(tx, [rule | {"source": source}]))


def test_every_kind_of_message_that_is_written_is_described_and_no_other(api: Api, hook: Receiver) -> None:
    one = channel(api, hook)
    live(api)
    deliver(api.service)
    tried(api, one)
    described = document("en")["webhooks"]
    assert {got.json["type"] for got in hook.received} == described.keys()
    for got in hook.received:
        said = described[got.json["type"]]["post"]
        body = said["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        for language in LANGUAGES:
            validator(body, language).validate(got.json)
        sent = {name for name in got.headers if name.startswith("Casework-")}
        assert sent == {one["name"] for one in said["parameters"]}


def test_the_page_on_delivery_names_every_kind_of_message() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`((?:alert|case|channel)\.[a-z_]+)`", page)) == document("en")["webhooks"].keys()
    assert "`Casework-Sequence`" in page
