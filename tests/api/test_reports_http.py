"""The cases behind a row of the SLA report, by the addresses that people use."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.conftest import Api

SPAN = {"from": "2026-01-01", "to": "2027-01-01"}
STANDINGS = ("met", "breached", "open", "cancelled")


@pytest.fixture
def office(api: Api) -> Api:
    """Clocks that were kept, that are late and that were cancelled; cases with an owner and without, of two cities."""
    granted, late, withdrawn = (api.new_case() for _ in range(3))
    api.new_case("caseworker-qd", "370200")
    api.take("caseworker", granted, "accept")
    api.take("supervisor", granted, "grant")
    api.take("caseworker", late, "accept")
    api.take("caseworker", withdrawn, "withdraw")
    api.days_pass(40)
    api.new_case()
    return api


def pages(api: Api, who: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every case of the list, in pages of two."""
    path = f"/reports/sla/cases?{urlencode(SPAN | asked | {'limit': 2})}"
    while path:
        answer = api.call(who, "GET", path)
        assert answer.status_code == 200, answer.text
        said = answer.get_json()
        yield from said["items"]
        more = said["next_cursor"]
        assert (more is None) == ("Link" not in answer.headers)
        path = f"/reports/sla/cases?{urlencode(SPAN | asked | {'limit': 2, 'cursor': more})}" if more else ""


def standing(clock: dict[str, Any]) -> str:
    if clock["status"] == "cancelled":
        return "cancelled"
    return "breached" if clock["overdue"] else "met" if clock["ended_at"] else "open"


def counted(api: Api, case: dict[str, Any], row: dict[str, Any]) -> Counter[str]:
    """How many clocks of the case are counted by the row, by where they stand."""
    return Counter(
        standing(clock)
        for clock in api.get("supervisor-sd", f"/cases/{case['id']}")["clocks"]
        if clock["owed_by"] in ("office", "helper")
        and (clock["name"], clock["started_at"][:7]) == (row["clock"], row["month"])
    )


@pytest.mark.parametrize("who", ["supervisor", "auditor", "supervisor-sd"])
def test_the_cases_behind_each_row_have_as_many_clocks_as_it_counts(who: str, office: Api) -> None:
    groups = "workflow,org,clock,month,owner"
    report = office.get(who, f"/reports/sla?{urlencode(SPAN | {'group_by': groups})}")
    assert {row["owner"] for row in report["rows"]} >= {"", "caseworker"}
    for row in report["rows"]:
        keys = {name: row[name] for name in ("workflow", "clock", "month", "owner")} | {"exact_org": row["org"]}
        for wanted in STANDINGS:
            found = list(pages(office, who, keys | {"standing": wanted}))
            assert sum(counted(office, case, row)[wanted] for case in found) == row[wanted], (row, wanted)
        started = list(pages(office, who, keys))
        by_standing = sum((counted(office, case, row) for case in started), Counter[str]())
        assert by_standing.total() - by_standing["cancelled"] == row["started"]


def test_the_cases_come_by_their_ids_each_once(office: Api) -> None:
    ids = [case["id"] for case in pages(office, "supervisor-sd", {"standing": "met,breached, open,cancelled"})]
    assert ids == sorted(set(ids))
    assert set(ids) == {case["id"] for case in office.get("supervisor-sd", "/cases")["items"]}


def test_an_organisation_is_taken_with_those_below_it_and_exactly_only_by_itself(office: Api) -> None:
    below = {case["org"] for case in pages(office, "supervisor-sd", {"org": "370000"})}
    assert below == {"370100", "370200"}
    assert list(pages(office, "supervisor-sd", {"exact_org": "370000"})) == []
    assert {case["org"] for case in pages(office, "supervisor-sd", {"exact_org": "370200"})} == {"370200"}


def test_nobody_is_an_owner_that_one_can_ask_for(office: Api) -> None:
    unowned = list(pages(office, "supervisor", {"owner": "", "standing": "open"}))
    assert [case["owner"] for case in unowned] == [None]
    owned = list(pages(office, "supervisor", {"owner": "caseworker"}))
    assert {case["owner"]["username"] for case in owned} == {"caseworker"}
    assert len(list(pages(office, "supervisor", {}))) > len(owned)


def test_only_those_who_pull_the_report_see_the_cases_behind_it(office: Api) -> None:
    for who, status in (("lawyer", 403), ("administrator", 403), ("supervisor-qd", 200)):
        answer = office.call(who, "GET", f"/reports/sla/cases?{urlencode(SPAN)}")
        assert answer.status_code == status
    assert {case["org"] for case in answer.get_json()["items"]} == {"370200"}


def test_a_caseworker_pulls_the_own_figures_and_nobody_else_s(office: Api) -> None:
    span = urlencode(SPAN | {"group_by": "owner"})
    everybody = {row["owner"]: row for row in office.get("supervisor", f"/reports/sla?{span}")["rows"]}
    own = office.get("caseworker", f"/reports/sla?{span}")
    assert own["rows"] == [everybody["caseworker"]]
    assert own["total"]["started"] == everybody["caseworker"]["started"] > 0
    assert {*everybody} > {"caseworker"}
    for asked in ({}, {"owner": "supervisor"}, {"owner": ""}):
        told = "owner" in asked
        assert [case["owner"]["username"] for case in pages(office, "caseworker", asked)] == (
            [] if told else [case["owner"]["username"] for case in pages(office, "supervisor", {"owner": "caseworker"})]
        )
    assert office.get("caseworker-qd", f"/reports/sla?{span}")["total"]["started"] == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"standing": "late"}, "standing"),
        ({"owed_by": "nobody"}, "owed_by"),
        ({"org": "370200"}, "org"),
        ({"workflow": "unheard_of"}, "workflow"),
        ({"group_by": "org"}, "group_by"),
        ({"to": "2025-01-01"}, "to"),
        ({"cursor": "nonsense"}, "cursor"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(asked: dict[str, str], field: str, office: Api) -> None:
    answer = office.call("supervisor", "GET", f"/reports/sla/cases?{urlencode(SPAN | asked)}")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [field]
