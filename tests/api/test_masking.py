"""What is sensitive is shown by disclosures and by nothing else: no answer, no row of any table, no line of the log."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import Connection, Engine, create_engine, text

from casework.api.endpoint import ENDPOINTS
from casework.app import log_to
from casework.embedded import PrivateServer
from casework.http import requests
from casework.records.tables import metadata
from casework.work import overdue
from tests.api.conftest import ROLES, Api, office_on
from tests.conftest import url_of

# What nobody would say by accident. The sensitive ones are sealed; the others are only kept out of the log.
SENSITIVE: Final = {
    "residence": "琥珀镇槐花巷四十七号",
    "address": "青萍街道白鹭苑九栋",
    "health": "右耳听力残疾二级",
    "story": "自腊月起分文未付且被扣押证件",
    "reason": "无力聘请律师赡养双亲",
    "assets": "老家砖房三间",
    "debts": "欠邻居医药费八千",
    "finding": "工牌与考勤记录相互印证",
    "reasons": "经查与第三方另有约定",
    "what": "在看守所会见当事人",
    "report": "对方当庭承认欠付",
    "comment": "律师来得很及时",
    "note": "其配偶来电称其住院",
    "handover": "转给熟悉货运的同事",
    "correction": "其子来电说记错了人数",
    "override": "原经办人与对方沾亲",
    "release": "下周起住院手术",
    "occupation": "高空焊接作业工",
    "employer_address": "临港物流园丙区六号库",
    "demand": "摔伤后停发的护理费",
    "evidence": "急诊处置单影印",
    "proves": "跌落后当晚入院",
    "step": "在信访窗口当众落泪",
    "exemption_proof": "精神残疾鉴定书摘录",
    "urgent": "债主扬言变卖设备",
    "paper": "肺功能诊断结论书",
    "grant_note": "受援人行动不便须上门",
    "assign_note": "宜由女律师承办",
}
PERSONAL: Final = {
    "name": "尉迟琼枝",
    "agent": "尉迟长风",
    "employer": "海东青示例货运行",
    "password": "a very long passphrase",
}


@dataclass
class Life:
    """A case that has seen everything, what must not be seen of it, and every answer and log line on the way."""

    api: Api
    cases: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    log: StringIO = field(default_factory=StringIO)

    def post(self, who: str, path: str, body: Any = None, method: str = "POST") -> Any:
        """The JSON of what was done; its answer is remembered, and kept for repetition."""
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        answer = self.api.call(who, method, path, body, headers)
        assert answer.status_code in (200, 201), answer.text
        self.answers.append((f"{method} {path}", answer.text))
        return answer.get_json()

    def take(self, who: str, case: Any, name: str, **given: Any) -> None:
        """A transition with the example of what it needs."""
        example = self.api.needs(who, case, name)["examples"][0]
        self.post(who, f"/cases/{case['id']}/transitions/{name}", example | given)


@contextmanager
def logged(stream: StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log of the real configuration in this stream."""
    before = structlog.get_config()
    log_to(stream)
    structlog.configure(cache_logger_on_first_use=False)
    # New ones of the same kind, because a logger that has spoken before keeps to its first stream.
    for module in (requests, overdue):
        monkeypatch.setattr(module, "_log", structlog.get_logger())
    try:
        yield
    finally:
        structlog.configure(**before)


@pytest.fixture(scope="module")
def life(server: PrivateServer, admin: Engine) -> Iterator[Life]:
    """Two people and their cases, one helped to the end and one refused."""
    with office_on(server, admin) as api, pytest.MonkeyPatch.context() as patch:
        life = Life(api)
        with logged(life.log, patch):
            live(life)
        yield life


def live(life: Life) -> None:
    api = life.api
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    hers = {name: SENSITIVE[name] for name in ("residence", "address", "health")}
    facts["applicant"] |= {"name": PERSONAL["name"], **hers}
    facts["applicant"] |= {"occupation": SENSITIVE["occupation"], "groups": ["migrant_worker", "disabled"]}
    facts["employer"] |= {"name": PERSONAL["employer"], "address": SENSITIVE["employer_address"]}
    facts["employer"] |= {"phone": "0531-86541237"}
    facts["demands"][0]["note"] = SENSITIVE["demand"]
    facts["evidence"] = [{"name": SENSITIVE["evidence"], "proves": SENSITIVE["proves"], "holder": "worker"}]
    facts["previous_steps"] = [{"kind": "other", "on": "2026-01-05", "note": SENSITIVE["step"]}]
    facts |= {"exemption_proof": SENSITIVE["exemption_proof"], "other_urgency": SENSITIVE["urgent"]}
    facts["papers"] = [{"name": "身份证复印件", "copies": 1}, {"name": SENSITIVE["paper"], "copies": 1}]
    facts |= {"agent": {"name": PERSONAL["agent"], "relation": "父亲", "phone": "13611223344"}}
    facts |= {"story": SENSITIVE["story"], "reason": SENSITIVE["reason"]}
    facts |= {"means": {"assets": SENSITIVE["assets"], "debts": SENSITIVE["debts"]}}
    body = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}
    body |= {"duplicate_reason": SENSITIVE["reason"]}
    case, other = (life.post("caseworker", "/cases", body) for _ in range(2))
    life.cases += [case["id"], other["id"]]
    life.numbers += [facts["applicant"]["identity_number"], facts["applicant"]["phone"], "13611223344", "13755667788"]
    life.numbers.append("0531-86541237")
    ending(life, case, other)
    mistakes(life, facts)


