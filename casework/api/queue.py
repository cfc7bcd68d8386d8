"""What waits for me: the queue, claiming from it, and my alerts."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, tuple_

from casework.api import views
from casework.api.case_filters import NEVER, unknown_org, unknown_workflow
from casework.api.door import Answer, Call, endpoint, page
from casework.api.query import Page, from_cursor, moment, switch, to_cursor
from casework.forms.form import Form
from casework.forms.texts import Choice, Code
from casework.records import alerts, cases
from casework.records.rows import Record
from casework.records.tables import cases as table
from casework.records.visibility import in_queue, of_org, visible
from casework.rules.casefile import Phase
from casework.rules.refusals import Invalid, NotFound
from casework.rules.text import Text
from casework.work import programmes
from casework.work.alerts import Snooze
from casework.work.alerts import snooze as put_off
from casework.work.cases import claim as claim_case
from casework.work.service import Transaction

_PHASES: Final = {phase.value: Text(phase.value, phase.value) for phase in Phase if phase is not Phase.CLOSED}


class QueueFilters(Page):
    """Which part of the queue."""

    workflow = Code(title=Text("流程", "Workflow"))
    org = Code(title=Text("机构（含下级）", "Organisation and below"))
    phase = Choice(_PHASES, title=Text("阶段", "Phase"))


class Claim(Form):
    """From which part of the queue."""

    workflow = Code(title=Text("流程", "Workflow"), example="legal_aid")
    org = Code(title=Text("机构（含下级）", "Organisation and below"), example="370100")
    phase = Choice(_PHASES, title=Text("阶段", "Phase"), example="intake")


def _part(tx: Transaction, said: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of this part; raises `Invalid` for a workflow or organisation that does not exist."""
    faults = [*unknown_workflow(said[name] for name in ("workflow",) if name in said), *unknown_org(tx, said)]
    if faults:
        raise Invalid(faults)
    found: list[ColumnElement[bool]] = [table.c[name] == said[name] for name in ("workflow", "phase") if name in said]
    if "org" in said:
        found.append(of_org(tx.db, said["org"]))
    return found


@endpoint("GET", "/queue", Text("待办", "What waits for my role"), answer="CasePage", query=QueueFilters)
def queue(call: Call) -> Answer:
    """Open cases whose turn is my role's, the most urgent first; among these those that the law puts first.

    A caseworker's are the own ones and those in nobody's hands (unowned, or left behind by somebody who is gone). A
    supervisor's are all that wait for a supervisor, and of what waits for caseworkers, the same as a caseworker's.
    """
    me = call.tx.person
    filters = [in_queue(me), *_part(call.tx, call.query)]
    order = [table.c.urgent.desc(), table.c.first_in_line.desc(), table.c.due_key, table.c.id]
    key = from_cursor(call.query, switch, switch, moment, UUID)
    if key is not None:
        urgent, first, due, case_id = key
        as_urgent = table.c.urgent.is_(urgent)
        later = tuple_(table.c.due_key, table.c.id) > tuple_(due, case_id)
        after_it: list[ColumnElement[bool]] = [as_urgent & table.c.first_in_line.is_(first) & later]
        if first:
            after_it.append(as_urgent & table.c.first_in_line.is_(False))
        if urgent:
            after_it.append(table.c.urgent.is_(False))
        filters.append(or_(*after_it))
    found = cases.page(call.tx.db, me, filters, order, call.limit + 1)
    shown = found[: call.limit]
    after = _cursor(shown[-1]) if len(found) > call.limit else None
    return page([views.case(record, call.tx.now) for record in shown], after)


def _cursor(last: Record) -> str:
    first = programmes.pinned(last.file).comes_first(last.file)
    return to_cursor(int(last.file.urgent), int(first), views.due_at(last) or NEVER, last.file.id)


@endpoint("POST", "/queue/claim", Text("领取下一件", "Claim the next case"), answer="Case", body=Claim, etag=True)
def claim(call: Call) -> Answer:
    """The most urgent case of my queue that is in nobody's hands, now mine; 204 when there is none.

    Two callers never get the same one.
    """
    record = claim_case(call.tx, lambda: _part(call.tx, Claim.check(call.body, today=call.tx.today)))
    if record is None:
        return Answer(status=204)
    return Answer(views.case(record, call.tx.now), headers={"ETag": f'"{record.file.version}"'})


@endpoint("GET", "/alerts", Text("我的提醒", "My alerts"), answer="AlertPage", query=Page)
def my_alerts(call: Call) -> Answer:
    """My alerts on cases that I still see, but for those snoozed: open ones first, the newest first."""
    key = from_cursor(call.query, switch, moment, UUID)
    after = (key[0], key[1], key[2]) if key else None
    rows = alerts.mine(call.tx.db, call.tx.person.id, visible(call.tx.person), call.limit + 1, after)
    shown = rows[: call.limit]
    more = len(rows) > call.limit
    cursor = to_cursor(int(shown[-1].acknowledged), shown[-1].received_at, shown[-1].id) if more else None
    return page([views.alert(row) for row in shown], cursor)


class Acknowledgement(Form):
    """Nothing needs to be said."""


@endpoint(
    "POST",
    "/alerts/<uuid:alert_id>/acknowledge",
    Text("确认提醒", "Acknowledge an alert"),
    answer="Alert",
    body=Acknowledgement,
)
def acknowledge(call: Call, alert_id: UUID) -> Answer:
    """I have seen it; repeating changes nothing."""
    row = alerts.acknowledge(call.tx.db, alert_id, call.tx.person.id, visible(call.tx.person))
    if row is None:
        raise NotFound()
    Acknowledgement.check(call.body, today=call.tx.today)
    return Answer(views.alert(row))


@endpoint("POST", "/alerts/<uuid:alert_id>/snooze", Text("推迟提醒", "Snooze an alert"), answer="Alert", body=Snooze)
def snooze(call: Call, alert_id: UUID) -> Answer:
    """My alert, not listed until then."""
    return Answer(views.alert(put_off(call.tx, alert_id, call.body)))
