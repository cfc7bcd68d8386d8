"""Mail through the office's own mail server."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Literal
from uuid import UUID

from casework.rules.text import Language
from casework.senders.deadline import cut_off
from casework.senders.failures import Code, Deferred, Reason, Rejected, Unreachable, reason

# Python fills lines of encoded words to the brim, and with a line of 78 they are longer than the 75 characters that
# RFC 2047 allows; a line of 76 holds a blank and 75.
_SHORT_LINES: Final = SMTP.clone(max_line_length=76)
_READY: Final = 220
_REFUSED: Final = 400
HandIn = Callable[[EmailMessage], None]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, under which sender, and how: encrypted from the start, after STARTTLS, or not."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    timeout_s: float = 10

    @property
    def domain(self) -> str:
        """That of the sender; by it the server is greeted, and message ids end with it."""
        return self.sender.rpartition("@")[2]

    def mail(
        self, message: UUID, to: str, subject: str, text: str, *, language: Language, at: datetime
    ) -> EmailMessage:
        """A mail whose Message-ID is that of the message, so that a repetition can be told."""
        mail = EmailMessage(_SHORT_LINES)
        mail["From"] = self.sender
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message}@{self.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text, cte="base64")
        mail["Content-Language"] = language
        return mail

    @contextmanager
    def session(self, within_s: float) -> Iterator[HandIn]:
        """A connection that takes one mail after another for at most so many seconds.

        Raises `Unreachable`, also where the server does not take our name, password or sender: no mail is at fault.
        What is given raises `Rejected` or `Deferred` for a mail that the server does not take.
        """
        with self._greeted(within_s) as smtp:
            yield lambda mail: _hand_in(smtp, mail)
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    def ask(self, within_s: float) -> None:
        """Raises `Unreachable` where the server would take no mail of ours; up to the sender, and no mail is sent."""
        with self._greeted(within_s) as smtp:
            smtp.ehlo_or_helo_if_needed()
            code, said = smtp.mail(self.sender)
            if code >= _REFUSED:
                raise smtplib.SMTPSenderRefused(code, said, self.sender)
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    @contextmanager
    def _greeted(self, within_s: float) -> Iterator[smtplib.SMTP]:
        """A session, encrypted and signed in as it is to be, for at most so many seconds; raises `Unreachable`."""
        smtp = self._client()
        try:
            with cut_off(within_s, lambda: smtp.sock):
                self._greet(smtp)
                yield smtp
        except (OSError, smtplib.SMTPException) as lost:
            raise Unreachable(_why(lost)) from None
        finally:
            smtp.close()

    def _client(self) -> smtplib.SMTP:
        if self.tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(local_hostname=self.domain, timeout=self.timeout_s, context=context)
        return smtplib.SMTP(local_hostname=self.domain, timeout=self.timeout_s)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        # The name that the certificate must have; smtplib learns it only where it connects at once.
        smtp._host = self.host  # type: ignore[attr-defined]
        code, said = smtp.connect(self.host, self.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, said)
        if self.tls == "starttls":
            _ensure_offered(smtp, "starttls")
            smtp.starttls(context=ssl.create_default_context())
        if self.user:
            _ensure_offered(smtp, "auth")
            smtp.login(self.user, self.password)


class _NotOffered(smtplib.SMTPException):
    """The server does not do what is to be done before it gets mail."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.why = reason(code)


_MISSING: Final[Mapping[str, Code]] = {"starttls": "mail_no_starttls", "auth": "mail_no_sign_in"}


def _ensure_offered(smtp: smtplib.SMTP, extension: Literal["starttls", "auth"]) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn(extension):
        raise _NotOffered(_MISSING[extension])


def _hand_in(smtp: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        smtp.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        _judge(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPDataError as refused:
        _judge(refused.smtp_code)
    except (OSError, smtplib.SMTPException) as lost:
        raise Unreachable(_why(lost)) from None


def _judge(status: int) -> None:
    why = reason("mail_answered", status=status)
    if status == 421:
        raise Unreachable(why)
    raise Rejected(why) if status >= 500 else Deferred(why)


def _why(lost: Exception) -> Reason:
    if isinstance(lost, _NotOffered):
        return lost.why
    if isinstance(lost, smtplib.SMTPAuthenticationError):
        return reason("mail_sign_in_refused")
    if isinstance(lost, smtplib.SMTPSenderRefused):
        return reason("mail_sender_refused", status=lost.smtp_code)
    if isinstance(lost, smtplib.SMTPResponseException):
        return reason("mail_answered", status=lost.smtp_code)
    if isinstance(lost, ssl.SSLCertVerificationError):
        return reason("mail_certificate", why=lost.verify_message)
    if isinstance(lost, ssl.SSLError):
        return reason("mail_no_tls")
    return reason("mail_no_answer", kind=type(lost).__name__)
