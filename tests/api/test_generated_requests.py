"""Thousands of requests made up from the description of the API, by every kind of caller: none breaks anything.

Schemathesis makes them up, four of five as the document allows and one not; on the way they are given real ids and
bodies that would be accepted, because what is made up at random hardly gets past the first check.
"""

import json
import os
import re
from collections import Counter, defaultdict
from copy import deepcopy
from datetime import timedelta
from functools import cache
from math import ceil
from random import Random
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from casework.api.openapi import document
from casework.demo import load
from casework.work.overdue import sweep
from casework.work.people import issue_token
from tests.api.conftest import Api

AT_LEAST: Final = int(os.environ.get("CASEWORK_GENERATED_REQUESTS", "5000"))
"""How many requests are made up in all; `make nightly` asks for more."""
# Who calls, with the seed of what is made up and how many operations must answer with success at least once.
TOO_LONG: Final = 413
CALLERS: Final = {
    "caseworker": (1, 35),
    "supervisor": (2, 42),
    "lawyer": (3, 16),
    "administrator": (4, 18),
    "auditor": (5, 30),
    "nobody": (6, 7),
}
SHARE: Final = ceil(AT_LEAST / len(CALLERS))
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Where the values live that a parameter or a member of this name may take: the collection, and the member there.
REAL: Final = {
    "org": ("cases", "org"),
    "workflow": ("workflows", "key"),
    "state": ("cases", "state"),
    "to_state": ("cases", "state"),
    "to": ("owner", "id"),
    "owner": ("owner", "id"),
    "assignee": ("assignee", "id"),
    "fund": ("funds", "code"),
}
# The cases that are met live in these months; the money is promised on 30 July.
DAYS: Final = {"from": "2026-03-01", "to": "2026-09-01", "on": "2026-08-03"}
# Of a collection that many remember, so many are remembered.
REMEMBERED: Final = 60


@cache
def described() -> BaseSchema:
    """The operations of the document, once for each process, because to read them takes long.

    Of the many ideographs that a name may hold, a few of each range: Hypothesis lists what a pattern allows.
    """
    text = json.dumps(document("en"), ensure_ascii=False)
    few = re.sub(
        "([\u3400-\U00020000])-([\u4dbf-\U000323af])",
        lambda ends: f"{ends[1]}-{min(chr(ord(ends[1]) + 99), ends[2])}",
        text,
    )
    return schemathesis.openapi.from_dict(json.loads(few))


def operations() -> list[APIOperation[Any, Any, Any, Any]]:
    return [found.ok() for found in described().get_all_operations()]


def made_up(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, number: int, chance: int) -> list[Case]:
    """So many requests, fewer where there are no more different ones, none where nothing can be wrong."""
    found: list[Case] = []

    @seed(chance)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:
        assert not found
        assert mode.is_negative
    return found


