"""What the tests of the API need of money: a fund, a household that was helped at once, an order for the bank."""

import re
from typing import Any, Final

from casework.records import offices
from tests.api.conftest import USERS, Api

SOURCE: Final = {"zh-CN": "示例财务制度", "en": "An invented rule of accounting"}


def in_force(api: Api, name: str, place: str, value: str) -> None:
    """A policy from today on."""
    row = {"workflow": "hardship_aid", "name": name, "place": place, "value": value, "source": SOURCE}
    with api.service.transaction() as tx:
        offices.add_policies(tx.db, [row | {"from_date": tx.today}])


def new_fund(api: Api, code: str = "RELIEF", org: str = "370100", amount: str = "100000.00") -> Any:
    fund = api.post("supervisor-sd", "/funds", {"code": code, "name": "示例帮扶资金", "org": org})
    return api.post("supervisor-sd", f"/funds/{fund['id']}/top-up", {"amount": amount, "note": "拨款"})


def household(api: Api, who: str = "caseworker", **bank: Any) -> Any:
    """The facts of an invented household, with these bank details."""
    facts = api.get(who, "/workflows/hardship_aid")["intake"]["examples"][0]
    facts["bank"] |= bank
    return facts


def dossier(api: Api, who: str = "caseworker", facts: Any = None) -> Any:
    """The case of a household in need, in the organisation of the one who opens it; nobody owns it yet."""
    body = {"workflow": "hardship_aid", "org": USERS[who][1], "channel": "walk_in"}
    return api.post(who, "/cases", body | {"facts": facts or household(api, who)})


def helped(api: Api, who: str = "supervisor", fund: str = "RELIEF", opened_by: str = "caseworker", **bank: Any) -> Any:
    """A household that got 500 yuan at once, approved by this supervisor; its caseworker owns the case."""
    case = dossier(api, opened_by, household(api, opened_by, **bank))
    api.take(opened_by, case, "accept")
    return api.take(who, case, "help_at_once", fund=fund, amount="500.00")


def confirmed_order(api: Api, who: str = "caseworker", fund: str = "RELIEF", **more: Any) -> Any:
    """An order on which each change of payee or account is confirmed, as the refusal tells of it."""
    refused = api.call(who, "POST", "/payment-orders", {"fund": fund} | more)
    assert refused.status_code == 422, refused.text
    return make_order(api, who, fund, confirmed=changes_told(refused), **more)


def changes_told(refused: Any) -> list[dict[str, Any]]:
    """The changes that a refusal of an order names, as they are confirmed."""
    errors = refused.get_json()["errors"]
    assert {(one["field"], one["code"]) for one in errors} == {("confirmed", "payee_changed")}
    found = [re.search(r"case (\S+) and event (\d+)", one["message"]) for one in errors]
    return [{"case": one[1], "event": int(one[2])} for one in found if one]


def make_order(api: Api, who: str = "caseworker", fund: str = "RELIEF", **more: Any) -> Any:
    return api.post(who, "/payment-orders", {"fund": fund} | more)
