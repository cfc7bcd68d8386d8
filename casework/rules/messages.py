"""Messages between an applicant and whoever handles the case: who writes, how often, and what of that is an event."""

from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from casework.rules.case import Case
from casework.rules.move import Move
from casework.rules.people import HELPERS, STAFF, Actor, Role
from casework.rules.refusals import NotNow, NotYours, Refusal, SlowDown
from casework.rules.rights import colleagues, is_colleagues, owner_after
from casework.rules.text import Text

ASKED: Final = "message"
ANSWERED: Final = "answered"
KINDS: Final = (ASKED, ANSWERED)
"""The kinds of events: the applicant wrote, and somebody wrote to the applicant."""
Writer = Literal["applicant", "office", "helper"]
"""From whom a message comes, as its reader is told: applicants are told no names."""
WRITERS: Final[dict[Writer, Text]] = {
    "applicant": Text("申请人", "The applicant"),
    "office": Text("办理机构", "The office"),
    "helper": Text("承办人", "The helper"),
}


def writer_of(role: Role) -> Writer:
    """Return from whom a message is that somebody of this role wrote."""
    return "applicant" if role is Role.APPLICANT else "helper" if role in HELPERS else "office"


def may_write(case: Case, actor: Actor) -> Refusal | None:
    """Why this actor writes no message in the case, or None: its applicant, its helper, and staff who may act on it."""
    if case.closed_at:
        return NotNow(_CLOSED if actor.role is Role.APPLICANT else _CLOSED_FOR_OFFICE)
    if actor.role not in (Role.APPLICANT, *STAFF, *HELPERS):
        return NotYours(_NOT_YOURS)
    if actor.role is Role.CASEWORKER and is_colleagues(case, actor):
        return colleagues(case, may_give_reason=False)
    return None


def enough(today: int, most: int, until_tomorrow: int) -> Refusal | None:
    """Why the applicant, who wrote so many messages today, has to wait so many seconds; None where there is room."""
    return SlowDown(_ENOUGH.with_(most=most), until_tomorrow) if today >= most else None


def written(case: Case, text: str, actor: Actor, now: datetime) -> Move:
    """A message was written; what it says is sealed. Staff who write in a case that nobody owns make it theirs."""
    at = max(now, case.last_at)
    after = replace(case, owner=owner_after(case, actor), last_at=at, version=case.version + 1)
    kind = ASKED if actor.role is Role.APPLICANT else ANSWERED
    return Move(kind=kind, before=case, case=after, at=at, actor=actor, sealed={"text": text})


_NOT_YOURS: Final = Text(
    "只有申请人、经办人、审批人和承办人可以留言。",
    "Messages are written by applicants, caseworkers, supervisors and helpers.",
)
_CLOSED: Final = Text(
    "案件已办结，不再接收留言；有新的情况，请打电话或者到办理机构反映，需要帮助的可以重新申请。",
    "The case is closed and takes no more messages. Call the office or go there if there is something new, or apply"
    " again if you need help.",
)
_CLOSED_FOR_OFFICE: Final = Text(
    "案件已办结，不再留言；需要告知申请人的，请电话联系或者当面告知。",
    "The case is closed and takes no more messages; tell the applicant by telephone or in person.",
)
_ENOUGH: Final = Text(
    "今天的留言已达 {most} 条，请明天再写；事情紧急的，请给办理机构打电话。",
    "You have written {most} messages today; write again tomorrow, and call the office if it is urgent.",
)
