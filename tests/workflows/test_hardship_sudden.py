"""Sudden hardship by the dossier: a disability or death in a major event, or a loss by a named and dated one."""

import re
from typing import Any

import pytest

from casework.rules.refusals import Invalid, NotMet
from tests.story import Story
from tests.workflows.test_hardship_aid import codes, prepared, told

RICH = {"size": 3, "annual_income": "600000.00", "rigid_expenses": "0.00", "declared_true": True}
MAJOR = ("disaster", "major_accident", "epidemic", "security_event")


def struck(**sudden: Any) -> Story:
    """A well-off household that something has struck, visited and checked."""
    return prepared(household=RICH, sudden={"event": "disaster", "on": "2026-08-20", **sudden})


@pytest.mark.parametrize("event", MAJOR)
@pytest.mark.parametrize("harm", ["disabled", "killed"])
def test_a_disability_or_death_in_a_major_event_is_sudden_hardship(event: str, harm: str) -> None:
    story = struck(event=event, harmed=True, harm=harm)
    story.caseworker("propose", category="sudden", ground=None, aid=None)
    sheet = story.case.facts["category"]
    assert sheet["by_formula"] == "sudden"
    assert "具体情况保密" in sheet["told"]["zh-CN"]
    assert not re.search("伤致残|殉职", str(story.case.facts))


@pytest.mark.parametrize("harm", [None, "injured"])
@pytest.mark.parametrize("event", MAJOR)
def test_harm_without_a_disability_is_no_sudden_hardship(event: str, harm: str | None) -> None:
    refusal = told(struck(event=event, harmed=True, harm=harm), "caseworker", "propose", category="sudden", ground=None)
    assert isinstance(refusal, NotMet)
    assert "致残" in refusal.text.zh


@pytest.mark.parametrize("event", ["sudden_illness", "other_sudden"])
def test_another_event_is_measured_by_what_it_cost(event: str) -> None:
    harmed = {"event": event, "harmed": True, "harm": "disabled"}
    assert isinstance(told(struck(**harmed), "caseworker", "propose", category="sudden", ground=None, aid=None), NotMet)
    costly = struck(**harmed, loss="480000.01")
    costly.caseworker("propose", category="sudden", ground=None, aid=None)


@pytest.mark.parametrize(
    ("unknown", "word"), [({"event": None}, "类别"), ({"on": None}, "发生日期"), ({"event": None, "on": None}, "类别")]
)
def test_a_loss_without_event_or_date_does_not_count(unknown: dict[str, None], word: str) -> None:
    story = struck(loss="500000.00", **unknown)
    refusal = told(story, "caseworker", "propose", category="sudden", ground=None, aid=None)
    assert isinstance(refusal, NotMet)
    assert word in refusal.text.zh
    story.correct("caseworker", sudden={"event": "disaster", "on": "2026-08-20", "loss": "500000.00"})
    story.caseworker("propose", category="sudden", ground=None, aid=None)


def test_harm_in_which_nobody_was_harmed_is_told_back() -> None:
    with pytest.raises(Invalid) as refused:
        struck(harmed=False, harm="disabled")
    assert codes(refused.value) == ["harm_without_harmed"]
