"""Cases of the demonstration that are copies of lived ones: people of their own, and no contradictions."""

import multiprocessing
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, select, text

from casework.demo import load, stamping
from casework.embedded import PrivateServer
from casework.forms.form import intake_of
from casework.records import bulk, cases
from casework.records.database import Database
from casework.records.rows import StoredCase
from casework.records.tables import letters
from casework.records.vault import Keyring, blind_index
from casework.rules.identifiers import check_identity_number
from casework.work import workflow_registry
from casework.work.audit import verify
from casework.work.letters import read
from casework.work.sealing import applicant_key, full_facts
from casework.work.service import Service
from tests.conftest import TEMPLATE, url_of

NOW = datetime.fromisoformat("2026-11-16T15:00:00+08:00")
ZONE = ZoneInfo("Asia/Shanghai")
CASES, LIVED = 700, 150


def filled(service: Service, seed: int = 7) -> list[int]:
    """Loads the office; gives how many cases were told to be stored, one lot after the other."""
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=NOW)
    lots: list[int] = []
    assert load(service, cases=CASES, seed=seed, now=NOW, lived=LIVED, stored=lots.append).cases == CASES
    return lots


@pytest.fixture(scope="module")
def office(server: PrivateServer, admin: Engine) -> Iterator[Service]:
    """One office for the tests that change nothing in it."""
    name = f"copies_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    database = Database(url_of(server.app_url, name), movable_time=True)
    service = Service(database, Keyring([bytes(range(32))]), ZONE)
    assert sum(filled(service)) == CASES
    yield service
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def records(service: Service) -> list[StoredCase]:
    with service.transaction() as tx:
        ids = tx.db.run("select id from cases order by right(number, 6)").scalars().all()
        found = cases.several(tx.db, list(ids))
    return [found[case_id] for case_id in ids]


def test_nothing_in_the_office_contradicts_itself(office: Service) -> None:
    looked_at: list[int] = []

    assert [fault.en for fault in verify(office, looked_at.append)] == []
    assert sum(looked_at) == CASES


def test_whoever_an_open_dossier_keeps_for_itself_is_nobody_in_a_later_load(office: Service) -> None:
    with office.transaction() as tx:
        held = set(tx.db.run("select digest from open_case_holds").scalars())
        applicants = set(tx.db.run("select identity_index from applicants").scalars())

        assert held - applicants
        assert bulk.identities(tx.db) >= held | applicants - {None}


def test_copies_are_of_both_programmes_and_of_many_states_and_take_no_money(office: Service) -> None:
    copies = [record.case for record in records(office)[LIVED:]]
    with office.transaction() as tx:
        paid = set(tx.db.run("select case_id from payment_lines").scalars())

    workflows = Counter(file.workflow for file in copies)
    assert 0.18 < workflows["hardship_aid"] / len(copies) < 0.32
    assert len({file.state for file in copies}) > 6
    assert paid
    assert paid.isdisjoint(file.id for file in copies)
    assert [file.opened_at for file in copies] == sorted(file.opened_at for file in copies)


def test_nobody_in_a_copy_is_in_another_case(office: Service) -> None:
    numbers = Counter[str]()
    with office.transaction() as tx:
        index_key = office.index_key(tx.db)
        found = {(row.case_id, row.kind): row.digest for row in tx.db.all("select * from blind_indexes")}
        for record in records(office)[LIVED:]:
            file, form = record.case, intake_of(workflow_registry.pinned(record.case))
            facts, names = full_facts(tx, record, form), form.field_names()
            asked = {name: value for name, value in facts.items() if name in names}
            kept = {name: value for name, value in file.facts.items() if name in names}
            # The form reads birth dates, sexes and checksums out of the numbers, and masks them as they are masked.
            assert form.split(form.check(asked, today=file.last_at.astimezone(ZONE).date()))[0] == kept
            people = [facts["applicant"], *facts.get("members", ()), *facts.get("representatives", ())]
            assert len({one["name"] for one in people}) == len(people)
            numbers.update(one["identity_number"] for one in people)
            for kind in ("identity_number", "phone"):
                value = facts["applicant"][kind]
                assert value not in str(file.facts)
                assert found[file.id, kind] == blind_index(index_key, kind, value)
            tail = facts["applicant"]["phone"][-4:]
            assert found[file.id, "phone_tail"] == blind_index(index_key, "phone_tail", tail)
            bank = facts.get("bank")
            assert bank is None or bank["holder"] == facts["applicant"]["name"]

    assert set(numbers.values()) == {1}
    for number in numbers:
        check_identity_number(number, NOW.date())


