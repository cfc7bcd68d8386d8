"""Loads the demonstration office. Whether this may be done here, `CASEWORK_ENV`, is for the caller to ask."""

import gc
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, TypeVar
from uuid import UUID

from casework.demo.openings import BACK, openings
from casework.demo.posts import Post, named_users
from casework.demo.posts import staff as posts_of
from casework.demo.programmes import demonstrations
from casework.demo.stamping import planned, stamp
from casework.demo.templates import Template, template_of
from casework.demo.treasury import open_funds, settle
from casework.demo.tree import CALENDAR, fixed_id, org_row, places
from casework.demo.writing import write
from casework.records import bulk, offices, people
from casework.records.vault import blind_index
from casework.rules.context import DecisionContext
from casework.rules.people import HELPERS
from casework.rules.text import Language
from casework.settings import ROOT
from casework.stories.people import Numbers
from casework.stories.places import Place
from casework.stories.staff import Staff
from casework.stories.story import Story, World
from casework.stories.treasury import Treasury
from casework.work import profiles, seeds, workflow_registry
from casework.work.letters import Sender
from casework.work.passwords import hash_password
from casework.work.policy_files import read_policies
from casework.work.service import RulesInForce, Service, Transaction, office_on

_Thing = TypeVar("_Thing")

BATCH: Final = 500
_TOGETHER: Final = 2000
"""So many dossiers are stored with their payments at once."""

LIVED: Final = 3000
"""So many cases are lived step by step by the rules; what is more are copies of them."""

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
    lived: int = LIVED,
    stored: Callable[[int], object] = lambda more: None,
) -> Loaded:
    """Add unions and people that are not there yet, and so many cases opened in the two years before `now`.

    The first `lived` cases are lived step by step; the others are copies of those among them that take no money, at the
    same organisations and times, with people, numbers and keys of their own. `stored` is told how many more are stored.

    The same seed and `now` give the same cases in an empty database; loading again adds other ones. `language` is
    that of the new users. `now` is aware; without it, it is the time of the database.
    """
    with service.transaction() as tx:
        now = now or tx.now
        seeds.seed(tx.db, config)
        offices.add_policies(tx.db, read_policies(config / "demo" / "policies.toml"))
        orgs = _add_orgs(tx)
        passwords, added = _add_people(tx, language)
        serials = bulk.next_serials(tx.db, cases)
    if serials:
        with _collector_at_rest(), service.transaction() as tx:
            templates = _load_cases(tx, serials[:lived], seed, now, keep=len(serials) > lived, stored=stored)
            if rest := serials[lived:]:
                chance = f"{seed}/{rest[0]}"
                regions = [place.region for place in places() if place.kind == "county"]
                stamp(tx, planned(templates, rest, Random(chance)), regions, chance, stored)
    return Loaded(orgs, added, cases, passwords)


def _load_cases(
    tx: Transaction, serials: list[int], seed: int, now: datetime, *, keep: bool, stored: Callable[[int], object]
) -> list[Template]:
    """Tell the stories and store them, all or none: a load that fails or is broken off leaves no half office.

    Dossiers are stored together with what they claim of the funds, executed in the order of time. Gives the templates
    for copies if they are to be kept.
    """
    bulk.take_time(tx.db)
    org_ids, staff = offices.org_ids(tx.db), _staff(tx)
    # Steps are taken at the desk in years whose holidays are not loaded too.
    calendar = tx.rules.calendars[CALENDAR].calendar.assuming_unpublished()
    treasury = open_funds(tx, calendar, staff, len(serials), now - BACK, now)
    shown = demonstrations()
    worlds, known = {}, bulk.identities(tx.db)
    for key in shown:
        workflow = workflow_registry.newest(key)
        office = _with_money(tx, key, treasury) if workflow.grants_money else _with_those_above(tx, key)
        numbers = Numbers(partial(blind_index, tx.index_key, "identity_number"), known)
        worlds[key] = World(workflow, calendar, now, staff, office, treasury, numbers)
    begun = openings(serials, seed, now, worlds, shown)
    chance = Random(f"{seed}/{serials[0]}")
    dossiers: list[Story] = []
    templates: list[Template] = []
    template = _templates_at(tx, org_ids) if keep else lambda story: None
    for batch in _batches(begun):
        stories = [Story(worlds[opening.workflow], Random(f"{seed}/{opening.number}"), opening) for opening in batch]
        for story in stories:
            shown[story.opening.workflow].tell(story)
        templates += filter(None, map(template, stories))
        dossiers += [story for story in stories if story.world.workflow.grants_money]
        write(tx, [story for story in stories if not story.world.workflow.grants_money], org_ids)
        if len(dossiers) >= _TOGETHER or batch[-1] is begun[-1]:
            keys = [write(tx, some, org_ids) for some in _batches(dossiers)]
            settle(tx, treasury, {case_id: key for of_some in keys for case_id, key in of_some.items()}, chance)
            dossiers = []
        stored(len(batch))
    return templates


