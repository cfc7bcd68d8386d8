"""A New Year whose holidays are not published yet: nothing happens on a guessed day, and what waited follows in order.

Sources: 全国年节及纪念日放假办法 (1 January is a day of rest in every year); 法律援助法 43; 民法典 203. The notice of a
year usually comes in the November before; here it comes late or not at all.
"""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from casework.cli.doctor import years
from casework.records import cases
from casework.rules.case import Case
from casework.settings import Kind
from casework.work import calendars, overdue
from casework.work.service import Service
from tests.work.offices import Province, local, shandong

ASKED = "2026-12-18 10:00"
"""Ten working days later ends at the earliest with 4 January: 1 January is a day of rest whatever the notice says."""


@pytest.fixture
def jinan(service: Service) -> Province:
    province = shandong(service)
    province.time_is(local("2026-12-17 09:00"))
    return province


def awaiting_papers(jinan: Province) -> UUID:
    case_id = jinan.open_case("li")
    jinan.time_is(local(ASKED))
    jinan.take("li", case_id, "ask_for_papers", {"papers": ["工资支付凭证"]})
    return case_id


def publish(jinan: Province, tmp_path: Path, *off: date, make_up: tuple[date, ...] = ()) -> calendars.Loaded:
    """The notice of 2027 is loaded: 1 January and these days are off, and these Saturdays and Sundays worked."""
    written = ", ".join(map(str, (date(2027, 1, 1), *off)))
    worked = ", ".join(map(str, make_up))
    notice = tmp_path / "cn-2027.toml"
    notice.write_text(
        f"year = 2027\nsource = '示例通知'\nholidays = [{written}]\nmake_up_days = [{worked}]\n", encoding="utf-8"
    )
    return calendars.load(jinan.service, notice, "china")


def read(jinan: Province, case_id: UUID) -> Case:
    with jinan.service.transaction() as tx:
        return cases.get_locked(tx.db, case_id).case


def papers(jinan: Province, case_id: UUID) -> tuple[str, date, bool]:
    """Where the papers clock stands, its last day, and whether that is provisional."""
    run = read(jinan, case_id).clock("papers")
    assert run is not None
    assert run.due is not None
    return run.status, run.due.on, run.due.provisional


class TestWithoutTheNotice:
    """Nobody has published or loaded 2027."""

    def test_the_last_day_is_provisional_and_not_before_the_fourth(self, jinan: Province) -> None:
        assert papers(jinan, awaiting_papers(jinan)) == ("running", date(2027, 1, 4), True)

    def test_time_takes_nothing_however_late_it_gets(self, jinan: Province) -> None:
        case_id = awaiting_papers(jinan)
        for at in ("2027-01-01 00:00", "2027-01-02 00:00", "2027-01-05 00:00", "2027-03-01 09:00"):
            jinan.time_is(local(at))
            assert overdue.sweep(jinan.service).transitions == 0, at
        assert read(jinan, case_id).state == "awaiting_papers"
        assert papers(jinan, case_id) == ("running", date(2027, 1, 4), True)
        jinan.take("li", case_id, "supply_papers", {"papers": [{"name": "工资支付凭证", "copies": 1}]})
        assert papers(jinan, case_id) == ("met", date(2027, 1, 4), True)

    def test_nobody_is_told_that_a_guessed_day_has_passed(self, jinan: Province) -> None:
        jinan.time_is(local("2026-12-28 09:00"))
        case_id = jinan.open_case("li")
        jinan.time_is(local("2027-02-01 09:00"))
        overdue.sweep(jinan.service)
        with jinan.service.transaction() as tx:
            raised = tx.db.all("select clock, level from alerts where case_id = :id", id=case_id)
        assert {row.level for row in raised if row.clock == "review_by_law"} == {"80%"}
        record = read(jinan, case_id)
        assert not any(
            run.overdue(local("2027-02-01 09:00")) for run in record.clocks if run.due and run.due.provisional
        )
        report = jinan.report("zhao", "2026-12-01", "2027-01-01")
        assert report["total"]["breached"] == 0


class TestLoadedInTime:
    """The notice is loaded on 20 December."""

    def test_the_day_becomes_firm_and_time_goes_on_at_its_end(self, jinan: Province, tmp_path: Path) -> None:
        case_id = awaiting_papers(jinan)
        jinan.time_is(local("2026-12-20 09:00"))
        publish(jinan, tmp_path, date(2027, 1, 4))
        assert papers(jinan, case_id) == ("running", date(2027, 1, 5), False)

        jinan.time_is(local("2027-01-05 23:59"))
        assert overdue.sweep(jinan.service).transitions == 0
        jinan.time_is(local("2027-01-06 00:00"))
        assert overdue.sweep(jinan.service).transitions == 1
        assert read(jinan, case_id).state == "withdrawn"


