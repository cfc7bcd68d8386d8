"""Channels, messages and dead letters from the terminal."""

import json
import re
from collections.abc import Iterator

import pytest

from casework.cli.installation import working
from casework.embedded import PrivateServer
from casework.records import people
from casework.rules.casefile import Actor
from casework.settings import Settings
from casework.work import cases
from tests.cli.terminal import Terminal, environment
from tests.receivers import answers, receiver

NETWORKS = '[office]\nlanguage = "en"\n[post]\nallow_networks = ["127.0.0.0/8"]\n'
SECRET = "a secret of both sides"


@pytest.fixture(scope="module")
def posting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A small office whose channels may lead to this machine."""
    home = tmp_path_factory.mktemp("posting")
    (home / "networks.toml").write_text(NETWORKS)
    terminal = Terminal(home)
    with PrivateServer(home) as server:
        terminal.says("demo", "load", "--cases", "40", "--now", "2025-06-16T09:00")
        yield terminal
    server.remove()


def says(posting: Terminal, *words: str) -> str:
    return posting.says(*words, CASEWORK_CONFIG=str(posting.home / "networks.toml"))


def add(posting: Terminal, address: str, *more: str) -> str:
    """The id of a new webhook."""
    given = ("--kind", "webhook", "--org", "370000", "--address", address, "--secret", SECRET, "--speaks", "en")
    said = says(posting, "channel", "add", "OA", *given, *more)
    return said.strip().rsplit(" ", 1)[1]


def claim(posting: Terminal) -> None:
    """The next case of the queue is claimed, which is an event."""
    with working(Settings.load(environment(posting.home))) as service, service.transaction() as tx:
        found = people.by_username(tx.db, "supervisor-sd")
        assert found is not None
        tx.actor = Actor(found[0].role, found[0])
        assert cases.claim(tx, list) is not None


def test_a_channel_is_added_listed_without_its_secrets_and_removed(posting: Terminal) -> None:
    channel = add(posting, "http://127.0.0.1:8080/hook/of-the-group")
    listed = says(posting, "channel", "list")
    assert channel in listed
    assert "http://127.0.0.1:8080/…" in listed
    assert "of-the-group" not in listed
    assert SECRET not in listed
    assert says(posting, "channel", "remove", channel) == "Removed channel OA.\n"
    assert channel not in says(posting, "channel", "list")
    assert "Not found" in posting.refuses("channel", "remove", channel)


def test_a_channel_to_a_network_that_is_not_allowed_is_refused_in_a_sentence(posting: Terminal) -> None:
    given = ("--kind", "wecom", "--org", "370000", "--address", "http://127.0.0.1:8080/hook", "--secret", "")
    assert posting.refuses("channel", "add", "OA", *given).startswith("address: The address leads into an internal")


def test_dead_messages_are_listed_and_replayed(posting: Terminal) -> None:
    with receiver(answers(410), answers(410), answers(200)) as there:
        channel = add(posting, there.url, "--events", "--no-alerts")
        for _ in range(2):
            claim(posting)
        assert says(posting, "post") == "delivered=0 failed=0 dead=2 superseded=0\n"
        lines = says(posting, "outbox", "list", "--state", "dead").splitlines()[1:]
        assert [re.search(r"dead +webhook +OA +LA-\d{4}-\d{6} +event \d+ +1 .* answered 410$", one) for one in lines]
        assert len(lines) == 2
        assert "messages that nobody took: 2" in posting("doctor").stdout
        first = lines[0].split()[0]
        assert says(posting, "outbox", "replay", first) == "Messages that wait again: 1\n"
        assert says(posting, "outbox", "list").splitlines()[1].split()[:2] in (
            [first, "waiting"],
            [lines[1].split()[0], "dead"],
        )
        assert "no dead messages of these ids" in posting.refuses("outbox", "replay", first)
        assert says(posting, "outbox", "replay", "--all") == "Messages that wait again: 1\n"
        assert says(posting, "post") == "delivered=2 failed=0 dead=0 superseded=0\n"
        assert says(posting, "outbox", "replay", "--all") == "Messages that wait again: 0\n"
        assert len(says(posting, "outbox", "list", "--state", "delivered").splitlines()) == 3
        says(posting, "channel", "remove", channel)
    sent = [json.loads(got.body)["id"] for got in there.received]
    assert sorted(sent[:2]) == sorted(sent[2:])
    assert posting("outbox", "replay").returncode == 2
    assert posting("outbox", "replay", first, "--all").returncode == 2


def test_somebody_is_added_with_a_mail_address(posting: Terminal) -> None:
    given = ("--role", "caseworker", "--org", "370100", "--no-password")
    posting.says("user", "add", "mailed", *given, "--email", "mailed@example.org", "--digest")
    with working(Settings.load(environment(posting.home))) as service, service.transaction() as tx:
        [user] = people.page(tx.db, "", 2, None, {"username": "mailed"})
    assert (user.email, user.digest) == ("mailed@example.org", True)
    assert posting.refuses("user", "add", "other", *given, "--email", "nobody").startswith("email: ")
