"""Random walks through every workflow: what holds at every step, whoever acts and whatever the time does."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from casework.records.event_chain import GENESIS, digest
from casework.records.rebuild import rebuilt
from casework.records.rows import event_payload
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, ClockRun
from casework.rules.clocks import due, trace
from casework.rules.decide import Offer
from casework.rules.grammar import NEW, Workflow
from casework.rules.move import Move
from casework.rules.people import HELPERS, Person, Role
from casework.rules.refusals import Invalid, NotFound, NotMet, NotNow, NotYours, Refusal
from casework.rules.telling import by_whom, happened, whom_to_tell
from casework.work import workflow_registry
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP_AID
from tests.story import CAST, PATHS, Story, china, with_years, world
from tests.workflows.test_hardship_aid import every_road
from tests.workflows.test_legal_aid_repayment import gone_back

WALKS = 120
STEPS = 22
OUTSIDERS = ("auditor", "administrator", "foreign_lawyer")
ILLNESS = re.compile(r"[伤病残亡医孕]|鉴定|injur|disab|death|died|\bill\b|sick|medic", re.IGNORECASE)
PUBLISHED = with_years(2027, 2028, 2029)


def walk(workflow: Workflow, seed: int, taken: Counter[str]) -> Iterator[Story]:
    """One walk, stop by stop: people act, facts are corrected, time goes on and now and then back.

    `taken` counts what all walks have taken so far: what was taken seldom is taken rather.
    """
    chance = Random(seed)
    story = Story("2026-01-05 09:00", workflow=workflow, region=chance.choice(world(workflow).places), seed=seed)
    story.calendar = PUBLISHED if seed % 2 else china()
    story.days_pass(chance.randrange(400))
    unknown = [name for name in ("identity_number", "phone") if chance.random() < 0.15]
    story.opened(applicant=dict.fromkeys((*unknown, "birth_date", "sex")))
    for _ in range(STEPS):
        yield story.as_it_stands()
        _go_on(story, chance, taken)
        story.now += _some_time(story, chance)


def _go_on(story: Story, chance: Random, taken: Counter[str]) -> None:
    """One move on: mostly a transition, now and then, or when it is closed, another thing done to a case."""
    if chance.random() < 0.15:
        _handle(story, chance)
        return
    turn = [who for who in CAST if story.actor(who).role is story.case.waits_for and chance.random() < 0.5]
    asked = (*turn, *chance.sample(CAST, 4))
    allowed = [(who, offer) for who in asked for offer in story.offered(who).values() if offer.allowed]
    if allowed:
        weights = [1 / (1 + taken[offer.transition.name]) ** 2 for _, offer in allowed]
        [(who, offer)] = chance.choices(allowed, weights)
        taken[offer.transition.name] += 1
        story.done(_posted(story, who, offer))
    elif story.case.closed_at:
        _handle(story, chance)


def _posted(story: Story, who: str, offer: Offer, case: Case | None = None) -> Move | Refusal:
    """What comes of posting the form's example, with a reason where the offer asks for one."""
    name = offer.transition.name
    reason = {"reason": "经办人请假，代为办理"} if offer.needs_reason else {}
    return story.decides(who, name, story.form(name, reason, case, who), case)


def _handle(story: Story, chance: Random) -> None:
    try:
        if chance.random() < 0.5:
            # Also where an override brings nothing any more: what is tested holds wherever a case stands.
            story.put(chance.choice(sorted(story.workflow.by_state)))
        else:
            story.correct(chance.choice(("caseworker", "supervisor")), reason="更正", **_patch(story, chance))
    except (NotNow, NotMet, Invalid):
        # It stands there already, is a colleague's, nobody is assigned, or time went back over a date among the facts.
        return


def _patch(story: Story, chance: Random) -> dict[str, Any]:
    """The facts of another example, which start other clocks or change what a guard finds."""
    days, income = timedelta(days=chance.randrange(400)), f"{chance.randrange(40, 80)}000.00"
    patches = {"known_on": (story.today - days).isoformat(), "household": {"annual_income": income}}
    return {name: patch for name, patch in patches.items() if name in story.workflow.intake.field_names()}


def _some_time(story: Story, chance: Random) -> timedelta:
    """Mostly forward by hours or days, now and then to the minute where one of the clocks runs out, or backwards."""
    kind = chance.random()
    if kind < 0.1:
        return timedelta(minutes=-chance.randrange(1, 300))
    if kind < 0.4:
        ends = [run.due.at for run in story.case.clocks if run.open and run.due and run.due.at > story.now]
        return chance.choice(ends or [story.now]) - story.now
    return timedelta(minutes=chance.randrange(1, 6 * 24 * 60))


