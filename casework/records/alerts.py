"""Due clocks, the alerts that they and what people do raise, and who receives them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, case, exists, false, func, literal, select

from casework.records.database import Tx
from casework.records.delivery_queues import MAIL_QUEUE
from casework.records.tables import admin_events, alert_receivers, alerts, cases, clocks, events, users
from casework.records.visibility import no_wall
from casework.rules.people import HELPERS
from casework.rules.telling import TOLD_TO_THE_ASKED

# The rules are kept first; everybody locks the case row then. A case that somebody is just working on is left for the
# next tick; the clock is locked with it, so that one which was settled since the statement began is read again and left
# out. Where nothing is due there is one row with the revision alone.
_CLOCKS = """
select k.*, rules.revision
from (select casework.keep_rules() as revision) as rules left join lateral (
  select k.case_id, k.name, k.generation, k.takes from clocks k join cases on cases.id = k.case_id
  where rules.revision is not null and k.ended_at is null and {which}
  order by {order} limit :limit
  for update of cases, k skip locked) as k on true
"""
_DUE = _CLOCKS.format(which="k.wake_at <= :now", order="k.wake_at")
_LAPSED = _CLOCKS.format(
    which="k.takes is not null and not k.provisional and coalesce(k.retry_at, k.due_at) <= :now",
    order="coalesce(k.retry_at, k.due_at)",
)


@dataclass(frozen=True, slots=True)
class DueClock:
    """A generation of a clock at which somebody must look; its case is locked."""

    case_id: UUID
    name: str
    generation: int


def due_clocks(tx: Tx, limit: int, limit_while_lagging: int | None = None) -> list[DueClock]:
    """Clocks with a step that is due, the longest due first; the rules are kept.

    At most `limit`, and no more than `limit_while_lagging` where cases may have to be brought up to the rules.
    """
    few = min(limit, limit_while_lagging or limit)
    rows = tx.all(_DUE, now=tx.now, limit=few if tx.cases_may_lag else limit)
    tx.revision = rows[0].revision
    found = [DueClock(row.case_id, row.name, row.generation) for row in rows if row.case_id]
    return found[:few] if tx.cases_may_lag else found


def next_lapsed(tx: Tx) -> tuple[DueClock, str] | None:
    """A clock that ran out, its case locked, and the transition that it takes; the rules are kept."""
    [found] = tx.all(_LAPSED, now=tx.now, limit=1)
    tx.revision = found.revision
    return (DueClock(found.case_id, found.name, found.generation), found.takes) if found.case_id else None


def put_off(tx: Tx, clock: DueClock, until: Literal["wake_at", "retry_at"], first_wait: int, longest_wait: int) -> None:
    """Put off a clock that failed: each time twice as long, in seconds, up to the longest.

    `wake_at` puts off its alerts, `retry_at` the transition that it takes. A clock that is no longer due is left alone:
    somebody was faster.
    """
    tx.run(
        f"""update clocks set attempts = least(attempts + 1, 1000),
              {until} = :now + make_interval(secs => least(:longest, :first * power(2, least(attempts, 20))))
            where case_id = :case_id and name = :name and generation = :generation
              and coalesce({until}, due_at) <= :now""",
        now=tx.now,
        case_id=clock.case_id,
        name=clock.name,
        generation=clock.generation,
        first=first_wait,
        longest=longest_wait,
    )


def put_aside(tx: Tx) -> list[str]:
    """The numbers of the cases with a clock that has run out, and of which time could not take the transition."""
    found = tx.all(
        """select distinct number from clocks k join cases on cases.id = k.case_id
           where k.ended_at is null and k.takes is not null and k.retry_at is not null order by number"""
    )
    return [row.number for row in found]


def fired(tx: Tx, case_ids: Iterable[UUID]) -> dict[tuple[UUID, str, int], set[str]]:
    """Which levels fired already, by case, clock and generation."""
    found: dict[tuple[UUID, str, int], set[str]] = {}
    rows = tx.all(
        select(alerts.c.case_id, alerts.c.clock, alerts.c.generation, alerts.c.level).where(
            alerts.c.case_id.in_(list(case_ids)), alerts.c.level.is_not(None)
        )
    )
    for row in rows:
        found.setdefault((row.case_id, row.clock, row.generation), set()).add(row.level)
    return found


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A `level` of a clock that is due, or an event that somebody is told of; with when the clock it names is due.

    Nobody receives it where it is `suppressed`, which says why in both languages. Beside the `receivers` those receive
    it whose `turn` it is, the nearest people of that role or else the nearest supervisors, but for the `actor`. Its
    messages to the outside wait until `send_at`.
    """

    id: UUID
    case_id: UUID
    clock: str | None
    generation: int | None
    send_at: datetime
    roles: Sequence[str]
    receivers: Sequence[UUID]
    due_at: datetime | None = None
    due_on: date | None = None
    provisional: bool | None = None
    level: str | None = None
    planned_at: datetime | None = None
    suppressed: Mapping[str, str] | None = None
    event_seq: int | None = None
    turn: str | None = None
    actor: UUID | None = None


