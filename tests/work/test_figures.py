"""Ageing, workload and funnel say of an office what one finds in it by reading every case and every event."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from casework.demo import load
from casework.embedded import PrivateServer
from casework.records.database import Database
from casework.records.people import by_username
from casework.records.vault import Keyring
from casework.rules.people import Actor
from casework.rules.refusals import Invalid, NotYours
from casework.work import figures
from casework.work.service import Service, Transaction
from tests.conftest import TEMPLATE, url_of
from tests.work.offices import Province, local, shandong

NOW: Final = datetime.fromisoformat("2026-11-16T15:00:00+08:00")
ZONE: Final = ZoneInfo("Asia/Shanghai")
SPAN: Final = {"start": local("2026-03-01 00:00"), "end": local("2026-11-01 00:00")}
WHO: Final = ["supervisor-sd", "supervisor", "auditor", "caseworker"]
Fits = Callable[[Any], bool]


@pytest.fixture(scope="module")
def office(server: PrivateServer, admin: Engine) -> Iterator[Service]:
    """A generated office; nobody changes it."""
    name = f"figures_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    database = Database(url_of(server.app_url, name), movable_time=True)
    service = Service(database, Keyring([bytes(range(32))]), ZONE)
    with service.transaction() as tx:
        tx.db.run("insert into time_offset (value) values (:at - clock_timestamp())", at=NOW)
    load(service, cases=400, seed=11, now=NOW, lived=120)
    yield service
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def as_user(tx: Transaction, username: str) -> Any:
    """The user of this name; `caseworker` is the one in Jinan's office who owns most open cases."""
    if username == "caseworker":
        username = tx.db.run(
            """select u.username from users u join cases c on c.owner_id = u.id join orgs o on o.id = u.org_id
               where o.code = '370100' and u.role = 'caseworker' and u.active and c.closed_at is null
               group by u.username order by count(*) desc, u.username limit 1"""
        ).scalar_one()
    found = by_username(tx.db, username)
    assert found is not None
    tx.actor = Actor(found[0].role, found[0])
    return found[0]


def cases_of(tx: Transaction, me: Any, org: str = "", workflow: str = "") -> list[Any]:
    """Every case that somebody may see, narrowed to a place and a programme; those of a caseworker are the own."""
    rows = tx.db.all(
        """select c.id, c.workflow, c.state, c.opened_at, c.closed_at, c.late_at, c.urgent, c.owner_id, o.path
           from cases c join orgs o on o.id = c.org_id"""
    )
    return [
        row
        for row in rows
        if row.path.startswith(me.org_path)
        and f"{org}/" in f"{row.path}/"
        and workflow in ("", row.workflow)
        and (me.role.value != "caseworker" or row.owner_id == me.id)
    ]


def narrowed(org: str, workflow: str) -> dict[str, str]:
    return {name: said for name, said in (("org", org), ("workflow", workflow)) if said}


