"""The opinions of the official form: of the base union, of the county's and of the city's, on the last proposal."""

from casework.rules.sheets import Given, Opinion
from casework.workflows.hardship_aid.opinions import opinions


def step(name: str, kind: str, **words: str) -> Given:
    """A step that somebody of a union took, with what was written."""
    return Given(name, kind, f"{kind} union", f"{kind} {name}", "2026-09-14", words)


def places(*steps: Given) -> list[tuple[str, str]]:
    """The places of the form and what is written there."""
    return [(one.box, one.written) for one in opinions(steps)]


def test_each_union_writes_in_its_place() -> None:
    steps = (
        step("propose", "county", finding="情况属实"),
        step("endorse", "county", opinion="同意上报"),
        step("approve", "city", opinion="同意建档"),
    )
    assert places(*steps) == [("base", "情况属实"), ("county", "同意上报"), ("city", "同意建档")]
    _, county, city = opinions(steps)
    assert (county.decided and county.decided.zh, city.decided and city.decided.en) == ("同意上报", "approved")
    assert city == Opinion("city", city.decided, "同意建档", "city union", "city approve", "2026-09-14")


def test_a_street_that_sends_it_up_is_of_the_base_too() -> None:
    told = opinions((step("propose", "street", finding="情况属实"), step("endorse", "street", opinion="属实，请审批")))
    assert [(one.box, one.written, one.by) for one in told] == [("base", "情况属实\n属实，请审批", "street endorse")]


def test_what_was_sent_back_and_proposed_anew_leaves_no_earlier_opinion() -> None:
    first = (step("propose", "county", finding="甲"), step("endorse", "county", opinion="乙"))
    assert places(*first, step("propose", "county", finding="丙")) == [("base", "丙")]


def test_a_refusal_is_an_opinion_and_the_province_has_a_place_of_its_own() -> None:
    steps = (step("propose_refusal", "county", finding="不符合"), step("refuse", "province", reasons="收入超过标准"))
    assert places(*steps) == [("base", "不符合"), ("province", "收入超过标准")]
    assert opinions(steps)[-1].decided is not None


def test_who_approves_without_a_word_has_decided() -> None:
    [_, county] = opinions((step("propose", "county", finding="属实"), step("approve", "county")))
    assert (county.written, county.decided and county.decided.zh) == ("", "同意")
