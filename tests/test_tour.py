"""The five minutes of the README, command by command, in a demonstration that really runs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from casework.settings import ROOT
from tests.running import serving

COMMANDS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
TOUR = "\n".join(block for block in COMMANDS if not block.startswith("make "))


@pytest.mark.parametrize("clue", ["casework call POST /cases ", "transitions/close", "report sla", "clock due"])
def test_the_tour_goes_all_the_way(clue: str) -> None:
    assert clue in TOUR


def test_every_command_of_the_tour_works(tmp_path: Path) -> None:
    with serving(tmp_path / "office", "demo", "[demo]\ncases = 40\n", "--demo", "--workers", "1") as running:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", TOUR],
            env={**running.environ, "LC_ALL": "C.UTF-8", "VIRTUAL_ENV": os.environ.get("VIRTUAL_ENV", "")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "in this form: mediation and arbitration" in done.stdout
    assert "Closed" in done.stdout
    assert len(done.stdout.splitlines()) < 250, "answers are short unless the whole is asked for"
    assert "2026-02-24" in done.stdout
