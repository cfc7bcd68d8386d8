"""Service keys follow one another: with two in the keyring all goes on, and at the end nothing needs the old one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from casework.records import cases as records
from casework.records import channels as stored_channels
from casework.records import keys
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.settings import ROOT
from casework.work import case_documents, corrections
from casework.work.delivery import channels
from casework.work.keys import MissingKeys, Rotated, rotate
from casework.work.service import Service, WrongKeys
from tests.receivers import receiver
from tests.work.offices import Province, shandong
from tests.work.post_office import Post

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
OLD_NUMBER, NEW_NUMBER = Keyring([OLD, NEW]).numbers
ID = "applicant.identity_number"


@pytest.fixture
def province(service: Service) -> Province:
    """Everything in it was sealed under the old key."""
    return shandong(service)


@pytest.fixture
def with_keys(database_url: str) -> Iterator[Callable[..., Service]]:
    """Further processes with these keys, as far as the database can tell."""
    made: list[Database] = []

    def service(*held: bytes) -> Service:
        made.append(Database(database_url, movable_time=True))
        return Service(made[-1], Keyring(held), ZoneInfo("Asia/Shanghai"))

    yield service
    for database in made:
        database.close()


def counts(service: Service) -> dict[str, int]:
    with service.transaction() as tx:
        return dict(keys.counts(tx.db))


def disclosed(province: Province, service: Service, case: UUID) -> dict[str, Any]:
    """Everything sensitive of a case, as a process with these keys opens it."""
    with service.transaction(province.actor("li")) as tx:
        return case_documents.disclose(tx, case, {"reason": "核对身份"})


def at(province: Province, service: Service) -> Province:
    """The same people at another process."""
    return Province(service, province.people, province.chance)


def quietly(done: int) -> None:
    """Nobody wants to know."""


def test_with_a_new_key_in_front_what_was_sealed_before_is_read_corrected_and_found(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    case = province.open_case("li")
    before = disclosed(province, province.service, case)
    both = at(province, with_keys(NEW, OLD))
    assert disclosed(both, both.service, case) == before
    both.take("li", case, "accept")
    with both.service.transaction(both.actor("li")) as tx:
        note = case_documents.add_note(tx, case, {"text": "电话已接通"})
        tx.if_match = "*"
        corrections.correct(tx, case, {"facts": {"applicant": {"phone": "13900139000"}}, "reason": "号码变更"})
    after = disclosed(province, province.service, case)
    assert after | before == after | before | {"applicant.phone": before["applicant.phone"]}
    assert after["applicant.phone"].endswith("13900139000")
    assert note["text"] == "电话已接通"


def test_a_new_applicant_is_sealed_under_the_first_key_and_a_known_one_keeps_the_own(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    case = province.open_case("li")
    number = disclosed(province, province.service, case)[ID]
    both = at(province, with_keys(NEW, OLD))
    both.open_case("li")
    assert counts(both.service) == {OLD_NUMBER: 2, NEW_NUMBER: 1}  # the applicant and the index; the new applicant
    with both.service.transaction(both.actor("li")) as tx:
        facts = records.get(tx.db, case, tx.person).case.facts
        assert facts["applicant"]["identity_number"] != number
    again = both.open_case("sun", "370200", applicant=applicant_of(province, case))
    assert counts(both.service) == {OLD_NUMBER: 2, NEW_NUMBER: 1}
    with both.service.transaction(both.actor("sun")) as tx:
        assert case_documents.disclose(tx, again, {"reason": "核对", "paths": [ID]}) == {ID: number}


def applicant_of(province: Province, case: UUID) -> dict[str, Any]:
    """The applicant of a case in full, as the intake form takes one."""
    with province.service.transaction(province.actor("li")) as tx:
        shown = dict(records.get(tx.db, case, tx.person).case.facts["applicant"])
    sealed = disclosed(province, province.service, case)
    return shown | {name: sealed[f"applicant.{name}"] for name in shown if f"applicant.{name}" in sealed}


def test_after_the_rotation_the_new_key_alone_opens_all_and_the_old_one_nothing(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    post = Post(province)
    with receiver() as there:
        channel = post.channel(there)
        opened = [province.open_case("li") for _ in range(7)]
        before = [disclosed(province, province.service, case) for case in opened]
        told: list[int] = []
        assert rotate(with_keys(NEW, OLD), told.append, batch=3) == Rotated(8, 0, ())
        assert told == [3, 6, 7]
        new = with_keys(NEW)
        assert [disclosed(province, new, case) for case in opened] == before
        with new.transaction(province.actor("administrator")) as tx:
            assert channels.leads_to(tx, stored_channels.by_id(tx.db, channel)) == (
                f"http://127.0.0.1:{there.port}/…",
                True,
            )
    assert counts(new) == {NEW_NUMBER: 8}
    assert rotate(new, quietly) == Rotated(0, 0, ())
    with with_keys(OLD).transaction() as tx, pytest.raises(WrongKeys, match=NEW_NUMBER):
        tx.service.ensure_keys_open(tx.db)


def test_a_process_that_read_a_case_before_goes_on_with_it_after(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    case = province.open_case("li")
    both = with_keys(NEW, OLD)
    with both.transaction(province.actor("li")) as tx:
        assert records.get(tx.db, case, tx.person).applicant_key.key_id == OLD_NUMBER
        assert rotate(with_keys(NEW, OLD), quietly).left == 0
        case_documents.add_note(tx, case, {"text": "继续"})
    assert len(disclosed(province, with_keys(NEW), case)) > 3


def test_a_case_that_is_being_opened_under_the_old_key_meanwhile_is_waited_for_and_done(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    province.open_case("li")
    slow = at(province, with_keys(OLD, NEW))  # its settings have not been changed yet
    written, go_on = Event(), Event()
    cases: list[UUID] = []

    def open_slowly() -> None:
        with slow.service.transaction(slow.actor("li")) as tx:
            cases.append(slow.open_in(tx))
            written.set()
            go_on.wait(20)

    rotating = with_keys(NEW, OLD)
    with ThreadPoolExecutor(2) as pool:
        opening = pool.submit(open_slowly)
        assert written.wait(20)
        rotated = pool.submit(rotate, rotating, quietly)
        wait_for_a_lock(province.service)
        assert not rotated.done()
        go_on.set()
        opening.result(20)
        assert rotated.result(20) == Rotated(3, 0, ())
    assert counts(rotating) == {NEW_NUMBER: 3}
    assert disclosed(province, with_keys(NEW), cases[0])


def wait_for_a_lock(service: Service) -> None:
    """Until somebody waits for somebody else."""
    while True:
        with service.transaction() as tx:
            if tx.db.one("select 1 from pg_locks where not granted"):
                return


def test_while_a_process_goes_on_writing_under_the_old_key_the_proof_fails(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    province.open_case("li")
    behind = at(province, with_keys(OLD, NEW))
    rotated = rotate(with_keys(NEW, OLD), lambda _: behind.open_case("li") and None)
    assert rotated == Rotated(4, 1, ())
    assert counts(province.service) == {NEW_NUMBER: 4, OLD_NUMBER: 1}


def test_a_key_that_is_missing_stops_it_before_anything_is_changed(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    third = bytes(range(3, 35))
    province.open_case("li")
    at(province, with_keys(third, OLD)).open_case("li")
    before = counts(province.service)
    with pytest.raises(MissingKeys) as refused:
        rotate(with_keys(NEW, OLD), quietly)
    assert Keyring([third]).current in refused.value.text.zh
    assert counts(province.service) == before


def test_a_key_that_does_not_open_is_named_and_left_and_one_that_was_destroyed_needs_none(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    for _ in range(4):
        province.open_case("li")
    with province.service.transaction() as tx:
        ids = [row.id for row in tx.db.all("select id from applicants order by id")]
        tx.db.run("update applicants set wrapped_key = '\\x00' where id = :id", id=ids[1])
        tx.db.run("update applicants set wrapped_key = '' where id = :id", id=ids[2])
    both = with_keys(NEW, OLD)
    assert rotate(both, quietly, batch=1) == Rotated(3, 1, (ids[1],))
    assert counts(both) == {NEW_NUMBER: 3, OLD_NUMBER: 1}


# Enough to be killed in the middle of: the parent reads how far it is, kills it, and looks.
_ROTATE = """
import sys
from zoneinfo import ZoneInfo
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.work.keys import rotate
from casework.work.service import Service

