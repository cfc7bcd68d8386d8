"""The application for hardship assistance: little is asked at once, and what is told must fit together."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from casework.forms import ExampleData, Flag, merge_patch, needed_by, sensitive_paths
from casework.forms.form import declared
from casework.rules.hardship import Household, categorise
from casework.rules.identifiers import invent_identity_number
from casework.rules.refusals import Invalid
from casework.rules.text import Text
from casework.workflows.hardship_aid import codes
from casework.workflows.hardship_aid.intake import HardshipIntake

TODAY = date(2026, 3, 2)
TABLES = {
    name: table for name, table in vars(codes).items() if name.isupper() and isinstance(table, dict) and len(table) > 1
}
ONE, OTHER = (invent_identity_number(date(1984, 5, 6), "female", "370102", serial) for serial in (7, 8))


def example(seed: int = 1, today: date = TODAY) -> dict[str, Any]:
    """An application that the form makes up."""
    return HardshipIntake.example(ExampleData(today, Random(seed)))


def faults(today: date = TODAY, **patch: Any) -> list[tuple[str, str]]:
    """Path and code of each fault of the example with these values laid over it."""
    try:
        HardshipIntake.check(merge_patch(HardshipIntake, example(), patch), today=today)
    except Invalid as refusal:
        return [(fault.path, fault.code) for fault in refusal.faults]
    return []


class TestTheExample:
    """A family that every step of the workflow accepts."""

    @pytest.mark.parametrize("seed", range(100))
    def test_it_is_accepted_on_any_day_whoever_it_is_about(self, seed: int) -> None:
        today = date(2024 + seed % 4, 1 + seed % 12, 1 + seed % 28)
        clean = HardshipIntake.check(example(seed, today), today=today)
        assert len(clean["members"]) == 2
        assert clean["bank"]["holder"] == clean["applicant"]["name"]
        assert {consent for consent in clean if consent.startswith("consent_")} == {
            "consent_to_check",
            "consent_to_publish",
            "consent_sensitive",
        }

    @pytest.mark.parametrize("line", ["1001", "1062"])
    def test_it_is_a_family_in_deep_hardship_under_the_lines_of_rushan(self, line: str) -> None:
        means = HardshipIntake.check(example(), today=TODAY)["household"]
        household = Household(means["size"], means["annual_income"], means["rigid_expenses"])
        finding = categorise(household, Decimal(line), Text("低保标准", "the line"), Decimal(2), Decimal("0.8"), TODAY)
        assert finding.category == "deep"

    @pytest.mark.parametrize("seed", range(20))
    def test_husband_and_wife_are_no_strangers_to_their_child(self, seed: int) -> None:
        family = example(seed)
        spouse, child = family["members"]
        assert spouse["sex"] != family["applicant"]["sex"]
        assert child["name"][0] == family["applicant"]["name"][0]
        assert child["entered_school"] <= TODAY.year


class TestLittleIsAskedAtOnce:
    """社会救助法 62: nothing is asked for that can be checked otherwise; the rest may follow."""

    def test_a_name_is_enough_to_ask_for_help(self) -> None:
        clean = HardshipIntake.check({"applicant": {"name": "王秀英"}}, today=TODAY)
        assert clean == {"applicant": {"name": "王秀英"}}

    def test_without_a_name_nobody_asks(self) -> None:
        assert faults(applicant={"name": None}) == [("applicant.name", "required")]

    def test_the_applicants_identity_number_is_needed_for_the_proposal_and_nothing_else_is(self) -> None:
        assert [path for path, _ in needed_by(HardshipIntake, "propose")] == ["applicant.identity_number"]

    def test_the_consents_may_follow_even_for_a_child_and_an_illness(self) -> None:
        patch: dict[str, Any] = {"consent_sensitive": None, "consent_to_publish": None, "consent_to_check": None}
        assert faults(**patch, applicant={"health": "cancer"}) == []

    @pytest.mark.parametrize("consent", ["consent_to_check", "consent_to_publish", "consent_sensitive"])
    def test_no_consent_is_signed_tomorrow(self, consent: str) -> None:
        tomorrow: dict[str, Any] = {consent: {"signed_on": "2026-03-03"}}
        assert faults(**tomorrow) == [(f"{consent}.signed_on", "day_future")]

    def test_what_was_accepted_once_can_be_corrected_years_later(self) -> None:
        struck = {"event": "disaster", "on": "2026-03-01", "harmed": True, "loss": "1000.00"}
        working = {"in_city_since": "2026-01-01", "employed_since": "2026-02-01"}
        assert faults(sudden=struck, migrant=working) == []
        assert faults(today=date(2036, 3, 2), sudden=struck, migrant=working) == []

    def test_an_event_of_long_ago_is_taken_down_and_not_refused(self) -> None:
        assert faults(sudden={"event": "sudden_illness", "on": "2019-01-01", "loss": "90000.00"}) == []

    def test_an_event_of_tomorrow_is_refused(self) -> None:
        assert faults(sudden={"on": "2026-03-03"}) == [("sudden.on", "day_future")]


class TestWhatMustFitTogether:
    """Numbers and names that contradict each other."""

    def test_the_birthday_and_the_sex_of_the_applicant_are_those_of_the_number(self) -> None:
        right = {"identity_number": ONE, "birth_date": "1984-05-06", "sex": "female"}
        assert faults(applicant=right) == []
        assert faults(applicant=right | {"birth_date": "1984-05-07"}) == [
            ("applicant.birth_date", "birth_date_disagrees")
        ]
        assert faults(applicant=right | {"sex": "male"}) == [("applicant.sex", "sex_disagrees")]

    def test_the_birthday_and_the_sex_of_a_member_are_those_of_the_number(self) -> None:
        wrong = {"name": "王秀英", "identity_number": ONE, "birth_date": "1984-05-07", "sex": "male"}
        assert set(faults(members=[wrong])) == {
            ("members.0.birth_date", "birth_date_disagrees"),
            ("members.0.sex", "sex_disagrees"),
        }

    @pytest.mark.parametrize(
        ("size", "members", "wrong"),
        [(1, 0, False), (1, 1, True), (2, 1, False), (2, 2, True), (3, 2, False), (4, 2, False), (None, 2, False)],
    )
    def test_the_household_is_no_smaller_than_those_who_are_listed(
        self, size: int | None, members: int, wrong: bool
    ) -> None:
        listed = [{"name": name} for name in ("王秀英", "李志强")][:members]
        expected = [("household.size", "household_smaller_than_listed")] if wrong else []
        assert faults(household={"size": size}, members=listed) == expected

    def test_the_applicant_is_not_listed_among_the_members(self) -> None:
        applicant = {"identity_number": ONE, "birth_date": "1984-05-06", "sex": "female"}
        member = {"name": "王秀英", "identity_number": ONE}
        assert faults(applicant=applicant, members=[member]) == [("members", "identity_number_twice")]
        assert faults(applicant=applicant, members=[member | {"identity_number": OTHER}]) == []

    def test_no_member_is_listed_twice_however_the_number_is_written(self) -> None:
        members = [{"name": "王秀英", "identity_number": "11010519491231002X"}]
        again = {"name": "王秀英", "identity_number": " 110105 19491231 002x"}
        assert faults(members=members) == []
        assert faults(members=[*members, again]) == [("members", "identity_number_twice")]
        assert faults(members=[*members, again], applicant={"identity_number": None}) == [
            ("members", "identity_number_twice")
        ]

    def test_members_whose_numbers_are_unknown_are_not_taken_for_one_another(self) -> None:
        assert faults(members=[{"name": "王秀英"}, {"name": "王秀英"}]) == []

    def test_aid_is_paid_to_nobody_but_the_applicant(self) -> None:
        assert faults(applicant={"name": "王秀英"}, bank={"holder": "李志强"}) == [
            ("bank.holder", "account_of_somebody_else")
        ]
        assert faults(applicant={"name": "王秀英"}, bank={"holder": "王秀英"}) == []
        assert faults(applicant={"name": "王秀英"}, bank={"holder": None}) == []

    @pytest.mark.parametrize(
        ("name", "holder", "same"),
        [
            ("Maria dos Santos", "MARIA DOS SANTOS", True),
            ("Maria dos Santos", "ＭＡＲＩＡ　ＤＯＳＳＡＮＴＯＳ", True),
            ("古丽米热·艾比布力", "古丽米热艾比布力", True),
            ("Maria dos Santos", "MARIO DOS SANTOS", False),
            ("王秀英", "王秀瑛", False),
        ],
    )
    def test_a_bank_writes_names_in_its_own_way(self, name: str, holder: str, same: bool) -> None:
        found = faults(applicant={"name": name}, bank={"holder": holder})
        assert found == ([] if same else [("bank.holder", "account_of_somebody_else")])

    @pytest.mark.parametrize("account", ["6222020000000000001", "6222 0200 1111 2226"])
    def test_a_bank_card_whose_check_digit_is_wrong_is_sent_back(self, account: str) -> None:
        assert faults(bank={"account": account}) == [("bank.account", "card_number")]

    @pytest.mark.parametrize(
        "account", ["6222020000000000000", "0123 4567", "370501040012345", "1602024109200088888", "62010200123456"]
    )
    def test_a_card_that_adds_up_is_taken_and_so_is_an_account_that_is_no_card(self, account: str) -> None:
        assert faults(bank={"account": account}) == []

    def test_what_lies_in_the_future_did_not_begin(self) -> None:
        assert faults(migrant={"employed_since": "2026-03-03"}) == [("migrant.employed_since", "day_future")]

    def test_amounts_are_not_negative(self) -> None:
        assert faults(household={"annual_income": "-1.00"}) == [("household.annual_income", "money")]


class TestWhatIsSensitive:
    """Identity, health, account, address and children are for the vault."""

    def test_no_sensitive_value_lies_open(self) -> None:
        payload = example()
        opened, sealed = HardshipIntake.split(HardshipIntake.check(payload, today=TODAY))
        for person in (payload["applicant"], *payload["members"]):
            assert person["identity_number"] not in str(opened)
            assert person["birth_date"] not in str(opened)
        assert payload["bank"]["account"] not in str(opened)
        assert sealed["members.1.identity_number"] == payload["members"][1]["identity_number"]

    def test_these_fields_and_no_others_are_sensitive(self) -> None:
        about_all = ("identity_number", "document_number", "phone", "birth_date", "health")
        in_words = ("ethnicity", "work_state")
        applicant = (*about_all, *in_words, "other_contact", "safe_contact", "disability_kind", "disability_level")
        known_by = ("address", "industry", "union_card", "worker_number")
        assert set(sensitive_paths(HardshipIntake)) == {
            *(f"applicant.{name}" for name in (*applicant, *known_by)),
            *(
                f"members.*.{name}"
                for name in (
                    *about_all,
                    *in_words,
                    "relation_other",
                    "no_number_because",
                    "school_or_unit",
                    "education",
                )
            ),
            "bank.account",
            *(f"household.{name}" for name in ("explanation", "main_cause", "cause_other", "second_cause")),
            *(f"sudden.{name}" for name in ("event", "harmed", "harm")),
            "platform.platform",
            "medical_own_share",
            "papers.*.name",
        }


class TestTheCodeTables:
    """Codes decide, and a title says what its code means."""

    @pytest.mark.parametrize("table", TABLES)
    def test_no_two_codes_share_a_title_in_either_language(self, table: str) -> None:
        titles = TABLES[table].values()
        assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(titles)

    @pytest.mark.parametrize(
        ("table", "code", "zh"),
        [
            ("HEALTH", "good", "良好"),
            ("HEALTH", "uraemia", "尿毒症"),
            ("DISABILITIES", "hearing", "听力残疾"),
            ("DISABILITY_LEVELS", "level_4", "四级"),
            ("WORK_STATES", "at_work", "在岗"),
            ("WORK_STATES", "migrant_worker", "农民工"),
            ("MODEL_WORKERS", "provincial", "省部级劳模"),
            ("HOUSING", "low_rent", "廉租房"),
            ("FLOOR_AREAS", "below_20", "不满20平方米"),
            ("CAUSES", "own_illness", "本人大病"),
            ("CAUSES", "relatives_illness", "供养直系亲属大病"),
            ("UNIT_STATES", "closed", "关闭破产"),
            ("MEMBER_STATES", "primary", "小学"),
            ("MEDICAL_INSURANCE", "none", "未参加医保"),
            ("POLITICAL", "none", "群众"),
            ("DOSSIER_KINDS", "existing", "存量"),
            ("DOSSIER_KINDS", "new", "增量"),
            ("DOSSIER_KINDS", "returned", "返困"),
            ("EXIT_KINDS", "out_of_hardship", "脱困"),
            ("EXIT_KINDS", "moved_away", "调离"),
            ("EXIT_KINDS", "lost_contact", "失联"),
        ],
    )
    def test_a_code_has_the_title_of_the_form(self, table: str, code: str, zh: str) -> None:
        assert TABLES[table][code].zh == zh

    def test_the_tables_are_as_long_as_the_forms(self) -> None:
        lengths = {name: len(table) for name, table in TABLES.items()}
        assert (
            lengths.items()
            >= {
                "HEALTH": 15,
                "DISABILITIES": 7,
                "DISABILITY_LEVELS": 4,
                "WORK_STATES": 8,
                "MODEL_WORKERS": 4,
                "HOUSING": 8,
                "FLOOR_AREAS": 4,
                "CAUSES": 8,
                "UNIT_KINDS": 7,
                "UNIT_STATES": 3,
                "RELATIONS": 4,
                "EVENTS": 6,
                "GRANT_KINDS": 9,
                "EXIT_KINDS": 7,
            }.items()
        )

    def test_the_events_in_which_harm_counts_are_events(self) -> None:
        assert codes.EVENTS.keys() - codes.HARMING_EVENTS == {"sudden_illness", "other_sudden"}
        assert codes.EVENTS.keys() > codes.HARMING_EVENTS

    @pytest.mark.parametrize("answer", [True, False])
    def test_yes_means_yes(self, answer: bool) -> None:
        flags = {"zero_employment": answer, "able_to_self_help": answer, "declared_true": answer}
        clean = HardshipIntake.check({"applicant": {"name": "王秀英"}, "household": flags}, today=TODAY)
        assert HardshipIntake.plain(clean)["household"] == flags

    def test_no_question_is_asked_in_the_negative(self) -> None:
        titles = [field.title for _, field in declared(HardshipIntake) if isinstance(field, Flag)]
        assert len(titles) == 5
        assert [title.zh for title in titles if title.zh.startswith(("否", "无", "不", "非", "没"))] == []
        assert [title.en for title in titles if " not " in f" {title.en.lower()} "] == []

    def test_a_label_is_no_code(self) -> None:
        assert faults(household={"main_cause": "本人大病"}) == [("household.main_cause", "choice")]
        assert faults(exclusions=["car", "two_homes"]) == []
        assert faults(exclusions=["a_boat"]) == [("exclusions.0", "choice")]
