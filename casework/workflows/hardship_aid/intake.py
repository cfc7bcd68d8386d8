"""What an application for hardship assistance tells: the household's dossier, its means and its consents.

Sources: 困难职工档案表 (the dossier form of the unions); 个人信息保护法 25, 28–31 (separate consents); 社会救助法 62
(nothing is asked for that can be checked by exchange of data, so that little is required at once).

No rule here grows stale: what was accepted once is accepted on any later day, so that a dossier can always be
corrected. Whether an event is recent enough is for the finding to say, not for the form to refuse.
"""

from datetime import date, timedelta
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, birth_date, days_ago, sex
from casework.forms.form import Form, Many, Nested
from casework.forms.identity import BankAccount, BankCode, IdentityNumber, Phone
from casework.forms.numbers import Count, Day, Flag, Money
from casework.forms.papers import Paper
from casework.forms.person import SEX, Identified
from casework.forms.texts import Choice, Code, Line, LongText, PersonName, PublicLine
from casework.rules.folding import same_name
from casework.rules.identifiers import PROVINCES, invent_identity_number
from casework.rules.papers import MOST_PAPERS
from casework.rules.text import Text
from casework.workflows.hardship_aid.codes import (
    CAUSES,
    DISABILITIES,
    DISABILITY_LEVELS,
    DOSSIER_KINDS,
    EVENTS,
    EXCLUSIONS,
    FLOOR_AREAS,
    HARMS,
    HEALTH,
    HOUSING,
    MARITAL,
    MEDICAL_INSURANCE,
    MEMBER_STATES,
    MODEL_WORKERS,
    OWNS,
    PLATFORM_PROOFS,
    PLATFORM_WORK,
    POLITICAL,
    REGISTERS,
    RELATIONS,
    UNIT_KINDS,
    UNIT_STATES,
    WORK_STATES,
)


