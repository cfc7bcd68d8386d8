"""Every way we say no.

A refusal is an exception that carries a sentence for people (`text`), a stable `code` for programs and, for
a form, one `Fault` per field. The rules return or raise it, the doors translate it; `casework.http.problems` has
the one table that turns codes into HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from casework.rules.text import Text


class Refusal(Exception):
    """No, and why. Nothing has been changed when it is raised."""

    code: ClassVar[str] = "refused"

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class NotFound(Refusal):
    """It does not exist, or you may not see it; the two look the same."""

    code = "not_found"

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or Text("没有找到，或者您无权查看。", "Not found, or not yours to see."))


class NotYours(Refusal):
    """You may see it, you may not do that."""

    code = "not_yours"


class NotNow(Refusal):
    """The state does not allow it, or somebody else was first."""

    code = "not_now"


class NotMet(Refusal):
    """A guard says no; the text says why."""

    code = "not_met"


class Stale(Refusal):
    """The caller has seen an older version than the one that is stored."""

    code = "stale"


class PreconditionMissing(Refusal):
    """The call must say which version it changes."""

    code = "precondition"


class Unauthenticated(Refusal):
    """No token, a wrong one or an ended one."""

    code = "unauthenticated"


class SlowDown(Refusal):
    """Too many attempts; `retry_after` is in seconds."""

    code = "slow_down"

    def __init__(self, text: Text, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The service cannot answer now; nothing is known to have been written. `retry_after` is in seconds."""

    code = "unavailable"

    def __init__(self, text: Text, retry_after: int = 2) -> None:
        super().__init__(text)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: where (`path` such as `arrears.0.amount`), a code and a sentence.

    `title` is what the field is called, with the number of its row, where a form says so.
    """

    path: str
    code: str
    text: Text
    title: Text | None = field(default=None, compare=False)


class Invalid(Refusal):
    """A form with one or more wrong fields; all of them at once."""

    code = "invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            Text(
                f"提交的内容有 {len(faults)} 处需要更正，请逐项核对（`errors`）。",
                f"{len(faults)} field(s) need to be corrected; each says why (`errors`).",
            )
        )
        self.faults = tuple(faults)
