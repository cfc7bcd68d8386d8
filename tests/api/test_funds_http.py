"""Funds over HTTP: who sees them, who keeps them, and a ledger that tells where every yuan went."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from casework.records import funds
from casework.rules.fund_operations import Release, Reserve
from casework.rules.people import CLOCK
from tests.api.conftest import USERS, Api
from tests.api.test_concurrency import at_once, rows, statuses

STAFF_AND_AUDITORS: Final = {"caseworker", "supervisor", "auditor"}


def new_fund(api: Api, who: str = "supervisor", **said: Any) -> Any:
    """A fund of Jinan's supervisor unless said otherwise."""
    return api.post(who, "/funds", {"code": "RELIEF", "name": "示例帮扶资金", "org": "370100"} | said)


def problem(api: Api, who: str, path: str, body: Any) -> tuple[int, str, list[str]]:
    """Status and code of a refusal, and the fields that it names."""
    answer = api.call(who, "POST", path, body)
    said = answer.get_json()
    return answer.status_code, said["code"], [fault["field"] for fault in said.get("errors", ())]


def claim(api: Api, case: Any, *claims: Any) -> None:
    with api.service.transaction() as tx:
        funds.claim(tx.db, claims, UUID(case["id"]), case["version"], CLOCK)


def test_a_new_fund_is_empty_and_has_its_budget_lines(api: Api) -> None:
    lines = [
        {"year": 2026, "kind": "medical", "amount": "300.5"},
        {"year": 2026, "kind": "living", "amount": "0"},
    ]
    fund = new_fund(api, budgets=lines)
    assert {name: fund[name] for name in ("code", "name", "org", "balance", "reserved", "free")} == {
        "code": "RELIEF",
        "name": "示例帮扶资金",
        "org": "370100",
        "balance": "0.00",
        "reserved": "0.00",
        "free": "0.00",
    }
    assert fund["budgets"] == [
        {"year": 2026, "kind": "living", "amount": "0.00", "committed": "0.00", "free": "0.00"},
        {"year": 2026, "kind": "medical", "amount": "300.50", "committed": "0.00", "free": "300.50"},
    ]
    assert api.get("caseworker", "/funds")["items"] == [fund]
    assert api.get("caseworker", f"/funds/{fund['id']}/ledger")["items"] == []


def test_a_code_stands_for_one_fund_in_the_whole_tree_also_when_four_take_it_at_once(api: Api) -> None:
    new_fund(api, "supervisor-qd", org="370200")
    body = {"code": "RELIEF", "name": "示例", "org": "370100"}
    assert problem(api, "supervisor", "/funds", body) == (422, "invalid", ["code"])
    body["code"] = "TWICE"
    answers = at_once([lambda: api.call("supervisor", "POST", "/funds", body) for _ in range(4)])
    assert statuses(answers) == [201, 422, 422, 422]
    assert len(rows(api, "select 1 from funds where code = 'TWICE'")) == 1


def test_a_fund_belongs_to_an_organisation_of_ones_own(api: Api) -> None:
    body = {"code": "RELIEF", "name": "示例"}
    for org in ("370200", "370000", "370300"):
        assert problem(api, "supervisor", "/funds", body | {"org": org}) == (422, "invalid", ["org"])
    twice = [{"year": 2026, "kind": "living", "amount": "1.00"}] * 2
    refused = problem(api, "supervisor", "/funds", body | {"org": "370100", "budgets": twice})
    assert refused == (422, "invalid", ["budgets.1"])
    assert api.get("supervisor-sd", "/funds")["items"] == []
    assert new_fund(api, "supervisor-sd", org="370200")["org"] == "370200"


def test_funds_are_seen_from_above_and_below_and_not_from_beside_and_only_by_those_who_work_with_them(
    api: Api,
) -> None:
    ids = {org: new_fund(api, "supervisor-sd", code=f"F{org}", org=org)["id"] for org in ("370000", "370100", "370200")}
    for who, (role, org) in USERS.items():
        answer = api.call(who, "GET", "/funds")
        if role not in STAFF_AND_AUDITORS:
            assert answer.status_code == 403
            continue
        seen = {org, "370000"} if org != "370000" else {*ids}
        assert {fund["org"] for fund in answer.get_json()["items"]} == seen
        for of, fund_id in ids.items():
            status = api.call(who, "GET", f"/funds/{fund_id}/ledger").status_code
            assert status == (200 if of in seen else 404), (who, of)


