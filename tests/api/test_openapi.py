"""The description of the API is true: every answer is as it says, and people can read it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from casework.api.openapi import document
from casework.rules.text import Language
from casework.work.delivery.worker import deliver
from casework.work.overdue import sweep
from tests.api.conftest import PASSWORD, Api
from tests.api.described import operation_of, path_of, validator
from tests.api.money import helped
from tests.api.uploads import KIND, PDF, form_with
from tests.english import chinese_in
from tests.receivers import answers, receiver

LANGUAGES = get_args(Language)
CHECKER = Draft202012Validator.FORMAT_CHECKER


def operations(language: Language = "en") -> dict[tuple[str, str], Any]:
    return {
        (method, path): said
        for path, methods in document(language)["paths"].items()
        for method, said in methods.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_valid_openapi(language: Language) -> None:
    validate(document(language))


def test_every_address_is_described_and_nothing_else_is(api: Api) -> None:
    rules = {
        (method.lower(), path_of(rule.rule))
        for rule in api.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert rules == operations().keys()


def test_operations_have_names_of_their_own_and_stand_under_a_known_heading() -> None:
    sent = [said["post"] for said in document("en")["webhooks"].values()]
    named = [*operations().values(), *sent]
    names = [said["operationId"] for said in named]
    assert len(names) == len(set(names))
    headings = {tag["name"]: tag["description"] for tag in document("en")["tags"]}
    assert {tag for said in named for tag in said["tags"]} == headings.keys()
    assert [name for name, told in headings.items() if name == told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_every_schema_is_an_instance_of_it(language: Language) -> None:
    for name, schema in document(language)["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        validator(name, language).validate(schema["examples"][0])


def test_the_example_of_every_body_is_an_instance_of_its_schema() -> None:
    contents = [said["requestBody"]["content"] for said in operations().values() if "requestBody" in said]
    assert {kind for content in contents for kind in content} == {"application/json", "multipart/form-data"}
    bodies = [body for content in contents for body in content.values()]
    for body in bodies:
        schema = {**body["schema"], "components": document("en")["components"]}
        Draft202012Validator(schema, format_checker=CHECKER).validate(body["example"])


def test_english_examples_hold_no_chinese_but_names() -> None:
    def examples(value: Any, word: str = "") -> Iterator[Any]:
        if word in ("example", "examples"):
            yield value
        elif isinstance(value, dict):
            for name in value.keys() - {"zh-CN"}:
                yield from examples(value[name], name)
        elif isinstance(value, list):
            for inner in value:
                yield from examples(inner)

    # The payment file is for a bank, and so in Chinese in every language.
    for_banks = document("en")["components"]["schemas"]["PaymentFile"]["examples"]
    found = [one for one in examples(document("en")) if one != for_banks]
    assert len(found) > 300
    assert [*chinese_in(found)] == []
    assert [*chinese_in([*examples(document("zh-CN"))])]


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/public/applications"])
def test_what_opens_a_case_is_told_apart_by_its_workflow(path: str) -> None:
    [body] = operations()["post", path]["requestBody"]["content"].values()
    mapping = body["schema"]["discriminator"]["mapping"]
    assert body["schema"]["discriminator"]["propertyName"] == "workflow"
    assert sorted(mapping.values()) == sorted(one["$ref"] for one in body["schema"]["oneOf"])
    assert mapping.keys() == {"legal_aid", "hardship_aid"}
    for key, address in mapping.items():
        name = address.rsplit("/", 1)[1]
        component = document("en")["components"]["schemas"][name]
        assert component["properties"]["workflow"]["const"] == key
        assert component["properties"]["facts"] == {"$ref": f"#/components/schemas/Intake.{key}"}
        [example] = component["examples"]
        for other in mapping.values():
            fits = validator(other.rsplit("/", 1)[1], "en").is_valid(example)
            assert fits == (other == address)


def test_names_for_programs_are_ascii_and_the_same_in_every_language() -> None:
    def named(value: Any, path: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        if isinstance(value, dict):
            if isinstance(value.get("title"), str):
                found[path] = value["title"]
            for word, inner in value.items():
                if word not in ("examples", "example", "const", "enum"):
                    found |= named(inner, f"{path}/{word}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                found |= named(inner, f"{path}/{number}")
        return found

    parts = [{word: document(one)[word] for word in ("components", "paths")} for one in LANGUAGES]
    first, second = (named(one) for one in parts)
    assert first == second
    assert all(title.isascii() and title.isidentifier() for title in first.values())
    assert {"IntakeLegalAid", "NewCaseLegalAid", "NewApplicationHardshipAid"} <= {*first.values()}
    for one in LANGUAGES:
        assert [server["url"] for server in document(one)["servers"]] == ["/"]


def test_the_document_is_served_to_everybody_in_the_callers_language(api: Api) -> None:
    english = api.call(None, "GET", "/openapi.json")
    chinese = api.call(None, "GET", "/openapi.json", headers={"Accept-Language": "zh-CN"})
    assert english.get_json() == document("en")
    assert chinese.get_json() == document("zh-CN")
    assert chinese.headers["Content-Language"] == "zh-CN"
    for key, said in operations("en").items():
        assert said["summary"].isascii()
        assert said["summary"] != operations("zh-CN")[key]["summary"]


def test_every_post_but_signing_in_takes_an_idempotency_key() -> None:
    with_key = {
        path
        for (_, path), said in operations().items()
        if any(parameter["name"] == "Idempotency-Key" for parameter in said["parameters"])
    }
    assert with_key == {path for method, path in operations() if method == "post"} - {"/api/v1/auth/token"}


class Lived:
    """Calls, and which operations were answered with success; every single answer is compared with the document."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.succeeded: set[tuple[str, str]] = set()

    def __call__(
        self, who: str | None, method: str, path: str, body: Any = None, status: int = 200, **headers: str
    ) -> Any:
        answer = self.api.call(
            who, method, path, body, {name.replace("_", "-"): said for name, said in headers.items()}
        )
        assert answer.status_code == status, answer.text
        operation = operation_of(self.api.app, answer)
        if operation and status < 300:
            self.succeeded.add(operation)
        return answer.get_json() if answer.is_json else answer.text


