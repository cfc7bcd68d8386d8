"""`casework doctor`: what is wrong with an installation, one line each, with the cure."""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import click

from casework.app import MIGRATIONS
from casework.cli import transports
from casework.cli.console import Console, pass_console
from casework.cli.installation import Installation, installed
from casework.cli.installation import told as cure_of
from casework.cli.lookup import MARKS, Finding, good
from casework.cli.rules import told
from casework.embedded import NoServer
from casework.records import alerts, keys, offices, recalculation
from casework.records.upgrade import Unreachable, newest
from casework.rules.refusals import Unavailable
from casework.rules.text import Text
from casework.rules.verify import verify
from casework.settings import ROOT, BadSettings, Kind, Settings
from casework.work import workflow_registry
from casework.work.health import SCHEDULER
from casework.work.keys import MISSING
from casework.work.service import Transaction, WrongKeys

_LEAST_BYTES: Final = 1_000_000_000
_SILENT: Final = timedelta(minutes=1)
_NO_YEAR: Final = Text(
    "日历 {key} 没有 {year} 年的放假安排：涉及该年的到期日均为暂定，载入之前时间不自动办理，也不计逾期。"
    "请载入国务院办公厅的通知（写法见 {example}）：casework calendar load cn-{year}.toml --into {key}",
    "calendar {key} lacks the holidays of {year}: days due in that year are provisional, and until it is loaded time"
    " takes no step by them and nothing is late. Load the State Council's notice, written as in {example}: casework"
    " calendar load cn-{year}.toml --into {key}",
)
_A_YEAR: Final = ROOT / "config" / "calendars" / "cn-2026.toml"
_ON_ITS_WAY: Final = Text(
    "已载入的规则已生效，正在逐案更新时限（最近一次：{at}）；载入中断的，由调度进程接着更新：casework serve 或"
    " casework scheduler",
    "rules that were loaded hold, and the clocks of cases are being brought up to them (last at {at}). Where loading"
    " was broken off, the scheduler goes on: casework serve, or casework scheduler",
)
_PUT_ASIDE: Final = Text(
    "{many} 个案件的期限已届满，系统未能自动办理下一步，已搁置并每小时重试，如 {number}："
    "casework audit verify --case {number}",
    "cases whose time limit has run out, and of which the step that follows could not be taken: {many}. They are put"
    " aside and tried again each hour; for {number} see casework audit verify --case {number}",
)
_OLD_KEYS: Final = Text(
    "有 {many} 个数据密钥仍在旧密钥（{key_ids}）之下：casework keys rotate",
    "data keys still under old keys ({key_ids}): {many}. Run casework keys rotate",
)


@click.command("doctor")
@pass_console
@click.pass_context
def doctor(ctx: click.Context, console: Console) -> None:
    """Check this installation; each line names what is wrong and what to do. Exits 1 where something is."""
    healthy = True
    try:
        for finding in _findings(console.settings):
            healthy = healthy and finding.grade != "bad"
            click.echo(MARKS[finding.grade] + finding.text.in_(console.language))
    except (BadSettings, NoServer) as wrong:
        click.echo(MARKS["bad"] + wrong.text.in_(console.language))
        healthy = False
    ctx.exit(0 if healthy else 1)


