"""Whoever administers leaves a trace that cannot be taken back, and nobody reads on one person's word alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from casework.records import admin_events, offices, outbox
from casework.records.delivery_queues import MAIL_QUEUE, DeliveryQueue
from casework.records.event_chain import GENESIS, administrative, chained
from casework.senders.smtp import MailServer
from casework.work import people
from casework.work.delivery.messages import alert_told
from tests.api.conftest import PASSWORD, ROLES, Api


def another(api: Api, username: str = "wang", role: str = "administrator") -> str:
    """One more user of the city, signed in; gives the path of the user."""
    new = {"username": username, "name": "王丽", "role": role, "org": "370100", "password": PASSWORD}
    user_id = api.post("administrator", "/users", new)["id"]
    signed_in = api.call(None, "POST", "/auth/token", {"username": username, "password": PASSWORD})
    api.tokens[username] = signed_in.get_json()["access_token"]
    return f"/users/{user_id}"


def disclosed(api: Api, who: str, case: Any) -> int:
    return api.call(who, "POST", f"/cases/{case['id']}/disclosures", {"reason": "核对"}).status_code


def raised(api: Api, username: str, role: str) -> str:
    """The path of a user to whom the administrator gives another role, signed in again."""
    path = another(api, username, "administrator")
    assert api.call("administrator", "PATCH", path, {"role": role}).status_code == 200
    signed_in = api.call(None, "POST", "/auth/token", {"username": username, "password": PASSWORD})
    api.tokens[username] = signed_in.get_json()["access_token"]
    return path


def test_what_an_administrator_does_is_told_with_before_and_after(api: Api) -> None:
    path = another(api, "li.lawyer", "lawyer")
    api.call("administrator", "PATCH", path, {"role": "caseworker", "email": "li@example.org"})
    api.call("administrator", "PATCH", path, {"active": False})

    told = api.get("auditor", "/admin/events")["items"][:3]

    assert [(one["kind"], one["subject"], one["payload"]) for one in told] == [
        ("user_changed", "li.lawyer", {"active": [True, False]}),
        ("user_changed", "li.lawyer", {"role": ["lawyer", "caseworker"], "others": ["email"]}),
        ("user_added", "li.lawyer", {"role": "lawyer", "org": "370100", "password": True}),
    ]
    assert {one["actor"]["username"] for one in told} == {"administrator"}
    assert told[0]["prev_hash"] == told[1]["hash"]


def test_a_refused_change_leaves_no_trace(api: Api) -> None:
    before = api.get("administrator", "/admin/events")["items"][0]
    assert api.call("administrator", "PATCH", f"/users/{api.ids['lawyer']}", {"org": "370200"}).status_code == 422
    assert api.get("administrator", "/admin/events")["items"][0] == before


def test_administrators_and_auditors_read_what_concerns_their_organisations(api: Api) -> None:
    another(api)
    for who in ("caseworker", "supervisor", "lawyer", "volunteer"):
        assert api.call(who, "GET", "/admin/events").status_code == 403
    kinds = {one["kind"] for one in api.get("administrator-qd", "/admin/events")["items"]}
    assert {"policies_loaded", "calendar_loaded", "user_added"} <= kinds
    subjects = {one["subject"] for one in api.get("administrator-qd", "/admin/events")["items"]}
    assert "administrator-qd" in subjects
    assert not {"wang", "administrator"} & subjects


def test_the_chain_comes_page_by_page_and_recomputes(api: Api) -> None:
    another(api)
    first = api.get("administrator", "/admin/events?limit=2")
    second = api.get("administrator", f"/admin/events?limit=2&cursor={first['next_cursor']}")
    seqs = [one["seq"] for page in (first, second) for one in page["items"]]
    assert len(seqs) == 4
    assert seqs == sorted(seqs, reverse=True)
    before = GENESIS
    with api.service.transaction() as tx:
        for number, row in enumerate(admin_events.some(tx.db, 0, 1000), start=1):
            body = administrative(number, row.at, row.kind, row.actor_id, row.subject, row.places, row.payload)
            assert (row.seq, row.prev_hash, row.hash) == (number, before, chained(before, body))
            before = row.hash
    assert number > len(api.ids)


def test_of_changes_made_at_once_each_is_the_next_of_the_chain(api: Api) -> None:
    def change(number: int) -> None:
        with api.service.transaction() as tx:
            people.change_by_name(tx, ROLES[number % 4], {"language": "en"})

    def seqs() -> list[int]:
        with api.service.transaction() as tx:
            return [row.seq for row in admin_events.page(tx.db, "", 1000)]

    before = seqs()
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(change, range(8)))) == 8
    assert seqs() == [*range(before[0] + 8, before[0], -1), *before]


def test_the_operator_is_told_apart(api: Api) -> None:
    with api.service.transaction() as tx:
        people.change_by_name(tx, "lawyer", {"password": "another horse battery"})
    [event] = api.get("auditor", "/admin/events?limit=1")["items"]
    assert (event["actor"], event["subject"], event["payload"]) == (None, "lawyer", {"others": ["password"]})


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update admin_events set subject = 'x'", "permission denied"),
        ("delete from admin_events", "permission denied"),
    ],
)
def test_the_application_changes_no_event_of_the_chain(api: Api, statement: str, what: str) -> None:
    with pytest.raises(DBAPIError, match=what), api.service.transaction() as tx:
        tx.db.run(statement)


def test_whoever_was_raised_reads_nothing_sensitive_of_before_until_another_administrator_confirms(api: Api) -> None:
    case = api.new_case()
    api.post("caseworker", f"/cases/{case['id']}/notes", {"text": "已联系"})
    path = raised(api, "li", "supervisor")
    new = api.new_case()

    assert api.get("li", f"/cases/{case['id']}")["id"] == case["id"]
    assert disclosed(api, "li", case) == 403
    assert api.call("li", "GET", f"/cases/{case['id']}/notes").status_code == 403
    assert api.call("li", "POST", f"/cases/{case['id']}/personal-data", {"reason": "核对"}).status_code == 403
    assert disclosed(api, "li", new) == 200

    assert api.call("administrator", "POST", f"{path}/confirm-role", {}).status_code == 403
    assert disclosed(api, "li", case) == 403
    another(api)
    confirmed = api.call("wang", "POST", f"{path}/confirm-role", {})
    assert (confirmed.status_code, confirmed.get_json()["raised_at"]) == (200, None)
    assert disclosed(api, "li", case) == 200
    assert api.call("wang", "POST", f"{path}/confirm-role", {}).status_code == 409
    assert api.get("auditor", "/admin/events")["items"][0]["kind"] == "role_confirmed"


def test_nobody_confirms_their_own_role(api: Api) -> None:
    path = raised(api, "li", "supervisor")
    another(api)
    assert api.call("wang", "PATCH", path, {"role": "administrator"}).status_code == 200
    signed_in = api.call(None, "POST", "/auth/token", {"username": "li", "password": PASSWORD})
    api.tokens["li"] = signed_in.get_json()["access_token"]
    assert api.call("li", "POST", f"{path}/confirm-role", {}).status_code == 403
    assert api.call("administrator-qd", "POST", f"{path}/confirm-role", {}).status_code == 404
    assert api.call("administrator", "POST", f"{path}/confirm-role", {}).status_code == 200


def test_the_operator_confirms_where_there_is_no_second_administrator(api: Api) -> None:
    case = api.new_case()
    raised(api, "li", "caseworker")
    assert disclosed(api, "li", case) == 403
    with api.service.transaction() as tx:
        people.confirm_by_name(tx, "Li")
    assert disclosed(api, "li", case) == 200


def roles_told(api: Api, who: str) -> list[Any]:
    """The alerts of this user that tell of somebody's role."""
    return [one for one in api.get(who, "/alerts")["items"] if one["kind"] == "raised"]


