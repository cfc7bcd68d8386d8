"""Walls: keeping somebody from a case, and letting them see it again."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from casework.records import cases as records
from casework.records import history, offers, people, walls
from casework.records.rows import StoredCase
from casework.records.vault import case_place, unseal
from casework.rules import walls as rules
from casework.rules.people import Actor, Person
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.forms import LiftWall, RaiseWall
from casework.work.offers import end
from casework.work.people import named
from casework.work.preconditions import ensure, ensure_confirmed, ensure_fresh, moved
from casework.work.sealing import applicant_key
from casework.work.service import Transaction

_NO_SUCH_USER: Final = Text(
    "没有这名用户，或者其角色看不到任何案件。", "There is no such user, or one whose role sees no cases."
)


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall of a case: whom it keeps out, since when, by whom and why; `lifted` is None while it stands."""

    row: Any
    reason: str
    lift_reason: str | None


def put_up(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """Keep a user from a case; raises the refusal that says why not.

    What of the case is in the user's hands is let go in the same move, and an open offer to the user is withdrawn.
    """
    record = locked(tx, case_id)
    ensure(rules.may_wall(tx.acting))
    ensure_fresh(tx, record)
    said = RaiseWall.check(given, today=tx.today)
    whom = named(tx, said["username"])
    if whom is None or whom.role not in rules.KEPT_OUT:
        raise Invalid([Fault("username", "no_such_user", _NO_SUCH_USER)])
    return raised(tx, record, whom, said["reason"], tx.acting)


def raised(tx: Transaction, record: StoredCase, whom: Person, reason: str, actor: Actor) -> StoredCase:
    """The case, which is locked, after the wall; raises the refusal that says why not."""
    workflow, office = workflow_registry.pinned(record.case), tx.office(record)
    move = moved(rules.wall(workflow, record.case, whom, reason, actor, tx.now, office))
    record = commit(tx, record, move, workflow, office)
    people.note_wall(tx.db, whom.id)
    asked = offers.has_open(tx.db, record.case.id)
    # After the wall, so that whoever was asked is told nothing more of the case.
    return end(tx, record, asked, "withdrawn", actor) if asked and asked.user_id == whom.id else record


def lift(tx: Transaction, case_id: UUID, username: str, given: Any) -> StoredCase:
    """Let a user see a case again; raises the refusal that says why not."""
    record = locked(tx, case_id)
    ensure(rules.may_wall(tx.acting))
    ensure_fresh(tx, record)
    whom = named(tx, username)
    if whom is None:
        raise NotFound
    reason = LiftWall.check(given, today=tx.today)["reason"]
    move = moved(rules.lift(record.case, whom.id, reason, tx.acting, tx.now))
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))


def of_case(tx: Transaction, case_id: UUID) -> list[Wall]:
    """Return every wall that a case has or had, oldest first, for supervisors; that the reasons were read is logged."""
    record = records.get(tx.db, case_id, tx.person)
    ensure(rules.may_wall(tx.acting))
    ensure_confirmed(tx, record.case.opened_at)
    found = opened(tx, record)
    if found:
        history.note_disclosure(tx.db, case_id, tx.person.id, ["walls"], "read")
    return found


def opened(tx: Transaction, record: StoredCase) -> list[Wall]:
    """Return the same, whoever reads them."""
    case_id, key = record.case.id, applicant_key(tx, record)

    def reason(seq: int, sealed: bytes) -> str:
        return str(unseal(key, case_place(case_id, f"events.{seq}"), sealed)["reason"])

    return [
        Wall(
            row,
            reason(row.raised_seq, row.raised_sealed),
            reason(row.lifted_seq, row.lifted_sealed) if row.lifted_seq else None,
        )
        for row in walls.of_case(tx.db, case_id)
    ]