class TestLoadedLate:
    """The notice is loaded on 3 January: 2 January was a working Saturday."""

    def test_what_was_held_back_follows_in_order(self, jinan: Province, tmp_path: Path) -> None:
        first = awaiting_papers(jinan)
        second = jinan.open_case("li")
        jinan.time_is(local("2026-12-21 10:00"))
        jinan.take("li", second, "ask_for_papers", {"papers": ["工资支付凭证"]})
        jinan.time_is(local("2027-01-03 09:00"))
        assert overdue.sweep(jinan.service).transitions == 0

        loaded = publish(jinan, tmp_path, make_up=(date(2027, 1, 2),))
        assert loaded.new
        assert papers(jinan, first) == ("running", date(2027, 1, 2), False)
        assert papers(jinan, second) == ("running", date(2027, 1, 4), False)
        assert overdue.sweep(jinan.service).transitions == 1
        assert read(jinan, first).state == "withdrawn"
        assert read(jinan, second).state == "awaiting_papers"
        jinan.time_is(local("2027-01-05 00:00"))
        assert overdue.sweep(jinan.service).transitions == 1

    def test_what_had_ended_meanwhile_is_judged_then(self, jinan: Province, tmp_path: Path) -> None:
        jinan.time_is(local("2026-12-28 09:00"))
        case_id = jinan.open_case("li")
        jinan.time_is(local("2027-01-05 09:00"))
        jinan.grant("li", "zhao", case_id)
        before = jinan.report("zhao", "2026-12-01", "2027-01-01", group_by=("clock",))
        assert [row["breached"] for row in before["rows"] if row["clock"] == "review_by_law"] == [0]
        publish(jinan, tmp_path, make_up=(date(2027, 1, 2),))
        [run] = [one for one in read(jinan, case_id).clocks if one.name == "review_by_law"]
        assert run.due is not None
        assert (run.status, run.due.on, run.due.provisional) == ("breached", date(2027, 1, 4), False)
        after = jinan.report("zhao", "2026-12-01", "2027-01-01", group_by=("clock",))
        assert [row["breached"] for row in after["rows"] if row["clock"] == "review_by_law"] == [1]
        with jinan.service.transaction() as tx:
            end = tx.db.one(
                "select end_org_id, end_owner_id from clocks where case_id = :id and name = :name",
                id=case_id,
                name=run.name,
            )
        assert end is not None
        assert end.end_org_id is not None
        assert end.end_owner_id == jinan.people["li"].id


@pytest.mark.parametrize(
    ("at", "kind", "told"),
    [
        ("2026-11-30 23:59", "production", []),
        ("2026-12-01 00:00", "production", [("notice", 2027)]),
        ("2026-12-31 12:00", "demo", [("notice", 2027)]),
        ("2027-01-01 00:00", "demo", [("notice", 2027)]),
        ("2027-01-04 09:00", "production", [("bad", 2027)]),
        ("2027-12-01 09:00", "production", [("bad", 2027), ("notice", 2028)]),
    ],
)
def test_the_doctor_says_from_december_on_which_year_is_not_loaded(
    jinan: Province, at: str, kind: Kind, told: list[tuple[str, int]]
) -> None:
    jinan.time_is(local(at))
    with jinan.service.transaction() as tx:
        found = list(years(tx, kind))
    assert [one.grade for one in found] == [grade for grade, _ in told]
    for finding, (_, year) in zip(found, told, strict=True):
        assert f"lacks the holidays of {year}: days due in that year are provisional" in finding.text.en
        assert f"没有 {year} 年的放假安排：涉及该年的到期日均为暂定" in finding.text.zh
        command = f"casework calendar load cn-{year}.toml --into china"
        assert finding.text.en.endswith(command)
        assert finding.text.zh.endswith(command)


def test_the_doctor_is_content_once_the_notice_is_loaded(jinan: Province, tmp_path: Path) -> None:
    publish(jinan, tmp_path)
    jinan.time_is(local("2026-12-17 09:00"))
    with jinan.service.transaction() as tx:
        assert list(years(tx, "production")) == []
