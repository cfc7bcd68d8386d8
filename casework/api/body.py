"""JSON as it comes in: strictly read, so that nothing odd gets further than the door."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from casework.http.problems import Malformed
from casework.rules.refusals import Refusal
from casework.rules.text import Text

DEEPEST: Final = 32
_LONGEST_NUMBER: Final = 40


class Encoded(Refusal):
    """The body is compressed or otherwise encoded."""

    code = "media_type"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "请勿压缩请求内容，直接以 JSON 提交。", "Send the body as it is; encodings such as gzip are not taken."
            )
        )


def read_json(raw: bytes) -> Any:
    """The JSON value of UTF-8 bytes; floats stay floats, and NUL and odd characters are left to the fields.

    Raises `Malformed` for anything that is not JSON, NaN and infinities, numbers beyond 40 digits, an object with
    the same name twice, and more than 32 levels.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        where = f" ({wrong.msg}: {wrong.lineno}:{wrong.colno})" if isinstance(wrong, json.JSONDecodeError) else ""
        raise Malformed(Text(f"请求内容不是有效的 JSON{where}。", f"The body is not valid JSON{where}.")) from wrong
    _ensure_shallow(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed(Text("JSON 对象中有重复的名称。", "An object has the same name twice."))
    return members


def _constant(name: str) -> Any:
    raise Malformed(Text(f"JSON 中不允许 {name}。", f"{name} is not JSON."))


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise Malformed(Text("数字过长。", "A number has too many digits."))
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= _LONGEST_NUMBER else None
    if number is None or not Decimal(number).is_finite():
        raise Malformed(Text("数字过大或过长。", "A number is too large or has too many digits."))
    return number


def _ensure_shallow(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise Malformed(Text(f"JSON 嵌套超过 {DEEPEST} 层。", f"The JSON is nested more than {DEEPEST} levels deep."))


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
