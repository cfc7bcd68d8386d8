"""Refusals as the API says them: `application/problem+json` (RFC 9457)."""

from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from casework.api.answers.cases import twin
from casework.api.answers.problems import FieldError, Problem
from casework.api.body import Encoded
from casework.http.problems import FAULT, STATUS, document, of_http
from casework.http.request_context import language, request_id
from casework.rules.duplicates import Duplicate
from casework.rules.refusals import Fault, Invalid, Refusal
from casework.rules.text import Text


def answer_to(error: Refusal | HTTPException | None) -> Response:
    """Return the problem document of a refusal, or of what the web framework refuses; None is a fault of ours."""
    if isinstance(error, Refusal):
        return _of_refusal(error)
    told = of_http(error) if error is not None else None
    if told is None:
        return _problem(500, "fault", FAULT)
    code, detail = told
    answer = _problem(STATUS[code], code, detail)
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _problem(status: int, code: str, detail: Text, **more: Any) -> Response:
    body = Problem(**document(status, code, detail, language(), request_id()), **more)
    return Response(msgspec.json.encode(body), status=status, content_type="application/problem+json")


def _told(one: Fault) -> FieldError:
    return FieldError(one.path, one.title.in_(language()) if one.title else None, one.code, one.text.in_(language()))


def _of_refusal(refusal: Refusal) -> Response:
    more: dict[str, Any] = {}
    if isinstance(refusal, Invalid):
        more["errors"] = [_told(one) for one in refusal.faults]
    if isinstance(refusal, Duplicate):
        more["duplicate_of"] = [twin(one) for one in refusal.of]
    answer = _problem(STATUS[refusal.code], refusal.code, refusal.text, **more)
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    if isinstance(refusal, Encoded):
        answer.headers["Accept-Encoding"] = "identity"
    if refusal.code == "unauthenticated":
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
