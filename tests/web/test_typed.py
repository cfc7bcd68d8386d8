"""Nothing typed is lost: not where the sign-in has ended, not where somebody was first, and nothing is done twice."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from casework.records import cases
from casework.rules.people import APPLICANT
from casework.work import applications, carrying
from casework.work.carrying import LASTS
from tests.web.conftest import PASSWORD, Pages, Visitor
from tests.web.test_edit import form_of_page
from tests.web.test_sign_in import passes
from tests.web.test_steps import state_of, step, taken_up

_HIDDEN = re.compile(r'<input type="hidden" name="(next|carried)" value="([^"]*)"')
_TOKEN = re.compile(r'name="anti-forgery" value="([^"]+)"')


def end_sessions(pages: Pages, who: str) -> None:
    with pages.service.transaction() as tx:
        tx.db.run(
            "update tokens set idle_until = :now where user_id = (select id from users where username = :who)",
            now=tx.now,
            who=who,
        )


def asked_to_sign_in(visitor: Visitor, answer: Any) -> dict[str, str]:
    """The hidden fields of the page on which one signs in again, of which the first form is taken."""
    assert answer.status_code == 401
    visitor.token = _TOKEN.search(answer.text)[1]  # type: ignore[index]
    hidden = dict(_HIDDEN.findall(answer.text))
    assert hidden["carried"]
    return hidden


def late(pages: Pages, typed: str) -> tuple[Visitor, str, dict[str, str], tuple[str, int]]:
    """A step that was filled in and sent when the session had ended."""
    visitor, number = taken_up(pages)
    hidden = step(visitor, number, "request_data")
    before = state_of(pages, number)
    end_sessions(pages, "caseworker")
    answer = visitor.post(f"/cases/{number}/do/request_data", **hidden, kinds="copy", what=typed)
    assert typed not in answer.text
    return visitor, number, asked_to_sign_in(visitor, answer), before


def test_after_signing_in_again_the_form_stands_as_typed_unsent_and_is_sent_when_asked(pages: Pages) -> None:
    typed = f"请提供全部材料{uuid4().hex}"
    visitor, number, hidden, before = late(pages, typed)
    answer = visitor.post("/sign-in/demonstration", username="caseworker", **hidden)
    assert answer.location == f"/typed?address={quote(hidden['next'], safe='')}"
    shown = visitor.get(answer.location)
    assert shown.status_code == 200
    assert typed in shown.text
    assert "刚才的内容没有提交" in shown.text
    assert re.search(r'value="copy"[^>]* checked', shown.text)
    assert state_of(pages, number) == before
    version, once = (re.search(f'name="{name}" value="([^"]+)"', shown.text) for name in ("version", "once"))
    assert version
    assert once
    fields = {"version": version[1], "once": once[1], "kinds": "copy", "what": typed}
    assert visitor.post(hidden["next"], **fields).location == f"/cases/{number}?done=request_data"
    assert state_of(pages, number) != before


def test_a_wrong_password_does_not_lose_it_either_and_a_cookie_that_is_gone_is_as_good(
    pages: Pages, username: str
) -> None:
    visitor = pages.visitor()
    visitor.get("/sign-in")
    visitor.post("/sign-in", username=username, password=PASSWORD)
    visitor.get("/settings")
    visitor.client.delete_cookie("casework-session")
    typed = f"{uuid4().hex}@example"
    hidden = asked_to_sign_in(visitor, visitor.post("/settings", email=typed))
    again = visitor.post("/sign-in", username=username, password="not the right one", **hidden)
    hidden = asked_to_sign_in(visitor, again)
    answer = visitor.post("/sign-in", username=username, password=PASSWORD, **hidden)
    assert typed in visitor.get(answer.location).text


def test_nobody_else_gets_what_was_typed(pages: Pages) -> None:
    typed = f"请提供全部材料{uuid4().hex}"
    visitor, number, hidden, _ = late(pages, typed)
    assert visitor.post("/sign-in/demonstration", username="supervisor", **hidden).location == "/desk"
    assert visitor.get(f"/typed?address=/cases/{number}/do/request_data").location == "/desk"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/settings", "/cases"])
def test_it_is_bound_to_the_address_that_it_was_posted_to(pages: Pages, elsewhere: str) -> None:
    visitor, _, hidden, _ = late(pages, "材料")
    answer = visitor.post("/sign-in/demonstration", username="caseworker", **hidden | {"next": elsewhere})
    assert answer.location == "/desk"


def test_after_a_quarter_of_an_hour_it_is_gone(pages: Pages) -> None:
    visitor, _, hidden, _ = late(pages, "材料")
    passes(pages, LASTS + timedelta(seconds=1))
    assert visitor.post("/sign-in/demonstration", username="caseworker", **hidden).location == "/desk"


def test_what_no_page_of_ours_has_made_is_not_carried(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    visitor.get(f"/cases/{number}")
    own = visitor.token
    visitor.client.delete_cookie("casework-session")
    address = f"/cases/{number}/do/request_data"
    assert visitor.post(address, headers={"Sec-Fetch-Site": "cross-site"}, what="材料").status_code == 403
    visitor.get("/sign-in")
    without = visitor.post(address, what="材料")
    assert (without.status_code, without.location) == (303, "/sign-in")
    stranger = pages.signed_in("supervisor")
    stranger.get(f"/cases/{number}")
    stranger.token = own
    assert stranger.post(address, what="材料").status_code == 403


def test_a_page_of_before_one_signed_in_again_is_shown_as_typed(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    hidden, token, before = step(visitor, number, "request_data"), visitor.token, state_of(pages, number)
    again = pages.signed_in("caseworker")
    again.token = token
    typed = f"请提供全部材料{uuid4().hex}"
    answer = again.post(f"/cases/{number}/do/request_data", **hidden, kinds="copy", what=typed)
    assert answer.status_code == 409
    assert typed in answer.text
    assert state_of(pages, number) == before


def test_passwords_are_not_carried_and_nothing_without_end(pages: Pages) -> None:
    with pages.service.transaction() as tx:
        sealed = carrying.carry(
            tx, "/settings", "", {"current_password": ["a"], "user.password": ["b"], "email": ["c"]}
        )
        found = carrying.opened(tx, "/settings", sealed)
        assert found is not None
        assert found.fields == {"email": ["c"]}
        assert carrying.opened(tx, "/elsewhere", sealed) is None
        assert carrying.carry(tx, "/settings", "", {"story": ["a" * 400_001]}) == ""


def test_an_applicant_gives_the_code_again_and_finds_what_was_typed(pages: Pages) -> None:
    _, number = taken_up(pages)
    with pages.service.transaction(APPLICANT) as tx:
        case_id = tx.db.one("select id from cases where number = :n", n=number).id  # type: ignore[union-attr]
        code = applications._new_code(tx, cases.get_for_applicant(tx.db, case_id))
    visitor = pages.visitor()
    visitor.get("/track")
    assert visitor.post("/track", number=number, code=code).location == f"/track/{number}"
    address = f"/track/{number}/do/withdraw"
    version = re.search(r'name="version" value="(\d+)"', visitor.get(address).text)
    assert version
    visitor.client.delete_cookie("casework-application")
    typed = f"不再需要{uuid4().hex}"
    answer = visitor.post(address, version=version[1], reason=typed)
    assert typed not in answer.text
    hidden = asked_to_sign_in(visitor, answer)
    assert visitor.post("/track", number=number, code=code, **hidden).location == address
    shown = visitor.get(address)
    assert shown.status_code == 200
    assert typed in shown.text
    assert visitor.post(address, version=version[1], reason=typed).status_code == 303


def test_a_correction_is_kept_as_it_is_typed_and_gone_when_sent(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    fields = form_of_page(visitor, number) | {"facts.applicant.phone": ["13900001234"]}
    draft = fields | {"subject": [f"edit {number}"]}
    assert re.fullmatch(r"\d\d:\d\d", visitor.post("/drafts", **draft).text)
    text = visitor.get(f"/cases/{number}/edit").text
    assert 'value="13900001234"' in text
    assert "接着上次没有提交的内容" in text
    answers = [visitor.post(f"/cases/{number}/edit", **fields) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, f"/cases/{number}")] * 2
    assert "接着上次没有提交的内容" not in visitor.get(f"/cases/{number}/edit").text


def test_a_correction_that_comes_second_says_who_was_first_and_where_they_differ(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    late_one = form_of_page(visitor, number)
    early = form_of_page(visitor, number)
    visitor.post(f"/cases/{number}/edit", **early | {"facts.employer.name": ["济南先改的有限公司"]})
    mine = late_one | {"facts.employer.name": ["济南后改的有限公司"]}
    answer = visitor.post(f"/cases/{number}/edit", **mine)
    assert answer.status_code == 412
    told = answer.text.split('id="meanwhile-h"')[1].split("</section>")[0]
    assert "更正案情" in told
    assert "济南先改的有限公司" in told
    assert "济南后改的有限公司" in told
    # What is masked and was not touched is no difference.
    assert "（未填）" not in told
    version, once = (re.search(f'name="{name}" value="([^"]+)"', answer.text) for name in ("version", "once"))
    assert version
    assert once
    assert visitor.post(f"/cases/{number}/edit", **mine | {"version": version[1], "once": once[1]}).status_code == 303


def test_a_double_click_claims_one_case_and_adds_one_note(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    once = re.search(r'name="once" value="([^"]+)"', visitor.get("/desk").text)
    assert once
    assert len({visitor.post("/desk/claim", once=once[1]).location for _ in range(3)}) == 1
    text = visitor.get(f"/cases/{number}").text
    once = re.search(r'name="once" value="([^"]+)"', text)
    assert once
    said = f"已电话联系{uuid4().hex}"
    for _ in range(2):
        assert visitor.post(f"/cases/{number}/notes", text=said, once=once[1]).location == f"/cases/{number}#notes"
    assert visitor.get(f"/cases/{number}/notes").text.count(said) == 1
    empty = visitor.post(f"/cases/{number}/notes", text="")
    assert empty.status_code == 422
