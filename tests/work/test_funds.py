"""Money that several claim at once, on a real PostgreSQL: no yuan is promised twice, and the books are right."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from random import Random
from threading import Barrier, Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from casework.records import funds as records
from casework.records import holds
from casework.rules.fund_operations import Amend, FundOperation, Pay, Release, Reserve, Return
from casework.rules.grammar import HELD_ELSEWHERE
from casework.rules.refusals import NotMet, NotNow, Refusal
from casework.work import funds
from casework.work.service import Service
from tests.work.offices import Province, shandong

TODAY = date(2026, 3, 2)
AT_ONCE = 10

# What the books must say at any instant: entries without gaps, each adding up to what stands beside it, and the fund,
# its budget lines and its payments agreeing with one another.
_BOOKS = """
select f.code, f.entries, f.balance, f.reserved,
  (select count(*) from fund_entries e where e.fund_id = f.id) as written,
  (select coalesce(max(seq), 0) from fund_entries e where e.fund_id = f.id) as last,
  (select coalesce(sum(case when kind in ('top_up', 'return') then amount when kind in ('pay', 'correct') then -amount
     else 0 end), 0)
     from fund_entries e where e.fund_id = f.id) as summed,
  (select coalesce(sum(case when kind in ('reserve', 'return') then amount when kind in ('top_up', 'correct') then 0
     else -amount end), 0)
     from fund_entries e where e.fund_id = f.id) as promised,
  (select coalesce(sum(amount), 0) from payment_lines l
     where l.fund_id = f.id and status in ('approved', 'ordered', 'returned')) as unpaid,
  (select count(*) from fund_budgets b where b.fund_id = f.id and committed <> (
     select coalesce(sum(amount), 0) from payment_lines l
     where l.fund_id = b.fund_id and l.year = b.year and l.kind = b.kind and status <> 'released')) as wrong_budgets
