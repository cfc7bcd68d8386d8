"""A case told as a story: people act on it in memory, time is moved by hand, and every move is written down.

Everything that decides is real: the calendars and policies of `config/`, the workflow, `decide`, the event rows
and the letters. Only the database is missing.
"""

import importlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from casework import workflows
from casework.forms import ExampleData, Form, join_sensitive, merge_patch
from casework.forms.corrections import corrected
from casework.records.event_chain import GENESIS
from casework.records.offices import CalendarVersion
from casework.records.rows import Row, StoredCase, event_row
from casework.records.vault import WrappedKey
from casework.rules import case_actions
from casework.rules.calendars import WorkingCalendar, compose
from casework.rules.case import CalendarRef, Case, ClockRun
from casework.rules.case_actions import new_case
from casework.rules.clockwork import basis
from casework.rules.context import DecisionContext, Destination, EarlierPaper, PolicyRow
from casework.rules.decide import Offer, attempt, offers
from casework.rules.fund_operations import Fund, Given
from casework.rules.grammar import NEW, Workflow
from casework.rules.move import Move
from casework.rules.people import APPLICANT, CLOCK, Actor, Org, Person, Role
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import ROOT
from casework.work.calendar_files import plain
from casework.work.letters import Sender, number_of, render, sent_by, series
from casework.work.policy_files import read_policies
from casework.work.service import RulesInForce, office_on
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID

ZONE: Final = ZoneInfo("Asia/Shanghai")
RUSHAN: Final = "371083"
STREET: Final = "371083001"
SPACE: Final = UUID("5f0e9f6e-0000-4000-8000-000000000000")

PATHS: Final = {
    **{f"37{city:02}00": f"370000/37{city:02}00/" for city in range(1, 18)},
    RUSHAN: "370000/371000/371083/",
    STREET: "370000/371000/371083/371083001/",
    "110100": "110000/110100/",
    "370000": "370000/",
}
PLACES: Final = (RUSHAN, RUSHAN, STREET, "370100", "110100")
_ROLES: Final = {
    "caseworker": Role.CASEWORKER,
    "colleague": Role.CASEWORKER,
    "supervisor": Role.SUPERVISOR,
    "chief": Role.SUPERVISOR,
    "superior": Role.SUPERVISOR,
    "lawyer": Role.LAWYER,
    "volunteer": Role.VOLUNTEER,
    "other_lawyer": Role.LAWYER,
    "foreign_lawyer": Role.LAWYER,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
CAST: Final = ("applicant", *_ROLES, "time")


@cache
def policies() -> tuple[PolicyRow, ...]:
    """Every policy row of `config/policies`."""
    files = sorted((ROOT / "config" / "policies").glob("*.toml"))
    rows = [row for file in files for row in read_policies(file)]
    return tuple(
        PolicyRow(
            id=number,
            workflow=row["workflow"],
            name=row["name"],
            place=row["place"],
            from_date=row["from_date"],
            value=row["value"],
            source=Text(row["source"]["zh-CN"], row["source"]["en"]),
        )
        for number, row in enumerate(rows, start=1)
    )


@cache
def china() -> WorkingCalendar:
    """The office's calendar with the years that are published."""
    return WorkingCalendar.from_mapping(calendar_mapping())


def calendar_mapping() -> dict[str, Any]:
    """The same as a mapping."""
    folder = ROOT / "config" / "calendars"
    base = tomllib.loads((folder / "china.toml").read_text(encoding="utf-8"))
    years = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("cn-*.toml"))]
    mapping: dict[str, Any] = plain(compose(base, years))
    return mapping


def with_years(*years: int, off: Iterable[date] = (), make_up: Iterable[date] = ()) -> WorkingCalendar:
    """The office's calendar with more years published, in this order, and these days off or worked in them."""
    mapping = calendar_mapping()
    for year in years:
        holidays = sorted({date(year, 1, 1), *(day for day in off if day.year == year)})
        worked = sorted(day for day in make_up if day.year == year)
        published = {"year": year, "source": "示例", "holidays": holidays, "make_up_days": worked}
        mapping = compose(mapping | {"make_up_week": "mon"}, [published])
    return WorkingCalendar.from_mapping(mapping)


@cache
def office_in(workflow: str, region: str, at: date, rows: tuple[PolicyRow, ...]) -> DecisionContext:
    """What is in force on a day in a place, the code of an organisation."""
    title = Text("办公时间", "office hours")
    rules = RulesInForce(1, rows, {"china": CalendarVersion("china", 1, title, china(), {})})
    noon = datetime(at.year, at.month, at.day, 12, tzinfo=ZONE)
    return office_on(rules, workflow, region, region[:6], "china", noon)


