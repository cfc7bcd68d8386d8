"""The doors without an account, as an afraid applicant uses them and as somebody who should not be there tries them."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hmac import compare_digest
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, insert, text
from werkzeug.test import TestResponse

from casework.app import create_app
from casework.embedded import PrivateServer
from casework.records import attempts, cases, history, tables
from casework.records.ids import new_id
from casework.records.vault import seal
from casework.rules.context import MoveContext
from casework.rules.grammar import NEW, State, Workflow
from casework.rules.move import Move
from casework.rules.people import STAFF, Role
from casework.settings import Settings
from casework.work import applications, letters, workflow_registry
from casework.work.overdue import sweep
from casework.work.sealing import applicant_key
from casework.workflows.legal_aid import WORKFLOW as LEGAL_AID
from tests.api import money
from tests.api.conftest import Api, office_on
from tests.api.described import ensure_described
from tests.api.test_concurrency import at_once, statuses
from tests.api.test_masking import logged
from tests.conftest import url_of
from tests.story import Story, china
from tests.workflows.test_walks import walk

CODE: Final = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){4}")
HOME: Final = "192.0.2.77"


@dataclass
class Visitor:
    """Somebody without an account at an address, with the number and the code of an application if there is one."""

    api: Api
    address: str = HOME
    number: str = ""
    code: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """The answer, which must be as it is described. `-` in a header's name is written `_`."""
        said = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            said["Content-Type"] = "application/json"
        answer = self.api.app.test_client().open(
            f"/api/v1/public{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers=said,
            environ_overrides={"REMOTE_ADDR": self.address},
        )
        ensure_described(self.api.app, answer)
        return answer

    def apply(self, org: str = "370100", **headers: str) -> TestResponse:
        """The answer to the application of an invented person."""
        return self.call("POST", "/applications", application(self.api, org), **headers)

    def applied(self, facts: Mapping[str, Any] | None = None) -> "Visitor":
        """The same visitor after an application."""
        answer = self.call("POST", "/applications", application(self.api) | ({"facts": facts} if facts else {}))
        assert answer.status_code == 201, answer.text
        return replace(self, number=answer.get_json()["number"], code=answer.get_json()["tracking_code"])

    def ask(self, below: str = "", **headers: str) -> TestResponse:
        """The answer about the own application."""
        return self.call("GET", f"/applications/{self.number}{below}", **{"Tracking_Code": self.code, **headers})

    def told(self, below: str = "", **headers: str) -> Any:
        """What the own application says."""
        answer = self.ask(below, **headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def take(self, name: str, body: Any = None, **headers: str) -> TestResponse:
        """The answer to a step; without a body, that of the example that was offered."""
        if body is None:
            body = next(one["needs"] for one in self.told("/transitions")["items"] if one["name"] == name)["examples"][
                0
            ]
        path = f"/applications/{self.number}/transitions/{name}"
        return self.call("POST", path, body, **{"Tracking_Code": self.code, **headers})


def application(api: Api, org: str = "370100") -> dict[str, Any]:
    """The body that opens an application of an invented person."""
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    return {"workflow": "legal_aid", "org": org, "facts": facts}


def case_of(api: Api, number: str) -> Any:
    """The case of this number as the office sees it."""
    [case] = api.get("supervisor-sd", f"/cases?q={number}")["items"]
    return case


def plain(answer: TestResponse) -> Any:
    """All that an answer says but the number of the request."""
    body = {name: value for name, value in answer.get_json().items() if name != "request_id"}
    return answer.status_code, body, {name: value for name, value in answer.headers if name != "X-Request-Id"}


def allow(api: Api, **limits: Any) -> None:
    """The office allows this much to whoever comes without an account."""
    api.service.limits = replace(api.service.limits, **limits)


def time_passes(api: Api, **span: float) -> None:
    with api.service.transaction() as tx:
        tx.db.run("update time_offset set value = value + :passed", passed=timedelta(**span))


@pytest.fixture
def visitor(api: Api) -> Visitor:
    """Somebody without an account in front of a fresh office."""
    return Visitor(api)


@pytest.fixture(scope="module")
def roomy(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    """An office for the tests of this module that mind no limit and nothing that others leave behind."""
    with office_on(server, admin) as api:
        allow(api, visits=10**6, openings_an_hour=10**6, wrong_codes=10**6)
        yield api


# Opening


def test_an_application_comes_in_online_from_the_applicant_and_waits_for_the_office(visitor: Visitor) -> None:
    answer = visitor.apply()
    assert answer.status_code == 201
    assert answer.get_json().keys() == {"number", "tracking_code"}
    assert CODE.fullmatch(answer.get_json()["tracking_code"])
    case = case_of(visitor.api, answer.get_json()["number"])
    assert (case["channel"], case["org"], case["owner"], case["waits_for"]) == ("online", "370100", None, "caseworker")
    [event] = visitor.api.get("caseworker", f"/cases/{case['id']}/events")["items"]
    assert (event["kind"], event["role"], event["actor"]) == ("opened", "applicant", None)
    assert case["id"] in {one["id"] for one in visitor.api.get("caseworker", "/queue")["items"]}


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda workflow: str(workflow.key))
def test_every_workflow_is_opened_and_followed_online(roomy: Api, workflow: Workflow) -> None:
    facts = roomy.get("caseworker", f"/workflows/{workflow.key}")["intake"]["examples"][0]
    visitor = Visitor(roomy)
    answer = visitor.call("POST", "/applications", {"workflow": workflow.key, "org": "370100", "facts": facts})
    assert answer.status_code == 201, answer.text
    mine = replace(visitor, number=answer.get_json()["number"], code=answer.get_json()["tracking_code"])
    assert mine.told()["workflow"] == workflow.key
    assert [one["name"] for one in mine.told("/transitions")["items"] if one["allowed"]]


def test_codes_are_random_and_use_no_character_that_is_mistaken_for_another(roomy: Api) -> None:
    codes = [Visitor(roomy).applied().code for _ in range(20)]
    assert len(set(codes)) == 20
    assert len(applications._CHARACTERS) ** len(codes[0].replace("-", "")) >= 2**100
    assert not set("01OI") & set("".join(codes))


def test_wrong_fields_are_named_to_applicants_as_to_staff(roomy: Api) -> None:
    body = application(roomy)
    wrong = {"matter": "unheard_of", "claimants": -1, "applicant": {"name": "\u0000"}, "unheard_of": 1}
    body["facts"] |= wrong
    told = Visitor(roomy).call("POST", "/applications", body)
    staff = roomy.call("caseworker", "POST", "/cases", body | {"channel": "online"})
    assert told.status_code == staff.status_code == 422
    assert told.get_json()["errors"] == staff.get_json()["errors"]
    assert len(told.get_json()["errors"]) > 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"workflow": "unheard_of"}, "workflow"),
        ({"org": "999999"}, "org"),
        ({"org": "37'--"}, "org"),
        ({"channel": "online"}, "channel"),
        ({"urgent": True}, "urgent"),
        ({"owner": "caseworker"}, "owner"),
        ({"facts": None}, "facts"),
    ],
)
def test_applicants_say_the_workflow_the_office_and_the_facts_and_nothing_else(
    roomy: Api, changed: dict[str, Any], field: str
) -> None:
    answer = Visitor(roomy).call("POST", "/applications", application(roomy) | changed)
    assert answer.status_code == 422
    assert {one["field"].split(".")[0] for one in answer.get_json()["errors"]} == {field}


