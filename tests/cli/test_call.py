"""`casework call` sends what was written."""

from urllib.parse import parse_qs, urlsplit

from casework.cli.call import _address


def test_a_path_is_sent_as_it_was_written() -> None:
    sent = _address("http://127.0.0.1:8000", "/cases?opened_from=2026-03-01T00:00:00+08:00&q=古丽 米热&org=%33")
    parts = urlsplit(sent)
    assert (sent.isascii(), parts.path) == (True, "/api/v1/cases")
    assert parse_qs(parts.query) == {"opened_from": ["2026-03-01T00:00:00+08:00"], "q": ["古丽 米热"], "org": ["3"]}
