"""What the endpoints answer and take, by name: the components of the OpenAPI document."""

from typing import Final

from casework.api.case_schemas import CASE_ITEMS, CASE_PARTS, OWED_BY, PHASE, TRACE, TWIN
from casework.api.money_schemas import MONEY_ITEMS, MONEY_PARTS
from casework.api.shapes import (
    AT,
    DAY,
    DUE,
    FIRST,
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
    page_of,
    text,
    whole,
)
from casework.api.webhooks import WEBHOOK_BODIES
from casework.rules.text import LANGUAGES, Text
from casework.work.delivery.channels import KINDS
from casework.work.delivery.outgoing import STATES, WAYS
from casework.work.people import USER_ROLES

_CODE: Final = {
    "number": text("LA-2026-000001"),
    "tracking_code": text(
        "K7WQ-2MZD-RX4T-9HCV-B5NE",
        Text(
            "查询码，只告知这一次；输入时不分大小写和全半角",
            "Told only this once; typed in any case, with or without hyphens",
        ),
    ),
}
_FIGURES: Final = {
    "started": whole(3, Text("按期、逾期与未到期之和", "met, breached and open together")),
    "met": whole(1, Text("按期结束", "Ended in time")),
    "breached": whole(1, Text("逾期，无论是否结束", "Late, ended or not")),
    "open": whole(1, Text("未结束且未逾期", "Neither ended nor late")),
    "cancelled": whole(0, Text("已取消，不计入 started", "Cancelled; not among the started")),
    "provisional": whole(0, Text("started 中到期时间暂定的", "Of the started: due at a provisional time")),
    "breach_rate": or_null(decimal(0.5, maximum=1), Text("逾期 ÷（按期 + 逾期）", "breached / (met + breached)")),
    "median_working_hours": or_null(decimal(12.5), Text("已结束期限的工时中位数", "Of the ended clocks")),
    "p90_working_hours": or_null(decimal(30.5), Text("已结束期限的工时 90 分位", "Of the ended clocks")),
}
_GROUPS: Final = {
    "workflow": text("legal_aid"),
    "org": text("370100"),
    "clock": text("review"),
    "month": text("2026-03"),
    "owner": text("zhang", Text("用户名，无人经办为空文本", "A username; empty where nobody owned it")),
}

_WINDOWS: Final = many(many(text("08:30"))) | {"examples": [[["08:30", "12:00"], ["13:30", "17:30"]]]}
_HOURS: Final[Schema] = {"type": "object", "additionalProperties": _WINDOWS}

_STATE: Final = obj(
    {
        "name": text("submitted"),
        "title": text(Text("已提交", "Submitted")),
        "phase": PHASE,
        "waits_for": or_null(ROLE),
        "final": flag(),
    }
)
_EDGE: Final = obj(
    {
        "name": text("accept"),
        "title": text(Text("受理", "Accept")),
        "from": many(text("submitted"), Text("空文本表示新建，* 表示任何状态", "Empty: not open yet; *: any state")),
        "to": or_null(text("under_review"), Text("空表示状态不变", "Null: the case stays where it is")),
        "by": many(ROLE),
        "conditions": many(text(Text("本案尚未要求补充材料。", "No papers have been asked for in this case."))),
        "letters": many(text("receipt")),
    }
)
_LIMIT: Final = obj(
    {
        "name": text("review"),
        "title": text(Text("审查期限（地方）", "Review, local")),
        "basis": text(Text("法律援助法 第43条", "Legal Aid Law, art 43")),
        "limit": text("5wd", Text("期限，或给出期限的标准名称", "A limit, or the policy that gives it")),
        "runs_in": many(text("under_review")),
        "pauses_in": many(text("awaiting_papers")),
        "owed_by": OWED_BY,
        "takes": or_null(text("lapse"), Text("到期时执行的操作", "The transition that time takes")),
        "beside": not_yet(text("review_by_law")),
        "alerts": many(
            obj(
                {
                    "level": text("80%"),
                    "to": many(ROLE),
                    "above": flag(Text("是否提醒上一级机构的人员", "Whether it goes to the next organisation up")),
                }
            )
        ),
    }
)

_COUNTED: Final = {
    "count": whole(12, Text("总数，查询 count=true 时给出", "How many there are, where count=true asks for it")),
    "capped": flag(Text("不止 count 件", "There are more than `count`")),
}

