"""The SLA report: how many clocks were kept, how many were not, and the cases behind each figure."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, get_args
from uuid import UUID

from casework.records import offices, reports, summaries
from casework.records.reports import KEYS, STANDINGS, Scope
from casework.records.summaries import CaseSummary
from casework.rules.grammar import OwedBy
from casework.rules.people import STAFF, Role
from casework.rules.refusals import Fault, Invalid, NotYours
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.service import Transaction

OFFICE_AND_HELPERS: Final = ("office", "helper")
STARTED: Final = ("met", "breached", "open")

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)


def sla(
    tx: Transaction,
    *,
    start: datetime,
    end: datetime,
    group_by: tuple[str, ...] = (),
    org: str | None = None,
    workflow: str | None = None,
    owed_by: tuple[str, ...] = OFFICE_AND_HELPERS,
) -> dict[str, Any]:
    """How the clocks started in `[start, end)` stand now: `as_of, zone, from, to, rows, total`, ready for JSON.

    `start` and `end` are aware; `group_by` takes some of `workflow, org, clock, month, owner`; `org` is a code and
    takes in what lies below it. `breached` is late, ended or not; `met` ended in time; `open` neither ended nor
    late; `started` is the three together, without what was cancelled, and `provisional` those of them whose due time
    needs a year that is not published yet. An owner is a username, empty where there is
    none. Working hours are over ended clocks, pauses taken out, in steps of 0.1. Raises `NotYours` for whoever pulls
    no reports, and `Invalid`.
    """
    ensure_may_report(tx)
    unknown = _unknown("group_by", group_by, KEYS)
    if len(set(group_by)) < len(group_by):
        unknown.append(Fault("group_by", "twice", _TWICE))
    scope = _scope(tx, start, end, org, workflow, owed_by, unknown)
    rows, total = reports.figures(tx.db, scope, group_by)
    return {
        "as_of": told(tx, tx.now),
        "zone": scope.zone.key,
        "from": told(tx, start),
        "to": told(tx, end),
        "rows": [{key: getattr(row, key) for key in group_by} | _figures(row) for row in rows],
        "total": _figures(total),
    }


def drill_down(
    tx: Transaction,
    row: Mapping[str, str],
    *,
    start: datetime,
    end: datetime,
    org: str | None = None,
    workflow: str | None = None,
    owed_by: tuple[str, ...] = OFFICE_AND_HELPERS,
    standings: tuple[str, ...] = STARTED,
    limit: int = 50,
    after: UUID | None = None,
) -> list[CaseSummary]:
    """The cases behind a row of the report, in the order of their ids, at most `limit`, after the id `after`.

    `row` has the row's keys (none for the total), `standings` says which figures are meant (`met, breached, open,
    cancelled`), the rest is as it was for the report. Raises `NotYours` and `Invalid` as the report does.
    """
    ensure_may_report(tx)
    scope = _scope(tx, start, end, org, workflow, owed_by, _unknown("standing", standings, STANDINGS))
    found = reports.drill_down(tx.db, scope, row, standings, limit, after)
    return summaries.by_ids(tx.db, tx.person, tx.org_tree, found)


def ensure_may_report(tx: Transaction) -> None:
    """Raises `NotYours` unless the caller is of the staff or an auditor; caseworkers get their own figures."""
    if tx.acting.role not in (*STAFF, Role.AUDITOR):
        sentence = Text("只有经办人、审批人和审计员可以查看统计报表。", "Reports are for staff and auditors.")
        raise NotYours(sentence)


def _scope(
    tx: Transaction,
    start: datetime,
    end: datetime,
    org: str | None,
    workflow: str | None,
    owed_by: tuple[str, ...],
    unknown: list[Fault],
) -> Scope:
    owed_by_nobody = _unknown("owed_by", owed_by, get_args(OwedBy))
    path = place_of(tx, org, workflow, [*faults_of_span(start, end), *unknown, *owed_by_nobody])
    return Scope(tx.person, start, end, tx.service.zone, owed_by, path, workflow, owner_of(tx))


def owner_of(tx: Transaction) -> UUID | None:
    """Whose cases alone count for the caller: a caseworker's own; what colleagues do is for their supervisors."""
    return tx.person.id if tx.acting.role is Role.CASEWORKER else None


def place_of(tx: Transaction, org: str | None, workflow: str | None, faults: list[Fault]) -> str | None:
    """The path of the organisation to which a report keeps, None for all; raises `Invalid` with every fault."""
    if workflow is not None:
        faults = [*faults, *_unknown("workflow", (workflow,), [known.key for known in workflow_registry.latest()])]
    place = offices.org(tx.db, org) if org is not None else None
    if org is not None and (place is None or not place.path.startswith(tx.person.org_path)):
        faults = [*faults, Fault("org", "unknown_org", _UNKNOWN_ORG)]
    if faults:
        raise Invalid(faults)
    return place.path if place else None


def faults_of_span(start: datetime, end: datetime) -> list[Fault]:
    """What is wrong with a span of time."""
    faults = [
        Fault(name, "range", _FAR_AWAY) for name, at in (("from", start), ("to", end)) if not _EARLIEST <= at <= _LATEST
    ]
    return faults if faults or start < end else [Fault("to", "reversed", _REVERSED)]


def _unknown(path: str, values: Collection[str], known: Collection[str]) -> list[Fault]:
    return [] if set(values) <= set(known) else [Fault(path, "choice", _CHOICE.with_(known=", ".join(known)))]


_TWICE = Text("同一分组项写了两次，请删去重复的。", "The same grouping is named twice; name each once.")
_CHOICE = Text("请从下列各项中选择：{known}。", "Choose from: {known}.")
_REVERSED = Text("截止时间须晚于起始时间。", "The report must end later than it begins; choose a later time.")
_FAR_AWAY = Text("时间应在 1970 年至 2999 年之间。", "The time must lie between 1970 and 2999.")
_UNKNOWN_ORG = Text("没有这个机构，或不在您的管辖范围内。", "No such organisation, or outside your own.")


def told(tx: Transaction, at: datetime) -> str:
    """The instant at the offset of the office."""
    return at.astimezone(tx.service.zone).isoformat()


def _figures(row: Any) -> dict[str, Any]:
    ended_or_late = row.met + row.breached
    return {
        "started": ended_or_late + row.open,
        "met": row.met,
        "breached": row.breached,
        "open": row.open,
        "cancelled": row.cancelled,
        "provisional": row.provisional,
        "breach_rate": row.breached / ended_or_late if ended_or_late else None,
        "median_working_hours": _hours(row.median),
        "p90_working_hours": _hours(row.p90),
    }


def _hours(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10
