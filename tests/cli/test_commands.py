"""Every command: what it prints, and what it says to somebody who is mistaken."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from casework.app import create_app, service_of
from casework.cli import main
from casework.cli.console import Console
from casework.cli.moved_clocks import tell_preview
from casework.embedded import PrivateServer
from casework.records import people as records
from casework.rules.clocks import Due, Limit
from casework.rules.refusals import Unauthenticated
from casework.rules.text import Text
from casework.settings import ROOT, Settings
from casework.work import people, workflow_registry
from casework.work.rederivation import Moved
from casework.work.service import Service
from casework.work.sign_in import sign_in
from tests.cli.terminal import Terminal, environment
from tests.running import free_port

CONTRACT = {
    "serve", "web", "scheduler", "database upgrade", "database status", "roles", "demo load", "user add", "user list",
    "user password", "user activate", "user deactivate", "user confirm", "audit log", "audit verify",
    "token issue", "workflow list", "workflow check", "workflow diagram", "policy list", "policy load",
    "calendar list", "calendar show", "calendar load", "clock due", "sweep", "report sla", "doctor",
}  # fmt: skip


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.fixture
def service(office: Terminal) -> Iterator[Service]:
    """The service on the office's database."""
    settings = Settings.load(environment(office.home))
    service = service_of(settings, PrivateServer(office.home).app_url)
    yield service
    service.database.close()


