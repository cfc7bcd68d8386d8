"""Time raises each alert once, for the people whose turn it is, and takes what runs out, whatever happens meanwhile."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from random import randint
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, event, text

from casework.app import create_app
from casework.cli.doctor import put_aside
from casework.records import admin_events, alerts, metrics
from casework.records import cases as case_records
from casework.records.alerts import DueClock
from casework.records.database import Database, Deadlines
from casework.records.rows import StoredCase
from casework.records.tables import cases as case_table
from casework.records.vault import Keyring
from casework.records.visibility import visible
from casework.rules.people import Actor, Person, Role
from casework.rules.refusals import NotNow
from casework.settings import ROOT
from casework.work import cases, corrections, letters, overdue, people, sealing
from casework.work.overdue import Swept, sweep
from casework.work.service import Service
from tests.rewriting import rewrite
from tests.work.offices import Province, local, shandong

STILL_EMPLOYED = {"started_on": "2024-01-08", "still_employed": True}
PAPERS = {"papers": ["工资流水"]}
SUPPLIED = {"papers": [{"name": "工资流水", "copies": 1}]}
REASON = {"reason": "已自行和解"}
LADDER = ("80%", "due", "+2wd", "+5wd")
LIMITATION = ("80%", "95%", "due")


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def opened(province: Province, org: str = "370100", **facts: Any) -> UUID:
    """A wage claim of somebody still employed, so that no limitation runs; opened, and owned by nobody."""
    clerk = {"370100": "li", "370200": "sun"}[org]
    return province.open_case(clerk, org, **{"employment": STILL_EMPLOYED} | facts)


def left_on(day: str) -> dict[str, Any]:
    """The facts of somebody whose employment ended on that day, from which the year for arbitration runs."""
    return {
        "employment": {"started_on": "2024-01-08", "ended_on": day},
        "arrears": [{"month": day[:7], "amount": "6500.00"}],
    }


def accepted(province: Province) -> UUID:
    """A case that li owns and reviews."""
    case = opened(province)
    province.take("li", case, "accept")
    return case


def awaiting_papers(province: Province) -> UUID:
    """A case of li's that waits for papers: asked for on Monday 2 March, they may come until 16 March."""
    case = accepted(province)
    province.take("li", case, "ask_for_papers", PAPERS)
    return case


def assigned(province: Province) -> UUID:
    """A case of li's that the lawyer has been given."""
    case = opened(province)
    province.grant("li", "zhao", case)
    province.take("li", case, "assign", {"to": str(province.people["lawyer"].id)})
    return case


def swept_at(province: Province, written: str) -> Swept:
    """What a sweep does at that time."""
    province.time_is(local(written))
    return sweep(province.service)


def record(province: Province, case_id: UUID) -> StoredCase:
    with province.service.transaction() as tx:
        return case_records.several(tx.db, [case_id])[case_id]


def due(province: Province, case_id: UUID, name: str) -> date:
    """The last day of a clock of a case."""
    run = record(province, case_id).case.clock(name)
    assert run is not None
    assert run.due is not None
    return run.due.on


def told(province: Province, case_id: UUID) -> dict[tuple[str, int, str], list[str]]:
    """Who was told of which clock, generation and level of a case; nobody, where it was suppressed."""
    with province.service.transaction() as tx:
        rows = [row for row in alerts.of_case(tx.db, case_id) if row.level]
        receivers = alerts.receivers_of(tx.db, [row.id for row in rows])
    found = {(row.clock, row.generation, row.level): receivers.get(row.id, []) for row in rows}
    assert len(found) == len(rows)
    return {key: [receiver.username for receiver in to] for key, to in found.items()}


def levels(province: Province, case_id: UUID, name: str) -> list[tuple[int, str]]:
    """The generations and levels of a clock that have fired."""
    return sorted((generation, level) for clock, generation, level in told(province, case_id) if clock == name)


def count(province: Province, rows: str, **values: Any) -> Any:
    with province.service.transaction() as tx:
        return tx.db.run(f"select count(*) from {rows}", **values).scalar_one()


def deactivate(province: Province, *usernames: str) -> None:
    with province.service.transaction() as tx:
        for username in usernames:
            people.change_by_name(tx, username, {"active": False})


