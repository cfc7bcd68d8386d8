"""The code tables of a dossier: a code for programs, a title for people. Codes decide, never the order of the titles.

Sources: 困难职工档案表 with the code tables that unions' own systems use. Where a source names only the ends of a table,
or none at all (political status, marital status, register), the rows follow what population registers usually ask.
"""

from typing import Final

from casework.rules.paying import Pays
from casework.rules.text import Text

HEALTH: Final = {
    "good": Text("良好", "good"),
    "cancer": Text("癌症", "cancer"),
    "cardiovascular": Text("心血管病", "cardiovascular disease"),
    "cerebrovascular": Text("脑血管病", "cerebrovascular disease"),
    "uraemia": Text("尿毒症", "uraemia"),
    "mental_illness": Text("精神病", "mental illness"),
    "liver_disease": Text("肝病", "liver disease"),
    "blood_disease": Text("血液病", "blood disease"),
    "diabetes": Text("糖尿病", "diabetes"),
    "tumour": Text("肿瘤病", "tumour"),
    "spine": Text("腰颈椎病", "disease of the spine"),
    "hypertension": Text("高血压病", "high blood pressure"),
    "lung_disease": Text("肺病", "lung disease"),
    "common_illness": Text("一般疾病", "common illness"),
    "disabled": Text("残疾", "disabled"),
}
DISABILITIES: Final = {
    "sight": Text("视力残疾", "sight"),
    "hearing": Text("听力残疾", "hearing"),
    "speech": Text("言语残疾", "speech"),
    "intellectual": Text("智力残疾", "intellectual"),
    "physical": Text("肢体残疾", "physical"),
    "mental": Text("精神残疾", "mental"),
    "multiple": Text("多重残疾", "multiple"),
}
DISABILITY_LEVELS: Final = {
    "level_1": Text("一级", "level 1 (gravest)"),
    "level_2": Text("二级", "level 2"),
    "level_3": Text("三级", "level 3"),
    "level_4": Text("四级", "level 4"),
}
PLATFORM_WORK: Final = {
    "delivery": Text("外卖配送员", "food delivery"),
    "courier": Text("快递员", "courier"),
    "ride_hailing": Text("网约车司机", "ride-hailing driver"),
    "truck": Text("货车司机", "truck driver"),
    "domestic": Text("家政、护理人员", "domestic or care worker"),
    "livestream": Text("网络主播", "live streamer"),
    "other": Text("其他新就业形态劳动者", "other platform worker"),
}
PLATFORM_PROOFS: Final = {
    "platform": Text("平台企业或者其合作企业的证明", "a proof of the platform or its partner"),
    "orders": Text("近期接单、收入记录", "recent records of orders or earnings"),
    "street_union": Text("街道（乡镇）、社区工会的证明", "a proof of the street's, town's or community's union"),
    "industry_union": Text("行业工会的证明", "a proof of the union of the industry"),
}
WORK_STATES: Final = {
    "at_work": Text("在岗", "at work"),
    "laid_off": Text("下（待）岗", "laid off"),
    "jobless": Text("失（无）业", "jobless"),
    "retired": Text("退休", "retired"),
    "sick_leave": Text("病休", "on sick leave"),
    "early_retired": Text("内退", "retired early within the unit"),
    "veteran_retired": Text("离休", "retired as a veteran cadre"),
    "migrant_worker": Text("农民工", "migrant worker"),
}
MODEL_WORKERS: Final = {
    "national": Text("全国劳模", "national"),
    "provincial": Text("省部级劳模", "of a province or ministry"),
    "municipal": Text("地市级劳模", "of a city"),
    "other": Text("其他劳模", "other"),
}
HOUSING: Final = {
    "self_built": Text("自建房", "self-built"),
    "commercial": Text("商品房", "bought on the market"),
    "affordable": Text("经适房", "affordable housing"),
    "price_capped": Text("两限房", "price-capped housing"),
    "unit_rental": Text("承租单位公房", "rented from the unit"),
    "low_rent": Text("廉租房", "low-rent housing"),
    "rented": Text("租房", "rented"),
    "other": Text("其他", "other"),
}
FLOOR_AREAS: Final = {
    "below_20": Text("不满20平方米", "below 20 m²"),
    "20_to_50": Text("20至50平方米", "20 to 50 m²"),
    "over_50_to_70": Text("超过50至70平方米", "over 50 to 70 m²"),
    "over_70": Text("超过70平方米", "over 70 m²"),
}
CAUSES: Final = {
    "own_illness": Text("本人大病", "own serious illness"),
    "relatives_illness": Text("供养直系亲属大病", "serious illness of a dependent relative"),
    "disaster": Text("意外灾害", "accident or disaster"),
    "disability": Text("残疾", "disability"),
    "low_income": Text("收入低", "low income"),
    "laid_off": Text("下岗失业", "laid off or jobless"),
    "schooling": Text("子女上学", "children's schooling"),
    "other": Text("其他", "other"),
}
UNIT_KINDS: Final = {
    "government": Text("国家机关、事业单位", "government or public institution"),
    "state_owned": Text("国有企业", "state-owned enterprise"),
    "collective": Text("集体企业", "collective enterprise"),
    "private": Text("民营企业", "private enterprise"),
    "hong_kong_macao_taiwan": Text("港澳台企业", "enterprise of Hong Kong, Macao or Taiwan"),
    "joint_venture": Text("中外合资企业", "Chinese-foreign joint venture"),
    "other": Text("其他", "other"),
}
UNIT_STATES: Final = {
    "loss_making": Text("亏损", "making a loss"),
    "restructured": Text("改制", "restructured"),
    "closed": Text("关闭破产", "closed or bankrupt"),
}
RELATIONS: Final = {
    "parent": Text("父母", "parent"),
    "spouse": Text("夫妻", "spouse"),
    "child": Text("子女", "child"),
    "other": Text("其他", "other"),
}
# The source names the first and the last row, 在岗 and 小学; those between, and children below school age, are ours.
MEMBER_STATES: Final = {
    "at_work": Text("在岗", "at work"),
    "laid_off": Text("下（待）岗", "laid off"),
    "jobless": Text("失（无）业", "jobless"),
    "retired": Text("离退休", "retired"),
    "farming": Text("务农", "farming"),
    "unable_to_work": Text("丧失劳动能力", "unable to work"),
    "university": Text("大专及以上在读", "at college or university"),
    "vocational_school": Text("中专、技校在读", "at a vocational school"),
    "senior_secondary": Text("高中", "senior secondary school"),
    "junior_secondary": Text("初中", "junior secondary school"),
    "primary": Text("小学", "primary school"),
    "below_school_age": Text("学龄前儿童", "below school age"),
    "other": Text("其他", "other"),
}
POLITICAL: Final = {
    "party_member": Text("中共党员", "member of the Communist Party"),
    "probationary_member": Text("中共预备党员", "probationary member of the Communist Party"),
    "youth_league": Text("共青团员", "member of the Youth League"),
    "democratic_party": Text("民主党派成员", "member of a democratic party"),
    "non_party": Text("无党派人士", "public figure without party"),
    "none": Text("群众", "no party"),
}
MARITAL: Final = {
    "single": Text("未婚", "single"),
    "married": Text("已婚", "married"),
    "widowed": Text("丧偶", "widowed"),
    "divorced": Text("离婚", "divorced"),
}
REGISTERS: Final = {
    "urban": Text("城镇户口", "urban"),
    "rural": Text("农村户口", "rural"),
    "resident": Text("居民户口（不分城乡）", "resident (urban and rural alike)"),
}
MEDICAL_INSURANCE: Final = {
    "employee": Text("职工医保", "employees' insurance"),
    "resident": Text("居民医保", "residents' insurance"),
    "none": Text("未参加医保", "not insured"),
}
EVENTS: Final = {
    "disaster": Text("自然灾害", "natural disaster"),
    "major_accident": Text("重大安全事故", "major accident"),
    "epidemic": Text("重大疫情", "epidemic"),
    "security_event": Text("社会安全事件", "security event"),
    "sudden_illness": Text("突发重大疾病", "sudden serious illness"),
    "other_sudden": Text("其他突发事件", "other sudden event"),
}
HARMING_EVENTS: Final = frozenset(("disaster", "major_accident", "epidemic", "security_event"))
"""Who was disabled or killed in one of these is in sudden hardship whatever it cost."""

