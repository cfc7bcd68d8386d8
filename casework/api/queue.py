"""What waits for me: the queue, claiming from it, and my alerts."""

from typing import Any
from uuid import UUID

from casework.api.answers.alerts import Alert, alert
from casework.api.answers.cases import Case, CaseSummaryPage, case
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, page
from casework.api.summaries import summaries
from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code
from casework.http.case_filters import When, beginning
from casework.http.query import Page, from_cursor, moment, switch, to_cursor, whole
from casework.records import alerts
from casework.records.queue import PageKey, page_key_of
from casework.records.visibility import visible
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work import queue as work
from casework.work.alerts import Snooze
from casework.work.alerts import snooze as put_off
from casework.work.forms import OPEN_PHASES, QueuePart

_HANDS = {"me": Text("本人", "me"), "none": Text("待领取", "nobody")}


class QueueFilters(Page):
    """Which part of the queue."""

    workflow = Code(title=Text("流程", "Workflow"))
    org = Code(title=Text("机构（含下级）", "Organisation and below"))
    phase = Choice(OPEN_PHASES, title=Text("阶段", "Phase"))
    owner = Choice(
        _HANDS, title=Text("经办人（me 为本人，none 为待领取）", "Owner: me, or none for those in nobody's hands")
    )
    urgent = Flag(title=Text("紧急", "Urgent"))
    due_from = When(title=Text("期限不早于", "Due at or after"))
    due_before = When(title=Text("期限早于", "Due before"))


@Endpoint("GET", "/queue", Text("待办", "What waits for my role"), answer=CaseSummaryPage, query=QueueFilters)
def queue(call: Call) -> Answer:
    """Open cases whose turn is my role's, the most urgent first; among these those that the law puts first.

    A caseworker's are the own ones and those in nobody's hands. A supervisor's are all that wait for a supervisor, and
    of what waits for caseworkers, the same as a caseworker's.
    """
    key = from_cursor(call.query, whole, moment, UUID)
    zone = call.tx.service.zone
    at: dict[str, Any] = {
        name: beginning(call.query[name], zone) for name in ("due_from", "due_before") if name in call.query
    }
    found = work.waiting(call.tx, {**call.query, **at}, call.limit + 1, PageKey(*key) if key else None)
    shown = found[: call.limit]
    after = to_cursor(*page_key_of(shown[-1])) if len(found) > call.limit else None
    return page(call, summaries(call.tx, shown), after)


@Endpoint(
    "POST",
    "/queue/claim",
    Text("领取下一件", "Claim the next case"),
    answer=Case,
    body=QueuePart,
    etag=True,
    refuses=(404,),
    or_else=(204, Text("没有可领取的案件", "There is nothing to claim")),
    note=Text(
        "领取无人经办的最紧急的一件；两人不会领到同一件。",
        "The most urgent case that nobody owns becomes yours; two callers never get the same one.",
    ),
)
def claim(call: Call) -> Answer:
    """The most urgent case of my queue that is in nobody's hands, now mine; 204 when there is none.

    Two callers never get the same one.
    """
    record = work.claim(call.tx, call.body)
    if record is None:
        return Answer(status=204)
    return Answer(case(record, call.tx), headers={"ETag": f'"{record.case.version}"'})


@Endpoint("GET", "/alerts", Text("我的提醒", "My alerts"), answer=page_of(Alert), query=Page)
def my_alerts(call: Call) -> Answer:
    """My alerts on cases that I still see, and that one was taken from me, but for those snoozed.

    Open ones first, the newest first.
    """
    key = from_cursor(call.query, switch, moment, UUID)
    after = (key[0], key[1], key[2]) if key else None
    rows = alerts.mine(call.tx.db, call.tx.person.id, visible(call.tx.person), call.limit + 1, after)
    shown = rows[: call.limit]
    more = len(rows) > call.limit
    cursor = to_cursor(int(shown[-1].acknowledged), shown[-1].received_at, shown[-1].id) if more else None
    return page(call, [alert(row) for row in shown], cursor)


class Acknowledgement(Form):
    """Nothing needs to be said."""


@Endpoint(
    "POST",
    "/alerts/<uuid:alert_id>/acknowledge",
    Text("确认提醒", "Acknowledge an alert"),
    answer=Alert,
    body=Acknowledgement,
)
def acknowledge(call: Call, alert_id: UUID) -> Answer:
    """I have seen it; repeating changes nothing."""
    row = alerts.acknowledge(call.tx.db, alert_id, call.tx.person.id, visible(call.tx.person))
    if row is None:
        raise NotFound()
    Acknowledgement.check(call.body, today=call.tx.today)
    return Answer(alert(row))


@Endpoint(
    "POST",
    "/alerts/<uuid:alert_id>/snooze",
    Text("推迟提醒", "Snooze an alert"),
    answer=Alert,
    body=Snooze,
    refuses=(409,),
    note=Text(
        "到时再列出；最多推迟五个工作日。理由随案件封存。",
        "Listed again then; five working days at most. The reason is sealed with the case.",
    ),
)
def snooze(call: Call, alert_id: UUID) -> Answer:
    """My alert, not listed until then."""
    return Answer(alert(put_off(call.tx, alert_id, call.body)))