def multiplied(province: Province, case_id: UUID, times: int) -> None:
    """So many more cases like this one, with their clocks, under the same applicant."""
    with province.service.transaction() as tx:
        columns = [column.name for column in case_table.columns if column.name not in ("id", "number", "due_key")]
        rewrite(
            tx.db,
            f"""insert into cases (id, number, {", ".join(columns)})
                select gen_random_uuid(), number || '-' || n, {", ".join(columns)}
                from cases, generate_series(1, :times) n where id = :id""",
            times=times,
            id=case_id,
        )
        rewrite(
            tx.db,
            """insert into events
               select c.id, e.seq, e.at, e.kind, e.actor_id, e.actor_role, e.payload, e.prev_hash, e.hash
               from events e join cases of on of.id = e.case_id
               join cases c on c.number like of.number || '-%' where e.case_id = :id""",
            id=case_id,
        )
        tx.db.run(
            """insert into clocks (case_id, name, generation, owed_by, status, started_at, due_at, due_on, provisional,
                 wake_at, takes)
               select c.id, k.name, k.generation, k.owed_by, k.status, k.started_at, k.due_at, k.due_on, k.provisional,
                 k.wake_at, k.takes
               from clocks k join cases of on of.id = k.case_id
               join cases c on c.number like of.number || '-%' where k.case_id = :id and k.ended_at is null""",
            id=case_id,
        )