def clock_time(written: str) -> datetime:
    """`2026-03-02 09:00` on the wall of the office."""
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


@dataclass(frozen=True)
class World:
    """What stories of a programme stand on: the funds that may pay, and the places where walks begin."""

    funds: Mapping[str, Fund]
    places: tuple[str, ...]


def world(workflow: Workflow) -> World:
    """The world as `stories.py` of the programme's folder gives it: `FUNDS`, and `PLACES` by their codes."""
    name = f"{workflows.__name__}.{workflow.key}.stories"
    try:
        given = vars(importlib.import_module(name))
    except ModuleNotFoundError:
        given = {}
    places: tuple[str, ...] = given.get("PLACES", PLACES)
    assert set(places) <= PATHS.keys(), f"{name} tells of a place without a path: {set(places) - PATHS.keys()}"
    return World(given.get("FUNDS", {}), places)


class Story:
    """One case, the people around it and the time; every person is a method that takes a transition.

    What is given is the form's own example with the named fields laid over it; None takes a field away.
    """

    def __init__(
        self,
        at: str = "2026-03-02 09:00",
        *,
        workflow: Workflow = LEGAL_AID,
        region: str = RUSHAN,
        seed: int = 1,
        policy: Mapping[str, str | None] | None = None,
        rows: Iterable[PolicyRow] = (),
    ) -> None:
        self.now = clock_time(at)
        self.workflow = workflow
        self.region = region
        self.random = Random(seed)
        self.sender = Sender("乳山市总工会")
        self.serials = Counter[str]()
        self.rows = (*_changed(policies(), policy or {}), *rows)
        self.people = _cast(PATHS[region])
        self.case: Case = new_case(
            case_id=uuid5(SPACE, f"case {seed}"),
            number=f"{workflow.numbering}-2026-{seed:06d}",
            workflow=workflow,
            org_code=region,
            org_path=PATHS[region],
            channel="walk_in",
            urgent=False,
            now=self.now,
        )
        self.calendar = china()
        self.counts_by = CalendarRef("china", 1)
        self.unsupervised: frozenset[str] = frozenset()
        self.funds: dict[str, Fund] = dict(world(workflow).funds)
        self.given_before: tuple[Given, ...] = ()
        self.papers_before: tuple[EarlierPaper, ...] = ()
        self.moves: list[Move] = []
        self.events: list[Row] = []
        self.letters: dict[str, dict[str, dict[str, str]]] = {}
        self.sealed: dict[str, Any] = {}

    @property
    def office(self) -> DecisionContext:
        """What is in force here today, with everybody who may be named."""
        in_force = office_in(self.workflow.key, self.region, self.today, self.rows)
        office = replace(in_force, calendar=self.calendar, counts_by=self.counts_by)
        people = {person.id: person for person in self.people.values()}
        office = replace(office, people=people, orgs=self.orgs, papers_before=self.papers_before)
        told = (value for move in self.moves for path, value in move.sealed.items() if path.endswith(".name"))
        office = replace(office, papers_here=tuple(told))
        if not self.workflow.grants_money:
            return office
        return replace(office, funds=self.funds, given_before=self.given_before, sealed=self.sealed)

    @property
    def orgs(self) -> dict[str, Org]:
        """The organisation of the case and those above it; the `unsupervised` ones have no supervisor."""
        above = _above(self.case.org_path)
        return {code: replace(org, supervisors=self._supervisors(org)) for code, org in above.items()}

    def _supervisors(self, org: Org) -> list[UUID]:
        """Those of the cast who are at home there, else somebody who never acts."""
        cast = [one.id for one in self.people.values() if one.role is Role.SUPERVISOR and one.org_path == org.path]
        return [] if org.code in self.unsupervised else cast or [uuid5(SPACE, org.code)]

    def office_for(self, case: Case, name: str, given: Any) -> DecisionContext:
        """The same with the organisation to which this step hands the case, if it does."""
        edge = self.workflow.edge(name, case.state)
        code = given.get(edge.transfers) if edge and edge.transfers and isinstance(given, Mapping) else None
        if code not in PATHS:
            return self.office
        there = office_in(self.workflow.key, code, self.today, self.rows)
        org = Org(uuid5(SPACE, code), code, PATHS[code], "city", code, "china", f"{code}总工会")
        return replace(self.office, destination=Destination(org, there))

    @property
    def today(self) -> date:
        """The date on the wall."""
        return china().local_date(self.now)

    def actor(self, who: str) -> Actor:
        """The person of that name, the applicant or time, as the rules see them."""
        if who in ("applicant", "time"):
            return APPLICANT if who == "applicant" else CLOCK
        return Actor(self.people[who].role, self.people[who])

    def applicant(self, name: str, **given: Any) -> Move:
        """The applicant takes a transition."""
        return self.takes("applicant", name, **given)

    def caseworker(self, name: str, **given: Any) -> Move:
        """The caseworker takes a transition."""
        return self.takes("caseworker", name, **given)

    def supervisor(self, name: str, **given: Any) -> Move:
        """The supervisor takes a transition."""
        return self.takes("supervisor", name, **given)

    def lawyer(self, name: str, **given: Any) -> Move:
        """The lawyer takes a transition."""
        return self.takes("lawyer", name, **given)

    def volunteer(self, name: str, **given: Any) -> Move:
        """The volunteer takes a transition."""
        return self.takes("volunteer", name, **given)

    def time(self, name: str) -> Move:
        """The sweep takes a transition."""
        return self.takes("time", name)

    def takes(self, who: str, name: str, **given: Any) -> Move:
        """The move that was made; raises the refusal."""
        decision = self.decides(who, name, self.form(name, given, who=who))
        if isinstance(decision, Refusal):
            raise decision
        return self.keep(decision)

    def refused(self, who: str, name: str, **given: Any) -> Refusal:
        """The refusal with which this attempt ends; nothing has changed."""
        decision = self.decides(who, name, self.form(name, given, who=who))
        assert isinstance(decision, Refusal), f"{who} could {name}"
        return decision

    def decides(self, who: str, name: str, given: Any, case: Case | None = None) -> Move | Refusal:
        """What the rules say to exactly this form, without writing anything down."""
        case = case or self.case
        return attempt(self.workflow, case, name, given, self.actor(who), self.now, self.office_for(case, name, given))

    def form(self, name: str, given: Mapping[str, Any], case: Case | None = None, who: str = "applicant") -> Any:
        """The example of what a transition needs here from somebody, with the named fields laid over it."""
        edge = self.workflow.edge(name, (case or self.case).state)
        if edge is None or edge.needs is None:
            return dict(given)
        assert issubclass(edge.needs, Form)
        return merge_patch(edge.needs, edge.needs.example(self.example_data(case, who)), given)

    def example_data(self, case: Case | None = None, who: str = "applicant") -> ExampleData:
        """Who makes up the examples for somebody: today, with the helpers of this office."""
        users = {person.role.value: person.id for person in reversed(self.people.values())}
        had = {one.before.org_code for one in self.moves if one.transferred_to} | {self.case.org_code}
        other = next((code for code in ("370100", "370200", "370000", "110100", STREET) if code not in had), None)
        funds = tuple(self.funds) if self.workflow.grants_money else ()
        return ExampleData(
            self.today,
            self.random,
            users,
            facts=(case or self.case).facts,
            funds=funds,
            other_org=other,
            caller=self.actor(who).id,
        )

    def offered(self, who: str, case: Case | None = None) -> dict[str, Offer]:
        """What is offered to somebody here, by name."""
        found = offers(self.workflow, case or self.case, self.actor(who), self.now, self.office)
        return {offer.transition.name: offer for offer in found}

    def correct(self, who: str, reason: str | None = None, **patch: Any) -> Move:
        """The facts corrected by a merge patch, checked like an intake."""
        refusal = case_actions.may_correct(self.case, self.actor(who))
        if refusal:
            raise refusal
        form = self.workflow.intake
        assert issubclass(form, Form)
        current = join_sensitive(form, self.case.facts, self.sealed)
        return self.keep(
            corrected(self.workflow, self.case, current, patch, reason, self.actor(who), self.now, self.office)
        )

    def publish(self, *years: int, off: Iterable[date] = (), make_up: Iterable[date] = ()) -> Move | None:
        """These years are published and loaded; the move by which the clocks follow, None where nothing changes."""
        before, self.calendar = self.calendar, with_years(*years, off=off, make_up=make_up)
        self.counts_by = CalendarRef("china", self.counts_by.version + 1)
        move = case_actions.rederived(
            self.workflow,
            self.case,
            self.actor("administrator"),
            self.now,
            self.office,
            lambda run: self.office.policies,
            before=before,
        )
        return self.keep(move) if move.clock_changes else None

    def override(self, who: str, to_state: str, reason: str = "上级要求重新审查") -> Move:
        """A supervisor steps in; raises the refusal."""
        refusal = case_actions.may_override(self.actor(who))
        if refusal:
            raise refusal
        return self.done(
            case_actions.override(self.workflow, self.case, to_state, reason, self.actor(who), self.now, self.office)
        )

    def put(self, state: str) -> Move:
        """The case stands in a state into which no override brings it, as one may that was there before that held."""
        states = tuple(replace(one, reopens=True) for one in self.workflow.states)
        anywhere = replace(self.workflow, states=states, reviewed_above=())
        return self.done(
            case_actions.override(anywhere, self.case, state, "补录", self.actor("supervisor"), self.now, self.office)
        )

    def done(self, decision: Move | Refusal) -> Move:
        """The move written down; raises the refusal."""
        if isinstance(decision, Refusal):
            raise decision
        return self.keep(decision)

    def keep(self, move: Move) -> Move:
        """Write a move down: the file, its event and its letters."""
        self.events.append(event_row(self.record(), move))
        self.moves.append(move)
        self.case = move.case
        if move.transferred_to:
            self.region = move.transferred_to.code
            self.people = _cast(move.case.org_path)
        if move.kind in ("opened", "corrected"):
            self.sealed = dict(move.sealed)
        elif move.resealed:
            self.sealed = dict(move.resealed)
        for name in move.letters:
            letter = self.workflow.by_letter[name]
            number = None
            if letter.numbered:
                code, year = sent_by(letter, move), self.today.year
                scope = series(self.workflow, code, letter, year)
                self.serials[scope] += 1
                number = number_of(self.workflow, self.office, code, letter, year, self.serials[scope])
            self.letters[name] = render(letter, move, self.office, self.sender, str(self.today), number)
        return move

    def record(self) -> StoredCase:
        """The case with where its chain of events ends."""
        return StoredCase(
            case=self.case,
            org_id=uuid5(SPACE, self.region),
            applicant_id=uuid5(SPACE, "applicant"),
            region=self.region,
            calendar="china",
            last_hash=self.events[-1]["hash"] if self.events else GENESIS,
            applicant_key=WrappedKey("none", b""),
        )

    def as_it_stands(self) -> "Story":
        """A story of its own that goes on from here, while this one goes another way."""
        other = copy(self)
        other.random = Random(self.random.random())
        other.moves, other.events, other.letters = list(self.moves), list(self.events), dict(self.letters)
        other.serials = Counter(self.serials)
        return other

    def clock(self, name: str) -> ClockRun:
        """The latest generation of a clock."""
        run = self.case.clock(name)
        assert run is not None, f"{name} has never run"
        return run

    def basis(self, name: str) -> Text:
        """What the limit of the latest generation of a clock rests on."""
        return basis(self.workflow.by_clock[name], self.clock(name), {row.id: row for row in self.rows})

    def days_pass(self, days: int) -> None:
        """So many calendar days go by."""
        self.now += timedelta(days=days)

    def wait_until(self, written: str) -> None:
        """It becomes this time on the wall, such as `2026-03-18 17:00`."""
        self.now = clock_time(written)

    def opened(self, **given: Any) -> "Story":
        """The same story after the applicant has asked."""
        [opening] = self.workflow.leaving(NEW)
        self.applicant(opening.name, **given)
        return self

    def along(self, road: Iterable[tuple[str, str]]) -> "Story":
        """The same story after each of these has taken their step."""
        for who, name in road:
            self.takes(who, name)
        return self


