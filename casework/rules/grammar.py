"""The words a workflow is written in: Workflow, State, Transition, Clock, Alert, Letter, and guards.

A workflow is a table that somebody can read aloud. Whatever can be known wrong before the first request is
refused when the module loads, in a sentence that names the row.
"""

import ast
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, Literal, Protocol

from casework.rules.calendars import WorkingCalendar
from casework.rules.case import Case, Facts, Phase
from casework.rules.clocks import Level, Limit
from casework.rules.context import DecisionContext, MoveContext, TimeToObject, Verdict
from casework.rules.fund_operations import FundOperation
from casework.rules.listed_papers import OTHER, ListedPaper
from casework.rules.move import Move
from casework.rules.paying import RESULT_FIELDS, Pays
from casework.rules.people import Role
from casework.rules.policy_kinds import PolicyKind
from casework.rules.sheets import Sheet
from casework.rules.text import Text
from casework.rules.yearly_sample import YearlySample

NEW: Final = ""
STAY: Final = "="
"""Where an edge leads that leaves the case in the state in which it stands."""
ANY: Final = ("*",)
EVERY_CLOCK: Final = ("*",)
EVERYWHERE: Final = ("everywhere",)
"""The states of an edge or a clock that all states have, closed ones too."""
HELD_ELSEWHERE: Final = Text(
    "相同证件号码已有在办案件 {number}（{office}），请在原案件中办理。",
    "A case with the same number is open already, {number} ({office}); go on with that one.",
)
OwedBy = Literal["office", "helper", "applicant", "outside"]


class BadWorkflow(ValueError):
    """A definition that cannot work; the message names the workflow and the row."""


