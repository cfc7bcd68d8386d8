"""What hangs on a case: its history, clocks, alerts, notes, letters, and sensitive values on request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework.api import views
from casework.api.endpoint import Answer, Call, cut, endpoint, page
from casework.api.query import Page, from_cursor, moment, to_cursor, whole
from casework.api.request_context import in_zone, instant, language
from casework.records import alerts, cases, history, offices, outbox
from casework.records.offices import CalendarVersion
from casework.records.rows import StoredCase
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import ClockRun
from casework.rules.clocks import TraceLine, trace
from casework.rules.grammar import Alert, Clock, Workflow
from casework.rules.people import Role
from casework.rules.telling import by_whom, happened
from casework.rules.text import Text
from casework.work import case_documents, forms, overdue, people, workflow_registry
from casework.work.delivery import delivery_errors

_FIRST_DAY_PROVISIONAL = Text(
    "起算之日依据的放假安排尚未公布，暂按普通周推算。",
    "The first day follows from a year whose holidays are not published; worked out with the plain week for now.",
)


def _record(call: Call, case_id: UUID) -> StoredCase:
    return cases.get(call.tx.db, case_id, call.tx.person)


def _cut(rows: Any, limit: int) -> tuple[list[Any], Any]:
    """The rows of this page, and the last of them if there are more."""
    shown = list(rows)[:limit]
    return shown, shown[-1] if len(rows) > limit else None


def _by_time(call: Call) -> tuple[datetime, UUID] | None:
    key = from_cursor(call.query, moment, UUID)
    return (key[0], key[1]) if key else None


def _by_number(call: Call) -> int | None:
    key = from_cursor(call.query, whole)
    return key[0] if key else None


@endpoint("GET", "/cases/<uuid:case_id>/events", Text("办理记录", "The history"), answer="EventPage", query=Page)
def events(call: Call, case_id: UUID) -> Answer:
    """The events of a case in their order, with the hashes that chain them."""
    _record(call, case_id)
    rows = history.event_page(call.tx.db, case_id, call.limit + 1, _by_number(call))
    shown, last = _cut(rows, call.limit)
    return page([views.event(row) for row in shown], to_cursor(last.seq) if last else None)


@endpoint(
    "GET", "/cases/<uuid:case_id>/clocks", Text("期限及计算过程", "Clocks, explained"), answer="ClockPage", query=Page
)
def clocks(call: Call, case_id: UUID) -> Answer:
    """Each clock with the intervals in which it ran and why it is due then."""
    record = _record(call, case_id)
    workflow = workflow_registry.pinned(record.file)
    counted_by = _counted_by(call, record)
    items = [
        views.clock(run, workflow.by_clock[run.name], call.tx)
        | {
            "limit": str(run.limit),
            "calendar": version.key,
            "calendar_version": version.version,
            "beside": workflow.by_clock[run.name].beside,
            "intervals": [{"from": instant(one.start), "to": instant(one.end)} for one in run.intervals],
            "trace": [views.trace_line(line) for line in _trace(run, version.calendar)],
        }
        for run in record.file.clocks
        for version in (counted_by[run.name, run.generation],)
    ]
    return cut(call, items)


def _trace(run: ClockRun, calendar: WorkingCalendar) -> list[TraceLine]:
    lines = trace(run.limit, run.derived_from, calendar)
    if run.due is None or not run.due.provisional or any(line.kind == "provisional" for line in lines):
        return lines
    return [TraceLine(run.started_at, None, "provisional", _FIRST_DAY_PROVISIONAL), *lines]


def _counted_by(call: Call, record: StoredCase) -> dict[tuple[str, int], CalendarVersion]:
    """What explains each clock, by name and generation: an ended one the calendar of its time, an open one today's."""
    now = call.tx.rules.calendars[record.calendar]
    past = {run.counted_by for run in record.file.clocks if not run.open and run.counted_by}
    versions = {now.ref: now} | offices.calendar_versions(call.tx.db, past - {now.ref})
    return {
        (run.name, run.generation): versions[run.counted_by if run.counted_by and not run.open else now.ref]
        for run in record.file.clocks
    }


