"""Sensitive values leave the open facts, come back whole, and survive corrections by people who see masks."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.forms import ExampleData, join_sensitive, merge_patch, sensitive_paths, split_sensitive
from casework.rules.refusals import Invalid
from tests.forms.sample import ANY_JSON, TODAY, Intake, invented, outcome

ILL = ["A heart disease.", "Silicosis.", "None known."]


def stored(seed: int = 1) -> dict[str, Any]:
    return Intake.plain(Intake.check(invented(seed), today=TODAY))


def household() -> dict[str, Any]:
    facts = stored()
    people = [ExampleData(TODAY, Random(seed)).person for seed in range(3)]
    facts["members"] = [
        {"name": one.name, "identity_number": one.identity_number, "illness": ill}
        for one, ill in zip(people, ILL, strict=True)
    ]
    return facts


def seen(facts: dict[str, Any]) -> dict[str, Any]:
    return split_sensitive(Intake, facts)[0]


def test_the_sensitive_paths_reach_into_groups_rows_and_lists() -> None:
    assert sensitive_paths(Intake) == (
        "applicant.identity_number",
        "applicant.phone",
        "applicant.address",
        "members.*.identity_number",
        "members.*.income",
        "members.*.illness",
        "diagnoses.*",
        "account",
        "story",
    )


def test_each_kind_of_value_has_its_mask() -> None:
    facts = stored()
    facts["applicant"] |= {"identity_number": "37010219900101001X", "phone": "13812341234"}
    facts["account"] = "6222020012345678"
    open_facts = seen(facts)
    assert open_facts["applicant"]["identity_number"] == "3701**********001X"
    assert open_facts["applicant"]["phone"] == "138****1234"
    assert open_facts["account"] == "************5678"
    assert open_facts["story"] == open_facts["applicant"]["address"] == "***"
    assert open_facts["members"][0]["income"] == open_facts["diagnoses"][0] == "***"


@pytest.mark.parametrize("seed", range(20))
def test_what_was_taken_out_comes_back_whole(seed: int) -> None:
    facts = stored(seed)
    open_facts, sealed = split_sensitive(Intake, facts)
    assert join_sensitive(Intake, open_facts, sealed) == facts
    long_values = [value for value in sealed.values() if len(value) > 7]
    assert len(long_values) >= 4
    assert not [value for value in long_values if value in str(open_facts)]


def test_clean_values_are_split_as_the_stored_ones_are() -> None:
    clean = Intake.check(invented(1), today=TODAY)
    assert Intake.split(clean) == split_sensitive(Intake, Intake.plain(clean))


def test_facts_that_the_form_does_not_know_pass_untouched() -> None:
    facts = stored() | {"decided_on": "2026-03-01"}
    open_facts, sealed = split_sensitive(Intake, facts)
    assert open_facts["decided_on"] == "2026-03-01"
    assert join_sensitive(Intake, open_facts, sealed) == facts


def test_a_patch_merges_groups_and_null_removes() -> None:
    facts = stored()
    patched = merge_patch(Intake, facts, {"employment": {"employer": "Lu Feng"}, "balance": None})
    assert patched["employment"] == facts["employment"] | {"employer": "Lu Feng"}
    assert "balance" not in patched
    assert patched["applicant"] == facts["applicant"]


def test_sending_back_what_was_seen_changes_nothing() -> None:
    facts = household()
    assert merge_patch(Intake, facts, seen(facts)) == facts


def test_a_new_value_replaces_the_masked_one() -> None:
    facts = stored()
    patched = merge_patch(Intake, facts, {"applicant": {"phone": "13900001111"}, "story": "New."})
    assert patched["applicant"] == facts["applicant"] | {"phone": "13900001111"}
    assert patched["story"] == "New."


def test_a_row_may_be_corrected_in_its_place_under_its_masks() -> None:
    facts = household()
    rows = seen(facts)["members"]
    rows[1]["name"] = "刘海涛"
    patched = merge_patch(Intake, facts, {"members": rows})
    assert patched["members"][1] == facts["members"][1] | {"name": "刘海涛"}
    assert patched["members"][0] == facts["members"][0]


def test_a_removed_row_does_not_hand_its_story_to_its_neighbour() -> None:
    facts = household()
    patched = merge_patch(Intake, facts, {"members": seen(facts)["members"][1:]})
    assert [row["illness"] for row in patched["members"]] == ILL[1:]


def test_moved_rows_keep_their_own_stories() -> None:
    facts = household()
    patched = merge_patch(Intake, facts, {"members": seen(facts)["members"][::-1]})
    assert [row["illness"] for row in patched["members"]] == ILL[::-1]


def test_a_mask_whose_value_cannot_be_told_is_refused() -> None:
    facts = household()
    rows = seen(facts)["members"][1:]
    rows[0]["name"] = "刘海涛"
    patched = merge_patch(Intake, facts, {"members": rows})
    with pytest.raises(Invalid) as said_no:
        Intake.check(patched, today=TODAY)
    assert {(fault.path, fault.code) for fault in said_no.value.faults} == {
        ("members.0.identity_number", "masked"),
        ("members.0.illness", "masked"),
    }


def test_a_list_longer_than_the_form_allows_is_left_for_the_form_to_refuse() -> None:
    rows = [{"name": "刘海涛", "illness": "***"}] * 21
    facts = merge_patch(Intake, household(), {"members": rows})
    assert facts["members"] is rows
    assert [(fault.path, fault.code) for fault in outcome(facts)[1]] == [("members", "too_many")]


def test_single_sensitive_values_in_a_list_keep_their_place() -> None:
    facts = stored() | {"diagnoses": ["Silicosis", "Asthma"]}
    patched = merge_patch(Intake, facts, {"diagnoses": ["***", "Bronchitis"]})
    assert patched["diagnoses"] == ["Silicosis", "Bronchitis"]


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(Intake.field_names())), value=ANY_JSON, whole=ANY_JSON)
def test_any_patch_is_merged_and_then_taken_or_refused(name: str, value: Any, whole: Any) -> None:
    facts = household()
    for patch in ({name: value}, {name: [value]}, {name: {"name": value, "identity_number": value}}, whole):
        clean, faults = outcome(merge_patch(Intake, facts, patch))
        assert bool(clean) != bool(faults)
    assert facts == household()
