"""What an installation can set, checked at the start; only this reads the environment and config/default.toml."""

from casework.settings.errors import BadSettings
from casework.settings.file import NotUtf8, TooLarge, read_text
from casework.settings.private_file import ensure_can_keep, keep, kept
from casework.settings.sections import (
    ROOT,
    Database,
    Demo,
    Idempotency,
    Networks,
    Office,
    Post,
    Scheduler,
    SignIn,
    Smtp,
    Tokens,
    Web,
)
from casework.settings.settings import Kind, Settings, of_terminal

__all__ = [
    "ROOT",
    "BadSettings",
    "Database",
    "Demo",
    "Idempotency",
    "Kind",
    "Networks",
    "NotUtf8",
    "Office",
    "Post",
    "Scheduler",
    "Settings",
    "SignIn",
    "Smtp",
    "Tokens",
    "TooLarge",
    "Web",
    "ensure_can_keep",
    "keep",
    "kept",
    "of_terminal",
    "read_text",
]
