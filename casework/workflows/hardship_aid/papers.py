"""The papers that hardship assistance asks for, by the step by which they should be there.

What the check of means tells is not on the list: nobody is asked for that (社会救助法 62, `checkable`). Sources: list of
the Yueyang union (2018) and its kin, to be confirmed for each place.
"""

from typing import Final

from casework.rules.listed_papers import ListedPaper
from casework.rules.text import Text

PAPERS: Final = (
    ListedPaper("identity", Text("身份证", "Identity card"), ("submit",), help=Text("正反两面都要。", "Both sides.")),
    ListedPaper(
        "income",
        Text("工资收入证明", "Proof of wages"),
        ("submit",),
        needed=False,
        help=Text("工资条或者单位证明，近一年的。", "Payslips or a letter of the employer, of the past year."),
    ),
    ListedPaper(
        "medical",
        Text("诊断证明和医疗费票据", "Diagnosis and medical bills"),
        ("submit",),
        needed=False,
        help=Text("因病致困的提供。", "Where an illness is the cause."),
    ),
    ListedPaper(
        "school",
        Text("录取通知书或者在读证明", "Letter of admission or enrolment"),
        ("submit",),
        needed=False,
        help=Text("因子女上学致困的提供。", "Where schooling is the cause."),
    ),
    ListedPaper(
        "loss",
        Text("突发事件证明", "Proof of the sudden event"),
        ("submit",),
        needed=False,
        help=Text("意外、灾害的证明和损失票据。", "What shows the accident or disaster, and its bills."),
    ),
    ListedPaper("card", Text("银行卡", "Bank card"), ("approve", "help_once"), needed=False),
    ListedPaper("visit", Text("入户调查表", "Record of the home visit"), ("propose",)),
    ListedPaper("notice", Text("公示照片", "Photograph of the notice"), ("take_down",), needed=False),
)