def ending(life: Life, case: Any, other: Any) -> None:
    path = f"/cases/{case['id']}"
    life.take("caseworker", case, "accept")
    life.post("caseworker", path, {"facts": {"applicant": {"phone": "13755667788"}}}, "PATCH")
    life.post("caseworker", f"{path}/notes", {"text": SENSITIVE["note"]})
    life.take("caseworker", case, "propose", finding=SENSITIVE["finding"])
    to = str(life.api.ids["supervisor"])
    life.post("caseworker", f"{path}/handover", {"to": to, "reason": SENSITIVE["handover"]})
    correction = {"facts": {"claimants": 3, "reason": "赡养双亲另有隐情"}, "reason": SENSITIVE["correction"]}
    life.post("supervisor-sd", path, correction, "PATCH")
    life.api.days_pass(30)
    overdue.sweep(life.api.service)
    life.take("supervisor", case, "grant", note=SENSITIVE["grant_note"])
    life.take("supervisor", case, "assign", to=str(life.api.ids["lawyer"]), note=SENSITIVE["assign_note"])
    life.take("lawyer", case, "engage")
    life.take("lawyer", case, "record_progress", what=SENSITIVE["what"])
    life.post("lawyer", f"{path}/disclosures", {"reason": "联系受援人"})
    life.take("lawyer", case, "conclude", report=SENSITIVE["report"])
    life.take("supervisor", case, "follow_up", comment=SENSITIVE["comment"])
    life.take("supervisor", case, "close")
    life.take("caseworker", other, "accept")
    life.post("caseworker", f"/cases/{other['id']}/release", {"reason": SENSITIVE["release"]})
    life.take("supervisor", other, "refuse", reasons=SENSITIVE["reasons"])
    life.post(
        "supervisor", f"/cases/{other['id']}/override", {"to_state": "under_review", "reason": SENSITIVE["override"]}
    )


def mistakes(life: Life, facts: Any) -> None:
    """Requests that are refused, and that name what must not be named in the log."""
    api = life.api
    api.call(None, "POST", "/auth/token", {"username": "caseworker", "password": PERSONAL["password"]})
    api.call(None, "POST", "/auth/token", {"username": PERSONAL["name"], "password": PERSONAL["password"]})
    api.call("caseworker", "POST", "/cases", {"workflow": "legal_aid", "facts": {**facts, "matter": PERSONAL["name"]}})
    api.call("caseworker", "POST", "/cases", json.dumps(facts).encode()[:-5])
    api.call("caseworker", "POST", f"/cases/{life.cases[0]}/transitions/{PERSONAL['name']}", {})
    api.call("caseworker", "GET", f"/{PERSONAL['name']}")
    for words in (*life.numbers, PERSONAL["name"], PERSONAL["employer"]):
        api.call("caseworker", "GET", f"/cases?q={words}")
        api.call("caseworker", "GET", f"/cases?{words}={words}")
        api.call("caseworker", "GET", "/cases", headers={"X-Request-Id": f"{words} "})


def readers(api: Api) -> Iterator[str]:
    yield from (who for who in api.tokens if not who.endswith("-qd"))


