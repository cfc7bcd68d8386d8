"""Loads the demonstration office. Whether this may be done here, `CASEWORK_ENV`, is for the caller to ask."""

import gc
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from casework.records import bulk, offices, people
from casework.rules.casefile import Office
from casework.rules.grammar import Workflow
from casework.rules.text import Language
from casework.settings import ROOT
from casework.work import programmes, seeds
from casework.work.demo.course import tell
from casework.work.demo.names import Post, named_users, staff
from casework.work.demo.openings import openings
from casework.work.demo.staff import Staff
from casework.work.demo.stories import Story, World
from casework.work.demo.tree import CALENDAR, Place, fixed_id, org_row, places
from casework.work.demo.writing import write
from casework.work.passwords import hash_password
from casework.work.service import RulesInForce, Service, Transaction, office_on

BATCH: Final = 500
_EVERYBODY: Final = 100_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was added, and the passwords of the named users that were made now, by user name."""

    orgs: int
    people: int
    cases: int
    passwords: dict[str, str]


def load(
    service: Service,
    *,
    cases: int = 3000,
    seed: int = 1,
    now: datetime | None = None,
    language: Language = "zh-CN",
    config: Path = ROOT / "config",
) -> Loaded:
    """Add unions and people that are not there yet, and so many cases opened in the two years before `now`.

    The same seed and `now` give the same cases in an empty database; loading again adds other ones. `language` is
    that of the new users. `now` is aware; without it, it is the time of the database.
    """
    with service.transaction() as tx:
        now = now or tx.now
        seeds.seed(tx.db, config)
        offices.add_policies(tx.db, seeds.read_policies(config / "demo" / "policies.toml"))
        orgs = _add_orgs(tx)
        passwords, added = _add_people(tx, language)
        serials = bulk.next_serials(tx.db, cases)
    with service.transaction() as tx:
        org_ids = offices.org_ids(tx.db)
        workflow = programmes.newest("legal_aid")
        world = _world(tx, workflow, now)
    begun = openings(serials, seed, world)
    with _collector_at_rest():
        for start in range(0, cases, BATCH):
            batch = begun[start : start + BATCH]
            stories = [Story(world, Random(f"{seed}/{opening.number}"), opening) for opening in batch]
            for story in stories:
                tell(story)
            with service.transaction() as tx:
                write(tx, stories, workflow, org_ids)
    return Loaded(orgs, added, cases, passwords)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without the search for circles of objects: stories make none, and it takes a tenth of the time."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


def _add_orgs(tx: Transaction) -> int:
    known = offices.org_ids(tx.db)
    rows = [org_row(place, known) for place in places() if place.code not in known]
    offices.add_orgs(tx.db, rows)
    return len(rows)


def _add_people(tx: Transaction, language: Language) -> tuple[dict[str, str], int]:
    """Add who is missing; gives the passwords of the named users and how many people are new."""
    org_ids = offices.org_ids(tx.db)
    known = {row.username for row in people.page(tx.db, "", _EVERYBODY, None, {})}
    named = [post for post in named_users() if post.username not in known]
    others = [post for place in places() for post in staff(place) if post.username not in known]
    passwords = {post.username: secrets.token_urlsafe(12) for post in named}
    for post in (*named, *others):
        password = passwords.get(post.username)
        people.add(tx.db, _user_row(tx, post, org_ids[post.org], language, password))
    return passwords, len(named) + len(others)


def _user_row(tx: Transaction, post: Post, org_id: UUID, language: Language, password: str | None) -> dict[str, object]:
    return {
        "id": fixed_id(f"user/{post.username}"),
        "username": post.username,
        "name": post.name,
        "role": post.role.value,
        "org_id": org_id,
        "password_hash": hash_password(password) if password else None,
        "active": True,
        "language": language,
        "created_at": tx.now,
    }


def _world(tx: Transaction, workflow: Workflow, now: datetime) -> World:
    rules = tx.rules
    # Steps are taken at the desk in years whose holidays are not loaded too.
    calendar = rules.calendars[CALENDAR].calendar.assuming_unpublished()
    root = next(places()).path
    found = people.page(tx.db, root, _EVERYBODY, None, {"active": True})
    everybody = Staff((row.org, people.person_of(row)) for row in found)
    return World(workflow, calendar, now, everybody, _offices(rules, workflow))


def _offices(rules: RulesInForce, workflow: Workflow) -> Callable[[Place, datetime], Office]:
    """Gives what was in force at a place at an instant; it changes where a policy begins and with the year."""
    calendar = rules.calendars[CALENDAR].calendar
    begins = sorted({row.from_date for row in rules.policies})
    known: dict[tuple[str, int, int], Office] = {}

    def office(place: Place, at: datetime) -> Office:
        day = calendar.local_date(at)
        key = (place.code, day.year, bisect_right(begins, day))
        if key not in known:
            known[key] = office_on(rules, workflow.key, place.code, place.region, CALENDAR, at)
        return known[key]

    return office
