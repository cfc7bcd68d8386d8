"""The pages of figures show what the reports count, each number opens as many cases, and the file says the same."""

import csv
import re
from datetime import datetime
from html import unescape
from io import StringIO
from math import log10
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.records.people import by_username
from casework.rules.people import Actor
from casework.rules.text import Text
from casework.web.charts import axis, bars, columns
from casework.work import figures, reports
from tests.web.conftest import Pages, Visitor

WHO = ["supervisor-sd", "supervisor", "auditor", "caseworker"]
ADDRESSES = [
    "/reports",
    "/reports?month=2026-10",
    "/reports/sla",
    "/reports/sla?by=owner&first=2026-05&last=2026-06",
    "/reports/sla?by=clock&workflow=legal_aid",
    "/reports/sla?by=org",
    "/reports/ageing",
    "/reports/ageing?workflow=hardship_aid",
    "/reports/workload",
    "/reports/funnel?first=2026-03&last=2026-10",
]
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(?:<a href=\"([^\"]*)\">)?(.*?)(?:</a>)?</t[hd]>", re.DOTALL)


def rows_of(text: str) -> list[list[tuple[str, str]]]:
    """The table of a report: each cell as what it says and where it leads."""
    [table] = re.findall(r'<table class="mini card wide figures">(.*?)</table>', text, re.DOTALL)
    return [[(unescape(said), unescape(at)) for at, said in _CELL.findall(row)] for row in _ROW.findall(table)]


def cases_behind(visitor: Visitor, address: str) -> set[str]:
    """The numbers of all cases of a list, page by page."""
    found: set[str] = set()
    further: str | None = address
    while further:
        answer = visitor.get(further)
        assert answer.status_code == 200, answer.text
        found |= set(re.findall(r'<a href="/cases/([A-Z]+-\d{4}-\d+)(?:\?[^"]*)?">', answer.text))
        more = re.search(r'class="more"><a class="button quiet" href="([^"]+)"', answer.text)
        further = unescape(more[1]) if more else None
    return found


def as_user(pages: Pages, tx: Any, who: str) -> Any:
    found = by_username(tx.db, who)
    assert found is not None
    tx.actor = Actor(found[0].role, found[0])
    return tx


@pytest.mark.parametrize("address", ["/reports?month=2026-10", "/reports/ageing", "/reports/workload"])
@pytest.mark.parametrize("who", ["supervisor", "auditor"])
def test_each_number_of_cases_opens_as_many(pages: Pages, who: str, address: str) -> None:
    visitor = pages.signed_in(who)
    opened = 0
    for row in rows_of(visitor.get(address).text)[1:]:
        for said, leads_to in row:
            if leads_to.startswith("/cases?"):
                assert len(cases_behind(visitor, leads_to)) == int(said), (row, leads_to)
                opened += 1
            elif not leads_to and said.isdigit():
                assert said == "0", row
    assert opened > 3


def test_what_helpers_have_in_hand_is_for_those_who_may_compare_people(pages: Pages) -> None:
    visitor = pages.signed_in("supervisor")
    rows = rows_of(visitor.get("/reports/helpers").text)[1:]
    behind = [(said, leads_to) for row in rows for said, leads_to in row[2:4] if leads_to]
    assert behind
    for said, leads_to in behind[:3]:
        assert len(cases_behind(visitor, leads_to)) == int(said)
    caseworker = pages.signed_in("caseworker")
    assert caseworker.get("/reports/helpers").status_code == 403
    assert "/reports/helpers" not in caseworker.get("/reports/workload").text


def test_each_number_of_the_funnel_opens_as_many(pages: Pages) -> None:
    visitor = pages.signed_in("supervisor")
    for row in rows_of(visitor.get("/reports/funnel?first=2026-03&last=2026-10").text)[1:]:
        for said, leads_to in row:
            if leads_to:
                assert len(cases_behind(visitor, leads_to)) == int(said), row


@pytest.mark.parametrize("by", ["month", "org", "clock", "owner", "workflow"])
def test_the_numbers_of_clocks_open_the_cases_behind_them(pages: Pages, by: str) -> None:
    visitor = pages.signed_in("supervisor")
    span = {"start": datetime.fromisoformat("2026-09-01T00:00:00+08:00")}
    span["end"] = datetime.fromisoformat("2026-11-01T00:00:00+08:00")
    table = rows_of(visitor.get(f"/reports/sla?by={by}&first=2026-09&last=2026-10").text)[1:-1]
    with pages.service.transaction() as tx:
        as_user(pages, tx, "supervisor")
        expected = reports.sla(tx, group_by=(by,), **span)["rows"]
        behind = [
            {
                standing: {one.number for one in reports.drill_down(tx, row, **span, standings=(standing,), limit=500)}
                for standing in ("met", "breached", "open")
            }
            for row in ({by: row[by]} for row in expected)
        ]
    assert len(table) == len(expected) > 0
    for cells, row, numbers in zip(table, expected, behind, strict=True):
        assert [said for said, _ in cells[1:5]] == [str(row[name]) for name in ("started", "met", "breached", "open")]
        for (said, leads_to), standing in zip(cells[2:5], ("met", "breached", "open"), strict=True):
            assert (cases_behind(visitor, leads_to) if leads_to else set()) == numbers[standing], (cells, said)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", WHO)
