"""Whoever changes what was recorded, as the owner of the database, is found out; what cannot be seen is said."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Connection, create_engine, text

from casework.demo import load
from casework.work import people
from casework.work.audit import UNSEEN, verify
from casework.work.service import Service

NOW = datetime.fromisoformat("2026-11-16T15:00:00+08:00")
FREE = "alter table {table} disable trigger only_added_to"
CASE = "(select id from cases where version > 2 order by id offset {number} limit 1)"
OF_CASES = {
    """update events set payload = payload || '{{"outcome": "won"}}' where case_id = {case} and seq = 2""": (
        "the chain of events does not recompute at event 2"
    ),
    "delete from events where (case_id, seq) in (select id, version from cases where id = {case})": (
        "the chain of events does not recompute at event"
    ),
    "update cases set outcome = 'invented' where id = {case}": "its row is not what its events say: outcome",
    "update vault set sealed = sealed || '\\x00' where case_id = {case} and part = 'facts'": (
        "what is sealed of the application does not open"
    ),
    "update vault v set sealed = o.sealed from vault o where v.part = 'facts' and o.part = 'facts'"
    " and v.case_id = {case} and o.case_id = (select max(id::text)::uuid from cases)": (
        "what is sealed of the application does not open"
    ),
}
BESIDE = {
    "update payment_order_lines set account = '****0000' where (order_id, line_id) in"
    " (select order_id, line_id from payment_order_lines limit 1)": "its account is not the one that was sealed",
    "update payment_orders set total = total + 1 where id = (select min(id::text)::uuid from payment_orders)": (
        "total or count are not those of its payments"
    ),
    "update payment_lines set amount = amount + 1 where id = (select max(id::text)::uuid from payment_lines)": (
        "a payment is not what the ledger of its fund says"
    ),
    "update fund_entries set balance = balance + 1 where seq = 1 and fund_id ="
    " (select min(fund_id::text)::uuid from fund_entries)": "entry 1 of its ledger does not follow",
    "update funds set balance = balance + 1 where id = (select min(id::text)::uuid from funds)": (
        "balance, reserved or entries are not the sum of its ledger"
    ),
}
ADMINISTRATIVE = [
    ("update admin_events set subject = 'nobody' where seq = 4", 4),
    ("delete from admin_events where seq = 3", 3),
]


@pytest.fixture
def owner(owner_url: str) -> Iterator[Connection]:
    """The database as its owner has it."""
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        connection.execute(text("set search_path to casework"))
        yield connection
    engine.dispose()


def found(service: Service) -> list[str]:
    return [fault.en for fault in verify(service)]


def rewritten(owner: Connection, statement: str) -> None:
    for table in ("events", "admin_events", "fund_entries"):
        owner.execute(text(FREE.format(table=table)))
    assert owner.execute(text(statement)).rowcount == 1, statement
    owner.commit()


def administered(service: Service, cases: int) -> None:
    """An office with so many cases, and some changes to its people."""
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=NOW)
    load(service, cases=cases, seed=7, now=NOW)
    for language in ("en", "zh-CN", "en"):
        with service.transaction() as tx:
            people.change_by_name(tx, "lawyer", {"language": language})


def test_each_kind_of_tampering_is_found_and_named(service: Service, owner: Connection) -> None:
    administered(service, cases=100)
    assert found(service) == []
    expected = set(BESIDE.values())
    for number, (statement, fault) in enumerate(OF_CASES.items()):
        case = CASE.format(number=number)
        named = owner.execute(text(f"select number from cases where id = {case}")).scalar_one()
        expected.add(f"{named}: {fault}")
        rewritten(owner, statement.format(case=case))
    for statement in BESIDE:
        rewritten(owner, statement)
    told = found(service)
    assert {fault for fault in expected if not any(fault in one for one in told)} == set()


def test_of_the_administrative_chain_the_first_event_that_does_not_fit_is_named(
    service: Service, owner: Connection
) -> None:
    administered(service, cases=0)
    assert found(service) == []
    for statement, seq in ADMINISTRATIVE:
        rewritten(owner, statement)
        assert found(service) == [f"The administrative chain does not recompute at event {seq}."]


def test_the_end_of_a_chain_that_was_cut_off_is_not_seen_and_that_is_said(service: Service, owner: Connection) -> None:
    administered(service, cases=0)
    rewritten(owner, "delete from admin_events where seq = (select max(seq) from admin_events)")
    assert found(service) == []
    assert "cuts off its end" in UNSEEN.en
    assert "截去链尾" in UNSEEN.zh