def adapted(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Workflow:
    """Legal aid with something else in its table, in the place of the real one."""
    other = replace(LEGAL_AID, **changes)
    monkeypatch.setattr(workflow_registry, "_all", lambda: {(other.key, other.version): other})
    return other


def test_a_workflow_that_only_staff_open_is_not_opened_online(roomy: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_only = [replace(edge, by=Role.CASEWORKER) if NEW in edge.sources else edge for edge in LEGAL_AID.transitions]
    adapted(monkeypatch, transitions=tuple(staff_only))
    answer = Visitor(roomy).apply()
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_yours")
    assert roomy.new_case()["state"] == "submitted"


@dataclass
class Household:
    """An invented household and whoever knows its numbers, online and at the counters of Jinan and Qingdao."""

    visitor: Visitor
    facts: Any

    @property
    def body(self) -> dict[str, Any]:
        """The body that opens its application in Jinan."""
        return {"workflow": "hardship_aid", "org": "370100", "facts": self.facts}

    def applied(self, facts: Any = None) -> Any:
        """The case, as the office sees it, of an application that was sent online."""
        answer = self.visitor.call("POST", "/applications", self.body | ({"facts": facts} if facts else {}))
        assert answer.status_code == 201, answer.text
        return case_of(self.visitor.api, answer.get_json()["number"])


def ensure_told_of(api: Api, there: Any, who: str, case: Any, name: str) -> None:
    """This step of staff is refused with the number of the other file."""
    needs = api.needs(who, case, name)["examples"][0]
    answer = api.call(who, "POST", f"/cases/{case['id']}/transitions/{name}", needs)
    assert answer.status_code == 409, answer.text
    assert there["number"] in answer.get_json()["detail"]


@pytest.fixture
def household(api: Api) -> Household:
    """A household without a file so far, in July 2026, and a fund of Jinan's for emergency aid."""
    api.days_pass(126)
    money.in_force(api, "subsistence_line", "370100", "1062")
    money.new_fund(api)
    return Household(Visitor(api), money.household(api))


def test_nobody_learns_online_whether_somebody_is_in_a_household_with_a_file(household: Household) -> None:
    api, spouse = household.visitor.api, money.household(household.visitor.api)
    there = money.dossier(api, "caseworker-qd", household.facts)
    spouse["applicant"] |= {"identity_number": household.facts["members"][0]["identity_number"]}
    spouse["applicant"].pop("birth_date")
    spouse["applicant"].pop("sex")
    cases = [household.applied(), household.applied(spouse)]
    for case in cases:
        ensure_told_of(api, there, "caseworker", case, "accept")
    api.take("caseworker-qd", there, "withdraw")
    assert api.take("caseworker", cases[0], "accept")["state"] == "under_review"
    ensure_told_of(api, cases[0], "caseworker", cases[1], "accept")


def test_whoever_applies_online_with_the_number_of_others_shuts_nobody_out(household: Household) -> None:
    api, strangers = household.visitor.api, household.applied()
    online, at_the_counter = household.applied(), money.dossier(api, "caseworker-qd", household.facts)
    for case in (strangers, online):
        ensure_told_of(api, at_the_counter, "caseworker", case, "accept")
        assert api.take("caseworker", case, "withdraw")["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("who", "step"), [("caseworker", "accept"), ("caseworker", "ask_for_papers"), ("supervisor", "help_at_once")]
)
def test_an_application_has_the_household_for_itself_from_the_step_by_which_staff_take_it_up(
    household: Household, who: str, step: str
) -> None:
    api, first, second = household.visitor.api, household.applied(), household.applied()
    api.take(who, first, step)
    ensure_told_of(api, first, "caseworker", second, "accept")
    body = household.body | {"channel": "walk_in"}
    assert first["number"] in api.call("caseworker", "POST", "/cases", body).get_json()["detail"]


KOREAN: Final[dict[str, Any]] = {
    "document_kind": "passport",
    "document_number": "M12345678",
    "document_state": "KOR",
}


def known_by(person: dict[str, Any], **document: Any) -> None:
    """The person has no identity number but this document."""
    for name in ("identity_number", "birth_date", "sex"):
        person.pop(name, None)
    person |= document


@pytest.mark.parametrize("whose", ["applicant", "member"])
@pytest.mark.parametrize(("changed", "status"), [({}, 409), ({"document_state": "VNM"}, 201)])
def test_a_household_is_known_by_the_documents_of_those_without_an_identity_number(
    household: Household, whose: str, changed: dict[str, str], status: int
) -> None:
    api, facts, other = household.visitor.api, household.facts, money.household(household.visitor.api)
    known_by(facts["applicant"] if whose == "applicant" else facts["members"][0], **KOREAN)
    known_by(other["applicant"], **KOREAN | changed)
    there = money.dossier(api, "caseworker-qd", facts)
    body = household.body | {"channel": "walk_in", "facts": other}
    answer = api.call("caseworker", "POST", "/cases", body)
    assert answer.status_code == status, answer.text
    assert (there["number"] in answer.text) == (status == 409)


def test_a_residence_permit_is_the_same_number_in_whichever_field_it_stands(household: Household) -> None:
    api, facts, other = household.visitor.api, household.facts, money.household(household.visitor.api)
    there = money.dossier(api, "caseworker-qd", facts)
    permit = {"document_kind": "residence_permit", "document_number": facts["applicant"]["identity_number"]}
    known_by(other["applicant"], **permit)
    answer = api.call("caseworker", "POST", "/cases", household.body | {"channel": "walk_in", "facts": other})
    assert (answer.status_code, there["number"] in answer.text) == (409, True)


def test_nor_does_a_supervisor_bring_it_past_the_other_file(household: Household) -> None:
    api, there, mine = household.visitor.api, household.applied(), household.applied()
    api.take("caseworker", there, "accept")
    to = {"to_state": "under_review", "reason": "补录"}
    answer = api.call("supervisor", "POST", f"/cases/{mine['id']}/override", to)
    assert (answer.status_code, there["number"] in answer.get_json()["detail"]) == (409, True)


def test_of_two_offices_that_take_up_a_household_at_once_one_does_and_the_other_is_told_where(
    household: Household,
) -> None:
    api, here = household.visitor.api, household.applied()
    answer = household.visitor.call("POST", "/applications", household.body | {"org": "370200"})
    there = case_of(api, answer.get_json()["number"])
    answers = at_once(
        [
            lambda: api.call("caseworker", "POST", f"/cases/{here['id']}/transitions/accept", {}),
            lambda: api.call("caseworker-qd", "POST", f"/cases/{there['id']}/transitions/accept", {}),
        ]
    )
    assert statuses(answers) == [200, 409]
    [taken, refused] = sorted(answers, key=lambda answer: answer.status_code)
    assert taken.get_json()["number"] in refused.get_json()["detail"]


def test_an_applicant_may_object_though_the_household_has_a_newer_case(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapted(monkeypatch, one_open_case_per=("applicant.identity_number",))
    api, facts = visitor.api, application(visitor.api)["facts"]
    mine = visitor.applied(facts)
    case = case_of(api, mine.number)
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "refuse")
    there = api.new_case("caseworker-qd", "370200", **facts)
    assert mine.take("object").status_code == 200
    ensure_told_of(api, there, "supervisor-sd", case, "overturn")
    api.take("caseworker-qd", there, "withdraw")
    assert api.take("supervisor-sd", case, "overturn")["state"] == "granted"


def test_an_application_that_is_sent_again_gets_the_first_answer(visitor: Visitor) -> None:
    body = application(visitor.api)
    first = visitor.call("POST", "/applications", body, Idempotency_Key="once")
    again = visitor.call("POST", "/applications", body, Idempotency_Key="once")
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")
    elsewhere = replace(visitor, address="198.51.100.9").call("POST", "/applications", body, Idempotency_Key="once")
    assert elsewhere.status_code == 201
    assert elsewhere.get_json()["number"] != first.get_json()["number"]
    changed = body | {"facts": body["facts"] | {"claimants": 7}}
    other = visitor.call("POST", "/applications", changed, Idempotency_Key="once")
    assert (other.status_code, other.get_json()["errors"][0]["code"]) == (422, "reused")


def test_a_key_is_not_shared_by_all_who_apply_from_one_address(visitor: Visitor) -> None:
    first, other = (
        visitor.call("POST", "/applications", application(visitor.api), Idempotency_Key="1") for _ in range(2)
    )
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.get_json()["number"] != other.get_json()["number"]


# Following


def test_applicants_see_where_they_stand_and_what_is_awaited_of_them(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    told = mine.told()
    assert {name: told[name] for name in ("number", "workflow", "office", "state", "phase", "outcome")} == {
        "number": mine.number,
        "workflow": "legal_aid",
        "office": "370100总工会",
        "state": "submitted",
        "phase": "intake",
        "outcome": None,
    }
    assert (told["waits_for_you"], told["papers"], told["deadlines"]) == (False, [], [])
    case = case_of(api, mine.number)
    api.take("caseworker", case, "ask_for_papers", papers=["劳动合同", "诊断证明"])
    told = mine.told()
    assert (told["state"], told["state_title"], told["waits_for_you"]) == ("awaiting_papers", "Awaiting papers", True)
    assert told["papers"] == ["劳动合同", "诊断证明"]
    assert "诊断证明" not in api.call("caseworker", "GET", f"/cases/{case['id']}/events").text
    [clock] = [one for one in api.get("caseworker", f"/cases/{case['id']}")["clocks"] if one["name"] == "papers"]
    assert told["deadlines"] == [{name: clock[name] for name in ("name", "title", "due_at", "due_on", "provisional")}]
    assert mine.take("supply_papers").status_code == 200
    told = mine.told()
    assert (told["waits_for_you"], told["papers"], told["deadlines"]) == (False, [], [])
    assert told["state"] == "under_review"


def test_applicants_read_their_letters_in_their_language_and_that_is_no_disclosure(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = case_of(api, mine.number)
    api.take("caseworker", case, "accept")
    api.take("supervisor", case, "refuse", reasons="收入高于标准")
    letters, english = mine.told(Accept_Language="zh-CN")["letters"], mine.told()["letters"]
    assert [one["title"] for one in letters] == ["收到网上申报告知书", "不予法律援助决定书"]
    assert [one["title"] for one in english] == ["We have what you sent online", "Decision to refuse legal aid"]
    assert "收入高于标准" in letters[1]["body"]
    staff = api.get("supervisor", f"/cases/{case['id']}/letters")["items"]
    kept = ("number", "at", "title", "body")
    assert english == [{name: one[name] for name in kept} for one in staff]
    read_by = [one["user"]["username"] for one in api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]]
    assert read_by == ["supervisor"]


def test_applicants_read_all_their_letters_however_many(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    with api.service.transaction() as tx:
        record = cases.get_locked(tx.db, UUID(case_of(api, mine.number)["id"]))
        key = applicant_key(tx, record)
        [row] = history.letter_page(tx.db, record.case.id)
        more = [new_id() for _ in range(1200)]
        kept = {"case_id": row.case_id, "name": row.name, "at": row.at}
        told = letters.read(key, row)
        tx.db.run_many(
            insert(tables.letters),
            [kept | {"id": one, "sealed": seal(key, letters.place(one), told)} for one in more],
        )
    assert len(mine.told()["letters"]) == 1201
    copy = api.post("caseworker", f"/cases/{record.case.id}/personal-data", {"reason": "本人申请复制"})
    assert len(copy["letters"]) == 1201


@pytest.fixture(scope="module")
def mine(roomy: Api) -> Visitor:
    """Somebody with an application."""
    return Visitor(roomy).applied()


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')}\t",
        lambda code: code.replace("-", "").lower(),
        lambda code: code.replace("-", "_"),
        lambda code: wide(code),
        lambda code: wide(code.lower().replace("-", "")),
        lambda code: utf8(code.replace("-", "\u3000")),
        lambda code: utf8(code.replace("-", "—")),
        lambda code: code.replace("-", "\xa0"),
    ],
)
def test_a_code_is_known_however_it_is_typed(mine: Visitor, typed: Any) -> None:
    assert mine.ask(Tracking_Code=typed(mine.code)).status_code == 200


def wide(code: str) -> str:
    """The code in full-width characters, as the bytes of a header come out of WSGI."""
    return utf8("".join(chr(ord(char) + 0xFEE0) for char in code))


def utf8(said: str) -> str:
    return said.encode().decode("latin-1")


@pytest.mark.parametrize("typed", [str.lower, lambda number: f"%20{number}%20", lambda number: quote(full(number))])
def test_a_number_is_known_however_it_is_typed(mine: Visitor, typed: Any) -> None:
    assert replace(mine, number=typed(mine.number)).told()["number"] == mine.number


def full(said: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in said)


def test_a_wrong_number_and_a_wrong_code_look_exactly_the_same(roomy: Api, mine: Visitor) -> None:
    other = Visitor(roomy).applied()
    by_staff = roomy.new_case()["number"]
    absent = plain(replace(mine, number="LA-2026-999999").ask())
    assert (absent[0], absent[1]["code"]) == (404, "not_found")
    tries = [
        *((mine.number, code) for code in (other.code, "", "-", mine.code[:-1], f"{mine.code}2", "2222-" * 5)),
        *((mine.number, code) for code in ("\xff\xfe", "\x7f", "'; drop table cases; --", "x" * 5000, utf8("查询码"))),
        *((number, mine.code) for number in (other.number, by_staff, "1", "%00", "LA-2026-%00", "x" * 3000)),
        *((quote(number), mine.code) for number in ("' OR 1=1 --", "LA-2026-00000_", "%", "日", "\ufeff", "{0}")),
        (case_of(roomy, mine.number)["id"], mine.code),
        (by_staff, ""),
        (f"{mine.number}%0A", other.code),
    ]
    for number, code in tries:
        assert plain(replace(mine, number=number, code=code).ask()) == absent, (number, code)
        for below in ("/transitions", "/transitions?limit=0"):
            assert plain(replace(mine, number=number, code=code).ask(below))[:2] == absent[:2], (number, code)
        step = replace(mine, number=number, code=code).take("withdraw", {"unheard_of": 1}, Idempotency_Key="k")
        assert plain(step)[:2] == absent[:2], (number, code)
    missing = mine.call("GET", f"/applications/{mine.number}")
    assert plain(missing) == absent
    assert mine.told()["state"] == "submitted"


def test_a_code_does_not_open_anything_but_its_own_application(mine: Visitor) -> None:
    for header in (f"Bearer {mine.code}", f"Basic {mine.code}", mine.code):
        answer = mine.api.app.test_client().get("/api/v1/cases", headers={"Authorization": header})
        assert answer.status_code == 401


def test_a_user_has_no_way_in_here_without_the_code(mine: Visitor) -> None:
    token = f"Bearer {mine.api.tokens['supervisor']}"
    assert mine.ask(Authorization=token, Tracking_Code="").status_code == 404
    assert mine.ask(Authorization=token).status_code == 200


def test_codes_are_compared_in_constant_time_whether_or_not_there_is_such_a_case(
    mine: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return compare_digest(one, other)

    monkeypatch.setattr("casework.work.applications.hmac.compare_digest", watched)
    for number, code in ((mine.number, mine.code), (mine.number, "2"), ("LA-2026-999999", mine.code), ("%00", "")):
        replace(mine, number=number, code=code).ask()
    assert compared == [(32, 32)] * 4


# Acting


def test_applicants_are_offered_their_own_steps_and_every_example_is_accepted(visitor: Visitor) -> None:
    mine = visitor.applied()
    offered = mine.told("/transitions")["items"]
    assert [(one["name"], one["title"], one["allowed"]) for one in offered] == [
        ("withdraw", "Withdraw", True),
        ("complain", "Complain", True),
        ("request_data", "Ask about personal data", True),
    ]
    answer = mine.take("withdraw")
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["outcome"]) == (
        200,
        "withdrawn",
        "withdrawn",
    )
    assert mine.told() == answer.get_json()
    case = case_of(visitor.api, mine.number)
    event = visitor.api.get("caseworker", f"/cases/{case['id']}/events")["items"][-1]
    assert (event["role"], event["actor"], event["payload"].get("on_behalf_of")) == ("applicant", None, None)


def test_what_is_not_the_applicants_is_refused_in_the_order_that_is_promised(roomy: Api) -> None:
    mine = Visitor(roomy).applied()
    for name, body, status, code in (
        ("unheard_of", 1, 404, "not_found"),
        ("%00", {}, 404, "not_found"),
        ("submit", 1, 409, "not_now"),
        ("grant", {}, 409, "not_now"),
        ("accept", 1, 403, "not_yours"),
        ("ask_for_papers", {"papers": []}, 403, "not_yours"),
        ("withdraw", {"unheard_of": 1}, 422, "invalid"),
        ("withdraw", [], 422, "invalid"),
    ):
        answer = mine.take(name, body)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code), name
    assert (mine.take("withdraw", {}, If_Match='"7"').status_code, mine.told()["state"]) == (412, "submitted")
    tag = mine.ask().headers["ETag"]
    assert mine.take("withdraw", {}, If_Match=tag).status_code == 200
    assert mine.take("withdraw", {}).status_code == 409


def test_a_step_that_is_repeated_is_answered_again_from_wherever_it_comes(visitor: Visitor) -> None:
    mine = visitor.applied()
    first = mine.take("withdraw", {}, Idempotency_Key="once")
    moved = replace(mine, address="198.51.100.9")
    assert moved.take("withdraw", {}, Idempotency_Key="once").data == first.data
    assert moved.take("withdraw", {"reason": "x"}, Idempotency_Key="once").status_code == 422
    stranger = replace(mine, code=visitor.applied().code)
    assert stranger.take("withdraw", {}, Idempotency_Key="once").status_code == 404


def test_two_who_act_at_once_move_the_case_once(visitor: Visitor) -> None:
    mine = visitor.applied()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: mine.take("withdraw", {}), range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda workflow: str(workflow.key))