@contextmanager
def statements(service: Service) -> Iterator[list[tuple[str, Any]]]:
    """The statements with their values that the service sends meanwhile, those that begin transactions left out."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if "set_config" not in statement:
            sent.append((statement, values))

    event.listen(service.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(service.database.engine, "before_cursor_execute", note)


@pytest.fixture
def another_service(database_url: str) -> Iterator[Callable[..., Service]]:
    """Further processes, as far as the database can tell: services with connections of their own."""
    made: list[Database] = []

    def service(**how: Any) -> Service:
        made.append(Database(database_url, movable_time=True, **how))
        return Service(made[-1], Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"))

    yield service
    for database in made:
        database.close()


# The review by law of a case opened on Monday 2 March at nine: seven days, so until the end of 9 March. Four fifths
# of that working time are over on Friday 6 March at 16:06; the office opens at 08:30.


def test_each_level_is_raised_when_it_is_due_and_only_once(province: Province) -> None:
    case = opened(province)
    steps = [
        ("2026-03-06 16:05", []),
        ("2026-03-06 16:07", ["80%"]),
        ("2026-03-09 23:59", []),
        ("2026-03-10 08:30", ["due"]),
        ("2026-03-10 12:00", []),
        ("2026-03-12 08:29", []),
        ("2026-03-12 08:30", ["+2wd"]),
        ("2026-03-17 08:29", []),
        ("2026-03-17 08:30", ["+5wd"]),
        ("2026-05-12 08:30", []),
    ]
    so_far: list[str] = []
    for written, expected in steps:
        assert swept_at(province, written) == Swept(len(expected), 0), written
        so_far += expected
        assert levels(province, case, "review_by_law") == sorted((1, level) for level in so_far), written


def test_the_owner_is_told_first_and_the_supervisors_when_it_is_late(province: Province) -> None:
    case = opened(province)
    province.take("li", case, "accept")
    province.change_clock(case, "review", "wake_at = null")
    swept_at(province, "2026-03-20 09:00")

    assert told(province, case) == {
        ("review_by_law", 1, "80%"): ["li"],
        ("review_by_law", 1, "due"): ["li", "zhao"],
        ("review_by_law", 1, "+2wd"): ["zhao"],
        ("review_by_law", 1, "+5wd"): ["province"],
    }
    assert count(province, "outbox") == count(province, "alert_receivers") == 5
    assert (
        count(province, "outbox o join alert_receivers r on (r.alert_id, r.user_id) = (o.alert_id, o.receiver_id)") == 5
    )


def test_five_working_days_late_it_is_told_to_the_next_organisation_up_and_by_the_topmost_to_its_own(
    province: Province,
) -> None:
    of_the_city, of_the_province = opened(province), province.open_case("province", org="370000")
    swept_at(province, "2026-03-17 08:29")
    for case in (of_the_city, of_the_province):
        assert ("review_by_law", 1, "+5wd") not in told(province, case)
    assert told(province, of_the_city)["review_by_law", 1, "+2wd"] == ["zhao"]

    swept_at(province, "2026-03-17 08:30")
    for case in (of_the_city, of_the_province):
        assert told(province, case)["review_by_law", 1, "+5wd"] == ["province"]


def test_where_nobody_owns_the_case_all_caseworkers_of_its_organisation_are_told(province: Province) -> None:
    case = opened(province)
    swept_at(province, "2026-03-06 17:00")

    assert told(province, case) == {("review_by_law", 1, "80%"): ["li", "wang"]}


def test_the_one_who_helps_is_told_and_when_late_everybody(province: Province) -> None:
    case = assigned(province)
    swept_at(province, "2026-03-12 09:00")

    ladder = told(province, case)
    assert ladder["start", 1, "80%"] == ["lawyer"]
    assert ladder["start", 1, "due"] == ["lawyer", "li", "zhao"]
    assert ladder["start", 1, "+2wd"] == ["zhao"]


def test_who_has_left_is_not_told_but_a_colleague_is(province: Province) -> None:
    case = accepted(province)
    deactivate(province, "li")
    swept_at(province, "2026-03-10 09:00")

    assert told(province, case)["review_by_law", 1, "80%"] == ["wang"]
    assert told(province, case)["review_by_law", 1, "due"] == ["wang", "zhao"]


def test_an_owner_who_no_longer_sees_the_case_is_not_told_but_a_colleague_is(province: Province) -> None:
    case = accepted(province)
    administrator = Person(UUID(int=1), "administrator", "示例管理员", Role.ADMINISTRATOR, "370000/")
    with province.service.transaction(Actor(Role.ADMINISTRATOR, administrator)) as tx:
        people.change_user(tx, province.people["li"].id, {"org": "370200"})
    swept_at(province, "2026-03-06 17:00")

    assert told(province, case)["review_by_law", 1, "80%"] == ["wang"]


def test_where_an_organisation_has_nobody_the_next_one_above_is_told(province: Province) -> None:
    case = opened(province, org="370200")
    deactivate(province, "zhou")
    swept_at(province, "2026-03-20 09:00")

    assert told(province, case) == {
        ("review_by_law", 1, "80%"): ["sun"],
        ("review_by_law", 1, "due"): ["province", "sun"],
        ("review_by_law", 1, "+2wd"): ["province"],
        ("review_by_law", 1, "+5wd"): ["province"],
    }


def test_where_nobody_has_the_role_the_supervisors_are_told(province: Province) -> None:
    unowned, helped = opened(province), assigned(province)
    deactivate(province, "li", "wang", "lawyer")
    swept_at(province, "2026-03-06 17:00")

    assert told(province, unowned) == {("review_by_law", 1, "80%"): ["zhao"]}
    assert told(province, helped)["start", 1, "80%"] == ["zhao"]


def test_what_came_due_while_nobody_swept_is_caught_up_in_one_transaction(province: Province) -> None:
    several = [opened(province) for _ in range(3)]

    assert swept_at(province, "2026-04-20 09:00") == Swept(len(LADDER) * 3, 0)
    for case in several:
        assert levels(province, case, "review_by_law") == [(1, level) for level in sorted(LADDER)]
    with province.service.transaction() as tx:
        written_by = "select distinct xmin::text from {}"
        assert len(tx.db.all(written_by.format("alerts"))) == 1
        assert tx.db.all(written_by.format("alerts")) == tx.db.all(written_by.format("outbox"))


def test_nobody_is_called_on_a_sunday_night_unless_it_is_urgent(province: Province) -> None:
    province.time_is(local("2026-03-03 09:00"))
    late, urgent = opened(province), opened(province, **left_on("2025-03-06"))
    for case in (late, urgent):
        province.grant("li", "zhao", case)
    assert due(province, late, "assignment") == due(province, urgent, "limitation") == date(2026, 3, 6)
    swept_at(province, "2026-03-06 23:59")
    before = levels(province, late, "assignment")

    swept_at(province, "2026-03-07 00:00")
    assert (1, "due") in levels(province, urgent, "limitation")
    assert swept_at(province, "2026-03-08 23:30") == Swept(0, 0)
    assert swept_at(province, "2026-03-09 08:29") == Swept(0, 0)
    assert (1, "due") not in before == levels(province, late, "assignment")

    swept_at(province, "2026-03-09 08:30")
    assert (1, "due") in levels(province, late, "assignment")


def suppressed(province: Province, case: UUID) -> dict[str, set[str]]:
    """Why nobody was told, by clock, in both languages."""
    with province.service.transaction() as tx:
        rows = tx.db.all("select clock, suppressed from alerts where case_id = :case and level is not null", case=case)
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.clock, set()).update((row.suppressed or {}).values())
    return found


def test_of_two_reviews_the_one_by_law_alarms_when_it_is_earlier(province: Province) -> None:
    province.time_is(local("2026-04-02 09:00"))
    case = accepted(province)
    swept_at(province, "2026-04-20 09:00")

    assert due(province, case, "review_by_law") < due(province, case, "review")
    assert suppressed(province, case) == {
        "review_by_law": set(),
        "review": {"由期限更早的“审查期限（国家）”提醒", "“Review, national” is due earlier and alarms instead"},
    }
    ladder = told(province, case)
    assert [ladder["review", 1, level] for level in LADDER] == [[], [], [], []]
    assert ladder["review_by_law", 1, "due"] == ["li", "zhao"]


def test_of_two_reviews_the_local_one_alarms_when_it_is_earlier(province: Province) -> None:
    province.time_is(local("2026-05-06 09:00"))
    case = accepted(province)
    swept_at(province, "2026-05-20 09:00")

    assert due(province, case, "review") < due(province, case, "review_by_law")
    assert suppressed(province, case) == {
        "review": set(),
        "review_by_law": {"由期限更早的“审查期限（地方）”提醒", "“Review, local” is due earlier and alarms instead"},
    }
    assert told(province, case)["review", 1, "due"] == ["li", "zhao"]


def test_of_two_reviews_due_at_the_same_time_exactly_one_alarms(province: Province) -> None:
    case = accepted(province)
    swept_at(province, "2026-03-20 09:00")

    assert due(province, case, "review") == due(province, case, "review_by_law")
    assert suppressed(province, case)["review_by_law"] == set()
    assert len(suppressed(province, case)["review"]) == 2
    assert count(province, "alerts where suppressed is null") == len(LADDER)


def test_a_paused_clock_does_not_alert_and_a_resumed_one_alerts_at_its_new_time(province: Province) -> None:
    case = opened(province)
    province.time_is(local("2026-03-04 09:00"))
    province.take("li", case, "ask_for_papers", PAPERS)
    swept_at(province, "2026-03-17 09:00")
    assert levels(province, case, "review_by_law") == []

    province.take("li", case, "supply_papers", SUPPLIED)
    assert due(province, case, "review_by_law") == date(2026, 3, 23)
    swept_at(province, "2026-03-23 23:59")
    assert levels(province, case, "review_by_law") == [(1, "80%")]
    swept_at(province, "2026-03-24 08:30")
    assert levels(province, case, "review_by_law") == [(1, "80%"), (1, "due")]


def test_a_clock_that_ran_out_before_it_was_paused_is_late_and_goes_on_to_say_so(province: Province) -> None:
    case = opened(province)
    swept_at(province, "2026-03-10 09:00")
    province.take("li", case, "ask_for_papers", PAPERS)
    swept_at(province, "2026-03-12 09:00")
    assert levels(province, case, "review_by_law") == [(1, "+2wd"), (1, "80%"), (1, "due")]


def test_a_level_that_fired_before_a_pause_does_not_fire_again(province: Province) -> None:
    case = opened(province)
    swept_at(province, "2026-03-06 16:30")
    assert levels(province, case, "review_by_law") == [(1, "80%")]

    province.take("li", case, "ask_for_papers", PAPERS)
    province.time_is(local("2026-03-12 09:00"))
    province.take("li", case, "supply_papers", SUPPLIED)
    swept_at(province, "2026-03-16 17:00")
    assert levels(province, case, "review_by_law") == [(1, "80%")]
    swept_at(province, "2026-03-17 09:00")
    assert levels(province, case, "review_by_law") == [(1, "80%"), (1, "due")]


def test_progress_that_was_reported_starts_a_new_ladder(province: Province) -> None:
    case = assigned(province)
    province.take("lawyer", case, "engage", {"engaged_on": "2026-03-02"})
    swept_at(province, "2026-04-02 09:00")
    assert levels(province, case, "progress") == [(1, "80%"), (1, "due")]

    province.take("lawyer", case, "record_progress", {"on": "2026-04-02", "stage": "evidence", "what": "已取证"})
    assert swept_at(province, "2026-04-03 09:00") == Swept(0, 0)
    swept_at(province, "2026-05-07 09:00")
    assert levels(province, case, "progress") == [(1, "80%"), (1, "due"), (2, "80%"), (2, "due")]


def test_a_corrected_limitation_alerts_anew(province: Province) -> None:
    case = opened(province, **left_on("2025-03-06"))
    swept_at(province, "2026-03-02 10:00")
    assert levels(province, case, "limitation") == [(1, "80%"), (1, "95%")]

    with province.service.transaction(province.actor("li")) as tx:
        tx.if_match = "*"
        corrections.correct(tx, case, {"facts": left_on("2025-04-10")})
    sweep(province.service)
    assert levels(province, case, "limitation") == [(1, "80%"), (1, "95%"), (2, "80%")]
    swept_at(province, "2026-04-11 00:00")
    assert levels(province, case, "limitation") == [(1, "80%"), (1, "95%"), *((2, level) for level in LIMITATION)]


def test_papers_that_do_not_come_withdraw_the_request_once_by_time_with_a_letter(province: Province) -> None:
    case = awaiting_papers(province)
    assert swept_at(province, "2026-03-16 23:59").transitions == 0
    assert record(province, case).case.state == "awaiting_papers"

    assert swept_at(province, "2026-03-17 00:00").transitions == 1
    assert sweep(province.service) == Swept(0, 0)

    file = record(province, case).case
    assert (file.state, file.outcome) == ("withdrawn", "deemed_withdrawn")
    assert file.owner == province.people["li"], "time does not take a case over"
    assert not [run.name for run in file.clocks if run.open]
    with province.service.transaction() as tx:
        last = tx.db.all("select * from events where case_id = :case order by seq", case=case)[-1]
        assert (last.actor_role, last.actor_id, last.payload["transition"]) == ("clock", None, "lapse")
        [letter] = tx.db.all("select * from letters where name = 'deemed_withdrawn' and case_id = :case", case=case)
        key = sealing.applicant_key(tx, record(province, case))
        assert letters.read(key, letter)["zh-CN"]["title"]


def test_papers_that_come_in_the_last_second_keep_the_request_alive(province: Province) -> None:
    case = awaiting_papers(province)
    province.time_is(local("2026-03-16 23:59:59"))
    province.take("li", case, "supply_papers", SUPPLIED)

    assert swept_at(province, "2026-03-17 00:00").transitions == 0
    assert record(province, case).case.state == "under_review"


def neglected(province: Province, reviews: int, papers: int) -> Swept:
    """So many reviews that are late, and requests whose papers did not come: what time owes them now."""
    multiplied(province, opened(province), reviews - 1)
    multiplied(province, awaiting_papers(province), papers - 1)
    province.time_is(local("2026-03-20 09:00"))
    return Swept(len(LADDER) * reviews, papers)


def ensure_all_done_once(province: Province, due: Swept) -> None:
    """Every level and every lapse is there exactly once, and nothing had to be put off."""
    assert sweep(province.service) == Swept(0, 0)
    assert count(province, "alerts where clock = 'review_by_law'") == due.alerts
    raised = "(select distinct case_id, clock, generation, level from alerts where level is not null) each"
    assert count(province, raised) == due.alerts
    assert count(province, "alerts where event_seq is not null") == due.transitions
    assert count(province, "events where payload->>'transition' = 'lapse'") == due.transitions
    assert count(province, "letters where name = 'deemed_withdrawn'") == due.transitions
    assert count(province, "cases where state = 'withdrawn'") == due.transitions
    assert count(province, "alerts a where not exists (select from outbox o where o.alert_id = a.id)") == 0
    assert count(province, "clocks where attempts > 0") == 0


def test_four_who_sweep_at_once_do_everything_once(province: Province, another_service: Callable[..., Service]) -> None:
    due = neglected(province, 100, 100)
    sweepers = [another_service() for _ in range(4)]
    start = Barrier(len(sweepers))

    def run(service: Service) -> Swept:
        start.wait()
        return sweep(service)

    with ThreadPoolExecutor(len(sweepers)) as pool:
        done = list(pool.map(run, sweepers))

    assert sum(one.alerts for one in done) == due.alerts
    assert sum(one.transitions for one in done) == due.transitions
    ensure_all_done_once(province, due)


def test_people_who_work_on_the_same_cases_meanwhile_cause_no_error_and_no_double(
    province: Province, another_service: Callable[..., Service]
) -> None:
    neglected(province, 50, 50)
    with province.service.transaction() as tx:
        waiting = [row.id for row in tx.db.all("select id from cases where state = 'awaiting_papers' order by number")]
        reviewed = [row.id for row in tx.db.all("select id from cases where state = 'submitted' order by number")]
    late: list[UUID] = []
    service = another_service()

    def work() -> None:
        for papers, review in zip(reversed(waiting), reviewed, strict=True):
            try:
                province.take("li", papers, "supply_papers", SUPPLIED)
            except NotNow:
                late.append(papers)
            province.take("li", review, "withdraw", REASON)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        lapsed = 0
        while not working.done():
            lapsed += sweep(service).transitions
        working.result()
    lapsed += sweep(service).transitions

    assert lapsed == len(late)
    assert count(province, "cases where state = 'withdrawn' and id = any(:late)", late=late) == lapsed
    assert count(province, "cases where state = 'under_review'") == len(waiting) - lapsed
    assert count(province, "events where payload->>'transition' = 'lapse'") == lapsed
    assert count(province, "clocks where attempts > 0") == 0, "time tried what somebody had just settled"
    assert count(province, "alerts") == count(province, "(select distinct case_id, clock, level from alerts) each")


def test_a_case_that_moves_while_time_waits_for_it_is_looked_at_afresh(province: Province) -> None:
    case = awaiting_papers(province)
    province.time_is(local("2026-03-20 09:00"))
    with province.service.transaction(province.actor("li")) as tx:
        cases.take_transition(tx, case, "supply_papers", SUPPLIED)
        assert sweep(province.service).transitions == 0, "the case is left to the one who works on it"

    assert sweep(province.service).transitions == 0
    assert record(province, case).case.state == "under_review"


def key_of(province: Province, owner_url: str, case_id: UUID, key: bytes) -> bytes:
    """The applicant's wrapped key, which this one replaces."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        applicant = record(province, case_id).applicant_id
        values: Mapping[str, Any] = {"id": applicant, "key": key}
        found = connection.execute(
            text("select wrapped_key from casework.applicants where id = :id"), {"id": applicant}
        ).scalar_one()
        connection.execute(text("update casework.applicants set wrapped_key = :key where id = :id"), values)
    engine.dispose()
    return bytes(found)


