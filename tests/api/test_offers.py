"""Offers over HTTP: a helper is asked, answers or lets it lapse, and the case goes to the next one by itself."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from casework.records import outbox
from casework.records.delivery_queues import MAIL_QUEUE
from casework.senders.smtp import MailServer
from casework.work import offer_answers, offer_links
from casework.work.delivery import transports
from casework.work.overdue import sweep
from tests.api.conftest import Api
from tests.api.test_concurrency import ensure_one_history
from tests.api.test_matching import granted, say


def ask(api: Api, case: Any, to: str = "lawyer", who: str = "caseworker") -> Any:
    return api.post(who, f"/cases/{case['id']}/offers", {"to": to})


def status(api: Api, who: str, offer: Any, verb: str, **given: Any) -> int:
    return api.call(who, "POST", f"/offers/{offer['id']}/{verb}", given).status_code


def mine(api: Api, who: str, query: str = "") -> list[Any]:
    return list(api.get(who, f"/offers{query}")["items"])


def kinds(api: Api, case: Any) -> list[str]:
    events = api.get("caseworker", f"/cases/{case['id']}/events?limit=200")["items"]
    return [one["payload"]["transition"] or one["kind"] for one in events]


def test_whoever_is_asked_sees_the_matter_and_nothing_of_the_people(api: Api) -> None:
    case = granted(api)
    made = ask(api, case)
    assert (made["state"], made["to"]["username"], made["case_number"]) == ("open", "lawyer", case["number"])
    [shown] = mine(api, "lawyer")
    assert (shown["id"], shown["case_id"], shown["case_number"]) == (made["id"], None, None)
    assert (shown["workflow"], shown["region"], shown["urgent"]) == ("legal_aid", "370100", False)
    assert shown["matter"]
    told = str(shown) + str(api.get("lawyer", "/alerts"))
    full = api.get("caseworker", f"/cases/{case['id']}")["facts"]
    for secret in (full["applicant"]["name"], full["employer"]["name"], full["applicant"]["phone"]):
        assert secret not in told
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404
    assert api.get("lawyer", "/cases")["items"] == api.get("lawyer", f"/cases?q={case['number']}")["items"] == []
    assert api.get("lawyer", "/queue")["items"] == []
    assert mine(api, "volunteer") == []
    assert [one["id"] for one in mine(api, "auditor", f"?case={case['number']}&state=open")] == [made["id"]]
    assert mine(api, "supervisor-qd") == mine(api, "administrator") == []


def test_accepting_takes_the_case_with_all_its_steps(api: Api) -> None:
    case = granted(api)
    made = ask(api, case)
    taken = api.post("lawyer", f"/offers/{made['id']}/accept", {})
    assert (taken["state"], taken["case_number"]) == ("accepted", case["number"])
    now = api.get("lawyer", f"/cases/{taken['case_id']}")
    assert (now["state"], now["assignee"]["username"], now["owner"]["username"]) == ("assigned", "lawyer", "caseworker")
    assert now["applicant"]["name"]
    assert kinds(api, case)[-4:] == ["offered", "offer_accepted", "assign", "take_on"]
    assert status(api, "lawyer", made, "accept") == 409
    assert status(api, "lawyer", made, "decline", reason="改变主意") == 409
    ensure_one_history(api, case["id"])


def test_a_case_that_was_offered_and_has_no_owner_stays_with_whom_it_was(api: Api) -> None:
    """Whoever made the offer has left since: the yes counts, and makes nobody an owner who is not there."""
    case = granted(api)
    made = ask(api, case)
    api.post("supervisor", f"/cases/{case['id']}/release", {"reason": "退回"})
    assert api.call("administrator", "PATCH", f"/users/{api.ids['caseworker']}", {"active": False}).status_code == 200
    api.post("lawyer", f"/offers/{made['id']}/accept", {})
    now = api.get("supervisor", f"/cases/{case['id']}")
    assert (now["state"], now["owner"], now["assignee"]["username"]) == ("assigned", None, "lawyer")


def test_declining_needs_a_reason_and_asks_the_next_one_and_at_last_tells_whoever_is_in_charge(api: Api) -> None:
    case = granted(api)
    made = ask(api, case)
    assert status(api, "lawyer", made, "decline") == 422
    declined = api.post("lawyer", f"/offers/{made['id']}/decline", {"reason": "近期开庭较多"})
    assert (declined["state"], declined["case_number"]) == ("declined", None)
    [second] = mine(api, "volunteer")
    assert second["state"] == "open"
    assert second["made_by"]["username"] == "caseworker"
    told = api.get("caseworker", "/alerts")["items"]
    assert told[0]["title"] == "The helper declines; the next candidate is asked"
    api.post("volunteer", f"/offers/{second['id']}/decline", {"reason": "不在本地"})
    assert mine(api, "lawyer", "?state=open") == mine(api, "volunteer", "?state=open") == []
    told = api.get("caseworker", "/alerts")["items"]
    assert told[0]["title"] == "The helper declines; nobody else is left to be asked"
    assert "近期开庭较多" not in str(api.get("caseworker", f"/cases/{case['id']}/events?limit=200"))
    kept = api.post("supervisor", f"/cases/{case['id']}/disclosures", {"reason": "核对"})["values"]
    assert "近期开庭较多" in kept.values()
    out = {one["user"]["username"]: one["out"] for one in candidates(api, case)}
    left = ["has declined this case, or has not answered in time"]
    assert out == {"lawyer": left, "volunteer": left}
    assert api.get("caseworker", f"/cases/{case['id']}")["state"] == "granted"
    ensure_one_history(api, case["id"])


def candidates(api: Api, case: Any) -> list[Any]:
    return list(api.get("caseworker", f"/cases/{case['id']}/candidates")["items"])


def test_what_is_not_answered_in_time_goes_to_the_next_one_once(api: Api) -> None:
    """Monday nine o'clock and a working day: until the end of Tuesday. The next one has helped others before."""
    api.take("caseworker", granted(api), "assign", to="volunteer")
    case = granted(api)
    made = ask(api, case)
    assert made["answer_on"] == "2026-03-03"
    api.days_pass(1)
    assert sweep(api.service).offers == 0
    api.days_pass(1)
    assert status(api, "lawyer", made, "accept") == 409
    assert (sweep(api.service).offers, sweep(api.service).offers) == (1, 0)
    assert [one["state"] for one in mine(api, "lawyer")] == ["expired"]
    assert [one["state"] for one in mine(api, "volunteer")] == ["open"]
    assert kinds(api, case)[-3:] == ["offered", "offer_expired", "offered"]
    titles = [one["title"] for one in api.get("lawyer", "/alerts")["items"]]
    assert titles == [
        "You have not answered in time; the offer has ended",
        "You are asked whether you take a case",
    ]
    ensure_one_history(api, case["id"])


