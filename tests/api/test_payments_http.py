"""Payment orders over HTTP: what is approved goes to the bank once, and what the bank did stands in the case."""

import csv
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from casework.records import people
from casework.records.vault import Keyring, NotOpened
from casework.rules.people import Actor
from casework.rules.text import Text
from casework.work import keys, payments, workflow_registry
from casework.work.overdue import sweep
from casework.work.service import Transaction
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from tests.api.conftest import USERS, Api
from tests.api.money import (
    SOURCE,
    changes_told,
    confirmed_order,
    dossier,
    helped,
    household,
    in_force,
    make_order,
    new_fund,
)
from tests.api.test_concurrency import at_once, ensure_one_history, rows, statuses
from tests.api.test_permissions import hire
from tests.cli.terminal import Done, Terminal
from tests.rewriting import rewrite
from tests.work.test_funds import books, somebody_waits

ACCOUNT: Final = re.compile("[0-9]{8,}")
TODAY: Final = "2026-07-06"


def record(api: Api, order: Any, way: str, who: str = "caseworker", number: int = 0, **more: Any) -> Any:
    """The answer to recording what the bank did (`paid` or `returned`) with one payment of the order."""
    line = order["lines"][number]["id"]
    given = {"on": TODAY} | ({"reason": "户名不符"} if way == "returned" else {}) | more
    return api.call(who, "POST", f"/payment-orders/{order['id']}/lines/{line}/{way}", given)


