"""Calendars as an administrator keeps them: published years come, are corrected and stay; slips are told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework.records import offices
from casework.records.offices import CalendarVersion
from casework.rules.case import CalendarRef
from casework.settings import ROOT
from casework.work import calendars
from casework.work.admin_files import BadFile
from casework.work.calendar_files import read_calendar
from casework.work.calendars import Change, Loaded
from casework.work.service import Service
from tests.work.offices import local, shandong

CHINA = ROOT / "config" / "calendars" / "china.toml"
SATURDAY = """
key = "hall"
title = { zh = "大厅", en = "Hall" }
tz = "Asia/Shanghai"
make_up_week = "sat"
source = "本厅公告"
[week]
mon = [["08:30", "17:30"]]
tue = [["08:30", "17:30"]]
sat = [["09:00", "11:00"]]
"""
PLAIN = """
key = "desk"
title = { zh = "窗口", en = "Desk" }
tz = "Asia/Shanghai"
years = [2025, 2026]
[week]
mon = [["09:00", "17:00"]]
"""


def written(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def year_file(
    folder: Path, year: int, *off: date, make_up_days: tuple[date, ...] = (), source: str = "示例通知"
) -> Path:
    """A year as it is published: its first day and these days off."""
    holidays = ", ".join(map(str, sorted({date(year, 1, 1), *off})))
    working = ", ".join(map(str, make_up_days))
    return written(
        folder,
        f"cn-{year}.toml",
        f"year = {year}\nsource = '{source}'\nholidays = [{holidays}]\nmake_up_days = [{working}]\n",
    )


def load(service: Service, file: Path, into: str = "china") -> Loaded:
    return calendars.load(service, file, into)


def change(service: Service, file: Path, into: str = "china") -> Change:
    with service.transaction() as tx:
        return calendars.read_change(tx.db, file, into)


def held(service: Service, key: str = "china") -> CalendarVersion:
    """The version of this calendar that counts."""
    with service.transaction() as tx:
        return offices.latest_calendars(tx.db)[key]


def refused(service: Service, file: Path, into: str = "china") -> BadFile:
    """Why this file cannot be loaded; what was loaded stays."""
    before = held(service)
    with pytest.raises(BadFile) as refusal:
        load(service, file, into)
    assert held(service) == before
    assert refusal.value.text.zh.startswith(f"{file.name}：")
    assert str(refusal.value).startswith(f"{file.name}: ")
    return refusal.value


# Published years.


def test_a_calendar_keeps_each_year_as_it_was_published_with_its_notice(service: Service, tmp_path: Path) -> None:
    load(service, year_file(tmp_path, 2027, date(2027, 2, 6), make_up_days=(date(2027, 2, 20),)))

    version = held(service)
    assert [one["year"] for one in version.published] == [2024, 2025, 2026, 2027]
    assert all("国务院办公厅" in one["source"] for one in version.published[:3])
    assert version.published[-1] == {
        "year": 2027,
        "source": "示例通知",
        "holidays": ["2027-01-01", "2027-02-06"],
        "make_up_days": ["2027-02-20"],
    }
    assert version.given["make_up_week"] == "mon"
    assert version.calendar.openings.years == {2024, 2025, 2026, 2027}
    assert not version.calendar.is_working_day(date(2027, 1, 1))
    assert version.calendar.is_working_day(date(2027, 2, 20)), "a make-up Saturday"


def test_a_year_that_is_loaded_again_changes_nothing(service: Service, tmp_path: Path) -> None:
    assert load(service, year_file(tmp_path, 2027, date(2027, 2, 6), date(2027, 2, 8))).version == 2

    again = written(
        tmp_path / "again",
        "cn-2027.toml",
        "holidays = [2027-02-08, 2027-02-06, 2027-01-01]\nsource = '示例通知'\nyear = 2027\n",
    )
    loaded = load(service, again)
    assert (loaded.version, loaded.new, loaded.moved) == (2, False, [])


def test_a_corrected_notice_takes_the_place_of_the_year(service: Service, tmp_path: Path) -> None:
    load(service, year_file(tmp_path, 2027, date(2027, 4, 30)))
    corrected = load(service, year_file(tmp_path, 2027, date(2027, 5, 4), source="更正通知"))

    assert corrected.version == 3
    version = held(service)
    assert [one["source"] for one in version.published][-1] == "更正通知"
    assert version.calendar.is_working_day(date(2027, 4, 30))
    assert not version.calendar.is_working_day(date(2027, 5, 4))
    assert version.calendar.openings.years == {2024, 2025, 2026, 2027}


def test_office_hours_keep_the_years_that_are_loaded(service: Service, tmp_path: Path) -> None:
    load(service, year_file(tmp_path, 2027))
    assert not load(service, CHINA).new, "the hours are as they were, and 2027 stays"

    later = CHINA.read_text(encoding="utf-8").replace("17:30", "18:00")
    loaded = load(service, written(tmp_path / "later", "china.toml", later))
    assert (loaded.version, loaded.change.withdrawn) == (3, [])
    assert held(service).calendar.openings.years == {2024, 2025, 2026, 2027}
    assert held(service).calendar.closing(date(2026, 3, 2)) == local("2026-03-02 18:00")


def test_years_beside_the_office_hours_take_the_place_of_those_that_are_loaded(
    service: Service, tmp_path: Path
) -> None:
    folder = written(tmp_path / "here", "china.toml", CHINA.read_text(encoding="utf-8")).parent
    year_file(folder, 2026, date(2026, 3, 9))
    assert load(service, folder / "china.toml").version == 2
    version = held(service)
    assert [(one["year"], len(one["holidays"])) for one in version.published][1:] == [(2025, 28), (2026, 2)]
    assert version.calendar.is_working_day(date(2026, 2, 18)), "no Spring Festival in that file"


def test_make_up_days_of_a_later_year_open_like_the_weekday_that_the_office_named(
    service: Service, tmp_path: Path
) -> None:
    load(service, written(tmp_path / "hall", "hall.toml", SATURDAY))
    load(service, year_file(tmp_path, 2027, make_up_days=(date(2027, 2, 21),)), "hall")

    version = held(service, "hall")
    assert calendars.whole(version)["date_overrides"] == {"2027-02-21": [["09:00", "11:00"]]}
    assert version.calendar.closing(date(2027, 2, 21)) == local("2027-02-21 11:00")


def test_a_year_may_be_added_to_a_calendar_that_names_its_years(service: Service, tmp_path: Path) -> None:
    load(service, written(tmp_path, "desk.toml", PLAIN))
    load(service, year_file(tmp_path, 2027), "desk")
    assert held(service, "desk").calendar.openings.years == {2025, 2026, 2027}

    why = refused(service, year_file(tmp_path, 2026), "desk")
    assert "calendar desk names 2026 in its own years" in why.text.en


def test_a_year_is_not_added_where_every_year_counts_as_published(service: Service, tmp_path: Path) -> None:
    every = change(service, written(tmp_path, "desk.toml", PLAIN.replace("years = [2025, 2026]", "")))
    assert every.after.calendar.openings.years is None
    load(service, tmp_path / "desk.toml")

    why = refused(service, year_file(tmp_path, 2027), "desk")
    assert "every year counts as published and 2027 cannot be added" in why.text.en
    assert "没有" not in why.text.zh
    assert "不能加入 2027 年" in why.text.zh


def test_a_plain_calendar_says_which_years_it_takes_away(service: Service, tmp_path: Path) -> None:
    load(service, year_file(tmp_path, 2027))
    plain = written(tmp_path, "china.toml", PLAIN.replace('"desk"', '"china"'))

    assert change(service, plain).withdrawn == [2024, 2027]
    assert load(service, plain).change.withdrawn == [2024, 2027]
    assert load(service, CHINA).change.withdrawn == []


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("year = 2027\n", "没有写明出处", "Year 2027 does not name its source"),
        ("year = 2027\nsource = ''\nholidays = [2027-01-01]\n", "没有写明出处", "does not name its source"),
        ("year = 2027\nsource = 5\nholidays = [2027-01-01]\n", "没有写明出处", "does not name its source"),
        ("year = 2027\nsource = 'x'\n", "没有节假日", "Year 2027 has no holiday"),
        ("year = 2027\nsource = 'x'\nholidays = []\n", "没有节假日", "Year 2027 has no holiday"),
        ("year = 2027\nsource = 'x'\nholidays = [2028-01-01]\n", "不属于该年", "does not belong to that year"),
        ("year = '2027'\nsource = 'x'\nholidays = [2027-01-01]\n", "不是年份", "is no year"),
        (
            "year = 2027\nsource = 'x'\nholidays = [2027-01-01]\nmake_up_days = [2027-01-01]\n",
            "既是节假日又是调休上班日",
            "is both a holiday and a make-up day",
        ),
    ],
)
def test_a_year_that_cannot_be_what_was_published_is_refused(
    text: str, zh: str, en: str, service: Service, tmp_path: Path
) -> None:
    why = refused(service, written(tmp_path, "cn-2027.toml", text))
    assert zh in why.text.zh
    assert en in why.text.en


def test_a_wrong_year_beside_the_office_hours_is_named_itself(service: Service, tmp_path: Path) -> None:
    hours = written(tmp_path, "china.toml", CHINA.read_text(encoding="utf-8"))
    written(tmp_path, "cn-2028.toml", "year = 2028\n")
    with pytest.raises(BadFile, match=r"^cn-2028\.toml: Year 2028 does not name its source"):
        load(service, hours)


# Titles and other keys.


def test_a_title_that_is_left_out_stays_and_another_one_counts(service: Service, tmp_path: Path) -> None:
    load(service, written(tmp_path, "desk.toml", PLAIN))
    untitled = PLAIN.replace('title = { zh = "窗口", en = "Desk" }', "")
    assert not load(service, written(tmp_path, "desk.toml", untitled)).new
    assert held(service, "desk").title.both() == {"zh-CN": "窗口", "en": "Desk"}

    renamed = load(service, written(tmp_path, "desk.toml", PLAIN.replace("Desk", "Counter")))
    assert (renamed.version, renamed.moved) == (2, [])
    assert held(service, "desk").title.en == "Counter"
    assert read_calendar(written(tmp_path, "new.toml", untitled)).titled.both() == {"zh-CN": "desk", "en": "desk"}


@pytest.mark.parametrize(
    "title", ['"x"', "5", "{ zh = 5, en = 'x' }", "{ zh = '窗口' }", "{ zh = '窗口', en = ' ' }", "{}", "[]"]
)
def test_a_title_that_is_none_is_refused_in_a_sentence(title: str, service: Service, tmp_path: Path) -> None:
    file = written(tmp_path, "desk.toml", PLAIN.replace('{ zh = "窗口", en = "Desk" }', title))
    why = refused(service, file)
    assert "两种语言" in why.text.zh
    assert "write the title in both languages" in why.text.en


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("key", "5", "the key 5 is not one of"),
        ("source", "5", "source is one line of text"),
        ("source", '"a\\u0000"', "source is one line of text"),
        ("published", "[]", "published years do not stand in a calendar"),
        ("week", "5", "Key week must be a table"),
        ("holiday", "[]", "'holiday' in the calendar is unknown"),
    ],
)
def test_what_no_calendar_has_is_refused_naming_the_file(
    key: str, value: str, says: str, service: Service, tmp_path: Path
) -> None:
    file = written(tmp_path, "desk.toml", f'tz = "UTC"\n{key} = {value}\n')
    assert says in refused(service, file).text.en


@pytest.mark.parametrize("text", ["{", "[1]", '{"tz": "UTC", "week": {}}', '{"title": {"zh": "\\ud800", "en": "x"}}'])
def test_a_json_file_that_is_no_calendar_is_refused(text: str, service: Service, tmp_path: Path) -> None:
    refused(service, written(tmp_path, "desk.json", text))


# What they say, and what they move.


def test_all_of_a_calendar_can_be_read(service: Service, tmp_path: Path) -> None:
    load(service, written(tmp_path / "hall", "hall.toml", f"close_of_business = true\n{SATURDAY}"))
    own = '[date_overrides]\n2027-03-01 = []\n"2027-02-20" = [["09:00", "10:00"]]\n'
    more = f"holidays = [2027-03-02]\nyearly_holidays = ['10-01']\n{SATURDAY}{own}"
    load(service, written(tmp_path / "hall", "hall.toml", more))
    load(service, year_file(tmp_path, 2027, make_up_days=(date(2027, 2, 20), date(2027, 2, 21))), "hall")

    said = calendars.whole(held(service, "hall"))
    assert said.pop("loaded_at") == held(service, "hall").loaded_at
    assert said.pop("title").en == "Hall"
    assert said.pop("week") == {
        **{day: [] for day in ("wed", "thu", "fri", "sun")},
        "mon": [["08:30", "17:30"]],
        "tue": [["08:30", "17:30"]],
        "sat": [["09:00", "11:00"]],
    }
    assert said == {
        "key": "hall",
        "version": 3,
        "source": "本厅公告",
        "tz": "Asia/Shanghai",
        "make_up_week": "sat",
        "close_of_business": False,
        "years": [2027],
        "published": [
            {
                "year": 2027,
                "source": "示例通知",
                "holidays": ["2027-01-01"],
                "make_up_days": ["2027-02-20", "2027-02-21"],
            }
        ],
        "holidays": ["2027-01-01", "2027-03-02"],
        "yearly_holidays": ["10-01"],
        "date_overrides": {
            "2027-02-20": [["09:00", "10:00"]],
            "2027-02-21": [["09:00", "11:00"]],
            "2027-03-01": [],
        },
    }
    with service.transaction() as tx:
        first = offices.calendar_version(tx.db, "hall", 1)
        assert first is not None
        assert calendars.whole(first)["close_of_business"] is True
        assert offices.calendar_version(tx.db, "hall", 9) is None
        counted = offices.calendar_versions(tx.db, [CalendarRef("hall", 3)])
    assert counted == {CalendarRef("hall", 3): held(service, "hall")}


def test_a_year_settles_what_was_provisional_and_moves_what_falls_on_its_holidays(
    service: Service, tmp_path: Path
) -> None:
    province = shandong(service)
    province.time_is(local("2026-12-24 09:00"))
    province.open_case("li")
    province.days_pass(4)
    province.open_case("li")

    def told(file: Path) -> dict[tuple[str, str], Any]:
        with service.transaction() as tx:
            shown = calendars.preview(tx.db, calendars.read_change(tx.db, file, "china"))
        loaded = load(service, file)
        assert loaded.moved == shown
        days = [(one, one.before and one.before.on, one.after and one.after.on) for one in shown]
        return {
            (one.number[-1], str(before)): (str(after), one.stays, one.after and one.after.provisional)
            for one, before, after in days
            if one.clock == "review_by_law"
        }

    holidays = (date(2027, 1, 2), date(2027, 1, 3))
    assert told(year_file(tmp_path, 2027, *holidays)) == {
        ("2", "2027-01-04"): ("2027-01-04", True, False),
    }
    assert told(year_file(tmp_path, 2027, *holidays, date(2027, 1, 4))) == {
        ("2", "2027-01-04"): ("2027-01-05", False, False),
    }
    withdrawn = held(service).mapping | {"years": [2024, 2025, 2026]}
    text = "\n".join(
        [
            'key = "china"',
            f'tz = "{withdrawn["tz"]}"',
            "years = [2024, 2025, 2026]",
            f"holidays = {withdrawn['holidays']}",
            "[week]",
            *(f"{name} = {windows}" for name, windows in withdrawn["week"].items()),
        ]
    )
    assert told(written(tmp_path / "plain", "china.toml", text))[("2", "2027-01-05")] == ("2027-01-05", True, True)
    again = year_file(tmp_path, 2027, *holidays, date(2027, 1, 4))
    assert told(again)[("2", "2027-01-05")] == ("2027-01-05", True, False)
    assert held(service).title.en == "Union service desk opening hours"
