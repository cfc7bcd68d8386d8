"""Whatever comes in: the documented problem, in both languages, never a fault, and nothing written.

Driven by the declared endpoints, so that one that is added is attacked with the others.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any, Final, TypeGuard
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from casework.api.endpoint import ENDPOINTS, Endpoint
from casework.forms.form import Form, Many, Nested
from casework.forms.numbers import Count, Flag
from casework.forms.texts import Choice, Code
from casework.http.case_filters import Someone, When
from casework.http.uploads import MOST_OF_BODY
from casework.records import people
from casework.records.tables import metadata
from casework.work import workflow_registry
from casework.work.delivery.worker import deliver
from casework.work.overdue import sweep
from casework.work.people import new_token
from tests.api.conftest import Api
from tests.api.money import helped, in_force, make_order, new_fund
from tests.api.uploads import KIND, PDF, form_with
from tests.receivers import answers, receiver
from tests.running import free_port

STATUS: Final = {
    "malformed": 400,
    "unauthenticated": 401,
    "not_yours": 403,
    "not_found": 404,
    "method": 405,
    "not_now": 409,
    "stale": 412,
    "too_large": 413,
    "media_type": 415,
    "invalid": 422,
    "not_met": 422,
    "precondition": 428,
}
# What may be written by a request that is refused: who tried to sign in.
WRITTEN_ANYHOW: Final = {"sign_ins"}
MEMBERS: Final = {"type", "title", "status", "detail", "code", "request_id"}
READ_HEADERS: Final = (
    "Authorization",
    "Content_Encoding",
    "Content_Type",
    "Idempotency_Key",
    "If_Match",
    "Tracking_Code",
    "X_Forwarded_For",
    "X_Request_Id",
)
HAN: Final = re.compile("[\u4e00-\u9fff]")
LANGUAGES: Final = ("zh-CN", "en")


@dataclass
class Target:
    """An office in which there is one of everything that an address can name."""

    api: Api
    ids: dict[str, str]
    code: str

    def path(self, one: Endpoint, **instead: str) -> str:
        """The address of an endpoint; what it names exists unless said otherwise."""
        if one.path.startswith("/calendars"):
            instead = {"key": "china"} | instead
        if one.path.endswith("/claim"):
            instead = {"case_id": self.ids["unowned"]} | instead
        if one.path.endswith("<uuid:case_id>/offers"):
            instead = {"case_id": self.ids["waiting"]} | instead
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: (self.ids | instead).get(name[1], str(uuid4())), one.path)

    def query(self, one: Endpoint) -> str:
        """The parameters that must be given."""
        known = {"from": "2026-03-02", "to": "2026-04-01", "limit": "5wd"}
        needed = [f"{name}={known[name]}" for name, field in one.query.form_fields() if field.required or name == "to"]
        return f"?{'&'.join(needed)}" if any(field.required for _, field in one.query.form_fields()) else ""

    def send(
        self, one: Endpoint, body: Any = None, query: str = "", language: str = "en", path: str = "", **headers: str
    ) -> TestResponse:
        """The answer to somebody who may call this endpoint. `-` in a header's name is written `_`."""
        who = (
            None
            if one.public
            else "administrator"
            if one.path.startswith(("/users", "/channels", "/messages", "/admin", "/profiles"))
            and not one.path.endswith("/handover")
            else "volunteer"
            if one.path.endswith(("/accept", "/decline"))
            else "supervisor"
        )
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if one.visitor == "applicant":
            said = {"Tracking-Code": self.code} | said
        query = query or self.query(one)
        if one.takes_file and not body and body != b"":
            body, said = form_with(PDF, "a.pdf", paper="none of the list"), {"Content-Type": KIND} | said
        if one.method == "PATCH":
            said = {"If-Match": "*"} | said
        answer = self.api.call(
            who, one.method, (path or self.path(one)) + query, body, {"Accept-Language": language} | said
        )
        if answer.status_code == 204 and one.path.startswith("/auth/"):
            self.come_back()
        return answer

    def come_back(self) -> None:
        """The supervisor has signed out, and goes on with another token."""
        with self.api.service.transaction() as tx:
            person = people.by_id(tx.db, self.api.ids["supervisor"])
            assert person is not None
            self.api.tokens["supervisor"] = new_token(tx, person, timedelta(days=900))[0]

    def holds(self) -> dict[str, str]:
        """A digest of each table."""
        digests = ", ".join(
            f"(select md5(coalesce(string_agg(r::text, '|' order by r::text), '')) from {table} r) as {table.name}"
            for table in metadata.sorted_tables
            if table.name not in WRITTEN_ANYHOW
        )
        with self.api.service.transaction() as tx:
            return dict(tx.db.run(f"select {digests}").one()._mapping)


