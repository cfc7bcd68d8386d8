"""What loading a calendar or a policy moves, as the command line tells it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Final

from casework.cli.console import Console
from casework.rules.clocks import Due
from casework.rules.text import Text
from casework.work.rederivation import Moved, Progress

_TITLES = (
    Text("案件", "Case"),
    Text("时限", "Clock"),
    Text("名称", "Title"),
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
_SETTLED = Text(
    "另有 {cases} 件案件的 {many} 个时限到期时间不变，不再暂定。",
    "Due as before and no longer provisional: {many}, on cases: {cases}.",
)
_NOT_FIRM = Text(
    "另有 {cases} 件案件的 {many} 个时限到期时间不变，成为暂定。",
    "Due as before and now provisional: {many}, on cases: {cases}.",
)
_ONLY_SOURCE = Text(
    "另有 {many} 个时限到期时间不变，依据改为新载入的规定。",
    "Due as before, with the source of the row that is new: {many}.",
)
_PROVISIONAL = Text("（暂定）", " (provisional)")
_CANCELLED = Text("取消", "cancelled")


_FEW: Final = 500
_SO_FAR: Final = Text("{doing}：已完成 {done}", "{doing}: {done} done")


def progress_on(console: Console) -> Progress:
    """What shows how far loading is, on standard error: a bar on a terminal, else a line for each tenth.

    With few cases there is nothing to wait for, and nothing is shown.
    """

    @contextmanager
    def shown(doing: Text, cases: int) -> Iterator[Callable[[int], object]]:
        if cases < _FEW:
            yield lambda more: None
        elif sys.stderr.isatty():
            with console.progress(doing, cases) as more:
                yield more
        else:
            console.note(doing, cases=cases)
            yield _lines(console, doing.with_(cases=cases), cases)

    return shown


def _lines(console: Console, doing: Text, cases: int) -> Callable[[int], object]:
    done = 0

    def more(many: int) -> None:
        nonlocal done
        before, done = done, done + many
        if done * 10 // cases > before * 10 // cases:
            console.note(_SO_FAR, doing=doing.in_(console.language), done=done)

    return more


def tell_preview(console: Console, moved: Sequence[Moved], zone: tzinfo) -> None:
    """Which clocks would move, from when to when, in a zone; those first whose day or limit would be another."""
    felt = sorted((one for one in moved if one.felt), key=lambda one: one.stays)
    if felt:
        console.table(_TITLES, [_row(console, one, zone) for one in felt])
    _count(console, _WOULD_MOVE, moved)


def tell_moved(console: Console, moved: Sequence[Moved]) -> None:
    """How many clocks on how many cases have moved."""
    _count(console, _MOVED, moved)


def _count(console: Console, sentence: Text, moved: Sequence[Moved]) -> None:
    staying = [one for one in moved if one.felt and one.stays]
    _tell(console, sentence, [one for one in moved if one.felt and not one.stays])
    for also, ones in (
        (_SETTLED, [one for one in staying if one.after and not one.after.provisional]),
        (_NOT_FIRM, [one for one in staying if one.after and one.after.provisional]),
        (_ONLY_SOURCE, [one for one in moved if not one.felt]),
    ):
        if ones:
            _tell(console, also, ones)


def _tell(console: Console, sentence: Text, ones: Sequence[Moved]) -> None:
    console.tell(sentence, many=len(ones), cases=len({one.number for one in ones}))


def _row(console: Console, one: Moved, zone: tzinfo) -> tuple[object, ...]:
    return (
        one.number,
        one.clock,
        one.title.in_(console.language),
        one.limit_before or "-",
        one.limit or "-",
        _due(console, one.before, zone),
        _CANCELLED.in_(console.language) if one.limit is None else _due(console, one.after, zone),
    )


def _due(console: Console, due: Due | None, zone: tzinfo) -> str:
    if due is None:
        return "-"
    provisional = _PROVISIONAL.in_(console.language) if due.provisional else ""
    return due.at.astimezone(zone).isoformat(timespec="minutes") + provisional
