"""How lists of cases are filtered, ordered and paged."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final, Literal
from uuid import UUID

from casework.forms.field import FormField
from casework.forms.form import Form, Many
from casework.forms.numbers import Flag
from casework.forms.texts import USER_PATTERN, Choice, Code, Word
from casework.http.query import Page, from_cursor, moment, to_cursor
from casework.records.case_lists import CaseFilter, Order, PageKey, Span
from casework.records.search import Search
from casework.records.summaries import CaseSummary
from casework.records.vault import blind_index
from casework.rules import folding
from casework.rules.case import Phase
from casework.rules.identifiers import BadIdentifier, check_document_number, check_identity_number, check_phone
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Language, Text
from casework.work import people, workflow_registry
from casework.work.blind_indexes import phone_tail
from casework.work.filters import NO_SUCH_ORG, path_of_org, unknown, unknown_workflows
from casework.work.service import Transaction

_SORTS: Final = {
    "due_at": Text("期限", "by due time"),
    "-opened_at": Text("最新登记", "newest first"),
    "-closed_at": Text("最近办结", "closed last first, open ones at the end"),
}
_PHASES: Final = {phase.value: Text(phase.value, phase.value) for phase in Phase}
_ONE_PHASE: Final = Text("阶段", "Phase")
_ONE_STATE: Final = Text("状态", "State")
_ONE_WORKFLOW: Final = Text("流程", "Workflow")

_INSTANTS: Final = ("due_before", "opened_from", "opened_to", "closed_from", "closed_to")
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

    def plain(self, value: Any) -> str:
        """The date or instant as it is written."""
        return str(value.isoformat())

    def invent(self, example_data: Any) -> str:
        """Today."""
        return str(example_data.today)

    def shape(self, language: Language) -> dict[str, Any]:
        """A date or a date-time."""
        return {"anyOf": [{"format": "date"}, {"format": "date-time"}]}


def beginning(value: date | datetime, zone: tzinfo) -> datetime:
    """The instant, or the beginning of the date in this zone."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone)


class Someone(FormField):
    """A user by id or username, `me` or `none`."""

    def read(self, value: Any) -> str:
        """What is written; whether there is such a user, `filter_of` looks up."""
        text = self.text(value)
        if not re.fullmatch(USER_PATTERN, text):
            raise self.wrong("user")
        return text

    def invent(self, example_data: Any) -> str:
        """Me."""
        return "me"

    def shape(self, language: Language) -> dict[str, Any]:
        """An id, a username or one of two words."""
        return {"pattern": self.whole(USER_PATTERN)}


class ViewFilters(Form):
    """Filters of a list of cases that may be kept under a name, each given once."""

    workflow = Code(title=Text("业务", "Programme"), example="legal_aid")
    phase = Choice({phase.value: phase.told for phase in Phase}, title=Text("阶段", "Phase"))
    org = Code(title=Text("机构（含下级）", "Office and below"))
    open = Flag(title=Text("未办结", "Not closed"))
    overdue = Flag(title=Text("已逾期", "Late"))
    urgent = Flag(title=Text("紧急", "Urgent"))
    state = Code(title=Text("状态", "State"), example="submitted")
    owner = Someone(title=Text("经办", "Owner"))
    assignee = Someone(title=Text("承办", "Helper"))
    opened_from = When(title=Text("登记自", "Opened from"))
    opened_to = When(title=Text("登记早于", "Opened before"))
    closed_from = When(title=Text("办结自", "Closed from"))
    closed_to = When(title=Text("办结早于", "Closed before"))


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
    q = Word(most=100, title=Text("搜索", "Search"))
    sort = Choice(_SORTS, title=Text("排序", "Order"))
    count = Flag(title=Text("同时给出总数（至多数到 1000）", "Count them too, up to 1,000"))


