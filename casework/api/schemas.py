"""What the endpoints answer, as JSON Schema (draft 2020-12): the components of the OpenAPI document.

A description is a `Text`, which the document turns into the reader's language. Objects are closed, so that an
answer with an undocumented member fails the tests; only what a workflow defines (`facts`, `payload`) is open.
"""

from typing import Any, Final, get_args

from casework.forms.form import Form
from casework.rules.casefile import Phase, Role
from casework.rules.clocks import Status
from casework.rules.grammar import OwedBy
from casework.rules.text import Language, Text
from casework.work import programmes
from casework.work.forms import CHANNELS, NewCase
from casework.work.people import USER_ROLES

Schema = dict[str, Any]


def text(example: str, about: Text | None = None, **more: Any) -> Schema:
    """A text, with one example."""
    return _said("string", about) | more | {"examples": [example]}


def number(kind: str, example: float, about: Text | None = None, **more: Any) -> Schema:
    """An `integer` or a `number`."""
    return _said(kind, about) | more | {"examples": [example]}


def flag(about: Text | None = None) -> Schema:
    """True or false."""
    return _said("boolean", about) | {"examples": [False]}


def one_of(words: Any, about: Text | None = None) -> Schema:
    """One of these words."""
    return _said("string", about) | {"enum": list(words)}


def many(item: Schema, about: Text | None = None) -> Schema:
    """A list."""
    return _said("array", about) | {"items": item}


