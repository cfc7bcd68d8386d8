"""What webhooks get, for the OpenAPI document: a kind of message each, with its body and its headers."""

from typing import Any, Final

from casework.api.case_schemas import EVENT_KINDS, PHASE
from casework.api.shapes import AT, DUE, FIRST, ID, ROLE, Schema, obj, one_of, or_null, ref, sample, text
from casework.rules.text import Text

_BOTH: Final = obj({"zh-CN": text("期限已过 80%"), "en": text("80% of the time limit has passed")})
_ABOUT_A_CASE: Final = {
    "id": ID | {"description": Text("每次重发都相同", "The same at every attempt")},
    "sequence": FIRST | {"description": Text("本案发往此渠道的第几条", "Counts the case's messages to this channel")},
    "at": AT,
    "case": obj(
        {
            "id": ID,
            "number": text("LA-2026-000001"),
            "workflow": text("legal_aid"),
            "state": text("submitted"),
            "phase": PHASE,
            "org": text("370100"),
        }
    ),
}
_ALERT: Final = obj(
    {
        "id": ID,
        "clock": or_null(
            text("review"), Text("其名称会透露病情的，为空", "Null where its name would tell of an illness")
        ),
        "title": _BOTH | {"examples": [{"zh-CN": "审查期限（地方）", "en": "Review, local"}]},
        "generation": FIRST,
        "level": text("80%"),
        "because": _BOTH,
        **DUE,
        "due_at": or_null(AT, Text("期限暂停时为空", "Null while the clock is paused")),
    }
)
_TOLD: Final = obj(
    {
        "id": ID,
        "title": _BOTH | {"examples": [{"zh-CN": "办结", "en": "Conclude"}]},
        "because": _BOTH | {"examples": [{"zh-CN": "办结（律师）", "en": "Conclude (lawyer)"}]},
        "event_seq": FIRST
        | {"description": Text("在 /cases/{id}/events 中的序号", "Its number in /cases/{id}/events")},
        "role": ROLE | {"description": Text("由谁办理", "Who did it")},
        **DUE,
        "due_at": or_null(
            AT, Text("下一步何时到期；没有期限的为空", "When the next step is due; null without a limit")
        ),
    }
)
_EVENT: Final = obj(
    {
        "seq": FIRST | {"description": Text("在 /cases/{id}/events 中的序号", "Its number in /cases/{id}/events")},
        "from": or_null(text("submitted"), Text("新建时为空", "Null where the case was opened")),
        "transition": or_null(text("accept")),
    }
)

WEBHOOK_BODIES: Final[dict[str, Schema]] = {
    "AlertRaised": obj({**_ABOUT_A_CASE, "type": {"const": "alert.raised"}, "alert": _ALERT}),
    "AlertTold": obj({**_ABOUT_A_CASE, "type": {"const": "alert.told"}, "alert": _TOLD}),
    "CaseEvent": obj({**_ABOUT_A_CASE, "type": one_of(f"case.{kind}" for kind in EVENT_KINDS), "event": _EVENT}),
    "ChannelTried": obj(
        {
            "id": ID,
            "type": {"const": "channel.tried"},
            "at": AT,
            "channel": obj({"id": ID, "name": text(Text("OA 系统", "Office system"))}),
        }
    ),
}
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
    "rederived": Text("期限已重新计算", "Time limits were reckoned anew"),
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


def webhooks() -> dict[str, Any]:
    """Every kind of message by its `type`, as OpenAPI describes a request that is sent and not taken."""
    return {kind: {"post": _sent(kind, body, summary)} for kind, (body, summary) in _KINDS.items()}


def _sent(kind: str, body: str, summary: Text) -> dict[str, Any]:
    with_sequence = "sequence" in WEBHOOK_BODIES[body]["properties"]
    example = sample(WEBHOOK_BODIES[body], {}) | {"type": kind}
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
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref(body), "example": example}}},
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
