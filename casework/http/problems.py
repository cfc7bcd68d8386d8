"""Refusals as HTTP says them: one table of statuses, titles in words, and the document of RFC 9457."""

from typing import Any, Final

from werkzeug.exceptions import HTTPException

from casework.rules.refusals import Refusal
from casework.rules.text import Language, Text

STATUS: Final[dict[str, int]] = {
    "malformed": 400,
    "unauthenticated": 401,
    "not_yours": 403,
    "not_found": 404,
    "method": 405,
    "not_now": 409,
    "stale": 412,
    "too_large": 413,
    "media_type": 415,
    "invalid": 422,
    "not_met": 422,
    "precondition": 428,
    "slow_down": 429,
    "unavailable": 503,
}

TITLES: Final[dict[str, Text]] = {
    "malformed": Text("无法读取请求", "The request cannot be read"),
    "unauthenticated": Text("需要登录", "Sign in first"),
    "not_yours": Text("无权操作", "Not yours to do"),
    "not_found": Text("没有找到", "Not found"),
    "method": Text("不支持的方法", "Method not allowed"),
    "not_now": Text("当前不能办理", "Not now"),
    "stale": Text("内容已更新", "Changed meanwhile"),
    "too_large": Text("内容过大", "Too large"),
    "media_type": Text("不支持的内容类型", "Unsupported media type"),
    "invalid": Text("内容有误", "Some fields are wrong"),
    "not_met": Text("条件不满足", "A condition is not met"),
    "precondition": Text("缺少版本", "The version is missing"),
    "slow_down": Text("请求过于频繁", "Too many attempts"),
    "unavailable": Text("暂时不可用", "Unavailable for the moment"),
    "fault": Text("系统故障", "Something broke"),
}

FAULT: Final = Text(
    "系统发生故障，未作任何更改；请稍后重试，并告知请求编号。",
    "Something broke and nothing was changed; try again, and name the request id if it happens again.",
)
_OF_HTTP: Final[dict[int, tuple[str, Text]]] = {
    400: ("malformed", Text("请求无法读取。", "The request cannot be read.")),
    404: ("not_found", Text("没有这个地址。", "There is nothing at this address.")),
    405: ("method", Text("此地址不支持该方法。", "This address does not take that method.")),
    413: ("too_large", Text("请求内容过大。", "The body is too large.")),
    414: ("too_large", Text("地址过长。", "The address is too long.")),
    415: ("media_type", Text("请以 application/json 提交。", "Send application/json.")),
    431: ("too_large", Text("请求头过大。", "The headers are too large.")),
}


class Malformed(Refusal):
    """What was sent cannot be read at all."""

    code = "malformed"


def of_http(error: HTTPException) -> tuple[str, Text] | None:
    """Return code and sentence for what the web framework refuses by itself; None where it is a fault of ours."""
    if error.code in _OF_HTTP:
        return _OF_HTTP[error.code]
    return _OF_HTTP[400] if (error.code or 500) < 500 else None


def document(status: int, code: str, detail: Text, language: Language, request_id: str) -> dict[str, Any]:
    """Return the members that every problem document has (RFC 9457, section 3.1, and our code and request id)."""
    return {
        "type": f"urn:casework:problem:{code}",
        "title": TITLES[code].in_(language),
        "status": status,
        "detail": detail.in_(language),
        "code": code,
        "request_id": request_id,
    }
