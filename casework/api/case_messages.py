"""Messages between applicants and whoever handles their case; those to the outside are in `api/messages.py`."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from casework.api.answers.history import CaseMessage, OwnMessage, case_message, own_message
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, page
from casework.http.query import Page, from_cursor, to_cursor, whole
from casework.records import cases, history
from casework.records.rows import StoredCase
from casework.rules.text import Text
from casework.work import messages
from casework.work.forms import NewMessage

_DAILY: Final = Text(
    "每案每日的条数有上限，超过的为 429；案件办结后不再接收（409）。内容加密保存，不对外发送。",
    "So many are taken in a case in a day, and more are 429; a closed case takes none (409). What is written is sealed"
    " and never sent to the outside.",
)


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/messages",
    Text("留言往来", "Messages with the applicant"),
    answer=page_of(CaseMessage),
    query=Page,
    refuses=(403,),
    note=Text("查看会记录；审计员不能查看内容。", "Reading is logged; auditors do not see what is written."),
)
def case_messages(call: Call, case_id: UUID) -> Answer:
    """What the applicant wrote and what was answered, oldest first; who reads it is logged."""
    record = cases.get(call.tx.db, case_id, call.tx.person)
    shown, cursor = _cut(call, case_id)
    return page(call, [case_message(one) for one in messages.read(call.tx, record, shown)], cursor)


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/messages",
    Text("给申请人留言", "Write to the applicant"),
    answer=CaseMessage,
    status=201,
    body=NewMessage,
    etag=True,
    refuses=(403, 409),
    note=Text(
        "申请人凭查询码查看，不显示工作人员姓名；不发短信、邮件。",
        "The applicant reads it with the tracking code, without the name of who wrote it; nothing is sent.",
    ),
)
def write(call: Call, case_id: UUID) -> Answer:
    """A message to the applicant; it is an event of the case."""
    record = messages.write(call.tx, case_id, call.body)
    return Answer(case_message(_last(call, record)), 201, _tag(record))


@Endpoint(
    "GET",
    "/public/applications/<number>/messages",
    Text("本人的留言往来", "The own messages"),
    answer=page_of(OwnMessage),
    query=Page,
    visitor="applicant",
)
def own_messages(call: Call, case_id: UUID) -> Answer:
    """What the applicant wrote and what was answered, oldest first, without names of staff."""
    record = cases.get_for_applicant(call.tx.db, case_id)
    shown, cursor = _cut(call, case_id)
    return page(call, [own_message(one) for one in messages.opened(call.tx, record, shown)], cursor)


@Endpoint(
    "POST",
    "/public/applications/<number>/messages",
    Text("申请人留言", "Write to the office"),
    answer=OwnMessage,
    status=201,
    body=NewMessage,
    etag=True,
    visitor="applicant",
    refuses=(409, 429),
    note=_DAILY,
)
def write_own(call: Call, case_id: UUID) -> Answer:
    """A message to whoever handles the application; it is an event of the case."""
    record = messages.write_own(call.tx, case_id, call.body)
    return Answer(own_message(_last(call, record)), 201, _tag(record))


def _cut(call: Call, case_id: UUID) -> tuple[Sequence[Any], str | None]:
    key = from_cursor(call.query, whole)
    rows = history.message_page(call.tx.db, case_id, call.limit + 1, key[0] if key else None)
    shown = rows[: call.limit]
    return shown, to_cursor(shown[-1].seq) if len(rows) > call.limit else None


def _last(call: Call, record: StoredCase) -> messages.Message:
    rows = history.message_page(call.tx.db, record.case.id, after=record.case.version - 1)
    return messages.opened(call.tx, record, rows)[-1]


def _tag(record: StoredCase) -> dict[str, str]:
    return {"ETag": f'"{record.case.version}"'}