def test_letters_of_copies_open_name_their_applicant_and_go_on_in_their_series(office: Service) -> None:
    series: dict[str, list[int]] = defaultdict(list)
    by_id = {record.case.id: record for record in records(office)}
    copies = {record.case.id for record in records(office)[LIVED:]}
    opened, names = 0, set[tuple[str, bool]]()
    with office.transaction() as tx:
        for row in tx.db.all(select(letters)):
            record = by_id[row.case_id]
            told = read(applicant_key(tx, record), row)
            assert record.case.number in told["zh-CN"]["body"]
            opened += row.case_id in copies
            if row.number:
                assert row.number in told["en"]["body"]
                scope, _, serial = row.number.partition("第")
                series[scope].append(int(serial.removesuffix("号")))
            names |= {(row.name, record.case.facts["applicant"]["name"] in told["zh-CN"]["body"])}

    assert opened > 100
    # A kind of letter names the applicant always or never.
    assert len({name for name, _ in names}) == len(names)
    assert all(sorted(serials) == list(range(1, len(serials) + 1)) for serials in series.values())


def test_people_find_copies_by_name_and_in_the_queue(office: Service) -> None:
    with office.transaction() as tx:
        unfound = tx.db.all(
            """select number from cases c where not exists (
                 select 1 from search_terms t where t.case_id = c.id and t.term = any(terms_of(c.applicant_name)))"""
        )
        waiting = """select count(*) from cases where closed_at is null
                     and (waits_for = 'supervisor' or waits_for = 'caseworker' and owner_id is null)"""
        queued = tx.db.run("select count(distinct case_id) from queue_entries").scalar_one()
        assert tx.db.run(waiting).scalar_one() == queued

    assert unfound == []


def told(service: Service) -> list[tuple[Any, ...]]:
    return [(one.case.id, one.case.number, one.case.facts, one.last_hash) for one in records(service)]


def test_the_same_seed_gives_the_same_copies_and_another_load_adds_others(office: Service, service: Service) -> None:
    filled(service)
    assert told(service) == told(office)

    load(service, cases=CASES, seed=7, now=NOW, lived=LIVED)
    again = told(service)
    assert len({case_id for case_id, *_ in again}) == len(again) == 2 * CASES
    assert [fault.en for fault in verify(service)] == []


def test_a_load_that_is_broken_off_among_the_copies_leaves_no_case_and_no_process(service: Service) -> None:
    lots: list[int] = []

    def break_off(more: int) -> None:
        lots.append(more)
        if sum(lots) > LIVED:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(service, cases=CASES, seed=3, now=NOW, lived=LIVED, stored=break_off)
    assert sum(lots) < CASES
    assert multiprocessing.active_children() == []
    with service.transaction() as tx:
        assert tx.db.run("select count(*) from cases").scalar_one() == 0


def test_a_load_whose_other_process_fails_leaves_no_case(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stamping.Stamper, "_events", fails)
    with pytest.raises(RuntimeError, match="has said above why"):
        load(service, cases=CASES, seed=3, now=NOW, lived=LIVED)
    with service.transaction() as tx:
        left = "select (select count(*) from cases), (select count(*) from funds), (select count(*) from applicants)"
        assert tuple(tx.db.run(left).one()) == (0, 0, 0)


BROKEN = {
    "alter table events disable trigger only_added_to;"
    ' update events set payload = payload || \'{"outcome": "won"}\' where case_id = :id and seq = 1': (
        "{number}: the chain of events does not recompute at event 1."
    ),
    "alter table events disable trigger only_added_to; delete from events where case_id = :id and seq ="
    " (select max(seq) from events where case_id = :id)": (
        "{number}: the chain of events does not recompute at event {events}."
    ),
    "update cases set outcome = 'lost', first_in_line = not first_in_line where id = :id": (
        "{number}: its row is not what its events say: outcome, first_in_line."
    ),
    "update clocks set started_at = started_at - interval '1 s' where case_id = :id and name = 'acceptance'": (
        "{number}: rows of clocks are not what the case says: acceptance."
    ),
    "update vault set sealed = sealed || '\\x00' where case_id = :id and part = 'facts'": (
        "{number}: what is sealed of the application does not open."
    ),
    "delete from open_case_holds where case_id = :id": (
        "{number}: the identity numbers that it keeps are not those of its household."
    ),
    "update funds set balance = balance + 1 where code = 'RELIEF-JN' and :id is not null": (
        "Fund RELIEF-JN: balance, reserved or entries are not the sum of its ledger."
    ),
}


def test_what_contradicts_itself_is_named(service: Service, owner_url: str) -> None:
    filled(service)
    owner = create_engine(owner_url)
    which = """select c.id, c.number, c.version from casework.cases c join casework.clocks k on k.case_id = c.id
               where workflow = 'hardship_aid' and closed_at is null and k.name = 'acceptance' order by c.id limit 20"""
    expected = set()
    with owner.begin() as connection:
        connection.execute(text("set search_path to casework"))
        for (statements, fault), case in zip(BROKEN.items(), connection.execute(text(which)), strict=False):
            for statement in statements.split("; "):
                connection.execute(text(statement), {"id": case.id} if ":id" in statement else {})
            expected.add(fault.format(number=case.number, events=case.version))
    owner.dispose()

    found = [told.en for told in verify(service)]
    assert len(expected) == len(found) == len(BROKEN)
    assert set(found) == expected
