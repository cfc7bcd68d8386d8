"""Offers of cases to helpers, as whoever was asked sees them and as staff do."""

from typing import Annotated, Any

from casework.api.answers.members import (
    CaseNumber,
    Day,
    Flag,
    Id,
    Instant,
    Later,
    OrgCode,
    OrgName,
    Shape,
    WorkflowKey,
    like,
    one_of,
    plain,
    told,
)
from casework.api.answers.people import Person, named
from casework.rules.offers import STATES
from casework.rules.people import HELPERS
from casework.rules.people import Person as Caller
from casework.rules.text import Text
from casework.work.offers import matter_of


class Offer(Shape):
    """A helper was asked whether to take a case: what it is about, without names, and what became of it."""

    id: Id
    state: Annotated[str, one_of(STATES)]
    case_id: Annotated[Id | None, told("被征询的人接受之后才有", "For whoever was asked: null until it is accepted")]
    case_number: CaseNumber | None
    to: Annotated[Person, told("征询谁", "Who was asked")]
    made_by: Annotated[Person, told("由谁征询", "Who asked")]
    made_at: Instant
    answer_by: Annotated[Instant, told("答复期限", "Until when it can be answered")]
    answer_on: Annotated[Day, told("可以答复的最后一天", "The last day to answer")]
    ended_at: Later
    by_link: Annotated[Flag, told("通过消息中的链接答复", "Answered by the link of a message")]
    workflow: WorkflowKey
    matter: Annotated[str | None, like(Text("拖欠劳动报酬", "Wage arrears"))]
    org: OrgCode
    org_name: OrgName
    region: Annotated[str, like("370100", "行政区划代码（GB/T 2260）", "The GB/T 2260 code")]
    urgent: Flag
    due_on: Annotated[Day | None, told("案件最近的期限", "The day by which the next step of the case is due")]


def offer(row: Any, caller: Caller) -> Offer:
    """The offer of a row of `records.offers`, for this caller."""
    shown = caller.role not in HELPERS or row.state == "accepted"
    matter = matter_of(row)
    return Offer.of(
        row,
        case_id=str(row.case_id) if shown else None,
        case_number=row.number if shown else None,
        to=named(row.user_id, row.username, row.name),
        made_by=named(row.made_by, row.maker_username, row.maker_name),
        matter=plain(matter) if matter else None,
    )
