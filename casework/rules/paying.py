"""What a workflow pays: for what, to which account, and by which steps it is told what the bank did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casework.rules.text import Text

RESULT_FIELDS: Final = frozenset(("line", "result", "on"))
"""What is said of a payment when it is recorded: which, what the bank did (paid or returned), and the day."""


MOST_LINES: Final = 500
"""An order to the bank has so many payments at most; what is left waits for the next one."""


@dataclass(frozen=True)
class Pays:
    """The payments of a workflow.

    `kinds` are what a payment may be for, a title by code; those `unbudgeted` have no line in a year's budget.
    `account` is the path of the sensitive account to which money goes, such as `bank.account`; beside it stand `name`,
    `branch` and `bank_code` of the bank, and the `holder` where that is somebody else than the applicant. `recorded_by`
    is the transition that notes what the bank did, with `RESULT_FIELDS`; `corrected_by` the one that puts right what
    was noted wrongly. `purpose` is what the payee reads on the statement, in the bank's language whoever orders.
    """

    kinds: Mapping[str, Text]
    account: str
    recorded_by: str
    corrected_by: str
    purpose: str
    unbudgeted: tuple[str, ...] = ()

    @property
    def bank(self) -> str:
        """The fact under which the account and its bank stand."""
        return self.account.partition(".")[0]
