"""Values that an installation makes for itself once and keeps from everybody else."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], str]) -> str:
    """What stands in a file that only its owner can read; the first time it is made, whole or not at all.

    Of two processes that make it at once, both get what the quicker one wrote. Raises OSError.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(make() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(unfinished, path)
        finally:
            os.unlink(unfinished)
    return path.read_text(encoding="utf-8").strip()
