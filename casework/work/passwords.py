"""Passwords: argon2id, 19 MiB and two passes (OWASP's minimum), about 20 ms each."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked where there is no user, so that the answer takes as long as with one.
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the one; with nothing stored it takes as long and is not."""
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None
