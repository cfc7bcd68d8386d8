"""Loading rules without holding up the office: derive, switch the rules, bring the cases up to them a few at a time.

What is loaded is first tried on every open case, with nothing locked; what cannot be worked out is refused. Then the
rules are locked for a moment and written. From there on they hold. The cases follow in small transactions; whoever has
a case in hand before its turn brings it up first, so that nobody decides, and no clock lapses, by rules that hold no
more.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from time import monotonic, sleep
from typing import Final, TypeVar
from uuid import UUID

import structlog

from casework.records import cases, offices
from casework.records import recalculation as records
from casework.records.database import Tx
from casework.records.recalculation import Recalculation
from casework.records.rows import StoredCase
from casework.rules.case import Facts
from casework.rules.refusals import NotNow, Refusal, Unavailable
from casework.rules.text import Text
from casework.work.rederivation import (
    Change,
    Known,
    Moved,
    Progress,
    change_by_policies,
    derived,
    in_order,
    preview,
    silently,
)
from casework.work.service import RulesInForce, Service, Transaction, read_rules

T = TypeVar("T")
BATCH: Final = 20
"""So many cases are brought up, and locked, at once: others wait no longer than these take to be written."""
_IDLE: Final = timedelta(seconds=30)
"""A recalculation that has not moved on for so long was left by whoever began it."""
_PAUSE_S: Final = 0.05
_BRINGING_UP: Final = Text("更新 {cases} 件案件的时限", "Bringing {cases} cases up to the rules")
_log = structlog.get_logger()


class Unfinished(NotNow):
    """Rules that were loaded before have not reached every case yet."""


_UNFINISHED: Final = Text(
    "此前载入的规则尚未应用到全部案件，请稍后再载入；未作任何更改。",
    "Rules that were loaded before have not reached every case yet; load these in a moment. Nothing has been changed.",
)
_ON_ITS_WAY: Final = Text(
    "规则已载入并生效；其余案件由调度进程继续更新。{why}",
    "The rules are loaded and hold; the scheduler brings the other cases up to them. {why}",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Rules as they would be if something were loaded, and what it changes.

    `before` says for the record by what was counted so far, see `Recalculation`; `counting` is the calendar by which
    an organisation would count, by its code, where that is another one.
    """

    rules: RulesInForce
    change: Change
    before: Facts = field(default_factory=dict)
    counting: Mapping[str, str] = field(default_factory=dict)

    def preview(self, tx: Tx, progress: Progress = silently) -> list[Moved]:
        """What would move, by case number; nothing is changed. Raises `Refusal` where something cannot be derived."""
        return preview(tx, self.rules, self.change, self.counting, progress)


def loaded(tx: Tx) -> RulesInForce:
    """The rules as this transaction sees them, which may have loaded some; nobody else is given them."""
    return read_rules(tx, offices.revision(tx))


def load(service: Service, switch: Callable[[Tx], T], progress: Progress = silently) -> tuple[T, list[Moved]]:
    """Switch to other rules by this deed in one transaction, then bring every case up to them.

    Gives what the deed gives, and what moved. What others have loaded is brought to every case before. Raises what the
    deed raises; then nothing is changed. Raises `Unavailable` where the cases cannot be brought up now; then the rules
    hold, and the scheduler goes on.
    """
    while True:
        finish(service, progress)
        try:
            with service.transaction() as tx:
                done = switch(tx.db)
        except Unfinished:
            continue
        try:
            return done, finish(service, progress)
        except Unavailable as away:
            raise Unavailable(_ON_ITS_WAY.with_(why=away.text)) from away


def lock_for(tx: Tx, trial: Trial, progress: Progress = silently) -> bool:
    """Lock the rules, once the trial has shown that every clock can be derived by them; for whoever switches then.

    Gives False, and locks nothing, where others were loaded since those of the trial were read. Raises `Refusal`, or
    `Unfinished`.
    """
    trial.preview(tx, progress)
    if not offices.lock_rules(tx, trial.rules.revision):
        return False
    if records.under_way(tx) is not None:
        raise Unfinished(_UNFINISHED)
    return True


def begin(tx: Tx, trial: Trial, because: Facts) -> None:
    """Note that the rules just written are to be brought to the cases, if any may move. `because` is for the events."""
    if trial.change.workflows or trial.change.before:
        records.begin(tx, because, trial.before)


