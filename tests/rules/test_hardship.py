"""The categories of hardship: compared to the cent and beyond, told so that anybody can check, and the nearest way."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rules.hardship import CATEGORIES, HARMED, Finding, Household, categorise
from casework.rules.text import Text

TODAY = date(2026, 3, 2)
EVENT: dict[str, Any] = {"sudden_named": True, "sudden_on": date(2026, 2, 1)}
LINE_TOLD = Text("乳山市城市低保标准（2025）", "Rushan, urban subsistence standard (2025)")
CENT = Decimal("0.01")
CENTS = st.integers(0, 20_000_000).map(lambda cents: Decimal(cents) / 100)
SIZES = st.integers(1, 12)
RANK = {"deep": 3, "relative": 2, "sudden": 1, None: 0}


def found(income: str | Decimal, rigid: str | Decimal = "0", size: int = 3, **known: Any) -> Finding:
    """The finding under the Rushan line of 1062, twice the line for relative, 80 % for sudden hardship."""
    line, multiple, share = (Decimal(known.pop(name, value)) for name, value in FACTORS.items())
    if isinstance(known.get("sudden_loss"), str):
        known["sudden_loss"] = Decimal(known["sudden_loss"])
    household = Household(size, Decimal(income), Decimal(rigid), **known)
    return categorise(household, line, LINE_TOLD, multiple, share, TODAY)


FACTORS = {"line": "1062", "relative_multiple": "2", "sudden_share": "0.8"}


class TestByIncome:
    """(Income − rigid expenses) ÷ 12 ÷ people, strictly below the line or its multiple."""

    @pytest.mark.parametrize(
        ("income", "rigid", "category", "per_head"),
        [
            ("60000", "30000", "deep", "833.33"),
            ("60000", "10000", "relative", "1388.88"),  # 1388.888…: a fraction of a cent is dropped
            ("60000", "0", "relative", "1666.66"),
            ("80000", "0", None, "2222.22"),
        ],
    )
    def test_the_worked_examples_of_a_family_of_three(
        self, income: str, rigid: str, category: str | None, per_head: str
    ) -> None:
        finding = found(income, rigid)
        assert finding.category == category
        assert finding.sheet()["per_head"] == per_head

    @pytest.mark.parametrize("size", range(1, 8))
    @pytest.mark.parametrize("rigid", ["0", "12345.67"])
    def test_a_cent_a_year_below_the_line_is_deep_and_the_line_itself_is_not(self, size: int, rigid: str) -> None:
        at_the_line = Decimal(1062) * 12 * size + Decimal(rigid)
        assert found(at_the_line - CENT, rigid, size).category == "deep"
        assert found(at_the_line, rigid, size).category == "relative"
        assert found(at_the_line + CENT, rigid, size).category == "relative"

    @pytest.mark.parametrize("size", range(1, 8))
    @pytest.mark.parametrize("rigid", ["0", "12345.67"])
    def test_a_cent_a_year_below_twice_the_line_is_relative_and_twice_the_line_is_not(
        self, size: int, rigid: str
    ) -> None:
        at_the_line = Decimal(2124) * 12 * size + Decimal(rigid)
        assert found(at_the_line - CENT, rigid, size).category == "relative"
        assert found(at_the_line, rigid, size).category is None
        assert found(at_the_line + CENT, rigid, size).category is None

    def test_expenses_above_the_income_are_deep_hardship(self) -> None:
        finding = found("20000", "20000.01")
        assert finding.category == "deep"
        assert finding.sheet()["per_head"] == "-0.01"

    def test_no_income_at_all_is_deep_hardship(self) -> None:
        assert found("0").category == "deep"

    def test_a_line_with_fractions_of_a_cent_counts_to_its_last_digit(self) -> None:
        odd = {"line": "1062.33", "relative_multiple": "1.5"}  # 1593.495 a month, 19121.94 a year
        below, at = found("19121.93", size=1, **odd), found("19121.94", size=1, **odd)
        assert (below.category, at.category) == ("relative", None)
        assert below.sheet()["relative_line"] == at.sheet()["relative_line"] == "1593.495"
        assert Decimal(below.sheet()["per_head"]) < Decimal("1593.495") <= Decimal(at.sheet()["per_head"])

    @pytest.mark.parametrize(
        "wrong", [{"size": 0}, {"size": -1}, {"rigid": "-0.01"}, {"income": "-1"}, {"sudden_loss": "-1"}]
    )
    def test_no_finding_for_a_household_that_cannot_be(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="a household has people"):
            found(**{"income": "1000", **wrong})


class TestSuddenHardship:
    """Disabled or killed in an event of the four kinds, or a loss of more than a share of the income; dated."""

    @pytest.mark.parametrize(
        ("loss", "category"),
        [("79999.99", None), ("80000.00", None), ("80000.01", "sudden")],
    )
    def test_a_loss_must_be_more_than_the_share_of_the_income(self, loss: str, category: str | None) -> None:
        assert found("100000", **EVENT, sudden_loss=loss).category == category

    @pytest.mark.parametrize(
        ("loss", "category"),
        [("98765.36", None), ("98765.37", "sudden")],
    )
    def test_a_share_that_ends_between_two_cents_is_not_rounded(self, loss: str, category: str | None) -> None:
        assert found("123456.71", **EVENT, sudden_loss=loss).category == category  # 98765.368

    def test_without_any_income_every_loss_is_sudden_hardship_too(self) -> None:
        assert found("0", **EVENT, sudden_loss="0.01").met == ("deep", "sudden")
        assert found("0", **EVENT, sudden_loss="0").met == ("deep",)

    @pytest.mark.parametrize(
        ("event", "harmed", "category"),
        [(True, True, "sudden"), (True, False, None), (False, True, None), (False, False, None)],
    )
    def test_harm_counts_in_an_event_of_the_four_kinds_only(
        self, event: bool, harmed: bool, category: str | None
    ) -> None:
        finding = found("600000", **EVENT, sudden_event=event, sudden_disabled=harmed)
        assert finding.category == category
        assert (HARMED.zh in finding.told().zh) == (category == "sudden")

    def test_an_injury_without_a_disability_is_measured_by_what_it_cost(self) -> None:
        hurt = {**EVENT, "sudden_event": True, "sudden_harmed": True}
        finding = found("600000", **hurt)
        assert finding.category is None
        assert "致残" in finding.told().zh
        assert found("600000", **hurt, sudden_loss="480000").category is None
        assert found("600000", **hurt, sudden_loss="480000.01").category == "sudden"

    @pytest.mark.parametrize(
        ("known", "missing"),
        [
            ({}, ("类别", "发生日期")),
            ({"sudden_on": date(2026, 2, 1)}, ("类别",)),
            ({"sudden_named": True}, ("发生日期",)),
            ({"sudden_event": True, "sudden_disabled": True}, ("发生日期",)),
        ],
    )
    def test_what_came_of_an_event_without_name_or_date_does_not_count_and_says_what_is_missing(
        self, known: dict[str, Any], missing: tuple[str, ...]
    ) -> None:
        finding = found("100000", sudden_loss="90000", **known)
        nearest = finding.nearest()
        assert finding.category is None
        assert nearest is not None
        for sentence in (finding.told(), nearest):
            assert [word for word in ("类别", "发生日期") if word in sentence.zh] == list(missing)

    @pytest.mark.parametrize(
        ("on", "category"),
        [(date(2025, 3, 2), "sudden"), (date(2025, 3, 1), None), (TODAY, "sudden"), (None, None)],
    )
    def test_an_event_counts_for_a_year(self, on: date | None, category: str | None) -> None:
        assert found("100000", sudden_named=True, sudden_loss="90000", sudden_on=on).category == category
        assert found("100000", sudden_event=True, sudden_disabled=True, sudden_on=on).category == category

    def test_the_year_is_counted_from_the_day_of_asking_not_from_the_day_of_the_finding(self) -> None:
        event: dict[str, Any] = {"sudden_named": True, "sudden_loss": "90000", "sudden_on": date(2024, 12, 1)}
        assert found("100000", **event, asked_on=date(2025, 12, 1)).category == "sudden"
        late = found("100000", **event, asked_on=date(2025, 12, 2))
        assert late.category is None
        assert "2024-12-01" in late.told().zh
        assert "2025-12-02" in late.told().en

    def test_an_event_of_a_leap_day_counts_until_the_end_of_the_next_february(self) -> None:
        event: dict[str, Any] = {"sudden_named": True, "sudden_loss": "90000", "sudden_on": date(2024, 2, 29)}
        assert found("100000", **event, asked_on=date(2025, 2, 28)).category == "sudden"
        assert found("100000", **event, asked_on=date(2025, 3, 1)).category is None

    def test_deep_and_relative_hardship_come_before_sudden_which_is_listed_beside(self) -> None:
        deep, relative = found("30000", **EVENT, sudden_loss="30000"), found("60000", **EVENT, sudden_loss="60000")
        assert (deep.category, deep.also) == ("deep", ("sudden",))
        assert (relative.category, relative.also) == ("relative", ("sudden",))
        alone = found("100000", **EVENT, sudden_loss="90000")
        assert (alone.category, alone.also) == ("sudden", ())


class TestMigrantWorkers:
    """One of the three tests, and a full year of factual employment."""

    @pytest.mark.parametrize(
        ("since", "category"),
        [(date(2025, 3, 1), "deep"), (date(2025, 3, 2), "deep"), (date(2025, 3, 3), None), (None, None)],
    )
    def test_the_year_of_employment_is_full_on_its_corresponding_day(
        self, since: date | None, category: str | None
    ) -> None:
        finding = found("30000", migrant=True, migrant_employed_since=since)
        assert finding.category == category
        assert finding.met == ("deep",)
        assert finding.also == ()

    def test_nobody_else_is_asked_how_long_they_have_worked(self) -> None:
        assert found("30000", migrant_employed_since=date(2026, 3, 1)).category == "deep"

    def test_a_full_year_alone_is_no_hardship(self) -> None:
        assert found("80000", migrant=True, migrant_employed_since=date(2020, 1, 1)).category is None

    def test_a_year_that_began_on_a_leap_day_is_full_at_the_end_of_february(self) -> None:
        finding = found("30000", migrant=True, migrant_employed_since=date(2024, 2, 29))
        assert finding.household.employed_a_year_on == date(2025, 2, 28)


class TestWhatPeopleRead:
    """The whole reckoning, its sources, and the nearest way, in both languages."""

    def test_the_reckoning_of_deep_hardship(self) -> None:
        told = found("60000", "30000").told()
        assert told.zh == (
            "扣除刚性支出后家庭人均月收入 (60000.00 − 30000.00) ÷ 12 ÷ 3 = 833.33 < 1062.00 元"
            "（乳山市城市低保标准（2025））。测算结果：深度困难。"
        )
        assert told.en == (
            "Monthly income per head after rigid expenses (60000.00 − 30000.00) ÷ 12 ÷ 3 = 833.33 < 1062.00 yuan"
            " (Rushan, urban subsistence standard (2025)). The formula finds deep hardship."
        )

    def test_the_reckoning_of_relative_hardship_names_both_bounds(self) -> None:
        assert "= 1666.66 ≥ 1062.00, < 2 × 1062.00 = 2124.00 " in found("60000").told().en

    def test_the_reckoning_of_no_hardship_names_the_wider_bound(self) -> None:
        told = found("80000").told()
        assert "= 2222.22 ≥ 2 × 1062.00 = 2124.00 " in told.zh
        assert told.en.endswith("The formula finds no hardship.")

    def test_the_loss_is_told_beside_the_income_with_the_share(self) -> None:
        assert "90000.00 > 100000.00 × 0.8 = 80000.00" in found("100000", **EVENT, sudden_loss="90000").told().zh
        assert "80000.00 ≤ 100000.00 × 0.8 = 80000.00" in found("100000", **EVENT, sudden_loss="80000").told().en

    def test_both_categories_are_named_where_two_hold(self) -> None:
        told = found("30000", **EVENT, sudden_loss="30000").told()
        assert told.zh.endswith("测算结果：深度困难，同时符合意外致困。")
        assert told.en.endswith("The formula finds deep hardship, and sudden hardship as well.")

    def test_the_year_of_employment_is_told_to_migrant_workers_only(self) -> None:
        migrant = found("30000", migrant=True, migrant_employed_since=date(2025, 6, 1)).told()
        assert "2026-06-01 满一年，未满" in migrant.zh
        assert "began on 2025-06-01, is reached on 2026-06-01 and is not full yet" in migrant.en
        assert "农民工" not in found("30000").told().zh

    def test_who_qualifies_is_told_of_no_nearer_way(self) -> None:
        assert found("60000").nearest() is None

    def test_the_nearest_way_names_the_cent_that_is_missing(self) -> None:
        nearest = found("80000", "0").nearest()
        assert nearest is not None
        assert "减少或刚性支出增加 3536.01 元" in nearest.zh  # 80000 − 2124 × 12 × 3
        assert "达到 64000.01 元" in nearest.zh
        assert "3536.01 yuan a year less of income" in nearest.en
        assert "loss of 64000.01 yuan" in nearest.en

    def test_a_migrant_worker_who_lacks_only_the_year_is_told_the_day(self) -> None:
        nearest = found("30000", migrant=True, migrant_employed_since=date(2025, 6, 1)).nearest()
        assert nearest is not None
        assert nearest.zh == "农民工还须实际就业满一年，2026-06-01 起满足。"
        assert "元" not in nearest.zh

    def test_a_migrant_worker_who_lacks_both_is_told_both(self) -> None:
        nearest = found("80000", migrant=True).nearest()
        assert nearest is not None
        assert "3536.01" in nearest.en
        assert nearest.en.endswith("add its first day.")

    def test_the_sheet_is_json_and_keeps_amounts_as_text(self) -> None:
        sheet = found(
            "80000", **EVENT, sudden_loss="70000", migrant=True, migrant_employed_since=date(2025, 2, 1)
        ).sheet()
        assert json.loads(json.dumps(sheet)) == sheet
        assert sheet | {"told": None} == {
            "category": "sudden",
            "also": [],
            "title": {"zh-CN": "意外致困", "en": "sudden hardship"},
            "household_size": 3,
            "annual_income": "80000.00",
            "rigid_expenses": "0.00",
            "per_head": "2222.22",
            "line": "1062.00",
            "relative_line": "2124.00",
            "sudden_loss": "70000.00",
            "sudden_line": "64000.00",
            "migrant": True,
            "employed_a_year_on": "2026-02-01",
            "told": None,
            "nearest": None,
        }
        assert set(sheet["told"]) == {"zh-CN", "en"}

    def test_the_sheet_of_no_hardship_keeps_the_nearest_way(self) -> None:
        sheet = found("80000").sheet()
        assert (sheet["category"], sheet["title"], sheet["sudden_loss"]) == (None, None, None)
        assert set(sheet["nearest"]) == {"zh-CN", "en"}


class TestWhateverTheFigures:
    """What holds for every household."""

    @given(CENTS, CENTS, SIZES, CENTS)
    def test_the_category_is_that_of_exact_fractions(
        self, income: Decimal, rigid: Decimal, size: int, loss: Decimal
    ) -> None:
        per_head = Fraction(income - rigid) / 12 / size
        expected = [
            *(["deep"] if per_head < 1062 else ["relative"] if per_head < 2124 else []),
            *(["sudden"] if Fraction(loss) > Fraction(income) * Fraction(4, 5) else []),
        ]
        assert list(found(income, rigid, size, **EVENT, sudden_loss=loss).met) == expected

    @given(CENTS, CENTS, SIZES, CENTS, CENTS)
    def test_more_income_never_makes_the_hardship_graver(
        self, income: Decimal, rigid: Decimal, size: int, loss: Decimal, more: Decimal
    ) -> None:
        before = found(income, rigid, size, **EVENT, sudden_loss=loss)
        after = found(income + more, rigid, size, **EVENT, sudden_loss=loss)
        assert RANK[after.category] <= RANK[before.category]

    @given(CENTS, CENTS, SIZES, CENTS, CENTS)
    def test_the_category_changes_only_where_a_line_is_crossed(
        self, income: Decimal, rigid: Decimal, size: int, loss: Decimal, more: Decimal
    ) -> None:
        before = found(income, rigid, size, **EVENT, sudden_loss=loss)
        after = found(income + more, rigid, size, **EVENT, sudden_loss=loss)
        net = income - rigid
        crossed = [
            *(net < bound * 12 * size <= net + more for bound in (1062, 2124)),
            income * Decimal("0.8") < loss <= (income + more) * Decimal("0.8"),
        ]
        assert (before.met != after.met) is any(crossed)

    @given(CENTS, CENTS, SIZES, st.integers(-200, 200))
    def test_what_people_read_never_contradicts_the_category(
        self, income: Decimal, rigid: Decimal, size: int, cents: int
    ) -> None:
        near = max(Decimal(), Decimal(1062) * 12 * size + rigid + Decimal(cents) / 100)
        for finding in (found(income, rigid, size), found(near, rigid, size)):
            assert (finding.relative.per_head < 1062) is finding.deep.met
            assert (finding.relative.per_head < 2124) is finding.relative.met

    @given(CENTS, CENTS, SIZES)
    def test_the_nearest_way_leads_there_and_a_cent_less_does_not(
        self, income: Decimal, rigid: Decimal, size: int
    ) -> None:
        finding = found(income, rigid, size)
        nearest = finding.nearest()
        if nearest is None:
            assert finding.category in CATEGORIES
            return
        short, loss = (Decimal(word) for word in nearest.en.split() if word[0].isdigit())
        assert found(income, rigid + short, size).category == "relative"
        assert found(income, rigid + short - CENT, size).category is None
        assert found(income - short, rigid, size).category == "relative"
        assert found(income, rigid, size, **EVENT, sudden_loss=loss).category == "sudden"
        assert found(income, rigid, size, **EVENT, sudden_loss=loss - CENT).category is None

    @given(st.dates(date(2000, 1, 1), TODAY))
    def test_a_year_of_employment_is_full_after_365_or_366_days(self, since: date) -> None:
        full = Household(1, Decimal(), Decimal(), migrant_employed_since=since).employed_a_year_on
        assert full is not None
        assert full - since in (timedelta(days=365), timedelta(days=366))