def correct(api: Api, case: Any, who: str = "supervisor", **bank: Any) -> None:
    """The bank details of a case are corrected."""
    patch = {"facts": {"bank": bank}, "reason": "更正账户信息"}
    answer = api.call(who, "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def acting(api: Api, tx: Transaction, who: str) -> Actor:
    """This user as the one who acts in a transaction."""
    person = people.by_id(tx.db, api.ids[who])
    assert person is not None
    return Actor(person.role, person)


def export(api: Api, order: Any, who: str = "caseworker", query: str = "", **headers: str) -> Any:
    return api.call(
        who,
        "GET",
        f"/payment-orders/{order['id']}/export{query}",
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def disclosed(api: Api, case: Any) -> list[tuple[list[str], str, str]]:
    """What the access log of a case says of payment orders: paths, reason and by whom."""
    items = api.get("supervisor-sd", f"/cases/{case['id']}/disclosures?limit=200")["items"]
    return [(one["paths"], one["reason"], one["user"]["username"]) for one in items if "PAY" in one["reason"]]


@pytest.fixture
def july(api: Api) -> Api:
    """It is Monday 6 July 2026: the Social Assistance Law is in force, and with it emergency aid."""
    api.days_pass(126)
    in_force(api, "subsistence_line", "370100", "1062")
    return api


@pytest.fixture
def office(july: Api) -> Api:
    """Jinan has 100,000 yuan, and whoever approves there does not pay."""
    new_fund(july)
    in_force(july, "paid_by_another", "370100", "true")
    return july


def test_from_approval_to_the_account_everything_stands_in_the_case_and_in_the_ledger(office: Api) -> None:
    case = helped(office)
    [approved] = case["facts"]["aid"]
    order = make_order(office)
    assert (order["number"], order["total"], order["count"], order["unsettled"]) == (
        "(2026)PAY-RELIEF-1",
        "500.00",
        1,
        1,
    )
    assert (order["left_out"], order["created_by"]["username"]) == ([], "caseworker")
    [line] = order["lines"]
    assert (line["id"], line["case_number"], line["status"]) == (approved["line"], case["number"], "ordered")
    assert (line["payee"], line["kind"], line["amount"]) == (case["applicant"]["name"], "emergency", "500.00")
    answer = record(office, order, "paid")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "paid"), answer.text
    assert answer.get_json()["settled_on"] == TODAY
    [paid] = office.get("auditor", f"/cases/{case['id']}")["facts"]["aid"]
    assert (paid["status"], paid["settled_on"]) == ("paid", TODAY)
    last = office.get("auditor", f"/cases/{case['id']}/events?limit=200")["items"][-1]
    assert (last["payload"]["transition"], last["actor"]["username"]) == ("record_payment", "caseworker")
    [fund] = office.get("caseworker", "/funds")["items"]
    assert (fund["balance"], fund["reserved"]) == ("99500.00", "0.00")
    entries = office.get("caseworker", f"/funds/{fund['id']}/ledger")["items"]
    assert [(one["kind"], one["case_number"]) for one in entries[1:]] == [
        ("reserve", case["number"]),
        ("pay", case["number"]),
    ]
    seen = office.get("caseworker", f"/payment-orders/{order['id']}")
    assert (seen["unsettled"], seen["lines"][0]["status"]) == (0, "paid")


def test_an_order_reads_the_same_before_and_after_a_change_of_keys(office: Api) -> None:
    service, new = office.service, bytes(range(1, 33))
    helped(office)
    service.keyring = Keyring([new, bytes(range(32))])
    helped(office)
    order = make_order(office)
    before = export(office, order)
    assert len(ACCOUNT.findall(before.text)) >= 2
    assert keys.rotate(service, lambda _: None).left == 0
    service.keyring = Keyring([new])
    assert export(office, order).data == before.data
    helped(office)
    assert make_order(office)["count"] == 1


def test_a_household_is_helped_from_its_application_until_the_money_has_arrived(office: Api) -> None:
    case = dossier(office)
    item = {"kind": "living", "amount": "1200.00", "fund": "RELIEF"}
    office.take("caseworker", case, "accept")
    for name in ("record_visit", "send_check", "record_check"):
        office.take("caseworker", case, name)
    office.take("caseworker", case, "propose", aid=[item])
    office.take("caseworker", case, "publish")
    office.days_pass(14)
    sweep(office.service)
    while (case := office.get("supervisor", f"/cases/{case['id']}"))["state"] != "active":
        offered = office.get("supervisor", f"/cases/{case['id']}/transitions")["items"]
        mine = {one["name"] for one in offered if one["allowed"]} & {"approve", "endorse"}
        if "approve" in mine:
            office.take("supervisor", case, "approve")
        elif "endorse" in mine:
            office.take("supervisor", case, "endorse")
        else:
            office.take("supervisor-sd", case, "approve")
    order = make_order(office)
    assert [line["amount"] for line in order["lines"]] == ["1200.00"]
    assert record(office, order, "paid", on="2026-07-20").status_code == 200
    [paid] = office.get("caseworker", f"/cases/{case['id']}")["facts"]["aid"]
    assert (paid["kind"], paid["status"], paid["settled_on"]) == ("living", "paid", "2026-07-20")
    assert office.get("caseworker", "/funds")["items"][0]["balance"] == "98800.00"


def test_eight_who_order_at_once_never_order_a_payment_twice_and_the_numbers_have_no_gaps(office: Api) -> None:
    cases = {helped(office)["number"] for _ in range(6)}
    in_force(office, "paid_by_another", "370100", "false")
    clerks = ("caseworker", "supervisor") * 4
    answers = at_once(
        [lambda who=who: office.call(who, "POST", "/payment-orders", {"fund": "RELIEF"}) for who in clerks]
    )
    assert statuses(answers) == [201] + [409] * 7
    [order] = [answer.get_json() for answer in answers if answer.status_code == 201]
    assert {line["case_number"] for line in order["lines"]} == cases
    assert (order["count"], order["total"]) == (6, "3000.00")
    helped(office)
    assert [order["number"], make_order(office)["number"]] == ["(2026)PAY-RELIEF-1", "(2026)PAY-RELIEF-2"]
    new_fund(office, "OTHER")
    helped(office, fund="OTHER")
    assert make_order(office, fund="OTHER")["number"] == "(2026)PAY-OTHER-1"


def test_whoever_approved_does_not_order_where_the_office_says_so_and_is_told_how_many_wait_for_another(
    office: Api,
) -> None:
    helped(office), helped(office)
    other = helped(office, "supervisor-sd")
    order = make_order(office, "supervisor")
    assert [line["case_number"] for line in order["lines"]] == [other["number"]]
    [left] = order["left_out"]
    assert left["count"] == 2
    assert SOURCE["en"] in left["because"]
    answer = office.call("supervisor", "POST", "/payment-orders", {"fund": "RELIEF"}, {"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_now")
    assert "2 笔由您本人审批" in answer.get_json()["detail"]
    assert make_order(office)["count"] == 2
    helped(office)
    in_force(office, "paid_by_another", "370100", "false")
    order = make_order(office, "supervisor")
    assert (order["count"], order["left_out"]) == (1, [])


def test_what_is_handed_over_in_cash_is_on_no_order_of_the_bank(office: Api) -> None:
    case = office.take("caseworker", dossier(office), "accept")
    case = office.take("supervisor", case, "help_at_once", fund="RELIEF", amount="500.00", pay_by="cash")
    [line] = [one for one in case["facts"]["aid"] if one["pay_by"] == "cash"]
    answer = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"})
    ordered = (
        office.get("caseworker", f"/payment-orders/{answer.get_json()['id']}") if answer.status_code == 201 else {}
    )
    assert line["line"] not in str(ordered)
    case = office.take("caseworker", case, "record_payment", line=line["line"], result="paid", receipt="签收1号")
    assert [one["status"] for one in case["facts"]["aid"] if one["line"] == line["line"]] == ["paid"]


def test_a_payment_without_an_account_waits_until_the_account_is_known(office: Api) -> None:
    case = helped(office)
    correct(office, case, account=None)
    answer = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"})
    assert answer.status_code == 409
    assert "no bank account" in answer.get_json()["detail"]
    correct(office, case, account="6222000011112223")
    [line] = confirmed_order(office)["lines"]
    approved = case["facts"]["bank"]["account"]
    assert (line["account"], line["payee_change"]["account"]) == ("************2223", approved)


def test_an_account_that_was_unknown_at_the_approval_is_confirmed_too(office: Api) -> None:
    facts = household(office)
    del facts["bank"]["account"]
    case = office.take("caseworker", dossier(office, facts=facts), "accept")
    office.take("supervisor", case, "help_at_once", fund="RELIEF", amount="500.00")
    correct(office, case, account="6222000011112223")
    [line] = confirmed_order(office)["lines"]
    assert (line["account"], line["payee_change"]["account"]) == ("************2223", None)


def test_a_returned_payment_comes_into_the_next_order_after_the_account_was_corrected(office: Api) -> None:
    case = helped(office)
    order = make_order(office)
    [fund] = office.get("caseworker", "/funds")["items"]
    assert record(office, order, "returned", reason="").status_code == 422
    assert record(office, order, "returned").get_json()["status"] == "returned"
    assert office.get("caseworker", "/funds")["items"] == [fund]
    answer = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"})
    assert answer.status_code == 409
    assert "not corrected since" in answer.get_json()["detail"]
    patch: dict[str, Any] = {"facts": {"household": {"size": 5}}, "reason": "更正人口"}
    done = office.call("supervisor", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"})
    assert done.status_code == 200, done.text
    assert office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}).status_code == 409
    correct(office, case, account="6222000011112223")
    second = confirmed_order(office)
    assert (second["number"], second["lines"][0]["account"]) == ("(2026)PAY-RELIEF-2", "************2223")
    first = office.get("caseworker", f"/payment-orders/{order['id']}")
    [line] = first["lines"]
    assert (line["status"], line["settled_on"]) == ("returned", TODAY)
    assert line["account"] == order["lines"][0]["account"] != second["lines"][0]["account"]
    assert (first["count"], first["total"], first["unsettled"], second["unsettled"]) == (1, "500.00", 0, 1)
    for way in ("paid", "returned"):
        assert record(office, order, way).status_code == 409
    assert record(office, second, "paid").status_code == 200
    assert office.get("caseworker", f"/payment-orders/{order['id']}")["lines"] == [line]
    assert office.get("caseworker", "/funds")["items"][0]["balance"] == "99500.00"


def test_where_the_bank_erred_a_returned_payment_is_ordered_again_as_it_is(office: Api) -> None:
    helped(office)
    record(office, make_order(office), "returned")
    order = make_order(office, as_returned=True)
    assert (order["number"], order["count"]) == ("(2026)PAY-RELIEF-2", 1)
    record(office, order, "returned")
    assert office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}).status_code == 409


def test_an_account_that_was_corrected_before_the_money_came_back_is_a_corrected_one(office: Api) -> None:
    case = helped(office)
    order = make_order(office)
    correct(office, case, account="6222000011112223")
    record(office, order, "returned")
    assert confirmed_order(office)["lines"][0]["account"] == "************2223"


@pytest.mark.parametrize(
    "bank",
    [{"account": "6222000011113221"}, {"branch": "市中支行"}, {"name": "另一银行"}, {"bank_code": "102451000012"}],
)
def test_bank_details_that_are_again_what_they_were_are_not_corrected(bank: dict[str, str], office: Api) -> None:
    first = {
        "account": "6222000011112223",
        "branch": "历下支行",
        "name": "示例银行",
        "bank_code": "102451000011",
    }
    case = helped(office, **first)
    record(office, make_order(office), "returned")
    correct(office, case, **bank)
    correct(office, case, **first)
    assert office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}).status_code == 409
    correct(office, case, **bank)
    assert confirmed_order(office)["count"] == 1