ITEMS: Final[dict[str, Schema]] = {
    **CASE_ITEMS,
    **MONEY_ITEMS,
    "Workflow": obj(
        {
            "key": text("legal_aid"),
            "version": FIRST,
            "title": text(Text("法律援助", "Legal aid")),
            "states": many(_STATE),
            "transitions": many(_EDGE),
            "clocks": many(_LIMIT),
        },
        {"intake": anything(Text("申请表的 JSON Schema", "The intake form as a JSON Schema"), type="object")},
    ),
    "Policy": obj(
        {
            "id": FIRST,
            "workflow": text("legal_aid"),
            "name": text("review"),
            "place": text("370000", Text("地区或机构代码，全国为 CN", "A region or organisation; CN is the country")),
            "from": DAY,
            "value": text("5wd"),
            "source": text(Text("山东省法律援助条例", "Regulation on legal aid of Shandong")),
            "in_force": flag(Text("在所问之日、所问之地是否有效", "Whether it counts on that day in that place")),
        }
    ),
    "Calendar": obj(
        {
            "key": text("china"),
            "version": FIRST,
            "title": text(Text("办公时间", "Office hours")),
            "tz": text("Asia/Shanghai"),
            "week": _HOURS | {"examples": [{"mon": [["08:30", "12:00"], ["13:30", "17:30"]]}]},
            "years": or_null(many(whole(2026)), Text("已公布节假日的年份", "Years with known holidays")),
        }
    ),
    "WholeCalendar": obj(
        {
            "key": text("china"),
            "version": FIRST,
            "title": text(Text("办公时间", "Office hours")),
            "loaded_at": AT | {"description": Text("自何时起适用", "From when it counts")},
            "source": not_yet(
                text(Text("本局公告", "Notice of this office")),
                Text("本机构时间的依据", "What the office's own hours rest on"),
            ),
            "tz": text("Asia/Shanghai"),
            "week": _HOURS | {"examples": [{"mon": [["08:30", "12:00"], ["13:30", "17:30"]], "sun": []}]},
            "make_up_week": or_null(
                text("mon"), Text("调休上班日按星期几办公", "The weekday whose hours hold on make-up days")
            ),
            "close_of_business": flag(
                Text("最后一日截止到停止办公时，而非二十四时", "The last day ends when the office closes, not at 24:00")
            ),
            "years": or_null(
                many(whole(2026)),
                Text("已载入放假安排的年份；空为所有年份", "Years with known holidays; null is every year"),
            ),
            "published": many(
                obj(
                    {
                        "year": whole(2026),
                        "source": text(
                            Text(
                                "国务院办公厅关于2026年部分节假日安排的通知",
                                "Notice of the State Council on the holidays of 2026",
                            )
                        ),
                        "holidays": many(DAY),
                        "make_up_days": many(DAY),
                    }
                ),
                Text("各年安排，与公布的一致", "The years as they were published"),
            ),
            "holidays": many(DAY, Text("全部放假日期", "All holidays, whoever gave them")),
            "yearly_holidays": many(text("10-01"), Text("每年放假的日期", "Holidays of every year")),
            "date_overrides": _HOURS
            | {
                "description": Text(
                    "办公时间另定的日期，含调休上班日", "Days with hours of their own, make-up days among them"
                ),
                "examples": [{"2026-02-14": [["08:30", "12:00"], ["13:30", "17:30"]]}],
            },
        }
    ),
    "Notice": obj(
        {
            "id": ID,
            "org": obj(
                {
                    "code": text("370100"),
                    "name": text("济南市总工会"),
                    "phone": or_null(text("0531-55501234")),
                    "address": or_null(text(Text("济南市示例路 1 号", "1 Example Road, Jinan"))),
                }
            )
            | {"description": Text("公示机构", "Who publishes it")},
            "workflow": text("hardship_aid"),
            "since": AT,
            "notice": anything(
                Text("公示内容，按请求的语言", "What is published, in the language asked for"),
                until="2026-03-09",
                unit="示例机械厂",
            ),
            "until_note": or_null(
                text(
                    Text(
                        "公示截止日为暂定，以国务院办公厅公布的放假安排为准。",
                        "The last day is provisional until the State Council has published the holidays.",
                    )
                ),
                Text("截止日为暂定时的说明", "Said where the last day is provisional"),
            ),
        }
    ),
    "Org": obj(
        {
            "code": text("370100"),
            "region": text("370100", Text("行政区划代码", "The GB/T 2260 code")),
            "name": text("济南市总工会"),
            "kind": text("city"),
            "parent": or_null(text("370000")),
            "calendar": text("china", Text("所用日历", "The calendar by which it counts")),
            "own_calendar": or_null(text("china", Text("本机构的日历；空则随上级", "Its own; null: that from above"))),
            "phone": or_null(text("0531-55501234", Text("联系电话", "Telephone"))),
            "address": or_null(text(Text("济南市示例路 1 号", "1 Example Road, Jinan"), Text("联系地址", "Address"))),
            "seal_name": or_null(text("济南市总工会", Text("印章名称；空则同名称", "On its seal; null: its name"))),
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
            "email": or_null(text("zhang@example.org")),
            "digest": flag(Text("每日提要", "A digest each working day")),
            "language": one_of(LANGUAGES),
            "password_is_first": flag(Text("密码由他人设置，尚未自行修改", "The password was set by somebody else")),
            "open_cases": or_null(
                whole(2, Text("修改用户后：其承办的未结案件数", "After a change: open cases that stay in their hands"))
            ),
            "let_go": or_null(
                whole(
                    3, Text("修改用户后：不再由其经办的案件数", "After a change: cases that are now in nobody's hands")
                )
            ),
            "created_at": AT,
        }
    ),
    "Channel": obj(
        {
            "id": ID,
            "kind": one_of(KINDS),
            "name": text(Text("值班群", "Group on duty")),
            "org": text("370100", Text("收到本机构及下级案件的消息", "Hears of the cases of this one and below")),
            "address": or_null(text("https://hooks.example.org/…", Text("不显示路径", "Without its path"))),
            "has_secret": flag(),
            "alerts": flag(),
            "events": flag(),
            "language": one_of(LANGUAGES),
            "active": flag(),
            "failures": whole(0, Text("自上次成功以来失败几次", "How often it failed since it last worked")),
            "retry_at": not_yet(AT),
            "created_at": AT,
        }
    ),
    "Message": obj(
        {
            "id": ID,
            "kind": one_of(WAYS),
            "channel_id": or_null(ID, Text("发往渠道时为其编号", "The channel, where it goes to one")),
            "receiver": text(
                Text("值班群", "Group on duty"),
                Text("渠道的名称，或收件人的用户名", "The channel's name, or a username"),
            ),
            "case_number": or_null(text("LA-2026-000001"), Text("每日提要没有案件", "Null for a digest")),
            "state": one_of(STATES),
            "attempts": whole(1),
            "last_error": not_yet(
                text(Text("没有在时限内应答", "It did not answer in time")),
                Text("上次为何没有送达", "Why it did not go out last time"),
            ),
            "at": AT,
            "try_at": or_null(AT, Text("何时再发，仅限等待中的", "When it goes out next, while it waits")),
            "delivered_at": not_yet(AT),
        }
    ),
}