def _speaks(refusal: Refusal) -> bool:
    """Whether it says why, in both languages, with every blank filled."""
    said = refusal.text.both().values()
    return all(text.strip() and "{" not in text.replace("{}", "") for text in said)


@pytest.fixture(scope="module", params=workflow_registry.latest(), ids=lambda workflow: str(workflow.key))
def workflow(request: pytest.FixtureRequest) -> Workflow:
    """Each workflow of the office."""
    found: Workflow = request.param
    return found


@pytest.fixture(scope="module")
def stops(workflow: Workflow) -> list[Story]:
    """All stops of all walks, one after the other."""
    taken: Counter[str] = Counter()
    return [stop for seed in range(WALKS) for stop in walk(workflow, seed, taken)]


def test_what_is_offered_succeeds_and_what_is_not_offered_is_refused_for_the_reason_told(
    stops: list[Story],
) -> None:
    for number, story in enumerate(stops):
        for who in Random(number).sample(CAST, 5):
            for name, offer in story.offered(who).items():
                told = f"{story.workflow.key} in {story.case.state}: {who} {name}"
                decision = _posted(story, who, offer)
                if offer.allowed:
                    assert isinstance(decision, Move), f"{told}: {decision}"
                    assert offer.because is None, told
                else:
                    assert isinstance(decision, Refusal), told
                    assert not isinstance(decision, Invalid), told
                    assert _speaks(decision), told
                    assert decision.text == offer.because, told


def test_what_does_not_start_here_is_refused_as_too_early_or_too_late(stops: list[Story]) -> None:
    for number, story in enumerate(stops):
        who = Random(number).choice(CAST)
        for name in story.workflow.names - {edge.name for edge in story.workflow.leaving(story.case.state)}:
            refusal = story.decides(who, name, {})
            assert isinstance(refusal, NotNow)
            assert _speaks(refusal)


def test_outsiders_are_refused_everything_and_time_takes_only_what_is_due(
    workflow: Workflow, stops: list[Story]
) -> None:
    taken_by_time = 0
    for story in (Story(workflow=workflow), *stops):
        for edge in story.workflow.leaving(story.case.state):
            told = f"{story.workflow.key} in {story.case.state}: {edge.name}"
            for who in OUTSIDERS:
                assert isinstance(story.decides(who, edge.name, {}), NotYours), f"{who}, {told}"
            decision = story.decides("time", edge.name, {})
            if Role.CLOCK not in edge.by:
                assert isinstance(decision, NotYours), told
            elif any(_has_run_out(story, run, edge.name) for run in story.case.clocks):
                assert isinstance(decision, Move), told
                taken_by_time += 1
            else:
                assert isinstance(decision, NotMet), told
    assert taken_by_time > 0


def _has_run_out(story: Story, run: ClockRun, name: str) -> bool:
    takes = story.workflow.by_clock[run.name].take == name
    return takes and run.status == "running" and run.due is not None and run.due.passed(story.now)


def test_a_colleague_is_told_whose_case_it_is(stops: list[Story]) -> None:
    met = 0
    for story in stops:
        owner = story.case.owner
        if owner is None or owner.role is not Role.CASEWORKER:
            continue
        other = "colleague" if owner.username == "caseworker" else "caseworker"
        for name, offer in story.offered(other).items():
            if Role.CASEWORKER in offer.transition.by and not offer.transition.shared:
                refusal = story.decides(other, name, None)
                assert isinstance(refusal, NotNow)
                assert owner.username in refusal.text.zh
                assert owner.username in refusal.text.en
                met += 1
    assert met > WALKS / 4


def test_an_unknown_transition_is_not_found_wherever_the_case_stands(
    stops: list[Story],
) -> None:
    for story in stops:
        assert isinstance(story.decides("supervisor", "no_such_step", {}), NotFound)


def test_history_alone_says_where_the_case_stands_and_its_chain_holds(stops: list[Story]) -> None:
    for story in stops:
        payloads = [event["payload"] for event in story.events]
        assert rebuilt(story.workflow, story.case.id, _stored(story), _people(story), PATHS) == story.case
        assert payloads[-1] == event_payload(story.moves[-1]) == json.loads(json.dumps(payloads[-1]))
        _ensure_chained(story)


