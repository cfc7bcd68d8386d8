"""What an alert tells its receiver, and what somebody does with it beside acknowledging it: put it off."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from casework.forms.example_data import ExampleData
from casework.forms.form import Form
from casework.forms.numbers import Moment
from casework.forms.texts import LongText
from casework.records import alerts, cases
from casework.records.database import Row
from casework.records.vault import case_place, seal
from casework.records.visibility import visible
from casework.rules.clocks import Interval, Limit, due
from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotFound, NotNow
from casework.rules.telling import RAISED, by_whom, happened, raised
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.sealing import applicant_key
from casework.work.service import Transaction

_LONGEST: Final = Limit.parse("5wd")
_NOT_MINE_ANY_MORE: Final = Text(
    "此案已不由您办理，无须推迟；请确认此提醒。",
    "The case is not yours any more, so there is nothing to put off; acknowledge the alert.",
)


def _tomorrow(example_data: ExampleData) -> str:
    return f"{example_data.today + timedelta(days=1)}T09:30:00+08:00"


class Snooze(Form):
    """Until when the alert is not listed, five working days from now at most, and why."""

    until = Moment(required=True, title=Text("推迟至", "Until"), example=_tomorrow)
    reason = LongText(
        most=500,
        required=True,
        title=Text("理由", "Reason"),
        example=Text("已约定明日上午补充材料", "Papers are promised for tomorrow morning"),
    )


def told(row: Any) -> tuple[Text, Text]:
    """What an alert of `records.alerts` is about, and why one is told or who did it; for its receiver."""
    if row.admin_seq is not None:
        return RAISED, raised(row.subject, row.admin_payload)
    workflow = workflow_registry.of(row.workflow, row.workflow_version)
    if row.level is not None:
        clock = workflow.by_clock[row.clock]
        return clock.title, clock.by_level[row.level].told
    what = happened(workflow, row.kind, row.payload, str(row.receiver_id))
    return what, by_whom(what, Role(row.actor_role), row.payload, row.actor_name)


def snooze(tx: Transaction, alert_id: UUID, given: Any) -> Row[Any]:
    """My alert, not listed until then.

    The reason is sealed with the case, where a disclosure shows it as `alerts.ID.USERNAME.reason`; the last one counts.
    """
    me = tx.person
    row = alerts.one(tx.db, alert_id, me.id, visible(me))
    if row is None:
        raise NotFound()
    if row.acknowledged:
        raise NotNow(Text("此提醒已确认，无须推迟。", "The alert is acknowledged already."))
    if row.admin_seq is not None:
        raise NotNow(
            Text("告知角色变更的提醒不能推迟，请核实后确认。", "What tells of a role is not put off; acknowledge it.")
        )
    try:
        record = cases.get(tx.db, row.case_id, me)
    except NotFound:
        raise NotNow(_NOT_MINE_ANY_MORE) from None
    said = Snooze.check(given, today=tx.today)
    last = due(_LONGEST, (Interval(tx.now),), tx.office(record).calendar)
    assert last is not None
    if not tx.now < said["until"] <= last.at:
        told = last.at.astimezone(tx.service.zone).isoformat()
        sentence = Text("只能推迟到现在之后、{last} 之前。", "Choose a time after now and not after {last}.")
        raise Invalid([Fault("until", "until", sentence.with_(last=told))])
    part = f"alerts.{alert_id}.{me.username}"
    sealed = seal(applicant_key(tx, record), case_place(row.case_id, part), {"reason": said["reason"]})
    alerts.snooze(tx.db, alert_id, me.id, said["until"])
    cases.keep_sealed(tx.db, row.case_id, part, sealed)
    changed = alerts.one(tx.db, alert_id, me.id, visible(me))
    assert changed is not None
    return changed