SCHEMAS: Final[dict[str, Schema]] = {
    **ITEMS,
    **{f"{name}Page": page_of(name) for name in ITEMS},
    "CaseSummaryPage": page_of("CaseSummary", _COUNTED),
    **CASE_PARTS,
    **MONEY_PARTS,
    **WEBHOOK_BODIES,
    "Tried": obj(
        {
            "delivered": flag(Text("对方是否已接收", "Whether the receiver took it")),
            "because": or_null(
                text(
                    Text(
                        "没有在时限内应答。请检查对方的程序是否运行、能否访问。",
                        "It did not answer in time. See whether the program there runs and can be reached.",
                    )
                ),
                Text("没有送达的原因和办法", "Why not, and what to do"),
            ),
        }
    ),
    "TrackingCode": obj(_CODE),
    "CodeIssued": obj(
        {
            **_CODE,
            "slip": obj(
                {
                    "zh-CN": text("查询码告知单\n\n案号：LA-2026-000001"),
                    "en": text("Tracking code\n\nCase: LA-2026-000001"),
                },
            )
            | {"description": Text("供打印交给申请人，不保存", "To be printed for the applicant; kept nowhere")},
        }
    ),
    "Repeated": obj(
        {
            "number": text("LA-2026-000001", Text("已在办理的申请", "The application that is there already")),
            "told": text(
                Text(
                    "您的这项申请已在办理中，案号 LA-2026-000001，没有重复登记。",
                    "Your request is there already as LA-2026-000001 and was not entered again.",
                )
            ),
        }
    ),
    "Application": obj(
        {
            "number": text("LA-2026-000001"),
            "workflow": text("legal_aid"),
            "office": text("济南市总工会"),
            "office_phone": or_null(text("0531-55501234")),
            "office_address": or_null(text(Text("济南市示例路 1 号", "1 Example Road, Jinan"))),
            "state": text("awaiting_papers"),
            "state_title": text(Text("待补材料", "Papers awaited")),
            "phase": PHASE,
            "opened_at": AT,
            "updated_at": AT,
            "outcome": not_yet(text("settled")),
            "waits_for_you": flag(Text("正等待申请人办理", "It is the applicant's turn")),
            "papers": many(
                text(Text("劳动合同", "Contract of employment")), Text("正等待的材料", "The papers that are awaited")
            ),
            "announced": many(
                text(Text("劳动合同", "Contract of employment")),
                Text("已告知、本机构尚未收到的材料", "Papers you told of that the office has not got yet"),
            ),
            "deadlines": many(
                obj(
                    {
                        "name": text("papers"),
                        "title": text(Text("补充材料", "Papers")),
                        **DUE,
                    }
                ),
                Text("申请人须遵守的期限", "The limits that the applicant has to keep"),
            ),
            "time_to_object": or_null(
                obj(
                    {
                        "told": text(
                            Text(
                                "对决定有异议的，可以在 2026-04-20（含当日）前提出。",
                                "An objection can be raised until 2026-04-20, that day included.",
                            )
                        ),
                        **DUE,
                        "due_on": or_null(
                            DAY, Text("能提出异议的最后一日；未知收到日期时为空", "Null: receipt unknown")
                        ),
                    }
                )
            ),
            "letters": many(
                obj(
                    {
                        "number": not_yet(text("（2026）济工援决字第1号")),
                        "at": AT,
                        "title": text(Text("补充材料通知书", "Request for papers")),
                        "body": text(Text("王秀英：请补充以下材料。", "王秀英: please hand in these papers.")),
                    }
                )
            ),
        }
    ),
    "Token": obj({"access_token": text("cw_…"), "token_type": {"const": "Bearer"}, "expires_at": AT}),
    "Due": obj(
        {
            "due_at": AT,
            "due_on": DAY,
            "provisional": flag(),
            "calendar": text("china"),
            "calendar_version": FIRST,
            "trace": many(TRACE),
        }
    ),
    "SlaReport": obj(
        {
            "as_of": AT,
            "zone": text("Asia/Shanghai"),
            "from": AT,
            "to": AT,
            "rows": many(obj(_FIGURES, _GROUPS)),
            "total": obj(_FIGURES),
        }
    ),
    "Diagram": text("stateDiagram-v2"),
    "Description": anything(Text("OpenAPI 文档", "An OpenAPI document"), openapi="3.1.1"),
    "Documentation": text("<!doctype html>"),
    "Problem": obj(
        {
            "type": text("urn:casework:problem:not_found", format="uri"),
            "title": text(Text("没有找到", "Not found")),
            "status": whole(404),
            "detail": text(
                Text("没有找到，或者您无权查看。", "It does not exist, or you may not see it."),
                Text("可直接显示的说明", "A sentence fit to be shown"),
            ),
            "code": text("not_found"),
            "request_id": text("4f9d1c2b7a8e4c61b0d3"),
        },
        {
            "errors": many(
                obj(
                    {
                        "field": text("applicant.name"),
                        "code": text("required"),
                        "message": text(Text("此项必填。", "This is needed.")),
                    }
                ),
                Text("422 时逐项说明", "With 422, one for each field"),
            ),
            "duplicate_of": many(
                TWIN,
                Text(
                    "409 时，同一人的同一申请已在办理的案件", "With 409, the open cases by which the same was asked for"
                ),
            ),
        },
    ),
}
