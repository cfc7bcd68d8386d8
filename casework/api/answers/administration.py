"""The administrative chain."""

from typing import Annotated, Any

from casework.api.answers.members import First, Hash, Instant, Shape, like, one_of
from casework.api.answers.people import Person, named
from casework.http.request_context import in_zone
from casework.records.admin_events import KINDS


class AdminEvent(Shape):
    """An event of the administrative chain; without an actor it is the operator's at the command line."""

    seq: First
    at: Instant
    actor: Person | None
    kind: Annotated[str, one_of(KINDS)]
    subject: Annotated[str, like("li.lawyer", "所变更的对象", "What was changed")]
    places: Annotated[
        list[str], like(["370000/370100/"], "所涉机构；空则涉及全部", "Of which organisations; none: all")
    ]
    payload: Annotated[
        dict[str, Any], like({"role": ["caseworker", "supervisor"]}, "变更前后", "What changed, before and after")
    ]
    prev_hash: Hash
    hash: Hash


def admin_event(row: Any) -> AdminEvent:
    """The event of a row of `records.admin_events`."""
    return AdminEvent.of(
        row,
        actor=named(row.actor_id, row.username, row.actor_name),
        payload=in_zone(row.payload),
        prev_hash=row.prev_hash.hex(),
        hash=row.hash.hex(),
    )
