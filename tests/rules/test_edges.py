"""What an edge may do beside leading to another state: stay, change facts, claim money, hand the case over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from casework.forms import Form, Line
from casework.forms.field import MASK
from casework.forms.texts import OtherOrg
from casework.records.rows import event_payload
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case
from casework.rules.case_actions import new_case
from casework.rules.context import DecisionContext, Destination, MoveContext, PolicyRow
from casework.rules.decide import attempt, offers
from casework.rules.fact_dates import taken_on, taken_since
from casework.rules.fund_operations import FundOperation, Reserve
from casework.rules.grammar import NEW, STAY, BadWorkflow, Clock, Transition, Workflow
from casework.rules.move import Move
from casework.rules.people import Actor, Org, Person, Role
from casework.rules.refusals import Invalid, NotNow
from casework.rules.verify import verify
from tests.rules.toy import CLOCKS, LADDER, TITLE, TRANSITIONS, workflow
from tests.story import china, clock_time

NOW = clock_time("2026-03-02 09:00")
LINE = UUID("00000000-0000-4000-8000-000000000007")
HERE = Org(UUID(int=1), "370100", "370000/370100/", "city", "370100", "china", "济南市总工会")
THERE = Org(UUID(int=2), "370200", "370000/370200/", "city", "370200", "elsewhere", "青岛市总工会")
WORKER = Actor(Role.CASEWORKER, Person(UUID(int=3), "worker", "示例", Role.CASEWORKER, HERE.path))


class Remark(Form):
    """Something that is remarked."""

    word = Line(title=TITLE, required=True)


class HandOver(Form):
    """Who gets the case."""

    to_org = OtherOrg(title=TITLE, required=True)


def remarks(at: MoveContext) -> Mapping[str, Any]:
    return {"remarks": [*at.case.facts.get("remarks", ()), at.given["word"]]}


def ten_yuan(at: MoveContext) -> Sequence[FundOperation]:
    return [Reserve(LINE, "RELIEF", "living", Decimal("10.00"), at.today)]


def grows_old(case: Case, calendar: WorkingCalendar, day: date) -> bool:
    return day >= date(2026, 3, 10)


REMARK = Transition("remark", TITLE, ("asked", "done"), STAY, by=Role.CASEWORKER, needs=Remark, updates=remarks)
PAY = Transition("pay", TITLE, "asked", STAY, by=Role.CASEWORKER, claims=ten_yuan)
MOVE = Transition(
    "move", TITLE, "asked", STAY, by=Role.CASEWORKER, needs=HandOver, transfers="to_org", restarts="answering"
)
FINISH = Transition("give_up", TITLE, "asked", "done", by=Role.CASEWORKER, outcome="given_up")
TOY = workflow(transitions=(*TRANSITIONS, REMARK, PAY, MOVE, FINISH), urgent=grows_old)


def office(answering: str, destination: Destination | None = None) -> DecisionContext:
    """An office in which the answering clock has this limit."""
    row = PolicyRow(1, "questions", "answering", "CN", date(2020, 1, 1), answering, TITLE)
    return DecisionContext(calendar=china(), policies={row.name: row}, destination=destination)


def take(case: Case, name: str, given: Any, *, at: datetime = NOW, here: DecisionContext | None = None) -> Move:
    decision = attempt(TOY, case, name, given, WORKER, at, here or office("5wd"))
    assert isinstance(decision, Move), decision
    return decision


@pytest.fixture
def asked() -> Case:
    """Somebody has asked."""
    case = new_case(
        case_id=UUID(int=9),
        number="Q-2026-000001",
        workflow=TOY,
        org_code=HERE.code,
        org_path=HERE.path,
        channel="walk_in",
        urgent=False,
        now=NOW,
    )
    return take(case, "ask", {"what": "为什么"}).case


class TestStaying:
    """An edge that leaves the case where it stands."""

    def test_the_case_stands_where_it_stood_and_its_clocks_run_on(self, asked: Case) -> None:
        move = take(asked, "remark", {"word": "一"})
        assert (move.case.state, move.case.version) == ("asked", asked.version + 1)
        assert move.clock_changes == ()
        assert event_payload(move)["from"] == event_payload(move)["state"] == "asked"

    def test_a_closed_case_stays_closed_since_then_and_keeps_its_outcome(self, asked: Case) -> None:
        closed = take(asked, "give_up", {}).case
        later = take(closed, "remark", {"word": "后话"}, at=clock_time("2026-03-05 09:00")).case
        assert (later.closed_at, later.outcome) == (closed.closed_at, "given_up")
        assert later.last_at > closed.last_at

    def test_what_is_offered_says_where_the_case_will_stand(self, asked: Case) -> None:
        [offer] = [one for one in offers(TOY, asked, WORKER, NOW, office("5wd")) if one.transition.name == "remark"]
        assert offer.transition.leads_to(asked.state) == "asked"

    def test_nobody_stays_where_no_case_can_stand(self) -> None:
        with pytest.raises(BadWorkflow, match="transition ask stays at NEW"):
            workflow(transitions=(replace(TRANSITIONS[0], to=STAY), *TRANSITIONS[1:]))

    def test_staying_is_no_way_out(self) -> None:
        flaws = verify(workflow(transitions=(*TRANSITIONS[:1], REMARK, TRANSITIONS[2])), {})
        assert "from state answered no way leads to a closed state" in [flaw.sentence for flaw in flaws]


class TestFactsThatAnEdgeChanges:
    """What an edge adds to the facts."""

    def test_the_facts_grow_and_the_event_says_so(self, asked: Case) -> None:
        once = take(asked, "remark", {"word": "一"})
        twice = take(once.case, "remark", {"word": "二"})
        assert twice.case.facts == {"what": MASK, "remarks": ["一", "二"]}
        assert event_payload(twice)["updated"] == {"remarks": ["一", "二"]}
        assert "updated" not in event_payload(take(asked, "answer", {"to": str(UUID(int=4))}, here=_helpful()))

    def test_a_claim_goes_with_the_move(self, asked: Case) -> None:
        move = take(asked, "pay", {})
        assert move.claims == (Reserve(LINE, "RELIEF", "living", Decimal("10.00"), date(2026, 3, 2)),)


def _helpful() -> DecisionContext:
    helper = Person(UUID(int=4), "lawyer", "示例", Role.LAWYER, HERE.path)
    return replace(office("5wd"), people={helper.id: helper})


class TestHandingTheCaseToAnotherOrganisation:
    """An edge that transfers."""

    def test_the_other_organisation_gets_it_in_nobodys_hands_under_its_own_rules(self, asked: Case) -> None:
        mine = take(asked, "remark", {"word": "一"}).case
        assert mine.owner == WORKER.person
        move = take(mine, "move", {"to_org": "370200"}, here=office("5wd", Destination(THERE, office("2wd"))))
        assert (move.case.org_code, move.case.org_path, move.case.owner) == (THERE.code, THERE.path, None)
        assert move.transferred_to == THERE
        run = move.case.clock("answering")
        assert run is not None
        assert (run.generation, str(run.limit)) == (2, "2wd")
        assert event_payload(move)["org"] == "370200"

    @pytest.mark.parametrize("destination", [None, Destination(HERE, office("5wd"))])
    def test_it_goes_neither_nowhere_nor_to_where_it_is(self, asked: Case, destination: Destination | None) -> None:
        decision = attempt(TOY, asked, "move", {"to_org": "370100"}, WORKER, NOW, office("5wd", destination))
        assert isinstance(decision, Invalid)
        assert [(fault.path, fault.code) for fault in decision.faults] == [("to_org", "unknown_org")]

    def test_it_goes_nowhere_where_nobody_works(self, asked: Case) -> None:
        empty = Destination(replace(THERE, staffed=False), office("2wd"))
        decision = attempt(TOY, asked, "move", {"to_org": "370200"}, WORKER, NOW, office("5wd", empty))
        assert isinstance(decision, Invalid)
        assert [(fault.path, fault.code) for fault in decision.faults] == [("to_org", "nobody_works_there")]


def test_a_case_becomes_urgent_by_its_facts_and_the_day_and_stays_so(asked: Case) -> None:
    assert not take(asked, "remark", {"word": "早"}, at=clock_time("2026-03-09 23:59")).case.urgent
    red = take(asked, "remark", {"word": "晚"}, at=clock_time("2026-03-10 00:00")).case
    assert red.urgent
    assert take(replace(asked, urgent=True), "remark", {"word": "早"}).case.urgent


def test_a_place_may_do_without_the_limit_of_a_wider_one(asked: Case) -> None:
    assert asked.clock("answering") is not None
    case = replace(asked, state=NEW, clocks=())
    without = attempt(TOY, case, "ask", {"what": "为什么"}, WORKER, NOW, office("none"))
    assert isinstance(without, Move)
    assert without.case.clocks == ()
    flaws = verify(TOY, {"here": {"answering": "none"}})
    assert [flaw.sentence for flaw in flaws if flaw.proof == "clocks"] == [
        "state asked waits for caseworker without a clock at here"
    ]


class TestClocksFromDeeds:
    """A clock that starts and stops with a deed instead of a state."""

    START = taken_on("remark")
    MAKING_UP = Clock("making_up", TITLE, ("asked",), "5wd", TITLE, alerts=LADDER, start=START,
                      stop=taken_since(START, "pay"))  # fmt: skip

    def test_it_runs_from_the_day_of_the_one_deed_until_the_day_of_the_other(self, asked: Case) -> None:
        toy = workflow(transitions=TOY.transitions, clocks=(*CLOCKS, self.MAKING_UP))
        case = self._taken(toy, asked, "remark", {"word": "先办"}, "2026-03-02 09:30")
        run = case.clock("making_up")
        assert run is not None
        assert (run.status, run.due and run.due.on) == ("running", date(2026, 3, 9))
        ended = self._taken(toy, case, "pay", {}, "2026-03-09 20:00").clock("making_up")
        assert ended is not None
        assert ended.status == "met"

    def test_a_deed_on_the_day_after_the_last_is_late(self, asked: Case) -> None:
        toy = workflow(transitions=TOY.transitions, clocks=(*CLOCKS, self.MAKING_UP))
        case = self._taken(toy, asked, "remark", {"word": "先办"}, "2026-03-02 09:30")
        ended = self._taken(toy, case, "pay", {}, "2026-03-10 00:01").clock("making_up")
        assert ended is not None
        assert ended.status == "breached"

    def test_a_deed_before_the_start_does_not_stop_it(self, asked: Case) -> None:
        toy = workflow(transitions=TOY.transitions, clocks=(*CLOCKS, self.MAKING_UP))
        case = self._taken(toy, asked, "pay", {}, "2026-03-02 09:30")
        case = self._taken(toy, case, "remark", {"word": "先办"}, "2026-03-03 09:30")
        run = case.clock("making_up")
        assert run is not None
        assert run.status == "running"

    def test_two_clocks_of_different_deeds_have_different_fingerprints(self) -> None:
        other = replace(self.MAKING_UP, start=taken_on("pay"), stop=None)
        same = replace(self.MAKING_UP, stop=None)
        assert workflow(clocks=(*CLOCKS, other)).fingerprint != workflow(clocks=(*CLOCKS, same)).fingerprint

    def _taken(self, toy: Workflow, case: Case, name: str, given: Any, at: str) -> Case:
        decision = attempt(toy, case, name, given, WORKER, clock_time(at), office("5wd"))
        assert isinstance(decision, Move), decision
        return decision.case


class TestSharedEdges:
    """What any colleague may do on a case, such as the cashier."""

    SHARED = workflow(transitions=(*TRANSITIONS, replace(PAY, shared=True), REMARK))
    OWNER = Person(UUID(int=5), "owner", "示例", Role.CASEWORKER, HERE.path)

    def _decided(self, case: Case, name: str, given: Any) -> Any:
        return attempt(self.SHARED, case, name, given, WORKER, NOW, office("5wd"))

    def test_a_colleague_may_take_it_and_the_owner_goes_on_owning_the_case(self, asked: Case) -> None:
        theirs = replace(asked, owner=self.OWNER)
        assert isinstance(self._decided(theirs, "remark", {"word": "一"}), NotNow)
        move = self._decided(theirs, "pay", {})
        assert isinstance(move, Move)
        assert move.case.owner == self.OWNER

    def test_a_supervisor_needs_no_reason_for_it(self, asked: Case) -> None:
        chief = Actor(Role.SUPERVISOR, Person(UUID(int=6), "chief", "示例", Role.SUPERVISOR, HERE.path))
        theirs = replace(asked, owner=self.OWNER)
        found = {one.transition.name: one for one in offers(self.SHARED, theirs, chief, NOW, office("5wd"))}
        assert (found["pay"].allowed, found["pay"].needs_reason) == (True, False)
        assert found["remark"].needs_reason

    def test_nobody_becomes_the_owner_by_it(self, asked: Case) -> None:
        move = self._decided(replace(asked, owner=None), "pay", {})
        assert isinstance(move, Move)
        assert move.case.owner is None
