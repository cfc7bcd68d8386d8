"""The sections of `config/default.toml` and of the file laid over it, each value of its type and range."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo

from casework.rules.text import Text
from casework.settings.errors import BadSettings
from casework.settings.file import read_text

Networks = tuple[IPv4Network | IPv6Network, ...]

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_SHIPPED: Final = _PACKAGE / "shipped"
ROOT: Final = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent
"""Where config/, migrations/ and wsgi.py lie: the checkout, or a folder of the package where a wheel was installed."""
INSTALLED: Final = ROOT == _SHIPPED
"""Whether a wheel was installed, so that nothing may be kept beside the code."""


@dataclass(frozen=True, slots=True)
class Web:
    workers: int
    threads: int
    request_timeout_s: float
    max_body_bytes: int
    trusted_proxies: Literal[0, 1, 2, 3]
    metrics_networks: Networks
    address: str


@dataclass(frozen=True, slots=True)
class Database:
    pool_size: int
    pool_timeout_s: float
    statement_timeout_s: float
    lock_timeout_s: float
    idle_in_transaction_timeout_s: float
    prepare_statements: bool


@dataclass(frozen=True, slots=True)
class Scheduler:
    sweep_every_s: float
    heartbeat_every_s: float


@dataclass(frozen=True, slots=True)
class Office:
    zone: ZoneInfo
    language: Literal["zh-CN", "en"]


@dataclass(frozen=True, slots=True)
class Tokens:
    days: int


@dataclass(frozen=True, slots=True)
class Sessions:
    hours: int
    idle_minutes: int


@dataclass(frozen=True, slots=True)
class SignIn:
    attempts: int
    attempts_an_hour: int


@dataclass(frozen=True, slots=True)
class Public:
    openings_an_hour: int
    uploads_an_hour: int
    messages_a_day: int
    wrong_codes: int
    visits: int
    window_minutes: int
    leave_to: str


@dataclass(frozen=True, slots=True)
class Idempotency:
    keep_hours: int


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    sender: str
    user: str
    tls: Literal["starttls", "tls", "none"]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Post:
    every_s: float
    threads: int
    connect_timeout_s: float
    read_timeout_s: float
    deadline_s: float
    robot_every_s: float
    attempts: int
    keep_hours: int
    allow_networks: Networks


@dataclass(frozen=True, slots=True)
class Demo:
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """All sections; a field's name is its section's name in the file."""

    web: Web
    database: Database
    scheduler: Scheduler
    office: Office
    tokens: Tokens
    sessions: Sessions
    sign_in: SignIn
    public: Public
    idempotency: Idempotency
    smtp: Smtp
    post: Post
    demo: Demo


def read_sections(overlay: Path | None) -> dict[str, Any]:
    """The defaults with the overlay on them, by section. Raises BadSettings naming file, section and key."""
    sections = get_type_hints(Sections)
    values: dict[str, dict[str, Any]] = {name: {} for name in sections}
    for file in [ROOT / "config" / "default.toml", *([overlay] if overlay else [])]:
        for name, section in _read(file).items():
            _refuse_unknown(file, name, sections)
            if not isinstance(section, dict):
                raise BadSettings(
                    f"{file}：{name} 应为一节，写作 [{name}]。", f"{file}: {name} must be a section, written [{name}]."
                )
            types = get_type_hints(sections[name])
            for key, value in section.items():
                _refuse_unknown(file, key, types, f"[{name}] ")
                values[name][key] = _checked(f"{file}: [{name}] {key}", types[key], value)
    return {name: section(**values[name]) for name, section in sections.items()}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(file))
    except OSError as error:
        raise BadSettings(
            f"无法读取 {file}（{error.strerror}）。请更正 CASEWORK_CONFIG，或不设置而使用默认值。",
            f"{file} cannot be read ({error.strerror}). Correct CASEWORK_CONFIG, or leave it out to use the defaults.",
        ) from error
    except ValueError as error:
        raise BadSettings(f"{file} 不是 TOML 文件：{error}。", f"{file} is not TOML: {error}.") from error


def _refuse_unknown(file: Path, name: str, known: Mapping[str, Any], where: str = "") -> None:
    if name not in known:
        raise BadSettings(
            f"{file}：没有 {where}{name} 这项设置。可用的有：{', '.join(known)}。",
            f"{file}: {where}{name} is not a setting. Known are: {', '.join(known)}.",
        )


def _checked(where: str, kind: Any, value: object) -> object:
    if kind is bool:
        fits, wanted = isinstance(value, bool), Text("true 或 false", "true or false")
    elif kind is int:
        fits, wanted = type(value) is int and value > 0, Text("大于 0 的整数", "a whole number above 0")
    elif kind is float:
        fits, wanted = type(value) in (int, float) and 0 < value < math.inf, Text("大于 0 的数", "a number above 0")  # type: ignore[operator]
    elif kind is str:
        fits, wanted = isinstance(value, str), Text("文字", "a text")
    elif kind is ZoneInfo:
        return _zone(where, value)
    elif kind == Networks:
        return _networks(where, value)
    else:
        choices = get_args(kind)
        fits = value in choices and type(value) is type(choices[0])
        wanted = Text(" 或 ".join(map(repr, choices)), " or ".join(map(repr, choices)))
    if not fits:
        raise BadSettings(f"{where} 为 {value!r}。请填写：{wanted.zh}。", f"{where} is {value!r}. Write {wanted.en}.")
    return value


def _zone(where: str, value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        raise BadSettings(
            f"{where} 为 {value!r}。请以地名填写时区，如 Asia/Shanghai。",
            f"{where} is {value!r}. Write a time zone by its place, such as Asia/Shanghai.",
        ) from None


def _networks(where: str, value: object) -> Networks:
    try:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise TypeError
        return tuple(ip_network(one) for one in value)
    except (TypeError, ValueError):
        raise BadSettings(
            f'{where} 为 {value!r}。请填写网段列表，如 ["10.20.0.0/16"]。',
            f'{where} is {value!r}. Write a list of networks such as ["10.20.0.0/16"].',
        ) from None