def test_an_offer_that_cannot_be_ended_is_put_off_and_holds_up_no_other(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = granted(api), granted(api)
    made = ask(api, first)
    ask(api, second, "volunteer")
    api.days_pass(2)
    lapse = offer_answers.lapse

    def fails(tx: Any, offer_id: Any) -> bool:
        if str(offer_id) == made["id"]:
            raise ValueError(offer_id)
        return bool(lapse(tx, offer_id))

    monkeypatch.setattr(offer_answers, "lapse", fails)
    assert sweep(api.service).offers == 1
    monkeypatch.undo()
    assert sweep(api.service).offers == 0
    api.seconds_pass(301)
    assert sweep(api.service).offers == 1


def test_an_offer_is_withdrawn_with_a_reason_and_by_whatever_takes_the_case_elsewhere(api: Api) -> None:
    case = granted(api)
    made = ask(api, case)
    assert status(api, "caseworker", made, "withdraw") == 422
    assert status(api, "lawyer", made, "withdraw", reason="不要了") == 403
    assert api.post("caseworker", f"/offers/{made['id']}/withdraw", {"reason": "另有安排"})["state"] == "withdrawn"
    assert mine(api, "volunteer") == []
    again = ask(api, case, "lawyer")
    api.take("caseworker", case, "assign", to="volunteer")
    assert {one["id"]: one["state"] for one in mine(api, "lawyer")} == {
        made["id"]: "withdrawn",
        again["id"]: "withdrawn",
    }
    assert status(api, "lawyer", again, "accept") == 409


def test_one_helper_at_a_time_is_asked_and_only_one_who_can_take_the_case(api: Api) -> None:
    case = granted(api)
    path = f"/cases/{case['id']}/offers"
    assert api.call("caseworker", "POST", path, {"to": "supervisor"}).status_code == 422
    assert api.call("caseworker", "POST", path, {"to": "lawyer-qd"}).status_code == 422
    assert api.call("caseworker", "POST", path, {}).status_code == 422
    say(api, "lawyer", relations=[{"kind": "kin", "organisation": True, "name": "华茂服装有限公司"}])
    refused = api.call("caseworker", "POST", path, {"to": "lawyer"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not_met")
    assert "conflict of interest" in refused.get_json()["detail"]
    ask(api, case, "volunteer")
    refused = api.call("caseworker", "POST", path, {"to": "lawyer"})
    assert refused.status_code == 409
    assert "volunteer" in refused.get_json()["detail"]


def test_a_conflict_that_came_up_meanwhile_keeps_the_helper_from_the_case(api: Api) -> None:
    case = granted(api)
    made = ask(api, case)
    say(api, "lawyer", relations=[{"kind": "kin", "organisation": True, "name": "华茂服装有限公司"}])
    refused = api.call("lawyer", "POST", f"/offers/{made['id']}/accept", {})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not_met")
    assert api.get("caseworker", f"/cases/{case['id']}")["state"] == "granted"
    assert [one["state"] for one in mine(api, "lawyer")] == ["open"]


def test_what_waits_for_an_answer_counts_as_a_case_in_hand(api: Api) -> None:
    say(api, "lawyer", most_open=1)
    first, second = granted(api), granted(api)
    ask(api, first)
    refused = api.call("caseworker", "POST", f"/cases/{second['id']}/offers", {"to": "lawyer"})
    assert refused.status_code == 422
    assert "1 offered" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("auditor", 403), ("lawyer", 404), ("supervisor-qd", 404), ("administrator", 404), (None, 401)],
)
def test_offers_are_made_by_whoever_may_assign_the_case(api: Api, who: str | None, expected: int) -> None:
    case = granted(api)
    assert api.call(who, "POST", f"/cases/{case['id']}/offers", {"to": "lawyer"}).status_code == expected


def test_an_offer_that_is_not_yours_looks_like_one_that_is_not_there(api: Api) -> None:
    made = ask(api, granted(api))
    for who, answered, taken_back in (
        ("lawyer", 200, 403),
        ("volunteer", 404, 404),
        ("supervisor-qd", 404, 404),
        ("administrator", 404, 404),
        ("auditor", 403, 403),
        ("caseworker", 403, 422),
    ):
        assert status(api, who, made, "withdraw") == taken_back, who
        if who != "lawyer":
            assert status(api, who, made, "accept") == answered, who
            assert status(api, who, made, "decline", reason="不便") == answered, who
    nowhere = {"id": "5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11"}
    assert status(api, "lawyer", nowhere, "accept") == 404


def test_the_offers_of_a_colleagues_case_are_theirs_and_a_supervisor_steps_in_with_a_reason(api: Api) -> None:
    case = granted(api)
    refused = api.call("supervisor", "POST", f"/cases/{case['id']}/offers", {"to": "lawyer"})
    assert refused.status_code == 409
    made = api.post("supervisor", f"/cases/{case['id']}/offers", {"to": "lawyer", "reason": "经办人休假"})
    assert made["made_by"]["username"] == "supervisor"
    assert status(api, "supervisor", made, "withdraw", reason="不再需要") == 200


def test_the_mail_to_whoever_is_asked_has_the_links_and_no_other_mail_has(api: Api) -> None:
    """The links lead to the address that is set; without one there are none."""
    before = api.service.senders
    mail = MailServer("127.0.0.1", 25, "casework@example.org", "", "", "none", 1)
    try:
        api.service.senders = replace(before, mail=mail, address="https://aid.example.org/")
        for who in ("lawyer", "caseworker"):
            api.call("administrator", "PATCH", f"/users/{api.ids[who]}", {"email": f"{who}@example.org"})
        case = granted(api)
        made = ask(api, case)
        assert f"/offer/{link(api, made, 'accept')}" in (told := mails(api)["lawyer@example.org"][-1])
        assert f"https://aid.example.org/offer/{link(api, made, 'decline')}" in told
        assert api.get("caseworker", f"/cases/{case['id']}")["applicant"]["name"] not in told
        assert not any("/offer/" in one for one in mails(api).get("caseworker@example.org", ()))
        api.service.senders = replace(before, mail=mail)
        assert "/offer/" not in mails(api)["lawyer@example.org"][-1]
    finally:
        api.service.senders = before


def link(api: Api, made: Any, verb: Any) -> str:
    with api.service.transaction() as tx:
        return offer_links.token(tx, UUID(made["id"]), verb)


def mails(api: Api) -> dict[str, list[str]]:
    """What waits for the mail server, as it is written out."""
    with api.service.transaction() as tx:
        tx.db.run("update outbox set try_at = :now where channel = 'email'", now=tx.now)
        queue = SimpleNamespace(id=MAIL_QUEUE)
        found: dict[str, list[str]] = {}
        for row in outbox.batch(tx.db, queue, 50):  # type: ignore[arg-type]
            found.setdefault(row.email, []).append(transports.told(api.service, row)[1])
    return found


def test_the_report_tells_what_came_of_offers(api: Api) -> None:
    """The lawyer has said yes after half an hour and no once, the volunteer has let one lapse; one still waits."""
    yes = ask(api, granted(api))
    api.seconds_pass(1800)
    api.post("lawyer", f"/offers/{yes['id']}/accept", {})
    ask(api, granted(api), "volunteer")
    api.days_pass(2)
    assert sweep(api.service).offers == 1
    [no] = mine(api, "lawyer", "?state=open")
    api.post("lawyer", f"/offers/{no['id']}/decline", {"reason": "近期开庭较多"})
    ask(api, granted(api), "volunteer")
    rows = {one["username"]: one for one in api.get("supervisor", "/reports/workload")["helpers"]}
    told = ("open", "offers", "accepted", "accept_rate", "median_hours")
    assert [rows["lawyer"][name] for name in told] == [1, 2, 1, 0.5, 0.5]
    assert [rows["volunteer"][name] for name in told] == [0, 2, 0, 0.0, None]
    assert api.get("caseworker", "/reports/workload")["helpers"] == []
    assert "lawyer" not in {one["username"] for one in api.get("supervisor-qd", "/reports/workload")["helpers"]}
