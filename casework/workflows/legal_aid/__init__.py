"""Legal aid: someone asks for a lawyer; means and merit are checked, a lawyer is named, the file is closed.

Sources: 中华人民共和国法律援助法 (in force 2022-01-01), which unions apply by reference (art 68); 山东省法律援助条例;
办理法律援助案件程序规定 (2023); 劳动争议调解仲裁法. Limits are policy rows, `config/policies/legal_aid.toml`.
"""

from casework.rules.casefile import HELPERS, Phase, Role
from casework.rules.grammar import (
    ANY,
    EVERY_CLOCK,
    NEW,
    Alert,
    Clock,
    State,
    Transition,
    Workflow,
    policy,
)
from casework.rules.text import Text
from casework.workflows.legal_aid.guards import (
    concluded_after_engaged,
    decided_by_another,
    engaged_after_assigned,
    limitation_base,
    limitation_met,
    may_still_object,
    means_are_small,
    means_sheet,
    not_asked_before,
    reviewed_by_another,
)
from casework.workflows.legal_aid.intake import LegalAidIntake
from casework.workflows.legal_aid.letters import LETTERS
from casework.workflows.legal_aid.steps import (
    AskForChange,
    AskForPapers,
    Assign,
    Conclude,
    Decline,
    Engage,
    FollowUp,
    Grant,
    Objection,
    Progress,
    Propose,
    Reassign,
    Refuse,
    Review,
    SupplyPapers,
    Terminate,
    Withdraw,
)

INTAKE, REVIEW, ASSIGNMENT = Phase.INTAKE, Phase.REVIEW, Phase.ASSIGNMENT
RESOLUTION, FOLLOW_UP, CLOSED = Phase.RESOLUTION, Phase.FOLLOW_UP, Phase.CLOSED
APPLICANT, CASEWORKER, SUPERVISOR, TIME = Role.APPLICANT, Role.CASEWORKER, Role.SUPERVISOR, Role.CLOCK
LAWYER, HELPER = Role.LAWYER, HELPERS
BEFORE_DECISION = ("submitted", "awaiting_papers", "under_review", "awaiting_decision")

OFFICE_LADDER = (
    Alert("80%", CASEWORKER),
    Alert("due", (CASEWORKER, SUPERVISOR)),
    Alert("+2wd", SUPERVISOR),
)
HELPER_LADDER = (
    Alert("80%", HELPER),
    Alert("due", (*HELPER, CASEWORKER, SUPERVISOR)),
    Alert("+2wd", SUPERVISOR),
)
PAPERS_LADDER = (Alert("80%", CASEWORKER),)
LIMITATION_LADDER = (
    Alert("80%", (CASEWORKER, *HELPER), urgent=True),
    Alert("95%", (CASEWORKER, *HELPER, SUPERVISOR), urgent=True),
    Alert("due", (CASEWORKER, *HELPER, SUPERVISOR), urgent=True),
)