def test_a_payment_that_came_back_and_is_released_stays_returned_on_its_order(office: Api) -> None:
    case = helped(office)
    order = make_order(office)
    record(office, order, "returned")
    line = case["facts"]["aid"][0]["line"]
    waived = {"line": line, "reason": "放弃领取", "signed_on": TODAY}
    office.post("supervisor", f"/cases/{case['id']}/transitions/release_payment", waived)
    [seen] = office.get("caseworker", f"/payment-orders/{order['id']}")["lines"]
    assert (seen["status"], seen["settled_on"]) == ("returned", TODAY)
    assert [line.status for line in rows(office, "select status from payment_lines")] == ["released"]


def test_what_the_bank_said_of_one_order_is_not_recorded_on_the_next_one_also_when_both_come_at_once(
    office: Api,
) -> None:
    helped(office)
    order = make_order(office)
    line = UUID(order["lines"][0]["id"])
    with ThreadPoolExecutor(1) as pool:
        with office.service.transaction() as tx:
            tx.actor = acting(office, tx, "caseworker")
            payments.record_result(tx, UUID(order["id"]), line, "returned", {"on": TODAY, "reason": "户名不符"})
            late = pool.submit(record, office, order, "paid")
            while not late.done() and not somebody_waits(office.service):
                pass
            second, _ = payments.make_order(tx, {"fund": "RELIEF", "as_returned": True})
        assert late.result().status_code == 409
    [seen] = office.get("caseworker", f"/payment-orders/{second.id}")["lines"]
    assert (seen["id"], seen["status"]) == (str(line), "ordered")
    assert office.get("caseworker", "/funds")["items"][0]["balance"] == "100000.00"


def test_of_paid_and_returned_at_once_each_is_recorded_once_and_the_return_stands(office: Api) -> None:
    case = helped(office)
    order = make_order(office)
    answers = at_once([lambda way=way: record(office, order, way) for way in ("paid", "returned") * 3])
    # The bank may return what it has paid, and not the other way round.
    done = sorted(answer.get_json()["status"] for answer in answers if answer.status_code == 200)
    assert done in (["returned"], ["paid", "returned"])
    assert set(statuses(answers)) <= {200, 409, 422}
    [aid] = office.get("caseworker", f"/cases/{case['id']}")["facts"]["aid"]
    [line] = rows(office, "select status from payment_lines")
    assert aid["status"] == line.status == "returned"
    assert record(office, order, "paid").status_code in (409, 422)
    books(office.service)


def test_what_the_bank_sends_back_after_it_was_recorded_as_paid_is_ordered_again(office: Api) -> None:
    case = helped(office)
    order = make_order(office)
    record(office, order, "paid")
    office.days_pass(3)
    assert record(office, order, "returned", on="2026-07-05").get_json()["code"] == "not_met"
    assert record(office, order, "returned", on="2026-07-09").get_json()["status"] == "returned"
    assert record(office, order, "returned", on="2026-07-09").status_code == 409
    [fund] = office.get("caseworker", "/funds")["items"]
    assert (fund["balance"], fund["reserved"]) == ("100000.00", "500.00")
    last = office.get("caseworker", f"/funds/{fund['id']}/ledger")["items"][-1]
    assert (last["kind"], last["amount"], last["case_number"]) == ("return", "500.00", case["number"])
    [line] = office.get("caseworker", f"/payment-orders/{order['id']}")["lines"]
    assert (line["status"], line["settled_on"]) == ("returned", "2026-07-09")
    second = make_order(office, as_returned=True)
    assert record(office, second, "paid", on="2026-07-09").status_code == 200
    assert books(office.service)["RELIEF"].balance == Decimal("99500.00")


def amend(api: Api, case: Any, who: str = "caseworker", **given: Any) -> Any:
    """The answer to correcting what was recorded of the case's payment."""
    told = {"line": case["facts"]["aid"][0]["line"], "on": TODAY, "reason": "结果误登"} | given
    return api.call(who, "POST", f"/cases/{case['id']}/transitions/correct_payment", told)


@pytest.mark.parametrize(("typed", "truth"), [("returned", "paid"), ("paid", "returned")])
def test_a_mistyped_result_is_corrected_in_the_case_on_the_order_and_in_the_fund(
    typed: str, truth: str, office: Api
) -> None:
    case = helped(office)
    order = make_order(office)
    assert amend(office, case, result=truth).status_code == 422
    record(office, order, typed)
    if typed == "returned":
        refused = record(office, order, truth)
        assert (refused.status_code, "correct_payment" in refused.get_json()["detail"]) == (409, True)
    assert amend(office, case, result=truth, reason=None).status_code == 422
    assert amend(office, case, result=truth, on="2026-07-05").status_code == 422
    assert amend(office, case, "supervisor", result=truth).get_json()["code"] == "not_met"
    assert amend(office, case, result=truth).status_code == 200
    [aid] = office.get("caseworker", f"/cases/{case['id']}")["facts"]["aid"]
    [line] = office.get("caseworker", f"/payment-orders/{order['id']}")["lines"]
    assert (aid["status"], line["status"], line["settled_on"]) == (truth, truth, TODAY)
    last = office.get("auditor", f"/cases/{case['id']}/events?limit=200")["items"][-1]
    assert (last["payload"]["transition"], last["actor"]["username"]) == ("correct_payment", "caseworker")
    balance = {"paid": "99500.00", "returned": "100000.00"}[truth]
    assert str(books(office.service)["RELIEF"].balance) == balance
    again = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF", "as_returned": True})
    assert again.status_code == {"paid": 409, "returned": 201}[truth]
    ensure_one_history(office, case["id"])


def test_what_was_ordered_again_is_not_corrected_on_the_order_from_which_it_came_back(office: Api) -> None:
    case = helped(office)
    first = make_order(office)
    record(office, first, "returned")
    second = make_order(office, as_returned=True)
    assert amend(office, case, result="paid").status_code == 409
    record(office, second, "returned")
    assert amend(office, case, result="paid").status_code == 200
    status = {
        order["number"]: office.get("caseworker", f"/payment-orders/{order['id']}")["lines"][0]["status"]
        for order in (first, second)
    }
    assert list(status.values()) == ["returned", "paid"]
    books(office.service)


def test_no_payment_was_made_before_it_was_ordered(office: Api) -> None:
    helped(office)
    office.days_pass(3)
    order = make_order(office)
    for way in ("paid", "returned"):
        answer = record(office, order, way, on="2026-07-08")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "not_met")
        assert "2026-07-09" in answer.get_json()["detail"]
    assert record(office, order, "paid", on="2026-07-09").status_code == 200


