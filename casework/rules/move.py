"""What comes out of a decision: the case afterwards, and what happened to it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.rules.case import Case, ClockRun, Facts
from casework.rules.fund_operations import FundOperation
from casework.rules.people import Actor, Org, Person


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a move did to one clock: `started`, `paused`, `resumed`, `rederived`, `met`, `breached` or `cancelled`.

    `settled`: it had ended while its due time was provisional, and is judged now that the year is known.
    """

    change: str
    clock: ClockRun


@dataclass(frozen=True, slots=True)
class Move:
    """What a decision changes; `records` writes it down in one transaction. `case` is the file afterwards.

    `kind` is what happened (`opened`, `transition`, `overridden`, `corrected`, `claimed`, `released`, `handed_over`,
    `let_go`, `code_issued`, `payee_confirmed`, `rederived`, `file_added`, `file_removed`, `message`, `answered`,
    `offered`, `offer_` with how one ended, `wall_raised`, `wall_lifted`, `conflicts_checked`, `party_added`,
    `party_removed`). `given` holds sensitive values masked; `sealed` holds them in full, by path, for the vault, and
    `replaced` those that a correction replaced: nothing that was accepted is lost. `updated` are the facts that a
    transition changed, `resealed` the sensitive facts in full as it leaves them, where it changed some, `asked` the
    helper of an offer, `claims` what it takes of what others may want too, `transferred_to` the organisation that gets
    the case.
    """

    kind: str
    before: Case
    case: Case
    at: datetime
    actor: Actor
    transition: str | None = None
    on_behalf: bool = False
    given: Facts = field(default_factory=dict)
    sealed: Facts = field(default_factory=dict)
    replaced: Facts = field(default_factory=dict)
    updated: Facts = field(default_factory=dict)
    resealed: Facts = field(default_factory=dict)
    reason: str | None = None
    asked: Person | None = None
    letters: tuple[str, ...] = ()
    claims: tuple[FundOperation, ...] = ()
    transferred_to: Org | None = None
    clock_changes: tuple[ClockChange, ...] = ()


def standing_of(case: Case) -> dict[str, Any]:
    """Where the case stands, in the form that every event carries."""
    return {
        "state": case.state,
        "phase": case.phase.value,
        "waits_for": case.waits_for.value if case.waits_for else None,
        "org": case.org_code,
        "owner": str(case.owner.id) if case.owner else None,
        "assignee": str(case.assignee.id) if case.assignee else None,
        "outcome": case.outcome,
    }
