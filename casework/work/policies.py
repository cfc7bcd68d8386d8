"""Policies as an office changes them: tried on the clocks that run and the decisions that were taken, then loaded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from casework.records import admin_events, offices
from casework.records.database import Tx
from casework.records.recalculation import decided
from casework.rules.context import PolicyRow
from casework.rules.grammar import PolicyLimit
from casework.rules.text import Text
from casework.work import recalculation, workflow_registry
from casework.work.admin_files import BadFile
from casework.work.policy_files import read_policies, unusable
from casework.work.recalculation import Trial
from casework.work.rederivation import Moved, Progress, change_by_policies, silently
from casework.work.service import RulesInForce, Service

FIRST: Final = 20
"""How many of the decisions that a row touches are named."""
_LONG_AGO: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that would be new, and the one of the same place and day that it would replace."""

    row: PolicyRow
    before: PolicyRow | None


@dataclass(frozen=True, slots=True)
class Touched:
    """The cases that were decided, for the last time, on a day for which this row would count: how many, the first."""

    row: PolicyRow
    cases: int
    first: list[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading a file would change, move, and put in another light. Decisions that were taken stand."""

    changes: list[Change]
    moved: list[Moved]
    touched: list[Touched]


def read(tx: Tx, file: Path) -> list[dict[str, Any]]:
    """The rows of a policy file; raises `BadFile` naming the rows that cannot be loaded."""
    rows = read_policies(file)
    if wrong := unusable(tx, rows):
        raise BadFile(file.name, Text("\n".join(one.zh for one in wrong), "\n".join(one.en for one in wrong)))
    return rows


def load(service: Service, file: Path, progress: Progress = silently) -> tuple[list[PolicyRow], list[Moved]]:
    """The rows of this file count from now on, each from its date, for the clocks that run as well.

    Gives which were new and what moved; raises `BadFile` and `Refusal`.
    """
    return recalculation.load(service, lambda tx: switch(tx, read(tx, file), progress), progress)


def switch(tx: Tx, rows: Sequence[Mapping[str, Any]], progress: Progress = silently) -> list[PolicyRow]:
    """Those of these rows that are new count as soon as the transaction ends; the cases are to be brought up then."""
    while True:
        rules = recalculation.loaded(tx)
        fresh = offices.new_policies(rules.policies, rows)
        if not fresh:
            return []
        trial, _ = _trial(rules, fresh)
        if recalculation.lock_for(tx, trial, progress):
            break
    offices.store_policies(tx, fresh)
    known = rules.policy_by_id
    added = [row for row in offices.all_policies(tx) if row.id not in known]
    recalculation.begin(tx, trial, {"policies": [row.id for row in added]})
    told = [
        {"id": row.id, "name": row.name, "place": row.place, "from": row.from_date.isoformat(), "value": row.value}
        for row in added
    ]
    subject = ", ".join(sorted({row.workflow for row in added}))
    admin_events.add(tx, None, "policies_loaded", subject, payload={"policies": told})
    return added


def preview(tx: Tx, file: Path, progress: Progress = silently) -> Preview:
    """What loading this file would do; nothing is changed. Raises `BadFile`."""
    rules = recalculation.loaded(tx)
    latest = {_where(row): row for row in rules.policies}
    trial, new = _trial(rules, read(tx, file))
    return Preview(
        changes=[Change(row, latest.get(_where(row))) for row in new],
        moved=trial.preview(tx, progress),
        touched=list(_touched(tx, trial.rules, new)),
    )


def _trial(rules: RulesInForce, rows: Iterable[Mapping[str, Any]]) -> tuple[Trial, list[PolicyRow]]:
    """The rules with those of these rows that are new, and these."""
    new = list(_numbered(offices.new_policies(rules.policies, rows), rules.policies))
    return Trial(replace(rules, policies=(*rules.policies, *new)), change_by_policies(new)), new


def _where(row: PolicyRow) -> tuple[str, str, str, date]:
    return row.workflow, row.name, row.place, row.from_date


def _numbered(rows: Iterable[Mapping[str, Any]], known: Iterable[PolicyRow]) -> Iterator[PolicyRow]:
    """The rows as they would be loaded, after all that are known."""
    for number, row in enumerate(rows, start=1 + max((one.id for one in known), default=0)):
        source = Text(row["source"]["zh-CN"], row["source"]["en"])
        yield PolicyRow(number, row["workflow"], row["name"], row["place"], row["from_date"], row["value"], source)


def _touched(tx: Tx, tried: RulesInForce, new: list[PolicyRow]) -> Iterator[Touched]:
    """For each row that is not the limit of a clock alone, the decisions for which it would have counted."""
    rows = [row for row in new if not _is_limit(row)]
    if not rows:
        return

    @cache
    def in_force(workflow: str, code: str, region: str, day: date) -> dict[str, PolicyRow]:
        return offices.in_force(tried.policies, workflow, code, region, day)

    days: dict[int, dict[str, date]] = {row.id: {} for row in rows}
    for one in _decisions(tx, rows):
        day = tried.calendars[one.calendar].calendar.local_date(one.at)
        by_last_year = workflow_registry.of(one.workflow, one.workflow_version).by_last_year
        for row in rows:
            counts_on = _end_of_last_year(day) if row.name in by_last_year else day
            if in_force(one.workflow, one.code, one.region, counts_on).get(row.name) == row:
                days[row.id][one.number] = max(day, days[row.id].get(one.number, day))
    for row in rows:
        yield Touched(row, len(days[row.id]), list(days[row.id].items())[:FIRST])


def _end_of_last_year(day: date) -> date:
    return date(day.year - 1, 12, 31)


def _is_limit(row: PolicyRow) -> bool:
    return any(
        clock.limit == PolicyLimit(row.name)
        for workflow in workflow_registry.all_versions()
        if row.workflow in (workflow.key, "*")
        for clock in workflow.clocks
    )


def _decisions(tx: Tx, rows: list[PolicyRow]) -> list[Any]:
    """The decisions in the workflows of these rows since the first of their dates, wherever that day began first."""
    deciding = {
        (workflow.key, workflow.version): {edge.name for edge in workflow.transitions if edge.decides}
        for workflow in workflow_registry.all_versions()
        if any(row.workflow in (workflow.key, "*") for row in rows)
    }
    first = max(_LONG_AGO, min(row.from_date for row in rows))
    since = datetime.combine(first, time(), UTC) - timedelta(days=1)
    found = decided(tx, {key for key, _ in deciding}, set().union(*deciding.values()), since)
    return [one for one in found if one.transition in deciding.get((one.workflow, one.workflow_version), ())]
