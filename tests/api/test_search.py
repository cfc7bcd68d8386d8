"""Searching: whatever stands in a number or a name is found, the newest first, and what does not is not."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from benchmarks.recording import explained
from casework.embedded import PrivateServer
from casework.rules import folding
from tests.api.conftest import Api, office_on

NAMES: Final = ("欧阳慕雪", "张建国", "张建", "王建", "古丽米热·艾比布力", "John Smith", "Bo Li", "丁一")
EMPLOYERS: Final = ("济南恒泰食品有限公司", "恒泰（青岛）食品公司", "Qilu Foods 有限责任公司", "3M中国有限公司", "QQ")


@pytest.fixture(scope="module")
def crowd(server: PrivateServer, admin: Engine) -> Iterator[Api]:
    """Forty cases of few names and employers in two cities."""
    with office_on(server, admin) as api:
        for number in range(40):
            who, org = ("caseworker-qd", "370200") if number % 4 == 0 else ("caseworker", "370100")
            example = api.get(who, "/workflows/legal_aid")["intake"]["examples"][0]["applicant"]
            applicant = example | {"name": NAMES[number % len(NAMES)]}
            api.new_case(who, org, applicant=applicant, employer={"name": EMPLOYERS[number % len(EMPLOYERS)]})
        yield api


def walk(api: Api, who: str, **query: Any) -> list[Any]:
    """All that is found, page by page."""
    found: list[Any] = []
    cursor = None
    while True:
        asked = query | {"limit": 7} | ({"cursor": cursor} if cursor else {})
        page = api.get(who, f"/cases?{urlencode(asked)}")
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return found


def searched(api: Api, who: str) -> dict[str, list[str]]:
    """What each case that somebody sees is found by, as it is compared."""
    cases = walk(api, who)
    whole = [api.get(who, f"/cases/{case['id']}") for case in cases]
    return {
        one["id"]: [folding.key(text) for text in (one["number"], one["applicant"]["name"], _employer(one))]
        for one in whole
    }


def _employer(case: Any) -> str:
    return str(case["facts"]["employer"]["name"])


@pytest.mark.parametrize("who", ["supervisor-sd", "caseworker", "caseworker-qd"])
def test_every_part_of_a_number_or_a_name_finds_the_cases_in_which_it_stands_and_no_others(
    crowd: Api, who: str
) -> None:
    texts, chance = searched(crowd, who), Random(1)
    words = {
        "公司",
        "有限",
        "恒泰",
        "济南恒泰",
        "建国",
        "张建",
        "2026",
        "la2026",
        "20260",
        "la",
        "m",
        "丁",
        "zz",
        "食泰",
    }
    for lines in texts.values():
        for line in lines:
            start = chance.randrange(len(line))
            words.add(line[start : start + chance.randint(1, 6)])
    for word in sorted(words):
        found = [case["id"] for case in walk(crowd, who, q=word)]
        expected = {case for case, lines in texts.items() if any(word in line for line in lines)}
        assert set(found) == expected, word
        assert len(found) == len(expected), word


def test_several_words_are_all_looked_for(crowd: Api) -> None:
    texts = searched(crowd, "supervisor-sd")
    for one, other in (("张建", "恒泰"), ("恒泰", "张建国"), ("公司", "丁一"), ("qilu", "000"), ("la2026", "张建国")):
        found = {case["id"] for case in walk(crowd, "supervisor-sd", q=f"{one} {other}")}
        assert found == {
            case for case, lines in texts.items() if all(any(word in line for line in lines) for word in (one, other))
        }, (one, other)


def test_what_is_found_comes_newest_first_unless_another_order_is_asked_for(crowd: Api) -> None:
    opened = [case["opened_at"] for case in walk(crowd, "supervisor-sd", q="恒泰")]
    assert len(opened) == 16
    assert opened == sorted(opened, reverse=True)
    by_due = [case["due_at"] for case in walk(crowd, "supervisor-sd", q="恒泰", sort="due_at")]
    assert len(by_due) == 16
    assert by_due == sorted(by_due)


def test_a_search_counts_and_filters_as_a_list_does(crowd: Api) -> None:
    page = crowd.get("supervisor-sd", f"/cases?{urlencode({'q': '恒泰', 'count': 'true', 'org': '370200'})}")
    assert page["count"] == len(page["items"]) > 0
    assert {case["org"] for case in page["items"]} == {"370200"}


def test_the_end_of_a_mobile_phone_finds_its_case_until_the_phone_is_corrected(api: Api) -> None:
    example = api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]["applicant"]
    case = api.new_case(applicant=example | {"phone": "13987659876"})

    def found(who: str, tail: str) -> list[str]:
        return [one["id"] for one in api.get(who, f"/cases?q={tail}")["items"]]

    assert case["applicant"]["phone"].endswith("9876")
    assert (found("caseworker", "9876"), found("caseworker-qd", "9876")) == ([case["id"]], [])
    assert found("caseworker", "8765") == []
    answer = api.call(
        "caseworker",
        "PATCH",
        f"/cases/{case['id']}",
        {"facts": {"applicant": {"phone": "053186054321"}}},
        {"If-Match": "*"},
    )
    assert answer.status_code == 200
    # Of a landline the mask shows two digits only, so that four are not looked for.
    assert (found("caseworker", "9876"), found("caseworker", "4321")) == ([], [])


def test_a_corrected_name_has_other_terms(api: Api, admin: Engine) -> None:
    case = api.new_case(applicant=_named(api, "欧阳慕雪"))
    api.call(
        "caseworker", "PATCH", f"/cases/{case['id']}", {"facts": {"applicant": {"name": "尉迟琼枝"}}}, {"If-Match": "*"}
    )
    with api.service.transaction() as tx:
        terms = "select count(*) from search_terms where term = any(terms_of(:words))"
        there = {words: tx.db.run(terms, words=words).scalar() for words in ("欧阳慕雪", "尉迟琼枝")}
    assert there == {"欧阳慕雪": 0, "尉迟琼枝": 3}


def test_of_several_words_the_rarest_term_leads(crowd: Api) -> None:
    """However common the others are, and in whatever order they are written."""
    for words in ("欧阳慕雪 恒泰", "恒泰 欧阳慕雪"):
        crowd.get("supervisor-sd", f"/cases?{urlencode({'q': words})}")
        with explained() as touched:
            found = crowd.get("supervisor-sd", f"/cases?{urlencode({'q': words})}")["items"]
        assert len(found) == 2
        assert len(touched) == 2
        # Counted are the terms of both words; read are the five cases of that name.
        assert touched[1].rows < 70


def _named(api: Api, name: str) -> Any:
    return api.get("caseworker", "/workflows/legal_aid")["intake"]["examples"][0]["applicant"] | {"name": name}
