"""The list from which a case was opened: the case before it there, the one after it, and the way back."""

from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from werkzeug.datastructures import MultiDict

from casework.http.case_filters import filter_of, once_each, order_of
from casework.http.query import read_query
from casework.records.summaries import CaseSummary, page
from casework.rules.refusals import Refusal
from casework.web.cases import CasesQuery
from casework.web.desk import DeskQuery
from casework.web.page import HELPERS, STAFF
from casework.work import queue
from casework.work.service import Transaction

_MOST: Final = 100
"""So far into a list its neighbours are looked for; a case further on is followed by the first."""


class Neighbours(NamedTuple):
    """The list as an address, and the numbers of the cases before and after in it; None where there is none."""

    view: str
    before: str | None
    after: str | None


def neighbours(tx: Transaction, view: str, number: str) -> Neighbours | None:
    """Return the neighbours of a case in the list at this address; None where it is no list of ours.

    A case that is not there any more, since a step took it away, is followed by the first of the list.
    """
    try:
        parts = urlsplit(view)
        asked = MultiDict(parse_qsl(parts.query))
        if view.startswith("/desk") and parts.path == "/desk" and tx.person.role in STAFF | HELPERS:
            found = _of_desk(tx, read_query(DeskQuery, asked, tx.today))
        elif view.startswith("/cases") and parts.path == "/cases":
            query = once_each(read_query(CasesQuery, asked, tx.today))
            wanted = filter_of(tx, query)
            found = page(tx.db, tx.person, tx.org_tree, wanted, _MOST, order=order_of(query))
        else:
            return None
    except (Refusal, ValueError):
        return None
    numbers = [one.number for one in found]
    at = numbers.index(number) if number in numbers else -1
    before = numbers[at - 1] if at > 0 else None
    return Neighbours(view, before, numbers[at + 1] if at + 1 < len(numbers) else None)


def _of_desk(tx: Transaction, asked: dict[str, Any]) -> list[CaseSummary]:
    part = {"workflow": asked["workflow"]} if "workflow" in asked else {}
    return queue.waiting(tx, part | queue.view_of(asked.get("view", "all"), tx.now), _MOST, None)