_ADD = """
with due as materialized (
  select * from jsonb_to_recordset(cast(:alerts as jsonb)) as x(id uuid, case_id uuid, clock text, generation int,
    due_at timestamptz, due_on date, provisional bool, level text, planned_at timestamptz, send_at timestamptz,
    suppressed jsonb, roles text[], receivers uuid[], event_seq int, turn text, actor uuid)),
nearest as (
  select due.id, u.id as user_id,
    rank() over (partition by due.id order by u.role = due.turn desc, length(home.path) desc) as place
  from due join cases c on c.id = due.case_id join orgs here on here.id = c.org_id
    join orgs home on starts_with(here.path, home.path) join users u on u.org_id = home.id
  where due.turn is not null and u.active and u.role in (due.turn, 'supervisor')
    and u.id is distinct from due.actor and (c.walled_off is null or u.id <> all(c.walled_off))),
receiver as materialized (
  select named.id, named.user_id from (select id, case_id, unnest(receivers) as user_id from due) as named
    join cases c on c.id = named.case_id where c.walled_off is null or named.user_id <> all(c.walled_off)
  union select id, user_id from nearest where place = 1),
new as (
  insert into alerts (id, case_id, clock, generation, due_at, due_on, provisional, level, event_seq, planned_at, at,
    suppressed, roles)
  select id, case_id, clock, generation, due_at, due_on, provisional, level, event_seq, planned_at, :now, suppressed,
    roles from due
  where level is not null or exists (select from receiver r where r.id = due.id)
  on conflict do nothing returning id, case_id, clock, level, planned_at, suppressed),
told as (
  insert into alert_receivers (alert_id, user_id, at)
  select new.id, r.user_id, :now from new join receiver r on r.id = new.id
  returning alert_id, user_id),
inbox as (
  insert into outbox (id, channel, receiver_id, case_id, alert_id, state, at, try_at, delivered_at)
  select gen_random_uuid(), 'inbox', told.user_id, new.case_id, new.id, 'delivered', :now, :now, :now
  from told join new on new.id = told.alert_id),
mail as (
  insert into outbox (id, channel, receiver_id, queue_id, case_id, alert_id, state, at, try_at)
  select gen_random_uuid(), 'email', u.id, :mail_queue, new.case_id, new.id, 'waiting', :now, due.send_at
  from told join new on new.id = told.alert_id join due on due.id = new.id join users u on u.id = told.user_id
  where :mail and u.email is not null),
heard as materialized (
  select h.id, h.kind, o.path from channels h join orgs o on o.id = h.org_id where h.active and h.alerts),
post as (
  insert into outbox (id, channel, receiver_id, queue_id, case_id, alert_id, seq, state, at, try_at)
  select gen_random_uuid(), h.kind, h.id, h.id, new.case_id, new.id,
    coalesce((select max(o.seq) from outbox o
      where o.receiver_id = h.id and o.case_id = new.case_id and o.seq is not null), 0)
      + row_number() over (partition by h.id, new.case_id order by new.planned_at, new.clock, new.level),
    'waiting', :now, due.send_at
  from new join due on due.id = new.id join cases c on c.id = new.case_id join orgs place on place.id = c.org_id
    join heard h on starts_with(place.path, h.path)
  where new.suppressed is null)
select count(*) from new
"""


