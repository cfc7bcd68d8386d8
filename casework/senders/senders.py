"""What an installation sends with."""

from dataclasses import dataclass, field

from casework.senders.outside import Outside
from casework.senders.smtp import MailServer


@dataclass(frozen=True, slots=True)
class Senders:
    """The way to the outside, the mail server if there is one, and where links of messages lead, empty for none."""

    outside: Outside = field(default_factory=Outside)
    mail: MailServer | None = None
    address: str = ""
