"""Opens transactions and holds what outlives one: the database, the keys, the rules in force."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.records import keys, offices, org_tree, people
from casework.records.database import Database, Tx
from casework.records.keys import INDEX_PLACE
from casework.records.offices import CalendarVersion
from casework.records.org_tree import OrgTree
from casework.records.rows import StoredCase
from casework.records.vault import Keyring, NotOpened, new_key
from casework.rules.context import DecisionContext, PolicyRow
from casework.rules.people import Actor, Person
from casework.rules.refusals import Refusal
from casework.rules.text import Language, Text
from casework.senders.senders import Senders


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things are kept and how often one may try; see `config/default.toml`."""

    token_days: int = 30
    session_lasts: timedelta = timedelta(hours=12)
    session_idle: timedelta = timedelta(hours=2)
    sign_in_attempts: int = 10
    sign_ins_an_hour: int = 100
    known_for: timedelta = timedelta(days=30)
    """For how long an address from which somebody has signed in is known as theirs."""
    own_passwords: bool = False
    """Whether one has to choose another password than the one that was set by an administrator."""
    drafts: bool = True
    """Whether cases may be opened under a workflow that is not published."""
    keep_answers: timedelta = timedelta(hours=24)
    post_attempts: int = 30
    post_keep: timedelta = timedelta(days=1)
    robot_every: timedelta = timedelta(seconds=4)
    openings_an_hour: int = 60
    uploads_an_hour: int = 300
    messages_a_day: int = 10
    wrong_codes: int = 100
    visits: int = 1200
    visit_window: timedelta = timedelta(minutes=5)

    @property
    def keep_attempts(self) -> timedelta:
        """How long an attempt of any kind may count."""
        return max(self.visit_window, timedelta(hours=1))


_MOST_DAYS: Final = 20_000
"""So many sets of rows in force are remembered, each for an office and a day, before all are forgotten."""


@dataclass(frozen=True)
class RulesInForce:
    """Policies, calendars and organisations, the two latter by key and code, as of one revision."""

    revision: int
    policies: tuple[PolicyRow, ...]
    calendars: Mapping[str, CalendarVersion]
    orgs: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def policy_by_id(self) -> Mapping[int, PolicyRow]:
        """Every row that was ever loaded, by its id."""
        return {row.id: row for row in self.policies}

    @cached_property
    def _found(self) -> dict[tuple[str, str, str, date], Mapping[str, PolicyRow]]:
        return {}

    def in_force(self, workflow: str, org_code: str, region: str, on: date) -> Mapping[str, PolicyRow]:
        """Return the row by each name that counts for an organisation on a day; looked for once in this process."""
        key = (workflow, org_code, region, on)
        if key not in self._found:
            if len(self._found) > _MOST_DAYS:
                self._found.clear()
            self._found[key] = offices.in_force(self.policies, workflow, org_code, region, on)
        return self._found[key]

    def counting_by(self, key: str) -> list[str]:
        """Return the codes of the organisations that count by this calendar."""
        return [code for code, org in self.orgs.items() if org.calendar == key]


def read_rules(tx: Tx, revision: int) -> RulesInForce:
    """Return the rules as this transaction sees them."""
    return RulesInForce(revision, tuple(offices.all_policies(tx)), offices.latest_calendars(tx), offices.all_orgs(tx))


