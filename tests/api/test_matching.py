"""Who could take a case, the plan for those that wait, and the profiles by which they are judged, over HTTP."""

from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest

from casework.records import offices, people
from casework.rules.people import Actor, Role
from casework.rules.refusals import NotFound
from casework.work import cases, offers, profiles
from casework.work.people import create_user
from casework.work.profiles import OF_THE_OFFICE
from tests.api.conftest import Api
from tests.api.test_concurrency import at_once

EMPLOYER = "济南华茂服装有限公司"


def granted(api: Api, **changed: Any) -> Any:
    """A case that waits for a lawyer or volunteer; its employer is `EMPLOYER`."""
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    case = api.new_case(**{"employer": facts["employer"] | {"name": EMPLOYER}, **changed})
    api.take("caseworker", case, "accept")
    api.take("caseworker", case, "propose")
    return api.take("supervisor", case, "grant")


def told(api: Api, case: Any, who: str = "caseworker") -> dict[str, Any]:
    return {one["user"]["username"]: one for one in api.get(who, f"/cases/{case['id']}/candidates")["items"]}


def say(api: Api, who: str, **said: Any) -> Any:
    """A helper's profile, changed by the helper; what the office vouches for, by an administrator."""
    by = "administrator" if OF_THE_OFFICE & said.keys() else who
    answer = api.call(by, "PATCH", f"/users/{api.ids[who]}/profile", said)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_helpers_of_the_city_are_candidates_with_reasons_and_those_of_another_city_are_not(api: Api) -> None:
    case = granted(api)
    found = told(api, case)
    assert set(found) == {"lawyer", "volunteer"}
    for one in found.values():
        assert one["score"] == pytest.approx(sum(part["points"] for part in one["parts"]))
        assert one["reasons"] == [part["sentence"] for part in one["parts"] if part["points"]]
        assert one["out"] == one["conflicts"] == []


def test_whoever_works_on_the_matter_and_has_less_in_hand_comes_first(api: Api) -> None:
    case = granted(api)
    say(api, "volunteer", matters=[case["facts"]["matter"]])
    assert next(iter(told(api, case))) == "volunteer"
    other = granted(api)
    api.take("caseworker", other, "assign", to="volunteer")
    found = told(api, case)
    assert found["volunteer"]["open"] == 1
    load = {
        name: next(part["points"] for part in one["parts"] if part["name"] == "match_load")
        for name, one in found.items()
    }
    assert load["volunteer"] < load["lawyer"]


def test_the_language_that_is_needed_and_the_recipients_wish_count_and_the_language_stays_sealed(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    [name] = [one["name"] for one in api.get("supervisor", "/users")["items"] if one["username"] == "lawyer"]
    case = granted(api, applicant=facts["applicant"] | {"languages": ["手语"]}, wished_helper=name)
    assert case["facts"]["applicant"]["languages"] == ["***"]
    say(api, "lawyer", languages=["手语"])
    found = told(api, case)
    points = {
        who: {part["name"]: part["points"] for part in one["parts"] if part["name"] in ("match_language", "match_wish")}
        for who, one in found.items()
    }
    assert points == {
        "lawyer": {"match_language": 10, "match_wish": 20},
        "volunteer": {"match_language": 0, "match_wish": 0},
    }
    assert "手语" not in api.call("caseworker", "GET", f"/cases/{case['id']}/candidates").text


def test_a_conflict_is_found_under_another_writing_of_the_name(api: Api) -> None:
    case = granted(api)
    say(api, "lawyer", relations=[{"kind": "employer", "organisation": True, "name": "華茂服裝（濟南）有限責任公司"}])
    lawyer = told(api, case)["lawyer"]
    assert lawyer["out"] == ["a conflict of interest"]
    assert [one["sure"] for one in lawyer["conflicts"]] == [True]
    assert EMPLOYER in lawyer["conflicts"][0]["sentence"]


def test_helping_the_same_person_again_is_no_conflict_but_a_reason(api: Api) -> None:
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    case = granted(api, applicant=facts["applicant"])
    api.take("caseworker", case, "assign", to="volunteer")
    again = granted(api, applicant=facts["applicant"])
    volunteer = told(api, again)["volunteer"]
    assert volunteer["conflicts"] == []
    assert f"has helped this person in {case['number']}" in volunteer["reasons"]


def test_a_conflict_from_another_city_is_told_without_its_number(api: Api) -> None:
    """A lawyer of the province has acted for somebody in Qingdao who is the other side in Jinan."""
    new = {"username": "zhao", "name": "赵律", "role": "lawyer", "org": "370000"}
    with api.service.transaction() as tx:
        org = offices.org(tx.db, "370000")
        assert org is not None
        lawyer = create_user(tx, new, org).id
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    there = api.new_case("caseworker-qd", "370200", applicant=facts["applicant"])
    api.take("caseworker-qd", there, "accept")
    api.take("caseworker-qd", there, "propose")
    api.take("supervisor-qd", there, "grant")
    api.take("caseworker-qd", there, "assign", to="zhao")
    here = granted(api, employer=facts["employer"] | {"name": facts["applicant"]["name"]})
    found = told(api, here)["zhao"]
    assert found["out"] == ["a conflict of interest"]
    assert there["number"] not in str(found)
    with api.service.transaction() as tx:
        assert tx.db.run("select assignee_id from cases where id = :id", id=there["id"]).scalar_one() == lawyer


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("lawyer", 404), ("caseworker-qd", 404), (None, 401)])
def test_only_staff_who_see_the_case_look_for_helpers(api: Api, who: str | None, status: int) -> None:
    assert api.call(who, "GET", f"/cases/{granted(api)['id']}/candidates").status_code == status


