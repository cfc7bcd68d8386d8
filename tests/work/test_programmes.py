"""The start refuses what cases cannot run under, and a proof covers every day on which a rule changes."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from casework import workflows
from casework.api import views
from casework.app import create_app
from casework.records import alerts
from casework.records.visibility import visible
from casework.rules.casefile import PolicyRow
from casework.rules.grammar import Workflow
from casework.rules.verify import verify
from casework.work import programmes
from casework.work.overdue import sweep
from casework.work.service import Service
from tests.rules.toy import TITLE, workflow
from tests.work.offices import shandong


def test_the_start_is_refused_while_a_case_is_pinned_to_a_version_that_is_gone(service: Service) -> None:
    province = shandong(service)
    case = province.open_case("li")
    with service.transaction() as tx:
        tx.db.run(
            "insert into workflow_versions (workflow, version, fingerprint, first_seen_at)"
            " values ('legal_aid', 77, 'gone', :now)",
            now=tx.now,
        )
        programmes.register(tx.db)  # no case runs under it, so nobody misses it
        tx.db.run("update cases set workflow_version = 77 where id = :case", case=case)
    with service.transaction() as tx, pytest.raises(programmes.ChangedWorkflow, match=r"legal_aid version 77"):
        programmes.register(tx.db)


NEWER = """
from dataclasses import replace
from casework.rules.text import Text
from casework.workflows.legal_aid import WORKFLOW as OLDER

_CLOCKS = tuple(replace(clock, title=Text("另一名称", "Another name")) for clock in OLDER.clocks)
WORKFLOW = replace(OLDER, version=OLDER.version + 1, clocks=_CLOCKS)
"""


@pytest.fixture
def a_newer_version_comes(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Puts a version of legal aid beside the present one that calls its clocks otherwise."""
    (tmp_path / "newer_legal_aid.py").write_text(NEWER)

    def come() -> None:
        workflows.__path__.append(str(tmp_path))
        programmes._all.cache_clear()

    yield come
    workflows.__path__.remove(str(tmp_path))
    programmes._all.cache_clear()


def test_an_alert_speaks_of_the_clock_as_the_version_of_its_case_calls_it(
    service: Service, a_newer_version_comes: Callable[[], None]
) -> None:
    province = shandong(service)
    province.open_case("li")
    province.days_pass(30)
    sweep(service)
    a_newer_version_comes()
    assert programmes.newest("legal_aid").clocks[0].title.en == "Another name"
    with create_app(service).test_request_context(), service.transaction(province.actor("zhao")) as tx:
        rows = alerts.mine(tx.db, tx.person.id, visible(tx.person), 50, None)
        titles = {views.alert(row)["title"] for row in rows}
    assert titles
    assert "另一名称" not in titles


def row(number: int, place: str, day: str, value: str) -> PolicyRow:
    return PolicyRow(number, "questions", "answering", place, date.fromisoformat(day), value, TITLE)


TOY = workflow()


def proven(*rows: PolicyRow) -> list[str]:
    return [flaw.sentence for flaw in verify(TOY, programmes.variants(TOY, rows))]


def test_every_day_on_which_a_rule_changes_at_a_place_is_a_variant() -> None:
    rows = [
        row(1, "CN", "2022-01-01", "3d"),
        row(2, "CN", "2024-01-01", "4d"),
        row(3, "370000", "2023-01-01", "2d"),
        row(4, "370000", "2027-01-01", "1d"),
    ]
    values = {place: variant["answering"] for place, variant in programmes.variants(TOY, rows).items()}
    assert values == {
        "CN from 2022-01-01": "3d",
        "CN from 2024-01-01": "4d",
        "370000 from 2022-01-01": "3d",
        "370000 from 2023-01-01": "2d",
        "370000 from 2024-01-01": "2d",
        "370000 from 2027-01-01": "1d",
    }


@pytest.mark.parametrize("day", ["2021-01-01", "2025-01-01", "2099-01-01"])
def test_a_bad_limit_is_found_whenever_it_is_in_force(day: str) -> None:
    rows = [row(1, "CN", "2020-01-01", "3d"), row(2, "370000", day, "soon"), row(3, "370000", "2026-01-01", "3d")]
    [flaw] = set(proven(*rows))
    assert flaw.startswith(f"clock answering at 370000 from {day}: 'soon' is not a limit")


def test_what_was_before_the_first_rule_is_no_flaw_and_no_rule_at_all_is_one() -> None:
    assert proven(row(1, "CN", "2022-01-01", "3d")) == []
    assert proven() == ["state asked waits for caseworker without a clock at CN"]


@pytest.mark.parametrize("one", programmes.latest(), ids=lambda one: one.key)
def test_every_policy_that_a_workflow_asks_for_by_name_is_among_those_it_declares(one: Workflow) -> None:
    folder = Path(workflows.__path__[0]) / one.key
    sources = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    asked = set(re.findall(r'(?:policy|policy_last_year)\("(\w+)"\)|in_force\(at, "(\w+)"\)', sources))
    names = {name for found in asked for name in found if name}
    assert "papers" in names
    assert names <= one.policy_kinds.keys()
