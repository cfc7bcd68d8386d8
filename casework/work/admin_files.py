"""Files that an administrator loads: read as TOML or JSON, or refused in a sentence that names the file."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from casework.rules.text import Text
from casework.settings import NotUtf8, TooLarge, read_text

_NO_TOML: Final = Text("不是可读的 TOML 文件：{wrong}", "it cannot be read as TOML: {wrong}")
_NO_JSON: Final = Text("不是可读的 JSON 文件：{wrong}", "it cannot be read as JSON: {wrong}")
_NOT_UTF_8: Final = Text(
    "不是 UTF-8 编码（例如 PowerShell 会存为 UTF-16），请另存为 UTF-8",
    "it is not in UTF-8 (PowerShell writes UTF-16, for one); save it as UTF-8",
)
_TOO_LARGE: Final = Text("文件超过 8 MB，请核对是否选错文件", "it is larger than 8 MB; see whether it is the right one")
_LONG_LINE: Final = Text("第 {line} 行超过 {most} 个字符", "line {line} has more than {most} characters")
_LONG_TEXT: Final = Text(
    "第 {line} 行：{name} 的文本超过 {most} 个字符", "line {line}: the text of {name} has more than {most} characters"
)
_LONGEST_LINE: Final = 100_000
_LONGEST_TEXT: Final = 2_000
_LONGEST_NAME: Final = 40
_NO_TABLE: Final = Text("日历须写成键和值的表", "write a calendar as a table of keys and values")


class BadFile(ValueError):
    """A file of policies, of organisations or of a calendar that cannot be loaded; `text` says where and why."""

    def __init__(self, file: str, why: Text) -> None:
        self.text = Text(f"{file}：{why.zh}", f"{file}: {why.en}")
        super().__init__(self.text.en)


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file; raises `BadFile` where it is none, or a text in it is far too long."""
    content: dict[str, Any] = _read(file, _parse_toml, _NO_TOML)
    return content


def read_content(file: Path) -> dict[str, Any]:
    """The keys and values of a TOML or JSON file; raises `BadFile` as `read_toml` does."""
    content = _read(file, json.loads, _NO_JSON) if file.suffix == ".json" else read_toml(file)
    if not isinstance(content, dict):
        raise BadFile(file.name, _NO_TABLE)
    return content


def _read(file: Path, parse: Callable[[str], Any], wrong_kind: Text) -> Any:
    """The content of a file, of which how long it is is looked at first, and how long its texts are next."""
    try:
        text = read_text(file)
        content = parse(text)
    except NotUtf8 as wrong:
        raise BadFile(file.name, _NOT_UTF_8) from wrong
    except TooLarge as wrong:
        raise BadFile(file.name, _TOO_LARGE) from wrong
    except _LongLine as wrong:
        raise BadFile(file.name, _LONG_LINE.with_(line=wrong.line, most=_LONGEST_LINE)) from wrong
    except (OSError, ValueError, RecursionError) as wrong:
        raise BadFile(file.name, wrong_kind.with_(wrong=wrong)) from wrong
    _ensure_short_texts(file, text, content)
    return content


class _LongLine(ValueError):
    """A line is longer than any that is written by hand."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def _parse_toml(text: str) -> dict[str, Any]:
    """The content of a TOML text, whose lines are looked at first; JSON is read faster and often is one line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            raise _LongLine(number)
    return tomllib.loads(text)


def _ensure_short_texts(file: Path, text: str, content: Any) -> None:
    """Raises `BadFile` for a key or a text that is too long, naming its line and the key."""
    left: list[tuple[str, Any]] = [("", content)]
    while left:
        name, value = left.pop()
        if isinstance(value, dict):
            left += [("key", key) for key in value]
            left += value.items()
        elif isinstance(value, list):
            left += [(name, item) for item in value]
        elif isinstance(value, str) and len(value) > _LONGEST_TEXT:
            line = text.count("\n", 0, max(text.find(value), text.find(value[:_LONGEST_NAME]), 0)) + 1
            raise BadFile(file.name, _LONG_TEXT.with_(line=line, name=name[:_LONGEST_NAME], most=_LONGEST_TEXT))