def finish(service: Service, progress: Progress = silently, seconds: float = inf) -> list[Moved]:
    """Bring every case up to the rules that were loaded; what moved, by case number. None of it is done twice.

    Any number of processes may do so at once: each batch is taken by one of them. After so many `seconds` the rest is
    left to the next.
    """
    began = monotonic()
    with service.transaction() as tx:
        left = records.under_way(tx.db)
        if left is None:
            return []
        change = _change(tx, left)
        ids = change.case_ids(tx.db, left.cursor)
    moved = list[Moved]()
    with progress(_BRINGING_UP, len(ids)) as more:
        for start in range(0, len(ids), BATCH):
            if monotonic() - began > seconds:
                return in_order(moved)
            batch = ids[start : start + BATCH]
            moved += _bring_up(service, left.revision, change, batch)
            more(len(batch))
    with service.transaction() as tx:
        records.end(tx.db, left.revision)
    return in_order(moved)


class Resumption:
    """Goes on with a recalculation that whoever began it has left; for the scheduler, which does so in small parts."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._going_on: int | None = None

    def go_on(self, seconds: float) -> list[Moved]:
        """Go on for so many seconds with what nobody has moved on for a while, or with its own; what moved."""
        with self._service.transaction() as tx:
            left = records.under_way(tx.db)
            # One that moved on in the time to come did so before the clock was set back.
            idle = left is not None and (left.revision == self._going_on or abs(tx.now - left.at) > _IDLE)
        self._going_on = left.revision if left and idle else None
        return finish(self._service, seconds=seconds) if idle else []


def caught_up(tx: Transaction, record: StoredCase) -> StoredCase:
    """The case, which this transaction has locked, brought up to the rules that hold before anything is decided on it.

    Whoever has read it as it was before may go on: nobody else has done anything to it.
    """
    if not tx.db.cases_may_lag:
        return record
    # Read again: if the lock was waited for, by which calendar its organisation counts may have been loaded meanwhile.
    [found] = cases.several(tx.db, [record.case.id]).values()
    [after] = catch_up(tx, [found]) or [found]
    if isinstance(tx.if_match, frozenset) and found.case.version in tx.if_match:
        tx.if_match |= {after.case.version}
    return after


def catch_up(tx: Transaction, found: Collection[StoredCase]) -> list[StoredCase]:
    """Bring cases, which this transaction has locked and for which it keeps the rules, up to them; those that moved."""
    tx.rules_have_changed()
    if not tx.db.cases_may_lag:
        return []
    left = records.under_way(tx.db)
    if left is None:
        return []
    change = _change(tx, left)
    # One that was brought up before, or opened since, is derived once more and does not move.
    behind = [record for record in found if record.case.id > left.cursor and change.concerns(record)]
    brought = derived(tx.db, Known(tx.rules, tx.now), behind, change)
    brought.write(tx.db)
    return list(cases.several(tx.db, [rows.case["id"] for rows in brought.rows]).values())


def _change(tx: Transaction, left: Recalculation) -> Change:
    """What the rules that were loaded change; no others are loaded before every case is brought up to these."""
    because, rules = left.because, tx.rules
    if "policies" in because:
        return change_by_policies((rules.policy_by_id[number] for number in because["policies"]), because)
    if "calendars" in because:
        return Change(because, before={code: rules.calendars[key].calendar for code, key in left.before.items()})
    [(key, version)] = left.before.items()
    was = offices.calendar_version(tx.db, key, version)
    assert was is not None
    return Change(because, before=dict.fromkeys(rules.counting_by(key), was.calendar))


def _bring_up(service: Service, revision: int, change: Change, ids: Sequence[UUID]) -> list[Moved]:
    """Bring a batch up, once nobody else has one of its cases in hand.

    A case whose clocks cannot be derived, since it was given others after the trial, keeps them as they are.
    """
    try:
        while (moved := _batch(service, revision, change, ids)) is None:
            sleep(_PAUSE_S)
    except Refusal as beyond:
        if len(ids) > 1:
            return [one for case_id in ids for one in _bring_up(service, revision, change, [case_id])]
        _log.error("case_not_recalculated", case_id=str(ids[0]), why=beyond.text.en)
        return []
    return moved


def _batch(service: Service, revision: int, change: Change, ids: Sequence[UUID]) -> list[Moved] | None:
    """Bring these cases up in one transaction; None where one of them is in somebody's hands.

    They are derived before they are locked, so that the locks are held for no longer than it takes to write.
    """
    with service.transaction() as tx:
        left = records.under_way(tx.db, lock=True)
        if left is None or left.revision != revision:
            return []
        found = cases.several(tx.db, [case_id for case_id in ids if case_id > left.cursor])
        brought = derived(tx.db, Known(tx.rules, tx.now), found.values(), change)
        if not records.lock_as_read(tx.db, {case_id: record.case.version for case_id, record in found.items()}):
            return None
        brought.write(tx.db)
        records.move_on(tx.db, max(left.cursor, ids[-1]))
    return brought.moved
