"""Loading rules holds nobody up: they hold at once, and the cases follow a few at a time."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import sleep
from typing import Any
from uuid import UUID

import pytest

from casework.cli.console import Console
from casework.cli.doctor import on_the_way
from casework.cli.moved_clocks import progress_on
from casework.records import people as user_records
from casework.records import recalculation as records
from casework.records.upgrade import newest
from casework.rules.refusals import Refusal, Stale, Unavailable
from casework.rules.text import Text
from casework.scheduler import jobs
from casework.settings import ROOT, Settings
from casework.work import calendars, cases, leaving, organisations, policies, queue, recalculation
from casework.work.health import examine, fit
from casework.work.overdue import Swept, sweep
from casework.work.recalculation import BATCH, Resumption, Unfinished, finish
from casework.work.rederivation import Change, derived
from casework.work.service import Service
from tests.work.offices import Province, local, shandong
from tests.work.test_organisations import CITY, SHORT_WEEK, written
from tests.work.test_overdue import left_on
from tests.work.test_rederivation import (
    PAPERS,
    accepted,
    calendar_file,
    clock,
    ensure_chained,
    held_open,
    history,
    last_day,
    left_to_move,
    load_calendar,
    policy_file,
    record,
    rows,
    until_waiting,
)

NINTH = date(2026, 3, 9)
"""The last day of a review that began on 2 March: once it is a holiday, the 10th is."""


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def switch(province: Province, folder: Path, *off: date) -> None:
    """A calendar with these days off is loaded, and whoever loads it is gone before any case is brought up."""
    file = calendar_file(folder, *(off or (NINTH,)))
    with province.service.transaction() as tx:
        calendars.switch(tx.db, file, "china")


def kinds(province: Province, case: UUID) -> list[str]:
    return [event.kind for event in history(province, case)]


def times_recalculated(province: Province, found: list[UUID]) -> list[int]:
    return [kinds(province, case).count("rederived") for case in found]


def under_way(province: Province) -> Any:
    with province.service.transaction() as tx:
        return records.under_way(tx.db)


# What is loaded holds at once, for whoever has a case in hand.


def test_a_step_on_a_case_that_has_not_been_reached_brings_it_up_first(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    switch(province, tmp_path / "c")
    assert last_day(province, case, "review") == "2026-03-09", "nobody has touched it yet"

    province.take("li", case, "ask_for_papers", PAPERS)

    assert kinds(province, case)[-2:] == ["rederived", "transition"]
    [brought, asked] = history(province, case)[-2:]
    assert brought.payload["given"] == {"calendar": "china", "calendar_version": 2}
    assert {told["was_due_at"] for told in brought.payload["clocks"] if told["name"] == "review"} == {
        "2026-03-09T16:00:00+00:00"
    }
    assert asked.payload["calendar_version"] == 2
    assert [one.clock for one in finish(province.service)] == []
    assert under_way(province) is None
    assert left_to_move(province) == []
    ensure_chained(province, case)


def test_whoever_has_read_the_case_before_may_go_on_and_whoever_has_read_an_older_one_may_not(
    province: Province, tmp_path: Path
) -> None:
    case = accepted(province)
    switch(province, tmp_path / "c")
    read = record(province, case).case.version

    def ask(version: int) -> None:
        with province.service.transaction(province.actor("li")) as tx:
            tx.if_match = frozenset([version])
            cases.take_transition(tx, case, "ask_for_papers", PAPERS)

    with pytest.raises(Stale):
        ask(read - 1)
    assert record(province, case).case.version == read
    ask(read)
    assert record(province, case).case.version == read + 2


def test_time_takes_nothing_by_a_due_time_that_holds_no_more(province: Province, tmp_path: Path) -> None:
    case = accepted(province)
    province.take("li", case, "ask_for_papers", PAPERS)
    assert last_day(province, case, "papers") == "2026-03-16"
    switch(province, tmp_path / "c", date(2026, 3, 12))

    province.time_is(local("2026-03-17 09:00"))
    while (swept := sweep(province.service)) != Swept(0, 0):
        assert swept.transitions == 0

    assert record(province, case).case.state == "awaiting_papers"
    assert last_day(province, case, "papers") == "2026-03-17"
    assert kinds(province, case).count("rederived") == 1
    province.time_is(local("2026-03-18 00:00"))
    assert sweep(province.service).transitions == 1
    ensure_chained(province, case)


def test_no_alert_is_raised_by_a_due_time_that_holds_no_more(province: Province, tmp_path: Path) -> None:
    early, late = accepted(province), accepted(province)
    levels = "select level from alerts where case_id = :id and clock = 'review'"
    province.time_is(local("2026-03-09 17:30"))
    switch(province, tmp_path / "c", date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6), NINTH)

    sweep(province.service)

    for case in (early, late):
        assert last_day(province, case, "review") == "2026-03-13"
        assert rows(province, levels, id=case) == [], "of five days one has passed"
        assert times_recalculated(province, [case]) == [1]


def test_a_claim_and_a_leave_bring_cases_up_too(province: Province, tmp_path: Path) -> None:
    unowned, owned = province.open_case("li"), accepted(province)
    switch(province, tmp_path / "c")

    with province.service.transaction(province.actor("wang")) as tx:
        claimed = queue.claim(tx, {})
        assert claimed is not None
        assert claimed.case.id == unowned
        user_records.change(tx.db, province.people["li"].id, {"active": False})
        assert leaving.let_go_of_cases(tx, province.people["li"].id) == 1

    assert kinds(province, unowned)[-2:] == ["rederived", "claimed"]
    assert kinds(province, owned)[-2:] == ["rederived", "let_go"]
    assert finish(province.service) == []
    for case in (unowned, owned):
        ensure_chained(province, case)


def test_a_case_opened_before_the_others_are_reached_counts_by_what_holds_and_never_moves(
    province: Province, tmp_path: Path
) -> None:
    switched = accepted(province)
    switch(province, tmp_path / "c")
    case = accepted(province)
    assert last_day(province, case, "review") == "2026-03-10"

    assert {one.number for one in finish(province.service)} == {record(province, switched).case.number}
    assert kinds(province, case) == ["opened", "transition"]


def test_a_clock_that_begins_anew_by_the_new_calendar_does_so_once(province: Province, tmp_path: Path) -> None:
    """Seven days before the limitation ends a case turns urgent; the 10th of April becomes a day off."""

    def generations(case: UUID) -> list[tuple[int, str]]:
        return [(run.generation, run.status) for run in record(province, case).case.clocks if run.name == "urgency"]

    facts = left_on("2025-04-10")
    [waiting, in_hand] = [province.open_case("li", **facts) for _ in range(2)]
    switch(province, tmp_path / "c", date(2026, 4, 10))
    late = province.open_case("li", **facts)
    province.take("li", in_hand, "accept")
    assert generations(late) == [(1, "running")]
    assert generations(in_hand) == [(1, "cancelled"), (2, "running")]

    finish(province.service)

    assert generations(late) == [(1, "running")]
    assert generations(in_hand) == generations(waiting) == [(1, "cancelled"), (2, "running")]
    assert left_to_move(province) == []


def test_a_step_that_waited_for_another_calendar_of_the_office_counts_by_it(province: Province, tmp_path: Path) -> None:
    hours = tmp_path / "short-week.toml"
    hours.write_text(SHORT_WEEK, encoding="utf-8")
    file = written(tmp_path, CITY | {"calendar": "short-week"})
    case = accepted(province)
    calendars.load(province.service, hours, "china")
    loading = held_open(province, lambda tx: organisations.switch(tx.db, file))
    with ThreadPoolExecutor(1) as pool, loading as (loaded, go_on):
        step = pool.submit(province.take, "li", case, "ask_for_papers", PAPERS)
        until_waiting(province, step)
        go_on.set()
        loaded.result(20)
        step.result(20)
    papers = clock(province, case, "papers").counted_by
    assert papers is not None
    assert papers.key == "short-week"
    assert kinds(province, case)[-2:] == ["rederived", "transition"]
    finish(province.service)
    assert times_recalculated(province, [case]) == [1]


# Few at a time.


def test_no_more_than_a_batch_is_ever_locked_and_only_while_it_is_written(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [accepted(province) for _ in range(2 * BATCH + 5)]
    free = """select count(*) from (select id from cases for update skip locked) as c"""
    locked: dict[str, list[int]] = {"deriving": [], "writing": []}

    def note(doing: str) -> None:
        [[many]] = rows(province, free)
        locked[doing].append(len(found) - many)

    def watched(doing: str, deed: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any) -> Any:
            if doing == "deriving":
                note(doing)
            done = deed(*given)
            if doing == "writing":
                note(doing)
            return done

        return wrapped

    monkeypatch.setattr(recalculation, "derived", watched("deriving", derived))
    monkeypatch.setattr(records, "write", watched("writing", records.write))
    load_calendar(province.service, calendar_file(tmp_path / "c", NINTH))

    assert locked == {"deriving": [0, 0, 0], "writing": [BATCH, BATCH, 5]}
    assert times_recalculated(province, found) == [1] * len(found)


def test_a_case_in_somebodys_hands_holds_up_nobody_else(province: Province, tmp_path: Path) -> None:
    one, other = accepted(province), accepted(province)
    file = calendar_file(tmp_path / "c", NINTH)

    def ask(tx: Any) -> None:
        cases.take_transition(tx, one, "ask_for_papers", PAPERS)

    asking = held_open(province, ask, actor=province.actor("li"))
    with ThreadPoolExecutor(1) as pool, asking as (asked, go_on):
        loading = pool.submit(load_calendar, province.service, file)
        # Whoever loads waits for the one who has the rules in use, a moment at a time, and lets others pass between.
        until_waiting(province, loading)
        province.take("li", other, "ask_for_papers", PAPERS)
        assert not asked.done()
        go_on.set()
        asked.result(20)
        loading.result(30)
    assert left_to_move(province) == []
    assert {kinds(province, case)[-1] for case in (one, other)} == {"rederived"}


def test_a_case_that_moves_while_it_is_derived_is_derived_again(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = accepted(province), accepted(province)
    switch(province, tmp_path / "c")
    steps: list[UUID] = []

    def interrupted(*given: Any) -> Any:
        found = derived(*given)
        if not steps:
            steps.append(case)
            province.take("li", case, "ask_for_papers", PAPERS)
        return found

    monkeypatch.setattr(recalculation, "derived", interrupted)
    finish(province.service)
    assert kinds(province, case)[-2:] == ["rederived", "transition"]
    assert times_recalculated(province, [case, other]) == [1, 1]
    assert left_to_move(province) == []
    ensure_chained(province, case)


def test_rules_that_are_always_in_use_are_not_loaded_and_nothing_is_changed(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = accepted(province)
    monkeypatch.setattr("casework.records.offices._ATTEMPTS", 2)
    asking = held_open(
        province,
        lambda tx: cases.take_transition(tx, case, "ask_for_papers", PAPERS),
        actor=province.actor("li"),
    )
    with asking as (asked, go_on):
        with pytest.raises(Unavailable, match="nothing has been changed"):
            load_calendar(province.service, calendar_file(tmp_path / "c", NINTH))
        go_on.set()
        asked.result(20)
    assert rows(province, "select version from calendars where key = 'china'") == [(1,)]
    assert under_way(province) is None


# Broken off, and one after the other.


@contextmanager
def loading_command(database_url: str, home: Path, file: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`casework calendar load` as a process of its own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CASEWORK_")}
    ours = {"CASEWORK_ENV": "test", "CASEWORK_HOME": str(home), "CASEWORK_DATABASE_URL": database_url}
    ours["CASEWORK_ENCRYPTION_KEYS"] = bytes(range(32)).hex()
    home.mkdir()
    command = [sys.executable, "-m", "casework.cli", "calendar", "load", str(file)]
    with subprocess.Popen(command, env=plain | ours, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_load_that_is_killed_between_batches_is_finished_by_the_scheduler(
    province: Province, database_url: str, tmp_path: Path
) -> None:
    found = sorted(accepted(province) for _ in range(2 * BATCH))
    held = record(province, found[-1]).case.id
    file = calendar_file(tmp_path / "c", NINTH)
    in_hand = held_open(province, lambda tx: tx.db.run("select 1 from cases where id = :id for update", id=held))
    with in_hand as (_, go_on), loading_command(database_url, tmp_path / "home", file) as process:
        for _ in range(600):
            if (left := under_way(province)) and left.cursor == found[BATCH - 1]:
                break
            assert process.poll() is None
            sleep(0.05)
        process.kill()
        process.wait(20)
        go_on.set()

    assert times_recalculated(province, found) == [1] * BATCH + [0] * BATCH
    assert rows(province, "select max(version) from calendars where key = 'china'") == [(2,)]
    work = {job.name: job.do for job in jobs(province.service, settings_of(tmp_path))}
    work["recalculation"]()
    assert times_recalculated(province, found) == [1] * BATCH + [0] * BATCH, "whoever began it might still go on"
    with province.service.transaction() as tx:
        later = tx.now + timedelta(minutes=1)
    province.time_is(later)
    work["recalculation"]()

    assert times_recalculated(province, found) == [1] * 2 * BATCH
    assert under_way(province) is None
    assert left_to_move(province) == []
    for case in found:
        ensure_chained(province, case)


def test_the_scheduler_goes_on_in_small_parts_and_at_once_with_its_own(province: Province, tmp_path: Path) -> None:
    found = sorted(accepted(province) for _ in range(2))
    switch(province, tmp_path / "c")
    scheduler, another = Resumption(province.service), Resumption(province.service)
    assert scheduler.go_on(60) == [], "it is not left yet"
    with province.service.transaction() as tx:
        later = tx.now + timedelta(minutes=1)
    province.time_is(later)

    assert scheduler.go_on(-1) == [], "its time is over before the first batch"
    with province.service.transaction() as tx:
        records.move_on(tx.db, records.FIRST)
    assert another.go_on(60) == [], "somebody goes on with it"
    assert len({one.number for one in scheduler.go_on(60)}) == len(found)
    assert under_way(province) is None
    assert scheduler.go_on(60) == []


def settings_of(folder: Path) -> Settings:
    return Settings.load({"CASEWORK_ENV": "test", "CASEWORK_HOME": str(folder)})


def test_the_next_load_goes_on_with_what_an_earlier_one_has_left(province: Province, tmp_path: Path) -> None:
    case, at_once = accepted(province), accepted(province)
    switch(province, tmp_path / "c")
    province.take("li", at_once, "ask_for_papers", PAPERS)
    limits = policy_file(tmp_path, ("review_by_law", "370100", "2026-01-01", "9wd"))

    with pytest.raises(Unfinished), province.service.transaction() as tx:
        policies.switch(tx.db, policies.read(tx.db, limits))
    new, moved = policies.load(province.service, limits)

    told = [event.payload["given"] for event in history(province, case) if event.kind == "rederived"]
    assert told == [{"calendar": "china", "calendar_version": 2}, {"policies": [row.id for row in new]}]
    assert {one.clock for one in moved} == {"review_by_law"}
    assert times_recalculated(province, [case, at_once]) == [2, 2]
    assert left_to_move(province) == []
    for one in (case, at_once):
        ensure_chained(province, one)


def test_two_processes_finish_the_same_recalculation_and_nothing_is_done_twice(
    province: Province, tmp_path: Path
) -> None:
    found = [accepted(province) for _ in range(2 * BATCH + 1)]
    switch(province, tmp_path / "c")
    with ThreadPoolExecutor(3) as pool:
        finishing = [pool.submit(finish, province.service) for _ in range(3)]
        moved = [one for each in finishing for one in each.result(60)]
    assert times_recalculated(province, found) == [1] * len(found)
    assert len({(one.number, one.clock) for one in moved}) == len(moved)
    assert left_to_move(province) == []


def test_a_case_whose_clocks_cannot_be_derived_any_more_does_not_stop_the_others(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sorted(accepted(province) for _ in range(3))
    switch(province, tmp_path / "c")

    def stumbling(tx: Any, known: Any, given: Any, change: Change) -> Any:
        if any(one.case.id == found[1] for one in given):
            raise Refusal(recalculation._UNFINISHED)
        return derived(tx, known, given, change)

    monkeypatch.setattr(recalculation, "derived", stumbling)
    finish(province.service)
    assert times_recalculated(province, found) == [1, 0, 1]
    assert under_way(province) is None


# What is told.


def test_the_doctor_tells_of_rules_that_have_not_reached_every_case(province: Province, tmp_path: Path) -> None:
    accepted(province)
    switch(province, tmp_path / "c")
    with province.service.transaction() as tx:
        [told] = on_the_way(tx)
    assert told.grade == "notice"
    assert "being brought up to them (last at 2026-03-02 09:00+08:00)" in told.text.en
    finish(province.service)
    with province.service.transaction() as tx:
        assert list(on_the_way(tx)) == []


def test_readiness_tells_of_it_and_is_ready(province: Province, tmp_path: Path) -> None:
    accepted(province)
    switch(province, tmp_path / "c")

    def told() -> tuple[str, bool]:
        state = examine(province.service.database, province.service, newest(ROOT / "migrations"))
        return state["rules"], fit(state)

    assert told() == ("under_way", True)
    finish(province.service)
    assert told() == ("ok", True)


def test_each_part_of_a_load_says_for_how_many_cases_it_is_done(province: Province, tmp_path: Path) -> None:
    for _ in range(BATCH + 1):
        accepted(province)
    told: list[tuple[str, int, list[int]]] = []

    @contextmanager
    def progress(doing: Text, many: int) -> Iterator[Callable[[int], object]]:
        done: list[int] = []
        told.append((doing.en.split()[0], many, done))
        yield done.append

    calendars.load(province.service, calendar_file(tmp_path / "c", NINTH), "china", progress)
    many = BATCH + 1
    assert told == [("Deriving", many, [many]), ("Bringing", many, [BATCH, 1])]


def test_where_no_person_looks_progress_is_a_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    doing = Text("更新 {cases} 件", "Bringing {cases} cases up")
    shown = progress_on(Console("en"))
    with shown(doing, 499) as more:
        more(499)
    assert capsys.readouterr().err == "", "there is nothing to wait for"
    with shown(doing, 1000) as more:
        for _ in range(10):
            more(40)
    assert capsys.readouterr().err.splitlines() == [
        "Bringing 1000 cases up",
        *(f"Bringing 1000 cases up: {done} done" for done in (120, 200, 320, 400)),
    ]
