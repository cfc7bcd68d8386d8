"""What the value of a policy may be: a limit, an amount or a switch, each in one way of writing."""

import re
from enum import StrEnum
from typing import Final

from casework.rules.casefile import NO_LIMIT
from casework.rules.clocks import Limit

_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class PolicyKind(StrEnum):
    """How the value of a policy is read."""

    LIMIT = "limit"
    AMOUNT = "amount"
    SWITCH = "switch"

    def ensure(self, value: str) -> None:
        """ValueError with a sentence when this is no value of the kind; `none` does without a limit or an amount."""
        if self is PolicyKind.SWITCH:
            if value not in ("true", "false"):
                raise ValueError(f"{value[:20]!r} is not a switch; write true or false")
        elif value == NO_LIMIT:
            return
        elif self is PolicyKind.LIMIT:
            Limit.parse(value)
        elif not _AMOUNT.fullmatch(value):
            raise ValueError(f"{value[:20]!r} is not an amount; write 2000 or 0.8, without a unit, or none")
