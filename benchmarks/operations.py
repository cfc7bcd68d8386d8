"""The operations that are measured: what is asked over HTTP, and the reference statement beside each."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final
from urllib.parse import quote

from benchmarks.office import Prepared, Reader, Request, Side, Writer, in_turn

_READS_BY_EACH: Final = 40
"""So many different requests each reader sends, again and again."""
_FILTERS: Final = (
    "",
    "?open=true",
    "?sort=-opened_at",
    "?sort=-closed_at&phase=closed",
    "?overdue=true",
    "?workflow=legal_aid&state=under_review",
    "?urgent=true&open=true",
    "?owner=me&open=true",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `requests` gives those of all connections in turns, `reference` names the file of R.

    What follows one another in a connection are different `kinds` of requests, so many of them.
    """

    key: str
    title: str
    requests: Callable[[Prepared, Side], list[Request]]
    reference: str | None = None
    writes: bool = False
    kinds: int = 1


def _read(by_one: Callable[[Reader, int], Request]) -> Callable[[Prepared, Side], list[Request]]:
    """An operation of readers, each of whom asks for the `n`th thing."""

    def requests(prepared: Prepared, side: Side) -> list[Request]:
        return in_turn([[by_one(reader, n) for n in range(_READS_BY_EACH)] for reader in prepared.readers])

    return requests


def _written(by_one: Callable[[Writer, int], Request]) -> Callable[[Prepared, Side], list[Request]]:
    """An operation of writers, each of whom does the `n`th thing once."""

    def requests(prepared: Prepared, side: Side) -> list[Request]:
        return in_turn([[by_one(writer, n) for n in range(len(writer.bodies))] for writer in prepared.writers[side]])

    return requests


def _queue(reader: Reader, n: int) -> Request:
    return Request("GET", "/queue?limit=50", reader.token)


def _listed(reader: Reader, n: int) -> Request:
    return Request("GET", f"/cases{_FILTERS[n % len(_FILTERS)]}", reader.token)


def _one_case(reader: Reader, n: int) -> Request:
    return Request("GET", f"/cases/{reader.cases[n % len(reader.cases)]}", reader.token)


def _search(reader: Reader, n: int) -> Request:
    name = next(islice(cycle(reader.names), n, None))
    return Request("GET", f"/cases?q={quote(name[:2])}", reader.token)


def _transition(writer: Writer, n: int) -> Request:
    return Request("POST", f"/cases/{writer.waiting[n]}/transitions/accept", writer.token, {})


def _claim(writer: Writer, n: int) -> Request:
    return Request("POST", "/queue/claim", writer.token, {})


def _open(writer: Writer, n: int) -> Request:
    return Request("POST", "/cases", writer.token, writer.bodies[n])


# In the order in which they are measured: what is moved is not claimed, and what was opened before is claimed.
OPERATIONS: Final = (
    Operation("queue", "queue page of 50", _read(_queue), "queue.sql"),
    Operation("list", "list page of 50", _read(_listed), kinds=len(_FILTERS)),
    Operation("case", "one case", _read(_one_case), "case.sql"),
    Operation("search", "search, two characters", _read(_search)),
    Operation("transition", "take a transition", _written(_transition), "transition.sql", writes=True),
    Operation("claim", "claim the next case", _written(_claim), "claim.sql", writes=True),
    Operation("open", "open a case", _written(_open), "open.sql", writes=True),
)


def mixed(prepared: Prepared, number: int) -> list[Request]:
    """Return so many requests that read queue, cases and search in turns, the same ones again and again."""
    kinds = [one.requests(prepared, "ours") for one in OPERATIONS if one.key in ("queue", "case", "search")]
    turns = [request for turn in zip(*kinds, strict=True) for request in turn]
    return [turns[n % len(turns)] for n in range(number)]
