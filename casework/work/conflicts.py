"""Checks for conflicts of interest as a case comes into a helper's hands, and what they found, on record."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from casework.matching.conflicts import Conflict
from casework.records import cases, history, people
from casework.records.database import Row
from casework.records.rows import StoredCase
from casework.rules.conflict_checks import CHECKED, Hit, Why, checked
from casework.rules.context import DecisionContext
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import HELPERS, Actor, Person
from casework.rules.refusals import NotMet, NotYours
from casework.rules.text import Text
from casework.work import matching, workflow_registry
from casework.work.commit import commit
from casework.work.service import Transaction

_NOT_FOR_HELPERS: Final = Text(
    "利益冲突比对结果由工作人员和审计员查看。", "What checks have found is for staff and auditors."
)
_OUT: Final = Text(
    "不能指派{name}，存在利益冲突：{why}。", "{name} cannot be given the case, a conflict of interest: {why}."
)


def commit_checked(
    tx: Transaction, record: StoredCase, move: Move, workflow: Workflow, office: DecisionContext
) -> StoredCase:
    """The case after a move; where it gives the case to a helper, every name that is known of them is compared before.

    All of it within the request: of one helper it is little. What is alike only is noted in an event of its own. Raises
    `NotMet` for what is taken to be the same. Source: 律师法 (2017) 39.
    """
    helper = move.case.assignee
    if helper is None or (move.before.assignee and move.before.assignee.id == helper.id):
        return commit(tx, record, move, workflow, office)
    found = matching.conflicts_of(tx, record, helper)
    if found and found[0].sure:
        raise NotMet(_OUT.with_(name=helper.name, why=found[0].sentence))
    return note(tx, commit(tx, record, move, workflow, office), "assignment", helper, found, move.actor)


def of_case(tx: Transaction, case_id: UUID) -> list[tuple[Row[Any], Person | None]]:
    """Return the events of the checks of a case that have found something, each with who was checked.

    For staff and auditors; raises `NotFound` and `NotYours`.
    """
    record = cases.get(tx.db, case_id, tx.person)
    if tx.person.role in HELPERS:
        raise NotYours(_NOT_FOR_HELPERS)
    rows = history.events_of(tx.db, record.case.id, CHECKED)
    known = people.by_ids(tx.db, {UUID(row.payload["given"]["user"]) for row in rows})
    return [(row, known.get(UUID(row.payload["given"]["user"]))) for row in rows]


def note(
    tx: Transaction, record: StoredCase, why: Why, whom: Person, found: Sequence[Conflict], actor: Actor
) -> StoredCase:
    """The case with what a check has found on its record; as it was where nothing was."""
    if not found:
        return record
    hits = [Hit(one.side, one.likeness, one.sure) for one in found]
    move = checked(record.case, why, whom, hits, actor, tx.now)
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))