def test_a_case_that_cannot_be_moved_is_put_off_longer_each_time_and_stops_nobody(
    province: Province, owner_url: str
) -> None:
    broken = awaiting_papers(province)
    others = [awaiting_papers(province) for _ in range(3)]
    key = key_of(province, owner_url, broken, bytes(60))
    late = opened(province)

    assert swept_at(province, "2026-03-20 09:00:00").transitions == 3
    assert [record(province, case).case.state for case in others] == ["withdrawn"] * 3
    assert levels(province, late, "review_by_law") == [(1, level) for level in sorted(LADDER)]
    assert record(province, broken).case.state == "awaiting_papers"

    tried = "clocks where name = 'papers' and attempts = :times"
    for written, times in (
        ("09:00:20", 1),
        ("09:00:40", 2),
        ("09:01:20", 2),
        ("09:01:50", 3),
        ("09:03:20", 3),
        ("09:04:00", 4),
    ):
        assert swept_at(province, f"2026-03-20 {written}") == Swept(0, 0)
        assert count(province, tried, times=times) == 1, written

    key_of(province, owner_url, broken, key)
    assert swept_at(province, "2026-03-20 09:05").transitions == 0, "it waits its time"
    assert swept_at(province, "2026-03-20 09:09").transitions == 1
    assert record(province, broken).case.state == "withdrawn"


