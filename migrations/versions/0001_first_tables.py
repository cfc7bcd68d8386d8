"""first tables"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("events", "admin_events", "notes", "letters", "disclosures", "fund_entries")


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_numbers", schema="casework")))
    op.create_table(
        "applicants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicants")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_applicants_identity_index")),
        schema="casework",
    )
    op.create_table(
        "calendars",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_calendars")),
        schema="casework",
    )
    op.create_table(
        "counters",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_counters")),
        schema="casework",
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
        schema="casework",
    )
    op.create_table(
        "drafts",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "subject", name=op.f("pk_drafts")),
        schema="casework",
    )
    op.create_index("ix_drafts_at", "drafts", ["at"], unique=False, schema="casework")
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "path", "key", name=op.f("pk_idempotency_keys")),
        schema="casework",
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"], unique=False, schema="casework")
    op.create_table(
        "known_callers",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_known_callers")),
        schema="casework",
    )
    op.create_table(
        "delivery_queues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_queues")),
        schema="casework",
    )
    # The queue that leads to the mail server; those of channels come with them.
    op.execute(f"insert into casework.delivery_queues (id) values ('{UUID(int=0)}')")
    op.create_table(
        "orgs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("own_calendar", sa.Text(), nullable=True),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("seal_name", sa.Text(), nullable=True),
        sa.CheckConstraint("right(path, length(code) + 1) = code || '/'", name=op.f("ck_orgs_path_ends_with_code")),
        sa.CheckConstraint("own_calendar is null or own_calendar = calendar", name=op.f("ck_orgs_own_calendar_counts")),
        sa.ForeignKeyConstraint(["parent_id"], ["casework.orgs.id"], name=op.f("fk_orgs_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orgs")),
        sa.UniqueConstraint("code", name=op.f("uq_orgs_code")),
        sa.UniqueConstraint("path", name=op.f("uq_orgs_path")),
        schema="casework",
    )
    op.create_index(
        "ix_orgs_path_prefix",
        "orgs",
        ["path"],
        unique=False,
        schema="casework",
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint(
            "workflow", "name", "place", "from_date", "id", name=op.f("uq_policies_workflow_name_place_from_date_id")
        ),
        schema="casework",
    )
    op.create_table(
        "recalculations",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("because", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_recalculations_one_at_a_time")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_recalculations")),
        schema="casework",
    )
    op.create_table(
        "revisions",
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("of", name=op.f("pk_revisions")),
        schema="casework",
    )
    op.create_table(
        "service_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_keys")),
        schema="casework",
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        schema="casework",
    )
    op.create_index("ix_sign_ins_digest_at", "sign_ins", ["digest", "at"], unique=False, schema="casework")
    op.create_table(
        "time_offset",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("value", sa.Interval(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_time_offset_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_time_offset")),
        schema="casework",
    )
    op.create_table(
        "workflow_versions",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "version", name=op.f("pk_workflow_versions")),
        schema="casework",
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind = 'webhook' or not events", name=op.f("ck_channels_only_programs_hear_events")),
        sa.CheckConstraint("kind in ('webhook','wecom','dingtalk','feishu')", name=op.f("ck_channels_kind_known")),
        sa.CheckConstraint("sealed is not null or not active", name=op.f("ck_channels_active_has_address")),
        sa.ForeignKeyConstraint(["org_id"], ["casework.orgs.id"], name=op.f("fk_channels_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        schema="casework",
    )
    op.create_index(op.f("ix_channels_org_id"), "channels", ["org_id"], unique=False, schema="casework")
    op.create_table(
        "funds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("balance", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.CheckConstraint("reserved >= 0 and reserved <= balance", name=op.f("ck_funds_never_overspent")),
        sa.ForeignKeyConstraint(["org_id"], ["casework.orgs.id"], name=op.f("fk_funds_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds")),
        sa.UniqueConstraint("code", name=op.f("uq_funds_code")),
        schema="casework",
    )
    op.create_index(op.f("ix_funds_org_id"), "funds", ["org_id"], unique=False, schema="casework")
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_is_first", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'zh-CN'"), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("walled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role in ('caseworker','supervisor','lawyer','volunteer','auditor','administrator')",
            name=op.f("ck_users_role_known"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["casework.orgs.id"], name=op.f("fk_users_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
        schema="casework",
    )
    op.create_index(op.f("ix_users_org_id"), "users", ["org_id"], unique=False, schema="casework")
    op.create_table(
        "admin_events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("places", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_admin_events")),
        schema="casework",
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("first_in_line", sa.Boolean(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("clocks", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("walled_off", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_clock", sa.Text(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "due_key",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_cases_version_counts")),
        sa.CheckConstraint("(due_at is null) = (due_clock is null)", name=op.f("ck_cases_due_by_a_clock")),
        sa.CheckConstraint("(due_at is null) = (due_on is null)", name=op.f("ck_cases_due_on_a_day")),
        sa.ForeignKeyConstraint(["applicant_id"], ["casework.applicants.id"], name=op.f("fk_cases_applicant_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["casework.users.id"], name=op.f("fk_cases_assignee_id")),
        sa.ForeignKeyConstraint(["org_id"], ["casework.orgs.id"], name=op.f("fk_cases_org_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["casework.users.id"], name=op.f("fk_cases_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        schema="casework",
    )
    op.create_index(op.f("ix_cases_applicant_id"), "cases", ["applicant_id"], unique=False, schema="casework")
    op.create_index("ix_cases_assignee_id", "cases", ["assignee_id", "due_key"], unique=False, schema="casework")
    op.create_index("ix_cases_due_key_id", "cases", ["due_key", "id"], unique=False, schema="casework")
    op.create_index("ix_cases_opened_at_id", "cases", ["opened_at", "id"], unique=False, schema="casework")
    op.create_index("ix_cases_org_id_due_key_id", "cases", ["org_id", "due_key", "id"], unique=False, schema="casework")
    op.create_index(
        "ix_cases_late_at",
        "cases",
        ["late_at"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("late_at is not null"),
    )
    op.create_index(
        "ix_cases_owner_id",
        "cases",
        ["owner_id", "waits_for", "due_key"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["due_key", "id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_cases_state",
        "cases",
        ["state", "due_key", "id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_cases_urgent",
        "cases",
        ["due_key", "id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("closed_at is null and urgent"),
    )
    op.create_index(
        "ix_cases_closed_at",
        "cases",
        [sa.literal_column("coalesce(closed_at, '1900-01-01 00:00:00+00'::timestamptz)"), "id"],
        unique=False,
        schema="casework",
    )
    op.create_table(
        "fund_budgets",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("committed", sa.Numeric(precision=14, scale=2), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("committed >= 0 and committed <= amount", name=op.f("ck_fund_budgets_never_overspent")),
        sa.ForeignKeyConstraint(["fund_id"], ["casework.funds.id"], name=op.f("fk_fund_budgets_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "year", "kind", name=op.f("pk_fund_budgets")),
        schema="casework",
    )
    op.create_table(
        "fund_entries",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('top_up','correct','reserve','release','pay','return','repay')",
            name=op.f("ck_fund_entries_kind_known"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["casework.users.id"], name=op.f("fk_fund_entries_actor_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["casework.funds.id"], name=op.f("fk_fund_entries_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "seq", name=op.f("pk_fund_entries")),
        schema="casework",
    )
    op.create_table(
        "payment_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["casework.users.id"], name=op.f("fk_payment_orders_created_by")),
        sa.ForeignKeyConstraint(["fund_id"], ["casework.funds.id"], name=op.f("fk_payment_orders_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_orders_number")),
        schema="casework",
    )
    op.create_index(op.f("ix_payment_orders_fund_id"), "payment_orders", ["fund_id"], unique=False, schema="casework")
    op.create_table(
        "tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_tokens_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
        schema="casework",
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False, schema="casework")
    op.create_table(
        "profiles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_profiles_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_profiles")),
        schema="casework",
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("admin_seq", sa.BigInteger(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suppressed", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("(level is null) = (planned_at is null)", name=op.f("ck_alerts_planned_by_its_clock")),
        sa.CheckConstraint("level is null or clock is not null", name=op.f("ck_alerts_level_of_a_clock")),
        sa.CheckConstraint("num_nonnulls(clock, generation) in (0, 2)", name=op.f("ck_alerts_names_its_clock_in_full")),
        sa.CheckConstraint("(case_id is null) = (admin_seq is not null)", name=op.f("ck_alerts_names_its_case")),
        sa.CheckConstraint("num_nonnulls(level, event_seq, admin_seq) = 1", name=op.f("ck_alerts_is_about_one_thing")),
        sa.ForeignKeyConstraint(["admin_seq"], ["casework.admin_events.seq"], name=op.f("fk_alerts_admin_seq")),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_alerts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("admin_seq", name=op.f("uq_alerts_admin_seq")),
        sa.UniqueConstraint(
            "case_id", "clock", "generation", "level", name=op.f("uq_alerts_case_id_clock_generation_level")
        ),
        schema="casework",
    )
    op.create_index("ix_alerts_case_id_at", "alerts", ["case_id", "at"], unique=False, schema="casework")
    op.create_index(
        "uq_alerts_event",
        "alerts",
        ["case_id", "event_seq"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("event_seq is not null"),
    )
    op.create_table(
        "clocks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("owed_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("working_seconds", sa.Integer(), nullable=True),
        sa.Column("end_org_id", sa.Uuid(), nullable=True),
        sa.Column("end_owner_id", sa.Uuid(), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takes", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at is null) = (status in ('running','paused'))", name=op.f("ck_clocks_ended_when_status_says_so")
        ),
        sa.CheckConstraint(
            "status in ('running','paused','met','breached','cancelled')", name=op.f("ck_clocks_status_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_clocks_case_id")),
        sa.ForeignKeyConstraint(["end_org_id"], ["casework.orgs.id"], name=op.f("fk_clocks_end_org_id")),
        sa.ForeignKeyConstraint(["end_owner_id"], ["casework.users.id"], name=op.f("fk_clocks_end_owner_id")),
        sa.PrimaryKeyConstraint("case_id", "name", "generation", name=op.f("pk_clocks")),
        schema="casework",
    )
    op.create_index("ix_clocks_started_at", "clocks", ["started_at"], unique=False, schema="casework")
    op.create_index(
        "ix_clocks_takes",
        "clocks",
        [sa.literal_column("coalesce(retry_at, due_at)")],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("ended_at is null and takes is not null and not provisional"),
    )
    op.create_index(
        "ix_clocks_wake_at",
        "clocks",
        ["wake_at"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(
        "uq_clocks_one_open",
        "clocks",
        ["case_id", "name"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "views",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_views_user_id")),
        sa.PrimaryKeyConstraint("user_id", "name", name=op.f("pk_views")),
        schema="casework",
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
        schema="casework",
    )
    op.create_table(
        "looks",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_looks_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_looks_user_id")),
        sa.PrimaryKeyConstraint("user_id", "case_id", name=op.f("pk_looks")),
        schema="casework",
    )
    op.create_index("ix_looks_user_id_at", "looks", ["user_id", "at"], unique=False, schema="casework")
    op.create_index(op.f("ix_looks_case_id"), "looks", ["case_id"], unique=False, schema="casework")
    op.create_table(
        "disclosures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("paths", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_disclosures_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_disclosures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        schema="casework",
    )
    op.create_index(op.f("ix_disclosures_case_id"), "disclosures", ["case_id"], unique=False, schema="casework")
    op.create_index("ix_disclosures_user_id", "disclosures", ["user_id", "id"], unique=False, schema="casework")
    op.create_table(
        "events",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_events_case_id")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_events")),
        schema="casework",
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("draft_owner", sa.Text(), nullable=True),
        sa.Column("draft_subject", sa.Text(), nullable=True),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_as", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_as", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("contents", sa.LargeBinary(), nullable=True),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("num_nonnulls(case_id, draft_owner) = 1", name=op.f("ck_files_of_a_case_or_a_draft")),
        sa.CheckConstraint(
            "num_nonnulls(draft_owner, draft_subject) in (0, 2)", name=op.f("ck_files_names_its_draft_in_full")
        ),
        sa.CheckConstraint("num_nonnulls(removed_as, removed_at) in (0, 2)", name=op.f("ck_files_removed_by_somebody")),
        sa.CheckConstraint(
            "num_nonnulls(sealed_key, name, contents) = case when removed_at is null then 3 else 0 end",
            name=op.f("ck_files_is_there_until_removed"),
        ),
        sa.CheckConstraint("thumbnail is null or removed_at is null", name=op.f("ck_files_shown_until_removed")),
        sa.ForeignKeyConstraint(["added_by"], ["casework.users.id"], name=op.f("fk_files_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_files_case_id")),
        sa.ForeignKeyConstraint(
            ["draft_owner", "draft_subject"],
            ["casework.drafts.owner", "casework.drafts.subject"],
            name=op.f("fk_files_draft_owner"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["removed_by"], ["casework.users.id"], name=op.f("fk_files_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        schema="casework",
    )
    op.create_index("ix_files_case_id", "files", ["case_id", "added_at", "id"], unique=False, schema="casework")
    op.create_index(
        "ix_files_draft",
        "files",
        ["draft_owner", "draft_subject"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("draft_owner is not null"),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_letters_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("number", name=op.f("uq_letters_number")),
        schema="casework",
    )
    op.create_index("ix_letters_case_id_at", "letters", ["case_id", "at", "id"], unique=False, schema="casework")
    op.create_table(
        "blind_indexes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_blind_indexes_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_blind_indexes")),
        schema="casework",
    )
    op.create_index("ix_blind_indexes_digest", "blind_indexes", ["digest"], unique=False, schema="casework")
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["casework.users.id"], name=op.f("fk_notes_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        schema="casework",
    )
    op.create_index("ix_notes_case_id_at", "notes", ["case_id", "at", "id"], unique=False, schema="casework")
    op.create_table(
        "open_case_holds",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["casework.cases.id"],
            name=op.f("fk_open_case_holds_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("workflow", "digest", name=op.f("pk_open_case_holds")),
        schema="casework",
    )
    op.create_index(op.f("ix_open_case_holds_case_id"), "open_case_holds", ["case_id"], unique=False, schema="casework")
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_in", sa.Uuid(), nullable=True),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'approved'"), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status in ('approved','ordered','paid','returned','released')", name=op.f("ck_payment_lines_status_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_lines_amount_positive")),
        sa.ForeignKeyConstraint(["approved_by"], ["casework.users.id"], name=op.f("fk_payment_lines_approved_by")),
        sa.ForeignKeyConstraint(["approved_in"], ["casework.orgs.id"], name=op.f("fk_payment_lines_approved_in")),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_payment_lines_case_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["casework.funds.id"], name=op.f("fk_payment_lines_fund_id")),
        sa.ForeignKeyConstraint(["order_id"], ["casework.payment_orders.id"], name=op.f("fk_payment_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        schema="casework",
    )
    op.create_index(op.f("ix_payment_lines_case_id"), "payment_lines", ["case_id"], unique=False, schema="casework")
    op.create_index(
        "ix_payment_lines_drawn",
        "payment_lines",
        ["fund_id", "approved_in", "approved_on"],
        unique=False,
        schema="casework",
    )
    op.create_index(
        "ix_payment_lines_to_order",
        "payment_lines",
        ["fund_id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("status in ('approved','returned')"),
    )
    op.create_table(
        "tracking_codes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_tracking_codes_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_tracking_codes")),
        schema="casework",
    )
    op.create_table(
        "vault",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_vault_case_id")),
        sa.PrimaryKeyConstraint("case_id", "part", name=op.f("pk_vault")),
        schema="casework",
    )
    op.create_table(
        "alert_receivers",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["casework.alerts.id"], name=op.f("fk_alert_receivers_alert_id")),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_alert_receivers_user_id")),
        sa.PrimaryKeyConstraint("alert_id", "user_id", name=op.f("pk_alert_receivers")),
        schema="casework",
    )
    op.create_index(
        "ix_alert_receivers_user_id",
        "alert_receivers",
        ["user_id", sa.literal_column("(acknowledged_at is not null)"), sa.literal_column("at desc"), "alert_id"],
        unique=False,
        schema="casework",
    )
    op.create_table(
        "household_lines",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["casework.payment_lines.id"], name=op.f("fk_household_lines_line_id")),
        sa.PrimaryKeyConstraint("digest", "line_id", name=op.f("pk_household_lines")),
        schema="casework",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("event_seq", sa.Integer(), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(channel = 'inbox') = (queue_id is null)", name=op.f("ck_outbox_goes_out_by_a_queue")),
        sa.CheckConstraint(
            "channel in ('inbox','email','webhook','wecom','dingtalk','feishu')", name=op.f("ck_outbox_channel_known")
        ),
        sa.CheckConstraint("state in ('waiting','delivered','dead','superseded')", name=op.f("ck_outbox_state_known")),
        sa.CheckConstraint("event_seq is null or case_id is not null", name=op.f("ck_outbox_event_of_a_case")),
        sa.CheckConstraint("num_nonnulls(case_id, digest_on) <= 1", name=op.f("ck_outbox_digest_of_no_case")),
        sa.CheckConstraint(
            "num_nonnulls(alert_id, event_seq, digest_on) = 1", name=op.f("ck_outbox_is_about_one_thing")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["casework.alerts.id"], name=op.f("fk_outbox_alert_id")),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        schema="casework",
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["at", "id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["queue_id", "try_at"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_outbox_alert",
        "outbox",
        ["alert_id", "receiver_id", "channel"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("alert_id is not null"),
    )
    op.create_index(
        "uq_outbox_digest",
        "outbox",
        ["receiver_id", "digest_on"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("digest_on is not null"),
    )
    op.create_index(
        "uq_outbox_event",
        "outbox",
        ["case_id", "event_seq", "receiver_id"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("event_seq is not null"),
    )
    op.create_index(
        "uq_outbox_seq",
        "outbox",
        ["receiver_id", "case_id", "seq"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("seq is not null"),
    )
    op.create_table(
        "payment_order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("payee_change", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("result in ('paid','returned')", name=op.f("ck_payment_order_lines_result_known")),
        sa.CheckConstraint(
            "(result is null) = (settled_on is null)", name=op.f("ck_payment_order_lines_settled_on_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["casework.payment_lines.id"], name=op.f("fk_payment_order_lines_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["casework.payment_orders.id"], name=op.f("fk_payment_order_lines_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_payment_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_payment_order_lines_order_id_position")),
        schema="casework",
    )
    op.create_index(
        "uq_payment_order_lines_one_order",
        "payment_order_lines",
        ["line_id"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("result is distinct from 'returned'"),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_link", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_seq", sa.Integer(), nullable=False),
        sa.Column("ended_seq", sa.Integer(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open','accepted','declined','expired','withdrawn')", name=op.f("ck_offers_state_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_seq) = case when state = 'open' then 0 else 2 end",
            name=op.f("ck_offers_ends_once"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["casework.cases.id"], name=op.f("fk_offers_case_id")),
        sa.ForeignKeyConstraint(["made_by"], ["casework.users.id"], name=op.f("fk_offers_made_by")),
        sa.ForeignKeyConstraint(["user_id"], ["casework.users.id"], name=op.f("fk_offers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        schema="casework",
    )
    op.create_index(
        "uq_offers_one_open",
        "offers",
        ["case_id"],
        unique=True,
        schema="casework",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_offers_case_id", "offers", ["case_id", "made_at", "id"], unique=False, schema="casework")
    op.create_index("ix_offers_user_id", "offers", ["user_id", "made_at", "id"], unique=False, schema="casework")
    op.create_index(
        "ix_offers_answer_by",
        "offers",
        [sa.literal_column("coalesce(retry_at, answer_by)"), "id"],
        unique=False,
        schema="casework",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "queue_entries",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("org_code", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.Column("precedence", sa.SmallInteger(), nullable=False),
        sa.Column("due_key", sa.DateTime(timezone=True), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("walled_off", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["casework.cases.id"],
            name=op.f("fk_queue_entries_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("case_id", "org_code", name=op.f("pk_queue_entries")),
        schema="casework",
    )
    op.create_index(
        "ix_queue_entries_order",
        "queue_entries",
        ["org_code", "turn", "owned", "precedence", "due_key", "case_id"],
        unique=False,
        schema="casework",
    )
    # What waits for staff stands in the queue of its organisation and of each above it. What waits for caseworkers is
    # shared out: once somebody owns it, it waits for that one only, and is found by its owner.
    op.execute(
        """
        create function casework.queue_case() returns trigger language plpgsql
        security definer set search_path to casework, pg_temp as $$
        begin
          if tg_op = 'UPDATE' then
            delete from queue_entries q where q.case_id = new.id
              and (old.org_id <> new.org_id or new.closed_at is not null or new.waits_for is null
                or not (new.waits_for = 'supervisor' or new.waits_for = 'caseworker' and new.owner_id is null));
          end if;
          if new.closed_at is null
              and (new.waits_for = 'supervisor' or new.waits_for = 'caseworker' and new.owner_id is null) then
            insert into queue_entries as q (case_id, org_code, turn, owned, precedence, due_key, workflow, phase,
              walled_off)
            select new.id, above.code, new.waits_for, new.owner_id is not null,
              case when new.urgent then 0 else 2 end + case when new.first_in_line then 0 else 1 end,
              new.due_key, new.workflow, new.phase, new.walled_off
            from orgs o, unnest(string_to_array(rtrim(o.path, '/'), '/')) as above (code) where o.id = new.org_id
            on conflict (case_id, org_code) do update set turn = excluded.turn, owned = excluded.owned,
              precedence = excluded.precedence, due_key = excluded.due_key, phase = excluded.phase,
              walled_off = excluded.walled_off;
          end if;
          return null;
        end $$
        """
    )
    watched = (
        "org_id", "waits_for", "owner_id", "closed_at", "urgent", "first_in_line", "due_at", "phase", "walled_off",
    )  # fmt: skip
    op.execute(
        """
        create trigger queue_new after insert on casework.cases
        for each row when (new.closed_at is null) execute function casework.queue_case()
        """
    )
    op.execute(
        f"""
        create trigger queue_changed after update on casework.cases for each row
        when (({", ".join(f"old.{name}" for name in watched)})
          is distinct from ({", ".join(f"new.{name}" for name in watched)}))
        execute function casework.queue_case()
        """
    )
    op.create_table(
        "search_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("term", "opened_at", "case_id", name=op.f("pk_search_terms")),
        schema="casework",
    )
    # Two signs of which one is beyond ASCII, or three of ASCII; what stands in the name of every company is no term.
    op.execute(
        """
        create function casework.terms_of(words text) returns bigint[]
        language sql immutable strict parallel safe as $$
          select coalesce(array_agg(distinct hashtextextended(term, 0)), '{}')
          from string_to_table(words, E'\n') as word, generate_series(1, length(word) - 1) as place,
            lateral (select substr(word, place, 3) as three) as signs,
            lateral (select case when octet_length(left(three, 2)) > 2 then left(three, 2)
              when length(three) = 3 and octet_length(three) = 3 then three end as term) as found
          where term <> all ('{有限,限公,公司,责任,任公,限责,股份,份有}')
        $$
        """
    )
    # Of its number a case has the terms of what follows the century: the beginning is that of all others.
    op.execute(
        """
        create function casework.keep_terms() returns trigger language plpgsql
        security definer set search_path to casework, pg_temp as $$
        declare
          letters constant text := 'abcdefghijklmnopqrstuvwxyz';
        begin
          if tg_op = 'UPDATE' then
            delete from search_terms t using unnest(terms_of(substr(ltrim(old.search_text, letters), 3))) as gone
            where t.term = gone and t.opened_at = old.opened_at and t.case_id = old.id;
          end if;
          insert into search_terms (term, opened_at, case_id)
          select term, new.opened_at, new.id
          from unnest(terms_of(substr(ltrim(new.search_text, letters), 3))) as term;
          return null;
        end $$
        """
    )
    op.execute(
        """
        create trigger terms_new after insert on casework.cases
        for each row execute function casework.keep_terms()
        """
    )
    op.execute(
        """
        create trigger terms_changed after update on casework.cases for each row
        when ((old.search_text, old.opened_at) is distinct from (new.search_text, new.opened_at))
        execute function casework.keep_terms()
        """
    )
    # The user is locked against being changed, so that of a claim and a deactivation at once the later sees the other.
    op.execute(
        """
        create function casework.ensure_owner() returns trigger language plpgsql
        security definer set search_path to casework, pg_temp as $$
        begin
          perform 1 from users u join orgs home on home.id = u.org_id
          where u.id = new.owner_id and u.active and u.role in ('caseworker', 'supervisor')
            and exists (select 1 from orgs here where here.id = new.org_id and starts_with(here.path, home.path))
          for share of u;
          if not found then
            raise exception 'an open case is owned by active staff of its branch'
              using errcode = 'check_violation', constraint = 'owner_may_own';
          end if;
          return null;
        end $$
        """
    )
    changed = "(old.owner_id is distinct from new.owner_id or old.org_id <> new.org_id or old.closed_at is not null)"
    for event, condition in (("insert", "true"), ("update", changed)):
        op.execute(
            f"""
            create trigger owner_of_{event} after {event} on casework.cases for each row
            when (new.owner_id is not null and new.closed_at is null and {condition})
            execute function casework.ensure_owner()
            """
        )
    # What processes keep of the organisations they read again once the revision is another one.
    op.execute(
        """
        create function casework.count_revision() returns trigger language plpgsql
        security definer set search_path to casework, pg_temp as $$
        begin
          insert into revisions (of, number) values (tg_table_name, 1)
          on conflict (of) do update set number = revisions.number + 1;
          return null;
        end $$
        """
    )
    op.execute(
        """
        create trigger revised after insert or update or delete on casework.orgs
        for each statement execute function casework.count_revision()
        """
    )
    # Whoever works by the rules keeps them with a shared lock, whoever loads some locks all others out. The revision is
    # read after the lock was had, which only a function can do in the statement that locks.
    op.execute(
        """
        create function casework.keep_rules() returns bigint language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(7221003);
          return (select coalesce(max(number), 0) from casework.revisions where of = 'rules');
        end $$
        """
    )
    # The other cases of a workflow in which one of these numbers stands. In PL/pgSQL, which keeps its plan.
    op.execute(
        """
        create function casework.same_numbers(of_workflow text, but uuid, named text, kinds text[], digests bytea[])
        returns text language plpgsql stable as $$
        begin
          return (
            select cast(json_agg(another) as text) from (
              select c.id, c.number, c.state, c.closed_at is null as open, c.opened_at, o.code as org,
                o.path as org_path, c.walled_off, array_agg(other.kind order by other.kind) as by, c.facts
              from unnest(kinds, digests) as mine (what, number)
              join casework.blind_indexes other on other.digest = mine.number and other.kind = mine.what
              join casework.cases c on c.id = other.case_id
              join casework.orgs o on o.id = c.org_id
              where c.id <> but and c.workflow = of_workflow
              group by c.id, o.id
              order by bool_or(other.kind <> 'phone') desc, c.applicant_name = named desc, c.opened_at, c.id
              limit 200) as another);
        end $$
        """
    )
    op.execute(
        """
        create function casework.keep_numbers(of_workflow text, but uuid, named text, kinds text[], digests bytea[],
          keys bigint[], out revision bigint, out others text) language plpgsql as $$
        begin
          revision := casework.keep_rules();
          perform pg_advisory_xact_lock(one) from unnest(keys) as wanted (one);
          others := casework.same_numbers(of_workflow, but, named, kinds, digests);
        end $$
        """
    )
    op.execute(
        """
        create function casework.lock_rules() returns bigint language plpgsql as $$
        begin
          perform pg_advisory_xact_lock(7221003);
          return (select coalesce(max(number), 0) from casework.revisions where of = 'rules');
        end $$
        """
    )
    op.execute(
        """
        create function casework.refuse_change() returns trigger language plpgsql as $$
        begin
          raise exception '% is only ever added to', tg_table_name using errcode = 'insufficient_privilege';
        end $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"""
            create trigger only_added_to before update or delete or truncate on casework.{table}
            for each statement execute function casework.refuse_change()
            """
        )
    _chain_cases_to_events()


