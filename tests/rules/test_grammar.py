"""Whatever is wrong with a row at first sight is refused when the module loads, in a sentence that names the row."""

from dataclasses import replace
from typing import Any

import pytest

from casework.forms import Day, Form, Line
from casework.rules.case import Phase
from casework.rules.clocks import Limit
from casework.rules.grammar import ANY, NEW, Alert, BadWorkflow, Clock, State, Transition, guard
from casework.rules.paying import Pays
from casework.rules.people import Role
from casework.rules.sheets import Sheet
from casework.rules.text import Text
from tests.rules.toy import CLOCKS, LETTERS, STATES, TITLE, TRANSITIONS, Question, with_row, workflow


def transition(name: str, **changes: Any) -> dict[str, Any]:
    return {"transitions": with_row(TRANSITIONS, name, **changes)}


def clock(name: str, **changes: Any) -> dict[str, Any]:
    return {"clocks": with_row(CLOCKS, name, **changes)}


class Recorded(Form):
    """What the bank did with a payment."""

    line = Line(title=TITLE)
    result = Line(title=TITLE)
    on = Day(title=TITLE)


def paying(**changes: Any) -> dict[str, Any]:
    pays = Pays({"prize": TITLE}, "bank.account", recorded_by="pay", corrected_by="answer", purpose="奖金")
    edge = Transition("pay", TITLE, "answered", "done", by=Role.CASEWORKER, needs=Recorded)
    return {
        "pays": replace(pays, **changes),
        "transitions": TRANSITIONS if "recorded_by" in changes else (*TRANSITIONS, edge),
    }


def sheet(**changes: Any) -> dict[str, Any]:
    return {"sheet": replace(Sheet(TITLE, lambda case: (), ("answer",), lambda given: [], {"base": TITLE}), **changes)}


