"""How the private server says no."""

from casework.rules.text import Text


class NoServer(Exception):
    """The private PostgreSQL cannot run here; the sentence says why and what to do, for a person."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)