HARMS: Final = {
    "injured": Text("负伤，未致残", "injured, without a disability"),
    "disabled": Text("负伤致残", "disabled"),
    "killed": Text("因公殉职、牺牲", "killed in the line of duty or in the event"),
}

DOSSIER_KINDS: Final = {
    "existing": Text("存量", "on file before"),
    "new": Text("增量", "new"),
    "returned": Text("返困", "fallen back into hardship"),
}
EXCLUSIONS: Final = {
    # Qingdao union, self-test for workers in need: fee-charging private school above twice the public fee, or
    # study abroad at one's own cost.
    "private_school": Text(
        "子女就读收费私立学校（费用超过公办学校两倍）", "a child at a private school that costs over twice a public one"
    ),
    "study_abroad": Text("子女自费出国留学", "a child studying abroad at the family's cost"),
    # Rules before 2019, kept in many places: a second home, shop premises, hiring others.
    "two_homes": Text("有两套及以上住房", "two homes or more"),
    "shop_premises": Text("有商业门面、店铺", "shop premises"),
    "employs_others": Text("雇佣他人从事经营活动", "hires others for a business"),
    # Zoucheng union: dossiers are compared with the registers of real estate, vehicles and businesses.
    "runs_business": Text("经商办企业", "runs a business"),
    # Local schemes, which differ: able-bodied without work; retired and jobless where the scheme leaves them out.
    "able_but_idle": Text("有劳动能力无正当理由不就业", "able to work and not working without good cause"),
    "outside_local_scheme": Text("退休或无业，不在本地帮扶范围", "retired or jobless, and outside the local scheme"),
    # Common in local rules, no text at hand: the administrator confirms these before they are used.
    "car": Text("有机动车辆（残疾代步、谋生所用除外）", "a car, other than for a disability or a livelihood"),
    "shareholding": Text("持有企业股份", "shares of a company"),
    "deposits": Text("存款或有价证券超过当地限额", "deposits or securities above the local limit"),
    "big_purchase": Text("近期购买高价住房或高档装修", "a recent costly home or luxury renovation"),
}
OWNS: Final = "Grounds of exclusion name what a household owns or does; a disability is only what they leave aside."
"""Why grounds of exclusion lie open."""
GRANT_KINDS: Final = {
    "living": Text("生活救助", "living"),
    "medical": Text("医疗救助", "medical"),
    "study": Text("助学救助", "study"),
    "sudden": Text("意外致困救助", "sudden hardship"),
    "temporary": Text("临时救助", "temporary"),
    "training": Text("职业培训", "vocational training"),
    "placement": Text("职业介绍", "job placement"),
    "warmth": Text("送温暖慰问", "festival and visiting gifts"),
    "emergency": Text("紧急救助", "emergency"),
}
RESTORED: Final = "restored"
PAID_FOR: Final = (
    "Budgets, the rule of once a year and payment orders go by the kind; it names no illness, and nobody's."
)
"""Why the kind of aid lies open."""
PAYMENT_KINDS: Final = {**GRANT_KINDS, RESTORED: Text("返还已退还的帮扶款", "aid given back")}
"""What a payment may be for: aid of a kind, or money that the household had paid back without owing it."""

PAYS: Final = Pays(
    PAYMENT_KINDS,
    account="bank.account",
    recorded_by="record_payment",
    corrected_by="correct_payment",
    purpose="困难职工帮扶金",
    unbudgeted=(RESTORED,),
)

EXIT_KINDS: Final = {
    "out_of_hardship": Text("脱困", "out of hardship"),
    "social_assistance": Text("转社会救助", "handed to social assistance"),
    "retired": Text("退休", "retired"),
    "moved_away": Text("调离", "moved to another unit or place"),
    "died": Text("死亡", "died"),
    "cancelled": Text("申报不实", "told untruly"),
    "lost_contact": Text("失联", "contact lost"),
}