def _findings(settings: Settings) -> Iterator[Finding]:
    """Raises BadSettings or NoServer where nothing further can be looked at."""
    yield good(f"Python {platform.python_version()}", f"Python {platform.python_version()}")
    yield good(f"设置：{settings.kind}", f"settings: {settings.kind}")
    yield from _secrets(settings)
    yield from _zones(settings)
    yield from _room(settings)
    try:
        with installed(settings) as installation:
            yield from _database(installation)
    except (Unreachable, Unavailable) as away:
        why = away.why if isinstance(away, Unreachable) else str(away).rstrip(".")
        yield Finding(
            "bad",
            Text(
                f"数据库无法连接：{why}。请检查 CASEWORK_DATABASE_URL 以及数据库是否运行。",
                f"the database cannot be reached: {why}. Check CASEWORK_DATABASE_URL and whether it runs.",
            ),
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    open_files = [
        file
        for name in ("secret_key", "encryption_keys", "postgres.passwords", "demo.passwords")
        if (file := settings.home / name).exists() and file.stat().st_mode & 0o077
    ]
    for file in open_files:
        yield Finding(
            "bad", Text(f"他人可以读取 {file}：chmod 600 {file}", f"others can read {file}: chmod 600 {file}")
        )
    if not open_files:
        yield good(f"密钥：{len(settings.encryption_keys)} 个", f"encryption keys: {len(settings.encryption_keys)}")


def _zones(settings: Settings) -> Iterator[Finding]:
    version = importlib.metadata.version("tzdata")
    zone = settings.office.zone.key
    yield good(f"时区 {zone}（tzdata {version}）", f"time zone {zone} (tzdata {version})")


def _room(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.home if settings.home.exists() else sys.prefix).free
    gigabytes = f"{free / 1e9:.1f} GB"
    if free >= _LEAST_BYTES:
        yield good(f"磁盘剩余 {gigabytes}", f"free disk space {gigabytes}")
    else:
        yield Finding(
            "bad", Text(f"磁盘只剩 {gigabytes}，请清理。", f"only {gigabytes} of disk space left; make room.")
        )


def _database(installation: Installation) -> Iterator[Finding]:
    where = Text("自带 PostgreSQL", "private PostgreSQL") if installation.server else Text("数据库", "database")
    look, wanted = installation.look(), newest(MIGRATIONS)
    yield Finding("good", Text("{where} 可以连接", "{where} can be reached").with_(where=where))
    if look.version != wanted:
        # A demonstration upgrades itself at its next start, where only that is missing.
        upgrades = installation.settings.kind != "production" and not look.lacking
        yield Finding("notice" if upgrades else "bad", cure_of(look, wanted))
        return
    yield good(f"数据库版本 {wanted}，权限齐全", f"database version {wanted}, with all rights")
    with installation.service() as service:
        yield transports.mail(service.senders.mail)
        with service.transaction() as tx:
            yield from _keys(tx)
            yield from _seeds(tx)
            yield from years(tx, installation.settings.kind)
            yield from on_the_way(tx)
            yield from _workflows(tx)
            yield _heartbeat(tx, installation.settings)
            yield from put_aside(tx)
            yield from transports.messages(tx)


def _keys(tx: Transaction) -> Iterator[Finding]:
    """Whether the keys of the settings open what this database has sealed, and whether old ones are still needed."""
    try:
        tx.service.ensure_keys_open(tx.db)
    except WrongKeys as wrong:
        yield Finding("bad", wrong.text)
        return
    keyring, counted = tx.service.keyring, keys.counts(tx.db)
    if missing := keyring.missing(counted):
        yield Finding("bad", MISSING.with_(key_ids=", ".join(missing)))
        return
    yield good("密钥能打开本库的数据", "the encryption keys open this database")
    if old := {key_id: many for key_id, many in counted.items() if key_id != keyring.current}:
        yield Finding("notice", _OLD_KEYS.with_(many=sum(old.values()), key_ids=", ".join(sorted(old))))


def _seeds(tx: Transaction) -> Iterator[Finding]:
    calendars, policies = offices.latest_calendars(tx.db), offices.all_policies(tx.db)
    if not calendars or not policies:
        yield Finding(
            "bad",
            Text("尚无日历或政策：casework database upgrade", "no calendars or no policies: casework database upgrade"),
        )
    else:
        yield good(
            f"日历 {len(calendars)} 个，政策 {len(policies)} 条",
            f"calendars {len(calendars)}, policies {len(policies)}",
        )


def on_the_way(tx: Transaction) -> Iterator[Finding]:
    """Rules that were loaded and have not reached every case yet."""
    if (left := recalculation.under_way(tx.db)) is not None:
        yield Finding("notice", _ON_ITS_WAY.with_(at=left.at.astimezone(tx.service.zone).isoformat(" ", "minutes")))


def years(tx: Transaction, kind: Kind) -> Iterator[Finding]:
    """Calendars that lack this year, or in December the next one, whose holidays are published in November."""
    this_year = tx.today.year
    for key, one in sorted(offices.latest_calendars(tx.db).items()):
        loaded = one.mapping.get("years")
        for year in (this_year, this_year + 1) if tx.today.month == 12 else (this_year,):
            if loaded is not None and year not in loaded:
                # Where real cases wait, nothing may become late or be taken by time any more.
                bad = year == this_year and kind == "production"
                yield Finding("bad" if bad else "notice", _NO_YEAR.with_(key=key, year=year, example=_A_YEAR))


def _workflows(tx: Transaction) -> Iterator[Finding]:
    policies = offices.all_policies(tx.db)
    for one in workflow_registry.latest():
        flaws = verify(one, workflow_registry.variants(one, policies))
        for flaw in flaws:
            yield Finding("notice" if one.draft else "bad", Text(told(one.key, flaw), told(one.key, flaw)))
        if not flaws:
            yield good(f"流程 {one.key} 已验证", f"workflow {one.key} is proven")


def put_aside(tx: Transaction) -> Iterator[Finding]:
    """Cases whose time limit has run out, and of which time could not take the step that follows."""
    if numbers := alerts.put_aside(tx.db):
        named = {"many": len(numbers), "number": numbers[0]}
        yield Finding("bad", _PUT_ASIDE.with_(**named))


def _heartbeat(tx: Transaction, settings: Settings) -> Finding:
    if alerts.beats_within(tx.db, SCHEDULER, _SILENT):
        return good("调度进程在运行", "the scheduler runs")
    # Nothing need run while somebody only looks at a demonstration.
    return Finding(
        "bad" if settings.kind == "production" else "notice",
        Text(
            "调度进程没有运行，期限不会提醒：casework serve 或 casework scheduler",
            "no scheduler runs, so nobody is alerted: casework serve, or casework scheduler",
        ),
    )
