"""What every page of figures has: which cases and months, the tabs, the choices above it, and the file."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from casework.forms.form import Form
from casework.forms.numbers import Month
from casework.forms.texts import Choice, Code
from casework.http.case_filters import beginning
from casework.rules.people import Role
from casework.rules.text import Text
from casework.web.charts import Chart
from casework.web.frame import frame_of
from casework.web.page import STAFF, Answer, Html, Visit
from casework.web.tables import Table, address, download
from casework.work import workflow_registry
from casework.work.service import Transaction

READERS: Final = STAFF | {Role.AUDITOR}
WATCHERS: Final = frozenset((Role.SUPERVISOR, Role.AUDITOR))
"""Who may compare people; a caseworker's figures are the own ones."""
KEPT: Final = (
    ("met", Text("按期", "kept")),
    ("open", Text("未到期", "open")),
    ("breached", Text("逾期", "late")),
)
"""How clocks stand, in the order in which they lie on top of each other."""

_MOST_ORGS: Final = 400
_MONTHS: Final = 12
_TABS: Final[tuple[tuple[str, Text], ...]] = (
    ("/reports", Text("本月", "Month")),
    ("/reports/sla", Text("期限", "Clocks")),
    ("/reports/ageing", Text("存续时间", "Ageing")),
    ("/reports/workload", Text("工作量", "Workload")),
    ("/reports/helpers", Text("承办人", "Helpers")),
    ("/reports/funnel", Text("各状态用时", "Days in each state")),
)


class PartQuery(Form):
    """Of which place and programme."""

    org = Code(title=Text("机构（含下级）", "Office and below"))
    workflow = Code(title=Text("业务", "Programme"))
    format = Choice({"csv": Text("CSV", "CSV")}, title=Text("格式", "Format"))


class MonthsQuery(PartQuery):
    """And from which month to which, both included."""

    first = Month(title=Text("自", "From"))
    last = Month(title=Text("至", "To"))


class Figure(NamedTuple):
    """A chart with its title, and what its classes mean; `line` says what the line across it is."""

    title: Text
    chart: Chart
    keys: Sequence[tuple[str, Text]]
    line: Text | None = None


class Months(NamedTuple):
    """A span of whole months, as it is asked for, and its instants in the office's zone."""

    first: str
    last: str
    start: datetime
    end: datetime

    @property
    def days(self) -> dict[str, str]:
        """The first day, and the first that is not part of it any more."""
        return {"from": f"{self.start:%Y-%m-%d}", "to": f"{self.end:%Y-%m-%d}"}

    @property
    def told(self) -> Text:
        """The months in words."""
        if self.first == self.last:
            return Text(_month(self.first), self.first)
        return Text(f"{_month(self.first)}至{_month(self.last)}", f"{self.first} to {self.last}")


def _month(written: str) -> str:
    return f"{written[:4]}年{int(written[5:])}月"


def months_of(tx: Transaction, first: str | None, last: str | None) -> Months:
    """Return the months that are asked for; without any the last twelve."""
    until = last or f"{tx.today:%Y-%m}"
    since = first or f"{_back(date.fromisoformat(f'{until}-01'), _MONTHS - 1):%Y-%m}"
    zone = tx.service.zone
    start, after = date.fromisoformat(f"{since}-01"), _back(date.fromisoformat(f"{until}-01"), -1)
    return Months(since, until, beginning(start, zone), beginning(after, zone))


def _back(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def part_of(visit: Visit) -> dict[str, Any]:
    """Return the place and the programme that are asked for, as the verbs take them."""
    return {name: visit.query[name] for name in ("org", "workflow") if name in visit.query}


def list_of(visit: Visit, **wanted: Any) -> str:
    """Return where the cases of this part are listed that are this; a caseworker's are the own ones."""
    own = {"owner": "me"} if visit.tx.person.role is Role.CASEWORKER else {}
    return address("/cases", {**part_of(visit), **own, **wanted})


def tabs_of(tx: Transaction) -> list[tuple[str, Text]]:
    """Return the pages of figures that the caller may open."""
    return [one for one in _TABS if one[0] != "/reports/helpers" or tx.person.role in WATCHERS]


def page_of(
    visit: Visit,
    path: str,
    title: Text,
    table: Table,
    figures: Sequence[Figure],
    about: Text,
    **more: Any,
) -> Answer:
    """Return the page of a report, or its table as a file where that is asked for."""
    if "format" in visit.query:
        return download(path.strip("/").replace("/", "-"), table)
    tx = visit.tx
    return Html(
        "report",
        {
            "frame": frame_of(tx),
            "tabs": tabs_of(tx),
            "tab": path,
            "title": title,
            "about": about,
            "own": tx.person.role is Role.CASEWORKER,
            "as_of": tx.now,
            "table": table,
            "figures": figures,
            "asked": visit.query,
            "months": None,
            "groups": None,
            "by_programme": True,
            "workflows": {one.key: one.title for one in workflow_registry.latest()},
            "orgs": _orgs(tx),
            "file": address(path, {**visit.query, "format": "csv"}),
            **more,
        },
    )


def _orgs(tx: Transaction) -> dict[str, str]:
    """The offices to which a report may be narrowed, where there are several and not too many for a list."""
    own = tx.person.org_path
    found = {code: str(org.name) for code, org in tx.rules.orgs.items() if org.path.startswith(own)}
    return dict(sorted(found.items())) if 1 < len(found) <= _MOST_ORGS else {}
