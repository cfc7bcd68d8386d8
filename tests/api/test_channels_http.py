"""Channels are the administrator's: what leads outside is verified when it is set, and never shown again."""

import json
from typing import Any

import pytest

from casework.senders.outside import Outside
from casework.senders.senders import Senders
from tests.api.conftest import Api

SECRET = "a secret of both sides"
HOOK = {
    "kind": "webhook",
    "name": "OA 系统",
    "org": "370100",
    "address": "http://127.0.0.1:8080/hook/of-the-group?key=1",
    "secret": SECRET,
}


def refused(api: Api, **changed: Any) -> dict[str, str]:
    """The fields that a new channel is refused for, with the codes."""
    answer = api.call("administrator", "POST", "/channels", {**HOOK, **changed})
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["code"] for one in answer.get_json()["errors"]}


def test_a_channel_shows_where_it_leads_but_neither_address_nor_secret(api: Api) -> None:
    added = api.post("administrator", "/channels", HOOK)
    assert added["address"] == "http://127.0.0.1:8080/…"
    assert (added["has_secret"], added["alerts"], added["events"], added["active"]) == (True, True, False, True)
    listed = api.get("administrator", "/channels")["items"]
    assert listed == [added]
    with api.service.transaction() as tx:
        stored = str(tx.db.run("select array_agg(c) from channels c").scalar_one())
    for said in (json.dumps(listed), stored):
        assert "of-the-group" not in said
        assert SECRET not in said


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"address": "http://10.0.0.1/hook"}, ("address", "address")),
        ({"address": "https://169.254.169.254/latest"}, ("address", "address")),
        ({"address": "https://user:pass@127.0.0.1:8080/"}, ("address", "address")),
        ({"address": "ftp://127.0.0.1:8080/"}, ("address", "address")),
        ({"address": "https://nowhere.invalid/"}, ("address", "address")),
        ({"secret": None}, ("secret", "too_short")),
        ({"secret": "short"}, ("secret", "too_short")),
        ({"kind": "wecom"}, ("secret", "no_secret")),
        ({"kind": "dingtalk", "events": True}, ("events", "alerts_only")),
        ({"kind": "fax"}, ("kind", "choice")),
        ({"org": "370200"}, ("org", "unknown_org")),
        ({"org": "370000"}, ("org", "unknown_org")),
    ],
)
def test_a_channel_that_could_not_be_used_is_refused(api: Api, changed: dict[str, Any], fault: tuple[str, str]) -> None:
    assert refused(api, **changed) == dict([fault])


def test_nothing_inside_is_called_unless_the_settings_name_the_network(api: Api) -> None:
    api.service.senders = Senders(Outside())
    assert refused(api) == {"address": "address"}
    assert refused(api, address="https://[::ffff:127.0.0.1]:8080/") == {"address": "address"}


def test_a_changed_address_is_verified_and_other_changes_keep_what_is_sealed(api: Api) -> None:
    channel = api.post("administrator", "/channels", HOOK)
    at = f"/channels/{channel['id']}"
    answer = api.call("administrator", "PATCH", at, {"address": "http://10.0.0.1/"})
    assert answer.get_json()["errors"][0]["field"] == "address"
    changed = api.call("administrator", "PATCH", at, {"name": "新名称", "events": True, "language": "en"}).get_json()
    assert changed == channel | {"name": "新名称", "events": True, "language": "en"}
    moved = api.call("administrator", "PATCH", at, {"address": "http://127.0.0.2:9000/other"}).get_json()
    assert (moved["address"], moved["has_secret"]) == ("http://127.0.0.2:9000/…", True)
    short = api.call("administrator", "PATCH", at, {"secret": "short"})
    assert short.get_json()["errors"][0] == {
        "field": "secret",
        "title": short.get_json()["errors"][0]["title"],
        "code": "too_short",
        "message": "A webhook needs a secret of 16 characters or more.",
    }


def test_channels_of_another_organisation_do_not_exist(api: Api) -> None:
    channel = api.post("administrator", "/channels", HOOK)
    assert api.get("administrator-qd", "/channels")["items"] == []
    for who in ("administrator-qd", "supervisor", "caseworker", "auditor"):
        assert api.call(who, "PATCH", f"/channels/{channel['id']}", {"active": False}).status_code == 404
    assert api.get("administrator", "/channels")["items"][0]["active"] is True


def test_mail_addresses_are_the_administrators_to_set_and_to_clear(api: Api) -> None:
    user = f"/users/{api.ids['caseworker']}"
    said = {"email": "zhang@example.org", "digest": True, "language": "en"}
    changed = api.call("administrator", "PATCH", user, said).get_json()
    assert said.items() <= changed.items()
    assert api.call("administrator", "PATCH", user, {"name": "张敏"}).get_json()["email"] == "zhang@example.org"
    assert api.call("administrator", "PATCH", user, {"email": None}).get_json()["email"] is None
    for wrong in ("zhang", "zhang@", "@example.org", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org"):
        answer = api.call("administrator", "PATCH", user, {"email": wrong})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "email"), wrong