PARTS: Final = [("", ""), ("370100", ""), ("", "legal_aid"), ("370100", "hardship_aid")]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("org", "workflow"), PARTS)
def test_each_open_case_is_in_the_band_of_its_days(office: Service, who: str, org: str, workflow: str) -> None:
    with office.transaction() as tx:
        me = as_user(tx, who)
        found = figures.ageing(tx, **narrowed(org, workflow))
        still_open = [one for one in cases_of(tx, me, org, workflow) if one.closed_at is None]
        days = {one.id: (tx.today - one.opened_at.astimezone(ZONE).date()).days for one in still_open}
        for row in found["rows"]:
            within = [one for one in still_open if row["from_days"] <= days[one.id] <= (row["to_days"] or 10**6)]
            late = [one for one in within if one.late_at is not None and one.late_at < tx.now]
            assert (row["open"], row["late"]) == (len(within), len(late)), row
    assert [(row["from_days"], row["to_days"]) for row in found["rows"]] == [
        (0, 7),
        (8, 15),
        (16, 30),
        (31, 90),
        (91, None),
    ]
    assert found["total"]["open"] == len(still_open)
    assert still_open or (org, workflow) != ("", "")
    assert found["total"]["late"] == sum(row["late"] for row in found["rows"])


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("org", "workflow"), PARTS)
def test_each_person_has_the_open_cases_that_they_own(office: Service, who: str, org: str, workflow: str) -> None:
    with office.transaction() as tx:
        me = as_user(tx, who)
        found = figures.workload(tx, **narrowed(org, workflow))
        still_open = [one for one in cases_of(tx, me, org, workflow) if one.closed_at is None]
        users = {
            row.id: row for row in tx.db.all("select u.*, o.path, o.code from users u join orgs o on o.id = u.org_id")
        }

    def counted(fits: Fits) -> dict[str, int]:
        mine = [one for one in still_open if fits(one)]
        late = sum(one.late_at is not None and one.late_at < tx.now for one in mine)
        return {"open": len(mine), "late": late, "urgent": sum(one.urgent for one in mine)}

    there = {
        user.id
        for user in users.values()
        if user.active and user.role == "caseworker" and user.path.startswith(me.org_path) and org in user.path
    }
    if who == "caseworker":
        there &= {me.id}
    owners = there | {one.owner_id for one in still_open if one.owner_id}
    expected = [
        {"username": users[id].username, "name": users[id].name, "org": users[id].code}
        | counted(lambda one, id=id: one.owner_id == id)
        for id in sorted(owners, key=lambda id: users[id].username)
    ]
    assert found["rows"] == expected
    assert found["unclaimed"] == counted(lambda one: one.owner_id is None)
    assert found["total"] == counted(lambda one: True)
    if who != "caseworker":
        assert found["median_open"] == (median(row["open"] for row in expected) if expected else None)


def nearest_rank(values: Sequence[timedelta], share: float) -> float | None:
    """The smallest that at least this share does not exceed, in days rounded half up to one decimal."""
    if not values:
        return None
    chosen = sorted(values)[ceil(share * len(values)) - 1]
    return ((chosen + timedelta(days=0.05)) // timedelta(days=0.1)) / 10


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("org", "workflow"), PARTS)
def test_the_funnel_counts_every_stay_in_a_state(office: Service, who: str, org: str, workflow: str) -> None:
    with office.transaction() as tx:
        me = as_user(tx, who)
        found = figures.funnel(tx, **SPAN, **narrowed(org, workflow))
        asked = {one.id: one for one in cases_of(tx, me, org, workflow) if SPAN["start"] <= one.opened_at < SPAN["end"]}
        events = tx.db.all("select case_id, at, payload ->> 'state' as state from events order by case_id, seq")
        reached, here, stays = (
            defaultdict[Any, set[Any]](set),
            defaultdict[Any, int](int),
            defaultdict[Any, list[Any]](list),
        )
        since: dict[Any, Any] = {}
        for one in events:
            if one.case_id not in asked or since.get(one.case_id, (None,))[0] == one.state:
                continue
            flow = asked[one.case_id].workflow
            if one.case_id in since:
                before, at = since[one.case_id]
                stays[flow, before].append(one.at - at)
            since[one.case_id] = (one.state, one.at)
            reached[flow, one.state].add(one.case_id)
        for case_id, (state, _) in since.items():
            assert state == asked[case_id].state
            here[asked[case_id].workflow, state] += 1
        for row in found["rows"]:
            key = row["workflow"], row["state"]
            assert (row["reached"], row["here"]) == (len(reached[key]), here[key]), key
            assert row["median_days"] == nearest_rank(stays[key], 0.5), key
            assert row["p90_days"] == nearest_rank(stays[key], 0.9), key
            through = figures.cases_through(
                tx, row["state"], **SPAN, **narrowed(org, "") | {"workflow": row["workflow"]}, limit=1_000
            )
            assert {one.id for one in through} == set(map(str, reached[key]))
    assert {(row["workflow"], row["state"]) for row in found["rows"]} == set(reached)
    assert sum(row["here"] for row in found["rows"]) == len(asked)


