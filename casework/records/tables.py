"""The tables. Every promise that two people could break at once is a constraint here, with its reason."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "casework"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    },
)

case_numbers = Sequence("case_numbers", metadata=metadata)


def _at(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


orgs = Table(
    "orgs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("region", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent_id", Uuid, ForeignKey("orgs.id")),
    Column("path", Text, nullable=False, unique=True),
    Column("own_calendar", Text),
    Column("calendar", Text, nullable=False),
    Column("phone", Text),
    Column("address", Text),
    Column("seal_name", Text),
    # An organisation counts by its own calendar; one that has none, by that of the organisation above it.
    CheckConstraint("own_calendar is null or own_calendar = calendar", name="own_calendar_counts"),
    CheckConstraint("right(path, length(code) + 1) = code || '/'", name="path_ends_with_code"),
    Index("ix_orgs_path_prefix", "path", postgresql_ops={"path": "text_pattern_ops"}),
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("org_id", Uuid, ForeignKey("orgs.id"), nullable=False, index=True),
    Column("password_hash", Text),
    # Set by somebody else: its owner has to choose another one before anything else.
    Column("password_is_first", Boolean, nullable=False, server_default=text("false")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("language", Text, nullable=False, server_default=text("'zh-CN'")),
    Column("email", Text),
    Column("digest", Boolean, nullable=False, server_default=text("false")),
    # Whether a wall was ever raised for this user: lists look for walls only where there may be any.
    Column("walled", Boolean, nullable=False, server_default=text("false")),
    # Since when the user has another role or sees more than before, and who saw to it; null once another one said yes.
    _at("raised_at", nullable=True),
    Column("raised_by", Uuid),
    _at("created_at"),
    CheckConstraint(
        "role in ('caseworker','supervisor','lawyer','volunteer','auditor','administrator')",
        name="role_known",
    ),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False, index=True),
    _at("created_at"),
    _at("expires_at"),
    # Of the session of a browser, which ends when nobody uses it for a while.
    Column("idle_until", DateTime(timezone=True)),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    _at("at"),
    Index("ix_sign_ins_digest_at", "digest", "at"),
)

# From where whom somebody has signed in, under a keyed digest of both.
known_callers = Table(
    "known_callers",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _at("at"),
)

# What somebody has filled in and not sent yet: sealed, and forgotten after a while.
drafts = Table(
    "drafts",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("version", Integer),
    Column("sealed", LargeBinary, nullable=False),
    _at("at"),
    Index("ix_drafts_at", "at"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    _at("at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_digest", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    _at("at"),
    Index("ix_idempotency_keys_at", "at"),
)

workflow_versions = Table(
    "workflow_versions",
    metadata,
    Column("workflow", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    _at("first_seen_at"),
)

policies = Table(
    "policies",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("from_date", Date, nullable=False),
    Column("value", Text, nullable=False),
    Column("source", JSONB, nullable=False),
    _at("loaded_at"),
    UniqueConstraint("workflow", "name", "place", "from_date", "id"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", JSONB, nullable=False),
    Column("mapping", JSONB, nullable=False),
    _at("loaded_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("of", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

# Rules that were loaded and have not reached every case yet: one row while there are any. `cursor` is the last case, in
# the order of ids, that was brought up to them. `because` is what the events say, `before` by what was counted so far.
recalculations = Table(
    "recalculations",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("revision", BigInteger, nullable=False),
    Column("because", JSONB, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("cursor", Uuid, nullable=False),
    _at("at"),
    CheckConstraint("single", name="one_at_a_time"),
)

service_keys = Table(
    "service_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)

applicants = Table(
    "applicants",
    metadata,
    Column("id", Uuid, primary_key=True),
    # One applicant an identity number: two clerks who open at once for the same one meet here.
    Column("identity_index", LargeBinary, unique=True),
    Column("key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("workflow", Text, nullable=False),
    Column("workflow_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("waits_for", Text),
    Column("org_id", Uuid, ForeignKey("orgs.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("first_in_line", Boolean, nullable=False),
    Column("applicant_id", Uuid, ForeignKey("applicants.id"), nullable=False, index=True),
    Column("applicant_name", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("taken", JSONB, nullable=False),
    # All clocks with their intervals, as `records.clocks` writes them. Kept as text: it is read as a whole, and the
    # database looks into the narrow rows of `clocks`.
    Column("clocks", Text, nullable=False),
    Column("owner_id", Uuid, ForeignKey("users.id")),
    Column("assignee_id", Uuid, ForeignKey("users.id")),
    # For whom the case does not exist; null where it is nobody, so that a list of it costs nothing.
    Column("walled_off", ARRAY(Uuid)),
    Column("outcome", Text),
    _at("opened_at"),
    _at("updated_at"),
    _at("closed_at", nullable=True),
    # The clock that is due next of those that bind the case, and when; lists show it without reading the clocks.
    _at("due_at", nullable=True),
    Column("due_on", Date),
    Column("due_clock", Text),
    Column("due_provisional", Boolean, nullable=False),
    _at("late_at", nullable=True),
    Column("version", Integer, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    # Lists page by these keys; a case without a due time sorts last.
    Column(
        "due_key",
        DateTime(timezone=True),
        Computed("coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)", persisted=True),
        nullable=False,
    ),
    CheckConstraint("version > 0", name="version_counts"),
    CheckConstraint("(due_at is null) = (due_clock is null)", name="due_by_a_clock"),
    CheckConstraint("(due_at is null) = (due_on is null)", name="due_on_a_day"),
    Index("ix_cases_org_id_due_key_id", "org_id", "due_key", "id"),
    Index("ix_cases_due_key_id", "due_key", "id"),
    Index("ix_cases_opened_at_id", "opened_at", "id"),
    Index("ix_cases_late_at", "late_at", postgresql_where=text("late_at is not null")),
    Index("ix_cases_owner_id", "owner_id", "waits_for", "due_key", postgresql_where=text("closed_at is null")),
    Index("ix_cases_assignee_id", "assignee_id", "due_key"),
    # Lists of what is open, of one state and of what is urgent, in their order.
    Index("ix_cases_open", "due_key", "id", postgresql_where=text("closed_at is null")),
    Index("ix_cases_state", "state", "due_key", "id", postgresql_where=text("closed_at is null")),
    Index("ix_cases_urgent", "due_key", "id", postgresql_where=text("closed_at is null and urgent")),
    Index("ix_cases_closed_at", text("coalesce(closed_at, '1900-01-01 00:00:00+00'::timestamptz)"), "id"),
)

# The cases that staff share out among themselves, once for the organisation of the case and once for each above it, so
# that whoever asks finds the own queue in its order in one index. A trigger of `cases` keeps these rows; nobody else
# may write them.
queue_entries = Table(
    "queue_entries",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("org_code", Text, primary_key=True),
    Column("turn", Text, nullable=False),
    Column("owned", Boolean, nullable=False),
    Column("precedence", SmallInteger, nullable=False),
    Column("due_key", DateTime(timezone=True), nullable=False),
    Column("workflow", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("walled_off", ARRAY(Uuid)),
    Index("ix_queue_entries_order", "org_code", "turn", "owned", "precedence", "due_key", "case_id"),
)

# What a case is found by: each term of its number and names, hashed, the newest case last. A trigger of `cases` keeps
# these rows; nobody else may write them, and so they are spared a check of the case. There are a dozen to a case.
search_terms = Table(
    "search_terms",
    metadata,
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("opened_at", DateTime(timezone=True), primary_key=True),
    Column("case_id", Uuid, primary_key=True),
)

open_case_holds = Table(
    "open_case_holds",
    metadata,
    # No two open cases of a workflow share one of these identity numbers, also when two clerks open them at once.
    Column("workflow", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True),
)

tracking_codes = Table(
    "tracking_codes",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    _at("issued_at"),
)

vault = Table(
    "vault",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

blind_indexes = Table(
    "blind_indexes",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Index("ix_blind_indexes_digest", "digest"),
)

# Of each clock what time and reports read; all of it travels with the case, in `cases.clocks`.
clocks = Table(
    "clocks",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("owed_by", Text, nullable=False),
    Column("status", Text, nullable=False),
    _at("started_at"),
    _at("due_at", nullable=True),
    Column("due_on", Date),
    Column("provisional", Boolean, nullable=False),
    _at("ended_at", nullable=True),
    Column("working_seconds", Integer),
    Column("end_org_id", Uuid, ForeignKey("orgs.id")),
    Column("end_owner_id", Uuid, ForeignKey("users.id")),
    _at("wake_at", nullable=True),
    Column("takes", Text),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    _at("retry_at", nullable=True),
    # A clock of a case runs one generation at a time, and a generation is never run twice.
    Index(
        "uq_clocks_one_open",
        "case_id",
        "name",
        unique=True,
        postgresql_where=text("ended_at is null"),
    ),
    Index("ix_clocks_wake_at", "wake_at", postgresql_where=text("ended_at is null")),
    Index(
        "ix_clocks_takes",
        text("coalesce(retry_at, due_at)"),
        postgresql_where=text("ended_at is null and takes is not null and not provisional"),
    ),
    Index("ix_clocks_started_at", "started_at"),
    CheckConstraint("status in ('running','paused','met','breached','cancelled')", name="status_known"),
    CheckConstraint("(ended_at is null) = (status in ('running','paused'))", name="ended_when_status_says_so"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _at("at"),
    Column("kind", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_role", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

admin_events = Table(
    "admin_events",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _at("at"),
    # Null: the operator, at the command line of the machine.
    Column("actor_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # The paths of the organisations that it concerns; none where it concerns everybody.
    Column("places", ARRAY(Text), nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("author_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _at("at"),
    Index("ix_notes_case_id_at", "case_id", "at", "id"),
)

# The filters of the list of cases that somebody has kept under a name.
views = Table(
    "views",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("query", JSONB, nullable=False),
    _at("at"),
)

# Who has an address at which a calendar program finds the deadlines; the address itself is kept nowhere.
calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _at("at"),
)

# At which version somebody has looked at a case last.
looks = Table(
    "looks",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=True, index=True),
    Column("version", Integer, nullable=False),
    _at("at"),
    Index("ix_looks_user_id_at", "user_id", "at"),
)

disclosures = Table(
    "disclosures",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("paths", ARRAY(Text), nullable=False),
    Column("reason", Text, nullable=False),
    _at("at"),
    Index("ix_disclosures_user_id", "user_id", "id"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Text, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    _at("at"),
    Index("ix_letters_case_id_at", "case_id", "at", "id"),
)

# Photographs and documents, of a case or of an application that is still being filled in. Each is sealed under a key
# of its own, and that under the key of the applicant or of drafts: when it is removed, its key goes with it.
files = Table(
    "files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    Column("draft_owner", Text),
    Column("draft_subject", Text),
    Column("paper", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("added_by", Uuid, ForeignKey("users.id")),
    Column("added_as", Text, nullable=False),
    _at("added_at"),
    Column("removed_by", Uuid, ForeignKey("users.id")),
    Column("removed_as", Text),
    _at("removed_at", nullable=True),
    # Null once it was removed.
    Column("sealed_key", LargeBinary),
    Column("name", LargeBinary),
    Column("contents", LargeBinary),
    Column("thumbnail", LargeBinary),
    # What belongs to a draft goes when the draft goes.
    ForeignKeyConstraint(["draft_owner", "draft_subject"], ["drafts.owner", "drafts.subject"], ondelete="CASCADE"),
    CheckConstraint("num_nonnulls(case_id, draft_owner) = 1", name="of_a_case_or_a_draft"),
    CheckConstraint("num_nonnulls(draft_owner, draft_subject) in (0, 2)", name="names_its_draft_in_full"),
    CheckConstraint("num_nonnulls(removed_as, removed_at) in (0, 2)", name="removed_by_somebody"),
    CheckConstraint(
        "num_nonnulls(sealed_key, name, contents) = case when removed_at is null then 3 else 0 end",
        name="is_there_until_removed",
    ),
    CheckConstraint("thumbnail is null or removed_at is null", name="shown_until_removed"),
    Index("ix_files_case_id", "case_id", "added_at", "id"),
    Index("ix_files_draft", "draft_owner", "draft_subject", postgresql_where=text("draft_owner is not null")),
)

counters = Table(
    "counters",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

# Helpers who were asked whether to take a case, and what became of it.
offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    # Who stands behind it: of one that followed another by itself, whoever made the first.
    Column("made_by", Uuid, ForeignKey("users.id"), nullable=False),
    _at("made_at"),
    _at("answer_by"),
    Column("answer_on", Date, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    _at("ended_at", nullable=True),
    Column("by_link", Boolean, nullable=False, server_default=text("false")),
    # The events of the case by which it was made and ended.
    Column("made_seq", Integer, nullable=False),
    Column("ended_seq", Integer),
    # When time tries again what it could not end.
    _at("retry_at", nullable=True),
    CheckConstraint("state in ('open','accepted','declined','expired','withdrawn')", name="state_known"),
    CheckConstraint("num_nonnulls(ended_at, ended_seq) = case when state = 'open' then 0 else 2 end", name="ends_once"),
    # One helper at a time is asked for a case.
    Index("uq_offers_one_open", "case_id", unique=True, postgresql_where=text("state = 'open'")),
    Index("ix_offers_case_id", "case_id", "made_at", "id"),
    Index("ix_offers_user_id", "user_id", "made_at", "id"),
    Index("ix_offers_answer_by", text("coalesce(retry_at, answer_by)"), "id", postgresql_where=text("state = 'open'")),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Uuid, primary_key=True),
    # None where it tells of the administrative chain.
    Column("case_id", Uuid, ForeignKey("cases.id")),
    # The clock that it is about; of an event the one that is due next for whoever's turn it is, if there is one.
    Column("clock", Text),
    Column("generation", Integer),
    # The step of a clock, an event of the case, or one of the administrative chain.
    Column("level", Text),
    Column("event_seq", Integer),
    Column("admin_seq", BigInteger, ForeignKey("admin_events.seq"), unique=True),
    _at("planned_at", nullable=True),
    # When the clock was due as this was raised; messages say so at every attempt, whatever has moved since.
    _at("due_at", nullable=True),
    Column("due_on", Date),
    Column("provisional", Boolean),
    _at("at"),
    Column("suppressed", JSONB),
    Column("roles", ARRAY(Text), nullable=False),
    CheckConstraint("num_nonnulls(level, event_seq, admin_seq) = 1", name="is_about_one_thing"),
    CheckConstraint("(case_id is null) = (admin_seq is not null)", name="names_its_case"),
    CheckConstraint("num_nonnulls(clock, generation) in (0, 2)", name="names_its_clock_in_full"),
    CheckConstraint("level is null or clock is not null", name="level_of_a_clock"),
    CheckConstraint("(level is null) = (planned_at is null)", name="planned_by_its_clock"),
    # A level fires once for a generation of a clock, however many schedulers look.
    UniqueConstraint("case_id", "clock", "generation", "level"),
    # An event is told once.
    Index("uq_alerts_event", "case_id", "event_seq", unique=True, postgresql_where=text("event_seq is not null")),
    Index("ix_alerts_case_id_at", "case_id", "at"),
)

alert_receivers = Table(
    "alert_receivers",
    metadata,
    Column("alert_id", Uuid, ForeignKey("alerts.id"), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    _at("at"),
    _at("acknowledged_at", nullable=True),
    _at("snoozed_until", nullable=True),
    Index(
        "ix_alert_receivers_user_id",
        "user_id",
        text("(acknowledged_at is not null)"),
        text("at desc"),
        "alert_id",
    ),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("org_id", Uuid, ForeignKey("orgs.id"), nullable=False, index=True),
    # The address and the secret; null once the channel was removed.
    Column("sealed", LargeBinary),
    Column("alerts", Boolean, nullable=False),
    Column("events", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    _at("created_at"),
    CheckConstraint("kind in ('webhook','wecom','dingtalk','feishu')", name="kind_known"),
    # A group of people is told what is due, not every step.
    CheckConstraint("kind = 'webhook' or not events", name="only_programs_hear_events"),
    CheckConstraint("sealed is not null or not active", name="active_has_address"),
)

delivery_queues = Table(
    "delivery_queues",
    metadata,
    # What leads to one receiver's server: a channel, or the mail server. One process at a time works in it.
    Column("id", Uuid, primary_key=True),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    # Since when nothing has gone through, and why; null while something does.
    _at("closed_since", nullable=True),
    Column("last_error", JSONB),
    _at("retry_at", nullable=True),
    _at("leased_until", nullable=True),
)

_WAITING = text("state = 'waiting'")

outbox = Table(
    "outbox",
    metadata,
    # The id of a message is the same at every attempt, so that a receiver can drop a repetition.
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("receiver_id", Uuid, nullable=False),
    Column("queue_id", Uuid),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    Column("alert_id", Uuid, ForeignKey("alerts.id")),
    Column("event_seq", Integer),
    Column("digest_on", Date),
    # Counts the messages about a case to a receiver, from 1, without gaps.
    Column("seq", Integer),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    _at("at"),
    _at("try_at"),
    # Attempts that told something of this message; one that found the way closed does not count.
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    # Since when it could have gone out and did not, although it was tried; null until something fails.
    _at("waits_since", nullable=True),
    Column("last_error", JSONB),
    _at("delivered_at", nullable=True),
    CheckConstraint("channel in ('inbox','email','webhook','wecom','dingtalk','feishu')", name="channel_known"),
    CheckConstraint("state in ('waiting','delivered','dead','superseded')", name="state_known"),
    CheckConstraint("(channel = 'inbox') = (queue_id is null)", name="goes_out_by_a_queue"),
    CheckConstraint("num_nonnulls(alert_id, event_seq, digest_on) = 1", name="is_about_one_thing"),
    CheckConstraint("num_nonnulls(case_id, digest_on) <= 1", name="digest_of_no_case"),
    CheckConstraint("event_seq is null or case_id is not null", name="event_of_a_case"),
    # One message for each alert, receiver and channel; for each event and receiver; for each day and receiver.
    Index(
        "uq_outbox_alert",
        "alert_id",
        "receiver_id",
        "channel",
        unique=True,
        postgresql_where=text("alert_id is not null"),
    ),
    Index(
        "uq_outbox_event",
        "case_id",
        "event_seq",
        "receiver_id",
        unique=True,
        postgresql_where=text("event_seq is not null"),
    ),
    Index("uq_outbox_digest", "receiver_id", "digest_on", unique=True, postgresql_where=text("digest_on is not null")),
    Index("uq_outbox_seq", "receiver_id", "case_id", "seq", unique=True, postgresql_where=text("seq is not null")),
    Index("ix_outbox_waiting", "queue_id", "try_at", postgresql_where=_WAITING),
    Index("ix_outbox_dead", "at", "id", postgresql_where=text("state = 'dead'")),
)

funds = Table(
    "funds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("org_id", Uuid, ForeignKey("orgs.id"), nullable=False, index=True),
    Column("balance", Numeric(14, 2), nullable=False),
    Column("reserved", Numeric(14, 2), nullable=False),
    Column("entries", Integer, nullable=False),
    # What is promised is never more than what is there.
    CheckConstraint("reserved >= 0 and reserved <= balance", name="never_overspent"),
)

fund_budgets = Table(
    "fund_budgets",
    metadata,
    Column("fund_id", Uuid, ForeignKey("funds.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("amount", Numeric(14, 2), nullable=False),
    Column("committed", Numeric(14, 2), nullable=False, server_default=text("0")),
    CheckConstraint("committed >= 0 and committed <= amount", name="never_overspent"),
)

fund_entries = Table(
    "fund_entries",
    metadata,
    Column("fund_id", Uuid, ForeignKey("funds.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _at("at"),
    Column("kind", Text, nullable=False),
    Column("amount", Numeric(14, 2), nullable=False),
    Column("balance", Numeric(14, 2), nullable=False),
    Column("reserved", Numeric(14, 2), nullable=False),
    Column("line_id", Uuid),
    Column("actor_id", Uuid, ForeignKey("users.id")),
    Column("note", Text),
    CheckConstraint("kind in ('top_up','correct','reserve','release','pay','return','repay')", name="kind_known"),
)

payment_orders = Table(
    "payment_orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("fund_id", Uuid, ForeignKey("funds.id"), nullable=False, index=True),
    Column("created_by", Uuid, ForeignKey("users.id"), nullable=False),
    Column("total", Numeric(14, 2), nullable=False),
    Column("lines", Integer, nullable=False),
    _at("at"),
)

payment_lines = Table(
    "payment_lines",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("fund_id", Uuid, ForeignKey("funds.id"), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Numeric(14, 2), nullable=False),
    Column("approved_on", Date, nullable=False),
    _at("approved_at"),
    Column("approved_by", Uuid, ForeignKey("users.id")),
    # The organisation of whoever approved it then, and the version of the case with the approval.
    Column("approved_in", Uuid, ForeignKey("orgs.id")),
    Column("case_version", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'approved'")),
    # The order on which it is now, or was last.
    Column("order_id", Uuid, ForeignKey("payment_orders.id")),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("status in ('approved','ordered','paid','returned','released')", name="status_known"),
    Index("ix_payment_lines_to_order", "fund_id", postgresql_where=text("status in ('approved','returned')")),
    Index("ix_payment_lines_drawn", "fund_id", "approved_in", "approved_on"),
)

household_lines = Table(
    "household_lines",
    metadata,
    # What a household gets counts for everybody in it, on whatever file: also when this one is closed.
    Column("digest", LargeBinary, primary_key=True),
    Column("line_id", Uuid, ForeignKey("payment_lines.id"), primary_key=True),
)

payment_order_lines = Table(
    "payment_order_lines",
    metadata,
    Column("order_id", Uuid, ForeignKey("payment_orders.id"), primary_key=True),
    Column("line_id", Uuid, ForeignKey("payment_lines.id"), primary_key=True),
    Column("position", SmallInteger, nullable=False),
    # To whom, as it was ordered: an order stays what went to the bank, whatever is corrected afterwards.
    Column("payee", Text, nullable=False),
    Column("bank", Text),
    Column("branch", Text),
    Column("bank_code", Text),
    Column("account", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # The version of the case as it was ordered, and what was changed since it was approved or last ordered.
    Column("case_version", Integer, nullable=False),
    Column("payee_change", JSONB),
    Column("result", Text),
    Column("settled_on", Date),
    CheckConstraint("result in ('paid','returned')", name="result_known"),
    CheckConstraint("(result is null) = (settled_on is null)", name="settled_on_a_day"),
    UniqueConstraint("order_id", "position"),
    # Whatever has not come back is on no other order.
    Index(
        "uq_payment_order_lines_one_order",
        "line_id",
        unique=True,
        postgresql_where=text("result is distinct from 'returned'"),
    ),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Text, primary_key=True),
    _at("at"),
)

time_offset = Table(
    "time_offset",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("value", Interval, nullable=False),
    CheckConstraint("single", name="one_row"),
)
