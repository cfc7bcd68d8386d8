"""Papers that nobody is asked for, because an exchange of data gives what they prove (社会救助法 41, 62).

A kind is known by the words that people use for it. Words of `unless` tell of a paper that only looks like one: the
bill for a repaired car is no register of vehicles, and an account at 工商银行 no business.
"""

from dataclasses import dataclass
from typing import Final

from casework.rules.context import MoveContext, Verdict
from casework.rules.grammar import guard
from casework.rules.papers import plain_name
from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class Check:
    """What a check finds, and from whom; the words are compared as `plain_name` writes them."""

    finds: Text
    source: Text
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def gives(self, plain: str) -> bool:
        """Whether a paper of this name proves what the check finds."""
        for word in self.unless:
            plain = "" if word in plain else plain
        return any(word in plain for word in self.words)


_DEALS: Final = ("合同", "协议", "发票", "收据", "票据", "收费", "费用", "维修", "损", "倒塌", "租", "contract", "rent")
_COURT: Final = ("判决", "裁定", "调解书", "起诉", "诉状", "协议", "judgment", "agreement")

CHECKS: Final = (
    Check(
        Text("住房公积金缴存信息", "the housing provident fund"),
        Text("住房公积金管理中心", "the provident fund centre"),
        ("公积金", "providentfund"),
    ),
    Check(
        Text("机动车登记信息", "vehicles"),
        Text("公安交通管理、农业机械部门", "the traffic police and the register of farm machines"),
        (
            *("车辆", "机动车", "汽车", "轿车", "私家车", "小客车", "摩托车", "行驶证", "行车证", "驾驶证", "驾照"),
            *("车管", "车籍", "车产", "名下车", "有车", "无车", "购车", "vehicle", "drivinglicen", "carregist"),
        ),
        unless=(*_DEALS, "事故", "保险", "修理", "运输"),
    ),
    Check(
        Text("不动产登记信息", "real estate"),
        Text("自然资源（不动产登记）部门", "the real estate register"),
        (
            *("不动产", "房产", "房屋产权", "房屋所有权", "房屋权属", "房屋登记", "房屋查询", "房屋信息", "房屋情况"),
            *(
                "房屋证明",
                "房证",
                "房本",
                "产权证",
                "产调",
                "有房",
                "无房",
                "有无住房",
                "住房证明",
                "住房登记",
                "住房信息",
            ),
            *("住房查询", "住房情况", "土地使用权", "土地使用证", "土地证", "宅基地", "集体土地"),
            *("realestate", "propertycertificate", "propertyregister", "titledeed", "housingcertificate"),
        ),
        unless=_DEALS,
    ),
    Check(
        Text("社会保险参保、缴费和待遇信息", "social insurance"),
        Text("人力资源社会保障、医疗保障部门", "human resources and medical security"),
        (
            *("社保", "社会保险", "养老保险", "失业保险", "工伤保险", "生育保险", "五险", "参保", "医保缴", "医保证明"),
            *(
                "医疗保险",
                "医保",
                "养老金",
                "退休金",
                "退休证",
                "离休证",
                "失业金",
                "就业失业登记",
                "失业登记",
                "就业登记",
                "就业创业证",
                "失业证",
            ),
            *("socialsecurity", "socialinsurance", "pension", "unemploymentregist"),
        ),
        unless=("报销", "结算", "医疗费", "住院", "门诊", "自付", "自费", "发票", "票据", "收据", "商业保险"),
    ),
    Check(
        Text("存款、证券等金融资产信息", "deposits and securities"),
        Text("银行、证券等金融机构", "banks and securities registers"),
        (
            *(
                "存款",
                "存单",
                "存折",
                "银行流水",
                "账户流水",
                "银行卡流水",
                "交易流水",
                "流水账单",
                "银行明细",
                "交易明细",
                "银行对账",
            ),
            *("账单明细", "余额", "理财", "证券", "股票", "基金账户", "基金持有", "金融资产", "资产证明", "财产证明"),
            *("bankstatement", "bankbalance", "deposit", "securities", "shareholding"),
        ),
        unless=("工资", "薪", "押金", "wage", "salary"),
    ),
    Check(
        Text("户籍和常住人口登记信息", "the household register"),
        Text("公安户政部门", "the police's register of residents"),
        ("户籍", "户口", "常住人口登记", "户主页", "居住证", "householdregist", "hukou", "residencepermit"),
    ),
    Check(
        Text("婚姻登记信息", "marriages"),
        Text("民政婚姻登记机关", "the marriage register"),
        (
            *("婚姻", "结婚", "离婚", "单身证明", "单身声明", "未婚", "再婚", "婚育", "无配偶"),
            *("marriage", "divorce", "maritalstatus"),
        ),
        unless=_COURT,
    ),
    Check(
        Text("市场主体（工商）登记信息", "businesses"),
        Text("市场监督管理部门", "the register of businesses"),
        (
            *("工商", "营业执照", "企业登记", "企业信息", "市场主体", "个体户", "经商办企", "开办企业", "股权", "股东"),
            *("法人登记", "投资入股", "businesslicen", "businessregist", "companyregist"),
        ),
        unless=("工商银行", "工商行"),
    ),
    Check(
        Text("纳税信息", "taxes paid"),
        Text("税务部门", "the tax office"),
        ("个税", "所得税", "纳税", "完税", "taxpayment", "incometax"),
    ),
    Check(
        Text("最低生活保障、特困供养等救助信息", "social assistance"),
        Text("民政部门", "civil affairs"),
        ("低保证", "低保金", "最低生活保障", "低保家庭", "低保对象", "低保户", "特困供养", "特困人员", "低收入家庭"),
    ),
    Check(
        Text("残疾人登记信息", "the register of the disabled"),
        Text("残疾人联合会", "the disabled persons' federation"),
        ("残疾证", "残疾人证", "disabilitycertificate"),
    ),
)


def check_for(name: str) -> Check | None:
    """The check that gives what a paper of this name would prove, or None."""
    plain = plain_name(name)
    return next((check for check in CHECKS if check.gives(plain)), None)


@guard(
    zh="有的材料可以通过信息核对获得，不得要求提交。",
    en="What an exchange of data gives is not asked for.",
    looks_at_given=True,
)
def nothing_asked_that_is_checked(at: MoveContext) -> Verdict:
    """社会救助法 62 with 41: what the check of means can find is not asked of the household."""
    found = [(name, check) for name in at.given["papers"] if (check := check_for(name))]
    zh = "；".join(f"“{name}”由{check.source.zh}的{check.finds.zh}核对获得" for name, check in found)
    en = "; ".join(f"“{name}” by the check of {check.finds.en} with {check.source.en}" for name, check in found)
    return Verdict(
        not found,
        Text(
            f"{zh}。参照社会救助法第六十二条，能够核对的不得要求提交，请从清单中删去，改为送交核对（`send_check`）。",
            f"These are found by an exchange of data: {en}. Take them off the list (Social Assistance Law 62 by reference)"
            " and use the check instead (`send_check`).",
        ),
    )