@pytest.fixture(scope="module")
def target(shared: Api) -> Target:
    """An office whose supervisor owns a case, at version 2, with a tracking code, has an alert and an order to pay."""
    # Whoever has no account asks here as often as the others.
    shared.service.limits = replace(shared.service.limits, visits=10**6, openings_an_hour=10**6, wrong_codes=10**6)
    case = shared.take("supervisor", shared.new_case(), "accept")
    tracking = shared.post(
        "supervisor", f"/cases/{case['id']}/tracking-code", {"reason": "申请人到场", "identity_checked": "document"}
    )
    fund = new_fund(shared)
    in_force(shared, "emergency_cap", "370100", "2000")
    helped(shared, opened_by="supervisor")
    order = make_order(shared)
    shared.days_pass(40)
    sweep(shared.service)
    alert = shared.get("supervisor", "/alerts")["items"][0]["id"]
    waiting, offered = granted(shared), granted(shared)
    offer = shared.post("supervisor", f"/cases/{offered}/offers", {"to": "volunteer"})
    shared.post("supervisor", f"/cases/{case['id']}/walls", {"username": "auditor", "reason": "与当事人是亲属"})
    users = shared.get("administrator", "/users")["items"]
    lawyer = next(one["id"] for one in users if one["username"] == "lawyer")
    with shared.service.transaction() as tx:
        # Their role has yet to be confirmed.
        tx.db.run("update users set raised_at = :now where id = :id", now=tx.now, id=lawyer)
    given = {"kind": "wecom", "name": "值班群", "org": "370100", "address": f"http://127.0.0.1:{free_port()}/hook"}
    channel = shared.post("administrator", "/channels", given)
    return Target(
        shared,
        {
            "case_id": case["id"],
            "unowned": shared.new_case()["id"],
            "waiting": waiting,
            "offer_id": offer["id"],
            "username": "auditor",
            "number": case["number"],
            "alert_id": alert,
            "channel_id": channel["id"],
            "message_id": dead_message(shared),
            "file_id": own_file(shared, case["number"], tracking["tracking_code"]),
            "fund_id": fund["id"],
            "order_id": order["id"],
            "line_id": order["lines"][0]["id"],
            "user_id": lawyer,
            "key": "legal_aid",
            "name": "withdraw",
        },
        tracking["tracking_code"],
    )


def granted(api: Api) -> str:
    """The id of the supervisor's case that waits for a helper."""
    case = api.new_case()
    for who, step in (("caseworker", "accept"), ("caseworker", "propose"), ("supervisor", "grant")):
        case = api.take(who, case, step)
    api.post("caseworker", f"/cases/{case['id']}/handover", {"to": "supervisor", "reason": "休假"})
    return str(case["id"])


def own_file(api: Api, number: str, code: str) -> str:
    """The id of a file that the applicant has sent in."""
    headers = {"Tracking-Code": code, "Content-Type": KIND}
    sent = api.call(
        None, "POST", f"/public/applications/{number}/files", form_with(PDF, "a.pdf", paper="other"), headers
    )
    return str(sent.get_json()["id"])


def dead_message(api: Api) -> str:
    """The id of a message to a program that did not understand it."""
    with receiver(answers(422)) as there:
        given = {"kind": "webhook", "name": "OA", "org": "370100", "address": there.url, "secret": "x" * 16}
        channel = api.post("administrator", "/channels", given | {"events": True, "alerts": False})
        api.new_case()
        deliver(api.service)
    api.call("administrator", "PATCH", f"/channels/{channel['id']}", {"active": False})
    [message] = api.get("administrator", "/messages?state=dead")["items"]
    return str(message["id"])


@pytest.fixture
def unchanged(target: Target) -> Iterator[None]:
    """Afterwards the database holds exactly what it held before."""
    before = target.holds()
    yield
    assert target.holds() == before


def named(one: Endpoint) -> str:
    return f"{one.method} {one.path}"


def each(that: Callable[[Endpoint], bool]) -> pytest.MarkDecorator:
    """One test for each endpoint of which this is true."""
    chosen = [one for one in ENDPOINTS if that(one)]
    return pytest.mark.parametrize("one", chosen, ids=named)


every = each(lambda one: True)
in_a_transaction = each(lambda one: not one.public or one.visitor is not None)
signed_in = each(lambda one: not one.public)
with_body = each(lambda one: one.body is not None and not one.takes_file)
takes_json = each(lambda one: not one.takes_file)
takes_file = each(lambda one: one.takes_file)


def ensure_problem(answer: TestResponse, *codes: str, language: str = "en") -> None:
    """A documented problem with one of these codes, in the language that was asked for."""
    assert answer.status_code < 500, answer.text
    said = answer.get_json()
    assert answer.mimetype == "application/problem+json", (answer.status_code, answer.text[:300])
    assert said["code"] in (codes or STATUS), said
    assert said["status"] == answer.status_code == STATUS[said["code"]]
    assert set(said) == MEMBERS | ({"errors"} if said["code"] == "invalid" else set())
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Language"] == language
    sentences = [said["title"], said["detail"], *(fault["message"] for fault in said.get("errors", ()))]
    assert all(bool(HAN.search(sentence)) == (language == "zh-CN") for sentence in sentences), sentences
    if said["code"] == "invalid":
        assert said["errors"]
        assert all(fault.keys() == {"field", "title", "code", "message"} for fault in said["errors"])