@pytest.mark.parametrize("path", [(), *commands()], ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(main, [*path, "--help"])
    structlog.reset_defaults()

    assert answer.exit_code == 0
    assert answer.output.startswith(f"Usage: main{''.join(f' {name}' for name in path)} ")
    assert len(answer.output.splitlines()) > 4


def test_all_promised_commands_are_there() -> None:
    assert {" ".join(path) for path in commands()} >= CONTRACT


@pytest.mark.parametrize(
    "words",
    [
        ("dance",),
        ("clock", "due", "--from", "yesterday", "--limit", "5wd"),
        ("clock", "due", "--from", "2026-03-02", "--limit", "5 weeks"),
        ("report", "sla", "--from", "2026-13-01", "--to", "2027-01-01"),
        ("report", "sla", "--from", "2026-01-01", "--to", "2027-01-01", "--format", "pdf"),
        ("user", "add", "li", "--role", "king", "--org", "370100"),
        ("token", "issue", "li", "--days", "0"),
        ("policy", "load", "no-such-file.toml"),
        ("serve", "--port", "70000"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_explained_on_standard_error_with_status_2(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(main, words)
    structlog.reset_defaults()

    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "Error: " in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("database", "status"),
        ("user", "list"),
        ("token", "issue", "auditor"),
        ("workflow", "check"),
        ("workflow", "diagram", "legal_aid"),
        ("policy", "list"),
        ("calendar", "list"),
        ("calendar", "show", "china"),
        ("org", "list"),
        ("clock", "due", "--from", "2026-03-02", "--limit", "8wh"),
        ("report", "sla", "--from", "2026-01-01", "--to", "2027-01-01"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_the_console_script_prints_results_and_nothing_else(office: Terminal, words: tuple[str, ...]) -> None:
    done = office.script(*words)

    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout) > 10


def test_the_console_script_says_no_in_one_sentence_with_status_1(office: Terminal) -> None:
    done = office.script("token", "issue", "nobody")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "There is no active user nobody.\n")


def test_a_command_in_production_asks_for_the_missing_secret(tmp_path: Path) -> None:
    told = Terminal(tmp_path).refuses("user", "list", CASEWORK_ENV="production")

    assert told.startswith("CASEWORK_SECRET_KEY is not set")


def test_a_database_that_is_not_there_is_a_sentence_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://li:hushhush@127.0.0.1:1/nowhere"
    told = Terminal(tmp_path).refuses("user", "list", CASEWORK_DATABASE_URL=url)

    assert told.startswith("The database cannot be reached: ")
    assert told.endswith("Connection refused. Check CASEWORK_DATABASE_URL.")
    assert "hushhush" not in told


def test_production_is_not_upgraded_by_the_way(empty: Terminal) -> None:
    production = {
        "CASEWORK_ENV": "production",
        "CASEWORK_SECRET_KEY": "a secret of the tests",
        "CASEWORK_ENCRYPTION_KEYS": "ab" * 32,
    }
    assert empty.refuses("policy", "list", **production) == (
        "The database has version none, and this program needs 0001. Run: casework database upgrade"
    )
    assert "needs 0001. Run: casework database upgrade" in empty("doctor", **production).stdout

    assert empty.says("database", "upgrade", **production) == "The database has version 0001, the newest.\n"
    assert empty.says("database", "status", **production) == "The database has version 0001, the newest.\n"
    assert "review_by_law" in empty.says("policy", "list", **production)
    assert empty.refuses("demo", "load", **production) == (
        "The demonstration loads only where CASEWORK_ENV is demo; here it is production."
    )


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ({}, "Workflow"),
        ({"LANG": "C.UTF-8"}, "Workflow"),
        ({"LANG": "de_DE.UTF-8"}, "Workflow"),
        ({"LANG": "zh_CN.UTF-8"}, "流程"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "流程"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "Workflow"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "流程"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "Workflow"),
        ({"LC_ALL": "zh_SG"}, "流程"),
    ],
)
def test_the_command_line_speaks_as_the_terminal_does(tmp_path: Path, said: dict[str, str], first: str) -> None:
    assert Terminal(tmp_path).says("workflow", "list", **said).startswith(first)


def test_the_command_line_speaks_otherwise_where_it_is_told_to(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    assert terminal.says("--language", "zh-CN", "workflow", "list").startswith("流程")
    assert terminal.says("--language", "en", "workflow", "list", LANG="zh_CN.UTF-8").startswith("Workflow")
    assert terminal.refuses("--language", "zh-CN", "workflow", "check", "dance") == "没有这个流程。"


CHINESE = {"LANG": "zh_CN.UTF-8"}


@pytest.mark.parametrize(
    ("words", "environ", "status", "sentence"),
    [
        (("user", "list"), {"CASEWORK_ENV": "live"}, 1, "CASEWORK_ENV 为 'live'。请设为 production、demo 或 test。"),
        (("user", "list"), {"CASEWORK_ENV": "production"}, 1, "没有设置 CASEWORK_SECRET_KEY；"),
        (("user", "list"), {"PORT": "http"}, 1, "PORT 为 'http'。"),
        (("user", "list"), {"CASEWORK_CONFIG": "/nowhere.toml"}, 1, "无法读取 /nowhere.toml"),
        (("user", "list"), {"CASEWORK_HOME": "/proc/x"}, 1, "CASEWORK_HOME 为 /proc/x"),
        (("clock", "due", "--from", "三月", "--limit", "5wd"), {}, 2, "'三月' 不是日期。"),
        (("clock", "due", "--from", "2026-03-02", "--limit", "5日"), {}, 2, "'5日' 不是可用的时长。"),
    ],
)
def test_a_mistake_is_told_in_the_language_of_the_terminal(
    tmp_path: Path, words: tuple[str, ...], environ: dict[str, str], status: int, sentence: str
) -> None:
    done = Terminal(tmp_path)(*words, **CHINESE, **environ)
    assert (done.returncode, sentence in done.stderr) == (status, True), done.stderr


def test_a_wrong_setting_does_not_hide_the_users_mistake(tmp_path: Path) -> None:
    refused = Terminal(tmp_path).refuses("workflow", "diagram", "dance", CASEWORK_ENV="production", **CHINESE)
    assert refused == "没有这个流程。"


def test_the_workflows_are_proven_and_a_policy_that_breaks_one_is_found_before_it_is_loaded(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    assert terminal.says("workflow", "check", "legal_aid") == "legal_aid version 1: proven.\n"

    broken = policy_file(tmp_path, name="review", value="5 days")
    checked = terminal("workflow", "check", "--policies", broken)
    assert checked.returncode == 1
    assert "legal_aid [limits]: clock review at 370100 from 2026-12-01: '5 days' is not a limit" in checked.stdout


def test_a_diagram_is_mermaid(tmp_path: Path) -> None:
    assert Terminal(tmp_path).says("workflow", "diagram", "legal_aid").startswith("stateDiagram-v2\n    submitted : ")


def test_a_due_time_comes_with_its_reasons_and_without_a_database(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    lines = terminal.says("clock", "due", "--from", "2026-02-10T10:00", "--limit", "5wd").splitlines()

    assert lines[:4] == [
        "Due: 2026-02-25T00:00:00+08:00",
        "Last day in time: 2026-02-24",
        "Provisional: no",
        "Calendar: file config/calendars/china.toml, years loaded: 2024, 2025, 2026",
    ]
    assert "  2026-02-14 00:00:00+08:00 – 2026-02-15 00:00:00+08:00  make-up working days counted: 1" in lines
    assert "  2026-02-15 00:00:00+08:00 – 2026-02-24 00:00:00+08:00  holidays not counted: 9" in lines
    assert not (tmp_path / "home" / "postgres.lock").exists()
    nowhere = terminal.refuses("clock", "due", "--from", "2026-02-10", "--limit", "5wd", "--calendar", "moon")
    assert nowhere.startswith("There is no calendar moon.")
    assert not (tmp_path / "home" / "postgres.lock").exists()


def test_a_due_time_in_a_year_without_published_holidays_is_provisional(tmp_path: Path) -> None:
    told = Terminal(tmp_path).says("clock", "due", "--from", "2031-02-10", "--limit", "5wd")

    assert "Provisional: yes" in told
    assert "The holidays of 2031 are not loaded" in told


def test_a_due_time_can_be_asked_of_a_calendar_file(tmp_path: Path) -> None:
    night = tmp_path / "night.json"
    night.write_text(json.dumps({"tz": "Europe/Berlin", "week": {"mon": [["22:00", "30:00"]]}}))
    due = ("clock", "due", "--from", "2026-03-02T23:00", "--limit", "8wh", "--calendar")

    told = Terminal(tmp_path).says(*due, night)
    assert told.startswith("Due: 2026-03-09T23:00:00+01:00\n")
    assert f"Calendar: file {night}, years loaded: all\n" in told
    assert Terminal(tmp_path).refuses(*due, tmp_path / "day.json") == f"There is no file {tmp_path / 'day.json'}."

    night.write_text(json.dumps({"tz": "Europe/Berlin", "week": {"mon": [["22:00", "21:00"]]}}))
    assert "does not close after it opens" in Terminal(tmp_path).refuses(*due, night)
    night.write_text("{")
    assert Terminal(tmp_path).refuses(*due, night).startswith("night.json: it cannot be read as JSON")


def test_a_due_time_beyond_all_calendars_is_refused(tmp_path: Path) -> None:
    due = ("clock", "due", "--from", "9999-12-31", "--limit", "9999wd")

    assert Terminal(tmp_path).refuses(*due) == "The date lies beyond what can be worked out."


def test_a_due_time_is_told_hour_by_hour_over_a_change_of_the_clock(tmp_path: Path) -> None:
    york = tmp_path / "york.json"
    york.write_text(json.dumps({"tz": "America/New_York", "week": {"mon": [["09:00", "17:00"]]}}))
    due = ("clock", "due", "--from", "2026-11-01T00:30", "--limit", "3h", "--calendar", york)

    assert "  2026-11-01 00:30:00-04:00 – 2026-11-01 02:30:00-05:00  " in Terminal(tmp_path).says(*due)


def test_a_due_time_counts_by_the_calendar_that_is_loaded_as_the_api_does(
    office: Terminal, service: Service, tmp_path: Path
) -> None:
    hours = (ROOT / "config" / "calendars" / "china.toml").read_text(encoding="utf-8")
    (tmp_path / "shop.toml").write_text(hours.replace('"china"', '"shop"'), encoding="utf-8")
    office.says("calendar", "load", tmp_path / "shop.toml")
    office.says("calendar", "load", "--into", "shop", year_file(tmp_path, 2027, "2027-01-04"))
    due = ("clock", "due", "--from", "2026-12-25", "--limit", "7d", "--calendar", "shop")
    told = office.says(*due).splitlines()
    assert told[1:4] == [
        "Last day in time: 2027-01-05",
        "Provisional: no",
        "Calendar: shop version 2, years loaded: 2027",
    ]

    with service.transaction() as tx:
        token = people.issue_token(tx, "supervisor", timedelta(days=1))
    client = create_app(service).test_client()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    answer = client.get("/api/v1/calendars/shop/due?from=2026-12-25&limit=7d", headers=headers).json
    assert (answer["calendar"], answer["calendar_version"]) == ("shop", 2)
    assert told[:3] == [
        f"Due: {answer['due_at']}",
        f"Last day in time: {answer['due_on']}",
        f"Provisional: {'yes' if answer['provisional'] else 'no'}",
    ]
    lines = [
        f"  {' – '.join(at.replace('T', ' ') for at in (line['from'], line['to']) if at)}  {line['text']}"
        for line in answer["trace"]
    ]
    assert told[4:] == lines
    # A file is counted by as it is written, whatever is loaded.
    assert "Calendar: file " in office.says(*due[:-1], tmp_path / "shop.toml")


def test_a_command_starts_the_private_server_for_a_due_time_and_stops_it_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert "china version 1" not in terminal.says("clock", "due", "--from", "2026-03-02", "--limit", "5wd")
    terminal.says("calendar", "list")
    server = PrivateServer(tmp_path / "home")
    try:
        assert not server.running()
        assert "Calendar: china version 1, " in terminal.says("clock", "due", "--from", "2026-03-02", "--limit", "5wd")
        assert not server.running()
    finally:
        server.remove()


def test_a_calendar_that_nobody_has_is_refused(office: Terminal) -> None:
    told = office.refuses("clock", "due", "--from", "2026-03-02", "--limit", "5wd", "--calendar", "moon")

    assert told.startswith("There is no calendar moon.")


def test_users_are_listed_in_columns(office: Terminal) -> None:
    lines = office.says("user", "list").splitlines()

    assert re.split("  +", lines[0]) == ["User name", "Name", "Role", "Organisation", "Active"]
    rows = {words[0]: words for words in (re.split("  +", line) for line in lines[1:])}
    for role in people.USER_ROLES:
        assert rows[role][2:] == [people.USER_ROLES[role].en, "370100", "yes"]
        assert rows[f"{role}-qd"][3] == "370200"
    assert rows["supervisor-sd"][3] == "370000"


def test_a_new_user_signs_in_with_the_password_that_is_printed_once(office: Terminal, service: Service) -> None:
    told = office.says("user", "add", "li.2", "--role", "caseworker", "--org", "370100")
    password = re.search(r"shown this once: (\S+)$", told)
    assert password is not None

    token, _ = sign_in(service, {"username": "li.2", "password": password[1]}, "127.0.0.1")
    with service.transaction(token=token) as tx:
        person, first = records.caller(tx.db) or (None, False)
    assert person is not None
    assert first
    assert (person.role.value, person.org_path) == ("caseworker", "370000/370100/")

    again = office.refuses("user", "add", "li.2", "--role", "caseworker", "--org", "370100")
    assert again == "username: This user name is taken."


def test_a_user_without_a_password_cannot_sign_in(office: Terminal, service: Service) -> None:
    told = office.says("user", "add", "robot", "--role", "auditor", "--org", "370000", "--no-password")
    assert told.startswith("Added user robot (auditor, ")
    assert len(told.splitlines()) == 1

    with pytest.raises(Unauthenticated):
        sign_in(service, {"username": "robot", "password": "robot"}, "127.0.0.1")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_of_people_is_written_looked_at_and_taken_in(office: Terminal, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"people.{ending}"
    office.says("user", "export", file)
    assert "changed: 0" in office.says("user", "import", file)
    office.says("profile", "export", "--empty", tmp_path / f"profiles.{ending}")

    table = tmp_path / "more.csv"
    table.write_text("User name,Name,Role,Organisation code\nfrom.table,王小明,Auditor,370100\n", encoding="gb18030")
    previewed = office.says("user", "import", table, "--preview")
    assert "from.table" in previewed
    assert "To be added: 1" in previewed
    assert "from.table" not in office.says("user", "list")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("User name,Name,Role,Organisation code\nfrom.table,王小明,Auditor,999999\n", encoding="utf-8")
    told = office.refuses("user", "import", wrong)
    assert told.startswith("wrong.csv: Line 2, Organisation code: ")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_of_organisations_is_written_and_taken_in(office: Terminal, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"orgs.{ending}"
    office.says("org", "export", file)
    assert "added: 0, changed: 0" in office.says("org", "import", file)

    table = tmp_path / "more.csv"
    table.write_text("机构代码,名称,层级,上级机构\n370198,示例新区总工会,县（市、区）,370100\n", encoding="gb18030")
    assert "added: 1, changed: 0" in office.says("org", "import", table, "--preview")
    assert "370198" not in office.says("org", "list")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("Code,Name,Kind,Organisation above\n\n370198,示例新区总工会,City,999999\n", encoding="utf-8")
    assert office.refuses("org", "import", wrong).startswith("wrong.csv: Line 3, Organisation above: ")
    # A column that is not there stays as it is.
    named = tmp_path / "named.csv"
    named.write_text("Code,Name\n370100,济南市总工会改\n", encoding="utf-8")
    assert "added: 0, changed: 1" in office.says("org", "import", named, "--preview")


def test_a_user_needs_an_organisation_that_exists(office: Terminal) -> None:
    told = office.refuses("user", "add", "wang", "--role", "caseworker", "--org", "999999")

    assert told == "There is no organisation 999999; write its code, such as 370100."


def test_a_token_is_printed_alone_and_works(office: Terminal, service: Service) -> None:
    done = office("token", "issue", "supervisor-qd", "--days", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"cw_[A-Za-z0-9_-]{43}\n", done.stdout)

    with service.transaction(token=done.stdout.strip()) as tx:
        person, first = records.caller(tx.db) or (None, False)
    assert person is not None
    assert not first
    assert person.username == "supervisor-qd"
    assert office.refuses("token", "issue", "nobody") == "There is no active user nobody."
    assert office("token", "issue", "supervisor-qd", "--days", "30").returncode == 0
    assert office.refuses("token", "issue", "supervisor-qd", "--days", "31") == (
        "days: A token lives 30 days at most ([tokens] days); ask for no more, or change the setting first."
    )


def test_policies_are_loaded_once_and_a_wrong_one_not_at_all(office: Terminal, tmp_path: Path) -> None:
    file = policy_file(tmp_path, name="review", value="4wd")
    nothing_moves = "Clocks moved: 0, on cases: 0.\n"
    assert office.says("policy", "load", file) == f"New rows: 1; the others were there already.\n{nothing_moves}"
    assert office.says("policy", "load", file) == f"New rows: 0; the others were there already.\n{nothing_moves}"
    assert re.search(
        r"^legal_aid +review +370100 +2026-12-01 +4wd +house rule$", office.says("policy", "list"), re.MULTILINE
    )

    wrong = policy_file(tmp_path, name="review", value="4 days")
    assert "'4 days' is not a limit" in office.refuses("policy", "load", wrong)
    assert "4 days" not in office.says("policy", "list")


def test_a_policy_is_previewed_with_what_it_moves_and_the_decisions_that_it_touches(
    office: Terminal, tmp_path: Path
) -> None:
    before = office.says("policy", "list")
    limit = policy_file(tmp_path, name="progress", value="45d", place="CN", since="2024-01-01")
    previewed = office.says("policy", "load", limit, "--preview").splitlines()
    assert re.split("  +", previewed[0]) == ["Workflow", "Name", "Place", "From", "Value now", "Value then"]
    assert re.split("  +", previewed[1]) == ["legal_aid", "progress", "CN", "2024-01-01", "-", "45d"]
    assert previewed[2] == "Rows that would be new: 1; the others are there already."
    assert re.split("  +", previewed[3]) == MOVED_TITLES
    moved = [re.split("  +", line) for line in previewed[4:-1]]
    assert {(clock, then) for _, clock, _, _, then, *_ in moved} == {("progress", "45d")}
    cases = len({number for number, *_ in moved})
    assert previewed[-1] == f"Clocks that would move: {len(moved)}, on cases: {cases}. Nothing has been changed."
    assert office.says("policy", "list") == before

    loaded = office.says("policy", "load", limit).splitlines()
    assert loaded[-1] == f"Clocks moved: {len(moved)}, on cases: {cases}."

    amount = policy_file(tmp_path, name="least_claim", value="9", place="CN", since="2023-01-01")
    *_, told, first = office.says("policy", "load", amount, "--preview").splitlines()[:6]
    touched = re.fullmatch(
        r"Cases decided since for which least_claim \(CN, from 2023-01-01\) would have counted: (\d+)\..*", told
    )
    assert touched is not None
    assert int(touched[1]) > 0
    assert re.fullmatch(r"  LA-202[345]-\d{6}  202[345]-\d\d-\d\d", first)
    assert "'9 lives' is not a limit" in office.refuses(
        "policy", "load", policy_file(tmp_path, name="review", value="9 lives"), "--preview"
    )


def policy_file(folder: Path, *, name: str, value: str, place: str = "370100", since: str = "2026-12-01") -> Path:
    file = folder / "policy.toml"
    file.write_text(
        f'[[policy]]\nworkflow = "legal_aid"\nname = "{name}"\nplace = "{place}"\nfrom = {since}\n'
        f'value = "{value}"\nsource = {{ zh = "本院规定", en = "house rule" }}\n'
    )
    return file


MOVED_TITLES = ["Case", "Clock", "Title", "Limit now", "Limit then", "Due now", "Due then"]


def test_a_new_holiday_is_previewed_and_then_loaded(office: Terminal, tmp_path: Path) -> None:
    config = tmp_path / "calendars"
    config.mkdir()
    for file in (ROOT / "config" / "calendars").iterdir():
        text = file.read_text(encoding="utf-8")
        (config / file.name).write_text(text.replace("2025-05-31,", "2025-05-31, 2025-06-17, 2025-06-18,"))
    before = office.says("calendar", "list")

    previewed = office.says("calendar", "load", config / "china.toml", "--preview").splitlines()
    assert re.split("  +", previewed[0]) == MOVED_TITLES
    moved = [re.split("  +", line) for line in previewed[1:-1]]
    assert moved
    assert all(number.startswith(("LA-202", "HA-202")) and now < then for number, *_, now, then in moved)
    titles = {row[1]: row[2] for row in moved}
    assert titles.items() <= {(one.name, one.title.en) for flow in workflow_registry.latest() for one in flow.clocks}
    cases = len({number for number, *_ in moved})
    assert previewed[-1] == f"Clocks that would move: {len(moved)}, on cases: {cases}. Nothing has been changed."
    assert office.says("calendar", "list") == before

    assert office.says("calendar", "load", config / "china.toml").splitlines() == [
        "Calendar china now has version 2.",
        f"Clocks moved: {len(moved)}, on cases: {cases}.",
    ]
    assert office.says("calendar", "load", config / "china.toml").splitlines() == [
        "Calendar china is as it was, version 2.",
        "Clocks moved: 0, on cases: 0.",
    ]
    due = office.says("clock", "due", "--from", "2025-06-16", "--limit", "2wd")
    assert "Last day in time: 2025-06-20" in due, "by what is loaded, and not by the file that comes along"
    assert "Calendar: china version 2, " in due


def test_an_organisation_with_a_calendar_of_its_own_is_previewed_and_then_loaded(
    office: Terminal, tmp_path: Path
) -> None:
    office.says("calendar", "load", own_calendar(tmp_path))
    orgs = tmp_path / "orgs.toml"
    row = '[[org]]\ncode = "371702"\nname = "牡丹区总工会"\nkind = "county"\nparent = "371700"\ncalendar = "desk"\n'
    street = '[[org]]\ncode = "371702001"\nname = "东城街道总工会"\nkind = "street"\nparent = "371702"\n'
    orgs.write_text(row + street, encoding="utf-8")
    before = office.says("org", "list")

    previewed = office.says("org", "load", orgs, "--preview").splitlines()
    assert previewed[0] == "Organisations that would be added: 1, changed: 1."
    assert any(line.endswith("Nothing has been changed.") for line in previewed)
    assert office.says("org", "list") == before

    assert office.says("org", "load", orgs).splitlines()[0] == "Organisations added: 1, changed: 1."
    lines = office.says("org", "list").splitlines()
    [county] = [line.split() for line in lines if line.split()[0] == "371702"]
    assert county[-1] == "desk"
    [below] = [line for line in lines if line.split()[0] == "371702001"]
    assert below.endswith("371702  desk (from above)")
    assert "org.0.calendar: There is no calendar moon" in office.refuses("org", "load", moonlit(orgs))


def moonlit(orgs: Path) -> Path:
    orgs.write_text(orgs.read_text(encoding="utf-8").replace("desk", "moon"), encoding="utf-8")
    return orgs


def test_a_published_year_is_added_to_a_calendar(office: Terminal, tmp_path: Path) -> None:
    office.says("calendar", "load", own_calendar(tmp_path))
    year = tmp_path / "cn-2032.toml"
    year.write_text("year = 2032\nsource = 'a notice'\nholidays = [2032-01-01]\nmake_up_days = [2032-01-03]\n")

    loaded = office.says("calendar", "load", "--into", "desk", year)
    assert loaded == "Calendar desk now has version 2.\nClocks moved: 0, on cases: 0.\n"
    assert re.search(r"^desk +2 +desk +Asia/Shanghai +2031, 2032$", office.says("calendar", "list"), re.MULTILINE)
    due = office.says("clock", "due", "--from", "2031-12-31", "--limit", "2wd", "--calendar", "desk")
    assert "Last day in time: 2032-01-03" in due
    again = office.says("calendar", "load", "--into", "desk", year)
    assert again.startswith("Calendar desk is as it was, version 2.\n")
    assert "there is no calendar 'moon'" in office.refuses("calendar", "load", "--into", "moon", year)


def test_all_of_a_calendar_is_shown_in_both_languages(office: Terminal, tmp_path: Path) -> None:
    hall = tmp_path / "hall.toml"
    hall.write_text(
        'key = "hall"\ntitle = { zh = "大厅", en = "Hall" }\ntz = "Asia/Shanghai"\nmake_up_week = "sat"\n'
        'yearly_holidays = ["10-01"]\n[week]\nmon = [["08:30", "12:00"], ["13:30", "17:30"]]\n'
        'sat = [["09:00", "11:00"]]\n',
        encoding="utf-8",
    )
    office.says("calendar", "load", hall)
    year = year_file(tmp_path, 2027, "2027-02-06", "2027-02-07", "2027-02-08", make_up_days="2027-02-21")
    office.says("calendar", "load", "--into", "hall", year)

    told = office.says("calendar", "show", "hall").splitlines()
    assert told[0] == "Hall (hall), version 2"
    assert re.fullmatch(r"Counts since: 20\d\d-\d\d-\d\dT\d\d:\d\d\+08:00", told[1])
    assert told[2:] == [
        "Zone: Asia/Shanghai",
        "  Monday  08:30–12:00, 13:30–17:30",
        "  Tuesday  closed",
        "  Wednesday  closed",
        "  Thursday  closed",
        "  Friday  closed",
        "  Saturday  09:00–11:00",
        "  Sunday  closed",
        "Make-up working days open like Saturday",
        "The last day ends at 24:00",
        "Years loaded: 2027",
        "2027: a notice",
        "  holidays: 2027-01-01, 2027-02-06 – 2027-02-08",
        "  make-up working days: 2027-02-21",
        "Holidays of every year: 10-01",
        "Days with opening hours of their own:",
        "  2027-02-21  09:00–11:00",
    ]
    chinese = office.says("--language", "zh-CN", "calendar", "show", "hall")
    assert chinese.startswith("大厅（hall）第 2 版\n")
    assert "  调休上班：2027-02-21\n" in chinese
    assert "Years loaded: none" in office.says("calendar", "show", "hall", "--version", "1")
    assert office.refuses("calendar", "show", "hall", "--version", "9") == "Calendar hall has no version 9."
    assert office.refuses("calendar", "show", "moon").startswith("There is no calendar moon.")


def test_whoever_loads_a_calendar_is_told_what_it_takes_away_and_takes_for_known(
    office: Terminal, tmp_path: Path
) -> None:
    mapping = {"key": "kiosk", "tz": "Asia/Shanghai", "week": {"mon": [["09:00", "17:00"]]}, "years": [2030, 2031]}
    file = tmp_path / "kiosk.json"
    file.write_text(json.dumps(mapping))
    assert office.says("calendar", "load", file) == (
        "Calendar kiosk now has version 1.\nClocks moved: 0, on cases: 0.\n"
    )
    file.write_text(json.dumps(mapping | {"years": [2031]}))
    assert office.says("calendar", "load", file, "--preview") == (
        "Calendar kiosk no longer has the years that were loaded: 2030.\n"
        "Clocks that would move: 0, on cases: 0. Nothing has been changed.\n"
    )
    del mapping["years"]
    file.write_text(json.dumps(mapping))
    assert "Calendar kiosk names no years: every year counts as published" in office.says("calendar", "load", file)
    office.says("calendar", "load", file, "--preview")
    file.write_text(json.dumps(mapping | {"title": "x"}))
    assert office.refuses("calendar", "load", file).startswith("kiosk.json: write the title in both languages")


def test_clocks_that_only_settle_are_told_after_those_that_move(capsys: pytest.CaptureFixture[str]) -> None:
    def due(day: int, *, provisional: bool) -> Due:
        at = datetime(2027, 1, day, tzinfo=ZoneInfo("Asia/Shanghai"))
        return Due(at + timedelta(days=1), at.date(), provisional)

    limit, title = Limit.parse("7d"), Text("审查期限", "Review")
    settles = Moved("LA-1", "review", title, limit, due(4, provisional=True), limit, due(4, provisional=False))
    moves = Moved("LA-2", "review", title, limit, due(4, provisional=True), limit, due(5, provisional=False))
    unsettled = Moved("LA-3", "review", title, limit, due(4, provisional=False), limit, due(4, provisional=True))
    only_source = Moved("LA-4", "review", title, limit, due(4, provisional=False), limit, due(4, provisional=False))

    tell_preview(Console("en"), [settles, moves, unsettled, only_source], ZoneInfo("Asia/Shanghai"))

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["LA-2", "LA-1", "LA-3"]
    assert lines[1].endswith(
        "review  Review  7d         7d          2027-01-05T00:00+08:00 (provisional)  2027-01-06T00:00+08:00"
    )
    assert lines[4:] == [
        "Clocks that would move: 1, on cases: 1. Nothing has been changed.",
        "Due as before and no longer provisional: 1, on cases: 1.",
        "Due as before and now provisional: 1, on cases: 1.",
        "Due as before, with the source of the row that is new: 1.",
    ]


def year_file(folder: Path, year: int, *off: str, make_up_days: str = "") -> Path:
    file = folder / f"cn-{year}.toml"
    holidays = ", ".join((f"{year}-01-01", *off))
    file.write_text(f"year = {year}\nsource = 'a notice'\nholidays = [{holidays}]\nmake_up_days = [{make_up_days}]\n")
    return file


def own_calendar(folder: Path) -> Path:
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    file = folder / "desk.json"
    file.write_text(json.dumps({"tz": "Asia/Shanghai", "week": week, "years": [2031]}))
    return file


def test_a_sweep_tells_what_it_did_and_has_then_done_it(office: Terminal) -> None:
    office.says("demo", "load", "--cases", "20", "--now", "2025-06-16T09:00")
    first = re.fullmatch(r"alerts=(\d+) transitions=(\d+)\n", office.script("sweep").stdout)
    assert first is not None
    assert int(first[1]) > 0
    assert office.says("sweep") == "alerts=0 transitions=0\n"


def test_the_operator_sees_the_figures_of_every_organisation(office: Terminal) -> None:
    span = ("report", "sla", "--from", "2023-01-01", "--to", "2027-01-01")
    by_office = json.loads(office.says(*span, "--group-by", "org,clock", "--format", "json"))

    assert {row["org"][:4] for row in by_office["rows"]} >= {"3701", "3702"}
    assert sum(row["started"] for row in by_office["rows"]) == by_office["total"]["started"] > 60
    table = office.says(*span, "--group-by", "month")
    assert re.search(rf"^Total +{by_office['total']['started']} ", table, re.MULTILINE)
    assert office.refuses(*span, "--group-by", "moon").startswith("group_by: Choose from: ")
    assert office.refuses(*span, "--org", "999").startswith("org: No such organisation")


def test_the_doctor_finds_nothing_in_a_healthy_office(office: Terminal) -> None:
    done = office("doctor")

    assert done.returncode == 0
    assert {line[:2] for line in done.stdout.splitlines()} == {"ok", "--"}
    assert "-- no scheduler runs" in done.stdout
    assert "ok workflow legal_aid is proven" in done.stdout


def test_the_doctor_names_a_secret_that_others_can_read(office: Terminal) -> None:
    key = office.home / "secret_key"
    key.chmod(0o644)
    done = office("doctor")
    key.chmod(0o600)

    assert done.returncode == 1
    assert f"!! others can read {key}: chmod 600 {key}" in done.stdout


@pytest.mark.parametrize("command", [("web",), ("scheduler",), ("serve", "--port", "0"), ("user", "list")])
def test_a_key_that_does_not_open_the_database_stops_the_start_in_a_sentence(
    office: Terminal, command: tuple[str, ...]
) -> None:
    words = [str(free_port()) if word == "0" else word for word in command]
    told = office.refuses(*words, CASEWORK_ENCRYPTION_KEYS="cd" * 32, PORT=str(free_port()))

    assert told.startswith("CASEWORK_ENCRYPTION_KEYS does not open the key of this database (number ")


def test_the_doctor_names_a_key_that_does_not_open_the_database(office: Terminal) -> None:
    done = office("doctor", CASEWORK_ENCRYPTION_KEYS="cd" * 32)
    assert done.returncode == 1
    assert "!! CASEWORK_ENCRYPTION_KEYS does not open the key of this database" in done.stdout

    kept = (office.home / "encryption_keys").read_text().strip()
    done = office("doctor", CASEWORK_ENCRYPTION_KEYS=f"{'cd' * 32},{kept}")
    assert done.returncode == 0
    assert "ok the encryption keys open this database" in done.stdout


@pytest.mark.parametrize(
    ("taken", "given"),
    [
        (
            "revoke insert on casework.events from casework_app",
            "grant select, insert on casework.events to casework_app;",
        ),
        ("revoke usage on schema casework from casework_app", "grant usage on schema casework to casework_app;"),
        ("revoke casework_app from casework_web", "grant casework_app to casework_web;"),
    ],
)
def test_the_doctor_tells_which_rights_are_lacking_and_how_to_give_them(
    office: Terminal, taken: str, given: str
) -> None:
    owner = create_engine(PrivateServer(office.home).owner_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(taken))
    try:
        done = office("doctor")
        assert done.returncode == 1
        assert f"lacks rights. Have a database administrator run in this database:\n{given}\n" in done.stdout
        secrets = {"CASEWORK_SECRET_KEY": "a secret of the tests", "CASEWORK_ENCRYPTION_KEYS": "ab" * 32}
        assert given in office("user", "list", CASEWORK_ENV="production", **secrets).stderr
    finally:
        with owner.connect() as connection:
            connection.execute(text(given))
        owner.dispose()
    assert office("doctor").returncode == 0


def test_roles_that_are_there_are_left_as_they_are(office: Terminal) -> None:
    assert office.says("roles", "--sql") == "\n"
    assert office.says("roles").startswith("The roles casework_owner and casework_app are ready")
    assert office.says("roles", "--member", "casework_web") == office.says("roles")
    refused = office("roles", "--member", "nobody-here")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[1:] == ['grant casework_app to "nobody-here";']


def test_a_user_is_switched_off_and_on_and_given_a_new_password(office: Terminal, service: Service) -> None:
    added = office.says("user", "add", "Zhao.Yi", "--role", "caseworker", "--org", "370100")
    first = added.split(": ")[-1].strip()
    assert office.refuses("user", "add", "ZHAO.yi", "--role", "lawyer", "--org", "370100") == (
        "username: This user name is taken."
    )
    told = office.says("user", "password", "zhao.yi")
    second = told.split(": ")[-1].strip()
    with pytest.raises(Unauthenticated):
        sign_in(service, {"username": "zhao.yi", "password": first}, "here")
    assert sign_in(service, {"username": "ZHAO.YI", "password": second}, "here")

    assert office.says("user", "deactivate", "Zhao.Yi") == "User zhao.yi is switched off; the tokens have ended.\n"
    with pytest.raises(Unauthenticated):
        sign_in(service, {"username": "zhao.yi", "password": second}, "here")
    assert office.says("user", "activate", "ZHAO.YI") == "User zhao.yi is active.\n"
    assert sign_in(service, {"username": "zhao.yi", "password": second}, "here")
    for command in ("password", "activate", "deactivate"):
        assert office.refuses("user", command, "nobody") == "There is no user nobody."


def test_the_passwords_of_the_demonstration_are_shown_again(office: Terminal, service: Service) -> None:
    kept = office.home / "demo.passwords"
    assert kept.stat().st_mode & 0o777 == 0o600
    told = office.says("demo", "users")
    rows = [line.split() for line in told.splitlines()[1:]]
    assert len(rows) == 13
    assert ["supervisor-sd", "supervisor", "370000"] in [[row[0], row[2].lower(), row[3]] for row in rows]
    for username, password, *_ in rows[:2]:
        assert sign_in(service, {"username": username, "password": password}, "here")

    other = office.says("user", "password", "auditor-qd").split(": ")[-1].strip()
    done = office("demo", "users")
    assert re.search(r"^auditor-qd +\(changed\)", done.stdout, re.MULTILINE)
    assert other not in done.stdout
    assert "casework user password NAME" in done.stderr
    assert kept.read_text().count("auditor-qd ") == 1


def test_passwords_are_shown_again_in_no_other_place_than_a_demonstration(office: Terminal) -> None:
    secrets = {"CASEWORK_SECRET_KEY": "a secret of the tests", "CASEWORK_ENCRYPTION_KEYS": "ab" * 32}
    for kind in ("production", "test"):
        done = office("demo", "users", CASEWORK_ENV=kind, **secrets)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("The demonstration loads only where CASEWORK_ENV is demo")


def rewritten(office: Terminal, statement: str, **values: Any) -> None:
    """What only the owner of the database can do: the application may not."""
    engine = create_engine(PrivateServer(office.home).owner_url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


@pytest.mark.parametrize("command", [("demo", "check"), ("audit", "verify")])
def test_what_is_stored_is_verified_and_what_contradicts_itself_is_named(
    office: Terminal, service: Service, command: tuple[str, ...]
) -> None:
    assert re.fullmatch(r"\d+ cases and all funds agree with their events and ledgers\.\n", office.says(*command))
    with service.transaction() as tx:
        case, other = tx.db.all("select id, number, outcome from cases order by number limit 2")
    rewritten(office, "update casework.cases set outcome = 'invented' where id = :id", id=case.id)
    try:
        done = office(*command)
        assert (done.returncode, done.stdout) == (1, f"{case.number}: its row is not what its events say: outcome.\n")
        assert done.stderr.splitlines()[-1] == "Contradictions: 1, named above."
        spoken = office("--language", "zh-CN", *command)
        assert spoken.stdout == f"{case.number}：案件表与办理记录不符：outcome。\n"
        assert spoken.stderr.splitlines()[-1] == "发现 1 处矛盾，见上。"
        assert office("audit", "verify", "--case", case.number).returncode == 1
        assert office.says("audit", "verify", "--case", other.number) == f"{other.number} agrees with its events.\n"
    finally:
        rewritten(office, "update casework.cases set outcome = :was where id = :id", id=case.id, was=case.outcome)


def test_verifying_says_what_it_cannot_see_and_which_case_there_is_not(office: Terminal) -> None:
    assert "cuts off its end and sets the case back" in office("audit", "verify").stderr
    unknown = office("audit", "verify", "--case", "LA-1999-000001")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.splitlines()[-1] == "There is no case LA-1999-000001."


def test_the_log_of_administration_tells_who_did_what(office: Terminal) -> None:
    office.says("user", "add", "zheng", "--role", "administrator", "--org", "370100", "--no-password")
    office.says("user", "deactivate", "zheng")
    _, last, before, *_ = office.says("audit", "log", "--last", "2").splitlines()
    assert re.search(r'operator +user_changed +zheng +{"active": \[true, false\]}', last)
    assert re.search(r"operator +user_added +zheng +", before)
    assert office("user", "confirm", "zheng").stderr == "This user has no role that waits to be confirmed.\n"


def test_the_example_of_organisations_is_loaded_as_it_is_printed(office: Terminal, tmp_path: Path) -> None:
    assert "config/examples/organisations.toml" in office.says("org", "load", "--help")
    assert "casework org example" in office.says("org", "load", "--help")
    example = tmp_path / "organisations.toml"
    example.write_text(office.says("org", "example"), encoding="utf-8")
    assert re.match(
        r"Organisations that would be added: 2, changed: ", office.says("org", "load", example, "--preview")
    )