def test_whatever_applicants_may_do_staff_may_do_for_them_recorded_as_such(workflow: Workflow) -> None:
    theirs = {edge.name for edge in workflow.transitions if Role.APPLICANT in edge.by and NEW not in edge.sources}
    [opening] = workflow.leaving(NEW)
    if Role.APPLICANT in opening.by:
        for who in ("applicant", "caseworker"):
            move = Story(workflow=workflow).takes(who, opening.name)
            assert (move.actor.role.value, move.on_behalf) == (who, False)
    met: set[str] = set()
    taken: Counter[str] = Counter()
    for seed in range(200):
        for stop in walk(workflow, seed, taken):
            met |= {name for name in theirs - met if done_by_both(stop, name)}
        if met == theirs:
            break
    assert met == theirs


def done_by_both(story: Story, name: str) -> bool:
    """Whether this step is open here; then the applicant and the one in charge both take it, to the same end."""
    offer = story.offered("applicant").get(name)
    if offer is None or not offer.allowed:
        return False
    owner = story.case.owner
    staff = owner.username if owner and owner.role in STAFF else "caseworker"
    given = story.form(name, {})
    own, for_them = story.decides("applicant", name, given), story.decides(staff, name, given)
    assert isinstance(own, Move), own
    assert isinstance(for_them, Move), for_them
    assert (own.case.state, own.on_behalf) == (for_them.case.state, False)
    assert for_them.on_behalf
    return True