def test_every_endpoint_answers_as_it_is_described_through_the_life_of_a_case(api: Api) -> None:
    ask = Lived(api)
    case = _open_and_look_around(ask)
    _decide_and_help(ask, case)
    _send_files(ask, case)
    _apply_without_an_account(ask)
    _pay(ask)
    _manage(ask)
    assert ask.succeeded == operations().keys()


def _send_files(ask: Lived, case: Any) -> None:
    facts = ask("caseworker", "GET", "/workflows/legal_aid")["intake"]["examples"][0]
    application = {"workflow": "legal_aid", "org": "370100", "facts": facts}
    opened = ask(None, "POST", "/public/applications", application, 201)
    code = {"Tracking_Code": opened["tracking_code"]}
    own = f"/public/applications/{opened['number']}/files"
    for who, path, shown in (("supervisor", f"/cases/{case['id']}/files", {}), (None, own, code)):
        body = form_with(PDF, "card.pdf", paper="other")
        file_id = ask(who, "POST", path, body, 201, Content_Type=KIND, **shown)["id"]
        assert ask(who, "GET", path, **shown)["items"][-1]["id"] == file_id
        address = ask(who, "POST", f"{path}/{file_id}/link", {}, **shown)["address"]
        assert "startxref" in ask(who, "GET", address.removeprefix("/api/v1"), **shown)
        ask(who, "DELETE", f"{path}/{file_id}", {"reason": "sent by mistake"}, 204, **shown)