@endpoint(
    "GET",
    "/cases/<uuid:case_id>/alerts",
    Text("提醒台账", "What was and will be alerted"),
    answer="LedgerPage",
    query=Page,
)
def ledger(call: Call, case_id: UUID) -> Answer:
    """Alerts that were sent or suppressed, how they went out and who has acknowledged them, and those that are planned
    as things stand or will not come any more because their clock has ended (both derived on reading), and why.
    """
    record = _record(call, case_id)
    rows = alerts.of_case(call.tx.db, case_id)
    ids = [row.id for row in rows]
    receivers, sent = alerts.receivers_of(call.tx.db, ids), outbox.of_alerts(call.tx.db, ids)
    workflow = workflow_registry.pinned(record.file)
    items = [_past(row, workflow, receivers.get(row.id, []), sent.get(row.id, [])) for row in rows]
    done = {(row.clock, row.generation, row.level) for row in rows if row.level}
    calendars = {name: version.calendar for name, version in _counted_by(call, record).items()}
    rungs = overdue.rungs(record, workflow, calendars)
    items += [_to_come(rung) for name, rung in rungs.items() if name not in done and rung.to_come]
    items += [_to_come(rung) for name, rung in rungs.items() if name not in done and not rung.to_come]
    return cut(call, items)


def _rung(clock: Clock, alert: Alert, generation: int) -> dict[str, Any]:
    return {
        "kind": "clock",
        "clock": clock.name,
        "title": clock.title.in_(language()),
        "generation": generation,
        "level": alert.level,
        "event_seq": None,
        "roles": [role.value for role in alert.to],
        "above": alert.above,
    }


def _telling(row: Any, workflow: Workflow) -> dict[str, Any]:
    what = happened(workflow, row.kind, row.payload)
    return {
        "kind": "event",
        "clock": None,
        "title": what.in_(language()),
        "generation": None,
        "level": None,
        "event_seq": row.event_seq,
        "roles": row.roles,
        "above": False,
        "because": by_whom(what, Role(row.actor_role), row.payload, row.actor_name).in_(language()),
    }


def _raised(row: Any, workflow: Workflow) -> dict[str, Any]:
    clock = workflow.by_clock[row.clock]
    alert = clock.by_level[row.level]
    return {
        **_rung(clock, alert, row.generation),
        "because": views.told(row.suppressed) or alert.told.in_(language()),
    }


def _past(row: Any, workflow: Workflow, receivers: list[Any], sent: list[Any]) -> dict[str, Any]:
    return {
        **(_raised(row, workflow) if row.level else _telling(row, workflow)),
        "status": "suppressed" if row.suppressed else "sent",
        "planned_at": instant(row.planned_at),
        "at": instant(row.at),
        "to": [
            {
                "username": receiver.username,
                "name": receiver.name,
                "acknowledged_at": instant(receiver.acknowledged_at),
                "snoozed_until": instant(receiver.snoozed_until),
            }
            for receiver in receivers
        ],
        "deliveries": [
            {
                "channel": message.channel,
                "to": message.receiver,
                "state": message.state,
                "attempts": message.attempts,
                "last_error": delivery_errors.told(message.last_error).in_(language()) if message.last_error else None,
                "delivered_at": instant(message.delivered_at),
            }
            for message in sent
        ],
    }


def _to_come(rung: overdue.Rung) -> dict[str, Any]:
    return {
        **_rung(rung.clock, rung.alert, rung.generation),
        "status": "planned" if rung.to_come else "superseded",
        "because": rung.because.in_(language()),
        "planned_at": instant(rung.at),
        "at": None,
        "to": [],
        "deliveries": [],
    }


