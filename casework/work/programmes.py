"""Finds the workflows: every module under `casework.workflows` with a `WORKFLOW`, older versions beside it."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from casework import workflows
from casework.records.database import Tx
from casework.records.offices import in_force
from casework.rules.casefile import PolicyRow
from casework.rules.grammar import Workflow
from casework.rules.refusals import NotFound
from casework.rules.text import Text


class ChangedWorkflow(RuntimeError):
    """A definition was changed without a new version, while cases may run under the old meaning."""


@cache
def _all() -> dict[tuple[str, int], Workflow]:
    found = {}
    for module_info in pkgutil.walk_packages(workflows.__path__, f"{workflows.__name__}."):
        workflow = getattr(importlib.import_module(module_info.name), "WORKFLOW", None)
        if isinstance(workflow, Workflow):
            found[(workflow.key, workflow.version)] = workflow
    return found


def latest() -> list[Workflow]:
    """The newest version of each workflow, by key."""
    newest: dict[str, Workflow] = {}
    for (key, version), workflow in sorted(_all().items()):
        if key not in newest or newest[key].version < version:
            newest[key] = workflow
    return list(newest.values())


def newest(key: str) -> Workflow:
    """The newest version of a workflow; raises `NotFound`."""
    for workflow in latest():
        if workflow.key == key:
            return workflow
    raise NotFound(Text("没有这个流程。", "There is no such workflow."))


def of(key: str, version: int) -> Workflow:
    """The version that a case is pinned to."""
    return _all()[(key, version)]


def register(tx: Tx) -> None:
    """Note the fingerprint of each version; raises `ChangedWorkflow` where one differs from what was noted before."""
    for workflow in _all().values():
        noted = tx.run(
            """insert into workflow_versions (workflow, version, fingerprint, first_seen_at)
               values (:workflow, :version, :fingerprint, :now)
               on conflict (workflow, version) do update set workflow = excluded.workflow
               returning fingerprint""",
            workflow=workflow.key,
            version=workflow.version,
            fingerprint=workflow.fingerprint,
            now=tx.now,
        ).scalar_one()
        if noted != workflow.fingerprint:
            raise ChangedWorkflow(
                f"{workflow.key} version {workflow.version} differs from the one that cases run under; keep the old"
                f" definition as casework/workflows/{workflow.key}/v{workflow.version}.py and raise the version."
            )


def variants(workflow: Workflow, policies: Iterable[PolicyRow]) -> dict[str, dict[str, str]]:
    """The policy values in force at each place that has rows of its own, and for the country; for `verify`."""
    rows = [row for row in policies if row.workflow in (workflow.key, "*")]
    newest_day = max((row.from_date for row in rows), default=None)
    if newest_day is None:
        return {"CN": {}}
    return {
        place: {name: row.value for name, row in in_force(rows, workflow.key, place, place, newest_day).items()}
        for place in {"CN", *(row.place for row in rows)}
    }
