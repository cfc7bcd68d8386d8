"""Tables of figures: on a page, where each number opens what it counts, and as CSV."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from flask import Response

from casework.http.request_context import language
from casework.http.spreadsheets import as_csv
from casework.rules.text import Text

NOTHING: Final = Text("—", "—")


class Cell(NamedTuple):
    """What stands in a table, and the address of what it counts; none for what counts nothing."""

    text: Text
    address: str = ""


class Table(NamedTuple):
    """Rows under their titles, of which the first column names the row; `total` stands below them.

    The first `texts` columns are words and stand to the left, the others figures.
    """

    caption: Text
    titles: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    texts: int = 1


def number(value: float | None, address: str = "") -> Cell:
    """Return the cell of a figure; nothing is opened by a zero."""
    if value is None:
        return Cell(NOTHING)
    told = f"{value:g}" if value < 100_000 else f"{value:.0f}"
    return Cell(plain(told), address if value else "")


def share(value: float | None) -> Cell:
    """Return the cell of a share, in per cent."""
    return Cell(NOTHING if value is None else plain(f"{value:.1%}"))


def plain(value: Any) -> Text:
    """Return what reads the same in both languages."""
    return Text(str(value), str(value))


def address(path: str, said: Mapping[str, Any], **more: Any) -> str:
    """Return an address with those of these parameters that say something."""
    given = {name: value for name, value in {**said, **more}.items() if value not in (None, "")}
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
    return "?".join(filter(None, (path, urlencode(written))))


def download(name: str, table: Table) -> Response:
    """Return the table as a file of this name."""
    spoken = language()
    rows = [table.titles, *([cell.text for cell in row] for row in (*table.rows, *filter(None, [table.total])))]
    response = Response(as_csv([text.in_(spoken) for text in row] for row in rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
