"""Organisations, and the policies and calendars in force: what `work` builds an `Office` of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from time import sleep
from typing import Any, Final
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import Row, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import OperationalError

from casework.records.database import Tx
from casework.records.tables import calendars, orgs, policies
from casework.rules.calendars import WorkingCalendar
from casework.rules.case import CalendarRef
from casework.rules.context import PolicyRow
from casework.rules.openings import composed
from casework.rules.people import Org
from casework.rules.refusals import Unavailable
from casework.rules.text import Text


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One version of a calendar: what counts, and what it was `given` as; without `loaded_at` it is only tried."""

    key: str
    version: int
    title: Text
    calendar: WorkingCalendar
    given: Mapping[str, Any]
    loaded_at: datetime | None = None

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The calendar as a plain mapping, in which the published years are holidays and overrides."""
        return composed(self.given)

    @property
    def published(self) -> list[Mapping[str, Any]]:
        """The years that were loaded as they were published, in order: `year, source, holidays, make_up_days`."""
        return list(self.given.get("published", ()))

    @property
    def ref(self) -> CalendarRef:
        """What a clock that is counted by it notes down."""
        return CalendarRef(self.key, self.version)


ORG = (
    orgs.c.id,
    orgs.c.code,
    orgs.c.region,
    orgs.c.name,
    orgs.c.kind,
    orgs.c.path,
    orgs.c.own_calendar,
    orgs.c.calendar,
    orgs.c.phone,
    orgs.c.address,
    orgs.c.seal_name,
)

REACHED: Final = ("phone", "address", "seal_name")
"""Where an organisation is reached, and the name on its seal."""


def org(tx: Tx, code: str) -> Row[Any] | None:
    """The organisation of this code."""
    return tx.one(select(*ORG).where(orgs.c.code == code))


_AS_RULES_SEE_THEM: Final = """
    select o.id, o.code, o.path, o.kind, o.region, o.calendar, o.name,
           array(select u.id from users u where u.org_id = o.id and u.active and u.role = 'supervisor') as supervisors,
           exists (select 1 from users u where u.org_id = o.id and u.active and u.role in ('caseworker', 'supervisor'))
             as staffed
    from orgs o where"""


def known_org(tx: Tx, code: str) -> Org | None:
    """The organisation of this code as the rules see it."""
    row = tx.one(f"{_AS_RULES_SEE_THEM} o.code = :code", code=code)
    return _org_of(row) if row else None


def above(tx: Tx, path: str) -> dict[str, Org]:
    """The organisation of a path and those above it by code, nearest first."""
    rows = tx.all(f"{_AS_RULES_SEE_THEM} starts_with(:path, o.path) order by length(o.path) desc", path=path)
    return {row.code: _org_of(row) for row in rows}


def _org_of(row: Any) -> Org:
    return Org(*row)


def another(tx: Tx, path: str, but: Iterable[str] = ()) -> str:
    """The code of the organisation nearest in the tree where staff work, other than those of this path and of `but`."""
    found = tx.run(
        """select code from orgs o where path <> all(:none) and exists
             (select 1 from users u where u.org_id = o.id and u.active and u.role in ('caseworker', 'supervisor'))
           order by path > :path desc, path limit 1""",
        path=path,
        none=[path, *but],
    )
    return str(found.scalar() or "")


def org_page(tx: Tx, path: str, limit: int, after: str | None) -> list[Row[Any]]:
    """Organisations at and below a path, in the order of the tree."""
    query = select(*ORG).where(orgs.c.path.startswith(path, autoescape=True)).order_by(orgs.c.path).limit(limit)
    return list(tx.all(query.where(orgs.c.path > after) if after else query))


def all_orgs(tx: Tx) -> dict[str, Row[Any]]:
    """Every organisation by its code, in the order of the tree."""
    return {row.code: row for row in tx.all(select(*ORG).order_by(orgs.c.path))}


def store_orgs(tx: Tx, rows: Iterable[Mapping[str, Any]], known_orgs: Mapping[str, Row[Any]] | None = None) -> None:
    """Store organisations: new ones, and of known ones the name, where they are reached and their own calendar.

    A row has `id, code, region, name, kind, parent_id, path` and `own_calendar`, None where it counts by that of the
    organisation above; and `phone, address, seal_name` where they are known. All that lies below an organisation
    follows its calendar, unless it has one of its own. `known_orgs` are those that are there, where the caller has read
    them by the rules which it has locked.
    """
    known_orgs = all_orgs(tx) if known_orgs is None else known_orgs
    held = {row.path: row.own_calendar for row in known_orgs.values()}
    given = sorted(rows, key=lambda row: str(row["path"]))
    own = held | {row["path"]: row["own_calendar"] for row in given}
    store = upsert(orgs)
    known = {name: store.excluded[name] for name in (*REACHED, "name", "own_calendar", "calendar")}
    tx.run_many(
        store.on_conflict_do_update(index_elements=["code"], set_=known),
        [{**row, "calendar": calendar_of(own, row["path"])} for row in given],
    )
    by_now = {row.path: calendar_of(own, row.path) for row in known_orgs.values() if own[row.path] is None}
    inherited = [row.path for row in known_orgs.values() if by_now.get(row.path, row.calendar) != row.calendar]
    tx.run(
        """update orgs set calendar = x.calendar from unnest(cast(:paths as text[]), cast(:calendars as text[]))
             as x(path, calendar) where orgs.path = x.path and orgs.calendar <> x.calendar""",
        paths=inherited,
        calendars=[by_now[path] for path in inherited],
    )
    _revised(tx)


def parent_of(path: str) -> str | None:
    """The code of the organisation above the one of a path; None for a topmost one."""
    codes = path.rstrip("/").split("/")
    return codes[-2] if len(codes) > 1 else None


def last_code(path: str) -> str:
    """The code of the organisation of a path."""
    return path.rstrip("/").rpartition("/")[2]


def calendar_of(own: Mapping[str, str | None], path: str) -> str:
    """By which calendar the organisation of a path counts, given those that each has of its own, by path.

    Its own, or that of the nearest one above that has one. Raises `LookupError` where none has.
    """
    codes = path.rstrip("/").split("/")
    for depth in range(len(codes), 0, -1):
        if calendar := own.get("/".join(codes[:depth]) + "/"):
            return calendar
    raise LookupError(f"no calendar at or above {path}")


def revision(tx: Tx) -> int:
    """Rises whenever a policy, a calendar or organisations are loaded."""
    return int(tx.run("select coalesce(max(number), 0) from revisions where of = 'rules'").scalar_one())


_PATIENCE_MS: Final = 100
_PAUSE_S: Final = 0.05
_ATTEMPTS: Final = 200
_LOCK_TIMEOUT: Final = "select set_config('lock_timeout', :most, true)"
# Whoever has the lock keeps others waiting: the deadline is set back in the statement that gets it.
_LOCK: Final = "select casework.lock_rules(), set_config('lock_timeout', :most, true)"
_IN_USE: Final = Text(
    "规则一直有人使用，未能载入，未作任何更改；请稍后重试。",
    "The rules were in use all the time and could not be loaded; nothing has been changed. Try again in a moment.",
)


def lock_rules(tx: Tx, revision_read: int | None = None) -> bool:
    """Two who load at once load one after the other, so that the second sees what the first has loaded.

    Whoever works by the rules that are loaded now, and has said so by `keep_rules`, is waited for. Those who come later
    wait behind this lock, so that it is given up after a tenth of a second and asked for again. Raises `Unavailable`.

    Where they are no longer those of `revision_read`, nothing is locked, and it gives False.
    """
    deadline = tx.run("select current_setting('lock_timeout')").scalar_one()
    for _ in range(_ATTEMPTS):
        try:
            with tx.connection.begin_nested() as savepoint:
                tx.run(_LOCK_TIMEOUT, most=f"{_PATIENCE_MS}ms")
                locked = tx.run(_LOCK, most=deadline).scalar_one()
                if revision_read is not None and locked != revision_read:
                    savepoint.rollback()
                    return False
        except OperationalError as busy:
            if not isinstance(busy.orig, LockNotAvailable):
                raise
            sleep(_PAUSE_S)
        else:
            return True
    raise Unavailable(_IN_USE)


KEPT: Final = select(func.casework.keep_rules().label("revision")).subquery("rules")
"""What `keep_rules` does, as a part of another statement; the revision of the rules that are kept."""


def keep_rules(tx: Tx) -> None:
    """Nothing is loaded until this transaction ends; what is loading just now is waited for.

    So no clock begins by a calendar or a policy that is superseded at the same moment. To be said before the rules
    are read and before a case is locked: whoever loads locks the rules first too, and the cases then.
    """
    tx.revision = tx.run(select(KEPT)).scalar_one()


def _revised(tx: Tx) -> None:
    tx.revision = tx.run(
        "insert into revisions (of, number) values ('rules', 1)"
        " on conflict (of) do update set number = revisions.number + 1 returning number"
    ).scalar_one()


def all_policies(tx: Tx) -> list[PolicyRow]:
    """Every policy row that was ever loaded, oldest first."""
    return [policy_of(row) for row in tx.all(select(policies).order_by(policies.c.id))]


def policy_of(row: Any) -> PolicyRow:
    """The policy of a row of the table."""
    return PolicyRow(
        id=row.id,
        workflow=row.workflow,
        name=row.name,
        place=row.place,
        from_date=row.from_date,
        value=row.value,
        source=Text(row.source["zh-CN"], row.source["en"]),
    )


def policy_page(tx: Tx, limit: int, after: int | None, filters: Mapping[str, Any]) -> list[PolicyRow]:
    """Policy rows by id, at most `limit`, after the given one."""
    query = select(policies).order_by(policies.c.id).limit(limit)
    if after is not None:
        query = query.where(policies.c.id > after)
    for name, value in filters.items():
        query = query.where(policies.c[name] == value)
    return [policy_of(row) for row in tx.all(query)]


def add_policies(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> int:
    """Load policy rows; those that are in force already to the letter are left out. Gives how many were new."""
    lock_rules(tx)
    new = new_policies(all_policies(tx), rows)
    if new:
        store_policies(tx, new)
    return len(new)


def store_policies(tx: Tx, new: Iterable[Mapping[str, Any]]) -> None:
    """Store policy rows that are new; the rules are locked."""
    tx.run_many(insert(policies), [{**row, "loaded_at": tx.now} for row in new])
    _revised(tx)


def new_policies(known: Iterable[PolicyRow], rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that are not in force already to the letter: of those for the same place and day the last one is."""
    latest = {(p.workflow, p.name, p.place, p.from_date): (p.value, p.source.both()) for p in known}
    return [
        row
        for row in rows
        if latest.get((row["workflow"], row["name"], row["place"], row["from_date"])) != (row["value"], row["source"])
    ]