def obj(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    members = required | (optional or {})
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


def anything(about: Text, **example: Any) -> Schema:
    """An object whose members are defined elsewhere."""
    return {"type": "object", "description": about, "examples": [example]}


def or_null(schema: Schema, about: Text | None = None) -> Schema:
    """The same, or null."""
    return ({"description": about} if about else {}) | {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str) -> Schema:
    """A page of a list."""
    cursor = text("WyIyMDI2LTAzLTAyIl0", Text("下一页的游标", "The cursor of the next page"))
    return obj({"items": many(ref(name)), "next_cursor": or_null(cursor)})


def _said(kind: str, about: Text | None) -> Schema:
    return {"type": kind, "description": about} if about else {"type": kind}


AT: Final = text("2026-03-02T09:00:00+08:00", format="date-time")
DAY: Final = text("2026-03-09", format="date")
ID: Final = text("5f0e9f6e-3c1d-4b0a-9c55-0a4b7d2f6e11", format="uuid")
HASH: Final = text("9f" * 32, pattern="^[0-9a-f]{64}$")
ROLE: Final = one_of(role.value for role in Role)
VERSION: Final = number("integer", 1, minimum=1)
COUNT: Final = number("integer", 3, minimum=0)

_CLOCK: Final = {
    "name": text("review"),
    "title": text("审查期限（地方）"),
    "basis": text("法律援助法 第43条", Text("期限的依据", "What the limit rests on")),
    "generation": number("integer", 1, Text("第几次起算", "How often it has begun"), minimum=1),
    "owed_by": one_of(get_args(OwedBy)),
    "status": one_of(get_args(Status), Text("breached 指逾期后结束", "breached: ended late")),
    "overdue": flag(Text("已逾期，无论是否结束", "Late, ended or not")),
    "started_at": AT,
    "due_at": or_null(AT, Text("暂停且未逾期时为空", "Null while paused, unless it has passed already")),
    "due_on": or_null(DAY, Text("期限内的最后一日", "The last day in time")),
    "provisional": flag(Text("涉及尚未公布节假日的年份", "It needs a year whose holidays are not known yet")),
    "ended_at": or_null(AT),
}

_CASE: Final = {
    "id": ID,
    "number": text("LA-2026-000001"),
    "workflow": text("legal_aid"),
    "workflow_version": VERSION,
    "state": text("submitted"),
    "state_title": text("已提交"),
    "phase": one_of(phase.value for phase in Phase),
    "org": text("370100", Text("机构代码", "The organisation's code")),
    "channel": one_of(CHANNELS),
    "urgent": flag(),
    "applicant": or_null(ref("Applicant")),
    "owner": or_null(ref("Person"), Text("经办人", "Who is in charge")),
    "assignee": or_null(ref("Person"), Text("承办的律师或志愿者", "The lawyer or volunteer who helps")),
    "waits_for": or_null(ROLE, Text("轮到哪个角色", "The role whose turn it is")),
    "opened_at": AT,
    "updated_at": AT,
    "closed_at": or_null(AT),
    "outcome": or_null(text("settled")),
    "due_at": or_null(AT, Text("最近的未结束期限", "The nearest due time of an open clock")),
    "overdue": flag(),
    "clocks": many(ref("CaseClock")),
    "facts": anything(
        Text("案情，敏感内容已遮蔽；栏目见流程的 intake", "Masked where sensitive; fields as in the workflow's intake"),
        applicant={"name": "王秀英"},
    ),
    "version": VERSION,
}

_TWIN: Final = obj(
    {
        "id": or_null(ID),
        "number": or_null(text("LA-2026-000002")),
        "state": or_null(text("granted")),
        "org": text("370200"),
    }
)

_FIGURES: Final = {
    "started": number("integer", 3, Text("met + breached + open", "met + breached + open"), minimum=0),
    "met": number("integer", 1, Text("按期结束", "Ended in time"), minimum=0),
    "breached": number("integer", 1, Text("逾期，无论是否结束", "Late, ended or not"), minimum=0),
    "open": number("integer", 1, Text("未结束且未逾期", "Neither ended nor late"), minimum=0),
    "cancelled": COUNT,
    "breach_rate": or_null(
        number("number", 0.5, minimum=0, maximum=1), Text("breached / (met + breached)", "breached / (met + breached)")
    ),
    "median_working_hours": or_null(number("number", 12.5, minimum=0)),
    "p90_working_hours": or_null(number("number", 30.0, minimum=0)),
}
_ROW: Final = obj(
    _FIGURES,
    {
        name: or_null(text(example))
        for name, example in (
            ("workflow", "legal_aid"),
            ("org", "370100"),
            ("clock", "review"),
            ("month", "2026-03"),
            ("owner", "zhang"),
        )
    },
)

_STATE: Final = obj(
    {
        "name": text("submitted"),
        "title": text("已提交"),
        "phase": one_of(phase.value for phase in Phase),
        "waits_for": or_null(ROLE),
        "final": flag(),
    }
)
_EDGE: Final = obj(
    {
        "name": text("accept"),
        "title": text("受理"),
        "from": many(text("submitted")),
        "to": text("under_review"),
        "by": many(ROLE),
        "conditions": many(text("本案尚未要求补充材料。")),
        "letters": many(text("receipt")),
    }
)
_RULE: Final = obj(
    {
        "name": text("review"),
        "title": text("审查期限（地方）"),
        "basis": text("法律援助法 第43条"),
        "limit": text("5wd", Text("期限，或给出期限的标准名称", "A limit, or the policy that gives it")),
        "runs_in": many(text("under_review")),
        "pauses_in": many(text("awaiting_papers")),
        "owed_by": one_of(get_args(OwedBy)),
        "takes": or_null(text("lapse"), Text("到期时执行的操作", "The transition that time takes")),
        "beside": or_null(text("review_by_law")),
        "alerts": many(obj({"level": text("80%"), "to": many(ROLE)})),
    }
)
_TRACE: Final = obj({"from": AT, "to": or_null(AT), "kind": text("run"), "text": text("2026-03-03 起计 5 个工作日")})

ITEMS: Final[dict[str, Schema]] = {
    "Case": obj(_CASE, {"same_applicant": many(_TWIN, Text("同一申请人的在办案件", "Open cases of the same person"))}),
    "Transition": obj(
        {
            "name": text("accept"),
            "title": text("受理"),
            "to": text("under_review"),
            "allowed": flag(),
            "because": or_null(text("此案由张敏经办。"), Text("不能办理的原因", "Why not")),
            "needs": anything(
                Text(
                    "所需内容的 JSON Schema，examples[0] 现在即可提交", "A JSON Schema; its examples[0] is accepted now"
                ),
                type="object",
            ),
        }
    ),
    "Event": obj(
        {
            "seq": VERSION,
            "at": AT,
            "kind": one_of(("opened", "transition", "overridden", "corrected", "claimed", "released", "handed_over")),
            "actor": or_null(ref("Person")),
            "role": ROLE,
            "payload": anything(
                Text("变动内容，敏感内容已遮蔽", "What changed, masked where sensitive"), state="submitted"
            ),
            "prev_hash": HASH,
            "hash": HASH,
        }
    ),
    "Clock": obj(
        _CLOCK
        | {
            "limit": text("5wd"),
            "calendar": text("china"),
            "calendar_version": or_null(VERSION),
            "beside": or_null(text("review_by_law"), Text("并列显示的期限", "The clock that is shown beside it")),
            "intervals": many(obj({"from": AT, "to": or_null(AT)}), Text("计时的时段", "When it ran")),
            "trace": many(_TRACE, Text("计算过程", "Why it is due then")),
        }
    ),
    "Ledger": obj(
        {
            "clock": text("review"),
            "generation": VERSION,
            "level": text("80%"),
            "status": one_of(("sent", "suppressed", "planned")),
            "because": or_null(text("由期限更早的“审查期限（地方）”提醒")),
            "planned_at": AT,
            "at": or_null(AT),
            "to": many(obj({"username": text("zhang"), "name": text("张敏"), "acknowledged_at": or_null(AT)})),
        }
    ),
    "Note": obj({"id": ID, "text": text("已电话联系申请人。"), "author": ref("Person"), "at": AT}),
    "Letter": obj(
        {
            "id": ID,
            "name": text("receipt"),
            "number": or_null(text("(2026)LA-370100-granted-1")),
            "at": AT,
            "title": text("受理回执"),
            "body": text("王秀英：您的申请已收到。"),
        }
    ),
    "Alert": obj(
        {
            "id": ID,
            "case_id": ID,
            "case_number": text("LA-2026-000001"),
            "clock": text("review"),
            "title": text("审查期限（地方）"),
            "generation": VERSION,
            "level": text("80%"),
            "due_at": or_null(AT),
            "at": AT,
            "acknowledged_at": or_null(AT),
        }
    ),
    "Workflow": obj(
        {
            "key": text("legal_aid"),
            "version": VERSION,
            "title": text("法律援助"),
            "states": many(_STATE),
            "transitions": many(_EDGE),
            "clocks": many(_RULE),
        },
        {"intake": anything(Text("申请表的 JSON Schema", "The intake form as a JSON Schema"), type="object")},
    ),
    "Policy": obj(
        {
            "id": VERSION,
            "workflow": text("legal_aid"),
            "name": text("review"),
            "place": text("370000", Text("地区或机构代码，全国为 CN", "A region or organisation; CN is the country")),
            "from": DAY,
            "value": text("5wd"),
            "source": text("山东省法律援助条例"),
        }
    ),
    "Calendar": obj(
        {
            "key": text("china"),
            "version": VERSION,
            "title": text("办公时间"),
            "tz": text("Asia/Shanghai"),
            "week": {
                "type": "object",
                "additionalProperties": many(many(text("08:30"))),
                "examples": [{"mon": [["08:30", "12:00"], ["13:30", "17:30"]]}],
            },
            "years": or_null(many(number("integer", 2026)), Text("已公布节假日的年份", "Years with known holidays")),
        }
    ),
    "Org": obj(
        {
            "code": text("370100"),
            "region": text("370100", Text("行政区划代码", "The GB/T 2260 code")),
            "name": text("济南市总工会"),
            "kind": text("city"),
            "parent": or_null(text("370000")),
            "calendar": text("china"),
        }
    ),
    "User": obj(
        {
            "id": ID,
            "username": text("zhang"),
            "name": text("张敏"),
            "role": one_of(USER_ROLES),
            "org": text("370100"),
            "active": flag(),
            "created_at": AT,
        }
    ),
}

SCHEMAS: Final[dict[str, Schema]] = {
    **ITEMS,
    **{f"{name}Page": page_of(name) for name in ITEMS},
    "Applicant": obj(
        {}, {"name": text("王秀英"), "identity_number": text("3701**********0028"), "phone": text("138****0000")}
    ),
    "Person": obj({"id": ID, "username": text("zhang"), "name": text("张敏")}),
    "CaseClock": obj(_CLOCK),
    "Token": obj({"access_token": text("cw_…"), "token_type": {"const": "Bearer"}, "expires_at": AT}),
    "Disclosure": obj(
        {
            "values": anything(
                Text("以路径为名的完整内容", "Values in full, by path"), **{"applicant.phone": "13800000000"}
            )
        }
    ),
    "Due": obj(
        {
            "due_at": AT,
            "due_on": DAY,
            "provisional": flag(),
            "calendar": text("china"),
            "calendar_version": VERSION,
            "trace": many(_TRACE),
        }
    ),
    "SlaReport": obj(
        {
            "as_of": AT,
            "zone": text("Asia/Shanghai"),
            "from": AT,
            "to": AT,
            "rows": many(_ROW),
            "total": obj(_FIGURES),
        }
    ),
    "Diagram": text("stateDiagram-v2"),
    "OpenApi": anything(Text("本文档", "This document"), openapi="3.1.0"),
    "Docs": text("<!doctype html>"),
    "Problem": obj(
        {
            "type": text("urn:casework:problem:not_found", format="uri"),
            "title": text("没有找到"),
            "status": number("integer", 404),
            "detail": text("没有找到，或者您无权查看。", Text("可直接显示的说明", "A sentence fit to be shown")),
            "code": text("not_found"),
            "request_id": text("4f9d1c2b7a8e4c61b0d3"),
        },
        {
            "errors": many(
                obj({"field": text("applicant.name"), "code": text("required"), "message": text("此项必填。")})
            )
        },
    ),
    "Correction": obj(
        {
            "facts": anything(
                Text("按 RFC 7396 合并；null 表示删除", "Merged by RFC 7396; null removes"), description="更正后的经过"
            )
        },
        {
            "reason": text(
                "核对材料后更正", Text("决定后或代他人更正时必填", "Needed after a decision, or on a colleague's case")
            )
        },
    ),
    "Given": anything(Text("该操作的 needs 所要求的内容", "What the transition's `needs` asks for")),
}


def new_case(language: Language) -> Schema:
    """The body that opens a case: its facts are the intake form of one of the workflows."""
    form = NewCase.schema(language)
    intakes = [workflow.intake for workflow in programmes.latest()]
    facts = {"anyOf": [intake.schema(language) for intake in intakes if issubclass(intake, Form)]}
    return form | {"properties": form["properties"] | {"facts": facts}, "required": [*form["required"], "facts"]}
