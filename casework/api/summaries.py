"""Cases as lists show them, in the caller's language and the office's zone: pages of many rows, each made with care."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from casework.api.answers.cases import Applicant, CaseSummary
from casework.api.answers.clocks import NextClock
from casework.api.answers.people import named as person_named
from casework.records.summaries import CaseSummary as Found
from casework.rules.rights import lists_name
from casework.rules.text import Language
from casework.work import workflow_registry
from casework.work.service import Transaction


def summaries(tx: Transaction, found: Sequence[Found]) -> list[CaseSummary]:
    """Return these cases as lists show them."""
    language, at, orgs = tx.language, office_times(tx.service.zone).of, tx.org_tree.codes
    role = tx.person.role
    return [_summary(one, language, at, orgs, named=lists_name(role, one.phase)) for one in found]


def _summary(
    one: Found, language: Language, at: Callable[[str], str], orgs: Mapping[str, str], *, named: bool
) -> CaseSummary:
    titles = _titles(one.workflow, one.workflow_version, language)
    due_at = at(one.due_at) if one.due_at else None
    clock = None
    if one.due_clock:
        title, owed_by = titles.clocks[one.due_clock]
        clock = NextClock(one.due_clock, title, owed_by, due_at, one.due_on, one.due_provisional, one.clock_overdue)
    return CaseSummary(
        one.id,
        one.number,
        one.workflow,
        one.workflow_version,
        one.state,
        titles.states[one.state],
        one.phase,
        orgs[one.org_id],
        one.channel,
        one.urgent,
        Applicant(one.applicant_name, one.identity_number or UNSET, one.phone or UNSET) if named else None,
        person_named(one.owner_id, one.owner_username, one.owner_name),
        person_named(one.assignee_id, one.assignee_username, one.assignee_name),
        one.waits_for,
        at(one.opened_at),
        at(one.updated_at),
        at(one.closed_at) if one.closed_at else None,
        one.outcome,
        due_at,
        one.due_on,
        one.due_provisional,
        one.overdue,
        clock,
        one.version,
    )


class _Titles(msgspec.Struct, frozen=True):
    """The titles of a workflow in one language: of its states, and of its clocks with those by whom they are owed."""

    states: Mapping[str, str]
    clocks: Mapping[str, tuple[str, str]]


@cache
def _titles(workflow: str, version: int, language: Language) -> _Titles:
    known = workflow_registry.of(workflow, version)
    return _Titles(
        {state.name: state.title.in_(language) for state in known.states},
        {clock.name: (clock.title.in_(language), clock.owed_by) for clock in known.clocks},
    )


class OfficeTimes(dict[str, tuple[str, str] | None]):
    """Instants as PostgreSQL writes them, such as `2026-03-02 01:30:00.25+00`, in RFC 3339 with the office's offset.

    What `request_context.instant` gives, but the zone is asked once for all instants of an hour.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def of(self, instant: str) -> str:
        """Return the instant as the office writes it."""
        offset = -3 if instant[-3] in "+-" else -6
        hour = self[instant[:_TO_THE_HOUR] + instant[offset:]]
        if hour is None:
            return datetime.fromisoformat(instant).astimezone(self._zone).isoformat()
        within = instant[_TO_THE_HOUR:offset]
        if len(within) not in _WHOLE:
            within = within.ljust(_WHOLE[1], "0")
        return f"{hour[0]}{within}{hour[1]}"

    def __missing__(self, hour: str) -> tuple[str, str] | None:
        """The hour in the zone, and its offset; None where they change within it."""
        if len(self) > _MOST_HOURS:
            self.clear()
        stem, offset = hour[:_TO_THE_HOUR], hour[_TO_THE_HOUR:]
        first, last = (
            datetime.fromisoformat(f"{stem}{end}{offset}").astimezone(self._zone) for end in (":00:00", ":59:59")
        )
        whole = first.minute == first.second == 0 and first.utcoffset() == last.utcoffset()
        written = first.isoformat()
        self[hour] = (written[:_TO_THE_HOUR], written[_TO_THE_HOUR + 6 :]) if whole else None
        return self[hour]


_TO_THE_HOUR: Final = len("2026-03-02 01")
_WHOLE: Final = (len(":30:00"), len(":30:00.250000"))
_MOST_HOURS: Final = 20_000
office_times = cache(OfficeTimes)
