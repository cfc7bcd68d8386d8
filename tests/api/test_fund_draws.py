"""A fund of an organisation above: how much of it a street gives by itself, and what is for the owner to give."""

from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

import pytest

from casework.records import funds as records
from casework.records import offices
from tests.api.conftest import Api
from tests.api.money import in_force, new_fund
from tests.api.test_concurrency import at_once, statuses
from tests.api.test_permissions import hire
from tests.work.test_funds import books

STREET: Final = "370102001"


@pytest.fixture
def street(api: Api) -> Api:
    """July 2026: a street of Jinan with a clerk and a supervisor, and a fund of the province with 100,000 yuan."""
    api.days_pass(126)
    in_force(api, "subsistence_line", "370100", "1062")
    with api.service.transaction() as tx:
        offices.keep_rules(tx.db)
        above = offices.org(tx.db, "370100")
        assert above is not None
        row = {"id": uuid4(), "code": STREET, "region": "370102", "name": "解放路街道总工会", "kind": "street"}
        row |= {"parent_id": above.id, "path": f"{above.path}{STREET}/", "own_calendar": None}
        offices.store_orgs(tx.db, [row])
    hire(api, "clerk", "caseworker", STREET)
    hire(api, "boss", "supervisor", STREET)
    new_fund(api, org="370000")
    return api


def asked(api: Api) -> Any:
    """A household that asks the street's union for help."""
    body = {"workflow": "hardship_aid", "org": STREET, "channel": "walk_in"}
    facts = api.get("clerk", "/workflows/hardship_aid")["intake"]["examples"][0]
    return api.take("clerk", api.post("clerk", "/cases", body | {"facts": facts}), "accept")


def help_at_once(api: Api, case: Any, amount: str, who: str = "boss", **given: Any) -> Any:
    given = {"fund": "RELIEF", "amount": amount, "reason": "突发急难"} | given
    return api.call(who, "POST", f"/cases/{case['id']}/transitions/help_at_once", given)


def test_a_street_gives_of_the_province_s_fund_what_the_province_allows_and_the_province_decides_beyond(
    street: Api,
) -> None:
    in_force(street, "draws_street_each", "370000", "500")
    in_force(street, "draws_street_month", "370000", "800")
    first, second = asked(street), asked(street)
    refused = help_at_once(street, first, "500.01")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not_met")
    for part in ("RELIEF", "370000总工会", "500.00", "500.01"):
        assert part in refused.get_json()["detail"], part
    chinese = street.call(
        "boss",
        "POST",
        f"/cases/{first['id']}/transitions/help_at_once",
        {"fund": "RELIEF", "amount": "500.01", "reason": "突发急难"},
        {"Accept-Language": "zh-CN"},
    )
    assert "请由370000总工会的审批人办理" in chinese.get_json()["detail"]
    assert help_at_once(street, first, "500.00").status_code == 200
    refused = help_at_once(street, second, "300.01")
    assert (refused.status_code, "800.00" in refused.get_json()["detail"]) == (422, True)
    assert help_at_once(street, second, "300.01", "supervisor-sd").status_code == 200
    third = asked(street)
    assert help_at_once(street, third, "300.00").status_code == 200
    assert str(books(street.service)["RELIEF"].reserved) == "1100.01"


def test_a_new_month_and_a_release_give_it_back(street: Api) -> None:
    in_force(street, "draws_street_month", "370000", "500")
    first, second, third = asked(street), asked(street), asked(street)
    given = help_at_once(street, first, "500.00").get_json()
    assert help_at_once(street, second, "0.01").status_code == 422
    released = {"line": given["facts"]["aid"][0]["line"], "reason": "放弃领取", "signed_on": "2026-07-06"}
    street.post("supervisor-sd", f"/cases/{first['id']}/transitions/release_payment", released)
    assert help_at_once(street, second, "500.00").status_code == 200
    assert help_at_once(street, third, "0.01").status_code == 422
    street.days_pass(26)
    assert help_at_once(street, third, "500.00").status_code == 200


def test_the_owner_says_it_and_neither_the_place_of_the_case_nor_another_fund_s_owner(street: Api) -> None:
    in_force(street, "draws_street_each", "370000", "0")
    for place in (STREET, "370100"):
        in_force(street, "draws_street_each", place, "none")
        in_force(street, "draws_street_month", place, "none")
    case = asked(street)
    assert help_at_once(street, case, "0.01").status_code == 422
    new_fund(street, "CITY", "370100")
    assert help_at_once(street, case, "500.00", fund="CITY").status_code == 200


def test_of_four_who_draw_at_once_what_is_left_of_a_month_one_does(street: Api) -> None:
    in_force(street, "draws_street_month", "370000", "800")
    cases = [asked(street) for _ in range(4)]
    answers = at_once([lambda case=case: help_at_once(street, case, "500.00") for case in cases])
    assert statuses(answers) == [200, 422, 422, 422]
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 422} == {"not_met"}
    assert str(books(street.service)["RELIEF"].reserved) == "500.00"


def test_whoever_read_before_another_drew_is_refused_when_the_money_is_claimed(
    street: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(street, "draws_street_month", "370000", "800")
    first, second = asked(street), asked(street)
    assert help_at_once(street, first, "500.00").status_code == 200
    read = records.open_to

    def too_early(*asked: Any) -> Any:
        return {code: one._replace(drawn=Decimal()) for code, one in read(*asked).items()}

    monkeypatch.setattr(records, "open_to", too_early)
    assert help_at_once(street, second, "500.00").get_json()["code"] == "not_met"
    assert str(books(street.service)["RELIEF"].reserved) == "500.00"
    assert help_at_once(street, second, "300.00").status_code == 200


def test_funds_say_what_the_caller_may_draw(street: Api) -> None:
    [fund] = street.get("boss", "/funds")["items"]
    assert fund["draws"] == [
        {
            "workflow": "hardship_aid",
            "each": "2000.00",
            "month": "20000.00",
            "drawn": "0.00",
            "source": "set by the union that owns the fund",
        }
    ]
    assert help_at_once(street, asked(street), "500.00").status_code == 200
    assert street.get("boss", "/funds")["items"][0]["draws"][0]["drawn"] == "500.00"
    assert street.get("supervisor", "/funds")["items"][0]["draws"][0] == {
        "workflow": "hardship_aid",
        "each": "50000.00",
        "month": None,
        "drawn": "0.00",
        "source": "set by the union that owns the fund",
    }
    assert street.get("supervisor-sd", "/funds")["items"][0]["draws"] == []