def _above(path: str) -> dict[str, Org]:
    """The organisation of a path and those above it, nearest first."""
    codes = path.rstrip("/").split("/")
    kinds = ("province", "city", "county", "street")
    found = {}
    for depth in range(len(codes), 0, -1):
        code, here = codes[depth - 1], "/".join(codes[:depth]) + "/"
        found[code] = Org(uuid5(SPACE, code), code, here, kinds[depth - 1], code[:6], "china", f"{code}总工会")
    return found


def _cast(path: str) -> dict[str, Person]:
    """The people around a case, at home in its organisation; they go with it when it is transferred."""
    return {name: _person(name, role, path) for name, role in _ROLES.items()}


def _person(name: str, role: Role, path: str) -> Person:
    parent = path.rstrip("/").rpartition("/")[0]
    above = f"{parent}/" if parent else path
    home = "440000/440300/" if name.startswith("foreign") else above if name == "superior" else path
    return Person(uuid5(SPACE, name), name, f"示例{name}", role, home)


def _changed(rows: tuple[PolicyRow, ...], values: Mapping[str, str | None]) -> tuple[PolicyRow, ...]:
    """The rows with other values for some names; None takes all rows of a name away."""
    kept = (row for row in rows if values.get(row.name, "") is not None)
    return tuple(replace(row, value=values.get(row.name) or row.value) for row in kept)
