"""How a decision reached the person whom it concerns: as the office proves it (送达回证), and as that person says."""

from typing import Final

from casework.forms.example_data import days_ago
from casework.forms.form import Form
from casework.forms.numbers import Day
from casework.forms.texts import Choice, Line
from casework.rules.text import Text

SERVICES: Final = {
    "in_person": Text("直接送达", "handed over"),
    "by_post": Text("邮寄送达", "by post"),
    "electronic": Text("电子送达", "electronically"),
    "left": Text("留置送达", "left where the person lives"),
    "announced": Text("公告送达", "by public announcement"),
}


class RecordService(Form):
    """The day on which a decision reached the applicant."""

    on = Day(past=True, years_back=2, required=True, title=Text("送达日期", "Served on"), example=days_ago(0))
    how = Choice(SERVICES, required=True, title=Text("送达方式", "How"))
    proof = Line(
        most=120,
        title=Text("送达凭证（回证、邮件编号等）", "Proof (return slip, number of the mail)"),
        help=Text(
            "送达回证、挂号信编号或者签收截图的编号。", "The return slip, the number of the mail or of the screenshot."
        ),
    )


class TellReceipt(Form):
    """The day on which a decision came, as the applicant says; a service that the office proves stands before it."""

    on = Day(
        past=True,
        years_back=2,
        required=True,
        title=Text("收到日期", "Received on"),
        example=days_ago(0),
        ask=Text("哪天收到的？", "When did you get it?"),
        help=Text("异议期限从这天算起。", "The time to object counts from this day."),
    )
