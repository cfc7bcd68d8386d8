"""How the settings say no."""


class BadSettings(Exception):
    """A setting is wrong or missing; the message names it and says what to write, for a person."""
