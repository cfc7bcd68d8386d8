"""What is loaded holds for the clocks that run: calendars and policies, with a trace of what held before."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from casework.app import create_app
from casework.forms.example_data import ExampleData
from casework.records import cases as case_records
from casework.records.event_chain import digest
from casework.records.rows import StoredCase
from casework.records.tables import cases as case_table
from casework.records.tables import clocks, events
from casework.rules.case import ClockRun
from casework.rules.context import PolicyRow
from casework.rules.refusals import NotMet, Refusal
from casework.settings import ROOT
from casework.work import calendars, cases, intake, people, policies, recalculation
from casework.work.admin_files import BadFile
from casework.work.calendars import Loaded
from casework.work.overdue import Swept, sweep
from casework.work.policies import Preview
from casework.work.policy_files import read_policies, unusable
from casework.work.recalculation import BATCH
from casework.work.rederivation import Change, Moved, preview
from casework.work.seeds import seed
from casework.work.service import Service
from casework.workflows.legal_aid.intake import LegalAidIntake
from tests.rewriting import rewrite
from tests.work.offices import CITIES, Province, local, shandong

MEANS = {"household_size": 3, "annual_income": "60000.00", "declared_true": True}
PAPERS = {"papers": ["工资流水"]}
ORGS = ("370000", *CITIES)
POLICY_FILES = [*sorted((ROOT / "config" / "policies").rglob("*.toml")), ROOT / "config" / "demo" / "policies.toml"]


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def accepted(province: Province, clerk: str = "li", org: str = "370100") -> UUID:
    case = province.open_case(clerk, org)
    province.take(clerk, case, "accept")
    return case


def calendar_file(folder: Path, *off: date) -> Path:
    """The office's calendar with these days off too."""
    folder.mkdir(exist_ok=True)
    for file in (ROOT / "config" / "calendars").iterdir():
        text = file.read_text(encoding="utf-8")
        for day in off:
            text = text.replace(f"holidays = [\n    {day.year}-01-01,", f"holidays = [\n    {day.year}-01-01, {day},")
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder / "china.toml"


def year_file(folder: Path, year: int, *off: date) -> Path:
    """A year as it is published, with its first day and these days off."""
    file = folder / f"cn-{year}.toml"
    days = ", ".join(map(str, sorted({date(year, 1, 1), *off})))
    file.write_text(f"year = {year}\nsource = '示例'\nholidays = [{days}]\nmake_up_days = []\n", encoding="utf-8")
    return file


