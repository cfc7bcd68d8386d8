"""What the description of the API says beside the declarations, in both languages."""

from typing import Final

from casework.rules.text import Text

TITLE: Final = Text("工会帮扶与法律援助案件服务", "Casework for trade unions")
ABOUT: Final = Text(
    "请求与答复均为 JSON。时间为带时区的 RFC 3339，日期为 YYYY-MM-DD，金额为两位小数的文字（元），编号为 UUID。\n\n"
    "先以 POST /api/v1/auth/token 登录，再在每次请求中给出 Authorization: Bearer 令牌。\n\n"
    "拒绝时答以 application/problem+json（RFC 9457）：detail 可直接显示，code 供程序判断，422 时 errors 逐项说明。"
    "地址不支持该方法时为 405，并以 Allow 列出可用的方法。判断的先后为 404、409、403、422。\n\n"
    '列表以 limit 与 cursor 分页，答复中有 next_cursor 和 Link: rel="next"。未知的查询参数为 422。\n\n'
    "POST 可带 Idempotency-Key：24 小时内同一键、同一内容只办理一次，重复时答以原答复。"
    "语言按 Accept-Language（zh-CN 或 en）。",
    "Requests and answers are JSON. Times are RFC 3339 with an offset, dates YYYY-MM-DD, amounts texts with two"
    " decimals in yuan, ids UUIDs.\n\n"
    "Sign in with POST /api/v1/auth/token, then send Authorization: Bearer and the token with every request.\n\n"
    "A refusal is application/problem+json (RFC 9457): detail is fit to be shown, code is for programs, and with 422"
    " errors names each field. A method that an address does not take gets 405, and Allow lists those that it takes."
    " Refusals come in the order 404, 409, 403, 422.\n\n"
    'Lists are paged by limit and cursor; the answer has next_cursor and Link: rel="next". Unknown query parameters'
    " are 422.\n\n"
    "A POST may carry an Idempotency-Key: for 24 hours the same key with the same body is done once, and a repetition"
    " gets the first answer. The language follows Accept-Language (zh-CN or en).",
)

SERVER: Final = Text("提供本文档的服务", "The service that gives this document")

TAGS: Final = {
    "auth": Text("登录", "Signing in"),
    "public": Text("无账号办理", "Without an account"),
    "cases": Text("案件", "Cases"),
    "files": Text("查看材料文件", "Looking at files"),
    "assignments": Text("批量指派", "Assigning a batch"),
    "offers": Text("征询承办人", "Offers to helpers"),
    "queue": Text("待办", "The queue"),
    "alerts": Text("提醒", "Alerts"),
    "workflows": Text("流程", "Workflows"),
    "funds": Text("资金", "Funds"),
    "payment-orders": Text("支付单", "Payment orders"),
    "policies": Text("期限与标准", "Limits and amounts"),
    "calendars": Text("日历", "Calendars"),
    "reports": Text("报表", "Reports"),
    "orgs": Text("机构", "Organisations"),
    "users": Text("用户", "Users"),
    "profiles": Text("执业档案", "Profiles of helpers"),
    "admin": Text("管理记录", "The administrative chain"),
    "me": Text("我的账户", "My own account"),
    "channels": Text("发送渠道", "Channels to the outside"),
    "messages": Text("对外消息", "Messages to the outside"),
    "webhooks": Text("本服务发出的 Webhook", "Webhooks, which this service sends"),
    "docs": Text("接口说明", "About this API"),
}

DONE: Final = Text("成功", "Done")
CREATED: Final = Text("已新建", "Created")

PARAMETERS: Final = {
    "Idempotency-Key": Text("同一键只办理一次", "The same key is done once"),
    "If-Match": Text("读到的 ETag", "The ETag that was read"),
    "Tracking-Code": Text("查询码", "The tracking code"),
}
HEADERS: Final = {
    "ETag": Text("案件的版本", "The version of the case"),
    "Location": Text("新案件的地址", "Where the new case is"),
    "Link": Text('下一页的地址，rel="next"', 'The next page, rel="next"'),
    "Idempotent-Replayed": Text("此答复为先前的答复时为 true", "true when this is an earlier answer again"),
    "Retry-After": Text("几秒后再试", "After how many seconds to try again"),
    "WWW-Authenticate": Text("Bearer", "Bearer"),
}

PAGE: Final = {
    "answers": Text("答复", "Answers"),
    "body": Text("请求内容", "Body"),
    "contents": Text("目录", "Contents"),
    "example": Text("示例", "Example"),
    "header": Text("请求头", "header"),
    "parameters": Text("参数", "Parameters"),
    "path": Text("路径", "path"),
    "public": Text("无须登录", "No sign-in needed"),
    "query": Text("查询", "query"),
    "required": Text("必填", "required"),
    "schemas": Text("数据结构", "Schemas"),
    "skip": Text("跳到正文", "Skip to the content"),
}