def test_what_staff_did_for_an_applicant_stands_in_the_history(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = api.take("caseworker", case_of(api, mine.number), "withdraw")
    event = api.get("caseworker", f"/cases/{case['id']}/events")["items"][-1]
    assert (event["actor"]["username"], event["payload"]["on_behalf_of"]) == ("caseworker", "applicant")
    assert mine.told()["state"] == "withdrawn"


# The same application again


def again(mine: Visitor, facts: Any, org: str = "370100", body: Any = None, **headers: str) -> TestResponse:
    """The answer to the same application once more."""
    said = {"workflow": "legal_aid", "org": org, "facts": facts} | (body or {})
    return mine.call("POST", "/applications", said, **headers)


@pytest.mark.parametrize("org", ["370100", "370200"])
@pytest.mark.parametrize("shown", ["header", "body"])
def test_whoever_shows_the_code_is_told_of_the_first_and_nothing_is_opened_again(
    shown: str, org: str, visitor: Visitor
) -> None:
    facts = application(visitor.api)["facts"]
    mine = visitor.applied(facts)
    by = {"body": {"tracking_code": mine.code.lower()}} if shown == "body" else {"Tracking_Code": mine.code}
    answer = again(visitor, facts, org, **by)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer.get_json()["number"] == mine.number
    assert mine.number in answer.get_json()["told"]
    with visitor.api.service.transaction() as tx:
        assert tx.db.run("select count(*) from cases").scalar_one() == 1


def test_whoever_does_not_show_it_learns_nothing_and_staff_see_both(visitor: Visitor) -> None:
    api, facts = visitor.api, application(visitor.api)["facts"]
    mine, others = visitor.applied(facts), visitor.applied()
    answers = [again(visitor, facts), *(again(visitor, facts, Tracking_Code=code) for code in ("WRONG", others.code))]
    for answer in answers:
        assert answer.status_code == 201
        assert answer.get_json().keys() == {"number", "tracking_code"}
        assert mine.number not in answer.text
        case = case_of(api, answer.get_json()["number"])
        twins = api.get("caseworker", f"/cases/{case['id']}")["same_applicant"]
        assert (twins[0]["number"], twins[0]["same_request"]) == (mine.number, True)


def test_a_code_shows_only_what_is_the_same_request_and_open(visitor: Visitor) -> None:
    api, facts = visitor.api, application(visitor.api)["facts"]
    mine = visitor.applied(facts)
    other = again(visitor, facts | {"employer": {"name": "另一用人单位"}}, Tracking_Code=mine.code)
    assert other.status_code == 201
    api.take("caseworker", case_of(api, mine.number), "withdraw")
    assert again(visitor, facts, Tracking_Code=mine.code).status_code == 201


def test_sixteen_who_send_one_application_at_once_are_no_silent_originals(roomy: Api) -> None:
    visitor, body = Visitor(roomy), application(roomy)
    answers = at_once([lambda: visitor.call("POST", "/applications", body) for _ in range(16)])
    assert statuses(answers) == [201] * 16
    cases = [case_of(roomy, answer.get_json()["number"]) for answer in answers]
    for case in cases:
        twins = roomy.get("caseworker", f"/cases/{case['id']}")["same_applicant"]
        assert {one["number"] for one in twins if one["same_request"]} == {one["number"] for one in cases} - {
            case["number"]
        }


# Papers and personal data


def test_what_was_announced_is_shown_until_the_office_has_it(visitor: Visitor) -> None:
    api, facts = visitor.api, application(visitor.api)["facts"] | {"papers": [{"name": "劳动合同", "copies": 1}]}
    mine = visitor.applied(facts)
    assert mine.told()["announced"] == ["劳动合同"]
    [letter] = mine.told()["letters"]
    assert letter["title"] == "We have what you sent online"
    case = api.take("caseworker", case_of(api, mine.number), "confirm_papers", on="2026-03-02")
    assert case["facts"]["papers"] == [{"name": "劳动合同", "copies": 1}]
    assert mine.told()["announced"] == []
    assert "on 2026-03-02 we received" in mine.told()["letters"][-1]["body"]


@pytest.mark.parametrize(
    ("checked", "known"), [(None, False), ("known_phone", False), ("document", True), ("agent", True)]
)
def test_earlier_papers_count_only_once_somebody_has_proven_whose_number_it_is(
    checked: str | None, known: bool, visitor: Visitor
) -> None:
    api, facts = visitor.api, application(visitor.api)["facts"]
    api.take("caseworker", api.new_case(**facts | {"papers": [{"name": "身份证复印件", "copies": 1}]}), "withdraw")
    case = case_of(api, visitor.applied(facts | {"papers": []}).number)
    path = f"/cases/{case['id']}"
    if checked:
        api.post("caseworker", f"{path}/tracking-code", {"reason": "申请人到场", "identity_checked": checked})
    told = [one["name"] for one in api.get("caseworker", path)["papers_before"]]
    assert told == (["身份证复印件"] if known else [])
    asked = api.call("caseworker", "POST", f"{path}/transitions/ask_for_papers", {"papers": ["身份证复印件"]})
    assert asked.status_code == (422 if known else 200), asked.text


def test_data_are_asked_for_on_the_portal_also_after_closing(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    assert mine.take("withdraw").status_code == 200
    assert mine.take("request_data", {"kinds": ["copy"], "what": "全部"}).status_code == 200
    case = case_of(api, mine.number)
    running = [one for one in api.get("caseworker", f"/cases/{case['id']}")["clocks"] if one["status"] == "running"]
    assert [(one["name"], one["owed_by"]) for one in running] == [("data_request", "office")]
    api.take("caseworker", case, "answer_data_request")
    assert mine.told()["letters"][-1]["title"] == "Answer to your request about personal data"


def test_a_copy_has_the_applicants_data_in_full_and_of_others_the_name_and_relation_only(visitor: Visitor) -> None:
    api = visitor.api
    facts = money.household(api)
    case = money.dossier(api, facts=facts)
    path = f"/cases/{case['id']}/personal-data"
    copy = api.post("caseworker", path, {"reason": "本人申请查阅、复制"})
    applicant = copy["facts"]["applicant"]
    assert applicant["identity_number"] == facts["applicant"]["identity_number"]
    assert copy["facts"]["bank"]["account"] == facts["bank"]["account"]
    assert copy["facts"]["members"] == [
        {"name": member["name"], "relation": member["relation"]} for member in facts["members"]
    ]
    [line] = api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]
    assert (line["user"]["username"], line["paths"], line["reason"]) == (
        "caseworker",
        ["personal_data"],
        "本人申请查阅、复制",
    )
    assert api.call("caseworker", "POST", path, {}).status_code == 422
    assert api.call("auditor", "POST", path, {"reason": "审计"}).status_code == 403
    assert api.call("caseworker-qd", "POST", path, {"reason": "查阅"}).status_code == 404
    [receipt] = api.get("caseworker", f"/cases/{case['id']}/letters")["items"]
    assert copy["letters"] == [{name: value for name, value in receipt.items() if name != "id"}]


def test_a_copy_of_legal_aid_tells_of_agent_and_representatives_no_more_than_who_they_are(visitor: Visitor) -> None:
    api = visitor.api
    case = api.new_case(
        agent={"name": "王建国", "relation": "父亲", "phone": "13800138000"},
        representatives=[{"name": name, "phone": "13800138001"} for name in ("李一", "李二", "李三")],
        claimants=12,
    )
    copy = api.post("caseworker", f"/cases/{case['id']}/personal-data", {"reason": "本人申请复制"})["facts"]
    assert copy["agent"] == {"name": "王建国", "relation": "父亲"}
    assert copy["representatives"] == [{"name": name} for name in ("李一", "李二", "李三")]


def test_a_copy_has_what_the_applicant_said_on_the_way_and_nothing_that_staff_wrote(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = api.take("caseworker", case_of(api, mine.number), "ask_for_papers", explanation="窗口也可以收")
    assert mine.take("supply_papers", {"papers": [{"name": "工资条", "copies": 1}]}).status_code == 200
    asked = {"kinds": ["copy"], "what": "全部材料"}
    assert mine.take("request_data", asked).status_code == 200
    api.take("caseworker", case, "withdraw", reason="已自行和解")
    copy = api.post("caseworker", f"/cases/{case['id']}/personal-data", {"reason": "本人申请复制"})
    assert [(one["transition"], one["given"]) for one in copy["steps"]] == [
        ("supply_papers", {"papers": [{"name": "工资条", "copies": 1}]}),
        ("request_data", asked),
        ("withdraw", {"reason": "已自行和解"}),
    ]
    assert [one["body"] for one in copy["letters"]] == [one["body"] for one in mine.told()["letters"]]


# The code that staff give out


def test_a_case_that_staff_opened_has_a_code_only_when_one_is_asked_for(visitor: Visitor) -> None:
    api, case = visitor.api, visitor.api.new_case()
    with api.service.transaction() as tx:
        assert tx.db.run("select count(*) from tracking_codes").scalar_one() == 0
    given = api.post(
        "caseworker", f"/cases/{case['id']}/tracking-code", {"reason": "申请人到场", "identity_checked": "document"}
    )
    mine = replace(visitor, number=given["number"], code=given["tracking_code"])
    assert (given["number"], mine.told()["state"]) == (case["number"], "submitted")


def test_a_new_code_ends_the_old_one_and_is_an_event_and_logged(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = api.take("caseworker", case_of(api, mine.number), "accept")
    given = api.post(
        "caseworker", f"/cases/{case['id']}/tracking-code", {"reason": "遗失查询码", "identity_checked": "document"}
    )
    assert mine.ask().status_code == 404
    again = replace(mine, code=given["tracking_code"])
    assert again.told()["number"] == mine.number
    [line] = api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]
    assert (line["user"]["username"], line["paths"], line["reason"]) == ("caseworker", ["tracking_code"], "遗失查询码")
    event = api.get("caseworker", f"/cases/{case['id']}/events")["items"][-1]
    assert (event["seq"], event["kind"], event["role"]) == (case["version"] + 1, "code_issued", "caseworker")
    assert event["payload"]["given"] == {"identity_checked": "document"}
    assert event["payload"]["reason"] == "***"
    assert {"state", "owner"} & event["payload"].keys()
    assert given["tracking_code"] not in json.dumps(event)


def test_who_gives_out_a_code_of_an_open_case_that_nobody_owns_becomes_its_owner(visitor: Visitor) -> None:
    api, body = visitor.api, {"reason": "申请人到场", "identity_checked": "document"}
    unowned, closed = api.new_case(), api.take("caseworker", api.new_case(), "withdraw")
    mine = api.post("caseworker", f"/cases/{api.new_case()['id']}/claim")
    for case, who in ((unowned, "supervisor"), (mine, "supervisor"), (closed, "supervisor")):
        api.post(who, f"/cases/{case['id']}/tracking-code", body)
    owners = [api.get("caseworker", f"/cases/{case['id']}")["owner"] for case in (unowned, mine, closed)]
    assert owners[0]["username"] == "supervisor"
    assert owners[1]["username"] == "caseworker"
    assert owners[2] == closed["owner"]


def test_the_slip_has_all_that_is_needed_and_names_nobody(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = api.take("caseworker", case_of(api, mine.number), "accept")
    body = {"reason": "遗失查询码", "identity_checked": "known_phone"}
    given = api.post("caseworker", f"/cases/{case['id']}/tracking-code", body)
    for slip in given["slip"].values():
        assert mine.number in slip
        assert given["tracking_code"] in slip
        assert "370100总工会" in slip
        assert case["applicant"]["name"] not in slip


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("caseworker", {"reason": "遗失查询码"}, 422),
        ("caseworker", {"identity_checked": "document"}, 422),
        ("auditor", {"reason": "遗失查询码", "identity_checked": "document"}, 403),
        ("caseworker-qd", {"reason": "遗失查询码", "identity_checked": "document"}, 404),
    ],
)
def test_no_code_without_a_reason_and_a_check_and_none_from_others(
    who: str, body: dict[str, str], status: int, visitor: Visitor
) -> None:
    api, mine = visitor.api, visitor.applied()
    case = case_of(api, mine.number)
    assert api.call(who, "POST", f"/cases/{case['id']}/tracking-code", body).status_code == status
    assert mine.ask().status_code == 200
    assert api.get("caseworker", f"/cases/{case['id']}")["version"] == case["version"]


# How often


def guesses(mine: Visitor, many: int, **changed: str) -> list[int]:
    return [replace(mine, code=f"WRONG-{n}", **changed).ask().status_code for n in range(many)]


def test_a_number_is_read_however_it_was_copied(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=3)
    mine = visitor.applied()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in mine.number)
    for written in (
        mine.number.replace("-", "–"),
        wide,
        f"#{mine.number}",
        f"{mine.number}。",
        f"\u202d{mine.number}\u202c",
    ):
        assert replace(mine, number=quote(written)).ask().status_code == 200
    assert guesses(mine, 4) == [404] * 3 + [429]


