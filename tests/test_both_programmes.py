"""Both programmes lived once in the real service, over HTTP: an objection, a change of lawyer, a file; a dossier."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.day import AtHome, Day, living
from tests.running import until

PEOPLE = {
    "caseworker": ("caseworker", "370100"),
    "cashier": ("caseworker", "370100"),
    "supervisor": ("supervisor", "370100"),
    "chief": ("supervisor", "370100"),
    "lawyer": ("lawyer", "370100"),
    "other-lawyer": ("lawyer", "370100"),
    "qingdao": ("caseworker", "370200"),
    "county": ("caseworker", "370102"),
    "county-head": ("supervisor", "370102"),
}
LINE = """
[[policy]]
workflow = "*"
name = "subsistence_line"
place = "370100"
from = 2020-01-01
value = "1062"
source = { zh = "示例：测试用低保标准，每月", en = "Invented for this test, a month" }
"""


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with living(tmp_path / "office", PEOPLE) as found:
        policies = tmp_path / "line.toml"
        policies.write_text(LINE, encoding="utf-8")
        found.load_policies(policies)
        yield found


def example(day: Day, workflow: str) -> Any:
    return day.call("caseworker", "GET", f"/workflows/{workflow}")["intake"]["examples"][0]


def found_by_number(day: Day, who: str, number: str) -> Any:
    [case] = day.call(who, "GET", f"/cases?q={number}")["items"]
    return case


def users(day: Day) -> dict[str, str]:
    return {row["username"]: row["id"] for row in day.call("supervisor", "GET", "/users?limit=50")["items"]}


def clock(case: Any, name: str) -> Any:
    return max((row for row in case["clocks"] if row["name"] == name), key=lambda row: row["generation"])


def test_a_wage_claim_is_refused_corrected_and_ends_with_an_archived_file(day: Day) -> None:
    home = AtHome(day, "legal_aid", "370200", example(day, "legal_aid"))
    case = found_by_number(day, "qingdao", home.number)["id"]
    day.does("qingdao", case, "transfer", to_org="370100")
    assert day.asks("qingdao", "GET", f"/cases/{case}").status == 404

    day.does("caseworker", case, "accept")
    day.does("caseworker", case, "propose", opinion="refuse")
    day.does("supervisor", case, "refuse", ground="no_basis")
    told = home.looks()
    assert told["state"] == "refused"
    assert "救济权利" in told["letters"][-1]["body"]
    home.does("object", reasons="欠薪事实清楚，有考勤表为证。")
    assert day.asks("supervisor", "POST", f"/cases/{case}/transitions/overturn", {"reasons": "重审"}).status == 422
    day.does("chief", case, "overturn")

    people = users(day)
    day.does("caseworker", case, "assign", to=people["lawyer"])
    day.does("lawyer", case, "engage")
    today = day.call("lawyer", "GET", f"/cases/{case}")["updated_at"][:10]
    with_award = day.take("lawyer", case, "record_proceeding", kind="award_received", on=today)
    assert clock(with_award, "sue")["owed_by"] == "outside"
    home.does("ask_for_change")
    day.does("supervisor", case, "allow_change")
    assert day.asks("lawyer", "GET", f"/cases/{case}").status == 404
    day.does("caseworker", case, "assign", to=people["other-lawyer"])
    day.does("other-lawyer", case, "engage")
    day.take("other-lawyer", case, "record_proceeding", kind="lawsuit_filed", on=today)
    day.does("other-lawyer", case, "record_progress")
    day.does("other-lawyer", case, "conclude")
    day.does("caseworker", case, "follow_up")
    day.does("other-lawyer", case, "hand_in_file")
    day.does("caseworker", case, "accept_file")
    day.does("supervisor", case, "approve_subsidy")
    day.does("caseworker", case, "pay_subsidy")
    archived = day.does("caseworker", case, "archive")
    assert (archived["state"], archived["phase"], archived["outcome"]) == ("closed", "closed", "settled")
    home.does("rate", rating=5)
    assert clock(day.call("caseworker", "GET", f"/cases/{case}"), "sue")["status"] == "met"


def test_a_claim_with_five_days_left_is_helped_before_its_papers_are_there(day: Day) -> None:
    facts = example(day, "legal_aid")
    facts["preservation_needed"] = True
    body = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}
    case = day.call("caseworker", "POST", "/cases", body)
    assert case["urgent"] is True
    assert day.call("caseworker", "GET", "/queue")["items"][0]["id"] == case["id"]
    day.call("caseworker", "POST", "/queue/claim", {})
    day.does("supervisor", case["id"], "help_first")
    day.does("caseworker", case["id"], "assign", to=users(day)["lawyer"])
    day.does("lawyer", case["id"], "engage")
    refusal = day.asks("lawyer", "POST", f"/cases/{case['id']}/transitions/conclude",
                       {"result": "settled", "concluded_on": case["opened_at"][:10], "report": "已结"})  # fmt: skip
    assert (refusal.status, refusal.body["code"]) == (422, "not_met")
    made_up = day.does("caseworker", case["id"], "make_up_papers")
    assert clock(made_up, "making_up")["status"] == "met"
    assert day.does("lawyer", case["id"], "conclude")["phase"] == "follow_up"


def test_a_household_from_the_application_to_the_end_of_the_watch(day: Day) -> None:
    fund = day.call("supervisor", "POST", "/funds", {"code": "RELIEF", "name": "帮扶资金", "org": "370100"})
    day.call("supervisor", "POST", f"/funds/{fund['id']}/top-up", {"amount": "50000.00", "note": "年初拨款"})
    home = AtHome(day, "hardship_aid", "370102", example(day, "hardship_aid"))
    case = found_by_number(day, "county", home.number)["id"]
    day.does("county", case, "accept")
    again = {"workflow": "hardship_aid", "org": "370100", "channel": "walk_in", "facts": _same_household(day, home)}
    twin = day.asks("caseworker", "POST", "/cases", again)
    assert (twin.status, twin.body["code"]) == (409, "not_now")

    _admitted(day, case)
    paid = _paid(day, case)
    assert [line["status"] for line in paid["facts"]["aid"]] == ["paid"]
    [left] = [row for row in day.call("supervisor", "GET", "/funds")["items"] if row["code"] == "RELIEF"]
    assert float(left["balance"]) == 50_000 - float(paid["facts"]["aid"][0]["amount"])
    home.does("rate", rating=5)

    day.does("county", case, "name_contact")
    day.does("county", case, "record_contact")
    day.does("county", case, "propose_exit", kind="social_assistance")
    day.does("county", case, "record_hearing")
    day.does("county", case, "publish_exit")
    day.days_pass(20)
    until(lambda: day.call("county", "GET", f"/cases/{case}")["state"] == "awaiting_exit_approval")
    left_file = day.does("county-head", case, "approve_exit")
    assert left_file["state"] == "watching"
    assert "退出" in home.looks()["letters"][-1]["title"]
    day.days_pass(200)
    day.does("county", case, "record_contact")
    assert day.does("county", case, "close_watch")["outcome"] == "exited"
    assert day.call("caseworker", "POST", "/cases", again)["state"] == "submitted"


def _same_household(day: Day, home: AtHome) -> Any:
    """The same head of household, asking elsewhere."""
    facts = example(day, "hardship_aid")
    case = found_by_number(day, "county", home.number)["id"]
    shown = day.call("county", "POST", f"/cases/{case}/disclosures", {"reason": "核对身份"})["values"]
    for name in ("identity_number", "birth_date"):
        facts["applicant"][name] = shown[f"applicant.{name}"]
    facts["applicant"]["sex"] = "male" if int(facts["applicant"]["identity_number"][16]) % 2 else "female"
    return facts


def _admitted(day: Day, case: str) -> None:
    """Visited, checked, proposed, published for its days, taken down by time, and approved level by level."""
    for step in ("record_visit", "send_check", "record_check"):
        day.does("county", case, step)
    aid = [{"kind": "living", "amount": "2000.00", "fund": "RELIEF"}]
    day.does("county", case, "propose", aid=aid)
    day.does("county", case, "publish")
    [notice] = day.call(None, "GET", "/public/notices?org=370102")["items"]
    assert "*" in notice["notice"]["name"]
    day.days_pass(20)
    until(lambda: day.call("county", "GET", f"/cases/{case}")["state"] == "awaiting_approval")
    assert day.call(None, "GET", "/public/notices?org=370102")["items"] == []
    day.does("county-head", case, "approve")


def _paid(day: Day, case: str) -> Any:
    """Ordered by the cashier, sent to the bank, and recorded line by line."""
    order = day.call("cashier", "POST", "/payment-orders", {"fund": "RELIEF"})
    [line] = order["lines"]
    today = day.call("county", "GET", f"/cases/{case}")["updated_at"][:10]
    settled = day.call("cashier", "POST", f"/payment-orders/{order['id']}/lines/{line['id']}/paid", {"on": today})
    assert settled["status"] == "paid"
    return day.call("county", "GET", f"/cases/{case}")
