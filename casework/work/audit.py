"""Proves that what is stored says nothing but what happened: every chain recomputes, and all else follows from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from uuid import UUID

from casework.records import admin_events, offices, people, proof
from casework.records.event_chain import GENESIS, administrative, chained, digest
from casework.records.proof import Stored
from casework.records.rebuild import rebuilt
from casework.records.rows import case_row
from casework.records.vault import NotOpened, WrappedKey, applicant_place, case_place, order_place, unseal
from casework.rules.case import Case, ClockRun
from casework.rules.identifiers import mask_account
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
_FILES = Text(
    "{number}：材料文件与办理记录不符：{names}。",
    "{number}: files are not what its events say: {names}.",
)
_UNTOLD = Text(
    "{number}：办理记录无法还原案件（{why}）。",
    "{number}: its events give back no case ({why}).",
)
_ADMIN = Text(
    "第 {seq} 条管理记录与校验链不符。",
    "The administrative chain does not recompute at event {seq}.",
)
_ORDER = Text(
    "支付单 {number}：合计或笔数与所列款项不符。",
    "Payment order {number}: total or count are not those of its payments.",
)
_ORDER_LINE = Text(
    "支付单 {number} 第 {position} 笔：账号与开单时密封的不符。",
    "Payment order {number}, line {position}: its account is not the one that was sealed as it was ordered.",
)
_PAYMENT = Text(
    "案件 {number}：一笔款项与资金台账所载的金额或状态不符。",
    "{number}: a payment is not what the ledger of its fund says of amount and state.",
)
_LEDGER = Text(
    "资金 {code}：台账第 {seq} 笔的余额与此前各笔不符。",
    "Fund {code}: entry {seq} of its ledger does not follow from those before.",
)
UNSEEN = Text(
    "以下情况此核对不能发现：数据库所有者连同其后各条重写整条记录链，或者截去链尾并把案件退回当时；"
    "整件案件连同全部记录被删除；备注、文书、敏感信息查看记录整条被删除；支付单上的户名、开户行被改；密封内容被换回更正前的内容。"
    "须与本库之外保存的备份对照。",
    "This cannot see: an owner of the database who rewrites a whole chain, or cuts off its end and sets the case back"
    " to that time; a case deleted with all that hangs on it; a note, a letter or a line of the log of disclosures"
    " deleted; payee or bank changed on an order; a sealed value put back as it was before a correction."
    " Compare with a backup that is kept elsewhere.",
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


def verify(
    service: Service, looked_at: Callable[[int], object] = lambda more: None, number: str | None = None
) -> Iterator[Text]:
    """Look at everything, or at the case of this number alone; gives a sentence for each contradiction.

    Of each case: its chain of events recomputes, they alone give back its row, its clocks are told alike in both
    places, its files are those of its events, what is sealed opens, and while open it keeps the identity numbers of its
    household and no others. Then the administrative chain, the payment orders and their lines, the payments, and the
    ledger of each fund. `looked_at` is told how many more cases were looked at. `UNSEEN` says what cannot be seen.
    """
    after = _FIRST
    while True:
        with service.transaction() as tx:
            office = _office(tx)
            some = proof.some(tx.db, after, _TOGETHER, number)
            faults = [fault for stored in some for fault in _settled_faults(tx, stored, office)]
        yield from faults
        if not some:
            break
        after = some[-1].record.case.id
        looked_at(len(some))
    if number is None:
        yield from _beside_cases(service)


@dataclass(frozen=True, slots=True)
class Looked:
    """How many cases were looked at and what contradicts itself; `after` is where to go on, None at the end."""

    cases: int
    faults: list[Text]
    after: UUID | None = None


def verify_case(tx: Transaction, case_id: UUID) -> Looked:
    """Look at this case as `verify` does; who may see it is for the caller to say."""
    return _looked(tx, [case_id])


def verify_seen(tx: Transaction, after: UUID | None = None) -> Looked:
    """Look at the next two hundred cases that the actor sees, as `verify` does."""
    ids = proof.seen_after(tx.db, tx.person, after or _FIRST, _TOGETHER + 1)
    looked = _looked(tx, ids[:_TOGETHER])
    return replace(looked, after=ids[_TOGETHER - 1] if len(ids) > _TOGETHER else None)


def _looked(tx: Transaction, ids: list[UUID]) -> Looked:
    office = _office(tx)
    some = proof.of(tx.db, ids)
    return Looked(len(some), [fault for stored in some for fault in _settled_faults(tx, stored, office)])


def verify_administration(tx: Transaction) -> list[Text]:
    """Look at the administrative chain, as `verify` does."""
    broken = _admin_broken_at(tx)
    return [_ADMIN.with_(seq=broken)] if broken else []


def _beside_cases(service: Service) -> Iterator[Text]:
    with service.transaction() as tx:
        faults = verify_administration(tx)
        faults += [_ORDER.with_(number=number) for number in proof.orders_that_do_not_add_up(tx.db)]
        faults += [
            _ORDER_LINE.with_(number=line.number, position=line.position)
            for line in proof.order_lines(tx.db)
            if not _is_as_sealed(tx, line)
        ]
        faults += [_PAYMENT.with_(number=number) for number in proof.payments_unlike_the_ledger(tx.db)]
        faults += [_LEDGER.with_(code=code, seq=seq) for code, seq in proof.ledgers_that_do_not_follow(tx.db)]
        faults += [_FUND.with_(code=code) for code in proof.funds_that_do_not_add_up(tx.db)]
    yield from faults


def _admin_broken_at(tx: Transaction) -> int | None:
    """The number of the first event of the administrative chain that does not fit; None where all do."""
    seq, before = 0, GENESIS
    while rows := admin_events.some(tx.db, seq, _TOGETHER):
        for row in rows:
            seq += 1
            body = administrative(row.seq, row.at, row.kind, row.actor_id, row.subject, row.places, row.payload)
            if (row.seq, row.prev_hash, row.hash) != (seq, before, chained(before, body)):
                return seq
            before = row.hash
    return None


def _is_as_sealed(tx: Transaction, line: Any) -> bool:
    """Whether the account of a line opens, and is masked as it stands there."""
    try:
        key = tx.service.keyring.unwrap(applicant_place(line.applicant_id), WrappedKey(line.key_id, line.wrapped_key))
        account = str(unseal(key, order_place(line.order_id, line.line_id), line.sealed))
    except NotOpened:
        return False
    return bool(mask_account(account) == line.account)


def _office(tx: Transaction) -> Office:
    everybody = map(people.person_of, people.page(tx.db, "", 1_000_000, None, {}))
    return Office(
        {person.id: person for person in everybody},
        {code: org.path for code, org in offices.all_orgs(tx.db).items()},
    )


def _settled_faults(tx: Transaction, stored: Stored, office: Office) -> list[Text]:
    """The contradictions of a case, looked at again while nobody can change it: somebody may just have done so."""
    if not any(_faults(tx, stored, office)):
        return []
    again = proof.some(tx.db, _FIRST, 1, stored.record.case.number)
    return [fault for one in again for fault in _faults(tx, one, _office(tx))]


def _faults(tx: Transaction, stored: Stored, office: Office) -> Iterator[Text]:
    number = stored.record.case.number
    broken = _broken_at(stored)
    if broken is not None:
        yield _CHAIN.with_(number=number, seq=broken)
    else:
        yield from _row_faults(stored, office)
    if strange := [*_strange_files(stored)]:
        yield _FILES.with_(number=number, names=", ".join(strange))
    if differing := sorted({str(row[0]) for row in {*stored.clocks} ^ {*map(_told, stored.record.case.clocks)}}):
        yield _CLOCKS.with_(number=number, names=", ".join(differing))
    try:
        held = _held(tx, stored)
    except NotOpened:
        yield _SEALED.with_(number=number)
    else:
        if held != stored.holds:
            yield _HOLDS.with_(number=number)


def _strange_files(stored: Stored) -> Iterator[str]:
    """The ids of files that are missing, altered, there although removed, or there without an event."""
    told: dict[str, tuple[Any, ...]] = {}
    for event in stored.events:
        for one in event.payload.get("given", {}).get("files", ()) if event.kind.startswith("file_") else ():
            if event.kind == "file_added":
                told[one["id"]] = tuple(one[name] for name in ("paper", "type", "size", "sha256", "sealed_sha256"))
            else:
                told[one["id"]] = (*told.get(one["id"], ())[:4], None)
    yield from sorted(one for one in told.keys() | stored.files.keys() if told.get(one) != stored.files.get(one))


def _row_faults(stored: Stored, office: Office) -> Iterator[Text]:
    number = stored.record.case.number
    try:
        differing = [*_differing(stored, office)]
    except (LookupError, TypeError, ValueError) as beyond:
        yield _UNTOLD.with_(number=number, why=repr(beyond))
        return
    if differing:
        yield _ROW.with_(number=number, names=", ".join(differing))


def _broken_at(stored: Stored) -> int | None:
    """The number of the first event that does not fit; None where all do and the case ends with the last."""
    record, before = stored.record, GENESIS
    for seq, event in enumerate(stored.events, start=1):
        told = digest(
            before, record.case.id, seq, event.at, event.kind, event.actor_id, event.actor_role, event.payload
        )
        if (event.seq, event.prev_hash, event.hash) != (seq, before, told):
            return seq
        before = told
    return None if before == record.last_hash and stored.events else len(stored.events) + 1


def _differing(stored: Stored, office: Office) -> Iterator[str]:
    """The names of what the row says otherwise than the events."""
    file = stored.record.case
    workflow = workflow_registry.pinned(file)
    again = rebuilt(workflow, file.id, stored.events, office.users, office.paths)
    again = replace(again, clocks=tuple(sorted(again.clocks, key=lambda run: (run.started_at, *run.key))))
    yield from (one.name for one in fields(Case) if getattr(again, one.name) != getattr(file, one.name))
    row = case_row(replace(stored.record, case=again), workflow)
    yield from (name for name, value in stored.derived.items() if row[name] != value)


def _told(run: ClockRun) -> tuple[object, ...]:
    due = (run.due.at, run.due.on, run.due.provisional) if run.due else (None, None, False)
    return (run.name, run.generation, run.owed_by, run.status, run.started_at, *due, run.ended_at)


def _held(tx: Transaction, stored: Stored) -> set[bytes]:
    """The digests that the case has to keep, by what is sealed of it; raises `NotOpened`."""
    record = stored.record
    key = tx.service.keyring.unwrap(applicant_place(record.applicant_id), record.applicant_key)
    opened = {part: unseal(key, case_place(record.case.id, part), sealed) for part, sealed in stored.sealed.items()}
    facts = opened.get("facts", {})
    if record.case.closed_at:
        return set()
    return held_numbers(workflow_registry.pinned(record.case), record.case.facts, facts, tx.index_key)
