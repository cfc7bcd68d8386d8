"""The rules as the office has them: organisations, dated limits and amounts, calendars, and what others would move."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from casework.forms.form import Form
from casework.forms.numbers import Count, Day, Flag
from casework.forms.texts import Code, Word
from casework.http.problems import STATUS
from casework.http.query import from_cursor, text, to_cursor
from casework.records import offices
from casework.records.offices import CalendarVersion
from casework.rules.context import PolicyRow
from casework.rules.people import Role
from casework.rules.refusals import Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Page, Visit
from casework.work import calendars, previews, workflow_registry
from casework.work.filters import path_of_org
from casework.work.organisations import KINDS
from casework.work.service import Transaction

_ROWS: Final = 100
_MANAGES: Final = frozenset((Role.ADMINISTRATOR,))
_READS: Final = STAFF | _MANAGES | {Role.AUDITOR}
_EVERY: Final = Text("所有业务", "every programme")
_DAYS: Final = {
    "mon": Text("周一", "Monday"),
    "tue": Text("周二", "Tuesday"),
    "wed": Text("周三", "Wednesday"),
    "thu": Text("周四", "Thursday"),
    "fri": Text("周五", "Friday"),
    "sat": Text("周六", "Saturday"),
    "sun": Text("周日", "Sunday"),
}
_NO_CALENDAR: Final = Text("没有这个日历。", "There is no such calendar.")


class OrgsQuery(Form):
    """Which organisations."""

    below = Code(title=Text("机构（含下级）", "Organisation and below"))
    cursor = Word(most=500, title=Text("游标", "Cursor"), example="")


class PoliciesQuery(Form):
    """Which rows, and for which place and day they count."""

    workflow = Word(most=40, title=Text("业务", "Programme"), example="")
    name = Code(title=Text("名称", "Name"))
    place = Code(title=Text("地区或机构代码", "Region or organisation"))
    on = Day(title=Text("日期", "Day"))
    all = Flag(title=Text("含已不适用的", "Those that count no longer, too"))


class CalendarQuery(Form):
    """Which version."""

    version = Count(least=1, most=1_000_000, title=Text("版本", "Version"))


@Page("GET", "/admin/orgs", _READS, query=OrgsQuery)
def orgs(visit: Visit) -> Answer:
    """The tree of organisations from the root down, with where each is reached."""
    tx, asked = visit.tx, visit.query
    below = path_of_org(tx, asked.get("below")) if "below" in asked else ""
    key = from_cursor(asked, text)
    found = [] if below is None else offices.org_page(tx.db, below, _ROWS + 1, key[0] if key else None)
    shown = found[:_ROWS]
    part = {"below": asked["below"]} if "below" in asked else {}
    more = f"/admin/orgs?{urlencode(part | {'cursor': to_cursor(shown[-1].path)})}" if len(found) > _ROWS else None
    return Html(
        "orgs",
        {
            "frame": frame_of(tx),
            "below": asked.get("below", ""),
            "rows": [
                (row, min(row.path.count("/"), 5), KINDS.get(row.kind, Text(row.kind, row.kind))) for row in shown
            ],
            "more": more,
        },
    )


@Page("GET", "/admin/policies", _READS, query=PoliciesQuery)
def policy_list(visit: Visit) -> Answer:
    """The dated limits and amounts that count for a place on a day, each with its source."""
    return _policies(visit)


def _again_policies(visit: Visit, refused: Refusal) -> Answer:
    return _policies(visit, refused)


@Page("POST", "/admin/policies", _MANAGES, query=PoliciesQuery, again=_again_policies)
def try_policies(visit: Visit) -> Answer:
    """What the rows of a pasted text would change and move; nothing is changed, so that the page itself tells it."""
    return _policies(visit, tried=previews.of_policies(visit.tx, visit.posted.get("text", "")))


@Page("GET", "/admin/calendars", _READS)
def calendar_list(visit: Visit) -> Answer:
    """The version of each calendar that counts."""
    tx = visit.tx
    return Html("calendars", {"frame": frame_of(tx), "rows": [calendars.whole(one) for one in _calendars(tx).values()]})


@Page("GET", "/admin/calendars/<key>", _READS, query=CalendarQuery)
def calendar(visit: Visit, key: str) -> Answer:
    """All of a calendar: office hours, and each published year with its source, holidays and make-up days."""
    return _calendar(visit, key)


def _again_calendar(visit: Visit, refused: Refusal, key: str) -> Answer:
    return _calendar(visit, key, refused)


@Page("POST", "/admin/calendars/<key>", _MANAGES, query=CalendarQuery, again=_again_calendar)
def try_calendar(visit: Visit, key: str) -> Answer:
    """What a pasted year or calendar would move; nothing is changed, so that the page itself tells it."""
    _version(visit, key)
    return _calendar(visit, key, tried=previews.of_calendar(visit.tx, visit.posted.get("text", ""), key))


def _policies(visit: Visit, refused: Refusal | None = None, tried: previews.OfPolicies | None = None) -> Answer:
    tx, asked = visit.tx, visit.query
    counts = _counting(tx, asked)
    wanted = [row for row in tx.rules.policies if all(asked.get(name, told) == told for name, told in _named(row))]
    rows = [
        (row, counts(row))
        for row in sorted(wanted, key=lambda row: (row.workflow, row.name, row.place, row.from_date, row.id))
    ]
    programmes = {one.key: one.title for one in workflow_registry.latest()}
    return Html(
        "policies",
        {
            "titles": {(row.workflow, row.name): _title(row) for row in wanted},
            "frame": frame_of(tx),
            "asked": asked,
            "rows": [one for one in rows if one[1] or asked.get("all")],
            "programmes": {"*": _EVERY, **programmes},
            "manages": tx.person.role in _MANAGES,
            "text": visit.posted.get("text", ""),
            "fault": _fault(refused),
            "tried": tried,
        },
        STATUS[refused.code] if refused else 200,
    )


def _named(row: PolicyRow) -> tuple[tuple[str, str], ...]:
    return ("workflow", row.workflow), ("name", row.name)


def _counting(tx: Transaction, asked: Mapping[str, Any]) -> Any:
    """Whether a row counts on the day, in the place that is asked about or else in its own."""
    day, place = asked.get("on", tx.today), asked.get("place")
    org = tx.rules.orgs.get(place) if place else None

    @cache
    def best(workflow: str, where: str) -> dict[str, PolicyRow]:
        return offices.in_force(tx.rules.policies, workflow, where, org.region if org else where, day)

    return lambda row: best(row.workflow, place or row.place).get(row.name) == row


def _calendar(
    visit: Visit, key: str, refused: Refusal | None = None, tried: previews.OfCalendar | None = None
) -> Answer:
    tx, found = visit.tx, _version(visit, key)
    return Html(
        "calendar",
        {
            "frame": frame_of(tx),
            "one": calendars.whole(found),
            "latest": _calendars(tx)[key].version,
            "days": _DAYS,
            "offices": [str(org.name) for org in tx.rules.orgs.values() if org.calendar == key][:_ROWS],
            "manages": tx.person.role in _MANAGES,
            "text": visit.posted.get("text", ""),
            "fault": _fault(refused),
            "tried": tried,
        },
        STATUS[refused.code] if refused else 200,
    )


def _version(visit: Visit, key: str) -> CalendarVersion:
    """The version that is asked for, or the one that counts; raises `NotFound`."""
    current = _calendars(visit.tx).get(key)
    if current is None:
        raise NotFound(_NO_CALENDAR)
    version = visit.query.get("version", current.version)
    found = current if version == current.version else offices.calendar_version(visit.tx.db, key, version)
    if found is None:
        raise NotFound(_NO_CALENDAR)
    return found


def _calendars(tx: Transaction) -> Mapping[str, CalendarVersion]:
    return tx.rules.calendars


def _title(row: Any) -> Text:
    """What people call a policy: in its programme, or where it is of every programme, in the first that asks for it."""
    asking = (one for one in workflow_registry.latest() if row.name in one.policy_kinds)
    of_it = sorted(asking, key=lambda one: one.key != row.workflow)
    return of_it[0].title_of_policy(row.name) if of_it else Text(row.name, row.name)


def _fault(refused: Refusal | None) -> Text | None:
    """Why a text was not tried."""
    if isinstance(refused, Invalid):
        return refused.faults[0].text
    return refused.text if refused else None
