"""How the settings say no."""

from casework.rules.text import Text


class BadSettings(Exception):
    """A setting is wrong or missing; the sentence names it and says what to write, for a person."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)