# fmt: off
WORKFLOW = Workflow(
    key="legal_aid", version=1, title=Text("法律援助", "Legal aid"), numbering="LA",
    intake=LegalAidIntake, parties=("employer.name",),
    states=(
        State("submitted",         Text("已提交", "Submitted"),                    INTAKE,     CASEWORKER),
        State("awaiting_papers",   Text("待补材料", "Awaiting papers"),            INTAKE,     APPLICANT),
        State("under_review",      Text("审查中", "Under review"),                 REVIEW,     CASEWORKER),
        State("awaiting_decision", Text("待审批", "Awaiting decision"),            REVIEW,     SUPERVISOR),
        State("granted",           Text("已给予援助，待指派", "Granted"),          ASSIGNMENT, CASEWORKER),
        State("assigned",          Text("已指派", "Assigned"),                     ASSIGNMENT, LAWYER),
        State("in_progress",       Text("承办中", "In progress"),                  RESOLUTION, LAWYER),
        State("change_requested",  Text("申请更换承办人", "Change of lawyer asked for"), RESOLUTION, SUPERVISOR),
        State("concluded",         Text("已办结，待回访", "Concluded"),            FOLLOW_UP,  CASEWORKER),
        State("followed_up",       Text("已回访，待结案", "Followed up"),          FOLLOW_UP,  CASEWORKER),
        State("closed",            Text("已结案", "Closed"),                       CLOSED),
        State("refused",           Text("不予援助", "Refused"),                    CLOSED),
        State("terminated",        Text("终止援助", "Terminated"),                 CLOSED),
        State("objected",          Text("异议审查中", "Objected"),                 REVIEW,     SUPERVISOR),
        State("upheld",            Text("维持原决定", "Upheld"),                   CLOSED),
        State("withdrawn",         Text("已撤回", "Withdrawn"),                    CLOSED),
    ),
    transitions=(
        #          name               title                                        from, to
        #          who may; what it needs; what must hold; what follows
        Transition("submit",          Text("提交申请", "Submit"),                  NEW, "submitted",
                   by=(APPLICANT, CASEWORKER), needs=LegalAidIntake, letter="receipt"),
        Transition("accept",          Text("受理", "Accept for review"),           "submitted", "under_review",
                   by=CASEWORKER),
        Transition("ask_for_papers",  Text("一次性告知补正", "Ask for papers"),    ("submitted", "under_review"), "awaiting_papers",
                   by=CASEWORKER, needs=AskForPapers, when=not_asked_before, letter="papers_needed"),
        Transition("supply_papers",   Text("补充材料", "Supply papers"),           "awaiting_papers", "under_review",
                   by=(APPLICANT, CASEWORKER), needs=SupplyPapers, letter="receipt"),
        Transition("lapse",           Text("逾期视为撤回", "Deemed withdrawn"),    "awaiting_papers", "withdrawn",
                   by=TIME, letter="deemed_withdrawn", outcome="deemed_withdrawn", cancels=("review_by_law", "review", "limitation")),
        Transition("propose",         Text("提出审查意见", "Propose a decision"),  "under_review", "awaiting_decision",
                   by=CASEWORKER, needs=Propose, works_out=means_sheet),
        Transition("send_back",       Text("退回补充审查", "Send back"),           "awaiting_decision", "under_review",
                   by=SUPERVISOR, needs=Decline),
        Transition("grant",           Text("给予援助", "Grant"),                   ("under_review", "awaiting_decision"), "granted",
                   by=SUPERVISOR, decides=True, needs=Grant, when=(decided_by_another, means_are_small), works_out=means_sheet, letter="granted"),
        Transition("refuse",          Text("不予援助", "Refuse"),                  ("under_review", "awaiting_decision"), "refused",
                   by=SUPERVISOR, decides=True, needs=Refuse, when=decided_by_another, letter="refused", outcome="refused", cancels="limitation"),
        Transition("withdraw",        Text("撤回申请", "Withdraw"),                (*BEFORE_DECISION, "granted"), "withdrawn",
                   by=(APPLICANT, CASEWORKER), needs=Withdraw, outcome="withdrawn", cancels=EVERY_CLOCK),
        Transition("assign",          Text("指派承办人", "Assign"),                "granted", "assigned",
                   by=CASEWORKER, needs=Assign, assigns="to", letter="assigned"),
        Transition("decline",         Text("退回指派", "Decline"),                 "assigned", "granted",
                   by=HELPER, needs=Decline, releases=True, cancels=("engagement", "start")),
        Transition("engage",          Text("签订委托协议", "Engage"),              "assigned", "in_progress",
                   by=HELPER, needs=Engage, when=engaged_after_assigned),
        Transition("record_progress", Text("通报承办情况", "Record progress"),     "in_progress", "in_progress",
                   by=HELPER, needs=Progress, restarts="progress"),
        Transition("conclude",        Text("办结", "Conclude"),                    "in_progress", "concluded",
                   by=HELPER, needs=Conclude, when=concluded_after_engaged, outcome_field="result"),
        Transition("reassign",        Text("收回指派", "Take back the assignment"), ("assigned", "in_progress"), "granted",
                   by=SUPERVISOR, needs=Reassign, releases=True, cancels=("engagement", "start", "progress")),
        Transition("ask_for_change",  Text("申请更换承办人", "Ask for another lawyer"), "in_progress", "change_requested",
                   by=(APPLICANT, CASEWORKER), needs=AskForChange),
        Transition("allow_change",    Text("同意更换", "Allow the change"),        "change_requested", "granted",
                   by=SUPERVISOR, needs=Reassign, releases=True, cancels="progress"),
        Transition("deny_change",     Text("不予更换", "Deny the change"),         "change_requested", "in_progress",
                   by=SUPERVISOR, needs=Review, letter="change_denied"),
        Transition("terminate",       Text("终止援助", "Terminate"),               ("granted", "assigned", "in_progress", "change_requested"), "terminated",
                   by=SUPERVISOR, decides=True, needs=Terminate, releases=True, letter="terminated", outcome="terminated", cancels=EVERY_CLOCK),
        Transition("object",          Text("提出异议", "Object"),                  ("refused", "terminated"), "objected",
                   by=(APPLICANT, CASEWORKER), needs=Objection, when=may_still_object),
        Transition("uphold",          Text("维持原决定", "Uphold the decision"),   "objected", "upheld",
                   by=SUPERVISOR, decides=True, needs=Review, when=reviewed_by_another, letter="objection_dismissed", outcome="upheld", cancels="limitation"),
        Transition("overturn",        Text("纠正原决定", "Correct the decision"),  "objected", "granted",
                   by=SUPERVISOR, decides=True, needs=Review, when=reviewed_by_another, letter="objection_allowed"),
        Transition("follow_up",       Text("回访", "Follow up"),                   "concluded", "followed_up",
                   by=CASEWORKER, needs=FollowUp),
        Transition("close",           Text("结案", "Close"),                       "followed_up", "closed",
                   by=CASEWORKER, cancels="limitation"),
    ),
    clocks=(
        #     name             title                                     runs in
        #     limit, basis where no policy row says it; pauses; who owes it; what follows
        Clock("review_by_law", Text("审查期限（国家）", "Review, national"),      ("submitted", "under_review", "awaiting_decision"),
              policy("review_by_law"), Text("法律援助法 第43条", "Legal Aid Law 43"), pauses="awaiting_papers", alerts=OFFICE_LADDER, beside="review"),
        Clock("review",        Text("审查期限（地方）", "Review, local"),         ("under_review", "awaiting_decision"),
              policy("review"), Text("地方规定", "local rule"), pauses="awaiting_papers", alerts=OFFICE_LADDER, beside="review_by_law"),
        Clock("papers",        Text("补充材料", "Papers"),                        "awaiting_papers",
              policy("papers"), Text("法律援助法 第43条", "Legal Aid Law 43"), owed_by="applicant", alerts=PAPERS_LADDER, take="lapse"),
        Clock("assignment",    Text("指派", "Assignment"),                        "granted",
              policy("assignment"), Text("法律援助法 第43条", "Legal Aid Law 43"), alerts=OFFICE_LADDER),
        Clock("engagement",    Text("签订委托协议", "Engagement"),                "assigned",
              policy("engagement"), Text("办理法律援助案件程序规定", "Procedure rules"), owed_by="helper", alerts=HELPER_LADDER),
        Clock("start",         Text("指派后未开始", "Not started"),               "assigned",
              policy("start"), Text("管理实践", "practice"), owed_by="helper", alerts=HELPER_LADDER),
        Clock("progress",      Text("通报承办情况", "Progress report"),           "in_progress",
              policy("progress"), Text("法律援助法 第46条", "Legal Aid Law 46"), owed_by="helper", pauses="change_requested", alerts=HELPER_LADDER),
        Clock("change",        Text("更换承办人", "Change of lawyer"),            "change_requested",
              policy("change"), Text("办理法律援助案件程序规定", "Procedure rules"), alerts=OFFICE_LADDER),
        Clock("objection_by_law", Text("异议审查期限（国家）", "Objection, national"), "objected",
              policy("objection_by_law"), Text("法律援助法 第49条", "Legal Aid Law 49"), alerts=OFFICE_LADDER, beside="objection_review"),
        Clock("objection_review", Text("异议审查期限（地方）", "Objection, local"), "objected",
              policy("objection_review"), Text("地方规定", "local rule"), alerts=OFFICE_LADDER, beside="objection_by_law"),
        Clock("follow_up",     Text("回访", "Follow-up"),                         "concluded",
              policy("follow_up"), Text("法律援助法 第59条", "Legal Aid Law 59"), alerts=OFFICE_LADDER),
        Clock("closing",       Text("结案", "Closing"),                           ("concluded", "followed_up"),
              policy("closing"), Text("内部规定", "office rule"), alerts=OFFICE_LADDER),
        Clock("limitation",    Text("劳动仲裁时效", "Limitation for arbitration"), ANY,
              "1y", Text("劳动争议调解仲裁法 第27条", "Labour Dispute Mediation and Arbitration Law 27"),
              owed_by="outside", start=limitation_base, stop=limitation_met, alerts=LIMITATION_LADDER),
    ),
    letters=LETTERS,
)
# fmt: on
