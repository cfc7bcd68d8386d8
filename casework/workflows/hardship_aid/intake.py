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
from casework.forms.field import when
from casework.forms.form import Form, Many, Nested
from casework.forms.identity import BankAccount, BankCode, IdentityNumber, Phone
from casework.forms.layout import Section
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

AT_WORK: Final = when("status", "at_work")
AT_SCHOOL: Final = when("status", "university", "vocational_school", "senior_secondary", "junior_secondary", "primary")


class Applicant(Identified):
    """The worker in whose name the dossier stands."""

    name = PersonName(
        required=True,
        title=Text("姓名", "Name"),
        ask=Text("您的姓名", "Your name"),
        help=Text("和身份证上的一样。", "As on the identity card."),
        autocomplete="name",
    )
    identity_number = IdentityNumber(
        sensitive=True,
        needed_by="propose",
        or_else="document_number",
        title=Text("身份证号码", "Identity number"),
        ask=Text("身份证号码", "Identity number"),
        help=Text(
            "18 位，末位可能是 X。只有经办人员因办案需要才能看到全部号码。",
            "18 digits, the last may be an X. Only those who handle the case may see the whole of it.",
        ),
    )
    phone = Phone(
        sensitive=True,
        title=Text("手机号码", "Phone"),
        ask=Text("手机号码", "Mobile phone"),
        help=Text(
            "只用来联系本人。座机写区号，例如 0531-12345678。",
            "Only to reach the applicant. A landline with its area code, such as 0531-12345678.",
        ),
        autocomplete="tel",
    )
    other_contact = Line(
        sensitive=True,
        title=Text("其他联系方式", "Other contact"),
        example=Text("单位工会代为转达", "Through the union at work"),
        ask=Text("没有电话的话，怎么联系您？", "Without a telephone: how can you be reached?"),
        help=Text("写明由谁转达，或者为什么没有电话。", "Who passes word on, or why there is no telephone."),
    )
    safe_contact = Line(
        most=500,
        sensitive=True,
        title=Text("安全联系方式和时间", "Safe way and time to be reached"),
        help=Text(
            "仅供工作人员联系本人时查看，不写入文书和消息。", "Only for staff who call; in no letter and no message."
        ),
        example=Text("请于工作日中午致电单位，勿打家中电话", "At noon at work; never at home"),
        ask=Text("什么时候、用什么方式联系您最安全？", "When and how is it safe to reach you?"),
    )
    sex = Choice(
        SEX,
        title=Text("性别", "Sex"),
        example=sex,
        ask=Text("性别", "Sex"),
        help=Text("和身份证上的一样。", "As on the identity card."),
    )
    birth_date = Day(
        past=True,
        sensitive=True,
        title=Text("出生日期", "Date of birth"),
        example=birth_date,
        ask=Text("出生日期", "Date of birth"),
        help=Text("和身份证上的一样。", "As on the identity card."),
        autocomplete="bday",
    )
    ethnicity = Line(
        most=40,
        title=Text("民族", "Ethnic group"),
        example=Text("汉族", "Han"),
        ask=Text("您是哪个民族？", "Which ethnic group do you belong to?"),
        help=Text("例如汉族、回族。", "Such as Han or Hui."),
        width=10,
    )
    political = Choice(
        POLITICAL,
        title=Text("政治面貌", "Political status"),
        example="none",
        ask=Text("您的政治面貌是什么？", "What is your political status?"),
        asked_of="office",
    )
    health = Choice(
        HEALTH,
        sensitive=True,
        title=Text("健康状况", "Health"),
        example="common_illness",
        ask=Text("身体怎么样？", "How is your health?"),
        help=Text("有残疾、慢性病或者受了伤的请写明。", "Say so of a disability, a lasting illness or an injury."),
    )
    disability_kind = Choice(
        DISABILITIES,
        sensitive=True,
        title=Text("残疾类别", "Kind of disability"),
        ask=Text("是哪一类残疾？", "Which kind of disability is it?"),
        help=Text("照残疾人证填写。", "As in the disability certificate."),
        shown_when=when("health", "disabled"),
    )
    disability_level = Choice(
        DISABILITY_LEVELS,
        sensitive=True,
        title=Text("残疾等级", "Level of disability"),
        ask=Text("残疾几级？", "Which level of disability is it?"),
        help=Text("照残疾人证填写。", "As in the disability certificate."),
        shown_when=when("health", "disabled"),
    )
    work_state = Choice(
        WORK_STATES, sensitive=True, title=Text("工作状态", "Employment"), ask=Text("现在的工作状态", "What you do now")
    )
    model_worker = Choice(
        MODEL_WORKERS,
        title=Text("劳模类型", "Model worker"),
        ask=Text("您是哪一级劳模？", "Which kind of model worker are you?"),
        help=Text("不是劳模的不填。", "Leave it out if none."),
    )
    housing = Choice(
        HOUSING,
        title=Text("住房类型", "Housing"),
        example="low_rent",
        ask=Text("住的是什么房子？", "What kind of home do you live in?"),
        help=Text("按现在住的填。", "The present home."),
    )
    floor_area = Choice(
        FLOOR_AREAS,
        title=Text("建筑面积", "Floor area"),
        example="20_to_50",
        ask=Text("房子有多大？", "How large is it?"),
        help=Text("按建筑面积选。", "By its floor area."),
    )
    marital = Choice(
        MARITAL, title=Text("婚姻状况", "Marital status"), example="married", ask=Text("婚姻状况", "Are you married?")
    )
    register_type = Choice(
        REGISTERS,
        title=Text("户口类型", "Household register"),
        ask=Text("是哪种户口？", "Which register are you in?"),
        help=Text("不分城乡的，选居民户口。", "Where town and country are not told apart, the resident register."),
    )
    register_region = Code(
        most=6,
        title=Text("户口所在地行政区划代码", "Region of the register"),
        example="371083",
        help=Text(
            "照身份证前六位或者户口簿核对，例如 371083。",
            "The first six digits of the identity number, or by the register, such as 371083.",
        ),
        asked_of="office",
        width=6,
    )
    address = Line(
        sensitive=True,
        title=Text("家庭住址", "Address"),
        example=Text("乳山市示例小区6号楼202室", "Room 202, building 6, Example Estate, Rushan"),
        ask=Text("现在住在哪里？", "Where do you live now?"),
        help=Text(
            "写到小区、楼栋、房号；住工地的写工地地址。",
            "Estate, building and room; the address of the site for who lives there.",
        ),
        autocomplete="street-address",
    )
    work_unit = Line(
        title=Text("工作单位", "Place of work"),
        example="乳山示例纺织有限公司",
        open_because="Files are searched by it, the notice and the form of approval name it.",
        ask=Text("在哪个单位上班？", "Where do you work?"),
        help=Text("没有单位的不填。", "Leave it out if nowhere."),
    )
    unit_kind = Choice(
        UNIT_KINDS,
        title=Text("单位性质", "Kind of unit"),
        example="collective",
        ask=Text("是什么性质的单位？", "What kind of unit is it?"),
        help=Text("不清楚的不填，由我们核对。", "Leave it out if you do not know; we check it."),
    )
    unit_state = Choice(
        UNIT_STATES,
        title=Text("企业状况", "State of the unit"),
        ask=Text("单位现在怎么样？", "How is the unit doing?"),
        help=Text("经营正常的不填。", "Leave it out if it does well."),
    )
    industry = Line(
        most=80,
        title=Text("所属行业", "Industry"),
        example=Text("纺织业", "Textiles"),
        ask=Text("是什么行业？", "Which industry is it?"),
        help=Text("例如纺织业、建筑业。", "Such as textiles or building."),
    )
    joined_work_on = Day(
        past=True,
        title=Text("参加工作时间", "At work since"),
        example=days_ago(2 * 365),
        ask=Text("哪年哪天参加工作的？", "Since when have you been at work?"),
        help=Text("记不清就填大概的日子。", "A rough date will do."),
    )
    union_card = Line(
        most=40,
        title=Text("工会会员卡号", "Union card"),
        example="SD0000123456",
        ask=Text("工会会员卡号是多少？", "What is the number of your union card?"),
        help=Text("没有的不填。", "Leave it out if there is none."),
        width=20,
    )
    single_parent = Flag(
        title=Text("是单亲家庭", "Single parent"),
        example=False,
        ask=Text("您一个人带孩子吗？", "Do you bring up children alone?"),
    )
    insured_medical = Choice(
        MEDICAL_INSURANCE,
        title=Text("医保状况", "Medical insurance"),
        ask=Text("有哪种医保？", "Which medical insurance do you have?"),
    )
    worker_number = Line(
        most=40,
        title=Text("职工编号", "Worker's number"),
        example="0001234",
        help=Text("照原档案填写，由帮扶中心编号。", "As in the file; the aid centre numbers workers."),
        asked_of="office",
        width=16,
    )
    postcode = Code(
        most=6,
        title=Text("邮政编码", "Postcode"),
        example="264500",
        ask=Text("邮政编码", "Postcode"),
        help=Text("六位数字。", "Six digits."),
        width=6,
        autocomplete="postal-code",
        input_mode="numeric",
    )
    monthly_income = Money(
        title=Text("本人月均收入", "Own monthly income"),
        example="2600.00",
        ask=Text("您自己每月收入多少？", "What do you earn a month?"),
        help=Text("按近一年的平均数填。", "On average over the last year."),
    )

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

    name = PersonName(required=True, title=Text("姓名", "Name"), ask=Text("叫什么名字？", "What is the name?"))
    relation = Choice(
        RELATIONS,
        title=Text("与申请人关系", "Relation to the applicant"),
        example="spouse",
        ask=Text("是您的什么人？", "How are you related?"),
    )
    identity_number = IdentityNumber(
        sensitive=True,
        title=Text("身份证号码", "Identity number"),
        ask=Text("身份证号码是多少？", "What is the identity number?"),
        help=Text("孩子没有身份证的，照户口簿填写。", "Of a child without a card, as in the household register."),
    )
    relation_other = Line(
        most=40,
        sensitive=True,
        title=Text("其他关系", "Other relation"),
        ask=Text("是什么关系？", "How are you related?"),
        help=Text("例如祖父母、兄弟姐妹。", "Such as grandparents, brothers or sisters."),
        shown_when=when("relation", "other"),
    )
    no_number_because = Line(
        most=200,
        sensitive=True,
        title=Text("无身份证号码的原因", "Why there is no number"),
        ask=Text("为什么没有身份证号码？", "Why is there no identity number?"),
        help=Text("例如刚出生、还没落户。", "Such as a newborn who is not registered yet."),
    )
    birth_date = Day(
        past=True,
        sensitive=True,
        title=Text("出生日期", "Date of birth"),
        example=birth_date,
        ask=Text("哪天出生的？", "When born?"),
        help=Text("填了身份证号码的可以不填。", "Not needed beside an identity number."),
    )
    sex = Choice(SEX, title=Text("性别", "Sex"), example=sex, ask=Text("性别", "Sex"))
    phone = Phone(sensitive=True, title=Text("手机号码", "Phone"), ask=Text("电话是多少？", "What is the telephone?"))
    ethnicity = Line(
        most=40,
        title=Text("民族", "Ethnic group"),
        example=Text("汉族", "Han"),
        help=Text("例如汉族、回族。", "Such as Han or Hui."),
        asked_of="office",
        width=10,
    )
    political = Choice(POLITICAL, title=Text("政治面貌", "Political status"), example="none", asked_of="office")
    marital = Choice(
        MARITAL, title=Text("婚姻状况", "Marital status"), example="married", ask=Text("结婚了吗？", "Married?")
    )
    insured_medical = Choice(
        MEDICAL_INSURANCE,
        title=Text("医保状况", "Medical insurance"),
        example="resident",
        ask=Text("有哪种医保？", "Which medical insurance?"),
    )
    contract_since = Day(
        past=True,
        title=Text("合同签订时间", "Contract since"),
        example=days_ago(400),
        asked_of="office",
        shown_when=AT_WORK,
    )
    contract_years = Count(
        least=1,
        most=50,
        title=Text("合同期限", "Years of the contract"),
        example=3,
        help=Text("照劳动合同填写；无固定期限的不填。", "As in the labour contract; left out if without a term."),
        asked_of="office",
        unit=Text("年", "years"),
        shown_when=AT_WORK,
    )
    monthly_income = Money(
        title=Text("月收入", "Monthly income"),
        example="2000.00",
        ask=Text("每月收入多少？", "What is earned a month?"),
        help=Text("没有收入的填 0。", "0 for no income."),
    )
    health = Choice(
        HEALTH, sensitive=True, title=Text("健康状况", "Health"), ask=Text("身体怎么样？", "How is the health?")
    )
    status = Choice(
        MEMBER_STATES,
        title=Text("人员身份", "What the member does"),
        ask=Text("现在做什么？", "What does the member do?"),
    )
    work_state = Choice(WORK_STATES, sensitive=True, title=Text("工作状态", "Employment"), asked_of="office")
    school_or_unit = Line(
        title=Text("学校或单位", "School or unit"),
        example=Text("乳山示例食品有限公司", "Rushan Example Foods"),
        ask=Text("在哪里上学、上班？", "Which school or place of work?"),
        help=Text("写学校或者单位的名称。", "The name of the school or unit."),
    )
    education = Line(
        most=40,
        title=Text("学历", "Education"),
        example=Text("高中", "Senior school"),
        ask=Text("上到什么程度？", "Which education?"),
        help=Text("例如高中、大专。", "Such as senior school or college."),
        width=12,
    )
    entered_school = Count(
        least=1950,
        most=2199,
        title=Text("入学年份", "Year of entering school"),
        ask=Text("哪年入学的？", "In which year did school begin?"),
        help=Text("现在这所学校的入学年份，例如 2024。", "At the present school, such as 2024."),
        shown_when=AT_SCHOOL,
    )
    school_years = Count(
        least=1,
        most=12,
        title=Text("学制", "Years of schooling"),
        ask=Text("要读几年？", "How many years does it take?"),
        help=Text("现在这所学校的学制。", "Of the present school."),
        unit=Text("年", "years"),
        shown_when=AT_SCHOOL,
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A husband or wife with a small wage."""
        without = ("entered_school", "school_years", "no_number_because", "relation_other")
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
        least=1,
        most=30,
        title=Text("共同生活人口（含本人）", "People living together, the applicant included"),
        ask=Text("一起生活的一共几口人？", "How many of you live together?"),
        help=Text("包括您自己。", "You included."),
        unit=Text("人", "people"),
    )
    annual_income = Money(
        title=Text("家庭年度可支配收入", "Disposable income of the household in the year"),
        ask=Text("全家一年到手收入大概多少？", "What does the household have in a year, roughly?"),
        help=Text(
            "所有人的工资、养老金、种地、做小生意，加在一起。", "Wages, pensions, farming and trade of all together."
        ),
    )
    rigid_expenses = Money(
        title=Text("家庭年度刚性支出", "Rigid expenses of the household in the year"),
        ask=Text("一年必须花的钱大概多少？", "What does it have to spend in a year?"),
        help=Text("看病、上学、照料等省不下来的。", "On treatment, school and care, which cannot be saved."),
    )
    zero_employment = Flag(
        title=Text("是零就业家庭", "Nobody in the household has work"),
        example=False,
        ask=Text("家里没有一个人上班吗？", "Does nobody in the household have work?"),
    )
    able_to_self_help = Flag(
        title=Text("有一定自救能力", "Able to help themselves to some extent"),
        help=Text(
            "入户调查时判断：有人能干活、有门路增收的，选“是”。",
            "Judged at the visit: yes where somebody can work and earn more.",
        ),
        asked_of="office",
    )
    main_cause = Choice(
        CAUSES,
        sensitive=True,
        title=Text("主要致困原因", "Main cause of hardship"),
        ask=Text("日子难，主要是因为什么？", "What makes it hard, above all?"),
    )
    cause_other = Line(
        sensitive=True,
        title=Text("其他致困原因", "Other cause of hardship"),
        ask=Text("是什么原因？", "What is the cause?"),
        help=Text("用一句话说明。", "In one sentence."),
        shown_when=when("main_cause", "other"),
    )
    second_cause = Choice(
        CAUSES,
        sensitive=True,
        title=Text("次要致困原因", "Second cause of hardship"),
        example="low_income",
        ask=Text("还有别的原因吗？", "Is there another cause?"),
        help=Text("没有的不填。", "Leave it out if there is none."),
    )
    declared_true = Flag(
        title=Text("个人诚信承诺", "Declared to be true"), ask=Text("上面写的都是真实的吗？", "Is what you wrote true?")
    )
    explanation = LongText(
        most=2000,
        sensitive=True,
        title=Text("家庭人口情况说明", "Who is not listed, or does not fit, and why"),
        help=Text(
            "有人未列入家庭成员，或者年龄、婚姻状况与关系不一致的，请说明是谁、为什么。",
            "Where somebody is not listed among the members, or age and marital status do not fit the relation: who, and"
            " why.",
        ),
        ask=Text("有人没有列进去吗？", "Is somebody not listed?"),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A household of which everybody is listed, so that there is nothing to explain."""
        without = ("explanation", "cause_other")
        return {name: value for name, value in super().example(example_data).items() if name not in without}


class Sudden(Form):
    """What struck the household, and what it cost within the year."""

    event = Choice(
        EVENTS,
        shown_as={"sudden_illness": "other_sudden"},
        title=Text("突发事件", "Event"),
        ask=Text("是什么事？", "What was it?"),
    )
    on = Day(past=True, title=Text("发生日期", "Date"), ask=Text("哪天发生的？", "When?"))
    harmed = Flag(
        sensitive=True,
        title=Text("有人受伤、致残或死亡", "Somebody was injured, disabled or killed"),
        ask=Text("有人受伤、致残或者去世吗？", "Was somebody injured, disabled or killed?"),
    )
    harm = Choice(
        HARMS,
        sensitive=True,
        title=Text("伤亡情况", "What came of it"),
        ask=Text("伤亡情况怎么样？", "What came of it?"),
        shown_when=when("harmed", "true"),
    )
    loss = Money(
        title=Text("一年内的支出或损失", "Cost or loss within the year"),
        ask=Text("一年内花了多少、损失多少？", "What did it cost within the year?"),
        help=Text(
            "看病、修房、丧葬等都算；已经赔付的减去。", "Treatment, repairs, a funeral; less what was compensated."
        ),
    )

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

    in_city_since = Day(
        past=True,
        title=Text("进城居住起始日期", "In the city since"),
        example=days_ago(1500),
        ask=Text("哪天进城居住的？", "Since when have you lived in the city?"),
        help=Text("记不清就填大概的日子。", "A rough date will do."),
    )
    employed_since = Day(
        past=True,
        title=Text("实际就业起始日期", "In factual employment since"),
        example=days_ago(900),
        ask=Text("哪天开始上班的？", "Since when have you been at work?"),
        help=Text("照合同、工资发放记录填写。", "By contract or pay slips."),
    )


class Platform(Form):
    """The work of a platform worker (新就业形态劳动者), who has no employer's contract to show."""

    kind = Choice(
        PLATFORM_WORK,
        title=Text("从业类型", "Kind of work"),
        example="delivery",
        ask=Text("做哪一行？", "Which work is it?"),
    )
    platform = Line(
        title=Text("平台企业", "Platform"),
        example=Text("示例外卖平台", "Example delivery platform"),
        ask=Text("在哪个平台接单？", "Which platform?"),
        help=Text("有几个平台的，写主要的一个。", "The main one of several."),
    )
    since = Day(
        past=True,
        title=Text("从业起始日期", "At this work since"),
        example=days_ago(500),
        ask=Text("哪天开始做的？", "Since when?"),
    )
    union = PublicLine(
        title=Text("所属街道（乡镇）、社区或者行业工会", "Union of the street, town, community or industry"),
        example=Text("示例街道新就业形态劳动者联合工会", "Example street joint union of platform workers"),
        ask=Text("属于哪个街道、社区或者行业的工会？", "Which union do you belong to?"),
        help=Text("不知道的不填，我们来查。", "Leave it out if you do not know; we look it up."),
    )
    proven_by = Choice(
        PLATFORM_PROOFS,
        title=Text("从业情况由谁证明", "Who proves the work"),
        help=Text("任选其一，无须提供劳动合同。", "One is enough; no labour contract is asked for."),
        example="orders",
        ask=Text("用什么证明在做这份工作？", "What shows that work?"),
    )


class Bank(Form):
    """The applicant's own account, to which alone aid is paid."""

    holder = PersonName(
        title=Text("户名", "Account holder"),
        ask=Text("银行卡是谁的名字？", "In whose name is the account?"),
        help=Text("须是您本人的卡。", "It must be the applicant's own."),
    )
    name = Line(
        title=Text("开户银行", "Bank"),
        example="中国示例银行",
        open_because="Payments are ordered bank by bank.",
        ask=Text("哪家银行？", "Which bank?"),
        help=Text("例如中国工商银行。", "Such as ICBC."),
    )
    branch = Line(
        title=Text("开户支行", "Branch"),
        example="乳山支行",
        open_because="Payments are ordered bank by bank.",
        ask=Text("哪个支行？", "Which branch?"),
        help=Text("不知道的不填。", "Leave it out if not known."),
    )
    bank_code = BankCode(
        title=Text("联行号", "Bank code"),
        help=Text(
            "开户支行的 12 位支付系统行号，跨行代发时填写。", "The branch's 12 digits, for payments between banks."
        ),
        asked_of="office",
    )
    account = BankAccount(
        sensitive=True,
        title=Text("银行账号", "Account"),
        ask=Text("卡号是多少？", "What is the number of the card?"),
        help=Text(
            "8 至 32 位数字，可以带空格；可以先不填，批准前补上。",
            "8 to 32 digits, spaces do no harm; it may follow before the approval.",
        ),
    )


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

    applicant = Nested(
        Applicant, required=True, title=Text("申请人", "Applicant"), ask=Text("您是谁？", "Who are you?")
    )
    members = Many(
        Member,
        most=29,
        title=Text("家庭成员", "Members of the household"),
        ask=Text("除您以外，家里还有谁？", "Who lives with you?"),
        help=Text("一人一行，知道多少填多少。", "A row for each, as far as it is known."),
        row_title=Text("家庭成员", "Member"),
    )
    household = Nested(
        Means,
        title=Text("家庭经济状况", "Means of the household"),
        ask=Text("家里的收入和开销", "Money of the household"),
        help=Text("一年大概多少。", "Roughly, for a year."),
    )
    sudden = Nested(
        Sudden,
        title=Text("突发事件", "Sudden event"),
        ask=Text("最近遭了什么事？", "What struck you?"),
        help=Text("没有就不填。", "Leave it out if nothing did."),
    )
    migrant = Nested(
        Migrant,
        title=Text("农民工就业情况", "Employment of a migrant worker"),
        ask=Text("进城务工的情况", "Your work in the city"),
        help=Text("农民工填写。", "For migrant workers."),
        shown_when=when("applicant.work_state", "migrant_worker"),
    )
    platform = Nested(
        Platform,
        title=Text("新就业形态从业情况", "Platform work"),
        ask=Text("平台上干活的情况", "Your work for a platform"),
        help=Text("送外卖、送快递、开网约车等填写。", "For couriers, drivers and the like."),
    )
    exclusions = Many(
        Choice(EXCLUSIONS, title=Text("排除性情形", "Ground of exclusion"), open_because=OWNS),
        most=len(EXCLUSIONS),
        title=Text("排除性情形", "Grounds of exclusion"),
        help=Text("本人申报或者核对发现的情形。", "Declared by the applicant or found by the check."),
        asked_of="office",
    )
    medical_own_share = Money(
        sensitive=True,
        title=Text("年度医疗费用个人负担", "Own share of the year's medical bills"),
        ask=Text("一年看病自己掏了多少？", "What of the year's medical bills did you pay yourselves?"),
        help=Text("医保、救助报销以外的部分。", "What neither insurance nor aid paid."),
    )
    students = Count(
        most=20,
        title=Text("在校子女人数", "Children at school"),
        ask=Text("几个孩子在上学？", "How many children go to school?"),
        help=Text("从小学到大学都算。", "From primary school to university."),
        unit=Text("人", "children"),
    )
    bank = Nested(
        Bank,
        title=Text("收款账户", "Account for payments"),
        ask=Text("批准以后钱打到哪里？", "Where is the money to go?"),
        help=Text("可以先不填，批准前补上。", "It may follow before the approval."),
    )
    consent_to_check = Nested(
        Consent,
        title=Text("家庭经济状况核对授权", "Authorisation to check the means"),
        help=Text("入户调查时当面签字，可以后补。", "Signed in person at the home visit; it may follow."),
        asked_of="office",
    )
    consent_to_publish = Nested(
        Consent,
        title=Text("公示同意书", "Consent to the public notice"),
        help=Text(
            "单独同意（个人信息保护法第25条）。", "A consent of its own (Personal Information Protection Law 25)."
        ),
        asked_of="office",
    )
    consent_sensitive = Nested(
        Consent,
        title=Text("敏感个人信息处理同意书", "Consent for sensitive data"),
        help=Text(
            "健康、账户及未满十四周岁儿童的信息须单独同意（个人信息保护法第28至31条），可以后补。",
            "A consent of its own for data on health, accounts and children under fourteen (Personal Information"
            " Protection Law 28–31); it may follow.",
        ),
        asked_of="office",
    )
    papers = Many(
        Paper,
        most=MOST_PAPERS,
        title=Text("收到的材料", "Papers received"),
        help=Text("收到什么登记什么，一件一行。", "What was received, a row for each."),
        asked_of="office",
        row_title=Text("材料", "Paper"),
    )
    dossier_kind = Choice(
        DOSSIER_KINDS,
        title=Text("档案类型", "Kind of dossier"),
        help=Text(
            "新建档选增量，脱困后又返困的选返困。", "New for a first file, returned for who was out of hardship before."
        ),
        asked_of="office",
    )

    sections = (
        Section(
            "person",
            Text("申请人", "Applicant"),
            (
                "applicant.name", "applicant.identity_number", "applicant.document_kind", "applicant.document_number",
                "applicant.document_state", "applicant.sex", "applicant.birth_date", "applicant.ethnicity",
                "applicant.political", "applicant.marital", "applicant.single_parent", "applicant.model_worker",
            ),
        ),
        Section(
            "contact",
            Text("住址和联系方式", "Address and contact"),
            (
                "applicant.phone", "applicant.other_contact", "applicant.safe_contact", "applicant.address",
                "applicant.postcode", "applicant.register_type", "applicant.register_region", "applicant.housing",
                "applicant.floor_area",
            ),
        ),
        Section(
            "work",
            Text("工作和收入", "Work and income"),
            (
                "applicant.work_state", "applicant.work_unit", "applicant.unit_kind", "applicant.unit_state",
                "applicant.industry", "applicant.joined_work_on", "applicant.union_card", "applicant.worker_number",
                "applicant.monthly_income", "migrant", "platform",
            ),
        ),
        Section(
            "health",
            Text("健康和医疗", "Health and treatment"),
            (
                "applicant.health", "applicant.disability_kind", "applicant.disability_level",
                "applicant.insured_medical", "medical_own_share",
            ),
        ),
        Section("members", Text("家庭成员", "Members of the household"), ("members", "students")),
        Section("household", Text("家庭经济状况", "Means of the household"), ("household",)),
        Section("sudden", Text("突发事件", "Sudden event"), ("sudden",)),
        Section("bank", Text("收款账户", "Account for payments"), ("bank",)),
        Section(
            "office",
            Text("同意书、材料和档案", "Consents, papers and file"),
            (
                "consent_to_check", "consent_sensitive", "consent_to_publish", "exclusions", "papers", "dossier_kind",
            ),
        ),
    )  # fmt: skip

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
