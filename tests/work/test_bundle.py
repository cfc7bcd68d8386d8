"""Many alerts in one message stay below what the makers of robots take, and tell no more than one alert does."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from casework.rules.text import LANGUAGES, Language
from casework.work import workflow_registry
from casework.work.delivery.batch import alerts_told
from casework.work.delivery.messages import alert_told

ZONE = ZoneInfo("Asia/Shanghai")
WECOM_BYTES = 2048


def alert(workflow: Any, clock: Any, level: str, number: int) -> Any:
    """What the outbox gives of an alert."""
    return SimpleNamespace(
        id=UUID(int=number),
        number=f"LA-2026-{number:06}",
        workflow=workflow.key,
        workflow_version=workflow.version,
        payload={"state": "under_review", "phase": "review", "org": "370100", "org_name": "济南市总工会"},
        clock=clock.name,
        level=level,
        due_at=datetime(2026, 3, 9, tzinfo=UTC),
        due_on=date(2026, 3, 9),
        provisional=False,
        admin_seq=None,
    )


KINDS = [
    (one, clock, clock.alerts[-1].level)
    for one in workflow_registry.all_versions()
    for clock in one.clocks
    if clock.alerts
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("workflow", "clock", "level"), KINDS, ids=[f"{one.key}-{clock.name}" for one, clock, _ in KINDS]
)
def test_any_hundred_alerts_fit_into_one_message(workflow: Any, clock: Any, level: str, language: Language) -> None:
    rows = [alert(workflow, clock, level, number) for number in range(1, 101)]
    text = alerts_told(rows, language, ZONE)
    told = [row.number for row in rows if row.number in text]
    assert 5 <= len(told) <= 10
    assert told == [row.number for row in rows[: len(told)]]
    assert ("另有 {} 条" if language == "zh-CN" else "and {} more").format(100 - len(told)) in text
    assert len(text.encode()) <= WECOM_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_few_are_all_named_and_a_single_one_is_told_in_full(language: Language) -> None:
    [(workflow, clock, level), *_] = KINDS
    rows = [alert(workflow, clock, level, number) for number in (1, 2, 3)]
    text = alerts_told(rows, language, ZONE)
    assert [row.number for row in rows if row.number in text] == [row.number for row in rows]
    assert "另有" not in text
    assert "more" not in text
    assert alerts_told(rows[:1], language, ZONE) == "\n".join(alert_told(rows[0], language, ZONE))
