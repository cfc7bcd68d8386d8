"""Writes pages: templates, pairs of words in two languages, dates and nearness as people read them, headers."""

import gzip
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from flask import Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from casework.http.request_context import language, request_id
from casework.http.wiring import wiring
from casework.rules.pinyin import initials
from casework.rules.text import Language, Text
from casework.web import assets, cookies, dates

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOR_PROGRAMS: Final = re.compile(r"（`[^（）]+）| ?\(`[^()]+\)")
_WORTH_COMPRESSING: Final = 1_000
_LEVEL: Final = 5


def for_people(text: Text) -> Text:
    """Return a sentence without the names that it has for programs, which stand in brackets and backticks.

    What people have written themselves is the same in both languages, and stays as it is.
    """
    return Text(*(_FOR_PROGRAMS.sub("", one) for one in (text.zh, text.en))) if text.zh != text.en else text


@pass_context
def _pair(context: Context, zh: str, en: str) -> str:
    return zh if context["lang"] == "zh-CN" else en


@pass_context
def _told(context: Context, text: Text) -> str:
    return for_people(text).in_(context["lang"])


@pass_context
def _day(context: Context, day: date | str) -> str:
    return dates.day(_as_date(day), context["today"]).in_(_spoken(context))


@pass_context
def _nearness(context: Context, day: date | str, late: bool = False) -> dates.Nearness:
    return dates.nearness(_as_date(day), context["today"], late=late)


@pass_context
def _moment(context: Context, at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return dates.moment(moment.astimezone(wiring().zone), context["today"])


def _spoken(context: Context) -> Language:
    spoken: Language = context["lang"]
    return spoken


def _as_date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("casework.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals |= {"_": _pair, "initials": initials, "asset": assets.address_of}
    made.filters |= {"told": _told, "day": _day, "nearness": _nearness, "moment": _moment}
    return made


_TEMPLATES: Final = _environment()


def page(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Return the page of a template in the language of the request.

    Each has `lang`, `today` in the office's zone, `path`, `request_id` and `once`, a key for forms that act once,
    beside its own values.
    """
    zone = wiring().zone
    common = {
        "lang": language(),
        "today": datetime.now(zone).date(),
        "path": request.path,
        "keys_off": cookies.keys_off(),
        "request_id": request_id(),
        "once": secrets.token_urlsafe(24),
    }
    text = _TEMPLATES.get_template(f"{template}.html").render({**common, **values})
    return sent(text, status)


def sent(text: str, status: int) -> Response:
    """Return HTML with the headers that every page has, compressed where the browser takes that."""
    content = text.encode()
    response = Response(status=status)
    response.headers.update(_HEADERS)
    if len(content) > _WORTH_COMPRESSING:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] > 0:
            content = gzip.compress(content, _LEVEL, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
    response.set_data(content)
    return response
