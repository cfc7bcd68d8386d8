"""A programme is one folder: a third one, written here in files of its own only, is found and lived over HTTP."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from werkzeug.serving import make_server

from casework import demo, workflows
from casework.api import docs, openapi
from casework.rules.verify import verify
from casework.work import workflow_registry
from casework.work.audit import verify as contradictions
from casework.work.overdue import sweep
from casework.work.service import Service
from tests.api.conftest import Api, staffed
from tests.test_docs import script
from tests.web.conftest import Visitor
from tests.workflows.test_walks import walk

FOLDER = {
    "__init__.py": """
        from casework.rules.case import Phase
        from casework.rules.people import Role
        from casework.rules.grammar import NEW, Alert, Clock, Letter, State, Transition, Workflow
        from casework.rules.text import Text
        from casework.workflows.tool_loan.steps import Ask, Lend, filled, short_enough

        WORKFLOW = Workflow(
            key="tool_loan", version=1, title=Text("工具借用", "Loan of tools"), numbering="TL", intake=Ask,
            one_open_case_per=("applicant.identity_number",),
            held_elsewhere=Text("此人已借工具，见 {number}（{office}）。", "One is lent already: {number} ({office})."),
            states=(
                State("asked", Text("待借出", "asked for"), Phase.INTAKE, Role.CASEWORKER),
                State("lent", Text("已借出", "lent"), Phase.RESOLUTION, Role.CASEWORKER),
                State("closed", Text("已归还", "given back"), Phase.CLOSED),
            ),
            transitions=(
                Transition("ask", Text("申请", "Ask"), NEW, "asked", by=(Role.APPLICANT, Role.CASEWORKER), needs=Ask),
                Transition("lend", Text("借出", "Lend"), "asked", "lent", by=Role.CASEWORKER, needs=Lend,
                           when=short_enough, letter="lent"),
                Transition("take_back", Text("归还", "Take back"), "lent", "closed", by=Role.CASEWORKER,
                           outcome="back"),
            ),
            clocks=(
                Clock("lending", Text("借出", "Lending"), "asked", "3wd", Text("本会规定", "the union's own rule"),
                      alerts=(Alert("due", Role.CASEWORKER), Alert("+2wd", Role.SUPERVISOR))),
                Clock("return", Text("归还", "Return"), "lent", "30d", Text("本会规定", "the union's own rule"),
                      owed_by="applicant", alerts=(Alert("due", Role.CASEWORKER),)),
            ),
            letters=(
                Letter("lent", Text("借用通知", "Loan"), Text("{applicant}：请于 {days} 天内归还。",
                       "{applicant}: please bring it back within {days} days."), filled),
            ),
        )
    """,
    "steps.py": """
        from casework.forms import Count, Form, IdentityNumber, Line, Nested, Phone, PersonName
        from casework.rules.grammar import guard
        from casework.rules.text import Text


        class Applicant(Form):
            name = PersonName(required=True, title=Text("姓名", "Name"))
            identity_number = IdentityNumber(needed_by="lend", sensitive=True, title=Text("证件号码", "Identity no."))
            phone = Phone(sensitive=True, title=Text("电话", "Phone"))


        class Ask(Form):
            applicant = Nested(Applicant, required=True, title=Text("申请人", "Applicant"))
            tool = Line(required=True, title=Text("工具", "Tool"), example=Text("电钻", "Drill"))


        class Lend(Form):
            days = Count(least=1, most=90, required=True, title=Text("天数", "Days"), example=14)


        @guard("借用最长30天。", "A tool is lent for 30 days at most.", looks_at_given=True)
        def short_enough(at):
            return at.given.get("days", 1) <= 30


        def filled(move, office):
            return {"days": move.given["days"]}
    """,
    "stories.py": """
        PLACES = ("370700",)
    """,
    "demonstration.py": """
        from contextlib import suppress

        from casework.rules.people import Role
        from casework.stories.story import Demonstration, Over


        def tell(story):
            who = story.opening.person
            asked = {"applicant": {"name": who.name, "identity_number": who.identity_number}, "tool": "电钻"}
            with suppress(Over):
                story.take("ask", asked, story.staff(Role.CASEWORKER), story.opening.at)
                story.take("lend", {"days": 7}, story.worker(), story.after_work(4))
                story.take("take_back", {}, story.worker(), story.after_work(30))


        DEMONSTRATION = Demonstration(share=2, tell=tell, once=True)
    """,
    "rules.toml": """
        [[section]]
        title = "Loan of tools 工具借用"

        [[section.rules]]
        rule = { zh = "三个工作日内借出", en = "A tool is lent within three working days" }
        source = "示例"
        clock = "tool_loan.lending"
        tests = ["tests/test_third_programme.py::test_it_is_lived_from_the_first_request_to_the_end"]
    """,
}


@pytest.fixture
def third(tmp_path: Path) -> Iterator[None]:
    """The programme in a package of its own, which the registry finds."""
    folder = tmp_path / "tool_loan"
    folder.mkdir()
    for name, source in FOLDER.items():
        (folder / name).write_text(dedent(source), encoding="utf-8")
    workflows.__path__.append(str(tmp_path))
    _forget_programmes()
    yield
    workflows.__path__.remove(str(tmp_path))
    _forget_programmes()
    for name in [name for name in sys.modules if name.startswith("casework.workflows.tool_loan")]:
        del sys.modules[name]


def _forget_programmes() -> None:
    """A process keeps what follows from the programmes that it has found."""
    for kept in (workflow_registry._all, openapi.document, openapi._encoded, openapi._components, docs._page):
        kept.cache_clear()


class Line:
    """The office behind a real port."""

    def __init__(self, api: Api, port: int) -> None:
        self.api = api
        self.at = f"http://127.0.0.1:{port}/api/v1"

    def call(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        headers = {"Authorization": f"Bearer {self.api.tokens[who]}", "Accept-Language": "en"}
        raw = None if body is None else json.dumps(body).encode()
        request = Request(self.at + path, raw, headers | {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def get(self, who: str, path: str) -> Any:
        """The JSON of what is there."""
        status, said = self.call(who, "GET", path)
        assert status == 200, said
        return said

    def post(self, who: str, path: str, body: Any = None) -> Any:
        """The JSON of what was done."""
        status, said = self.call(who, "POST", path, {} if body is None else body)
        assert status in (200, 201), said
        return said

    def take(self, who: str, case: Mapping[str, Any], name: str, **given: Any) -> Any:
        """The case after a step."""
        return self.post(who, f"/cases/{case['id']}/transitions/{name}", given)


@pytest.fixture
def line(third: None, service: Service) -> Iterator[Line]:
    """The service with the third programme, as it starts, on a port of this machine."""
    with service.transaction() as tx:
        workflow_registry.register(tx.db)
    api = staffed(service)
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Line(api, server.server_port)
    server.shutdown()
    server.server_close()


def test_it_is_found_and_proven_and_its_rules_are_on_the_page(third: None) -> None:
    one = workflow_registry.newest("tool_loan")
    assert [flaw.sentence for flaw in verify(one, workflow_registry.variants(one, ()))] == []
    rules = script("make_rules")
    titles = [section["title"] for section in rules.register()["section"]]
    assert "Loan of tools 工具借用" in titles[:-1]
    page = rules.page(rules.register())
    assert "A tool is lent within three working days" in page
    assert "| 3wd |" in page


def test_it_is_walked_through_in_the_places_that_it_names(third: None) -> None:
    one = workflow_registry.newest("tool_loan")
    taken: Counter[str] = Counter()
    stops = [stop for number in range(10) for stop in walk(one, number, taken)]
    assert {stop.case.org_code for stop in stops} == {"370700"}
    assert {stop.case.state for stop in stops} == {"asked", "lent", "closed"}
    assert taken.keys() == {"lend", "take_back"}


def test_its_cases_stand_in_the_demonstration_beside_those_of_the_others(third: None, service: Service) -> None:
    demo.load(service, cases=60, seed=2)
    assert list(contradictions(service)) == []
    with service.transaction() as tx:
        loaded = Counter(tx.db.run("select workflow from cases").scalars())
        lent = tx.db.run("select count(*) from letters where name = 'lent'").scalar_one()
    assert set(loaded) == {"hardship_aid", "legal_aid", "tool_loan"}
    assert 0 < lent <= loaded["tool_loan"]


def test_it_is_lived_from_the_first_request_to_the_end(line: Line) -> None:
    described = line.get("caseworker", "/workflows/tool_loan")
    assert described["title"] == "Loan of tools"
    document = json.dumps(line.get("caseworker", "/openapi.json"))
    assert "NewCase.tool_loan" in document

    facts = described["intake"]["examples"][0]
    asked = {"workflow": "tool_loan", "org": "370100", "channel": "walk_in", "facts": facts}
    case = line.post("caseworker", "/cases", asked)
    assert case["number"].startswith("TL-2026-")
    assert case["facts"]["applicant"]["identity_number"] != facts["applicant"]["identity_number"]
    status, no = line.call("caseworker", "POST", "/cases", {**asked, "duplicate_reason": "again"})
    assert (status, no["detail"]) == (409, f"One is lent already: {case['number']} (370100总工会).")
    assert [one["number"] for one in line.get("caseworker", "/queue")["items"]] == [case["number"]]
    [clock] = case["clocks"]
    assert (clock["name"], clock["due_at"]) == ("lending", "2026-03-06T00:00:00+08:00")

    line.api.days_pass(4)
    sweep(line.api.service)
    assert [(one["clock"], one["level"]) for one in line.get("caseworker", "/alerts")["items"]] == [("lending", "due")]

    line.post("caseworker", f"/cases/{case['id']}/claim")
    status, no = line.call("caseworker", "POST", f"/cases/{case['id']}/transitions/lend", {"days": 60})
    assert (status, no["detail"]) == (422, "A tool is lent for 30 days at most.")
    lent = line.take("caseworker", case, "lend", days=14)
    assert (lent["state"], [one["name"] for one in lent["clocks"] if one["status"] == "running"]) == (
        "lent",
        ["return"],
    )
    [letter] = line.get("caseworker", f"/cases/{case['id']}/letters")["items"]
    assert "within 14 days" in json.dumps(letter)
    closed = line.take("caseworker", lent, "take_back")
    assert (closed["state"], closed["outcome"]) == ("closed", "back")
    kinds = [one["kind"] for one in line.get("auditor", f"/cases/{case['id']}/events")["items"]]
    assert kinds[0] == "opened"

    report = line.get("supervisor", "/reports/sla?from=2026-01-01&to=2027-01-01&group_by=workflow,clock")
    [row] = report["rows"]
    assert (row["workflow"], row["clock"], row["started"], row["breached"]) == ("tool_loan", "lending", 1, 1)
    again = line.post("caseworker", "/cases", {**asked, "duplicate_reason": "another tool"})
    assert again["state"] == "asked"


def test_its_pages_come_from_its_declarations_alone(line: Line) -> None:
    """Applied for by a visitor, taken up and stepped on by a clerk, all on pages that were written before it."""
    visitor = Visitor(line.api.app.test_client())
    assert "工具借用" in visitor.get("/").text
    assert "3个工作日" in visitor.get("/help/tool_loan").text
    visitor.post("/apply/tool_loan")
    visitor.get("/apply/tool_loan/org")
    visitor.post("/apply/tool_loan/org", org="370100")
    assert "申请事项" in visitor.get("/apply/tool_loan/tasks").text
    visitor.get("/apply/tool_loan/request")
    assert visitor.post("/apply/tool_loan/request", tool="电钻").location == "/apply/tool_loan/applicant"
    visitor.get("/apply/tool_loan/applicant")
    assert visitor.post("/apply/tool_loan/applicant", **{"applicant.name": "王秀英"}).location.endswith("/check")
    visitor.get("/apply/tool_loan/check")
    assert visitor.post("/apply/tool_loan/check", truth="true", consent="true").location == "/apply/tool_loan/done"
    number = re.findall(r"TL-2026-\d{6}", visitor.get("/apply/tool_loan/done").text)[0]

    clerk = Visitor(line.api.app.test_client())
    clerk.client.set_cookie("casework-session", line.api.tokens["caseworker"])
    assert number in clerk.get("/desk?view=unclaimed&workflow=tool_loan").text
    assert "工具" in clerk.get("/cases/new/tool_loan").text
    text = clerk.get(f"/cases/{number}").text
    assert all(words in text for words in ("待借出", "借出", "工具", "证件号码"))
    assert clerk.post(f"/cases/{number}/claim").status_code == 303
    # What the applicant left for later is asked for before it is lent.
    assert "尚缺：证件号码" in clerk.get(f"/cases/{number}/do/lend").text
