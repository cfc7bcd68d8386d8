"""In whose hands cases are and were: the record of it, and giving away what somebody has in hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, Literal
from uuid import UUID

from casework.forms.form import Many
from casework.forms.texts import Code
from casework.records import cases, history, offices, people
from casework.records.rows import StoredCase
from casework.rules import case_actions
from casework.rules.people import STAFF, Person, Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotNow, NotYours, Refusal
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.commit import commit
from casework.work.forms import Handover
from casework.work.people import named
from casework.work.preconditions import moved
from casework.work.recalculation import catch_up
from casework.work.service import Transaction

MOST: Final = 200
"""So many cases are handed over at once."""
_NOT_YOURS: Final = Text(
    "只有本人和审批人可以移交其承办的案件。", "Only the owner and supervisors hand over what somebody owns."
)
_NOT_OWNED: Final = Text("此人没有承办未结案件 {number}。", "This person owns no open case {number}.")
_TOO_MANY: Final = Text(
    "共有 {many} 件，一次最多移交 {most} 件；请分批列出案号（`cases`）。",
    "There are {many} cases, and {most} are handed over at once; name those of each batch (`cases`).",
)
_REFUSED: Final = Text("{number}：{why} 没有移交任何案件。", "{number}: {why} None was handed over.")


class HandoverOfSeveral(Handover):
    """Who owns the cases from now on, why, and which ones."""

    cases = Many(
        Code(title=Text("案号", "Number")),
        most=MOST,
        title=Text("案号（不填则为全部未结案件）", "Numbers; left out: all open cases"),
        example=[],
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody had a case as its owner or its helper; `until` is None where it is still so."""

    held_as: Literal["owner", "assignee"]
    person: Person
    since: datetime
    until: datetime | None


def of_case(tx: Transaction, record: StoredCase) -> list[Held]:
    """Return who owned the case and who was its helper, from when until when, as its events tell; the first one first.

    With the end of the case nobody's holding ends: whoever had it then answers for it.
    """
    rows = history.standings(tx.db, record.case.id)
    held = [one for held_as in ("owner", "assignee") for one in _spells(rows, held_as)]
    known = people.by_ids(tx.db, {UUID(user) for _, user, _, _ in held})
    found = [Held(held_as, known[UUID(user)], since, until) for held_as, user, since, until in held]
    return sorted(found, key=lambda one: one.since)


def _spells(rows: Any, held_as: str) -> Iterator[tuple[Any, str, datetime, datetime | None]]:
    spells = [(user, next(group).at) for user, group in groupby(rows, key=lambda row: getattr(row, held_as))]
    ends = [at for _, at in spells[1:]] + [None]
    for (user, since), until in zip(spells, ends, strict=True):
        if user is not None:
            yield held_as, user, since, until


def hand_over_all(tx: Transaction, user_id: UUID, given: Any) -> list[str]:
    """Give all open cases of an owner, or those that are named, to somebody else: all of them or none.

    By the owner, who will be away, or by a supervisor; gives the numbers. Raises `NotFound` for a user who is not of
    the caller's organisation or below, `NotYours`, `Invalid`, and `NotNow` with the number of the case that stays.
    """
    user = people.by_id(tx.db, user_id)
    if user is None or not user.org_path.startswith(tx.person.org_path):
        raise NotFound
    if tx.person.role not in STAFF or (tx.person.role is not Role.SUPERVISOR and user.id != tx.person.id):
        raise NotYours(_NOT_YOURS)
    said = HandoverOfSeveral.check(given, today=tx.today)
    # Before anybody is locked, as everybody keeps the rules first.
    offices.keep_rules(tx.db)
    to = named(tx, said["to"])
    records = cases.several(tx.db, cases.lock_open_of(tx.db, user_id))
    records |= {record.case.id: record for record in catch_up(tx, records.values())}
    there = [one for one in records.values() if tx.person.id not in one.case.walled_off]
    moves = []
    for record in _chosen(there, said.get("cases") or []):
        decision: Any = case_actions.may_let_go(record.case, tx.acting)
        decision = decision or case_actions.hand_over(record.case, to, said["reason"], tx.acting, tx.now)
        if isinstance(decision, Invalid):
            raise decision
        if isinstance(decision, Refusal):
            raise NotNow(_REFUSED.with_(number=record.case.number, why=decision.text))
        moves.append((record, moved(decision)))
    for record, move in moves:
        commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))
    return sorted(record.case.number for record, _ in moves)


def _chosen(records: list[StoredCase], numbers: list[str]) -> list[StoredCase]:
    by_number = {record.case.number: record for record in records}
    faults = [
        Fault(f"cases.{place}", "unknown_case", _NOT_OWNED.with_(number=number))
        for place, number in enumerate(numbers)
        if number not in by_number
    ]
    if faults:
        raise Invalid(faults)
    if not numbers and len(records) > MOST:
        raise NotNow(_TOO_MANY.with_(many=len(records), most=MOST))
    return [by_number[number] for number in sorted({*numbers} or by_number)]
