"""Proves of a loaded office that nothing in it contradicts itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final
from uuid import UUID

from casework.records import offices, people, proof
from casework.records.event_chain import GENESIS, digest
from casework.records.proof import Stored
from casework.records.rebuild import rebuilt
from casework.records.rows import case_row
from casework.records.vault import NotOpened, applicant_place, case_place, unseal
from casework.rules.case import Case, ClockRun
from casework.rules.people import Person
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.blind_indexes import held_numbers
from casework.work.service import Service, Transaction

_TOGETHER: Final = 200
_FIRST: Final = UUID(int=0)
_CHAIN = Text(
    "{number}：第 {seq} 条办理记录与校验链不符。",
    "{number}: the chain of events does not recompute at event {seq}.",
)
_ROW = Text(
    "{number}：案件表与办理记录不符：{names}。",
    "{number}: its row is not what its events say: {names}.",
)
_CLOCKS = Text(
    "{number}：期限表与案件所载的期限不符：{names}。",
    "{number}: rows of clocks are not what the case says: {names}.",
)
_SEALED = Text("{number}：密封的申请内容无法打开。", "{number}: what is sealed of the application does not open.")
_HOLDS = Text(
    "{number}：占用的证件号码不是该户人员的号码。",
    "{number}: the identity numbers that it keeps are not those of its household.",
)
_FUND = Text(
    "资金 {code}：余额、预留或笔数与台账合计不符。",
    "Fund {code}: balance, reserved or entries are not the sum of its ledger.",
)


@dataclass(frozen=True, slots=True)
class Office:
    """Whom and which organisations the events name."""

    users: Mapping[UUID, Person]
    paths: Mapping[str, str]


def check(service: Service, looked_at: Callable[[int], object] = lambda more: None) -> Iterator[Text]:
    """Look at every case and fund; gives a sentence for each contradiction.

    Of each case: its chain of events recomputes, they alone give back its row, its clocks are told alike in both
    places, what is sealed opens, and while open it keeps the identity numbers of its household and no others. Of each
    fund: it is the sum of its ledger. `looked_at` is told how many more cases were looked at.
    """
    after = _FIRST
    while True:
        with service.transaction() as tx:
            office = _office(tx)
            some = proof.some(tx.db, after, _TOGETHER)
            faults = [fault for stored in some for fault in _faults(tx, stored, office)]
        yield from faults
        if not some:
            break
        after = some[-1].record.file.id
        looked_at(len(some))
    with service.transaction() as tx:
        codes = proof.funds_that_do_not_add_up(tx.db)
    yield from (_FUND.with_(code=code) for code in codes)


def _office(tx: Transaction) -> Office:
    everybody = map(people.person_of, people.page(tx.db, "", 1_000_000, None, {}))
    return Office(
        {person.id: person for person in everybody},
        {code: org.path for code, org in offices.all_orgs(tx.db).items()},
    )


def _faults(tx: Transaction, stored: Stored, office: Office) -> Iterator[Text]:
    number = stored.record.file.number
    broken = _broken_at(stored)
    if broken is not None:
        yield _CHAIN.with_(number=number, seq=broken)
    elif differing := [*_differing(stored, office)]:
        yield _ROW.with_(number=number, names=", ".join(differing))
    if differing := sorted({str(row[0]) for row in {*stored.clocks} ^ {*map(_told, stored.record.file.clocks)}}):
        yield _CLOCKS.with_(number=number, names=", ".join(differing))
    try:
        held = _held(tx, stored)
    except NotOpened:
        yield _SEALED.with_(number=number)
    else:
        if held != stored.holds:
            yield _HOLDS.with_(number=number)


def _broken_at(stored: Stored) -> int | None:
    """The number of the first event that does not fit; None where all do and the case ends with the last."""
    record, before = stored.record, GENESIS
    for seq, event in enumerate(stored.events, start=1):
        told = digest(
            before, record.file.id, seq, event.at, event.kind, event.actor_id, event.actor_role, event.payload
        )
        if (event.seq, event.prev_hash, event.hash) != (seq, before, told):
            return seq
        before = told
    return None if before == record.last_hash and stored.events else len(stored.events) + 1


def _differing(stored: Stored, office: Office) -> Iterator[str]:
    """The names of what the row says otherwise than the events."""
    file = stored.record.file
    workflow = workflow_registry.pinned(file)
    again = rebuilt(workflow, file.id, stored.events, office.users, office.paths)
    again = replace(again, clocks=tuple(sorted(again.clocks, key=lambda run: (run.started_at, *run.key))))
    yield from (one.name for one in fields(Case) if getattr(again, one.name) != getattr(file, one.name))
    row = case_row(replace(stored.record, file=again), workflow)
    yield from (name for name, value in stored.derived.items() if row[name] != value)


def _told(run: ClockRun) -> tuple[object, ...]:
    due = (run.due.at, run.due.on, run.due.provisional) if run.due else (None, None, False)
    return (run.name, run.generation, run.owed_by, run.status, run.started_at, *due, run.ended_at)


def _held(tx: Transaction, stored: Stored) -> set[bytes]:
    """The digests that the case has to keep, by what is sealed of it; raises `NotOpened`."""
    record = stored.record
    key = tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)
    facts = unseal(key, case_place(record.file.id, "facts"), stored.facts) if stored.facts else {}
    if record.file.closed_at:
        return set()
    return held_numbers(workflow_registry.pinned(record.file), record.file.facts, facts, tx.index_key)