def add(tx: Tx, new: Sequence[NewAlert], *, mail: bool = False) -> int:
    """Store alerts, their receivers and the messages in the outbox; gives how many were new.

    A message goes to the list of each receiver, with `mail` to those who have an address, and to each channel of the
    case's organisation and those above. A level that fired before, or an event that was told, is left as it is, with
    its receivers; an event of which nobody is to be told makes no alert. The cases are locked: a channel's messages
    about a case are numbered.
    """
    if not new:
        return 0
    written = msgspec.json.encode(new).decode()
    return int(tx.run(_ADD, alerts=written, mail=mail, mail_queue=MAIL_QUEUE, now=tx.now).scalar_one())


_ADD_ADMINISTRATIVE = """
with new as (
  insert into alerts (id, admin_seq, at, roles) values (:id, :seq, :now, '{supervisor}')
  on conflict (admin_seq) do nothing returning id),
told as (
  insert into alert_receivers (alert_id, user_id, at) select new.id, unnest(cast(:receivers as uuid[])), :now from new
  returning alert_id, user_id)
insert into outbox (id, channel, receiver_id, queue_id, alert_id, state, at, try_at, delivered_at)
select gen_random_uuid(), 'inbox', user_id, null, alert_id, 'delivered', :now, :now, :now from told
union all
select gen_random_uuid(), 'email', u.id, :mail_queue, told.alert_id, 'waiting', :now, :send_at, null
from told join users u on u.id = told.user_id where :mail and u.email is not null
"""


def add_administrative(
    tx: Tx, alert_id: UUID, seq: int, receivers: Sequence[UUID], send_at: datetime, *, mail: bool = False
) -> None:
    """Store the alert that tells these people of an event of the administrative chain, once; it is about no case."""
    tx.run(
        _ADD_ADMINISTRATIVE,
        id=alert_id,
        seq=seq,
        receivers=list(receivers),
        send_at=send_at,
        mail=mail,
        mail_queue=MAIL_QUEUE,
        now=tx.now,
    )


def set_wake_times(tx: Tx, rows: Sequence[tuple[DueClock, datetime | None]]) -> None:
    """When each clock is to be looked at next."""
    tx.run(
        """update clocks set wake_at = x.wake_at
           from unnest(cast(:cases as uuid[]), cast(:names as text[]), cast(:generations as int[]),
             cast(:wakes as timestamptz[])) as x(case_id, name, generation, wake_at)
           where clocks.case_id = x.case_id and clocks.name = x.name and clocks.generation = x.generation
             and clocks.wake_at is distinct from x.wake_at""",
        cases=[clock.case_id for clock, _ in rows],
        names=[clock.name for clock, _ in rows],
        generations=[clock.generation for clock, _ in rows],
        wakes=[wake for _, wake in rows],
    )


