"""The SLA report counts what it says it counts."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations, count
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.records.reports import KEYS
from casework.rules.refusals import Invalid, NotYours
from casework.work import cases, reports
from casework.work.report_table import as_table, width
from casework.work.service import Service
from tests.rewriting import rewrite
from tests.work.offices import Province, local, shandong

COUNTS = ("started", "met", "breached", "open", "cancelled")


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def counts(figures: dict[str, Any]) -> tuple[int, ...]:
    """Started, met, breached, open, cancelled."""
    return tuple(figures[name] for name in COUNTS)


def by(report: dict[str, Any], *keys: str) -> dict[Any, tuple[int, ...]]:
    """The counts of the rows by their keys."""
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: counts(row) for row in report["rows"]}


def test_a_review_in_time_is_met_and_the_clock_that_follows_it_is_open(province: Province) -> None:
    case = province.open_case("li")
    province.days_pass(1)
    province.grant("li", "zhao", case)

    report = province.report("zhao", group_by=("clock",))

    assert by(report, "clock") == {
        "assignment": (1, 0, 0, 1, 0),
        "review": (1, 1, 0, 0, 0),
        "review_by_law": (1, 1, 0, 0, 0),
    }
    assert counts(report["total"]) == (3, 2, 0, 1, 0)


def test_a_review_that_nobody_has_ended_is_breached_as_soon_as_it_is_late(province: Province) -> None:
    province.open_case("li")
    assert counts(province.report("zhao")["total"]) == (1, 0, 0, 1, 0)

    province.days_pass(20)

    report = province.report("zhao")
    assert counts(report["total"]) == (1, 0, 1, 0, 0)
    assert report["total"]["breach_rate"] == 1.0
    assert report["total"]["median_working_hours"] is None, "nothing has ended, so nothing took any time"


def test_a_review_that_ended_late_is_breached(province: Province) -> None:
    case = province.open_case("li")
    province.take("li", case, "accept")
    province.days_pass(20)
    province.take("zhao", case, "grant", {"form_of_aid": "litigation"})

    assert by(province.report("zhao", group_by=("clock",)), "clock") == {
        "assignment": (1, 0, 0, 1, 0),
        "review": (1, 0, 1, 0, 0),
        "review_by_law": (1, 0, 1, 0, 0),
    }


def test_a_clock_that_ended_exactly_at_its_due_time_is_met_and_one_microsecond_later_is_breached(
    province: Province,
) -> None:
    case = province.open_case("li")
    province.grant("li", "zhao", case)

    province.change_clock(case, "review", "ended_at = due_at")
    assert by(province.report("zhao", group_by=("clock",)), "clock")["review"] == (1, 1, 0, 0, 0)

    province.change_clock(case, "review", "ended_at = due_at + interval '1 microsecond'")
    assert by(province.report("zhao", group_by=("clock",)), "clock")["review"] == (1, 0, 1, 0, 0)


def test_an_open_clock_is_not_late_at_its_due_time_but_one_microsecond_after_it(province: Province) -> None:
    case = province.open_case("li")
    with province.service.transaction(province.actor("zhao")) as tx:
        for early, standing in ((timedelta(), "open"), (timedelta(microseconds=1), "breached")):
            tx.db.run("update clocks set due_at = :due where case_id = :case", due=tx.now - early, case=case)
            total = reports.sla(tx, start=tx.now - timedelta(days=1), end=tx.now + timedelta(days=1))["total"]
            assert (total["started"], total[standing]) == (1, 1)


def test_what_was_cancelled_in_time_is_counted_apart_and_is_neither_started_nor_timed(province: Province) -> None:
    early, late = province.open_case("li"), province.open_case("li")
    province.days_pass(1)
    province.take("li", early, "withdraw", {"reason": "已自行和解"})

    total = province.report("zhao")["total"]
    assert counts(total) == (1, 0, 0, 1, 1)
    assert (total["breach_rate"], total["median_working_hours"]) == (None, None)

    province.days_pass(30)
    province.take("li", late, "withdraw", {"reason": "已自行和解"})
    assert counts(province.report("zhao")["total"]) == (1, 0, 1, 0, 1), "late stays late, however the case ends"


def test_a_paused_review_is_open_however_long_the_papers_take(province: Province) -> None:
    case = province.open_case("li")
    province.take("li", case, "ask_for_papers", {"papers": ["工资流水"]})
    province.days_pass(60)

    assert counts(province.report("zhao")["total"]) == (1, 0, 0, 1, 0)


def test_a_pause_is_no_working_time(province: Province) -> None:
    case = province.open_case("li")
    province.time_is(local("2026-03-02 11:00"))
    province.take("li", case, "ask_for_papers", {"papers": ["工资流水"]})
    province.time_is(local("2026-03-09 10:00"))
    province.take("li", case, "supply_papers", {"papers": [{"name": "工资流水", "copies": 1}]})
    province.time_is(local("2026-03-09 11:30"))
    province.take("zhao", case, "grant", {"form_of_aid": "litigation"})

    rows = {row["clock"]: row for row in province.report("zhao", group_by=("clock",))["rows"]}
    assert rows["review_by_law"]["median_working_hours"] == 3.5
    assert rows["review"]["median_working_hours"] == 1.5


def test_only_what_the_office_and_its_helpers_owe_counts_unless_asked(province: Province) -> None:
    case = province.open_case("li", previous_steps=[])
    province.take("li", case, "ask_for_papers", {"papers": ["工资流水"]})

    assert set(by(province.report("zhao", group_by=("clock",)), "clock")) == {"review_by_law"}
    asked = province.report(
        "zhao", start="2025-01-01", end="2028-01-01", group_by=("clock",), owed_by=("applicant", "outside")
    )
    assert set(by(asked, "clock")) == {"papers", "limitation", "urgency"}


def test_an_ended_clock_stays_with_its_owner_and_an_open_one_goes_with_the_case(province: Province) -> None:
    case = province.open_case("li")
    province.grant("li", "zhao", case)
    with province.service.transaction(province.actor("li")) as tx:
        cases.hand_over(tx, case, {"to": str(province.people["wang"].id), "reason": "休假"})

    assert by(province.report("zhao", group_by=("owner", "clock")), "owner", "clock") == {
        ("li", "review"): (1, 1, 0, 0, 0),
        ("li", "review_by_law"): (1, 1, 0, 0, 0),
        ("wang", "assignment"): (1, 0, 0, 1, 0),
    }


def test_a_case_that_nobody_owns_has_an_empty_owner_in_the_report(province: Province) -> None:
    unowned, taken = province.open_case("li"), province.open_case("li")
    with province.service.transaction(province.actor("wang")) as tx:
        cases.claim(tx, taken, {})

    report = province.report("zhao", group_by=("owner",))

    assert [(row["owner"], row["open"]) for row in report["rows"]] == [("", 1), ("wang", 1)]
    assert province.cases_behind("zhao", {"owner": ""}) == [unowned]
    assert province.cases_behind("zhao", {"owner": "wang"}) == [taken]


def test_an_ended_clock_stays_with_its_office_and_an_open_one_goes_with_the_case(province: Province) -> None:
    case = province.open_case("li")
    province.grant("li", "zhao", case)
    with province.service.transaction() as tx:
        rewrite(
            tx.db,
            "update cases set org_id = (select id from orgs where code = '370200'), owner_id = null where id = :case",
            case=case,
        )

    report = province.report("zhou", group_by=("org",))

    assert by(report, "org") == {"370100": (2, 2, 0, 0, 0), "370200": (1, 0, 0, 1, 0)}
    assert counts(province.report("zhou", org="370200")["total"]) == (1, 0, 0, 1, 0)
    assert counts(province.report("zhao")["total"]) == (0, 0, 0, 0, 0), "Jinan no longer sees the case"


def test_each_city_counts_its_own_cases_and_the_province_counts_both(province: Province) -> None:
    province.open_case("li")
    province.open_case("wang")
    province.open_case("sun", "370200")

    def seen(username: str, **asked: Any) -> dict[Any, tuple[int, ...]]:
        return by(province.report(username, group_by=("org",), **asked), "org")

    assert seen("zhao") == seen("auditor") == {"370100": (2, 0, 0, 2, 0)}
    assert seen("zhou") == {"370200": (1, 0, 0, 1, 0)}
    assert seen("province") == seen("province", org="370000") == seen("zhao") | seen("zhou")
    assert seen("province", org="370200") == seen("zhou")


def test_a_report_on_one_workflow_leaves_the_others_out(province: Province) -> None:
    [_, other] = [province.open_case("li") for _ in range(2)]
    with province.service.transaction() as tx:
        rewrite(tx.db, "update cases set workflow = 'hardship_aid' where id = :other", other=other)

    rows = by(province.report("zhao", group_by=("workflow",)), "workflow")
    assert rows == {"hardship_aid": (1, 0, 0, 1, 0), "legal_aid": (1, 0, 0, 1, 0)}
    assert counts(province.report("zhao", workflow="legal_aid")["total"]) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("username", ["lawyer", "volunteer", "administrator"])
def test_only_staff_and_auditors_pull_reports(province: Province, username: str) -> None:
    with pytest.raises(NotYours):
        province.report(username)
    with pytest.raises(NotYours):
        province.cases_behind(username, {})


def test_a_month_is_the_month_of_the_office(province: Province) -> None:
    province.time_is(datetime.fromisoformat("2026-01-31T16:30:00+00:00"))
    province.open_case("li")

    assert set(by(province.report("zhao", group_by=("month",)), "month")) == {"2026-02"}
    february = province.report("zhao", start="2026-02-01", end="2026-03-01")
    assert (february["from"], february["to"]) == ("2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00")
    assert counts(february["total"]) == (1, 0, 0, 1, 0)


def test_a_clock_that_starts_with_the_span_counts_and_one_that_starts_with_its_end_does_not(
    province: Province,
) -> None:
    case = province.open_case("li")
    start = local("2026-05-01 00:00")
    province.change_clock(case, "review_by_law", "started_at = :start", start=start)

    assert counts(province.report("zhao", start="2026-05-01", end="2026-05-02")["total"])[0] == 1
    assert counts(province.report("zhao", start="2026-04-30", end="2026-05-01")["total"])[0] == 0


def test_the_total_is_the_sum_of_the_rows_whatever_they_are_grouped_by(province: Province) -> None:
    withdrawn, late, granted = province.open_case("li"), province.open_case("wang"), province.open_case("li")
    province.take("wang", late, "accept")
    province.take("li", withdrawn, "withdraw", {"reason": "已自行和解"})
    province.open_case("sun", "370200")
    province.days_pass(30)
    province.grant("li", "zhao", granted)
    province.open_case("sun", "370200")

    expected = province.report("province")["total"]
    assert counts(expected) == (7, 1, 4, 2, 1)
    for size in range(len(KEYS) + 1):
        for group_by in combinations(KEYS, size):
            report = province.report("province", group_by=group_by)
            assert report["total"] == expected
            assert tuple(map(sum, zip(*map(counts, report["rows"]), strict=True))) == counts(expected)
            assert all(row["started"] == row["met"] + row["breached"] + row["open"] for row in report["rows"])
            keys = [tuple(row[key] for key in group_by) for row in report["rows"]]
            assert keys == sorted(set(keys)), "every group once, in order, nobody first"
            assert all(list(row)[: len(group_by)] == list(group_by) for row in report["rows"])


def test_an_empty_report_has_no_rows_and_a_total_of_nothing(province: Province) -> None:
    province.open_case("li")

    for group_by in ((), ("workflow", "owner")):
        report = province.report("zhao", start="2025-01-01", end="2026-01-01", group_by=group_by)
        assert report["rows"] == []
        assert counts(report["total"]) == (0, 0, 0, 0, 0)
        assert report["total"]["breach_rate"] is None
        assert report["total"]["p90_working_hours"] is None


def test_the_answer_is_json_with_times_at_the_offset_of_the_office(province: Province) -> None:
    province.open_case("li")
    report = province.report("zhao", group_by=("workflow", "org"))

    assert json.loads(json.dumps(report)) == report
    assert list(report) == ["as_of", "zone", "from", "to", "rows", "total"]
    assert (report["zone"], report["from"]) == ("Asia/Shanghai", "2026-01-01T00:00:00+08:00")
    assert timedelta() <= datetime.fromisoformat(report["as_of"]) - local("2026-03-02 09:00") < timedelta(hours=1)
    assert report["as_of"].endswith("+08:00")
    [row] = report["rows"]
    assert row == {"workflow": "legal_aid", "org": "370100"} | report["total"]


def test_the_breach_rate_is_of_what_ended_or_is_late(province: Province) -> None:
    late = [province.open_case("li") for _ in range(2)]
    in_time = province.open_case("li")
    province.take("li", in_time, "accept")
    province.take("zhao", in_time, "refuse", {"ground": "no_basis", "reasons": "缺乏事实依据"})
    province.days_pass(20)
    province.open_case("li")

    report = province.report("zhao", group_by=("clock",))
    [by_law] = [row for row in report["rows"] if row["clock"] == "review_by_law"]
    assert counts(by_law) == (4, 1, 2, 1, 0)
    assert by_law["breach_rate"] == 2 / 3
    [line] = [line for line in as_table(report, "en").splitlines() if line.startswith("review_by_law")]
    assert "66.67%" in line, "rounded for the eye only"
    assert province.cases_behind("zhao", {"clock": "review_by_law"}, standings=("breached",)) == sorted(late)


def test_the_cases_behind_a_row_come_page_by_page_each_once(province: Province) -> None:
    jinan = sorted(province.open_case("li") for _ in range(5))
    province.take("li", jinan[0], "accept")
    province.open_case("sun", "370200")
    withdrawn = province.open_case("li")
    province.take("li", withdrawn, "withdraw", {"reason": "已自行和解"})

    first = province.cases_behind("province", {"org": "370100"}, limit=3)
    second = province.cases_behind("province", {"org": "370100"}, limit=3, after=first[-1])

    assert first + second == jinan
    assert province.cases_behind("zhou", {"org": "370100"}) == []
    assert province.cases_behind("zhao", {"org": "370100"}, standings=("cancelled",)) == [withdrawn]


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"end": "2026-01-01"}, "to"),
        ({"end": "2025-12-31"}, "to"),
        ({"start": "0001-01-01"}, "from"),
        ({"end": "9999-12-31"}, "to"),
        ({"group_by": ("workflow", "state")}, "group_by"),
        ({"group_by": ("workflow", "workflow")}, "group_by"),
        ({"org": "370300"}, "org"),
        ({"org": "370200"}, "org"),
        ({"org": "370000"}, "org"),
        ({"workflow": "no_such_thing"}, "workflow"),
        ({"owed_by": ("office", "nobody")}, "owed_by"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(province: Province, asked: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        province.report("zhao", **asked)

    assert [fault.path for fault in refused.value.faults] == [path]


def nearest_rank(values: Sequence[int], share: Fraction) -> float | None:
    """The smallest value that at least this share does not exceed, in hours rounded half up to one decimal."""
    if not values:
        return None
    chosen = sorted(values)[ceil(share * len(values)) - 1]
    return float((Decimal(chosen) / 3600).quantize(Decimal("0.1"), ROUND_HALF_UP))


@given(
    examples=st.lists(
        st.lists(st.integers(0, 40 * 3600) | st.integers(0, 400).map(lambda steps: steps * 180), max_size=31),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_median_and_p90_are_the_nearest_rank_in_tenths_of_hours(province: Province, examples: list[list[int]]) -> None:
    case = province.open_case("li")
    day = local("2020-01-01 00:00")
    numbers = count(1)
    with province.service.transaction(province.actor("zhao")) as tx:
        tx.db.run("delete from clocks where started_at < :day", day=day + timedelta(days=100))
        for number, seconds in enumerate(examples):
            start = day + timedelta(days=number)
            for spent in seconds:
                tx.db.run(
                    """insert into clocks (case_id, name, generation, owed_by, status, provisional,
                         started_at, due_at, ended_at, working_seconds, end_org_id)
                       select id, 'oracle', :generation, 'office', 'met', false,
                         :start, :start, :start, :spent, org_id from cases where id = :case""",
                    case=case,
                    generation=next(numbers),
                    start=start,
                    spent=spent,
                )
            total = reports.sla(tx, start=start, end=start + timedelta(days=1))["total"]
            assert total["met"] == len(seconds)
            assert total["median_working_hours"] == nearest_rank(seconds, Fraction(1, 2))
            assert total["p90_working_hours"] == nearest_rank(seconds, Fraction(9, 10))


@pytest.mark.parametrize(("language", "title", "sum_"), [("zh-CN", "机构", "合计"), ("en", "Office", "Total")])
def test_the_table_lines_up_though_chinese_is_two_cells_wide(
    province: Province, language: Any, title: str, sum_: str
) -> None:
    province.open_case("li")
    province.open_case("sun", "370200")
    caption, blank, head, *body = as_table(
        province.report("province", group_by=("org", "clock")), language
    ).splitlines()

    assert "2026-01-01T00:00:00+08:00" in caption
    assert blank == ""
    assert head.startswith(title)
    assert [line.split()[0] for line in body] == ["370100", "370200", sum_]
    assert body[-1].split()[1:] == ["2", "0", "0", "2", "0", "0", "-", "-", "-"]
    assert {width(line) for line in (head, *body)} == {width(head)}


def test_a_table_without_groups_is_one_line_under_its_titles(province: Province) -> None:
    case = province.open_case("li")
    province.grant("li", "zhao", case)

    lines = as_table(province.report("zhao"), "en").splitlines()

    assert lines[-1].split() == ["Total", "3", "2", "0", "1", "0", "0", "0.00%", "0.0", "0.0"]
    assert lines[-2].split()[:2] == ["Started", "Met"]
    assert len(lines) == 4
