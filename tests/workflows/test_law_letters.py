"""What each letter must say, in both languages: what was decided, by which article, why, what to do now and until when.

Sources: 法律援助法 43, 44, 46, 48, 49, 55; 山东省法律援助条例 14, 16; 社会救助法 45, 48, 50.
A decision against somebody tells the way to object, and everybody is told that nothing is asked for twice.
"""

from typing import Final

import pytest

from casework.rules.grammar import Workflow
from casework.workflows.hardship_aid import WORKFLOW as HARDSHIP
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID

REASONS: Final = ("{reasons}", "Reasons:")
_ANY_PROGRAMME: Final = {
    "data_request_received": (
        ["个人信息请求已收到", "{kinds}", "{by_when}书面答复", "不同意的，将说明理由"],
        ["request about personal data", "{kinds}", "written answer {by_when}", "refused with reasons"],
    ),
    "data_request_answered": (
        ["{on}", "（{kinds}）", "{answer}", "{done}{reasons}{remedy}"],
        ["{on}", "({kinds})", "{answer}", "{done}{reasons}{remedy}"],
    ),
    "announced": (["{told}{papers}"], ["{told}{papers}"]),
}
LEGAL_AID_LETTERS: Final = {
    **_ANY_PROGRAMME,
    "receipt": (
        ["{received}", "{papers}", "依法审查", "书面告知结果"],
        ["{received}", "{papers}", "examine the request", "the result in writing"],
    ),
    "papers_needed": (
        ["全部材料", "{until}", "视为撤回申请", "仍可重新申请"],
        ["and nothing more", "hand them in {until}", "counts as withdrawn", "ask again"],
    ),
    "deemed_withdrawn": (
        ["期限内未补充", "{cited}", "第四十三条", "视为撤回申请", "重新申请"],
        ["did not come in time", "article 43", "{cited}", "counts as withdrawn", "ask again"],
    ),
    "granted": (
        ["{letter_number}", "决定给予法律援助", "{form_of_aid}", "承办人员确定后将另行通知", "不收取任何费用"],
        ["{letter_number}", "meets the conditions", "{form_of_aid}", "told who takes the case", "free of charge"],
    ),
    "refused": (
        ["{letter_number}", "（{ground}）", "决定不予法律援助", "{reasons}", "{remedies}"],
        ["{letter_number}", "({ground})", "is refused", *REASONS, "{remedies}"],
    ),
    "assigned": (
        [
            "由{helper}承办",
            "{within}约见您并签订委托协议",
            "不得向您收取任何费用或财物",
            "了解办理进度",
            "申请更换承办人员",
        ],
        ["handled by {helper}", "{within}", "no fee and no gift", "ask about progress", "another lawyer"],
    ),
    "change_denied": (["不予更换", "{reasons}", "{complaints}"], ["not changed", *REASONS, "{complaints}"]),
    "terminated": (
        ["{letter_number}", "{ground}", "{cited}", "第四十八条", "决定终止法律援助", "{reasons}", "{remedies}"],
        ["{letter_number}", "{ground}", "article 48", "{cited}", "ends the legal aid", *REASONS, "{remedies}"],
    ),
    "help_first": (
        [
            "{letter_number}",
            "第四十四条",
            "先行提供法律援助",
            "{form_of_aid}",
            "{until}补办有关手续、补充有关材料",
            "将终止法律援助",
            "不收取任何费用",
        ],
        [
            "{letter_number}",
            "cannot wait",
            "article 44",
            "before it is reviewed",
            "{form_of_aid}",
            "the papers {until}",
            "will be ended",
            "free of charge",
        ],
    ),
    "transferred": (
        ["因{ground}", "移送至{to}继续办理", "无需重新申请", "再次提交材料", "案号和查询方式不变", "12348"],
        ["{ground}", "{to}", "need not ask again", "hand anything in a second time", "stays the same", "12348"],
    ),
    "withdrawn": (
        ["按您的意愿撤回", "可以重新申请", "{not_theirs}"],
        ["withdrawn as you wished", "ask again", "{not_theirs}"],
    ),
    "commission": (
        [
            "{letter_number}",
            "{helper}及所在机构",
            "指派您承办",
            "{within}约见",
            "签订委托协议",
            "不得收取受援人任何费用",
            "无正当理由",
        ],
        [
            "{letter_number}",
            "To {helper}",
            "you are assigned",
            "{within}",
            "sign the agreement",
            "no fee",
            "good reason",
        ],
    ),
    "release_denied": (["不予同意，请继续承办", "{reasons}"], ["please go on with the case", *REASONS]),
    "complaint_received": (
        ["对{about}的投诉已收到", "{until}书面告知您结果"],
        ["complaint about {about}", "has come in", "the result in writing {until}"],
    ),
    "complaint_answered": (
        ["对{about}的投诉", "{finding}", "处理结果", "{answer}", "{further}"],
        ["complaint about {about}", "{finding}", "What was done", "{answer}", "{further}"],
    ),
    "official_letter": (
        ["{letter_number}", "{against}", "已给予法律援助，并指派{helper}承办", "{ask}特此函告"],
        ["{letter_number}", "{against}", "legal aid has been given", "{helper} is named", "{ask}"],
    ),
    "hardship_certificate": (
        ["{letter_number}", "{finding}", "已给予法律援助", "申请{relief}诉讼费用", "第五十三条{rule}", "特此证明"],
        [
            "{letter_number}",
            "has asked for legal aid",
            "{finding}",
            "has given the aid",
            "{relief}",
            "article 53",
            "is certified",
        ],
    ),
    "lawyer_changed": (
        ["不再由{helper}承办", "{until}另行指派", "无需重新提交"],
        ["no longer be handled by {helper}", "named {until}", "need not hand them in again"],
    ),
    "objection_received": (
        ["已收到", "依法审查", "{until}书面答复"],
        ["has come in", "a written answer {until}"],
    ),
    "objection_dismissed": (
        ["{letter_number}", "维持原决定", "{reasons}", "{remedies}"],
        ["{letter_number}", "the decision stands", *REASONS, "{remedies}"],
    ),
    "objection_allowed": (
        ["{letter_number}", "异议成立，原决定予以纠正", "{aid}", "{reasons}", "承办人员确定后将另行通知"],
        ["{letter_number}", "is right", "corrected and {aid}", *REASONS, "told who takes the case"],
    ),
    "costs_demand": (
        [
            "{letter_number}",
            "以欺骗手段获得",
            "{cited}",
            "第六十四条",
            "{until}",
            "{amount}",
            "{reasons}",
            "分期",
            "{remedies}",
        ],
        ["{letter_number}", "got by deceit", "article 64", "{cited}", "{until}", *REASONS, "instalments", "{remedies}"],
    ),
    "costs_lifted": (
        ["{letter_number}", "予以撤销，您无需支付", "{goes_back}", "{reasons}"],
        ["{letter_number}", "is lifted", "{goes_back}", *REASONS],
    ),
    "costs_given_back": (
        ["{amount} 元", "无需支付，已返还给您"],
        ["{amount} yuan", "were not owed and have gone back"],
    ),
}
HARDSHIP_LETTERS: Final = {
    **_ANY_PROGRAMME,
    "withdrawn": (
        ["按您的意愿撤回", "可以随时重新申请", "无需再次提交", "没有提出撤回", "上一级工会", "将恢复办理"],
        ["as you asked", "ask again", "need not come again", "did not ask for this", "the union above", "up again"],
    ),
    "approved": (
        [
            "{letter_number}",
            "认定为{category}职工家庭",
            "{aid}",
            "{paid}",
            "至少每半年走访一次",
            "及时告知",
            "第四十六条",
        ],
        ["{letter_number}", "Category: {category}", "{aid}", "{paid}", "every half-year", "things change", "Law 46"],
    ),
    "aid_approved": (
        ["{letter_number}", "{category}", "新增帮扶", "{aid}", "您本人的银行账户"],
        ["{letter_number}", "{category}", "further aid was approved", "{aid}", "your own account"],
    ),
    "payment_released": (
        ["{letter_number}", "{kin}", "{heard}，本工会决定{cut}", "第四十八条书面说明理由", "{reasons}", "{remedy}"],
        ["{letter_number}", "{kin}", "{heard}, it was decided {cut}", "article 48", "{reasons}", "Remedies: {remedy}"],
    ),
    "receipt": (
        ["{received}", "{papers}", "上门了解情况", "书面告知", "不会要求您再次提交"],
        ["{received}", "{papers}", "visit you", "in writing", "not be asked again"],
    ),
    "papers_needed": (
        ["全部材料", "{papers}", "{by_when}", "协助您"],
        ["and nothing more", "{papers}", "{by_when}", "we will help"],
    ),
    "deemed_withdrawn": (
        ["期限内未补充", "按撤回申请处理", "重新申请", "无需再次提交"],
        ["did not come in time", "counts as withdrawn", "ask again", "need not come again"],
    ),
    "refused": (
        ["{letter_number}", "不予认定（{ground}）", "第四十五条", "{reasons}", "{remedy}", "可以重新申请"],
        ["{letter_number}", "is refused ({ground})", "article 45", "{reasons}", "{remedy}", "ask again"],
    ),
    "aid_refused": (
        ["{letter_number}", "未获批准（{ground}）", "档案不受影响", "{reasons}", "{remedy}"],
        ["{letter_number}", "not approved ({ground})", "the file itself stands", *REASONS, "{remedy}"],
    ),
    "helped_at_once": (
        ["先行给予救助 {amount} 元", "{way}", "第五十条", "紧急情况解除后", "{by_when}"],
        ["{amount} yuan in advance", "{way}", "article 50", "once the emergency is over", "{by_when}"],
    ),
    "papers_after_emergency": (
        ["已经解除", "第五十条", "补充说明有关情况", "{by_when}", "协助您"],
        ["is over", "article 50", "tell us more", "{by_when}", "we will help"],
    ),
    "exit_hearing": (
        ["拟对您的档案", "{kind}", "{reasons}", "第四十八条", "请您陈述意见：{hearing}", "带人陪同，也可以提交材料"],
        ["is considering closing", "{kind}", *REASONS, "Social Assistance Law 48", "{hearing}", "bring somebody along"],
    ),
    "exit_denied": (
        ["不作退出处理，帮扶继续", "{reasons}"],
        ["is not closed; assistance goes on", *REASONS],
    ),
    "exit_notice": (
        ["{letter_number}", "{heard}", "退出困难职工帮扶", "{kind}", "{reasons}", "至少六个月", "{remedy}"],
        ["{letter_number}", "{heard}", "ends: {kind}", *REASONS, "at least six months", "Remedies: {remedy}"],
    ),
    "helped_once": (
        ["{letter_number}", "不建立困难职工档案", "{aid}", "您本人的银行账户", "再次申请"],
        ["{letter_number}", "without a dossier", "{aid}", "your own account", "ask again"],
    ),
    "cut_hearing": (
        ["拟{cut}", "{reasons}", "第四十八条", "请您陈述意见：{hearing}", "带人陪同"],
        ["is considering {cut}", *REASONS, "Social Assistance Law 48", "{hearing}", "bring somebody along"],
    ),
    "cut_dropped": (["不再办理此前通知您的事项", "{reasons}"], ["will not be done", *REASONS]),
    "category_lowered": (
        ["{letter_number}", "{heard}，本工会决定{cut}", "第四十八条书面说明理由", "{reasons}", "{remedy}"],
        ["{letter_number}", "{heard}, it was decided {cut}", "article 48", "{reasons}", "{remedy}"],
    ),
    "repayment_demand": (
        [
            "{letter_number}",
            "{because}",
            "第六十一条至第六十五条",
            "{by_when}",
            "{amount}",
            "{reasons}",
            "分期",
            "{remedy}",
        ],
        ["{letter_number}", "{because}", "articles 61 to 65", "{by_when}", *REASONS, "instalments", "{remedy}"],
    ),
    "repayment_lifted": (
        ["{letter_number}", "予以撤销，您无需退还", "{goes_back}", "{reasons}"],
        ["{letter_number}", "is lifted", "{goes_back}", *REASONS],
    ),
    "given_back": (
        ["{amount} 元", "无需退还，现予返还", "您本人的银行账户", "尚未提供账户的，请与我们联系"],
        ["{amount} yuan", "are not owed and go back", "your own account", "please tell us"],
    ),
    "cancelled": (
        ["{letter_number}", "申报情况与实际不符", "决定取消", "{heard}作出本决定", "{reasons}", "{remedy}"],
        ["{letter_number}", "does not agree with the facts", "cancel your file", *REASONS, "Remedies: {remedy}"],
    ),
    "struck_off": (
        ["{letter_number}", "因{because}", "予以注销", "{reasons}", "由新单位工会继续办理", "{remedy}"],
        [
            "{letter_number}",
            "as {because}",
            "struck off",
            "Explanation:",
            "{reasons}",
            "its union can go on",
            "{remedy}",
        ],
    ),
    "leaving": (
        ["自愿退出", "公示和审批后另行书面告知", "此前您的档案不变", "没有提出退出，或者改变主意", "上一级工会"],
        [
            "your request to leave",
            "in writing",
            "until then your file stands",
            "changed your mind",
            "the union above it",
        ],
    ),
    "fallen_back": (
        ["已重新受理", "再次上门", "无需再次提交"],
        ["taken your file", "visit you", "need not come again"],
    ),
    "objection_dismissed": (
        ["{letter_number}", "维持原决定", "{reasons}", "上一级工会反映", "依法寻求救济"],
        ["{letter_number}", "the decision stands", *REASONS, "the union above this office"],
    ),
    "objection_allowed": (
        ["{letter_number}", "异议成立，原决定予以纠正，案件继续办理", "{reasons}"],
        ["{letter_number}", "the decision is corrected and the case goes on", *REASONS],
    ),
}
NUMBERED: Final = {
    "legal_aid": "granted refused commission terminated help_first objection_dismissed objection_allowed"
    " official_letter hardship_certificate costs_demand costs_lifted",
    "hardship_aid": "approved helped_once aid_approved refused aid_refused"
    " category_lowered payment_released repayment_demand repayment_lifted exit_notice cancelled struck_off"
    " objection_dismissed objection_allowed",
}
ROWS: Final = [
    pytest.param(workflow, name, *said, id=f"{workflow.key}-{name}")
    for workflow, letters in ((LEGAL_AID, LEGAL_AID_LETTERS), (HARDSHIP, HARDSHIP_LETTERS))
    for name, said in letters.items()
]


