"""What is recorded the application can only add to: with its own role, as somebody who has broken into it would."""

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from casework.records.event_chain import digest
from tests.api.conftest import Api

REFUSED = "permission denied"
# Some is refused at once, some as the transaction ends.
BROKEN = (DBAPIError, psycopg.Error)
TAKEN_AWAY = [
    "update events set kind = 'granted'",
    "delete from events",
    "truncate events",
    "update admin_events set subject = 'x'",
    "delete from disclosures",
    "update disclosures set reason = 'x'",
    "delete from vault",
    "delete from cases",
    "delete from users",
    "delete from applicants",
    "update payment_lines set amount = 1",
    "update payment_orders set total = 1",
    "update payment_order_lines set account = 'x'",
    "update payment_order_lines set sealed = ''",
    "delete from payment_order_lines",
    "update fund_entries set amount = 1",
    "update policies set value = '1'",
    "update calendars set version = 9",
]
_FORGED = """insert into events (case_id, seq, at, kind, actor_role, payload, prev_hash, hash)
             values (:case_id, :seq, :at, 'transition', 'supervisor', '{}', :prev_hash, :hash)"""


def told(api: Api, case: Any) -> Any:
    with api.service.transaction() as tx:
        return tx.db.one("select id, version, last_hash from cases where id = :id", id=case["id"])


def forged(case: Any, at: Any, seq: int, prev_hash: bytes) -> dict[str, Any]:
    """An event that somebody invents, with the hash that it would have."""
    said = digest(prev_hash, case.id, seq, at, "transition", None, "supervisor", {})
    return {"case_id": case.id, "seq": seq, "at": at, "prev_hash": prev_hash, "hash": said}


@pytest.mark.parametrize("statement", TAKEN_AWAY)
def test_nothing_recorded_is_changed_or_taken_away(api: Api, statement: str) -> None:
    with pytest.raises(DBAPIError, match=REFUSED), api.service.transaction() as tx:
        tx.db.run(statement)


def test_an_event_is_not_added_without_its_case(api: Api) -> None:
    case = told(api, api.new_case())
    for seq, before in ((case.version + 1, case.last_hash), (case.version + 2, case.last_hash), (0, bytes(32))):
        with pytest.raises(BROKEN, match="not the next of its case"), api.service.transaction() as tx:
            tx.db.run(_FORGED, **forged(case, tx.now, seq, before))
    assert told(api, {"id": case.id}) == case


@pytest.mark.parametrize("seq", [1, 2])
def test_an_event_that_does_not_follow_the_last_one_is_refused_with_its_case(api: Api, seq: int) -> None:
    case = told(api, api.new_case())
    with pytest.raises(BROKEN, match=r"not the next|not what its last|changes with"):
        forge(api, case, seq, bytes(32) if seq == 1 else case.last_hash)
    assert told(api, {"id": case.id}) == case


def forge(api: Api, case: Any, by: int, before: bytes) -> None:
    """Append an event to the chain of a case and bring the case to it."""
    move = "update cases set version = version + :by, last_hash = :hash where id = :case_id"
    with api.service.transaction() as tx:
        event = forged(case, tx.now, case.version + by, before)
        tx.db.run(move, by=by, hash=event["hash"], case_id=case.id)
        tx.db.run(_FORGED, **event)


@pytest.mark.parametrize(
    "change",
    ["outcome = 'won'", "version = version + 1", "last_hash = '\\x00'", "opened_at = opened_at - interval '1 d'"],
)
def test_a_case_does_not_change_without_its_event(api: Api, change: str) -> None:
    case = told(api, api.new_case())
    with pytest.raises(BROKEN, match=r"changes with the next|not what its last"), api.service.transaction() as tx:
        tx.db.run(f"update cases set {change} where id = :id", id=case.id)
    assert told(api, {"id": case.id}) == case


def test_what_was_sealed_at_a_step_stays(api: Api) -> None:
    case = api.new_case()
    with api.service.transaction() as tx:
        tx.db.run("insert into vault (case_id, part, sealed) values (:id, 'events.1', 'x')", id=case["id"])
    with pytest.raises(DBAPIError, match="changes with the next event"), api.service.transaction() as tx:
        tx.db.run("update vault set sealed = 'y' where part = 'events.1' and case_id = :id", id=case["id"])


def test_an_event_of_the_administrative_chain_is_only_added_as_the_next(api: Api) -> None:
    forged_event = """insert into admin_events (seq, at, kind, subject, places, payload, prev_hash, hash)
                      select max(seq) + :more, now(), 'user_added', 'x', '{}', '{}', :before, 'x' from admin_events"""
    for more, before in ((1, bytes(32)), (2, bytes(32))):
        with pytest.raises(DBAPIError, match="not the next of the chain"), api.service.transaction() as tx:
            tx.db.run(forged_event, more=more, before=before)