def test_no_answer_but_a_disclosure_shows_a_sensitive_value(life: Life) -> None:
    shown = dict(life.answers)
    for one in ENDPOINTS:
        if one.method == "GET" and not one.public:
            for case_id in life.cases:
                for who in readers(life.api):
                    path = one.path.replace("<uuid:case_id>", case_id).replace("<key>", "legal_aid")
                    query = (
                        "?from=2026-01-01&to=2027-01-01" if path.startswith(("/reports/sla", "/reports/funnel")) else ""
                    )
                    answer = life.api.call(who, "GET", f"{path}{query}")
                    shown[f"{who} GET {path}"] = answer.text
    for words in (*life.numbers, PERSONAL["name"]):
        shown[f"q={words}"] = json.dumps(life.api.get("caseworker", f"/cases?q={words}")["items"])
    # A refusal letter gives its reasons, a receipt the papers, and a note is there to be read.
    secrets = [*life.numbers, *(SENSITIVE[name] for name in SENSITIVE.keys() - {"reasons", "note", "paper"})]
    for where, said in shown.items():
        if "GET" in where or not where.endswith("/disclosures"):
            assert not [secret for secret in secrets if secret in said], where
    for name, where in (("note", "/notes"), ("reasons", "/letters"), ("paper", "/letters")):
        places = {path.rsplit("/", 1)[-1] for path, said in shown.items() if SENSITIVE[name] in said}
        assert places - {"disclosures"} == {where[1:]}


def test_a_disclosure_shows_all_that_was_sealed_also_what_was_given_on_the_way_or_replaced(life: Life) -> None:
    values = life.api.post("supervisor", f"/cases/{life.cases[0]}/disclosures", {"reason": "核对"})["values"]
    assert {*life.numbers} <= {*values.values()}
    elsewhere = {"reasons", "release", "override"}
    told = SENSITIVE.keys() - {"note", *elsewhere}
    assert {SENSITIVE[name] for name in told} <= {*values.values()}
    refused = life.api.post("supervisor", f"/cases/{life.cases[1]}/disclosures", {"reason": "核对"})["values"]
    assert {SENSITIVE[name] for name in elsewhere} <= {*refused.values()}


def test_a_reason_is_masked_in_the_history_and_disclosed_under_its_event(life: Life) -> None:
    case_id = life.cases[0]
    events = life.api.get("auditor", f"/cases/{case_id}/events")["items"]
    [handover] = [one for one in events if one["kind"] == "handed_over"]
    *_, correction = [one for one in events if one["kind"] == "corrected"]
    assert (handover["payload"]["reason"], correction["payload"]["reason"]) == ("***", "***")
    paths = [f"events.{handover['seq']}.reason", f"events.{correction['seq']}.reason"]
    # The reason of the correction and the answer "reason" that it replaced are two things.
    paths.append(f"events.{correction['seq']}.replaced.reason")
    values = life.api.post("supervisor", f"/cases/{case_id}/disclosures", {"paths": paths, "reason": "核对"})["values"]
    assert [values[path] for path in paths] == [SENSITIVE[name] for name in ("handover", "correction", "reason")]


def test_a_supervisor_is_shown_sensitive_values_with_a_reason_that_is_logged(life: Life) -> None:
    path = f"/cases/{life.cases[0]}/disclosures"
    assert life.api.call("supervisor", "POST", path, {}).status_code == 422
    before = logged_disclosures(life.api, "supervisor")
    values = life.api.post("supervisor", path, {"paths": ["story"], "reason": "专项检查"})["values"]
    assert values == {"story": SENSITIVE["story"]}
    assert logged_disclosures(life.api, "supervisor")[len(before) :] == [(["story"], "专项检查")]


def test_an_auditor_is_shown_no_sensitive_value_whatever_the_reason(life: Life) -> None:
    path = f"/cases/{life.cases[0]}"
    for body in ({}, {"paths": ["story"], "reason": "专项检查"}):
        assert life.api.call("auditor", "POST", f"{path}/disclosures", body).status_code == 403
    for part in ("notes", "letters"):
        assert life.api.call("auditor", "GET", f"{path}/{part}").status_code == 403
    assert logged_disclosures(life.api, "auditor") == []


@pytest.mark.parametrize("who", ["supervisor", "caseworker", "supervisor-sd", "lawyer"])
@pytest.mark.parametrize("part", ["notes", "letters"])
def test_who_reads_notes_and_letters_is_logged(part: str, who: str, life: Life) -> None:
    before = logged_disclosures(life.api, who)
    assert life.api.get(who, f"/cases/{life.cases[0]}/{part}")["items"] != []
    assert logged_disclosures(life.api, who)[len(before) :] == [([part], "read")]


def test_where_there_is_nothing_to_read_nothing_is_logged(life: Life) -> None:
    before = logged_disclosures(life.api, "supervisor")
    assert life.api.get("supervisor", f"/cases/{life.cases[1]}/notes")["items"] == []
    assert life.api.call("auditor-qd", "GET", f"/cases/{life.cases[0]}/notes").status_code == 404
    assert logged_disclosures(life.api, "supervisor") == before
    assert logged_disclosures(life.api, "auditor-qd") == []