def test_whoever_has_the_money_go_elsewhere_after_the_approval_does_not_order_it(office: Api) -> None:
    first, second = helped(office), helped(office)
    correct(office, first, "caseworker", account="6222000011112223")
    order = make_order(office)
    assert [line["case_number"] for line in order["lines"]] == [second["number"]]
    [left] = order["left_out"]
    assert left["count"] == 1
    assert "corrected by yourself" in left["because"]
    in_force(office, "paid_by_another", "370100", "false")
    refused = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_now")
    hire(office, "cashier", "caseworker", "370100")
    [line] = confirmed_order(office, "cashier")["lines"]
    assert line["account"] == "************2223"


def test_an_account_that_changed_since_the_approval_is_shown_and_ordered_only_where_somebody_else_confirms_it(
    office: Api,
) -> None:
    case, other = helped(office, account="6222000011113221"), helped(office)
    correct(office, case, account="6222000011112223")
    refused = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid")
    [told] = refused.get_json()["errors"]
    for part in (case["number"], "500.00", "supervisor", "2026-07-06", "************3221", "************2223"):
        assert part in told["message"], part
    [change] = changes_told(refused)
    chinese = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}, {"Accept-Language": "zh-CN"})
    assert "更正过收款信息：原为" in chinese.get_json()["errors"][0]["message"]
    assert rows(office, "select id from payment_orders") == []
    order = make_order(office, confirmed=[change])
    lines = {line["case_number"]: line for line in order["lines"]}
    assert lines[other["number"]]["payee_change"] is None
    shown = lines[case["number"]]["payee_change"]
    assert (shown["by"]["username"], shown["event"], shown["account"]) == (
        "supervisor",
        change["event"],
        "************3221",
    )
    assert lines[case["number"]]["account"] == "************2223"
    last = office.get("auditor", f"/cases/{case['id']}/events?limit=200")["items"][-1]
    assert (last["kind"], last["actor"]["username"]) == ("payee_confirmed", "caseworker")
    assert last["payload"]["given"] == {"event": change["event"], "order": order["number"]}
    ensure_one_history(office, case["id"])


def test_what_was_confirmed_is_that_change_and_no_later_one(office: Api) -> None:
    case = helped(office)
    correct(office, case, account="6222000011112223")
    first = changes_told(office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}))
    correct(office, case, account="6222000011114443")
    refused = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF", "confirmed": first})
    assert refused.status_code == 422
    assert changes_told(refused) != first
    order = make_order(office, confirmed=changes_told(refused))
    record(office, order, "returned")
    # It was confirmed with the first order, so that it is not asked again where the bank erred.
    assert make_order(office, as_returned=True)["lines"][0]["payee_change"] is None


def test_a_change_that_is_in_doubt_is_held_back_and_the_others_are_ordered(office: Api) -> None:
    case, other = helped(office), helped(office)
    correct(office, case, account="6222000011112223")
    order = make_order(office, held_back=[case["number"]])
    assert [line["case_number"] for line in order["lines"]] == [other["number"]]
    assert [one["count"] for one in order["left_out"]] == [1]
    elsewhere = dossier(office, "caseworker-qd")["number"]
    for body in (
        {"held_back": [elsewhere]},
        {"confirmed": [{"case": elsewhere, "event": 1}]},
        {"confirmed": [{"case": case["number"]}]},
        {"confirmed": [{"case": case["number"], "event": 0}]},
    ):
        answer = office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"} | body)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid"), body
    assert len(rows(office, "select id from payment_orders")) == 1


