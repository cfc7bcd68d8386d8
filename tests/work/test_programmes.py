"""The start refuses what cases cannot run under, and a proof covers every day on which a rule changes."""

import linecache
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from casework import workflows
from casework.api.answers.alerts import alert
from casework.app import create_app
from casework.forms.example_data import ExampleData
from casework.records import alerts
from casework.records.visibility import visible
from casework.rules.context import PolicyRow
from casework.rules.grammar import BadWorkflow, Workflow
from casework.rules.refusals import Invalid
from casework.rules.verify import verify
from casework.work import intake, workflow_registry
from casework.work.overdue import sweep
from casework.work.service import Service
from casework.workflows.legal_aid.intake import LegalAidIntake
from tests.rewriting import rewrite
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
        workflow_registry.register(tx.db)  # no case runs under it, so nobody misses it
        rewrite(tx.db, "update cases set workflow_version = 77 where id = :case", case=case)
    with service.transaction() as tx, pytest.raises(workflow_registry.ChangedWorkflow, match=r"legal_aid version 77"):
        workflow_registry.register(tx.db)


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
        workflow_registry._all.cache_clear()

    yield come
    workflows.__path__.remove(str(tmp_path))
    workflow_registry._all.cache_clear()


def test_an_alert_speaks_of_the_clock_as_the_version_of_its_case_calls_it(
    service: Service, a_newer_version_comes: Callable[[], None]
) -> None:
    province = shandong(service)
    province.open_case("li")
    province.days_pass(30)
    sweep(service)
    a_newer_version_comes()
    assert workflow_registry.newest("legal_aid").clocks[0].title.en == "Another name"
    with create_app(service).test_request_context(), service.transaction(province.actor("zhao")) as tx:
        rows = alerts.mine(tx.db, tx.person.id, visible(tx.person), 50, None)
        titles = {alert(row).title for row in rows}
    assert titles
    assert "另一名称" not in titles


def row(number: int, place: str, day: str, value: str) -> PolicyRow:
    return PolicyRow(number, "questions", "answering", place, date.fromisoformat(day), value, TITLE)


TOY = workflow()


def proven(*rows: PolicyRow) -> list[str]:
    return [flaw.sentence for flaw in verify(TOY, workflow_registry.variants(TOY, rows))]


def test_every_day_on_which_a_rule_changes_at_a_place_is_a_variant() -> None:
    rows = [
        row(1, "CN", "2022-01-01", "3d"),
        row(2, "CN", "2024-01-01", "4d"),
        row(3, "370000", "2023-01-01", "2d"),
        row(4, "370000", "2027-01-01", "1d"),
    ]
    values = {place: variant["answering"] for place, variant in workflow_registry.variants(TOY, rows).items()}
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


@pytest.mark.parametrize("one", workflow_registry.latest(), ids=lambda one: one.key)
def test_every_policy_that_a_workflow_asks_for_by_name_is_among_those_it_declares(one: Workflow) -> None:
    folder = Path(workflows.__path__[0]) / one.key
    sources = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    asked = set(re.findall(r'(?:policy|policy_last_year)\("(\w+)"\)|in_force\(at, "(\w+)"\)', sources))
    names = {name for found in asked for name in found if name}
    assert names
    assert names <= one.policy_kinds.keys()


@pytest.fixture
def put(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Puts a module of this name beside the workflows, in place of one of the same name."""

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        sys.modules.pop(f"casework.workflows.{name}", None)
        linecache.clearcache()
        workflow_registry._all.cache_clear()

    workflows.__path__.append(str(tmp_path))
    yield write
    workflows.__path__.remove(str(tmp_path))
    for file in tmp_path.glob("*.py"):
        sys.modules.pop(f"casework.workflows.{file.stem}", None)
    workflow_registry._all.cache_clear()


QUESTIONS = """
from casework.rules.grammar import Clock, policy
from dataclasses import replace
from tests.rules.toy import CLOCKS, workflow

WORKFLOW = workflow({parts})
"""


def test_two_modules_that_define_the_same_version_are_refused_with_both_names(put: Callable[[str, str], None]) -> None:
    put("questions", QUESTIONS.format(parts=""))
    assert workflow_registry.newest("questions").version == 1
    put("other_questions", QUESTIONS.format(parts=""))
    with pytest.raises(BadWorkflow) as refused:
        workflow_registry.latest()
    for told in ("questions: version 1", "casework.workflows.questions", "casework.workflows.other_questions"):
        assert told in str(refused.value)
    put("other_questions", "from casework.workflows.questions import WORKFLOW")  # the same one by another name
    assert workflow_registry.newest("questions").version == 1


def test_a_draft_may_change_until_it_is_published(service: Service, put: Callable[[str, str], None]) -> None:
    def start() -> None:
        with service.transaction() as tx:
            workflow_registry.register(tx.db)

    put("questions", QUESTIONS.format(parts="draft=True"))
    start()
    changed = 'clocks=(*CLOCKS, replace(CLOCKS[1], name="asking", runs_in="asked"))'
    put("questions", QUESTIONS.format(parts=f"draft=True, {changed}"))
    start()
    put("questions", QUESTIONS.format(parts=changed))
    start()
    put("questions", QUESTIONS.format(parts=""))
    with pytest.raises(workflow_registry.ChangedWorkflow, match="questions version 1 differs"):
        start()


def test_a_draft_waits_beside_the_version_that_is_published(put: Callable[[str, str], None]) -> None:
    put("questions", QUESTIONS.format(parts=""))
    put("newer_questions", QUESTIONS.format(parts="version=2, draft=True"))
    assert workflow_registry.newest("questions").version == 1
    assert {one.version for one in workflow_registry.all_versions() if one.key == "questions"} == {1, 2}
    put("newer_questions", QUESTIONS.format(parts="version=2"))
    assert workflow_registry.newest("questions").version == 2


def test_a_draft_opens_cases_only_where_nothing_is_real(service: Service, put: Callable[[str, str], None]) -> None:
    province = shandong(service)
    draft = "from dataclasses import replace\nfrom casework.workflows.legal_aid import WORKFLOW as PUBLISHED\n"
    put("legal_aid_draft", f'{draft}WORKFLOW = replace(PUBLISHED, key="draft_aid", draft=True)')
    given = {"org": "370100", "channel": "walk_in", "workflow": "draft_aid"}
    with service.transaction(province.actor("li")) as tx:
        facts = LegalAidIntake.example(ExampleData(tx.today, Random(0)))
    service.limits = replace(service.limits, drafts=False)
    with service.transaction(province.actor("li")) as tx, pytest.raises(Invalid) as refused:
        intake.open_case(tx, given | {"facts": facts})
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("workflow", "draft_workflow")]
    service.limits = replace(service.limits, drafts=True)
    with service.transaction(province.actor("li")) as tx:
        opened, _ = intake.open_case(tx, given | {"facts": facts})
    assert opened.case.workflow == "draft_aid"
