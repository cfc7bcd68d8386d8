"""Files that administrators load: how long anything in them is, is looked at before anything else."""

import json
import time
from pathlib import Path

import pytest

from casework.work.admin_files import BadFile, read_toml
from casework.work.calendar_files import read_calendar
from casework.work.policy_files import read_policies

MEGABYTE = 1_048_576
POLICY = """[[policy]]
workflow = "legal_aid"
name = "review"
place = "CN"
from = 2026-01-01
value = "{value}"
source = {{ zh = "{source}", en = "law" }}
"""
ORG = """[[org]]
code = "370102"
name = "{name}"
kind = "county"
parent = "370100"
"""
READ = {"policies": read_policies, "organisations": read_toml, "calendar": read_calendar}


def refused(kind: str, file: Path) -> str:
    """How reading the file is refused, which takes no time."""
    began = time.monotonic()
    with pytest.raises(BadFile) as wrong:
        READ[kind](file)
    assert time.monotonic() - began < 3
    assert wrong.value.text.zh != wrong.value.text.en
    return wrong.value.text.en


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("policies", POLICY.format(value="x" * MEGABYTE, source="法"), 6),
        ("policies", POLICY.format(value="5wd", source="王" + "\u0301\u0323" * (MEGABYTE // 4)), 7),
        ("organisations", ORG.format(name="x" * MEGABYTE), 3),
        ("calendar", f'tz = "{"x" * MEGABYTE}"\n', 1),
    ],
)
def test_a_line_of_a_megabyte_is_refused_by_its_number(kind: str, text: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "given.toml"
    file.write_text(text)
    assert refused(kind, file) == f"given.toml: line {line} has more than 100000 characters"


@pytest.mark.parametrize(
    ("kind", "text", "line", "name"),
    [
        ("policies", POLICY.format(value="5wd", source="法" * 2_001), 7, "zh"),
        (
            "policies",
            POLICY.format(value="5wd", source="ok").replace('"law"', '"""\n' + "x\n" * 1_001 + '"""'),
            8,
            "en",
        ),
        ("organisations", ORG.format(name="会" * 2_001), 3, "name"),
        ("calendar", f"{'k' * 2_001} = 1\n", 1, "key"),
    ],
)
def test_a_text_that_is_too_long_is_refused_by_its_line_and_name(
    kind: str, text: str, line: int, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "given.toml"
    file.write_text(text)
    assert refused(kind, file) == f"given.toml: line {line}: the text of {name} has more than 2000 characters"


def test_a_calendar_in_json_may_stand_on_one_line_and_its_texts_may_not_be_long(tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    given = {"tz": "Asia/Shanghai", "week": {"mon": [["08:30", "17:30"]]}}
    file.write_text(json.dumps(given))
    assert read_calendar(file).key == "given"
    file.write_text(json.dumps(given | {"source": "x" * 2_001}))
    assert refused("calendar", file) == "given.json: line 1: the text of source has more than 2000 characters"


def test_a_file_that_nobody_has_written_by_hand_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "given.toml"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 34)
    assert refused("policies", file) == "given.toml: it is larger than 8 MB; see whether it is the right one"
