"""The schemas of a case and of what hangs on it."""

from typing import Final, get_args

from casework.api.shapes import (
    AT,
    DUE,
    FIRST,
    HASH,
    ID,
    ROLE,
    Schema,
    anything,
    decimal,
    flag,
    many,
    not_yet,
    obj,
    one_of,
    or_null,
    ref,
    text,
    whole,
)
from casework.rules.case import Phase
from casework.rules.clocks import Status
from casework.rules.grammar import OwedBy
from casework.rules.text import Text
from casework.work.delivery.channels import KINDS
from casework.work.forms import CHANNELS

PHASE: Final = one_of(phase.value for phase in Phase)
_CHANNELS: Final = ("email", *KINDS)
EVENT_KINDS: Final = (
    "opened",
    "transition",
    "corrected",
    "overridden",
    "claimed",
    "released",
    "handed_over",
    "let_go",
    "code_issued",
    "rederived",
)
OWED_BY: Final = one_of(get_args(OwedBy))
_ALERT: Final = {
    "kind": one_of(
        ("clock", "event"), Text("期限提醒，或者告知他人的办理", "A rung of a clock, or what somebody else did")
    ),
    "clock": or_null(
        text("review"), Text("告知时为您接下来的期限", "Of an event: the clock that is yours to keep next")
    ),
    "generation": or_null(FIRST),
    "level": or_null(text("80%")),
    "event_seq": not_yet(FIRST, Text("告知的是哪条记录", "Of which entry of the history it tells")),
}

_CLOCK: Final = {
    "name": text("review"),
    "title": text(Text("审查期限（地方）", "Review, local")),
    "basis": text(Text("法律援助法 第43条", "Legal Aid Law, art 43"), Text("期限的依据", "What the limit rests on")),
    "generation": whole(1, Text("第几次起算", "How often it has begun"), least=1),
    "owed_by": OWED_BY,
    "status": one_of(get_args(Status), Text("breached 指逾期后结束", "breached: ended late")),
    "overdue": flag(Text("已逾期，无论是否结束", "Late, ended or not")),
    "started_at": AT,
    **DUE,
    "due_at": or_null(AT, Text("暂停且未逾期时为空", "Null while paused, unless it has passed already")),
    "ended_at": not_yet(AT),
}
_NEAREST: Final = obj(
    {name: _CLOCK[name] for name in ("name", "title", "owed_by", "due_at", "due_on", "provisional", "overdue")}
)
_CASE: Final = {
    "id": ID,
    "number": text("LA-2026-000001"),
    "workflow": text("legal_aid"),
    "workflow_version": FIRST,
    "state": text("submitted"),
    "state_title": text(Text("已提交", "Submitted")),
    "phase": PHASE,
    "org": text("370100", Text("机构代码", "The organisation's code")),
    "channel": one_of(CHANNELS),
    "urgent": flag(),
    "applicant": or_null(ref("Applicant")),
    "owner": or_null(ref("Person"), Text("经办人", "Who is in charge")),
    "assignee": not_yet(ref("Person"), Text("承办的律师或志愿者", "The lawyer or volunteer who helps")),
    "waits_for": or_null(ROLE, Text("轮到哪个角色", "The role whose turn it is")),
    "opened_at": AT,
    "updated_at": AT,
    "closed_at": not_yet(AT),
    "outcome": not_yet(text("settled")),
    **DUE,
    "due_at": or_null(AT, Text("最近的未结束期限", "The nearest due time of an open clock that binds the case")),
    "overdue": flag(),
    "clock": or_null(_NEAREST, Text("最近到期的期限", "The clock that is due next")),
    "clocks": many(ref("CaseClock")),
    "facts": anything(
        Text("案情，敏感内容已遮蔽；栏目见流程的 intake", "Masked where sensitive; fields as in the workflow's intake"),
        applicant={"name": "王秀英"},
    ),
    "version": FIRST,
}
TWIN: Final = obj(
    {
        "id": or_null(ID),
        "number": or_null(text("LA-2026-000002")),
        "state": or_null(text("submitted")),
        "org": text("370200"),
        "by": many(
            one_of(("identity_number", "document", "phone")),
            Text("相同的号码", "Which of the numbers are the same"),
        ),
        "same_request": or_null(
            flag(Text("同一人就同一事项的申请", "The same person asks for the same")),
            Text("其他机构的案件为空", "Null for a case elsewhere"),
        ),
    }
)
TRACE: Final = obj(
    {
        "from": AT,
        "to": or_null(AT),
        "kind": one_of(("first_day", "counted", "holiday", "rest", "rolled", "paused", "provisional", "due")),
        "counted": decimal(5, Text("占用期限的数量，以期限的单位计", "How much of the limit it used up, in its unit")),
        "text": text(Text("计入 5 个工作日", "5 working day(s) count")),
    }
)