def test_who_corrects_while_another_orders_leaves_no_unseen_account_on_the_order(office: Api) -> None:
    case = helped(office, account="6222000011113221")
    correct(office, case, account="6222000011112223")
    confirmed = changes_told(office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}))
    patch = {"facts": {"bank": {"account": "6222000011114443"}}, "reason": "更正账户信息"}
    ordered, corrected = at_once(
        [
            lambda: office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF", "confirmed": confirmed}),
            lambda: office.call("supervisor", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"}),
        ]
    )
    assert corrected.status_code == 200
    assert ordered.status_code in (201, 422)
    if ordered.status_code == 201:
        assert ordered.get_json()["lines"][0]["account"] == "************2223"
    ensure_one_history(office, case["id"])


def test_what_was_corrected_before_the_approval_or_is_not_about_the_money_hinders_nobody(office: Api) -> None:
    case = office.take("caseworker", dossier(office), "accept")
    correct(office, case, "caseworker", account="6222000011112223")
    office.take("supervisor", case, "help_at_once", fund="RELIEF", amount="500.00")
    patch = {"facts": {"applicant": {"phone": "13800000000"}}, "reason": "更正电话"}
    answer = office.call("caseworker", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert make_order(office)["count"] == 1


def test_after_help_at_once_facts_are_corrected_with_a_reason_only(office: Api) -> None:
    case = helped(office)
    patch = {"facts": {"bank": {"account": "6222000011112223"}}}
    answer = office.call("caseworker", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "reason")


def again(api: Api, facts: Any, who: str = "caseworker") -> Any:
    """The answer to help at once on a new file with these facts."""
    case = api.take(who, dossier(api, who, facts), "accept")
    given = {"fund": "RELIEF", "amount": "500.00", "reason": "突发急难"}
    return api.call("supervisor-sd", "POST", f"/cases/{case['id']}/transitions/help_at_once", given)


def test_a_household_that_withdraws_and_applies_again_is_not_helped_at_once_again(july: Api) -> None:
    new_fund(july, org="370000")
    facts = household(july)
    case = july.take("caseworker", dossier(july, facts=facts), "accept")
    case = july.take("supervisor", case, "help_at_once", fund="RELIEF", amount="500.00")
    july.take("supervisor", case, "withdraw")
    # The same person at another union, or a member of the household who asks: it is one household.
    member = household(july)
    member["applicant"] |= {key: facts["members"][0][key] for key in ("name", "identity_number")}
    member["applicant"] |= dict.fromkeys(("birth_date", "sex"))
    member["bank"]["holder"] = member["applicant"]["name"]
    for who, told in (("caseworker", facts), ("caseworker-qd", facts), ("caseworker", member)):
        answer = again(july, told, who)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "not_met"), answer.text
        assert "another file" in answer.get_json()["detail"]
        july.take("supervisor-sd", {"id": answer.request.path.split("/")[4]}, "withdraw")
    assert again(july, household(july)).status_code == 200
    line = case["facts"]["aid"][0]["line"]
    release = {"line": line, "reason": "放弃领取", "signed_on": TODAY}
    july.post("supervisor", f"/cases/{case['id']}/transitions/release_payment", release)
    assert again(july, facts).status_code == 200


def test_who_is_named_as_a_member_later_has_got_what_the_household_got(july: Api) -> None:
    new_fund(july, org="370000")
    facts, alone = household(july), household(july)
    members = alone.pop("members")
    alone["household"]["size"] = 1
    case = july.take("caseworker", dossier(july, facts=alone), "accept")
    case = july.take("supervisor", case, "help_at_once", fund="RELIEF", amount="500.00")
    named = [{**members[0], "identity_number": facts["applicant"]["identity_number"], "birth_date": None, "sex": None}]
    patch = {"facts": {"members": named, "household": {"size": 2}}, "reason": "更正成员"}
    answer = july.call("supervisor", "PATCH", f"/cases/{case['id']}", patch, {"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    july.take("supervisor", case, "withdraw")
    assert again(july, facts).status_code == 422


def test_of_two_files_of_one_household_that_are_decided_at_once_one_gets_the_money(july: Api) -> None:
    new_fund(july, org="370000")
    facts = household(july)
    cases = [july.take("caseworker", dossier(july, facts=facts), "accept")]
    with july.service.transaction() as tx:
        # As after an application online: it holds nothing until staff act.
        tx.db.run("delete from open_case_holds")
    cases.append(july.take("caseworker-qd", dossier(july, "caseworker-qd", facts), "accept"))
    with july.service.transaction() as tx:
        tx.db.run("delete from open_case_holds")
    given = {"fund": "RELIEF", "amount": "500.00", "reason": "突发急难"}
    answers = at_once(
        [
            lambda case=case: july.call("supervisor-sd", "POST", f"/cases/{case['id']}/transitions/help_at_once", given)
            for case in cases
        ]
    )
    assert statuses(answers) == [200, 422]
    assert books(july.service)["RELIEF"].reserved == Decimal("500.00")


def test_of_two_supervisors_who_approve_the_last_yuan_one_does_and_the_others_case_stays_as_it_was(
    july: Api,
) -> None:
    new_fund(july, org="370000", amount="1499.99")
    helped(july, "supervisor-sd")
    cases = [july.take(who, dossier(july, who), "accept") for who in ("caseworker", "caseworker-qd")]
    given = {"fund": "RELIEF", "amount": "500.00", "reason": "突发急难"}
    answers = at_once(
        [
            lambda case=case: july.call("supervisor-sd", "POST", f"/cases/{case['id']}/transitions/help_at_once", given)
            for case in cases
        ]
    )
    assert statuses(answers) == [200, 422]
    refused = next(case for case, answer in zip(cases, answers, strict=True) if answer.status_code == 422)
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 422} == {"not_met"}
    assert july.get("supervisor-sd", f"/cases/{refused['id']}")["version"] == refused["version"]
    letters = july.get("supervisor-sd", f"/cases/{refused['id']}/letters")["items"]
    assert "helped_at_once" not in [letter["name"] for letter in letters]
    assert books(july.service)["RELIEF"].reserved == Decimal("1000.00")


def test_ordering_paying_returning_releasing_and_approving_at_once_hinder_nobody(july: Api) -> None:
    new_fund(july), in_force(july, "paid_by_another", "370100", "false")
    ready = [helped(july) for _ in range(3)]
    order = make_order(july)
    waiting = [helped(july) for _ in range(3)]
    fresh = july.take("caseworker", dossier(july), "accept")

    def step(who: str, case: Any, name: str, **given: Any) -> Any:
        return july.call(who, "POST", f"/cases/{case['id']}/transitions/{name}", given)

    def release(case: Any) -> Any:
        waived = {"line": case["facts"]["aid"][0]["line"], "reason": "放弃领取", "signed_on": TODAY}
        return step("supervisor", case, "release_payment", **waived)

    answers = at_once(
        [
            lambda: record(july, order, "paid", number=0),
            lambda: record(july, order, "returned", number=1),
            lambda: record(july, order, "paid", number=1),
            lambda: july.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}),
            lambda: july.call("supervisor", "POST", "/payment-orders", {"fund": "RELIEF"}),
            lambda: release(waiting[0]),
            lambda: release(ready[2]),
            lambda: step("supervisor", fresh, "help_at_once", fund="RELIEF", amount="10.00", reason="突发急难"),
        ]
    )
    assert set(statuses(answers)) <= {200, 201, 409, 422}
    assert [answers[place].status_code for place in (0, 6, 7)] == [200, 409, 200]
    assert min(answers[place].status_code for place in (1, 2)) == 200
    books(july.service)
    ordered = [answer.get_json() for answer in answers[3:5] if answer.status_code == 201]
    assert sorted(one["number"][-1] for one in ordered) == ["2", "3"][: len(ordered)]
    lines = [line["id"] for one in ordered for line in one["lines"]]
    assert len(lines) == len(set(lines)) == sum(one["count"] for one in ordered)
    for case in (*ready, *waiting, fresh):
        ensure_one_history(july, case["id"])


def test_a_result_is_recorded_by_whoever_may_take_the_step_on_the_case(office: Api) -> None:
    helped(office)
    order = make_order(office)
    expected = {"caseworker-qd": 404, "supervisor-qd": 404, "auditor-qd": 404, "auditor": 403}
    expected |= dict.fromkeys(("lawyer", "volunteer", "administrator"), 403)
    for who, status in expected.items():
        assert record(office, order, "paid", who, unheard_of=1).status_code == status, who
    # Whoever approved does not pay; a supervisor gives no reason for it, as it is nobody's own work.
    assert record(office, order, "paid", "supervisor").get_json()["code"] == "not_met"
    assert record(office, order, "paid", "supervisor-sd").status_code == 200


def test_one_cashier_records_a_whole_order_and_the_cases_stay_with_their_caseworkers(office: Api) -> None:
    hire(office, "cashier", "caseworker", "370100")
    cases = [helped(office) for _ in range(3)]
    order = make_order(office, "cashier")
    for number, way in enumerate(("paid", "returned", "paid")):
        assert record(office, order, way, "cashier", number).status_code == 200
    owners = [office.get("auditor", f"/cases/{case['id']}")["owner"]["username"] for case in cases]
    assert owners == ["caseworker"] * 3
    last = office.get("auditor", f"/cases/{cases[0]['id']}/events?limit=200")["items"][-1]
    assert (last["payload"]["transition"], last["actor"]["username"]) == ("record_payment", "cashier")


def all_paid(api: Api, order: Any, who: str = "caseworker", **given: Any) -> Any:
    """The answer to recording the whole order as paid."""
    return api.call(who, "POST", f"/payment-orders/{order['id']}/paid", {"on": TODAY} | given)


