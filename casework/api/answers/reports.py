"""Reports."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType, field

from casework.api.answers.members import Instant, OrgCode, Shape, Username, WorkflowKey, like, told


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
