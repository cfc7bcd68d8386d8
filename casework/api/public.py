"""The doors without an account: applications, followed by number and tracking code, and public notices."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from casework.api import views
from casework.api.cases import offers
from casework.api.endpoint import Answer, Call, endpoint, page
from casework.api.query import Page, from_cursor, moment, text, to_cursor
from casework.api.request_context import instant, language
from casework.forms.texts import Code
from casework.records import cases, offices
from casework.records.rows import StoredCase
from casework.rules.context import TimeToObject
from casework.rules.papers import ANNOUNCED
from casework.rules.people import Role
from casework.rules.text import LANGUAGES, Text
from casework.work import applications, notices, workflow_registry

_BOTH: Final = frozenset(LANGUAGES)
_REPEATED: Final = Text(
    "您的这项申请已在办理中，案号 {number}，没有重复登记。查询进度、补充材料，请继续使用原查询码。",
    "We have this application already: {number}. Nothing was opened again; follow it, and add to it, with the code that"
    " you have.",
)
_PROVISIONAL: Final = Text(
    "公示截止日为暂定，以国务院办公厅公布的放假安排为准。",
    "The last day is provisional until the year's holidays are published.",
)


@endpoint(
    "POST",
    "/public/applications",
    Text("网上申请", "Apply online"),
    answer="TrackingCode",
    status=201,
    body=applications.NewApplication,
    visitor="newcomer",
    or_else=(200, "Repeated"),
)
def apply(call: Call) -> Answer:
    """The number of the new application, and the code by which only the applicant comes back to it.

    With the tracking code of the first, a repetition is told to be there already, and opens nothing.
    """
    number, code = applications.open_application(call.tx, call.body, call.code)
    if code is None:
        return Answer({"number": number, "told": _REPEATED.with_(number=number).in_(language())})
    return Answer({"number": number, "tracking_code": code}, 201)


@endpoint(
    "GET",
    "/public/applications/<number>",
    Text("查询申请", "One application"),
    answer="Application",
    etag=True,
    visitor="applicant",
)
def application(call: Call, case_id: UUID) -> Answer:
    """Where the application stands, what is awaited of the applicant and until when, and the letters."""
    return _told(call, cases.get_for_applicant(call.tx.db, case_id))


@endpoint(
    "POST",
    "/public/applications/<number>/status",
    Text("以查询码查询申请", "One application, with the code in the body"),
    answer="Application",
    body=applications.GivenCode,
    etag=True,
    visitor="applicant",
)
def status(call: Call, case_id: UUID) -> Answer:
    """The same for a code as it is typed, which a header may not be able to hold."""
    applications.nothing_else(call.tx, call.body)
    return application(call, case_id)


@endpoint(
    "GET",
    "/public/applications/<number>/transitions",
    Text("申请人可办理的操作", "What the applicant can do from here"),
    answer="TransitionPage",
    query=Page,
    visitor="applicant",
)
def transitions(call: Call, case_id: UUID) -> Answer:
    """The applicant's own transitions, whether each is allowed, and what it needs."""
    record = cases.get_for_applicant(call.tx.db, case_id)
    return offers(call, record, *applications.own_steps(call.tx, record))


@endpoint(
    "POST",
    "/public/applications/<number>/transitions",
    Text("以查询码查询可办理的操作", "What the applicant can do from here, with the code in the body"),
    answer="TransitionPage",
    body=applications.GivenCode,
    query=Page,
    visitor="applicant",
)
def transitions_by_code(call: Call, case_id: UUID) -> Answer:
    """The same for a code as it is typed."""
    applications.nothing_else(call.tx, call.body)
    return transitions(call, case_id)


@endpoint(
    "POST",
    "/public/applications/<number>/transitions/<name>",
    Text("申请人办理", "Take a transition as the applicant"),
    answer="Application",
    body="Given",
    etag=True,
    visitor="applicant",
)
def take(call: Call, case_id: UUID, name: str) -> Answer:
    """The application after the applicant's step."""
    return _told(call, applications.take(call.tx, case_id, name, call.body))


@endpoint(
    "POST",
    "/cases/<uuid:case_id>/tracking-code",
    Text("发给查询码", "Give out a tracking code"),
    answer="CodeIssued",
    status=201,
    body=applications.NewTrackingCode,
)
def issue_code(call: Call, case_id: UUID) -> Answer:
    """A new code for an applicant whose identity was checked, with a slip to be printed; an earlier one ends."""
    issued = applications.issue_code(call.tx, case_id, call.body)
    return Answer({"number": issued.number, "tracking_code": issued.code, "slip": issued.slip}, 201)


def _told(call: Call, record: StoredCase) -> Answer:
    """What an applicant is told: the own application, and of the office its name."""
    file, workflow = record.file, workflow_registry.pinned(record.file)
    office = offices.org(call.tx.db, file.org_code)
    assert office is not None
    told = {
        "number": file.number,
        "workflow": file.workflow,
        "office": office.name,
        "office_phone": office.phone,
        "office_address": office.address,
        "state": file.state,
        "state_title": workflow.by_state[file.state].title.in_(language()),
        "phase": file.phase.value,
        "opened_at": instant(file.opened_at),
        "updated_at": instant(file.last_at),
        "outcome": file.outcome,
        "waits_for_you": file.waits_for is Role.APPLICANT,
        "papers": applications.papers_awaited(record),
        "announced": [paper["name"] for paper in file.facts.get(ANNOUNCED) or ()],
        "time_to_object": _time_to_object(applications.time_to_object(call.tx, record)),
        "deadlines": [
            {
                "name": run.name,
                "title": workflow.by_clock[run.name].title.in_(language()),
                **views.due(run.due),
            }
            for run in applications.owed(record)
        ],
        "letters": [one | {"at": instant(one["at"])} for one in applications.own_letters(call.tx, record)],
    }
    return Answer(told, headers={"ETag": f'"{file.version}"'})


def _time_to_object(left: TimeToObject | None) -> dict[str, Any] | None:
    """Until when one may object, as a sentence, and as a day once it is known when the decision came."""
    if left is None:
        return None
    return {"told": left.told.in_(language()), **views.due(left.due)}


class NoticeFilters(Page):
    """Whose notices."""

    org = Code(title=Text("机构（含下级）", "Organisation and below"))


@endpoint(
    "GET",
    "/public/notices",
    Text("公示", "Public notices"),
    answer="NoticePage",
    query=NoticeFilters,
    visitor="reader",
)
def public_notices(call: Call) -> Answer:
    """What offices publish, newest first: the snapshot, who published it, and nothing by which the case is found."""
    key = from_cursor(call.query, moment, text)
    rows = notices.page(call.tx, call.query.get("org"), call.limit + 1, (key[0], key[1]) if key else None)
    shown = rows[: call.limit]
    return page(
        [_notice(row) for row in shown], to_cursor(shown[-1].since, shown[-1].mark) if len(rows) > call.limit else None
    )


def _notice(row: Any) -> dict[str, Any]:
    told = {
        name: value[language()] if isinstance(value, Mapping) and value.keys() == _BOTH else value
        for name, value in row.notice.items()
    }
    return {
        "id": str(row.id),
        "workflow": row.workflow,
        "org": {"code": row.org, "name": row.org_name, "phone": row.phone, "address": row.address},
        "since": instant(row.since),
        "notice": told,
        "until_note": _PROVISIONAL.in_(language()) if row.notice.get("provisional") else None,
    }
