"""A province with two cities and their people, and cases that move on while time is moved by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from casework.forms.example_data import ExampleData
from casework.records import offices, people
from casework.rules.people import Actor, Person, Role
from casework.work import cases, intake, reports
from casework.work.service import Service, Transaction
from casework.workflows.legal_aid.intake import LegalAidIntake

CITIES = ("370100", "370200")


def local(written: str) -> datetime:
    """`2026-03-02 09:00` in the office's zone."""
    return datetime.fromisoformat(f"{written}+08:00")


@dataclass
class Province:
    """Shandong (370000) with Jinan (370100) and Qingdao (370200): `people` by username, and a moved clock."""

    service: Service
    people: dict[str, Person]
    chance: Random = field(default_factory=lambda: Random(0))
    """What the applicants are invented from: the same ones in every run."""

    def time_is(self, at: datetime) -> None:
        """From now on the service takes this for the time."""
        with self.service.transaction() as tx:
            tx.db.run(
                """insert into time_offset (value) values (:at - clock_timestamp())
                   on conflict (single) do update set value = excluded.value""",
                at=at,
            )

    def days_pass(self, days: int) -> None:
        """Time moves on."""
        with self.service.transaction() as tx:
            tx.db.run("update time_offset set value = value + :passed", passed=timedelta(days=days))

    def actor(self, username: str) -> Actor:
        """A user as one who acts."""
        return Actor(self.people[username].role, self.people[username])

    def open_case(self, username: str, org: str = "370100", **facts: Any) -> UUID:
        """A wage claim, with these facts, comes in at the user's desk; nobody owns it yet."""
        with self.service.transaction(self.actor(username)) as tx:
            return self.open_in(tx, org, **facts)

    def open_in(self, tx: Transaction, org: str = "370100", **facts: Any) -> UUID:
        """The same in a transaction that goes on."""
        example = LegalAidIntake.example(ExampleData(tx.today, self.chance))
        given = {"workflow": "legal_aid", "org": org, "channel": "walk_in", "facts": example | facts}
        return intake.open_case(tx, given)[0].case.id

    def take(self, username: str, case_id: UUID, transition: str, given: Mapping[str, Any] | None = None) -> None:
        """The user takes a transition."""
        with self.service.transaction(self.actor(username)) as tx:
            cases.take_transition(tx, case_id, transition, given or {})

    def grant(self, caseworker: str, supervisor: str, case_id: UUID) -> None:
        """The case is accepted, and aid is granted."""
        self.take(caseworker, case_id, "accept")
        self.take(supervisor, case_id, "grant", {"form_of_aid": "litigation"})

    def change_clock(self, case_id: UUID, name: str, change: str, **values: Any) -> None:
        """A clock of the case as no story brings it about: `change` is SQL."""
        with self.service.transaction() as tx:
            done = tx.db.run(
                f"update clocks set {change} where case_id = :case_id and name = :name",
                case_id=case_id,
                name=name,
                **values,
            )
            assert done.rowcount == 1

    def report(self, username: str, start: str = "2026-01-01", end: str = "2027-01-01", **asked: Any) -> dict[str, Any]:
        """The SLA report that this user pulls, for the clocks of 2026 unless dates say otherwise."""
        with self.service.transaction(self.actor(username)) as tx:
            return reports.sla(tx, start=local(f"{start} 00:00"), end=local(f"{end} 00:00"), **asked)

    def cases_behind(self, username: str, row: Mapping[str, str], **asked: Any) -> list[UUID]:
        """The cases behind a row of the report of 2026."""
        span = {"start": local("2026-01-01 00:00"), "end": local("2027-01-01 00:00")}
        with self.service.transaction(self.actor(username)) as tx:
            return [UUID(case.id) for case in reports.drill_down(tx, row, **span, **asked)]


def shandong(service: Service) -> Province:
    """The province with its people; it is Monday 2 March 2026, nine o'clock."""
    with service.transaction() as tx:
        root = _org("370000", None)
        offices.store_orgs(tx.db, [root, *(_org(code, root["id"]) for code in CITIES)])
        ids = offices.org_ids(tx.db)
        staff = {
            "li": (Role.CASEWORKER, "370100"),
            "wang": (Role.CASEWORKER, "370100"),
            "zhao": (Role.SUPERVISOR, "370100"),
            "lawyer": (Role.LAWYER, "370100"),
            "volunteer": (Role.VOLUNTEER, "370100"),
            "auditor": (Role.AUDITOR, "370100"),
            "administrator": (Role.ADMINISTRATOR, "370100"),
            "sun": (Role.CASEWORKER, "370200"),
            "zhou": (Role.SUPERVISOR, "370200"),
            "province": (Role.SUPERVISOR, "370000"),
        }
        known = {}
        for username, (role, org) in staff.items():
            row = {"id": uuid4(), "username": username, "name": f"{username}同志", "role": role.value}
            people.add(tx.db, row | {"org_id": ids[org], "created_at": tx.now})
            known[username] = people.by_id(tx.db, row["id"])
    province = Province(service, {name: person for name, person in known.items() if person})
    province.time_is(local("2026-03-02 09:00"))
    return province


def _org(code: str, parent: UUID | None) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "code": code,
        "region": code,
        "name": f"{code}总工会",
        "kind": "province" if parent is None else "city",
        "parent_id": parent,
        "path": f"{code}/" if parent is None else f"370000/{code}/",
        "own_calendar": "china" if parent is None else None,
    }