_actor, _receiver = users.alias("actor"), users.alias("receiver")
# What is due as things stand now, and not as it was when the alert was raised.
_VIEW = select(
    *(column for column in alerts.columns if column.name not in ("due_at", "due_on", "provisional")),
    alert_receivers.c.user_id.label("receiver_id"),
    alert_receivers.c.at.label("received_at"),
    alert_receivers.c.acknowledged_at,
    alert_receivers.c.snoozed_until,
    cases.c.number,
    cases.c.workflow,
    cases.c.workflow_version,
    clocks.c.due_at,
    clocks.c.due_on,
    clocks.c.provisional,
    events.c.kind,
    events.c.payload,
    func.coalesce(events.c.actor_id, admin_events.c.actor_id).label("actor_id"),
    events.c.actor_role,
    admin_events.c.subject,
    admin_events.c.payload.label("admin_payload"),
    _actor.c.username,
    _actor.c.name.label("actor_name"),
    (alert_receivers.c.acknowledged_at.is_not(None)).label("acknowledged"),
).select_from(
    alert_receivers.join(alerts, alerts.c.id == alert_receivers.c.alert_id)
    .outerjoin(cases, cases.c.id == alerts.c.case_id)
    .outerjoin(admin_events, admin_events.c.seq == alerts.c.admin_seq)
    .join(_receiver, _receiver.c.id == alert_receivers.c.user_id)
    .outerjoin(
        clocks,
        (clocks.c.case_id == alerts.c.case_id)
        & (clocks.c.name == alerts.c.clock)
        & (clocks.c.generation == alerts.c.generation)
        # What is due after an event is told to those who owe it.
        & (alerts.c.level.is_not(None) | ((clocks.c.owed_by == "helper") == _receiver.c.role.in_(HELPERS))),
    )
    .outerjoin(events, (events.c.case_id == alerts.c.case_id) & (events.c.seq == alerts.c.event_seq))
    .outerjoin(_actor, _actor.c.id == func.coalesce(events.c.actor_id, admin_events.c.actor_id))
)


def _listed(now: datetime) -> ColumnElement[bool]:
    """Not snoozed any more, or acknowledged meanwhile."""
    until = alert_receivers.c.snoozed_until
    return until.is_(None) | (until <= now) | alert_receivers.c.acknowledged_at.is_not(None)


def _theirs(user_id: UUID, visible: ColumnElement[bool]) -> ColumnElement[bool]:
    """This person's, on a case that is still visible, or saying that it was taken from or offered to this person.

    And those that are on no case.
    """
    before, this = events.alias(), events.alias()

    def holds(event: Any) -> ColumnElement[bool]:
        hands = (func.coalesce(event.c.payload[name].astext, "") for name in ("owner", "assignee"))
        return literal(str(user_id)).in_(list(hands))

    taken_away = exists().where(
        this.c.case_id == alerts.c.case_id,
        this.c.seq == alerts.c.event_seq,
        before.c.case_id == alerts.c.case_id,
        before.c.seq == alerts.c.event_seq - 1,
        holds(before),
        ~holds(this),
    )
    asked = exists().where(
        this.c.case_id == alerts.c.case_id,
        this.c.seq == alerts.c.event_seq,
        this.c.kind.in_(TOLD_TO_THE_ASKED),
        this.c.payload["given"]["to"].astext == str(user_id),
    )
    of_a_case = no_wall(user_id) & (visible | taken_away | asked)
    return (alert_receivers.c.user_id == user_id) & (of_a_case | alerts.c.admin_seq.is_not(None))


def count_open(tx: Tx, user_id: UUID, visible: ColumnElement[bool], most: int | None = None) -> int:
    """How many alerts this person has to look at, counted no further than to `most`."""
    joined = alert_receivers.join(alerts, alerts.c.id == alert_receivers.c.alert_id).outerjoin(cases)
    open_ = (_theirs(user_id, visible), alert_receivers.c.acknowledged_at.is_(None), _listed(tx.now))
    found = select(alerts.c.id).select_from(joined).where(*open_).limit(most).subquery()
    return int(tx.run(select(func.count()).select_from(found)).scalar_one())


