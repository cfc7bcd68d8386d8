"""Puts the parts together: the service from its settings, and the web application on the service."""

import logging
import os
import sys
import traceback
from datetime import timedelta
from ipaddress import ip_network
from threading import BoundedSemaphore
from typing import Any

import msgspec
import structlog
from flask import Flask
from structlog.typing import ExcInfo

from casework.api import (
    administration,
    approval_sheets,
    auth,
    calendar_feeds,
    case_documents,
    case_messages,
    cases,
    channels,
    conflicts,
    docs,
    errors,
    files,
    funds,
    health,
    matching,
    messages,
    metrics,
    offers,
    openapi,
    parties,
    payments,
    public,
    queue,
    reports,
    rules,
    serving,
    sheets,
    views,
    walls,
)
from casework.http import requests
from casework.http.wiring import Wiring
from casework.records.database import Database, Deadlines
from casework.records.upgrade import newest
from casework.records.vault import Keyring
from casework.senders.outside import Outside
from casework.senders.senders import Senders
from casework.senders.smtp import MailServer
from casework.settings import ROOT, Settings
from casework.web import (
    about,
    apply,
    assets,
    assign,
    calendar_feed,
    case,
    case_file,
    chain,
    demonstration,
    desk,
    draft,
    edit,
    hands,
    home,
    intake,
    keys,
    letters,
    own_files,
    own_messages,
    people,
    profile,
    several,
    sign_in,
    sla,
    track,
    typed,
)
from casework.web import alerts as alert_pages
from casework.web import audit as audit_pages
from casework.web import cases as case_list
from casework.web import channels as channel_pages
from casework.web import files as file_pages
from casework.web import funds as fund_pages
from casework.web import messages as message_pages
from casework.web import offers as offer_pages
from casework.web import parties as party_pages
from casework.web import payments as payment_pages
from casework.web import reports as report_pages
from casework.web import results as payment_results
from casework.web import rules as rule_pages
from casework.web import serving as pages
from casework.web import settings as own_settings
from casework.web import sheets as table_pages
from casework.web import views as view_pages
from casework.work.service import Limits, Service

ROUTES = (
    administration,
    approval_sheets,
    auth,
    calendar_feeds,
    case_documents,
    case_messages,
    cases,
    channels,
    conflicts,
    docs,
    files,
    funds,
    matching,
    messages,
    offers,
    openapi,
    parties,
    payments,
    public,
    queue,
    reports,
    rules,
    sheets,
    views,
    walls,
)
PAGES = (
    alert_pages,
    about,
    apply,
    assign,
    calendar_feed,
    case,
    case_file,
    case_list,
    view_pages,
    demonstration,
    desk,
    draft,
    edit,
    file_pages,
    own_files,
    own_messages,
    hands,
    home,
    intake,
    keys,
    letters,
    message_pages,
    party_pages,
    offer_pages,
    fund_pages,
    payment_pages,
    payment_results,
    report_pages,
    several,
    sign_in,
    sla,
    own_settings,
    track,
    typed,
    people,
    profile,
    table_pages,
    audit_pages,
    channel_pages,
    rule_pages,
    chain,
)
MIGRATIONS = ROOT / "migrations"


def service_of(settings: Settings, database_url: str) -> Service:
    """The service on this database."""
    config = settings.database
    database = Database(
        database_url,
        pool_size=config.pool_size,
        pool_timeout=config.pool_timeout_s,
        deadlines=Deadlines(config.statement_timeout_s, config.lock_timeout_s, config.idle_in_transaction_timeout_s),
        prepare_statements=config.prepare_statements,
        movable_time=settings.kind == "test",
    )
    limits = Limits(
        token_days=settings.tokens.days,
        session_lasts=timedelta(hours=settings.sessions.hours),
        session_idle=timedelta(minutes=settings.sessions.idle_minutes),
        sign_in_attempts=settings.sign_in.attempts,
        sign_ins_an_hour=settings.sign_in.attempts_an_hour,
        own_passwords=settings.kind == "production",
        drafts=settings.kind != "production",
        keep_answers=timedelta(hours=settings.idempotency.keep_hours),
        openings_an_hour=settings.public.openings_an_hour,
        uploads_an_hour=settings.public.uploads_an_hour,
        messages_a_day=settings.public.messages_a_day,
        wrong_codes=settings.public.wrong_codes,
        visits=settings.public.visits,
        visit_window=timedelta(minutes=settings.public.window_minutes),
        post_attempts=settings.post.attempts,
        post_keep=timedelta(hours=settings.post.keep_hours),
        robot_every=timedelta(seconds=settings.post.robot_every_s),
    )
    return Service(database, Keyring(settings.encryption_keys), settings.office.zone, limits, _senders_of(settings))


def _senders_of(settings: Settings) -> Senders:
    post, smtp = settings.post, settings.smtp
    outside = Outside(post.allow_networks, post.connect_timeout_s, post.read_timeout_s, post.deadline_s)
    if not smtp.host:
        return Senders(outside, address=settings.web.address)
    password = settings.smtp_password
    mail = MailServer(smtp.host, smtp.port, smtp.sender, smtp.user, password, smtp.tls, smtp.timeout_s)
    return Senders(outside, mail, settings.web.address)


def create_app(service: Service, settings: Settings | None = None) -> Flask:
    """The web application on a service."""
    app = Flask("casework", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions["casework"] = Wiring(
        service=service,
        zone=service.zone,
        language=settings.office.language if settings else "zh-CN",
        schema_version=newest(MIGRATIONS),
        secret=settings.secret_key.encode() if settings else os.urandom(32),
        most_bytes=settings.web.max_body_bytes if settings else 1_048_576,
        trusted_proxies=settings.web.trusted_proxies if settings else 0,
        metrics_networks=settings.web.metrics_networks if settings else (ip_network("127.0.0.0/8"),),
        metrics_token=settings.metrics_token if settings else "",
        leave_to=settings.public.leave_to if settings else "https://www.weather.com.cn/",
        demonstration=settings is not None and settings.kind == "demo",
        # Without settings nobody has said how many threads there are.
        may_wait=BoundedSemaphore(max(1, settings.web.threads // 2) if settings else 1000),
    )
    requests.install(app, {"/": pages.answer_to, "/api/": errors.answer_to, "/metrics": errors.answer_to})
    serving.install(app)
    health.install(app)
    metrics.install(app)
    pages.install(app)
    assets.install(app)
    return app


def log_to(stream: Any = sys.stderr, level: int = logging.INFO) -> None:
    """Structured logs, one JSON object a line, without personal data."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_where_it_broke),
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )


def _as_json(entry: Any, **_: Any) -> str:
    """The entry as JSON; what JSON does not know, as Python writes it."""
    return msgspec.json.encode(entry, enc_hook=repr).decode()


def _where_it_broke(exc_info: ExcInfo) -> str:
    """Where, and by what kind of error; not what the error says, which may quote what somebody has sent."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        told += [*traceback.format_tb(error.__traceback__), f"{type(error).__module__}.{type(error).__qualname__}\n"]
        error = error.__cause__ or error.__context__
    return "".join(told)
