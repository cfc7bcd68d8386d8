"""How workers in need apply for hardship assistance by themselves: in six parts, in plain words."""

from typing import Final

from casework.forms.asking import Application, Ask, Part
from casework.rules.text import Text

APPLICATION: Final = Application(
    lead=Text(
        "家里有人得了大病、孩子上学、突然遭了灾，日子过不下去，工会来帮。",
        "Somebody is seriously ill, children go to school, something struck the family: the union helps.",
    ),
    ready=Text(
        "身份证、户口簿；有病历、缴费单据、录取通知书的一并准备，没有也能先申请。",
        "Identity card and household register; medical records, bills or a school's letter where there are any. You can"
        " apply without them.",
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
                    Text("我们只用它联系您。", "Only to reach you."),
                ),
                Ask(
                    "applicant.safe_contact",
                    Text("什么时候、用什么方式联系您最方便？", "When and how is it best to reach you?"),
                    Text("只有联系您的工作人员看得到。", "Only those who call see it."),
                ),
                Ask("applicant.address", Text("家住在哪里", "Where you live")),
            ),
        ),
        Part(
            "work",
            Text("您的工作", "Your work"),
            Text("在哪里上班、收入多少", "where, and for how much"),
            (
                Ask(
                    "applicant.work_unit",
                    Text("在哪个单位上班？", "Where do you work?"),
                    Text("没有单位的不填。", "Leave it out if nowhere."),
                ),
                Ask("applicant.work_state", Text("现在的工作状态", "What you do now")),
                Ask("applicant.monthly_income", Text("您自己每月收入多少？", "What do you earn a month?")),
                Ask("applicant.insured_medical", Text("有哪种医保？", "Which medical insurance do you have?")),
                Ask("applicant.health", Text("身体怎么样？", "How is your health?")),
                Ask("applicant.marital", Text("婚姻状况", "Are you married?")),
            ),
        ),
        Part(
            "family",
            Text("家里有谁", "Who lives with you"),
            Text("一起生活的每个人", "everybody of the household"),
            (
                Ask(
                    "household.size",
                    Text("一起生活的一共几口人？", "How many of you live together?"),
                    Text("包括您自己。", "You included."),
                ),
                Ask(
                    "members",
                    Text("除您以外，家里还有谁？", "Who lives with you?"),
                    Text("一人一行，知道多少填多少。", "A row for each, as far as you know."),
                ),
                Ask("students", Text("几个孩子在上学？", "How many children go to school?")),
            ),
        ),
        Part(
            "money",
            Text("家里的收入和开销", "Money of the household"),
            Text("一年大概多少", "roughly, for a year"),
            (
                Ask(
                    "household.annual_income",
                    Text("全家一年到手收入大概多少？", "What does the household have in a year, roughly?"),
                    Text(
                        "所有人的工资、养老金、种地、做小生意，加在一起。",
                        "Wages, pensions, farming and trade of all together.",
                    ),
                ),
                Ask(
                    "household.rigid_expenses",
                    Text("一年必须花的钱大概多少？", "What does it have to spend in a year?"),
                    Text("看病、上学、照料等省不下来的。", "On treatment, school and care, which cannot be saved."),
                ),
                Ask(
                    "medical_own_share",
                    Text("一年看病自己掏了多少？", "What of the year's medical bills did you pay yourselves?"),
                ),
                Ask("household.main_cause", Text("日子难，主要是因为什么？", "What makes it hard, above all?")),
            ),
        ),
        Part(
            "sudden",
            Text("最近遭了什么事", "What struck you"),
            Text("没有就不填", "leave it out if nothing did"),
            (
                Ask("sudden.event", Text("是什么事？", "What was it?")),
                Ask("sudden.on", Text("哪天发生的？", "When?")),
                Ask("sudden.loss", Text("一年内花了多少、损失多少？", "What did it cost within the year?")),
            ),
        ),
        Part(
            "promise",
            Text("承诺和账户", "Promise and account"),
            Text("批准以后钱打到哪里", "where the money goes"),
            (
                Ask("household.declared_true", Text("上面写的都是真实的吗？", "Is what you wrote true?")),
                Ask(
                    "bank.holder",
                    Text("银行卡是谁的名字？", "In whose name is the account?"),
                    Text("须是您本人的卡。", "It must be your own."),
                ),
                Ask("bank.name", Text("哪家银行？", "Which bank?")),
                Ask(
                    "bank.account",
                    Text("卡号", "Card number"),
                    Text("可以先不填，批准前补上。", "It may follow before the approval."),
                ),
            ),
        ),
    ),
)
