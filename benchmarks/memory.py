"""What an idle installation and a web worker after many requests hold in memory."""

import signal
import subprocess
import sys
import time
from typing import IO, Final

from benchmarks import generator
from benchmarks.office import office
from benchmarks.operations import mixed
from benchmarks.processes import free_port, memory_mb, tree, wait_until_ready, web
from benchmarks.servers import Server, written
from casework.settings import ROOT

REQUESTS: Final = 20_000
_SETTLES_S: Final = 10


def idle_mb(server: Server, log: IO[bytes]) -> float:
    """Return the megabytes of `casework serve` with its database, web server and scheduler, while nobody asks."""
    port = free_port()
    environment = server.settings.environment(port, "")
    del environment["CASEWORK_DATABASE_URL"]
    command = [sys.executable, "-m", "casework.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until_ready(process, port)
        time.sleep(_SETTLES_S)
        return sum(memory_mb(one) for one in {*tree(process.pid), *tree(server.postmaster)})
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def worker_mb(server: Server, log: IO[bytes], requests: int = REQUESTS) -> float:
    """Return the megabytes of the largest web worker after so many requests that read."""
    with server.copy("memory") as database:
        url = written(server.app(database))
        with office(server.settings, url) as here:
            prepared = here.prepare(writes=1)
        with web(server.settings, url, log) as (port, process):
            generator.send(port, mixed(prepared, requests))
            return max(memory_mb(one) for one in tree(process)[1:])
