"""What only the whole table shows: every proof finds the flaw that it is for, and names the row."""

from dataclasses import replace
from typing import Any

import pytest

from casework.rules.case import Phase
from casework.rules.grammar import Alert, Letter, State, Transition, Workflow, guard
from casework.rules.people import Role
from casework.rules.text import Text
from casework.rules.verify import Flaw, verify
from casework.work import workflow_registry
from tests.rules.toy import CLOCKS, LETTERS, STATES, TITLE, TRANSITIONS, nothing_more, with_row, workflow
from tests.story import policies

VARIANTS = {"CN": {"answering": "3d"}}


@pytest.mark.parametrize("programme", workflow_registry.latest(), ids=lambda flow: str(flow.key))
def test_no_programme_of_the_office_has_a_flaw_wherever_it_runs(programme: Workflow) -> None:
    variants = workflow_registry.variants(programme, policies())
    assert {"CN", "370000"} <= {name.split()[0] for name in variants}
    assert verify(programme, variants) == []


def test_the_sample_has_no_flaw() -> None:
    assert verify(workflow(), VARIANTS) == []


def state(name: str, **changes: Any) -> dict[str, Any]:
    return {"states": with_row(STATES, name, **changes)}


def clock(name: str, **changes: Any) -> dict[str, Any]:
    return {"clocks": with_row(CLOCKS, name, **changes)}


ISLAND = State("island", TITLE, Phase.CLOSED)
FROM_THE_ISLAND = Transition("sail", TITLE, "island", "done", by=Role.CASEWORKER)
UNSENT = Letter("unsent", TITLE, TITLE, nothing_more)


@pytest.mark.parametrize(
    ("parts", "flaw"),
    [
        ({"states": (*STATES, ISLAND)}, Flaw("reachable", "state island cannot be reached from NEW")),
        (
            {"transitions": TRANSITIONS[:3]},
            Flaw("ends", "from state answered no way leads to a closed state"),
        ),
        (
            {"transitions": with_row(TRANSITIONS, "finish", by=Role.CLOCK)},
            Flaw("ends", "from state answered no way leads to a closed state"),
        ),
        (
            state("done", reopens=True),
            Flaw("override", "state done reopens a case, but it takes more than steps without a condition"),
        ),
        (
            state("answered", reopens=True)
            | {"transitions": with_row(TRANSITIONS, "answer", when=guard("否", "no")(lambda at: False))},
            Flaw("override", "state answered reopens a case, but it takes more than steps without a condition"),
        ),
        (
            state("answered", reopens=True)
            | {"transitions": (*TRANSITIONS, replace(TRANSITIONS[1], name="judge", decides=True))},
            Flaw("override", "state answered reopens a case, but judge decides on it"),
        ),
        (state("done", phase=Phase.FOLLOW_UP), Flaw("ends", "no state is closed")),
        (
            clock("finishing", runs_in="asked"),
            Flaw("clocks", "state answered waits for caseworker without a clock at CN"),
        ),
        (
            clock("finishing", owed_by="outside"),
            Flaw("clocks", "state answered waits for caseworker without a clock at CN"),
        ),
        (
            clock("finishing", start=lambda case, calendar: None),
            Flaw("clocks", "state answered waits for caseworker without a clock at CN"),
        ),
        (
            clock("finishing", alerts=(Alert("due", Role.AUDITOR),)),
            Flaw("receivers", "clock finishing alerts auditor at due, who has no inbox"),
        ),
        (
            clock("finishing", alerts=(Alert("due", "supervisr"),)),
            Flaw("receivers", "clock finishing alerts supervisr at due, who has no inbox"),
        ),
        (clock("finishing", alerts=()), Flaw("receivers", "clock finishing alerts nobody")),
        (
            {"letters": (replace(LETTERS[0], body=Text("已收到。", " ")),)},
            Flaw("letters", "letter thanks is not written in both languages"),
        ),
        (
            {"letters": (replace(LETTERS[0], title=Text("", "Thanks")),)},
            Flaw("letters", "letter thanks is not written in both languages"),
        ),
        (
            {"letters": (replace(LETTERS[0], body=Text("{applicant}：已收到。", "Thank you, {name}.")),)},
            Flaw("letters", "letter thanks fills other blanks in Chinese than in English"),
        ),
        ({"letters": (*LETTERS, UNSENT)}, Flaw("letters", "letter unsent is never sent")),
        (
            state("done", waits_for=Role.CASEWORKER),
            Flaw("roles", "state done is closed but waits for caseworker"),
        ),
        (state("answered", waits_for=None), Flaw("roles", "state answered waits for nobody")),
        (
            state("answered", waits_for=Role.LAWYER),
            Flaw("roles", "state answered waits for lawyer, who may do nothing there"),
        ),
        (
            {"transitions": with_row(TRANSITIONS, "finish", by=(Role.CASEWORKER, Role.AUDITOR))},
            Flaw("roles", "transition finish is for auditor, who may change nothing"),
        ),
        (
            {"transitions": with_row(TRANSITIONS, "finish", by=(Role.CASEWORKER, Role.ADMINISTRATOR))},
            Flaw("roles", "transition finish is for administrator, who may change nothing"),
        ),
        (
            clock("answering", take=None),
            Flaw("roles", "transition forget is for time, but no clock takes it"),
        ),
    ],
)
def test_each_proof_finds_its_flaw_and_names_the_row(parts: dict[str, Any], flaw: Flaw) -> None:
    assert flaw in verify(workflow(**parts), VARIANTS)


def test_a_waiting_time_that_nobody_owes_is_enough_where_time_itself_leads_on() -> None:
    waiting = with_row(CLOCKS, "answering", owed_by="outside")
    assert verify(workflow(clocks=waiting), VARIANTS) == []
    flaws = verify(workflow(clocks=with_row(waiting, "answering", take=None)), VARIANTS)
    assert Flaw("clocks", "state asked waits for caseworker without a clock at CN") in flaws


def test_a_bad_limit_is_found_in_the_place_that_has_it() -> None:
    variants = {"CN": {"answering": "3d"}, "370000": {"answering": "3 days"}}
    [flaw] = verify(workflow(), variants)
    assert flaw.proof == "limits"
    assert flaw.sentence.startswith("clock answering at 370000: '3 days' is not a limit")


def test_a_place_without_the_policy_row_is_named() -> None:
    flaws = verify(workflow(), {"CN": {"answering": "3d"}, "370000": {}})
    assert flaws == [Flaw("clocks", "state asked waits for caseworker without a clock at 370000")]