class Caller:
    """Sends what was made up, and remembers from the answers what there is, by the last word of the address."""

    def __init__(self, api: Api, who: str, chance: Random) -> None:
        self.api = api
        self.who = who
        self.chance = chance
        self.known: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.faults: dict[str, str] = {}
        # Users with a token, who are not to be renamed or sent away.
        self.needed = {str(user) for user in api.ids.values()}

    def send(self, case: Case) -> None:
        self.steer(case)
        # Else they would end the path, which then leads elsewhere.
        for name, value in case.path_parameters.items():
            case.path_parameters[name] = str(value).replace("?", "%3F").replace("#", "%23")
        headers = {"Accept-Language": "en"}
        if self.who != "nobody":
            headers["Authorization"] = f"Bearer {self.api.tokens[self.who]}"
        answer = case.call(app=self.api.app, headers=headers)
        self.statuses[case.operation.label][answer.status_code] += 1
        if answer.status_code == TOO_LONG and answer.request.method == "GET":
            # An address without end is refused at the door, whatever it leads to.
            return
        try:
            case.validate_response(answer, CHECKS)
        except FailureGroup as failed:
            for one in failed.exceptions:
                self.faults.setdefault(f"{case.operation.label}: {one.title}", str(failed))
        if answer.status_code == 204 and "/auth/" in case.path:
            self.come_back()
        elif answer.status_code < 300:
            self.learn(case.path, json_of(answer))

    def come_back(self) -> None:
        """Whoever has signed out goes on with another token."""
        with self.api.service.transaction() as tx:
            self.api.tokens[self.who] = issue_token(tx, self.who, timedelta(days=1))

    def learn(self, path: str, answer: Any) -> None:
        """Remember the items of a list, or the one thing that was answered, and who or what is named in it."""
        if not isinstance(answer, dict):
            return
        words = [word for word in path.split("/") if not word.startswith("{")]
        collection = "applications" if "tracking_code" in answer else words[-1]
        for item in answer.get("items", [answer]):
            for name, thing in [(collection, item), *item.items()]:
                if isinstance(thing, dict):
                    self.known[name] = [*self.known[name], thing][-REMEMBERED:]

    def steer(self, case: Case) -> None:
        """Put real things in the place of most of what was made up."""
        if self.lucky(0.8):
            self.name_real_things(case)
        for name in (REAL.keys() - DAYS.keys()) & case.query.keys():
            if self.lucky(0.7):
                case.query[name] = self.real(name, case.query[name])
        if self.lucky(0.6):
            self.ask_for_what_there_is(case)
        if "If-Match" in case.headers and self.lucky(0.8):
            case.headers["If-Match"] = "*"
        if isinstance(case.body, dict) and self.lucky(0.7):
            offered = case.path.endswith("/transitions/{name}")
            accepted = self.what_is_offered(case) if offered else self.accepted_body(case.path, case.method.lower())
            spoilt = self.chance.sample(sorted(case.body), min(len(case.body), int(self.lucky(0.3))))
            case.body = accepted | {name: case.body[name] for name in spoilt}
        # Another password ends the token with which the caller goes on.
        if case.path.endswith("/me") and isinstance(case.body, dict):
            case.body.pop("password", None)

    def ask_for_what_there_is(self, case: Case) -> None:
        """Leave out the place in a list and other filters that fit hardly anything, and name days in their order."""
        for name in [*case.query]:
            if name in DAYS:
                case.query[name] = DAYS[name]
            elif name not in {*REAL, "limit"}:
                del case.query[name]
        if isinstance(case.query.get("limit"), str):
            case.query["limit"] = "5wd"

    def name_real_things(self, case: Case) -> None:
        """`/orders/{order_id}/lines/{line_id}` gets the ids of an order that was met and of one of its lines."""
        before, thing = "", dict[str, Any]()
        for part in case.path.split("/"):
            among = [one for one in thing.get(before) or self.met(before) if one.get("id") not in self.needed]
            if part.startswith("{") and among:
                name, thing = part.strip("{}"), self.chance.choice(among)
                case.path_parameters[name] = thing.get(name.rpartition("_")[2], case.path_parameters[name])
                if "tracking_code" in thing:
                    case.headers["Tracking-Code"] = thing["tracking_code"]
            before = part

    def accepted_body(self, path: str, method: str = "post") -> dict[str, Any]:
        """A body that would be accepted here, if anything is from this caller."""
        [said] = document("en")["paths"][path][method]["requestBody"]["content"].values()
        body: dict[str, Any] = deepcopy(said["example"])
        for name in REAL.keys() & body.keys():
            body[name] = self.real(name, body[name])
        if "on" in body:
            body["on"] = DAYS["on"]
        if "facts" in body and "workflow" in body:
            body["facts"] = self.api.get("caseworker", f"/workflows/{body['workflow']}")["intake"]["examples"][0]
        return body

    def what_is_offered(self, case: Case) -> dict[str, Any]:
        """What one of the transitions that are offered needs, which then is the one that is taken."""
        asked = case.formatted_path.removeprefix("/api/v1").rpartition("/")[0]
        code = {name: case.headers[name] for name in ("Tracking-Code",) if name in case.headers}
        answer = self.api.call(None if self.who == "nobody" else self.who, "GET", asked, headers=code)
        offered = [one for one in answer.get_json().get("items", ()) if one["allowed"]]
        if not offered:
            return {}
        one = self.chance.choice(offered)
        case.path_parameters["name"] = one["name"]
        return dict(one["needs"]["examples"][0])

    def real(self, name: str, otherwise: Any) -> Any:
        collection, member = REAL[name]
        return self.chance.choice([thing[member] for thing in self.met(collection) if member in thing] or [otherwise])

    def met(self, collection: str) -> list[dict[str, Any]]:
        """All that are remembered, or half of the time the last, which this caller has seen."""
        return self.known[collection][-10 if self.lucky(0.5) else 0 :]

    def lucky(self, share: float) -> bool:
        return self.chance.random() < share