def test_the_plan_serves_the_batch_and_changes_nothing_until_it_is_carried_out(api: Api) -> None:
    cases = [granted(api) for _ in range(3)]
    say(api, "lawyer", most_open=1)
    say(api, "volunteer", most_open=1)
    lines = api.post("supervisor", "/assignments/plan", {})["items"]
    assert [line["number"] for line in lines] == [case["number"] for case in cases]
    chosen = [line["chosen"] and line["chosen"]["user"]["username"] for line in lines]
    assert sorted(chosen[:2]) == ["lawyer", "volunteer"]
    assert chosen[2] is None
    assert not any(line["done"] for line in lines)
    assert [api.get("supervisor", f"/cases/{case['id']}")["state"] for case in cases] == ["granted"] * 3
    done = api.post("supervisor", "/assignments/plan?apply=true", {})["items"]
    assert [line["done"] for line in done] == [True, True, False]
    states = [api.get("supervisor", f"/cases/{case['id']}") for case in cases]
    assert [case["state"] for case in states] == ["granted", "granted", "granted"]
    open_ = {one["case_number"]: one["to"]["username"] for one in api.get("supervisor", "/offers?state=open")["items"]}
    assert [open_.get(case["number"]) for case in states] == chosen
    rest = api.post("supervisor", "/assignments/plan?apply=true", {})["items"]
    assert [(line["number"], line["chosen"]) for line in rest] == [(cases[2]["number"], None)]


def test_a_plan_names_what_its_maker_may_give_away(api: Api) -> None:
    """A caseworker does not give away a colleague's case."""
    theirs, own = granted(api), granted(api)
    api.post("supervisor", f"/cases/{theirs['id']}/handover", {"to": "supervisor", "reason": "本人办理"})
    lines = {line["number"]: line for line in api.post("caseworker", "/assignments/plan?apply=true", {})["items"]}
    assert lines[own["number"]]["done"]
    assert theirs["number"] not in lines
    assert theirs["number"] in {line["number"] for line in api.post("supervisor", "/assignments/plan", {})["items"]}
    assert api.get("caseworker", f"/cases/{theirs['id']}")["state"] == "granted"


def test_a_plan_is_for_staff_and_for_an_organisation_of_theirs(api: Api) -> None:
    assert api.call("lawyer", "POST", "/assignments/plan", {}).status_code == 403
    assert api.call("supervisor", "POST", "/assignments/plan?org=370200", {}).status_code == 422
    assert api.post("supervisor-qd", "/assignments/plan", {}) == {"items": []}


