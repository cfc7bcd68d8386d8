"""Files that an administrator loads: read as TOML or JSON, or refused in a sentence that names the file."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

from casework.rules.text import Text
from casework.settings import NotUtf8, read_text

_NO_TOML: Final = Text("不是可读的 TOML 文件：{wrong}", "it cannot be read as TOML: {wrong}")
_NO_JSON: Final = Text("不是可读的 JSON 文件：{wrong}", "it cannot be read as JSON: {wrong}")
_NOT_UTF_8: Final = Text(
    "不是 UTF-8 编码（例如 PowerShell 会存为 UTF-16），请另存为 UTF-8",
    "it is not in UTF-8 (PowerShell writes UTF-16, for one); save it as UTF-8",
)
_NO_TABLE: Final = Text("日历须写成键和值的表", "write a calendar as a table of keys and values")


class BadFile(ValueError):
    """A file of policies, of organisations or of a calendar that cannot be loaded; `text` says where and why."""

    def __init__(self, file: str, why: Text) -> None:
        self.text = Text(f"{file}：{why.zh}", f"{file}: {why.en}")
        super().__init__(self.text.en)


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file; raises `BadFile` where it is none."""
    try:
        return tomllib.loads(read_text(file))
    except NotUtf8 as wrong:
        raise BadFile(file.name, _NOT_UTF_8) from wrong
    except (OSError, ValueError, RecursionError) as wrong:
        raise BadFile(file.name, _NO_TOML.with_(wrong=wrong)) from wrong


def read_content(file: Path) -> dict[str, Any]:
    """The keys and values of a TOML or JSON file; raises `BadFile` where it is none."""
    if file.suffix != ".json":
        return read_toml(file)
    try:
        content = json.loads(read_text(file))
    except NotUtf8 as wrong:
        raise BadFile(file.name, _NOT_UTF_8) from wrong
    except (OSError, ValueError, RecursionError) as wrong:
        raise BadFile(file.name, _NO_JSON.with_(wrong=wrong)) from wrong
    if not isinstance(content, dict):
        raise BadFile(file.name, _NO_TABLE)
    return content