def test_nobody_is_kept_out_of_the_own_application_by_what_others_try(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=3)
    mine = visitor.applied()
    for address in (HOME, *(f"198.51.100.{n}" for n in range(10))):
        assert guesses(mine, 4, address=address) == [404] * 3 + [429]
    assert {mine.ask().status_code for _ in range(5)} == {200}


def test_numbers_and_codes_are_not_tried_out_from_one_address(visitor: Visitor) -> None:
    mine = visitor.applied()
    tries = [replace(mine, number=f"LA-2026-{n:06d}", address="198.51.100.9").ask() for n in range(500_000, 500_101)]
    assert [one.status_code for one in tries] == [404] * 100 + [429]
    assert 1 <= int(tries[-1].headers["Retry-After"]) <= 301
    assert tries[-1].get_json()["code"] == "slow_down"
    assert guesses(mine, 1, address="198.51.100.9") == [429]
    time_passes(visitor.api, minutes=6)
    assert guesses(mine, 1, address="198.51.100.9") == [404]


def test_a_number_that_does_not_exist_is_slowed_down_like_one_that_does(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=10)
    mine = visitor.applied()
    absent = replace(mine, number="LA-2026-999999", address="198.51.100.9")
    assert guesses(mine, 12) == guesses(absent, 12) == [404] * 10 + [429] * 2