def without_sentence(situation: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (transition("answer", to="anwered"), "transition answer mentions anwered, which is not a state"),
        (transition("answer", sources="aksed"), "transition answer mentions aksed, which is not a state"),
        (transition("answer", sources=()), "transition answer starts in no state"),
        (transition("ask", to=NEW), "transition ask leads to NEW, where no case can stand"),
        (transition("answer", by=()), "transition answer names no role that may take it"),
        (transition("answer", by="casworker"), "transition answer mentions casworker, which is not a role"),
        (transition("answer", by="caseworker"), "transition answer mentions caseworker, which is not a role"),
        (transition("answer", when=without_sentence), "answer has a condition without a sentence: without_sentence"),
        (transition("answer", letter="thank"), "transition answer sends thank, which is not a letter"),
        (transition("answer", cancels="answring"), "transition answer mentions answring, which is not a clock"),
        (transition("answer", restarts="answring"), "transition answer mentions answring, which is not a clock"),
        (transition("answer", restarts="*"), "transition answer mentions *, which is not a clock"),
        (transition("answer", cancels=("*", "answering")), "transition answer mentions *, which is not a clock"),
        (transition("answer", assigns="too"), "transition answer takes too from what is given"),
        (transition("finish", tells=("result", {})), "transition finish takes result from what is given"),
        (transition("finish", outcome_field="result"), "transition finish takes result from what is given"),
        ({"transitions": TRANSITIONS[1:]}, "exactly one transition must start at NEW"),
        (
            {"transitions": (*TRANSITIONS, Transition("ask_again", TITLE, NEW, "asked", by=Role.APPLICANT))},
            "exactly one transition must start at NEW",
        ),
        ({"transitions": (*TRANSITIONS, TRANSITIONS[1])}, "transition answer from asked is defined twice"),
        ({"states": (*STATES, STATES[0])}, "state asked is defined twice"),
        (
            {"states": (*STATES, State("odd", TITLE, "intak", Role.CASEWORKER))},  # type: ignore[arg-type]
            "state odd stands in intak, which is not a phase",
        ),
        (
            {"states": (*STATES, State("odd", TITLE, Phase.INTAKE, "casworker"))},  # type: ignore[arg-type]
            "state odd waits for casworker, which is not a role",
        ),
        ({"clocks": (*CLOCKS, CLOCKS[0])}, "clock answering is defined twice"),
        ({"letters": (*LETTERS, LETTERS[0])}, "letter thanks is defined twice"),
        (clock("finishing", runs_in="answred"), "clock finishing mentions answred, which is not a state"),
        (clock("finishing", pauses="answred"), "clock finishing mentions answred, which is not a state"),
        (clock("finishing", pauses="answered"), "clock finishing both runs and pauses in answered"),
        (clock("finishing", limit="5 days"), "clock finishing: '5 days' is not a limit; write 5wd"),
        (clock("finishing", limit=5), "clock finishing has no limit"),
        (clock("finishing", beside="answring"), "clock finishing stands beside answring, which is not a clock"),
        (clock("answering", take="forgt"), "clock answering takes forgt in asked, where time may not take it"),
        (clock("answering", take="answer"), "clock answering takes answer in asked, where time may not take it"),
        (clock("finishing", runs_in=ANY, take="forget"), "clock finishing takes forget in answered"),
        (clock("finishing", alerts=(Alert("due", ()),)), "clock finishing has an alert at due that nobody receives"),
        (
            clock("finishing", alerts=(Alert("due", Role.CASEWORKER), Alert("due", Role.SUPERVISOR))),
            "clock finishing has the same alert level twice",
        ),
        (clock("finishing", alerts=(Alert("80", Role.CASEWORKER),)), "clock finishing: '80' is not an alert level"),
        (
            clock("finishing", alerts=(Alert("+999999wd", Role.CASEWORKER),)),
            "clock finishing: '999999wd' is longer than 9999wd",
        ),
        (paying(recorded_by="pay"), "its payments or its sheet mention pay, which is not a transition"),
        (
            paying(recorded_by="answer"),
            "transition answer records payments, but its form lacks one of line, on, result",
        ),
        (paying(corrected_by="mend"), "its payments or its sheet mention mend, which is not a transition"),
        (paying(unbudgeted=("gift",)), "it pays gift without a budget, which is not a kind of payment"),
        (sheet(steps=("judge",)), "its payments or its sheet mention judge, which is not a transition"),
        (sheet(always=("office",)), "its sheet always has office, which is not a box"),
        (
            {"held_elsewhere": Text("{file}已在办。", "{file} is open.")},
            "held_elsewhere may have {number} and {office}, and nothing else",
        ),
    ],
)
def test_a_slip_of_the_pen_is_refused_with_the_name_of_workflow_and_row(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadWorkflow) as refused:
        workflow(**parts)
    assert str(refused.value).startswith("questions: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("zh", "en"), [("", "It must hold."), ("必须成立。", " "), ("", "")])
def test_a_guard_needs_its_sentence_in_both_languages(zh: str, en: str) -> None:
    with pytest.raises(BadWorkflow, match="sentence in Chinese and in English"):
        guard(zh=zh, en=en)


def test_a_workflow_may_pay_and_keep_a_form_on_paper() -> None:
    assert workflow(**paying()).grants_money
    assert workflow(**sheet()).sheet
    assert not workflow().grants_money


def test_the_same_step_may_lead_from_several_states() -> None:
    again = Transition("finish", TITLE, "asked", "done", by=Role.CASEWORKER)
    assert len(workflow(transitions=(*TRANSITIONS, again)).leaving("asked")) == 3


def test_a_single_name_needs_no_brackets() -> None:
    row = Transition("finish", TITLE, "asked", "done", by=Role.CASEWORKER, letter="thanks", cancels="answering")
    assert (row.sources, row.by, row.letter) == (("asked",), (Role.CASEWORKER,), ("thanks",))
    assert (row.cancels, row.restarts, row.when) == (("answering",), (), ())


def test_a_limit_that_is_written_out_is_read_at_once() -> None:
    assert workflow().by_clock["finishing"].limit == Limit(5, "wd")


def test_a_clock_that_runs_anywhere_stands_where_a_case_is_closed_or_it_pauses() -> None:
    row = Clock("always", TITLE, ANY, "1y", TITLE, pauses="answered", alerts=())
    flow = workflow(clocks=(*CLOCKS, row))
    assert [state for state in flow.by_state if flow.runs(row, state)] == ["asked"]


@guard(zh="甲。", en="One.")
def first_question(situation: object) -> bool:
    return True


@guard(zh="甲。", en="One.")
def second_question(situation: object) -> bool:
    return bool(situation)


@pytest.mark.parametrize(
    "parts",
    [
        transition("answer", when=first_question),
        transition("answer", to="done"),
        transition("answer", by=Role.SUPERVISOR),
        transition("answer", needs=Question, assigns=None),
        clock("finishing", limit="6wd"),
        clock("answering", alerts=CLOCKS[0].alerts[:1]),
        {"states": with_row(STATES, "answered", waits_for=Role.SUPERVISOR)},
    ],
)
def test_the_fingerprint_changes_with_the_meaning(parts: dict[str, Any]) -> None:
    assert workflow(**parts).fingerprint != workflow().fingerprint


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"states": with_row(STATES, "done", title=Text("办结", "done"))},
        transition("answer", title=Text("答复", "answer")),
        clock("finishing", basis=Text("内部规定", "office rule")),
        {"letters": with_row(LETTERS, "thanks", title=Text("收悉", "received"))},
    ],
)
def test_the_fingerprint_does_not_care_for_the_wording(parts: dict[str, Any]) -> None:
    assert workflow(**parts).fingerprint == workflow().fingerprint


def test_the_fingerprint_covers_what_a_guard_asks() -> None:
    asks_one = workflow(**transition("answer", when=first_question))
    asks_two = workflow(**transition("answer", when=second_question))
    assert asks_one.fingerprint != asks_two.fingerprint