NESTED = 100_000
NOT_JSON: Final[dict[str, bytes]] = {
    "half": b'{"reason":',
    "comma": b'{"reason":"x",}',
    "quotes": b"{'reason':'x'}",
    "word": b"nul",
    "two": b"{}{}",
    "control": b'{"reason":"\x01"}',
    "nul": b"\x00",
    "twice": b'{"reason":"a","reason":"b"}',
    "twice below": b'{"facts":{"matter":"wages","matter":"other"}}',
    "twice escaped": b'{"reason":"a","re\\u0061son":"b"}',
    "NaN": b'{"urgent":NaN}',
    "Infinity": b'{"urgent":Infinity}',
    "-Infinity": b'{"urgent":-Infinity}',
    "1e999": b'{"urgent":1e999}',
    "-1e999": b'{"urgent":-1e999}',
    "5000 digits": b'{"urgent":' + b"9" * 5000 + b"}",
    "5000 decimals": b'{"urgent":0.' + b"9" * 5000 + b"}",
    "utf-16": '{"reason":"x"}'.encode("utf-16"),
    "utf-16-be": '{"reason":"x"}'.encode("utf-16-be"),
    "utf-32": '{"reason":"x"}'.encode("utf-32"),
    "bom": '\ufeff{"reason":"x"}'.encode(),
    "gbk": '{"reason":"理由"}'.encode("gbk"),
    "raw surrogate": b'{"reason":"\xed\xa0\x80"}',
    "33 levels": b"[" * 33 + b"]" * 33,
    "33 objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "deep": b"[" * NESTED + b"]" * NESTED,
    "deep objects": b'{"a":' * NESTED + b"1" + b"}" * NESTED,
    "deep and open": b"[" * NESTED,
}


@takes_json
def test_what_is_no_json_is_malformed(one: Endpoint, target: Target, unchanged: None) -> None:
    for number, raw in enumerate(NOT_JSON.values()):
        language = LANGUAGES[number % 2]
        ensure_problem(target.send(one, raw, language=language), "malformed", language=language)


@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_malformed_in_both_languages_and_under_a_key(
    raw: bytes, target: Target, unchanged: None
) -> None:
    [opening] = [one for one in ENDPOINTS if named(one) == "POST /cases"]
    for language in LANGUAGES:
        ensure_problem(target.send(opening, raw, language=language), "malformed", language=language)
        keyed = target.send(opening, raw, language=language, Idempotency_Key=str(uuid4()))
        ensure_problem(keyed, "malformed", language=language)


@with_body
def test_thirty_two_levels_are_read_and_refused_by_the_form(one: Endpoint, target: Target, unchanged: None) -> None:
    ensure_problem(target.send(one, b'{"unheard_of":' + b"[" * 31 + b"]" * 31 + b"}"), "invalid", "not_now")


@with_body
def test_a_body_that_is_no_object_is_invalid(one: Endpoint, target: Target, unchanged: None) -> None:
    for root in (b"[]", b'"x"', b"null", b"true", b"1", b"1.5", b'[{"reason":"x"}]'):
        for language in LANGUAGES:
            ensure_problem(target.send(one, root, language=language), "invalid", language=language)


@takes_json
def test_only_json_is_taken(one: Endpoint, target: Target, unchanged: None) -> None:
    for media_type in (
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/merge-patch+json",
        "application/jsonx",
        "",
        "\xff",
    ):
        for language in LANGUAGES:
            answer = target.send(one, b"{}", language=language, Content_Type=media_type)
            ensure_problem(answer, "media_type", language=language)


@takes_json
def test_more_than_a_mebibyte_is_too_large(one: Endpoint, target: Target, unchanged: None) -> None:
    for language in LANGUAGES:
        answer = target.send(one, b'{"reason":"' + b"x" * 1_048_576 + b'"}', language=language)
        ensure_problem(answer, "too_large", language=language)


@takes_file
def test_where_a_file_is_sent_only_a_form_with_one_is_taken(one: Endpoint, target: Target, unchanged: None) -> None:
    for language in LANGUAGES:
        for media_type in ("application/json", "text/plain", "multipart/form-data", "multipart/mixed; boundary=x", ""):
            answer = target.send(one, b"{}", language=language, Content_Type=media_type)
            ensure_problem(answer, "media_type", language=language)
        for raw in (b"", b"{}", b"--frontier", form_with(PDF, "a.pdf")[:-20], b"\xff" * 9):
            ensure_problem(
                target.send(one, raw, language=language, Content_Type=KIND), "malformed", "invalid", language=language
            )
        long = form_with(bytes(MOST_OF_BODY), "a.pdf")
        ensure_problem(target.send(one, long, language=language, Content_Type=KIND), "too_large", language=language)