def filter_of(tx: Transaction, query: Mapping[str, Any]) -> CaseFilter:
    """What a query asks for; raises `Invalid` for a workflow, state, organisation or user that is none."""
    faults = _unknown_words(query)
    org_path = path_of_org(tx, query.get("org"))
    if "org" in query and org_path is None:
        faults.append(NO_SUCH_ORG)
    owner, assignee = _someone(tx, "owner", query, faults), _someone(tx, "assignee", query, faults)
    if faults:
        raise Invalid(faults)
    at = {name: beginning(query[name], tx.service.zone) for name in _INSTANTS if name in query}
    return CaseFilter(
        workflows=query.get("workflow"),
        states=query.get("state"),
        phases=query.get("phase"),
        org_path=org_path,
        owner=owner,
        assignee=assignee,
        open=query.get("open", _only_open(query)),
        overdue=query.get("overdue"),
        urgent=query.get("urgent"),
        due_before=at.get("due_before"),
        opened=Span(at.get("opened_from"), at.get("opened_to")),
        closed=Span(at.get("closed_from"), at.get("closed_to")),
        search=_search(tx, query["q"]) if "q" in query else None,
    )


def once_each(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters of which each is given once as those that may be given several times."""
    return {**query, **{name: [query[name]] for name in ("workflow", "phase", "state") if name in query}}


def checked_filters(tx: Transaction, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters of a view as they are kept; raises `Invalid` as `filter_of` does."""
    filter_of(tx, once_each(query))
    return ViewFilters.plain({name: value for name, value in query.items() if name in ViewFilters.field_names()})


def _unknown_words(query: Mapping[str, Any]) -> list[Fault]:
    """A fault for each workflow and state that does not exist, which names those that do."""
    asked = query.get("workflow", ())
    # Of every version: older cases may stand in states that the newest one has no more.
    versions = [one for one in workflow_registry.all_versions() if one.key in asked or not asked]
    states = {state.name: state.title for one in versions for state in one.states}
    strange = (state for state in query.get("state", ()) if state not in states)
    return unknown_workflows(asked) + [unknown("state", "unknown_state", states) for _ in strange if states]


def _only_open(query: Mapping[str, Any]) -> bool | None:
    """Whether all states that are asked for are of open cases, or all of closed ones, so that the list is found so."""
    asked = [(query[name], name) for name in ("state", "phase") if name in query]
    finals = {
        state.final
        for workflow in workflow_registry.all_versions()
        for state in workflow.states
        if asked and all((state.name if name == "state" else state.phase) in values for values, name in asked)
    }
    return None if len(finals) != 1 else not finals.pop()


def _someone(
    tx: Transaction, name: str, query: Mapping[str, Any], faults: list[Fault]
) -> UUID | Literal["none"] | None:
    """The user that a parameter names, `none` for nobody; None where it is not given or names no user."""
    who = query.get(name)
    if who is None:
        return None
    if who == "none":
        return "none"
    person = tx.person if who == "me" else people.named(tx, who)
    if person is None:
        sentence = Text(
            "没有这名用户；请填写编号、用户名、me 或 none。",
            "There is no such user; give an id, a username, me or none.",
        )
        faults.append(Fault(name, "unknown_user", sentence))
        return None
    return person.id


def _search(tx: Transaction, words: str) -> Search:
    """Words are sought in the number and in names; a whole number, or the end of a phone's, by its blind index."""
    key = tx.index_key
    return Search(
        words=[word for word in map(folding.key, words.split()) if word],
        digests=[blind_index(key, kind, number) for kind, number in _numbers(words, tx.today)],
    )


def _numbers(words: str, today: date) -> list[tuple[str, str]]:
    found = []
    with suppress(BadIdentifier):
        found.append(("identity_number", check_identity_number(words, today).number))
    with suppress(BadIdentifier):
        found.append(("document_number", check_document_number(words)))
    with suppress(BadIdentifier):
        found.append(("phone", check_phone(words).number))
    if phone_tail(words) == words:
        found.append(("phone_tail", words))
    return found


def order_of(query: Mapping[str, Any]) -> Order:
    """By due time, what is searched for newest first, unless another order is wanted."""
    order: Order = query.get("sort", "-opened_at" if "q" in query else "due_at")
    return order


def after(query: Mapping[str, Any]) -> PageKey | None:
    """Where the page begins; raises `Invalid` for a cursor that is none."""
    key = from_cursor(query, moment, UUID)
    return (key[0], key[1]) if key else None


def cursor_of(last: CaseSummary) -> str:
    """The cursor after this case."""
    return to_cursor(last.key, last.id)
