"""Funds: what is there, what is promised, what a year may give of each kind, and the ledger."""

from typing import Any, Final

from casework.forms.form import Form
from casework.forms.texts import Word
from casework.http.query import from_cursor, text, to_cursor, whole
from casework.records import funds as records
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Visit
from casework.web.payments import READERS
from casework.web.tables import address
from casework.work import fund_draws, funds, workflow_registry

_ROWS: Final = 50
_ENTRIES: Final = {
    "top_up": Text("入账", "put in"),
    "correct": Text("更正误登的入账", "put right"),
    "reserve": Text("批准", "promised"),
    "release": Text("撤销批准", "promise given up"),
    "pay": Text("支付", "paid"),
    "return": Text("退回", "returned by the bank"),
    "repay": Text("退还", "paid back"),
}


class PageQuery(Form):
    """From where on."""

    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


@Page("GET", "/funds", READERS, query=PageQuery)
def list_of_funds(visit: Visit) -> Answer:
    """The funds of the caller's organisation, of those above and of those below, by code."""
    tx = visit.tx
    funds.may_see_funds(tx.person)
    key = from_cursor(visit.query, text)
    found = records.page(tx.db, tx.person.org_path, _ROWS + 1, key[0] if key else None)
    shown = found[:_ROWS]
    cursor = to_cursor(shown[-1].code) if len(found) > _ROWS else None
    return Html(
        "funds",
        {
            "frame": frame_of(tx),
            "funds": [(row, tx.rules.orgs[row.org].name) for row in shown],
            "more": address("/funds", {}, cursor=cursor) if cursor else None,
        },
    )


@Page("GET", "/funds/<code>", READERS, query=PageQuery)
def fund(visit: Visit, code: str) -> Answer:
    """One fund with its budget lines, what the caller's union may draw of it, and its ledger."""
    tx = visit.tx
    found = records.by_code(tx.db, code, tx.person.org_path)
    if found is None:
        raise NotFound
    row = funds.seen(tx, found.id)
    key = from_cursor(visit.query, whole)
    entries = records.ledger(tx.db, row.id, tx.person, _ROWS + 1, key[0] if key else None)
    shown = entries[:_ROWS]
    cursor = to_cursor(shown[-1].seq) if len(entries) > _ROWS else None
    kinds = _kinds()
    budgets = records.budgets(tx.db, [row.id])[row.id]
    return Html(
        "fund",
        {
            "frame": frame_of(tx),
            "fund": row,
            "org": tx.rules.orgs[row.org].name,
            "budgets": [(one, kinds.get(one.kind, Text(one.kind, one.kind))) for one in budgets],
            "draws": [(workflow_registry.newest(key).title, one) for key, one in fund_draws.of_caller(tx, row).items()],
            "entries": [(one, _ENTRIES[one.kind]) for one in shown],
            "may_order": tx.person.role in STAFF,
            "more": address(f"/funds/{row.code}", {}, cursor=cursor) if cursor else None,
        },
    )


def _kinds() -> dict[str, Any]:
    every = [workflow.pays for workflow in workflow_registry.latest() if workflow.pays]
    return {kind: title for one in every for kind, title in one.kinds.items()}
