"""Funds: money that may be promised, and the ledger of what became of it."""

from typing import Any
from uuid import UUID

from casework.api.endpoint import Answer, Call, endpoint, page
from casework.api.query import Page, from_cursor, text, to_cursor, whole
from casework.api.request_context import instant
from casework.records import funds as records
from casework.rules.text import Text
from casework.work import funds


@endpoint("GET", "/funds", Text("资金", "Funds"), answer="FundPage", query=Page)
def list_funds(call: Call) -> Answer:
    """The funds of the caller's organisation, of those above and of those below, by code."""
    funds.may_see_funds(call.tx.person)
    key = from_cursor(call.query, text)
    rows = records.page(call.tx.db, call.tx.person.org_path, call.limit + 1, key[0] if key else None)
    shown = rows[: call.limit]
    after = to_cursor(shown[-1].code) if len(rows) > call.limit else None
    return page(_funds(call, shown), after)


@endpoint("POST", "/funds", Text("设立资金", "Set up a fund"), answer="Fund", status=201, body=funds.NewFund)
def add_fund(call: Call) -> Answer:
    """A new fund, empty as yet."""
    return Answer(_fund(call, funds.add_fund(call.tx, call.body)), 201)


@endpoint("POST", "/funds/<uuid:fund_id>/top-up", Text("资金入账", "Put money in"), answer="Fund", body=funds.TopUp)
def top_up(call: Call, fund_id: UUID) -> Answer:
    """The fund with more money in it."""
    return Answer(_fund(call, funds.top_up(call.tx, fund_id, call.body)))


@endpoint(
    "POST",
    "/funds/<uuid:fund_id>/correct",
    Text("更正误登的入账", "Put a top-up right"),
    answer="Fund",
    body=funds.Correction,
)
def correct(call: Call, fund_id: UUID) -> Answer:
    """The fund without what was put in by mistake, at most what is free; the ledger keeps both entries."""
    return Answer(_fund(call, funds.correct(call.tx, fund_id, call.body)))


@endpoint(
    "POST", "/funds/<uuid:fund_id>/budgets", Text("设定预算", "Set a budget line"), answer="Fund", body=funds.BudgetLine
)
def set_budget(call: Call, fund_id: UUID) -> Answer:
    """The fund with a budget line as it is to be from now on."""
    return Answer(_fund(call, funds.set_budget(call.tx, fund_id, call.body)))


@endpoint("GET", "/funds/<uuid:fund_id>/ledger", Text("资金台账", "The ledger"), answer="FundEntryPage", query=Page)
def ledger(call: Call, fund_id: UUID) -> Answer:
    """Every change of the fund, the newest last, with what there was after it."""
    fund = funds.seen(call.tx, fund_id)
    key = from_cursor(call.query, whole)
    rows = records.ledger(call.tx.db, fund.id, call.tx.person, call.limit + 1, key[0] if key else None)
    shown = rows[: call.limit]
    return page([_entry(row) for row in shown], to_cursor(shown[-1].seq) if len(rows) > call.limit else None)


def _fund(call: Call, fund: Any) -> dict[str, Any]:
    return _funds(call, [fund])[0]


def _funds(call: Call, rows: list[Any]) -> list[dict[str, Any]]:
    budgets = records.budgets(call.tx.db, [row.id for row in rows])
    return [
        {
            "id": str(row.id),
            "code": row.code,
            "name": row.name,
            "org": row.org,
            "balance": f"{row.balance:.2f}",
            "reserved": f"{row.reserved:.2f}",
            "free": f"{row.balance - row.reserved:.2f}",
            "budgets": [
                {
                    "year": line.year,
                    "kind": line.kind,
                    "amount": f"{line.amount:.2f}",
                    "committed": f"{line.committed:.2f}",
                    "free": f"{line.amount - line.committed:.2f}",
                }
                for line in budgets[row.id]
            ],
        }
        for row in rows
    ]


def _entry(row: Any) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": instant(row.at),
        "kind": row.kind,
        "amount": f"{row.amount:.2f}",
        "balance": f"{row.balance:.2f}",
        "reserved": f"{row.reserved:.2f}",
        "line": str(row.line_id) if row.line_id else None,
        "case_number": row.case_number,
        "actor": {"id": str(row.actor_id), "username": row.username, "name": row.user_name} if row.actor_id else None,
        "note": row.note,
    }