def _open_and_look_around(ask: Lived) -> Any:
    facts = ask("caseworker", "GET", "/workflows/legal_aid")["intake"]["examples"][0]
    shell = {"workflow": "legal_aid", "org": "370100", "channel": "hotline", "urgent": True}
    case = ask("caseworker", "POST", "/cases", {**shell, "facts": facts}, 201, Idempotency_Key="a")
    assert ask("caseworker", "POST", "/cases", {**shell, "facts": facts}, 201, Idempotency_Key="a") == case
    ask("caseworker", "POST", "/cases", {**shell, "facts": facts, "duplicate_reason": "另一工程"}, 201)
    at = f"/cases/{case['id']}"
    assert len(ask("caseworker", "GET", at)["same_applicant"]) == 1
    assert ask("caseworker", "GET", "/cases?limit=1&sort=-opened_at")["next_cursor"]
    assert ask("caseworker", "GET", "/queue?limit=1")["next_cursor"]
    ask("caseworker", "POST", "/queue/claim", {"workflow": "legal_aid"})
    ask("caseworker-qd", "POST", "/queue/claim", {}, 204)
    ask("caseworker", "POST", "/queue/claim", {"org": "370100"})
    ask("caseworker", "POST", f"{at}/release", {"reason": "leave"})
    ask("caseworker", "POST", f"{at}/claim")
    ask("caseworker", "POST", f"{at}/release", {"reason": "a slip"})
    ask("supervisor", "POST", f"{at}/handover", {"to": str(ask.api.ids["caseworker"]), "reason": "back again"})
    said = {"to": "caseworker", "reason": "leave", "cases": [case["number"]]}
    ask("supervisor", "POST", f"/users/{ask.api.ids['caseworker']}/handover", said, 409)
    ask("supervisor", "POST", f"/users/{ask.api.ids['supervisor']}/handover", said | {"cases": []})
    assert ask("caseworker", "GET", f"{at}/holders?limit=1")["next_cursor"]
    patch = {"facts": {"applicant": {"name": "李梅"}}}
    ask("caseworker", "PATCH", at, patch, 428)
    ask("caseworker", "PATCH", at, patch, 412, If_Match='"999"')
    version = ask("caseworker", "GET", at)["version"]
    ask("caseworker", "PATCH", at, patch, If_Match=f'"{version}"')
    ask("caseworker", "POST", f"{at}/notes", {"text": "called"}, 201)
    ask("caseworker", "POST", f"{at}/notes", {"text": "called again"}, 201)
    assert ask("caseworker", "GET", f"{at}/notes?limit=1")["next_cursor"]
    for whom in ("volunteer", "auditor"):
        ask("supervisor", "POST", f"{at}/walls", {"username": whom, "reason": "kin"}, 201)
    assert ask("supervisor", "GET", f"{at}/walls?limit=1")["next_cursor"]
    ask("auditor-qd", "GET", f"{at}/conflict-checks", status=404)
    assert ask("supervisor", "GET", f"{at}/conflict-checks")["items"] == []
    for name in ("王小五", "示例控股有限公司"):
        said = {"role": "affiliate", "name": name}
        party = ask("supervisor", "POST", f"{at}/parties", said, 201)
    ask("supervisor", "POST", f"{at}/parties", said | {"role": "nobody"}, 422)
    assert ask("caseworker", "GET", f"{at}/parties?limit=1")["next_cursor"]
    ask("supervisor", "DELETE", f"{at}/parties/{party['id']}", {"reason": "a slip"})
    for whom in ("volunteer", "auditor"):
        ask("supervisor", "DELETE", f"{at}/walls/{whom}", {"reason": "somebody else"})
    assert ask("caseworker", "POST", f"{at}/disclosures", {"reason": "identity checked"})["values"]
    return case


def _look_for_helpers(ask: Lived, case: Any) -> None:
    profile = f"/users/{ask.api.ids['lawyer']}/profile"
    said = {"licence_until": "2030-01-01", "most_open": 3, "relations": [{"kind": "kin", "name": "王晓明"}]}
    ask("administrator", "PATCH", profile, said)
    ask("lawyer", "PATCH", profile, {"licence_until": "2031-01-01"}, 403)
    ask("lawyer", "PATCH", profile, {"matters": ["cooking"]}, 422)
    ask("caseworker", "GET", profile)
    ask("auditor", "GET", profile, status=403)
    assert ask("caseworker", "GET", f"/cases/{case['id']}/candidates")["items"]
    ask("auditor", "GET", f"/cases/{case['id']}/candidates", status=403)
    assert ask("supervisor", "POST", "/assignments/plan", {})["items"]
    ask("lawyer", "POST", "/assignments/plan", {}, 403)
    path = f"/cases/{case['id']}/offers"
    first = ask("caseworker", "POST", path, {"to": "lawyer"}, 201)
    ask("caseworker", "POST", path, {"to": "volunteer"}, 409)
    ask("lawyer", "POST", f"/offers/{first['id']}/accept", {"unheard": 1}, 422)
    ask("lawyer", "POST", f"/offers/{first['id']}/decline", {"reason": "busy"})
    [second] = ask("volunteer", "GET", "/offers")["items"]
    assert ask("caseworker", "GET", "/offers?limit=1")["next_cursor"]
    ask("caseworker", "POST", f"/offers/{second['id']}/withdraw", {"reason": "somebody else is wished for"})
    other = ask("caseworker", "POST", path, {"to": "volunteer"}, 201)
    ask("lawyer", "POST", f"/offers/{other['id']}/accept", {}, 404)
    ask("volunteer", "POST", f"/offers/{other['id']}/accept", {})
    ask("volunteer", "POST", f"/cases/{case['id']}/transitions/decline", {"reason": "a conflict"})