def in_force(rows: Iterable[PolicyRow], workflow: str, org_code: str, region: str, on: date) -> dict[str, PolicyRow]:
    """For each name the row that counts for a place on a day: the nearest place, then the latest date, then the last
    loaded."""
    near = {place: rank for rank, place in enumerate(places(org_code, region))}
    best: dict[str, PolicyRow] = {}
    for row in rows:
        if row.workflow not in (workflow, "*") or row.place not in near or row.from_date > on:
            continue
        other = best.get(row.name)
        if other is None or _weight(row, near) > _weight(other, near):
            best[row.name] = row
    return best


def _weight(row: PolicyRow, near: Mapping[str, int]) -> tuple[int, date, int]:
    return -near[row.place], row.from_date, row.id


def places(org_code: str, region: str) -> tuple[str, ...]:
    """Where to look for a rule, nearest first: the organisation, county, city, province, the country."""
    chain = (org_code, region, f"{region[:4]}00", f"{region[:2]}0000", "CN")
    return tuple(dict.fromkeys(chain))


def latest_calendars(tx: Tx) -> dict[str, CalendarVersion]:
    """The latest version of every calendar."""
    rows = tx.all(
        select(calendars).ext(distinct_on(calendars.c.key)).order_by(calendars.c.key, calendars.c.version.desc())
    )
    return {row.key: _version_of(row) for row in rows}


