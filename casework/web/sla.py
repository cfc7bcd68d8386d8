"""How the clocks were kept: by month, or by programme, office, clock or owner, and the cases behind each number."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from casework.forms.numbers import Month
from casework.forms.texts import Choice, Code, Word
from casework.http.query import from_cursor, to_cursor
from casework.rules.text import Text
from casework.web.charts import columns
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Visit
from casework.web.report import KEPT, READERS, Figure, MonthsQuery, months_of, page_of, part_of
from casework.web.rows import rows_of
from casework.web.tables import Cell, Table, address, number, plain, share
from casework.work import reports, workflow_registry

_ROWS: Final = 50
_GROUPS: Final = {
    "month": Text("月份", "Month"),
    "workflow": Text("业务", "Programme"),
    "org": Text("机构", "Office"),
    "clock": Text("期限", "Clock"),
    "owner": Text("经办人", "Owner"),
}
_STANDINGS: Final = {
    "started": Text("起算的期限", "Clocks that started"),
    "met": Text("按期结束的期限", "Clocks that were kept"),
    "breached": Text("逾期的期限", "Clocks that are late"),
    "open": Text("未到期的期限", "Clocks that run and are not late"),
}
# What the key of a row is called where its cases are asked for; the organisation is that one without those below.
_KEYS: Final = {"month": "month", "workflow": "workflow", "org": "exact_org", "clock": "clock", "owner": "owner"}
_NOBODY: Final = "none"
_MOST_MONTHS: Final = 36


class SlaQuery(MonthsQuery):
    """By what the table is grouped."""

    by = Choice(_GROUPS, title=Text("分组", "By"))


class SlaCasesQuery(MonthsQuery):
    """Which row of the table, and which of its figures."""

    month = Month(title=Text("月份", "Month"))
    exact_org = Code(title=Text("机构（不含下级）", "Office without those below"))
    clock = Code(title=Text("期限", "Clock"))
    owner = Code(most=60, title=Text("经办人", "Owner"))
    standing = Choice(_STANDINGS, title=Text("数字", "Figure"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/reports/sla", READERS, query=SlaQuery)
def sla(visit: Visit) -> Answer:
    """How the clocks that started in these months stand now."""
    tx, asked = visit.tx, visit.query
    at, by = months_of(tx, asked.get("first"), asked.get("last")), asked.get("by", "month")
    span: dict[str, Any] = {"start": at.start, "end": at.end, **part_of(visit)}
    found = reports.sla(tx, group_by=(by,), **span)
    by_month = (found if by == "month" else reports.sla(tx, group_by=("month",), **span))["rows"][-_MOST_MONTHS:]
    stacks = [[(tone, row[tone]) for tone, _ in KEPT] for row in by_month]
    chart = columns([_short(row["month"]) for row in by_month], stacks)
    which = {"first": at.first, "last": at.last, **part_of(visit)}
    rows = [
        [Cell(_named(visit, by, row[by])), *_counted(row, which | {_KEYS[by]: row[by] or _NOBODY})]
        for row in found["rows"]
    ]
    total = [Cell(Text("合计", "Total")), *_counted(found["total"], which)]
    title = Text("期限完成情况", "How the clocks were kept")
    titles = (
        ("起算", "Started"),
        ("按期", "Kept"),
        ("逾期", "Late"),
        ("未到期", "Open"),
        ("逾期率", "Late, share"),
        ("工时中位数", "Median working hours"),
    )
    about = Text(f"{at.told.zh}起算的期限。", f"Clocks that started {at.told.en}.")
    figure = Figure(Text("各月起算的期限", "Clocks by the month in which they started"), chart, KEPT)
    months = [("first", Text("自", "From"), at.first), ("last", Text("至", "To"), at.last)]
    table = Table(title, [_GROUPS[by], *(Text(*one) for one in titles)], rows, total)
    return page_of(visit, "/reports/sla", title, table, [figure], about, months=months, groups=_GROUPS)


def _counted(row: Mapping[str, Any], which: Mapping[str, Any]) -> list[Cell]:
    def cases(standing: str) -> str:
        return address("/reports/sla/cases", which, standing="" if standing == "started" else standing)

    return [
        *(number(row[name], cases(name)) for name in ("started", "met", "breached", "open")),
        share(row["breach_rate"]),
        number(row["median_working_hours"]),
    ]


def _short(month: str) -> Text:
    """The month under its column; January says of which year."""
    year, number_ = month.split("-")
    if number_ == "01":
        return plain(f"{year[2:]}/1")
    return Text(f"{int(number_)}月", str(int(number_)))


def _named(visit: Visit, by: str, key: str) -> Text:
    """The key of a row in words."""
    if by == "owner" and not key:
        return Text("无人经办", "nobody")
    if by == "org" and key in visit.tx.rules.orgs:
        return plain(visit.tx.rules.orgs[key].name)
    for workflow in workflow_registry.all_versions():
        if by == "workflow" and workflow.key == key:
            return workflow.title
        if by == "clock" and key in workflow.by_clock:
            return workflow.by_clock[key].title
    return plain(key)


@Page("GET", "/reports/sla/cases", READERS, query=SlaCasesQuery)
def sla_cases(visit: Visit) -> Answer:
    """The cases whose clocks a number counts."""
    tx, asked = visit.tx, visit.query
    at, key = months_of(tx, asked.get("first"), asked.get("last")), from_cursor(asked, UUID)
    row = {name: asked[said] for name, said in _KEYS.items() if said in asked and name != "workflow"}
    if row.get("owner") == _NOBODY:
        row["owner"] = ""
    standing = asked.get("standing", "started")
    found = reports.drill_down(
        tx,
        row,
        start=at.start,
        end=at.end,
        **part_of(visit),
        standings=reports.STARTED if standing == "started" else (standing,),
        limit=_ROWS + 1,
        after=key[0] if key else None,
    )
    shown = found[:_ROWS]
    cursor = to_cursor(shown[-1].id) if len(found) > _ROWS else None
    told = [_named(visit, name, said) for name, said in row.items()] or [at.told]
    return Html(
        "report_cases",
        {
            "frame": frame_of(tx),
            "back": address("/reports/sla", {"first": at.first, "last": at.last, **part_of(visit)}),
            "title": _STANDINGS[standing],
            "about": Text("，".join(one.zh for one in told), ", ".join(one.en for one in told)),
            "rows": rows_of(tx, shown),
            "caption": Text("案件", "Cases"),
            "more": address("/reports/sla/cases", asked, cursor=cursor) if cursor else None,
        },
    )