def _decide_and_help(ask: Lived, case: Any) -> None:
    at, api = f"/cases/{case['id']}", ask.api
    road = (
        ("caseworker", "accept"),
        ("caseworker", "ask_for_papers"),
        ("caseworker", "supply_papers"),
        ("caseworker", "propose"),
        ("supervisor", "grant"),
    )
    for who, name in road:
        _take(ask, who, at, name)
    _look_for_helpers(ask, case)
    _take(ask, "caseworker", at, "assign")
    helper = next(name for name, key in api.ids.items() if str(key) == ask("caseworker", "GET", at)["assignee"]["id"])
    _take(ask, helper, at, "engage")
    api.days_pass(200)
    assert sweep(api.service).alerts > 0
    [first, *_] = ask(helper, "GET", "/alerts")["items"]
    with api.service.transaction() as tx:
        tomorrow = (tx.now + timedelta(days=1)).isoformat()
    ask(helper, "POST", f"/alerts/{first['id']}/snooze", {"until": tomorrow, "reason": "asked for papers"})
    ask(helper, "POST", f"/alerts/{first['id']}/acknowledge")
    assert {line["status"] for line in ask("caseworker", "GET", f"{at}/alerts")["items"]} >= {"sent"}
    for who, name in (
        (helper, "record_progress"),
        (helper, "conclude"),
        ("caseworker", "follow_up"),
        ("caseworker", "close"),
    ):
        _take(ask, who, at, name)
    ask("supervisor", "POST", f"{at}/override", {"to_state": "under_review", "reason": "closed too early"})
    for part in ("events", "clocks", "letters", "disclosures"):
        assert ask("supervisor-sd", "GET", f"{at}/{part}")["items"]


def _apply_without_an_account(ask: Lived) -> None:
    facts = ask("caseworker", "GET", "/workflows/legal_aid")["intake"]["examples"][0]
    body = {"workflow": "legal_aid", "org": "370100", "facts": facts}
    mine = ask(None, "POST", "/public/applications", body, 201)
    at, code = f"/public/applications/{mine['number']}", mine["tracking_code"]
    assert ask(None, "GET", at, Tracking_Code=code)["letters"]
    steps = ask(None, "GET", f"{at}/transitions", Tracking_Code=code)["items"]
    step = next(one for one in steps if one["name"] == "withdraw")
    _ensure_self_contained(step["needs"])
    by_code = {"tracking_code": code}
    assert ask(None, "POST", f"{at}/status", by_code)["number"] == mine["number"]
    assert ask(None, "POST", f"{at}/transitions", by_code)["items"] == steps
    ask(None, "POST", f"{at}/messages", {"text": "the slips are here"}, 201, Tracking_Code=code)
    assert ask(None, "GET", f"{at}/messages", Tracking_Code=code)["items"]
    [case] = ask("caseworker", "GET", f"/cases?q={mine['number']}")["items"]
    ask("caseworker", "POST", f"/cases/{case['id']}/messages", {"text": "bring them"}, 201)
    assert ask("caseworker", "GET", f"/cases/{case['id']}/messages?limit=1")["next_cursor"]
    given = step["needs"]["examples"][0]
    ask(None, "POST", f"{at}/transitions/{step['name']}", given, Tracking_Code=code)
    ask("caseworker", "POST", f"/cases/{case['id']}/personal-data", {"reason": "copy"})
    ask(
        "caseworker", "POST", f"/cases/{case['id']}/tracking-code", {"reason": "lost", "identity_checked": "agent"}, 201
    )
    ask(None, "GET", at, status=404, Tracking_Code=code)
    ask(None, "GET", "/public/notices")


