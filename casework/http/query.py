"""Query parameters and cursors, read as strictly as bodies."""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from flask import request
from werkzeug.datastructures import MultiDict

from casework.forms.form import Form, Many
from casework.forms.numbers import Count, Flag
from casework.forms.texts import Word
from casework.forms.validation_errors import speakable
from casework.http.wiring import wiring
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text

_SIGNED_BY: Final = 12  # bytes
_TWICE = Text("此参数只能出现一次。", "This parameter may be given once.")
_CURSOR = Text(
    "游标无效，或者属于另一查询，请从第一页开始。",
    "The cursor is not valid, or belongs to another query; begin with the first page.",
)
_ROWS_DO_NOT_DEPEND_ON = ("cursor", "limit", "count")


class NoQuery(Form):
    """An address that takes no parameters."""


class Page(Form):
    """How much of a list, and after what."""

    limit = Count(least=1, most=200, title=Text("每页条数", "How many"), example=50)
    cursor = Word(most=500, title=Text("游标", "Cursor of the page before"), example="")


def read_query(form: type[Form], args: MultiDict[str, str], today: date) -> dict[str, Any]:
    """The clean parameters; raises `Invalid` for unknown, repeated and wrong ones."""
    said = tuple(args.items(multi=True))
    # What is searched for may be somebody's number, which stays in no memory.
    read = _read if "q" in args else _read_once
    return dict(read(form, said, today))


def _read(form: type[Form], given: tuple[tuple[str, str], ...], today: date) -> dict[str, Any]:
    args: MultiDict[str, str] = MultiDict(given)
    several = {name for name, field in form.form_fields() if isinstance(field, Many)}
    repeated = [name for name, values in args.lists() if len(values) > 1 and name not in several]
    if repeated:
        raise Invalid([Fault(speakable(name), "twice", _TWICE) for name in repeated])
    said = {name: args.getlist(name) if name in several else _typed(form, name, args[name]) for name in args}
    try:
        return form.check(said, today=today)
    except Invalid as wrong:
        # One of several values is told under the name of the parameter, which is the field that a caller knows.
        raise Invalid(
            [replace(one, path=name) if name in several else one for one, name in _by_parameter(wrong)]
        ) from None


# The same addresses are asked again and again, and to check one takes as long as a statement.
_read_once = lru_cache(1_000)(_read)


def _by_parameter(wrong: Invalid) -> list[tuple[Fault, str]]:
    return [(one, one.path.partition(".")[0]) for one in wrong.faults]


def _typed(form: type[Form], name: str, value: str) -> Any:
    """A parameter is text; where a number or a switch is wanted, its text form is taken."""
    field = form.instance().fields.get(name)
    if isinstance(field, Count) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    if isinstance(field, Flag) and value in ("true", "false"):
        return value == "true"
    return value


def to_cursor(*key: Any) -> str:
    """An opaque cursor of the last row's key, signed for this query so that no other one takes it."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    raw = json.dumps([value if isinstance(value, str | int | None) else str(value) for value in plain]).encode()
    return base64.urlsafe_b64encode(_signature(raw) + raw).decode().rstrip("=")


def from_cursor(query: Mapping[str, Any], *kinds: Any) -> tuple[Any, ...] | None:
    """The key of the cursor, each part read by its kind; None without a cursor. Raises `Invalid`."""
    cursor = query.get("cursor")
    if cursor is None:
        return None
    try:
        signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, raw = signed[:_SIGNED_BY], signed[_SIGNED_BY:]
        if not hmac.compare_digest(signature, _signature(raw)):
            raise ValueError(cursor)
        parts = json.loads(raw)
        if len(parts) != len(kinds):
            raise ValueError(cursor)
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise Invalid([Fault("cursor", "cursor", _CURSOR)]) from wrong


def _signature(raw: bytes) -> bytes:
    """Of the key and of the query whose rows it belongs to: the path and every parameter that chooses or orders.

    A form of a page sends what was left blank, too, which chooses nothing.
    """
    asked = sorted(
        (name, value) for name, value in request.args.items(multi=True) if value and name not in _ROWS_DO_NOT_DEPEND_ON
    )
    query = json.dumps([request.path, asked]).encode()
    return hmac.digest(wiring().secret, b"cursor:" + query + raw, "sha256")[:_SIGNED_BY]


def moment(value: str) -> datetime:
    """An aware instant of a cursor."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at


def text(value: Any) -> str:
    """A text of a cursor that the database can hold."""
    if not isinstance(value, str) or "\x00" in value or not value.isprintable():
        raise ValueError(value)
    return value


def whole(value: Any) -> int:
    """A whole number of a cursor."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def switch(value: Any) -> bool:
    """A yes or no of a cursor, written 1 or 0."""
    if value not in (0, 1):
        raise ValueError(value)
    return bool(value)
