"""What a request for legal aid tells: the official application form and the facts of a wage case.

Sources: 司法部《法律援助文书格式》(2023) forms 2 and 4; 劳动争议调解仲裁法 art 28 (what an application for
arbitration states).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from casework.forms.cross_field import rule
from casework.forms.example_data import ExampleData, birth_date, sex
from casework.forms.field import MASK, when
from casework.forms.form import Form, Many, Nested
from casework.forms.identity import CreditCode, IdentityNumber, OfficePhone, Phone
from casework.forms.layout import Offers, Section
from casework.forms.numbers import Count, Day, Flag, Money, Month
from casework.forms.papers import Paper
from casework.forms.person import SEX, Identified
from casework.forms.texts import Choice, Line, LongText, PersonName
from casework.rules.case import Facts
from casework.rules.papers import MOST_PAPERS
from casework.rules.text import Text
from casework.workflows.legal_aid.labour import LIMITS_RUN, WORKING_LIFE, Proceeding

GROUPS: Final = {
    "migrant_worker": Text("进城务工人员", "migrant worker"),
    "platform_worker": Text("新就业形态劳动者", "platform worker"),
    "disabled": Text("残疾人", "disabled person"),
    "elderly": Text("老年人", "elderly person"),
    "minor": Text("未成年人", "minor"),
    "woman": Text("妇女", "woman"),
    "on_assistance": Text("社会救助对象", "on social assistance"),
}
GROUPS_SEALED: Final = dict.fromkeys(("disabled", "elderly", "minor", "woman", "on_assistance"), MASK)
"""The groups that tell more of a person than the order of the queue and the exemption of article 42 (3) need."""
MATTERS: Final = {
    "wages": Text("支付劳动报酬", "unpaid wages"),
    "labour_relation": Text("确认劳动关系", "whether there is an employment"),
    "dismissal": Text("解除劳动合同", "dismissal"),
    "work_injury": Text("工伤", "work injury"),
    "social_insurance": Text("社会保险待遇", "social insurance"),
    "social_assistance": Text("社会救助", "social assistance"),
    "maintenance": Text("赡养、抚养、扶养费", "maintenance"),
    "personal_injury": Text("人身损害赔偿", "personal injury"),
    "domestic_violence": Text("家庭暴力", "domestic violence"),
    "abuse": Text("虐待、遗弃", "abuse or abandonment"),
    "state_compensation": Text("国家赔偿", "state compensation"),
    "retrial_acquittal": Text("再审改判无罪请求国家赔偿", "state compensation after acquittal in a retrial"),
    "pension": Text("发给抚恤金", "pension for the disabled or bereaved"),
    "legal_capacity": Text("确认民事行为能力", "finding on legal capacity"),
    "pollution": Text("环境污染、生态破坏损害赔偿", "damage by pollution"),
    "act_of_courage": Text("见义勇为相关民事权益", "civil rights out of an act of courage"),
    "heroes": Text("英雄烈士人格权益", "personality rights of heroes and martyrs"),
    "union_rights": Text("工会组织、工会工作者权益", "rights of union organisations and union workers"),
    "other": Text("其他", "other"),
}
COARSE_MATTERS: Final = {
    "personal_rights": Text("人身权益", "rights of the person"),
    "personal_rights_32": Text("人身权益（法律援助法第32条）", "rights of the person (Legal Aid Law 32)"),
}
"""What lies open of the matters that tell of violence or injury: what the limitation and the test of means need."""
MATTERS_SEALED: Final = {
    "personal_injury": "personal_rights",
    "abuse": "personal_rights_32",
    "domestic_violence": "personal_rights_32",
}
"""A work injury lies open: clocks, demands and the exemption of article 42 (3) tell of it by their names."""
MATTER_GROUPS: Final = (
    (Text("劳动争议", "Labour"), ("wages", "work_injury", "dismissal", "social_insurance", "labour_relation")),
    (
        Text("人身和家庭", "Person and family"),
        ("personal_injury", "maintenance", "domestic_violence", "abuse", "legal_capacity"),
    ),
    (Text("救助和抚恤", "Assistance and pensions"), ("social_assistance", "pension")),
    (
        Text("其他", "Others"),
        (
            "union_rights", "act_of_courage", "heroes", "pollution", "state_compensation", "retrial_acquittal", "other",
        ),
    ),
)  # fmt: skip
"""The matters as they are chosen from, the common ones first."""
OPEN_MATTERS: Final = {
    code: title for code, title in {**MATTERS, **COARSE_MATTERS}.items() if code not in MATTERS_SEALED
}
"""Every matter as it lies open, with its title."""
LABOUR: Final = frozenset(("wages", "labour_relation", "dismissal", "work_injury", "social_insurance"))
LABOUR_ONLY: Final = when("matter", *LABOUR)
CIVIL: Final = frozenset(("maintenance", "pollution", "act_of_courage", "other", *COARSE_MATTERS))
"""Matters outside labour law, as they lie open, whose claims the Civil Code limits in time."""
FORMS_OF_AID: Final = {
    "advice": Text("法律咨询", "legal advice"),
    "drafting": Text("代拟法律文书", "drafting documents"),
    "mediation_arbitration": Text("劳动争议调解与仲裁代理", "mediation and arbitration"),
    "litigation": Text("诉讼代理", "representation in court"),
    "non_litigation": Text("非诉讼代理", "representation out of court"),
}
EXEMPTIONS: Final = {
    "no_steady_income": Text(
        "无固定生活来源的未成年人、老年人、残疾人（法律援助法第42条第1项）",
        "minors, elderly and disabled persons without steady income (Legal Aid Law 42(1))",
    ),
    "on_assistance": Text(
        "社会救助、司法救助或者优抚对象（法律援助法第42条第2项）",
        "people on social assistance, judicial aid or preferential care (Legal Aid Law 42(2))",
    ),
    "migrant_wages_or_injury": Text(
        "申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员（法律援助法第42条第3项）",
        "migrant workers claiming pay or compensation for a work injury (Legal Aid Law 42(3))",
    ),
    "other_by_law": Text(
        "法律、法规、规章规定的其他人员（法律援助法第42条第4项）",
        "others whom laws and regulations name (Legal Aid Law 42(4))",
    ),
}
NO_HARDSHIP_CONDITION: Final = {
    "heroes": Text(
        "英雄烈士近亲属为维护英雄烈士的人格权益（法律援助法第32条第1项）",
        "close relatives who defend the personality rights of heroes and martyrs (Legal Aid Law 32(1))",
    ),
    "act_of_courage": Text(
        "因见义勇为行为主张相关民事权益（法律援助法第32条第2项）",
        "civil rights out of an act of courage (Legal Aid Law 32(2))",
    ),
    "retrial_acquittal": Text(
        "再审改判无罪请求国家赔偿（法律援助法第32条第3项）",
        "state compensation after acquittal in a retrial (Legal Aid Law 32(3))",
    ),
    "abuse": Text(
        "遭受虐待、遗弃的受害人主张相关权益（法律援助法第32条第4项）",
        "victims of abuse or abandonment (Legal Aid Law 32(4))",
    ),
    "domestic_violence": Text(
        "遭受家庭暴力的受害人主张相关权益（法律援助法第32条第4项）",
        "victims of domestic violence (Legal Aid Law 32(4))",
    ),
}
"""The matters in which nobody is asked for means; each is the matter of its name and needs no proof."""
NO_MEANS_ASKED: Final = {
    **{matter: title for matter, title in NO_HARDSHIP_CONDITION.items() if matter not in MATTERS_SEALED},
    "personal_rights_32": Text("法律援助法第32条所列事项", "a matter of article 32 of the Legal Aid Law"),
}
"""The same as they lie open."""
REPRESENTATION: Final = frozenset(("mediation_arbitration", "litigation", "non_litigation"))
"""Hardship is a condition of representation only (法律援助法 31); advice and drafting are for everybody (22, 23)."""
WORKERS_FIRST: Final = frozenset(("migrant_worker", "platform_worker"))
PAY: Final = frozenset(("wages", "overtime"))
"""The demands that are for pay."""
EDUCATION: Final = {
    "none": Text("未上学", "none"),
    "primary": Text("小学", "primary school"),
    "lower_secondary": Text("初中", "lower secondary school"),
    "upper_secondary": Text("高中、中专、技校", "upper secondary or vocational school"),
    "college": Text("大专", "college"),
    "university": Text("本科及以上", "university"),
}
POSITIONS: Final = {
    "claimant": Text("申请人", "claimant in arbitration"),
    "respondent": Text("被申请人", "respondent in arbitration"),
    "plaintiff": Text("原告", "plaintiff"),
    "defendant": Text("被告", "defendant"),
    "third_party": Text("第三人", "third party"),
    "other": Text("其他", "other"),
}
STANDINGS: Final = {
    "not_entered": Text("未进入程序", "in no procedure yet"),
    "mediation": Text("调解", "in mediation"),
    "arbitration": Text("仲裁", "in arbitration"),
    "lawsuit": Text("诉讼", "in court"),
    "administrative": Text("行政处理", "before an authority"),
    "review": Text("行政复议", "in administrative review"),
    "complaint_unanswered": Text("投诉无答复", "complaint without an answer"),
}
INCOMES: Final = {
    "pay": Text("工资", "pay"),
    "pension": Text("养老金", "pension"),
    "business": Text("经营", "business"),
    "farming": Text("务农", "farming"),
    "assistance": Text("低保等救助", "social assistance"),
    "support": Text("赡养、抚养、扶养费", "maintenance"),
    "other": Text("其他", "other"),
}
HOME_USES: Final = {
    "own": Text("自住", "lived in"),
    "let": Text("出租", "let"),
    "idle": Text("闲置", "empty"),
}
PREVIOUS_STEPS: Final = {
    "claimed": Text("向对方主张权利", "claimed from the other side"),
    "asked_authority": Text("向有关部门请求权利救济", "asked an authority for relief"),
    "negotiated": Text("与对方协商", "negotiated with the other side"),
    "acknowledged": Text("对方同意履行义务", "the other side acknowledged the debt"),
    "mediation": Text("申请调解", "applied for mediation"),
    "arbitration": Text("申请仲裁", "applied for arbitration"),
    "lawsuit": Text("提起诉讼", "went to court"),
    "payment_order": Text("申请支付令", "applied for a payment order"),
    "other": Text("其他", "other"),
}
# From how many workers on a dispute is collective (劳动争议调解仲裁法 7).
COLLECTIVE: Final = 10
# Of those who speak for them (劳动人事争议仲裁办案规则: three to five; wording to be confirmed).
FEWEST: Final = 3
MOST_PROCEEDINGS: Final = 200
LINKS: Final = {
    "subcontracted": Text(
        "将业务转包、分包给不具备合法经营资格的组织或者个人（劳动争议解释（二）第1条）",
        "it gave the work to somebody not qualified to do business (Labour Disputes Interpretation II, 1)",
    ),
    "affiliated": Text(
        "由不具备合法经营资格的组织或者个人挂靠经营（劳动争议解释（二）第2条）",
        "somebody not qualified does business in its name (Labour Disputes Interpretation II, 2)",
    ),
}
"""Why somebody else answers for pay and injury beside the employer (法释〔2025〕12号, since 2025-09-01)."""
HOLDERS: Final = {
    "worker": Text("劳动者", "the worker"),
    "employer": Text("用人单位", "the employer"),
    "other": Text("其他", "somebody else"),
}
EVIDENCE: Final = (
    Text("劳动合同", "Labour contract"),
    Text("工资条、银行流水", "Payslips, bank records"),
    Text("考勤记录、打卡截图", "Attendance records, clock-in screenshots"),
    Text("工牌、工作服、工地出入证", "Work card, work clothes, site pass"),
    Text("微信、短信聊天记录", "Chats and text messages"),
    Text("欠条、结算单", "IOU, settlement"),
    Text("能作证的工友", "A fellow worker who can tell"),
)
"""What workers most often have to show, to be ticked."""
DEMANDS: Final = {
    "wages": Text("劳动报酬", "wages"),
    "overtime": Text("加班费", "overtime pay"),
    "severance": Text("经济补偿", "severance pay"),
    "damages": Text("赔偿金", "damages"),
    "double_wages": Text("二倍工资", "double wages for want of a contract"),
    "injury_benefits": Text("工伤待遇", "work injury benefits"),
    "social_insurance": Text("补缴社会保险", "social insurance contributions"),
    "other": Text("其他", "other"),
}


class Applicant(Identified):
    """The person who asks."""

    name = PersonName(
        required=True,
        title=Text("姓名", "Name"),
        ask=Text("您的姓名", "Your name"),
        help=Text("和身份证上的一样。", "As on the identity card."),
        autocomplete="name",
    )
    identity_number = IdentityNumber(
        sensitive=True,
        needed_by="grant",
        or_else="document_number",
        title=Text("身份证件号码", "Identity number"),
        ask=Text("身份证号码", "Identity number"),
        help=Text(
            "18 位，末位可能是 X。只有经办人员因办案需要才能看到全部号码。",
            "18 digits, the last may be an X. Only those who handle the case may see the whole of it.",
        ),
    )
    phone = Phone(
        sensitive=True,
        needed_by="assign",
        or_else="other_contact",
        title=Text("联系电话", "Phone"),
        ask=Text("手机号码", "Mobile phone"),
        help=Text(
            "只用来联系本人。座机写区号，例如 0531-12345678。",
            "Only to reach the applicant. A landline with its area code, such as 0531-12345678.",
        ),
        autocomplete="tel",
    )
    other_contact = Line(
        sensitive=True,
        title=Text("其他联系方式（无电话的写明原因）", "Other contact (and why, without a telephone)"),
        example=Text("无电话，由社区居委会转达", "No telephone; through the neighbourhood committee"),
        ask=Text("没有电话的话，怎么联系您？", "Without a telephone: how can you be reached?"),
        help=Text("写明由谁转达，或者为什么没有电话。", "Who passes word on, or why there is no telephone."),
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
    residence = Line(
        sensitive=True,
        title=Text("户籍地", "Registered residence"),
        ask=Text("户口在哪里？", "Where are you registered?"),
        help=Text("写到县（市、区）。", "As far as the county or district."),
    )
    address = Line(
        sensitive=True,
        title=Text("住址", "Address"),
        ask=Text("现在住在哪里？", "Where do you live now?"),
        help=Text(
            "写到小区、楼栋、房号；住工地的写工地地址。",
            "Estate, building and room; the address of the site for who lives there.",
        ),
        autocomplete="street-address",
    )
    work_unit = Line(
        title=Text("工作单位", "Place of work"),
        ask=Text("在哪个单位上班？", "Where do you work?"),
        help=Text("没有单位的不填。", "Leave it out if nowhere."),
    )
    education = Choice(
        EDUCATION,
        title=Text("文化程度", "Education"),
        ask=Text("上过什么学？", "Which school did you finish?"),
        help=Text("选最高的一级。", "The highest one."),
    )
    occupation = Line(
        title=Text("职业", "Occupation"),
        example=Text("钢筋工", "Steel fixer"),
        ask=Text("您是做什么工作的？", "What is your work?"),
        help=Text("例如钢筋工、保洁员。", "Such as steel fixer or cleaner."),
    )
    health = Line(
        sensitive=True,
        title=Text("身体状况", "Health"),
        ask=Text("身体怎么样？", "How is your health?"),
        help=Text("有残疾、慢性病或者受了伤的请写明。", "Say so of a disability, a lasting illness or an injury."),
    )
    groups = Many(
        Choice(GROUPS, shown_as=GROUPS_SEALED, title=Text("人群类别", "Group")),
        most=len(GROUPS),
        title=Text("人群类别", "Groups"),
        example=["migrant_worker"],
        ask=Text("您属于下面哪些情况？", "Does any of these apply to you?"),
        help=Text("可以多选，没有就不选。", "Tick as many as apply, or none."),
    )
    languages = Many(
        Line(most=20, sensitive=True, title=Text("语言", "Language")),
        most=5,
        title=Text("沟通所需的语言、方言、手语", "Languages needed to talk: dialects and signing too"),
        example=[],
        ask=Text("用普通话沟通有困难吗？您用什么语言？", "Is Mandarin hard for you? Which language do you use?"),
        help=Text(
            "例如聊城话、维吾尔语、手语；没有困难的不填。",
            "Such as Uyghur or signing; leave it out if Mandarin will do.",
        ),
        row_title=Text("语言", "Language"),
    )
    safe_contact = Line(
        most=500,
        sensitive=True,
        title=Text("安全联系方式和时间", "Safe way and time to be reached"),
        help=Text(
            "仅供工作人员联系本人时查看，不写入文书和消息。", "Only for staff who call; in no letter and no message."
        ),
        ask=Text("什么时候、用什么方式联系您最安全？", "When and how is it safe to reach you?"),
    )

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """Somebody who can be called, in Mandarin."""
        left_out = ("other_contact", "languages")
        return {name: value for name, value in super().example(example_data).items() if name not in left_out}


class Representative(Form):
    """One of those who speak for ten and more workers (劳动争议调解仲裁法 art 7)."""

    name = PersonName(
        required=True, title=Text("姓名", "Name"), ask=Text("代表叫什么名字？", "What is the representative's name?")
    )
    identity_number = IdentityNumber(
        sensitive=True,
        title=Text("身份证件号码", "Identity number"),
        ask=Text("代表的身份证号码是多少？", "What is the representative's identity number?"),
    )
    phone = Phone(
        sensitive=True,
        title=Text("联系电话", "Phone"),
        ask=Text("代表的电话是多少？", "What is the representative's telephone?"),
    )


class Agent(Form):
    """Somebody who asks in the name of a person without full capacity (法律援助法 art 40)."""

    name = PersonName(
        required=True,
        title=Text("姓名", "Name"),
        ask=Text("代为申请的人叫什么名字？", "What is the name of whoever applies for the person?"),
    )
    relation = Line(
        most=40,
        required=True,
        title=Text("与申请人关系", "Relation to the applicant"),
        example=Text("父亲", "Father"),
        ask=Text("和申请人是什么关系？", "How are they related?"),
        help=Text("例如父亲、监护人。", "Such as father or guardian."),
        width=12,
    )
    phone = Phone(
        sensitive=True,
        title=Text("联系电话", "Phone"),
        ask=Text("代为申请的人电话是多少？", "What is that person's telephone?"),
    )


class Employer(Form):
    """The employer, or whoever the claim is against."""

    name = Line(
        required=True,
        title=Text("名称", "Name"),
        example="济南晨光建筑劳务有限公司",
        open_because="Cases are searched, and conflicts and twins found, by the other side (docs/decisions/0013).",
        ask=Text("单位叫什么？", "What is it called?"),
        help=Text(
            "工资条、工牌、工地公示牌上的名称；不知道全称就写老板姓名和工地地址。",
            "As on a payslip, a work card or the board at the site; else the name of the boss and where the site is.",
        ),
    )
    credit_code = CreditCode(
        title=Text("统一社会信用代码", "Unified social credit code"),
        ask=Text("统一社会信用代码是多少？", "What is its unified social credit code?"),
        help=Text("不知道可以不填，我们来查。", "Leave it out if it is not known; we look it up."),
    )
    address = Line(
        title=Text("地址", "Address"),
        example=Text("济南市历下区示例路8号", "8 Example Road, Lixia, Jinan"),
        ask=Text("在什么地方？", "Where is it?"),
        help=Text("写到街道、门牌；工地写工地地址。", "Street and number, or where the site is."),
    )
    legal_representative = PersonName(
        title=Text("法定代表人", "Legal representative"),
        ask=Text("负责人叫什么名字？", "Who is in charge there?"),
        help=Text("营业执照上的法定代表人；不知道的写管事的人。", "As on the licence; else whoever is in charge."),
    )
    phone = OfficePhone(
        sensitive=True, title=Text("电话", "Phone"), ask=Text("单位电话是多少？", "What is its telephone?")
    )


class Contractor(Employer):
    """Who answers beside the employer: the one from whom an unqualified employer has the work, or whose name it uses."""

    link = Choice(LINKS, required=True, title=Text("承担责任的情形", "Why it answers too"))


class Employment(Form):
    """The job out of which the dispute grew."""

    started_on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("入职日期", "First day of work"),
        ask=Text("哪天开始干的？", "When did you begin?"),
        help=Text("记不清就填大概的日子。", "A rough date will do."),
    )
    ended_on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("离职日期", "Last day of work"),
        ask=Text("哪天离开的？", "When did you leave?"),
        help=Text("还在干的不填。", "Leave it out if still there."),
    )
    still_employed = Flag(
        title=Text("是否在职", "Still employed"), ask=Text("现在还在那里干吗？", "Do you still work there?")
    )
    written_contract = Flag(
        title=Text("是否签订书面劳动合同", "Written contract"),
        ask=Text("签过书面合同吗？", "Is there a written contract?"),
    )
    monthly_pay = Money(
        title=Text("月工资", "Monthly pay"),
        ask=Text("讲好的每月工资是多少？", "What pay a month was agreed?"),
        help=Text("按天算的，写一个月大概多少。", "Paid by the day: what it comes to in a month."),
    )
    social_insurance_paid = Flag(
        title=Text("是否缴纳社会保险", "Social insurance paid"),
        ask=Text("单位交社保了吗？", "Did the employer pay social insurance?"),
    )
    injured_on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("受伤日期", "Date of injury"),
        open_because=LIMITS_RUN,
        ask=Text("哪天受的伤？", "When were you injured?"),
        help=Text("工伤认定的期限从这天算起。", "The limit for having the injury recognised runs from this day."),
        shown_when=when("matter", "work_injury"),
    )
    diagnosed_on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("职业病诊断、鉴定日期", "Date of the diagnosis of an occupational disease"),
        open_because=LIMITS_RUN,
        ask=Text("哪天诊断为职业病的？", "When was the occupational disease diagnosed?"),
        help=Text("照诊断证明书或者鉴定书填写。", "As in the certificate."),
        shown_when=when("matter", "work_injury"),
    )

    @rule(
        "ends_before_it_starts",
        Text("离职日期早于入职日期。", "The last day of work lies before the first."),
        at="ended_on",
    )
    def ends_after_it_starts(self, started_on: date, ended_on: date) -> bool:
        return started_on <= ended_on

    @rule(
        "employed_and_left",
        Text("已填离职日期的，不能同时选择在职。", "Somebody who has a last day of work is not still employed."),
        at="still_employed",
    )
    def left_or_not(self, ended_on: date, still_employed: bool) -> bool:
        return not still_employed

    @rule(
        "injured_after_leaving",
        Text("受伤日期晚于离职日期。", "The injury lies after the last day of work."),
        at="injured_on",
    )
    def injured_before_leaving(self, ended_on: date, injured_on: date) -> bool:
        return injured_on <= ended_on

    @rule(
        "injured_before_employed",
        Text("受伤日期早于入职日期。", "The injury lies before the first day of work."),
        at="injured_on",
    )
    def injured_at_work(self, started_on: date, injured_on: date) -> bool:
        return started_on <= injured_on

    @rule(
        "diagnosed_before_employed",
        Text("职业病诊断日期早于入职日期。", "The diagnosis lies before the first day of work."),
        at="diagnosed_on",
    )
    def diagnosed_after_starting(self, started_on: date, diagnosed_on: date) -> bool:
        return started_on <= diagnosed_on

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A job that ended some weeks ago."""
        ended = example_data.today - timedelta(days=example_data.random.randint(20, 200))
        return {
            "started_on": (ended - timedelta(days=example_data.random.randint(200, 1500))).isoformat(),
            "ended_on": ended.isoformat(),
            "still_employed": False,
            "written_contract": False,
            "monthly_pay": "6500.00",
            "social_insurance_paid": False,
        }


