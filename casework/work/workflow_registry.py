"""Finds the workflows: every module under `casework.workflows` with a `WORKFLOW`, older versions beside it."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from types import ModuleType

from casework import workflows
from casework.records import workflows as records
from casework.records.database import Tx
from casework.records.offices import in_force, places
from casework.rules.case import Case
from casework.rules.context import PolicyRow
from casework.rules.grammar import BadWorkflow, PolicyLimit, Workflow
from casework.rules.paying import Pays
from casework.rules.refusals import NotFound
from casework.rules.text import Text


class ChangedWorkflow(RuntimeError):
    """A definition was changed without a new version or taken away, while cases run under the old meaning."""


@cache
def _all() -> dict[tuple[str, int], Workflow]:
    found: dict[tuple[str, int], Workflow] = {}
    defined_in: dict[tuple[str, int], str] = {}
    for module in _modules():
        workflow = getattr(module, "WORKFLOW", None)
        if isinstance(workflow, Workflow):
            one = workflow.key, workflow.version
            if found.setdefault(one, workflow) is not workflow:
                raise BadWorkflow(
                    f"{workflow.key}: version {workflow.version} is defined by {defined_in[one]} and by"
                    f" {module.__name__}; give one of them another key or version."
                )
            defined_in.setdefault(one, module.__name__)
    return found


def _modules() -> Iterator[ModuleType]:
    """The modules in which versions are looked for: each programme, and what lies in its folder itself."""
    for programme in pkgutil.iter_modules(workflows.__path__, f"{workflows.__name__}."):
        module = importlib.import_module(programme.name)
        yield module
        for beside in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{programme.name}."):
            if not beside.ispkg:
                yield importlib.import_module(beside.name)


def latest() -> list[Workflow]:
    """The newest published version of each workflow, by key; its newest draft where nothing of it is published."""
    newest: dict[str, Workflow] = {}
    for _, workflow in sorted(_all().items(), key=lambda one: (one[0][0], not one[1].draft, one[0][1])):
        newest[workflow.key] = workflow
    return list(newest.values())


def all_versions() -> list[Workflow]:
    """Every version of every workflow, also those under which no new case is opened."""
    return list(_all().values())


def newest(key: str) -> Workflow:
    """The newest version of a workflow as `latest` has it; raises `NotFound`."""
    for workflow in latest():
        if workflow.key == key:
            return workflow
    raise NotFound(Text("没有这个流程。", "There is no such workflow."))


def pinned(case: Case) -> Workflow:
    """The version under which the case was opened."""
    return of(case.workflow, case.workflow_version)


def of(key: str, version: int) -> Workflow:
    """This version of a workflow; `register` has refused the start where a case needs one that is not there."""
    return _all()[(key, version)]


def pays(key: str, version: int) -> Pays:
    """What this version says of its payments; only for a workflow that pays."""
    said = of(key, version).pays
    assert said is not None
    return said


def bank_facts() -> dict[str, str]:
    """The fact under which each workflow that pays keeps the account, by the workflow's key."""
    return {workflow.key: workflow.pays.bank for workflow in latest() if workflow.pays}


def budgeted() -> dict[str, Text]:
    """The kinds of payment of all workflows for which a budget is set, by code."""
    every = [workflow.pays for workflow in latest() if workflow.pays]
    return {kind: title for one in every for kind, title in one.kinds.items() if kind not in one.unbudgeted}


def register(tx: Tx) -> None:
    """Note the fingerprint of each version that is published; a draft may still change.

    Raises `ChangedWorkflow` where one differs from what was noted before, or is gone and cases are pinned to it.
    """
    for workflow in filter(lambda one: not one.draft, all_versions()):
        noted = records.note_version(tx, workflow.key, workflow.version, workflow.fingerprint)
        if noted != workflow.fingerprint:
            raise ChangedWorkflow(
                f"{workflow.key} version {workflow.version} differs from the one that cases run under; keep the old"
                f" definition as casework/workflows/{workflow.key}/v{workflow.version}.py and raise the version."
            )
    _refuse_missing(tx)


def _refuse_missing(tx: Tx) -> None:
    for key, version in records.noted_versions(tx):
        if (key, version) not in _all() and records.has_cases(tx, key, version):
            raise ChangedWorkflow(
                f"Cases run under {key} version {version}, which this program does not have; put its definition back"
                f" as casework/workflows/{key}/v{version}.py, or start the program that has it."
            )


def variants(workflow: Workflow, policies: Iterable[PolicyRow]) -> dict[str, dict[str, str]]:
    """The limits in force at each place that has some of its own, and for the country; for `verify`.

    There is one for every day on which a limit changes there, past or future, from the day on which each clock
    that has a limit there has begun to have one; it is named `370000 from 2025-01-01`.
    """
    limits = {clock.limit.name for clock in workflow.clocks if isinstance(clock.limit, PolicyLimit)}
    rows = [row for row in policies if row.workflow in (workflow.key, "*") and row.name in limits]
    found: dict[str, dict[str, str]] = {}
    for place in {"CN", *(row.place for row in rows)}:
        near = [row for row in rows if row.place in places(place, place)]
        for day in _days(near):
            limit = in_force(near, workflow.key, place, place, day)
            found[f"{place} from {day}"] = {name: row.value for name, row in limit.items()}
        if not near:
            found[place] = {}
    return found


def _days(rows: list[PolicyRow]) -> set[date]:
    """The days on which one of these limits changes, from when all of them have begun."""
    first = {row.name: row.from_date for row in sorted(rows, key=lambda row: row.from_date, reverse=True)}
    return {row.from_date for row in rows if row.from_date >= max(first.values())}
