"""Reports."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType, field

from casework.api.answers.members import (
    Instant,
    Name,
    OrgCode,
    Shape,
    StateName,
    Username,
    WorkflowKey,
    like,
    told,
)


class SlaFigures(Shape):
    """How the clocks of a group were kept."""

    started: Annotated[int, like(3, "按期、逾期与未到期之和", "met, breached and open together", minimum=0)]
    met: Annotated[int, like(1, "按期结束", "Ended in time", minimum=0)]
    breached: Annotated[int, like(1, "逾期，无论是否结束", "Late, ended or not", minimum=0)]
    open: Annotated[int, like(1, "未结束且未逾期", "Neither ended nor late", minimum=0)]
    cancelled: Annotated[int, like(0, "已取消，不计入 started", "Cancelled; not among the started", minimum=0)]
    provisional: Annotated[
        int, like(0, "started 中到期时间暂定的", "Of the started: due at a provisional time", minimum=0)
    ]
    breach_rate: Annotated[
        Annotated[float, like(0.5, minimum=0, maximum=1)] | None,
        told("逾期 ÷（按期 + 逾期）", "breached / (met + breached)"),
    ]
    median_working_hours: Annotated[
        Annotated[float, like(12.5, minimum=0)] | None, told("已结束期限的工时中位数", "Of the ended clocks")
    ]
    p90_working_hours: Annotated[
        Annotated[float, like(30.5, minimum=0)] | None, told("已结束期限的工时 90 分位", "Of the ended clocks")
    ]


class SlaRow(SlaFigures):
    """The figures of a group, with the keys of the group."""

    workflow: WorkflowKey | UnsetType = UNSET
    org: OrgCode | UnsetType = UNSET
    clock: Annotated[str | UnsetType, like("review")] = UNSET
    month: Annotated[str | UnsetType, like("2026-03")] = UNSET
    owner: Annotated[
        Username | UnsetType, told("用户名，无人经办为空文本", "A username; empty where nobody owned it")
    ] = UNSET


class SlaReport(Shape):
    """How the clocks that started in a span of time were kept."""

    as_of: Instant
    zone: Annotated[str, like("Asia/Shanghai")]
    from_: Instant = field(name="from")
    to: Instant
    rows: list[SlaRow]
    total: SlaFigures


def sla_report(figures: Mapping[str, Any]) -> SlaReport:
    """The report that `work.reports` makes."""
    return msgspec.convert(figures, SlaReport)


Cases = Annotated[int, like(3, minimum=0)]


class AgeingFigures(Shape):
    """How many cases are open."""

    open: Annotated[Cases, told("未办结的案件", "Cases that are not closed")]
    late: Annotated[Cases, told("其中有期限逾期的", "Of these: those of which a clock is late")]


class AgeingRow(AgeingFigures):
    """The open cases of an age."""

    from_days: Annotated[int, like(8, "登记后的天数，自", "Days since the opening, at least", minimum=0)]
    to_days: Annotated[
        Annotated[int, like(15, minimum=0)] | None, told("至（含），末行为 null", "At most; null in the last row")
    ]


class AgeingReport(Shape):
    """How old the open cases are."""

    as_of: Instant
    zone: Annotated[str, like("Asia/Shanghai")]
    rows: list[AgeingRow]
    total: AgeingFigures


class WorkloadFigures(AgeingFigures):
    """The open cases that somebody has."""

    urgent: Annotated[Cases, told("其中紧急的", "Of these: urgent ones")]


class WorkloadRow(WorkloadFigures):
    """The open cases of a person."""

    username: Username
    name: Name
    org: OrgCode


class HelperRow(AgeingFigures):
    """The open cases of a lawyer or volunteer, and what came of the offers of the last six months."""

    username: Username
    name: Name
    org: OrgCode
    offers: Annotated[Cases, told("近六个月征询次数", "Offers made in the last six months")]
    accepted: Annotated[Cases, told("其中接受的", "Of these: accepted")]
    accept_rate: Annotated[
        Annotated[float, like(0.75, minimum=0, maximum=1)] | None,
        told(
            "接受数占已答复和逾期未答复数的比例；没有则为 null",
            "Accepted of those that were answered or let lapse; null without any",
        ),
    ]
    median_hours: Annotated[
        Annotated[float, like(3.5, minimum=0)] | None,
        told("接受所用小时数的中位数", "Hours to a yes, the median; null without any"),
    ]


class WorkloadReport(Shape):
    """Who has how many open cases."""

    as_of: Instant
    zone: Annotated[str, like("Asia/Shanghai")]
    rows: list[WorkloadRow]
    unclaimed: Annotated[WorkloadFigures, told("无人经办的", "Those of nobody")]
    total: WorkloadFigures
    median_open: Annotated[
        Annotated[float, like(3.5, minimum=0)] | None,
        told(
            "每人未办结案件的中位数；经办人所在范围不足三人时对其为 null",
            "Open cases of a person, the median; null for a caseworker where they are fewer than three",
        ),
    ]
    helpers: Annotated[
        list[HelperRow], told("律师和志愿者；对经办人为空", "Lawyers and volunteers; none for a caseworker")
    ]


class FunnelRow(Shape):
    """How cases went through a state."""

    workflow: WorkflowKey
    state: StateName
    reached: Annotated[Cases, told("到过该状态的案件", "Cases that have reached it")]
    here: Annotated[Cases, told("现处该状态的案件", "Cases that are in it now")]
    median_days: Annotated[
        Annotated[float, like(2.5, minimum=0)] | None, told("已结束停留的天数中位数", "Of the stays that have ended")
    ]
    p90_days: Annotated[
        Annotated[float, like(9.5, minimum=0)] | None, told("已结束停留的天数 90 分位", "Of the stays that have ended")
    ]


class FunnelReport(Shape):
    """How the cases opened in a span of time went from state to state."""

    as_of: Instant
    zone: Annotated[str, like("Asia/Shanghai")]
    from_: Instant = field(name="from")
    to: Instant
    rows: list[FunnelRow]
