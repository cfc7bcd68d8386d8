"""How sending fails, told apart by what is to be done next, and why: a code with what belongs to it.

A reason is fit for a list: no address, no secret, no name. Its sentences, in both languages and with the cure, are in
`casework.work.delivery.delivery_errors`.
"""

from collections.abc import Mapping
from typing import Final, Literal

Code = Literal[
    "mail_no_starttls",
    "mail_no_sign_in",
    "mail_sign_in_refused",
    "mail_sender_refused",
    "mail_certificate",
    "mail_no_tls",
    "mail_no_answer",
    "mail_slow_to_open",
    "mail_answered",
    "address_malformed",
    "address_port",
    "address_unknown_host",
    "address_internal",
    "address_plain_http",
    "certificate",
    "answer_cut_off",
    "answer_late",
    "no_answer",
    "answered",
    "slow_to_open",
    "robot_unknown_answer",
    "robot_answered",
    "key_missing",
    "receiver_gone",
    "day_over",
    "nothing_to_tell",
    "not_written",
]
Reason = Mapping[str, str | int]
"""`code`, one of `Code`, and its parameters: as it is raised, stored and told."""

PARAMETERS: Final[Mapping[Code, frozenset[str]]] = {
    "mail_sender_refused": frozenset(("status",)),
    "mail_certificate": frozenset(("why",)),
    "mail_no_answer": frozenset(("kind",)),
    "mail_answered": frozenset(("status",)),
    "certificate": frozenset(("why",)),
    "no_answer": frozenset(("kind",)),
    "answered": frozenset(("status",)),
    "robot_answered": frozenset(("number",)),
    "not_written": frozenset(("kind",)),
}
"""What belongs to a code: `status` of an answer, `number` of a robot, `why` of OpenSSL, `kind` of a Python error."""


def reason(code: Code, **parameters: str | int) -> Reason:
    """Return the reason of this code; raises `ValueError` unless its parameters are those of `PARAMETERS`."""
    if parameters.keys() != PARAMETERS.get(code, frozenset()):
        raise ValueError(f"{code} takes {sorted(PARAMETERS.get(code, ()))}, not {sorted(parameters)}")
    return {"code": code, **parameters}


def noted(why: Reason) -> str:
    """Return a reason as a log has it: `answered status=422`."""
    return " ".join([str(why["code"]), *(f"{name}={value}" for name, value in why.items() if name != "code")])


class Undelivered(Exception):
    """Nothing is known to have arrived."""

    def __init__(self, why: Reason) -> None:
        super().__init__(noted(why))
        self.why = why


class Rejected(Undelivered):
    """The receiver will never take this message."""


class Deferred(Undelivered):
    """The receiver does not take this message now; others may go on."""


class Unreachable(Undelivered):
    """The way itself is closed for now, for every message alike; for so many seconds at least where that was said."""

    def __init__(self, why: Reason, wait_s: float = 0) -> None:
        super().__init__(why)
        self.wait_s = wait_s
