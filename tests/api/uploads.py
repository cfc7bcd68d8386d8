"""Bodies with a file, written as browsers write them."""

from typing import Any, Final

KIND: Final = "multipart/form-data; boundary=frontier"
PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj what only the applicant knows\nstartxref\n0\n%%EOF\n"


def form_with(contents: bytes, name: str, **fields: Any) -> bytes:
    """A form with these fields and a file of this name."""
    head = "--frontier\r\nContent-Disposition: form-data; "
    parts = [f'{head}name="{key}"\r\n\r\n{said}\r\n' for key, said in fields.items()]
    parts += [f'{head}name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n']
    return "".join(parts).encode() + contents + b"\r\n--frontier--\r\n"