@with_body
def test_a_field_that_the_form_does_not_have_is_named(one: Endpoint, target: Target, unchanged: None) -> None:
    for name, told in (
        ("unheard_of", "unheard_of"),
        ("\u0000", "\ufffd"),
        ("\ud800", "\ufffd"),
        ("\u202e", "\ufffd"),
        ("x" * 5000, "x" * 60 + "…"),
        ("", ""),
        ("__proto__", "__proto__"),
        ("'; drop table cases; --", "'; drop table cases; --"),
        ("{0.__class__}", "{0.__class__}"),
    ):
        for language in LANGUAGES:
            answer = target.send(one, {name: "\u0000"}, language=language)
            ensure_problem(answer, "invalid", language=language)
            assert told in {fault["field"] for fault in answer.get_json()["errors"]} | {""}
            assert "unknown" in {fault["code"] for fault in answer.get_json()["errors"]}


def wrong_values(field: Any) -> Iterator[Any]:
    """Values of every JSON type that this field does not take, and texts that no field takes."""
    examples = {
        "object": {"a": 1},
        "array": ["a"],
        "string": "\u0000",
        "integer": 7,
        "number": 1.5,
        "boolean": True,
    }
    yield from (value for kind, value in examples.items() if kind not in field.json_types)
    if "string" in field.json_types:
        yield from ("\u0000", "a\u0000b", "\ud800", "甲\udfff", "甲\u0007乙", "x" * 20_000)
    if "integer" in field.json_types:
        yield from (10**30, -(10**30), 1e3)
    if field.required:
        yield None