CASE_ITEMS: Final[dict[str, Schema]] = {
    "CaseSummary": obj({name: shape for name, shape in _CASE.items() if name not in ("clocks", "facts")}),
    "Case": obj(
        _CASE,
        {
            "same_applicant": many(TWIN, Text("同一申请人的在办案件", "Open cases of the same person")),
            "papers_before": many(
                obj(
                    {
                        "name": text(Text("身份证复印件", "Copy of the identity card")),
                        "copies": whole(1),
                        "number": text("LA-2026-000002"),
                    }
                ),
                Text("该申请人在其他案件中已提交的材料", "What this person handed in for other cases"),
            ),
        },
    ),
    "Transition": obj(
        {
            "name": text("accept"),
            "title": text(Text("受理", "Accept")),
            "to": text("under_review"),
            "allowed": flag(),
            "because": or_null(
                text(Text("此案由张敏经办。", "张敏 handles this case.")), Text("不能办理的原因", "Why not")
            ),
            "needs": anything(
                Text("所需内容的 JSON Schema，examples[0] 现在可用", "A JSON Schema; its examples[0] is accepted now"),
                type="object",
            ),
        }
    ),
    "Event": obj(
        {
            "seq": FIRST,
            "at": AT,
            "kind": one_of(EVENT_KINDS),
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
        {
            **_CLOCK,
            "limit": text("5wd"),
            "calendar": text("china"),
            "calendar_version": FIRST,
            "beside": not_yet(text("review_by_law"), Text("并列的期限", "The clock that is shown beside it")),
            "intervals": many(obj({"from": AT, "to": not_yet(AT)}), Text("计时的时段", "When it ran")),
            "trace": many(TRACE, Text("计算过程", "Why it is due then")),
        }
    ),
    "Ledger": obj(
        {
            **_ALERT,
            "title": text(Text("审查期限", "Review")),
            "roles": many(ROLE, Text("提醒哪些角色", "Which roles are told")),
            "above": flag(Text("上级机构的人员", "Those of the organisation above")),
            "status": one_of(("sent", "suppressed", "planned", "superseded")),
            "because": text(
                Text("期限已过 80%", "80% of the time limit has passed"),
                Text("提醒或者不提醒的原因", "Why people are told, or why nobody is told"),
            ),
            "planned_at": or_null(AT),
            "at": or_null(AT),
            "to": many(
                obj(
                    {
                        "username": text("zhang"),
                        "name": text("张敏"),
                        "acknowledged_at": not_yet(AT),
                        "snoozed_until": not_yet(AT),
                    }
                )
            ),
            "deliveries": many(
                obj(
                    {
                        "channel": one_of(("inbox", *_CHANNELS)),
                        "to": text("zhang", Text("用户名或渠道名称", "A username, or the name of a channel")),
                        "state": one_of(("waiting", "delivered", "dead", "superseded")),
                        "attempts": whole(0),
                        "last_error": or_null(
                            text(Text("接收方没有应答", "The receiver did not answer")),
                            Text("未能送达的原因", "Why it could not be delivered"),
                        ),
                        "delivered_at": or_null(AT),
                    }
                ),
                Text("发送情况", "How it went out"),
            ),
        }
    ),
    "Note": obj(
        {
            "id": ID,
            "text": text(Text("已电话联系申请人。", "The applicant was called.")),
            "author": ref("Person"),
            "at": AT,
        }
    ),
    "Letter": obj(
        {
            "id": ID,
            "name": text("receipt"),
            "number": not_yet(text("（2026）济工援决字第1号")),
            "at": AT,
            "title": text(Text("收件回执", "Receipt")),
            "body": text(Text("王秀英：您的申请已收到。", "王秀英: your request has come in.")),
        }
    ),
    "DisclosureLog": obj(
        {
            "user": ref("Person"),
            "at": AT,
            "paths": many(text("applicant.phone"), Text("查看了哪些内容", "What was shown")),
            "reason": text(Text("核对身份", "To check the identity"), Text("为何查看", "Why")),
        }
    ),
    "Alert": obj(
        {
            "id": ID,
            "case_id": ID,
            "case_number": text("LA-2026-000001"),
            **_ALERT,
            "title": text(
                Text("审查期限（地方）", "Review, local"),
                Text("期限的名称，或者办理了什么", "The title of the clock, or what was done"),
            ),
            "because": text(
                Text("期限已过 80%", "80% of the time limit has passed"),
                Text("提醒的原因，及由谁办理", "Why one is told, and who did it"),
            ),
            "role": not_yet(ROLE, Text("由谁办理", "Who did it")),
            "actor": not_yet(ref("Person"), Text("办理人", "The user who did it")),
            **DUE,
            "at": AT,
            "acknowledged_at": not_yet(AT),
            "snoozed_until": not_yet(AT),
        }
    ),
}
"""What stands in lists; each has its page."""

CASE_PARTS: Final[dict[str, Schema]] = {
    "Applicant": obj(
        {}, {"name": text("王秀英"), "identity_number": text("370102********0028"), "phone": text("138****0000")}
    ),
    "Person": obj({"id": ID, "username": text("zhang"), "name": text("张敏")}),
    "CaseClock": obj(_CLOCK),
    "Disclosure": obj(
        {
            "values": anything(
                Text("完整内容，以路径为名", "Values in full, by path"), **{"applicant.phone": "13800000000"}
            )
        }
    ),
    "PersonalData": obj(
        {
            "facts": anything(
                Text(
                    "本人信息完整；所述他人仅列姓名和与本人关系",
                    "The applicant's own data in full; of others the name and the relation only",
                ),
                applicant={"name": "王秀英", "phone": "13800000000"},
            ),
            "steps": many(
                obj(
                    {
                        "transition": text("request_data"),
                        "at": AT,
                        "given": anything(
                            Text("本人办理时所述", "What the applicant said at this step"),
                            kinds=["copy"],
                        ),
                    }
                ),
                Text("本人办理的事项", "The steps that the applicant took, or staff in the applicant's name"),
            ),
            "letters": many(
                obj(
                    {
                        "name": text("receipt"),
                        "number": not_yet(text("（2026）济工援决字第1号")),
                        "at": AT,
                        "title": text(Text("收件回执", "Receipt")),
                        "body": text(Text("王秀英：您的申请已收到。", "王秀英: your request has come in.")),
                    }
                ),
                Text("送达本人的文书", "The letters to the applicant"),
            ),
        }
    ),
    "Correction": obj(
        {
            "facts": anything(
                Text("按 RFC 7396 合并的更正；null 表示删除", "A merge patch (RFC 7396); null removes"),
                applicant={"phone": "13800000000"},
            )
        },
        {
            "reason": text(
                Text("核对材料后更正", "Corrected after the papers were looked at"),
                Text("作出决定后或代他人更正时必填", "Needed after a decision, or on a colleague's case"),
                maxLength=500,
            )
        },
    ),
    "Given": anything(Text("按该操作的 needs 填写", "What the transition's `needs` asks for")),
}
