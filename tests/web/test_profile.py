"""The profile of a helper on its page: each keeps their part of it, and nobody else sees it."""

from casework.records import people
from casework.work import profiles
from casework.work.people import act_as
from tests.web.conftest import Pages
from tests.web.test_people import sign_in, somebody


def kept(pages: Pages, username: str) -> dict[str, object]:
    with pages.service.transaction() as tx:
        act_as(tx, username)
        found = people.by_username(tx.db, username)
        assert found is not None
        return profiles.of_helper(tx, found[0].id)


def test_a_helper_keeps_the_own_part_and_the_office_its_own(pages: Pages) -> None:
    name = somebody(pages, "lawyer")
    helper, at = sign_in(pages, name), f"/people/{name}/profile"
    page = helper.get(at)
    assert page.status_code == 200
    assert 'name="licence"' not in page.text
    assert at in helper.get("/settings").text
    said = {
        "matters": ["wages"],
        "languages": ["聊城话"],
        "places": ["3701"],
        "most_open": "8",
        "absences.0.first": "2026-12-01",
        "absences.0.last": "2026-12-05",
        "relations.0.kind": "kin",
        "relations.0.organisation": "false",
        "relations.0.name": "王晓明",
        "licence": "forged",  # Not the helper's to say: left out, as it is not on the page.
    }
    helper.get(at)
    assert helper.post(at, **said).status_code == 303
    mine = kept(pages, name)
    assert (mine["most_open"], mine["places"], mine["matters"]) == (8, ["3701"], ["wages"])
    assert "licence" not in mine

    supervisor = pages.signed_in("supervisor")
    page = supervisor.get(at)
    assert 'name="licence"' in page.text
    assert 'name="most_open"' not in page.text
    assert "近亲属：王晓明" in page.text
    assert supervisor.post(at, licence_until="2027-01-31", firm="示例律师事务所").status_code == 303
    assert kept(pages, name) == {**mine, "licence_until": "2027-01-31", "firm": "示例律师事务所"}
    # What is emptied is taken away, and only of the own part.
    helper.get(at)
    assert helper.post(at, languages="英语").status_code == 303
    assert kept(pages, name) == {"languages": ["英语"], "licence_until": "2027-01-31", "firm": "示例律师事务所"}


def test_who_declares_a_party_of_a_case_in_hand_is_kept_from_it(pages: Pages) -> None:
    with pages.service.transaction() as tx:
        row = tx.db.one(
            """select c.number, u.username, c.facts #>> '{employer,name}' as employer
               from cases c join users u on u.id = c.assignee_id
               where c.closed_at is null and u.username in ('lawyer', 'lawyer-qd')
                 and c.workflow = 'legal_aid' order by c.number limit 1"""
        )
    assert row is not None
    helper, at = pages.signed_in(row.username), f"/people/{row.username}/profile"
    assert helper.get(f"/cases/{row.number}").status_code == 200
    helper.get(at)
    said = {"relations.0.kind": "employer", "relations.0.organisation": "true", "relations.0.name": row.employer}
    assert helper.post(at, **said).status_code == 303
    assert helper.get(f"/cases/{row.number}").status_code == 404


def test_faults_stand_at_their_field_and_nothing_is_changed(pages: Pages) -> None:
    name = somebody(pages, "volunteer")
    helper, at = sign_in(pages, name), f"/people/{name}/profile"
    helper.get(at)
    wrong = {"absences.0.first": "2026-12-05", "absences.0.last": "2026-12-01", "most_open": "many", "firm": "x"}
    page = helper.post(at, **wrong)
    assert page.status_code == 422
    assert "f-most_open" in page.text
    assert 'value="many"' in page.text
    assert kept(pages, name) == {}


def test_a_profile_is_for_the_helper_and_for_who_looks_after_helpers(pages: Pages) -> None:
    name, other = somebody(pages, "lawyer"), somebody(pages, "lawyer", "370200")
    at = f"/people/{name}/profile"
    for who, status in (("caseworker", 200), ("administrator", 200), ("auditor", 403)):
        assert pages.signed_in(who).get(at).status_code == status
    helper = sign_in(pages, other)
    assert helper.get(at).status_code == 404
    assert pages.signed_in("supervisor").get(f"/people/{other}/profile").status_code == 404
    helper.get(f"/people/{other}/profile")
    assert helper.post(at, languages="英语").status_code == 404
    caseworker = pages.signed_in("caseworker")
    caseworker.get(at)
    assert caseworker.post(at, languages="英语").status_code == 403
    assert pages.signed_in("supervisor").get("/people/caseworker/profile").status_code == 404
