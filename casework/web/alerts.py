"""My alerts: what is open first, to be acknowledged or put off, one or several at once."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from casework.forms.form import Form
from casework.forms.texts import Choice, Word
from casework.http.problems import STATUS
from casework.http.query import from_cursor, moment, switch, to_cursor
from casework.records import alerts
from casework.records.visibility import visible
from casework.rules.refusals import Fault, Invalid, NotFound, Refusal
from casework.rules.rights import lists_name
from casework.rules.text import Text
from casework.web import dates
from casework.web.frame import frame_of
from casework.web.page import HELPERS, STAFF, Answer, Html, Page, Redirect, Visit
from casework.work.alerts import snooze as put_off
from casework.work.alerts import told
from casework.work.service import Transaction

_ROWS: Final = 50
_BEGINS: Final = time(8)
_DONE: Final = {
    "acknowledged": Text("已确认。", "Acknowledged."),
    "snoozed": Text("已推迟，到时再提醒。", "Put off; you are told again then."),
}
_WAITS: Final = {
    "tomorrow": Text("明天", "tomorrow"),
    "1wd": Text("下一个工作日", "the next working day"),
    "3wd": Text("三个工作日后", "in three working days"),
    "5wd": Text("五个工作日后", "in five working days"),
}
_TICK_ONE: Final = Text("请先勾选要处理的提醒。", "Tick the alerts first.")
_CHOOSE: Final = Text("请选择推迟到什么时候。", "Choose until when.")
_NO_CASE: Final = Text("人员变更", "A user")


class AlertQuery(Form):
    """From where on, and what was done just now."""

    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")
    done = Choice(_DONE, title=Text("刚才的操作", "What was done"))


class Row(NamedTuple):
    """An alert as its receiver reads it; `number` is empty where one does not see the case any more."""

    id: UUID
    at: datetime
    case: str
    number: str
    sentence: Text
    near: dates.Nearness | None
    due_on: date | None
    provisional: bool
    open: bool


class Wait(NamedTuple):
    """Until when one may put off, in words and as a day."""

    name: str
    title: Text
    day: date


@Page("GET", "/alerts", STAFF | HELPERS, query=AlertQuery)
def mine(visit: Visit) -> Answer:
    """The caller's alerts, those open first."""
    return _page(visit)


def _again(visit: Visit, refused: Refusal) -> Answer:
    return _page(visit, refused)


@Page("POST", "/alerts/acknowledge", STAFF | HELPERS, again=_again)
def acknowledge(visit: Visit) -> Answer:
    """The ticked ones are acknowledged, all or none."""
    person = visit.tx.person
    for alert_id in _ticked(visit):
        if alerts.acknowledge(visit.tx.db, alert_id, person.id, visible(person)) is None:
            raise NotFound
    return Redirect("/alerts?done=acknowledged")


@Page("POST", "/alerts/snooze", STAFF | HELPERS, again=_again)
def snooze(visit: Visit) -> Answer:
    """The ticked ones are put off, all or none, with a reason."""
    ticked = _ticked(visit)
    wait = next((one for one in _waits(visit.tx) if one.name == visit.posted.get("until")), None)
    if wait is None:
        raise Invalid([Fault("until", "required", _CHOOSE)])
    until = datetime.combine(wait.day, _BEGINS, visit.tx.service.zone).isoformat()
    reason = visit.posted.get("reason", "").strip()
    for alert_id in ticked:
        put_off(visit.tx, alert_id, {"until": until, **({"reason": reason} if reason else {})})
    return Redirect("/alerts?done=snoozed")


def _ticked(visit: Visit) -> list[UUID]:
    try:
        found = [UUID(one) for one in visit.posted.getlist("alert")]
    except ValueError:
        raise NotFound from None
    if not found:
        raise Invalid([Fault("alert", "required", _TICK_ONE)])
    return found


def _page(visit: Visit, refused: Refusal | None = None) -> Answer:
    tx = visit.tx
    key = from_cursor(visit.query, switch, moment, UUID)
    after = (key[0], key[1], key[2]) if key else None
    found = alerts.mine(tx.db, tx.person.id, visible(tx.person), _ROWS + 1, after)
    shown = found[:_ROWS]
    cursor = None
    if len(found) > _ROWS:
        cursor = to_cursor(int(shown[-1].acknowledged), shown[-1].received_at, shown[-1].id)
    return Html(
        "alerts",
        {
            "frame": frame_of(tx),
            "path": "/alerts",
            "rows": _rows(tx, shown),
            "ticked": visit.posted.getlist("alert"),
            "until": visit.posted.get("until", ""),
            "reason": visit.posted.get("reason", ""),
            "waits": _waits(tx),
            "more": f"/alerts?{urlencode({'cursor': cursor})}" if cursor else None,
            "notice": _DONE.get(visit.query.get("done", "")),
            "problem": _why(refused) if refused else None,
        },
        STATUS[refused.code] if refused else 200,
    )


def _why(refused: Refusal) -> Text:
    return refused.faults[0].text if isinstance(refused, Invalid) else refused.text


def _rows(tx: Transaction, found: Sequence[Any]) -> list[Row]:
    return [_row(tx, one) for one in found]


def _row(tx: Transaction, row: Any) -> Row:
    what, because = told(row)
    sentence = Text(f"{what.zh}：{because.zh}", f"{what.en}: {because.en}") if row.level else because
    name = row.applicant_name if row.is_visible and lists_name(tx.person.role, row.phase) else None
    case = " ".join(filter(None, (row.number, name))) or _NO_CASE.in_(tx.language)
    near = dates.nearness(row.due_on, tx.today, late=row.due_at < tx.now) if row.due_on else None
    return Row(
        id=row.id,
        at=row.received_at,
        case=case,
        number=row.number if row.is_visible else "",
        sentence=sentence,
        near=near,
        due_on=row.due_on,
        provisional=bool(row.provisional),
        open=not row.acknowledged,
    )


def _waits(tx: Transaction) -> list[Wait]:
    """Each with its day by the calendar of the caller's organisation."""
    code = tx.person.org_path.rstrip("/").rpartition("/")[2]
    calendar = tx.rules.calendars[tx.rules.orgs[code].calendar].calendar.assuming_unpublished()
    days = {"tomorrow": tx.today + timedelta(days=1)}
    days |= {f"{n}wd": calendar.count_days(tx.today, n, "working") for n in (1, 3, 5)}
    return [Wait(name, title, days[name]) for name, title in _WAITS.items()]