def test_funds_are_kept_by_the_supervisors_of_their_organisation_and_above(api: Api) -> None:
    ids = {org: new_fund(api, "supervisor-sd", code=f"F{org}", org=org)["id"] for org in ("370000", "370100", "370200")}
    for who, (role, org) in USERS.items():
        for of, fund_id in ids.items():
            if role not in STAFF_AND_AUDITORS:
                expected = 403
            elif org != "370000" and of not in (org, "370000"):
                expected = 404
            else:
                expected = 422 if role == "supervisor" and (org in (of, "370000")) else 403
            for deed in ("top-up", "correct", "budgets"):
                answer = api.call(who, "POST", f"/funds/{fund_id}/{deed}", {"unheard_of": 1})
                assert answer.status_code == expected, (who, of, deed)
    for who in ("caseworker", "auditor", "administrator", "lawyer"):
        assert problem(api, who, "/funds", {"unheard_of": 1})[0] == 403
    assert api.get("supervisor-sd", f"/funds/{ids['370100']}/ledger")["items"] == []


def test_what_comes_in_stands_in_the_ledger_with_its_source_and_whoever_entered_it(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}"
    api.post("supervisor", f"{at}/top-up", {"amount": "1000.00", "note": "市财政拨款"})
    fund = api.post("supervisor-sd", f"{at}/top-up", {"amount": 500, "note": "省级补助"})
    assert (fund["balance"], fund["reserved"], fund["free"]) == ("1500.00", "0.00", "1500.00")
    first, second = api.get("auditor", f"{at}/ledger")["items"]
    assert (first["seq"], first["kind"], first["amount"], first["balance"]) == (1, "top_up", "1000.00", "1000.00")
    assert (second["seq"], second["note"], second["balance"]) == (2, "省级补助", "1500.00")
    assert (first["actor"]["username"], second["actor"]["username"]) == ("supervisor", "supervisor-sd")
    assert (first["line"], first["case_number"]) == (None, None)


def test_a_slip_is_put_right_as_far_as_nothing_is_promised_of_it_and_both_entries_stay(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}"
    api.post("supervisor", f"{at}/top-up", {"amount": "5000000.00", "note": "市财政拨款"})
    claim(api, api.new_case(), Reserve(uuid4(), "RELIEF", "living", Decimal("300.00"), date(2026, 3, 2)))
    slip = {"amount": "4999700.01", "note": "多登一个零"}
    answer = api.call("supervisor", "POST", f"{at}/correct", slip)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_met")
    assert "4,999,700.00" in answer.get_json()["detail"]
    fund = api.post("supervisor", f"{at}/correct", slip | {"amount": "4500000.00"})
    assert (fund["balance"], fund["reserved"], fund["free"]) == ("500000.00", "300.00", "499700.00")
    entries = api.get("auditor", f"{at}/ledger")["items"]
    assert [entry["kind"] for entry in entries] == ["top_up", "reserve", "correct"]
    assert (entries[2]["amount"], entries[2]["balance"], entries[2]["note"]) == (
        "4500000.00",
        "500000.00",
        "多登一个零",
    )


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "0.001", "1e3", "1,000", 1.5, "", None, "1000000000000", True])
def test_no_odd_amount_comes_into_a_fund(amount: Any, shared: Api) -> None:
    fund = new_fund(shared, code=f"F{uuid4().hex[:8]}")
    at = f"/funds/{fund['id']}"
    assert problem(shared, "supervisor", f"{at}/top-up", {"amount": amount, "note": "拨款"})[1:] == (
        "invalid",
        ["amount"],
    )
    assert shared.get("supervisor", f"{at}/ledger")["items"] == []


def test_a_full_fund_refuses_more_with_a_sentence(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}/top-up"
    api.post("supervisor", at, {"amount": "999999999999.99", "note": "拨款"})
    assert problem(api, "supervisor", at, {"amount": "0.01", "note": "拨款"})[:2] == (422, "not_met")