def wrong_bodies(form: type[Form], example: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Bodies with one wrong field each, and the path of the field; into every group and every list."""
    for name, field in form.form_fields():
        here = f"{path}.{name}" if path else name
        for value in wrong_values(field):
            yield here, {**example, name: value}
        inner = example.get(name)
        if isinstance(field, Nested):
            yield f"{here}.unheard_of", {**example, name: {**(inner or {}), "unheard_of": 1}}
            for below, group in wrong_bodies(field.form, inner or {}, here):
                yield below, {**example, name: group}
        elif isinstance(field, Many):
            for value in wrong_values(field.item):
                yield f"{here}.0", {**example, name: [value]}
            yield here, {**example, name: [None] * 201}
            if isinstance(field.item, Nested):
                for below, row in wrong_bodies(field.item.form, (inner or [{}])[0], f"{here}.0"):
                    yield below, {**example, name: [row]}


def ensure_faulted(answer: TestResponse, path: str, language: str) -> None:
    """Refused because of this field: it, what it lies in, or what lies in it is named."""
    ensure_problem(answer, "invalid", language=language)
    fields = [fault["field"] for fault in answer.get_json()["errors"]]
    assert any(f"{field}.".startswith(f"{path}.") or f"{path}.".startswith(f"{field}.") for field in fields), (
        path,
        fields,
    )


def is_form(body: object) -> TypeGuard[type[Form]]:
    return isinstance(body, type) and issubclass(body, Form)


@each(lambda one: is_form(one.body) and (not one.public or one.visitor is not None))
def test_a_wrong_value_in_any_field_is_refused_by_name(one: Endpoint, target: Target, unchanged: None) -> None:
    assert is_form(one.body)
    for number, (path, body) in enumerate(wrong_bodies(one.body, {})):
        language = LANGUAGES[number % 2]
        ensure_faulted(target.send(one, body, language=language), path, language)


def test_a_wrong_value_in_any_fact_of_an_intake_is_refused_by_name(target: Target, unchanged: None) -> None:
    [opening] = [one for one in ENDPOINTS if named(one) == "POST /cases"]
    for workflow in workflow_registry.latest():
        assert issubclass(workflow.intake, Form)
        example = target.api.get("supervisor", f"/workflows/{workflow.key}")["intake"]["examples"][0]
        for number, (path, facts) in enumerate(wrong_bodies(workflow.intake, example)):
            language = LANGUAGES[number % 2]
            body = {"workflow": workflow.key, "org": "370100", "channel": "online", "facts": facts}
            ensure_faulted(target.send(opening, body, language=language), f"facts.{path}", language)


def test_a_wrong_value_in_any_field_of_a_correction_is_refused_by_name(target: Target, unchanged: None) -> None:
    [patch] = [one for one in ENDPOINTS if named(one) == "PATCH /cases/<uuid:case_id>"]
    [workflow] = [one for one in workflow_registry.latest() if one.key == "legal_aid"]
    assert issubclass(workflow.intake, Form)
    # Null removes a value. Every third is enough: the form is the same that the intake is checked by.
    for path, facts in islice(wrong_bodies(workflow.intake, {}), 0, None, 3):
        if None not in facts.values():
            ensure_faulted(target.send(patch, {"facts": facts}), path, "en")
    bodies: list[Any] = [{}, {"facts": None}, {"facts": []}, {"facts": "x"}]
    for body in bodies:
        ensure_faulted(target.send(patch, body), "facts", "en")
    reasons: list[Any] = [None, 1, "", " ", "x" * 501, "\u0000", "\ud800", [], {}]
    for reason in reasons:
        ensure_faulted(target.send(patch, {"facts": {}, "reason": reason}), "reason", "en")


def test_a_wrong_value_in_any_field_of_a_transition_is_refused_by_name(target: Target) -> None:
    api = target.api
    case = api.new_case("supervisor")
    road = ("accept", "ask_for_papers", "supply_papers", "propose", "grant", "assign", "decline", "assign", "engage")
    helper = {"decline", "engage", "record_progress", "conclude"}
    for name in (*road, "record_progress", "conclude", "follow_up", "close"):
        who = "lawyer" if name in helper else "supervisor-sd" if name == "grant" else "supervisor"
        edge = next(one for one in workflow_registry.newest("legal_aid").transitions if one.name == name)
        example = api.needs(who, case, name)["examples"][0]
        before = target.holds()
        for bad in (None, [], "x", 1, [example]):
            ensure_problem(api.call(who, "POST", f"/cases/{case['id']}/transitions/{name}", bad or b"null"), "invalid")
        form = edge.needs
        assert form is None or issubclass(form, Form)
        for path, body in wrong_bodies(form, example) if form else [("", {"unheard_of": 1})]:
            ensure_faulted(api.call(who, "POST", f"/cases/{case['id']}/transitions/{name}", body), path, "en")
        assert target.holds() == before, name
        case = api.take(who, case, name)
    assert case["state"] == "closed"


@in_a_transaction
def test_a_parameter_that_is_not_known_or_given_twice_is_refused(
    one: Endpoint, target: Target, unchanged: None
) -> None:
    for query, field in (
        ("?unheard_of=1", "unheard_of"),
        ("?unheard_of", "unheard_of"),
        ("?%00=1", "\ufffd"),
        ("?unheard_of=1&unheard_of=2", "unheard_of"),
        ("?__class__=1", "__class__"),
    ):
        for language in LANGUAGES:
            ensure_faulted(target.send(one, query=query, language=language), field, language)
    for name, kind in one.query.form_fields():
        if isinstance(kind, Many):
            continue
        answer = target.send(one, query=f"?{name}=1&{name}=1")
        ensure_faulted(answer, name, "en")
        assert answer.get_json()["errors"][0]["code"] == "twice"


LONG: Final = {"marks": "王" + "\u0301\u0323" * 250_000, "digits": "9" * 1_000_000, "blanks": "\u3000 " * 250_000}


@in_a_transaction
@pytest.mark.usefixtures("short_texts")
def test_the_longest_value_of_any_parameter_is_refused(one: Endpoint, target: Target, unchanged: None) -> None:
    for name, field in one.query.form_fields():
        for number, value in enumerate(LONG.values()):
            language = LANGUAGES[number % 2]
            ensure_problem(
                target.send(one, query=f"?{urlencode({name: value})}", language=language),
                "too_large",
                language=language,
            )
            inside = f"?{urlencode({name: value[: 8_000 // 9]})}"
            longest = field.item.longest if isinstance(field, Many) else field.longest
            assert len(inside) > longest
            ensure_faulted(target.send(one, query=inside, language=language), name, language)


@every
@pytest.mark.usefixtures("short_texts")
def test_a_header_without_end_is_refused_unread(one: Endpoint, target: Target, unchanged: None) -> None:
    for name in READ_HEADERS if one.public else READ_HEADERS[1:]:
        for value in ("9" * 1_000_000, "王\u0301\u0323".encode().decode("latin-1") * 100_000, '", ' * 10_000):
            ensure_problem(target.send(one, **{name: value}), "too_large")
    answer = target.send(one, language="en, " * 5_000)
    ensure_problem(answer, "too_large", language="zh-CN")


@pytest.fixture
def short_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing long is put into a normal form."""
    normalize = unicodedata.normalize

    def normalized(form: Any, text: str) -> str:
        assert len(text) <= 10_000
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalized)


def test_signing_in_takes_no_parameters(target: Target, unchanged: None) -> None:
    said = {"username": "caseworker", "password": "x"}
    ensure_faulted(target.api.call(None, "POST", "/auth/token?otp=1", said), "otp", "en")


@each(lambda one: "limit" in one.query.field_names() and "cursor" in one.query.field_names())
def test_a_limit_is_a_number_between_1_and_200(one: Endpoint, target: Target, unchanged: None) -> None:
    for limit in ("0", "201", "-1", "1e3", "abc", "1.0", "0x10", "%2B5", "%C2%B2", "٣", "9" * 5000, "null", "5%00"):
        for language in LANGUAGES:
            ensure_faulted(target.send(one, query=f"?limit={limit}", language=language), "limit", language)


