"""`casework demo`: a believable office to try the service with."""

from datetime import date, datetime
from pathlib import Path

import click

from casework import demo as office
from casework.cli.audit import verify_all
from casework.cli.console import Console, Instant, instant_in, pass_console
from casework.cli.installation import working
from casework.demo.posts import named_users
from casework.records import people
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import Settings, ensure_can_keep, keep
from casework.work.passwords import matches
from casework.work.service import Service

_NOT_HERE = Text(
    "演示数据只能载入 CASEWORK_ENV 为 demo 的环境，此处是 {kind}。",
    "The demonstration loads only where CASEWORK_ENV is demo; here it is {kind}.",
)
_LOADED = Text(
    "已载入：机构 {orgs}，人员 {people}，案件 {cases}。",
    "Loaded: organisations {orgs}, people {people}, cases {cases}.",
)
_LOADING = Text("正在载入 {cases} 个案件……", "Loading {cases} cases …")
_SIGN_IN = Text(
    "以下演示用户可以登录（casework demo users 可再次查看）：",
    "These demonstration users may sign in; casework demo users shows them again:",
)
_TITLES = (Text("用户名", "User name"), Text("密码", "Password"))
_MORE_TITLES = (*_TITLES, Text("角色", "Role"), Text("机构", "Organisation"))
_NOBODY = Text("演示机构尚未载入：casework demo load", "The demonstration office is not loaded yet: casework demo load")
_OTHER = Text("（已更改）", "(changed)")
_CHANGED = Text(
    "已更改的密码不再保存；设置新密码：casework user password 用户名",
    "A password that was changed is kept nowhere; casework user password NAME sets a new one.",
)
_NO_FILE = Text(
    "演示用户的密码文件 {path} 无法读写（{why}）。请把 CASEWORK_HOME 设为当前用户可以读写的目录。",
    "{path}, where the passwords of the demonstration are kept, cannot be read or written ({why}). Name a folder in"
    " CASEWORK_HOME in which this user may read and write.",
)
_NOT_KEPT = Text(
    "以上密码未能存入 {path}（{why}），不能再次查看，请现在抄录。",
    "These passwords could not be kept in {path} ({why}) and are not shown again: write them down now.",
)


@click.group("demo")
def demo() -> None:
    """A believable office: organisations, people and cases, all invented."""


@demo.command("load")
@click.option(
    "--cases", type=click.IntRange(0, 1_000_000), help="How many cases; the configuration says how many else."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same cases.")
@click.option("--now", type=Instant(), help="The day that the office believes it is; today unless said.")
@pass_console
def load(console: Console, cases: int | None, seed: int, now: date | datetime | None) -> None:
    """Load invented organisations, people and cases; loading again adds to what is there."""
    refuse_elsewhere(console.settings)
    at = instant_in(console.settings.office.zone, now) if now else None
    with working(console.settings) as service:
        fill(console, service, console.settings.demo.cases if cases is None else cases, seed, at)


@demo.command("check")
@pass_console
def check(console: Console) -> None:
    """Prove that every case is what its events say, and every fund the sum of its ledger."""
    refuse_elsewhere(console.settings)
    with working(console.settings) as service:
        verify_all(console, service)


@demo.command("users")
@pass_console
def users(console: Console) -> None:
    """Show again who may sign in to the demonstration, and with which password."""
    refuse_elsewhere(console.settings)
    kept = _kept(console.settings)
    with working(console.settings) as service, service.transaction() as tx:
        found = [one for post in named_users() if (one := people.by_username(tx.db, post.username))]
    if not found:
        raise Refusal(_NOBODY)
    known = {person.username: kept.get(person.username, "") for person, hashed in found}
    right = {person.username: matches(known[person.username], hashed) for person, hashed in found}
    rows: list[tuple[object, ...]] = [
        (
            person.username,
            known[person.username] if right[person.username] else _OTHER.in_(console.language),
            person.role.told.in_(console.language),
            person.org_path.rstrip("/").rpartition("/")[2],
        )
        for person, _ in found
    ]
    console.table(_MORE_TITLES, rows)
    if not all(right.values()):
        console.note(_CHANGED)


def _file(settings: Settings) -> Path:
    return settings.home / "demo.passwords"


def _kept(settings: Settings) -> dict[str, str]:
    """The passwords that were made here, by user name; raises a Refusal where their file cannot be read."""
    path = _file(settings)
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _no_file(path, error) from error
    return {username: password for username, _, password in (line.partition(" ") for line in lines) if username}


def _no_file(path: Path, error: OSError) -> Refusal:
    return Refusal(_NO_FILE.with_(path=path, why=error.strerror or error))


def _kept_to_add_to(settings: Settings) -> dict[str, str]:
    """The same before others are added; raises a Refusal also where their file cannot be written."""
    try:
        ensure_can_keep(_file(settings))
    except OSError as error:
        raise _no_file(_file(settings), error) from error
    return _kept(settings)


def _keep(console: Console, passwords: dict[str, str]) -> None:
    path = _file(console.settings)
    try:
        keep(path, "\n".join(map(" ".join, passwords.items())))
    except OSError as error:
        console.note(_NOT_KEPT, path=path, why=error.strerror or error)


def refuse_elsewhere(settings: Settings) -> None:
    """Raises a Refusal unless this is a demonstration."""
    if settings.kind != "demo":
        raise Refusal(_NOT_HERE.with_(kind=settings.kind))


def fill(console: Console, service: Service, cases: int, seed: int = 1, now: datetime | None = None) -> None:
    """Load the office and tell the new passwords, before the cases: whoever interrupts those has the passwords.

    Raises a Refusal, before anything is loaded, where the passwords cannot be kept.
    """
    spoken = console.settings.office.language
    kept = _kept_to_add_to(console.settings)
    new = office.load(service, cases=0, seed=seed, now=now, language=spoken)
    if new.passwords:
        # The people are stored: whether or not one of the two fails, the other is still done.
        try:
            console.tell(_SIGN_IN)
            console.table(_TITLES, list(new.passwords.items()))
        finally:
            _keep(console, kept | new.passwords)
    with console.progress(_LOADING, cases) as stored:
        loaded = office.load(service, cases=cases, seed=seed, now=now, language=spoken, stored=stored)
    console.tell(_LOADED, orgs=new.orgs, people=new.people, cases=loaded.cases)
