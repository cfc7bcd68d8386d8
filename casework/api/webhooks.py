"""What webhooks get, for the OpenAPI document: a kind of message each, with its body and its headers."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import field

from casework.api.answers.clocks import DueOn, Provisional
from casework.api.answers.history import EVENT_KINDS
from casework.api.answers.members import (
    CaseNumber,
    First,
    Id,
    Instant,
    OrgCode,
    PhaseName,
    RoleName,
    Shape,
    StateName,
    WorkflowKey,
    like,
    one_of,
    told,
)
from casework.api.schemas import Schema, ref
from casework.rules.text import Text


class InBothLanguages(Shape):
    """A sentence in both languages."""

    zh: Annotated[str, like("期限已过 80%")] = field(name="zh-CN")
    en: Annotated[str, like("80% of the time limit has passed")]


_Seq = Annotated[First, told("在 /cases/{id}/events 中的序号", "Its number in /cases/{id}/events")]


class SentCase(Shape):
    """The case that a message is about."""

    id: Id
    number: CaseNumber
    workflow: WorkflowKey
    state: StateName
    phase: PhaseName
    org: OrgCode


class _AboutCase(Shape):
    id: Annotated[Id, told("每次重发都相同", "The same at every attempt")]
    sequence: Annotated[First, told("本案发往此渠道的第几条", "Counts the case's messages to this channel")]
    at: Instant
    case: SentCase


class SentAlert(Shape):
    """A step of a clock."""

    id: Id
    clock: Annotated[
        str | None, like("review", "其名称会透露病情的，为空", "Null where its name would tell of an illness")
    ]
    title: Annotated[InBothLanguages, like({"zh-CN": "审查期限（地方）", "en": "Review, local"})]
    generation: First
    level: Annotated[str, like("80%")]
    because: InBothLanguages
    due_at: Annotated[Instant | None, told("期限暂停时为空", "Null while the clock is paused")]
    due_on: DueOn
    provisional: Provisional


class AlertRaised(_AboutCase):
    """A clock has come to a step of its ladder."""

    type: Literal["alert.raised"]
    alert: SentAlert


class SentTelling(Shape):
    """What somebody did to a case of another's."""

    id: Id
    title: Annotated[InBothLanguages, like({"zh-CN": "办结", "en": "Conclude"})]
    because: Annotated[InBothLanguages, like({"zh-CN": "办结（律师）", "en": "Conclude (lawyer)"})]
    event_seq: _Seq
    role: Annotated[RoleName, told("由谁办理", "Who did it")]
    due_at: Annotated[
        Instant | None, told("下一步何时到期；没有期限的为空", "When the next step is due; null without a limit")
    ]
    due_on: DueOn
    provisional: Provisional


class AlertTold(_AboutCase):
    """Somebody did something to a case of another's."""

    type: Literal["alert.told"]
    alert: SentTelling


class SentEvent(Shape):
    """What happened to a case."""

    seq: _Seq
    from_: Annotated[StateName | None, told("新建时为空", "Null where the case was opened")] = field(name="from")
    transition: Annotated[str | None, like("accept")]


class CaseEvent(_AboutCase):
    """Something happened to a case."""

    type: Annotated[str, one_of(f"case.{kind}" for kind in EVENT_KINDS)]
    event: SentEvent


class SentChannel(Shape):
    """The channel that is tried."""

    id: Id
    name: Annotated[str, like(Text("OA 系统", "Office system"))]


class ChannelTried(Shape):
    """Somebody tries a channel; it is about no case."""

    id: Id
    type: Literal["channel.tried"]
    at: Instant
    channel: SentChannel


