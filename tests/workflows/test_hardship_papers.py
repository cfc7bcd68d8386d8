"""What an exchange of data finds is not asked for (社会救助法 62 with 41), whatever it is called."""

import pytest

from casework.rules import folding
from casework.rules.refusals import NotMet
from tests.workflows.test_hardship_aid import asked, told

FOUND_BY = {
    "不动产": [
        *("不动产登记证明", "不动产权证书", "房产证", "房产证明复印件", "房屋所有权证", "无房证明", "名下住房情况证明"),
        *(
            "不 动 产 查 询 结 果",
            "【不动产】权属证明",
            "不-动-产登记簿",
            "不\u200b动产证",
            "宅基地使用权证",
            "Real-estate certificate",
        ),
    ],
    "社会保险": [
        *(
            "社保缴费证明",
            "社会保险缴费记录",
            "养老保险参保证明",
            "医保缴费证明",
            "社 保 明 细",
            "社．保证明",
            "个人参保缴费证明",
            "退休证",
        ),
        *("失业登记证明", "养老金发放证明", "社会保险卡"),
    ],
    "机动车": [
        "车辆登记证",
        "名下车辆查询证明",
        "机动车行驶证",
        "无车证明",
        "汽车产权证明",
        "车管所证明",
        "机 动 车 证明",
    ],
    "存款": [
        "银行存款证明",
        "存款余额证明",
        "银行流水",
        "近半年银行卡流水",
        "定期存单",
        "存折复印件",
        "证券账户证明",
        "股票持仓证明",
    ],
    "户籍": ["户籍证明", "户口簿", "户口本复印件", "常住人口登记卡", "户 口 簿"],
    "婚姻": ["婚姻状况证明", "结婚证", "离婚证复印件", "单身证明", "未婚证明", "婚 姻 登 记 证明"],
    "工商": ["工商登记信息", "营业执照", "未经商办企业证明", "个体工商户登记证明", "股权证明", "工 商 查询"],
    "公积金": ["住房公积金缴存证明", "公积金缴费明细"],
    "纳税": ["个人所得税纳税证明", "完税证明", "个税记录"],
}
NOT_FOUND = [
    *(
        "医疗费票据",
        "劳动合同",
        "近一年工资收入证明",
        "医疗费用票据",
        "就读学校证明",
        "诊断证明",
        "住院病历",
        "工资流水",
    ),
    *(
        "工商银行卡复印件",
        "工资卡工商银行流水",
        "房屋租赁合同",
        "房屋受损证明",
        "医保报销结算单",
        "医疗保险报销单",
        "离婚判决书",
    ),
    *(
        "交通事故责任认定书",
        "车辆维修发票",
        "车祸证明",
        "学费收据",
        "录取通知书",
        "火灾事故证明",
        "住院押金收据",
        "开户行信息",
    ),
    *("身份证复印件", "银行卡复印件", "工伤认定书", "死亡证明", "其他证明材料（1）"),
]


@pytest.mark.parametrize(("finds", "name"), [(finds, name) for finds, names in FOUND_BY.items() for name in names])
def test_what_a_check_finds_is_not_asked_for_and_the_check_is_named(finds: str, name: str) -> None:
    refusal = told(asked(papers=None), "caseworker", "ask_for_papers", papers=["诊断证明", name])
    assert isinstance(refusal, NotMet)
    assert finds in refusal.text.zh
    assert f"“{folding.plain(name)}”" in refusal.text.zh
    assert "诊断证明" not in refusal.text.zh
    assert "Social Assistance Law 62" in refusal.text.en


def test_a_supervisor_does_not_ask_for_it_either() -> None:
    assert isinstance(told(asked(), "supervisor", "ask_for_papers", papers=["房产证"]), NotMet)


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_no_check_finds_may_be_asked_for(name: str) -> None:
    story = asked(papers=None)
    story.caseworker("ask_for_papers", papers=[name])
    assert story.case.state == "awaiting_papers"