class Arrears(Form):
    """The pay that is owed for a month."""

    month = Month(
        past=True,
        required=True,
        title=Text("月份", "Month"),
        ask=Text("是哪个月？", "Which month?"),
        help=Text("更早的月份填在这里。", "Earlier months go here."),
    )
    amount = Money(required=True, title=Text("拖欠金额", "Amount owed"), ask=Text("欠多少？", "How much is owed?"))

    @rule(
        "nothing_owed",
        Text("拖欠金额须大于零。", "The amount owed is more than nothing."),
        at="amount",
    )
    def something_owed(self, amount: Decimal) -> bool:
        return amount > 0


class Demand(Form):
    """One demand with its amount."""

    kind = Choice(
        DEMANDS,
        required=True,
        title=Text("请求事项", "Demand"),
        open_because="Limitations go by the kind of claim; it tells of no diagnosis.",
        ask=Text("要求哪一项？", "What is asked for?"),
    )
    amount = Money(title=Text("金额", "Amount"), ask=Text("要求多少？", "How much?"))
    note = Line(
        title=Text("说明", "Note"),
        ask=Text("要补充说明吗？", "Anything to add?"),
        help=Text("选“其他”的，写明要求什么。", "Of another demand, say what it is."),
    )


class Evidence(Form):
    """A piece of evidence, what it proves and who holds it."""

    name = Line(
        required=True,
        title=Text("证据名称", "Evidence"),
        example=Text("考勤表", "Attendance sheets"),
        ask=Text("是什么东西？", "What is it?"),
        help=Text("例如录音、照片。", "Such as a recording or a photograph."),
    )
    proves = Line(
        title=Text("证明事项", "What it proves"),
        example=Text("出勤天数", "Days of attendance"),
        ask=Text("能证明什么？", "What does it show?"),
        help=Text("例如出勤天数、约定的工资。", "Such as days of attendance, or the pay that was agreed."),
    )
    holder = Choice(HOLDERS, title=Text("持有人", "Holder"), ask=Text("现在在谁手里？", "Who has it?"))


