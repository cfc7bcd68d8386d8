"""The month on one page, how old the open cases are, who has how many, and how long they stay in each state."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from casework.forms.numbers import Month
from casework.forms.texts import Code, Word
from casework.http.query import from_cursor, to_cursor
from casework.rules.text import Text
from casework.web.charts import bars, columns
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Visit
from casework.web.report import (
    KEPT,
    READERS,
    WATCHERS,
    Figure,
    MonthsQuery,
    PartQuery,
    list_of,
    months_of,
    page_of,
    part_of,
)
from casework.web.rows import rows_of
from casework.web.tables import Cell, Table, address, number, plain, share
from casework.work import figures, reports, workflow_registry

_ROWS: Final = 50
_MOST_BARS: Final = 20
_TOTAL: Final = Cell(Text("合计", "Total"))
_CASES: Final = Text("案件数", "Cases")
_LATE: Final = Text("有期限逾期", "Late")
_LATE_OR_NOT: Final = (("open", Text("未逾期", "not late")), ("breached", Text("已逾期", "late")))


class MonthQuery(PartQuery):
    """Of which month."""

    month = Month(title=Text("月份", "Month"))


class ThroughQuery(MonthsQuery):
    """Which state of which programme was reached."""

    workflow = Code(required=True, title=Text("业务", "Programme"))
    state = Code(required=True, title=Text("状态", "State"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/reports", READERS, query=MonthQuery)
def month(visit: Visit) -> Answer:
    """What came in, was closed and was kept in a month, by programme, with what is open now."""
    tx, asked = visit.tx, visit.query
    at = months_of(tx, asked.get("month", f"{tx.today:%Y-%m}"), asked.get("month"))
    place = {"org": asked["org"]} if "org" in asked else {}
    flow = figures.flow(tx, start=at.start, end=at.end, **place)
    kept = {
        row["workflow"]: row
        for row in reports.sla(tx, start=at.start, end=at.end, group_by=("workflow",), **place)["rows"]
    }
    rows = [_of_month(visit, at, key, row, kept.get(key)) for key, row in flow.items()]
    titles = (
        ("业务", "Programme"),
        ("登记", "Opened"),
        ("办结", "Closed"),
        ("现未办结", "Open now"),
        ("现逾期", "Late now"),
    )
    clocks = (
        ("起算期限", "Clocks started"),
        ("按期", "Kept"),
        ("逾期", "Late"),
        ("未到期", "Open"),
        ("逾期率", "Late, share"),
    )
    table = Table(
        Text("本月各业务情况", "The month by programme"), [Text(*title) for title in (*titles, *clocks)], rows
    )
    title = Text("月度情况", "The month")
    about = Text(f"{at.told.zh}；点数字可查看案件。", f"{at.told.en}; each number opens its cases.")
    more = {"months": [("month", Text("月份", "Month"), at.first)], "by_programme": False}
    stacks = [[(name, kept[key][name] if key in kept else 0) for name, _ in KEPT] for key in flow]
    figure = Figure(
        Text("本月起算的期限", "Clocks that started in the month"), bars([row[0].text for row in rows], stacks), KEPT
    )
    return page_of(visit, "/reports", title, table, [figure], about, **more)


def _of_month(visit: Visit, at: Any, key: str, flow: dict[str, int], kept: dict[str, Any] | None) -> list[Cell]:
    opened = {"opened_from": at.days["from"], "opened_to": at.days["to"]}
    closed = {"closed_from": at.days["from"], "closed_to": at.days["to"]}
    clocks = {"first": at.first, "last": at.last, "org": visit.query.get("org"), "workflow": key}
    none: dict[str, Any] = {"started": 0, "met": 0, "breached": 0, "open": 0, "breach_rate": None}
    counted = kept or none
    return [
        Cell(next(one.title for one in workflow_registry.latest() if one.key == key)),
        number(flow["opened"], list_of(visit, workflow=key, **opened)),
        number(flow["closed"], list_of(visit, workflow=key, **closed)),
        number(flow["open"], list_of(visit, workflow=key, open=True)),
        number(flow["late"], list_of(visit, workflow=key, open=True, overdue=True)),
        number(counted["started"], address("/reports/sla/cases", clocks)),
        *(
            number(counted[name], address("/reports/sla/cases", clocks, standing=name))
            for name in ("met", "breached", "open")
        ),
        share(counted["breach_rate"]),
    ]


@Page("GET", "/reports/ageing", READERS, query=PartQuery)
def ageing(visit: Visit) -> Answer:
    """The open cases by their age in days."""
    found = figures.ageing(visit.tx, **part_of(visit))
    names = [_band(row) for row in found["rows"]]
    stacks = [(("open", row["open"] - row["late"]), ("breached", row["late"])) for row in found["rows"]]
    rows = [
        [Cell(name), number(row["open"], _of_band(visit, row)), number(row["late"], _of_band(visit, row, overdue=True))]
        for name, row in zip(names, found["rows"], strict=True)
    ]
    total = found["total"]
    sums = [
        _TOTAL,
        number(total["open"], list_of(visit, open=True)),
        number(total["late"], list_of(visit, open=True, overdue=True)),
    ]
    title = Text("未办结案件存续时间", "How old the open cases are")
    titles = [Text("登记后的天数", "Days since the opening"), _CASES, _LATE]
    figure = Figure(Text("按登记后的天数", "By the days since the opening"), columns(names, stacks), _LATE_OR_NOT)
    about = Text("自登记之日起的自然日。", "In days from the day of the opening.")
    return page_of(visit, "/reports/ageing", title, Table(title, titles, rows, sums), [figure], about)


def _band(row: dict[str, Any]) -> Text:
    least, most = row["from_days"], row["to_days"]
    if most is None:
        return Text(f"{least} 天以上", f"{least} and more")
    return Text(f"{least}–{most} 天", f"{least}–{most}")


def _of_band(visit: Visit, row: dict[str, Any], **more: Any) -> str:
    today, most = visit.tx.today, row["to_days"]
    since = {} if most is None else {"opened_from": today - timedelta(days=most)}
    return list_of(visit, open=True, **since, opened_to=today - timedelta(days=row["from_days"] - 1), **more)


@Page("GET", "/reports/workload", READERS, query=PartQuery)
def workload(visit: Visit) -> Answer:
    """The open cases of each person, the most first, beside the median."""
    found = figures.workload(visit.tx, **part_of(visit))
    people = sorted(found["rows"], key=lambda row: (-row["open"], row["username"]))
    shown, halfway = people[:_MOST_BARS], found["median_open"]
    names = [plain(row["name"]) for row in shown]
    stacks = [(("open", row["open"] - row["late"]), ("breached", row["late"])) for row in shown]
    rows = [[Cell(plain(row["name"])), _office(visit, row), *_held(visit, row, row["username"])] for row in people]
    if found["unclaimed"]["open"]:
        rows.append([Cell(Text("待领取", "Unclaimed")), Cell(plain("")), *_held(visit, found["unclaimed"], "none")])
    sums = [_TOTAL, Cell(plain("")), *_held(visit, found["total"], None)]
    title = Text("每人工作量", "Who has how many cases")
    titles = [
        Text("经办人", "Owner"),
        Text("机构", "Office"),
        Text("未办结", "Open"),
        _LATE,
        Text("紧急", "Urgent"),
    ]
    few = len(people) > len(shown)
    chart = bars(names, stacks, line=halfway)
    told = (
        Text(f"件数最多的 {_MOST_BARS} 人", f"The {_MOST_BARS} who have most")
        if few
        else Text("未办结案件", "Open cases")
    )
    line = None if halfway is None else Text(f"中位数 {halfway:g}", f"median {halfway:g}")
    about = Text("未办结案件，按经办人。", "Open cases by owner.")
    table = Table(title, titles, rows, sums, texts=2)
    return page_of(visit, "/reports/workload", title, table, [Figure(told, chart, _LATE_OR_NOT, line)], about)


def _office(visit: Visit, row: dict[str, Any]) -> Cell:
    return Cell(plain(visit.tx.rules.orgs[row["org"]].name))


def _held(visit: Visit, row: dict[str, int], owner: str | None) -> list[Cell]:
    who = {"owner": owner} if owner else {}
    return [
        number(row["open"], list_of(visit, open=True, **who)),
        number(row["late"], list_of(visit, open=True, overdue=True, **who)),
        number(row["urgent"], list_of(visit, open=True, urgent=True, **who)),
    ]


@Page("GET", "/reports/helpers", WATCHERS, query=PartQuery)
def helpers(visit: Visit) -> Answer:
    """What lawyers and volunteers have in hand, and what came of the offers that were made to them."""
    found = sorted(
        figures.workload(visit.tx, **part_of(visit))["helpers"], key=lambda row: (-row["open"], row["username"])
    )
    rows = [
        [
            Cell(plain(row["name"])),
            _office(visit, row),
            number(row["open"], list_of(visit, open=True, assignee=row["username"])),
            number(row["late"], list_of(visit, open=True, overdue=True, assignee=row["username"])),
            number(row["offers"]),
            number(row["accepted"]),
            share(row["accept_rate"]),
            number(row["median_hours"]),
        ]
        for row in found
    ]
    title = Text("律师和志愿者", "Lawyers and volunteers")
    titles = [
        Text("承办人", "Helper"),
        Text("机构", "Office"),
        Text("在办", "In hand"),
        _LATE,
        Text("征询", "Offers"),
        Text("接受", "Accepted"),
        Text("接受率", "Accept rate"),
        Text("接受用时（小时，中位数）", "Hours to a yes, median"),
    ]
    about = Text("征询按近六个月统计。", "Offers of the last six months.")
    return page_of(visit, "/reports/helpers", title, Table(title, titles, rows, texts=2), [], about)


@Page("GET", "/reports/funnel", READERS, query=MonthsQuery)
def funnel(visit: Visit) -> Answer:
    """The median of the days that cases stayed in each state, and how many have reached it."""
    tx, asked = visit.tx, visit.query
    at = months_of(tx, asked.get("first"), asked.get("last"))
    found = figures.funnel(tx, start=at.start, end=at.end, **part_of(visit))["rows"]
    timed = [row for row in found if row["median_days"] is not None]
    charts = [
        Figure(
            Text(f"{one.title.zh}：停留天数中位数", f"{one.title.en}: days in each state, median"),
            bars(
                [_state(row) for row in timed if row["workflow"] == one.key],
                [(("open", row["median_days"]),) for row in timed if row["workflow"] == one.key],
                whole=False,
            ),
            (),
        )
        for one in workflow_registry.latest()
        if any(row["workflow"] == one.key for row in timed)
    ]
    title = Text("各状态用时", "Days in each state")
    titles = (
        ("状态", "State"),
        ("业务", "Programme"),
        ("到过", "Reached it"),
        ("现处", "In it now"),
        ("天数中位数", "Median days"),
        ("九成不超过（天）", "90% within (days)"),
    )
    table = Table(title, [Text(*one) for one in titles], [_of_state(visit, at, row) for row in found], texts=2)
    about = Text(f"{at.told.zh}登记的案件，已结束的停留。", f"Cases opened {at.told.en}; stays that have ended.")
    months = [("first", Text("自", "From"), at.first), ("last", Text("至", "To"), at.last)]
    return page_of(visit, "/reports/funnel", title, table, charts, about, months=months)


def _state(row: Mapping[str, Any]) -> Text:
    for workflow in workflow_registry.all_versions():
        if workflow.key == row["workflow"] and row["state"] in workflow.by_state:
            return workflow.by_state[row["state"]].title
    return plain(row["state"])


def _of_state(visit: Visit, at: Any, row: dict[str, Any]) -> list[Cell]:
    opened = {"opened_from": at.days["from"], "opened_to": at.days["to"]}
    which = {"workflow": row["workflow"], "state": row["state"]}
    span = {"first": at.first, "last": at.last, "org": visit.query.get("org")}
    return [
        Cell(_state(row)),
        Cell(next(one.title for one in workflow_registry.all_versions() if one.key == row["workflow"])),
        number(row["reached"], address("/reports/funnel/cases", {**span, **which})),
        number(row["here"], list_of(visit, **which, **opened)),
        number(row["median_days"]),
        number(row["p90_days"]),
    ]


@Page("GET", "/reports/funnel/cases", READERS, query=ThroughQuery)
def through(visit: Visit) -> Answer:
    """The cases that have reached a state."""
    tx, asked = visit.tx, visit.query
    at, key = months_of(tx, asked.get("first"), asked.get("last")), from_cursor(asked, UUID)
    span: dict[str, Any] = {"start": at.start, "end": at.end, **part_of(visit)}
    found = figures.cases_through(tx, asked["state"], **span, limit=_ROWS + 1, after=key[0] if key else None)
    shown = found[:_ROWS]
    cursor = to_cursor(shown[-1].id) if len(found) > _ROWS else None
    state = _state(asked)
    return Html(
        "report_cases",
        {
            "frame": frame_of(tx),
            "back": address("/reports/funnel", {name: said for name, said in asked.items() if name in _OF_FUNNEL}),
            "title": Text(f"到过“{state.zh}”的案件", f"Cases that have reached “{state.en}”"),
            "about": Text(f"{at.told.zh}登记", f"Opened {at.told.en}"),
            "rows": rows_of(tx, shown),
            "caption": Text("案件", "Cases"),
            "more": address("/reports/funnel/cases", asked, cursor=cursor) if cursor else None,
        },
    )


_OF_FUNNEL: Final = ("first", "last", "org", "workflow")
