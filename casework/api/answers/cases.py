"""A case: in a list, in full, and what can be done with it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from casework.api.answers.clocks import CaseClock, DueOn, NextClock, Provisional, clock, due, next_clock
from casework.api.answers.members import (
    CaseNumber,
    First,
    Flag,
    Id,
    Instant,
    Later,
    Number,
    OrgCode,
    Page,
    PhaseName,
    RoleName,
    Shape,
    StateName,
    WorkflowKey,
    like,
    one_of,
    plain,
    told,
)
from casework.api.answers.people import Person, person
from casework.http.request_context import in_zone
from casework.records.rows import StoredCase
from casework.rules import duplicates
from casework.rules.clockwork import late_at, nearest_clock
from casework.rules.context import EarlierPaper as EarlierPaperOfCase
from casework.rules.rights import as_seen
from casework.rules.text import Text
from casework.work import workflow_registry
from casework.work.forms import CHANNELS
from casework.work.service import Transaction


class Applicant(Shape):
    """The person helped: the name, and masked what identifies."""

    name: Annotated[str | UnsetType, like("王秀英")] = UNSET
    identity_number: Annotated[str | UnsetType, like("370102********0028")] = UNSET
    phone: Annotated[str | UnsetType, like("138****0000")] = UNSET


class CaseSummary(Shape):
    """A case as lists show it: without facts, and of its clocks only the one that is due next."""

    id: Id
    number: CaseNumber
    workflow: WorkflowKey
    workflow_version: First
    state: StateName
    state_title: Annotated[str, like(Text("已提交", "Submitted"))]
    phase: PhaseName
    org: Annotated[OrgCode, told("机构代码", "The organisation's code")]
    channel: Annotated[str, one_of(CHANNELS)]
    urgent: Flag
    applicant: Annotated[
        Applicant | None,
        told(
            "承办人接受指派之前为 null",
            "Null for a helper who has not taken the case on; in lists while it is assigned",
        ),
    ]
    owner: Annotated[Person | None, told("经办人", "Who is in charge")]
    assignee: Annotated[Person | None, like(None, "承办的律师或志愿者", "The lawyer or volunteer who helps")]
    waits_for: Annotated[RoleName | None, told("轮到哪个角色", "The role whose turn it is")]
    opened_at: Instant
    updated_at: Instant
    closed_at: Later
    outcome: Annotated[str | None, like(None)]
    due_at: Annotated[
        Instant | None, told("最近的未结束期限", "The nearest due time of an open clock that binds the case")
    ]
    due_on: DueOn
    provisional: Provisional
    overdue: Flag
    clock: Annotated[NextClock | None, told("最近到期的期限", "The clock that is due next")]
    version: First


class CaseSummaryPage(Page):
    """A page of a list of cases."""

    items: list[CaseSummary]
    count: Annotated[
        int | UnsetType,
        like(12, "总数，查询 count=true 时给出", "How many there are, where count=true asks for it", minimum=0),
    ] = UNSET
    capped: Annotated[Flag | UnsetType, told("不止 count 件", "There are more than `count`")] = UNSET


class Twin(Shape):
    """Another open case of the same person, of those that the reader may see."""

    id: Id
    number: Annotated[str, like("LA-2026-000002")]
    state: StateName
    org: Annotated[str, like("370200")]
    by: Annotated[
        list[Annotated[str, one_of(("identity_number", "document", "phone"))]],
        told("相同的号码", "Which of the numbers are the same"),
    ]
    same_request: Annotated[
        Flag,
        told("同一人就同一事项的申请", "The same person asks for the same"),
    ]


def twin(one: duplicates.Twin) -> Twin:
    """The other case as somebody sees it."""
    return Twin.of(one, org=one.org_code)


class EarlierPaper(Shape):
    """A paper that the person has handed in for another case."""

    name: Annotated[str, like(Text("身份证复印件", "Copy of the identity card"))]
    copies: Number
    number: Annotated[str, like("LA-2026-000002")]


class Case(CaseSummary, kw_only=True):
    """A case as answers show it; sensitive facts are masked."""

    clocks: list[CaseClock]
    facts: Annotated[
        dict[str, Any],
        like(
            {"applicant": {"name": "王秀英"}},
            "案情，敏感内容已遮蔽；栏目见流程的 intake",
            "Masked where sensitive; fields as in the workflow's intake",
        ),
    ]
    same_applicant: Annotated[list[Twin] | UnsetType, told("同一申请人的在办案件", "Open cases of the same person")] = (
        UNSET
    )
    papers_before: Annotated[
        list[EarlierPaper] | UnsetType,
        told("该申请人在其他案件中已提交的材料", "What this person handed in for other cases"),
    ] = UNSET


def case(
    record: StoredCase,
    tx: Transaction,
    twins: Iterable[duplicates.Twin] | None = None,
    papers: Iterable[EarlierPaperOfCase] = (),
) -> Case:
    """The case in full; with its `twins` and earlier `papers` where they were looked for."""
    workflow, as_of = workflow_registry.pinned(record.case), tx.now
    file = as_seen(workflow, record.case, tx.acting.person)
    nearest, late = nearest_clock(workflow, file), late_at(workflow, file)
    return Case.of(
        file,
        state_title=plain(workflow.by_state[file.state].title),
        org=file.org_code,
        applicant=_applicant(file.facts["applicant"]) if "applicant" in file.facts else None,
        owner=person(file.owner),
        assignee=person(file.assignee),
        updated_at=plain(file.last_at),
        **due(nearest.due if nearest else None),
        overdue=late is not None and late < as_of,
        clock=next_clock(workflow.by_clock[nearest.name], nearest.due, as_of) if nearest else None,
        clocks=[clock(CaseClock, run, workflow.by_clock[run.name], tx) for run in file.clocks],
        facts=in_zone(file.facts),
        same_applicant=UNSET if twins is None else [twin(one) for one in twins],
        papers_before=UNSET if twins is None else [EarlierPaper.of(one) for one in papers],
    )


def _applicant(known: Mapping[str, Any]) -> Applicant:
    return Applicant(**{name: known[name] for name in Applicant.__struct_fields__ if name in known})


class Transition(Shape):
    """A transition from where a case stands, whether it is allowed, and what it needs."""

    name: Annotated[str, like("accept")]
    title: Annotated[str, like(Text("受理", "Accept"))]
    to: Annotated[str, like("under_review")]
    allowed: Flag
    because: Annotated[
        str | None, like(Text("此案由张敏经办。", "张敏 handles this case."), "不能办理的原因", "Why not")
    ]
    needs: Annotated[
        dict[str, Any],
        like(
            {"type": "object"},
            "所需内容的 JSON Schema，examples[0] 现在可用",
            "A JSON Schema; its examples[0] is accepted now",
        ),
    ]


class Correction(Shape):
    """What corrects the facts of a case."""

    facts: Annotated[
        dict[str, Any],
        like(
            {"applicant": {"phone": "13800000000"}},
            "按 RFC 7396 合并的更正；null 表示删除",
            "A merge patch (RFC 7396); null removes",
        ),
    ]
    reason: Annotated[
        str | UnsetType,
        like(
            Text("核对材料后更正", "Corrected after the papers were looked at"),
            "作出决定后或代他人更正时必填",
            "Needed after a decision, or on a colleague's case",
            maxLength=500,
        ),
    ] = UNSET
