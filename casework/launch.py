"""Starts a program that ends with the process that started it, as another user if need be.

`bound` gives the argument list. It runs this file as a script, which arranges the signal and then becomes the
program; so the process id stays, and nothing runs between fork and exec in a parent that may have threads.
The signal is Linux's parent-death signal: it is sent when the *thread* that started the program ends.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from pwd import struct_passwd

_PR_SET_PDEATHSIG = 1


def bound(arguments: Sequence[str | Path], *, ends_by: signal.Signals, user: struct_passwd | None = None) -> list[str]:
    """The arguments for a child of this process that gets `ends_by` when this process ends.

    With `user` (root only) the program runs as that user and its first group; nobody else can read its files.
    """
    identity = f"{user.pw_uid}:{user.pw_gid}" if user else "-"
    script = [sys.executable, "-I", "-S", __file__]
    return [*script, str(os.getpid()), str(int(ends_by)), identity, *map(str, arguments)]


def _become_program(parent: str, ends_by: str, identity: str, *arguments: str) -> None:
    if identity != "-":
        uid, gid = map(int, identity.split(":"))
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
        os.umask(0o077)
    # After the change of user, which clears the signal. The parent may have ended before it was set.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(ends_by), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    _become_program(*sys.argv[1:])
