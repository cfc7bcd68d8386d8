"""When two cases are one person's, and when two requests of one person are the same."""

from typing import Any

import pytest

from casework.rules.duplicates import same_person
from casework.workflows.legal_aid.duplicates import is_same_request

WANG: dict[str, Any] = {"name": "王明"}
CARD: dict[str, Any] = {"identity_number": "110105********002X"}
PASSPORT: dict[str, Any] = {"document_number": "E********"}
ONE_SIDE: dict[str, Any] = {"matter": "wages", "employer": {"name": "示例公司"}}
OTHER_SIDE: dict[str, Any] = {"matter": "wages", "employer": {"name": "另一公司"}}


@pytest.mark.parametrize(
    ("by", "one", "other", "same"),
    [
        (["identity_number"], WANG | CARD, {"name": "王小明"} | CARD, True),
        (["document"], WANG | PASSPORT, {"name": "Wang"} | PASSPORT, True),
        (["document", "phone"], WANG | PASSPORT, {"name": "Wang"} | PASSPORT, True),
        (["phone"], WANG, WANG, True),
        (["phone"], WANG, {"name": " 王明"}, True),
        (["phone"], WANG, {"name": "王芳"}, False),
        (["phone"], WANG | CARD, WANG, True),
        (["phone"], WANG | CARD, WANG | PASSPORT, True),
        (["phone"], WANG | CARD, WANG | CARD, False),
        (["phone"], WANG | PASSPORT, WANG | PASSPORT, False),
        (["phone"], WANG | CARD | PASSPORT, WANG | CARD, False),
        ([], WANG, WANG, False),
    ],
)
def test_one_person_has_one_number_or_one_name_and_telephone(
    by: list[str], one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert same_person(by, one, other) is same
    assert same_person(by, other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"matter": "wages"}, {"matter": "wages"}, True),
        ({"matter": "wages"}, {"matter": "dismissal"}, False),
        ({"matter": "other"}, {"matter": "other"}, False),
        (ONE_SIDE, {"matter": "wages"}, False),
        (ONE_SIDE, ONE_SIDE, True),
        (ONE_SIDE, OTHER_SIDE, False),
    ],
)
def test_one_matter_with_one_other_side_is_one_request(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert is_same_request(one, other) is same
    assert is_same_request(other, one) is same
