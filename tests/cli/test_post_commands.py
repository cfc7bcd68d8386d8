"""Channels, messages and dead letters from the terminal."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from casework.cli.installation import working
from casework.embedded import PrivateServer
from casework.records import people
from casework.rules.people import Actor
from casework.settings import Settings
from casework.work import cases, queue
from tests.cli.terminal import Terminal, environment
from tests.receivers import answers, mailbox, receiver

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


def something_happens(posting: Terminal) -> None:
    """A case of the queue is claimed or, once all are, given back: one event."""
    with working(Settings.load(environment(posting.home))) as service, service.transaction() as tx:
        found = people.by_username(tx.db, "supervisor-sd")
        assert found is not None
        tx.actor = Actor(found[0].role, found[0])
        if queue.claim(tx, {}) is None:
            mine = "select id from cases where owner_id = :me and closed_at is null order by updated_at limit 1"
            cases.release(tx, tx.db.run(mine, me=found[0].id).scalar_one(), {"reason": "休假"})


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
    with receiver(answers(422), answers(422), answers(200)) as there:
        channel = add(posting, there.url, "--events", "--no-alerts")
        for _ in range(2):
            something_happens(posting)
        assert says(posting, "post") == "delivered=0 failed=0 dead=2 superseded=0\n"
        lines = says(posting, "outbox", "list", "--state", "dead").splitlines()[1:]
        assert [re.search(r"dead +webhook +OA +LA-\d{4}-\d{6} +event \d+ +1 .* answered 422$", one) for one in lines]
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


def test_dead_messages_of_one_channel_are_listed_and_replayed(posting: Terminal) -> None:
    with receiver(answers(422), answers(200)) as there, receiver(answers(422)) as elsewhere:
        one = add(posting, there.url, "--events", "--no-alerts")
        other = add(posting, elsewhere.url, "--events", "--no-alerts")
        something_happens(posting)
        assert says(posting, "post") == "delivered=0 failed=0 dead=2 superseded=0\n"
        for channel in (one, other):
            listed = says(posting, "outbox", "list", "--state", "dead", "--channel", channel)
            assert len(listed.splitlines()) == 2
        assert "答复 422" in says(posting, "--language", "zh-CN", "outbox", "list", "--channel", one)
        assert says(posting, "outbox", "replay", "--channel", one) == "Messages that wait again: 1\n"
        assert says(posting, "post") == "delivered=1 failed=0 dead=0 superseded=0\n"
        assert len(says(posting, "outbox", "list", "--state", "dead", "--channel", other).splitlines()) == 2
        assert posting("outbox", "replay", "--channel", one, "--all").returncode == 2
        for channel in (one, other):
            says(posting, "channel", "remove", channel)
        says(posting, "outbox", "replay", "--channel", other)
        assert says(posting, "post") == "delivered=0 failed=0 dead=0 superseded=1\n"


def test_a_channel_is_tried_and_the_answer_told(posting: Terminal) -> None:
    allowed = {"CASEWORK_CONFIG": str(posting.home / "networks.toml")}
    with receiver(answers(200), answers(403)) as there:
        channel, other = add(posting, there.url), add(posting, there.url)
        assert says(posting, "channel", "try", channel) == "Channel OA took it.\n"
        refused = posting.refuses("channel", "try", other, **allowed)
        assert refused.startswith("Channel OA did not take it: answered 403. Check the channel's address and secret")
        assert posting.refuses("channel", "try", other, **allowed).startswith("Too many attempts")
        inside = posting.refuses("channel", "try", add(posting, there.url))
        assert inside.startswith("Channel OA did not take it: The address leads into an internal network")
        says(posting, "channel", "remove", channel)
        assert "Not found" in posting.refuses("channel", "try", channel)
    assert [got.json["type"] for got in there.received] == ["channel.tried"] * 2


def test_the_doctor_names_channels_that_are_closed_and_how_long_messages_wait(posting: Terminal) -> None:
    with receiver(answers(503)) as there:
        channel = add(posting, there.url, "--events", "--no-alerts")
        assert "ok no message has waited long" in says(posting, "doctor")
        something_happens(posting)
        assert says(posting, "post") == "delivered=0 failed=1 dead=0 superseded=0\n"
    with working(Settings.load(environment(posting.home))) as service, service.transaction() as tx:
        tx.db.run("update outbox set waits_since = waits_since - interval '2 hours' where state = 'waiting'")
    told = says(posting, "doctor")
    assert re.search(
        r"^-- channel OA takes nothing since \d{4}-\d\d-\d\d \d\d:\d\d, messages that wait: 1\. answered 503\. .* "
        rf"Then: casework channel try {channel}$",
        told,
        re.MULTILINE,
    )
    assert "-- the message that waits longest has waited 120 min: casework outbox list" in told
    says(posting, "channel", "remove", channel)
    assert "takes nothing" not in says(posting, "doctor")


MAIL = '[office]\nlanguage = "en"\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsender = "casework@union.example.org"\n'


def of_mail(posting: Terminal, port: int, settings: str) -> str:
    """What the doctor says of a mail server at this port with these settings; nothing else is wrong."""
    config = posting.home / "mail.toml"
    config.write_text(MAIL.format(port=port) + "timeout_s = 2\n" + settings)
    done = posting("doctor", CASEWORK_CONFIG=str(config), CASEWORK_SMTP_PASSWORD="right")
    [line] = [line for line in done.stdout.splitlines() if "mail server" in line]
    assert done.returncode == int(line.startswith("!!"))
    return line


def knows(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"right" and data.login == b"casework", handled=False)


def test_the_doctor_asks_the_mail_server_and_names_the_cure(posting: Terminal) -> None:
    plain, user = 'tls = "none"\n', 'user = "casework"\n'
    assert "-- no mail server is set, so nobody gets mail: [smtp] host" in says(posting, "doctor")
    with mailbox() as box:
        assert of_mail(posting, box.port, plain) == "ok the mail server 127.0.0.1 takes our mail"
        lacks = "!! the mail server does not offer "
        assert of_mail(posting, box.port, "").startswith(f'{lacks}STARTTLS. Set tls in [smtp] to "tls"')
        assert of_mail(posting, box.port, plain + user).startswith(f"{lacks}to sign in. Leave out user in [smtp]")
        assert of_mail(posting, box.port, 'tls = "tls"\n').startswith("!! the mail server speaks no TLS on this port")
        box.refuse_sender = "553 not yours"
        assert of_mail(posting, box.port, plain).startswith(
            "!! the mail server does not take the sender (it answered 553). Set sender in [smtp]"
        )
    assert box.mails == []
    assert of_mail(posting, box.port, plain).startswith(
        "!! the mail server does not answer (ConnectionRefusedError). Check host, port and tls in [smtp]"
    )
    with mailbox(authenticator=knows, auth_require_tls=False) as box:
        assert of_mail(posting, box.port, plain + user) == "ok the mail server 127.0.0.1 takes our mail"
        assert of_mail(posting, box.port, plain + 'user = "other"\n').startswith(
            "!! the mail server does not take the user name or the password. Check user in [smtp]"
        )


def test_somebody_is_added_with_a_mail_address(posting: Terminal) -> None:
    given = ("--role", "caseworker", "--org", "370100", "--no-password")
    posting.says("user", "add", "mailed", *given, "--email", "mailed@example.org", "--digest")
    with working(Settings.load(environment(posting.home))) as service, service.transaction() as tx:
        [user] = people.page(tx.db, "", 2, None, {"username": "mailed"})
    assert (user.email, user.digest) == ("mailed@example.org", True)
    assert posting.refuses("user", "add", "other", *given, "--email", "nobody").startswith("email: ")
