"""The doors without an account: applications, followed by number and tracking code, and public notices."""

from typing import Final
from uuid import UUID

from casework.api.answers import public as answers
from casework.api.answers.cases import Transition
from casework.api.answers.members import page_of
from casework.api.answers.public import Application, CodeIssued, Notice, Repeated, Slip, TrackingCode
from casework.api.cases import offers
from casework.api.endpoint import GIVEN, Answer, Call, Endpoint, listed
from casework.forms.texts import Code
from casework.http.query import Page, from_cursor, moment, text
from casework.http.request_context import language
from casework.records import cases
from casework.records.rows import StoredCase
from casework.rules.text import Text
from casework.work import applications, notices

_REPEATED: Final = Text(
    "您的这项申请已在办理中，案号 {number}，没有重复登记。查询进度、补充材料，请继续使用原查询码。",
    "We have this application already: {number}. Nothing was opened again; follow it, and add to it, with the code that"
    " you have.",
)


@Endpoint(
    "POST",
    "/public/applications",
    Text("网上申请", "Apply online"),
    answer=TrackingCode,
    status=201,
    body=applications.NewApplication,
    visitor="newcomer",
    or_else=(200, Repeated),
    note=Text(
        "facts 按流程的申请表填写；查询码只告知这一次，请妥善保存。"
        "同一申请已提交过的，请以 Tracking-Code 请求头或内容中的 tracking_code 给出原查询码："
        "不重复登记，告知原案号（200）。",
        "facts follow the workflow's intake form; the tracking code is told only this once, so keep it. Whoever made"
        " the same application before gives its code, as the header Tracking-Code or as tracking_code in the body:"
        " nothing is opened again, and the answer (200) names the first.",
    ),
)
def apply(call: Call) -> Answer:
    """The number of the new application, and the code by which only the applicant comes back to it.

    With the tracking code of the first, a repetition is told to be there already, and opens nothing.
    """
    number, code, _ = applications.open_application(call.tx, call.body, call.code)
    if code is None:
        return Answer(Repeated(number, _REPEATED.in_(language(), number=number)))
    return Answer(TrackingCode(number, code), 201)


@Endpoint(
    "GET",
    "/public/applications/<number>",
    Text("查询申请", "One application"),
    answer=Application,
    etag=True,
    visitor="applicant",
    note=Text(
        "须以 Tracking-Code 给出查询码；编号或查询码不正确时同样为 404。",
        "Tracking-Code gives the code; a wrong number and a wrong code are the same 404.",
    ),
)
def application(call: Call, case_id: UUID) -> Answer:
    """Where the application stands, what is awaited of the applicant and until when, and the letters."""
    return _told(call, cases.get_for_applicant(call.tx.db, case_id))


@Endpoint(
    "POST",
    "/public/applications/<number>/status",
    Text("以查询码查询申请", "One application, with the code in the body"),
    answer=Application,
    body=applications.GivenCode,
    etag=True,
    visitor="applicant",
    note=Text(
        "内容为 tracking_code；请求头只能使用 ASCII 字符，申请人键入的查询码可能含全角字符，网页宜用此方式。",
        "The body gives tracking_code. A header holds ASCII only, and applicants may type full-width characters, so"
        " pages use this.",
    ),
)
def status(call: Call, case_id: UUID) -> Answer:
    """The same for a code as it is typed, which a header may not be able to hold."""
    applications.nothing_else(call.tx, call.body)
    return application(call, case_id)


@Endpoint(
    "GET",
    "/public/applications/<number>/transitions",
    Text("申请人可办理的操作", "What the applicant can do from here"),
    answer=page_of(Transition),
    query=Page,
    visitor="applicant",
    note=Text("只列出申请人自己的操作。", "Only the steps that are the applicant's own."),
)
def transitions(call: Call, case_id: UUID) -> Answer:
    """The applicant's own transitions, whether each is allowed, and what it needs."""
    record = cases.get_for_applicant(call.tx.db, case_id)
    return offers(call, record, *applications.own_steps(call.tx, record))


@Endpoint(
    "POST",
    "/public/applications/<number>/transitions",
    Text("以查询码查询可办理的操作", "What the applicant can do from here, with the code in the body"),
    answer=page_of(Transition),
    body=applications.GivenCode,
    query=Page,
    visitor="applicant",
    note=Text(
        "内容为 tracking_code；只列出申请人自己的操作。",
        "The body gives tracking_code; only the applicant's own steps.",
    ),
)
def transitions_by_code(call: Call, case_id: UUID) -> Answer:
    """The same for a code as it is typed."""
    applications.nothing_else(call.tx, call.body)
    return transitions(call, case_id)


@Endpoint(
    "POST",
    "/public/applications/<number>/transitions/<name>",
    Text("申请人办理", "Take a transition as the applicant"),
    answer=Application,
    body=GIVEN,
    etag=True,
    visitor="applicant",
    note=Text(
        "查询码可由 Tracking-Code 请求头给出，也可在内容中以 tracking_code 给出。",
        "The code is given as the header Tracking-Code, or as tracking_code in the body.",
    ),
)
def take(call: Call, case_id: UUID, name: str) -> Answer:
    """The application after the applicant's step."""
    return _told(call, applications.take(call.tx, case_id, name, call.body))


@Endpoint(
    "POST",
    "/cases/<uuid:case_id>/tracking-code",
    Text("发给查询码", "Give out a tracking code"),
    answer=CodeIssued,
    status=201,
    body=applications.NewTrackingCode,
    refuses=(409,),
    note=Text(
        "核对身份后发给新的查询码，原查询码随即失效；办理记录和查看记录均有记载。slip 供打印交给申请人。",
        "For an applicant whose identity was checked; an earlier code ends. It is an event of the case and logged."
        " The slip is to be printed for the applicant.",
    ),
)
def issue_code(call: Call, case_id: UUID) -> Answer:
    """A new code for an applicant whose identity was checked, with a slip to be printed; an earlier one ends."""
    issued = applications.issue_code(call.tx, case_id, call.body)
    return Answer(CodeIssued(issued.number, issued.code, Slip(issued.slip["zh-CN"], issued.slip["en"])), 201)


def _told(call: Call, record: StoredCase) -> Answer:
    return Answer(answers.application(call.tx, record), headers={"ETag": f'"{record.case.version}"'})


class NoticeFilters(Page):
    """Whose notices."""

    org = Code(title=Text("机构（含下级）", "Organisation and below"))


@Endpoint(
    "GET",
    "/public/notices",
    Text("公示", "Public notices"),
    answer=page_of(Notice),
    query=NoticeFilters,
    visitor="reader",
    note=Text(
        "只在公示期内、案件仍处于公示环节时显示。",
        "Shown only while the notice lasts and the case stands where it is published.",
    ),
)
def public_notices(call: Call) -> Answer:
    """What offices publish, newest first: the snapshot, who published it, and nothing by which the case is found."""
    key = from_cursor(call.query, moment, text)
    rows = notices.page(call.tx, call.query.get("org"), call.limit + 1, (key[0], key[1]) if key else None)
    return listed(call, rows, answers.notice, "since", "mark")
