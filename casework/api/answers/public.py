"""What applicants and readers get, who have no account."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from msgspec import field

from casework.api.answers.clocks import DueOn, Provisional, due
from casework.api.answers.history import OwnLetter
from casework.api.answers.members import (
    Address,
    CaseNumber,
    Day,
    Flag,
    Id,
    Instant,
    OrgCode,
    OrgName,
    PhaseName,
    Shape,
    Telephone,
    WorkflowKey,
    like,
    plain,
    told,
)
from casework.http.request_context import instant, language
from casework.records import offices
from casework.records.rows import StoredCase
from casework.rules import context
from casework.rules.papers import ANNOUNCED
from casework.rules.people import Role
from casework.rules.text import LANGUAGES, Text
from casework.work import applications, workflow_registry
from casework.work.service import Transaction

_BOTH: Final = frozenset(LANGUAGES)
_PROVISIONAL: Final = Text(
    "公示截止日为暂定，以国务院办公厅公布的放假安排为准。",
    "The last day is provisional until the year's holidays are published.",
)


class TrackingCode(Shape):
    """The number of an application, and the code by which only its applicant comes back to it."""

    number: CaseNumber
    tracking_code: Annotated[
        str,
        like(
            "K7WQ-2MZD-RX4T-9HCV-B5NE",
            "查询码，只告知这一次；输入时不分大小写和全半角",
            "Told only this once; typed in any case, with or without hyphens",
        ),
    ]


class Slip(Shape):
    """What is printed for the applicant, in both languages."""

    zh: Annotated[str, like("查询码告知单\n\n案号：LA-2026-000001")] = field(name="zh-CN")
    en: Annotated[str, like("Tracking code\n\nCase: LA-2026-000001")]


class CodeIssued(TrackingCode):
    """A new tracking code, with the slip to be printed."""

    slip: Annotated[Slip, told("供打印交给申请人，不保存", "To be printed for the applicant; kept nowhere")]


class Repeated(Shape):
    """What is told where the application is there already."""

    number: Annotated[CaseNumber, told("已在办理的申请", "The application that is there already")]
    told: Annotated[
        str,
        like(
            Text(
                "您的这项申请已在办理中，案号 LA-2026-000001，没有重复登记。",
                "Your request is there already as LA-2026-000001 and was not entered again.",
            )
        ),
    ]


class Deadline(Shape):
    """A limit that the applicant has to keep."""

    name: Annotated[str, like("papers")]
    title: Annotated[str, like(Text("补充材料", "Papers"))]
    due_at: Instant | None
    due_on: DueOn
    provisional: Provisional


class TimeToObject(Shape):
    """Until when one may object, as a sentence, and as a day once it is known when the decision came."""

    told: Annotated[
        str,
        like(
            Text(
                "对决定有异议的，可以在 2026-04-20（含当日）前提出。",
                "An objection can be raised until 2026-04-20, that day included.",
            )
        ),
    ]
    due_at: Instant | None
    due_on: Annotated[Day | None, told("能提出异议的最后一日；未知收到日期时为空", "Null: receipt unknown")]
    provisional: Provisional


class Application(Shape):
    """The own application, as its applicant sees it."""

    number: CaseNumber
    workflow: WorkflowKey
    office: OrgName
    office_phone: Telephone | None
    office_address: Address | None
    state: Annotated[str, like("awaiting_papers")]
    state_title: Annotated[str, like(Text("待补材料", "Papers awaited"))]
    phase: PhaseName
    opened_at: Instant
    updated_at: Instant
    outcome: Annotated[str | None, like(None)]
    waits_for_you: Annotated[Flag, told("正等待申请人办理", "It is the applicant's turn")]
    papers: Annotated[
        list[Annotated[str, like(Text("劳动合同", "Contract of employment"))]],
        told("正等待的材料", "The papers that are awaited"),
    ]
    announced: Annotated[
        list[Annotated[str, like(Text("劳动合同", "Contract of employment"))]],
        told("已告知、本机构尚未收到的材料", "Papers you told of that the office has not got yet"),
    ]
    deadlines: Annotated[list[Deadline], told("申请人须遵守的期限", "The limits that the applicant has to keep")]
    time_to_object: TimeToObject | None
    letters: list[OwnLetter]


def application(tx: Transaction, record: StoredCase) -> Application:
    """What an applicant is told of the own case, and of the office its name and where it is reached."""
    file, workflow = record.case, workflow_registry.pinned(record.case)
    office = offices.org(tx.db, file.org_code)
    assert office is not None
    return Application.of(
        file,
        office=office.name,
        office_phone=office.phone,
        office_address=office.address,
        state_title=plain(workflow.by_state[file.state].title),
        updated_at=instant(file.last_at),
        waits_for_you=file.waits_for is Role.APPLICANT,
        papers=applications.papers_awaited(tx, record),
        announced=[paper["name"] for paper in file.facts.get(ANNOUNCED) or ()],
        time_to_object=_time_to_object(applications.time_to_object(tx, record)),
        deadlines=[
            Deadline(name=run.name, title=plain(workflow.by_clock[run.name].title), **due(run.due))
            for run in applications.owed(record)
        ],
        letters=[OwnLetter(**one | {"at": instant(one["at"])}) for one in applications.own_letters(tx, record)],
    )


def _time_to_object(left: context.TimeToObject | None) -> TimeToObject | None:
    return TimeToObject(told=plain(left.told), **due(left.due)) if left else None


class NoticeOffice(Shape):
    """The office that publishes a notice."""

    code: OrgCode
    name: OrgName
    phone: Telephone | None
    address: Address | None


class Notice(Shape):
    """What an office publishes of a case, by which the case is not found."""

    id: Id
    org: Annotated[NoticeOffice, told("公示机构", "Who publishes it")]
    workflow: Annotated[str, like("hardship_aid")]
    since: Instant
    notice: Annotated[
        dict[str, Any],
        like(
            {"until": "2026-03-09", "unit": "示例机械厂"},
            "公示内容，按请求的语言",
            "What is published, in the language asked for",
        ),
    ]
    until_note: Annotated[
        str | None,
        like(
            Text(
                "公示截止日为暂定，以国务院办公厅公布的放假安排为准。",
                "The last day is provisional until the State Council has published the holidays.",
            ),
            "截止日为暂定时的说明",
            "Said where the last day is provisional",
        ),
    ]


def notice(row: Any) -> Notice:
    """The notice of a row of `records.notices`, in the caller's language."""
    published = {
        name: value[language()] if isinstance(value, Mapping) and value.keys() == _BOTH else value
        for name, value in row.notice.items()
    }
    return Notice.of(
        row,
        org=NoticeOffice(row.org, row.org_name, row.phone, row.address),
        notice=published,
        until_note=plain(_PROVISIONAL) if row.notice.get("provisional") else None,
    )
