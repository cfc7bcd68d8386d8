"""The first real day: a migrant worker's wage claim from the hotline to the closed case, in the real service."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.day import Day, living
from tests.running import until


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with living(tmp_path / "office") as found:
        yield found


def wage_claim(day: Day) -> dict[str, Any]:
    facts: dict[str, Any] = day.call("caseworker", "GET", "/workflows/legal_aid")["intake"]["examples"][0]
    return {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts}


def test_a_wage_claim_from_the_hotline_to_the_closed_case(day: Day) -> None:
    claim = wage_claim(day)
    opened = day.call("caseworker", "POST", "/cases", claim, Idempotency_Key="first-call")
    case = opened["id"]
    again = day.running.call("POST", "/cases", claim, day.tokens["caseworker"], Idempotency_Key="first-call")
    assert (again.body["id"], again.headers["Idempotent-Replayed"]) == (case, "true")
    assert opened["waits_for"] == "caseworker"
    assert [row["id"] for row in day.call("caseworker", "GET", "/queue")["items"]] == [case]

    assert day.call("caseworker", "POST", "/queue/claim", {})["owner"]["username"] == "caseworker"
    day.take("caseworker", case, "accept")
    day.take("caseworker", case, "ask_for_papers", papers=["工资支付凭证"])
    day.days_pass(3)
    reviewed = day.take("caseworker", case, "supply_papers", papers=[{"name": "工资支付凭证", "copies": 2}])
    assert clock(reviewed, "review")["status"] == clock(reviewed, "review_by_law")["status"] == "running"
    day.take("caseworker", case, "propose", opinion="grant", finding="事实清楚")
    day.take("supervisor", case, "grant", form_of_aid="mediation_arbitration")
    lawyer = day.call("caseworker", "GET", "/users?role=lawyer")["items"][0]["id"]
    day.take("caseworker", case, "assign", to=lawyer)
    today = day.call("lawyer", "GET", f"/cases/{case}")["updated_at"][:10]
    day.take("lawyer", case, "engage", engaged_on=today)

    # Forty days on, the lawyer has not reported: time raises the alert while nobody touches anything.
    day.days_pass(40)
    alert = until(lambda: [a for a in day.call("supervisor", "GET", "/alerts")["items"] if a["clock"] == "progress"])[0]
    assert (alert["case_id"], alert["acknowledged_at"]) == (case, None)
    assert day.call("supervisor", "GET", f"/cases/{case}")["overdue"] is True
    assert day.call("supervisor", "POST", f"/alerts/{alert['id']}/acknowledge")["acknowledged_at"]

    day.take("lawyer", case, "record_progress", on=today, stage="mediation", what="组织双方调解")
    day.take("lawyer", case, "conclude", result="settled", concluded_on=today, awarded="13000", recovered="13000",
             report="调解结案")  # fmt: skip
    day.take("caseworker", case, "follow_up", reached=True, rating=5)
    closed = day.take("caseworker", case, "close")
    assert (closed["state"], closed["phase"], closed["outcome"]) == ("closed", "closed", "settled")

    rows = day.call("supervisor", "GET", "/reports/sla?from=2000-01-01&to=2999-01-01&group_by=clock")["rows"]
    progress = next(row for row in rows if row["clock"] == "progress")
    assert (progress["started"], progress["met"], progress["breached"]) == (2, 1, 1)
    assert all(row["breached"] == 0 for row in rows if row["clock"] != "progress")
    letters = [row["name"] for row in day.call("caseworker", "GET", f"/cases/{case}/letters")["items"]]
    assert letters[:4] == ["receipt", "papers_needed", "receipt", "granted"]
    # These two are of one step.
    assert sorted(letters[4:]) == ["assigned", "commission"]
    ensure_chained(day.call("caseworker", "GET", f"/cases/{case}/events?limit=200")["items"])
    assert until(lambda: day.running.call("GET", "//readyz").body["scheduler"] == "ok")


def test_papers_that_do_not_come_let_the_request_lapse(day: Day) -> None:
    case = day.call("caseworker", "POST", "/cases", wage_claim(day))["id"]
    day.take("caseworker", case, "ask_for_papers", papers=["工资支付凭证"])
    day.days_pass(30)

    lapsed = until(lambda: (found := day.call("caseworker", "GET", f"/cases/{case}"))["phase"] == "closed" and found)
    assert (lapsed["state"], lapsed["outcome"]) == ("withdrawn", "deemed_withdrawn")
    last = day.call("caseworker", "GET", f"/cases/{case}/events")["items"][-1]
    assert (last["role"], last["actor"]) == ("clock", None)


def clock(case: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [row for row in case["clocks"] if row["name"] == name]
    return found


def ensure_chained(events: list[dict[str, Any]]) -> None:
    before = bytes(32).hex()
    for number, event in enumerate(events, start=1):
        assert event["seq"] == number
        assert event["prev_hash"] == before
        assert len(bytes.fromhex(event["hash"])) == hashlib.sha256().digest_size
        before = event["hash"]
