"""Answers of the service in a few lines, as people read them: where a case stands, what is due, what was written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.rules.text import Language, Text

_TELLS: Final = (
    *("number", "case_number", "username", "name", "title", "state_title", "status", "level"),
    *("waits_for", "outcome", "allowed", "because", "code", "detail"),
)
"""What is told of a thing, in this order, where it has it."""
_OF_MONEY: Final = {
    "payee": Text("{value}", "{value}"),
    "kind": Text("{value}", "{value}"),
    "amount": Text("{value} 元", "{value} yuan"),
    "total": Text("合计 {value} 元", "total {value} yuan"),
    "count": Text("共 {value} 笔", "payments {value}"),
    "unsettled": Text("尚无结果 {value} 笔", "without a result {value}"),
    "balance": Text("余额 {value} 元", "balance {value} yuan"),
    "free": Text("可用 {value} 元", "free {value} yuan"),
}
"""What is told of payments, orders, funds and what moved in them: of a thing with a sum of money only."""
_SUMS: Final = frozenset(("amount", "total", "balance"))
_DUE: Final = Text("最后一日 {day}", "last day {day}")
_PROVISIONAL: Final = Text("{day}（暂定）", "{day} (provisional)")
_OVERDUE: Final = Text("已逾期", "overdue")
_MORE: Final = Text("……还有更多，见 next_cursor（--json）。", "… and more: see next_cursor (--json).")
_NOTHING: Final = Text("没有。", "Nothing.")


def told(answer: Any, language: Language) -> str:
    """Return the answer in a few lines; what is left out is there with `--json`."""
    if isinstance(answer, Mapping) and isinstance(answer.get("items"), list):
        lines = [line for item in answer["items"] for line in _thing(item, language)]
        more = [_MORE.in_(language)] if answer.get("next_cursor") else []
        return "\n".join([*lines, *more] or [_NOTHING.in_(language)])
    return "\n".join(_thing(answer, language))


def _thing(thing: Any, language: Language) -> Iterator[str]:
    if not isinstance(thing, Mapping):
        yield str(thing)
        return
    parts = [str(thing[name]) for name in _TELLS if _says(thing.get(name))]
    if _SUMS & set(thing):
        parts += [word.in_(language, value=thing[name]) for name, word in _OF_MONEY.items() if _says(thing.get(name))]
    if thing.get("due_on"):
        day = _PROVISIONAL.in_(language, day=thing["due_on"]) if thing.get("provisional") else thing["due_on"]
        parts.append(_DUE.in_(language, day=day))
    if thing.get("overdue"):
        parts.append(_OVERDUE.in_(language))
    if parts:
        yield "  ".join(parts)
    else:
        yield from (f"{name}: {value}" for name, value in thing.items() if _says(value))
    for clock in thing.get("clocks") or ():
        if clock["ended_at"] is None:
            yield from (f"  {line}" for line in _thing(clock, language))
    for payment in thing.get("lines") or ():
        yield from (f"  {line}" for line in _thing(payment, language))
    if isinstance(thing.get("trace"), list):
        yield from (f"    {line['text']}" for line in thing["trace"])
    if isinstance(thing.get("body"), str):
        yield from ("", thing["body"], "")


def _says(value: Any) -> bool:
    return isinstance(value, str | int | float) and value != "" and value is not False
