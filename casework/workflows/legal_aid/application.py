"""How workers apply for legal aid by themselves: in seven parts, in the words that they use."""

from typing import Final

from casework.forms.asking import Application, Ask, Part
from casework.rules.text import Text

APPLICATION: Final = Application(
    lead=Text(
        "工资拿不到、被辞退、受了工伤、社保没交，工会免费帮您找律师。",
        "Wages unpaid, dismissed, injured at work, no social insurance: the union finds you a lawyer, free of charge.",
    ),
    ready=Text(
        "身份证；能证明干过活、欠了钱的东西（工资条、聊天记录、工牌都行），没有也能先申请。",
        "Your identity card, and whatever shows that you worked and what is owed (payslips, chats, a work card). You can"
        " apply without it.",
    ),
    parts=(
        Part(
            "who",
            Text("您是谁", "Who you are"),
            Text("姓名、身份证、电话", "name, identity card, phone"),
            (
                Ask("applicant.name"),
                Ask("applicant.identity_number"),
                Ask("applicant.phone"),
                Ask(
                    "applicant.safe_contact",
                    Text("什么时候、用什么方式联系您最安全？", "When and how is it safe to reach you?"),
                    Text(
                        "例如“晚上七点以后”“不要打电话，发短信”“打给我妹妹”。只有联系您的工作人员看得到。",
                        "Such as “after seven”, “no calls, only text messages”, “call my sister”. Only those who call see it.",
                    ),
                ),
                Ask("applicant.languages"),
                Ask("applicant.groups"),
                Ask("applicant.address"),
            ),
        ),
        Part(
            "matter",
            Text("是哪一类事情", "What it is about"),
            Text("选最接近的一类", "choose what comes nearest"),
            (Ask("matter"),),
        ),
        Part(
            "story",
            Text("发生了什么", "What happened"),
            Text("用自己的话说", "in your own words"),
            (
                Ask("story"),
                Ask("known_on"),
            ),
        ),
        Part(
            "employer",
            Text("用人单位或者对方", "The employer or the other side"),
            Text("名称就够，其他知道多少填多少", "the name is enough; the rest as far as you know"),
            (
                Ask("employer.name"),
                Ask("employer.address"),
                Ask("employer.legal_representative"),
                Ask("employer.phone"),
                Ask("employer.credit_code"),
            ),
        ),
        Part(
            "job",
            Text("工作情况", "Your work"),
            Text("什么时候开始干、每月多少钱", "since when, and for how much"),
            (
                Ask("employment.started_on"),
                Ask("employment.still_employed"),
                Ask("employment.ended_on"),
                Ask("employment.monthly_pay"),
                Ask("employment.written_contract"),
                Ask("employment.social_insurance_paid"),
                Ask("employment.injured_on"),
            ),
        ),
        Part(
            "arrears",
            Text("欠了哪几个月的工资", "Which months are owed"),
            Text("每月写一行", "a line for each month"),
            (Ask("arrears"),),
        ),
        Part(
            "proof",
            Text("手里有的证明", "What you have to show"),
            Text("没有也能提交", "you can apply without any"),
            (Ask("evidence"),),
        ),
    ),
)
