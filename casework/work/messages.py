"""Messages between an applicant and whoever handles the case: written, sealed, read by both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from casework.records import cases, history
from casework.records.rows import StoredCase
from casework.records.vault import case_place, unseal
from casework.rules import messages as rules
from casework.rules.people import Role
from casework.work import workflow_registry
from casework.work.cases import locked
from casework.work.commit import commit
from casework.work.forms import NewMessage
from casework.work.preconditions import ensure, ensure_fresh, ensure_may_read, ensure_taken_on
from casework.work.recalculation import caught_up
from casework.work.sealing import applicant_key
from casework.work.service import Transaction


@dataclass(frozen=True, slots=True)
class Message:
    """A message: the number of its event, when, from whom, what it says, and for the office who wrote it."""

    seq: int
    at: datetime
    writer: rules.Writer
    text: str
    row: Any
    """The event, with `actor_id`, `username` and `actor_name`: not for applicants."""


def write_own(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case after its applicant wrote a message.

    Raises `NotNow` in a closed case, and `SlowDown` after as many as are taken in a day, counted while nobody else
    changes the case.
    """
    record = caught_up(tx, cases.get_for_applicant(tx.db, case_id, lock=True))
    ensure(rules.may_write(record.case, tx.acting))
    ensure_fresh(tx, record)
    text = NewMessage.check(given, today=tx.today)["text"]
    midnight = datetime.combine(tx.today, time(), tx.service.zone)
    left = midnight + timedelta(days=1) - tx.now
    today = history.count_events(tx.db, case_id, rules.ASKED, midnight)
    ensure(rules.enough(today, tx.service.limits.messages_a_day, int(left.total_seconds()) + 1))
    return _written(tx, record, text)


def write(tx: Transaction, case_id: UUID, given: Any) -> StoredCase:
    """The case after somebody of the office, or its helper, wrote to the applicant."""
    record = locked(tx, case_id)
    ensure_taken_on(tx, record.case)
    ensure(rules.may_write(record.case, tx.acting))
    ensure_fresh(tx, record)
    return _written(tx, record, NewMessage.check(given, today=tx.today)["text"])


def own(tx: Transaction, record: StoredCase) -> list[Message]:
    """The messages of the own application, oldest first."""
    return opened(tx, record, history.message_page(tx.db, record.case.id))


def read(tx: Transaction, record: StoredCase, rows: Sequence[Any]) -> list[Message]:
    """These messages of the case, for whoever may read what is sensitive of it; that they were read is logged."""
    ensure_may_read(tx, record.case)
    if rows:
        history.note_disclosure(tx.db, record.case.id, tx.person.id, ["messages"], "read")
    return opened(tx, record, rows)


def opened(tx: Transaction, record: StoredCase, rows: Sequence[Any]) -> list[Message]:
    """These messages with what they say, whoever reads them."""
    key = applicant_key(tx, record)
    return [
        Message(
            row.seq,
            row.at,
            rules.writer_of(Role(row.actor_role)),
            unseal(key, case_place(record.case.id, f"events.{row.seq}"), row.sealed)["text"],
            row,
        )
        for row in rows
    ]


def _written(tx: Transaction, record: StoredCase, text: str) -> StoredCase:
    move = rules.written(record.case, text, tx.acting, tx.now)
    return commit(tx, record, move, workflow_registry.pinned(record.case), tx.office(record))