class PreviousStep(Form):
    """What has been done about the matter before; some steps start the limitation anew (调解仲裁法 art 27)."""

    kind = Choice(PREVIOUS_STEPS, required=True, title=Text("事项", "Step"), ask=Text("办过什么？", "What was done?"))
    on = Day(
        past=True,
        years_back=WORKING_LIFE,
        required=True,
        title=Text("日期", "Date"),
        ask=Text("哪天办的？", "When was that?"),
    )
    note = Line(
        title=Text("说明", "Note"),
        ask=Text("结果怎么样？", "What came of it?"),
        help=Text(
            "写明找了谁、怎么答复；选“其他”的，写明办了什么。",
            "Who was asked and what the answer was; of another step, what it was.",
        ),
    )


class Suspension(Form):
    """A stretch in which the limitation stands still (调解仲裁法 art 27 III); without its end it still does."""

    begins = Day(past=True, years_back=WORKING_LIFE, required=True, title=Text("中止开始日期", "First day"))
    ends = Day(past=True, years_back=WORKING_LIFE, title=Text("中止原因消除日期", "Day on which its cause ended"))
    reason = Line(
        required=True,
        title=Text("不可抗力或者其他正当理由", "Force majeure or other good reason"),
        example=Text("住院治疗", "In hospital"),
        help=Text("写明是什么事由、有何凭据。", "What the reason was, and what shows it."),
    )

    @rule(
        "ends_before_it_begins",
        Text("中止原因消除日期早于开始日期。", "The cause ended before it began."),
        at="ends",
    )
    def ends_after_it_begins(self, begins: date, ends: date) -> bool:
        return begins <= ends