def _stored(story: Story) -> list[SimpleNamespace]:
    return [SimpleNamespace(**event) for event in story.events]


def _people(story: Story) -> dict[UUID, Person]:
    return {person.id: person for person in story.people.values()}


def _ensure_chained(story: Story) -> None:
    """The last event hangs on the one before it; the stops before this one have seen to the others."""
    event = story.events[-1]
    prev = story.events[-2]["hash"] if len(story.events) > 1 else GENESIS
    assert (event["seq"], event["prev_hash"]) == (len(story.events), prev)
    told = (event[part] for part in ("kind", "actor_id", "actor_role", "payload"))
    assert event["hash"] == digest(prev, story.case.id, event["seq"], event["at"], *told)


def test_moves_go_forward_even_when_the_time_does_not(stops: list[Story]) -> None:
    for story in stops:
        move, state = story.moves[-1], story.workflow.by_state[story.case.state]
        assert move.case.version == move.before.version + 1 == len(story.moves)
        assert move.case.last_at == move.at >= move.before.last_at
        assert (move.case.closed_at is not None) == state.final
        assert move.case.phase is state.phase
    assert any(story.now < story.moves[-1].at for story in stops)


def test_whoever_has_a_case_in_hand_is_told_once_of_what_others_do_and_nobody_of_their_own(
    workflow: Workflow, stops: list[Story]
) -> None:
    told = [_ensure_told(workflow, story.moves[-1]) for story in stops]
    assert sum(told) > WALKS


_TOLD_BY_A_RUNG = {"turn_urgent", "take_down"}


def _ensure_told(workflow: Workflow, move: Move) -> bool:
    """Whether anybody is told, and that it is who should be."""
    telling = whom_to_tell(workflow, move)
    told = [person.id for person in telling.people] if telling else []
    assert len(told) == len(set(told))
    assert move.actor.id not in told
    hands = [person for case in (move.before, move.case) for person in (case.owner, case.assignee) if person]
    assert set(told) <= {person.id for person in hands}
    spared = move.kind == "opened" or move.transition in _TOLD_BY_A_RUNG
    in_hand = {person.id for person in (move.case.owner, move.case.assignee) if person} - {move.actor.id}
    assert not telling if spared else in_hand <= set(told)
    if telling is None or telling.clock is None:
        return telling is not None
    assert telling.clock.open
    assert telling.clock.owed_by == ("helper" if move.case.waits_for in HELPERS else "office")
    return True


def test_what_is_told_names_no_applicant_and_outside_no_illness(workflow: Workflow, stops: list[Story]) -> None:
    for story in stops:
        move, payload = story.moves[-1], event_payload(story.moves[-1])
        if whom_to_tell(workflow, move) is None:
            continue
        for receiver in (None, *(str(person.id) for person in story.people.values())):
            for outside in (True, False):
                what = happened(workflow, move.kind, payload, receiver, outside=outside)
                said = by_whom(what, move.actor.role, payload).both().values()
                assert all(text.strip() and "{" not in text for text in said)
                assert not any(str(known) in text for known in story.sealed.values() for text in said)
                assert not (outside and any(ILLNESS.search(text) for text in said))


def test_clocks_only_ever_grow(stops: list[Story]) -> None:
    for story in stops:
        move = story.moves[-1]
        before = {(run.name, run.generation): run for run in move.before.clocks}
        after = {(run.name, run.generation): run for run in move.case.clocks}
        assert before.keys() <= after.keys()
        for key, run in after.items():
            _ensure_grown(before.get(key), run, move, story.calendar)
        for name in {run.name for run in move.case.clocks}:
            runs = [run for run in move.case.clocks if run.name == name]
            assert sorted(run.generation for run in runs) == list(range(1, len(runs) + 1))
            assert [run for run in runs if run.open] in ([], [move.case.clock(name)])
        _ensure_running_where_it_should(story.workflow, move.case)


def _ensure_grown(old: ClockRun | None, run: ClockRun, move: Move, calendar: WorkingCalendar) -> None:
    marks = _marks(run)
    assert all(one.end is not None for one in run.intervals[:-1])
    assert all(first <= second for first, second in pairwise(marks))
    assert (run.status == "running") == (run.intervals[-1].end is None)
    assert run.open == (run.ended_at is None)
    if run.open:
        found = due(run.limit, run.intervals, calendar)
        assert (run.due and (run.due.at, run.due.on)) == (found and (found.at, found.on))
        # A first day that is provisional makes the due time so too.
        assert not (found and found.provisional) or (run.due and run.due.provisional)
    if run.status in ("met", "breached"):
        assert (run.status == "breached") == run.overdue(move.at)
    if old is not None and not old.open:
        assert run == old
    if old is not None:
        written = _marks(old)
        assert marks[: len(written)] == written
        assert (run.limit, run.started_at, run.policy_id) == (old.limit, old.started_at, old.policy_id)


