"""The rules as the office has them: workflows, policies, calendars."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from casework.api import views
from casework.api.case_filters import When, beginning
from casework.api.endpoint import Answer, Call, cut, endpoint, page
from casework.api.examples import intake_schema
from casework.api.query import Page, from_cursor, to_cursor, whole
from casework.forms.form import Form
from casework.forms.numbers import Count, Day
from casework.forms.texts import Code, Line
from casework.records import offices
from casework.records.offices import CalendarVersion
from casework.rules.clocks import Interval, Limit, due, trace
from casework.rules.context import PolicyRow
from casework.rules.diagram import mermaid
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Text
from casework.work import workflow_registry


@endpoint("GET", "/workflows", Text("流程列表", "Workflows"), answer="WorkflowPage", query=Page)
def workflows(call: Call) -> Answer:
    """The newest version of each workflow."""
    return cut(call, [views.workflow(one) for one in workflow_registry.latest()])


@endpoint("GET", "/workflows/<key>", Text("流程定义", "One workflow"), answer="Workflow")
def workflow(call: Call, key: str) -> Answer:
    """States, transitions, clocks with their legal basis, and the intake form as a JSON Schema."""
    one = workflow_registry.newest(key)
    return Answer(views.workflow(one) | {"intake": intake_schema(call.tx, one)})


@endpoint("GET", "/workflows/<key>/diagram", Text("流程图", "A workflow as a diagram"), answer="Diagram")
def diagram(call: Call, key: str) -> Answer:
    """Mermaid text."""
    return Answer(text=mermaid(workflow_registry.newest(key), call.tx.language))


PolicyFilters = cast(
    "type[Form]",
    Page.from_dict(
        {
            "workflow": Code(title=Text("流程", "Workflow")),
            "name": Code(title=Text("名称", "Name")),
            "place": Code(title=Text("适用地区", "Place")),
            "for": Code(
                title=Text("对何处判断是否有效，默认为该条的适用地区", "In force where; by default the row's place")
            ),
            "on": Day(title=Text("对何日判断是否有效，默认为今日", "In force on which day; by default today")),
        },
        name="PolicyFilters",
    ),
)


@endpoint("GET", "/policies", Text("期限与标准", "Dated limits and amounts"), answer="PolicyPage", query=PolicyFilters)
def policies(call: Call) -> Answer:
    """Every row that was ever loaded, in the order of loading, and whether it is the one in force.

    `in_force` is about the day `on` and the region or organisation `for`: the row of the nearest place counts, of
    those the latest, of those the one loaded last.
    """
    key = from_cursor(call.query, whole)
    filters: dict[str, Any] = {name: call.query[name] for name in ("workflow", "name", "place") if name in call.query}
    rows = offices.policy_page(call.tx.db, call.limit + 1, key[0] if key else None, filters)
    shown = rows[: call.limit]
    after = to_cursor(shown[-1].id) if len(rows) > call.limit else None
    counts = _in_force(call)
    return page([views.policy(row) | {"in_force": counts(row)} for row in shown], after)


def _in_force(call: Call) -> Callable[[PolicyRow], bool]:
    """Whether a row counts on the day and in the place that are asked about."""
    day = call.query.get("on", call.tx.today)
    asked = call.query.get("for")
    org = offices.org(call.tx.db, asked) if asked else None

    @cache
    def counting(workflow: str, place: str) -> dict[str, PolicyRow]:
        return offices.in_force(call.tx.rules.policies, workflow, place, org.region if org else place, day)

    return lambda row: counting(row.workflow, asked or row.place).get(row.name) == row


@endpoint("GET", "/calendars", Text("日历", "Calendars"), answer="CalendarPage", query=Page)
def calendars(call: Call) -> Answer:
    """The version of each calendar that is in force."""
    items = [
        {
            "key": one.key,
            "version": one.version,
            "title": one.title.in_(call.tx.language),
            "tz": one.mapping["tz"],
            "week": one.mapping["week"],
            "years": one.mapping.get("years"),
        }
        for one in call.tx.rules.calendars.values()
    ]
    return cut(call, items)


class OfVersion(Form):
    """Which version of something."""

    version = Count(least=1, title=Text("版本，默认为现行版本", "Version; the one that counts unless said"))


@endpoint("GET", "/calendars/<key>", Text("日历全文", "One calendar"), answer="WholeCalendar", query=OfVersion)
def calendar(call: Call, key: str) -> Answer:
    """Hours, holidays, make-up days and the published years with their sources, of this or an earlier version."""
    current = _calendar(call, key)
    version = call.query.get("version", current.version)
    found = current if version == current.version else offices.calendar_version(call.tx.db, key, version)
    if found is None:
        raise NotFound(_NO_CALENDAR)
    return Answer(views.calendar(found))


_NO_CALENDAR = Text("没有这个日历。", "There is no such calendar.")


def _calendar(call: Call, key: str) -> CalendarVersion:
    found = call.tx.rules.calendars.get(key)
    if found is None:
        raise NotFound(_NO_CALENDAR)
    return found


DueQuestion = cast(
    "type[Form]",
    Form.from_dict(
        {
            "from": When(required=True, title=Text("起算时间", "From")),
            "limit": Line(most=10, required=True, title=Text("期限，如 5wd", "Limit, such as 5wd"), example="5wd"),
        },
        name="DueQuestion",
    ),
)


@endpoint("GET", "/calendars/<key>/due", Text("计算期限", "Work out a due time"), answer="Due", query=DueQuestion)
def due_time(call: Call, key: str) -> Answer:
    """When a limit that begins at `from` runs out, and why."""
    counting = _calendar(call, key)
    office = counting.calendar
    limit = _limit(call.query["limit"])
    start = beginning(call.query["from"], office.tz)
    intervals = (Interval(start),)
    try:
        found = due(limit, intervals, office)
        lines = trace(limit, intervals, office)
    except (ValueError, OverflowError) as beyond:
        sentence = Text("日期超出可计算范围。", "The date lies beyond what can be worked out.")
        raise Invalid([Fault("from", "day_range", sentence)]) from beyond
    assert found is not None
    return Answer(
        {
            **views.due(found),
            "calendar": key,
            "calendar_version": counting.version,
            "trace": [views.trace_line(line) for line in lines],
        }
    )


def _limit(written: str) -> Limit:
    try:
        return Limit.parse(written)
    except ValueError as wrong:
        sentence = Text("期限请写成 5wd、7d、8wh、2h、30m、6mo 或 1y。", str(wrong))
        raise Invalid([Fault("limit", "limit", sentence)]) from wrong