BODIES: Final = (AlertRaised, AlertTold, CaseEvent, ChannelTried)
_EVENTS: Final = {
    "opened": Text("案件已登记", "A case was opened"),
    "transition": Text("案件已办理一步", "A step was taken"),
    "corrected": Text("案情已更正", "The facts were corrected"),
    "overridden": Text("审批人已介入", "A supervisor stepped in"),
    "claimed": Text("案件已领取", "Somebody took the case up"),
    "released": Text("案件已退回", "The case was given back"),
    "handed_over": Text("案件已移交", "The case was handed over"),
    "let_go": Text("经办人离任，案件无人经办", "Its owner has left; nobody owns the case"),
    "code_issued": Text("已发给新的查询码", "The applicant got a new tracking code"),
    "payee_confirmed": Text("收款信息的变更已确认", "A change of the payee or account was confirmed"),
    "rederived": Text("期限已重新计算", "Time limits were reckoned anew"),
    "file_added": Text("已添加材料文件", "A file was added"),
    "file_removed": Text("已移除材料文件", "A file was removed"),
    "message": Text("申请人已留言", "The applicant wrote a message"),
    "answered": Text("已给申请人留言", "Somebody wrote to the applicant"),
    "offered": Text("已征询承办人", "A helper was asked whether to take the case"),
    "offer_accepted": Text("承办人接受征询", "The helper who was asked takes the case"),
    "offer_declined": Text("承办人谢绝征询", "The helper who was asked declines"),
    "offer_expired": Text("承办人逾期未答复征询", "The helper who was asked has not answered in time"),
    "offer_withdrawn": Text("征询已撤回", "The offer to a helper was withdrawn"),
    "wall_raised": Text("已设置回避", "Somebody is kept from the case"),
    "conflicts_checked": Text("利益冲突比对有结果", "A check for conflicts of interest has found something"),
    "party_added": Text("已添加相关人员", "A party was added"),
    "party_removed": Text("已移除相关人员", "A party was removed"),
    "wall_lifted": Text("已解除回避", "Somebody is kept from the case no longer"),
}
_KINDS: Final[dict[str, tuple[str, Text]]] = {
    "alert.raised": ("AlertRaised", Text("期限提醒", "An alert was raised")),
    "alert.told": ("AlertTold", Text("承办案件的进展", "Somebody was told what another did to a case of theirs")),
    **{f"case.{kind}": ("CaseEvent", _EVENTS[kind]) for kind in EVENT_KINDS},
    "channel.tried": ("ChannelTried", Text("试发，与案件无关", "Somebody tried the channel; about no case")),
}
_HEADERS: Final = {
    "Casework-Signature": Text(
        "t=秒,v1=对“秒.请求内容”以渠道密钥所作的 HMAC-SHA256",
        "t=seconds,v1=the HMAC-SHA256 under the channel's secret of the seconds, a dot and the body",
    ),
    "Casework-Event-Id": Text("即 id，已收过的应予丢弃", "The id; what was taken under it before is to be dropped"),
    "Casework-Sequence": Text("即 sequence", "The sequence"),
}
TAG: Final = "webhooks"


def webhooks(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """Every kind of message by its `type`, as OpenAPI describes a request that is sent and not taken."""
    return {kind: {"post": _sent(kind, schemas[body], summary)} for kind, (body, summary) in _KINDS.items()}


def _sent(kind: str, body: Schema, summary: Text) -> dict[str, Any]:
    with_sequence = "sequence" in body["properties"]
    example = body["examples"][0] | {"type": kind}
    headers = [name for name in _HEADERS if name != "Casework-Sequence" or with_sequence]
    return {
        "operationId": f"webhook_{kind.replace('.', '_')}",
        "tags": [TAG],
        "summary": summary,
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": _HEADERS[name],
                "schema": {"type": "string"},
            }
            for name in headers
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref(body["title"]), "example": example}},
        },
        "responses": {
            "2XX": {"description": Text("已接收，不再发送", "Taken; it is not sent again")},
            "default": {
                "description": Text(
                    "400、413、415、422：不再发送；其他：稍后再发",
                    "400, 413, 415 and 422: it is not sent again; any other: later",
                )
            },
        },
    }