class AppliedBefore(Form):
    """An earlier request for legal aid."""

    on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("申请日期", "When"),
        ask=Text("哪天申请的？", "When was that?"),
        help=Text("记不清就填大概的日子。", "A rough date will do."),
    )
    where = Line(
        required=True,
        title=Text("申请地点或者机构", "Where"),
        example=Text("济南市法律援助中心", "Legal aid centre of Jinan"),
        ask=Text("在哪里申请的？", "Where was that?"),
        help=Text("写机构名称或者地点。", "The office or the place."),
    )
    number = Line(
        most=60,
        title=Text("案件编号", "Number"),
        ask=Text("案件编号是多少？", "What was its number?"),
        help=Text("不知道的不填。", "Leave it out if not known."),
        width=24,
    )


class MonthlyIncome(Form):
    """A part of the household's income of a month."""

    kind = Choice(INCOMES, required=True, title=Text("收入来源", "Source"), ask=Text("是什么收入？", "From what?"))
    amount = Money(required=True, title=Text("月金额", "Amount a month"), ask=Text("每月多少？", "How much a month?"))


class Home(Form):
    """A home that the household owns."""

    area = Money(
        title=Text("建筑面积", "Floor area"),
        ask=Text("房子有多大？", "How large is it?"),
        help=Text("照房产证上的建筑面积填写。", "The floor area in the certificate."),
        unit=Text("平方米", "square metres"),
    )
    certificate = Line(
        most=60,
        sensitive=True,
        title=Text("不动产权证号", "Number of the certificate"),
        ask=Text("房产证号是多少？", "What is the number of its certificate?"),
        help=Text("没有证的不填。", "Leave it out if there is none."),
    )
    use = Choice(
        HOME_USES, required=True, title=Text("使用情况", "Use"), ask=Text("房子现在怎么用？", "What is it used for?")
    )


