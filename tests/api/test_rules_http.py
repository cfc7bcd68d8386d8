"""The dated rules over HTTP: which row counts where and when."""

from datetime import date, datetime
from pathlib import Path

from casework.records import offices
from casework.work import calendars, policies
from tests.api.conftest import Api


def loaded(api: Api, *rows: tuple[str, date, str]) -> None:
    """Limits of the review, each of place, first day and value, loaded one after the other."""
    source = {"zh-CN": "示例", "en": "invented"}
    with api.service.transaction() as tx:
        for place, day, value in rows:
            row = {"workflow": "legal_aid", "name": "review", "place": place, "from_date": day, "value": value}
            offices.add_policies(tx.db, [row | {"source": source}])


def counting(api: Api, asked: str) -> list[tuple[str, str]]:
    """Place and value of the rows for the review that are in force."""
    items = api.get("administrator", f"/policies?workflow=legal_aid&name=review&{asked}")["items"]
    return [(one["place"], one["value"]) for one in items if one["in_force"]]


def test_each_place_has_one_row_in_force_unless_a_nearer_place_is_asked_about(api: Api) -> None:
    loaded(
        api,
        ("370100", date(2026, 1, 1), "4wd"),
        ("370100", date(2026, 2, 1), "3wd"),
        ("370100", date(2026, 2, 1), "2wd"),
        ("370100", date(2026, 6, 1), "1wd"),
    )
    assert counting(api, "") == [("370000", "5wd"), ("370100", "2wd")]
    assert counting(api, "on=2026-01-31") == [("370000", "5wd"), ("370100", "4wd")]
    assert counting(api, "on=2026-06-01&place=370100") == [("370100", "1wd")]
    assert counting(api, "for=370100") == [("370100", "2wd")]
    assert counting(api, "for=370100&on=2025-12-31") == [("370000", "5wd")]
    assert counting(api, "for=370200") == [("370000", "5wd")]
    assert counting(api, "for=110100") == []
    assert counting(api, "for=370000&on=2014-01-01") == []


def test_a_day_that_is_none_is_refused(api: Api) -> None:
    assert api.call("administrator", "GET", "/policies?on=yesterday").status_code == 422


def test_a_case_whose_clocks_were_derived_anew_is_told_as_it_is_described(api: Api, tmp_path: Path) -> None:
    case = api.take("caseworker", api.new_case(), "accept")
    file = tmp_path / "policies.toml"
    file.write_text(
        '[[policy]]\nworkflow = "legal_aid"\nname = "review"\nplace = "370100"\nfrom = 2026-01-01\nvalue = "2wd"\n'
        'source = { zh = "示例", en = "invented" }\n',
        encoding="utf-8",
    )
    policies.load(api.service, file)

    last = api.get("caseworker", f"/cases/{case['id']}/events")["items"][-1]
    assert (last["kind"], last["actor"], last["role"]) == ("rederived", None, "administrator")
    [told] = last["payload"]["clocks"]
    assert (told["name"], told["was_limit"], told["limit"]) == ("review", "5wd", "2wd")
    [review] = [one for one in api.get("caseworker", f"/cases/{case['id']}/clocks")["items"] if one["name"] == "review"]
    assert (review["limit"], review["basis"], review["due_on"]) == ("2wd", "invented", "2026-03-04")
    headers = {"If-Match": f'"{case["version"]}"'}
    stale = api.call("supervisor", "POST", f"/cases/{case['id']}/transitions/grant", {}, headers)
    assert stale.status_code == 412, "whoever read the case before is told that it has changed"


def test_a_calendar_is_read_as_a_whole_in_any_of_its_versions(api: Api, tmp_path: Path) -> None:
    api.days_pass(1)
    file = tmp_path / "cn-2027.toml"
    file.write_text("year = 2027\nsource = '示例通知'\nholidays = [2027-01-01]\nmake_up_days = [2027-01-03]\n", "utf-8")
    calendars.load(api.service, file, "china")

    now = api.get("auditor", "/calendars/china")
    assert (now["key"], now["version"], now["tz"]) == ("china", 2, "Asia/Shanghai")
    assert now["title"] == "Union service desk opening hours"
    assert datetime.fromisoformat(now["loaded_at"]).date() == date(2026, 3, 3)
    assert now["published"][-1] == {
        "year": 2027,
        "source": "示例通知",
        "holidays": ["2027-01-01"],
        "make_up_days": ["2027-01-03"],
    }
    assert [one["year"] for one in now["published"]] == now["years"] == [2024, 2025, 2026, 2027]
    assert all(one["source"] for one in now["published"])
    assert {"2027-01-01", "2027-02-06"} < set(now["holidays"]), "the notice, and what the law says of the year"
    assert now["date_overrides"]["2027-01-03"] == now["week"]["mon"] == [["08:30", "12:00"], ["13:30", "17:30"]]
    assert (now["week"]["sun"], now["make_up_week"], now["close_of_business"]) == ([], "mon", False)

    before = api.get("auditor", "/calendars/china?version=1")
    assert (before["version"], before["years"]) == (1, [2024, 2025, 2026])
    assert api.get("caseworker", "/calendars/china?version=2") == now
    in_chinese = api.call("auditor", "GET", "/calendars/china", headers={"Accept-Language": "zh-CN"}).get_json()
    assert in_chinese["title"] == "工会帮扶与法律援助窗口办公时间"
    for path, status in (
        ("/calendars/moon", 404),
        ("/calendars/china?version=3", 404),
        ("/calendars/china?version=0", 422),
        ("/calendars/china?version=x", 422),
    ):
        assert api.call("auditor", "GET", path).status_code == status, path
