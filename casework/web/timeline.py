"""What happened to a case, in sentences, the latest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from casework.records.rows import StoredCase
from casework.rules.grammar import Workflow
from casework.rules.people import Role
from casework.rules.text import Text


class Happened(NamedTuple):
    """An event: what it is called, into which state it led, by whom, and what it did to clocks."""

    seq: int
    at: datetime
    kind: str
    title: Text
    to: Text | None
    actor: Text
    changes: Sequence[Text]


_TITLES: Final = {
    "corrected": Text("更正案情", "Facts corrected"),
    "overridden": Text("改变状态", "State set by a supervisor"),
    "claimed": Text("领取", "Claimed"),
    "released": Text("退回待领取", "Given back"),
    "handed_over": Text("移交", "Handed over"),
    "let_go": Text("经办人离开，退回待领取", "Its owner left; unclaimed again"),
    "code_issued": Text("发放查询码", "A tracking code was issued"),
    "rederived": Text("重新计算期限", "Clocks counted again"),
    "file_added": Text("添加材料文件", "File added"),
    "file_removed": Text("移除材料文件", "File removed"),
    "message": Text("申请人留言", "The applicant wrote a message"),
    "answered": Text("给申请人留言", "A message to the applicant"),
    "offered": Text("征询承办人", "A helper was asked"),
    "offer_accepted": Text("承办人接受征询", "The helper accepts"),
    "offer_declined": Text("承办人谢绝征询", "The helper declines"),
    "offer_expired": Text("承办人逾期未答复征询", "The helper has not answered in time"),
    "offer_withdrawn": Text("撤回征询", "The offer was withdrawn"),
    "wall_raised": Text("设置回避", "A wall was raised"),
    "conflicts_checked": Text("利益冲突比对有结果", "A check for conflicts found something"),
    "party_added": Text("添加相关人员", "A party was added"),
    "party_removed": Text("移除相关人员", "A party was removed"),
    "wall_lifted": Text("解除回避", "A wall was lifted"),
}
_CHANGES: Final = {
    "started": Text("{clock}开始计算", "{clock} began"),
    "paused": Text("{clock}中止", "{clock} stands still"),
    "resumed": Text("{clock}恢复计算", "{clock} goes on"),
    "met": Text("{clock}按时完成", "{clock} kept"),
    "breached": Text("{clock}逾期结束", "{clock} ended late"),
    "cancelled": Text("{clock}取消", "{clock} called off"),
    "rederived": Text("{clock}重新计算", "{clock} counted again"),
    "settled": Text("{clock}重新认定", "{clock} judged again"),
}


def timeline_of(record: StoredCase, workflow: Workflow, events: Sequence[Any]) -> list[Happened]:
    """Return the events of a case in sentences, the latest first."""
    return [_happened(workflow, row) for row in reversed(events)]


def _happened(workflow: Workflow, row: Any) -> Happened:
    payload: Mapping[str, Any] = row.payload
    moved = payload.get("state") if payload.get("state") != payload.get("from") else None
    return Happened(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        title=title_of(workflow, row.kind, payload),
        to=workflow.by_state[moved].title if moved in workflow.by_state else None,
        actor=_actor(row),
        changes=[told for change in payload.get("clocks", ()) if (told := _change(workflow, change))],
    )


def title_of(workflow: Workflow, kind: str, payload: Mapping[str, Any]) -> Text:
    """Return what an event is called."""
    if kind in ("opened", "transition"):
        name = payload.get("transition")
        return next((edge.title for edge in workflow.transitions if edge.name == name), Text(kind, kind))
    return _TITLES.get(kind, Text(kind, kind))


def _change(workflow: Workflow, change: Mapping[str, Any]) -> Text | None:
    sentence, clock = _CHANGES.get(change["change"]), workflow.by_clock.get(change["name"])
    return sentence.with_(clock=clock.title) if sentence and clock else None


def _actor(row: Any) -> Text:
    if row.actor_name:
        return Text(row.actor_name, row.actor_name)
    return Role(row.actor_role).told
