"""How we speak with the caller: language, request id, zone of times."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, overload
from uuid import uuid4

from flask import g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from casework.http.wiring import wiring
from casework.rules.text import Language

_MOST_READ: Final = 1_000
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SPOKEN: Final[dict[str, Language]] = {"zh": "zh-CN", "en": "en"}


def language() -> Language:
    """The caller's language by Accept-Language, whatever the country, else the office's."""
    if "language" not in g:
        g.language = spoken(request.headers.get("Accept-Language", ""), wiring().language)
    chosen: Language = g.language
    return chosen


def choose_language(chosen: Language) -> None:
    """Speak this language for the rest of the request, whatever its headers ask for."""
    g.language = chosen


def spoken(header: str, otherwise: Language) -> Language:
    """Return the first language that is accepted and spoken here, whatever the country.

    Of a header without end the beginning is read.
    """
    accepted = parse_accept_header(header[:_MOST_READ], LanguageAccept)
    wanted = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
    return next((_SPOKEN[one] for one in wanted if one in _SPOKEN), otherwise)


def request_id() -> str:
    """The id of this request, in answers and in the log; a caller may give its own in X-Request-Id."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
    chosen: str = g.request_id
    return chosen


def bearer_token() -> str:
    """The token of the Authorization header; empty where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def in_zone(value: Any) -> Any:
    """Stored JSON with the office's offset in every instant that it holds."""
    if isinstance(value, Mapping):
        return {name: in_zone(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_zone(inner) for inner in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        with suppress(ValueError, OverflowError):
            return instant(datetime.fromisoformat(value))
    return value


@overload
def instant(at: datetime) -> str: ...
@overload
def instant(at: datetime | None) -> str | None: ...
def instant(at: datetime | None) -> str | None:
    """RFC 3339 with the office's offset."""
    return at.astimezone(wiring().zone).isoformat() if at else None