def test_guesses_at_the_same_time_do_not_pass_the_limit(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=3)
    mine = visitor.applied()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: replace(mine, code=f"2{n}").ask().status_code, range(8)))
    assert Counter(answers) == {404: 3, 429: 5}


def test_the_right_code_never_counts_itself(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=3)
    mine = visitor.applied()
    assert {mine.ask().status_code for _ in range(10)} == {200}
    assert mine.take("accept", {}).status_code == 403
    assert guesses(mine, 4) == [404] * 3 + [429]


def applications_behind(visitor: Visitor, home: Path, proxies: int, heard: Iterable[str]) -> list[int]:
    """The answers to applications whose `X-Forwarded-For` says this, with so many proxies trusted."""
    overlay = home / "over.toml"
    overlay.write_text(f"[web]\ntrusted_proxies = {proxies}\n", encoding="utf-8")
    settings = Settings.load({"CASEWORK_HOME": str(home), "CASEWORK_CONFIG": str(overlay)})
    visitor.api.app = create_app(visitor.api.service, settings)
    return [visitor.apply(X_Forwarded_For=said).status_code for said in heard]


def test_people_behind_a_trusted_proxy_are_counted_each_for_themselves(visitor: Visitor, tmp_path: Path) -> None:
    allow(visitor.api, openings_an_hour=1)
    people = [f"198.51.100.{n}" for n in range(5)]
    assert applications_behind(visitor, tmp_path, 1, people) == [201] * 5
    assert applications_behind(visitor, tmp_path, 2, [f"203.0.113.{n}, 192.0.2.1" for n in range(5)]) == [201] * 5


def test_what_callers_say_of_their_address_is_not_believed(visitor: Visitor, tmp_path: Path) -> None:
    allow(visitor.api, openings_an_hour=1)
    pretended = [f"198.51.100.{n}" for n in range(3)]
    assert applications_behind(visitor, tmp_path, 0, pretended) == [201, 429, 429]
    assert applications_behind(visitor, tmp_path, 1, [f"{one}, 203.0.113.9" for one in pretended]) == [201, 429, 429]


def test_ports_and_addresses_of_one_network_are_one_caller(visitor: Visitor, tmp_path: Path) -> None:
    allow(visitor.api, openings_an_hour=2)
    ports = [f"203.0.113.8:{port}" for port in (40000, 40001, 40002)]
    assert applications_behind(visitor, tmp_path, 1, ports) == [201, 201, 429]
    hosts = ["2001:db8:1:2::1", "[2001:DB8:1:2:0::2]:443", "2001:db8:1:2:ffff::3%eth0", "2001:db8:1:3::1"]
    assert applications_behind(visitor, tmp_path, 1, hosts) == [201, 201, 429, 201]


