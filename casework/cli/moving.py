"""What loading a calendar or a policy moves, as the command line tells it."""

from collections.abc import Sequence
from datetime import tzinfo

from casework.cli.console import Console
from casework.rules.clocks import Due
from casework.rules.text import Text
from casework.work.rederivation import Moved

_TITLES = (
    Text("案件", "Case"),
    Text("时限", "Clock"),
    Text("原时长", "Limit now"),
    Text("新时长", "Limit then"),
    Text("原到期", "Due now"),
    Text("新到期", "Due then"),
)
_WOULD_MOVE = Text(
    "将变动 {cases} 件案件的 {many} 个时限；未作任何更改。",
    "Clocks that would move: {many}, on cases: {cases}. Nothing has been changed.",
)
_MOVED = Text("已变动 {cases} 件案件的 {many} 个时限。", "Clocks moved: {many}, on cases: {cases}.")
_ONLY_SOURCE = Text(
    "另有 {many} 个时限到期时间不变，依据改为新载入的规定。",
    "Due as before, with the source of the row that is new: {many}.",
)
_PROVISIONAL = Text("（暂定）", " (provisional)")
_CANCELLED = Text("取消", "cancelled")


def tell_preview(console: Console, moved: Sequence[Moved], zone: tzinfo) -> None:
    """Which clocks would move, from when to when, in a zone."""
    felt = [one for one in moved if one.felt]
    if felt:
        console.table(_TITLES, [_row(console, one, zone) for one in felt])
    _count(console, _WOULD_MOVE, moved)


def tell_moved(console: Console, moved: Sequence[Moved]) -> None:
    """How many clocks on how many cases have moved."""
    _count(console, _MOVED, moved)


def _count(console: Console, sentence: Text, moved: Sequence[Moved]) -> None:
    felt = [one for one in moved if one.felt]
    console.tell(sentence, many=len(felt), cases=len({one.number for one in felt}))
    if len(felt) < len(moved):
        console.tell(_ONLY_SOURCE, many=len(moved) - len(felt))


def _row(console: Console, one: Moved, zone: tzinfo) -> tuple[object, ...]:
    then = _CANCELLED.in_(console.language) if one.limit is None else _due(console, one.after, zone)
    return one.number, one.clock, one.limit_before or "-", one.limit or "-", _due(console, one.before, zone), then


def _due(console: Console, due: Due | None, zone: tzinfo) -> str:
    if due is None:
        return "-"
    provisional = _PROVISIONAL.in_(console.language) if due.provisional else ""
    return due.at.astimezone(zone).isoformat(timespec="minutes") + provisional
