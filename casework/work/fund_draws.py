"""The funds that may pay for a case, with what whoever decides may draw of them; see `rules.fund_draws`."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from casework.records import funds
from casework.records.database import Row
from casework.records.rows import StoredCase
from casework.rules.context import DecisionContext
from casework.rules.fund_draws import allowance_of, drawn_by
from casework.rules.fund_operations import Allowance, Fund
from casework.rules.move import Move
from casework.rules.refusals import NotMet
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import Transaction


def open_funds(tx: Transaction, record: StoredCase, today: date) -> dict[str, Fund]:
    """The funds of the case's organisation and of those above it, by code, for whoever acts on this day."""
    person = tx.acting.person
    drawer = person.org_path if person else None
    found = funds.open_to(tx.db, record.case.org_path, today, drawer)
    return {
        code: replace(one.fund, allowance=allowance(tx, record.case.workflow, one.owner, drawer, one.drawn, today))
        for code, one in found.items()
    }


def allowance(
    tx: Transaction, workflow: str, owner: str, drawer: str | None, drawn: Decimal, today: date
) -> Allowance | None:
    """What the organisation of this path may draw of a fund of another, None where it is the owner or sits above it."""
    holder = tx.rules.orgs[owner]
    if drawer is None or not drawer.startswith(holder.path) or drawer == holder.path:
        return None
    level = next(org.kind for org in tx.rules.orgs.values() if org.path == drawer)
    policies = tx.rules.in_force(workflow, holder.code, holder.region, today)
    return allowance_of(Text(holder.name, holder.name), level, policies, drawn)


def of_caller(tx: Transaction, fund: Row[Any]) -> dict[str, Allowance]:
    """What the caller's organisation may draw of a fund by each workflow that pays; nothing is said of one's own."""
    path = tx.person.org_path
    drawn = funds.drawn(tx.db, fund.code, tx.today, path)
    paying = (workflow.key for workflow in workflow_registry.latest() if workflow.grants_money)
    found = {key: allowance(tx, key, fund.org, path, drawn, tx.today) for key in paying}
    return {key: one for key, one in found.items() if one}


def ensure_allowed(tx: Transaction, move: Move, office: DecisionContext) -> None:
    """Raises `NotMet` where others have drawn meanwhile what the owner lets a month give; the money is claimed already.

    The funds are locked by the claim, so that what was drawn is known.
    """
    for code, amount in drawn_by(move.claims).items():
        fund, person = office.funds.get(code), move.actor.person
        if fund and fund.allowance and person:
            drawn = funds.drawn(tx.db, code, office.calendar.local_date(move.at), person.org_path)
            if because := replace(fund.allowance, drawn=drawn - amount).why_not(code, amount):
                raise NotMet(because)