def calendar_version(tx: Tx, key: str, version: int) -> CalendarVersion | None:
    """This version of a calendar."""
    row = tx.one(select(calendars).where(calendars.c.key == key, calendars.c.version == version))
    return _version_of(row) if row else None


def calendar_versions(tx: Tx, refs: Collection[CalendarRef]) -> dict[CalendarRef, CalendarVersion]:
    """These versions of calendars."""
    if not refs:
        return {}
    rows = tx.all(select(calendars).where(tuple_(calendars.c.key, calendars.c.version).in_(refs)))
    return {found.ref: found for found in map(_version_of, rows)}


def _version_of(row: Any) -> CalendarVersion:
    return CalendarVersion(
        row.key,
        row.version,
        Text(row.title["zh-CN"], row.title["en"]),
        WorkingCalendar.from_mapping(composed(row.mapping)),
        row.mapping,
        row.loaded_at,
    )


def add_calendar(tx: Tx, key: str, title: Mapping[str, str], given: Mapping[str, Any]) -> int:
    """Store the calendar as a new version and give its number; an unchanged one stays as it is."""
    WorkingCalendar.from_mapping(composed(given))
    lock_rules(tx)
    latest = tx.one(select(calendars).where(calendars.c.key == key).order_by(calendars.c.version.desc()).limit(1))
    if latest is not None and (latest.mapping, latest.title) == (given, title):
        return int(latest.version)
    version = 1 + (latest.version if latest else 0)
    store_calendar(tx, key, version, title, given)
    return version


def store_calendar(tx: Tx, key: str, version: int, title: Mapping[str, str], given: Mapping[str, Any]) -> None:
    """Store a version of a calendar that is new and was read without a fault; the rules are locked."""
    row = {"key": key, "version": version, "title": dict(title), "mapping": dict(given), "loaded_at": tx.now}
    tx.run(insert(calendars).values(row))
    _revised(tx)


def org_ids(tx: Tx) -> dict[str, UUID]:
    """The id of every organisation by its code."""
    return {row.code: row.id for row in tx.all(select(orgs.c.code, orgs.c.id))}