def mine(
    tx: Tx, user_id: UUID, visible: ColumnElement[bool], limit: int, after: tuple[bool, datetime, UUID] | None
) -> Sequence[Row[Any]]:
    """This person's alerts on cases still visible or taken away by what is told, without those snoozed.

    Open ones first, the newest first. `applicant_name` is None on cases that are not visible any more.
    """
    name = case((visible, cases.c.facts["applicant"]["name"].astext)).label("applicant_name")
    done = alert_receivers.c.acknowledged_at.is_not(None)
    query = (
        _VIEW.add_columns(func.coalesce(visible, false()).label("is_visible"), name, cases.c.phase)
        .where(_theirs(user_id, visible), _listed(tx.now))
        .order_by(done, alert_receivers.c.at.desc(), alerts.c.id)
        .limit(limit)
    )
    if after is not None:
        acknowledged, (at, alert_id) = literal(after[0]), after[1:]
        later = (alert_receivers.c.at < at) | ((alert_receivers.c.at == at) & (alerts.c.id > alert_id))
        query = query.where((done > acknowledged) | ((done == acknowledged) & later))
    return tx.all(query)


def acknowledge(tx: Tx, alert_id: UUID, user_id: UUID, visible: ColumnElement[bool]) -> Row[Any] | None:
    """The alert of this person, now acknowledged; the first time counts. None where there is none."""
    tx.run(
        alert_receivers.update()
        .where(
            alert_receivers.c.alert_id == alert_id,
            alert_receivers.c.user_id == user_id,
            alert_receivers.c.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=tx.now)
    )
    return tx.one(_VIEW.where(_theirs(user_id, visible), alerts.c.id == alert_id))


def one(tx: Tx, alert_id: UUID, user_id: UUID, visible: ColumnElement[bool]) -> Row[Any] | None:
    """The alert of this person; nobody else changes what the person makes of it until the end."""
    tx.run(
        select(alert_receivers.c.alert_id)
        .where(alert_receivers.c.alert_id == alert_id, alert_receivers.c.user_id == user_id)
        .with_for_update()
    )
    return tx.one(_VIEW.where(_theirs(user_id, visible), alerts.c.id == alert_id))


def snooze(tx: Tx, alert_id: UUID, user_id: UUID, until: datetime) -> None:
    """The alert is not listed to this person until then."""
    tx.run(
        alert_receivers.update()
        .where(alert_receivers.c.alert_id == alert_id, alert_receivers.c.user_id == user_id)
        .values(snoozed_until=until)
    )


def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """Every alert of a case in the order of time, and of its event `kind, payload, actor_role, actor_name`."""
    told = alerts.outerjoin(events, (events.c.case_id == alerts.c.case_id) & (events.c.seq == alerts.c.event_seq))
    return tx.all(
        select(alerts, events.c.kind, events.c.payload, events.c.actor_role, _actor.c.name.label("actor_name"))
        .select_from(told.outerjoin(_actor, _actor.c.id == events.c.actor_id))
        .where(alerts.c.case_id == case_id)
        .order_by(alerts.c.at, alerts.c.id)
    )


def receivers_of(tx: Tx, alert_ids: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Who received each alert: `user_id, username, name, acknowledged_at, snoozed_until`."""
    rows = tx.all(
        """select r.alert_id, r.user_id, u.username, u.name, r.acknowledged_at, r.snoozed_until
           from alert_receivers r join users u on u.id = r.user_id where r.alert_id = any(:ids)
           order by u.username""",
        ids=alert_ids,
    )
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.alert_id, []).append(row)
    return found


def beat(tx: Tx, process: str) -> None:
    """Note that a background process is alive."""
    tx.run(
        "insert into heartbeats (process, at) values (:process, :now)"
        " on conflict (process) do update set at = excluded.at",
        process=process,
        now=tx.now,
    )


def beats_within(tx: Tx, process: str, span: timedelta) -> bool:
    """Whether the process has said within that time that it is alive.

    A beat that lies further ahead than that is none: the clock has gone back since.
    """
    row = tx.one("select at from heartbeats where process = :process", process=process)
    return row is not None and abs(tx.now - row.at) <= span