def test_the_file_says_what_the_page_says(pages: Pages, who: str, address: str) -> None:
    visitor = pages.signed_in(who)
    page = visitor.get(address)
    assert page.status_code == 200
    answer = visitor.get(f"{address}{'&' if '?' in address else '?'}format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ".csv" in answer.headers["Content-Disposition"]
    assert answer.text.startswith("\ufeff")
    found = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    shown = [[said for said, _ in row] for row in rows_of(page.text) if len(row) > 1]
    assert found == shown
    for figure in re.findall(r"<figure.*?</figure>", page.text, re.DOTALL):
        assert 'role="img"' in figure
        ids = re.search(r'aria-labelledby="(\S+) (\S+)"', figure)
        assert ids is not None
        assert f'<title id="{ids[1]}">' in figure
        assert f'<desc id="{ids[2]}">' in figure


def test_a_caseworker_sees_the_own_figures_and_a_median_without_names(pages: Pages) -> None:
    with pages.service.transaction() as tx:
        as_user(pages, tx, "caseworker")
        found = figures.workload(tx)
        name = tx.person.name
    rows = rows_of(pages.signed_in("caseworker").get("/reports/workload").text)[1:]
    assert [row[0][0] for row in rows] == [name, "合计"]
    assert rows[0][2][0] == str(found["total"]["open"])


@pytest.mark.parametrize(
    "address",
    [
        "/reports/sla?by=state",
        "/reports/sla?first=2026-13",
        "/reports?org=nowhere",
        "/reports/funnel/cases",
        "/reports/x",
    ],
)
def test_what_cannot_be_asked_is_refused(pages: Pages, address: str) -> None:
    assert pages.signed_in("supervisor").get(address).status_code in (404, 422)


def test_a_list_that_a_link_has_narrowed_says_so_and_keeps_it(pages: Pages) -> None:
    text = pages.signed_in("supervisor").get("/cases?opened_from=2026-10-01&owner=none&state=submitted").text
    assert "登记自：<b>2026-10-01</b>" in text
    assert "经办：<b>无人经办</b>" in text
    assert '<input type="hidden" name="opened_from" value="2026-10-01">' in text


@given(st.floats(0, 1e7) | st.integers(0, 10**7).map(float), st.booleans())
def test_an_axis_ends_on_a_round_number_that_nothing_exceeds(most: float, whole: bool) -> None:
    ticks = axis(most, whole=whole)
    step = ticks[1]
    assert ticks[0] == 0
    assert ticks[-1] >= most * (1 - 1e-6)
    assert ticks[-1] - step < max(most, step)
    assert 2 <= len(ticks) <= 6
    assert round(step / 10 ** int(log10(step) // 1), 6) in (1, 2, 5, 10)
    assert not whole or all(tick == int(tick) for tick in ticks)


@given(st.lists(st.lists(st.integers(0, 900), min_size=3, max_size=3), max_size=12))
def test_what_is_drawn_is_as_long_as_it_is_much_and_stays_within(stacks: list[list[int]]) -> None:
    names = [Text(str(at), str(at)) for at in range(len(stacks))]
    pieces = [list(zip(("met", "open", "breached"), stack, strict=True)) for stack in stacks]
    standing, lying = columns(names, pieces), bars(names, pieces, line=3)
    for chart, size in ((standing, "height"), (lying, "width")):
        sums = [value for stack in stacks for value in stack if value]
        assert len(chart.pieces) == len(sums)
        for piece in chart.pieces:
            assert piece.x >= 0
            assert piece.y >= 0
            assert piece.x + piece.width <= chart.width + 0.2
            assert piece.y + piece.height <= chart.height
        if sums:
            most = max(range(len(sums)), key=sums.__getitem__)
            longest = getattr(chart.pieces[most], size)
            for value, piece in zip(sums, chart.pieces, strict=True):
                assert abs(getattr(piece, size) - longest * value / sums[most]) < 0.2
