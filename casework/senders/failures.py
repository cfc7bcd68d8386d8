"""How sending fails, told apart by what is to be done next. `why` is fit for a list: no address, no secret, no name."""


class Undelivered(Exception):
    """Nothing is known to have arrived."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Rejected(Undelivered):
    """The receiver will never take this message."""


class Deferred(Undelivered):
    """The receiver does not take this message now; others may go on."""


class Unreachable(Undelivered):
    """The way itself is closed for now, for every message alike; for so many seconds at least where that was said."""

    def __init__(self, why: str, wait_s: float = 0) -> None:
        super().__init__(why)
        self.wait_s = wait_s
