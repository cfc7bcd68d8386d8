"""Values that an installation makes for itself once and keeps from everybody else."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def kept(path: Path, make: Callable[[], str]) -> str:
    """What stands in a file that only its owner can read; the first time it is made, whole or not at all.

    Of two processes that make it at once, both get what the quicker one wrote. Raises OSError.
    """
    if not path.exists():
        with _written(path, make()) as unfinished, contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    return path.read_text(encoding="utf-8").strip()


def keep(path: Path, value: str) -> None:
    """Put this into a file that only its owner can read, in the place of what stood there. Raises OSError."""
    with _written(path, value) as unfinished:
        os.replace(unfinished, path)


def ensure_can_keep(path: Path) -> None:
    """Raises the OSError with which `keep` would fail now; nothing is put there."""
    with _written(path, ""):
        pass


@contextlib.contextmanager
def _written(path: Path, value: str) -> Iterator[Path]:
    """A file beside this one that is complete; it is gone after the block unless it was given another name."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    handle, named = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    unfinished = Path(named)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