class Service:
    """The service as the doors see it."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        zone: ZoneInfo,
        limits: Limits | None = None,
        senders: Senders | None = None,
    ) -> None:
        self.database = database
        self.keyring = keyring
        self.zone = zone
        self.limits = limits or Limits()
        self.senders = senders or Senders()
        self._rules: RulesInForce | None = None
        self._org_tree: OrgTree | None = None
        self._index_key: bytes | None = None

    @contextmanager
    def transaction(
        self, actor: Actor | None = None, token: str | None = None, *, at_once: bool = False
    ) -> Iterator["Transaction"]:
        """One transaction: it commits when the block ends, and changes nothing when it raises.

        Whoever calls with a `token` is looked up as it begins; see `people.identify`. `at_once`: it waits for nobody
        else's lock, and raises `Locked`.
        """
        with self.database.work(people.digest_of(token) if token else None, at_once=at_once) as tx:
            transaction = Transaction(tx, self, actor)
            yield transaction
        # Kept only now: the first transaction makes the key, and one that rolls back has made none.
        self._index_key = self._index_key or transaction.made_index_key

    def rules(self, tx: Tx) -> RulesInForce:
        """The policies and calendars in force, read again only when something was loaded."""
        if tx.revision is None:
            tx.revision = offices.revision(tx)
        if self._rules is None or self._rules.revision != tx.revision:
            self._rules = read_rules(tx, tx.revision)
        return self._rules

    def org_tree(self, tx: Tx) -> OrgTree:
        """The organisations as they stood when the transaction began, read again only when one was changed."""
        tree = self._org_tree
        if tree is None or tree.revision != tx.tree_revision:
            tree = self._org_tree = org_tree.read(tx)
        return tree

    def index_key(self, tx: Tx) -> bytes:
        """The key of the blind indexes: made once for an installation, wrapped by the service key."""
        if self._index_key is not None:
            return self._index_key
        kept = keys.index_key(tx) or keys.add_index_key(tx, self.keyring.wrap(INDEX_PLACE, new_key()))
        return self.keyring.unwrap(INDEX_PLACE, kept)

    def ensure_keys_open(self, tx: Tx) -> None:
        """Raises `WrongKeys` where the keys of the settings do not open the key that this database was begun with."""
        kept = keys.index_key(tx)
        if kept is not None:
            try:
                self.keyring.unwrap(INDEX_PLACE, kept)
            except NotOpened as wrong:
                raise WrongKeys(_WRONG_KEYS.with_(key_id=kept.key_id)) from wrong


class WrongKeys(Refusal):
    """The service's own key does not open: CASEWORK_ENCRYPTION_KEYS is another installation's."""

    code = "unavailable"


_WRONG_KEYS = Text(
    "CASEWORK_ENCRYPTION_KEYS 打不开本数据库的密钥（需要编号 {key_id}）。请填回本库启用时的密钥；"
    "新密钥写在前面，旧密钥保留在后面。",
    "CASEWORK_ENCRYPTION_KEYS does not open the key of this database (number {key_id} is needed). Put back the key"
    " that it was begun with: a new key goes in front, the old ones stay behind it.",
)


@dataclass(slots=True)
class Transaction:
    """What a verb works with: the open transaction, the service, and who acts."""

    db: Tx
    service: Service
    actor: Actor | None = None
    language: Language = "zh-CN"
    if_match: frozenset[int] | Literal["*"] | None = None
    """The versions of the case of which the caller has read one; None where the caller does not say."""
    made_index_key: bytes | None = field(default=None, repr=False)
    _rules: RulesInForce | None = field(default=None, repr=False)

    @property
    def now(self) -> datetime:
        """The time of this transaction."""
        return self.db.now

    @property
    def acting(self) -> Actor:
        """Who acts."""
        assert self.actor is not None
        return self.actor

    @property
    def actor_id(self) -> UUID | None:
        """The user who acts; None for the operator at the command line, and for the service itself."""
        return self.actor.person.id if self.actor and self.actor.person else None

    @property
    def org_tree(self) -> OrgTree:
        """The organisations."""
        return self.service.org_tree(self.db)

    @property
    def today(self) -> date:
        """The date where the service stands; a case's own date is its office's."""
        return self.now.astimezone(self.service.zone).date()

    @property
    def person(self) -> Person:
        """The user who acts."""
        assert self.acting.person is not None
        return self.acting.person

    @property
    def index_key(self) -> bytes:
        """The key of the blind indexes."""
        if self.made_index_key is None:
            self.made_index_key = self.service.index_key(self.db)
        return self.made_index_key

    def key_for(self, purpose: str) -> bytes:
        """A key of the installation for one purpose, so that no key serves two."""
        return hmac.digest(self.index_key, purpose.encode(), "sha256")

    @property
    def rules(self) -> RulesInForce:
        """Policies, calendars and organisations, the same ones throughout the transaction."""
        if self._rules is None:
            self._rules = self.service.rules(self.db)
        return self._rules

    def rules_have_changed(self) -> bool:
        """Return whether others were loaded since they were looked at here; these are given from now on."""
        if self._rules is None or self._rules.revision == self.db.revision:
            return False
        self._rules = None
        return True

    def office(self, record: StoredCase, people: Iterable[Person] = ()) -> DecisionContext:
        """What is in force for the case's organisation today, with the people that are named."""
        return self.office_at(record.case.workflow, record.case.org_code, record.region, record.calendar, people)

    def office_at(
        self, workflow: str, org_code: str, region: str, calendar: str, people: Iterable[Person] = ()
    ) -> DecisionContext:
        """What is in force for an organisation today."""
        return office_on(self.rules, workflow, org_code, region, calendar, self.now, people)


def office_on(
    rules: RulesInForce,
    workflow: str,
    org_code: str,
    region: str,
    calendar: str,
    at: datetime,
    people: Iterable[Person] = (),
) -> DecisionContext:
    """What is in force for an organisation at an instant."""
    version = rules.calendars[calendar]
    today = version.calendar.local_date(at)
    last_year = today.replace(year=today.year - 1, month=12, day=31)
    named: dict[UUID, Person] = {person.id: person for person in people}
    return DecisionContext(
        calendar=version.calendar,
        counts_by=version.ref,
        policies=rules.in_force(workflow, org_code, region, today),
        last_year=rules.in_force(workflow, org_code, region, last_year),
        people=named,
    )