@endpoint("GET", "/cases/<uuid:case_id>/notes", Text("备注", "Notes"), answer="NotePage", query=Page)
def notes(call: Call, case_id: UUID) -> Answer:
    """Notes, oldest first; who reads them is logged."""
    record = _record(call, case_id)
    shown, last = _cut(history.note_page(call.tx.db, case_id, call.limit + 1, _by_time(call)), call.limit)
    items = [
        {
            "id": str(row.id),
            "text": text,
            "author": {"id": str(row.author_id), "username": row.username, "name": row.author_name},
            "at": instant(row.at),
        }
        for row, text in zip(shown, case_documents.read_notes(call.tx, record, shown), strict=True)
    ]
    return page(items, to_cursor(last.at, last.id) if last else None)


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/notes",
    Text("添加备注", "Add a note"),
    answer="Note",
    status=201,
    body=forms.NewNote,
)
def add_note(call: Call, case_id: UUID) -> Answer:
    """A note on the case; it changes nothing else."""
    note = case_documents.add_note(call.tx, case_id, call.body)
    return Answer(
        {
            "id": str(note["id"]),
            "text": note["text"],
            "author": views.person(note["author"]),
            "at": instant(note["at"]),
        },
        201,
    )


@endpoint("GET", "/cases/<uuid:case_id>/letters", Text("文书", "Letters"), answer="LetterPage", query=Page)
def case_letters(call: Call, case_id: UUID) -> Answer:
    """Letters in the caller's language, oldest first; who reads them is logged."""
    record = _record(call, case_id)
    shown, last = _cut(history.letter_page(call.tx.db, case_id, call.limit + 1, _by_time(call)), call.limit)
    items = [
        {
            "id": str(row.id),
            "name": row.name,
            "number": row.number,
            "at": instant(row.at),
            **told,
        }
        for row, told in zip(shown, case_documents.read_letters(call.tx, record, shown), strict=True)
    ]
    return page(items, to_cursor(last.at, last.id) if last else None)


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/disclosures",
    Text("查看敏感信息", "See sensitive values"),
    answer="Disclosure",
    body=forms.Disclosure,
)
def disclose(call: Call, case_id: UUID) -> Answer:
    """Sensitive values in full; who asked, for what and why is logged."""
    return Answer({"values": case_documents.disclose(call.tx, case_id, call.body)})


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/personal-data",
    Text("个人信息副本", "A copy of the personal data"),
    answer="PersonalData",
    body=forms.PersonalData,
)
def personal_data(call: Call, case_id: UUID) -> Answer:
    """What is stored of the applicant, for the applicant; who made the copy and why is logged."""
    copy = case_documents.personal_data(call.tx, case_id, call.body)
    steps = [one | {"at": instant(one["at"]), "given": in_zone(one["given"])} for one in copy["steps"]]
    sent = [one | {"at": instant(one["at"])} for one in copy["letters"]]
    return Answer({"facts": in_zone(copy["facts"]), "steps": steps, "letters": sent})


@endpoint(
    "GET",
    "/cases/<uuid:case_id>/disclosures",
    Text("敏感信息查看记录", "Who saw sensitive values"),
    answer="DisclosureLogPage",
    query=Page,
)
def disclosure_log(call: Call, case_id: UUID) -> Answer:
    """Who asked for which sensitive values, when and why, oldest first; for whoever watches over the case."""
    _record(call, case_id)
    people.may_see_disclosures(call.tx.person)
    rows = history.disclosure_page(call.tx.db, case_id, call.limit + 1, _by_number(call))
    shown, last = _cut(rows, call.limit)
    items = [
        {
            "user": {"id": str(row.user_id), "username": row.username, "name": row.user_name},
            "at": instant(row.at),
            "paths": row.paths,
            "reason": row.reason,
        }
        for row in shown
    ]
    return page(items, to_cursor(last.id) if last else None)
