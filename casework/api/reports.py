"""Reports."""

from typing import Any, Final, cast
from uuid import UUID

import msgspec

from casework.api.answers.cases import CaseSummaryPage
from casework.api.answers.reports import AgeingReport, FunnelReport, SlaReport, WorkloadReport, sla_report
from casework.api.endpoint import Answer, Call, Endpoint, page
from casework.api.summaries import summaries
from casework.forms.field import FormField
from casework.forms.form import Form
from casework.forms.texts import Choice, Code, Word
from casework.http.case_filters import When, beginning
from casework.http.query import Page, from_cursor, to_cursor
from casework.rules.text import Text
from casework.work import figures, reports

_FORMATS: Final = {"json": Text("JSON", "JSON")}


class OwnerOrNobody(Code):
    """A username; the empty one is nobody's, and not the same as none given."""

    def says_nothing(self, value: Any) -> bool:
        """Only what is not there."""
        return value is None

    def read(self, value: Any) -> str:
        """The username or nothing."""
        return super().read(value) if value else ""


_SPAN: Final[dict[str, FormField]] = {
    "from": When(required=True, title=Text("开始于", "From")),
    "to": When(required=True, title=Text("开始前（不含）", "To (excluded)")),
}
_PART: Final[dict[str, FormField]] = {
    "org": Code(title=Text("机构（含下级）", "Organisation and below")),
    "workflow": Code(title=Text("流程", "Workflow")),
}
_WHICH_CLOCKS: Final[dict[str, FormField]] = {
    **_SPAN,
    **_PART,
    "owed_by": Word(most=60, title=Text("由谁负责：office, helper …", "Owed by: office, helper …")),
}


SlaQuestion = cast(
    "type[Form]",
    Form.from_dict(
        {
            **_WHICH_CLOCKS,
            "group_by": Word(
                most=60,
                title=Text("分组：workflow, org, clock, month, owner", "Groups: workflow, org, clock, month, owner"),
                example="org",
            ),
            "format": Choice(_FORMATS, title=Text("格式", "Format")),
        },
        name="SlaQuestion",
    ),
)
SlaCases = cast(
    "type[Form]",
    Page.from_dict(
        {
            **_WHICH_CLOCKS,
            "exact_org": Code(title=Text("某行的机构（不含下级）", "A row's organisation, without those below")),
            "clock": Code(title=Text("某行的期限", "A row's clock")),
            "month": Code(title=Text("某行的月份，如 2026-03", "A row's month, such as 2026-03"), example="2026-03"),
            "owner": OwnerOrNobody(
                most=60, title=Text("某行的经办人，无人经办为空", "A row's owner; empty for nobody"), example="zhang"
            ),
            "standing": Word(
                most=60,
                title=Text("某行的数字：met, breached, open, cancelled", "Figures: met, breached, open, cancelled"),
                example="breached",
            ),
        },
        name="SlaCases",
    ),
)
WhichCases = cast("type[Form]", Form.from_dict({**_PART}, name="WhichCases"))
OpenedCases = cast("type[Form]", Form.from_dict({**_SPAN, **_PART}, name="OpenedCases"))
_OWN: Final = Text(
    "审批人和审计员得到本机构及下级的统计，经办人只得到本人经办的。",
    "Supervisors and auditors get the figures of their organisation and below, caseworkers their own.",
)
# What the keys of a row are called where one asks for its cases.
_KEYS: Final = {"exact_org": "org", "clock": "clock", "month": "month", "owner": "owner"}


@Endpoint(
    "GET",
    "/reports/sla",
    Text("期限报表", "The SLA report"),
    answer=SlaReport,
    query=SlaQuestion,
    refuses=(403,),
    note=Text(
        "统计在 from（含）至 to（不含）之间起算的期限；每个数字背后的案件见 /reports/sla/cases。",
        "Counts the clocks that started from `from` until before `to`; /reports/sla/cases has the cases behind a row.",
    ),
)
def sla(call: Call) -> Answer:
    """How the clocks that started in a span of time were kept; a caseworker's are those in the own hands."""
    groups = _words(call.query.get("group_by", ""))
    return Answer(sla_report(reports.sla(call.tx, group_by=groups, **_asked(call))))


@Endpoint(
    "GET",
    "/reports/sla/cases",
    Text("期限报表某行的案件", "The cases behind a row"),
    answer=CaseSummaryPage,
    query=SlaCases,
    refuses=(403,),
    note=Text(
        "参数与报表相同，另加某行的各项；standing 指该行的哪些数字，可写几个，以逗号分隔，不写即 started。"
        "一件案件可有几个期限。",
        "The report's parameters and the keys of a row; standing says which of its figures, several with commas"
        " between them, and means started when left out. A case may have several clocks.",
    ),
)
def sla_cases(call: Call) -> Answer:
    """The cases whose clocks a row counts, by id: the parameters of the report with the keys of the row."""
    row = {key: call.query[name] for name, key in _KEYS.items() if name in call.query}
    key = from_cursor(call.query, UUID)
    asked = _asked(call) | {"limit": call.limit + 1, "after": key[0] if key else None}
    if "standing" in call.query:
        asked["standings"] = _words(call.query["standing"])
    found = reports.drill_down(call.tx, row, **asked)
    shown = found[: call.limit]
    after = to_cursor(shown[-1].id) if len(found) > call.limit else None
    return page(call, summaries(call.tx, shown), after)


@Endpoint(
    "GET",
    "/reports/ageing",
    Text("未办结案件的存续时间", "How old the open cases are"),
    answer=AgeingReport,
    query=WhichCases,
    refuses=(403,),
    note=_OWN,
)
def ageing(call: Call) -> Answer:
    """The open cases by the days since they were opened, and how many of them are late."""
    return Answer(msgspec.convert(figures.ageing(call.tx, **_part(call)), AgeingReport))


@Endpoint(
    "GET",
    "/reports/workload",
    Text("每人的工作量", "Who has how many cases"),
    answer=WorkloadReport,
    query=WhichCases,
    refuses=(403,),
    note=_OWN,
)
def workload(call: Call) -> Answer:
    """The open cases of each person and of nobody, and the median of the persons."""
    return Answer(msgspec.convert(figures.workload(call.tx, **_part(call)), WorkloadReport))


@Endpoint(
    "GET",
    "/reports/funnel",
    Text("各状态的停留时间", "How long each state takes"),
    answer=FunnelReport,
    query=OpenedCases,
    refuses=(403,),
    note=_OWN,
)
def funnel(call: Call) -> Answer:
    """How many of the cases opened in a span of time have reached each state, and how many days they stayed there."""
    return Answer(msgspec.convert(figures.funnel(call.tx, **_part(call), **_span(call)), FunnelReport))


def _asked(call: Call) -> dict[str, Any]:
    """What the SLA report and the list of its cases have in common, as `work.reports` takes it."""
    asked: dict[str, Any] = {**_part(call), **_span(call)}
    if "owed_by" in call.query:
        asked["owed_by"] = _words(call.query["owed_by"])
    return asked


def _part(call: Call) -> dict[str, Any]:
    return {name: call.query[name] for name in _PART if name in call.query}


def _span(call: Call) -> dict[str, Any]:
    zone = call.tx.service.zone
    return {"start": beginning(call.query["from"], zone), "end": beginning(call.query["to"], zone)}


def _words(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.split(",") if word.strip())