def _pay(ask: Lived) -> None:
    new = {"code": "RELIEF", "name": "帮扶资金", "org": "370100"}
    at = f"/funds/{ask('supervisor', 'POST', '/funds', new, 201)['id']}"
    ask("supervisor", "POST", f"{at}/top-up", {"amount": "2000.00", "note": "allocation"})
    ask("supervisor", "POST", f"{at}/correct", {"amount": "1.00", "note": "a slip"})
    ask("supervisor", "POST", f"{at}/budgets", {"year": 2026, "kind": "emergency", "amount": "1000.00"})
    assert ask("caseworker", "GET", "/funds")["items"][0]["budgets"]
    account = "5222020011112222330"
    one, _ = helped(ask.api, account=account), helped(ask.api, account=account)
    assert one["number"] in ask("caseworker", "GET", f"/cases/{one['id']}/approval-sheet")
    assert ask("auditor", "GET", f"{at}/ledger?limit=1")["next_cursor"]
    order = ask("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}, 201)
    here = f"/payment-orders/{order['id']}"
    assert ask("caseworker", "GET", here)["lines"] == order["lines"]
    assert ask("caseworker", "GET", "/payment-orders")["items"]
    for written in ("csv", "html"):
        assert order["number"] in ask("caseworker", "GET", f"{here}/export?format={written}")
    on = order["at"][:10]
    first, second = (f"{here}/lines/{line['id']}" for line in order["lines"])
    ask("caseworker", "POST", f"{first}/paid", {"on": on})
    told = {"serial": 1, "account": account, "amount": "500.00", "result": "paid", "on": on}
    assert ask("caseworker", "POST", f"{here}/results", {"rows": [told], "preview": True})["unchanged"] == 1
    ask("caseworker", "POST", f"{second}/returned", {"on": on, "reason": "wrong name"})
    ask("caseworker", "GET", f"{here}/export")
    ask("caseworker", "POST", f"{here}/paid", {"on": on}, 409)
    ask("caseworker", "POST", "/payment-orders", {"fund": "RELIEF"}, 409)
    again = ask("caseworker", "POST", "/payment-orders", {"fund": "RELIEF", "as_returned": True}, 201)
    assert ask("caseworker", "POST", f"/payment-orders/{again['id']}/paid", {"on": on})["unsettled"] == 0


def _take(ask: Lived, who: str, at: str, name: str) -> None:
    for one in ask(who, "GET", f"{at}/transitions")["items"]:
        _ensure_self_contained(one["needs"])
        if one["name"] == name:
            ask(who, "POST", f"{at}/transitions/{name}", one["needs"]["examples"][0])


def _ensure_self_contained(schema: Any) -> None:
    """The schema stands alone, and its first example is an instance of it, in English as everything here."""
    assert [*chinese_in(schema["examples"])] == []
    assert "$ref" not in json.dumps(schema)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=CHECKER).validate(schema["examples"][0])


