"""The settings of a process, from the environment and the configuration files."""

import base64
import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from casework.rules.text import Language
from casework.settings.errors import BadSettings
from casework.settings.private_file import kept
from casework.settings.sections import INSTALLED, ROOT, Sections, Smtp, Tokens, Web, read_sections

Kind = Literal["production", "demo", "test"]
_KINDS: Mapping[str, Kind] = {"production": "production", "demo": "demo", "test": "test"}
_KEY_BYTES = 32
_SHORTEST_SECRET = 16
_MOST_TOKEN_DAYS = 366
# Plain HTTP only to this machine, for trying it out.
_WEB_ADDRESS = re.compile(r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?")
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Sections):
    """Everything that is set, checked. `database_url` is None where the private server is used."""

    kind: Kind
    config: Path | None
    """The file laid over the defaults."""
    home: Path
    port: int
    database_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    """Signs what the service hands out and takes back, such as the cursors of lists."""
    encryption_keys: tuple[bytes, ...] = field(repr=False)
    """32 bytes each: the first encrypts, all decrypt."""
    smtp_password: str = field(repr=False)
    metrics_token: str = field(repr=False)
    """With it `/metrics` may be read from anywhere; empty where nobody has one."""

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings of this process; makes the secrets of a demonstration or test. Raises BadSettings."""
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        kind = _kind(given)
        config = Path(given["CASEWORK_CONFIG"]).absolute() if "CASEWORK_CONFIG" in given else None
        beside = Path.cwd() if INSTALLED else ROOT
        home = Path(given.get("CASEWORK_HOME", beside / "instance")).absolute()
        sections = read_sections(config)
        _ensure_tokens_end(sections["tokens"])
        _ensure_can_be_reached(sections["web"])
        smtp_password = given.get("CASEWORK_SMTP_PASSWORD", "")
        _ensure_mail_can_be_sent(sections["smtp"], smtp_password)
        return cls(
            kind=kind,
            config=config,
            home=home,
            port=_port(given.get("PORT", "8000")),
            database_url=_database_url(given.get("CASEWORK_DATABASE_URL")),
            secret_key=_secret_key(_secret(given, "CASEWORK_SECRET_KEY", kind, home)),
            encryption_keys=_encryption_keys(_secret(given, "CASEWORK_ENCRYPTION_KEYS", kind, home)),
            smtp_password=smtp_password,
            metrics_token=given.get("CASEWORK_METRICS_TOKEN", ""),
            **sections,
        )

    def environment(self, port: int, database_url: str) -> dict[str, str]:
        """The environment of a child process that has the same settings, wherever it works."""
        said = {"CASEWORK_ENV": self.kind, "CASEWORK_HOME": str(self.home), "PORT": str(port)}
        if self.config:
            said["CASEWORK_CONFIG"] = str(self.config)
        return {**os.environ, **said, "CASEWORK_DATABASE_URL": database_url}


def of_terminal(environ: Mapping[str, str] = os.environ) -> Language:
    """The language of the terminal by LC_ALL, LC_MESSAGES or LANG: Chinese where it says so, else English."""
    named = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh-CN" if named.lower().startswith("zh") else "en"


def _kind(given: Mapping[str, str]) -> Kind:
    if "CASEWORK_ENV" not in given and "CASEWORK_DATABASE_URL" in given:
        raise BadSettings(
            "CASEWORK_DATABASE_URL 指定了数据库，CASEWORK_ENV 却没有说明用途。"
            "请将 CASEWORK_ENV 设为 production、demo 或 test。",
            "CASEWORK_DATABASE_URL names a database, and CASEWORK_ENV does not say what it is for. Set "
            "CASEWORK_ENV to production, demo or test.",
        )
    named = given.get("CASEWORK_ENV", "demo")
    if named not in _KINDS:
        raise BadSettings(
            f"CASEWORK_ENV 为 {named!r}。请设为 production、demo 或 test。",
            f"CASEWORK_ENV is {named!r}. Set it to production, demo or test.",
        )
    return _KINDS[named]


def _port(written: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", written) and 0 < int(written) < 65_536:
        return int(written)
    raise BadSettings(
        f"PORT 为 {written!r}。请设为 1 至 65535 的整数。",
        f"PORT is {written!r}. Set it to a whole number from 1 to 65535.",
    )


def _database_url(written: str | None) -> str | None:
    """The address as SQLAlchemy and psycopg 3 take it. No message repeats it: it holds a password."""
    if written is None:
        return None
    scheme, separator, rest = written.partition("://")
    if separator and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    raise BadSettings(
        "CASEWORK_DATABASE_URL 不是 PostgreSQL 数据库的地址。请写成 postgresql://用户:密码@主机/数据库。",
        "CASEWORK_DATABASE_URL does not name a PostgreSQL database. Write postgresql://USER:PASSWORD@HOST/DATABASE.",
    )


def _secret(given: Mapping[str, str], name: str, kind: Kind, home: Path) -> str:
    if name in given:
        return given[name]
    if kind == "production":
        raise BadSettings(
            f"没有设置 {name}；正式环境需要一个固定不变的值。可以这样生成："
            f"python3 -c 'import secrets; print(secrets.token_hex({_KEY_BYTES}))'",
            f"{name} is not set, and production needs one that stays the same. Make one with: "
            f"python3 -c 'import secrets; print(secrets.token_hex({_KEY_BYTES}))'",
        )
    try:
        return kept(home / name.removeprefix("CASEWORK_").lower(), lambda: secrets.token_hex(_KEY_BYTES))
    except OSError as error:
        raise BadSettings(
            f"CASEWORK_HOME 为 {home}，无法在其中保存 {name}（{error.strerror}）。请指定当前用户可以写入的目录。",
            f"CASEWORK_HOME is {home}, and {name} cannot be kept there ({error.strerror}). Name a folder "
            "in which this user may write.",
        ) from error


def _secret_key(written: str) -> str:
    if len(written) < _SHORTEST_SECRET:
        raise BadSettings(
            f"CASEWORK_SECRET_KEY 太短。请随机生成 {_SHORTEST_SECRET} 个以上的字符。",
            f"CASEWORK_SECRET_KEY is too short. Give it {_SHORTEST_SECRET} characters or more, at random.",
        )
    return written


def _ensure_tokens_end(tokens: Tokens) -> None:
    """Raises BadSettings where a token would live for longer than a year."""
    if tokens.days > _MOST_TOKEN_DAYS:
        raise BadSettings(
            f"[tokens] days 为 {tokens.days}。令牌最长 {_MOST_TOKEN_DAYS} 天，请改小。",
            f"[tokens] days is {tokens.days}. A token lives {_MOST_TOKEN_DAYS} days at most; write fewer.",
        )


def _ensure_can_be_reached(web: Web) -> None:
    """Raises BadSettings where links in messages would lead nowhere: `https://host`, with no path behind it."""
    if web.address and not _WEB_ADDRESS.fullmatch(web.address):
        raise BadSettings(
            f"[web] address 为 {web.address!r}。请填写以 https:// 开头的网址，后面不带路径；不填则消息中不含链接。",
            f"[web] address is {web.address!r}. Write it as https:// and the host, without a path; left empty, messages"
            " carry no links.",
        )


def _ensure_mail_can_be_sent(smtp: Smtp, password: str) -> None:
    """Raises BadSettings where there is a mail server that could not be used."""
    if smtp.host and not _ADDRESS.fullmatch(smtp.sender):
        raise BadSettings(
            f"[smtp] sender 为 {smtp.sender!r}。请填写以 ASCII 字符书写的发件地址。",
            f"[smtp] sender is {smtp.sender!r}. Write the address in ASCII that mail comes from.",
        )
    if smtp.host and smtp.user and not password:
        raise BadSettings(
            f"[smtp] user 为 {smtp.user!r}，却没有设置 CASEWORK_SMTP_PASSWORD。请将其设为密码。",
            f"[smtp] user is {smtp.user!r}, and CASEWORK_SMTP_PASSWORD is not set. Set it to the password.",
        )


def _encryption_keys(written: str) -> tuple[bytes, ...]:
    keys = tuple(_key(part.strip()) for part in written.split(","))
    if None in keys:
        raise BadSettings(
            f"CASEWORK_ENCRYPTION_KEYS 的第 {keys.index(None) + 1} 个不是以十六进制或 base64 书写的 {_KEY_BYTES} 字节。"
            "请写一个或几个这样的密钥，以逗号分隔，最新的在最前。",
            f"CASEWORK_ENCRYPTION_KEYS, number {keys.index(None) + 1}, is not {_KEY_BYTES} bytes in "
            "hexadecimal or base64. Write one or more such keys with commas between them, the newest "
            "first.",
        )
    return tuple(key for key in keys if key)


def _key(written: str) -> bytes | None:
    """32 bytes from hexadecimal or from base64 of either alphabet, padded or not; else None."""
    with contextlib.suppress(ValueError):
        if len(written) == 2 * _KEY_BYTES:
            return bytes.fromhex(written)
        ordinary = written.rstrip("=").replace("-", "+").replace("_", "/")
        key = base64.b64decode(ordinary + "=" * (-len(ordinary) % 4), validate=True)
        return key if len(key) == _KEY_BYTES else None
    return None
