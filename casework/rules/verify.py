"""Proofs about a workflow: reachable, can always end, no wait without a clock, every role and receiver exists.

What can be seen in a row alone is refused when the module loads (`grammar`); here is what only the whole shows,
for every variant of the policies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from casework.rules.case import Phase
from casework.rules.clocks import Limit
from casework.rules.context import NO_LIMIT
from casework.rules.grammar import NEW, Clock, PolicyLimit, Workflow
from casework.rules.people import Role

Variant = Mapping[str, str]
ALERTED = frozenset((Role.CASEWORKER, Role.SUPERVISOR, Role.LAWYER, Role.VOLUNTEER))
PEOPLE = ALERTED | {Role.APPLICANT}
ACTING = PEOPLE | {Role.CLOCK}


@dataclass(frozen=True, slots=True)
class Flaw:
    """A proof that fails: which one, and the sentence that names the row."""

    proof: str
    sentence: str


def verify(workflow: Workflow, variants: Mapping[str, Variant]) -> list[Flaw]:
    """Every flaw of the workflow; an empty list is the proof that there is none.

    `variants` maps a place to the policy values in force there (name to value as written, `5wd`).
    """
    flaws = [
        *_unreachable(workflow),
        *_endless(workflow),
        *_roles(workflow),
        *_receivers(workflow),
        *_letters(workflow),
        *_phases(workflow),
        *_reopened(workflow),
    ]
    for place, variant in sorted(variants.items()):
        flaws += _limits(workflow, place, variant)
        flaws += _waits(workflow, place, variant)
    return flaws


def _reachable(workflow: Workflow) -> set[str]:
    found, fresh = {NEW}, [NEW]
    while fresh:
        source = fresh.pop()
        for state in {edge.leads_to(source) for edge in workflow.leaving(source)} - found:
            found.add(state)
            fresh.append(state)
    return found


def _unreachable(workflow: Workflow) -> Iterable[Flaw]:
    for state in set(workflow.by_state) - _reachable(workflow):
        yield Flaw("reachable", f"state {state} cannot be reached from NEW")


def _endless(workflow: Workflow) -> Iterable[Flaw]:
    """From every state some way leads to a closed one, taken by somebody other than time alone."""
    ending = {state.name for state in workflow.states if state.final}
    grew = True
    while grew:
        before = len(ending)
        ending |= {
            source
            for edge in workflow.transitions
            if edge.to in ending and set(edge.by) & PEOPLE
            for source in edge.sources
        }
        grew = len(ending) > before
    for state in workflow.by_state:
        if state not in ending:
            yield Flaw("ends", f"from state {state} no way leads to a closed state")


def _roles(workflow: Workflow) -> Iterable[Flaw]:
    for state in workflow.states:
        if state.final:
            if workflow.leaving(state.name):
                continue
            if state.waits_for is not None:
                yield Flaw("roles", f"state {state.name} is closed but waits for {state.waits_for}")
        elif state.waits_for is None:
            yield Flaw("roles", f"state {state.name} waits for nobody")
        elif not any(state.waits_for in edge.by for edge in workflow.leaving(state.name)):
            yield Flaw("roles", f"state {state.name} waits for {state.waits_for}, who may do nothing there")
    for edge in workflow.transitions:
        for role in set(edge.by) - ACTING:
            yield Flaw("roles", f"transition {edge.name} is for {role}, who may change nothing")
        if edge.by_time_alone and not any(clock.take == edge.name for clock in workflow.clocks):
            yield Flaw("roles", f"transition {edge.name} is for time, but no clock takes it")


def _receivers(workflow: Workflow) -> Iterable[Flaw]:
    for clock in workflow.clocks:
        if not clock.alerts:
            yield Flaw("receivers", f"clock {clock.name} alerts nobody")
        for alert in clock.alerts:
            for role in alert.to:
                if role not in ALERTED:
                    yield Flaw("receivers", f"clock {clock.name} alerts {role} at {alert.level}, who has no inbox")


def _letters(workflow: Workflow) -> Iterable[Flaw]:
    for letter in workflow.letters:
        for part in (letter.title, letter.body):
            if not part.zh.strip() or not part.en.strip():
                yield Flaw("letters", f"letter {letter.name} is not written in both languages")
            if _blanks(part.zh) != _blanks(part.en):
                yield Flaw("letters", f"letter {letter.name} fills other blanks in Chinese than in English")
    sent = {name for edge in workflow.transitions for name in (*edge.letter, *edge.own_letter)}
    for name in set(workflow.by_letter) - sent:
        yield Flaw("letters", f"letter {name} is never sent")


def _blanks(body: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(body) if name}


def _phases(workflow: Workflow) -> Iterable[Flaw]:
    if not any(state.phase is Phase.CLOSED for state in workflow.states):
        yield Flaw("ends", "no state is closed")


def _reopened(workflow: Workflow) -> Iterable[Flaw]:
    """Into a state that reopens a case no decision leads but one on an objection, and no condition stands before it."""
    free, grew = {NEW}, True
    while grew:
        edges = [one for one in workflow.transitions if not one.decides and not one.when and not one.by_time_alone]
        reached = free | {one.leads_to(source) for one in edges for source in one.sources if source in free}
        free, grew = reached, len(reached) > len(free)
    for state in workflow.states:
        if not state.reopens:
            continue
        if state.final or state.publishes or state.name not in free:
            yield Flaw(
                "override", f"state {state.name} reopens a case, but it takes more than steps without a condition"
            )
        for edge in workflow.transitions:
            if edge.decides and edge.to == state.name and not set(edge.sources) <= set(workflow.reviewed_above):
                yield Flaw("override", f"state {state.name} reopens a case, but {edge.name} decides on it")


def _limits(workflow: Workflow, place: str, variant: Variant) -> Iterable[Flaw]:
    for clock in workflow.clocks:
        if isinstance(clock.limit, PolicyLimit) and variant.get(clock.limit.name, NO_LIMIT) != NO_LIMIT:
            written = variant[clock.limit.name]
            try:
                Limit.parse(written)
            except ValueError as wrong:
                yield Flaw("limits", f"clock {clock.name} at {place}: {wrong}")


def _waits(workflow: Workflow, place: str, variant: Variant) -> Iterable[Flaw]:
    for state in workflow.states:
        if state.waits_for is None or state.final:
            continue
        if not any(_holds(workflow, clock, state.name, variant) for clock in workflow.clocks):
            yield Flaw(
                "clocks",
                f"state {state.name} waits for {state.waits_for} without a clock at {place}",
            )


def _holds(workflow: Workflow, clock: Clock, state: str, variant: Variant) -> bool:
    """Whether the clock presses in this state for certain: not one that needs a fact, nor one of outsiders, unless
    time itself leads on when it runs out."""
    certain = isinstance(clock.limit, Limit) or variant.get(clock.limit.name, NO_LIMIT) != NO_LIMIT
    presses = clock.owed_by != "outside" or clock.take is not None
    return certain and clock.start is None and presses and workflow.runs(clock, state)