def test_time_takes_nothing_by_a_row_that_disagrees_with_its_case_and_the_administrators_are_told(
    province: Province,
) -> None:
    case = awaiting_papers(province)
    due_at = "update clocks set due_at = due_at - interval '10 days' where case_id = :id and name = 'papers'"
    with province.service.transaction() as tx:
        rewrite(tx.db, due_at, id=case)
    before = count(province, "events")

    for minute in (0, 1, 5):
        assert swept_at(province, f"2026-03-09 09:{minute:02}").transitions == 0
    assert (record(province, case).case.state, count(province, "events")) == ("awaiting_papers", before)
    with province.service.transaction() as tx:
        [told] = [one for one in admin_events.page(tx.db, "370000/370100/", 50) if one.kind == "clock_put_aside"]
        assert [finding.grade for finding in put_aside(tx)] == ["bad"]
        assert metrics.now(tx.db)["clocks_put_aside"] == 1
    assert (told.subject, told.actor_id, told.payload) == (
        record(province, case).case.number, None, {"clock": "papers", "generation": 1},
    )  # fmt: skip

    assert swept_at(province, "2026-03-17 00:01").transitions == 1, "it has run out by its case, too"
    with province.service.transaction() as tx:
        assert [*put_aside(tx)] == []


def test_a_transition_that_leaves_its_clock_run_out_is_not_taken_again_and_again(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = awaiting_papers(province)
    taken: list[str] = []

    def leaves_it(tx: Any, record: StoredCase, transition: str, _: Any) -> StoredCase:
        taken.append(transition)
        return record

    monkeypatch.setattr(overdue, "apply", leaves_it)
    assert swept_at(province, "2026-03-20 09:00").transitions == 0
    assert len(taken) == 1
    assert count(province, "admin_events where kind = 'clock_put_aside'") == 1

    monkeypatch.undo()
    assert swept_at(province, "2026-03-20 09:01").transitions == 1
    assert record(province, case).case.state == "withdrawn"


def test_what_somebody_settled_meanwhile_is_not_put_off(province: Province) -> None:
    case = awaiting_papers(province)
    run = record(province, case).case.clock("papers")
    assert run is not None
    with province.service.transaction() as tx:
        alerts.put_off(tx.db, DueClock(case, *run.key), "retry_at", 30, 3600)
    assert swept_at(province, "2026-03-02 09:01").transitions == 0
    assert count(province, "clocks where attempts > 0") == 0


def test_a_case_that_waits_too_long_for_somebody_is_put_off_and_stops_nobody(
    province: Province, owner_url: str, another_service: Callable[..., Service]
) -> None:
    waiting, late = awaiting_papers(province), opened(province)
    province.time_is(local("2026-03-20 09:00"))
    impatient = another_service(deadlines=Deadlines(lock=0.1))
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("lock table casework.letters in share mode"))
        assert sweep(impatient).transitions == 0
    engine.dispose()

    assert levels(province, late, "review_by_law") == [(1, level) for level in sorted(LADDER)]
    assert swept_at(province, "2026-03-20 09:01").transitions == 1
    assert record(province, waiting).case.state == "withdrawn"


