"""The passwords that a demonstration makes are shown to whoever loads it, whatever becomes of their file."""

import os
from pathlib import Path
from typing import Any

import pytest

from casework import demo as office
from casework.cli.console import Console
from casework.cli.demo import fill
from casework.demo import Loaded
from casework.records import people
from casework.settings import Settings
from casework.work.service import Service
from tests.cli.terminal import Terminal, environment

SECRETS = {"CASEWORK_SECRET_KEY": "a secret of the tests", "CASEWORK_ENCRYPTION_KEYS": bytes(range(32)).hex()}
MADE = {"supervisor-sd": "first", "auditor-qd": "second"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a folder is asked for stands a file, so that not even the superuser can write there."""
    there = tmp_path / "home"
    there.write_text("no folder")
    return there


def anybody(service: Service) -> bool:
    with service.transaction() as tx:
        return people.by_username(tx.db, "supervisor-sd") is not None


def test_where_passwords_cannot_be_kept_nothing_is_loaded(
    tmp_path: Path, home: Path, database_url: str, service: Service
) -> None:
    there = {"CASEWORK_HOME": str(home), "CASEWORK_DATABASE_URL": database_url, **SECRETS}
    refusal = Terminal(tmp_path / "any").refuses("demo", "load", "--cases", "0", **there)
    assert refusal.startswith(
        f"{home / 'demo.passwords'}, where the passwords of the demonstration are kept, cannot be"
    )
    assert not anybody(service)


def test_a_file_of_passwords_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, database_url: str, service: Service
) -> None:
    kept = tmp_path / "demo.passwords"
    there = {"CASEWORK_HOME": str(tmp_path), "CASEWORK_DATABASE_URL": database_url, **SECRETS}
    terminal = Terminal(tmp_path)
    kept.mkdir()
    for command in (("load", "--cases", "0"), ("users",)):
        assert terminal.refuses("demo", *command, **there).startswith(
            f"{kept}, where the passwords of the demonstration are kept, cannot be read or written (Is a directory)."
        )
    assert not anybody(service)
    kept.rmdir()
    kept.write_text("\nsupervisor-sd\nauditor-qd second\n")
    assert terminal.refuses("demo", "users", **there).startswith("The demonstration office is not loaded yet")


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    """Of a demonstration that makes two passwords; its database is not asked."""
    there = Console("en")
    monkeypatch.setattr(there, "settings", Settings.load(environment(tmp_path, **SECRETS)), raising=False)
    monkeypatch.setattr(office, "load", lambda *_, cases, **__: Loaded(0, 0, cases, {} if cases else MADE))
    return there


def test_passwords_are_shown_where_their_file_can_no_longer_be_written(
    console: Console, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    fill(console, service, 3)
    said = capsys.readouterr()
    assert [line.split() for line in said.out.splitlines()[2:4]] == [list(one) for one in MADE.items()]
    assert said.out.splitlines()[-1].endswith("cases 3.")
    assert "(No space left on device)" in said.err
    assert "write them down" in said.err


def test_passwords_are_kept_where_nobody_listens_any_more(
    console: Console, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_reads(*_: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(console, "table", nobody_reads)
    with pytest.raises(BrokenPipeError):
        fill(console, service, 3)
    kept = console.settings.home / "demo.passwords"
    assert kept.read_text() == "supervisor-sd first\nauditor-qd second\n"
    assert [file.name for file in kept.parent.glob("*demo.passwords*")] == [kept.name]
