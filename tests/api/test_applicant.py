"""The person helped: known by the name that was corrected last, and by one number on one record."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.api.conftest import Api

HOTLINE_PHONE = "13987654321"


def facts(api: Api, **applicant: Any) -> dict[str, Any]:
    """The example of an intake, with what is said of the applicant changed; None leaves it out."""
    example: dict[str, Any] = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]
    said = example["applicant"] | applicant
    return example | {"applicant": {name: value for name, value in said.items() if value is not None}}


def corrected(api: Api, case: Any, **applicant: Any) -> Any:
    """The case after what it says of the applicant was corrected."""
    answer = api.call(
        "caseworker", "PATCH", f"/cases/{case['id']}", {"facts": {"applicant": applicant}}, {"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def found(api: Api, words: str) -> list[str]:
    return [case["id"] for case in api.get("caseworker", f"/cases?q={quote(words)}")["items"]]


def test_a_corrected_name_is_found_and_used_in_later_letters(api: Api) -> None:
    case = api.new_case(**facts(api, name="欧阳慕雪"))
    assert corrected(api, case, name="尉迟琼枝")["applicant"]["name"] == "尉迟琼枝"
    assert (found(api, "尉迟琼枝"), found(api, "欧阳慕雪")) == ([case["id"]], [])
    api.take("caseworker", case, "ask_for_papers")
    letters = {one["name"]: one["body"] for one in api.get("caseworker", f"/cases/{case['id']}/letters")["items"]}
    assert "欧阳慕雪" in letters["receipt"]
    assert "尉迟琼枝" in letters["papers_needed"]
    assert "欧阳慕雪" not in letters["papers_needed"]


@pytest.mark.parametrize(
    "words",
    [
        "古丽米热·艾比布力",
        "古丽米热•艾比布力",
        "古丽米热．艾比布力",
        "古丽米热艾比布力",
        "艾比布力 启明(山东)",
        "济南启明（山东）建筑",
        "济南\u200b启明〔山东〕建筑",
        "\u202d13987650021\u202c",
        "#{number}",
        "{number}。",
        "（{dashed}）",
        "{wide}",
    ],
)
def test_a_case_is_found_however_its_names_and_number_are_typed(api: Api, words: str) -> None:
    said = facts(api, name="古丽米热‧艾比布力", phone="139 8765 0021")
    case = api.new_case(**said | {"employer": said["employer"] | {"name": "济南启明（山东）建筑劳务有限公司"}})
    number = case["number"]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert found(api, words.format(number=number, dashed=number.replace("-", "–"), wide=wide)) == [case["id"]]


@pytest.mark.parametrize("words", ["·", "（）", "\u200b", "古丽米热 王"])
def test_words_that_say_nothing_find_nothing(api: Api, words: str) -> None:
    api.new_case(**facts(api, name="古丽米热·艾比布力"))
    assert found(api, words) == []


def applicants_of(api: Api, *cases: Any) -> list[Any]:
    with api.service.transaction() as tx:
        return [tx.db.run("select applicant_id from cases where id = :id", id=one["id"]).scalar_one() for one in cases]


def test_a_number_that_follows_later_joins_the_next_case_of_the_person(api: Api) -> None:
    said = facts(api)
    number = said["applicant"]["identity_number"]
    first = api.new_case(**facts(api, **said["applicant"] | {"identity_number": None}))
    corrected(api, first, identity_number=number)
    [one, other] = applicants_of(api, first, api.new_case(**said))
    assert one == other


def test_a_number_that_another_applicant_has_already_is_left_there(api: Api) -> None:
    said = facts(api)
    number = said["applicant"]["identity_number"]
    first = api.new_case(**said)
    later = api.new_case(**facts(api, **said["applicant"] | {"identity_number": None}))
    twin = corrected(api, later, identity_number=number)
    assert twin["applicant"]["identity_number"] == first["applicant"]["identity_number"]
    [one, other] = applicants_of(api, first, later)
    assert one != other
    assert applicants_of(api, api.new_case(**said | {"matter": "dismissal", "exemption": None})) == [one]
    values = api.post("caseworker", f"/cases/{later['id']}/disclosures", {"reason": "核对"})["values"]
    assert values["applicant.identity_number"] == number


@pytest.mark.parametrize(
    ("left_out", "by"),
    [((), ["identity_number", "phone"]), (("phone",), ["identity_number"]), (("identity_number",), ["phone"])],
)
def test_a_twin_is_pointed_out_by_what_it_shares(left_out: tuple[str, ...], by: list[str], api: Api) -> None:
    said = facts(api, phone=HOTLINE_PHONE)
    first = api.new_case(**said)
    api.days_pass(1)
    again = api.new_case(**facts(api, **said["applicant"] | dict.fromkeys(left_out)))
    [twin] = api.get("caseworker", f"/cases/{again['id']}")["same_applicant"]
    assert (twin["id"], twin["by"], twin["same_request"]) == (first["id"], by, False)
    assert again["same_applicant"] == [twin]


def test_a_closed_case_is_no_twin(api: Api) -> None:
    said = facts(api, phone=HOTLINE_PHONE)
    api.take("caseworker", api.new_case(**said), "withdraw")
    assert api.new_case(**said)["same_applicant"] == []


def test_papers_of_an_earlier_case_are_shown_to_staff_and_not_asked_for_again(api: Api) -> None:
    said = facts(api) | {"papers": [{"name": "居住证", "copies": 2}]}
    first = api.new_case(**said)
    api.take("caseworker", first, "withdraw")
    again = api.new_case(**said | {"papers": []})
    held = [{"name": "居住证", "copies": 2, "number": first["number"]}]
    assert again["papers_before"] == held
    assert api.get("caseworker", f"/cases/{again['id']}")["papers_before"] == held
    [receipt] = api.get("caseworker", f"/cases/{again['id']}/letters")["items"]
    assert f"居住证 × 2 (case {first['number']})" in receipt["body"]
    path = f"/cases/{again['id']}/transitions/ask_for_papers"
    refused = api.call("caseworker", "POST", path, {"papers": ["居住证"]}, {"If-Match": '"1"'})
    assert refused.status_code == 422
    assert first["number"] in str(refused.get_json())


def test_papers_of_a_case_elsewhere_are_not_told_whoever_opens_or_asks(api: Api) -> None:
    said = facts(api) | {"papers": [{"name": "居住证", "copies": 2}]}
    there = api.new_case("caseworker-qd", "370200", **said)
    api.take("caseworker-qd", there, "withdraw")
    for who in ("caseworker", "supervisor-sd"):
        answer = opened(api, said | {"papers": []}, who, duplicate_reason="另行登记")
        assert answer.status_code == 201, answer.text
        again = answer.get_json()
        assert again["papers_before"] == []
        assert api.get("supervisor-sd", f"/cases/{again['id']}")["papers_before"] == []
        [receipt] = api.get("caseworker", f"/cases/{again['id']}/letters")["items"]
        assert "居住证" not in receipt["body"]
        path = f"/cases/{again['id']}/transitions/ask_for_papers"
        assert api.call(who, "POST", path, {"papers": ["居住证"]}).status_code == 200


# The same request again


def opened(api: Api, facts: Any, who: str = "caseworker", **more: Any) -> Any:
    """The answer to somebody who takes this request in."""
    body = {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}
    return api.call(who, "POST", "/cases", body | more)


PASSPORT: dict[str, Any] = {
    "identity_number": None,
    "birth_date": None,
    "sex": None,
    "document_kind": "passport",
    "document_number": "E12345678",
    "document_state": "VNM",
}


def employer(said: Any, **changed: Any) -> Any:
    return said | {"employer": {name: value for name, value in (said["employer"] | changed).items() if value}}


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"phone": None},
        {"phone": "13900000001"},
        {"identity_number": None},
        {"identity_number": None, "name": "（同名）"},
        PASSPORT | {"phone": None},
    ],
)
def test_the_same_request_is_opened_again_with_a_reason_only(person: dict[str, Any], api: Api) -> None:
    known = PASSPORT if "document_kind" in person else {}
    said = facts(api, **known)
    first = opened(api, said).get_json()
    name = {"name": said["applicant"]["name"]} if "name" in person else {}
    changed = {field: value for field, value in (said["applicant"] | person | name).items() if value is not None}
    again = employer(said | {"applicant": changed}, name=f" {said['employer']['name']}\u200b", credit_code=None)
    refusal = opened(api, again)
    assert refusal.status_code == 409
    assert first["number"] in refusal.get_json()["detail"]
    [told] = refusal.get_json()["duplicate_of"]
    assert (told["id"], told["number"], told["state"], told["org"]) == (
        first["id"],
        first["number"],
        "submitted",
        "370100",
    )
    second = opened(api, again, duplicate_reason="申请人要求分别办理")
    assert second.status_code == 201
    [twin] = second.get_json()["same_applicant"]
    assert (twin["id"], twin["same_request"]) == (first["id"], True)
    [event] = api.get("caseworker", f"/cases/{second.get_json()['id']}/events")["items"]
    assert event["payload"]["reason"] == "***"
    values = api.post("supervisor", f"/cases/{second.get_json()['id']}/disclosures", {"reason": "核对"})["values"]
    assert values["events.1.reason"] == "申请人要求分别办理"


def test_of_one_file_a_household_nobody_is_told_that_a_reason_opens_another(api: Api) -> None:
    household = api.get("caseworker", "/workflows/hardship_aid")["intake"]["examples"][0]
    first = opened(api, household, workflow="hardship_aid").get_json()
    refusal = opened(api, household, workflow="hardship_aid")
    assert refusal.status_code == 409
    assert first["number"] in refusal.get_json()["detail"]
    assert "opened again" not in refusal.get_json()["detail"]
    held = opened(api, household, workflow="hardship_aid", duplicate_reason="申请人要求")
    assert (held.status_code, first["number"] in held.get_json()["detail"]) == (409, True)

    unknown = dict.fromkeys(("identity_number", "birth_date", "sex"))
    applicant = {name: value for name, value in (household["applicant"] | unknown).items() if value is not None}
    assert (
        "opened again"
        in opened(api, household | {"applicant": applicant}, workflow="hardship_aid").get_json()["detail"]
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"matter": "dismissal", "exemption": None, "exemption_proof": None},
        {"employer": {"name": "另一用人单位"}},
        {"matter": "other", "exemption": None, "exemption_proof": None},
    ],
)
def test_another_matter_or_another_employer_is_another_request(changed: dict[str, Any], api: Api) -> None:
    said = facts(api)
    if changed.get("matter") == "other":
        said |= {"matter": "other", "exemption": None, "exemption_proof": None}
    opened(api, said)
    answer = opened(api, said | changed)
    assert answer.status_code == 201, answer.text
    assert [twin["same_request"] for twin in answer.get_json()["same_applicant"]] == [False]


def test_credit_codes_tell_employers_of_one_name_apart(api: Api) -> None:
    said, other = facts(api), facts(api)
    opened(api, said)
    assert opened(api, employer(said, credit_code=other["employer"]["credit_code"])).status_code == 201


@pytest.mark.parametrize(
    "changed",
    [{"document_state": "KOR"}, {"document_kind": "other"}, {"document_number": "E12345679"}],
)
def test_two_people_whose_documents_have_one_number_are_told_apart(changed: dict[str, Any], api: Api) -> None:
    said = facts(api, **PASSPORT, phone=None)
    first = opened(api, said).get_json()
    other = opened(api, said | {"applicant": said["applicant"] | changed})
    assert (other.status_code, other.get_json()["same_applicant"]) == (201, [])
    assert first["id"] in found(api, "e1234 5678")


def test_somebody_else_of_the_same_name_and_telephone_is_somebody_else(api: Api) -> None:
    said, other = facts(api), facts(api)["applicant"]
    opened(api, said)
    other |= {name: said["applicant"][name] for name in ("name", "phone")}
    answer = opened(api, said | {"applicant": other})
    assert answer.status_code == 201
    assert [(one["by"], one["same_request"]) for one in answer.get_json()["same_applicant"]] == [(["phone"], False)]


def test_what_is_open_elsewhere_does_not_refuse_and_is_not_told(api: Api) -> None:
    said = facts(api)
    api.new_case("caseworker-qd", "370200", **said)
    answer = opened(api, said)
    assert answer.status_code == 201
    assert answer.get_json()["same_applicant"] == []
    assert opened(api, said, "supervisor-sd").get_json()["duplicate_of"][0]["org"] == "370200"
