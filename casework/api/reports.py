"""Reports."""

from datetime import date, datetime, time
from typing import Any, Final, cast

from casework.api.case_filters import When
from casework.api.door import Answer, Call, endpoint
from casework.forms.form import Form
from casework.forms.texts import Choice, Code, Line
from casework.rules.text import Text
from casework.work import reports

_FORMATS: Final = {"json": Text("JSON", "JSON")}

SlaQuestion = cast(
    "type[Form]",
    Form.from_dict(
        {
            "from": When(required=True, title=Text("开始于", "From")),
            "to": When(required=True, title=Text("开始前（不含）", "To (excluded)")),
            "group_by": Line(
                most=60,
                title=Text("分组：workflow, org, clock, month, owner", "Groups: workflow, org, clock, month, owner"),
                example="org",
            ),
            "org": Code(title=Text("机构（含下级）", "Organisation and below")),
            "workflow": Code(title=Text("流程", "Workflow")),
            "owed_by": Line(most=60, title=Text("由谁负责：office, helper …", "Owed by: office, helper …")),
            "format": Choice(_FORMATS, title=Text("格式", "Format")),
        },
        name="SlaQuestion",
    ),
)


@endpoint("GET", "/reports/sla", Text("期限报表", "The SLA report"), answer="SlaReport", query=SlaQuestion)
def sla(call: Call) -> Answer:
    """How the clocks that started in a span of time were kept."""
    query = call.query
    more: dict[str, Any] = {name: query[name] for name in ("org", "workflow") if name in query}
    if "owed_by" in query:
        more["owed_by"] = _words(query["owed_by"])
    return Answer(
        reports.sla(
            call.tx,
            start=_instant(call, query["from"]),
            end=_instant(call, query["to"]),
            group_by=_words(query.get("group_by", "")),
            **more,
        )
    )


def _words(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.split(",") if word.strip())


def _instant(call: Call, value: date | datetime) -> datetime:
    """A date stands for its beginning in the office's zone."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), call.tx.service.zone)