def _manage(ask: Lived) -> None:
    signed_in = ask(None, "POST", "/auth/token", {"username": "caseworker", "password": PASSWORD})
    assert signed_in["token_type"] == "Bearer"
    for key in [one["key"] for one in ask("caseworker", "GET", "/workflows")["items"]]:
        _ensure_self_contained(ask("caseworker", "GET", f"/workflows/{key}")["intake"])
        assert ask("caseworker", "GET", f"/workflows/{key}/diagram").startswith("stateDiagram-v2")
    assert ask("caseworker", "GET", "/policies?limit=1")["next_cursor"]
    assert ask("caseworker", "GET", "/calendars")["items"]
    assert ask("caseworker", "GET", "/calendars/china")["published"]
    assert ask("caseworker", "GET", "/calendars/china/due?from=2026-03-02&limit=5wd")["due_on"] == "2026-03-09"
    assert ask("caseworker", "GET", "/orgs?limit=1")["next_cursor"]
    assert ask("administrator", "GET", "/users?limit=1")["next_cursor"]
    assert ask("lawyer", "GET", "/me")["username"] == "lawyer"
    assert ask("lawyer", "PATCH", "/me", {"language": "en"})["language"] == "en"
    assert ask("lawyer", "POST", "/me/calendar-feed", status=201)["address"].endswith(".ics")
    ask("lawyer", "DELETE", "/me/calendar-feed", status=204)
    ask("lawyer", "POST", "/me/views", {"name": "mine", "filters": {"open": True, "opened_from": "2026-01-01"}}, 201)
    [mine] = ask("lawyer", "GET", "/me/views")["items"]
    assert mine == {"name": "mine", "filters": {"open": True, "opened_from": "2026-01-01"}}
    ask("lawyer", "DELETE", "/me/views/mine", status=204)
    ask("lawyer", "DELETE", "/me/views/mine", status=404)
    new = {"username": "sun", "name": "孙宁", "role": "volunteer", "org": "370100"}
    added = ask("administrator", "POST", "/users", new, 201)
    ask("administrator", "PATCH", f"/users/{added['id']}", {"active": False})
    _confirm(ask, added["id"])
    for of in ("users", "profiles"):
        table = ask("administrator", "GET", f"/{of}/export")
        body = form_with(table.encode(), f"{of}.csv")
        assert ask("administrator", "POST", f"/{of}/import", body, Content_Type=KIND)["unchanged"]
    _look_after_channels(ask)
    report = ask(
        "supervisor", "GET", "/reports/sla?from=2026-01-01&to=2027-01-01&group_by=workflow,org,clock,month,owner"
    )
    assert report["total"]["started"] == sum(row["started"] for row in report["rows"]) > 0
    assert ask("supervisor", "GET", "/reports/sla/cases?from=2026-01-01&to=2027-01-01&limit=1")["next_cursor"]
    assert ask("supervisor", "GET", "/reports/ageing")["total"]["open"] > 0
    assert ask("supervisor", "GET", "/reports/workload?org=370100&workflow=legal_aid")["rows"]
    assert ask("supervisor", "GET", "/reports/funnel?from=2026-01-01&to=2027-01-01")["rows"]
    ask(None, "GET", "/openapi.json")
    ask(None, "GET", "/docs")


def _confirm(ask: Lived, user_id: str) -> None:
    new = {"username": "zhou", "name": "周洁", "role": "administrator", "org": "370100", "password": PASSWORD}
    ask("administrator", "POST", "/users", new, 201)
    ask.api.tokens["zhou"] = ask(None, "POST", "/auth/token", {"username": "zhou", "password": PASSWORD})[
        "access_token"
    ]
    assert ask("administrator", "PATCH", f"/users/{user_id}", {"role": "caseworker"})["raised_at"]
    assert ask("zhou", "POST", f"/users/{user_id}/confirm-role")["raised_at"] is None
    assert ask("auditor", "GET", "/admin/events?limit=1")["next_cursor"]
    ask("zhou", "DELETE", "/auth/token", status=204)
    ask.api.tokens["zhou"] = ask(None, "POST", "/auth/token", {"username": "zhou", "password": PASSWORD})[
        "access_token"
    ]
    ask("zhou", "DELETE", "/auth/tokens", status=204)


def _look_after_channels(ask: Lived) -> None:
    with receiver(answers(422)) as there:
        hook = {"kind": "webhook", "name": "OA", "org": "370100", "address": there.url, "secret": "x" * 16}
        for _ in range(2):
            channel = ask("administrator", "POST", "/channels", hook | {"events": True}, 201)
        assert ask("administrator", "GET", "/channels?limit=1")["next_cursor"]
        at = f"/channels/{channel['id']}"
        assert ask("administrator", "POST", f"{at}/try")["delivered"] is False
        ask("administrator", "POST", f"{at}/try", status=409)
        ask.api.new_case()
        deliver(ask.api.service)
    assert ask("administrator", "GET", "/messages?limit=1")["next_cursor"]
    [message] = ask("administrator", "GET", f"/messages?state=dead&channel={channel['id']}")["items"]
    again = f"/messages/{message['id']}/replay"
    ask("administrator", "POST", again)
    ask("administrator", "POST", again, status=409)
    ask("administrator", "PATCH", at, {"active": False})