class Applicant(Identified):
    """The worker in whose name the dossier stands."""

    name = PersonName(required=True, title=Text("姓名", "Name"))
    identity_number = IdentityNumber(
        sensitive=True, needed_by="propose", or_else="document_number", title=Text("身份证号码", "Identity number")
    )
    phone = Phone(sensitive=True, title=Text("手机号码", "Phone"))
    other_contact = Line(
        sensitive=True,
        title=Text("其他联系方式", "Other contact"),
        example=Text("单位工会代为转达", "Through the union at work"),
    )
    safe_contact = Line(
        most=500,
        sensitive=True,
        title=Text("安全联系方式和时间", "Safe way and time to be reached"),
        help=Text(
            "仅供工作人员联系本人时查看，不写入文书和消息。", "Only for staff who call; in no letter and no message."
        ),
        example=Text("请于工作日中午致电单位，勿打家中电话", "At noon at work; never at home"),
    )
    sex = Choice(SEX, title=Text("性别", "Sex"), example=sex)
    birth_date = Day(past=True, sensitive=True, title=Text("出生日期", "Date of birth"), example=birth_date)
    ethnicity = Line(most=40, title=Text("民族", "Ethnic group"), example=Text("汉族", "Han"))
    political = Choice(POLITICAL, title=Text("政治面貌", "Political status"), example="none")
    health = Choice(HEALTH, sensitive=True, title=Text("健康状况", "Health"), example="common_illness")
    disability_kind = Choice(DISABILITIES, sensitive=True, title=Text("残疾类别", "Kind of disability"))
    disability_level = Choice(DISABILITY_LEVELS, sensitive=True, title=Text("残疾等级", "Level of disability"))
    work_state = Choice(WORK_STATES, sensitive=True, title=Text("工作状态", "Employment"))
    model_worker = Choice(MODEL_WORKERS, title=Text("劳模类型", "Model worker"))
    housing = Choice(HOUSING, title=Text("住房类型", "Housing"), example="low_rent")
    floor_area = Choice(FLOOR_AREAS, title=Text("建筑面积", "Floor area"), example="20_to_50")
    marital = Choice(MARITAL, title=Text("婚姻状况", "Marital status"), example="married")
    register_type = Choice(REGISTERS, title=Text("户口类型", "Household register"))
    register_region = Code(most=6, title=Text("户口所在地行政区划代码", "Region of the register"), example="371083")
    address = Line(
        sensitive=True,
        title=Text("家庭住址", "Address"),
        example=Text("乳山市示例小区6号楼202室", "Room 202, building 6, Example Estate, Rushan"),
    )
    work_unit = Line(
        title=Text("工作单位", "Place of work"),
        example="乳山示例纺织有限公司",
        open_because="Files are searched by it, the notice and the form of approval name it.",
    )
    unit_kind = Choice(UNIT_KINDS, title=Text("单位性质", "Kind of unit"), example="collective")
    unit_state = Choice(UNIT_STATES, title=Text("企业状况", "State of the unit"))
    industry = Line(most=80, title=Text("所属行业", "Industry"), example=Text("纺织业", "Textiles"))
    joined_work_on = Day(past=True, title=Text("参加工作时间", "At work since"), example=days_ago(2 * 365))
    union_card = Line(most=40, title=Text("工会会员卡号", "Union card"), example="SD0000123456")
    single_parent = Flag(title=Text("是单亲家庭", "Single parent"), example=False)
    insured_medical = Choice(MEDICAL_INSURANCE, title=Text("医保状况", "Medical insurance"))
    worker_number = Line(most=40, title=Text("职工编号", "Worker's number"), example="0001234")
    postcode = Code(most=6, title=Text("邮政编码", "Postcode"), example="264500")
    monthly_income = Money(title=Text("本人月均收入（元）", "Own monthly income (yuan)"), example="2600.00")

    @rule(
        "region_unknown",
        Text(
            "行政区划代码应为六位，前两位为省级代码（GB/T 2260），请核对。",
            "A region has six digits, the first two those of a province (GB/T 2260); check it.",
        ),
        at="register_region",
    )
    def region_of_a_province(self, register_region: str) -> bool:
        return len(register_region) == 6 and register_region.isdecimal() and register_region[:2] in PROVINCES

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A worker who is neither disabled nor a model worker."""
        without = ("disability_kind", "disability_level", "model_worker")
        return {name: value for name, value in super().example(example_data).items() if name not in without}


class Member(Identified):
    """Somebody who lives in the household beside the applicant."""

    name = PersonName(required=True, title=Text("姓名", "Name"))
    relation = Choice(RELATIONS, title=Text("与申请人关系", "Relation to the applicant"), example="spouse")
    identity_number = IdentityNumber(sensitive=True, title=Text("身份证号码", "Identity number"))
    no_number_because = Line(most=200, sensitive=True, title=Text("无身份证号码的原因", "Why there is no number"))
    birth_date = Day(past=True, sensitive=True, title=Text("出生日期", "Date of birth"), example=birth_date)
    sex = Choice(SEX, title=Text("性别", "Sex"), example=sex)
    phone = Phone(sensitive=True, title=Text("手机号码", "Phone"))
    ethnicity = Line(most=40, title=Text("民族", "Ethnic group"), example=Text("汉族", "Han"))
    political = Choice(POLITICAL, title=Text("政治面貌", "Political status"), example="none")
    marital = Choice(MARITAL, title=Text("婚姻状况", "Marital status"), example="married")
    insured_medical = Choice(MEDICAL_INSURANCE, title=Text("医保状况", "Medical insurance"), example="resident")
    contract_since = Day(past=True, title=Text("合同签订时间", "Contract since"), example=days_ago(400))
    contract_years = Count(least=1, most=50, title=Text("合同期限（年）", "Years of the contract"), example=3)
    monthly_income = Money(title=Text("月收入（元）", "Monthly income (yuan)"), example="2000.00")
    health = Choice(HEALTH, sensitive=True, title=Text("健康状况", "Health"))
    status = Choice(MEMBER_STATES, title=Text("人员身份", "What the member does"))
    work_state = Choice(WORK_STATES, sensitive=True, title=Text("工作状态", "Employment"))
    school_or_unit = Line(
        title=Text("学校或单位", "School or unit"), example=Text("乳山示例食品有限公司", "Rushan Example Foods")
    )
    education = Line(most=40, title=Text("学历", "Education"), example=Text("高中", "Senior school"))
    entered_school = Count(least=1950, most=2199, title=Text("入学年份", "Year of entering school"))
    school_years = Count(least=1, most=12, title=Text("学制（年）", "Years of schooling"))

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A husband or wife with a small wage."""
        without = ("entered_school", "school_years", "no_number_because")
        return {name: value for name, value in super().example(example_data).items() if name not in without}

    @classmethod
    def child(cls, example_data: ExampleData, surname: str, parent_born: date) -> dict[str, Any]:
        """A child at primary school, in the same form; of somebody too young for that, a brother or sister."""
        person, born = (
            example_data.person,
            example_data.today - timedelta(days=example_data.random.randint(8 * 366, 11 * 365)),
        )
        return {
            "name": surname + person.name[1:],
            "relation": "child" if born.year - parent_born.year > 16 else "other",
            "identity_number": invent_identity_number(born, person.sex, "371083", example_data.random.randrange(500)),
            "birth_date": born.isoformat(),
            "sex": person.sex,
            "monthly_income": "0.00",
            "health": "good",
            "status": "primary",
            "school_or_unit": example_data.says("乳山市示例小学", "Example School, Rushan"),
            "entered_school": born.year + 7,
            "school_years": 6,
        }


