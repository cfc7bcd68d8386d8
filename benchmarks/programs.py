"""pgbench and psql of the PostgreSQL that comes along; they work with servers of older versions too."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL

from benchmarks.office import CONNECTIONS
from casework.embedded.binaries import for_new_data

REFERENCE: Final = Path(__file__).parent / "reference"
_RATE: Final = re.compile(r"^tps = ([0-9.]+) \(without", re.MULTILINE)


def pgbench(
    url: URL,
    scripts: Sequence[tuple[str, int]],
    variables: Mapping[str, str],
    *,
    seconds: float | None = None,
    each: int | None = None,
) -> float:
    """Return the transactions a second of these scripts, each with its weight, by eight connections.

    They run for so many seconds, or each connection so many times. Raises RuntimeError where a connection fails.
    """
    long = ["-t", str(each)] if each else ["-T", str(max(1, round(seconds or 1)))]
    given = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
    with TemporaryDirectory() as folder:
        files = []
        for number, (text, weight) in enumerate(scripts):
            file = Path(folder, f"script-{number}.sql")
            file.write_text(text, encoding="utf-8")
            files += ["-f", f"{file}@{weight}"]
        said = _run("pgbench", url, "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", *long, *given, *files)
    found = _RATE.search(said)
    if found is None:
        raise RuntimeError(
            f"pgbench completed nothing; give it more --seconds, or a less busy machine. It said: {said}"
        )
    return float(found[1])


def psql(url: URL, file: Path, **variables: int) -> None:
    """Run a file of SQL; raises RuntimeError where a statement fails."""
    given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
    _run("psql", url, "-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", *given, "-f", str(file))


def _run(program: str, url: URL, *arguments: str) -> str:
    """What a program printed that was given the connection in its environment."""
    query = url.query
    environment = {
        "PATH": "/usr/bin:/bin",
        "PGHOST": str(query.get("host", url.host)),
        "PGPORT": str(query.get("port", url.port or 5432)),
        "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password),
        "PGDATABASE": str(url.database),
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    command = [str(for_new_data(None) / program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} ended with status {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
