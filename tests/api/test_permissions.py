"""Who sees and who may, for every endpoint, every user and every kind of case, as the roles are promised.

The oracle is the table of roles in words of its own. Every attempt carries a body that no form takes, so that whoever
may is told so by 422 and nothing is changed: 404, 409, 403 and 422 come in this order.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from casework.api.endpoint import ENDPOINTS, Endpoint
from casework.records import people
from casework.work.overdue import sweep
from casework.work.people import new_token
from tests.api.conftest import USERS, Api
from tests.api.uploads import KIND, PDF, form_with

STAFF: Final = {"caseworker", "supervisor"}
HELPERS: Final = {"lawyer", "volunteer"}
WATCHERS: Final = STAFF | {"auditor"}
EVERYBODY: Final = (*USERS, "colleague")
BELOW: Final = {"370000": {"370100", "370200"}, "370100": {"370100"}, "370200": {"370200"}}
NO_FORM_TAKES_THIS: Final = {"unheard_of": 1}


@dataclass(frozen=True)
class Kind:
    """A case as the oracle knows it."""

    org: str = "370100"
    state: str = "submitted"
    owner: str | None = None
    assignee: str | None = None


KINDS: Final = {
    "new": Kind(),
    "reviewed": Kind(state="under_review", owner="caseworker"),
    "helped": Kind(state="assigned", owner="caseworker", assignee="lawyer"),
    "closed": Kind(state="withdrawn", owner="caseworker"),
    "foreign": Kind(org="370200"),
}
# Who may take which transition where; a state that is not named offers none.
TAKES: Final[dict[str, dict[str, set[str]]]] = {
    "submitted": {"accept": STAFF, "ask_for_papers": STAFF, "withdraw": STAFF},
    "under_review": {
        "ask_for_papers": STAFF,
        "propose": STAFF,
        "grant": {"supervisor"},
        "refuse": {"supervisor"},
        "withdraw": STAFF,
    },
    "assigned": {"decline": HELPERS, "engage": HELPERS},
}
NAMES: Final = ("submit", "accept", "propose", "grant", "withdraw", "decline", "engage", "lapse", "unheard_of")


def role_of(who: str) -> str:
    return "caseworker" if who == "colleague" else USERS[who][0]


def org_of(who: str) -> str:
    return "370100" if who == "colleague" else USERS[who][1]


def sees(who: str, kind: Kind) -> bool:
    """Staff and auditors: their organisation and below; helpers: what is assigned to them; others: no case."""
    if role_of(who) in HELPERS:
        return kind.assignee == who
    return role_of(who) in WATCHERS and kind.org in BELOW[org_of(who)]


def on_a_colleagues_case(who: str, kind: Kind) -> bool:
    return kind.owner is not None and kind.owner != who


def expected(path: str, who: str, kind: Kind, name: str = "") -> int:
    """The status of an attempt at `POST` or `PATCH` with a body that no form takes."""
    role = role_of(who)
    if not sees(who, kind):
        return 404
    if path.endswith("/disclosures"):
        return 403 if role == "auditor" else 422
    if path.endswith("/notes"):
        return 422 if role in STAFF | HELPERS else 403
    if path.endswith("/messages") and kind.state == "withdrawn":
        return 409
    if path.endswith("/parties") and role == "auditor":
        return 403
    if path.endswith("/parties") and kind.state == "withdrawn":
        return 409
    if path.endswith(("/messages", "/parties")) and role in HELPERS:
        return 422
    if path.endswith("/personal-data"):
        return 422 if role in STAFF else 403
    if path.endswith(("/override", "/walls")):
        return 422 if role == "supervisor" else 403
    if path.endswith("/offers"):
        return 409  # None of these cases waits for a helper.
    if path.endswith("/transitions/<name>"):
        return expected_of_transition(who, kind, name)
    if path.endswith(("/release", "/handover")) and kind.state == "withdrawn":
        return 409
    if path.endswith("/release") and kind.owner is None:
        return 409
    if path.endswith("/claim") and kind.state == "withdrawn":
        return 409
    if role not in STAFF:
        return 403
    if path.endswith("/claim"):
        return 409 if kind.owner is not None else 422
    return 409 if role == "caseworker" and on_a_colleagues_case(who, kind) else 422


def expected_of_transition(who: str, kind: Kind, name: str) -> int:
    role = role_of(who)
    if name == "unheard_of":
        return 404
    if name not in TAKES.get(kind.state, {}):
        return 409
    may = TAKES[kind.state][name]
    if role not in may:
        return 403
    # A colleague's work is taken over with a reason by a supervisor only; what is the supervisor's own needs none.
    return 409 if role in STAFF and on_a_colleagues_case(who, kind) and may != {"supervisor"} else 422


@pytest.fixture(scope="module")
def cases(shared: Api) -> dict[str, str]:
    """The id of a case of each kind."""
    hire(shared, "colleague", "caseworker", "370100")
    given = {"kind": "wecom", "name": "值班群", "org": "370100", "address": "http://127.0.0.1:8080/hook"}
    shared.post("administrator", "/channels", given)
    found = {
        name: shared.new_case(f"caseworker{'-qd' * (kind.org == '370200')}", kind.org) for name, kind in KINDS.items()
    }
    for name in ("reviewed", "helped"):
        shared.take("caseworker", found[name], "accept")
    shared.take("supervisor", found["helped"], "grant")
    shared.take("caseworker", found["helped"], "assign", to=str(shared.ids["lawyer"]))
    shared.take("lawyer", found["helped"], "take_on")
    shared.take("caseworker", found["closed"], "withdraw")
    for name, kind in KINDS.items():
        case = shared.get("supervisor-sd", f"/cases/{found[name]['id']}")
        assert (case["state"], (case["owner"] or {}).get("username")) == (kind.state, kind.owner)
    return {name: case["id"] for name, case in found.items()}


def hire(api: Api, username: str, role: str, org: str) -> None:
    """A new user with a token."""
    said = {"username": username, "name": "示例同事", "role": role, "org": org}
    user = api.post("administrator", "/users", said)
    with api.service.transaction() as tx:
        person = people.by_username(tx.db, username)
        assert person is not None
        api.ids[username] = person[0].id
        assert user["id"] == str(person[0].id)
        api.tokens[username] = new_token(tx, person[0], timedelta(days=900))[0]


CASE_ENDPOINTS: Final = [one for one in ENDPOINTS if "<uuid:case_id>" in one.path]
READING: Final = [one for one in CASE_ENDPOINTS if one.method == "GET"]
CHANGING: Final = [one for one in CASE_ENDPOINTS if one.method != "GET"]
KNOWN: Final = (
    "/claim",
    "/notes",
    "/messages",
    "/disclosures",
    "/personal-data",
    "/override",
    "/walls",
    "/parties",
    "/transitions/<name>",
    "/release",
    "/handover",
    "/tracking-code",
    "/offers",
    "<uuid:case_id>",
)


def named(one: Endpoint) -> str:
    return f"{one.method} {one.path}"


def address(one: Endpoint, case_id: str, name: str = "accept") -> str:
    known = {"case_id": case_id, "name": name}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda slot: known.get(slot[1], str(uuid4())), one.path)


@pytest.mark.parametrize("one", READING, ids=named)
def test_a_case_is_read_by_those_who_see_it_and_by_nobody_else(
    one: Endpoint, shared: Api, cases: dict[str, str]
) -> None:
    for who in EVERYBODY:
        for name, kind in KINDS.items():
            answer = shared.call(who, "GET", address(one, cases[name]))
            may = role_of(who) in ("supervisor", "auditor") or not one.path.endswith("/disclosures")
            may = may and (role_of(who) == "supervisor" or not one.path.endswith("/walls"))
            may = may and not (role_of(who) in HELPERS and one.path.endswith("/conflict-checks"))
            may = may and not (role_of(who) == "auditor" and one.path.endswith(("/notes", "/letters", "/messages")))
            may = may and (role_of(who) in STAFF or not one.path.endswith("/candidates"))
            # Of these cases, which are of legal aid, there is no form of hardship assistance.
            there = sees(who, kind) and not one.path.endswith("/approval-sheet")
            assert answer.status_code == (404 if not there else 200 if may else 403), (who, name)


@pytest.mark.parametrize("one", [one for one in CHANGING if one.path.endswith(KNOWN)], ids=named)
def test_a_case_is_changed_by_those_who_may_and_the_others_are_told_why_not(
    one: Endpoint, shared: Api, cases: dict[str, str]
) -> None:
    for who in EVERYBODY:
        for kind_name, kind in KINDS.items():
            for name in NAMES if "<name>" in one.path else ("",):
                answer = shared.call(
                    who, one.method, address(one, cases[kind_name], name), NO_FORM_TAKES_THIS, {"If-Match": "*"}
                )
                told = (one.path, who, kind_name, name, answer.text)
                assert answer.status_code == expected(one.path, who, kind, name), told
                if answer.status_code == 409 and kind.owner and role_of(who) in STAFF and kind.state != "withdrawn":
                    assert name not in TAKES[kind.state] or "caseworker" in answer.get_json()["detail"], told


@pytest.mark.parametrize("one", CASE_ENDPOINTS, ids=named)
def test_a_case_that_is_not_yours_looks_exactly_like_one_that_is_not_there(
    one: Endpoint, shared: Api, cases: dict[str, str]
) -> None:
    bodies: tuple[Any, ...] = (None,) if one.method == "GET" else ({}, NO_FORM_TAKES_THIS, {"reason": "核对"}, b"{", [])
    if one.takes_file:
        bodies = (form_with(PDF, "a.pdf", paper="identity"), form_with(b"<html>", "a.jpg"), b"{")
    tags: tuple[dict[str, str], ...] = ({}, {"If-Match": '"99"'}) if one.etag else ({},)
    tags = ({"Content-Type": KIND}, {}) if one.takes_file else tags
    attempts = [("", body, tag) for body in bodies for tag in tags] + [("?limit=0", bodies[0], {})]
    for who in ("lawyer", "volunteer-qd", "caseworker-qd", "supervisor-qd", "auditor-qd", "administrator"):
        for query, body, tag in attempts:
            absent = told(shared, who, one, str(uuid4()), query, body, tag)
            assert absent[0] in (400, 404, 422) or (one.takes_file and absent[0] == 415)
            for name in ("new", "closed"):
                assert told(shared, who, one, cases[name], query, body, tag) == absent, (who, name, body)


def told(api: Api, who: str, one: Endpoint, case_id: str, query: str, body: Any, tag: dict[str, str]) -> Any:
    """All that an answer says but the number of the request."""
    answer = api.call(who, one.method, address(one, case_id) + query, body, tag)
    return answer.status_code, plain(answer.get_json()), plain(dict(answer.headers))


def plain(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in ("request_id", "X-Request-Id")}


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_show_the_cases_that_one_sees_and_no_others(who: str, shared: Api, cases: dict[str, str]) -> None:
    visible = {cases[name] for name, kind in KINDS.items() if sees(who, kind)}
    for query in ("", "?sort=-opened_at", "?org=370000", "?q=LA-2026", "?assignee=none", "?overdue=false"):
        listed = {case["id"] for case in shared.get(who, f"/cases{query}")["items"]}
        assert listed <= visible
        assert query in ("?assignee=none", "?overdue=false") or listed == visible, query
    waiting = {case["id"] for case in shared.get(who, "/queue")["items"]}
    assert waiting <= visible
    assert (cases["new"] in waiting) == (role_of(who) in STAFF and "370100" in BELOW[org_of(who)])
    assert (cases["helped"] in waiting) == (who == "lawyer")
    assert cases["reviewed"] not in waiting or who == "caseworker"


@pytest.mark.parametrize("who", EVERYBODY)
def test_searching_finds_nothing_of_a_case_that_one_does_not_see(who: str, shared: Api, cases: dict[str, str]) -> None:
    for name, case_id in cases.items():
        case = shared.get("supervisor-sd", f"/cases/{case_id}")
        values = shared.post("supervisor-sd", f"/cases/{case_id}/disclosures", {"reason": "核对"})["values"]
        numbers = (values["applicant.identity_number"], values["applicant.phone"])
        # A helper finds people by their own numbers once the agreement is signed.
        for words in (case["number"], *(() if (who, name) == ("lawyer", "helped") else numbers)):
            found = [one["id"] for one in shared.get(who, f"/cases?q={words}")["items"]]
            assert found == ([case_id] if sees(who, KINDS[name]) else []), (name, words)


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_not_about_one_case_is_for_the_roles_that_it_is_for(
    who: str, shared: Api, cases: dict[str, str]
) -> None:
    role, near = role_of(who), org_of(who) in ("370100", "370000")
    jinan = shared.ids["volunteer"]
    with shared.service.transaction() as tx:
        channel = tx.db.run("select id from channels").scalar_one()
    may = {
        ("POST", "/cases"): 422 if role in STAFF else 403,
        ("POST", "/queue/claim"): 422 if role in STAFF else 403,
        ("GET", "/users"): 403 if role in HELPERS else 200,
        ("POST", "/users"): 422 if role == "administrator" else 403,
        ("PATCH", f"/users/{jinan}"): 404 if not near else 422 if role == "administrator" else 403,
        ("PATCH", f"/users/{uuid4()}"): 404,
        ("POST", f"/users/{jinan}/confirm-role"): 404 if not near else 403 if role in HELPERS else 409,
        **{("GET", f"/{of}/export"): 200 if role == "administrator" else 403 for of in ("users", "profiles")},
        ("GET", "/admin/events"): 200 if role in ("administrator", "auditor") else 403,
        ("GET", "/channels"): 200 if role == "administrator" else 403,
        ("POST", "/channels"): 422 if role == "administrator" else 403,
        ("PATCH", f"/channels/{channel}"): 422 if role == "administrator" and near else 404,
        ("POST", f"/channels/{channel}/try"): 422 if role == "administrator" and near else 404,
        ("GET", "/messages"): 200 if role == "administrator" else 403,
        ("POST", f"/messages/{uuid4()}/replay"): 404,
        ("POST", f"/alerts/{uuid4()}/snooze"): 404,
        **{
            ("GET", f"/reports/{report}?from=2026-01-01&to=2027-01-01"): 200 if role in WATCHERS else 403
            for report in ("sla", "sla/cases")
        },
        **{
            ("GET", f"/reports/{report}"): 200 if role in WATCHERS else 403
            for report in ("ageing", "workload", "funnel?from=2026-01-01&to=2027-01-01")
        },
        ("POST", "/me/views"): 422,
        ("GET", "/offers"): 200,
        **{("POST", f"/offers/{uuid4()}/{verb}"): 404 for verb in ("accept", "decline", "withdraw")},
        ("GET", "/funds"): 200 if role in WATCHERS else 403,
        ("POST", "/funds"): 422 if role == "supervisor" else 403,
        ("GET", "/payment-orders"): 200 if role in WATCHERS else 403,
        ("POST", "/payment-orders"): 422 if role in STAFF else 403,
        **{
            ("GET", path): 200
            for path in (
                "/cases",
                "/queue",
                "/alerts",
                "/orgs",
                "/workflows",
                "/policies",
                "/calendars",
                "/me",
                "/me/views",
            )
        },
    }
    for (method, path), status in may.items():
        answer = shared.call(who, method, path, None if method == "GET" else NO_FORM_TAKES_THIS)
        assert answer.status_code == status, (method, path, answer.text)


@pytest.mark.parametrize("who", ["auditor", "auditor-qd", "administrator"])
def test_whoever_only_watches_changes_nothing_by_any_endpoint(who: str, shared: Api, cases: dict[str, str]) -> None:
    for one in ENDPOINTS:
        about_cases = "case" in one.path or "queue" in one.path
        if one.method == "GET" or one.public or (who == "administrator" and not about_cases):
            continue
        # One's own account is one's own: what of it may change is told in test_people_http.py.
        if one.own_account or one.path.startswith("/me/"):
            continue
        file = (form_with(PDF, "a.pdf", paper="identity"),)
        bodies: tuple[Any, ...] = file if one.takes_file else ({}, {"reason": "核对"}, {"text": "备注"})
        kind = {"Content-Type": KIND} if one.takes_file else {}
        for body in bodies:
            answer = shared.call(who, one.method, address(one, cases["new"]), body, {"If-Match": "*", **kind})
            assert answer.status_code in (403, 404, 409), (named(one), answer.text)


@pytest.mark.parametrize("who", ["supervisor", "auditor", "supervisor-qd", "supervisor-sd"])
def test_a_report_counts_only_the_cases_that_one_sees(who: str, shared: Api, cases: dict[str, str]) -> None:
    clocks = [
        clock
        for name, kind in KINDS.items()
        if sees(who, kind)
        for clock in shared.get("supervisor-sd", f"/cases/{cases[name]}/clocks")["items"]
        if clock["owed_by"] in ("office", "helper") and clock["status"] != "cancelled"
    ]
    report = shared.get(who, "/reports/sla?from=2026-01-01&to=2027-01-01&group_by=org")
    assert report["total"]["started"] == len(clocks)
    assert {row["org"] for row in report["rows"]} <= BELOW[org_of(who)]
    foreign = shared.call(who, "GET", "/reports/sla?from=2026-01-01&to=2027-01-01&org=370300")
    above = shared.call(who, "GET", "/reports/sla?from=2026-01-01&to=2027-01-01&org=370000")
    assert foreign.status_code == 422
    assert above.status_code == (200 if who == "supervisor-sd" else 422)


def test_a_case_that_nobody_owns_is_handed_over_by_whoever_of_staff_sees_it(api: Api) -> None:
    case = api.new_case()
    assert case["owner"] is None
    path, to = f"/cases/{case['id']}/handover", {"to": str(api.ids["supervisor"]), "reason": "专人办理"}
    for who in ("lawyer", "caseworker-qd"):
        assert api.call(who, "POST", path, to).status_code == 404
    assert api.call("auditor", "POST", path, to).status_code == 403
    assert api.call("caseworker", "POST", path, {"to": to["to"]}).status_code == 422
    assert api.post("caseworker", path, to)["owner"]["username"] == "supervisor"
    last = api.get("auditor", f"/cases/{case['id']}/events")["items"][-1]
    assert (last["kind"], last["actor"]["username"]) == ("handed_over", "caseworker")
    assert api.get("supervisor", "/alerts")["items"][0]["title"] == "Handed over to you"


def test_the_log_of_disclosures_is_read_by_those_who_watch_over_the_case(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/disclosures"
    api.post("caseworker", path, {"reason": "核对"})
    expected = {"caseworker": 403, "administrator": 404, "supervisor-qd": 404, "auditor-qd": 404}
    expected |= {"supervisor": 200, "supervisor-sd": 200, "auditor": 200}
    assert {who: api.call(who, "GET", path).status_code for who in expected} == expected


def test_of_a_twin_elsewhere_nothing_is_told(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    there = api.new_case("caseworker-qd", "370200", **facts)
    here = api.new_case("caseworker", "370100", **facts)
    assert here["same_applicant"] == []
    assert there["number"] not in json.dumps(api.get("caseworker", f"/cases/{here['id']}"))
    [twin] = api.get("supervisor-sd", f"/cases/{here['id']}")["same_applicant"]
    assert (twin["id"], twin["number"], twin["state"]) == (there["id"], there["number"], "submitted")


def test_an_alert_is_its_receivers_own(api: Api) -> None:
    api.new_case()
    api.days_pass(40)
    sweep(api.service)
    [alert, *_] = api.get("supervisor", "/alerts")["items"]
    absent = api.call("supervisor-qd", "POST", f"/alerts/{uuid4()}/acknowledge", {})
    for who in sorted(set(USERS) - {"supervisor"}):
        mine = {one["id"] for one in api.get(who, "/alerts")["items"]}
        answer = api.call(who, "POST", f"/alerts/{alert['id']}/acknowledge", {})
        assert (answer.status_code == 200) == (alert["id"] in mine), who
        if answer.status_code != 200:
            assert plain(answer.get_json()) == plain(absent.get_json())
    assert api.get("supervisor", "/alerts?limit=200")["items"][0]["acknowledged_at"] is None
    assert api.post("supervisor", f"/alerts/{alert['id']}/acknowledge", {})["acknowledged_at"] is not None


def test_an_alert_on_a_case_that_one_no_longer_sees_is_gone(api: Api) -> None:
    case = api.new_case()
    for who, name in (("caseworker", "accept"), ("supervisor", "grant"), ("caseworker", "assign")):
        more = {"to": str(api.ids["lawyer"])} if name == "assign" else {}
        api.take(who, case, name, **more)
    api.days_pass(40)
    sweep(api.service)
    [alert, *_] = api.get("lawyer", "/alerts")["items"]
    api.take("lawyer", case, "decline")
    assert api.get("lawyer", "/alerts")["items"] == []
    assert api.call("lawyer", "POST", f"/alerts/{alert['id']}/acknowledge", {}).status_code == 404
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404


def test_a_case_is_opened_only_in_ones_own_organisation_and_below(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    for who, org, status in (
        ("caseworker", "370100", 201),
        ("caseworker", "370200", 422),
        ("caseworker", "370000", 422),
        ("caseworker", "370300", 422),
        ("supervisor", "370200", 422),
        ("supervisor-sd", "370000", 201),
        ("supervisor-sd", "370200", 201),
        ("caseworker-qd", "370100", 422),
        ("auditor", "370100", 403),
        ("administrator", "370100", 403),
        ("lawyer", "370100", 403),
    ):
        body = {"workflow": "legal_aid", "org": org, "channel": "online", "facts": facts, "duplicate_reason": "示例"}
        answer = api.call(who, "POST", "/cases", body)
        assert answer.status_code == status, (who, org)
        if status == 422:
            assert [fault["field"] for fault in answer.get_json()["errors"]] == ["org"]


def test_a_claim_reaches_no_further_than_ones_own_organisation(api: Api) -> None:
    api.new_case("caseworker-qd", "370200")
    for body in ({}, {"org": "370200"}, {"org": "370000"}):
        assert api.call("caseworker", "POST", "/queue/claim", body).status_code == 204
    assert api.post("caseworker-qd", "/queue/claim", {})["org"] == "370200"


def test_a_case_is_handed_to_staff_of_its_organisation_or_above(api: Api) -> None:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    path = f"/cases/{case['id']}/handover"
    for to in ("caseworker-qd", "supervisor-qd", "lawyer", "auditor", "administrator", None):
        said = {"to": str(api.ids[to] if to else uuid4()), "reason": "岗位调整"}
        answer = api.call("caseworker", "POST", path, said)
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "to"), to
    for who, to in (("caseworker", "supervisor"), ("supervisor", "supervisor-sd")):
        case = api.post(who, path, {"to": str(api.ids[to]), "reason": "岗位调整"})
        assert case["owner"]["username"] == to


def test_a_case_is_assigned_to_a_helper_of_its_own_branch(api: Api) -> None:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "grant")
    path = f"/cases/{case['id']}/transitions/assign"
    for to in ("lawyer-qd", "volunteer-qd", "caseworker", "supervisor-sd", None):
        answer = api.call("caseworker", "POST", path, {"to": str(api.ids[to] if to else uuid4())})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "to"), to
    assert api.call("volunteer", "GET", f"/cases/{case['id']}").status_code == 404
    api.post("caseworker", path, {"to": str(api.ids["volunteer"])})
    assert api.get("volunteer", f"/cases/{case['id']}")["assignee"]["username"] == "volunteer"
    assert api.call("lawyer", "GET", f"/cases/{case['id']}").status_code == 404


def test_users_are_managed_only_within_the_administrators_own_organisation(api: Api) -> None:
    new = {"username": "new.one", "name": "示例新人", "role": "caseworker", "org": "370200"}
    assert api.call("administrator", "POST", "/users", new).status_code == 422
    assert api.call("administrator", "POST", "/users", new | {"org": "370000"}).status_code == 422
    here = api.post("administrator", "/users", new | {"org": "370100"})
    moved = api.call("administrator", "PATCH", f"/users/{here['id']}", {"org": "370200"})
    assert (moved.status_code, moved.get_json()["errors"][0]["field"]) == (422, "org")
    foreign = api.call("administrator", "PATCH", f"/users/{api.ids['caseworker-qd']}", {"active": False})
    above = api.call("administrator", "PATCH", f"/users/{api.ids['supervisor-sd']}", {"active": False})
    absent = api.call("administrator", "PATCH", f"/users/{uuid4()}", {"active": False})
    assert plain(foreign.get_json()) == plain(above.get_json()) == plain(absent.get_json())
    assert foreign.status_code == 404
    assert {one["org"] for one in api.get("administrator", "/users?limit=200")["items"]} == {"370100"}
    assert {one["org"] for one in api.get("supervisor-sd", "/users?limit=200")["items"]} == {
        "370000",
        "370100",
        "370200",
    }


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another long password"}, {"role": "auditor"}])
def test_a_user_who_is_deactivated_or_changed_is_out_at_once(change: dict[str, Any], api: Api) -> None:
    assert api.call("caseworker", "GET", "/cases").status_code == 200
    api.call("administrator", "PATCH", f"/users/{api.ids['caseworker']}", change)
    answer = api.call("caseworker", "GET", "/cases")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")


def test_a_deactivated_user_does_not_sign_in_and_old_tokens_stay_dead_after_the_return(api: Api) -> None:
    said = {"username": "caseworker", "password": "correct horse battery"}
    api.tokens["second"] = api.call(None, "POST", "/auth/token", said).get_json()["access_token"]
    assert api.call("second", "GET", "/cases").status_code == 200
    path = f"/users/{api.ids['caseworker']}"
    api.call("administrator", "PATCH", path, {"active": False})
    wrong = api.call(None, "POST", "/auth/token", said | {"password": "wrong"})
    refused = api.call(None, "POST", "/auth/token", said)
    assert plain(refused.get_json()) == plain(wrong.get_json())
    api.call("administrator", "PATCH", path, {"active": True})
    assert [api.call(who, "GET", "/cases").status_code for who in ("caseworker", "second")] == [401, 401]
    assert api.call(None, "POST", "/auth/token", said).status_code == 200


def test_too_many_wrong_passwords_are_slowed_down_for_that_name_only(api: Api) -> None:
    said = {"username": "caseworker", "password": "correct horse battery"}
    wrong = [api.call(None, "POST", "/auth/token", said | {"password": f"guess {n}"}).status_code for n in range(10)]
    slowed = api.call(None, "POST", "/auth/token", said)
    assert (wrong, slowed.status_code, slowed.get_json()["code"]) == ([401] * 10, 429, "slow_down")
    assert 1 <= int(slowed.headers["Retry-After"]) <= 301
    assert api.call(None, "POST", "/auth/token", said | {"username": "supervisor"}).status_code == 401
    assert api.call("caseworker", "GET", "/cases").status_code == 200
    api.days_pass(1)
    assert api.call(None, "POST", "/auth/token", said).status_code == 200


def test_a_token_ends_when_it_said_it_would(api: Api) -> None:
    said = {"username": "caseworker", "password": "correct horse battery"}
    token = api.call(None, "POST", "/auth/token", said).get_json()
    api.tokens["second"] = token["access_token"]
    api.days_pass(29)
    assert api.call("second", "GET", "/cases").status_code == 200
    api.days_pass(1)
    assert api.call("second", "GET", "/cases").status_code == 401
    assert token["expires_at"].startswith("2026-04-01T09:00")


def test_what_the_form_lacks_is_told_before_what_a_guard_thinks(api: Api) -> None:
    case = api.new_case(exemption=None)
    api.take("caseworker", case, "accept")
    path = f"/cases/{case['id']}/transitions/grant"
    form = api.call("supervisor", "POST", path, {})
    guard = api.call("supervisor", "POST", path, {"form_of_aid": "litigation"})
    assert (form.get_json()["code"], guard.get_json()["code"]) == ("invalid", "not_met")
    assert api.call("caseworker", "POST", path, {}).get_json()["code"] == "not_yours"
    assert api.call("lawyer", "POST", path, {}).get_json()["code"] == "not_found"
    withdrawn = api.take("caseworker", case, "withdraw")
    assert withdrawn["state"] == "withdrawn"
    assert api.call("caseworker", "POST", path, {}).get_json()["code"] == "not_now"


def test_whether_one_may_is_told_before_which_version_one_has_read(api: Api) -> None:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "grant")
    api.take("caseworker", case, "assign", to=str(api.ids["lawyer"]))
    hire(api, "colleague", "caseworker", "370100")
    path = f"/cases/{case['id']}"
    stale = {"If-Match": '"1"'}
    patch = {"facts": {"claimants": 2}}
    for tag in ({}, stale):
        told = [api.call(who, "PATCH", path, patch, tag).status_code for who in ("volunteer", "lawyer", "colleague")]
        assert told == [404, 403, 409]
    assert api.call("caseworker", "PATCH", path, {"facts": 1}).status_code == 428
    assert api.call("caseworker", "PATCH", path, {"facts": 1}, stale).status_code == 412
    steps = [("unheard_of", "lawyer"), ("grant", "supervisor"), ("engage", "caseworker"), ("engage", "lawyer")]
    told = [api.call(who, "POST", f"{path}/transitions/{name}", 1, stale).status_code for name, who in steps]
    assert told == [404, 409, 403, 412]


def test_whoever_loses_a_case_by_moving_away_loses_sight_of_it(api: Api) -> None:
    case = api.new_case()
    api.take("caseworker", case, "accept")
    with api.service.transaction() as tx:
        tx.db.run(
            "update users set org_id = (select id from orgs where code = '370200') where id = :id",
            id=api.ids["caseworker"],
        )
    assert api.call("caseworker", "GET", f"/cases/{case['id']}").status_code == 404
    assert api.call("caseworker", "POST", f"/cases/{case['id']}/notes", {"text": "备注"}).status_code == 404
