"""Files that administrators write by hand, with whatever editor they have."""

from pathlib import Path
from typing import Final

_MOST_BYTES: Final = 8 * 1_048_576


class TooLarge(ValueError):
    """The file is larger than anybody writes by hand."""

    def __init__(self) -> None:
        super().__init__(f"it is larger than {_MOST_BYTES // 1_048_576} MB")


class NotUtf8(ValueError):
    """The file is in another encoding, such as the UTF-16 of PowerShell."""

    def __init__(self) -> None:
        super().__init__("it is not in UTF-8 (PowerShell writes UTF-16, for one); save it as UTF-8")


def read_text(file: Path) -> str:
    """The text of a file in UTF-8, without the byte order mark that Notepad and PowerShell put before it.

    Raises `OSError`, `NotUtf8` or `TooLarge`.
    """
    with file.open("rb") as opened:
        raw = opened.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise TooLarge
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotUtf8 from wrong
    # Every other byte of UTF-16 is a NUL where the text is ASCII.
    if "\x00" in text:
        raise NotUtf8
    return text.replace("\r\n", "\n")