def _marks(run: ClockRun) -> list[datetime]:
    return [at for one in run.intervals for at in (one.start, one.end) if at]


def _ensure_running_where_it_should(workflow: Workflow, case: Case) -> None:
    for run in case.clocks:
        clock = workflow.by_clock[run.name]
        if run.status == "running":
            assert workflow.runs(clock, case.state)
        if run.status == "paused":
            assert case.state in clock.pauses


def test_every_due_time_is_explained_in_order_up_to_itself(
    stops: list[Story],
) -> None:
    explained: set[tuple[Any, ...]] = set()
    for story in stops:
        for change in story.moves[-1].clock_changes:
            run = change.clock
            if (run.limit, run.intervals) in explained:
                continue
            explained.add((run.limit, run.intervals))
            lines = [line for line in trace(run.limit, run.intervals, story.calendar) if line.kind != "provisional"]
            assert all(first.start <= second.start for first, second in pairwise(lines))
            assert all((first.end or first.start) <= second.start for first, second in pairwise(lines))
            derived = due(run.limit, run.intervals, story.calendar)
            assert [line.start for line in lines if line.kind == "due"] == ([derived.at] if derived else [])
    assert len(explained) > WALKS


def test_from_wherever_a_walk_stands_the_case_can_still_be_closed(
    stops: list[Story],
) -> None:
    for story in stops:
        assert _can_close(story), f"{story.workflow.key}: stuck in {story.case.state}"


def _can_close(story: Story) -> bool:
    """Whether people get from here to a closed state by what is offered to them, step by step.

    A step that leaves the case where it stands counts the first time that it is taken: others may need it.
    """
    if story.workflow.reviewed_above:
        # Only where somebody of the cast is at home does anybody review.
        homes = {one.org_path for one in story.people.values()}
        story.unsupervised = frozenset(code for code, org in story.orgs.items() if org.path not in homes)
    seen, open_ends = {(story.case.state, frozenset[str]())}, [(story.case, frozenset[str]())]
    while open_ends:
        # Those who stayed least come first: most cases are closed without.
        case, stayed = open_ends.pop(min(range(len(open_ends)), key=lambda number: len(open_ends[number][1])))
        if story.workflow.by_state[case.state].final:
            return True
        for who in _suitable(story, case):
            for offer in story.offered(who, case).values():
                stays = offer.transition.leads_to(case.state) == case.state
                after = (offer.transition.leads_to(case.state), stayed | {offer.transition.name} if stays else stayed)
                # A transfer brings it to other people, who stand where these stood at first.
                if not offer.allowed or offer.transition.transfers or after in seen:
                    continue
                move = _posted(story, who, offer, case)
                assert isinstance(move, Move)
                seen.add(after)
                open_ends.append((move.case, after[1]))
    return False


def _suitable(story: Story, case: Case) -> list[str]:
    """The owner, two supervisors and one from above, the helper and the applicant."""
    owner = case.owner.username if case.owner else "caseworker"
    helper = [case.assignee.username] if case.assignee else []
    return [owner, "supervisor", "chief", "superior", *helper, "applicant"]


def test_the_walks_come_through_every_state_and_every_transition(workflow: Workflow, stops: list[Story]) -> None:
    """What the first walks leave out is looked for by further ones; each of their steps must succeed, too.

    What lies at the end of a long road, where chance seldom comes, is on the roads of the programme's own stories.
    """
    opening = {edge.name for edge in workflow.leaving(NEW)}
    taken = Counter(str(story.moves[-1].transition) for story in stops)
    reached = {story.case.state for story in stops}
    roads = every_road() if workflow is HARDSHIP_AID else [gone_back()]
    taken += Counter(str(move.transition) for road in roads for move in road.moves)
    for seed in range(WALKS, 12 * WALKS):
        if reached == set(workflow.by_state) and workflow.names - opening <= set(taken):
            break
        for story in walk(workflow, seed, taken):
            reached.add(story.case.state)
            _ensure_told(workflow, story.moves[-1])
    assert reached == set(workflow.by_state)
    assert workflow.names - opening - set(taken) == set()