def test_a_profile_is_the_helpers_and_the_administrators_and_is_sealed(api: Api) -> None:
    where = f"/users/{api.ids['lawyer']}/profile"
    said = {
        "absences": [{"first": "2026-03-09", "last": "2026-03-10"}],
        "relations": [{"kind": "kin", "organisation": False, "name": "王晓明"}],
    }
    assert say(api, "lawyer", **said)["relations"] == said["relations"]
    assert api.call("administrator", "PATCH", where, {"most_open": 5}).status_code == 200
    # Who holds a licence is the word of the office, and of who is close that of the helper.
    assert api.call("lawyer", "PATCH", where, {"licence_until": "2099-01-01"}).status_code == 403
    assert api.call("supervisor", "PATCH", where, {"licence_until": "2027-01-01"}).status_code == 200
    assert api.call("supervisor", "PATCH", where, {"relations": []}).status_code == 403
    kept = api.get("supervisor", where)
    assert (kept["licence_until"], kept["most_open"], kept["absences"]) == ("2027-01-01", 5, said["absences"])
    for who, status in (("caseworker", 403), ("administrator-qd", 404), ("volunteer", 404), ("auditor", 403)):
        assert api.call(who, "PATCH", where, {"most_open": 9}).status_code == status
    assert api.get("lawyer", where)["most_open"] == 5
    # The same again is no change, and null takes away what was there.
    assert api.call("lawyer", "PATCH", where, {"most_open": 5}).status_code == 200
    with api.service.transaction() as tx:
        stored = bytes(tx.db.run("select sealed from profiles").scalar_one())
        chained = tx.db.run("select payload from admin_events where kind = 'profile_changed'").scalars().all()
    assert "王晓明".encode() not in stored
    assert [sorted(one["parts"]) for one in chained] == [["absences", "relations"], ["most_open"], ["licence_until"]]


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"matters": ["cooking"]}, "matters.0"),
        ({"places": ["37010"]}, "places.0"),
        ({"absences": [{"first": "2026-03-10", "last": "2026-03-09"}]}, "absences.0.last"),
        ({"most_open": -1}, "most_open"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_a_profile_that_says_nonsense_is_refused_and_changes_nothing(shared: Api, said: Any, path: str) -> None:
    answer = shared.call("lawyer", "PATCH", f"/users/{shared.ids['lawyer']}/profile", said)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [path]
    assert shared.get("lawyer", f"/users/{shared.ids['lawyer']}/profile")["matters"] == []


def test_staff_have_no_profile(shared: Api) -> None:
    assert shared.call("caseworker", "GET", f"/users/{shared.ids['caseworker']}/profile").status_code == 404


def test_two_plans_at_once_give_nobody_more_than_said(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lawyer of the province is within reach of two cities, each of which carries out a plan."""
    new = {"username": "zhao", "name": "赵律", "role": "lawyer", "org": "370000"}
    with api.service.transaction() as tx:
        org = offices.org(tx.db, "370000")
        assert org is not None
        zhao = create_user(tx, new, org).id
        tx.actor = Actor(Role.LAWYER, people.by_id(tx.db, zhao))
        profiles.change(tx, zhao, {"most_open": 1})
        today = str(tx.today)
    for who in ("lawyer", "volunteer", "lawyer-qd", "volunteer-qd"):
        say(api, who, absences=[{"first": today, "last": today}])
    granted(api)
    there = api.new_case("caseworker-qd", "370200")
    api.take("caseworker-qd", there, "accept")
    api.take("caseworker-qd", there, "propose")
    api.take("supervisor-qd", there, "grant")
    both, carry_out = Barrier(2), offers.carry_out

    def together(*given: Any) -> Any:
        # Where both have planned before either gives a case, they go on together.
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.5)
        return carry_out(*given)

    monkeypatch.setattr(offers, "carry_out", together)
    plans = [
        partial(api.call, who, "POST", "/assignments/plan?apply=true", {}) for who in ("supervisor", "supervisor-qd")
    ]
    answers = at_once(plans)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sum(line["done"] for answer in answers for line in answer.get_json()["items"]) == 1


def test_a_case_that_is_gone_when_its_turn_comes_leaves_the_others_of_the_plan(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was given to another city, say, after the plan was made."""
    gone, rest = granted(api), granted(api)
    locked = cases.locked

    def moved_away(tx: Any, case_id: UUID) -> Any:
        if str(case_id) == gone["id"]:
            raise NotFound
        return locked(tx, case_id)

    monkeypatch.setattr("casework.work.offers.locked", moved_away)
    lines = {line["number"]: line for line in api.post("supervisor", "/assignments/plan?apply=true", {})["items"]}
    assert lines[rest["number"]]["done"]
    assert not lines[gone["number"]]["done"]
    assert lines[gone["number"]]["refused"]