def test_every_refusal_is_described_where_it_happens(api: Api) -> None:
    ask = Lived(api)
    case = api.new_case()
    at = f"/cases/{case['id']}"
    ask(None, "GET", at, status=401)
    ask("volunteer", "GET", at, status=404)
    ask("administrator", "GET", at, status=404)
    ask("lawyer", "GET", "/users", status=403)
    ask("lawyer", "GET", "/reports/sla?from=2026-01-01&to=2027-01-01", status=403)
    ask("lawyer", "GET", "/reports/sla/cases?from=2026-01-01&to=2027-01-01", status=403)
    ask("lawyer", "GET", "/reports/ageing", status=403)
    ask("lawyer", "GET", "/reports/workload", status=403)
    ask("administrator", "GET", "/reports/funnel?from=2026-01-01&to=2027-01-01", status=403)
    ask("caseworker", "GET", f"{at}/disclosures", status=403)
    ask("auditor", "POST", "/queue/claim", {}, 403)
    ask("supervisor", "GET", "/channels", status=403)
    ask("supervisor", "GET", "/messages", status=403)
    ask("auditor", "POST", f"{at}/notes", {"text": "x"}, 403)
    ask("caseworker", "POST", f"{at}/transitions/close", {}, 409)
    ask("caseworker", "POST", f"{at}/transitions/accept", {}, 412, If_Match='"7"')
    ask("caseworker", "POST", f"{at}/transitions/accept", b"{", 400)
    ask("caseworker", "POST", f"{at}/transitions/accept", b"{}", 415, Content_Type="text/plain")
    ask("caseworker", "POST", "/cases", b" " * 1_048_577, 413)
    ask("caseworker", "DELETE", at, status=405)
    ask("caseworker", "GET", "/nowhere", status=404)
    assert ask("caseworker", "GET", "/cases?colour=red", status=422)["errors"][0]["field"] == "colour"
    for name in ("accept", "ask_for_papers", "supply_papers"):
        api.take("caseworker", case, name)
    papers = api.needs("caseworker", case, "ask_for_papers")["examples"][0]
    assert ask("caseworker", "POST", f"{at}/transitions/ask_for_papers", papers, 422)["code"] == "not_met"
    for _ in range(api.service.limits.sign_in_attempts):
        ask(None, "POST", "/auth/token", {"username": "caseworker", "password": "wrong"}, 401)
    ask(None, "POST", "/auth/token", {"username": "caseworker", "password": "wrong"}, 429)


def test_the_example_of_a_step_stays_the_same_for_the_same_case_and_caller(api: Api) -> None:
    case = api.new_case()
    for name in (None, "accept", "propose"):
        if name:
            api.take("caseworker", case, name)
        for who in ("caseworker", "supervisor"):
            first = api.get(who, f"/cases/{case['id']}/transitions")
            assert any(one["needs"]["properties"] for one in first["items"])
            assert api.get(who, f"/cases/{case['id']}/transitions") == first


class Page(HTMLParser):
    """The tags of a page with their attributes, and the headings in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_readable_without_scripts_and_loads_nothing(api: Api, language: Language) -> None:
    answer = api.call(None, "GET", "/docs", headers={"Accept-Language": language})
    page = Page(answer.text)
    names = [name for name, _ in page.tags]
    assert next(attrs for name, attrs in page.tags if name == "html")["lang"] == language
    assert {"script", "img", "link", "iframe", "form", "object"}.isdisjoint(names)
    assert page.all("src") + page.all("style") + page.all("onclick") == []
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert not re.search(r"https?:", " ".join(page.all("href")))
    assert (names.count("main"), names.count("nav"), names.count("h1")) == (1, 1, 1)
    assert {href[1:] for href in page.all("href") if href.startswith("#")} <= {*page.all("id")}
    assert len(page.all("id")) == len({*page.all("id")})
    for (_, path), said in operations(language).items():
        assert path in answer.text
        assert said["summary"] in answer.text
    for name in document(language)["components"]["schemas"]:
        assert f'<h3 id="schema-{name}">{name}</h3>' in answer.text


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else(api: Api) -> None:
    answer = api.call(None, "GET", "/docs")
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert [one for one in policy if one.startswith("style-src")] == [f"style-src 'sha256-{digest}'"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
