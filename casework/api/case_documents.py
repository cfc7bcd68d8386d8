"""What hangs on a case: its history, clocks, alerts, notes, letters, and sensitive values on request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework.api.answers import alerts as answers
from casework.api.answers.alerts import Ledger
from casework.api.answers.clocks import Clock, explained
from casework.api.answers.history import (
    Disclosure,
    DisclosureLog,
    Event,
    Holder,
    Letter,
    Note,
    PersonalData,
    disclosure,
    event,
    holder,
)
from casework.api.answers.history import personal_data as copy_of
from casework.api.answers.members import page_of, plain
from casework.api.answers.people import Person, named
from casework.api.endpoint import Answer, Call, Endpoint, cut, listed, page
from casework.http.query import Page, from_cursor, moment, to_cursor, whole
from casework.records import alerts, cases, history, offices, outbox
from casework.records.offices import CalendarVersion
from casework.records.rows import StoredCase
from casework.rules.clockwork import explanation
from casework.rules.text import Text
from casework.work import case_documents, forms, holders, overdue, people, workflow_registry
from casework.work.preconditions import ensure_taken_on


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


@Endpoint("GET", "/cases/<uuid:case_id>/events", Text("办理记录", "The history"), answer=page_of(Event), query=Page)
def events(call: Call, case_id: UUID) -> Answer:
    """The events of a case in their order, with the hashes that chain them."""
    ensure_taken_on(call.tx, _record(call, case_id).case)
    rows = history.event_page(call.tx.db, case_id, call.limit + 1, _by_number(call))
    return listed(call, rows, event, "seq")


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/holders",
    Text("历任经办人和承办人", "Who had the case"),
    answer=page_of(Holder),
    query=Page,
)
def who_had_it(call: Call, case_id: UUID) -> Answer:
    """Who owned the case and who was its helper, from when until when, the first one first."""
    record = _record(call, case_id)
    ensure_taken_on(call.tx, record.case)
    return cut(call, [holder(one) for one in holders.of_case(call.tx, record)])


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/clocks",
    Text("期限及计算过程", "Clocks, explained"),
    answer=page_of(Clock),
    query=Page,
)
def clocks(call: Call, case_id: UUID) -> Answer:
    """Each clock with the intervals in which it ran and why it is due then."""
    record = _record(call, case_id)
    workflow = workflow_registry.pinned(record.case)
    counted_by = _counted_by(call, record)
    items = [
        explained(run, workflow.by_clock[run.name], call.tx, version, explanation(run, version.calendar))
        for run in record.case.clocks
        for version in (counted_by[run.name, run.generation],)
    ]
    return cut(call, items)


def _counted_by(call: Call, record: StoredCase) -> dict[tuple[str, int], CalendarVersion]:
    """What explains each clock, by name and generation: an ended one the calendar of its time, an open one today's."""
    now = call.tx.rules.calendars[record.calendar]
    past = {run.counted_by for run in record.case.clocks if not run.open and run.counted_by}
    versions = {now.ref: now} | offices.calendar_versions(call.tx.db, past - {now.ref})
    return {
        (run.name, run.generation): versions[run.counted_by if run.counted_by and not run.open else now.ref]
        for run in record.case.clocks
    }


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/alerts",
    Text("提醒台账", "What was and will be alerted"),
    answer=page_of(Ledger),
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
    workflow = workflow_registry.pinned(record.case)
    items = [answers.past(row, workflow, receivers.get(row.id, []), sent.get(row.id, [])) for row in rows]
    done = {(row.clock, row.generation, row.level) for row in rows if row.level}
    calendars = {name: version.calendar for name, version in _counted_by(call, record).items()}
    escalation_steps = overdue.escalation_steps(record, workflow, calendars)
    items += [answers.to_come(step) for name, step in escalation_steps.items() if name not in done and step.to_come]
    items += [answers.to_come(step) for name, step in escalation_steps.items() if name not in done and not step.to_come]
    return cut(call, items)


@Endpoint("GET", "/cases/<uuid:case_id>/notes", Text("备注", "Notes"), answer=page_of(Note), query=Page)
def notes(call: Call, case_id: UUID) -> Answer:
    """Notes, oldest first; who reads them is logged."""
    record = _record(call, case_id)
    shown, last = _cut(history.note_page(call.tx.db, case_id, call.limit + 1, _by_time(call)), call.limit)
    items = [
        Note.of(row, text=text, author=named(row.author_id, row.username, row.author_name))
        for row, text in zip(shown, case_documents.read_notes(call.tx, record, shown), strict=True)
    ]
    return page(call, items, to_cursor(last.at, last.id) if last else None)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/notes",
    Text("添加备注", "Add a note"),
    answer=Note,
    status=201,
    body=forms.NewNote,
)
def add_note(call: Call, case_id: UUID) -> Answer:
    """A note on the case; it changes nothing else."""
    note = case_documents.add_note(call.tx, case_id, call.body)
    author = Person.of(note["author"])
    return Answer(Note(plain(note["id"]), note["text"], author, plain(note["at"])), 201)


@Endpoint("GET", "/cases/<uuid:case_id>/letters", Text("文书", "Letters"), answer=page_of(Letter), query=Page)
def case_letters(call: Call, case_id: UUID) -> Answer:
    """Letters in the caller's language, oldest first; who reads them is logged."""
    record = _record(call, case_id)
    shown, last = _cut(history.letter_page(call.tx.db, case_id, call.limit + 1, _by_time(call)), call.limit)
    items = [
        Letter.of(row, **told)
        for row, told in zip(shown, case_documents.read_letters(call.tx, record, shown), strict=True)
    ]
    return page(call, items, to_cursor(last.at, last.id) if last else None)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/disclosures",
    Text("查看敏感信息", "See sensitive values"),
    answer=Disclosure,
    body=forms.Disclosure,
    keeps_answer=False,
    note=Text(
        "谁为何查看了哪些内容均有记录；不写 paths 即查看全部。",
        "Who saw what and why is logged; without paths, everything is shown.",
    ),
)
def disclose(call: Call, case_id: UUID) -> Answer:
    """Sensitive values in full; who asked, for what and why is logged."""
    return Answer(Disclosure(case_documents.disclose(call.tx, case_id, call.body)))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/personal-data",
    Text("个人信息副本", "A copy of the personal data"),
    answer=PersonalData,
    body=forms.PersonalData,
    keeps_answer=False,
    note=Text(
        "供本人查阅、复制（个人信息保护法第45条）；谁为何制作均有记录。",
        "For the person, who may see and copy it (Personal Information Protection Law 45). Who made it and why is"
        " logged.",
    ),
)
def personal_data(call: Call, case_id: UUID) -> Answer:
    """What is stored of the applicant, for the applicant; who made the copy and why is logged."""
    return Answer(copy_of(case_documents.personal_data(call.tx, case_id, call.body)))


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/disclosures",
    Text("敏感信息查看记录", "Who saw sensitive values"),
    answer=page_of(DisclosureLog),
    query=Page,
    refuses=(403,),
    note=Text(
        "审批人和审计员可见：谁、何时、为何查看了哪些敏感信息；不含其内容。",
        "For supervisors and auditors: who saw which sensitive values, when and why; not the values.",
    ),
)
def disclosure_log(call: Call, case_id: UUID) -> Answer:
    """Who asked for which sensitive values, when and why, oldest first; for whoever watches over the case."""
    _record(call, case_id)
    people.may_see_disclosures(call.tx.person)
    rows = history.disclosure_page(call.tx.db, case_id, call.limit + 1, _by_number(call))
    return listed(call, rows, disclosure, "id")