def test_the_supervisors_of_the_place_are_told_once_of_whoever_is_raised_there(api: Api) -> None:
    path = raised(api, "li", "supervisor")
    [told] = roles_told(api, "supervisor")
    assert (told["case_id"], told["case_number"], told["actor"]["username"]) == (None, None, "administrator")
    assert "li: from administrator to supervisor" in told["because"]
    chinese = api.call("supervisor", "GET", "/alerts", headers={"Accept-Language": "zh-CN"}).get_json()["items"][0]
    assert "li：角色由管理员变更为审批人" in chinese["because"]
    # Neither whoever was raised nor the supervisors of another place.
    for who in ("li", "supervisor-qd", "supervisor-sd", "caseworker"):
        assert roles_told(api, who) == [], who
    assert api.call("administrator", "PATCH", path, {"email": "li@example.org"}).status_code == 200
    assert roles_told(api, "supervisor") == [told]
    snoozed = api.call("supervisor", "POST", f"/alerts/{told['id']}/snooze", {})
    assert (snoozed.status_code, snoozed.get_json()["code"]) == (409, "not_now")
    assert api.post("supervisor", f"/alerts/{told['id']}/acknowledge", {})["acknowledged_at"]
    assert api.call("supervisor-qd", "POST", f"/alerts/{told['id']}/acknowledge", {}).status_code == 404


