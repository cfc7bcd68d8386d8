"""How lists of cases are filtered, ordered and paged."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, tuple_

from casework.api.query import Page, from_cursor, moment, to_cursor
from casework.api.views import due_at
from casework.forms.field import FormField
from casework.forms.numbers import Flag
from casework.forms.texts import Choice, Code, Line
from casework.records.rows import Record
from casework.records.tables import cases, look_ups
from casework.records.vault import blind_index
from casework.records.visibility import of_org
from casework.rules.casefile import Phase
from casework.rules.identifiers import BadIdentifier, check_identity_number, check_phone
from casework.rules.text import Language, Text
from casework.work.service import Transaction

# A case without a due time sorts last, under the key that the column `due_key` gives it.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_SORTS: Final = {"due_at": Text("期限", "by due time"), "-opened_at": Text("最新登记", "newest first")}

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
    """A user's id, `me` or `none`."""

    def read(self, value: Any) -> UUID | str:
        """The id or the word."""
        text = self.text(value)
        if text in ("me", "none"):
            return text
        try:
            return UUID(text)
        except ValueError:
            raise self.wrong("user") from None

    def invent(self, inventor: Any) -> str:
        """Me."""
        return "me"

    def shape(self, language: Language) -> dict[str, Any]:
        """An id or one of two words."""
        return {"anyOf": [{"format": "uuid"}, {"enum": ["me", "none"]}]}


class CaseFilters(Page):
    """The filters of a list of cases."""

    workflow = Code(title=Text("流程", "Workflow"))
    state = Code(title=Text("状态", "State"))
    phase = Choice({phase.value: Text(phase.value, phase.value) for phase in Phase}, title=Text("阶段", "Phase"))
    org = Code(title=Text("机构（含下级）", "Organisation and below"))
    owner = Someone(title=Text("经办人", "Owner"))
    assignee = Someone(title=Text("承办人", "Who helps"))
    overdue = Flag(title=Text("已超期", "Overdue"))
    due_before = When(title=Text("期限早于", "Due before"))
    opened_from = When(title=Text("登记自", "Opened from"))
    opened_to = When(title=Text("登记至（不含）", "Opened before"))
    q = Line(most=100, title=Text("搜索", "Search"))
    sort = Choice(_SORTS, title=Text("排序", "Order"))


def filters_of(tx: Transaction, query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of these filters, and the one where the page begins."""
    found: list[ColumnElement[bool]] = [
        cases.c[name] == query[name] for name in ("workflow", "state", "phase") if name in query
    ]
    if "org" in query:
        found.append(of_org(tx.db, query["org"]))
    found += [
        _someone(tx, cases.c[column], query[name])
        for name, column in (("owner", "owner_id"), ("assignee", "assignee_id"))
        if name in query
    ]
    if "overdue" in query:
        late = func.coalesce(cases.c.late_at < tx.now, false())
        found.append(late if query["overdue"] else ~late)
    if "due_before" in query:
        found.append(cases.c.due_key < min(beginning(query["due_before"], tx.service.zone), NEVER))
    if "opened_from" in query:
        found.append(cases.c.opened_at >= beginning(query["opened_from"], tx.service.zone))
    if "opened_to" in query:
        found.append(cases.c.opened_at < beginning(query["opened_to"], tx.service.zone))
    if "q" in query:
        found.append(_search(tx, query["q"]))
    return [*found, *_after(query)]


def _someone(tx: Transaction, column: ColumnElement[Any], who: UUID | str) -> ColumnElement[bool]:
    if who == "none":
        return column.is_(None)
    return column == (tx.person.id if who == "me" else who)


def _search(tx: Transaction, words: str) -> ColumnElement[bool]:
    """Every word is in the number or a name; a whole identity or phone number is looked up by its blind index."""
    conditions = [cases.c.search_text.contains(word.lower(), autoescape=True) for word in words.split()]
    found: ColumnElement[bool] = and_(*conditions)
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
        found.append(("phone", check_phone(words).number))
    return found


def order_of(query: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    """By due time unless the newest are wanted first."""
    if query.get("sort") == "-opened_at":
        return [cases.c.opened_at.desc(), cases.c.id.desc()]
    return [cases.c.due_key, cases.c.id]


def _after(query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    newest = query.get("sort") == "-opened_at"
    column = cases.c.opened_at if newest else cases.c.due_key
    key = from_cursor(query, _sort(query), moment, UUID)
    if key is None:
        return []
    row, mark = tuple_(column, cases.c.id), tuple_(key[1], key[2])
    return [row < mark if newest else row > mark]


def _sort(query: Mapping[str, Any]) -> Any:
    wanted = query.get("sort", "due_at")

    def same(part: Any) -> str:
        if part != wanted:
            raise ValueError(part)
        return str(part)

    return same


def cursor_of(query: Mapping[str, Any], last: Record) -> str:
    """The cursor after this case."""
    file = last.file
    if query.get("sort") == "-opened_at":
        return to_cursor("-opened_at", file.opened_at, file.id)
    return to_cursor("due_at", due_at(last) or NEVER, file.id)
