"""One small demonstration office for the commands that read it."""

from collections.abc import Iterator

import pytest

from casework.embedded import PrivateServer
from tests.cli.terminal import Terminal


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A home in which nothing has been started yet."""
    home = tmp_path_factory.mktemp("empty")
    yield Terminal(home)
    PrivateServer(home).remove()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """An office of sixty cases, loaded by the command; its server keeps running for the commands that follow."""
    home = tmp_path_factory.mktemp("office")
    terminal = Terminal(home)
    loaded = terminal.script("demo", "load", "--cases", "60", "--now", "2025-06-16T09:00")
    assert loaded.returncode == 0, loaded.stderr
    assert "cases 60" in loaded.stdout
    server = PrivateServer(home)
    assert not server.running()
    with server:
        yield terminal
    server.remove()
