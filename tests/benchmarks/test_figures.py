"""The arithmetic of a run and the table that shows it, without a server."""

import pytest

from benchmarks.figures import HEADS, Plain, Round, Row, cells, growth, markdown, table

FAST = Round(400, 20, 60, 1500, 300, 0.02, bare=16_000, own=4_000, reference=8_000)
SLOW = Round(300, 80, 90, 1500, 300, 0.02, bare=1_000, own=1_000, reference=500)
MIDDLE = Round(200, 40, 70, 1500, 300, 0.02, bare=3_000, own=1_500, reference=1_000)
ROW = Row("private 18", 1_000, "open", "open a case", 4, (FAST, SLOW, MIDDLE))


def test_the_ideal_is_a_bare_view_and_our_own_statements_one_after_the_other() -> None:
    assert FAST.ideal == pytest.approx(3_200)
    assert FAST.of_ideal == pytest.approx(0.125)
    assert FAST.own_of_reference == pytest.approx(0.5)


def test_a_ratio_is_taken_within_each_round_and_then_the_middle_one() -> None:
    assert [round(one.of_ideal, 3) for one in ROW.rounds] == [0.125, 0.6, 0.2]
    assert ROW.middle(lambda one: one.of_ideal) == pytest.approx(0.2)  # the medians' ratio is 300/1000
    assert ROW.middle(lambda one: one.ours) == 300
    assert ROW.middle(lambda one: one.own_of_reference) == pytest.approx(1.5)


def test_what_has_no_reference_has_no_share_of_it() -> None:
    alone = Round(400, 20, 60, 1500, 300, 0.02, bare=16_000, own=4_000)
    row = Row("private 18", 1_000, "list", "list", 2, (alone,))
    assert alone.own_of_reference is None
    assert row.middle(lambda one: one.own_of_reference) is None
    assert dict(zip(HEADS, cells(row), strict=True))["P/R"] == "–"


def test_a_row_shows_its_medians() -> None:
    shown = dict(zip(HEADS, cells(ROW), strict=True))
    assert shown["cases"] == "1,000"
    assert (shown["ours/s"], shown["p50 ms"], shown["p99 ms"], shown["stmts"]) == ("300", "40.0", "70.0", "4")
    assert (shown["F/s"], shown["P/s"], shown["R/s"], shown["H/s"]) == ("3,000", "1,500", "1,000", "1,000")
    assert (shown["us/H"], shown["P/R"], shown["gen"]) == ("0.20", "1.50", "2 %")


def test_the_table_has_a_column_for_each_head_and_its_figures_stand_under_each_other() -> None:
    swept = Plain("private 18", 12_000, "sweep_one", "a due clock", 4_321.0, own=9_000.0)
    head, *lines = table([ROW, swept]).splitlines()
    assert head.split()[:3] == ["server", "cases", "operation"]
    ends = head.index("ours/s") + len("ours/s")
    assert [line[:ends].split()[-1] for line in lines] == ["300", "4,321"]
    assert len(cells(swept)) == len(cells(ROW)) == len(HEADS)


def test_growth_is_the_share_of_its_rate_that_an_operation_keeps_on_the_same_server() -> None:
    def row(server: str, cases: int, ours: float) -> Row:
        return Row(server, cases, "open", "open", 4, (Round(ours, 1, 1, 1, 1, 0, bare=1, own=1),))

    rows = [row("private 18", 1_000, 200), row("system 15", 1_000, 100), row("private 18", 10_000, 150)]
    assert growth(rows) == {("private 18", "open"): 0.75}


def test_a_table_of_a_page_has_its_figures_to_the_right() -> None:
    page = markdown(("operation", "rate"), [("open", "200")], 1)
    assert page.splitlines() == ["| operation | rate |", "| --- | ---: |", "| open | 200 |"]
