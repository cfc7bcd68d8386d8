"""Cases over HTTP: lists that miss nothing, filters that mean what they say, searches, versions and corrections."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from casework.api.endpoint import ENDPOINTS
from casework.embedded import PrivateServer
from casework.work.overdue import sweep
from tests.api.conftest import Api, office_on
from tests.rewriting import rewrite

ZONE: Final = ZoneInfo("Asia/Shanghai")
NEVER: Final = datetime.max.replace(tzinfo=ZONE)
Case = dict[str, Any]
NO_FORM_TAKES_THIS: Final = {"unheard_of": 1}


def at(written: str) -> datetime:
    return datetime.fromisoformat(written)


def midnight(written: str) -> datetime:
    return datetime.combine(date.fromisoformat(written), time(), ZONE)


def due(case: Case) -> datetime:
    """The due time by which a list is ordered; without one a case sorts last."""
    return at(case["due_at"]) if case["due_at"] else NEVER


def closed(case: Case) -> datetime:
    """When the case was closed; an open one is closed after everything that is asked about."""
    return at(case["closed_at"]) if case["closed_at"] else NEVER


@pytest.fixture(scope="module")
def crowd(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    """Two cities with cases in many states, opened over two months."""
    with office_on(server, admin) as api:
        for number in range(10):
            case = api.new_case() if number % 3 else api.new_case("caseworker-qd", "370200")
            clerk = "caseworker" if number % 3 else "caseworker-qd"
            boss = "supervisor" if number % 3 else "supervisor-qd"
            roads = (
                (),
                ((clerk, "accept"),),
                ((clerk, "accept"), (boss, "grant")),
                ((clerk, "ask_for_papers"),),
                ((clerk, "withdraw"),),
                ((clerk, "accept"), (boss, "grant"), (clerk, "assign")),
            )
            for who, name in roads[number % len(roads)]:
                api.take(who, case, name)
            api.days_pass(6)
        for _ in range(6):
            api.new_case()
        # These came in at one moment, so that only the id tells them apart.
        with api.service.transaction() as tx:
            rewrite(
                tx.db,
                "update cases set opened_at = :now where opened_at > cast(:now as timestamptz) - interval '1 day'",
                now=tx.now,
            )
        yield api


def walk(api: Api, who: str, path: str, limit: int, between: Callable[[], object] = lambda: None) -> list[Case]:
    """Everything in a list, page by page; `between` is done after each page."""
    found: list[Case] = []
    query = f"limit={limit}"
    while True:
        page = api.get(who, f"{path}{'&' if '?' in path else '?'}{query}")
        found += page["items"]
        assert len(page["items"]) <= limit
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == limit
        query = urlencode({"limit": limit, "cursor": page["next_cursor"]})
        between()


def everything(api: Api, who: str = "supervisor-sd") -> list[Case]:
    return walk(api, who, "/cases", 200)


def ids(cases: list[Case]) -> list[str]:
    return [case["id"] for case in cases]


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
@pytest.mark.parametrize(
    "path",
    [
        "/cases",
        "/cases?sort=-opened_at",
        "/cases?sort=-closed_at",
        "/cases?sort=-closed_at&open=false",
        "/cases?org=370100&sort=due_at&count=true",
        "/cases?phase=intake&phase=review",
    ],
)
def test_pages_of_any_size_give_the_same_list(path: str, limit: int, crowd: Api) -> None:
    found = walk(crowd, "supervisor-sd", path, limit)
    assert ids(found) == ids(crowd.get("supervisor-sd", f"{path}{'&' if '?' in path else '?'}limit=200")["items"])
    assert len(set(ids(found))) == len(found) >= (1 if "open=false" in path else 5)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("", lambda case: (due(case), case["id"])),
        ("?sort=due_at", lambda case: (due(case), case["id"])),
        (
            "?sort=-closed_at",
            lambda case: (
                -at(case["closed_at"]).timestamp() if case["closed_at"] else 0.0,
                -int(case["id"].replace("-", ""), 16),
            ),
        ),
        ("?sort=-opened_at", lambda case: (-at(case["opened_at"]).timestamp(), -int(case["id"].replace("-", ""), 16))),
    ],
)
def test_a_list_is_in_the_order_that_was_asked_for(sort: str, key: Any, crowd: Api) -> None:
    found = walk(crowd, "supervisor-sd", f"/cases{sort}", 200)
    assert ids(found) == ids(sorted(found, key=key))
    assert len({case["due_at"] for case in found}) < len(found)


FILTERS: Final[dict[str, Callable[[Case, Api], bool]]] = {
    "workflow=legal_aid": lambda case, api: True,
    "workflow=hardship_aid": lambda case, api: case["workflow"] == "hardship_aid",
    "workflow=hardship_aid&workflow=legal_aid": lambda case, api: True,
    "state=submitted": lambda case, api: case["state"] == "submitted",
    "state=awaiting_papers": lambda case, api: case["state"] == "awaiting_papers",
    "state=submitted&state=awaiting_papers": lambda case, api: case["state"] in ("submitted", "awaiting_papers"),
    "state=submitted&state=granted&phase=intake": lambda case, api: case["state"] == "submitted",
    "phase=closed&phase=review": lambda case, api: case["phase"] in ("closed", "review"),
    "open=true": lambda case, api: case["closed_at"] is None,
    "open=false": lambda case, api: case["closed_at"] is not None,
    "urgent=true": lambda case, api: case["urgent"],
    "urgent=false": lambda case, api: not case["urgent"],
    "closed_from=2026-04-01": lambda case, api: closed(case) >= midnight("2026-04-01") and bool(case["closed_at"]),
    "closed_to=2026-04-01": lambda case, api: closed(case) < midnight("2026-04-01"),
    "closed_from=2026-03-20&closed_to=2026-04-10T09:00:00%2B08:00": lambda case, api: (
        midnight("2026-03-20") <= closed(case) < at("2026-04-10T09:00:00+08:00")
    ),
    "closed_from=2026-03-20&open=true": lambda case, api: False,
    "phase=closed": lambda case, api: case["phase"] == "closed",
    "phase=review": lambda case, api: case["phase"] == "review",
    "org=370100": lambda case, api: case["org"] == "370100",
    "org=370000": lambda case, api: True,
    "org=370200": lambda case, api: case["org"] == "370200",
    "owner=caseworker-qd": lambda case, api: (case["owner"] or {}).get("username") == "caseworker-qd",
    "assignee=lawyer": lambda case, api: (case["assignee"] or {}).get("username") == "lawyer",
    "owner=none": lambda case, api: case["owner"] is None,
    "owner=me": lambda case, api: False,
    "owner={caseworker}": lambda case, api: (case["owner"] or {}).get("username") == "caseworker",
    "assignee=none": lambda case, api: case["assignee"] is None,
    "assignee={lawyer}": lambda case, api: (case["assignee"] or {}).get("username") == "lawyer",
    "overdue=true": lambda case, api: case["overdue"],
    "overdue=false": lambda case, api: not case["overdue"],
    "due_before=2026-03-20": lambda case, api: due(case) < midnight("2026-03-20"),
    "due_before=2026-04-01T12:30:00%2B08:00": lambda case, api: due(case) < at("2026-04-01T12:30:00+08:00"),
    "due_before=2026-04-01T04:30:00Z": lambda case, api: due(case) < at("2026-04-01T12:30:00+08:00"),
    "due_before=9999-12-31": lambda case, api: case["due_at"] is not None,
    "opened_from=2026-03-20": lambda case, api: at(case["opened_at"]) >= midnight("2026-03-20"),
    "opened_to=2026-03-20": lambda case, api: at(case["opened_at"]) < midnight("2026-03-20"),
    "opened_from=2026-03-08&opened_to=2026-03-21": lambda case, api: (
        midnight("2026-03-08") <= at(case["opened_at"]) < midnight("2026-03-21")
    ),
    "phase=intake&org=370100&owner=none": lambda case, api: (
        case["phase"] == "intake" and case["org"] == "370100" and case["owner"] is None
    ),
    "overdue=true&sort=-opened_at&org=370200": lambda case, api: case["overdue"] and case["org"] == "370200",
}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_finds_exactly_the_cases_that_it_says(query: str, crowd: Api) -> None:
    written = query.format(**{name: str(one) for name, one in crowd.ids.items()})
    expected = {case["id"] for case in everything(crowd) if FILTERS[query](case, crowd)}
    found = ids(walk(crowd, "supervisor-sd", f"/cases?{written}", 4))
    assert (len(found), set(found)) == (len(expected), expected)


def test_the_filters_are_put_to_cases_of_which_some_fit_and_some_do_not(crowd: Api) -> None:
    cases = everything(crowd)
    counts = [sum(bool(fits(case, crowd)) for case in cases) for fits in FILTERS.values()]
    assert sum(0 < count < len(cases) for count in counts) >= 18


@pytest.mark.parametrize(
    ("query", "code", "named"),
    [
        ("state=nonsense", "unknown_state", "awaiting_papers"),
        ("state=submitted&state=nonsense", "unknown_state", "awaiting_papers"),
        ("workflow=hardship_aid&state=in_progress", "unknown_state", "under_review"),
        ("workflow=legal", "unknown_workflow", "legal_aid"),
        ("workflow=legal_aid&workflow=LEGAL_AID", "unknown_workflow", "hardship_aid"),
        ("phase=nonsense", "choice", "follow_up"),
        ("phase=review&phase=", "required", ""),
        ("sort=opened_at", "choice", "-closed_at"),
        ("org=999999", "unknown_org", "organisations"),
        ("owner=nobody.here", "unknown_user", "username"),
        ("owner=5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11", "unknown_user", "username"),
        ("assignee=%E5%BC%A0", "user", "username"),
        ("open=yes", "flag", "true"),
        ("urgent=1", "flag", "true"),
        ("closed_from=yesterday", "moment", "offset"),
        ("count=2", "flag", "true"),
    ],
)
def test_a_value_that_does_not_exist_is_refused_with_those_that_do(
    query: str, code: str, named: str, crowd: Api
) -> None:
    for language in ("en", "zh-CN"):
        answer = crowd.call("supervisor-sd", "GET", f"/cases?{query}", headers={"Accept-Language": language})
        assert answer.status_code == 422
        [fault] = answer.get_json()["errors"]
        assert (fault["field"], fault["code"]) == (query.rsplit("&", 1)[-1].partition("=")[0], code)
        if language == "en":
            assert named in fault["message"]


def test_the_queue_refuses_a_workflow_and_an_organisation_that_do_not_exist(crowd: Api) -> None:
    for name, value in (("workflow", "legal"), ("org", "999999")):
        for answer in (
            crowd.call("caseworker", "GET", f"/queue?{name}={value}"),
            crowd.call("caseworker", "POST", "/queue/claim", {name: value}),
        ):
            assert answer.status_code == 422
            assert [fault["field"] for fault in answer.get_json()["errors"]] == [name]
    assert crowd.call("auditor", "POST", "/queue/claim", {"workflow": "legal"}).status_code == 403


def test_cases_are_counted_when_that_is_asked_for(crowd: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    number = len(walk(crowd, "supervisor-sd", "/cases?phase=intake", 200))
    first = crowd.get("supervisor-sd", "/cases?phase=intake&count=true&limit=2")
    assert (first["count"], first["capped"], len(first["items"])) == (number, False, 2)
    rest = crowd.get("supervisor-sd", f"/cases?phase=intake&limit=2&cursor={first['next_cursor']}")
    assert "count" not in rest
    assert crowd.get("supervisor-sd", "/cases?state=submitted&closed_from=2026-01-01&count=true")["count"] == 0
    assert crowd.get("lawyer", "/cases?count=true")["count"] == len(everything(crowd, "lawyer"))
    for most, told in ((number - 1, (number - 1, True)), (number, (number, False))):
        monkeypatch.setattr("casework.api.cases._MOST_COUNTED", most)
        page = crowd.get("supervisor-sd", "/cases?phase=intake&count=true&limit=1")
        assert (page["count"], page["capped"]) == told


@pytest.mark.parametrize("who", ["lawyer", "caseworker", "supervisor"])
def test_me_is_whoever_asks(who: str, crowd: Api) -> None:
    column = "assignee" if who == "lawyer" else "owner"
    mine = {case["id"] for case in everything(crowd) if (case[column] or {}).get("username") == who}
    assert set(ids(walk(crowd, who, f"/cases?{column}=me", 2))) == mine
    assert bool(mine) == (who != "supervisor")


def test_a_list_gives_of_a_case_what_it_gives_by_itself_but_facts_and_clocks(crowd: Api) -> None:
    for case in everything(crowd):
        alone = crowd.get("supervisor-sd", f"/cases/{case['id']}")
        assert alone.keys() - case.keys() == {"facts", "clocks", "same_applicant", "papers_before"}
        assert {name: alone[name] for name in case} == case


def test_the_address_of_the_next_page_keeps_the_filters_and_leads_to_it(crowd: Api) -> None:
    path = "/cases?" + urlencode({"q": "LA-2026", "org": "370100", "limit": 2, "sort": "-opened_at"})
    answer = crowd.call("supervisor-sd", "GET", path)
    [link] = re.findall(r'^</api/v1(/cases\?[^>]+)>; rel="next"$', answer.headers["Link"])
    page = answer.get_json()
    following = crowd.get("supervisor-sd", link)
    assert following == crowd.get("supervisor-sd", f"{path}&cursor={page['next_cursor']}")
    assert not set(ids(page["items"])) & set(ids(following["items"]))
    last = crowd.call("supervisor-sd", "GET", "/cases?limit=200")
    assert (last.get_json()["next_cursor"], "Link" in last.headers) == (None, False)


@pytest.mark.parametrize("path", ["/cases", "/cases?sort=-opened_at", "/queue"])
def test_a_walk_through_a_list_misses_and_repeats_nothing_while_cases_come_in(path: str, api: Api) -> None:
    before = {api.new_case()["id"] for _ in range(9)}
    walked = ids(walk(api, "caseworker", path, 2, between=api.new_case))
    assert len(set(walked)) == len(walked)
    assert before <= set(walked)
    assert len(everything(api, "caseworker")) > len(before)


def test_a_walk_through_what_hangs_on_a_case_misses_nothing_while_it_grows(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"

    def note() -> str:
        return str(api.post("caseworker", f"{path}/notes", {"text": "备注"})["id"])

    def turn() -> None:
        api.post("caseworker", "/queue/claim", {})
        api.post("caseworker", f"{path}/release", {"reason": "休假"})

    before = [note() for _ in range(7)]
    assert ids(walk(api, "caseworker", f"{path}/notes", 2, between=note))[:7] == before
    for _ in range(3):
        turn()
    events = walk(api, "caseworker", f"{path}/events", 2)
    assert [one["seq"] for one in events] == [*range(1, 8)]
    longer = walk(api, "caseworker", f"{path}/events", 3, between=turn)
    assert [one["seq"] for one in longer] == [*range(1, len(longer) + 1)]
    assert longer[:7] == events


def test_alerts_users_organisations_and_policies_are_walked_without_gaps(crowd: Api) -> None:
    sweep(crowd.service)
    for who, path, key in (
        ("supervisor", "/alerts", "id"),
        ("supervisor-sd", "/users", "id"),
        ("supervisor-sd", "/users?role=caseworker", "id"),
        ("supervisor-sd", "/orgs", "code"),
        ("supervisor-sd", "/policies", "id"),
        ("supervisor-sd", "/policies?workflow=legal_aid", "id"),
    ):
        whole = [one[key] for one in walk(crowd, who, path, 200)]
        for limit in (1, 2, 5):
            assert [one[key] for one in walk(crowd, who, path, limit)] == whole, path
        assert len(set(whole)) == len(whole) > 1, path


def test_acknowledged_alerts_come_after_the_open_ones_and_paging_knows_it(crowd: Api) -> None:
    sweep(crowd.service)
    alerts = walk(crowd, "supervisor", "/alerts", 200)
    for alert in alerts[::2]:
        crowd.post("supervisor", f"/alerts/{alert['id']}/acknowledge", {})
    whole = walk(crowd, "supervisor", "/alerts", 200)
    assert sorted(ids(whole)) == sorted(ids(alerts))
    states = [one["acknowledged_at"] is not None for one in whole]
    assert states == sorted(states)
    assert {True, False} == set(states)
    assert ids(walk(crowd, "supervisor", "/alerts", 3)) == ids(whole)


def test_a_cursor_leads_on_only_in_the_query_that_gave_it(crowd: Api) -> None:
    one, other = crowd.get("caseworker", "/cases?state=under_review&state=granted&limit=2")["items"]
    lists = (
        "/cases?limit=1",
        "/cases?limit=1&sort=-opened_at",
        "/cases?limit=1&org=370100",
        "/cases?limit=1&open=true",
        "/cases?limit=1&phase=intake",
        "/cases?limit=1&phase=intake&phase=review",
        "/queue?limit=1",
        "/queue?limit=1&workflow=legal_aid",
        "/users?limit=1",
        "/policies?limit=1",
        "/policies?limit=1&workflow=legal_aid",
        "/workflows?limit=1",
        f"/cases/{one['id']}/events?limit=1",
        f"/cases/{other['id']}/events?limit=1",
        f"/cases/{one['id']}/clocks?limit=1",
        f"/cases/{one['id']}/transitions?limit=1",
    )
    who = "supervisor"
    cursors = {path: crowd.get(who, path)["next_cursor"] for path in lists}
    assert all(cursors.values())
    for path in lists:
        for origin, cursor in cursors.items():
            answer = crowd.call(who, "GET", f"{path}&cursor={cursor}")
            assert answer.status_code == (200 if origin == path else 422), (path, origin)
    cursor = cursors[lists[0]]
    for tampered in (cursor[:-3], cursor[3:], cursor[::-1], cursor.swapcase(), cursor + "AAAA"):
        answer = crowd.call(who, "GET", f"{lists[0]}&cursor={tampered}")
        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.get_json()["errors"]] == ["cursor"]


@pytest.fixture(scope="module")
def searched(crowd: Api) -> Case:
    """The case of somebody with a rare name, and what is secret of it."""
    example = crowd.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    applicant = example["applicant"] | {"name": "欧阳慕雪", "phone": "13987654321"}
    case = crowd.new_case(applicant=applicant, employer={"name": "Qilu%_Works（齐鲁示例）有限公司"})
    return {**case, "secret": applicant}


WORDS: Final = {
    "慕雪": True,
    "欧阳慕雪": True,
    "阳慕": True,
    "雪慕": False,
    "齐鲁示例": True,
    "qilu": True,
    "QILU%_works": True,
    "Qilu__Works": False,
    "Qilu%%Works": False,
    "欧阳 齐鲁": True,
    "欧阳 别处": False,
    "%": True,
    "\\": False,
    "{number}": True,
    "{serial}": True,
    "{identity}": True,
    " {identity} ": True,
    "{identity_spaced}": True,
    "{identity_small}": True,
    "{identity_17}": False,
    "{identity_birth}": False,
    "{identity_other}": False,
    "13987654321": True,
    "+86 139 8765 4321": True,
    "139-8765-4321": True,
    "1398765432": False,
    "87654321": False,
    "13987654322": False,
    "{phone_mask}": False,
}


@pytest.mark.parametrize("words", WORDS)
def test_a_case_is_found_by_its_names_and_by_whole_numbers_only(words: str, crowd: Api, searched: Case) -> None:
    identity = searched["secret"]["identity_number"]
    written = words.format(
        number=searched["number"],
        serial=searched["number"][-6:],
        identity=identity,
        identity_spaced=f"{identity[:6]} {identity[6:14]} {identity[14:]}",
        identity_small=identity.lower(),
        identity_17=identity[:17],
        identity_birth=identity[6:14],
        identity_other=f"{identity[:16]}{(int(identity[16]) + 1) % 10}{identity[17]}",
        phone_mask=searched["applicant"]["phone"],
    )
    found = ids(crowd.get("supervisor-sd", f"/cases?{urlencode({'q': written, 'limit': 200})}")["items"])
    assert (searched["id"] in found) == WORDS[words]


def test_after_a_correction_a_case_is_found_by_the_new_number_and_no_longer_by_the_old(api: Api) -> None:
    worker = {"name": "欧阳慕雪", "phone": "13987654321", "groups": ["migrant_worker"]}
    case = api.new_case(applicant=worker)
    path = f"/cases/{case['id']}"

    def found(number: str) -> bool:
        return bool(api.get("caseworker", f"/cases?q={number}")["items"])

    assert (found("13987654321"), found("13800138000")) == (True, False)
    changed = api.call(
        "caseworker", "PATCH", path, {"facts": {"applicant": {"phone": "13800138000"}}}, {"If-Match": '"1"'}
    )
    assert changed.status_code == 200
    assert (found("13987654321"), found("13800138000")) == (False, True)
    api.call("caseworker", "PATCH", path, {"facts": {"applicant": {"phone": None}}}, {"If-Match": '"2"'})
    assert (found("13987654321"), found("13800138000"), found("慕雪")) == (False, False, True)


def test_every_change_of_a_case_raises_its_tag_and_reading_does_not(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"
    tags = [api.call("caseworker", "GET", path).headers["ETag"]]
    for method, below, body in (
        ("POST", "/transitions/accept", {}),
        ("PATCH", "", {"facts": {"claimants": 4}}),
        ("POST", "/handover", {"to": str(api.ids["supervisor"]), "reason": "岗位调整"}),
    ):
        answer = api.call("caseworker", method, f"{path}{below}", body, {"If-Match": "*"})
        assert answer.status_code == 200
        assert answer.headers["ETag"] == f'"{answer.get_json()["version"]}"'
        tags.append(api.call("caseworker", "GET", path).headers["ETag"])
        assert tags[-1] == answer.headers["ETag"]
    assert tags == ['"1"', '"2"', '"3"', '"4"']
    api.post("caseworker", f"{path}/notes", {"text": "备注"})
    again = api.call(
        "caseworker", "GET", path, headers={"If-None-Match": '"4"', "If-Modified-Since": "Mon, 01 Jan 2035"}
    )
    assert (again.status_code, again.headers["ETag"]) == (200, '"4"')


def test_a_step_is_refused_when_the_case_has_moved_since_it_was_read(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/transitions/accept"
    assert api.call("caseworker", "POST", path, {}, {"If-Match": '"9"'}).status_code == 412
    assert api.call("caseworker", "POST", path, {}, {"If-Match": '"1"'}).status_code == 200
    stale = api.call("caseworker", "POST", f"/cases/{case['id']}/transitions/withdraw", {}, {"If-Match": '"1"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "stale")


# What is done with files is tried with a file: tests/api/test_files.py.
WRITING: Final = [
    (one.method, one.path)
    for one in ENDPOINTS
    if one.method != "GET" and one.path.startswith("/cases/<uuid:case_id>") and "/files" not in one.path
]


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_whatever_writes_to_a_case_is_refused_to_whoever_has_read_another_version(
    method: str, path: str, api: Api
) -> None:
    case = api.new_case()
    name = "auditor" if "/walls" in path else "accept"
    at = re.sub("<[^>]*name>", name, path.replace("<uuid:case_id>", case["id"]))
    if not path.endswith("/claim"):
        api.post("caseworker", "/queue/claim")
    if "party_id" in path:
        witness = {"role": "witness", "name": "王晓明"}
        party = api.post("caseworker", f"/cases/{case['id']}/parties", witness)["id"]
        at = at.replace("<uuid:party_id>", party)
    if path.endswith("<username>"):
        api.post("supervisor", f"/cases/{case['id']}/walls", {"username": name, "reason": "与当事人是亲属"})
    if path.endswith("/offers"):
        for decider, step in (("caseworker", "accept"), ("caseworker", "propose"), ("supervisor", "grant")):
            api.take(decider, case, step)
    version = api.get("caseworker", f"/cases/{case['id']}")["version"]
    who = "supervisor" if path.endswith("/override") or "/walls" in path else "caseworker"
    stale = api.call(who, method, at, NO_FORM_TAKES_THIS, {"If-Match": f'"{version + 1}"'})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "stale")
    fresh = api.call(who, method, at, NO_FORM_TAKES_THIS, {"If-Match": f'"{version}"'})
    assert fresh.status_code == 422
    assert api.get("caseworker", f"/cases/{case['id']}")["version"] == version


def test_a_case_is_claimed_by_itself_and_whose_it_is_already_is_told(api: Api) -> None:
    first, second = api.new_case(), api.new_case()
    mine = api.post("caseworker", f"/cases/{second['id']}/claim")
    assert (mine["owner"]["username"], mine["version"]) == ("caseworker", 2)
    assert api.get("caseworker", f"/cases/{first['id']}")["owner"] is None
    for who in ("caseworker", "supervisor"):
        refused = api.call(who, "POST", f"/cases/{second['id']}/claim", {})
        assert (refused.status_code, refused.get_json()["code"]) == (409, "not_now")
        assert "caseworker" in refused.get_json()["detail"]


def test_a_correction_merges_keeps_what_is_masked_and_removes_what_is_null(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"
    secrets = api.post("caseworker", f"{path}/disclosures", {"reason": "核对"})["values"]
    patch = {
        "applicant": {**case["facts"]["applicant"], "occupation": None, "work_unit": "示例一公司"},
        "employer": {"address": None},
        "claimants": 8,
        "demands": [],
    }
    changed = api.call("caseworker", "PATCH", path, {"facts": patch}, {"If-Match": '"1"'}).get_json()
    facts = changed["facts"]
    assert (facts["claimants"], facts["demands"], facts["applicant"]["work_unit"]) == (8, [], "***")
    assert "occupation" not in facts["applicant"]
    assert "address" not in facts["employer"]
    assert facts["employer"]["name"] == case["facts"]["employer"]["name"]
    assert facts["arrears"] == case["facts"]["arrears"]
    gone = {one: secrets.pop(one) for one in ("applicant.occupation", "applicant.work_unit", "employer.address")}
    replaced = {f"events.2.replaced.{one}": value for one, value in gone.items()}
    values = api.post("caseworker", f"{path}/disclosures", {"reason": "核对"})["values"]
    assert values == secrets | replaced | {"applicant.work_unit": "示例一公司"}
    assert api.get("caseworker", path) == changed | {"same_applicant": [], "papers_before": []}


@pytest.mark.parametrize(
    "facts",
    [
        {"applicant": None},
        {"matter": None},
        {"applicant": {"identity_number": "110101********1234"}},
        {"applicant": {"phone": "***"}},
        {"story": "****"[:3]},
        {"employment": {"ended_on": "2019-01-01"}},
        {"applicant": {"sex": "other"}},
        {"unheard_of": 1},
        {"applicant": {"unheard_of": None, "name": ""}},
    ],
)
def test_a_correction_that_leaves_the_facts_wrong_changes_nothing(facts: Any, crowd: Api, searched: Case) -> None:
    path = f"/cases/{searched['id']}"
    before = crowd.call("caseworker", "GET", path)
    answer = crowd.call("caseworker", "PATCH", path, {"facts": facts}, {"If-Match": before.headers["ETag"]})
    if facts == {"story": "***"}:
        assert (answer.status_code, answer.get_json()["facts"]["story"]) == (200, "***")
        return
    assert answer.status_code == 422, answer.text
    after = crowd.call("caseworker", "GET", path)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_after_the_decision_a_correction_needs_a_reason_that_is_kept(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "grant")
    body: dict[str, Any] = {"facts": {"claimants": 2}}
    refused = api.call("caseworker", "PATCH", path, body, {"If-Match": "*"})
    assert [fault["field"] for fault in refused.get_json()["errors"]] == ["reason"]
    assert api.call("caseworker", "PATCH", path, body | {"reason": "人数有误"}, {"If-Match": "*"}).status_code == 200
    last = api.get("caseworker", f"{path}/events")["items"][-1]
    assert (last["kind"], last["payload"]["given"]) == ("corrected", {"changed": {"claimants": 2}})
    kept = api.post("caseworker", f"{path}/disclosures", {"reason": "核对"})["values"]
    assert kept[f"events.{last['seq']}.reason"] == "人数有误"


def test_a_colleagues_case_is_corrected_by_a_supervisor_with_a_reason_and_by_no_other_clerk(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"
    api.take("caseworker", case, "accept")
    api.post("caseworker", f"{path}/handover", {"to": str(api.ids["supervisor"]), "reason": "岗位调整"})
    body: dict[str, Any] = {"facts": {"claimants": 2}}
    refused = api.call("caseworker", "PATCH", path, body | {"reason": "人数有误"}, {"If-Match": "*"})
    assert (refused.status_code, "supervisor" in refused.get_json()["detail"]) == (409, True)
    assert api.call("supervisor-sd", "PATCH", path, body, {"If-Match": "*"}).status_code == 422
    done = api.call("supervisor-sd", "PATCH", path, body | {"reason": "人数有误"}, {"If-Match": "*"})
    assert (done.status_code, done.get_json()["owner"]["username"]) == (200, "supervisor")


def test_a_correction_of_the_last_day_of_work_moves_the_limitation(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}"
    ended = date.fromisoformat(case["facts"]["employment"]["ended_on"])
    patch = {"employment": {"ended_on": str(ended + timedelta(days=15))}}
    changed = api.call("caseworker", "PATCH", path, {"facts": patch}, {"If-Match": "*"}).get_json()
    [before] = [clock for clock in case["clocks"] if clock["name"] == "limitation"]
    [after] = [clock for clock in changed["clocks"] if clock["name"] == "limitation" and not clock["ended_at"]]
    # Fifteen days later, give or take the holidays over which a year's last day rolls.
    assert timedelta(days=5) < at(after["due_at"]) - at(before["due_at"]) < timedelta(days=26)


def test_a_queue_is_in_the_order_of_urgency(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    said = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "facts": facts, "duplicate_reason": "示例"}
    late = api.post("caseworker", "/cases", said)["id"]
    api.days_pass(1)
    later = api.post("caseworker", "/cases", said | {"urgent": False})["id"]
    urgent = api.post("caseworker", "/cases", said | {"urgent": True})["id"]
    order = [urgent, late, later]
    assert ids(api.get("caseworker", "/queue")["items"]) == order
    assert ids(walk(api, "caseworker", "/queue", 1)) == order
    assert [api.post("caseworker", "/queue/claim", {})["id"] for _ in order] == order
    assert ids(api.get("caseworker", "/queue")["items"]) == order
    assert api.call("supervisor", "POST", "/queue/claim", {}).status_code == 204


@pytest.mark.parametrize("part", [{"workflow": "hardship_aid"}, {"org": "370200"}, {"phase": "review"}])
def test_a_claim_takes_only_from_the_part_of_the_queue_that_was_named(part: Any, crowd: Api) -> None:
    answer = crowd.call("supervisor", "POST", "/queue/claim", part)
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_case_is_not_transferred_to_where_nobody_works(api: Api) -> None:
    case = api.take("caseworker", api.new_case(), "accept")
    needed = api.needs("caseworker", case, "transfer")["examples"][0]
    with api.service.transaction() as tx:
        tx.db.run("update users set active = false where org_id = (select id from orgs where code = '370200')")
    assert api.needs("caseworker", case, "transfer")["examples"][0]["to_org"] == "370000"
    answer = api.call("caseworker", "POST", f"/cases/{case['id']}/transitions/transfer", needed | {"to_org": "370200"})
    assert (answer.status_code, [error["code"] for error in answer.json["errors"]]) == (422, ["nobody_works_there"])
    assert api.take("caseworker", case, "transfer")["org"] == "370000"


def test_a_correction_ends_the_haste_of_a_slip_but_not_what_staff_marked(api: Api) -> None:
    slip = api.new_case(preservation_needed=True)
    assert slip["urgent"]
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0] | {"preservation_needed": True}
    new = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts, "urgent": True}
    marked = api.post("caseworker", "/cases", new)
    for case, urgent in ((slip, False), (marked, True)):
        patched = api.call(
            "caseworker",
            "PATCH",
            f"/cases/{case['id']}",
            {"facts": {"preservation_needed": None}},
            {"If-Match": f'"{case["version"]}"'},
        )
        assert (patched.status_code, patched.json["urgent"]) == (200, urgent)


def test_a_trace_says_that_a_first_day_follows_from_an_unpublished_year(api: Api) -> None:
    left = {
        "employment": {"started_on": "2023-05-08", "ended_on": "2026-01-09"},
        "arrears": [{"month": "2025-12", "amount": "6500.00"}],
        "previous_steps": [],
    }
    case = api.new_case(**left)
    clocks = {one["name"]: one for one in api.get("caseworker", f"/cases/{case['id']}/clocks")["items"]}
    assert {name: clocks[name]["provisional"] for name in ("limitation", "urgency", "review_by_law")} == {
        "limitation": True,
        "urgency": True,
        "review_by_law": False,
    }
    for name in ("limitation", "urgency"):
        assert [line["kind"] for line in clocks[name]["trace"]].count("provisional") == 1
    assert "first day follows" in clocks["urgency"]["trace"][0]["text"]


def test_whoever_is_named_is_named_by_id_or_by_username(api: Api) -> None:
    case = api.new_case()
    at_case = f"/cases/{case['id']}"
    api.take("caseworker", case, "accept")
    to = {"to": "supervisor", "reason": "leave"}
    assert api.post("caseworker", f"{at_case}/handover", to)["owner"]["username"] == "supervisor"
    to = {"to": str(api.ids["caseworker"]), "reason": "back"}
    assert api.post("supervisor", f"{at_case}/handover", to)["owner"]["username"] == "caseworker"
    for nobody in ("nobody.here", str(uuid4()), "lawyer", "caseworker-qd"):
        answer = api.call("caseworker", "POST", f"{at_case}/handover", {"to": nobody, "reason": "leave"})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "to")
    api.take("supervisor", case, "grant")
    for nobody in ("nobody.here", "lawyer-qd", "caseworker"):
        answer = api.call("caseworker", "POST", f"{at_case}/transitions/assign", {"to": nobody})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "to"), answer.text
    assert api.take("caseworker", case, "assign", to="volunteer")["assignee"]["username"] == "volunteer"
    kept = [one["payload"]["given"] for one in api.get("caseworker", f"{at_case}/events")["items"][-1:]]
    assert [one["to"] for one in kept] == [str(api.ids["volunteer"])]


def test_what_time_alone_takes_is_offered_to_nobody_and_refused_with_a_sentence(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/transitions"
    for name in ("accept", "ask_for_papers"):
        api.take("caseworker", case, name)
    for who in ("caseworker", "supervisor", "auditor"):
        offered = {one["name"] for one in api.get(who, path)["items"]}
        assert "supply_papers" in offered
        assert not {"lapse", "turn_urgent"} & offered
    for name in ("lapse", "turn_urgent"):
        answer = api.call("supervisor", "POST", f"{path}/{name}", {})
        assert (answer.status_code, answer.get_json()["detail"]) == (
            403,
            "This happens by itself when its time limit runs out; nobody can or need do it.",
        )
