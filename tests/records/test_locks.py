"""Digests are locked for a purpose until the transaction ends, in one order for everybody."""

from collections.abc import Sequence

import pytest

from casework.records.database import Database, Deadlines, Tx
from casework.records.locks import Purpose, lock_digests
from casework.rules.refusals import Unavailable
from casework.work.service import Service

ONE, OTHER = bytes(range(32)), bytes(range(1, 33))


def held(tx: Tx) -> Sequence[tuple[int, int]]:
    """The locks of this transaction, as the database numbers them, oldest first."""
    rows = tx.all("select classid, objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")
    return [(row.classid, row.objid) for row in rows]


@pytest.mark.parametrize("other_purpose", ["attempts", "household"])
def test_who_does_one_thing_waits_for_nobody_who_does_another(service: Service, other_purpose: Purpose) -> None:
    with service.transaction() as first, service.transaction() as second:
        lock_digests(first.db, "twins", [ONE])
        second.db.run("set local lock_timeout = '50ms'")
        lock_digests(second.db, "twins", [OTHER])
        lock_digests(second.db, other_purpose, [ONE, OTHER])


def test_a_digest_is_held_for_its_purpose_until_the_transaction_ends(service: Service) -> None:
    def second(*digests: bytes) -> None:
        with service.transaction() as tx:
            tx.db.run("set local lock_timeout = '50ms'")
            lock_digests(tx.db, "twins", digests)

    with service.transaction() as first:
        lock_digests(first.db, "twins", [ONE])
        with pytest.raises(Unavailable):
            second(OTHER, ONE)
    second(OTHER, ONE)


def test_whoever_names_them_otherwise_locks_the_same_and_nothing_twice(service: Service) -> None:
    with service.transaction() as tx:
        lock_digests(tx.db, "household", [])
        assert held(tx.db) == []
        lock_digests(tx.db, "household", (OTHER, ONE, OTHER))
        once = held(tx.db)
    with service.transaction() as tx:
        lock_digests(tx.db, "household", {ONE, OTHER})
        assert sorted(held(tx.db)) == sorted(once)
    assert len(set(once)) == len(once) == 2


def test_a_lock_that_is_not_to_be_had_in_time_is_told_as_busy_and_not_as_lost(database_url: str) -> None:
    holder, other = Database(database_url), Database(database_url, deadlines=Deadlines(lock=0.1))
    with holder.transaction() as tx:
        tx.run("lock table orgs in exclusive mode")
        with pytest.raises(Unavailable) as refused, other.transaction() as late:
            late.run("lock table orgs in exclusive mode")
    assert "busy" in refused.value.text.en
    holder.close()
    other.close()
