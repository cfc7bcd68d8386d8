"""The rules as the office has them: workflows, policies, calendars."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, cast

from casework.api.answers import rules as answers
from casework.api.answers.clocks import Due, due, trace_line
from casework.api.answers.members import page_of
from casework.api.answers.rules import Calendar, Policy, WholeCalendar, Workflow
from casework.api.endpoint import Answer, Call, Content, Endpoint, cut, listed
from casework.api.examples import intake_schema
from casework.forms.form import Form
from casework.forms.numbers import Count, Day
from casework.forms.texts import Code, Word
from casework.http.case_filters import When, beginning
from casework.http.query import Page, from_cursor, whole
from casework.records import offices
from casework.records.offices import CalendarVersion
from casework.rules import clocks
from casework.rules.clocks import Interval, Limit, trace
from casework.rules.context import PolicyRow
from casework.rules.diagram import mermaid
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Text
from casework.work import workflow_registry

_DIAGRAM: Final = Content("Diagram", {"type": "string", "examples": ["stateDiagram-v2"]}, ("text/plain",))


@Endpoint("GET", "/workflows", Text("流程列表", "Workflows"), answer=page_of(Workflow), query=Page)
def workflows(call: Call) -> Answer:
    """The newest version of each workflow."""
    return cut(call, [answers.workflow(one) for one in workflow_registry.latest()])


@Endpoint("GET", "/workflows/<key>", Text("流程定义", "One workflow"), answer=Workflow)
def workflow(call: Call, key: str) -> Answer:
    """States, transitions, clocks with their legal basis, and the intake form as a JSON Schema."""
    one = workflow_registry.newest(key)
    return Answer(answers.workflow(one, intake_schema(call.tx, one)))


@Endpoint("GET", "/workflows/<key>/diagram", Text("流程图", "A workflow as a diagram"), answer=_DIAGRAM)
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


@Endpoint(
    "GET", "/policies", Text("期限与标准", "Dated limits and amounts"), answer=page_of(Policy), query=PolicyFilters
)
def policies(call: Call) -> Answer:
    """Every row that was ever loaded, in the order of loading, and whether it is the one in force.

    `in_force` is about the day `on` and the region or organisation `for`: the row of the nearest place counts, of
    those the latest, of those the one loaded last.
    """
    key = from_cursor(call.query, whole)
    filters: dict[str, Any] = {name: call.query[name] for name in ("workflow", "name", "place") if name in call.query}
    rows = offices.policy_page(call.tx.db, call.limit + 1, key[0] if key else None, filters)
    counts = _in_force(call)
    return listed(call, rows, lambda row: answers.policy(row, in_force=counts(row)), "id")


def _in_force(call: Call) -> Callable[[PolicyRow], bool]:
    """Whether a row counts on the day and in the place that are asked about."""
    day = call.query.get("on", call.tx.today)
    asked = call.query.get("for")
    org = offices.org(call.tx.db, asked) if asked else None

    @cache
    def counting(workflow: str, place: str) -> dict[str, PolicyRow]:
        return offices.in_force(call.tx.rules.policies, workflow, place, org.region if org else place, day)

    return lambda row: counting(row.workflow, asked or row.place).get(row.name) == row


@Endpoint("GET", "/calendars", Text("日历", "Calendars"), answer=page_of(Calendar), query=Page)
def calendars(call: Call) -> Answer:
    """The version of each calendar that is in force."""
    return cut(call, [answers.calendar(one) for one in call.tx.rules.calendars.values()])


class OfVersion(Form):
    """Which version of something."""

    version = Count(least=1, title=Text("版本，默认为现行版本", "Version; the one that counts unless said"))


@Endpoint("GET", "/calendars/<key>", Text("日历全文", "One calendar"), answer=WholeCalendar, query=OfVersion)
def calendar(call: Call, key: str) -> Answer:
    """Hours, holidays, make-up days and the published years with their sources, of this or an earlier version."""
    current = _calendar(call, key)
    version = call.query.get("version", current.version)
    found = current if version == current.version else offices.calendar_version(call.tx.db, key, version)
    if found is None:
        raise NotFound(_NO_CALENDAR)
    return Answer(answers.whole_calendar(found))


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
            "limit": Word(most=10, required=True, title=Text("期限，如 5wd", "Limit, such as 5wd"), example="5wd"),
        },
        name="DueQuestion",
    ),
)


@Endpoint(
    "GET",
    "/calendars/<key>/due",
    Text("计算期限", "Work out a due time"),
    answer=Due,
    query=DueQuestion,
    note=Text(
        "limit 写成 5wd（工作日）、7d（自然日）、8wh（工作小时）、2h、30m、6mo 或 1y。",
        "Write limit as 5wd (working days), 7d (natural days), 8wh (working hours), 2h, 30m, 6mo or 1y.",
    ),
)
def due_time(call: Call, key: str) -> Answer:
    """When a limit that begins at `from` runs out, and why."""
    counting = _calendar(call, key)
    office = counting.calendar
    limit = _limit(call.query["limit"])
    start = beginning(call.query["from"], office.tz)
    intervals = (Interval(start),)
    try:
        found = clocks.due(limit, intervals, office)
        lines = trace(limit, intervals, office)
    except (ValueError, OverflowError) as beyond:
        sentence = Text("日期超出可计算范围。", "The date lies beyond what can be worked out.")
        raise Invalid([Fault("from", "day_range", sentence)]) from beyond
    assert found is not None
    return Answer(
        Due(
            **due(found),
            calendar=key,
            calendar_version=counting.version,
            trace=[trace_line(line) for line in lines],
        )
    )


def _limit(written: str) -> Limit:
    try:
        return Limit.parse(written)
    except ValueError as wrong:
        sentence = Text("期限请写成 5wd、7d、8wh、2h、30m、6mo 或 1y。", str(wrong))
        raise Invalid([Fault("limit", "limit", sentence)]) from wrong