# Whoever is not the owner writes cases and their events together or not at all. The conditions are looked at as a row is
# written, the functions are called before the transaction ends, when everything that belongs together is there.
_NOT_THE_OWNER = "not pg_has_role(current_user, 'casework_owner', 'usage')"


def _chain_cases_to_events() -> None:
    op.execute(
        """
        create function casework.refuse_unchained() returns trigger language plpgsql as $$
        begin
          raise exception '% changes with the next event of the case', tg_table_name
            using errcode = 'insufficient_privilege';
        end $$
        """
    )
    op.execute(
        f"""
        create trigger changes_with_an_event after update on casework.cases for each row
        when (new.version <> old.version + 1 and {_NOT_THE_OWNER} and old is distinct from new)
        execute function casework.refuse_unchained()
        """
    )
    op.execute(
        """
        create function casework.ensure_chained() returns trigger language plpgsql as $$
        begin
          if not exists (select 1 from casework.events e where e.case_id = new.id and e.seq = new.version
                         and e.hash = new.last_hash and (tg_op = 'INSERT' or e.prev_hash = old.last_hash))
             or tg_op = 'INSERT' and new.version <> (select count(*) from casework.events e where e.case_id = new.id
                                                     and e.seq between 1 and new.version)
          then
            raise exception 'the case is not what its last event says' using errcode = 'insufficient_privilege';
          end if;
          return null;
        end $$
        """
    )
    op.execute(
        f"""
        create constraint trigger chained after insert or update on casework.cases
        deferrable initially deferred for each row when ({_NOT_THE_OWNER})
        execute function casework.ensure_chained()
        """
    )
    # No event stands beyond the last one of its case, and each is the next.
    op.execute(
        """
        create function casework.ensure_next() returns trigger language plpgsql as $$
        begin
          if not exists (select 1 from casework.cases c where c.id = new.case_id and c.version >= new.seq)
             or new.prev_hash is distinct from (case when new.seq = 1 then decode(repeat('00', 32), 'hex')
               else (select e.hash from casework.events e where e.case_id = new.case_id and e.seq = new.seq - 1) end)
          then
            raise exception 'the event is not the next of its case' using errcode = 'insufficient_privilege';
          end if;
          return null;
        end $$
        """
    )
    op.execute(
        f"""
        create constraint trigger next after insert on casework.events
        deferrable initially deferred for each row when ({_NOT_THE_OWNER})
        execute function casework.ensure_next()
        """
    )
    op.execute(
        """
        create function casework.ensure_next_of_all() returns trigger language plpgsql as $$
        begin
          if new.prev_hash is distinct from (case when new.seq = 1 then decode(repeat('00', 32), 'hex')
             else (select hash from casework.admin_events where seq = new.seq - 1) end)
          then
            raise exception 'the event is not the next of the chain' using errcode = 'insufficient_privilege';
          end if;
          return new;
        end $$
        """
    )
    op.execute(
        f"""
        create trigger next before insert on casework.admin_events for each row when ({_NOT_THE_OWNER})
        execute function casework.ensure_next_of_all()
        """
    )
    # What was said at a step stays as it was sealed then.
    op.execute(
        f"""
        create trigger sealed_once before update on casework.vault for each row
        when (starts_with(old.part, 'events.') and {_NOT_THE_OWNER})
        execute function casework.refuse_unchained()
        """
    )
    # A file stays with its case, what is in it is not exchanged, and what was removed does not come back.
    op.execute(
        f"""
        create trigger files_stay before update on casework.files for each row
        when ({_NOT_THE_OWNER} and (old.removed_at is not null
          or old.case_id is not null and (new.case_id is distinct from old.case_id
            or new.removed_at is null and new.sealed_key is distinct from old.sealed_key)
          or new.removed_at is null and (new.name is distinct from old.name
            or new.contents is distinct from old.contents or new.thumbnail is distinct from old.thumbnail)))
        execute function casework.refuse_unchained()
        """
    )