@each(lambda one: "limit" in one.query.field_names() and "cursor" in one.query.field_names())
def test_up_to_200_may_be_asked_for(one: Endpoint, target: Target) -> None:
    needed = target.query(one)
    assert target.send(one, query=f"{needed}&limit=200" if needed else "?limit=200").status_code == 200


BAD_CURSORS: Final = (
    "x",
    "!!!!",
    "AAAA",
    "bnVsbA",  # null
    "W10",  # []
    "e30",  # {}
    "W251bGwsbnVsbF0",  # [null,null]
    "W251bGwsbnVsbCxudWxsXQ",  # [null,null,null]
    "WyJcdTAwMDAiXQ",  # ["\u0000"]
    "WyJcdWQ4MDAiXQ",  # ["\ud800"]
    "Wy0xXQ",  # [-1]
    "WzFlOTk5XQ",  # [1e999]
    "WzIxNDc0ODM2NDhd",  # [2147483648]
    "WyJkdWVfYXQiLCJ4IiwieSJd",  # ["due_at","x","y"]
    "%E6%BC%A2",
    "%00",
    "A" * 5000,
    "W1tbW1tbW1tbW1tbW1tbW1tbW1tb",
    "' OR 1=1 --",
)


@each(lambda one: "cursor" in one.query.field_names())
def test_a_cursor_that_nobody_gave_is_refused(one: Endpoint, target: Target, unchanged: None) -> None:
    needed = target.query(one) or "?"
    for cursor in BAD_CURSORS:
        for language in LANGUAGES:
            answer = target.send(one, query=f"{needed}&cursor={cursor}", language=language)
            ensure_faulted(answer, "cursor", language)


NONSENSE: Final = (
    "%00",
    "'%20OR%201=1--",
    "a" * 5000,
    "%E6%97%A5",
    "1e3",
    "-1",
    "%F0%9F%98%80",
    "[]",
    "{0}",
    "%25",
)


@in_a_transaction
def test_nonsense_in_a_parameter_is_refused_or_finds_nothing(one: Endpoint, target: Target, unchanged: None) -> None:
    for name, field in one.query.form_fields():
        for number, value in enumerate(NONSENSE):
            language = LANGUAGES[number % 2]
            answer = target.send(one, query=f"?{name}={value}", language=language)
            strict = isinstance(field, Choice | Code | Count | Flag | When | Someone) and value != "1e3"
            if strict or answer.status_code != 200:
                ensure_problem(answer, "invalid", language=language)
            elif name == "q" and value not in ("-1", "{0}"):  # signs are laid aside, and numbers have a 0 and a 1
                assert answer.get_json()["items"] == []


@pytest.mark.parametrize("name", ["from", "to", "due_before", "opened_from", "opened_to"])
def test_a_time_at_the_ends_of_the_calendar_is_no_fault(name: str, target: Target, unchanged: None) -> None:
    for value in (
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00%2B23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00 08:00",
        "2026-01-01T00:00:00%2B23:59:59.999999",
        "2026-01-01T25:00:00Z",
        "2026-W01-1",
    ):
        for one in ENDPOINTS:
            if name in one.query.field_names():
                more = {"from": "&to=9999-12-31&limit=5wd", "to": "&from=0001-01-01"}.get(name, "")
                if one.path.startswith("/reports"):
                    more = more.replace("&limit=5wd", "")
                answer = target.send(one, query=f"?{name}={value}{more}")
                if answer.status_code != 200:
                    ensure_problem(answer, "invalid")


@pytest.mark.parametrize(
    "limit", ["0wd", "-1wd", "5", "wd", "5 wd", "5wd5wd", "1e3d", "99999999999d", "٣d", "999999999y"]
)
def test_a_limit_that_is_none_is_refused_in_both_languages(limit: str, target: Target) -> None:
    [due] = [one for one in ENDPOINTS if one.path == "/calendars/<key>/due"]
    for language in LANGUAGES:
        answer = target.send(due, query=f"?from=2026-03-02&limit={limit}", language=language)
        ensure_problem(answer, "invalid", language=language)


@each(lambda one: "<uuid:" in one.path)
def test_an_id_that_is_none_or_names_nothing_is_not_found(one: Endpoint, target: Target, unchanged: None) -> None:
    slots = re.findall(r"<uuid:(\w+)>", one.path)
    for odd in (str(uuid4()), "not-a-uuid", "%00", "1", "{" + str(uuid4()) + "}", uuid4().hex, "x" * 3000, "%27--"):
        for language in LANGUAGES:
            path = target.path(one, **dict.fromkeys(slots, odd))
            ensure_problem(target.send(one, {}, path=path, language=language), "not_found", language=language)


