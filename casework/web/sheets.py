"""Tables of people and of profiles: downloaded, sent in, looked at before they are done, and done as they were seen."""

import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response

from casework.forms.form import Form
from casework.forms.numbers import Count, Flag
from casework.forms.texts import Choice
from casework.http.problems import STATUS
from casework.http.request_context import language
from casework.http.spreadsheets import file_of, headers_of
from casework.rules.people import Role
from casework.rules.refusals import Fault, Invalid, NotFound, Refusal
from casework.rules.text import Text
from casework.web.frame import frame_of
from casework.web.page import Answer, Html, Page, Redirect, Visit
from casework.work.people_sheet import PEOPLE, PROFILES
from casework.work.sheets import EFFECTS, MOST_FAULTS, TABLE, Report, Sheet, given_out, take_in

_MANAGES: Final = frozenset((Role.ADMINISTRATOR,))
_TABLES: Final[Mapping[str, Sheet]] = {sheet.name: sheet for sheet in (PEOPLE, PROFILES)}
_NO_FILE: Final = Text("请选择一个文件。", "Choose a file.")
_LOST: Final = Text("预览的内容已丢失，请重新上传。", "What was previewed is lost; send the file again.")


class DoneQuery(Form):
    """Which table was taken in just now, and what that did."""

    done = Choice({name: sheet.title for name, sheet in _TABLES.items()}, title=Text("名册", "Table"))
    added = Count(most=100_000, title=EFFECTS["added"])
    changed = Count(most=100_000, title=EFFECTS["changed"])
    unchanged = Count(most=100_000, title=EFFECTS["unchanged"])


class FileQuery(Form):
    """The kind of file, and whether it is one to be filled in."""

    format = Choice({"csv": Text("CSV", "CSV"), "xlsx": Text("XLSX", "XLSX")}, title=Text("格式", "Format"))
    empty = Flag(title=Text("空表", "Without lines"))


@Page("GET", "/admin/tables", _MANAGES, query=DoneQuery)
def tables(visit: Visit) -> Answer:
    """The tables that there are, to be downloaded and sent in."""
    return _tables(visit)


@Page("GET", "/admin/tables/<name>/file", _MANAGES, query=FileQuery)
def file(visit: Visit, name: str) -> Answer:
    """The table as it stands, or one to be filled in."""
    kind = visit.query.get("format", "xlsx")
    rows = given_out(visit.tx, _sheet(name), language(), empty=visit.query.get("empty", False))
    return Response(file_of(rows, kind), headers=headers_of(f"{name}-{visit.tx.today}", kind))


def _not_read(visit: Visit, refused: Refusal, name: str) -> Answer:
    return _tables(visit, name, refused)


@Page("POST", "/admin/tables/<name>", _MANAGES, again=_not_read, takes_file=True)
def look(visit: Visit, name: str) -> Answer:
    """What the table would do; nothing is done."""
    sheet, upload = _sheet(name), visit.posted.upload
    if upload is None or not upload.name:
        raise Invalid([Fault("file", "required", _NO_FILE)])
    return _looked(visit, sheet, upload.contents)


def _look_again(visit: Visit, refused: Refusal, name: str) -> Answer:
    """The table is looked at as things stand now, under why it was not taken in."""
    try:
        return _looked(visit, _sheet(name), _unpacked(visit.posted.get("table", "")), refused)
    except Invalid as wrong:
        return _tables(visit, name, wrong)


@Page("POST", "/admin/tables/<name>/apply", _MANAGES, again=_look_again)
def apply(visit: Visit, name: str) -> Answer:
    """What was looked at is done, all of it or nothing."""
    sheet = _sheet(name)
    raw, digest = _unpacked(visit.posted.get("table", "")), visit.posted.get("digest", "")
    report = take_in(visit.tx, sheet, raw, preview=False, digest=digest)
    counts = [(effect, report.count(effect)) for effect in EFFECTS]
    return Redirect(f"/admin/tables?done={name}&{urlencode(counts)}")


def _tables(visit: Visit, name: str = "", refused: Refusal | None = None) -> Answer:
    done = {} if refused else dict(visit.query)
    return Html(
        "tables",
        {
            "frame": frame_of(visit.tx),
            "tables": _TABLES,
            "of": name,
            "problem": _said(refused),
            "done": done,
        },
        STATUS[refused.code] if refused else 200,
    )


def _looked(visit: Visit, sheet: Sheet, raw: bytes, refused: Refusal | None = None) -> Answer:
    report = take_in(visit.tx, sheet, raw, preview=True)
    values: dict[str, Any] = {
        "frame": frame_of(visit.tx),
        "of": sheet.name,
        "title": sheet.title,
        "report": report,
        "counts": {effect: (text, report.count(effect)) for effect, text in EFFECTS.items()},
        "effects": EFFECTS,
        "lines": _shown(report),
        "faults": report.faults[:MOST_FAULTS],
        # The faults stand below with their places; of others the sentence is told.
        "problem": None if isinstance(refused, Invalid) else _said(refused),
        "table": urlsafe_b64encode(zlib.compress(raw)).decode(),
        "once": secrets.token_urlsafe(24),
    }
    return Html("table_preview", values, STATUS[refused.code] if refused else 200)


def _shown(report: Report) -> list[Any]:
    return [line for line in report.lines if line.effect != "unchanged"]


def _said(refused: Refusal | None) -> Text | None:
    if isinstance(refused, Invalid) and refused.faults:
        return refused.faults[0].text
    return refused.text if refused else None


def _sheet(name: str) -> Sheet:
    if name not in _TABLES:
        raise NotFound
    return _TABLES[name]


def _unpacked(said: str) -> bytes:
    """The table that the page gave along; raises `Invalid` for what is none."""
    try:
        packed = urlsafe_b64decode(said.encode("ascii"))
        # One byte more than is taken, so that what swells is not unpacked to its end.
        raw = zlib.decompressobj().decompress(packed, TABLE.most_bytes + 1)
    except (BadBase64, UnicodeEncodeError, ValueError, zlib.error) as wrong:
        raise Invalid([Fault("file", "lost", _LOST)]) from wrong
    return raw