def test_addresses_of_one_network_share_their_wrong_codes_without_a_proxy_too(visitor: Visitor) -> None:
    allow(visitor.api, wrong_codes=3)
    mine = visitor.applied()
    tried = [replace(mine, address=f"2001:db8:1:2::{n}", code="2").ask().status_code for n in range(5)]
    assert tried == [404, 404, 404, 429, 429]
    assert guesses(replace(mine, address="2001:db8:1:3::1"), 1) == [404]


def test_what_the_trusted_proxy_says_that_is_no_address_counts_for_the_proxy(visitor: Visitor, tmp_path: Path) -> None:
    allow(visitor.api, openings_an_hour=2)
    assert applications_behind(visitor, tmp_path, 1, ["unknown", "_a", "é", "é, 203.0.113.99"]) == [201, 201, 429, 201]
    assert applications_behind(visitor, tmp_path, 2, ["198.51.100.7"]) == [429]


def test_an_entry_that_was_lost_is_refused_and_counts_for_nobody(visitor: Visitor, tmp_path: Path) -> None:
    allow(visitor.api, openings_an_hour=1)
    assert applications_behind(visitor, tmp_path, 1, ["", "203.0.113.9,"]) == [400, 400]
    assert applications_behind(visitor, tmp_path, 1, [",203.0.113.9", ",203.0.113.9"]) == [201, 429]
    assert applications_behind(visitor, tmp_path, 2, [",203.0.113.9"]) == [400]


def test_applications_from_one_address_are_limited_for_an_hour(visitor: Visitor) -> None:
    allow(visitor.api, openings_an_hour=3)
    assert [visitor.apply().status_code for _ in range(4)] == [201, 201, 201, 429]
    assert 3000 < int(visitor.apply().headers["Retry-After"]) <= 3601
    assert replace(visitor, address="198.51.100.9").apply().status_code == 201
    time_passes(visitor.api, minutes=50)
    with visitor.api.service.transaction() as tx:
        attempts.purge(tx.db, visitor.api.service.limits.keep_attempts)
    assert visitor.apply().status_code == 429
    time_passes(visitor.api, minutes=11)
    assert visitor.apply().status_code == 201


def test_whoever_corrects_the_form_again_and_again_is_not_sent_away(visitor: Visitor) -> None:
    allow(visitor.api, openings_an_hour=2)
    wrong = application(visitor.api) | {"facts": {}}
    assert {visitor.call("POST", "/applications", wrong).status_code for _ in range(5)} == {422}
    assert [visitor.apply().status_code for _ in range(3)] == [201, 201, 429]


def test_wrong_applications_count_too_though_ten_for_one(visitor: Visitor) -> None:
    allow(visitor.api, openings_an_hour=1)
    wrong = application(visitor.api) | {"facts": {}}
    assert [visitor.call("POST", "/applications", wrong).status_code for _ in range(11)] == [422] * 10 + [429]
    assert visitor.apply().status_code == 429


def test_visits_from_one_address_are_limited_whatever_they_are_for(visitor: Visitor) -> None:
    mine = visitor.applied()
    allow(visitor.api, visits=4)
    told = [mine.ask(), visitor.call("GET", "/notices"), mine.ask("/transitions"), mine.ask()]
    assert [one.status_code for one in told] == [200, 200, 200, 429]
    assert [visitor.call("GET", "/notices").status_code, visitor.apply().status_code] == [429, 429]
    assert replace(mine, address="198.51.100.9").ask().status_code == 200
    assert visitor.api.call("caseworker", "GET", "/cases").status_code == 200
    time_passes(visitor.api, minutes=6)
    assert mine.ask().status_code == 200


# What is not told


def test_through_the_whole_life_of_a_case_nothing_is_told_of_anybody_else(visitor: Visitor) -> None:
    api = visitor.api
    facts = application(api)["facts"]
    mine = visitor.applied(facts)
    case, path = case_of(api, mine.number), f"/applications/{mine.number}"
    twin = api.new_case("caseworker-qd", "370200", **facts)
    said: list[str] = []
    for who, name in (
        ("caseworker", "accept"),
        ("caseworker", "ask_for_papers"),
        ("applicant", "supply_papers"),
        ("caseworker", "propose"),
        ("supervisor", "grant"),
        ("caseworker", "assign"),
        ("lawyer", "engage"),
        ("applicant", "ask_for_change"),
        ("supervisor", "deny_change"),
        ("lawyer", "conclude"),
        ("caseworker", "follow_up"),
        ("caseworker", "close"),
    ):
        if who == "applicant":
            said.append(mine.take(name).text)
        else:
            more = {"to": str(api.ids["lawyer"])} if name == "assign" else {}
            api.take(who, case, name, **more)
            api.post("caseworker", f"/cases/{case['id']}/notes", {"text": "其配偶来电称其住院"})
        for language in ("zh-CN", "en"):
            said += [mine.ask(below, Accept_Language=language).text for below in ("", "/transitions")]
    with api.service.transaction() as tx:
        staff = tx.db.all("select id, username, name from users where role <> 'lawyer'")
    secrets = {
        *(str(person.id) for person in staff),
        *(f'"{person.username}"' for person in staff),
        *({person.name for person in staff} - {"示例律师"}),
        *(facts["applicant"][name] for name in ("identity_number", "phone")),
        *(case["applicant"][name] for name in ("identity_number", "phone")),
        "其配偶来电称其住院",
        case["id"],
        twin["number"],
        twin["id"],
        "370200",
        mine.code,
    }
    assert len(staff) > 5
    for text_ in said:
        assert not [secret for secret in secrets if secret in text_], path
    assert any("示例律师" in one for one in said), "applicants are told who helps them"