def json_of(answer: Response) -> Any:
    return json.loads(answer.content) if answer.content[:1] == b"{" else None


def live_a_while(api: Api, caller: Caller) -> None:
    """The demonstration's people and cases beside ours, money that was promised, and somebody who came by herself."""
    # Emergency aid is for the time after 1 July 2026, when its law is in force.
    api.days_pass(150)
    load(api.service, cases=80)
    fund = api.post("supervisor", "/funds", caller.accepted_body("/api/v1/funds") | {"code": "FIRST"})
    caller.learn("/funds", fund)
    api.post("supervisor", f"/funds/{fund['id']}/top-up", caller.accepted_body("/api/v1/funds/{fund_id}/top-up"))
    help_households(api, 3)
    for path, who in (("/payment-orders", "caseworker"), ("/public/applications", None)):
        caller.learn(path, api.post(who, path, caller.accepted_body(f"/api/v1{path}")))
    help_households(api, 3)
    api.days_pass(20)
    sweep(api.service)
    look_around(api, caller)


def help_households(api: Api, number: int) -> None:
    """So many get emergency aid, whose payment waits for an order."""
    for _ in range(number):
        facts = api.get("caseworker", "/workflows/hardship_aid")["intake"]["examples"][0]
        hardship = {"workflow": "hardship_aid", "org": "370100", "channel": "walk_in", "facts": facts}
        api.take("supervisor", api.post("caseworker", "/cases", hardship), "help_at_once")


def look_around(api: Api, caller: Caller) -> None:
    """Every list that needs no parameter, as those see it who see most, and last as the caller sees it."""
    for path, methods in document("en")["paths"].items():
        for who in ("administrator", "supervisor", caller.who):
            if "get" in methods and "{" not in path and who in api.tokens:
                answer = api.call(who, "GET", path.removeprefix("/api/v1"))
                if answer.status_code == 200 and answer.is_json:
                    caller.learn(path, answer.get_json())


@pytest.mark.parametrize("who", CALLERS)
def test_whatever_is_sent_the_answer_is_one_that_is_described_and_no_fault(who: str, api: Api) -> None:
    number, successes = CALLERS[who]
    each = SHARE / len(operations())
    shares = {GenerationMode.POSITIVE: ceil(each * 0.8), GenerationMode.NEGATIVE: ceil(each * 0.2)}
    cases = [
        case
        for one in operations()
        for mode, share in shares.items()
        # A transition is many: each has a form and a meaning of its own.
        for case in made_up(one, mode, share * (3 if "transitions/{name}" in one.path else 1), number)
    ]
    caller = Caller(api, who, Random(number))
    live_a_while(api, caller)
    caller.chance.shuffle(cases)
    for case in cases:
        caller.send(case)
    assert not caller.faults, "\n\n".join(caller.faults.values())
    assert sum(count.total() for count in caller.statuses.values()) >= SHARE
    succeeded = [label for label, count in caller.statuses.items() if min(count) < 300]
    assert len(succeeded) >= successes
