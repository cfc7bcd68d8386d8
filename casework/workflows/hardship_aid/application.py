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
                Ask("applicant.name"),
                Ask("applicant.identity_number"),
                Ask("applicant.phone"),
                Ask(
                    "applicant.safe_contact",
                    Text("什么时候、用什么方式联系您最方便？", "When and how is it best to reach you?"),
                    Text("只有联系您的工作人员看得到。", "Only those who call see it."),
                ),
                Ask("applicant.address"),
            ),
        ),
        Part(
            "work",
            Text("您的工作", "Your work"),
            Text("在哪里上班、收入多少", "where, and for how much"),
            (
                Ask("applicant.work_unit"),
                Ask("applicant.work_state"),
                Ask("applicant.monthly_income"),
                Ask("applicant.insured_medical"),
                Ask("applicant.health"),
                Ask("applicant.marital"),
            ),
        ),
        Part(
            "family",
            Text("家里有谁", "Who lives with you"),
            Text("一起生活的每个人", "everybody of the household"),
            (
                Ask("household.size"),
                Ask("members"),
                Ask("students"),
            ),
        ),
        Part(
            "money",
            Text("家里的收入和开销", "Money of the household"),
            Text("一年大概多少", "roughly, for a year"),
            (
                Ask("household.annual_income"),
                Ask("household.rigid_expenses"),
                Ask("medical_own_share"),
                Ask("household.main_cause"),
            ),
        ),
        Part(
            "sudden",
            Text("最近遭了什么事", "What struck you"),
            Text("没有就不填", "leave it out if nothing did"),
            (
                Ask("sudden.event"),
                Ask("sudden.on"),
                Ask("sudden.loss"),
            ),
        ),
        Part(
            "promise",
            Text("承诺和账户", "Promise and account"),
            Text("批准以后钱打到哪里", "where the money goes"),
            (
                Ask("household.declared_true"),
                Ask("bank.holder"),
                Ask("bank.name"),
                Ask("bank.account"),
            ),
        ),
    ),
)