@each(lambda one: one.visitor == "applicant")
def test_a_number_or_a_code_that_is_none_is_not_found(one: Endpoint, target: Target, unchanged: None) -> None:
    for odd in ("LA-2026-999999", "%00", "%FF%FE", "x" * 3000, "%27%20OR%201=1--", "%E6%97%A5", target.ids["case_id"]):
        for language in LANGUAGES:
            path = target.path(one, number=odd)
            ensure_problem(target.send(one, {}, path=path, language=language), "not_found", language=language)
    for odd in ("", "x", "\xff", "\x7f", "2222-2222-2222-2222-2222", "x" * 5000):
        for language in LANGUAGES:
            ensure_problem(target.send(one, {}, language=language, Tracking_Code=odd), "not_found", language=language)


@each(lambda one: "<key>" in one.path or "<name>" in one.path)
def test_a_name_that_names_nothing_is_not_found(one: Endpoint, target: Target, unchanged: None) -> None:
    for odd in ("unheard_of", "%00", "%FF%FE", "x" * 3000, "__class__", "%E6%97%A5", "%27%20OR%201=1--", "submit%20"):
        path = target.path(one, key=odd, name=odd)
        query = "?from=2026-03-02&limit=5wd" if one.path.endswith("/due") else ""
        ensure_problem(target.send(one, {}, path=path, query=query), "not_found")
        if one.method == "POST":
            keyed = target.send(one, {}, path=path, Idempotency_Key=str(uuid4()))
            ensure_problem(keyed, "not_found")


@each(lambda one: True)
def test_a_query_that_is_not_utf_8_is_malformed(one: Endpoint, target: Target, unchanged: None) -> None:
    for language in LANGUAGES:
        for query in ("?q=%B9%C5%C0%F6", "?%FF=1", "?q=%ED%A0%80", "?limit=%E6%B5"):
            ensure_problem(target.send(one, {}, query, language=language), "malformed", language=language)


@pytest.mark.parametrize("path", ["/nowhere", "//cases", "/cases//", "/%00", "/../cases", "/" + "x" * 8000])
def test_an_address_that_is_none_is_not_found(path: str, target: Target) -> None:
    ensure_problem(target.api.call("supervisor", "GET", path), "not_found")


@pytest.mark.parametrize("path", sorted({one.path for one in ENDPOINTS}))
def test_another_method_is_refused_with_those_that_are_allowed(path: str, target: Target, unchanged: None) -> None:
    here = [one for one in ENDPOINTS if one.path == path]
    allowed = {one.method for one in here} | ({"HEAD"} if any(one.method == "GET" for one in here) else set())
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - allowed:
        for language in LANGUAGES:
            answer = target.api.call(
                "supervisor", method, target.path(here[0]), None, {"Accept-Language": language, "If-Match": "*"}
            )
            ensure_problem(answer, "method", language=language)
            assert {name.strip() for name in answer.headers["Allow"].split(",")} == allowed


@each(lambda one: one.method == "PATCH" and "case" in one.path)
def test_a_correction_says_which_version_it_corrects(one: Endpoint, target: Target, unchanged: None) -> None:
    for language in LANGUAGES:
        answer = target.api.call(
            "supervisor", one.method, target.path(one), {"facts": {"claimants": 9}}, {"Accept-Language": language}
        )
        ensure_problem(answer, "precondition", language=language)


NO_SUCH_VERSION: Final = (
    '"0"', '"1"', '"9"', '"99999999999999999999"', "W/*", "", " ", ",", '"', '""', '""""', '"2" junk', "abc",
    '"-2"', '"2.0"', '"x"', '"\xb2"', "\x00", "'2'", '"2" "2"', "*2", '"*"',
)  # fmt: skip


@each(lambda one: "transitions/<name>" in one.path or (one.method == "PATCH" and "case" in one.path))
@pytest.mark.parametrize("tag", NO_SUCH_VERSION)
def test_what_is_not_the_present_version_matches_nothing(
    one: Endpoint, tag: str, target: Target, unchanged: None
) -> None:
    body = {"facts": {"claimants": 9}} if one.method == "PATCH" else {}
    for language in LANGUAGES:
        ensure_problem(target.send(one, body, language=language, If_Match=tag), "stale", language=language)


@pytest.mark.parametrize("tags", ['"{}"', '"7", "{}"', 'W/"1", "{}"', "*"])
def test_the_present_version_matches_among_others(tags: str, target: Target) -> None:
    case = target.api.new_case("supervisor")
    path, tag = f"/cases/{case['id']}", tags.format(case["version"])
    answer = target.api.call("supervisor", "PATCH", path, {"facts": {"claimants": 9}}, {"If-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')


@each(lambda one: one.method == "POST" and (not one.public or one.visitor is not None))
def test_a_key_has_1_to_200_visible_characters(one: Endpoint, target: Target, unchanged: None) -> None:
    for key in ("", "x" * 201, "\x00", "a\tb", "caf\xe9", "\x7f"):
        for language in LANGUAGES:
            answer = target.send(one, {}, language=language, Idempotency_Key=key)
            ensure_faulted(answer, "Idempotency-Key", language)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "\x00", "é", "<script>", "' OR 1=1", "a\tb", "..\x7f"])