def test_a_whole_order_is_recorded_as_paid_in_one_step_what_came_back_stays(office: Api) -> None:
    cases = [helped(office) for _ in range(3)]
    order = make_order(office)
    record(office, order, "returned", number=1)
    answer = all_paid(office, order)
    assert (answer.status_code, answer.get_json()["unsettled"]) == (200, 0), answer.text
    assert [line["status"] for line in answer.get_json()["lines"]] == ["paid", "returned", "paid"]
    assert {line["settled_on"] for line in answer.get_json()["lines"]} == {TODAY}
    status = {line["case_id"]: line["status"] for line in answer.get_json()["lines"]}
    for case in cases:
        [aid] = office.get("auditor", f"/cases/{case['id']}")["facts"]["aid"]
        assert aid["status"] == status[case["id"]]
        ensure_one_history(office, case["id"])
    assert str(books(office.service)["RELIEF"].balance) == "99000.00"
    assert all_paid(office, order).get_json()["code"] == "not_now"


def test_where_one_payment_cannot_be_recorded_none_is_and_its_case_is_named(office: Api) -> None:
    helped(office)
    theirs = helped(office, "supervisor-sd")
    order = make_order(office)
    versions = rows(office, "select id, version from cases order by id")
    answer = all_paid(office, order, "supervisor-sd")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_met")
    assert theirs["number"] in answer.get_json()["detail"]
    assert rows(office, "select id, version from cases order by id") == versions
    assert office.get("caseworker", f"/payment-orders/{order['id']}")["unsettled"] == 2
    assert str(books(office.service)["RELIEF"].balance) == "100000.00"


def test_the_whole_order_is_recorded_by_who_sees_all_its_cases(july: Api) -> None:
    new_fund(july, org="370000")
    helped(july, "supervisor-sd"), helped(july, "supervisor-sd", opened_by="caseworker-qd")
    in_force(july, "paid_by_another", "370000", "false")
    order = make_order(july, "supervisor-sd")
    for who in ("caseworker", "supervisor-qd", "auditor", "lawyer", "administrator"):
        assert all_paid(july, order, who, unheard_of=1).status_code == 403, who
    for given in ({"on": None}, {"unheard_of": 1}, {"line": order["lines"][0]["id"]}, {"result": "returned"}):
        assert all_paid(july, order, "supervisor-sd", **given).status_code == 422, given
    assert all_paid(july, order, "supervisor-sd").get_json()["unsettled"] == 0


def test_of_two_who_record_a_whole_order_at_once_and_one_who_records_a_line_each_payment_is_recorded_once(
    office: Api,
) -> None:
    hire(office, "cashier", "caseworker", "370100")
    cases = [helped(office) for _ in range(4)]
    order = make_order(office)
    deeds = [lambda who=who: all_paid(office, order, who) for who in ("caseworker", "cashier") * 2]
    deeds += [lambda number=number: record(office, order, "paid", number=number) for number in (3, 0)]
    answers = at_once(deeds)
    assert set(statuses(answers)) <= {200, 409}
    assert 200 in statuses(answers)
    assert office.get("caseworker", f"/payment-orders/{order['id']}")["unsettled"] == 0
    assert str(books(office.service)["RELIEF"].balance) == "98000.00"
    for case in cases:
        ensure_one_history(office, case["id"])


def test_what_the_address_says_is_not_said_again(office: Api) -> None:
    case, other = helped(office), helped(office)
    order = make_order(office)
    elsewhere = other["facts"]["aid"][0]["line"]
    for more in ({"line": elsewhere}, {"result": "returned"}, {"unheard_of": 1}):
        answer = record(office, order, "paid", **more)
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, next(iter(more)))
    assert office.get("caseworker", f"/cases/{case['id']}")["facts"]["aid"][0]["status"] == "approved"


def test_an_order_is_seen_where_it_was_made_and_where_its_cases_are(july: Api) -> None:
    api = july
    new_fund(api, org="370000")
    here, there = helped(api, "supervisor-sd"), helped(api, "supervisor-sd", opened_by="caseworker-qd")
    in_force(api, "paid_by_another", "370000", "false")
    order = make_order(api, "supervisor-sd")
    assert order["count"] == 2
    at = f"/payment-orders/{order['id']}"
    numbers = {"370100": {here["number"]}, "370200": {there["number"]}, "370000": {here["number"], there["number"]}}
    for who, (role, org) in USERS.items():
        answer = api.call(who, "GET", at)
        if role not in ("caseworker", "supervisor", "auditor"):
            assert (answer.status_code, api.call(who, "GET", "/payment-orders").status_code) == (403, 403), who
            continue
        assert {line["case_number"] for line in answer.get_json()["lines"]} == numbers[org], who
        assert [one["id"] for one in api.get(who, "/payment-orders")["items"]] == [order["id"]]
        for query in ("?format=csv", "?format=xlsx", "?format=html"):
            assert export(api, order, who, query).status_code == (200 if who == "supervisor-sd" else 403), who


def test_an_order_made_in_one_city_is_not_there_for_another(office: Api) -> None:
    helped(office)
    order = make_order(office)
    for who in ("caseworker-qd", "supervisor-qd", "auditor-qd"):
        assert office.get(who, "/payment-orders")["items"] == []
        for path in ("", "/export"):
            assert office.call(who, "GET", f"/payment-orders/{order['id']}{path}").status_code == 404
    answer = office.call("caseworker-qd", "POST", "/payment-orders", {"fund": "RELIEF"})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "fund")
    for who in ("auditor", "administrator", "lawyer", "volunteer"):
        assert office.call(who, "POST", "/payment-orders", {"unheard_of": 1}).status_code == 403


def test_orders_are_listed_page_by_page_the_newest_first_and_by_fund(office: Api) -> None:
    new_fund(office, "OTHER")
    made = []
    for fund in ("RELIEF", "OTHER", "RELIEF"):
        helped(office, fund=fund)
        made.append(make_order(office, fund=fund)["number"])
    first = office.get("caseworker", "/payment-orders?limit=2")
    rest = office.get("caseworker", f"/payment-orders?limit=2&cursor={first['next_cursor']}")
    assert [one["number"] for one in first["items"] + rest["items"]] == made[::-1]
    assert [one["number"] for one in office.get("caseworker", "/payment-orders?fund=OTHER")["items"]] == [made[1]]


