"""Mail is handed in at a real server, and what the server says decides what is done next."""

import re
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import product
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import AuthResult

from casework.rules.text import Language
from casework.senders.failures import Deferred, Rejected, Undelivered, Unreachable
from casework.senders.smtp import MailServer
from casework.work import workflow_registry
from casework.work.delivery import digest, messages
from tests.receivers import Mailbox, mailbox

LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WITHIN_S = 10


def server(box: Mailbox, **more: Any) -> MailServer:
    return MailServer("127.0.0.1", box.port, "casework@union.example.org", **{"tls": "none", "timeout_s": 3, **more})


def written(one: MailServer, message: UUID | None = None, to: str = "li@example.org") -> EmailMessage:
    return one.mail(message or uuid4(), to, "【案件提醒】期限届满", "案件：LA-2026-000001\n", language="zh-CN", at=AT)


def test_a_mail_says_who_wrote_it_when_and_that_it_was_a_machine() -> None:
    message = uuid4()
    with mailbox() as box:
        one = server(box)
        with one.session(WITHIN_S) as hand_in:
            hand_in(written(one, message))
    [mail] = box.mails
    assert mail["From"] == "casework@union.example.org"
    assert mail["To"] == "li@example.org"
    assert mail["Subject"] == "【案件提醒】期限届满"
    assert mail["Message-ID"] == f"<{message}@union.example.org>"
    assert mail["Date"].datetime == AT
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "zh-CN")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert mail.get_content().replace("\r\n", "\n") == "案件：LA-2026-000001\n"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [("550 no such user", Rejected), ("451 try later", Deferred), ("452 full", Deferred), ("421 bye", Unreachable)],
)
def test_a_recipient_that_is_refused_does_not_keep_the_others_from_their_mail(
    answer: str, failure: type[Undelivered]
) -> None:
    with mailbox() as box:
        box.refuse = lambda address: answer if address.startswith("nobody") else None
        one = server(box)
        with one.session(WITHIN_S) as hand_in:
            with pytest.raises(failure, match=f"^mail_answered status={answer[:3]}"):
                hand_in(written(one, to="nobody@example.org"))
            if failure is not Unreachable:
                hand_in(written(one))
    assert [mail["To"] for mail in box.mails] == ([] if failure is Unreachable else ["li@example.org"])
    assert box.sessions == 1


def test_a_server_that_asks_for_a_name_gets_it_after_the_connection_is_encrypted(
    identity: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = identity

    def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"casework", b"right"), handled=False)

    with mailbox(authenticator=knows, auth_required=True, tls_context=context, require_starttls=True) as box:
        one = server(box, tls="starttls", user="casework", password="right")
        with pytest.raises(Unreachable), one.session(WITHIN_S):
            pass
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        with one.session(WITHIN_S) as hand_in:
            hand_in(written(one))
        wrong = server(box, tls="starttls", user="casework", password="wrong")
        with pytest.raises(Unreachable, match="mail_sign_in_refused"), wrong.session(WITHIN_S):
            pass
    assert len(box.mails) == 1
    assert "wrong" not in repr(wrong)


def test_without_the_encryption_that_is_asked_for_nothing_is_said() -> None:
    with mailbox() as box:
        one = server(box, tls="starttls", user="casework", password="secret")
        with pytest.raises(Unreachable), one.session(WITHIN_S):
            pass
        one = server(box, tls="tls")
        with pytest.raises(Unreachable), one.session(WITHIN_S):
            pass
    assert box.mails == []


def test_nobody_there_is_a_failure() -> None:
    with mailbox() as box:
        pass
    with pytest.raises(Unreachable, match="mail_no_answer kind="), server(box).session(WITHIN_S):
        pass


def test_a_server_that_drips_its_greeting_gets_no_more_than_the_time_there_is() -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            there, _ = listener.accept()
            with there:
                while not over.wait(0.02):
                    try:
                        there.send(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        one = server(Mailbox(port=listener.getsockname()[1]))
        began = time.monotonic()
        with pytest.raises(Unreachable), one.session(0.5):
            pass
        assert time.monotonic() - began < 3
        over.set()
        thread.join()


def test_no_encoded_word_of_a_subject_is_longer_than_75_characters() -> None:
    one = MailServer("127.0.0.1", 25, "casework@union.example.org")
    numbers = ("LA-2026-000001", "HA-2026-1234567")
    told = [
        messages._SUBJECT.in_(language, number=number, clock=title, why=level.told)
        for workflow in workflow_registry.all_versions()
        for clock, number, language in product(workflow.clocks, numbers, LANGUAGES)
        for level in clock.by_level.values()
        for title in (clock.title, messages._DISCREET)
    ]
    assert len(told) > 500
    told += [digest._SUBJECT.in_(language, day=AT.date()) for language in LANGUAGES]
    shapes = ("济", "济南 ", "a济", "济 a", "𠮷")
    told += [shape * many for shape in shapes for many in range(1, 60)]
    told += [f"[Casework] {'x' * many} 济南" for many in range(1, 80)]
    for subject in told:
        ensure_short(one, subject)


def ensure_short(one: MailServer, subject: str) -> None:
    """The subject, as it travels, keeps to RFC 2047 and says the same."""
    mail = one.mail(uuid4(), "li@example.org", subject, "text", language="zh-CN", at=datetime.now(UTC))
    raw = mail.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    field = re.search(r"^Subject:(.*(?:\r\n[ \t].*)*)", head, re.MULTILINE)
    assert field
    words = re.findall(r"=\?\S+\?=", field[1])
    assert [len(word) for word in words if len(word) > 75] == [], subject
    assert message_from_bytes(raw, policy=default)["Subject"].replace(" ", "") == subject.replace(" ", "")