@pytest.mark.parametrize("who", WHO)
def test_the_month_counts_what_came_in_and_what_was_closed(office: Service, who: str) -> None:
    with office.transaction() as tx:
        me = as_user(tx, who)
        found = figures.flow(tx, **SPAN)
        seen = cases_of(tx, me)
        for key, row in found.items():
            of_it = [one for one in seen if one.workflow == key]
            assert row == {
                "opened": sum(SPAN["start"] <= one.opened_at < SPAN["end"] for one in of_it),
                "closed": sum(
                    one.closed_at is not None and SPAN["start"] <= one.closed_at < SPAN["end"] for one in of_it
                ),
                "open": sum(one.closed_at is None for one in of_it),
                "late": sum(
                    one.late_at is not None and one.late_at < tx.now and one.closed_at is None for one in of_it
                ),
            }
            assert row["opened"] > 0 or who == "caseworker"


@pytest.fixture
def province(service: Service) -> Province:
    return shandong(service)


def test_an_open_case_grows_old_by_the_days_of_the_office(province: Province) -> None:
    province.time_is(local("2026-03-02 23:30"))
    province.open_case("li")

    def bands() -> list[int]:
        with province.service.transaction(province.actor("zhao")) as tx:
            return [row["open"] for row in figures.ageing(tx)["rows"]]

    for at, expected in (
        ("2026-03-09 23:59", [1, 0, 0, 0, 0]),
        ("2026-03-10 00:10", [0, 1, 0, 0, 0]),
        ("2026-03-17 12:00", [0, 1, 0, 0, 0]),
        ("2026-03-18 00:10", [0, 0, 1, 0, 0]),
        ("2026-04-01 12:00", [0, 0, 1, 0, 0]),
        ("2026-04-02 00:10", [0, 0, 0, 1, 0]),
        ("2026-05-31 12:00", [0, 0, 0, 1, 0]),
        ("2026-06-01 00:10", [0, 0, 0, 0, 1]),
    ):
        province.time_is(local(at))
        assert bands() == expected, at


def test_a_caseworker_is_told_no_median_that_says_what_a_colleague_has(province: Province) -> None:
    with province.service.transaction(province.actor("li")) as tx:
        alone = figures.workload(tx)
    assert [row["username"] for row in alone["rows"]] == ["li"]
    assert alone["median_open"] is None, "two work there: the median would say what the other one has"
    with province.service.transaction(province.actor("zhao")) as tx:
        assert figures.workload(tx)["median_open"] == 0.0


def test_a_stay_ends_with_the_step_that_leads_on(province: Province) -> None:
    case = province.open_case("li")
    province.days_pass(2)
    province.grant("li", "zhao", case)
    with province.service.transaction(province.actor("zhao")) as tx:
        rows = figures.funnel(tx, start=local("2026-03-01 00:00"), end=local("2026-04-01 00:00"))["rows"]
    told = {row["state"]: (row["reached"], row["here"], row["median_days"]) for row in rows}
    assert told == {"submitted": (1, 0, 2.0), "under_review": (1, 0, 0.0), "granted": (1, 1, None)}


@pytest.mark.parametrize("username", ["lawyer", "volunteer", "administrator"])
def test_figures_are_for_staff_and_auditors(province: Province, username: str) -> None:
    span = {"start": local("2026-01-01 00:00"), "end": local("2027-01-01 00:00")}
    with province.service.transaction(province.actor(username)) as tx:
        for refused in (
            lambda: figures.ageing(tx),
            lambda: figures.workload(tx),
            lambda: figures.funnel(tx, **span),
            lambda: figures.cases_through(tx, "submitted", **span),
            lambda: figures.flow(tx, **span),
        ):
            with pytest.raises(NotYours):
                refused()


@pytest.mark.parametrize(
    ("asked", "path"), [({"org": "370200"}, "org"), ({"org": "nowhere"}, "org"), ({"workflow": "no_such"}, "workflow")]
)
def test_a_place_that_is_not_yours_is_refused(province: Province, asked: dict[str, str], path: str) -> None:
    with province.service.transaction(province.actor("zhao")) as tx:
        for pull in (figures.ageing, figures.workload):
            with pytest.raises(Invalid) as refused:
                pull(tx, **asked)
            assert [fault.path for fault in refused.value.faults] == [path]
        with pytest.raises(Invalid):
            figures.funnel(tx, start=local("2026-03-02 00:00"), end=local("2026-03-01 00:00"))