def test_the_banks_file_has_full_accounts_and_each_reading_is_logged_with_its_case(office: Api) -> None:
    account = "6222020011112222333"
    case = helped(office, account=account, name="示例银行", branch="历下支行")
    paid = helped(office)
    order = make_order(office)
    place = [line["case_number"] for line in order["lines"]].index(paid["number"])
    assert record(office, order, "paid", number=place).status_code == 200
    answer = export(office, order, Accept_Language="zh-CN")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="(2026)PAY-RELIEF-1.csv"'
    head, *lines = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    line = lines[1 - place]
    assert head == ["收款人", "开户银行", "支行", "账号", "金额", "用途"]
    payee = case["facts"]["bank"]["holder"]
    assert line == [payee, "示例银行", "历下支行", account, "500.00", "困难职工帮扶金 (2026)PAY-RELIEF-1"]
    assert disclosed(office, case) == [(["bank.account"], "(2026)PAY-RELIEF-1", "caseworker")]
    assert len(disclosed(office, paid)) == 1
    # The file can be fetched again as it was, also after the bank has told of everything.
    record(office, order, "paid", number=1 - place)
    settled = export(office, order, Accept_Language="zh-CN")
    assert (settled.status_code, settled.data) == (200, answer.data)
    assert len(disclosed(office, paid)) == 2


def workbook(answer: Any) -> list[list[tuple[str, str | None]]]:
    """The cells of the only sheet as they lie in the file: each its text and its type (`s` text, None a number)."""
    namespace = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with ZipFile(BytesIO(answer.data)) as parts:
        assert [name for name in parts.namelist() if "worksheets/" in name] == ["xl/worksheets/sheet1.xml"]
        strings = ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).findall("x:si", namespace)
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    assert sheet.find(".//x:f", namespace) is None
    shared = ["".join(one.itertext()) for one in strings]

    def cell(one: ElementTree.Element) -> tuple[str, str | None]:
        value, kind = one.findtext("x:v", "", namespace), one.get("t")
        return (shared[int(value)] if kind == "s" else value, kind)

    return [[cell(one) for one in row] for row in sheet.iterfind(".//x:row", namespace)]


@pytest.mark.parametrize("account", ["6222020011112222333", "0012345678", "00000000000000000000000000000001"])
def test_in_the_workbook_accounts_and_bank_codes_are_text_with_every_digit(account: str, office: Api) -> None:
    case = helped(office, account=account, bank_code="001451000012", name="=1+1", branch="-支行")
    helped(office, account="6222020011112222341")
    order = make_order(office)
    answer = export(office, order, query="?format=xlsx", Accept_Language="zh-CN")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="(2026)PAY-RELIEF-1.xlsx"'
    head, *lines, total = workbook(answer)
    assert [text for text, _ in head] == [
        "序号", "收款人", "开户银行", "支行", "联行号", "账号", "金额（元）", "用途",
    ]  # fmt: skip
    assert [line[0] for line in lines] == [("1", None), ("2", None)]
    [line] = [line for line in lines if line[5][0] == account]
    payee = case["facts"]["bank"]["holder"]
    purpose = "困难职工帮扶金 (2026)PAY-RELIEF-1"
    texts = [payee, "=1+1", "-支行", "001451000012", account]
    assert line[1:] == [*((text, "s") for text in texts), ("500", None), (purpose, "s")]
    assert [text for text, _ in total] == ["合计", "共 2 笔", "1000"]
    assert disclosed(office, case) == [(["bank.account"], "(2026)PAY-RELIEF-1", "caseworker")]
    record(office, order, "paid")
    assert export(office, order, query="?format=xlsx", Accept_Language="zh-CN").data == answer.data


def test_the_place_of_the_fund_chooses_the_columns_of_the_banks_file(office: Api) -> None:
    helped(office, account="0012345678", bank_code="001451000012")
    before = make_order(office)
    first = export(office, before).data
    office.days_pass(1)
    in_force(office, "bank_columns", "370100", "account,payee,amount,bank_code,serial")
    case = helped(office, account="0012345678", bank_code="001451000012")
    order = make_order(office)
    answer = export(office, order, Accept_Language="zh-CN")
    payee = case["facts"]["bank"]["holder"]
    assert list(csv.reader(StringIO(answer.data.decode("utf-8-sig")))) == [
        ["账号", "收款人", "金额", "联行号", "序号"],
        ["0012345678", payee, "500.00", "001451000012", "1"],
    ]
    assert workbook(export(office, order, query="?format=xlsx", Accept_Language="zh-CN")) == [
        [(title, "s") for title in ("账号", "收款人", "金额（元）", "联行号", "序号")],
        [("0012345678", "s"), (payee, "s"), ("500", None), ("001451000012", "s"), ("1", None)],
        [("合计", "s"), ("共 1 笔", "s"), ("500", None)],
    ]
    # The file of an order that was made before stays as it was.
    assert export(office, before).data == first


def test_the_list_to_be_signed_shows_identity_numbers_masked(office: Api) -> None:
    case = helped(office)
    shown = case["facts"]["applicant"]["identity_number"]
    assert "***" in shown
    assert f"<td>{shown}</td>" in export(office, make_order(office), query="?format=html").text


def test_the_banks_file_is_the_same_whatever_was_corrected_since_it_was_ordered(office: Api) -> None:
    cases = [helped(office, account=f"522202001111222233{number}") for number in range(3)]
    order = make_order(office)
    first = export(office, order).data
    correct(office, cases[0], account="6222000011112223", name="另一银行", branch="另一支行")
    correct(office, cases[1], account=None)
    assert export(office, order).data == first
    page = export(office, order, query="?format=html").text
    assert "另一银行" not in page
    assert "2222</td>" not in page
    [line] = [line for line in order["lines"] if line["case_id"] == cases[0]["id"]]
    assert office.get("caseworker", f"/payment-orders/{order['id']}")["lines"] == order["lines"]
    assert line["account"].endswith("2330")


def test_an_account_opens_only_at_its_own_place_on_its_own_order(office: Api) -> None:
    for number in (1, 2):
        helped(office, account=f"522202001111222233{number}")
    order = make_order(office)
    one, two = (line["id"] for line in order["lines"])
    with office.service.transaction() as tx:
        tx.actor = acting(office, tx, "caseworker")
        # Whoever writes rows cannot have the money of one go to the account of another.
        rewrite(
            tx.db,
            "update payment_order_lines l set sealed = other.sealed from payment_order_lines other"
            " where l.line_id = :one and other.line_id = :two",
            one=one,
            two=two,
        )
        whole, lines = payments.whole(tx, UUID(order["id"]))
        with pytest.raises(NotOpened):
            payments.accounts(tx, whole, lines)


def test_no_payment_stands_on_two_orders_not_even_for_who_writes_rows(office: Api) -> None:
    helped(office)
    order = make_order(office)
    record(office, order, "returned")
    second = make_order(office, as_returned=True)
    with pytest.raises(DBAPIError, match="one_order"), office.service.transaction() as tx:
        tx.db.run("update payment_order_lines set result = null, settled_on = null")
    assert office.get("caseworker", f"/payment-orders/{order['id']}")["unsettled"] == 0
    assert office.get("caseworker", f"/payment-orders/{second['id']}")["unsettled"] == 1