@pytest.mark.parametrize(("workflow", "name", "zh", "en"), ROWS)
def test_what_it_says(workflow: Workflow, name: str, zh: list[str], en: list[str]) -> None:
    letter = workflow.by_letter[name]
    assert [said for said in zh if said not in letter.body.zh] == []
    assert [said for said in en if said not in letter.body.en] == []
    for text in (letter.body.zh, letter.body.en):
        assert text.index("{applicant}") < text.index("{office}") < text.index("{date}")


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])
def test_decisions_have_a_number(workflow: Workflow) -> None:
    assert {letter.name for letter in workflow.letters if letter.numbered} == set(NUMBERED[workflow.key].split())


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])
def test_what_goes_to_the_helper_and_not_to_the_applicant(workflow: Workflow) -> None:
    to_helper = {"commission", "release_denied", "official_letter"} if workflow is LEGAL_AID else set()
    assert {letter.name for letter in workflow.letters if not letter.to_applicant} == to_helper


@pytest.mark.parametrize("workflow", [LEGAL_AID, HARDSHIP], ids=["legal_aid", "hardship_aid"])
def test_what_was_reviewed_above_is_told_from_above(workflow: Workflow) -> None:
    found = {letter.name for letter in workflow.letters if letter.of_reviewer}
    assert found == {"objection_dismissed", "objection_allowed"}