from funds f
"""


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def new_fund(province: Province, code: str, amount: str = "", *budgets: tuple[str, str]) -> UUID:
    """A fund of Jinan with so much in it, and lines for this year."""
    lines = [{"year": 2026, "kind": kind, "amount": most} for kind, most in budgets]
    given = {"code": code, "name": "示例资金", "org": "370100", "budgets": lines}
    with province.service.transaction(province.actor("zhao")) as tx:
        fund = funds.add_fund(tx, given)
        if amount:
            funds.top_up(tx, fund.id, {"amount": amount, "note": "拨款"})
        return UUID(str(fund.id))


def reserve(fund: str, amount: str, kind: str = "living", on: date = TODAY) -> Reserve:
    return Reserve(uuid4(), fund, kind, Decimal(amount), on)


def claim(province: Province, case_id: UUID, *claims: FundOperation, before: Callable[[], Any] = lambda: None) -> None:
    """A move of the case claims this; `before` is called when its transaction has begun."""
    actor = province.actor("zhao")
    with province.service.transaction(actor) as tx:
        before()
        records.claim(tx.db, claims, case_id, 2, actor)


def order(province: Province, *lines: UUID) -> None:
    """These payments are with the bank."""
    with province.service.transaction() as tx:
        tx.db.run("update payment_lines set status = 'ordered' where id = any(:ids)", ids=list(lines))


def at_once(deeds: Sequence[Callable[[Callable[[], Any]], Any]]) -> list[Refusal | None]:
    """What refused each of these, None for what was done; all have begun before the first goes on."""
    barrier = Barrier(len(deeds))

    def one(deed: Callable[[Callable[[], Any]], Any]) -> Refusal | None:
        try:
            deed(lambda: barrier.wait(timeout=20))
        except Refusal as no:
            return no
        return None

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def books(service: Service) -> dict[str, Any]:
    """The books of every fund by its code; they must be right."""
    with service.transaction() as tx:
        rows = tx.db.all(_BOOKS)
    for row in rows:
        assert row.entries == row.written == row.last, row
        assert row.balance == row.summed, row
        assert row.reserved == row.promised == row.unpaid, row
        assert row.wrong_budgets == 0, row
    return {row.code: row for row in rows}


@contextmanager
def books_watched(service: Service) -> Iterator[None]:
    """All the while somebody reads the books, and finds them right."""
    done = Event()

    def watch() -> int:
        readings = 0
        while not done.is_set():
            books(service)
            readings += 1
        return readings

    with ThreadPoolExecutor(1) as pool:
        readings = pool.submit(watch)
        try:
            yield
        finally:
            done.set()
        assert readings.result() > 0


def held(service: Service) -> list[Any]:
    """Everything that the tables of money hold."""
    tables = ("funds", "fund_budgets", "fund_entries", "payment_lines")
    with service.transaction() as tx:
        return [sorted(map(str, tx.db.all(f"select * from {table}"))) for table in tables]


def test_of_two_approvals_on_the_last_yuan_one_wins_and_the_other_changes_nothing(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00")
    case = province.open_case("li")
    claim(province, case, reserve("RELIEF", "99.00"))
    refusals = at_once([lambda go: claim(province, case, reserve("RELIEF", "1.00"), before=go) for _ in range(2)])
    [refusal] = [no for no in refusals if no]
    assert isinstance(refusal, NotMet)
    assert "RELIEF" in refusal.text.en
    fund = books(province.service)["RELIEF"]
    assert (fund.balance, fund.reserved, fund.entries) == (Decimal("100.00"), Decimal("100.00"), 3)


def test_of_two_approvals_on_the_last_yuan_of_a_budget_line_one_wins_though_the_fund_has_more(
    province: Province,
) -> None:
    new_fund(province, "RELIEF", "100.00", ("medical", "10.00"))
    case = province.open_case("li")
    claim(province, case, reserve("RELIEF", "9.00", "medical"))
    refusals = at_once(
        [lambda go: claim(province, case, reserve("RELIEF", "1.00", "medical"), before=go) for _ in range(2)]
    )
    [refusal] = [no for no in refusals if no]
    assert isinstance(refusal, NotMet)
    assert "budget" in refusal.text.en
    fund = books(province.service)["RELIEF"]
    assert (fund.reserved, fund.entries) == (Decimal("10.00"), 3)


def test_a_refused_claim_leaves_every_table_as_it_was(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("medical", "10.00"))
    case, before = province.open_case("li"), held(province.service)
    for claims in (
        [reserve("RELIEF", "100.01")],
        [reserve("UNKNOWN", "1.00")],
        [reserve("RELIEF", "1.00"), reserve("RELIEF", "10.01", "medical")],
        [reserve("RELIEF", "60.00"), reserve("RELIEF", "40.01")],
    ):
        with pytest.raises(NotMet):
            claim(province, case, *claims)
        assert held(province.service) == before


def test_a_kind_without_a_budget_line_is_bound_by_the_fund_alone_and_a_line_by_its_year(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("medical", "10.00"))
    case = province.open_case("li")
    claim(province, case, reserve("RELIEF", "50.00", "living"))
    claim(province, case, reserve("RELIEF", "10.00", "medical"))
    claim(province, case, reserve("RELIEF", "40.00", "medical", date(2027, 1, 1)))
    with pytest.raises(NotMet):
        claim(province, case, reserve("RELIEF", "0.01"))


def test_of_a_hundred_who_want_a_yuan_of_sixty_sixty_get_one(province: Province) -> None:
    new_fund(province, "RELIEF", "60.00")
    case = province.open_case("li")

    def want(_: int) -> bool:
        try:
            claim(province, case, reserve("RELIEF", "1.00"))
        except NotMet:
            return False
        return True

    with books_watched(province.service), ThreadPoolExecutor(AT_ONCE) as pool:
        got = list(pool.map(want, range(100)))
    assert got.count(True) == 60
    fund = books(province.service)["RELIEF"]
    assert (fund.balance, fund.reserved, fund.entries) == (Decimal("60.00"), Decimal("60.00"), 61)


def test_whatever_is_done_to_payments_at_once_the_books_are_right_all_the_time(province: Province) -> None:
    fund_id = new_fund(province, "RELIEF", "500.00", ("living", "400.00"))
    cases = [province.open_case("li") for _ in range(8)]

    def clerk(number: int) -> int:
        case, chance, done = cases[number], Random(number), 0
        for _ in range(6):
            one = reserve("RELIEF", f"{chance.randint(1, 60)}.{chance.randint(0, 99):02}")
            try:
                claim(province, case, one)
            except NotMet:
                with province.service.transaction(province.actor("zhao")) as tx:
                    funds.top_up(tx, fund_id, {"amount": "20.00", "note": "拨款"})
                continue
            done += 1
            if chance.random() < 0.3:
                claim(province, case, Release(one.line))
                continue
            order(province, one.line)
            if chance.random() < 0.3:
                claim(province, case, Return(one.line, TODAY))
                order(province, one.line)
            claim(province, case, Pay(one.line, TODAY))
        return done

    with books_watched(province.service), ThreadPoolExecutor(len(cases)) as pool:
        done = sum(pool.map(clerk, range(len(cases))))
    fund = books(province.service)["RELIEF"]
    assert done > 10
    assert fund.reserved == 0
    assert fund.entries == 1 + 2 * done + (48 - done)


def test_moves_that_claim_two_funds_in_opposite_order_wait_for_each_other_and_not_crosswise(
    province: Province,
) -> None:
    new_fund(province, "ONE", "1000.00", ("living", "1000.00"))
    new_fund(province, "TWO", "1000.00", ("living", "1000.00"))
    cases = [province.open_case("li") for _ in range(4)]
    mine = [[reserve(code, "1.00") for code in ("ONE", "TWO", "ONE", "TWO")] for _ in cases]
    for case, lines in zip(cases, mine, strict=True):
        claim(province, case, *lines)
    for turn in range(10):
        ways: list[list[FundOperation]] = [
            [reserve("ONE", "1.00"), reserve("TWO", "1.00")],
            [reserve("TWO", "1.00"), reserve("ONE", "1.00")],
            [Release(mine[2][0].line), reserve("TWO", "1.00")] if turn == 0 else [reserve("TWO", "1.00")],
            [reserve("TWO", "1.00"), Release(mine[3][2].line)] if turn == 0 else [reserve("ONE", "1.00")],
        ]
        pairs = list(zip(cases, ways, strict=True))
        deeds = [lambda go, case=case, way=way: claim(province, case, *way, before=go) for case, way in pairs]
        assert at_once(deeds) == [None] * 4
    books(province.service)


def test_a_released_payment_gives_its_fund_and_its_budget_line_back(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("living", "60.00"))
    case = province.open_case("li")
    one = reserve("RELIEF", "60.00")
    claim(province, case, one)
    claim(province, case, Release(one.line))
    assert books(province.service)["RELIEF"].reserved == 0
    claim(province, case, reserve("RELIEF", "60.00"))


def test_a_payment_is_paid_once_and_only_after_it_was_ordered_and_only_for_its_own_case(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00")
    case, other = province.open_case("li"), province.open_case("li")
    one = reserve("RELIEF", "60.00")
    claim(province, case, one)
    for claims in ([Pay(one.line, TODAY)], [Return(one.line, TODAY)]):
        with pytest.raises(NotNow):
            claim(province, case, *claims)
    order(province, one.line)
    for wrong_case, wrong in ((other, Pay(one.line, TODAY)), (case, Release(one.line)), (case, Pay(uuid4(), TODAY))):
        with pytest.raises(NotNow):
            claim(province, wrong_case, wrong)
    refusals = at_once([lambda go: claim(province, case, Pay(one.line, TODAY), before=go) for _ in range(4)])
    assert [type(no) for no in refusals if no] == [NotNow] * 3
    fund = books(province.service)["RELIEF"]
    assert (fund.balance, fund.reserved) == (Decimal("40.00"), Decimal("0.00"))


def test_a_returned_payment_keeps_its_money_until_it_is_released(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("living", "60.00"))
    case = province.open_case("li")
    one = reserve("RELIEF", "60.00")
    claim(province, case, one)
    order(province, one.line)
    claim(province, case, Return(one.line, TODAY))
    assert books(province.service)["RELIEF"].reserved == Decimal("60.00")
    with pytest.raises(NotNow):
        claim(province, case, Pay(one.line, TODAY))
    claim(province, case, Release(one.line))
    assert books(province.service)["RELIEF"].reserved == 0


def test_a_payment_that_comes_back_after_it_was_paid_is_there_and_promised_again(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("living", "60.00"))
    case = province.open_case("li")
    one = reserve("RELIEF", "60.00")
    claim(province, case, one)
    order(province, one.line)
    claim(province, case, Pay(one.line, TODAY))
    refusals = at_once([lambda go: claim(province, case, Return(one.line, TODAY), before=go) for _ in range(4)])
    assert [type(no) for no in refusals if no] == [NotNow] * 3
    fund = books(province.service)["RELIEF"]
    assert (fund.balance, fund.reserved, fund.entries) == (Decimal("100.00"), Decimal("60.00"), 4)
    order(province, one.line)
    claim(province, case, Pay(one.line, TODAY))
    assert books(province.service)["RELIEF"].balance == Decimal("40.00")


@pytest.mark.parametrize(("recorded", "truth", "balance"), [(Return, "paid", "40.00"), (Pay, "returned", "100.00")])
def test_a_mistyped_result_is_undone_by_an_entry_of_its_own_and_the_books_agree(
    recorded: type[Pay] | type[Return], truth: str, balance: str, province: Province
) -> None:
    new_fund(province, "RELIEF", "100.00", ("living", "60.00"))
    case = province.open_case("li")
    one = reserve("RELIEF", "60.00")
    claim(province, case, one)
    with pytest.raises(NotNow):
        claim(province, case, Amend(one.line, truth, TODAY))
    order(province, one.line)
    with pytest.raises(NotNow):
        claim(province, case, Amend(one.line, truth, TODAY))
    claim(province, case, recorded(one.line, TODAY))
    before = books(province.service)["RELIEF"]
    with books_watched(province.service):
        claim(province, case, Amend(one.line, truth, TODAY))
    after = books(province.service)["RELIEF"]
    assert after.entries == before.entries + 1
    assert (after.balance, after.reserved) == (Decimal(balance), Decimal(balance) - Decimal("40.00"))
    # The day alone moves no money.
    claim(province, case, Amend(one.line, truth, TODAY))
    assert books(province.service)["RELIEF"] == after


def test_a_correction_and_an_approval_at_once_do_not_take_the_same_yuan(province: Province) -> None:
    fund_id = new_fund(province, "RELIEF", "100.00")
    case = province.open_case("li")

    def take_out(go: Callable[[], Any]) -> None:
        with province.service.transaction(province.actor("zhao")) as tx:
            go()
            funds.correct(tx, fund_id, {"amount": "60.00", "note": "误登"})

    refusals = at_once([take_out, lambda go: claim(province, case, reserve("RELIEF", "60.00"), before=go)])
    assert [type(no) for no in refusals if no] == [NotMet]
    books(province.service)


def test_a_budget_line_that_is_set_later_counts_what_was_approved_before(province: Province) -> None:
    fund_id = new_fund(province, "RELIEF", "100.00")
    case = province.open_case("li")
    early = reserve("RELIEF", "30.00")
    claim(province, case, early, reserve("RELIEF", "20.00"))
    with province.service.transaction(province.actor("zhao")) as tx:
        fund = funds.set_budget(tx, fund_id, {"year": 2026, "kind": "living", "amount": "60.00"})
        [line] = records.budgets(tx.db, [fund.id])[fund.id]
    assert line.committed == Decimal("50.00")
    with pytest.raises(NotMet):
        claim(province, case, reserve("RELIEF", "10.01"))
    claim(province, case, Release(early.line))
    claim(province, case, reserve("RELIEF", "40.00"))
    books(province.service)


@pytest.mark.parametrize("known", [True, False])
def test_a_budget_line_is_not_set_below_what_is_approved_also_while_more_is_being_approved(
    known: bool, province: Province
) -> None:
    fund_id = new_fund(province, "RELIEF", "100.00", *([("living", "100.00")] if known else []))
    case, service = province.open_case("li"), province.service
    claim(province, case, reserve("RELIEF", "40.00"))

    def set_to(amount: str) -> None:
        with service.transaction(province.actor("zhao")) as tx:
            funds.set_budget(tx, fund_id, {"year": 2026, "kind": "living", "amount": amount})

    with pytest.raises(NotMet):
        set_to("39.99")
    with ThreadPoolExecutor(1) as pool:
        with service.transaction(province.actor("zhao")) as tx:
            records.claim(tx.db, [reserve("RELIEF", "20.00")], case, 2, province.actor("zhao"))
            lowered = pool.submit(set_to, "50.00")
            while not lowered.done() and not somebody_waits(service):
                pass
        assert isinstance(lowered.exception(), NotMet)
    assert books(service)["RELIEF"].reserved == Decimal("60.00")
    set_to("60.00")


def somebody_waits(service: Service) -> bool:
    """Whether a transaction waits for another's lock."""
    with service.transaction() as tx:
        return tx.db.one("select 1 from pg_locks where not granted") is not None


