"""How workers apply for legal aid by themselves: in seven parts, in the words that they use."""

from typing import Final

from casework.forms.asking import Application, Ask, Part
from casework.rules.text import Text
from casework.workflows.legal_aid.intake import LABOUR

_LABOUR = ("matter", frozenset(LABOUR))

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
                Ask(
                    "applicant.name",
                    Text("您的姓名", "Your name"),
                    Text("和身份证上的一样。", "As on your identity card."),
                ),
                Ask(
                    "applicant.identity_number",
                    Text("身份证号码", "Identity number"),
                    Text(
                        "18 位，末位可能是 X。只有经办人员因办案需要才能看到全部号码。",
                        "18 digits, the last may be an X. Only those who handle your case may see the whole of it.",
                    ),
                ),
                Ask(
                    "applicant.phone",
                    Text("手机号码", "Mobile phone"),
                    Text("我们只用它联系您。", "We use it only to reach you."),
                ),
                Ask(
                    "applicant.safe_contact",
                    Text("什么时候、用什么方式联系您最安全？", "When and how is it safe to reach you?"),
                    Text(
                        "例如“晚上七点以后”“不要打电话，发短信”“打给我妹妹”。只有联系您的工作人员看得到。",
                        "Such as “after seven”, “no calls, only text messages”, “call my sister”. Only those who call see it.",
                    ),
                ),
                Ask(
                    "applicant.groups",
                    Text("您属于下面哪些情况？", "Does any of these apply to you?"),
                    Text("可以多选，没有就不选。", "Tick as many as apply, or none."),
                ),
                Ask("applicant.address", Text("现在住在哪里", "Where you live now")),
            ),
        ),
        Part(
            "matter",
            Text("是哪一类事情", "What it is about"),
            Text("选最接近的一类", "choose what comes nearest"),
            (
                Ask(
                    "matter",
                    Text("是哪一类事情？", "What is it about?"),
                    Text(
                        "选最接近的一类，不确定也没关系，我们会核对。",
                        "Choose what comes nearest; we check it with you.",
                    ),
                ),
            ),
        ),
        Part(
            "story",
            Text("发生了什么", "What happened"),
            Text("用自己的话说", "in your own words"),
            (
                Ask(
                    "story",
                    Text("说说发生了什么", "Tell us what happened"),
                    Text(
                        "什么时候、在哪干活、欠了多少、找过谁。写几句就行，错别字没关系。",
                        "When and where you worked, what is owed, whom you have asked. A few sentences will do.",
                    ),
                ),
                Ask(
                    "known_on",
                    Text("哪天知道对方不给的？", "On which day did you learn that the other side refuses?"),
                    Text(
                        "记不清就填大概的日子。申请仲裁的一年期限从这天算起。",
                        "A rough date will do. The year for arbitration counts from that day.",
                    ),
                ),
            ),
        ),
        Part(
            "employer",
            Text("用人单位或者对方", "The employer or the other side"),
            Text("名称就够，其他知道多少填多少", "the name is enough; the rest as far as you know"),
            (
                Ask(
                    "employer.name",
                    Text("单位叫什么？", "What is it called?"),
                    Text(
                        "工资条、工牌、工地公示牌上的名称；不知道全称就写老板姓名和工地地址。",
                        "As on a payslip, a work card or the board at the site; else the name of the boss and where the site is.",
                    ),
                ),
                Ask("employer.address", Text("在什么地方？", "Where is it?")),
                Ask("employer.legal_representative", Text("负责人姓名", "Who is in charge there?")),
                Ask("employer.phone", Text("单位电话", "Its telephone")),
                Ask(
                    "employer.credit_code",
                    help=Text("不知道可以不填，我们来查。", "Leave it out if you do not know it; we look it up."),
                ),
            ),
        ),
        Part(
            "job",
            Text("工作情况", "Your work"),
            Text("什么时候开始干、每月多少钱", "since when, and for how much"),
            (
                Ask("employment.started_on", Text("哪天开始干的？", "When did you begin?"), where=_LABOUR),
                Ask("employment.still_employed", Text("现在还在那里干吗？", "Do you still work there?"), where=_LABOUR),
                Ask("employment.ended_on", Text("哪天离开的？", "When did you leave?"), where=_LABOUR),
                Ask(
                    "employment.monthly_pay",
                    Text("讲好的每月工资", "What pay a month was agreed"),
                    Text("按天算的，写一个月大概多少。", "Where you are paid by the day, what it comes to in a month."),
                    where=_LABOUR,
                ),
                Ask(
                    "employment.written_contract",
                    Text("签过书面合同吗？", "Is there a written contract?"),
                    where=_LABOUR,
                ),
                Ask(
                    "employment.social_insurance_paid",
                    Text("单位交社保了吗？", "Did the employer pay social insurance?"),
                    where=_LABOUR,
                ),
                Ask(
                    "employment.injured_on",
                    Text("哪天受的伤？", "When were you injured?"),
                    where=("matter", frozenset(("work_injury",))),
                ),
            ),
        ),
        Part(
            "arrears",
            Text("欠了哪几个月的工资", "Which months are owed"),
            Text("每月写一行", "a line for each month"),
            (
                Ask(
                    "arrears",
                    Text("欠了哪几个月的工资？", "Which months are owed?"),
                    Text(
                        "每个月一行。只发了一部分的，写还欠多少。", "A line for each month; what is still owed of it."
                    ),
                    where=("matter", frozenset(("wages",))),
                ),
            ),
        ),
        Part(
            "proof",
            Text("手里有的证明", "What you have to show"),
            Text("没有也能提交", "you can apply without any"),
            (
                Ask(
                    "evidence",
                    Text("手里有哪些能证明的东西？", "What do you have that shows it?"),
                    Text(
                        "例如劳动合同、工资条、银行流水、考勤截图、工牌、聊天记录、欠条、能作证的工友。没有也能提交。",
                        "Such as a contract, payslips, bank records, attendance, a work card, chats, an IOU, a fellow worker who"
                        " can tell. You can apply without any.",
                    ),
                ),
            ),
        ),
    ),
)