class Needs(Protocol):
    """The form of what a transition needs; `casework.forms.Form` classes are such."""

    @classmethod
    def check(cls, payload: Any, *, today: date) -> dict[str, Any]:
        """The clean values; raises `Invalid` with every fault."""
        ...

    @classmethod
    def split(cls, clean: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values as they are stored, sensitive ones masked, and those sensitive ones in full by their path."""
        ...

    @classmethod
    def lay_open(cls, data: Mapping[str, Any], path: str, sealed: dict[str, Any]) -> dict[str, Any]:
        """Stored values as they may lie open, sensitive ones put into `sealed` by their path."""
        ...

    @classmethod
    def field_names(cls) -> frozenset[str]:
        """The names of the fields at the top."""
        ...

    @classmethod
    def missing(cls, facts: Mapping[str, Any], transition: str) -> list[tuple[str, Text]]:
        """Facts that may follow later, but not later than this transition, and are still unknown."""
        ...


@dataclass(frozen=True)
class Guard:
    """A question about the situation, with the sentence that people are told when the answer is no."""

    name: str
    text: Text
    ask: Callable[[MoveContext], Verdict | bool]
    looks_at_given: bool

    def judge(self, situation: MoveContext) -> Verdict:
        """The verdict, with a sentence whenever it is no."""
        answer = self.ask(situation)
        verdict = answer if isinstance(answer, Verdict) else Verdict(bool(answer))
        if verdict.holds or verdict.because:
            return verdict
        return Verdict(False, self.text)


def guard(
    zh: str, en: str, *, looks_at_given: bool = False
) -> Callable[[Callable[[MoveContext], Verdict | bool]], Guard]:
    """Make a guard of a function; both sentences are obligatory."""
    if not zh.strip() or not en.strip():
        raise BadWorkflow("a guard needs its sentence in Chinese and in English")

    def made(ask: Callable[[MoveContext], Verdict | bool]) -> Guard:
        return Guard(ask.__name__, Text(zh, en), ask, looks_at_given)

    return made


@dataclass(frozen=True)
class PolicyLimit:
    """A limit that a dated policy row sets for the place; no row, no clock."""

    name: str


FactDate = Callable[[Case, WorkingCalendar], date | None]
"""The day of a fact, or its instant where that is known (a datetime is a date); None where there is none."""


def policy(name: str) -> PolicyLimit:
    """The limit that the policy row of this name gives."""
    return PolicyLimit(name)


def _tuple(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        return (value,)
    return tuple(value)


@dataclass(frozen=True)
class State:
    """A state of a case, the phase it belongs to, and the role whose turn it is (None: nobody's).

    `publishes` names the fact that the public may read while the case stands here, and never longer. Into a state
    that `reopens` a case a supervisor's override may bring it, and into no other (`verify` says which can be one).
    """

    name: str
    title: Text
    phase: Phase
    waits_for: Role | None = None
    publishes: str | None = None
    reopens: bool = False

    @property
    def final(self) -> bool:
        """Nothing leads out of a closed case but a supervisor's override."""
        return self.phase is Phase.CLOSED


@dataclass(frozen=True)
class Transition:
    """An edge: from where to where, by which roles, what it needs, what must hold, and what follows.

    `assigns` names the field of `needs` that says who helps from now on; `releases` ends that. `outcome` is a word, or
    the field that gives it. `cancels` names clocks that this edge cancels instead of ending them in time or late;
    `restarts` those that end and begin anew: now, or where `restarts_from` is given, on the day of the deed that it
    gives, if any. `records_extra` adds to what is recorded. `updates` gives the facts that the edge changes, by their
    names at the top, as plain values; what the intake form seals of them is sealed, and nothing else may be. `claims`
    gives what it takes of what others may want too, such as money. `transfers` names the field of `needs` with the
    organisation that gets the case. A `shared` edge is for any colleague who sees the case, such as the cashier;
    whoever owns it goes on owning it. After an edge that `decides`, facts are corrected with a reason only.
    `own_letter` goes out instead of `letter` where the applicant takes the edge. `tells` names a field of `needs`
    and the words for each of its values: who hears of the edge hears them behind its title. Messages to the outside
    do not name one that is `discreet`: its title would tell of an illness or a death.
    """

    name: str
    title: Text
    sources: Any
    to: str
    by: Any
    needs: type[Needs] | None = None
    when: Any = ()
    letter: Any = ()
    own_letter: Any = ()
    assigns: str | None = None
    releases: bool = False
    outcome: str | None = None
    outcome_field: str | None = None
    tells: tuple[str, Mapping[str, Text]] | None = None
    cancels: Any = ()
    restarts: Any = ()
    restarts_from: Callable[[MoveContext], date | None] | None = None
    records_extra: Callable[[MoveContext], Mapping[str, Any]] | None = None
    updates: Callable[[MoveContext], Mapping[str, Any]] | None = None
    claims: Callable[[MoveContext], Sequence[FundOperation]] | None = None
    transfers: str | None = None
    shared: bool = False
    decides: bool = False
    discreet: bool = False

    def __post_init__(self) -> None:
        for name in ("sources", "by", "when", "letter", "own_letter", "cancels", "restarts"):
            object.__setattr__(self, name, _tuple(getattr(self, name)))

    @property
    def by_time_alone(self) -> bool:
        """Whether nobody takes the edge: it happens by itself when a time limit runs out."""
        return bool(self.by == (Role.CLOCK,))

    def sends(self, role: Role) -> tuple[str, ...]:
        """The letters that go out when somebody in this role takes the edge."""
        letters: tuple[str, ...] = self.own_letter if role is Role.APPLICANT and self.own_letter else self.letter
        return letters

    def leads_to(self, source: str) -> str:
        """The state into which the edge brings a case that stands in `source`."""
        return source if self.to == STAY else self.to


@dataclass(frozen=True)
class Alert:
    """A step of a clock's ladder: at which level, to which roles; urgent ones do not wait for opening hours.

    One that goes `above` is for the people of the next organisation up: what is late here is theirs to look into.
    """

    level: str
    to: Any
    urgent: bool = False
    above: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", _tuple(self.to))

    @cached_property
    def when(self) -> Level:
        """The level, ready to reckon with."""
        return Level(self.level)

    @cached_property
    def told(self) -> Text:
        """What has come to pass when it is raised."""
        told = self.when.told
        if not self.above:
            return told
        return Text(f"{told.zh}，报上级机构", f"{told.en}; told to the organisation above")


@dataclass(frozen=True)
class Clock:
    """A limit that runs in some states, pauses in others and ends anywhere else.

    `start` makes it run from a fact instead: a pure function of the case file and the calendar that gives the base
    date, or None; `stop` gives the day on which a fact ended it, or None.
    `take` is the transition that time takes when it runs out; where such a clock is owed by somebody outside it is a
    wait, which time ends in time. `beside` names the clock it is shown with: the
    earlier of the two alarms. What somebody outside owes only informs, unless `guards_right` says that the client loses
    a right by it. What is `discreet` is not named in messages to the outside: its name would tell of an
    injury or an illness.
    """

    name: str
    title: Text
    runs_in: Any
    limit: Any
    basis: Text
    owed_by: OwedBy = "office"
    pauses: Any = ()
    alerts: tuple[Alert, ...] = ()
    take: str | None = None
    start: FactDate | None = None
    stop: FactDate | None = None
    beside: str | None = None
    guards_right: bool = False
    discreet: bool = False

    def __post_init__(self) -> None:
        for name in ("runs_in", "pauses"):
            object.__setattr__(self, name, _tuple(getattr(self, name)))
        if isinstance(self.limit, str):
            with suppress(ValueError):  # `_faults` says it, with the names of workflow and row
                object.__setattr__(self, "limit", Limit.parse(self.limit))

    def binds(self, phase: Phase) -> bool:
        """Whether it counts for the case as a whole in this phase: for what is due next, and whether it is late.

        What another body owes only informs. A right of the client binds until the case is concluded.
        """
        if self.owed_by != "outside" or self.take is not None:
            return True
        return self.guards_right and phase not in (Phase.FOLLOW_UP, Phase.CLOSED)

    @cached_property
    def by_level(self) -> Mapping[str, Alert]:
        """The steps of the ladder."""
        return {alert.level: alert for alert in self.alerts}


@dataclass(frozen=True)
class Letter:
    """A letter in both languages.

    `{applicant}`, `{number}`, `{office}`, `{date}` and, where it is `numbered`, `{letter_number}` are filled for
    every letter; `fill` gives the rest, of the title too, from the move that sends it and the office in which it was
    made. `kind` is the word of its kind in the number, such as 决 for decisions. One that is not `to_applicant` goes to
    the helper; one `of_reviewer` comes from the organisation of whoever decided, where that is one above. `listed` is
    what it is called in a list, where its title has blanks.
    """

    name: str
    title: Text
    body: Text
    fill: Callable[[Move, DecisionContext], Mapping[str, Any]]
    numbered: bool = False
    kind: str = "决"
    to_applicant: bool = True
    of_reviewer: bool = False
    listed: Text | None = None

    @property
    def called(self) -> Text:
        """What it is called in a list, before it is written."""
        return self.listed or self.title


@dataclass(frozen=True, eq=False)
class Workflow:
    """A programme of the office: its states, transitions, clocks and letters, under a version.

    The intake form holds the person helped under `applicant` (`name`, `identity_number`, `phone`); `parties` are
    the paths of the other names by which a case is searched, such as `employer.name`. `languages` and `wished_helper`
    are the paths of what a helper is chosen by. `urgent` says whether a case
    has become urgent by its facts and the day; `first_in_line` whether its facts put it before others as urgent as it
    is. `one_open_case_per` are the paths of identity numbers of which no two
    open cases of the workflow may share one, such as `members.*.identity_number`; where another case has it, staff are
    told `held_elsewhere` with its `{number}` and `{office}`. `same_request` says whether two requests of one person are
    the same; without it any two are. Where it `pays`, decisions see the funds that may pay and the organisations above.
    `sheet` is the form on paper that it keeps of a case, `yearly_sample` says which cases are looked into.
    `corrected` gives the facts that a correction changes beside those corrected, or raises the refusal that says why
    it may not be made. `policies` are the names of the dated rows that it asks for beside the limits of its clocks,
    with what their values are, `policy_titles` what they are called; those `by_last_year` count
    as they stood at the end of the year before.
    `time_to_object` gives how long a decision may still be objected to, as the applicant is told. Decisions in the
    states `reviewed_above` see the organisations above. A helper who has not taken a case on yet sees of its facts the
    `matter` alone. `application` says how it is asked of those who apply by themselves (`forms.asking.Application`),
    without one in a part for each group of its form; `papers` are those that it asks for. While it is a `draft` it may
    change without a new version, and opens cases of demonstrations and tests only.
    """

    key: str
    version: int
    title: Text
    numbering: str
    intake: type[Needs]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    clocks: tuple[Clock, ...] = ()
    letters: tuple[Letter, ...] = ()
    parties: tuple[str, ...] = ()
    languages: str | None = None
    wished_helper: str | None = None
    urgent: Callable[[Case, WorkingCalendar, date], bool] | None = None
    first_in_line: Callable[[Facts], bool] | None = None
    one_open_case_per: tuple[str, ...] = ()
    same_request: Callable[[Facts, Facts], bool] | None = None
    held_elsewhere: Text = HELD_ELSEWHERE
    pays: Pays | None = None
    sheet: Sheet | None = None
    application: Any = None
    yearly_sample: YearlySample | None = None
    corrected: Callable[[Move], Mapping[str, Any]] | None = None
    policies: Mapping[str, PolicyKind] = field(default_factory=dict)
    policy_titles: Mapping[str, Text] = field(default_factory=dict)
    by_last_year: tuple[str, ...] = ()
    time_to_object: Callable[[Case, DecisionContext], TimeToObject | None] | None = None
    reviewed_above: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()
    papers: tuple[ListedPaper, ...] = ()
    draft: bool = False

    def __post_init__(self) -> None:
        states = tuple(state.name for state in self.states)
        for name, part in (("transitions", "sources"), ("clocks", "runs_in")):
            rows = (
                replace(row, **{part: states}) if getattr(row, part) == EVERYWHERE else row
                for row in getattr(self, name)
            )
            object.__setattr__(self, name, tuple(rows))
        for sentence in _faults(self):
            raise BadWorkflow(f"{self.key}: {sentence}")

    @cached_property
    def by_state(self) -> dict[str, State]:
        """The states by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def by_clock(self) -> dict[str, Clock]:
        """The clocks by name."""
        return {clock.name: clock for clock in self.clocks}

    @cached_property
    def by_letter(self) -> dict[str, Letter]:
        """The letters by name."""
        return {letter.name: letter for letter in self.letters}

    @property
    def grants_money(self) -> bool:
        """Whether it pays anything."""
        return self.pays is not None

    @cached_property
    def policy_kinds(self) -> dict[str, PolicyKind]:
        """What the value of each policy is that the workflow asks for, by name."""
        limits = (clock.limit.name for clock in self.clocks if isinstance(clock.limit, PolicyLimit))
        return {**dict.fromkeys(limits, PolicyKind.LIMIT), **self.policies}

    def title_of_policy(self, name: str) -> Text:
        """What a policy is called: as the programme says, else by the clock whose limit it is, else its name."""
        if name in self.policy_titles:
            return self.policy_titles[name]
        of_it = (one.title for one in self.clocks if isinstance(one.limit, PolicyLimit) and one.limit.name == name)
        title = next(of_it, None)
        return Text(f"{title.zh}：期限", f"{title.en}: limit") if title else Text(name, name)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all transitions."""
        return frozenset(transition.name for transition in self.transitions)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start in this state, in the order of the table."""
        return tuple(edge for edge in self.transitions if state in edge.sources)

    def edge(self, name: str, state: str) -> Transition | None:
        """The transition of this name from this state, or None."""
        return next((edge for edge in self.leaving(state) if edge.name == name), None)

    def runs(self, clock: Clock, state: str) -> bool:
        """Whether the clock runs in the state."""
        if clock.runs_in == ANY:
            return not self.by_state[state].final and state not in clock.pauses
        return state in clock.runs_in

    def is_urgent(self, case: Case, at: datetime, calendar: WorkingCalendar) -> bool:
        """Whether the case is urgent: it was already, or has become so by its facts and the day."""
        return case.urgent or self._urgent_by_facts(case, at, calendar)

    def is_urgent_as_corrected(self, case: Case, at: datetime, calendar: WorkingCalendar) -> bool:
        """Whether the case is urgent by its facts as they are now; what staff marked at the opening stays."""
        if case.phase in (Phase.FOLLOW_UP, Phase.CLOSED):
            return case.urgent
        marked = any(case.taken[edge.name].given.get("urgent") for edge in self.leaving(NEW) if edge.name in case.taken)
        return marked or self._urgent_by_facts(case, at, calendar)

    def _urgent_by_facts(self, case: Case, at: datetime, calendar: WorkingCalendar) -> bool:
        return bool(self.urgent and self.urgent(case, calendar, calendar.local_date(at)))

    def comes_first(self, case: Case) -> bool:
        """Whether the law puts the case before others that are as urgent as it is."""
        return bool(self.first_in_line and self.first_in_line(case.facts))

    def asks_the_same(self, one: Facts, other: Facts) -> bool:
        """Whether two requests of one person are the same request."""
        return self.same_request is None or self.same_request(one, other)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of states, edges, clocks and guards: it changes when the meaning does, not the wording."""
        table: tuple[State | Transition | Clock, ...] = (*self.states, *self.transitions, *self.clocks)
        rows = [repr(_meaning(row)) for row in table]
        modules = sorted({one.__module__ for one in self._functions()})
        return hashlib.sha256("\n".join([*rows, *map(_code, modules)]).encode()).hexdigest()

    def _functions(self) -> Iterable[Callable[..., Any]]:
        """The functions that decide: guards, what is worked out, and the base dates of clocks."""
        for edge in self.transitions:
            yield from (one.ask for one in edge.when)
            yield from (one for one in (edge.restarts_from, edge.records_extra, edge.updates, edge.claims) if one)
        for clock in self.clocks:
            yield from (fact for fact in (clock.start, clock.stop) if fact)
        yield from (one for one in (self.urgent, self.first_in_line, self.corrected, self.same_request) if one)


def _meaning(row: State | Transition | Clock) -> list[tuple[str, Any]]:
    # Its fields only: what a row has worked out and keeps beside them depends on who has asked. `tells` has words only.
    values = ((one.name, getattr(row, one.name)) for one in fields(row) if one.name != "tells")
    return [(name, _named(value)) for name, value in values if not isinstance(value, Text)]


def _named(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_named(item) for item in value)
    if isinstance(value, Guard):
        return value.name
    return value.__qualname__ if callable(value) else repr(value)


def _code(module: str) -> str:
    """The module without comments, layout and sentences."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.isidentifier():
            node.value = ""
    return ast.dump(tree)


def _faults(workflow: Workflow) -> Iterable[str]:
    """Everything that is wrong at first sight, a sentence each."""
    states = [state.name for state in workflow.states]
    for state in workflow.states:
        if not isinstance(state.phase, Phase):
            yield f"state {state.name} stands in {state.phase}, which is not a phase"
        if not isinstance(state.waits_for, Role | None):
            yield f"state {state.name} waits for {state.waits_for}, which is not a role"
    for kind, names in (
        ("state", states),
        ("clock", [clock.name for clock in workflow.clocks]),
        ("letter", [letter.name for letter in workflow.letters]),
    ):
        for name in {name for name in names if names.count(name) > 1}:
            yield f"{kind} {name} is defined twice"
    for name in set(workflow.by_last_year) - set(workflow.policies):
        yield f"{name} counts as of last year, and is not among its policies"
    edges: set[tuple[str, str]] = set()
    for edge in workflow.transitions:
        yield from _edge_faults(workflow, edge, states)
        for source in edge.sources:
            if (edge.name, source) in edges:
                yield f"transition {edge.name} from {source or 'NEW'} is defined twice"
            edges.add((edge.name, source))
    for clock in workflow.clocks:
        yield from _clock_faults(workflow, clock, states)
    yield from _paper_faults(workflow)
    if len(workflow.leaving(NEW)) != 1:
        yield "exactly one transition must start at NEW, to open a case"


def _paper_faults(workflow: Workflow) -> Iterable[str]:
    """What is wrong with the papers, the payments, the form on paper and the sentence of a hold."""
    pays, sheet = workflow.pays, workflow.sheet
    codes = [OTHER, *(paper.code for paper in workflow.papers)]
    for code in {code for code in codes if codes.count(code) > 1 or "-" in code}:
        yield f"paper {code} is defined twice, or its code has a hyphen"
    for paper in workflow.papers:
        for name in set(paper.steps) - workflow.names:
            yield f"paper {paper.code} is asked for by {name}, which is not a transition"
    for edge in workflow.transitions:
        if pays and edge.name == pays.recorded_by and not (edge.needs and edge.needs.field_names() >= RESULT_FIELDS):
            wanted = ", ".join(sorted(RESULT_FIELDS))
            yield f"transition {edge.name} records payments, but its form lacks one of {wanted}"
    for name in (*((pays.recorded_by, pays.corrected_by) if pays else ()), *(sheet.steps if sheet else ())):
        if name not in workflow.names:
            yield f"its payments or its sheet mention {name}, which is not a transition"
    for name in set(pays.unbudgeted) - set(pays.kinds) if pays else ():
        yield f"it pays {name} without a budget, which is not a kind of payment"
    for name in set(sheet.always) - set(sheet.boxes) if sheet else ():
        yield f"its sheet always has {name}, which is not a box"
    try:
        workflow.held_elsewhere.with_(number="", office="")
    except (KeyError, IndexError, ValueError):
        yield "held_elsewhere may have {number} and {office}, and nothing else"


def _edge_faults(workflow: Workflow, edge: Transition, states: list[str]) -> Iterable[str]:
    where = f"transition {edge.name}"
    if not edge.sources:
        yield f"{where} starts in no state"
    if edge.to == NEW:
        yield f"{where} leads to NEW, where no case can stand"
    if edge.to == STAY and NEW in edge.sources:
        yield f"{where} stays at NEW, where no case can stand"
    for state in (*edge.sources, edge.to):
        if state not in (NEW, STAY) and state not in states:
            yield f"{where} mentions {state}, which is not a state"
    if not edge.by:
        yield f"{where} names no role that may take it"
    for role in edge.by:
        if not isinstance(role, Role):
            yield f"{where} mentions {role}, which is not a role"
    for one in edge.when:
        if not isinstance(one, Guard):
            yield f"{where} has a condition without a sentence: {getattr(one, '__name__', one)}"
    for letter in (*edge.letter, *edge.own_letter):
        if letter not in {known.name for known in workflow.letters}:
            yield f"{where} sends {letter}, which is not a letter"
    cancels = () if edge.cancels == EVERY_CLOCK else edge.cancels
    for name in (*cancels, *edge.restarts):
        if name not in {clock.name for clock in workflow.clocks}:
            yield f"{where} mentions {name}, which is not a clock"
    given = edge.needs.field_names() if edge.needs else frozenset()
    for name in (edge.assigns, edge.outcome_field, edge.transfers, edge.tells and edge.tells[0]):
        if name is not None and name not in given:
            yield f"{where} takes {name} from what is given, but its form has no such field"


def _clock_faults(workflow: Workflow, clock: Clock, states: list[str]) -> Iterable[str]:
    where = f"clock {clock.name}"
    for state in (*(clock.runs_in if clock.runs_in != ANY else ()), *clock.pauses):
        if state not in states:
            yield f"{where} mentions {state}, which is not a state"
    for state in set(clock.pauses) & set(clock.runs_in):
        yield f"{where} both runs and pauses in {state}"
    if isinstance(clock.limit, str):
        yield from _misread(where, Limit.parse, clock.limit)
    elif not isinstance(clock.limit, Limit | PolicyLimit):
        yield f"{where} has no limit; write policy(name) or a limit such as 5wd"
    if clock.beside and clock.beside not in {other.name for other in workflow.clocks}:
        yield f"{where} stands beside {clock.beside}, which is not a clock"
    if clock.take:
        for state in filter(lambda name: workflow.runs(clock, name), states):
            edge = workflow.edge(clock.take, state)
            if edge is None or Role.CLOCK not in edge.by:
                yield f"{where} takes {clock.take} in {state}, where time may not take it"
    levels = [alert.level for alert in clock.alerts]
    if len(levels) != len(set(levels)):
        yield f"{where} has the same alert level twice"
    for alert in clock.alerts:
        yield from _misread(where, Level, alert.level)
        if not alert.to:
            yield f"{where} has an alert at {alert.level} that nobody receives"


def _misread(where: str, read: Callable[[str], object], written: str) -> Iterable[str]:
    try:
        read(written)
    except ValueError as wrong:
        yield f"{where}: {wrong}"
