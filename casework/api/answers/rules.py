"""The rules as the office has them: workflows, policies, calendars."""

from typing import Annotated, Any

from msgspec import UNSET, UnsetType, field

from casework.api.answers.clocks import Basis, CalendarKey, ClockName, ClockTitle, LimitName, OwedBy
from casework.api.answers.members import (
    Day,
    First,
    Flag,
    Instant,
    PhaseName,
    RoleName,
    Shape,
    StateName,
    WorkflowKey,
    like,
    plain,
    told,
)
from casework.records.offices import CalendarVersion
from casework.rules import grammar
from casework.rules.context import PolicyRow
from casework.rules.grammar import STAY
from casework.rules.text import Text
from casework.work import calendars


class WorkflowState(Shape):
    """Where a case may stand."""

    name: StateName
    title: Annotated[str, like(Text("已提交", "Submitted"))]
    phase: PhaseName
    waits_for: RoleName | None
    final: Flag


class WorkflowTransition(Shape):
    """A step from one state to another."""

    name: Annotated[str, like("accept")]
    title: Annotated[str, like(Text("受理", "Accept"))]
    to: Annotated[str | None, like("under_review", "空表示状态不变", "Null: the case stays where it is")]
    by: list[RoleName]
    conditions: list[
        Annotated[str, like(Text("本案尚未要求补充材料。", "No papers have been asked for in this case."))]
    ]
    letters: list[Annotated[str, like("receipt")]]
    from_: Annotated[list[StateName], told("空文本表示新建，* 表示任何状态", "Empty: not open yet; *: any state")] = (
        field(name="from")
    )


class WorkflowAlert(Shape):
    """A step of the ladder of a clock."""

    level: Annotated[str, like("80%")]
    to: list[RoleName]
    above: Annotated[Flag, told("是否提醒上一级机构的人员", "Whether it goes to the next organisation up")]


class WorkflowClock(Shape):
    """A limit that runs on a case."""

    name: ClockName
    title: ClockTitle
    basis: Basis
    limit: Annotated[LimitName, told("期限，或给出期限的标准名称", "A limit, or the policy that gives it")]
    runs_in: list[Annotated[str, like("under_review")]]
    pauses_in: list[Annotated[str, like("awaiting_papers")]]
    owed_by: OwedBy
    takes: Annotated[str | None, like("lapse", "到期时执行的操作", "The transition that time takes")]
    beside: Annotated[str | None, like(None)]
    alerts: list[WorkflowAlert]


class Workflow(Shape):
    """A programme of the office: its states, transitions and clocks."""

    key: WorkflowKey
    version: First
    title: Annotated[str, like(Text("法律援助", "Legal aid"))]
    states: list[WorkflowState]
    transitions: list[WorkflowTransition]
    clocks: list[WorkflowClock]
    intake: Annotated[
        dict[str, Any] | UnsetType, like({"type": "object"}, "申请表的 JSON Schema", "The intake form as a JSON Schema")
    ] = UNSET


def workflow(one: grammar.Workflow, intake: dict[str, Any] | UnsetType = UNSET) -> Workflow:
    """The definition, with its intake form where it is asked for."""
    return Workflow.of(
        one,
        states=[WorkflowState.of(state) for state in one.states],
        transitions=[
            WorkflowTransition.of(
                edge,
                from_=list(edge.sources),
                to=None if edge.to == STAY else edge.to,
                by=list(edge.by),
                conditions=[plain(guard.text) for guard in edge.when],
                letters=[*edge.letter, *edge.own_letter],
            )
            for edge in one.transitions
        ],
        clocks=[
            WorkflowClock.of(
                row,
                limit=getattr(row.limit, "name", None) or str(row.limit),
                pauses_in=list(row.pauses),
                takes=row.take,
                alerts=[WorkflowAlert.of(step) for step in row.alerts],
            )
            for row in one.clocks
        ],
        intake=intake,
    )


class Policy(Shape):
    """A dated policy row."""

    id: First
    workflow: WorkflowKey
    name: Annotated[str, like("review")]
    place: Annotated[str, like("370000", "地区或机构代码，全国为 CN", "A region or organisation; CN is the country")]
    from_: Day = field(name="from")
    value: Annotated[str, like("5wd")]
    source: Annotated[str, like(Text("山东省法律援助条例", "Regulation on legal aid of Shandong"))]
    in_force: Annotated[Flag, told("在所问之日、所问之地是否有效", "Whether it counts on that day in that place")]


def policy(row: PolicyRow, *, in_force: bool) -> Policy:
    """The row, and whether it counts where it is asked about."""
    return Policy.of(row, from_=plain(row.from_date), in_force=in_force)


Week = Annotated[
    dict[str, list[list[Annotated[str, like("08:30")]]]],
    like({"mon": [["08:30", "12:00"], ["13:30", "17:30"]], "sun": []}),
]
Years = list[Annotated[int, like(2026, minimum=0)]]
CalendarTitle = Annotated[str, like(Text("办公时间", "Office hours"))]
ZoneName = Annotated[str, like("Asia/Shanghai")]


class Calendar(Shape):
    """A calendar in a few words."""

    key: CalendarKey
    version: First
    title: CalendarTitle
    tz: ZoneName
    week: Week
    years: Annotated[Years | None, told("已公布节假日的年份", "Years with known holidays")]


def calendar(one: CalendarVersion) -> Calendar:
    """The version of a calendar in a few words."""
    mapping = one.mapping
    return Calendar.of(one, tz=mapping["tz"], week=mapping["week"], years=mapping.get("years"))


class PublishedYear(Shape):
    """The holidays and make-up days of a year as a notice gives them."""

    year: Annotated[int, like(2026, minimum=0)]
    source: Annotated[
        str,
        like(Text("国务院办公厅关于2026年部分节假日安排的通知", "Notice of the State Council on the holidays of 2026")),
    ]
    holidays: list[Day]
    make_up_days: list[Day]


class WholeCalendar(Shape):
    """All of a version of a calendar."""

    key: CalendarKey
    version: First
    title: CalendarTitle
    loaded_at: Annotated[Instant, told("自何时起适用", "From when it counts")]
    source: Annotated[str | None, like(None, "本机构时间的依据", "What the office's own hours rest on")]
    tz: ZoneName
    week: Week
    make_up_week: Annotated[
        str | None, like("mon", "调休上班日按星期几办公", "The weekday whose hours hold on make-up days")
    ]
    close_of_business: Annotated[
        Flag, told("最后一日截止到停止办公时，而非二十四时", "The last day ends when the office closes, not at 24:00")
    ]
    years: Annotated[
        Years | None, told("已载入放假安排的年份；空为所有年份", "Years with known holidays; null is every year")
    ]
    published: Annotated[list[PublishedYear], told("各年安排，与公布的一致", "The years as they were published")]
    holidays: Annotated[list[Day], told("全部放假日期", "All holidays, whoever gave them")]
    yearly_holidays: Annotated[list[Annotated[str, like("10-01")]], told("每年放假的日期", "Holidays of every year")]
    date_overrides: Annotated[
        dict[str, list[list[Annotated[str, like("08:30")]]]],
        like(
            {"2026-02-14": [["08:30", "12:00"], ["13:30", "17:30"]]},
            "办公时间另定的日期，含调休上班日",
            "Days with hours of their own, make-up days among them",
        ),
    ]


def whole_calendar(one: CalendarVersion) -> WholeCalendar:
    """The version of a calendar in full."""
    return WholeCalendar(**{name: plain(value) for name, value in calendars.whole(one).items()})