def test_an_order_of_many_payments_takes_no_more_statements_than_one_of_two(office: Api) -> None:
    asked: list[str] = []
    event.listen(office.service.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counted = []
    for many in (2, 5):
        for _ in range(many):
            helped(office)
        asked.clear()
        order = make_order(office)
        assert order["count"] == many
        for query in ("?format=csv", "?format=xlsx", "?format=html"):
            assert export(office, order, query=query).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＠x", '=HYPERLINK("x")'])
def test_no_cell_of_the_banks_file_is_a_formula(cell: str, office: Api) -> None:
    helped(office, name=cell, branch=cell)
    answer = export(office, make_order(office))
    [_, line] = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert line[1:3] == [f"'{cell}"] * 2


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "帮扶资金发放表"), ("en", "List of payments")])
def test_the_list_to_be_signed_shows_the_last_four_digits_and_loads_nothing(
    language: str, title: str, office: Api
) -> None:
    account = "6222020011112222333"
    case = helped(office, account=account, branch="<script>历下</script>")
    order = make_order(office)
    answer = export(office, order, query="?format=html", Accept_Language=language)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = answer.text
    assert f'<html lang="{language}">' in page
    assert f"<h1>{title}</h1>" in page
    for shown in (order["number"], case["number"], case["applicant"]["name"], "500.00", "2333", "伍佰元整"):
        assert shown in page, shown
    told = (case["facts"]["bank"]["name"], case["facts"]["applicant"]["identity_number"], "2333")
    assert [one for one in told if f"<td>{one}</td>" not in page] == []
    assert re.search(r"<dd>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}</dd>", page)
    assert account not in page
    assert max(map(len, ACCOUNT.findall(page)), default=0) < 12
    assert not re.search(r"https?:|//|src=|url\(|@import|<script|<link|<img", page)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert disclosed(office, case) == []


def test_no_full_account_lies_open_in_an_answer_or_in_a_row(office: Api) -> None:
    account = "6222020011112222333"
    helped(office, account=account)
    order = make_order(office)
    export(office, order)
    record(office, order, "paid")
    paths = ("/payment-orders", f"/payment-orders/{order['id']}", "/funds", "/cases")
    assert account not in json.dumps([order, *(office.get("supervisor", path) for path in paths)])
    for table in (
        "payment_orders",
        "payment_lines",
        "payment_order_lines",
        "fund_entries",
        "events",
        "disclosures",
        "cases",
    ):
        assert account not in str(rows(office, f"select t::text from {table} t")), table


def test_of_two_clerks_who_put_one_household_on_file_at_once_one_does_and_the_other_is_told_where(api: Api) -> None:
    facts = household(api)
    body = {"workflow": "hardship_aid", "org": "370100", "channel": "walk_in", "facts": facts}
    there = body | {"org": "370200"}
    deeds = [
        lambda: api.call("caseworker", "POST", "/cases", body),
        lambda: api.call("caseworker-qd", "POST", "/cases", there),
    ]
    answers = at_once(deeds)
    assert statuses(answers) == [201, 409]
    [first, refused] = sorted(answers, key=lambda answer: answer.status_code)
    case = first.get_json()
    assert case["number"] in refused.get_json()["detail"]
    assert len(rows(api, "select 1 from cases")) == 1
    # A member of the household is of the household, also as an applicant.
    member = household(api)
    member["members"][0]["identity_number"] = facts["applicant"]["identity_number"]
    member["members"][0].pop("birth_date", None)
    member["members"][0].pop("sex", None)
    again = api.call("caseworker", "POST", "/cases", body | {"facts": member})
    assert (again.status_code, case["number"] in again.get_json()["detail"]) == (409, True), again.text
    api.take("supervisor-sd", case, "withdraw")
    assert api.call("caseworker", "POST", "/cases", body).status_code == 201


def test_the_workflow_says_what_a_payment_is_called_and_which_steps_record_it(
    office: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = {"record_payment": "note_payment", "correct_payment": "mend_payment"}
    edges = [replace(edge, name=renamed.get(edge.name, edge.name)) for edge in HARDSHIP_AID.transitions]
    assert HARDSHIP_AID.pays is not None
    kinds = {**HARDSHIP_AID.pays.kinds, "emergency": Text("救急", "First aid")}
    steps = {"recorded_by": "note_payment", "corrected_by": "mend_payment"}
    pays = replace(HARDSHIP_AID.pays, kinds=kinds, purpose="救急金", **steps)
    other = replace(HARDSHIP_AID, transitions=tuple(edges), pays=pays)
    monkeypatch.setattr(workflow_registry, "_all", lambda: {(other.key, other.version): other})
    case = helped(office)
    order = make_order(office)
    assert f"救急金 {order['number']}" in export(office, order).text
    assert "<td>First aid</td>" in export(office, order, query="?format=html", Accept_Language="en").text
    assert record(office, order, "paid").status_code == 200
    last = office.get("auditor", f"/cases/{case['id']}/events?limit=200")["items"][-1]
    assert last["payload"]["transition"] == "note_payment"
    again = record(office, order, "paid")
    assert (again.status_code, "`mend_payment`" in again.get_json()["detail"]) == (409, True)


def test_the_operator_orders_from_the_terminal_and_is_shown_what_was_changed(
    office: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.cli.payments.working", lambda _: nullcontext(office.service))
    terminal = Terminal(tmp_path / "home")

    def ordered(*more: str, language: str = "en") -> Done:
        return terminal("--language", language, "payment", "order", "RELIEF", "--as", "caseworker", *more)

    case, other = helped(office, account="6222000011113221"), helped(office)
    correct(office, case, account="6222000011112223")
    refused = ordered()
    assert (refused.returncode, refused.stdout) == (1, "")
    [change] = changes_told(office.call("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}))
    for part in (case["number"], "************3221", "************2223", f"event {change['event']}"):
        assert part in refused.stderr, part
    held = ordered("--hold-back", case["number"], language="zh-CN")
    assert held.returncode == 0, held.stderr
    assert other["number"] in held.stdout
    assert "已开具支付单 (2026)PAY-RELIEF-1：1 笔，合计 500.00 元。" in held.stdout
    assert "未列入 1 笔：本次暂不列入" in held.stdout
    assert ordered("--confirm", case["number"]).returncode == 2
    done = ordered("--confirm", f"{case['number']}#{change['event']}")
    assert done.returncode == 0, done.stderr
    assert all(part in done.stdout for part in (case["number"], "************3221", "************2223"))
    assert ordered("--as-returned").returncode == 1
