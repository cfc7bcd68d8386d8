"""Writings of one name are found, other names are not."""

from itertools import product

import pytest

from casework.matching.names import LEAST, Kind, keys_of, likeness, writing_of

SAME: list[tuple[Kind, str, str]] = [
    ("person", "王晓明", "王曉明"),
    ("person", "沈静金", "沈靜金"),
    ("person", "王晓明", "王　晓 明"),
    ("person", "王晓明", "Wáng Xiǎomíng"),
    ("person", "王晓明", "XIAOMING WANG"),
    ("person", "王晓明", "王小明"),
    ("person", "王晓明", "王明晓"),
    ("person", "吕布", "Lǚ Bù"),
    ("person", "吕布", "LYU BU"),
    ("person", "潘语慧", "Pan Yuhui"),
    ("person", "阿卜杜拉·买买提", "阿卜杜拉•买买提"),
    ("person", "阿卜杜拉·买买提", "阿卜杜拉买买提"),
    ("organisation", "山东华茂服装有限公司", "华茂服装"),
    ("organisation", "山东华茂服装有限公司", "華茂（山東）服裝有限責任公司"),
    ("organisation", "山东华茂服装有限公司", "山东华茂服装有限公司聊城分公司"),
    ("organisation", "山东华茂服装有限公司", "华茂服装聊城分公司"),
    ("organisation", "济南市历下区好又多超市", "好又多超市"),
    ("organisation", "聊城晨光建筑劳务有限公司", "聊城辰光建筑劳务有限公司"),
    ("organisation", "聊城晨光建筑劳务有限公司", "聊城晨光建筑劳有限公司"),
    ("organisation", "Huamao Co., Ltd.", "HUAMAO CO LTD"),
]
OTHERS: list[tuple[Kind, str, str]] = [
    ("person", "王晓明", "王明"),
    ("person", "王晓明", "李晓明"),
    ("person", "王晓明", "王晓红"),
    ("person", "张伟", "张强"),
    ("person", "张伟", "Zhang Qiang"),
    ("organisation", "山东华茂服装有限公司", "山东华丰服装有限公司"),
    ("organisation", "山东华茂服装有限公司", "山东华茂物流有限公司"),
    ("organisation", "好又多超市", "好超市"),
    ("organisation", "有限公司", ""),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_writings_of_one_name_are_alike_and_share_a_key(kind: Kind, one: str, other: str) -> None:
    first, second = writing_of(kind, one), writing_of(kind, other)
    assert likeness(first, second) >= LEAST
    assert keys_of(first) & keys_of(second)


@pytest.mark.parametrize(("kind", "one", "other"), OTHERS)
def test_other_names_are_not(kind: Kind, one: str, other: str) -> None:
    assert likeness(writing_of(kind, one), writing_of(kind, other)) < LEAST


def test_a_name_is_itself_and_likeness_goes_both_ways() -> None:
    written = [writing_of(kind, name) for kind, *names in (*SAME, *OTHERS) for name in names if name]
    assert all(likeness(one, one) == 1 for one in written)
    assert all(likeness(one, other) == likeness(other, one) for one, other in product(written, written))


def test_a_person_is_no_organisation() -> None:
    assert likeness(writing_of("person", "华茂"), writing_of("organisation", "华茂")) == 0


def test_a_branch_is_its_house_but_not_another_branch() -> None:
    house, one, other = (
        writing_of("organisation", f"山东华茂服装有限公司{branch}") for branch in ("", "聊城分公司", "第二分公司")
    )
    assert likeness(house, one) == 1
    assert LEAST < likeness(one, other) < 1


def test_a_name_without_end_costs_what_a_long_one_costs() -> None:
    assert len(writing_of("organisation", "华茂" * 1_000_000).text) <= 200


@pytest.mark.parametrize("nothing", ["", "·", "（）", "\u200b"])
def test_a_name_that_says_nothing_is_like_none(nothing: str) -> None:
    assert keys_of(writing_of("person", nothing)) == frozenset()
    assert likeness(writing_of("person", nothing), writing_of("person", nothing)) == 0