def logged_disclosures(api: Api, who: str) -> list[tuple[list[str], str]]:
    """What the access log says of a user, oldest first."""
    with api.service.transaction() as tx:
        rows = tx.db.all("select paths, reason from disclosures where user_id = :id order by id", id=api.ids[who])
    return [(row.paths, row.reason) for row in rows]


@contextmanager
def owner_of(server: PrivateServer, database: str) -> Iterator[Connection]:
    """A transaction of whoever owns the tables."""
    engine = create_engine(url_of(server.owner_url, database))
    try:
        with engine.begin() as connection:
            connection.execute(text("set local search_path to casework"))
            yield connection
    finally:
        engine.dispose()


def test_no_row_of_any_table_holds_a_sensitive_value_that_can_be_read(life: Life, server: PrivateServer) -> None:
    database = life.api.service.database.url.database
    secrets = [*SENSITIVE.values(), *life.numbers, PERSONAL["password"], *life.api.tokens.values()]
    counted = 0
    with owner_of(server, str(database)) as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f"select r::text from {table} r")).scalars():
                counted += 1
                for secret in secrets:
                    assert secret not in row, table.name
                    assert json.dumps(secret)[1:-1] not in row, table.name
                    assert secret.encode().hex() not in row, table.name
    assert counted > 150


def test_what_is_not_sensitive_lies_open_so_that_the_search_for_secrets_can_find_something(life: Life) -> None:
    case = life.api.get("supervisor", f"/cases/{life.cases[0]}")
    assert case["facts"]["applicant"]["name"] == PERSONAL["name"]
    assert case["applicant"]["identity_number"] == case["facts"]["applicant"]["identity_number"] != life.numbers[0]
    assert case["applicant"]["phone"] != "13755667788"
    assert case["facts"]["story"] == "***"
    assert case["facts"]["applicant"]["groups"] == ["migrant_worker", "***"]
    assert [paper["name"] for paper in case["facts"]["papers"]] == ["身份证复印件", "其他材料"]


def ensure_silent(log: str, api: Api, numbers: list[str]) -> None:
    """Every line is JSON, and none of them says what people sent."""
    lines = log.splitlines()
    assert all(json.loads(line)["event"] for line in lines)
    for secret in (*SENSITIVE.values(), *PERSONAL.values(), *numbers, *api.tokens.values(), *api.tokens.keys() - ROLES):
        for line in lines:
            assert secret not in line, line
            assert json.dumps(secret)[1:-1] not in line, line


def test_the_log_tells_of_every_request_and_of_nobody(life: Life) -> None:
    log = life.log.getvalue()
    requests = [line for line in map(json.loads, log.splitlines()) if line["event"] == "request"]
    assert len(requests) > 50
    assert {200, 201, 400, 401, 404, 422} <= {line["status"] for line in requests}
    assert all(line["request_id"] and line["ms"] >= 0 for line in requests)
    assert {line["rule"] for line in requests} >= {"/api/v1/cases/<uuid:case_id>", None}
    ensure_silent(log, life.api, life.numbers)


@pytest.mark.parametrize(
    "broken",
    [
        "alter table cases add constraint no_walk_ins check (channel <> 'walk_in')",
        "alter table cases add column oddity int not null",
        "alter table events drop column payload",
        "alter table cases alter column applicant_name type int using 0",
    ],
)
def test_a_fault_in_the_database_is_logged_without_what_was_to_be_stored(
    broken: str, server: PrivateServer, admin: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office_on(server, admin) as api:
        facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
        facts["applicant"] |= {"name": PERSONAL["name"], "address": SENSITIVE["address"]}
        facts["employer"]["name"] = PERSONAL["employer"]
        with owner_of(server, str(api.service.database.url.database)) as connection:
            connection.execute(text(broken))
        log = StringIO()
        with logged(log, monkeypatch), api.app.test_client() as client:
            answer = client.post(
                "/api/v1/cases",
                json={"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts},
                headers={"Authorization": f"Bearer {api.tokens['caseworker']}"},
            )
        assert (answer.status_code, answer.get_json()["code"]) == (500, "fault")
        assert answer.mimetype == "application/problem+json"
        [fault] = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "fault"]
        assert fault["request_id"] == answer.get_json()["request_id"]
        assert "open_case" in fault["exception"]
        assert "psycopg.errors." in fault["exception"]
        identity = facts["applicant"]["identity_number"]
        ensure_silent(log.getvalue(), api, [identity, identity[:6], facts["applicant"]["birth_date"]])
        with api.service.transaction() as tx:
            assert tx.db.run("select count(*) from applicants").scalar_one() == 0