def test_the_ledger_tells_the_numbers_of_the_cases_that_one_sees(api: Api) -> None:
    fund = new_fund(api, "supervisor-sd", org="370000")
    at = f"/funds/{fund['id']}"
    api.post("supervisor-sd", f"{at}/top-up", {"amount": "1000.00", "note": "拨款"})
    here, there = api.new_case(), api.new_case("caseworker-qd", "370200")
    one = Reserve(uuid4(), "RELIEF", "living", Decimal("30.00"), date(2026, 3, 2))
    two = Reserve(uuid4(), "RELIEF", "living", Decimal("70.00"), date(2026, 3, 2))
    claim(api, here, one)
    claim(api, there, two)
    claim(api, there, Release(two.line))
    told = {
        who: [entry["case_number"] for entry in api.get(who, f"{at}/ledger")["items"]]
        for who in ("caseworker", "supervisor-qd", "supervisor-sd")
    }
    assert told == {
        "caseworker": [None, here["number"], None, None],
        "supervisor-qd": [None, None, there["number"], there["number"]],
        "supervisor-sd": [None, here["number"], there["number"], there["number"]],
    }
    entries = api.get("caseworker", f"{at}/ledger")["items"]
    assert [(entry["kind"], entry["reserved"]) for entry in entries] == [
        ("top_up", "0.00"),
        ("reserve", "30.00"),
        ("reserve", "100.00"),
        ("release", "30.00"),
    ]
    assert entries[1]["line"] == str(one.line)


def test_the_ledger_is_read_page_by_page_also_while_it_grows(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}"
    for number in range(5):
        api.post("supervisor", f"{at}/top-up", {"amount": str(number + 1), "note": f"第{number + 1}笔"})
    first = api.get("caseworker", f"{at}/ledger?limit=3")
    api.post("supervisor", f"{at}/top-up", {"amount": "6", "note": "第6笔"})
    rest = api.get("caseworker", f"{at}/ledger?limit=3&cursor={first['next_cursor']}")
    assert [entry["seq"] for entry in first["items"] + rest["items"]] == [1, 2, 3, 4, 5, 6]
    assert rest["next_cursor"] is None


def test_funds_are_listed_page_by_page(api: Api) -> None:
    for code in ("B", "A", "D", "C"):
        new_fund(api, code=code)
    first = api.get("caseworker", "/funds?limit=3")
    rest = api.get("caseworker", f"/funds?limit=3&cursor={first['next_cursor']}")
    assert [fund["code"] for fund in first["items"] + rest["items"]] == ["A", "B", "C", "D"]


def test_a_budget_line_is_set_and_set_again_and_never_below_what_is_approved(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}"
    api.post("supervisor", f"{at}/top-up", {"amount": "1000.00", "note": "拨款"})
    line = {"year": 2026, "kind": "living", "amount": "500.00"}
    api.post("supervisor", f"{at}/budgets", line)
    reserve = Reserve(uuid4(), "RELIEF", "living", Decimal("400.00"), date(2026, 3, 2))
    claim(api, api.new_case(), reserve)
    refused = problem(api, "supervisor", f"{at}/budgets", line | {"amount": "399.99"})
    assert refused[:2] == (422, "not_met")
    fund = api.post("supervisor", f"{at}/budgets", line | {"amount": "400.00"})
    assert fund["budgets"] == [
        {"year": 2026, "kind": "living", "amount": "400.00", "committed": "400.00", "free": "0.00"}
    ]
    assert (fund["reserved"], fund["free"]) == ("400.00", "600.00")


def test_a_top_up_that_is_sent_twice_with_one_key_comes_in_once(api: Api) -> None:
    at = f"/funds/{new_fund(api)['id']}/top-up"
    body, once = {"amount": "1000.00", "note": "拨款"}, {"Idempotency-Key": str(uuid4())}
    answers = at_once([lambda: api.call("supervisor", "POST", at, body, once) for _ in range(4)])
    assert statuses(answers) == [200] * 4
    assert [answer.get_json()["balance"] for answer in answers] == ["1000.00"] * 4
    assert api.get("supervisor", "/funds")["items"][0]["balance"] == "1000.00"


def test_top_ups_at_once_all_come_in(api: Api) -> None:
    fund = new_fund(api)
    body = {"amount": "0.01", "note": "拨款"}
    answers = at_once([lambda: api.call("supervisor", "POST", f"/funds/{fund['id']}/top-up", body) for _ in range(8)])
    assert statuses(answers) == [200] * 8
    assert sorted(answer.get_json()["balance"] for answer in answers) == [f"0.0{n}" for n in range(1, 9)]
    entries = api.get("supervisor", f"/funds/{fund['id']}/ledger")["items"]
    assert [entry["seq"] for entry in entries] == [*range(1, 9)]
    assert entries[-1]["balance"] == "0.08"