def policy_file(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    """Rows of name, place, first day and value."""
    file = folder / "policies.toml"
    source = 'source = { zh = "新规定", en = "new rule" }'
    written = [
        f'[[policy]]\nworkflow = "legal_aid"\nname = "{name}"\nplace = "{place}"\nfrom = {since}\n'
        f'value = "{value}"\n{source}\n'
        for name, place, since, value in rows
    ]
    file.write_text("\n".join(written), encoding="utf-8")
    return file


def load_calendar(service: Service, file: Path) -> Loaded:
    return calendars.load(service, file, "china")


def load_policies(service: Service, file: Path) -> tuple[list[PolicyRow], list[Moved]]:
    return policies.load(service, file)


def previewed(service: Service, file: Path) -> Preview:
    with service.transaction() as tx:
        return policies.preview(tx.db, file)


def record(province: Province, case_id: UUID) -> StoredCase:
    with province.service.transaction() as tx:
        return case_records.several(tx.db, [case_id])[case_id]


def clock(province: Province, case_id: UUID, name: str) -> ClockRun:
    run = record(province, case_id).case.clock(name)
    assert run is not None
    return run


def last_day(province: Province, case_id: UUID, name: str) -> str:
    due = clock(province, case_id, name).due
    assert due is not None
    return f"{due.on}{' provisional' if due.provisional else ''}"


def rows(province: Province, query: str, **values: Any) -> list[Any]:
    with province.service.transaction() as tx:
        return list(tx.db.all(query, **values))


def history(province: Province, case_id: UUID) -> list[Any]:
    return rows(province, "select * from events where case_id = :id order by seq", id=case_id)


def left_to_move(province: Province) -> list[Moved]:
    """What deriving everything anew would still move."""
    with province.service.transaction() as tx:
        rules = recalculation.loaded(tx.db)
        by_now = {code: rules.calendars[rules.orgs[code].calendar].calendar for code in ORGS}
        return preview(tx.db, rules, Change(before=by_now))


def ensure_chained(province: Province, case_id: UUID) -> None:
    """Each event follows from the one before, and the case ends with the last."""
    before = bytes(32)
    for one in history(province, case_id):
        said = (one.case_id, one.seq, one.at, one.kind, one.actor_id, one.actor_role, one.payload)
        assert one.prev_hash == before
        assert one.hash == digest(before, *said)
        before = one.hash
    assert record(province, case_id).last_hash == before


# A calendar.


def test_a_new_holiday_moves_the_clocks_that_run_and_leaves_a_trace(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    was = clock(province, case, "review")
    province.days_pass(1)

    loaded = load_calendar(province.service, calendar_file(tmp_path / "c", date(2026, 3, 5), date(2026, 3, 9)))

    assert (loaded.version, loaded.new) == (2, True)
    assert {one.clock for one in loaded.moved} >= {"review", "review_by_law"}
    now = record(province, case)
    review = now.case.clock("review")
    assert review is not None
    assert review.due is not None
    assert (last_day(province, case, "review"), review.counted_by) == ("2026-03-11", ("china", 2))
    [stored] = rows(province, "select due_at, late_at, version from cases where id = :id", id=case)
    assert stored.due_at == stored.late_at == min(run.due.at for run in now.case.clocks if run.due)

    last = history(province, case)[-1]
    assert (last.kind, last.actor_role, last.actor_id, last.seq) == ("rederived", "administrator", None, stored.version)
    assert last.payload["given"] == {"calendar": "china", "calendar_version": 2}
    [told] = [one for one in last.payload["clocks"] if one["name"] == "review"]
    assert was.due is not None
    assert datetime.fromisoformat(told["was_due_at"]) == was.due.at
    assert datetime.fromisoformat(told["due_at"]) == review.due.at
    assert (told["change"], told["limit"], told["was_limit"]) == ("rederived", "5wd", "5wd")
    assert last.payload["calendar_version"] == 2
    ensure_chained(province, case)

    assert held(province, case, "review") == [
        (str(was.due.on), 1, review.policy_id),
        (str(review.due.on), 2, review.policy_id),
    ]
    [wake] = rows(province, "select wake_at from clocks where case_id = :id and name = 'review'", id=case)
    assert wake.wake_at > local("2026-03-06 17:30"), "80% come later, too"
    assert left_to_move(province) == []


def test_what_the_preview_shows_is_what_loading_does(province: Province, tmp_path: Path) -> None:
    accepted(province)
    province.grant("li", "zhao", province.open_case("li"))
    file = calendar_file(tmp_path / "c", date(2026, 3, 5), date(2026, 3, 9))
    with province.service.transaction() as tx:
        shown = calendars.preview(tx.db, calendars.read_change(tx.db, file, "china"))
    assert [one.kind for one in rows(province, "select kind from events where kind = 'rederived'")] == []

    assert load_calendar(province.service, file).moved == shown
    assert len(shown) >= 3


def test_cases_that_do_not_move_have_no_event_and_loading_again_changes_nothing(
    province: Province, tmp_path: Path
) -> None:
    case = accepted(province)
    file = calendar_file(tmp_path / "c", date(2026, 1, 5))
    assert load_calendar(province.service, file).moved == []
    assert [one.kind for one in history(province, case)] == ["opened", "transition"]

    moving = calendar_file(tmp_path / "d", date(2026, 3, 4))
    load_calendar(province.service, moving)
    before = record(province, case)
    again = load_calendar(province.service, moving)
    assert (again.version, again.new, again.moved) == (3, False, [])
    assert record(province, case) == before


def test_what_has_ended_stays_as_it_was_and_is_explained_by_the_calendar_of_its_time(
    province: Province, tmp_path: Path
) -> None:
    case = accepted(province)
    province.days_pass(2)
    province.take("zhao", case, "grant", {"form_of_aid": "litigation"})
    kept = "select * from clocks where case_id = :id and ended_at is not null order by name"
    before = rows(province, kept, id=case)
    assert {one.name for one in before} >= {"review", "review_by_law"}

    load_calendar(province.service, calendar_file(tmp_path / "c", date(2026, 3, 3), date(2026, 3, 5)))

    assert rows(province, kept, id=case) == before
    with province.service.transaction() as tx:
        token = people.issue_token(tx, "li", timedelta(days=30))
    client = create_app(province.service).test_client()
    items = client.get(f"/api/v1/cases/{case}/clocks", headers={"Authorization": f"Bearer {token}"}).json["items"]
    [review] = [one for one in items if one["name"] == "review"]
    assert (review["calendar_version"], review["due_on"]) == (1, "2026-03-09")
    assert review["trace"][-1]["text"].startswith("2026-03-09"), "not the 11th, as it would be counted now"


def test_a_papers_limit_that_moves_on_does_not_lapse_on_the_old_day(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    province.take("li", case, "ask_for_papers", PAPERS)
    assert last_day(province, case, "papers") == "2026-03-16"

    load_calendar(province.service, calendar_file(tmp_path / "c", date(2026, 3, 12)))

    province.time_is(local("2026-03-17 09:00"))
    assert sweep(province.service).transitions == 0
    province.time_is(local("2026-03-18 00:00"))
    assert sweep(province.service).transitions == 1
    assert record(province, case).case.state == "withdrawn"


def test_alarms_follow_the_calendar_even_where_the_due_time_stays(province: Province, tmp_path: Path) -> None:
    case = province.open_case("li")
    wakes = "select wake_at from clocks where case_id = :id and name = 'review_by_law'"
    [before] = rows(province, wakes, id=case)

    load_calendar(province.service, calendar_file(tmp_path / "c", date(2026, 3, 3)))

    [after] = rows(province, wakes, id=case)
    assert last_day(province, case, "review_by_law") == "2026-03-09"
    assert after.wake_at > before.wake_at
    assert len(held(province, case, "review_by_law")) == 1


def test_the_turn_of_the_year_is_provisional_until_the_year_is_loaded(province: Province, tmp_path: Path) -> None:
    province.time_is(local("2026-12-25 09:00"))
    case = accepted(province)
    assert last_day(province, case, "review_by_law") == "2027-01-04 provisional"
    report = province.report("zhao", "2026-12-01", "2027-02-01", group_by=("clock",))
    assert {row["clock"]: (row["started"], row["provisional"]) for row in report["rows"]} == {
        "review": (1, 1),
        "review_by_law": (1, 1),
    }
    assert report["total"]["provisional"] == 2

    loaded = load_calendar(province.service, year_file(tmp_path, 2027, date(2027, 1, 4)))

    assert "review_by_law" in {one.clock for one in loaded.moved}
    assert last_day(province, case, "review_by_law") == "2027-01-05"
    assert province.report("zhao", "2026-12-01", "2027-02-01")["total"]["provisional"] == 0


def test_two_years_added_at_once_are_both_there(province: Province, tmp_path: Path) -> None:
    files = [year_file(tmp_path, 2027), year_file(tmp_path, 2028)]
    with ThreadPoolExecutor(2) as pool:
        versions = [one.version for one in pool.map(lambda file: load_calendar(province.service, file), files)]
    assert sorted(versions) == [2, 3]
    with province.service.transaction() as tx:
        assert tx.rules.calendars["china"].mapping["years"] == [2024, 2025, 2026, 2027, 2028]


def test_a_calendar_by_which_a_clock_never_ends_is_refused_and_nothing_is_loaded(
    province: Province, tmp_path: Path
) -> None:
    accepted(province)
    slow = tmp_path / "china.json"
    off = [str(date(2026, 1, 1) + timedelta(days=day)) for day in range(38_000)]
    slow.write_text(
        '{"tz": "Asia/Shanghai", "week": {"mon": [["09:00", "17:00"]]}, "holidays": ["' + '", "'.join(off) + '"]}'
    )
    with pytest.raises(Refusal, match="nothing has been changed"):
        load_calendar(province.service, slow)
    with province.service.transaction() as tx:
        assert tx.rules.calendars["china"].version == 1


# Policies.


def test_a_clock_gets_the_limit_that_counted_when_it_began(province: Province, tmp_path: Path) -> None:
    case, elsewhere = accepted(province), accepted(province, "sun", "370200")
    was = clock(province, case, "review")
    province.days_pass(1)

    new, moved = load_policies(province.service, policy_file(tmp_path, ("review", "370100", "2026-03-01", "2wd")))

    assert [(one.name, one.place, one.value) for one in new] == [("review", "370100", "2wd")]
    assert [(str(one.limit_before), str(one.limit)) for one in moved] == [("5wd", "2wd")]
    review = clock(province, case, "review")
    assert (str(review.limit), new[0].source.zh, review.policy_id) == ("2wd", "新规定", new[0].id)
    assert last_day(province, case, "review") == "2026-03-04"
    assert last_day(province, elsewhere, "review") == "2026-03-09"
    last = history(province, case)[-1]
    assert (last.kind, last.payload["given"]) == ("rederived", {"policies": [new[0].id]})
    ensure_chained(province, case)
    assert held(province, case, "review") == [("2026-03-09", 1, was.policy_id), ("2026-03-04", 1, new[0].id)]

    province.time_is(local("2026-03-05 09:00"))
    assert sweep(province.service).alerts > 0
    assert {
        one.level
        for one in rows(province, "select level from alerts where case_id = :id and clock = 'review'", id=case)
    } == {"80%", "due"}


def test_what_begins_later_moves_nothing_now_and_holds_for_clocks_that_start_then(
    province: Province, tmp_path: Path
) -> None:
    case = accepted(province)
    file = policy_file(tmp_path, ("review", "370100", "2026-03-03", "2wd"))
    assert load_policies(province.service, file)[1] == []
    province.days_pass(1)
    assert load_policies(province.service, file) == ([], [])
    assert str(clock(province, case, "review").limit) == "5wd"
    assert str(clock(province, accepted(province), "review").limit) == "2wd"


def test_a_limit_of_none_cancels_what_runs_and_time_takes_nothing_any_more(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    province.take("li", case, "ask_for_papers", PAPERS)

    _, moved = load_policies(province.service, policy_file(tmp_path, ("papers", "370100", "2026-01-01", "none")))

    assert [(one.clock, one.limit, one.after) for one in moved] == [("papers", None, None)]
    [stored] = rows(province, "select * from clocks where case_id = :id and name = 'papers'", id=case)
    assert (stored.status, stored.wake_at, stored.takes) == ("cancelled", None, None)
    [ran] = clock(province, case, "papers").intervals
    assert ran.end == stored.ended_at
    assert history(province, case)[-1].payload["clocks"][0]["change"] == "cancelled"
    province.days_pass(60)
    assert sweep(province.service).transitions == 0
    assert record(province, case).case.state == "awaiting_papers"


def test_a_clock_keeps_to_the_place_where_it_began(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    with province.service.transaction() as tx:
        rewrite(
            tx.db,
            "update cases set org_id = (select id from orgs where code = '370200'), owner_id = null where id = :id",
            id=case,
        )
    file = policy_file(tmp_path, ("review", "370200", "2026-01-01", "9wd"))
    assert load_policies(province.service, file)[1] == []
    file = policy_file(tmp_path, ("review", "370100", "2026-01-01", "8wd"))
    assert [str(one.limit) for one in load_policies(province.service, file)[1]] == ["8wd"]
    assert clock(province, case, "review").policy_id is not None


def test_a_value_that_no_clock_can_take_is_refused_before_anything_is_written(
    province: Province, tmp_path: Path
) -> None:
    wrong = policy_file(tmp_path, ("review", "370100", "2026-01-01", "2wd"), ("papers", "CN", "2026-01-01", "soon"))
    before = rows(province, "select count(*) from policies")
    for attempt in (partial(load_policies, province.service), partial(previewed, province.service)):
        with pytest.raises(BadFile, match="legal_aid papers at CN from 2026-01-01: 'soon' is not a limit"):
            attempt(wrong)
    assert rows(province, "select count(*) from policies") == before


def test_the_preview_of_policies_shows_rows_clocks_and_decisions_and_changes_nothing(
    province: Province, tmp_path: Path
) -> None:
    early, late, other = province.open_case("li"), province.open_case("li"), province.open_case("sun", "370200")
    province.grant("li", "zhao", early)
    province.days_pass(1)
    province.grant("li", "zhao", late)
    province.grant("sun", "zhou", other)
    running = accepted(province)
    number = {case: record(province, case).case.number for case in (early, late, running)}
    file = policy_file(
        tmp_path,
        ("review", "370100", "2026-03-03", "2wd"),
        ("hardship_multiple", "370100", "2026-03-03", "3"),
        ("hardship_multiple", "370100", "2026-04-01", "4"),
    )
    before = rows(province, "select count(*) from policies")

    with province.service.transaction() as tx:
        shown = policies.preview(tx.db, file)

    assert rows(province, "select count(*) from policies") == before
    assert [(change.row.name, change.row.value, change.before) for change in shown.changes] == [
        ("review", "2wd", None),
        ("hardship_multiple", "3", None),
        ("hardship_multiple", "4", None),
    ]
    assert [(one.number, one.clock, str(one.limit)) for one in shown.moved] == [(number[running], "review", "2wd")]
    assert [(one.row.value, one.cases, one.first) for one in shown.touched] == [
        ("3", 1, [(number[late], date(2026, 3, 3))]),
        ("4", 0, []),
    ]
    assert load_policies(province.service, file)[1] == shown.moved

    changed = policy_file(tmp_path, ("hardship_multiple", "370100", "2026-03-03", "5"))
    with province.service.transaction() as tx:
        [change] = policies.preview(tx.db, changed).changes
    assert change.before is not None
    assert (change.before.value, change.row.value) == ("3", "5")


def test_a_row_that_counts_by_last_year_touches_the_decisions_of_the_year_after(
    province: Province, tmp_path: Path
) -> None:
    province.grant("li", "zhao", province.open_case("li"))  # in March 2026
    last_year = policy_file(tmp_path, ("subsistence_line", "370100", "2025-03-01", "1200"))
    with province.service.transaction() as tx:
        assert [one.cases for one in policies.preview(tx.db, last_year).touched] == [1]
    this_year = policy_file(tmp_path, ("subsistence_line", "370100", "2026-01-01", "1300"))
    with province.service.transaction() as tx:
        assert [one.cases for one in policies.preview(tx.db, this_year).touched] == [0]


@pytest.mark.parametrize(
    ("name", "place", "value", "why"),
    [
        ("decided_by_another", "370100", "True", "'True' is not a switch; write true or false"),
        ("decided_by_another", "370100", "none", "'none' is not a switch; write true or false"),
        ("least_claim", "370100", "2,000", "'2,000' is not an amount; write 2000 or 0.8, without a unit, or none"),
        ("least_claim", "370100", "-1", "'-1' is not an amount; write 2000 or 0.8, without a unit, or none"),
        ("least_claim", "370100", "NaN", "'NaN' is not an amount; write 2000 or 0.8, without a unit, or none"),
        (
            "objection",
            "370100",
            "60 days",
            "'60 days' is not a limit; write 5wd, 7d, 8wh, 2h, 30m, 6mo, 1y or none, and no more than a hundred years",
        ),
        ("objecton", "370100", "60d", "no rule asks for 'objecton'; did you mean objection?"),
        (
            "objection",
            "Jinan",
            "60d",
            "'Jinan' is no place; write CN, the six digits of a region or the code of an organisation",
        ),
    ],
)
def test_a_slip_in_a_policy_is_told_and_nothing_is_loaded(
    province: Province, tmp_path: Path, name: str, place: str, value: str, why: str
) -> None:
    before = rows(province, "select count(*) from policies")
    good = ("review", "370100", "2026-03-03", "2wd")
    with pytest.raises(BadFile) as refusal:
        load_policies(province.service, policy_file(tmp_path, good, (name, place, "2026-03-03", value)))
    assert str(refusal.value) == f"policies.toml: legal_aid {name} at {place} from 2026-03-03: {why}"
    assert rows(province, "select count(*) from policies") == before


def test_a_slip_in_a_policy_is_told_in_both_languages(province: Province, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refusal:
        load_policies(province.service, policy_file(tmp_path, ("objecton", "370100", "2026-03-03", "60d")))
    assert refusal.value.text.zh == (
        "policies.toml：legal_aid objecton（370100，自 2026-03-03 起）：没有规则用到 'objecton'，是否应为 objection？"
    )


def test_a_policy_of_a_workflow_that_is_none_is_not_loaded(province: Province, tmp_path: Path) -> None:
    file = policy_file(tmp_path, ("review", "370100", "2026-03-03", "2wd"))
    file.write_text(file.read_text(encoding="utf-8").replace("legal_aid", "legal"), encoding="utf-8")
    with pytest.raises(BadFile, match=r"there is no such workflow; write \* or one of hardship_aid, legal_aid"):
        load_policies(province.service, file)


@pytest.mark.parametrize("file", POLICY_FILES, ids=lambda file: file.name)
def test_every_policy_that_comes_with_the_programme_can_be_loaded(service: Service, file: Path) -> None:
    with service.transaction() as tx:
        assert unusable(tx.db, read_policies(file)) == []


@pytest.mark.parametrize(("name", "strict"), [("least_claim", "1000000"), ("income_ceiling", "1000")])
def test_nothing_is_reckoned_with_a_row_that_says_none(
    province: Province, tmp_path: Path, name: str, strict: str
) -> None:
    line = ("subsistence_line", "370100", "2025-01-01", "1062")
    load_policies(province.service, policy_file(tmp_path, line, (name, "370100", "2026-03-01", strict)))
    case = province.open_case("li", exemption=None, means=MEANS)
    province.take("li", case, "accept")
    with pytest.raises(NotMet):
        province.take("zhao", case, "grant", {"form_of_aid": "litigation"})

    load_policies(province.service, policy_file(tmp_path, (name, "370100", "2026-03-02", "none")))
    province.take("zhao", case, "grant", {"form_of_aid": "litigation"})
    assert record(province, case).case.state == "granted"


def test_a_nearer_row_keeps_decisions_out_of_the_preview(province: Province, tmp_path: Path) -> None:
    province.grant("li", "zhao", province.open_case("li"))
    load_policies(province.service, policy_file(tmp_path, ("hardship_multiple", "370100", "2026-01-01", "3")))
    wider = policy_file(tmp_path, ("hardship_multiple", "370000", "2026-02-01", "4"))
    with province.service.transaction() as tx:
        assert [one.cases for one in policies.preview(tx.db, wider).touched] == [0]


def test_rows_that_come_with_a_new_release_hold_for_running_clocks_too(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    config = tmp_path / "config"
    (config / "policies").mkdir(parents=True)
    policy_file(config / "policies", ("review", "370100", "2026-02-01", "3wd"))
    recalculation.load(province.service, lambda tx: seed(tx, config))
    assert last_day(province, case, "review") == "2026-03-05"
    assert history(province, case)[-1].kind == "rederived"


# At the same time as people, time and other processes.


def waits(province: Province) -> bool:
    """Whether somebody waits for a lock."""
    return bool(rows(province, "select 1 from pg_locks where not granted"))


@contextmanager
def held_open(province: Province, deed: Callable[[Any], Any], **how: Any) -> Iterator[tuple[Future[Any], Event]]:
    """Something done in a transaction of its own that stays open until the event is set."""
    done, go_on = Event(), Event()

    def work() -> Any:
        with province.service.transaction(**how) as tx:
            found = deed(tx)
            done.set()
            assert go_on.wait(20)
        return found

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            assert done.wait(20)
            yield future, go_on
        finally:
            go_on.set()


def until_waiting(province: Province, future: Future[Any]) -> None:
    while not waits(province):
        assert not future.done()


def test_a_case_opened_while_a_calendar_is_loaded_is_not_forgotten(province: Province, tmp_path: Path) -> None:
    file = calendar_file(tmp_path / "c", date(2026, 3, 9))
    given = opening(province)
    opening_it = held_open(province, lambda tx: intake.open_case(tx, given)[0].case.id, actor=province.actor("li"))
    with ThreadPoolExecutor(1) as pool, opening_it as (early, go_on):
        loading = pool.submit(load_calendar, province.service, file)
        until_waiting(province, loading)
        go_on.set()
        opened = [early.result(20)]
        assert {one.clock for one in loading.result(20).moved} >= {"review_by_law"}
    assert last_day(province, opened[0], "review_by_law") == "2026-03-10"

    file = calendar_file(tmp_path / "d", date(2026, 3, 9), date(2026, 3, 10))
    loading_it = held_open(province, lambda tx: calendars.switch(tx.db, file, "china"))
    with ThreadPoolExecutor(1) as pool, loading_it as (loaded, go_on):
        late = pool.submit(province.open_case, "li")
        until_waiting(province, late)
        go_on.set()
        loaded.result(20)
        opened.append(late.result(20))
    recalculation.finish(province.service)
    assert [last_day(province, one, "review_by_law") for one in opened] == ["2026-03-11", "2026-03-11"]
    assert left_to_move(province) == []


def opening(province: Province) -> dict[str, Any]:
    with province.service.transaction() as tx:
        facts = LegalAidIntake.example(ExampleData(tx.today, Random(7)))
    return {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}


def test_a_case_that_somebody_is_moving_is_read_after_that(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    file = calendar_file(tmp_path / "c", date(2026, 3, 4))

    def grant(tx: Any) -> None:
        cases.take_transition(tx, case, "grant", {"form_of_aid": "litigation"})

    granting = held_open(province, grant, actor=province.actor("zhao"))
    with ThreadPoolExecutor(1) as pool, granting as (granted, go_on):
        loading = pool.submit(load_calendar, province.service, file)
        until_waiting(province, loading)
        go_on.set()
        granted.result(20)
        moved = {one.clock for one in loading.result(20).moved}
    assert "review" not in moved
    assert last_day(province, case, "review") == "2026-03-09", "it had ended"
    assert last_day(province, case, "assignment") == "2026-03-05"
    assert left_to_move(province) == []
    ensure_chained(province, case)


def test_people_and_time_and_loading_do_not_lock_each_other_out(province: Province, tmp_path: Path) -> None:
    waiting = [accepted(province) for _ in range(6)]
    reviewed = [accepted(province) for _ in range(6)]
    for case in waiting:
        province.take("li", case, "ask_for_papers", PAPERS)
    files = [calendar_file(tmp_path / str(number), date(2026, 3, 19 + number)) for number in range(3)]
    limits = policy_file(tmp_path, ("review", "370100", "2026-01-01", "6wd"))
    province.time_is(local("2026-03-17 09:00"))

    def work(case: UUID) -> None:
        province.take("zhao", case, "grant", {"form_of_aid": "litigation"})
        province.open_case("li")

    with ThreadPoolExecutor(8) as pool:
        loads: list[Any] = [pool.submit(load_calendar, province.service, file) for file in files]
        loads += [pool.submit(load_policies, province.service, limits)]
        sweeps = [pool.submit(sweep, province.service) for _ in range(3)]
        moves = [pool.submit(work, case) for case in reviewed]
        for one in (*loads, *sweeps, *moves):
            one.result(60)

    while sweep(province.service) != Swept(0, 0):
        pass
    assert {record(province, case).case.state for case in waiting} == {"withdrawn"}
    assert left_to_move(province) == []
    for case in (*waiting, *reviewed):
        ensure_chained(province, case)


def test_the_next_request_of_a_running_process_counts_by_what_a_command_has_loaded(
    province: Province, database_url: str, tmp_path: Path
) -> None:
    case = accepted(province)
    with province.service.transaction() as tx:
        token = people.issue_token(tx, "li", timedelta(days=30))
    client = create_app(province.service).test_client()

    def ask(path: str) -> Any:
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}).json

    due = "/calendars/china/due?from=2026-03-02&limit=5wd"
    assert (ask(due)["calendar_version"], ask(due)["due_on"]) == (1, "2026-03-09")
    file = calendar_file(tmp_path / "c", date(2026, 3, 9))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CASEWORK_")}
    ours = {"CASEWORK_ENV": "test", "CASEWORK_HOME": str(tmp_path / "home"), "CASEWORK_DATABASE_URL": database_url}
    ours["CASEWORK_ENCRYPTION_KEYS"] = bytes(range(32)).hex()
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "casework.cli", "--language", "en", "calendar", "load", str(file)]
    done = subprocess.run(command, env=plain | ours, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "Calendar china now has version 2."

    assert (ask(due)["calendar_version"], ask(due)["due_on"]) == (2, "2026-03-10")
    shown = {one["name"]: one["due_on"] for one in ask(f"/cases/{case}")["clocks"]}
    assert shown["review"] == "2026-03-10"
    assert last_day(province, province.open_case("li"), "review_by_law") == "2026-03-10"


# What it costs.


def held(province: Province, case: UUID, name: str) -> list[tuple[str, int, int | None]]:
    """Every due time that a clock ever had, as the history tells it: the last day, the calendar and the policy."""
    return [
        (told["due_on"], event.payload["calendar_version"], told["policy_id"])
        for event in history(province, case)
        for told in event.payload.get("clocks", ())
        if told["name"] == name and told["change"] in ("started", "rederived")
    ]


def copies(province: Province, case_id: UUID, times: int) -> None:
    """So many more cases like this one, with their clocks and history, under the same applicant."""

    def others(table: Any, *own: str) -> str:
        return ", ".join(column.name for column in table.columns if column.name not in (*own, "due_key"))

    with province.service.transaction() as tx:
        tx.db.run(
            """create temp table more on commit drop as
               select gen_random_uuid() as id, :times || '-' || n as n from generate_series(1, :times) n""",
            times=times,
        )
        tx.db.run("grant select on more to public")
        own = others(case_table, "id", "number")
        rewrite(
            tx.db,
            f"""insert into cases (id, number, {own})
                select more.id, number || '-' || more.n, {own} from cases, more where cases.id = :id""",
            id=case_id,
        )
        own = others(events, "case_id")
        rewrite(
            tx.db,
            f"insert into events (case_id, {own}) select more.id, {own} from events, more where case_id = :id",
            id=case_id,
        )
        own = others(clocks, "case_id")
        tx.db.run(
            f"insert into clocks (case_id, {own}) select more.id, {own} from clocks, more where case_id = :id",
            id=case_id,
        )


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """The statements that the service sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(service.database.engine, "before_cursor_execute", note)


def test_a_batch_takes_as_many_statements_whether_it_is_full_or_not(province: Province, tmp_path: Path) -> None:
    def cases_moved(*off: date) -> int:
        moved = load_calendar(province.service, calendar_file(tmp_path / str(len(off)), *off)).moved
        return len({one.number for one in moved})

    case = accepted(province)
    with statements(province.service) as one:
        assert cases_moved(date(2026, 3, 4)) == 1
    copies(province, case, BATCH - 1)
    with statements(province.service) as full:
        assert cases_moved(date(2026, 3, 4), date(2026, 3, 5)) == BATCH
    copies(province, case, 3 * BATCH)
    with statements(province.service) as four:
        assert cases_moved(date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)) == 4 * BATCH
    assert len(full) == len(one)
    assert len(four) - len(full) <= 3 * 10
    assert left_to_move(province) == []