def _templates_at(tx: Transaction, org_ids: Mapping[str, UUID]) -> Callable[[Story], Template | None]:
    """Makes templates of stories that were told in this office."""
    senders = {code: Sender.of(org) for code, org in offices.all_orgs(tx.db).items()}
    names = {row.name for row in people.page(tx.db, next(places()).path, _EVERYBODY, None, {})}
    return lambda story: template_of(story, org_ids, senders, names, tx.index_key)


def _batches(things: list[_Thing]) -> Iterator[list[_Thing]]:
    return (things[start : start + BATCH] for start in range(0, len(things), BATCH))


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
    offices.store_orgs(tx.db, rows)
    return len(rows)


def _add_people(tx: Transaction, language: Language) -> tuple[dict[str, str], int]:
    """Add who is missing; gives the passwords of the named users and how many people are new."""
    org_ids = offices.org_ids(tx.db)
    known = {row.username for row in people.page(tx.db, "", _EVERYBODY, None, {})}
    named = [post for post in named_users() if post.username not in known]
    others = [post for place in places() for post in posts_of(place) if post.username not in known]
    passwords = {post.username: secrets.token_urlsafe(12) for post in named}
    for post in (*named, *others):
        password = passwords.get(post.username)
        people.add(tx.db, _user_row(tx, post, org_ids[post.org], language, password))
        if post.role in HELPERS:
            profiles.keep(tx, fixed_id(f"user/{post.username}"), _profile(Random(post.username), tx.today))
    return passwords, len(named) + len(others)


def _profile(rng: Random, today: date) -> dict[str, object]:
    """What an invented helper says of the own work."""
    matters = sorted(profiles.matters())
    said: dict[str, object] = {
        "matters": rng.sample(matters, k=min(len(matters), rng.randint(4, 9))),
        "licence_until": (today + timedelta(days=rng.randint(60, 900))).isoformat(),
        "most_open": rng.randint(8, 15),
        "most_a_week": rng.randint(2, 4),
    }
    if rng.random() < 0.3:
        said["languages"] = [rng.choice(("济南话", "胶东话", "鲁西南话", "英语"))]
    return said


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


def _staff(tx: Transaction) -> Staff:
    found = people.page(tx.db, next(places()).path, _EVERYBODY, None, {"active": True})
    return Staff((row.org, people.person_of(row)) for row in found)


def _offices(rules: RulesInForce, workflow: str) -> Callable[[Place, datetime], DecisionContext]:
    """Gives what was in force at a place at an instant; it changes where a policy begins and with the year."""
    calendar = rules.calendars[CALENDAR].calendar
    begins = sorted({row.from_date for row in rules.policies})
    known: dict[tuple[str, int, int], DecisionContext] = {}

    def office(place: Place, at: datetime) -> DecisionContext:
        day = calendar.local_date(at)
        key = (place.code, day.year, bisect_right(begins, day))
        if key not in known:
            known[key] = office_on(rules, workflow, place.code, place.region, CALENDAR, at)
        return known[key]

    return office


def _with_those_above(tx: Transaction, workflow: str) -> Callable[[Place, datetime], DecisionContext]:
    """The same with the organisations above."""
    office = _offices(tx.rules, workflow)
    above = {place.code: offices.above(tx.db, place.path) for place in places()}
    return lambda place, at: replace(office(place, at), orgs=above[place.code])


def _with_money(tx: Transaction, workflow: str, treasury: Treasury) -> Callable[[Place, datetime], DecisionContext]:
    """The same with the funds that may pay."""
    office = _with_those_above(tx, workflow)
    return lambda place, at: replace(office(place, at), funds=treasury.open_to(place, at))
