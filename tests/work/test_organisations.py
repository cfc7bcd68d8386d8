"""Organisations come from a file, and count by their own calendar or that of the nearest one above."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from casework.app import create_app
from casework.records import cases as case_records
from casework.records import offices
from casework.rules.case import ClockRun
from casework.rules.refusals import Invalid
from casework.settings import ROOT
from casework.work import calendars, organisations, people, policies
from casework.work.admin_files import BadFile
from casework.work.organisations import Loaded
from casework.work.service import Service
from tests.work.offices import Province, shandong

SHORT_WEEK = """
key = "short-week"
title = { zh = "四天工作周", en = "Four-day week" }
tz = "Asia/Shanghai"
[week]
tue = [["09:00", "17:00"]]
wed = [["09:00", "17:00"]]
thu = [["09:00", "17:00"]]
fri = [["09:00", "17:00"]]
"""
CITY = {"code": "370100", "name": "济南市总工会", "kind": "city", "parent": "370000"}
COUNTY = {"code": "370102", "name": "历下区总工会", "kind": "county", "parent": "370100"}
STREET = {"code": "370102001", "name": "解放路街道总工会", "kind": "street", "region": "370102", "parent": "370102"}


@pytest.fixture
def province(service: Service, tmp_path: Path) -> Province:
    """Shandong, with a second calendar that no organisation counts by yet: closed from Saturday to Monday."""
    file = tmp_path / "short-week.toml"
    file.write_text(SHORT_WEEK, encoding="utf-8")
    calendars.load(service, file, "china")
    return shandong(service)


def written(folder: Path, *rows: dict[str, str]) -> Path:
    """A file of organisations."""
    file = folder / "orgs.toml"
    tables = ("\n".join(f'{name} = "{value}"' for name, value in row.items()) for row in rows)
    file.write_text("\n".join(f"[[org]]\n{table}\n" for table in tables), encoding="utf-8")
    return file


def load(province: Province, file: Path) -> Loaded:
    return organisations.load(province.service, file)


def counting(province: Province) -> dict[str, str]:
    """By which calendar each organisation counts."""
    with province.service.transaction() as tx:
        return {code: org.calendar for code, org in offices.all_orgs(tx.db).items()}


def clock(province: Province, case_id: UUID, name: str) -> ClockRun:
    with province.service.transaction() as tx:
        run = case_records.several(tx.db, [case_id])[case_id].case.clock(name)
    assert run is not None
    return run


def last_day(province: Province, case_id: UUID, name: str) -> str:
    due = clock(province, case_id, name).due
    assert due is not None
    return str(due.on)


def told(province: Province, case_id: UUID) -> dict[str, Any]:
    """The clocks of a case by name, as the API explains them."""
    with province.service.transaction() as tx:
        token = people.issue_token(tx, "province", timedelta(days=30))
    client = create_app(province.service).test_client()
    answer = client.get(f"/api/v1/cases/{case_id}/clocks", headers={"Authorization": f"Bearer {token}"})
    return {one["name"]: one for one in answer.json["items"]}


def test_an_organisation_counts_by_the_nearest_calendar_above_it(province: Province, tmp_path: Path) -> None:
    loaded = load(province, written(tmp_path, STREET, COUNTY, CITY | {"calendar": "short-week"}))

    assert (loaded.added, loaded.changed) == (["370102001", "370102"], ["370100"])
    assert counting(province) == {
        "370000": "china",
        "370100": "short-week",
        "370102": "short-week",
        "370102001": "short-week",
        "370200": "china",
    }

    load(province, written(tmp_path, COUNTY | {"calendar": "china"}))
    assert {code: counting(province)[code] for code in ("370100", "370102", "370102001")} == {
        "370100": "short-week",
        "370102": "china",
        "370102001": "china",
    }
    load(province, written(tmp_path, COUNTY))
    assert counting(province)["370102001"] == "short-week", "a calendar that is left out is given up"


def test_another_calendar_moves_the_clocks_that_run_there_and_below_and_no_others(
    province: Province, tmp_path: Path
) -> None:
    load(province, written(tmp_path, COUNTY, STREET | {"calendar": "china"}))
    here, elsewhere = province.open_case("li"), province.open_case("sun", "370200")
    below, apart = province.open_case("li", "370102"), province.open_case("li", "370102001")
    assert last_day(province, here, "review_by_law") == "2026-03-09"
    file = written(tmp_path, CITY | {"calendar": "short-week"})
    with province.service.transaction() as tx:
        shown = organisations.preview(tx.db, file)
    assert counting(province)["370100"] == "china", "a preview changes nothing"

    loaded = load(province, file)

    assert loaded == shown
    assert {one.clock for one in loaded.moved} >= {"review_by_law"}
    days = {name: last_day(province, one, "review_by_law") for name, one in (("here", here), ("below", below))}
    assert days == {"here": "2026-03-10", "below": "2026-03-10"}, "Monday is no working day there"
    assert last_day(province, elsewhere, "review_by_law") == "2026-03-09"
    assert last_day(province, apart, "review_by_law") == "2026-03-09", "it has a calendar of its own"
    with province.service.transaction() as tx:
        [said] = tx.db.all("select payload from events where case_id = :id and kind = 'rederived'", id=here)
    assert said.payload["given"]["calendars"]["370100"] == "short-week"
    assert last_day(province, province.open_case("li", "370102"), "review_by_law") == "2026-03-10"


def test_what_ended_is_explained_by_the_calendar_that_counted_it(province: Province, tmp_path: Path) -> None:
    case = province.open_case("li")
    province.grant("li", "zhao", case)
    load(province, written(tmp_path, CITY | {"calendar": "short-week"}))

    explained = told(province, case)

    assert (explained["review"]["calendar"], explained["review"]["due_on"]) == ("china", "2026-03-09")
    assert explained["review"]["trace"][-1]["text"].startswith("2026-03-09")
    assert (explained["assignment"]["calendar"], explained["assignment"]["calendar_version"]) == ("short-week", 1)
    assert last_day(province, case, "assignment") == "2026-03-05"


def test_a_case_that_is_transferred_counts_as_the_other_organisation_does(province: Province, tmp_path: Path) -> None:
    load(province, written(tmp_path, CITY | {"calendar": "short-week"}))
    left = {"employment": {"started_on": "2024-01-08", "ended_on": "2025-11-02"}, "previous_steps": []}
    case = province.open_case("li", **left, arrears=[{"month": "2025-10", "amount": "6500.00"}])
    assert last_day(province, case, "limitation") == "2026-11-03", "the 2nd is a Monday"

    to_qingdao = {"to_org": "370200", "ground": "not_competent", "reason": "用人单位所在地在青岛"}
    province.take("li", case, "transfer", to_qingdao)

    run = clock(province, case, "limitation")
    assert (run.generation, run.counted_by) == (1, ("china", 1))
    assert last_day(province, case, "limitation") == "2026-11-02"
    assert told(province, case)["limitation"]["calendar"] == "china"
    with province.service.transaction() as tx:
        [said] = tx.db.all("select payload from events where case_id = :id order by seq desc limit 1", id=case)
    [moved] = [one for one in said.payload["clocks"] if one["name"] == "limitation"]
    assert (moved["change"], moved["due_on"], said.payload["calendar"]) == ("rederived", "2026-11-02", "china")
    assert moved["was_due_at"] > moved["due_at"]


def test_an_organisation_is_renamed_and_nothing_moves(province: Province, tmp_path: Path) -> None:
    case = province.open_case("li")
    loaded = load(province, written(tmp_path, CITY | {"name": "济南市工会"}))
    assert (loaded.added, loaded.changed, loaded.moved) == ([], ["370100"], [])
    assert load(province, written(tmp_path, CITY | {"name": "济南市工会"})) == Loaded([], [], [])
    assert last_day(province, case, "review_by_law") == "2026-03-09"


@pytest.mark.parametrize(
    ("rows", "path", "sentence"),
    [
        ((COUNTY, COUNTY), "org.1.code", "370102 is given twice"),
        ((COUNTY | {"parent": "370999"},), "org.0.parent", "no organisation 370999"),
        ((COUNTY | {"parent": "370102"},), "org.0.parent", "above itself"),
        (({**COUNTY, "parent": "370102001"}, STREET), "org.1.parent", "above itself"),
        ((COUNTY | {"calendar": "moon"},), "org.0.calendar", "no calendar moon"),
        ((COUNTY | {"code": "lixia"},), "org.0.region", "six digits"),
        ((COUNTY | {"kind": "village"},), "org.0.kind", "enterprise"),
        ((CITY | {"kind": "county"},), "org.0.kind", "stays"),
        ((CITY | {"parent": "370200"},), "org.0.parent", "stays"),
        ((CITY | {"region": "370199"},), "org.0.region", "stays"),
        (({"code": "11", "name": "北京", "kind": "province", "region": "110000"},), "org.0.calendar", "none above"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_loaded(
    province: Province, tmp_path: Path, rows: tuple[dict[str, str], ...], path: str, sentence: str
) -> None:
    before = counting(province)
    good = {"code": "370103", "name": "市中区总工会", "kind": "county", "parent": "370100"}
    with pytest.raises(Invalid) as refusal:
        load(province, written(tmp_path, *rows, good))
    faults = {fault.path: fault.text.en for fault in refusal.value.faults}
    assert sentence in faults[path]
    assert counting(province) == before


def test_what_is_no_toml_is_refused(province: Province, tmp_path: Path) -> None:
    file = tmp_path / "orgs.toml"
    file.write_text("[[org]", encoding="utf-8")
    with pytest.raises(BadFile, match=r"orgs\.toml"):
        load(province, file)


def test_a_case_opened_while_organisations_are_loaded_counts_by_what_was_loaded(
    province: Province, tmp_path: Path
) -> None:
    file = written(tmp_path, CITY | {"calendar": "short-week"})
    with ThreadPoolExecutor(1) as pool:
        with province.service.transaction() as tx:
            organisations.switch(tx.db, file)
            opening = pool.submit(province.open_case, "li")
            with province.service.transaction() as watching:
                while not watching.db.all("select 1 from pg_locks where not granted"):
                    assert not opening.done()
        case = opening.result(20)
    assert last_day(province, case, "review_by_law") == "2026-03-10", "Monday is no working day there"


REACHED = {"phone": "0531-55501234", "address": "济南市示例路 1 号", "seal_name": "济南市总工会法律援助专用章"}


def test_where_an_organisation_is_reached_and_its_seal_are_loaded_and_given_up(
    province: Province, tmp_path: Path
) -> None:
    def held() -> dict[str, Any]:
        with province.service.transaction() as tx:
            row = offices.org(tx.db, "370100")
        return {name: getattr(row, name) for name in REACHED}

    file = written(tmp_path, CITY | REACHED)
    assert load(province, file).changed == ["370100"]
    assert held() == REACHED
    assert load(province, file).changed == []
    assert load(province, written(tmp_path, CITY)).changed == ["370100"]
    assert held() == dict.fromkeys(REACHED)


def test_every_organisation_shows_where_it_is_reached(province: Province, tmp_path: Path) -> None:
    load(province, written(tmp_path, CITY | REACHED))
    with province.service.transaction() as tx:
        token = people.issue_token(tx, "province", timedelta(days=1))
    answer = (
        create_app(province.service).test_client().get("/api/v1/orgs", headers={"Authorization": f"Bearer {token}"})
    )
    shown = {one["code"]: {name: one[name] for name in REACHED} for one in answer.json["items"]}
    assert (shown["370100"], shown["370200"]) == (REACHED, dict.fromkeys(REACHED))


def test_the_examples_that_come_along_are_loaded(province: Province) -> None:
    examples = ROOT / "config" / "examples"
    loaded = load(province, examples / "organisations.toml")
    assert loaded.added == ["370102", "370102-hub", "370102001", "SL-JX"]
    assert set(counting(province).values()) == {"china"}
    with province.service.transaction() as tx:
        county = offices.all_orgs(tx.db)["370102"]
        assert county.phone
        assert county.address
        assert county.seal_name
    new, _ = policies.load(province.service, examples / "office_kind.toml")
    assert [(row.name, row.value) for row in new] == [("office_kind", "union_station")]
