"""What leaving asks for and leaves behind: months above the line before, years for which the dossier is kept after.

Sources: rules of the Hunan and Anhui unions on dossiers (2019, other provinces; policy rows to be confirmed).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.rules.calendars import corresponding_day
from casework.rules.clocks import Interval, Limit, due
from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.text import Text


@guard(zh="收入高于困难标准的时间不足。", en="Income has not been above the line for long enough.", looks_at_given=True)
def above_the_line_long_enough(at: MoveContext) -> Verdict:
    """Out of hardship is who has been above the line for so many months in a row, where the place says so."""
    row = at.office.policy("months_above_line")
    if at.given["kind"] != "out_of_hardship" or row is None:
        return Verdict(True)
    since, months = at.given.get("above_line_since"), int(row.amount())
    verified = at.case.facts.get("verification") or {}
    poor = max(at.case.facts.get("on_file_since") or "", verified.get("in_hardship_on") or "") or None
    if since is not None and poor is not None and since < date.fromisoformat(poor):
        return Verdict(False, _POOR_SINCE.with_(poor=poor))
    if since is not None and corresponding_day(since, months) <= at.today:
        return Verdict(True)
    return Verdict(
        False,
        Text(
            f"脱困退出须收入连续 {months} 个月高于困难标准，请写明起始日期（`above_line_since`）；未满的，满后再提出（{row.source.zh}）。",
            f"Out of hardship is whose income has been above the line for {months} months in a row: say since when"
            f" (`above_line_since`), or propose the exit once they are full ({row.source.en}).",
        ),
    )


_POOR_SINCE = Text(
    "起始日期（`above_line_since`）不能早于 {poor}：当日建档、核查或者审查时该户仍属困难。",
    "Income cannot have been above the line since before {poor}, when the household was found in hardship"
    " (`above_line_since`).",
)


def exit_noted_from(at: MoveContext, in_hardship: bool) -> dict[str, Any]:
    """What a verification leaves for the exit: when hardship was last found, and from when an exit is due.

    Where a place asks for months above the line an exit is due once they are full since it was first found so.
    """
    before, today = at.case.facts.get("verification") or {}, at.today.isoformat()
    if in_hardship:
        return {"in_hardship_on": today}
    row = at.office.policy("months_above_line")
    full = corresponding_day(at.today, int(row.amount())) if row else at.today
    found_before = None if before.get("in_hardship", True) else before.get("exit_from")
    return {"in_hardship_on": before.get("in_hardship_on"), "exit_from": found_before or full.isoformat()}


def retention_noted(at: MoveContext) -> Mapping[str, Any]:
    """Until when the dossier of a household that leaves is kept at least."""
    row = at.office.policy("retention")
    last = due(Limit.parse(row.value), (Interval(max(at.now, at.case.last_at)),), at.office.calendar) if row else None
    return {"keep_until": last.on.isoformat() if last else None}