class Means(Form):
    """The household's means, told by the applicant, who answers for the truth (法律援助法 art 41)."""

    household_size = Count(
        least=1,
        most=30,
        title=Text("共同生活人口", "People in the household"),
        ask=Text("一起生活的一共几口人？", "How many of you live together?"),
        help=Text("包括您自己。", "You included."),
        unit=Text("人", "people"),
    )
    annual_income = Money(
        title=Text("家庭年收入", "Annual income of the household"),
        ask=Text("全家一年到手收入大概多少？", "What does the household have in a year, roughly?"),
        help=Text(
            "所有人的工资、养老金、种地、做小生意，加在一起。", "Wages, pensions, farming and trade of all together."
        ),
    )
    annual_expenses = Money(
        title=Text("家庭年支出", "Annual expenses of the household"),
        ask=Text("全家一年要花多少？", "What does the household spend in a year?"),
        help=Text("吃住、看病、上学都算。", "Food and home, treatment and school."),
    )
    monthly_incomes = Many(
        MonthlyIncome,
        most=20,
        title=Text("月收入构成", "Income of a month by source"),
        ask=Text("每个月有哪些收入？", "What comes in each month?"),
        help=Text("一种来源一行。", "A row for each source."),
        row_title=Text("收入", "Income"),
        sums="amount",
    )
    homes = Many(
        Home,
        most=10,
        title=Text("房产", "Homes"),
        ask=Text("家里有几处房子？", "Which homes does the household own?"),
        help=Text("租的房子不填。", "Not those that are rented."),
        row_title=Text("房产", "Home"),
    )
    assets = LongText(
        most=2000,
        sensitive=True,
        title=Text("财产状况", "Assets"),
        ask=Text("家里还有哪些财产？", "What else does the household own?"),
        help=Text(
            "存款、车辆、店面等，写明大概多少钱。", "Savings, vehicles, premises, and roughly what they are worth."
        ),
    )
    debts = LongText(
        most=2000,
        sensitive=True,
        title=Text("债务状况", "Debts"),
        ask=Text("欠别人多少钱？", "What does the household owe?"),
        help=Text("写明欠谁、欠多少、为什么欠。", "To whom, how much and what for."),
    )
    declared_true = Flag(
        title=Text("个人诚信承诺", "Declared to be true"), ask=Text("上面写的都是真实的吗？", "Is what you wrote true?")
    )