def test_where_nobody_supervises_the_place_those_above_are_told(api: Api) -> None:
    assert api.call("administrator", "PATCH", f"/users/{api.ids['supervisor']}", {"active": False}).status_code == 200
    raised(api, "li", "caseworker")
    [told] = roles_told(api, "supervisor-sd")
    assert "from administrator to caseworker" in told["because"]


def test_what_the_operator_does_at_the_machine_is_told_too_and_what_raises_nobody_is_not(api: Api) -> None:
    path = another(api, "li", "volunteer")
    assert roles_told(api, "supervisor") == []
    assert api.call("administrator", "PATCH", path, {"active": False}).status_code == 200
    assert api.call("administrator", "PATCH", path, {"active": True, "role": "volunteer"}).status_code == 200
    assert roles_told(api, "supervisor") == []
    with api.service.transaction() as tx:
        people.change_by_name(tx, "li", {"role": "supervisor"})
    [told] = roles_told(api, "supervisor")
    assert (told["actor"], told["role"]) == (None, "administrator")


def test_a_place_that_is_not_below_the_old_one_is_told_with_both(api: Api) -> None:
    hired = {"username": "li", "name": "李丽", "role": "caseworker", "org": "370100", "password": PASSWORD}
    with api.service.transaction() as tx:
        province = offices.org(tx.db, "370000")
        assert province is not None
        chief = {"username": "chief", "name": "示例管理员", "role": "administrator", "password": PASSWORD}
        people.create_user(tx, chief, province)
    signed_in = api.call(None, "POST", "/auth/token", {"username": "chief", "password": PASSWORD})
    api.tokens["chief"] = signed_in.get_json()["access_token"]
    user_id = api.post("chief", "/users", hired)["id"]
    assert api.call("chief", "PATCH", f"/users/{user_id}", {"org": "370200"}).status_code == 200
    [told] = roles_told(api, "supervisor-qd")
    assert "from 370100 to 370200" in told["because"]
    assert roles_told(api, "supervisor") == []


def test_whoever_has_a_mail_address_gets_one_that_names_no_case(api: Api) -> None:
    mail = MailServer("127.0.0.1", 25, "casework@union.example.org", tls="none", timeout_s=1)
    api.service.senders = replace(api.service.senders, mail=mail)
    api.call("supervisor", "PATCH", "/me", {"email": "boss@example.org"})
    raised(api, "li", "supervisor")
    with api.service.transaction() as tx:
        queue = DeliveryQueue(MAIL_QUEUE, 0, tx.now)
        [row] = [one for one in outbox.batch(tx.db, queue, 10) if one.admin_seq is not None]
    subject, text = alert_told(row, "en", api.service.zone)
    assert row.email == "boss@example.org"
    assert (subject, "li: from administrator to supervisor" in text) == (
        "[Casework] The role or organisation of a user was changed",
        True,
    )
