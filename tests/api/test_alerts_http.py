"""An alert can be put off for a few days with a reason, and the ledger says what became of every step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from casework.work.delivery.worker import deliver
from casework.work.overdue import sweep
from tests.api.conftest import Api
from tests.receivers import answers, receiver

REASON = "已约定明日上午补充材料"


@pytest.fixture
def alert(api: Api) -> Any:
    """The newest alert of the caseworker."""
    api.take("caseworker", api.new_case(), "accept")
    api.days_pass(40)
    sweep(api.service)
    return api.get("caseworker", "/alerts")["items"][0]


def now(api: Api) -> datetime:
    with api.service.transaction() as tx:
        return tx.now


def snooze(api: Api, who: str, alert: Any, **said: Any) -> Any:
    given = {"until": (now(api) + timedelta(days=1)).isoformat(timespec="seconds"), "reason": REASON} | said
    return api.call(who, "POST", f"/alerts/{alert['id']}/snooze", given)


def listed(api: Api, who: str) -> list[str]:
    return [one["id"] for one in api.get(who, "/alerts?limit=200")["items"]]


def test_a_snoozed_alert_is_not_listed_to_me_until_then(api: Api, alert: Any) -> None:
    others = {who: listed(api, who) for who in ("supervisor", "supervisor-sd")}
    answer = snooze(api, "caseworker", alert)
    assert answer.status_code == 200
    assert answer.get_json()["snoozed_until"] is not None
    assert alert["id"] not in listed(api, "caseworker")
    assert {who: listed(api, who) for who in others} == others
    api.days_pass(2)
    assert alert["id"] in listed(api, "caseworker")


def test_why_it_was_put_off_is_sealed_with_the_case(api: Api, alert: Any) -> None:
    snooze(api, "caseworker", alert)
    at = f"/cases/{alert['case_id']}"
    path = f"alerts.{alert['id']}.caseworker.reason"
    with api.service.transaction() as tx:
        assert REASON not in str(tx.db.all("select * from vault"))
        assert REASON not in str(tx.db.all("select * from alert_receivers"))
    assert api.post("supervisor", f"{at}/disclosures", {"paths": [path], "reason": "核对"})["values"] == {path: REASON}
    snooze(api, "caseworker", alert, reason="又推迟一日")
    assert api.post("supervisor", f"{at}/disclosures", {"paths": [path], "reason": "核对"})["values"] == {
        path: "又推迟一日"
    }


def test_five_working_days_are_the_longest(api: Api, alert: Any) -> None:
    today = now(api).astimezone(api.service.zone).date()
    due = api.get("caseworker", f"/calendars/china/due?from={today}&limit=5wd")["due_at"]
    last = datetime.fromisoformat(due)
    for until in (last + timedelta(seconds=1), now(api) - timedelta(minutes=1), last + timedelta(days=400)):
        answer = snooze(api, "caseworker", alert, until=until.isoformat(timespec="seconds"))
        assert answer.status_code == 422
        assert [one["field"] for one in answer.get_json()["errors"]] == ["until"]
    assert snooze(api, "caseworker", alert, until=last.isoformat()).status_code == 200


@pytest.mark.parametrize("said", [{"reason": None}, {"until": None}, {"until": "2026-05-01"}, {"why": "x"}])
def test_time_and_reason_are_needed(api: Api, alert: Any, said: dict[str, Any]) -> None:
    answer = snooze(api, "caseworker", alert, **said)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, next(iter(said)))
    assert alert["id"] in listed(api, "caseworker")


def test_an_acknowledged_alert_is_not_put_off_and_a_snoozed_one_can_be_acknowledged(api: Api, alert: Any) -> None:
    snooze(api, "caseworker", alert)
    acknowledged = api.post("caseworker", f"/alerts/{alert['id']}/acknowledge", {})
    assert acknowledged["acknowledged_at"] is not None
    assert alert["id"] in listed(api, "caseworker")
    assert snooze(api, "caseworker", alert).status_code == 409


def test_only_a_receiver_puts_an_alert_off(api: Api, alert: Any) -> None:
    for who in ("caseworker-qd", "auditor", "administrator", "lawyer"):
        assert snooze(api, who, alert).status_code == 404


def test_the_ledger_says_how_each_alert_went_out(api: Api) -> None:
    with receiver(answers(500), answers(200)) as there:
        given = {"kind": "webhook", "name": "OA", "org": "370000", "address": there.url, "secret": "s" * 16}
        with api.service.transaction() as tx:
            tx.db.run(
                "update users set org_id = (select id from orgs where code = '370000') where role = 'administrator'"
            )
        api.post("administrator", "/channels", given)
        case = api.new_case()
        api.days_pass(7)
        sweep(api.service)
        deliver(api.service)

        [line] = sent(api, case)
        inbox = [one for one in line["deliveries"] if one["channel"] == "inbox"]
        assert {one["to"] for one in inbox} == {one["username"] for one in line["to"]}
        assert {(one["state"], one["attempts"]) for one in inbox} == {("delivered", 0)}
        [outside] = [one for one in line["deliveries"] if one["channel"] == "webhook"]
        assert outside == {"channel": "webhook", "to": "OA", "state": "waiting", "attempts": 0} | {
            "delivered_at": None,
            "last_error": "answered 500",
        }
        api.days_pass(1)
        deliver(api.service)
        [line] = sent(api, case)
        [outside] = [one for one in line["deliveries"] if one["channel"] == "webhook"]
        assert (outside["state"], outside["attempts"]) == ("delivered", 1)
        assert datetime.fromisoformat(outside["delivered_at"]) > datetime.fromisoformat(line["at"])


def sent(api: Api, case: Any) -> list[Any]:
    items = api.get("caseworker", f"/cases/{case['id']}/alerts")["items"]
    return [line for line in items if line["status"] == "sent" and line["level"] == "80%" and "review" in line["clock"]]


def test_the_rungs_of_a_clock_that_has_ended_are_superseded_and_say_why(api: Api) -> None:
    case = api.new_case()
    api.days_pass(6)
    sweep(api.service)
    api.take("caseworker", case, "withdraw")
    lines = api.get("caseworker", f"/cases/{case['id']}/alerts")["items"]
    review = {line["level"]: line for line in lines if line["clock"] == "review_by_law"}
    assert {level: line["status"] for level, line in review.items()} == {
        "80%": "sent",
        "due": "superseded",
        "+2wd": "superseded",
        "+5wd": "superseded",
    }
    assert review["due"]["because"] == "the clock was cancelled before"
    assert review["+5wd"]["roles"] == ["supervisor"]
    assert {level: line["above"] for level, line in review.items() if line["above"]} == {"+5wd": True}
    assert (review["due"]["at"], review["due"]["to"], review["due"]["deliveries"]) == (None, [], [])
    assert {line["status"] for line in lines if line["clock"] != "review_by_law"} <= {"superseded"}


@pytest.mark.parametrize("workflow", ["legal_aid", "hardship_aid"])
def test_a_workflow_tells_which_rungs_go_to_the_next_organisation_up(api: Api, workflow: str) -> None:
    clocks = {clock["name"]: clock["alerts"] for clock in api.get("caseworker", f"/workflows/{workflow}")["clocks"]}
    assert clocks["review"][-1] == {"level": "+5wd", "to": ["supervisor"], "above": True}
    in_time = [step["above"] for alerts in clocks.values() for step in alerts if not step["level"].startswith("+")]
    assert set(in_time) == {False}, "what is not late yet is no business of the organisation above"


def assigned(api: Api) -> Any:
    """A case of the caseworker that the lawyer has just been given."""
    case = api.new_case()
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "grant")
    return api.take("caseworker", case, "assign", to=str(api.ids["lawyer"]))


@pytest.mark.parametrize(
    ("language", "title", "because"),
    [
        ("zh", "指派给您承办", "指派给您承办（经办人示例经办人）"),
        ("en", "Assigned to you", "Assigned to you (caseworker"),
    ],
)
def test_a_lawyer_is_told_of_a_new_case_what_by_whom_and_until_when(
    api: Api, language: str, title: str, because: str
) -> None:
    case = assigned(api)
    answer = api.call("lawyer", "GET", "/alerts", headers={"Accept-Language": language})
    [entry] = answer.get_json()["items"]
    assert (entry["kind"], entry["case_number"], entry["title"]) == ("event", case["number"], title)
    assert entry["because"].startswith(because)
    assert (entry["role"], entry["actor"]["username"], entry["level"]) == ("caseworker", "caseworker", None)
    owed = {clock["name"]: clock["due_on"] for clock in api.get("lawyer", f"/cases/{case['id']}/clocks")["items"]}
    assert entry["due_on"] == owed[entry["clock"]] is not None
    api.take("lawyer", case, "take_on")
    [event] = [
        one for one in api.get("lawyer", f"/cases/{case['id']}/events")["items"] if one["seq"] == entry["event_seq"]
    ]
    assert event["payload"]["transition"] == "assign"


def test_the_ledger_says_who_was_told_and_who_has_acknowledged(api: Api) -> None:
    case = assigned(api)
    api.take("lawyer", case, "engage")

    def told() -> dict[str, Any]:
        items = api.get("caseworker", f"/cases/{case['id']}/alerts")["items"]
        return {line["title"]: line for line in items if line["kind"] == "event"}

    assert list(told()) == ["Grant", "Assign", "Engage"]
    assert told()["Engage"]["because"].startswith("Engage (lawyer ")
    assert (told()["Assign"]["status"], told()["Assign"]["roles"]) == ("sent", ["lawyer"])
    [entry] = api.get("lawyer", "/alerts")["items"]
    api.post("lawyer", f"/alerts/{entry['id']}/acknowledge", {})
    [receiver] = told()["Assign"]["to"]
    assert receiver["username"] == "lawyer"
    assert receiver["acknowledged_at"] is not None
    assert [one["acknowledged_at"] for one in told()["Engage"]["to"]] == [None]


def test_what_was_told_can_be_put_off(api: Api) -> None:
    assigned(api)
    [entry] = api.get("lawyer", "/alerts")["items"]
    assert snooze(api, "lawyer", entry).status_code == 200
    assert listed(api, "lawyer") == []


def test_a_repeated_request_tells_once(api: Api) -> None:
    case = assigned(api)
    given = api.needs("lawyer", case, "engage")["examples"][0]
    path, once = f"/cases/{case['id']}/transitions/engage", {"Idempotency-Key": str(uuid4())}
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: api.call("lawyer", "POST", path, given, once).status_code, range(3)))
    assert 200 in answers
    assert set(answers) <= {200, 409}
    assert api.call("lawyer", "POST", path, given, once).status_code == 200
    [entry] = [one for one in api.get("caseworker", "/alerts")["items"] if one["title"] == "Engage"]
    with api.service.transaction() as tx:
        sent = tx.db.all("select receiver_id from outbox where alert_id = :alert", alert=UUID(entry["id"]))
    assert [row.receiver_id for row in sent] == [api.ids["caseworker"]]
