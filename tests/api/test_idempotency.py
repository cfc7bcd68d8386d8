"""A repeated request is answered, not repeated; and what is kept for that gives nothing away."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from casework.records.database import Database
from casework.records.vault import Keyring
from casework.work.service import Service
from tests.api.conftest import Api
from tests.rewriting import rewrite


def count(api: Api, table: str) -> int:
    """How many rows a table has."""
    with api.service.transaction() as tx:
        return int(tx.db.run(f"select count(*) from {table}").scalar_one())


def intake(api: Api) -> dict[str, Any]:
    """The body that opens a case."""
    example = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    return {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": example}


def time_passes(api: Api, **span: float) -> None:
    """The service takes it to be later by this `timedelta`."""
    with api.service.transaction() as tx:
        tx.db.run("update time_offset set value = value + :passed", passed=timedelta(**span))


def key() -> dict[str, str]:
    """A header with a key that nobody has used."""
    return {"Idempotency-Key": str(uuid4())}


def test_a_repeated_request_gets_the_first_answer_and_opens_no_second_case(api: Api) -> None:
    body, once = intake(api), key()
    first = api.call("caseworker", "POST", "/cases", body, once)
    again = api.call("caseworker", "POST", "/cases", body, once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert count(api, "cases") == 1
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    for name in ("Content-Type", "ETag", "Location"):
        assert first.headers[name] == again.headers[name]


def test_an_empty_answer_is_replayed_as_the_empty_answer_that_it_was(api: Api) -> None:
    once = key()
    first = api.call("caseworker", "POST", "/queue/claim", {}, once)
    api.new_case()
    again = api.call("caseworker", "POST", "/queue/claim", {}, once)
    assert (first.status_code, again.status_code, again.data) == (204, 204, b"")
    assert first.headers.get("Content-Type") == again.headers.get("Content-Type")


def test_the_order_of_names_and_the_spacing_do_not_make_another_body(api: Api) -> None:
    body, once = intake(api), key()
    spoken = (json.dumps(body), json.dumps(dict(reversed(body.items())), ensure_ascii=False, indent=1))
    answers = [api.call("caseworker", "POST", "/cases", one.encode(), once) for one in spoken]
    assert [one.status_code for one in answers] == [201, 201]
    assert count(api, "cases") == 1


@pytest.mark.parametrize("other", [{"reason": "另一理由"}, {"reason": "核对", "paths": []}, {"reason": "核对", "x": 1}])
def test_the_same_key_with_another_body_is_refused(shared: Api, other: dict[str, object]) -> None:
    case, once = shared.new_case(), key()
    path = f"/cases/{case['id']}/disclosures"
    assert shared.call("caseworker", "POST", path, {"reason": "核对"}, once).status_code == 200
    again = shared.call("caseworker", "POST", path, other, once)
    assert (again.status_code, again.get_json()["code"]) == (422, "invalid")
    assert [fault["code"] for fault in again.get_json()["errors"]] == ["reused"]
    assert again.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_belongs_to_its_caller_and_its_path(api: Api) -> None:
    once, said = key(), {"text": "已电话联系申请人。"}
    one, other = api.new_case(), api.new_case()
    answers = [
        api.call(who, "POST", f"/cases/{case['id']}/notes", said, once)
        for who in ("caseworker", "supervisor")
        for case in (one, other)
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert not any("Idempotent-Replayed" in answer.headers for answer in answers)
    assert count(api, "notes") == 4


def test_a_refusal_is_not_kept_so_that_the_corrected_request_may_use_the_key_again(api: Api) -> None:
    once = key()
    refused = api.call("caseworker", "POST", "/cases", intake(api) | {"channel": "pigeon"}, once)
    assert refused.status_code == 422
    assert count(api, "idempotency_keys") == 0
    accepted = api.call("caseworker", "POST", "/cases", intake(api), once)
    assert accepted.status_code == 201
    assert "Idempotent-Replayed" not in accepted.headers


def test_a_key_is_free_again_after_a_day_and_not_before(api: Api) -> None:
    case, once = api.new_case(), key()
    path, said = f"/cases/{case['id']}/notes", {"text": "一天后再写一次。"}
    api.call("caseworker", "POST", path, said, once)
    time_passes(api, hours=23, minutes=59)
    assert "Idempotent-Replayed" in api.call("caseworker", "POST", path, said, once).headers
    time_passes(api, minutes=2)
    afresh = api.call("caseworker", "POST", path, said | {"text": "另一条备注。"}, once)
    assert afresh.status_code == 201
    assert "Idempotent-Replayed" not in afresh.headers
    assert count(api, "notes") == 2


def test_reading_takes_no_notice_of_a_key(api: Api) -> None:
    once = key()
    assert len(api.call("caseworker", "GET", "/cases", headers=once).get_json()["items"]) == 0
    api.new_case()
    second = api.call("caseworker", "GET", "/cases", headers=once)
    assert len(second.get_json()["items"]) == 1
    assert "Idempotent-Replayed" not in second.headers
    assert count(api, "idempotency_keys") == 0


def test_a_correction_is_guarded_by_its_version_and_takes_no_notice_of_a_key(api: Api) -> None:
    case, once = api.new_case(), key() | {"If-Match": '"1"'}
    path, body = f"/cases/{case['id']}", {"facts": {"claimants": 3}}
    assert api.call("caseworker", "PATCH", path, body, once).status_code == 200
    assert api.call("caseworker", "PATCH", path, body, once).status_code == 412


def test_the_kept_answer_shows_no_sensitive_value_to_whoever_reads_the_table(api: Api) -> None:
    body = intake(api)
    case = api.call("caseworker", "POST", "/cases", body, key()).get_json()
    path = f"/cases/{case['id']}"
    disclosed = api.call("caseworker", "POST", f"{path}/disclosures", {"reason": "核对身份信息"}, key())
    api.call("caseworker", "POST", f"{path}/notes", {"text": "他的儿子在外地读书"}, key())
    with api.service.transaction() as tx:
        rows = tx.db.all("select * from idempotency_keys")
    assert len(rows) == 3
    kept = b"\n".join(
        bytes(value) if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )
    secrets = [*disclosed.get_json()["values"].values(), "他的儿子在外地读书"]
    assert body["facts"]["applicant"]["identity_number"] in secrets
    for secret in secrets:
        assert secret.encode() not in kept
        assert json.dumps(secret).encode() not in kept


@pytest.mark.parametrize("of", ["disclosures", "personal-data"])
def test_a_disclosure_is_never_kept_and_each_is_logged(api: Api, of: str) -> None:
    case, once = api.new_case(), key()
    path = f"/cases/{case['id']}/{of}"
    first, again = (api.call("caseworker", "POST", path, {"reason": "核对"}, once) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert "Idempotent-Replayed" not in again.headers
    assert count(api, "disclosures") == 2
    with api.service.transaction() as tx:
        assert tx.db.run("select body from idempotency_keys").scalars().all() == [None]
    assert api.call("caseworker", "POST", path, {"reason": "别的"}, once).status_code == 422


def transferred(api: Api, case: Any) -> None:
    """The case belongs to another office."""
    with api.service.transaction() as tx:
        elsewhere = "update cases set org_id = (select id from orgs where code = '370200') where id = :id"
        rewrite(tx.db, elsewhere, id=UUID(case["id"]))


def moved(api: Api, case: Any) -> None:
    """The caller works in another office."""
    with api.service.transaction() as tx:
        tx.db.run("update users set org_id = (select id from orgs where code = '370200') where username = 'caseworker'")


@pytest.mark.parametrize("away", [transferred, moved])
def test_nothing_is_told_again_to_who_may_no_longer_see_the_case(api: Api, away: Callable[[Api, Any], None]) -> None:
    body, keys = intake(api), [key() for _ in range(5)]
    case = api.call("caseworker", "POST", "/cases", body, keys[0]).get_json()
    path = f"/cases/{case['id']}"
    asked: list[tuple[str, Any]] = [
        ("/cases", body),
        (f"{path}/disclosures", {"reason": "核对"}),
        (f"{path}/notes", {"text": "家中有病人"}),
        ("/queue/claim", {}),
        (f"{path}/release", {"reason": "换岗"}),
    ]
    for (address, given), once in zip(asked[1:], keys[1:], strict=True):
        assert api.call("caseworker", "POST", address, given, once).status_code in (200, 201)
    away(api, case)
    for (address, given), once in zip(asked, keys, strict=True):
        answer = api.call("caseworker", "POST", address, given, once)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found"), address


def test_in_another_post_a_key_is_that_of_another_request(api: Api) -> None:
    once, given = key(), {"code": "RELIEF", "name": "示例帮扶资金", "org": "370000"}
    assert api.call("supervisor-sd", "POST", "/funds", given, once).status_code == 201
    with api.service.transaction() as tx:
        tx.db.run("update users set role = 'auditor' where username = 'supervisor-sd'")
    answer = api.call("supervisor-sd", "POST", "/funds", given, once)
    assert (answer.status_code, [one["code"] for one in answer.get_json()["errors"]]) == (422, ["reused"])


LONG = "".join(sha256(bytes([number])).hexdigest() for number in range(100))


@pytest.mark.parametrize("name", ["%00", "%FF%FE", "%ED%A0%80", "x" * 7000, LONG])
def test_an_address_that_no_column_could_hold_is_just_not_found(shared: Api, name: str) -> None:
    case = shared.new_case()
    answer = shared.call("caseworker", "POST", f"/cases/{case['id']}/transitions/{name}", {}, key())
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_the_first_request_of_all_may_fail_and_people_are_still_found_after_a_restart(api: Api) -> None:
    service = api.service
    assert count(api, "service_keys") == 0
    assert api.call("caseworker", "POST", "/cases", {}, key()).status_code == 422
    case = api.new_case()
    values = api.post("caseworker", f"/cases/{case['id']}/disclosures", {"reason": "核对"})["values"]
    other = Database(service.database.url.render_as_string(hide_password=False), movable_time=True)
    try:
        restarted = Service(other, Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"))
        with restarted.transaction() as tx, service.transaction() as here:
            assert tx.index_key == here.index_key
            assert tx.db.run(text("select count(*) from service_keys")).scalar_one() == 1
    finally:
        other.close()
    found = api.get("caseworker", f"/cases?q={values['applicant.identity_number']}")
    assert [one["id"] for one in found["items"]] == [case["id"]]
