"""What goes outside tells of no illness, whatever the clock."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from casework.rules.telling import happened
from casework.rules.text import LANGUAGES
from casework.work import workflow_registry
from casework.work.delivery.messages import alert_told, webhook_body

ZONE = ZoneInfo("Asia/Shanghai")
ILLNESS = re.compile(r"伤|病|残|鉴定|医|孕|injur|disab|grading|\bill|sick|health|medic|pregnan", re.IGNORECASE)
RUNGS = [
    (workflow, clock, step)
    for workflow in workflow_registry.all_versions()
    for clock in workflow.clocks
    for step in clock.alerts
]


def row(workflow: Any, clock: Any, level: str) -> Any:
    """What the outbox gives of an alert of this clock."""
    return SimpleNamespace(
        id=UUID(int=1),
        seq=1,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        alert_id=UUID(int=2),
        case_id=UUID(int=3),
        number="LA-2026-000001",
        workflow=workflow.key,
        workflow_version=workflow.version,
        payload={"state": "under_review", "phase": "review", "org": "370100"},
        clock=clock.name,
        generation=1,
        level=level,
        due_at=datetime(2026, 3, 9, tzinfo=UTC),
        due_on=date(2026, 3, 9),
        provisional=False,
        admin_seq=None,
    )


@pytest.mark.parametrize(("workflow", "clock", "step"), RUNGS, ids=[f"{w.key}-{c.name}-{r.level}" for w, c, r in RUNGS])
def test_an_alert_that_goes_outside_tells_of_no_illness(workflow: Any, clock: Any, step: Any) -> None:
    alert = row(workflow, clock, step.level)
    said = [part for language in LANGUAGES for part in alert_told(alert, language, ZONE)]
    said.append(webhook_body(alert, ZONE).decode())
    assert not [found for found in said if ILLNESS.search(found)]


def test_what_tells_of_none_is_called_by_its_name() -> None:
    workflow = workflow_registry.newest("legal_aid")
    subject, text = alert_told(row(workflow, workflow.by_clock["sue"], "due"), "zh-CN", ZONE)
    assert "不服仲裁起诉" in subject
    assert "不服仲裁起诉" in text


@pytest.mark.parametrize("workflow", workflow_registry.all_versions(), ids=lambda flow: f"{flow.key}-{flow.version}")
def test_a_step_that_is_told_outside_tells_of_no_illness_and_no_death(workflow: Any) -> None:
    hidden = re.compile(ILLNESS.pattern + "|亡|死|death|died", re.IGNORECASE)
    for edge in workflow.transitions:
        for source in edge.sources:
            state = edge.leads_to(source)
            payload = {"transition": edge.name, "from": source, "state": state, "owner": None, "assignee": None}
            said = happened(workflow, "transition", payload, outside=True)
            assert not hidden.search(said.zh + said.en), edge.name
            assert edge.discreet == bool(hidden.search(edge.title.zh + edge.title.en)), edge.name
    for state in workflow.states:
        assert not hidden.search(state.title.zh + state.title.en), state.name