class LegalAidIntake(Form):
    """The application for legal aid."""

    applicant = Nested(
        Applicant, required=True, title=Text("申请人", "Applicant"), ask=Text("您是谁？", "Who are you?")
    )
    agent = Nested(
        Agent,
        title=Text("代为申请人", "Applying in the name of the applicant"),
        ask=Text("有人代为申请吗？", "Does somebody apply for the person?"),
        help=Text(
            "未成年人、无行为能力的人，由监护人代为申请。",
            "A guardian applies for minors and persons without capacity.",
        ),
    )
    matter = Choice(
        MATTERS,
        shown_as=MATTERS_SEALED,
        coarse=COARSE_MATTERS,
        groups=MATTER_GROUPS,
        required=True,
        title=Text("案由", "Matter"),
        ask=Text("是哪一类事情？", "What is it about?"),
        help=Text(
            "选最接近的一类，不确定也没关系，我们会核对。",
            "Choose what comes nearest; it is checked with the applicant.",
        ),
    )
    matter_other = Line(
        title=Text("其他事项", "Other matter"),
        ask=Text("是什么事情？", "What is it about?"),
        help=Text("用一句话说明。", "In one sentence."),
        shown_when=when("matter", "other"),
        example=Text("租房押金", "A deposit for a flat"),
    )
    form_of_aid = Choice(
        FORMS_OF_AID,
        title=Text("申请的援助形式", "Form of aid asked for"),
        ask=Text("您想要哪种帮助？", "Which help do you ask for?"),
        help=Text("不清楚的不填，我们来判断。", "Leave it out if unsure; we find out."),
    )
    legal_position = Choice(
        POSITIONS,
        title=Text("法律地位", "Position in the procedure"),
        ask=Text("您在案件里是哪一方？", "Which side are you on?"),
        help=Text("还没有进入仲裁、诉讼的不填。", "Leave it out before any procedure."),
    )
    legal_standing = Choice(
        STANDINGS,
        title=Text("案件法律状态", "Where the matter stands"),
        ask=Text("事情现在到了哪一步？", "Where does the matter stand?"),
    )
    applied_before = Many(
        AppliedBefore,
        most=20,
        title=Text("曾否申请过法律援助", "Earlier requests for legal aid"),
        ask=Text("以前申请过法律援助吗？", "Have you asked for legal aid before?"),
        help=Text("没有申请过的不填。", "Leave it out if not."),
    )
    story = LongText(
        sensitive=True,
        needed_by="propose",
        title=Text("案情简述", "What happened"),
        ask=Text("说说发生了什么", "Tell us what happened"),
        help=Text(
            "什么时候、在哪干活、欠了多少、找过谁。写几句就行，错别字没关系。",
            "When and where the work was, what is owed, who was asked. A few sentences will do.",
        ),
    )
    reason = LongText(
        most=2000,
        sensitive=True,
        title=Text("申请理由", "Why aid is asked for"),
        ask=Text("您为什么申请法律援助？", "Why do you ask for legal aid?"),
        help=Text("例如请不起律师、对方不理。", "Such as no money for a lawyer, or no answer."),
    )
    known_on = Day(
        past=True,
        years_back=WORKING_LIFE,
        title=Text("知道权利被侵害的日期", "When the infringement became known"),
        help=Text(
            "记不清就填大概的日子。申请仲裁的一年期限从这天算起。",
            "A rough date will do. The year for arbitration counts from that day.",
        ),
        ask=Text("哪天知道对方不给的？", "On which day did you learn that the other side refuses?"),
    )
    employer = Nested(
        Employer,
        title=Text("用人单位或对方当事人", "Employer or other side"),
        ask=Text("是哪个单位或者哪个人？", "Who is the other side?"),
        help=Text("名称就够，其他知道多少填多少。", "The name is enough; the rest as far as it is known."),
    )
    contractor = Nested(
        Contractor,
        title=Text("承担用工主体责任的承包人、被挂靠单位", "Contractor who answers beside the employer"),
        help=Text(
            "劳务包给没有资质的人、或者借用资质的，登记上一级单位。",
            "Of unqualified contractors and borrowed licences, the firm above.",
        ),
        asked_of="office",
        shown_when=LABOUR_ONLY,
    )
    employment = Nested(
        Employment,
        title=Text("劳动关系", "Employment"),
        ask=Text("您的工作情况", "Your work"),
        help=Text("知道多少填多少。", "As far as it is known."),
        shown_when=LABOUR_ONLY,
    )
    arrears = Many(
        Arrears,
        most=120,
        title=Text("欠薪明细", "Arrears by month"),
        ask=Text("欠了哪几个月的工资？", "Which months are owed?"),
        help=Text(
            "勾选没发的月份，再写欠多少。只发了一部分的，写还欠的数。",
            "Tick the months that are owed, then how much. Where part was paid, what is still owed.",
        ),
        shown_when=when("matter", "wages"),
        row_title=Text("欠薪月份", "Month"),
        sums="amount",
        offers=Offers("month", months=8, beside=("amount",), begins=("amount", "employment.monthly_pay")),
    )
    demands = Many(
        Demand,
        most=40,
        title=Text("请求事项", "Demands"),
        ask=Text("您要求什么？", "What do you ask for?"),
        help=Text("一项一行；不清楚的不填，我们来算。", "A row for each; leave it out if unsure, we work it out."),
        row_title=Text("请求", "Demand"),
        sums="amount",
    )
    evidence = Many(
        Evidence,
        most=100,
        title=Text("证据", "Evidence"),
        ask=Text("手里有哪些能证明的东西？", "What do you have that shows it?"),
        help=Text("有什么勾什么，没有也能提交。", "Tick what there is; one can apply without any."),
        row_title=Text("证据", "Evidence"),
        offers=Offers("name", EVIDENCE),
    )
    previous_steps = Many(
        PreviousStep,
        most=50,
        title=Text("此前处理经过", "Previous steps"),
        ask=Text("您自己先办过什么？", "What have you done about it?"),
        help=Text("例如找过单位、劳动监察、调解。", "Such as asking the employer, the inspectorate or mediators."),
        row_title=Text("经过", "Step"),
    )
    proceedings = Many(
        Proceeding,
        most=MOST_PROCEEDINGS,
        title=Text("程序节点", "Steps of the proceedings"),
        help=Text(
            "按收到文书、开庭的日期逐项登记，期限由此计算。",
            "By the days of documents and hearings; limits are counted from them.",
        ),
        asked_of="office",
        row_title=Text("节点", "Step"),
    )
    suspensions = Many(
        Suspension,
        most=20,
        title=Text("时效中止", "Suspensions of the limitation"),
        help=Text(
            "有不可抗力等正当理由不能申请仲裁的期间。",
            "Stretches in which force majeure or another good reason stood in the way.",
        ),
        asked_of="office",
        row_title=Text("中止", "Suspension"),
    )
    claimants = Count(
        least=1,
        most=100_000,
        title=Text("人数", "Number of claimants"),
        ask=Text("一共多少人被欠、被侵害？", "How many are concerned?"),
        help=Text("包括本人；十人以上可以推举代表。", "The applicant included; ten and more may name representatives."),
        unit=Text("人", "people"),
    )
    representatives = Many(
        Representative,
        most=5,
        title=Text("劳动者代表", "Representatives of the workers"),
        ask=Text("推举了哪些代表？", "Who speaks for all?"),
        help=Text("十人以上的，推举三至五名代表。", "Of ten and more, three to five."),
        row_title=Text("代表", "Representative"),
    )
    no_representatives = Line(
        most=500,
        title=Text("未推举代表的原因", "Why no representatives are named"),
        example="劳动者各自参加仲裁",
        ask=Text("为什么没有推举代表？", "Why are no representatives named?"),
        help=Text("十人以上没有推举代表的填写。", "Of ten and more who named none."),
    )
    wished_helper = PersonName(
        title=Text("希望由谁承办（点援）", "Who is wished as the helper"),
        ask=Text("希望哪位律师或者志愿者帮助您？", "Is there a lawyer or volunteer whom you wish for?"),
        help=Text(
            "可以不填；能否由其承办，由机构决定。",
            "It may be left out; whether that person can take the case is for the office to say.",
        ),
    )
    preservation_needed = Flag(
        title=Text("需要立即申请财产保全、证据保全或者先予执行", "Preservation or advance enforcement needed at once"),
        ask=Text("需要马上保全财产、证据吗？", "Must property or evidence be secured at once?"),
        help=Text("例如单位正在转移财产。", "Such as an employer who moves assets away."),
    )
    other_urgency = Line(
        title=Text("法律规定的其他紧急情形", "Other urgent circumstance that the law names"),
        help=Text("法律规定的其他紧急情形，写明是哪一种。", "Which other urgent circumstance that the law names."),
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
    means = Nested(
        Means,
        title=Text("经济困难状况", "Means"),
        ask=Text("家里的经济情况", "Means of the household"),
        help=Text(
            "知道多少填多少；符合免予核查情形的不填。", "As far as it is known; not where means are not checked."
        ),
    )
    no_hardship_condition = Choice(
        NO_HARDSHIP_CONDITION,
        shown_as=MATTERS_SEALED,
        coarse=COARSE_MATTERS,
        title=Text("不受经济困难条件限制", "No condition of hardship"),
        help=Text("按案由认定，不需要当事人提供证明。", "It goes by the matter; nobody has to prove it."),
        asked_of="office",
    )
    exemption = Choice(
        EXEMPTIONS,
        title=Text("免予核查经济困难状况", "Exemption from the check of means"),
        open_because="The test of means goes by it; minors, the elderly and the disabled are one ground together.",
        ask=Text("您符合下面哪种情形？", "Does one of these apply to you?"),
        help=Text("符合的不用说明经济困难状况。", "Then no means have to be shown."),
    )
    exemption_proof = Line(
        title=Text("免予核查的证明", "Proof of the exemption"),
        example=Text("居住证及工资表", "Residence permit and pay slips"),
        ask=Text("有什么能证明？", "What shows it?"),
        help=Text(
            "例如居住证、低保证、残疾人证。",
            "Such as a residence permit, or a certificate of assistance or disability.",
        ),
    )

    sections = (
        Section(
            "person",
            Text("申请人", "Applicant"),
            (
                "applicant.name", "applicant.identity_number", "applicant.phone", "applicant.other_contact",
                "applicant.safe_contact", "applicant.languages", "applicant.groups", "applicant.sex", "applicant.birth_date",
                "applicant.ethnicity", "applicant.residence", "applicant.address", "applicant.work_unit",
                "applicant.occupation", "applicant.education", "applicant.health", "applicant.document_kind",
                "applicant.document_number", "applicant.document_state", "agent",
            ),
        ),
        Section(
            "matter",
            Text("事由和请求", "Matter and demands"),
            (
                "matter", "matter_other", "story", "known_on", "demands", "form_of_aid", "reason", "legal_position",
                "legal_standing", "applied_before", "wished_helper",
            ),
        ),
        Section("employer", Text("用人单位或对方当事人", "Employer or other side"), ("employer", "contractor")),
        Section("employment", Text("劳动关系和欠薪", "Employment and arrears"), ("employment", "arrears")),
        Section(
            "many",
            Text("人数和代表", "Claimants and representatives"),
            ("claimants", "representatives", "no_representatives"),
        ),
        Section("proof", Text("证据和材料", "Evidence and papers"), ("evidence", "papers")),
        Section(
            "means",
            Text("经济困难状况", "Means"),
            ("no_hardship_condition", "exemption", "exemption_proof", "means"),
        ),
        Section(
            "course",
            Text("经过和期限", "Course and limits"),
            ("previous_steps", "proceedings", "suspensions", "preservation_needed", "other_urgency"),
        ),
    )  # fmt: skip

    @rule(
        "employer_missing",
        Text("劳动争议须填写用人单位。", "A labour matter needs the employer."),
        at="employer",
    )
    def employer_known(self, matter: str, employer: dict[str, Any] | None = None) -> bool:
        return matter not in LABOUR or bool(employer)

    @rule(
        "representatives_of_few",
        Text(
            "劳动者一方在十人以上的，才可以推举代表。",
            "Only ten workers and more name representatives; give the number of claimants.",
        ),
        at="representatives",
    )
    def representatives_of_many(self, representatives: list[dict[str, Any]], claimants: int | None = None) -> bool:
        return not representatives or (claimants or 1) >= COLLECTIVE

    @rule(
        "fewer_than_three",
        Text("推举的代表为三至五名。", "Three to five representatives are named."),
        at="representatives",
    )
    def three_or_more(self, representatives: list[dict[str, Any]]) -> bool:
        return not representatives or len(representatives) >= FEWEST

    @rule(
        "named_and_not_named",
        Text(
            "已登记代表的，不填写未推举代表的原因。", "Representatives are named, so there is no reason why none are."
        ),
        at="no_representatives",
    )
    def named_or_not(self, no_representatives: str, representatives: list[dict[str, Any]] | None = None) -> bool:
        return not representatives

    @rule(
        "contractor_of_nobody",
        Text("仅劳动争议可以登记承包人、被挂靠单位。", "Only a labour matter has a contractor who answers too."),
        at="contractor",
    )
    def contractor_in_labour_matters(self, matter: str, contractor: dict[str, Any]) -> bool:
        return matter in LABOUR

    @rule(
        "exemption_does_not_fit",
        Text(
            "该免予核查情形仅适用于申请支付劳动报酬或者请求工伤赔偿的进城务工人员，请填写人群类别和案由。",
            "This exemption is for migrant workers who claim pay or compensation for an injury; give group and matter.",
        ),
        at="exemption",
    )
    def exemption_fits(self, matter: str, exemption: str, applicant: dict[str, Any]) -> bool:
        fits = matter in ("wages", "work_injury") and "migrant_worker" in applicant.get("groups", ())
        return exemption != "migrant_wages_or_injury" or fits

    @rule(
        "no_such_condition",
        Text("该情形与案由不符。", "This is another matter than the one that is asked for."),
        at="no_hardship_condition",
    )
    def no_hardship_condition_fits(self, matter: str, no_hardship_condition: str) -> bool:
        return matter == no_hardship_condition

    @rule(
        "employed_before_born",
        Text("入职日期早于出生日期。", "The first day of work lies before the date of birth."),
        at="employment",
    )
    def employed_after_born(self, applicant: dict[str, Any], employment: dict[str, Any]) -> bool:
        born, started = applicant.get("birth_date"), employment.get("started_on")
        return born is None or started is None or born < started

    @rule(
        "month_twice",
        Text("同一月份重复填写。", "A month is listed twice."),
        at="arrears",
    )
    def months_once(self, arrears: list[dict[str, Any]]) -> bool | str:
        seen = set[str]()
        for place, row in enumerate(arrears):
            if row["month"] in seen:
                return f"{place}.month"
            seen.add(row["month"])
        return True

    @rule(
        "arrears_outside_employment",
        Text("欠薪月份不在在职期间内。", "Pay is owed for a month outside the employment."),
        at="arrears",
    )
    def arrears_within_employment(self, arrears: list[dict[str, Any]], employment: dict[str, Any]) -> bool | str:
        first, last = employment.get("started_on"), employment.get("ended_on")
        for place, row in enumerate(arrears):
            month = row["month"]
            if (first is not None and month < f"{first:%Y-%m}") or (last is not None and month > f"{last:%Y-%m}"):
                return f"{place}.month"
        return True

    @classmethod
    def example(cls, example_data: ExampleData) -> dict[str, Any]:
        """A migrant worker's wage claim: exempt from the means test, two months owed."""
        employment = Employment.example(example_data)
        last = date.fromisoformat(employment["ended_on"]).replace(day=1)
        months = [last, (last - timedelta(days=1)).replace(day=1)]
        return {
            "applicant": Applicant.example(example_data),
            "matter": "wages",
            "form_of_aid": "mediation_arbitration",
            "story": example_data.says(
                "2个月工资未发，多次催要无果。", "Pay of two months is owed and was asked for in vain."
            ),
            "employer": Employer.example(example_data.someone_else()),
            "employment": employment,
            "arrears": [{"month": f"{month:%Y-%m}", "amount": "6500.00"} for month in months],
            "demands": [{"kind": "wages", "amount": "13000.00"}],
            "evidence": [
                {
                    "name": example_data.says("考勤表", "Attendance sheets"),
                    "proves": example_data.says("出勤天数", "Days of attendance"),
                    "holder": "worker",
                }
            ],
            "claimants": 1,
            "papers": [{"name": example_data.says("身份证复印件", "Copy of the identity card"), "copies": 1}],
            "exemption": "migrant_wages_or_injury",
            "exemption_proof": example_data.says("居住证及工资表", "Residence permit and pay slips"),
        }


def claimed(facts: Facts) -> Decimal | None:
    """What the demands amount to in yuan, else the pay that is owed; None where no amount is known."""
    amounts = [row["amount"] for row in facts.get("demands", ()) if "amount" in row]
    amounts = amounts or [row["amount"] for row in facts.get("arrears", ())]
    return sum(map(Decimal, amounts), Decimal(0)) if amounts else None


def is_pay_of_workers_first(facts: Facts) -> bool:
    """Whether a migrant or platform worker claims pay: accepted, reviewed and assigned first (司法部 2024-02)."""
    claims_pay = facts.get("matter") in PAY or any(row["kind"] in PAY for row in facts.get("demands", ()))
    return claims_pay and not WORKERS_FIRST.isdisjoint(facts.get("applicant", {}).get("groups", ()))


def comes_first(facts: Facts) -> bool:
    """Whether the case goes before others: pay of migrant and platform workers, acts of courage (山东省法律援助条例 9)."""
    return facts.get("matter") == "act_of_courage" or is_pay_of_workers_first(facts)