def test_a_case_that_cannot_be_read_hides_no_alert_of_another_one(province: Province) -> None:
    broken, others = opened(province), [opened(province) for _ in range(3)]
    version = "update cases set workflow_version = :version where id = :id"
    with province.service.transaction() as tx:
        rewrite(tx.db, version, version=99, id=broken)

    assert swept_at(province, "2026-03-20 09:00").alerts == 3 * len(LADDER)
    assert [len(told(province, case)) for case in others] == [len(LADDER)] * 3
    assert swept_at(province, "2026-03-20 09:00:20") == Swept(0, 0)

    with province.service.transaction() as tx:
        rewrite(tx.db, version, version=1, id=broken)
    assert swept_at(province, "2026-03-20 09:00:40").alerts == len(LADDER)
    assert len(told(province, broken)) == len(LADDER)


SWEEP = """
import sys
from zoneinfo import ZoneInfo
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.work.overdue import sweep
from casework.work.service import Service

service = Service(Database(sys.argv[1], movable_time=True), Keyring([bytes(range(32))]), ZoneInfo("Asia/Shanghai"))
print("ready", flush=True)
sweep(service)
"""


@pytest.mark.parametrize(("progress", "reviews", "papers"), [("letters", 1, 300), ("alerts", 2000, 1)])
def test_a_sweep_that_is_killed_loses_nothing_and_repeats_nothing(
    province: Province, database_url: str, progress: str, reviews: int, papers: int
) -> None:
    owed = neglected(province, reviews, papers)
    for _ in range(2):
        enough = count(province, progress) + randint(1, 20)
        command = [sys.executable, "-c", SWEEP, database_url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            while count(province, progress) < enough:
                assert process.poll() is None
            process.kill()
        assert process.returncode == -signal.SIGKILL

    killed = "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'"
    while count(province, killed):
        pass
    assert sweep(province.service) != Swept(0, 0), "the last of them came too late to be killed in the middle"
    ensure_all_done_once(province, owed)


# Reading and acknowledging.


@pytest.fixture
def get(province: Province) -> Callable[..., tuple[int, Any]]:
    """What the API answers a user: status and JSON."""
    client = create_app(province.service).test_client()
    tokens: dict[str, str] = {}

    def ask(username: str, path: str, *, method: str = "GET", language: str = "zh-CN") -> tuple[int, Any]:
        if username not in tokens:
            with province.service.transaction() as tx:
                tokens[username] = people.new_token(tx, province.people[username], timedelta(days=3650))[0]
        headers = {"Authorization": f"Bearer {tokens[username]}", "Accept-Language": language}
        answer = client.open(f"/api/v1{path}", method=method, headers=headers)
        return answer.status_code, answer.json

    return ask


def test_my_alerts_are_mine_alone_open_ones_first_then_the_newest(
    province: Province, get: Callable[..., tuple[int, Any]]
) -> None:
    case = accepted(province)
    swept_at(province, "2026-03-06 17:00")
    swept_at(province, "2026-03-10 09:00")

    def mine(username: str) -> list[str]:
        status, page = get(username, "/alerts")
        assert status == 200
        return [item["level"] for item in page["items"]]

    assert (mine("li"), mine("zhao"), mine("wang"), mine("sun")) == (["due", "80%"], ["due"], [], [])

    newest = get("li", "/alerts")[1]["items"][0]
    assert (newest["case_id"], newest["clock"], newest["acknowledged_at"]) == (str(case), "review_by_law", None)
    status, seen = get("li", f"/alerts/{newest['id']}/acknowledge", method="POST")
    assert status == 200
    assert seen["acknowledged_at"] is not None
    assert mine("li") == ["80%", "due"]
    assert get("zhao", "/alerts")[1]["items"][0]["acknowledged_at"] is None, "each acknowledges for himself"

    province.time_is(local("2026-03-11 09:00"))
    assert get("li", f"/alerts/{newest['id']}/acknowledge", method="POST") == (200, seen)
    assert get("wang", f"/alerts/{newest['id']}/acknowledge", method="POST")[0] == 404
    assert get("li", f"/alerts/{uuid4()}/acknowledge", method="POST")[0] == 404


def test_my_alerts_are_read_page_by_page_without_gap_or_double(
    province: Province, get: Callable[..., tuple[int, Any]]
) -> None:
    for _ in range(3):
        accepted(province)
    swept_at(province, "2026-03-10 09:00")
    whole = [item["id"] for item in get("li", "/alerts")[1]["items"]]
    for alert in whole[:2]:
        get("li", f"/alerts/{alert}/acknowledge", method="POST")
    whole = [item["id"] for item in get("li", "/alerts")[1]["items"]]

    found, cursor = [], ""
    while cursor is not None:
        page = get("li", f"/alerts?limit=1{cursor and '&cursor='}{cursor}")[1]
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(whole) == 6
    assert found == whole


def test_an_alert_on_a_case_that_i_no_longer_see_is_gone(
    province: Province, get: Callable[..., tuple[int, Any]]
) -> None:
    case = assigned(province)
    swept_at(province, "2026-03-05 17:00")
    [alert] = [one for one in get("lawyer", "/alerts")[1]["items"] if one["kind"] == "clock"]

    province.take("lawyer", case, "decline", {"reason": "与对方当事人有利害关系"})
    assert get("lawyer", "/alerts")[1]["items"] == []
    assert get("lawyer", f"/alerts/{alert['id']}/acknowledge", method="POST")[0] == 404
    assert count(province, "alert_receivers where acknowledged_at is not null") == 0
    with province.service.transaction() as tx:
        lawyer = province.people["lawyer"]
        assert alerts.mine(tx.db, lawyer.id, visible(lawyer), 50, None) == []


def test_the_ledger_of_a_case_shows_what_was_sent_suppressed_and_is_planned(
    province: Province, get: Callable[..., tuple[int, Any]]
) -> None:
    case = accepted(province)
    swept_at(province, "2026-03-06 17:00")
    [seen] = get("li", "/alerts")[1]["items"]
    get("li", f"/alerts/{seen['id']}/acknowledge", method="POST")

    items = get("zhao", f"/cases/{case}/alerts", language="en")[1]["items"]
    by_rung = {(item["clock"], item["level"]): item for item in items}
    assert Counter(item["status"] for item in items) == {"sent": 1, "suppressed": 1, "planned": 6}

    sent = by_rung["review_by_law", "80%"]
    assert sent["status"] == "sent"
    assert [(one["username"], one["acknowledged_at"] is not None) for one in sent["to"]] == [("li", True)]
    assert sent["planned_at"].startswith("2026-03-06T16:06")
    suppressed = by_rung["review", "80%"]
    assert (suppressed["status"], suppressed["to"]) == ("suppressed", [])
    assert suppressed["because"] == "“Review, national” is due at the same time and alarms instead"
    planned = by_rung["review_by_law", "due"]
    assert (planned["status"], planned["planned_at"], planned["at"]) == ("planned", "2026-03-10T08:30:00+08:00", None)
    assert by_rung["review_by_law", "+2wd"]["planned_at"] == "2026-03-12T08:30:00+08:00"
    assert by_rung["review_by_law", "+5wd"]["planned_at"] == "2026-03-17T08:30:00+08:00"
    assert [by_rung["review_by_law", level]["because"] for level in LADDER] == [
        "80% of the time limit has passed",
        "The time limit has run out",
        "2 working day(s) have passed since the time limit ran out",
        "5 working day(s) have passed since the time limit ran out; told to the organisation above",
    ]
    # What would be suppressed as things stand says so already.
    assert {by_rung["review", level]["because"] for level in LADDER} == {suppressed["because"]}
    chinese = get("zhao", f"/cases/{case}/alerts")[1]["items"]
    assert {one["because"] for one in chinese} == {
        "期限已过 80%",
        "期限届满",
        "期限届满已过2个工作日",
        "期限届满已过5个工作日，报上级机构",
        "由同时到期的“审查期限（国家）”提醒",
    }

    assert get("sun", f"/cases/{case}/alerts")[0] == 404


# What it costs.


def test_a_sweep_over_many_clocks_takes_no_more_statements_than_over_few(province: Province) -> None:
    multiplied(province, opened(province), 9)
    province.time_is(local("2026-03-20 17:00"))
    with statements(province.service) as few:
        assert sweep(province.service).alerts == len(LADDER) * 10

    multiplied(province, opened(province), 199)
    province.time_is(local("2026-04-20 17:00"))
    with statements(province.service) as many:
        assert sweep(province.service).alerts == len(LADDER) * 200
    assert len(many) <= len(few) + 3 <= 15


def test_a_sweep_reads_neither_the_facts_of_a_case_nor_its_deeds(province: Province) -> None:
    case = assigned(province)
    whole = record(province, case).case
    assert whole.facts
    assert whole.taken
    assert {run.open for run in whole.clocks} == {True, False}

    with province.service.transaction() as tx:
        seen = case_records.for_the_sweep(tx.db, [case])[case].case
    assert (seen.facts, seen.taken) == ({}, {})
    assert seen.clocks == whole.clocks
    assert (seen.assignee, seen.owner, seen.org_path) == (whole.assignee, whole.owner, whole.org_path)


def test_a_sweep_with_nothing_due_asks_three_questions_of_an_index(province: Province, owner_url: str) -> None:
    multiplied(province, opened(province), 2500)
    multiplied(province, awaiting_papers(province), 2500)
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("analyze casework.cases, casework.clocks"))
    engine.dispose()

    with statements(province.service) as sent:
        assert sweep(province.service) == Swept(0, 0)
    assert len(sent) == 3
    with province.service.transaction() as tx:
        plans = [
            "\n".join(tx.db.connection.exec_driver_sql(f"explain {statement}", values).scalars())
            for statement, values in sent
        ]
    assert ["Seq Scan" in plan for plan in plans] == [False, False, False]
    assert "ix_clocks_takes" in plans[0]
    assert "ix_offers_answer_by" in plans[1]
    assert "ix_clocks_wake_at" in plans[2]
