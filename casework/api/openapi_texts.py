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
    "me": Text("我的账户", "My own account"),
    "channels": Text("发送渠道", "Channels to the outside"),
    "messages": Text("对外消息", "Messages to the outside"),
    "webhooks": Text("本服务发出的 Webhook", "Webhooks, which this service sends"),
    "docs": Text("接口说明", "About this API"),
}

NOTES: Final = {
    "POST /cases": Text(
        "相当于流程中的新建操作；facts 按该流程的申请表填写。",
        "Takes the workflow's transition from new; facts follow its intake form.",
    ),
    "PATCH /cases/<uuid:case_id>": Text(
        "合并更正案情，须以 If-Match 给出读到的版本；与遮蔽后相同的敏感内容视为未改动。",
        "Merges a correction into the facts; If-Match says which version was read. A sensitive value that equals its"
        " mask is unchanged.",
    ),
    "GET /cases/<uuid:case_id>/transitions": Text(
        "allowed 依状态、角色和案件本身判断；对填写内容的要求在提交时判断。",
        "allowed judges state, role and the case itself; what is given is judged when it is posted.",
    ),
    "POST /cases/<uuid:case_id>/transitions/<name>": Text(
        "内容按 needs 填写，不需要内容时可为空；给出 If-Match 时，版本不符则不办理。",
        "The body is what `needs` asks for and may be empty where nothing is; with If-Match only that version moves.",
    ),
    "POST /cases/<uuid:case_id>/claim": Text(
        "仅限无人经办的案件；已有人经办的，答复中写明经办人。",
        "For a case that nobody owns; otherwise the answer names the owner.",
    ),
    "POST /cases/<uuid:case_id>/disclosures": Text(
        "谁为何查看了哪些内容均有记录；不写 paths 即查看全部。",
        "Who saw what and why is logged; without paths, everything is shown.",
    ),
    "POST /cases/<uuid:case_id>/personal-data": Text(
        "供本人查阅、复制（个人信息保护法第45条）；谁为何制作均有记录。",
        "For the person, who may see and copy it (Personal Information Protection Law 45). Who made it and why is"
        " logged.",
    ),
    "POST /public/applications": Text(
        "facts 按流程的申请表填写；查询码只告知这一次，请妥善保存。"
        "同一申请已提交过的，请以 Tracking-Code 请求头或内容中的 tracking_code 给出原查询码："
        "不重复登记，告知原案号（200）。",
        "facts follow the workflow's intake form; the tracking code is told only this once, so keep it. Whoever made"
        " the same application before gives its code, as the header Tracking-Code or as tracking_code in the body:"
        " nothing is opened again, and the answer (200) names the first.",
    ),
    "GET /public/applications/<number>": Text(
        "须以 Tracking-Code 给出查询码；编号或查询码不正确时同样为 404。",
        "Tracking-Code gives the code; a wrong number and a wrong code are the same 404.",
    ),
    "POST /public/applications/<number>/status": Text(
        "内容为 tracking_code；请求头只能使用 ASCII 字符，申请人键入的查询码可能含全角字符，网页宜用此方式。",
        "The body gives tracking_code. A header holds ASCII only, and applicants may type full-width characters, so"
        " pages use this.",
    ),
    "POST /public/applications/<number>/transitions": Text(
        "内容为 tracking_code；只列出申请人自己的操作。",
        "The body gives tracking_code; only the applicant's own steps.",
    ),
    "POST /public/applications/<number>/transitions/<name>": Text(
        "查询码可由 Tracking-Code 请求头给出，也可在内容中以 tracking_code 给出。",
        "The code is given as the header Tracking-Code, or as tracking_code in the body.",
    ),
    "GET /public/applications/<number>/transitions": Text(
        "只列出申请人自己的操作。", "Only the steps that are the applicant's own."
    ),
    "GET /public/notices": Text(
        "只在公示期内、案件仍处于公示环节时显示。",
        "Shown only while the notice lasts and the case stands where it is published.",
    ),
    "POST /cases/<uuid:case_id>/tracking-code": Text(
        "核对身份后发给新的查询码，原查询码随即失效；办理记录和查看记录均有记载。slip 供打印交给申请人。",
        "For an applicant whose identity was checked; an earlier code ends. It is an event of the case and logged."
        " The slip is to be printed for the applicant.",
    ),
    "POST /alerts/<uuid:alert_id>/snooze": Text(
        "到时再列出；最多推迟五个工作日。理由随案件封存。",
        "Listed again then; five working days at most. The reason is sealed with the case.",
    ),
    "POST /channels": Text(
        "仅限管理员。地址须为公网 https，或设置所允许的网段；地址与密钥不再显示。",
        "For administrators. The address is https on the open network, or in a network that the settings allow; neither"
        " address nor secret is shown again.",
    ),
    "POST /channels/<uuid:channel_id>/try": Text(
        "立即发出一条与案件无关的消息（channel.tried），最多等待对方 [post] deadline_s 秒。每次只能试发一个渠道，"
        "同一渠道每 [post] robot_every_s 秒一次。已停用或暂缓发送的渠道也可试发；对方接收后，等待中的消息随即发出。",
        "Sends one message about no case (channel.tried) at once and waits for the receiver, [post] deadline_s seconds"
        " at most. One channel is tried at a time, and each once in [post] robot_every_s seconds. One that is switched"
        " off or was left alone after failures may be tried; once it takes the message, what waits for it goes out.",
    ),
    "GET /messages": Text(
        "仅限管理员；只有发送情况，没有消息的内容。",
        "For administrators: how messages fare, not what they say.",
    ),
    "POST /messages/<uuid:message_id>/replay": Text(
        "仅限未能送达的消息；编号不变，再次计数。",
        "Only what was given up; it keeps its id and is tried as if it had never been.",
    ),
    "POST /queue/claim": Text(
        "领取无人经办的最紧急的一件；两人不会领到同一件。",
        "The most urgent case that nobody owns becomes yours; two callers never get the same one.",
    ),
    "GET /reports/sla": Text(
        "统计在 from（含）至 to（不含）之间起算的期限；每个数字背后的案件见 /reports/sla/cases。",
        "Counts the clocks that started from `from` until before `to`; /reports/sla/cases has the cases behind a row.",
    ),
    "GET /reports/sla/cases": Text(
        "参数与报表相同，另加某行的各项；standing 指该行的哪些数字，可写几个，以逗号分隔，不写即 started。"
        "一件案件可有几个期限。",
        "The report's parameters and the keys of a row; standing says which of its figures, several with commas"
        " between them, and means started when left out. A case may have several clocks.",
    ),
    "GET /cases/<uuid:case_id>/disclosures": Text(
        "审批人和审计员可见：谁、何时、为何查看了哪些敏感信息；不含其内容。",
        "For supervisors and auditors: who saw which sensitive values, when and why; not the values.",
    ),
    "GET /funds/<uuid:fund_id>/ledger": Text(
        "余额等于入账之和减支付之和；批准和退还只改变已批准未支付的金额。",
        "The balance is what was put in less what was paid; reserve and release change what is promised.",
    ),
    "POST /funds/<uuid:fund_id>/budgets": Text(
        "此后该年度、该类别批准的总额以此为限，不能低于已批准的金额。",
        "What may be approved of a kind in a year from now on; never below what is approved already.",
    ),
    "POST /payment-orders": Text(
        "列入该资金已批准或被退回的款项，先批准的先列。"
        "规定由他人支付的，本人审批的不列入；没有银行账号、退回后未更正账户信息的也不列入。",
        "Takes the fund's payments that are approved or came back, the first approved first. Left out are those that"
        " you approved where another has to pay, those without a bank account, and those that came back and whose bank"
        " details were not corrected.",
    ),
    "GET /payment-orders/<uuid:order_id>/export": Text(
        "csv 和 xlsx 供银行代发，含本单全部款项和开单时的完整账号，登记结果后内容不变，逐案留痕；"
        "用表格软件打开的，请用 xlsx：账号、联行号为文本，不丢位、不丢零，末行为笔数和合计。"
        "html 为签字用发放表，账号只显示末四位，证件号码部分遮蔽。",
        "csv and xlsx are for the bank: every payment of the order with full accounts as they were ordered, the same"
        " also after results were recorded, each reading logged with its case. Take xlsx where a spreadsheet opens it:"
        " accounts and bank codes (联行号) are text and keep every digit; the last line has the count and the total."
        " html is the list to be signed, with the last four digits of accounts and identity numbers masked.",
    ),
    "POST /payment-orders/<uuid:order_id>/paid": Text(
        "本单尚无结果的款项，逐案办理本流程登记支付结果的步骤；有一笔不能登记的，全部不登记，并说明是哪一案。",
        "Each case of a payment without a result takes the step of its workflow that records payments; where one"
        " refuses, none does, and the answer names the case.",
    ),
    "POST /payment-orders/<uuid:order_id>/results": Text(
        "各行按序号，或按账号和金额，与本单核对；账号、金额、收款人不符的，指明是哪一行。"
        "全部登记，或者全部不登记；已登记为同一结果的不变，同一回盘可重复提交。preview 为 true 时只说明会登记什么。",
        "Each row is found by its serial number, or by account and amount; where account, amount or payee differ from"
        " the order, the row is named. All rows are recorded or none. What is recorded already stays, so that the same"
        " answer may be given again. With preview it only says what would be recorded.",
    ),
    "POST /payment-orders/<uuid:order_id>/lines/<uuid:line_id>/paid": Text(
        "即在该案件上办理其流程登记支付结果的步骤；同事经办的案件也可登记，经办人不变。",
        "Takes the step of the case that records payments, also on a colleague's case, who goes on owning it.",
    ),
    "POST /payment-orders/<uuid:order_id>/lines/<uuid:line_id>/returned": Text(
        "即在该案件上办理其流程登记支付结果的步骤；更正账户信息后列入下一张支付单。",
        "Takes the step of the case that records payments; it comes into the next order after the bank details were"
        " corrected.",
    ),
    "GET /calendars/<key>/due": Text(
        "limit 写成 5wd（工作日）、7d（自然日）、8wh（工作小时）、2h、30m、6mo 或 1y。",
        "Write limit as 5wd (working days), 7d (natural days), 8wh (working hours), 2h, 30m, 6mo or 1y.",
    ),
}

DONE: Final = Text("成功", "Done")
CREATED: Final = Text("已新建", "Created")
EMPTY: Final = Text("没有可领取的案件", "There is nothing to claim")

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
