"""What holds for every request: how long it may be, the headers of its answer, the log, and who answers errors."""

import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, request
from werkzeug.exceptions import (
    HTTPException,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
)
from werkzeug.wrappers import Response

from casework.http.problems import Malformed, of_http
from casework.http.request_context import language, request_id
from casework.rules.refusals import Refusal
from casework.rules.text import Text

Answering = Callable[[Refusal | HTTPException | None], Response]
"""Gives the answer to a refusal, to what the web framework refuses, and with None to a fault of ours."""

_LONGEST_ADDRESS: Final = 8_192
_LONGEST_HEADER: Final = 16_384
# Asked every few seconds by whatever watches the service; the log has better things to say.
_ASKED_BY_MACHINES: Final = ("/healthz", "/readyz", "/metrics")
_NOT_UTF8: Final = Text("地址中的字符须以 UTF-8 编码并以 % 转写。", "An address is written in UTF-8, and with %.")
_log = structlog.get_logger()


def install(app: Flask, doors: Mapping[str, Answering]) -> None:
    """Have every request measured and logged, and errors answered by the door whose addresses begin so.

    Of `doors`, the one with the longest beginning that fits answers; "/" fits always.
    """

    @app.before_request
    def begin() -> None:
        request.environ["casework.started"] = time.monotonic()
        _ensure_short(request.environ)
        _ensure_utf8()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers["X-Request-Id"] = request_id()
        headers["Content-Language"] = language()
        if "Vary" in headers:
            response.vary.add("Accept-Language")
        else:
            headers["Vary"] = "Accept-Language"
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Content-Type-Options"] = "nosniff"
        # The rule, not the address: addresses may hold what was searched for.
        rule = request.url_rule.rule if request.url_rule else None
        if rule not in _ASKED_BY_MACHINES:
            took = time.monotonic() - request.environ["casework.started"]
            _log.info(
                "request",
                request_id=request_id(),
                method=request.method,
                rule=rule,
                status=response.status_code,
                ms=round(took * 1000, 1),
            )
        return response

    def answering() -> Answering:
        fitting = (beginning for beginning in doors if request.path.startswith(beginning))
        return doors[max(fitting, key=len)]

    def of_refusal(refusal: Refusal) -> Response:
        return answering()(refusal)

    def of_framework(error: HTTPException) -> Response:
        return of_fault(error) if of_http(error) is None else answering()(error)

    def of_fault(error: Exception) -> Response:
        # The log has the rest, without what was sent.
        rule = request.url_rule.rule if request.url_rule else None
        _log.error("fault", request_id=request_id(), method=request.method, rule=rule, exc_info=error)
        return answering()(None)

    app.register_error_handler(Refusal, of_refusal)
    app.register_error_handler(HTTPException, of_framework)
    app.register_error_handler(Exception, of_fault)


def body(most: int) -> bytes:
    """Return the body, read to its end however it is framed; raises `RequestEntityTooLarge` where it is longer."""
    # One byte more is asked for: of a body in chunks nobody says before how long it is.
    request.max_content_length = most + 1
    raw = request.get_data(cache=False)
    if len(raw) > most:
        raise RequestEntityTooLarge
    return raw


def _ensure_short(environ: MutableMapping[str, Any]) -> None:
    """Raises the refusal of an address or a header that is longer than any that is meant, before anything is read."""
    if max(len(environ["PATH_INFO"]), len(environ["QUERY_STRING"])) > _LONGEST_ADDRESS:
        raise RequestURITooLarge
    for name in [name for name in environ if name.startswith(("HTTP_", "CONTENT_TYPE"))]:
        if len(environ[name]) > _LONGEST_HEADER:
            # The refusal itself is written in the language that is asked for.
            del environ[name]
            raise RequestHeaderFieldsTooLarge


def _ensure_utf8() -> None:
    """Raises `Malformed` for an address that is not written in UTF-8, such as one that was typed in GBK."""
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    try:
        path.decode(), unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as wrong:
        raise Malformed(_NOT_UTF8) from wrong
