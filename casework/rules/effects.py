"""What a move does beside its own case: to the numbers of a household, to the money of a fund, and to an offer."""

from dataclasses import dataclass

from casework.rules.fund_operations import FundOperation, Reserve
from casework.rules.grammar import Workflow
from casework.rules.move import Move
from casework.rules.people import STAFF


@dataclass(frozen=True, slots=True)
class HoldNumbers:
    """No other open case of the workflow may have a number of this household."""


@dataclass(frozen=True, slots=True)
class LetNumbersGo:
    """Others may have them again."""


@dataclass(frozen=True, slots=True)
class NoteHousehold:
    """What the case has got counts for everybody in the household."""


@dataclass(frozen=True, slots=True)
class MoveMoney:
    """All of this is done to the funds, or nothing."""

    claims: tuple[FundOperation, ...]


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """The case waits for a helper no longer: an offer of it that is still open is withdrawn."""


Effect = HoldNumbers | LetNumbersGo | MoveMoney | NoteHousehold | WithdrawOffer


def effects_of(workflow: Workflow, move: Move) -> tuple[Effect, ...]:
    """Return what the move does beside its own case, in the order in which it is done."""
    money = (MoveMoney(move.claims),) if move.claims else ()
    noted = (NoteHousehold(),) if _grants(workflow, move) else ()
    withdrawn = (WithdrawOffer(),) if _waits_no_longer(workflow, move) else ()
    return (*_on_numbers(workflow, move), *money, *noted, *withdrawn)


def _waits_no_longer(workflow: Workflow, move: Move) -> bool:
    before = move.before.state
    waited = bool(before) and any(edge.assigns for edge in workflow.leaving(before))
    return waited and (move.case.state != before or move.transferred_to is not None)


def _on_numbers(workflow: Workflow, move: Move) -> tuple[Effect, ...]:
    """What it does to the hold on the household's numbers.

    What applicants send in takes nothing: with somebody's number they would learn whether that household has a case,
    or shut it out. The next step of staff that brings the case further does.
    """
    if not workflow.one_open_case_per:
        return ()
    if move.case.closed_at:
        return () if move.before.closed_at else (LetNumbersGo(),)
    brings_further = move.kind in ("opened", "corrected") or move.case.state != move.before.state or _reserves(move)
    return (HoldNumbers(),) if move.actor.role in STAFF and brings_further else ()


def _grants(workflow: Workflow, move: Move) -> bool:
    return _reserves(move) or (move.kind == "corrected" and workflow.grants_money)


def _reserves(move: Move) -> bool:
    return any(isinstance(one, Reserve) for one in move.claims)