def test_a_fund_takes_no_more_than_its_columns_hold(province: Province) -> None:
    fund_id = new_fund(province, "RELIEF", "999999999999.99")
    before = held(province.service)
    with pytest.raises(NotMet), province.service.transaction(province.actor("zhao")) as tx:
        funds.top_up(tx, fund_id, {"amount": "0.01", "note": "拨款"})
    assert held(province.service) == before


@pytest.mark.parametrize(
    "change", ["update fund_entries set amount = 1", "delete from fund_entries", "truncate fund_entries"]
)
def test_nobody_changes_an_entry_of_the_ledger_not_even_its_owner(
    change: str, province: Province, owner_url: str
) -> None:
    new_fund(province, "RELIEF", "100.00")
    with pytest.raises(DBAPIError), province.service.transaction() as tx:
        tx.db.run(change)
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        connection.execute(text("set local search_path to casework"))
        with pytest.raises(DBAPIError, match="only ever added to"):
            connection.execute(text(change))
    engine.dispose()
    assert books(province.service)["RELIEF"].entries == 1


def test_a_fund_pays_for_its_organisation_and_those_below_with_what_is_free(province: Province) -> None:
    new_fund(province, "RELIEF", "100.00", ("living", "60.00"))
    with province.service.transaction(province.actor("province")) as tx:
        funds.add_fund(tx, {"code": "ABOVE", "name": "省级资金", "org": "370000"})
    claim(province, province.open_case("li"), reserve("RELIEF", "25.00"), reserve("RELIEF", "5.00", "study"))
    with province.service.transaction() as tx:
        here = records.open_to(tx.db, "370000/370100/", TODAY, "370000/370100/")
        next_year = records.open_to(tx.db, "370000/370100/", TODAY.replace(year=2027), "370000/370100/")
        elsewhere = records.open_to(tx.db, "370000/370200/", TODAY, None)
    assert [*here] == ["RELIEF", "ABOVE"]
    fund = here["RELIEF"].fund
    assert (fund.free, fund.budgets) == (Decimal("70.00"), {"living": Decimal("35.00")})
    assert {code: one.drawn for code, one in here.items()} == {"RELIEF": Decimal("30.00"), "ABOVE": Decimal()}
    assert next_year["RELIEF"].fund.budgets == {}
    assert [*elsewhere] == ["ABOVE"]


