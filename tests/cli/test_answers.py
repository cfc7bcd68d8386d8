"""Answers in short: one line for a thing, the clocks that run under a case, and no more."""

from typing import Any

from casework.cli.answers import told

CLOCK: dict[str, Any] = {
    "name": "review",
    "title": "审查期限（地方）",
    "status": "running",
    "due_on": "2027-01-04",
    "provisional": True,
    "overdue": False,
    "ended_at": None,
}
CASE: dict[str, Any] = {
    "id": "5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11",
    "number": "LA-2026-000001",
    "state": "submitted",
    "state_title": "已提交",
    "due_on": "2027-01-04",
    "provisional": True,
    "overdue": False,
    "waits_for": "caseworker",
    "clocks": [CLOCK, CLOCK | {"name": "papers", "title": "补充材料", "ended_at": "2026-12-01T09:00:00+08:00"}],
    "facts": {"story": "…"},
}


def test_a_case_says_where_it_stands_what_is_due_and_which_clocks_run() -> None:
    assert told(CASE, "zh-CN").splitlines() == [
        "LA-2026-000001  已提交  caseworker  最后一日 2027-01-04（暂定）",
        "  review  审查期限（地方）  running  最后一日 2027-01-04（暂定）",
    ]


def test_a_list_has_a_line_for_each_and_says_when_there_is_more() -> None:
    page = {"items": [{"number": "LA-2026-000001", "overdue": True}] * 2, "next_cursor": "abc"}
    assert told(page, "en").splitlines() == [
        "LA-2026-000001  overdue",
        "LA-2026-000001  overdue",
        "… and more: see next_cursor (--json).",
    ]
    assert told({"items": [], "next_cursor": None}, "zh-CN") == "没有。"


def test_a_letter_is_read_and_an_unknown_thing_shows_its_members() -> None:
    assert told({"name": "receipt", "title": "收据", "body": "您好"}, "zh-CN") == "receipt  收据\n\n您好\n"
    assert told({"deleted": 3, "none": None}, "en") == "deleted: 3"


def test_money_is_told_with_what_it_is() -> None:
    payment = {
        "case_number": "HA-2026-000001",
        "payee": "王秀英",
        "kind": "living",
        "amount": "1000.00",
        "status": "paid",
    }
    order = {
        "number": "(2026)PAY-1",
        "fund": "RELIEF",
        "total": "3000.00",
        "count": 2,
        "unsettled": 1,
        "lines": [payment],
    }
    assert told(order, "zh-CN").splitlines() == [
        "(2026)PAY-1  合计 3000.00 元  共 2 笔  尚无结果 1 笔",
        "  HA-2026-000001  paid  王秀英  living  1000.00 元",
    ]
    fund = {"code": "RELIEF", "name": "帮扶资金", "balance": "100.00", "reserved": "30.00", "free": "70.00"}
    assert told(fund, "en") == "帮扶资金  RELIEF  balance 100.00 yuan  free 70.00 yuan"
    moved = {"seq": 3, "kind": "reserve", "amount": "30.00", "balance": "100.00", "case_number": "HA-2026-000001"}
    assert told(moved, "en") == "HA-2026-000001  reserve  30.00 yuan  balance 100.00 yuan"
    assert told({"number": "LA-2026-000001", "kind": "clock"}, "en") == "LA-2026-000001"
