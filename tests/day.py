"""An office in the real service: its organisations and people, the applicant at home, and a hand on the clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, text

from casework.embedded import PrivateServer
from casework.records import offices
from casework.records.database import Database
from casework.records.vault import Keyring
from casework.work import calendars
from casework.work.people import create_user
from casework.work.policy_files import read_policies
from casework.work.service import Service, Transaction
from tests.running import Answer, Running, serving

CONFIG: Final = "[scheduler]\nsweep_every_s = 0.5\nheartbeat_every_s = 1\n"
PASSWORD: Final = "long enough for a test"
ORGS: Final = (
    ("370000", None, "山东省总工会", "province"),
    ("370100", "370000", "济南市总工会", "city"),
    ("370102", "370100", "济南市历下区总工会", "county"),
    ("370200", "370000", "青岛市总工会", "city"),
)
PEOPLE: Final = {
    "caseworker": ("caseworker", "370100"),
    "supervisor": ("supervisor", "370100"),
    "lawyer": ("lawyer", "370100"),
}


class Day:
    """The office as it lives: people act over HTTP, and days pass when they are told to."""

    def __init__(self, running: Running, people: Mapping[str, tuple[str, str]] = PEOPLE) -> None:
        self.running = running
        self.people = people
        self.server = PrivateServer(running.home / "instance", durable=False)
        self._make_office()
        self.tokens: dict[str, str] = {}
        self._sign_in()

    def _make_office(self) -> None:
        database = Database(self.server.app_url, movable_time=True)
        service = Service(database, Keyring([bytes(32)]), ZoneInfo("Asia/Shanghai"))
        with service.transaction() as tx:
            ids = {code: uuid4() for code, *_ in ORGS}
            paths: dict[str | None, str] = {None: ""}
            rows = []
            for code, parent, name, kind in ORGS:
                paths[code] = f"{paths[parent]}{code}/"
                place = {"id": ids[code], "parent_id": ids[parent] if parent else None, "path": paths[code]}
                rows.append({"code": code, "region": code, "name": name, "kind": kind, **place})
                rows[-1]["own_calendar"] = None if parent else "china"
            offices.store_orgs(tx.db, rows)
            self._publish(tx, self.running.home)
            for name, (role, code) in self.people.items():
                org = offices.org(tx.db, code)
                assert org is not None
                create_user(tx, {"username": name, "name": name, "role": role, "password": PASSWORD}, org)
        database.close()

    def _publish(self, tx: Transaction, folder: Path) -> None:
        """Load the years to come as their notices would say, so that nothing waits for one: the stories are long."""
        for year in range(tx.today.year, tx.today.year + 3):
            if year not in (tx.rules.calendars["china"].calendar.openings.years or ()):
                notice = folder / f"cn-{year}.toml"
                first = f"year = {year}\nsource = '示例通知'\nholidays = [{year}-01-01]\n"
                notice.write_text(first, encoding="utf-8")
                calendars.switch(tx.db, notice, "china")

    def load_policies(self, file: Path) -> None:
        """Load the rows of a policy file, as the administrator would."""
        loaded = self.running.command("policy", "load", str(file))
        assert loaded.returncode == 0, loaded.stderr
        assert read_policies(file)

    def _sign_in(self) -> None:
        for name in self.people:
            answer = self.running.call("POST", "/auth/token", {"username": name, "password": PASSWORD})
            assert answer.status == 200
            self.tokens[name] = str(answer.body["access_token"])

    def asks(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """What comes back, whatever it is; None is somebody without an account."""
        return self.running.call(method, path, body, self.tokens[who] if who else None, **headers)

    def call(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The body of an answer that must be a good one."""
        answer = self.asks(who, method, path, body, **headers)
        assert answer.status < 300, answer.body
        return answer.body

    def take(self, who: str, case: str, name: str, **given: Any) -> Any:
        """The case after somebody has taken a transition with exactly this."""
        return self.call(who, "POST", f"/cases/{case}/transitions/{name}", given)

    def does(self, who: str, case: str, name: str, **given: Any) -> Any:
        """The case after somebody has taken a transition with the example that was offered, and this laid over it."""
        return self.take(who, case, name, **_example(self.call(who, "GET", f"/cases/{case}/transitions"), name, given))

    def days_pass(self, days: int) -> None:
        """So many days go by; people sign in again, because tokens do not last for ever."""
        engine = create_engine(self.server.owner_url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "insert into casework.time_offset (single, value) values (true, :by)"
                    " on conflict (single) do update set value = casework.time_offset.value + excluded.value"
                ),
                {"by": timedelta(days=days)},
            )
        engine.dispose()
        self._sign_in()


class AtHome:
    """An applicant without an account: a number and a tracking code."""

    def __init__(self, day: Day, workflow: str, org: str, facts: Any) -> None:
        self.day = day
        applied = day.call(None, "POST", "/public/applications", {"workflow": workflow, "org": org, "facts": facts})
        self.number, self.code = applied["number"], applied["tracking_code"]

    def looks(self) -> Any:
        """The application as the applicant sees it."""
        return self.day.call(None, "GET", f"/public/applications/{self.number}", Tracking_Code=self.code)

    def does(self, name: str, **given: Any) -> Any:
        """The application after a step of the applicant's own."""
        path = f"/public/applications/{self.number}/transitions"
        offered = self.day.call(None, "GET", path, Tracking_Code=self.code)
        return self.day.call(None, "POST", f"{path}/{name}", _example(offered, name, given), Tracking_Code=self.code)


def _example(offered: Any, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    [offer] = [one for one in offered["items"] if one["name"] == name]
    assert offer["allowed"], offer["because"]
    return {**offer["needs"]["examples"][0], **given}


@contextmanager
def living(home: Path, people: Mapping[str, tuple[str, str]] = PEOPLE, config: str = CONFIG) -> Iterator[Day]:
    """The real service with its office until the block ends."""
    with serving(home, "test", config, "--workers", "1") as running:
        yield Day(running, people)
