"""Photographs and documents of a case: added, sealed, looked at by links that are logged, removed for good."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from casework.api.endpoint import ENDPOINTS
from casework.files.reading import Readable
from casework.http.uploads import UPLOAD_ENDS
from casework.records.vault import Keyring
from casework.rules.grammar import Workflow
from casework.rules.people import APPLICANT
from casework.web.page import PAGES
from casework.work import audit, drafts, files, keys, paper_list, workflow_registry
from casework.work.service import Service
from tests.api.conftest import Api
from tests.api.uploads import KIND, PDF, form_with


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(out, "JPEG")
    return out.getvalue()


def send(api: Api, who: str | None, path: str, contents: bytes, name: str, **said: Any) -> TestResponse:
    headers = said.pop("headers", {})
    body = form_with(contents, name, **{"paper": "identity", **said})
    return api.call(who, "POST", path, body, {**headers, "Content-Type": KIND})


def added(api: Api, case: Any, contents: bytes = PDF, name: str = "身份证.pdf", who: str = "caseworker") -> str:
    answer = send(api, who, f"/cases/{case['id']}/files", contents, name)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def look(api: Api, who: str, address: str) -> TestResponse:
    return api.app.test_client().get(address, headers={"Authorization": f"Bearer {api.tokens[who]}"})


@pytest.fixture
def verified(api: Api) -> Iterator[Api]:
    """An office in which nothing contradicts itself afterwards either."""
    yield api
    assert list(audit.verify(api.service)) == []


def test_a_file_is_sealed_listed_looked_at_logged_and_removed_for_good(verified: Api) -> None:
    api, case = verified, verified.new_case()
    path = f"/cases/{case['id']}/files"
    missing = {one["code"]: one["standing"] for one in api.get("caseworker", path)["papers"]}
    assert missing["contract"] == "optional"
    file_id = added(api, case, photo(), "照片/IMG_1.HEIC")
    with api.service.transaction() as tx:
        row = tx.db.one("select * from files where id = :id", id=UUID(file_id))
    assert b"JFIF" not in row.contents
    assert b"IMG_1" not in row.name

    listed = api.get("auditor", path)
    [told] = listed["items"]
    assert (told["paper"], told["type"], told["actor"]["username"]) == ("identity", "image/jpeg", "caseworker")
    assert next(one for one in listed["papers"] if one["code"] == "identity")["standing"] == "here"
    assert api.call("auditor", "POST", f"{path}/{file_id}/link").status_code == 403

    link = api.post("supervisor", f"{path}/{file_id}/link")
    shown, small = (look(api, "supervisor", link[name]) for name in ("address", "thumbnail"))
    assert Image.open(io.BytesIO(shown.data)).size == (400, 300)
    assert max(Image.open(io.BytesIO(small.data)).size) == 320
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Disposition"] == "inline; filename*=UTF-8''IMG_1.jpg"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    log = api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]
    assert [(one["user"]["username"], one["paths"]) for one in log] == [
        ("supervisor", [f"files.{file_id}"]),
        ("supervisor", [f"files.{file_id}.thumbnail"]),
    ]
    # For nobody but who asked, for five minutes, as long as it is there.
    assert look(api, "caseworker", link["address"]).status_code == 404
    assert look(api, "supervisor", link["address"][:-20] + "xxxxx" + link["address"][-15:]).status_code == 404
    api.seconds_pass(301)
    assert look(api, "supervisor", link["address"]).status_code == 404
    link = api.post("supervisor", f"{path}/{file_id}/link")
    assert api.call("caseworker", "DELETE", f"{path}/{file_id}", {}).status_code == 422
    assert api.call("caseworker", "DELETE", f"{path}/{file_id}", {"reason": "传错了"}).status_code == 204
    assert look(api, "supervisor", link["address"]).status_code == 404
    assert api.call("caseworker", "DELETE", f"{path}/{file_id}", {"reason": "再来一次"}).status_code == 404
    with api.service.transaction() as tx:
        row = tx.db.one("select * from files where id = :id", id=UUID(file_id))
    assert (row.contents, row.thumbnail, row.name, row.sealed_key) == (None, None, None, None)
    events = api.get("auditor", f"/cases/{case['id']}/events")["items"][-2:]
    assert [one["kind"] for one in events] == ["file_added", "file_removed"]
    assert events[0]["payload"]["given"]["files"][0]["sha256"] == told["sha256"]


def test_documents_are_saved_and_never_shown(api: Api) -> None:
    case = api.new_case()
    link = api.post("caseworker", f"/cases/{case['id']}/files/{added(api, case)}/link")
    assert link["thumbnail"] is None
    answer = look(api, "caseworker", link["address"])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_whoever_may_not_write_adds_and_removes_nothing(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/files"
    statuses = {who: send(api, who, path, PDF, "a.pdf").status_code for who in api.tokens}
    may = {"caseworker", "supervisor", "supervisor-sd"}
    assert {who for who, status in statuses.items() if status == 201} == may
    assert statuses["auditor"] == 403
    assert {statuses[who] for who in ("lawyer", "administrator", "caseworker-qd", "supervisor-qd")} <= {403, 404}
    assert send(api, None, path, PDF, "a.pdf").status_code == 401


def test_a_file_is_refused_by_field_and_by_what_is_in_it(api: Api) -> None:
    case = api.new_case()
    path = f"/cases/{case['id']}/files"

    def codes(answer: TestResponse) -> list[tuple[str, str]]:
        assert answer.status_code == 422, answer.text
        return [(one["field"], one["code"]) for one in answer.get_json()["errors"]]

    assert codes(send(api, "caseworker", path, b"<html>", "card.jpg")) == [("file", "type")]
    assert codes(send(api, "caseworker", path, PDF + bytes(10 * 2**20 - len(PDF) + 1), "a.pdf")) == [
        ("file", "too_large")
    ]
    assert codes(send(api, "caseworker", path, b"", "")) == [("file", "required")]
    assert codes(send(api, "caseworker", path, PDF, "a.pdf", paper="visa")) == [("paper", "choice")]
    assert api.call("caseworker", "POST", path, {"paper": "identity"}).status_code == 415
    disposition = b"\r\nContent-Disposition: form-data"
    nameless = b"--x" + disposition + b"\r\n\r\n1\r\n--x" + disposition + b'; name="paper"\r\n\r\nidentity\r\n--x--\r\n'
    typed = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "nameless"}
    assert codes(api.call("caseworker", "POST", path, nameless, typed)) == [("file", "required")]
    stale = send(api, "caseworker", path, PDF, "a.pdf", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert api.get("caseworker", path)["items"] == []


def test_the_same_upload_sent_again_is_done_once(api: Api) -> None:
    case = api.new_case()
    path, key = f"/cases/{case['id']}/files", {"Idempotency-Key": "photo-1"}
    first, again = (send(api, "caseworker", path, PDF, "a.pdf", headers=key) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert send(api, "caseworker", path, PDF + b" ", "a.pdf", headers=key).status_code == 422
    assert len(api.get("caseworker", path)["items"]) == 1


def test_an_applicant_sends_files_and_sees_no_others(verified: Api) -> None:
    api = verified
    facts = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    opened = api.post(None, "/public/applications", {"workflow": "legal_aid", "org": "370100", "facts": facts})
    number, code = opened["number"], {"Tracking-Code": opened["tracking_code"]}
    path = f"/public/applications/{number}/files"
    mine = send(api, None, path, photo(), "身份证.jpg", headers=code).get_json()["id"]
    [case] = api.get("caseworker", f"/cases?q={number}")["items"]
    theirs = added(api, case)
    told = api.call(None, "GET", path, headers=code).get_json()
    assert [one["id"] for one in told["items"]] == [mine]
    link = api.call(None, "POST", f"{path}/{mine}/link", {}, code).get_json()
    client = api.app.test_client()
    assert client.get(link["address"], headers=code).status_code == 200
    assert client.get(link["address"]).status_code == 404
    assert (
        look(
            api, "caseworker", link["address"].replace(f"public/applications/{number}/files/look", "files")
        ).status_code
        == 404
    )
    assert api.call(None, "POST", f"{path}/{theirs}/link", {}, code).status_code == 404
    assert api.call(None, "DELETE", f"{path}/{theirs}", {}, code).status_code == 404
    assert api.call(None, "DELETE", f"{path}/{mine}", {}, code).status_code == 204
    assert api.get("auditor", f"/cases/{case['id']}/disclosures")["items"] == []
    api.service.limits = replace(api.service.limits, uploads_an_hour=1)
    assert send(api, None, path, PDF, "a.pdf", headers=code).status_code == 429


def test_service_keys_follow_one_another_and_files_still_open(api: Api) -> None:
    case = api.new_case()
    file_id = added(api, case)
    api.service.keyring = Keyring([bytes(range(1, 33)), bytes(range(32))])
    keys.rotate(api.service, lambda done: None)
    api.service.keyring = Keyring([bytes(range(1, 33))])
    link = api.post("caseworker", f"/cases/{case['id']}/files/{file_id}/link")
    assert look(api, "caseworker", link["address"]).data == PDF


def test_an_altered_file_is_found_by_the_audit(api: Api) -> None:
    case = api.new_case()
    file_id = added(api, case)
    with api.service.transaction() as tx, pytest.raises(Exception, match="changes with the next event"):
        tx.db.run("update files set contents = 'other' where id = :id", id=UUID(file_id))
    with api.service.database.transaction("casework_owner") as tx:
        tx.run("update files set contents = overlay(contents placing 'x' from 40) where id = :id", id=UUID(file_id))
    [fault] = audit.verify(api.service)
    assert file_id in fault.en


def test_files_of_a_draft_go_when_the_draft_goes(service: Service) -> None:
    workflow: Workflow = workflow_registry.newest("legal_aid")
    given = files.GivenFile("identity", "a.pdf", Readable("application/pdf", PDF))
    with service.transaction(APPLICANT) as tx:
        drafts.keep(tx, "code 1", "apply legal_aid", {})
        files.add_to_draft(tx, "code 1", "apply legal_aid", given, paper_list.of_draft(workflow, {}, []))
        assert tx.db.one("select count(*) as many from files").many == 1
        drafts.drop(tx, "code 1", "apply legal_aid")
        assert tx.db.one("select count(*) as many from files").many == 0


def test_only_addresses_to_which_files_are_sent_end_so() -> None:
    ways: list[Any] = [*ENDPOINTS, *PAGES]
    posted = [one for one in ways if one.method == "POST" and one.path.endswith(UPLOAD_ENDS)]
    # Tables are no longer than any other body.
    files = [one for one in ways if one.takes_file and "/import" not in one.path and "/tables/" not in one.path]
    assert {id(one) for one in posted} == {id(one) for one in files}


@pytest.mark.parametrize("sign", ["\u202e", "\u2067", "\u200f", "\u2028", "\x85", "\ufeff"])
def test_the_name_of_a_file_has_no_signs_that_turn_it_around_or_are_not_seen(sign: str) -> None:
    assert files.clean_name(f"a{sign}fdp.exe", "application/pdf") == "a_fdp.pdf"
