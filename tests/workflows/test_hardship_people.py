"""Who lives in the household is asked or explained before a category is computed; dated consents, regions, ratings."""

from datetime import date
from typing import Any

import pytest

from casework.rules.identifiers import invent_identity_number
from casework.rules.refusals import Invalid, NotMet
from tests.story import Story
from tests.workflows.test_hardship_aid import (
    LIVING,
    RELATIVE,
    STUDY,
    asked,
    on_file,
    pay,
    prepared,
    the_notice_stands,
    told,
)

SPOUSE: dict[str, Any] = {
    "name": "李四",
    "relation": "spouse",
    "no_number_because": "证件遗失",
    "birth_date": "1985-04-05",
}
CHILD: dict[str, Any] = {
    "name": "王小",
    "relation": "child",
    "no_number_because": "尚未落户",
    "birth_date": "2016-04-05",
}
SOMEBODY: dict[str, Any] = {name: said for name, said in CHILD.items() if name not in ("relation", "birth_date")}
APPLICANT: dict[str, Any] = {
    "identity_number": invent_identity_number(date(1983, 3, 7), "male", "110105", 3),
    "sex": None,
    "birth_date": "1983-03-07",
}


def family(*members: dict[str, Any], marital: str = "married", size: int | None = None, **means: Any) -> Story:
    """A household of an applicant born in 1983 and these members, visited and checked."""
    people = {"applicant": {**APPLICANT, "marital": marital}, "members": list(members)}
    return prepared(**people, household={"size": size or 1 + len(members), "annual_income": "31000.00", **means})


class TestBeforeTheCategory:
    """What does not fit is corrected, or explained in so many words."""

    @pytest.mark.parametrize("size", [3, 9, 30])
    def test_who_is_not_listed_is_asked_for_or_explained(self, size: int) -> None:
        story = family(SPOUSE, size=size)
        refusal = told(story, "caseworker", "propose", ground=None, aid=None)
        assert isinstance(refusal, NotMet)
        assert f"尚有 {size - 2} 名" in refusal.text.zh
        assert not story.offered("caseworker")["propose"].allowed
        story.correct("caseworker", household={"explanation": "父母和弟妹在外地同住，资料随后补充"})
        assert story.offered("caseworker")["propose"].allowed
        assert "父母和弟妹" not in str(story.case.facts)

    @pytest.mark.parametrize(
        ("members", "marital", "word"),
        [
            ([CHILD], "married", "配偶未列入"),
            ([SPOUSE], "divorced", "列有配偶"),
            ([SPOUSE], "single", "列有配偶"),
            ([SPOUSE], "widowed", "列有配偶"),
            ([SPOUSE, {**SPOUSE, "name": "赵五"}], "married", "一名以上配偶"),
            ([{**SPOUSE, "marital": "divorced"}], "married", "不是已婚"),
            ([{**SPOUSE, "birth_date": "2010-01-01"}], "married", "法定婚龄"),
            ([SPOUSE, {**CHILD, "birth_date": "1980-01-01"}], "married", "年龄相差"),
            ([SPOUSE, {**CHILD, "birth_date": "1990-01-01"}], "married", "年龄相差"),
            ([SPOUSE, {**CHILD, "birth_date": "2003-01-01", "marital": "married"}], "married", "已婚"),
            ([SPOUSE, {**CHILD, "relation": "parent"}], "married", "年龄相差"),
        ],
    )
    def test_spouses_and_children_fit_by_age_and_marital_status(
        self, members: list[dict[str, Any]], marital: str, word: str
    ) -> None:
        refusal = told(family(*members, marital=marital), "caseworker", "propose", ground=None, aid=None)
        assert isinstance(refusal, NotMet)
        assert word in refusal.text.zh
        explained = family(*members, marital=marital, explanation="已核实，情况属实")
        explained.caseworker("propose", ground=None, aid=None)

    @pytest.mark.parametrize(
        ("members", "marital"),
        [
            ([SPOUSE, CHILD], "married"),
            ([CHILD], "divorced"),
            ([CHILD, {**SOMEBODY, "name": "王芳"}], "married"),  # who may be the spouse
            ([], "single"),
            ([{**SPOUSE, "marital": "married"}], "married"),
        ],
    )
    def test_what_fits_is_not_asked_about(self, members: list[dict[str, Any]], marital: str) -> None:
        family(*members, marital=marital).caseworker("propose", ground=None, aid=None)

    def test_a_verification_asks_the_same(self) -> None:
        story = on_file()
        larger = {**RELATIVE, "size": 9}
        assert "尚有 6 名" in told(story, "caseworker", "reverify", household=larger).text.zh
        story.caseworker("reverify", household={**larger, "explanation": "六名亲属投靠同住，正在补充资料"})

    def test_no_further_aid_on_means_that_are_not_declared_true(self) -> None:
        story = on_file(LIVING)
        story.correct("caseworker", reason="本人撤回承诺", household={"declared_true": False})
        assert "诚信承诺" in told(story, "caseworker", "propose_aid", aid=[STUDY]).text.zh


class TestTheForm:
    """Consents under the law that asks for them; regions of a province."""

    @pytest.mark.parametrize("consent", ["consent_to_check", "consent_to_publish", "consent_sensitive"])
    def test_no_consent_is_older_than_the_law(self, consent: str) -> None:
        for day in ("2021-10-31", "2019-05-01"):
            with pytest.raises(Invalid) as refused:
                asked(**{consent: {"signed_on": day}})
            assert [(fault.path, fault.code) for fault in refused.value.faults] == [
                (f"{consent}.signed_on", "consent_before_law")
            ]
        asked(**{consent: {"signed_on": "2021-11-01"}})

    @pytest.mark.parametrize("region", ["999999", "000000", "3710", "37108a", "161083"])
    def test_a_region_is_of_a_province(self, region: str) -> None:
        with pytest.raises(Invalid) as refused:
            asked(applicant={"register_region": region})
        assert [fault.code for fault in refused.value.faults] == ["region_unknown"]

    @pytest.mark.parametrize("region", ["371083", "110100", "650000", "810000"])
    def test_every_province_has_its_regions(self, region: str) -> None:
        assert asked(applicant={"register_region": region}).case.facts["applicant"]["register_region"] == region


class TestTheRating:
    """Once for what was paid."""

    def test_the_same_help_is_not_rated_again_and_again(self) -> None:
        story = on_file(LIVING)
        pay(story)
        story.days_pass(1)
        story.applicant("rate", rating=2)
        assert isinstance(told(story, "applicant", "rate", rating=1), NotMet)
        assert story.case.taken["rate"].given["rating"] == 2
        story.caseworker("propose_aid", aid=[STUDY])
        the_notice_stands(story)
        story.supervisor("approve")
        pay(story)
        story.applicant("rate", rating=5)
        assert story.case.taken["rate"].times == 2
