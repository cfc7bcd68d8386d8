"""The papers that legal aid asks for, by the step by which they should be there.

Sources: the request, proof of who asks, the statement of means and what shows the matter (legal aid rules of the
Ministry of Justice, 2023, forms 2 and 4; practice of union legal aid, to be confirmed); agreement and file at the end
(法律援助法 50). Nothing of it is required to apply: 法律援助法 43 has what is missing asked for once.
"""

from typing import Final

from casework.rules.listed_papers import ListedPaper
from casework.rules.text import Text

_WAGES = ("matter", frozenset(("wages",)))
_INJURY = ("matter", frozenset(("work_injury",)))

PAPERS: Final = (
    ListedPaper(
        "identity",
        Text("身份证", "Identity card"),
        ("submit",),
        help=Text("正反两面都要。", "Both sides."),
    ),
    ListedPaper(
        "means",
        Text("经济困难状况说明表", "Statement of means"),
        ("submit",),
        needed=False,
        help=Text("讨要工资、工伤待遇的不用交。", "Not for wages or an injury at work."),
    ),
    ListedPaper(
        "contract",
        Text("劳动合同", "Contract of employment"),
        ("submit",),
        needed=False,
        help=Text("没签过的，工牌、考勤、聊天记录也可以。", "Without one a work card, attendance or chats will do."),
    ),
    ListedPaper("wages", Text("工资条", "Payslips"), ("submit",), needed=False, where=_WAGES),
    ListedPaper("iou", Text("欠条", "IOU or settlement of wages"), ("submit",), needed=False, where=_WAGES),
    ListedPaper("injury", Text("工伤认定", "Finding of a work injury"), ("submit",), needed=False, where=_INJURY),
    ListedPaper("engagement", Text("委托协议", "Agreement with the helper"), ("engage",)),
    ListedPaper(
        "outcome", Text("裁决书、判决书或者调解书", "Award, judgment or settlement"), ("conclude",), needed=False
    ),
    ListedPaper("closing_report", Text("结案报告", "Closing report"), ("hand_in_file",)),
)
