"""Funds: money that may be promised, and the ledger of what became of it."""

from typing import Any
from uuid import UUID

from casework.api.answers.members import page_of
from casework.api.answers.money import Fund, FundEntry, fund, fund_entry
from casework.api.endpoint import Answer, Call, Endpoint, listed, page
from casework.http.query import Page, from_cursor, text, to_cursor, whole
from casework.records import funds as records
from casework.rules.text import Text
from casework.work import fund_draws, funds


@Endpoint("GET", "/funds", Text("资金", "Funds"), answer=page_of(Fund), query=Page, refuses=(403,))
def list_funds(call: Call) -> Answer:
    """The funds of the caller's organisation, of those above and of those below, by code.

    What an organisation may draw of a fund of one above is said by dated policies of the owner, `draws_LEVEL_each` and
    `draws_LEVEL_month`; beyond that a supervisor of the owner decides.
    """
    funds.may_see_funds(call.tx.person)
    key = from_cursor(call.query, text)
    rows = records.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None)
    shown = rows[: call.limit]
    after = to_cursor(shown[-1].code) if len(rows) > call.limit else None
    return page(call, _funds(call, shown), after)


@Endpoint("POST", "/funds", Text("设立资金", "Set up a fund"), answer=Fund, status=201, body=funds.NewFund)
def add_fund(call: Call) -> Answer:
    """A new fund, empty as yet."""
    return Answer(_fund(call, funds.add_fund(call.tx, call.body)), 201)


@Endpoint("POST", "/funds/<uuid:fund_id>/top-up", Text("资金入账", "Put money in"), answer=Fund, body=funds.TopUp)
def top_up(call: Call, fund_id: UUID) -> Answer:
    """The fund with more money in it."""
    return Answer(_fund(call, funds.top_up(call.tx, fund_id, call.body)))


@Endpoint(
    "POST",
    "/funds/<uuid:fund_id>/correct",
    Text("更正误登的入账", "Put a top-up right"),
    answer=Fund,
    body=funds.Correction,
)
def correct(call: Call, fund_id: UUID) -> Answer:
    """The fund without what was put in by mistake, at most what is free; the ledger keeps both entries."""
    return Answer(_fund(call, funds.correct(call.tx, fund_id, call.body)))


@Endpoint(
    "POST",
    "/funds/<uuid:fund_id>/budgets",
    Text("设定预算", "Set a budget line"),
    answer=Fund,
    body=funds.BudgetLine,
    note=Text(
        "此后该年度、该类别批准的总额以此为限，不能低于已批准的金额。",
        "What may be approved of a kind in a year from now on; never below what is approved already.",
    ),
)
def set_budget(call: Call, fund_id: UUID) -> Answer:
    """The fund with a budget line as it is to be from now on."""
    return Answer(_fund(call, funds.set_budget(call.tx, fund_id, call.body)))


@Endpoint(
    "GET",
    "/funds/<uuid:fund_id>/ledger",
    Text("资金台账", "The ledger"),
    answer=page_of(FundEntry),
    query=Page,
    refuses=(403,),
    note=Text(
        "余额等于入账之和减支付之和；批准和退还只改变已批准未支付的金额。",
        "The balance is what was put in less what was paid; reserve and release change what is promised.",
    ),
)
def ledger(call: Call, fund_id: UUID) -> Answer:
    """Every change of the fund, the newest last, with what there was after it."""
    seen = funds.seen(call.tx, fund_id)
    key = from_cursor(call.query, whole)
    rows = records.ledger(call.tx.db, seen.id, call.tx.person, call.limit + 1, key[0] if key else None)
    return listed(call, rows, fund_entry, "seq")


def _fund(call: Call, row: Any) -> Fund:
    return _funds(call, [row])[0]


def _funds(call: Call, rows: list[Any]) -> list[Fund]:
    budgets = records.budgets(call.tx.db, [row.id for row in rows])
    return [fund(row, budgets[row.id], fund_draws.of_caller(call.tx, row)) for row in rows]
