"""Refusals as HTTP: one table, `application/problem+json` (RFC 9457)."""

from typing import Any, Final

import msgspec
import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from casework.api.answers.cases import twin
from casework.api.answers.problems import FieldError, Problem
from casework.api.body import Encoded
from casework.api.request_context import language, request_id
from casework.rules.duplicates import Duplicate
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Text

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

_OF_HTTP: Final[dict[int, tuple[str, Text]]] = {
    400: ("malformed", Text("请求无法读取。", "The request cannot be read.")),
    404: ("not_found", Text("没有这个地址。", "There is nothing at this address.")),
    405: ("method", Text("此地址不支持该方法。", "This address does not take that method.")),
    413: ("too_large", Text("请求内容过大。", "The body is too large.")),
    414: ("too_large", Text("地址过长。", "The address is too long.")),
    415: ("media_type", Text("请以 application/json 提交。", "Send application/json.")),
    431: ("too_large", Text("请求头过大。", "The headers are too large.")),
}
_FAULT = Text(
    "系统发生故障，未作任何更改；请稍后重试，并告知请求编号。",
    "Something broke and nothing was changed; try again, and name the request id if it happens again.",
)
_log = structlog.get_logger()


def problem(status: int, code: str, detail: Text, **more: Any) -> Response:
    """A problem document in the caller's language."""
    body = Problem(
        type=f"urn:casework:problem:{code}",
        title=TITLES[code].in_(language()),
        status=status,
        detail=detail.in_(language()),
        code=code,
        request_id=request_id(),
        **more,
    )
    return Response(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def of_refusal(refusal: Refusal) -> Response:
    """The problem that says this refusal."""
    more: dict[str, Any] = {}
    if isinstance(refusal, Invalid):
        more["errors"] = [FieldError(one.path, one.code, one.text.in_(language())) for one in refusal.faults]
    if isinstance(refusal, Duplicate):
        more["duplicate_of"] = [twin(one) for one in refusal.of]
    answer = problem(STATUS[refusal.code], refusal.code, refusal.text, **more)
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    if isinstance(refusal, Encoded):
        answer.headers["Accept-Encoding"] = "identity"
    if refusal.code == "unauthenticated":
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_http(error: HTTPException) -> Response:
    """The problem for what the web framework refuses by itself."""
    status = error.code if error.code in _OF_HTTP else 400 if (error.code or 500) < 500 else 500
    if status == 500:
        return of_fault(error)
    code, detail = _OF_HTTP[status]
    answer = problem(STATUS[code], code, detail)
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def of_fault(error: Exception) -> Response:
    """The problem for what we did not foresee; the log has the rest, without what was sent."""
    rule = request.url_rule.rule if request.url_rule else None
    _log.error("fault", request_id=request_id(), method=request.method, rule=rule, exc_info=error)
    return problem(500, "fault", _FAULT)


def register(app: Flask) -> None:
    """Every error of the application is answered with a problem document."""
    app.register_error_handler(Refusal, of_refusal)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_fault)
