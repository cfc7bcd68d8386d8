"""What is taken as a file and what is not, whatever it is called, and what is left of it."""

import io
import subprocess
import zipfile
import zlib
from struct import pack

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from casework.files.kinds import DOCX, JPEG, PDF, PNG, XLSX
from casework.files.reading import MOST_BYTES, read
from casework.rules.refusals import Invalid

register_heif_opener()
WHERE = "Latitude 36.66"


def picture(kind: str, size: tuple[int, int] = (60, 40), **how: object) -> bytes:
    made = Image.new("RGB", size, "white")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def office(*names: str, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", members.pop("types", b"<Types/>"))
        for name in names:
            archive.writestr(name, b"<xml/>")
        for name, contents in members.items():
            archive.writestr(name, contents)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A picture that says of itself that it is so large, and has next to nothing in it."""

    def chunk(kind: bytes, contents: bytes) -> bytes:
        return pack(">I", len(contents)) + kind + contents + pack(">I", zlib.crc32(kind + contents))

    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


DOCUMENT = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n"


def test_a_photograph_is_kept_upright_and_says_nothing_beside_what_it_shows() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = WHERE
    taken = picture("JPEG", exif=exif, comment=b"by Wang")
    assert WHERE.encode() in taken
    found = read(taken + b"PK\x03\x04 and an archive")
    kept = Image.open(io.BytesIO(found.contents))
    assert (found.type, kept.format, kept.size) == (JPEG, "JPEG", (40, 60))
    assert not kept.getexif()
    assert not {"exif", "comment", "icc_profile"} & kept.info.keys()
    assert not any(told in found.contents for told in (WHERE.encode(), b"Exif", b"by Wang", b"PK\x03\x04"))
    assert found.thumbnail
    assert Image.open(io.BytesIO(found.thumbnail)).format == "JPEG"


@pytest.mark.parametrize(("kind", "kept_as"), [("HEIF", JPEG), ("WEBP", JPEG), ("PNG", PNG)])
def test_other_pictures_are_written_anew(kind: str, kept_as: str) -> None:
    found = read(picture(kind, (700, 500)))
    assert found.type == kept_as
    assert Image.open(io.BytesIO(found.contents)).size == (700, 500)
    assert found.thumbnail
    assert max(Image.open(io.BytesIO(found.thumbnail)).size) == 320


@pytest.mark.parametrize(
    ("contents", "kind"),
    [(DOCUMENT, PDF), (office("word/document.xml"), DOCX), (office("xl/workbook.xml"), XLSX)],
)
def test_documents_stay_as_they_are(contents: bytes, kind: str) -> None:
    found = read(contents)
    assert (found.type, found.contents, found.thumbnail) == (kind, contents, None)


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES - 2), "too_large"),
        (b"<html><script>alert(1)</script>", "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type"),
        (b"GIF89a", "type"),
        (b"MZ\x90\0 with %PDF- somewhere", "type"),
        (b"%PDF-1.4 without an end", "type"),
        (DOCUMENT + office("word/document.xml"), "type"),
        (b"\xff\xd8\xff\xe0<script>", "damaged"),
        (picture("JPEG", (600, 400))[:900], "damaged"),
        (png_of(20_000, 20_000), "too_many_pixels"),
        (office("readme.txt"), "type"),
        (office("word/document.xml")[:-40], "damaged"),
        (office("word/document.xml", "word/vbaProject.bin"), "macros"),
        (office("xl/workbook.xml", types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macros"),
        (office("word/document.xml", bomb=bytes(201 * 2**20)), "inflates"),
    ],
)
def test_everything_else_is_refused_with_the_reason(contents: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(contents)
    [fault] = refused.value.faults
    assert (fault.path, fault.code) == ("file", code)
    assert fault.text.zh.endswith("。")
    assert fault.text.en.endswith(".")


def test_a_bomb_that_lies_about_its_size_is_stopped_as_it_inflates() -> None:
    whole = office("word/document.xml", bomb=bytes(201 * 2**20))
    lying = whole.replace(pack("<I", 201 * 2**20), pack("<I", 9))
    with pytest.raises(Invalid) as refused:
        read(lying)
    assert refused.value.faults[0].code in ("damaged", "inflates")


def test_whoever_decodes_knows_no_key_and_has_little_time_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_ENCRYPTION_KEYS", "secret")
    told: dict[str, object] = {}

    def run(command: list[str], **how: object) -> None:
        told.update(how, command=command)
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Invalid):
        read(picture("JPEG"))
    assert "CASEWORK_ENCRYPTION_KEYS" not in told["env"]
    assert told["timeout"]
    assert told["command"][1:3] == ["-P", "-m"]