def test_a_request_id_that_is_odd_is_replaced_by_our_own(given: str, target: Target) -> None:
    answer = target.api.call("supervisor", "GET", "/cases", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


@pytest.mark.parametrize("given", ["a", "trace-1.2_3", "Z" * 64])
def test_a_plain_request_id_is_kept(given: str, target: Target) -> None:
    answer = target.api.call("supervisor", "GET", "/cases?limit=0", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"], answer.get_json()["request_id"]) == (given, given)


@signed_in
def test_who_does_not_say_who_is_calling_is_sent_to_sign_in(one: Endpoint, target: Target, unchanged: None) -> None:
    token = target.api.tokens["supervisor"]
    path = target.path(one)
    for said in (
        "", "Bearer", "Bearer ", "Bearer x", f"Basic {token}", token, f"Bearer {token}x", f"Bearer {token[:-1]}",
        "Bearer \x00", "Bearer \xff\xfe", "Bearer " + "x" * 5000, f"Bearer {token} {token}", "Bearer ' OR 1=1 --",
    ):  # fmt: skip
        for language in LANGUAGES:
            headers = {"Authorization": said, "Accept-Language": language, "Idempotency-Key": "k"}
            answer = target.api.call(None, one.method, path, {}, headers)
            ensure_problem(answer, "unauthenticated", language=language)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("", "zh-CN"),
        ("xx", "zh-CN"),
        ("*", "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr,en;q=0", "zh-CN"),
        ("en;q=nan, zh;q=inf", None),
        ("en;q=-1", None),
        ("\x00,;=;q=;;", "zh-CN"),
        ("fr;q=1e999", "zh-CN"),
        ("-,_,--;q=1", "zh-CN"),
        ("x" * 9000, "zh-CN"),
        (",".join(["fr"] * 2000), "zh-CN"),
    ],
)
def test_an_odd_language_is_answered_in_one_of_ours(said: str, spoken: str | None, target: Target) -> None:
    answer = target.api.call("supervisor", "GET", "/cases?limit=0", headers={"Accept-Language": said})
    assert answer.status_code == 422
    assert answer.headers["Content-Language"] in ((spoken,) if spoken else LANGUAGES)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["\ud800", "\u0000", "370100", "legal_aid", "2026-03-02", "", "***", "10.00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FUZZ = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@FUZZ
@given(
    one=st.sampled_from(ENDPOINTS),
    body=JSON | st.binary(max_size=60),
    names=st.lists(st.sampled_from(["limit", "cursor", "q", "org", "from", "sort", "x"]), max_size=3),
    value=st.text(max_size=20),
    header=st.sampled_from(["If-Match", "Idempotency-Key", "Accept-Language", "X-Request-Id", "Content-Type"]),
    said=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=30),
)
def test_no_request_makes_a_fault(
    target: Target, one: Endpoint, body: Any, names: list[str], value: str, header: str, said: str
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    query = f"?{urlencode([(name, value.encode('utf-8', 'surrogatepass')) for name in names])}" if names else ""
    answer = target.send(one, raw, query, **{header.replace("-", "_"): said})
    if answer.status_code >= 300:
        ensure_problem(answer, language=answer.headers["Content-Language"])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield from places(below, (*path, step))


def changed_at(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The JSON value with another value at a path."""
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = changed_at(value[path[0]], path[1:], new)
    return copy


@FUZZ
@given(data=st.data(), new=JSON)
def test_no_intake_with_a_value_changed_makes_a_fault(target: Target, data: st.DataObject, new: Any) -> None:
    facts = target.api.get("supervisor", "/workflows/legal_aid")["intake"]["examples"][0]
    body = {"workflow": "legal_aid", "org": "370100", "channel": "online", "facts": facts}
    answer = target.api.call(
        "supervisor", "POST", "/cases", changed_at(body, data.draw(st.sampled_from([*places(body)])), new)
    )
    if answer.status_code == 201:
        assert target.api.get("supervisor", f"/cases/{answer.get_json()['id']}")["facts"]
    else:
        ensure_problem(answer, "invalid", "malformed")


def test_a_fault_is_told_with_the_title_of_its_field_and_its_row_in_both_languages(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    facts |= {"arrears": [{"month": "2026-01", "amount": "100.00"}, {"month": "2026-02", "amount": "viel"}]}
    body = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}
    for language, title in (("en", ", row 2: "), ("zh-CN", "第 2 行：")):
        answer = api.call("caseworker", "POST", "/cases", body, {"Accept-Language": language})
        [fault] = [one for one in answer.get_json()["errors"] if one["field"] == "facts.arrears.1.amount"]
        assert title in fault["title"]