def test_the_log_and_the_tables_hold_neither_code_nor_address(
    api: Api, server: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = StringIO()
    with logged(log, monkeypatch):
        visitor = Visitor(api)
        body = application(api)
        mine = visitor.applied(body["facts"])
        kept = visitor.apply(Idempotency_Key="kept").get_json()["tracking_code"]
        mine.told()
        mine.take("withdraw", {}, Idempotency_Key="also")
        replace(mine, code=f"{mine.code}X").ask()
        mine.ask(Tracking_Code=wide(mine.code))
    rules = {line["rule"] for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "request"}
    assert {"/api/v1/public/applications", "/api/v1/public/applications/<number>"} <= rules
    codes = {mine.code, mine.code.replace("-", ""), wide(mine.code), kept}
    for secret in (*codes, HOME, mine.number, body["facts"]["applicant"]["identity_number"]):
        assert secret not in log.getvalue()
    rows = list(all_rows(server, str(api.service.database.url.database)))
    assert len(rows) > 50
    for secret in (*codes, HOME, body["facts"]["applicant"]["identity_number"]):
        assert not [row for row in rows if secret in row or secret.encode().hex() in row]


def all_rows(server: PrivateServer, database: str) -> Iterator[str]:
    """Every row of every table as text."""
    engine = create_engine(url_of(server.owner_url, database))
    try:
        with engine.begin() as connection:
            connection.execute(text("set local search_path to casework"))
            for table in tables.metadata.sorted_tables:
                yield from connection.execute(text(f"select r::text from {table} r")).scalars()
    finally:
        engine.dispose()


# Public notices


def published(situation: MoveContext) -> dict[str, Any]:
    """A notice of seven days of which nobody learns more than it says."""
    today = situation.today
    unit = situation.case.facts["employer"]["name"]
    return {"notice": {"unit": unit, "name": "王**", "from": str(today), "until": str(today + timedelta(days=7))}}


@pytest.fixture
def publishing(api: Api, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """An office whose cases are published while they are under review."""
    states = tuple(
        State(one.name, one.title, one.phase, one.waits_for, publishes="notice") if one.name == "under_review" else one
        for one in LEGAL_AID.states
    )
    accept = [replace(edge, updates=published) if edge.name == "accept" else edge for edge in LEGAL_AID.transitions]
    adapted(monkeypatch, states=states, transitions=tuple(accept))
    return Visitor(api)


def notices(visitor: Visitor, query: str = "") -> Any:
    answer = visitor.call("GET", f"/notices{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_notice_is_the_snapshot_and_nothing_else_while_the_case_stands_there(publishing: Visitor) -> None:
    api = publishing.api
    case = api.new_case()
    assert notices(publishing)["items"] == []
    case = api.take("caseworker", case, "accept")
    snapshot = case["facts"]["notice"]
    assert snapshot["until"] == "2026-03-09"
    [shown] = notices(publishing)["items"]
    office = api.get("caseworker", "/orgs?limit=200")["items"]
    [org] = [one for one in office if one["code"] == "370100"]
    assert {**shown, "id": None} == {
        "id": None,
        "workflow": "legal_aid",
        "org": {name: org[name] for name in ("code", "name", "phone", "address")},
        "since": case["updated_at"],
        "notice": snapshot,
        "until_note": None,
    }
    assert shown["id"] != case["id"]
    change = {"facts": {"employer": {"name": "另一家公司"}}, "reason": "更正单位名称"}
    assert api.call("caseworker", "PATCH", f"/cases/{case['id']}", change, {"If-Match": "*"}).status_code == 200
    assert notices(publishing)["items"][0]["notice"] == snapshot
    assert notices(publishing)["items"][0]["since"] == case["updated_at"]
    api.take("caseworker", case, "propose")
    assert notices(publishing)["items"] == []


def test_a_notice_ends_with_its_last_day_though_nothing_moves_the_case_on(publishing: Visitor) -> None:
    api = publishing.api
    case = api.take("caseworker", api.new_case(), "accept")
    api.days_pass(7)
    assert len(notices(publishing)["items"]) == 1
    time_passes(api, hours=16)
    assert notices(publishing)["items"] == []
    assert api.get("caseworker", f"/cases/{case['id']}")["state"] == "under_review"
    assert sweep(api.service).transitions == 0


def test_a_notice_speaks_the_language_that_is_asked_for_and_keeps_its_id(api: Api) -> None:
    money.in_force(api, "subsistence_line", "370100", "1062")
    case = money.dossier(api)
    api.take("caseworker", case, "accept")
    for name in ("record_visit", "send_check", "record_check"):
        api.take("caseworker", case, name)
    api.take("caseworker", case, "propose", aid=None)
    api.take("caseworker", case, "publish")
    told = {
        spoken: api.app.test_client()
        .get("/api/v1/public/notices", headers={"Accept-Language": spoken})
        .get_json()["items"]
        for spoken in ("zh-CN", "en")
    }
    [zh], [en] = told["zh-CN"], told["en"]
    assert (zh["notice"]["subject"], zh["notice"]["category"]) == ("拟认定困难职工家庭", "深度困难")
    assert en["notice"]["subject"] == "to be put on file as a household in hardship"
    assert en["notice"]["category"] == "deep hardship"
    assert zh["id"] == en["id"]
    api.take("caseworker", case, "withdraw_notice")
    assert api.app.test_client().get("/api/v1/public/notices").get_json()["items"] == []
    time_passes(api, minutes=1)
    api.take("caseworker", case, "propose", aid=None)
    api.take("caseworker", case, "publish")
    [anew] = api.app.test_client().get("/api/v1/public/notices").get_json()["items"]
    assert anew["id"] != zh["id"]


def test_notices_are_asked_for_by_office_and_come_page_by_page_newest_first(publishing: Visitor) -> None:
    api = publishing.api
    for n in range(5):
        who, org = (("caseworker", "370100"), ("caseworker-qd", "370200"))[n % 2]
        case = api.new_case(who, org, employer={"name": f"示例公司{n}"})
        api.take(who, case, "accept")
        time_passes(api, minutes=1)
    first = notices(publishing, "?limit=3")
    second = notices(publishing, f"?limit=3&cursor={first['next_cursor']}")
    units = [one["notice"]["unit"] for page in (first, second) for one in page["items"]]
    assert (units, second["next_cursor"]) == ([f"示例公司{n}" for n in (4, 3, 2, 1, 0)], None)
    assert [one["notice"]["unit"][-1] for one in notices(publishing, "?org=370200")["items"]] == ["3", "1"]
    assert len(notices(publishing, "?org=370000")["items"]) == 5
    assert notices(publishing, "?org=370300")["items"] == []
    assert publishing.call("GET", "/notices?state=under_review").status_code == 422
    with api.service.transaction() as tx:
        known = [str(value) for row in tx.db.all("select id, number from cases") for value in row]
    assert not [value for value in known if value in json.dumps([first, second])]


PUBLISHING: Final = [one for one in workflow_registry.latest() if any(state.publishes for state in one.states)]


@pytest.mark.parametrize("workflow", PUBLISHING, ids=lambda workflow: str(workflow.key))
def test_what_is_published_has_an_end_and_names_nobody_in_full(workflow: Workflow) -> None:
    places = {state.name: state.publishes for state in workflow.states if state.publishes}
    seen: set[str] = set()
    taken: Counter[str] = Counter()
    for seed in range(200):
        for stop in walk(workflow, seed, taken):
            move, fact = stop.moves[-1], places.get(stop.case.state)
            if fact and move.kind == "transition" and move.before.state != stop.case.state:
                ensure_publishable(stop, stop.case.facts[fact])
                seen.add(stop.case.state)
        if seen == places.keys():
            break
    assert seen == places.keys()


def ensure_publishable(story: Story, notice: Mapping[str, Any]) -> None:
    """It ends on a day after that on which it began, and holds neither a full name nor anything that is sealed."""
    assert date.fromisoformat(notice["until"]) > china().local_date(story.moves[-1].at)
    told = json.dumps(notice, ensure_ascii=False)
    for secret in (story.case.number, story.case.facts["applicant"]["name"], *story.sealed.values()):
        assert not isinstance(secret, str) or len(secret) < 2 or secret not in told


def test_a_case_that_is_published_stands_in_an_open_state() -> None:
    for workflow in workflow_registry.all_versions():
        assert [state.name for state in workflow.states if state.publishes and state.final] == []


def test_until_when_one_may_object_is_shown_and_the_applicant_says_when_the_letter_came(visitor: Visitor) -> None:
    api, mine = visitor.api, visitor.applied()
    case = case_of(api, mine.number)
    api.take("caseworker", case, "accept")
    assert mine.told()["time_to_object"] is None
    api.take("supervisor", case, "refuse")
    shown = mine.told(Accept_Language="zh-CN")["time_to_object"]
    assert (shown["due_on"], "自收到决定书之日起30日内" in shown["told"]) == (None, True)
    assert mine.take("tell_receipt").status_code == 200
    shown = mine.told()["time_to_object"]
    assert shown["due_on"] in shown["told"]
    assert mine.take("object").status_code == 200
    assert mine.told()["time_to_object"] is None
