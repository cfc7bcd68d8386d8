"""`casework user` and `casework token`: people, from the machine itself."""

import secrets
from datetime import timedelta

import click

from casework.cli.console import Console, pass_console
from casework.cli.installation import working
from casework.forms.texts import PersonName
from casework.records import offices
from casework.records import people as records
from casework.rules.refusals import NotFound
from casework.rules.text import Text
from casework.work import people

_NO_ORG = Text(
    "没有机构 {org}，请填写机构代码，如 370100。", "There is no organisation {org}; write its code, such as 370100."
)
_ADDED = Text("已新增用户 {username}（{role}，{org}）。", "Added user {username} ({role}, {org}).")
_PASSWORD = Text("初始密码（只显示这一次）：{password}", "First password, shown this once: {password}")
_ACTIVE = Text("用户 {username} 已启用。", "User {username} is active.")
_INACTIVE = Text("用户 {username} 已停用，令牌即时失效。", "User {username} is switched off; the tokens have ended.")
_CONFIRMED = Text("已确认用户 {username} 的角色（{role}）。", "The role of {username} is confirmed ({role}).")
_LET_GO = Text(
    "其经办的 {cases} 个未结案件现无人经办，已回到待办列表，期限照常计算。",
    "Open cases that are in nobody's hands now: {cases}. They wait in the queue, and their clocks run on.",
)
_CASES_STAY = Text(
    "仍指派给其承办的未结案件 {cases} 个，期限照常计算；请审批人收回后另行指派"
    "（GET /cases?assignee={username}&open=true）。",
    "Open cases that stay assigned to them: {cases}. Their clocks run on; a supervisor takes the assignment back"
    " (GET /cases?assignee={username}&open=true).",
)
_TITLES = (
    Text("用户名", "User name"),
    Text("姓名", "Name"),
    Text("角色", "Role"),
    Text("机构", "Organisation"),
    Text("在岗", "Active"),
)
_YES, _NO = Text("是", "yes"), Text("否", "no")
_EVERYBODY = 1_000_000


class _NewUser(people.NewUser):
    """A new user; one without a name is called by the user name."""

    name = PersonName(title=Text("姓名", "Name"))


@click.group("user")
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("username", metavar="NAME")
@click.option("--role", type=click.Choice(list(people.USER_ROLES)), required=True, help="What they may do.")
@click.option("--org", metavar="CODE", required=True, help="The code of their organisation, such as 370100.")
@click.option("--name", "full_name", metavar="TEXT", help="How they are called; the user name unless said.")
@click.option("--email", metavar="ADDRESS", help="Where alerts are sent to.")
@click.option("--digest", is_flag=True, help="Send a digest each working day, too.")
@click.option("--no-password", is_flag=True, help="They work with tokens only.")
@pass_console
def add(
    console: Console,
    username: str,
    role: str,
    org: str,
    full_name: str | None,
    email: str | None,
    digest: bool,
    no_password: bool,
) -> None:
    """Add a user and print the first password, once."""
    password = None if no_password else secrets.token_urlsafe(12)
    given = {
        "username": username,
        "role": role,
        "org": org,
        "name": full_name,
        "password": password,
        "email": email,
        "digest": digest,
    }
    with working(console.settings) as service, service.transaction() as tx:
        said = _NewUser.check({name: value for name, value in given.items() if value is not None}, today=tx.today)
        place = offices.org(tx.db, said["org"])
        if place is None:
            raise NotFound(_NO_ORG.with_(org=org))
        people.create_user(tx, said, place)
    console.tell(_ADDED, username=username, role=people.USER_ROLES[role], org=place.name)
    if password:
        console.tell(_PASSWORD, password=password)


@user.command("list")
@pass_console
def list_users(console: Console) -> None:
    """List everybody by user name."""
    with working(console.settings) as service, service.transaction() as tx:
        found = records.page(tx.db, "", _EVERYBODY, None, {})
    rows: list[tuple[object, ...]] = [
        (
            row.username,
            row.name,
            people.USER_ROLES[row.role].in_(console.language),
            row.org,
            (_YES if row.active else _NO).in_(console.language),
        )
        for row in found
    ]
    console.table(_TITLES, rows)


@user.command("password")
@click.argument("username", metavar="NAME")
@pass_console
def password(console: Console, username: str) -> None:
    """Give a user a new password and print it, once; their tokens end."""
    fresh = secrets.token_urlsafe(12)
    with working(console.settings) as service, service.transaction() as tx:
        people.change_by_name(tx, username, {"password": fresh})
    console.tell(_PASSWORD, password=fresh)


@user.command("activate")
@click.argument("username", metavar="NAME")
@pass_console
def activate(console: Console, username: str) -> None:
    """Let a user sign in again."""
    with working(console.settings) as service, service.transaction() as tx:
        changed = people.change_by_name(tx, username, {"active": True})
    console.tell(_ACTIVE, username=changed.user.username)


@user.command("deactivate")
@click.argument("username", metavar="NAME")
@pass_console
def deactivate(console: Console, username: str) -> None:
    """Switch a user off: tokens end at once, and open cases that the user owns wait in the queue again."""
    with working(console.settings) as service, service.transaction() as tx:
        changed = people.change_by_name(tx, username, {"active": False})
    console.tell(_INACTIVE, username=changed.user.username)
    if changed.let_go:
        console.tell(_LET_GO, cases=changed.let_go)
    if changed.open_cases:
        console.tell(_CASES_STAY, cases=changed.open_cases, username=changed.user.username)


@user.command("confirm")
@click.argument("username", metavar="NAME")
@pass_console
def confirm(console: Console, username: str) -> None:
    """Confirm a changed role or organisation: sensitive values of earlier cases are shown to the user from now on."""
    with working(console.settings) as service, service.transaction() as tx:
        confirmed = people.confirm_by_name(tx, username)
    console.tell(_CONFIRMED, username=confirmed.username, role=people.USER_ROLES[confirmed.role])


@click.group("token")
def token() -> None:
    """Tokens for the programs that use the API."""


@token.command("issue")
@click.argument("username", metavar="NAME")
@click.option("--days", type=click.IntRange(1, 366), help="How long it lives: at most, and unless said, [tokens] days.")
@pass_console
def issue(console: Console, username: str, days: int | None) -> None:
    """Print one API token for a user, and nothing else."""
    lasts = timedelta(days=days or console.settings.tokens.days)
    with working(console.settings) as service, service.transaction() as tx:
        issued = people.issue_token(tx, username, lasts)
    click.echo(issued)
