"""`casework demo`: a believable office to try the service with."""

from datetime import date, datetime

import click

from casework.cli.console import Console, Instant, instant_in, pass_console
from casework.cli.installation import working
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import Settings
from casework.work import demo as office
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
_SIGN_IN = Text("以下演示用户的密码只显示这一次：", "The passwords of these demonstration users are shown this once:")
_TITLES = (Text("用户名", "User name"), Text("密码", "Password"))


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


def refuse_elsewhere(settings: Settings) -> None:
    """Raises a Refusal unless this is a demonstration."""
    if settings.kind != "demo":
        raise Refusal(_NOT_HERE.with_(kind=settings.kind))


def fill(console: Console, service: Service, cases: int, seed: int = 1, now: datetime | None = None) -> None:
    """Load the office and tell the new passwords, before the cases: whoever interrupts those has the passwords."""
    spoken = console.settings.office.language
    people = office.load(service, cases=0, seed=seed, now=now, language=spoken)
    if people.passwords:
        console.tell(_SIGN_IN)
        console.table(_TITLES, list(people.passwords.items()))
    console.note(_LOADING, cases=cases)
    loaded = office.load(service, cases=cases, seed=seed, now=now, language=spoken)
    console.tell(_LOADED, orgs=people.orgs, people=people.people, cases=loaded.cases)