def test_of_two_who_hold_the_same_number_at_once_one_gets_it_and_the_other_is_told_of_the_file(
    province: Province,
) -> None:
    cases = [province.open_case("li") for _ in range(2)]
    same, own = b"household" * 4, [b"one" * 11, b"two" * 11]

    def keep(number: int, go: Callable[[], Any] = lambda: None) -> None:
        with province.service.transaction() as tx:
            go()
            # Each names them in another order, and yet neither waits crosswise for the other.
            digests = [same, own[number]] if number else [own[number], same]
            holds.keep(tx.db, "legal_aid", cases[number], digests, HELD_ELSEWHERE)

    first, second = at_once([lambda go: keep(0, go), lambda go: keep(1, go)])
    [refusal] = [no for no in (first, second) if no]
    winner = 0 if first is None else 1
    with province.service.transaction() as tx:
        number = tx.db.run("select number from cases where id = :id", id=cases[winner]).scalar_one()
        rows = tx.db.all("select case_id from open_case_holds")
    assert isinstance(refusal, NotNow)
    assert number in refusal.text.en
    assert number in refusal.text.zh
    assert [row.case_id for row in rows] == [cases[winner]] * 2
    with province.service.transaction() as tx:
        holds.let_go(tx.db, cases[winner])
    keep(1 - winner)
