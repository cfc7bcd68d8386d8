"""`casework keys`: what lies under which key, and how a new key takes the place of the old one and back."""

import re
from collections.abc import Iterator
from functools import partial
from importlib import import_module

import pytest
from sqlalchemy import Engine, create_engine, text

from casework.embedded import PrivateServer
from casework.records.vault import Keyring
from casework.work.keys import rotate
from tests.cli.terminal import Terminal

NEW = "cd" * 32


@pytest.fixture
def kept(office: Terminal) -> str:
    """The key under which the office was begun."""
    return (office.home / "encryption_keys").read_text().strip()


@pytest.fixture
def engine(office: Terminal) -> Iterator[Engine]:
    owner = create_engine(PrivateServer(office.home).owner_url, isolation_level="AUTOCOMMIT")
    yield owner
    owner.dispose()


def test_a_new_key_takes_the_place_of_the_old_one_and_back(office: Terminal, kept: str) -> None:
    forth = {"CASEWORK_ENCRYPTION_KEYS": f"{NEW},{kept}"}
    new, old = Keyring([bytes.fromhex(NEW), bytes.fromhex(kept)]).numbers
    listed = office.says("keys", "list", **forth).splitlines()
    many = int(listed[2].split()[-1])
    assert many > 10
    assert [line.split() for line in listed[1:]] == [["1", new, "0"], ["2", old, str(many)]]
    assert f"-- data keys still under old keys ({old}): {many}. Run casework keys rotate" in office.says(
        "doctor", **forth
    )

    done = office("keys", "rotate", **forth)
    assert done.returncode == 0
    assert done.stdout == (
        f"Data keys wrapped anew: {many}. All lie under key {new}; the others may be taken out of the settings.\n"
    )
    assert done.stderr.startswith(f"Wrapping data keys under key {new}: {many} to do. The service goes on;")
    assert "under old keys" not in office.says("doctor", **forth)
    assert office.says("user", "list", CASEWORK_ENCRYPTION_KEYS=NEW)
    assert f"(number {new} is needed)" in office.refuses("user", "list")

    back = {"CASEWORK_ENCRYPTION_KEYS": f"{kept},{NEW}"}
    in_chinese = office("--language", "zh-CN", "keys", "rotate", **back)
    assert re.match(rf"正在用编号 {old} 的密钥重新加密各数据密钥，共 {many} 个；", in_chinese.stderr)
    assert in_chinese.stdout.startswith(f"已重新加密 {many} 个数据密钥；全部数据密钥均在编号 {old} 的密钥之下")
    assert "under old keys" not in office.says("doctor")


def test_what_is_left_under_an_old_key_is_an_exit_of_1_with_a_sentence(
    office: Terminal, kept: str, engine: Engine
) -> None:
    forth = {"CASEWORK_ENCRYPTION_KEYS": f"{NEW},{kept}"}
    with engine.connect() as connection:
        one = connection.execute(text("select id, key_id, wrapped_key from casework.applicants limit 1")).one()
        put = text("update casework.applicants set key_id = :key_id, wrapped_key = :key where id = :id")
        connection.execute(put, {"id": one.id, "key_id": one.key_id, "key": b"damaged"})
        done = office("keys", "rotate", **forth)
        connection.execute(put, {"id": one.id, "key_id": "00000000", "key": one.wrapped_key})
        lacking = office("keys", "rotate", **forth)
        listed = office.says("keys", "list", **forth).splitlines()
        connection.execute(put, {"id": one.id, "key_id": one.key_id, "key": one.wrapped_key})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(
        f"Keys of applicants that do not open and were left as they are: 1, the first of applicant {one.id}."
    )
    assert lacking.returncode == 1
    assert lacking.stderr.splitlines()[-1].startswith("CASEWORK_ENCRYPTION_KEYS lacks the keys 00000000,")
    assert listed[-1].split() == ["missing", "00000000", "1"]
    assert office("keys", "rotate", CASEWORK_ENCRYPTION_KEYS=f"{kept},{NEW}").returncode == 0
    assert office("doctor").returncode == 0


def test_what_cannot_be_counted_beside_a_long_load_is_an_exit_of_1_that_says_what_was_done(
    office: Terminal, kept: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("casework.cli.keys"), "wrap_anew", partial(rotate, within_s=0.3))
    with engine.connect() as connection, connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(text("lock table casework.applicants in row exclusive mode"))
        done = office("keys", "rotate", CASEWORK_ENCRYPTION_KEYS=f"{NEW},{kept}")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.match(r"Data keys wrapped anew: [1-9]\d*\. What is left could not be", done.stderr.splitlines()[-1])
    assert office("keys", "rotate", CASEWORK_ENCRYPTION_KEYS=f"{kept},{NEW}").returncode == 0
