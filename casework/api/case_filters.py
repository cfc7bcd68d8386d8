"""How lists of cases are filtered, ordered and paged."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, tuple_

from casework.api.query import Page, from_cursor, moment, to_cursor
from casework.forms.field import FormField
from casework.forms.form import Many
from casework.forms.numbers import Flag
from casework.forms.texts import USER_PATTERN, Choice, Code, Line
from casework.records.summaries import CaseSummary
from casework.records.tables import cases, look_ups
from casework.records.vault import blind_index
from casework.records.visibility import below
from casework.rules import folding
from casework.rules.casefile import Phase
from casework.rules.identifiers import BadIdentifier, check_document_number, check_identity_number, check_phone
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Language, Text
from casework.work import people, programmes
from casework.work.filters import NO_SUCH_ORG, path_of_org, unknown, unknown_workflows
from casework.work.service import Transaction

# A case without a due time sorts last, under the key that the column `due_key` gives it.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
# A case that is still open sorts after all closed ones.
_NOT_YET: Final = datetime(1900, 1, 1, tzinfo=UTC)
_SORTS: Final = {
    "due_at": Text("期限", "by due time"),
    "-opened_at": Text("最新登记", "newest first"),
    "-closed_at": Text("最近办结", "closed last first, open ones at the end"),
}
_PHASES: Final = {phase.value: Text(phase.value, phase.value) for phase in Phase}
_ONE_PHASE: Final = Text("阶段", "Phase")
_ONE_STATE: Final = Text("状态", "State")
_ONE_WORKFLOW: Final = Text("流程", "Workflow")

_LOST_PLUS: Final = re.compile(r"(T[0-9:.,]+) (?=[0-9]{2}:?[0-9]{2}$)")


class When(FormField):
    """A date (its beginning in the office's zone) or an instant with its offset."""

    def read(self, value: Any) -> date | datetime:
        """The date or the aware instant."""
        # A plus sign that was not written as %2B arrives as a blank, and here a blank means nothing else.
        text = _LOST_PLUS.sub(r"\1+", self.text(value))
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
            at = datetime.fromisoformat(text)
            at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.wrong("moment") from None
        if at.tzinfo is None:
            raise self.wrong("moment")
        return at

    def invent(self, inventor: Any) -> str:
        """Today."""
        return str(inventor.today)

    def shape(self, language: Language) -> dict[str, Any]:
        """A date or a date-time."""
        return {"anyOf": [{"format": "date"}, {"format": "date-time"}]}


def beginning(value: date | datetime, zone: tzinfo) -> datetime:
    """The instant, or the beginning of the date in this zone."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone)


class Someone(FormField):
    """A user by id or username, `me` or `none`."""

    def read(self, value: Any) -> str:
        """What is written; whether there is such a user, `filters_of` looks up."""
        text = self.text(value)
        if not re.fullmatch(USER_PATTERN, text):
            raise self.wrong("user")
        return text

    def invent(self, inventor: Any) -> str:
        """Me."""
        return "me"

    def shape(self, language: Language) -> dict[str, Any]:
        """An id, a username or one of two words."""
        return {"pattern": self.whole(USER_PATTERN)}


class CaseFilters(Page):
    """The filters of a list of cases."""

    workflow = Many(Code(title=_ONE_WORKFLOW), title=Text("流程，可多次给出", "Workflow; may be given several times"))
    state = Many(Code(title=_ONE_STATE), title=Text("状态，可多次给出", "State; may be given several times"))
    phase = Many(Choice(_PHASES, title=_ONE_PHASE), title=Text("阶段，可多次给出", "Phase; may be given several times"))
    open = Flag(title=Text("未办结", "Not closed"))
    org = Code(title=Text("机构（含下级）", "Organisation and below"))
    owner = Someone(title=Text("经办人（编号、用户名、me 或 none）", "Owner: id, username, me or none"))
    assignee = Someone(title=Text("承办人（编号、用户名、me 或 none）", "Who helps: id, username, me or none"))
    overdue = Flag(title=Text("已超期", "Overdue"))
    due_before = When(title=Text("期限早于", "Due before"))
    opened_from = When(title=Text("登记自", "Opened from"))
    opened_to = When(title=Text("登记至（不含）", "Opened before"))
    closed_from = When(title=Text("办结自", "Closed from"))
    closed_to = When(title=Text("办结至（不含）", "Closed before"))
    urgent = Flag(title=Text("紧急", "Urgent"))
    q = Line(most=100, title=Text("搜索", "Search"))
    sort = Choice(_SORTS, title=Text("排序", "Order"))
    count = Flag(title=Text("同时给出总数（至多数到 1000）", "Count them too, up to 1,000"))


def filters_of(tx: Transaction, query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of these filters; raises `Invalid` for a workflow, state, organisation or user that is none."""
    faults = _unknown_words(query)
    org_path = path_of_org(tx, query.get("org"))
    if "org" in query and org_path is None:
        faults.append(NO_SUCH_ORG)
    owner, assignee = _someone(tx, "owner", query, faults), _someone(tx, "assignee", query, faults)
    if faults:
        raise Invalid(faults)
    found: list[ColumnElement[bool]] = [
        cases.c[name].in_(query[name]) for name in ("workflow", "state", "phase") if name in query
    ]
    if org_path is not None:
        found.append(cases.c.org_id.in_(below(org_path)))
    found += [one for one in (owner, assignee) if one is not None]
    late = func.coalesce(cases.c.late_at < tx.now, false())
    switches = {"open": cases.c.closed_at.is_(None), "overdue": late, "urgent": cases.c.urgent}
    found += [one if query[name] else ~one for name, one in switches.items() if name in query]
    if "due_before" in query:
        found.append(cases.c.due_key < min(beginning(query["due_before"], tx.service.zone), NEVER))
    for column in (cases.c.opened_at, cases.c.closed_at):
        first, end = column.name.replace("_at", "_from"), column.name.replace("_at", "_to")
        if first in query:
            found.append(column >= beginning(query[first], tx.service.zone))
        if end in query:
            found.append(column < beginning(query[end], tx.service.zone))
    if "q" in query:
        found.append(_search(tx, query["q"]))
    return found


def _unknown_words(query: Mapping[str, Any]) -> list[Fault]:
    """A fault for each workflow and state that does not exist, which names those that do."""
    asked = query.get("workflow", ())
    # Of every version: older cases may stand in states that the newest one has no more.
    versions = [one for one in programmes.all_versions() if one.key in asked or not asked]
    states = {state.name: state.title for one in versions for state in one.states}
    strange = (state for state in query.get("state", ()) if state not in states)
    return unknown_workflows(asked) + [unknown("state", "unknown_state", states) for _ in strange if states]


def _someone(tx: Transaction, name: str, query: Mapping[str, Any], faults: list[Fault]) -> ColumnElement[bool] | None:
    if name not in query:
        return None
    column, who = cases.c[f"{name}_id"], query[name]
    if who == "none":
        return column.is_(None)
    if who == "me":
        return column == tx.person.id
    person = people.named(tx, who)
    if person is None:
        sentence = Text(
            "没有这名用户；请填写编号、用户名、me 或 none。",
            "There is no such user; give an id, a username, me or none.",
        )
        faults.append(Fault(name, "unknown_user", sentence))
        return None
    return column == person.id


def _search(tx: Transaction, words: str) -> ColumnElement[bool]:
    """Every word is in the number or a name; a whole identity or phone number is looked up by its blind index."""
    sought = filter(None, map(folding.key, words.split()))
    conditions = [cases.c.search_text.contains(word, autoescape=True) for word in sought]
    found: ColumnElement[bool] = and_(*conditions) if conditions else false()
    key = tx.index_key
    for kind, number in _numbers(words, tx.today):
        digest = blind_index(key, kind, number)
        same = cases.c.id.in_(
            look_ups.select()
            .with_only_columns(look_ups.c.case_id)
            .where(look_ups.c.kind == kind, look_ups.c.digest == digest)
        )
        found = or_(found, same)
    return found


def _numbers(words: str, today: date) -> list[tuple[str, str]]:
    found = []
    with suppress(BadIdentifier):
        found.append(("identity_number", check_identity_number(words, today).number))
    with suppress(BadIdentifier):
        found.append(("document_number", check_document_number(words)))
    with suppress(BadIdentifier):
        found.append(("phone", check_phone(words).number))
    return found


def order_of(query: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    """By due time unless another order is wanted."""
    column, newest = _key(query)
    return [column.desc(), cases.c.id.desc()] if newest else [column, cases.c.id]


def after(query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Where the page begins."""
    key = from_cursor(query, moment, UUID)
    if key is None:
        return []
    column, newest = _key(query)
    row, mark = tuple_(column, cases.c.id), tuple_(*key)
    return [row < mark if newest else row > mark]


def _key(query: Mapping[str, Any]) -> tuple[ColumnElement[Any], bool]:
    """By which column the list is ordered, and whether the latest comes first."""
    match query.get("sort"):
        case "-opened_at":
            return cases.c.opened_at, True
        case "-closed_at":
            return func.coalesce(cases.c.closed_at, _NOT_YET), True
        case _:
            return cases.c.due_key, False


def cursor_of(query: Mapping[str, Any], last: CaseSummary) -> str:
    """The cursor after this case."""
    keys = {"-opened_at": last.opened_at, "-closed_at": last.closed_at or _NOT_YET}
    return to_cursor(keys.get(query.get("sort", ""), last.due_key), last.id)