def told(done):
    print(done, flush=True)
    if done == 5:
        sys.stdin.read()

keyring = Keyring([bytes(range(1, 33)), bytes(range(32))])
rotate(Service(Database(sys.argv[1], movable_time=True), keyring, ZoneInfo("Asia/Shanghai")), told, batch=1)
"""


def test_whoever_is_killed_halfway_is_followed_by_one_who_finishes(
    province: Province, database_url: str, with_keys: Callable[..., Service]
) -> None:
    opened = [province.open_case("li") for _ in range(9)]
    process = subprocess.Popen(
        [sys.executable, "-c", _ROTATE, database_url],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert [int(process.stdout.readline()) for _ in range(5)] == [1, 2, 3, 4, 5]
        process.send_signal(signal.SIGKILL)
    both = with_keys(NEW, OLD)
    assert counts(both) == {NEW_NUMBER: 5, OLD_NUMBER: 5}
    assert all(disclosed(province, both, case) for case in opened)
    assert rotate(both, quietly) == Rotated(5, 0, ())
    assert all(disclosed(province, with_keys(NEW), case) for case in opened)


def test_a_process_that_has_just_started_only_reads_the_key_of_the_indexes(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    province.open_case("li")
    with with_keys(OLD).transaction() as fresh:
        assert fresh.index_key
        with province.service.transaction() as tx:
            tx.db.run("lock table service_keys in share mode nowait")


def test_whoever_writes_the_key_of_the_indexes_and_then_an_applicant_is_waited_for_without_a_deadlock(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    province.open_case("li")
    rotating = with_keys(NEW, OLD)
    with ThreadPoolExecutor(1) as pool:
        with province.service.transaction() as tx:
            tx.db.run("lock table service_keys in row exclusive mode")
            rotated = pool.submit(rotate, rotating, quietly)
            wait_for_a_lock(province.service)
            tx.db.run("lock table applicants in row exclusive mode nowait")
        rotated.result(20)
    assert counts(rotating) == {NEW_NUMBER: 2}


def test_beside_a_longer_writer_others_open_cases_and_the_count_waits_or_is_given_up(
    province: Province, with_keys: Callable[..., Service]
) -> None:
    province.open_case("li")
    rotating, other = with_keys(NEW, OLD), at(province, with_keys(NEW, OLD))
    with ThreadPoolExecutor(1) as pool:
        with province.service.transaction() as writer:
            writer.db.run("lock table applicants in row exclusive mode")
            assert rotate(rotating, quietly, within_s=0.3) == Rotated(2, None, ())
            rotated = pool.submit(rotate, rotating, quietly)
            wait_for_a_lock(province.service)
            for _ in range(3):
                other.open_case("li")
            assert not rotated.done()
        assert rotated.result(20) == Rotated(0, 0, ())
    assert counts(rotating) == {NEW_NUMBER: 5}