class Means(Form):
    """The household's means of a year, told by the applicant, who answers for the truth."""

    size = Count(
        least=1, most=30, title=Text("共同生活人口（含本人）", "People living together, the applicant included")
    )
    annual_income = Money(
        title=Text("家庭年度可支配收入（元）", "Disposable income of the household in the year (yuan)")
    )
    rigid_expenses = Money(title=Text("家庭年度刚性支出（元）", "Rigid expenses of the household in the year (yuan)"))
    zero_employment = Flag(title=Text("是零就业家庭", "Nobody in the household has work"), example=False)
    able_to_self_help = Flag(title=Text("有一定自救能力", "Able to help themselves to some extent"))
    main_cause = Choice(CAUSES, sensitive=True, title=Text("主要致困原因", "Main cause of hardship"))
    second_cause = Choice(
        CAUSES, sensitive=True, title=Text("次要致困原因", "Second cause of hardship"), example="low_income"
    )
    declared_true = Flag(title=Text("个人诚信承诺", "Declared to be true"))
    explanation = LongText(
        most=2000,
        sensitive=True,
        title=Text("家庭人口情况说明", "Who is not listed, or does not fit, and why"),
        help=Text(
            "有人未列入家庭成员，或者年龄、婚姻状况与关系不一致的，请说明是谁、为什么。",
            "Where somebody is not listed among the members, or age and marital status do not fit the relation: who, and"
            " why.",
        ),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A household of which everybody is listed, so that there is nothing to explain."""
        return {name: value for name, value in super().example(example_data).items() if name != "explanation"}


class Sudden(Form):
    """What struck the household, and what it cost within the year."""

    event = Choice(EVENTS, shown_as={"sudden_illness": "other_sudden"}, title=Text("突发事件", "Event"))
    on = Day(past=True, title=Text("发生日期", "Date"))
    harmed = Flag(sensitive=True, title=Text("有人受伤、致残或死亡", "Somebody was injured, disabled or killed"))
    harm = Choice(HARMS, sensitive=True, title=Text("伤亡情况", "What came of it"))
    loss = Money(title=Text("一年内的支出或损失（元）", "Cost or loss within the year (yuan)"))

    @rule(
        "harm_without_harmed",
        Text(
            "填写了伤亡情况的，“有人受伤、致残或死亡”应为是。", "Where harm is told, somebody was harmed; check both."
        ),
        at="harm",
    )
    def harmed_agrees(self, harm: str, harmed: bool = True) -> bool:
        return harmed


class Migrant(Form):
    """How long a migrant worker has been here, and at work."""

    in_city_since = Day(past=True, title=Text("进城居住起始日期", "In the city since"), example=days_ago(1500))
    employed_since = Day(
        past=True, title=Text("实际就业起始日期", "In factual employment since"), example=days_ago(900)
    )


class Platform(Form):
    """The work of a platform worker (新就业形态劳动者), who has no employer's contract to show."""

    kind = Choice(PLATFORM_WORK, title=Text("从业类型", "Kind of work"), example="delivery")
    platform = Line(title=Text("平台企业", "Platform"), example=Text("示例外卖平台", "Example delivery platform"))
    since = Day(past=True, title=Text("从业起始日期", "At this work since"), example=days_ago(500))
    union = PublicLine(
        title=Text("所属街道（乡镇）、社区或者行业工会", "Union of the street, town, community or industry"),
        example=Text("示例街道新就业形态劳动者联合工会", "Example street joint union of platform workers"),
    )
    proven_by = Choice(
        PLATFORM_PROOFS,
        title=Text("从业情况由谁证明", "Who proves the work"),
        help=Text("任选其一，无须提供劳动合同。", "One is enough; no labour contract is asked for."),
        example="orders",
    )


class Bank(Form):
    """The applicant's own account, to which alone aid is paid."""

    holder = PersonName(title=Text("户名", "Account holder"))
    name = Line(
        title=Text("开户银行", "Bank"), example="中国示例银行", open_because="Payments are ordered bank by bank."
    )
    branch = Line(
        title=Text("开户支行", "Branch"), example="乳山支行", open_because="Payments are ordered bank by bank."
    )
    bank_code = BankCode(
        title=Text("联行号", "Bank code"),
        help=Text(
            "开户支行的 12 位支付系统行号，跨行代发时填写。", "The branch's 12 digits, for payments between banks."
        ),
    )
    account = BankAccount(sensitive=True, title=Text("银行账号", "Account"))


CONSENTS_SINCE: Final = date(2021, 11, 1)
"""个人信息保护法 74: in force since this day; no consent before it knew what that law asks for."""


class Consent(Form):
    """A consent of its own, with the day on which it was signed."""

    signed_on = Day(past=True, title=Text("签字日期", "Signed on"))

    @rule(
        "consent_before_law",
        Text(
            "签字日期早于个人信息保护法施行之日（2021年11月1日），须按现行法律重新签署。",
            "It was signed before the Personal Information Protection Law was in force (2021-11-01); it is signed anew.",
        ),
        at="signed_on",
    )
    def signed_under_the_law(self, signed_on: date) -> bool:
        return signed_on >= CONSENTS_SINCE


class HardshipIntake(Form):
    """The application for hardship assistance."""

    applicant = Nested(Applicant, required=True, title=Text("申请人", "Applicant"))
    members = Many(Member, most=29, title=Text("家庭成员", "Members of the household"))
    household = Nested(Means, title=Text("家庭经济状况", "Means of the household"))
    sudden = Nested(Sudden, title=Text("突发事件", "Sudden event"))
    migrant = Nested(Migrant, title=Text("农民工就业情况", "Employment of a migrant worker"))
    platform = Nested(Platform, title=Text("新就业形态从业情况", "Platform work"))
    exclusions = Many(
        Choice(EXCLUSIONS, title=Text("排除性情形", "Ground of exclusion"), open_because=OWNS),
        most=len(EXCLUSIONS),
        title=Text("排除性情形", "Grounds of exclusion"),
        help=Text("本人申报或者核对发现的情形。", "Declared by the applicant or found by the check."),
    )
    medical_own_share = Money(
        sensitive=True, title=Text("年度医疗费用个人负担（元）", "Own share of the year's medical bills (yuan)")
    )
    students = Count(most=20, title=Text("在校子女人数", "Children at school"))
    bank = Nested(Bank, title=Text("收款账户", "Account for payments"))
    consent_to_check = Nested(
        Consent,
        title=Text("家庭经济状况核对授权", "Authorisation to check the means"),
        help=Text("入户调查时当面签字，可以后补。", "Signed in person at the home visit; it may follow."),
    )
    consent_to_publish = Nested(
        Consent,
        title=Text("公示同意书", "Consent to the public notice"),
        help=Text(
            "单独同意（个人信息保护法第25条）。", "A consent of its own (Personal Information Protection Law 25)."
        ),
    )
    consent_sensitive = Nested(
        Consent,
        title=Text("敏感个人信息处理同意书", "Consent for sensitive data"),
        help=Text(
            "健康、账户及未满十四周岁儿童的信息须单独同意（个人信息保护法第28至31条），可以后补。",
            "A consent of its own for data on health, accounts and children under fourteen (Personal Information"
            " Protection Law 28–31); it may follow.",
        ),
    )
    papers = Many(Paper, most=MOST_PAPERS, title=Text("收到的材料", "Papers received"))
    dossier_kind = Choice(DOSSIER_KINDS, title=Text("档案类型", "Kind of dossier"))

    @rule(
        "household_smaller_than_listed",
        Text(
            "共同生活人口少于所列家庭成员加申请人本人，请核对。",
            "The household is smaller than the members listed and the applicant together; check both.",
        ),
        at="household.size",
    )
    def everybody_fits_in(self, household: dict[str, Any], members: list[dict[str, Any]]) -> bool:
        return bool(household.get("size", len(members) + 1) > len(members))

    @rule(
        "identity_number_twice",
        Text(
            "同一身份证号码填写了两次；申请人本人不列入家庭成员。",
            "An identity number is there twice; the applicant is not listed among the members.",
        ),
        at="members",
    )
    def everybody_once(self, applicant: dict[str, Any], members: list[dict[str, Any]]) -> bool:
        numbers = [one["identity_number"] for one in (applicant, *members) if "identity_number" in one]
        return len(set(numbers)) == len(numbers)

    @rule(
        "account_of_somebody_else",
        Text(
            "户名与申请人姓名不一致；帮扶资金只发放到申请人本人账户。",
            "The account is not in the applicant's name; aid is paid to the applicant's own account only.",
        ),
        at="bank.holder",
    )
    def own_account(self, applicant: dict[str, Any], bank: dict[str, Any]) -> bool:
        return same_name(bank.get("holder", applicant["name"]), applicant["name"])

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A family of three in deep hardship: 833.33 yuan a month for each after rigid expenses; all consents signed."""
        applicant = Applicant.example(example_data)
        others = iter(example_data.someone_else, None)
        spouse = next(one for one in others if one.person.sex != example_data.person.sex)
        signed = {"signed_on": (example_data.today - timedelta(days=example_data.random.randint(0, 5))).isoformat()}
        return {
            "applicant": applicant,
            "members": [
                Member.example(spouse),
                Member.child(example_data.someone_else(), applicant["name"][0], example_data.person.birth_date),
            ],
            "household": Means.example(example_data)
            | {"size": 3, "annual_income": "60000.00", "rigid_expenses": "30000.00"},
            "medical_own_share": "24000.00",
            "students": 1,
            "bank": Bank.example(example_data),
            "consent_to_check": signed,
            "consent_to_publish": signed,
            "consent_sensitive": signed,
            "papers": [
                {"name": example_data.says("身份证复印件", "Copy of the identity card"), "copies": 1},
                {"name": example_data.says("户口簿复印件", "Copy of the household register"), "copies": 1},
            ],
            "dossier_kind": "new",
        }
